"""A body that goes where it points and cannot turn on the spot: cars, boats, sharks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.errors import BadInputError
from npc_world.core.tunable import check_tunables, tunable
from npc_world.models.top_down import MOST_ACCELERATION_PX_S2, MOST_SPEED_PX_S

__all__ = ["Vehicle", "step_vehicle"]

Floats = NDArray[np.float64]


@kernel
def step_vehicle(x, y, heading, speed, wanted, steer, dt_s, acceleration, braking, radius, lateral, factor, grip, push_x, push_y):  # type: ignore[no-untyped-def]
    """One step: speed goes towards factor · wanted as grip allows, then the body follows the arc that the wheel gives.

    Curvature steer / radius, steer in [-1, 1]; where the ground cannot hold speed² · curvature ≤ grip · lateral the arc is wider.
    The way along the arc is exact (its chord), the drift (push, px/s) is added.
    """
    goal = factor * wanted
    faster = goal * speed >= 0.0 and abs(goal) > abs(speed)
    most = grip * (acceleration if faster else braking) * dt_s
    speed += min(most, max(-most, goal - speed))
    curvature = min(1.0, max(-1.0, steer)) / radius
    square = speed * speed
    if square * abs(curvature) > grip * lateral:
        curvature = math.copysign(grip * lateral / square, curvature)
    turn = speed * curvature * dt_s
    chord = speed * dt_s * (math.sin(0.5 * turn) / (0.5 * turn) if abs(turn) > 1e-9 else 1.0)
    along = heading + 0.5 * turn
    return x + chord * math.cos(along) + push_x * dt_s, y + chord * math.sin(along) + push_y * dt_s, heading + turn, speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """The kinematic bicycle with momentum (Kong et al., "Kinematic and dynamic vehicle models", IV 2015, about its rear axle).

    State (x, y, heading rad, speed px/s), control (wanted speed px/s, steer in [-1, 1]; right is positive, as y points down).
    Assumes that it goes where it points: wrong for a boat that slips sideways in a turn, or a car in a drift.
    """

    max_speed_px_s: float = tunable(200.0, "top speed on good ground, px/s", low=1e-9, high=MOST_SPEED_PX_S)
    max_acceleration_px_s2: float = tunable(200.0, "how fast it gathers speed, px/s²", low=1e-9, high=MOST_ACCELERATION_PX_S2)
    max_braking_px_s2: float = tunable(400.0, "how fast it loses speed, px/s²", low=1e-9, high=MOST_ACCELERATION_PX_S2)
    min_turn_radius_px: float = tunable(60.0, "radius of its tightest turn, px", low=1e-9)
    max_lateral_px_s2: float | None = tunable(None, "sideways grip, px/s²: faster turns are wider; leave out for as much as the brakes",
                                              low=1e-9, high=MOST_ACCELERATION_PX_S2)
    min_speed_px_s: float = tunable(0.0, "it cannot go slower than this (sharks, planes), px/s", low=0.0, high=MOST_SPEED_PX_S)
    max_reverse_px_s: float = tunable(0.0, "top speed backwards, px/s", low=0.0, high=MOST_SPEED_PX_S)

    def __post_init__(self) -> None:
        check_tunables(self)
        if self.min_speed_px_s > self.max_speed_px_s or (self.min_speed_px_s > 0.0 and self.max_reverse_px_s > 0.0):
            raise BadInputError(f"min_speed_px_s={self.min_speed_px_s!r}: expected no more than max_speed_px_s, and no reverse beside it")

    @property
    def control_low(self) -> Floats:
        """(2,) least control."""
        return np.array([self.min_speed_px_s if self.min_speed_px_s > 0.0 else -self.max_reverse_px_s, -1.0])

    @property
    def control_high(self) -> Floats:
        """(2,) largest control."""
        return np.array([self.max_speed_px_s, 1.0])

    def predict(self, states: Floats, controls: Floats, dt_s: float) -> NDArray[Any]:
        """States (..., 4) one step of `dt_s` later under controls (..., 2), on good ground."""
        states, controls = np.asarray(states, np.float64), np.asarray(controls, np.float64)
        x, y, heading, speed = (states[..., i] for i in range(4))
        goal = np.clip(controls[..., 0], self.control_low[0], self.control_high[0])
        faster = (goal * speed >= 0.0) & (np.abs(goal) > np.abs(speed))
        most = np.where(faster, self.max_acceleration_px_s2, self.max_braking_px_s2) * dt_s
        speed = speed + np.clip(goal - speed, -most, most)
        lateral = self.max_lateral_px_s2 if self.max_lateral_px_s2 is not None else self.max_braking_px_s2
        curvature = np.clip(controls[..., 1], -1.0, 1.0) / self.min_turn_radius_px
        held = lateral / np.maximum(speed**2, 1e-12)
        turn = speed * np.clip(curvature, -held, held) * dt_s
        chord = speed * dt_s * np.sinc(0.5 * turn / np.pi)
        along = heading + 0.5 * turn
        return np.stack(np.broadcast_arrays(x + chord * np.cos(along), y + chord * np.sin(along), heading + turn, speed), axis=-1)
