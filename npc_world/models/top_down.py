"""A body seen from above that steers towards a wanted velocity, over surfaces that slow it, let it slide, or push it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.tunable import check_tunables, tunable

__all__ = ["MOST_ACCELERATION_PX_S2", "MOST_SPEED_PX_S", "TopDownBody", "step_top_down"]

MOST_SPEED_PX_S, MOST_ACCELERATION_PX_S2 = 1e6, 1e9
"""More than a game can mean, a thousand screens a second: a wrong unit or a slipped exponent."""


@kernel
def step_top_down(x, y, vx, vy, ux, uy, dt_s, max_acceleration, speed_factor, grip, push_x, push_y):  # type: ignore[no-untyped-def]
    """One body-step: velocity moves towards factor · (ux, uy) + push by at most grip · max_acceleration · dt, then position.

    All in px and s; push in px/s; max_acceleration ≤ 0 means velocity follows at once.
    Semi-implicit Euler: exact for constant acceleration up to one dt of position.
    """
    wanted_x = speed_factor * ux + push_x
    wanted_y = speed_factor * uy + push_y
    if max_acceleration <= 0.0:
        vx, vy = wanted_x, wanted_y
    else:
        dx, dy = wanted_x - vx, wanted_y - vy
        change = math.sqrt(dx * dx + dy * dy)
        most = grip * max_acceleration * dt_s
        if change > most:
            dx *= most / change
            dy *= most / change
        vx += dx
        vy += dy
    return x + vx * dt_s, y + vy * dt_s, vx, vy


@dataclass(frozen=True, slots=True, kw_only=True)
class TopDownBody:
    """A body with a top speed and, when it has momentum, an acceleration limit.

    State (x, y, vx, vy), control = wanted velocity (ux, uy), clipped to the top speed.
    Assumes velocity relaxes towards the wanted one at a bounded rate; wrong for vehicles that cannot move sideways.
    """

    max_speed_px_s: float | None = tunable(None, "top speed on good ground, px/s; leave out to take 6 body lengths per second", low=1e-9, high=MOST_SPEED_PX_S)
    max_acceleration_px_s2: float | None = tunable(None, "acceleration limit on good ground, px/s²; leave out when velocity follows at once",
                                                   low=1e-9, high=MOST_ACCELERATION_PX_S2)
    radius_px: float | None = tunable(None, "half the body's width, px; leave out to read it from the sprite", low=0.0)

    def __post_init__(self) -> None:
        check_tunables(self)

    def predict(self, states: NDArray[np.float64], controls: NDArray[np.float64], dt_s: float) -> NDArray[Any]:
        """States (..., 4) one step of `dt_s` later under wanted velocities (..., 2), on good ground."""
        states, controls = np.asarray(states, np.float64), np.asarray(controls, np.float64)
        wanted = controls
        if self.max_speed_px_s is not None:
            speed = np.linalg.norm(controls, axis=-1, keepdims=True)
            wanted = controls * np.minimum(1.0, self.max_speed_px_s / np.maximum(speed, 1e-12))
        change = wanted - states[..., 2:4]
        if self.max_acceleration_px_s2 is not None:
            size = np.linalg.norm(change, axis=-1, keepdims=True)
            change = change * np.minimum(1.0, self.max_acceleration_px_s2 * dt_s / np.maximum(size, 1e-12))
        velocity = states[..., 2:4] + change
        return np.concatenate([states[..., 0:2] + velocity * dt_s, velocity], axis=-1)
