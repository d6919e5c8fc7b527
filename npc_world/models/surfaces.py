"""What a body believes of each surface: how fast it lets one go, how well one grips, how it pushes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.tunable import check_tunables, tunable

__all__ = ["DEFAULT_SURFACES", "Surface", "surface_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Believed physics of one surface, relative to the body, with standard deviations.

    A body that wants velocity u on a surface moves towards `speed_factor` · u + push with at most
    `grip` × its own acceleration limit.  Wrong where speed builds up without limit (slopes) or grip depends on speed.
    """

    speed_factor: float = tunable(1.0, "top speed here over top speed on good ground", low=0.02, high=4.0)
    grip: float = tunable(1.0, "share of the acceleration limit that the ground transmits; ice is near 0.1", low=0.005, high=4.0)
    push_x: float = tunable(0.0, "drift to the right, in shares of the body's top speed (currents, conveyors)", low=-4.0, high=4.0)
    push_y: float = tunable(0.0, "drift downwards, in shares of the body's top speed", low=-4.0, high=4.0)
    speed_factor_sd: float = tunable(0.15, "standard deviation of speed_factor: how unsure the NPC is before it has felt it", low=0.0, high=4.0)
    grip_sd: float = tunable(0.2, "standard deviation of grip", low=0.0, high=4.0)
    push_sd: float = tunable(0.03, "standard deviation of each push component", low=0.0, high=4.0)

    def __post_init__(self) -> None:
        check_tunables(self)


UNKNOWN = Surface(speed_factor_sd=0.4, grip_sd=0.4, push_sd=0.05)
"""Prior for a surface whose name says nothing."""

DEFAULT_SURFACES: dict[str, Surface] = {
    "road": Surface(speed_factor=1.0),
    "grass": Surface(speed_factor=0.9),
    "ground": Surface(speed_factor=1.0),
    "sand": Surface(speed_factor=0.75),
    "reeds": Surface(speed_factor=0.8),
    "mud": Surface(speed_factor=0.5),
    "ice": Surface(speed_factor=1.0, grip=0.12),
    "water": Surface(speed_factor=0.55, push_sd=0.3),
}
"""Priors by common name; a designer's file and then experience override them."""


def surface_table(names: list[str], beliefs: dict[str, Surface]) -> NDArray[np.float64]:
    """(len(names), 4) of speed_factor, grip, push_x, push_y: what compiled kernels read, row per terrain surface index.

    A push too weak to matter is none: ground that treats all directions alike is searched faster.
    """
    table = np.empty((len(names), 4))
    for i, name in enumerate(names):
        surface = beliefs.get(name) or DEFAULT_SURFACES.get(name, UNKNOWN)
        felt = math.hypot(surface.push_x, surface.push_y) >= _FELT_PUSH
        table[i] = surface.speed_factor, surface.grip, surface.push_x if felt else 0.0, surface.push_y if felt else 0.0
    return table


_FELT_PUSH = 0.03


def clipped_surface(speed_factor: float, grip: float, push_x: float, push_y: float, speed_factor_sd: float, grip_sd: float, push_sd: float) -> Surface:
    """A surface of these values, each clipped to its range."""
    return Surface(speed_factor=min(4.0, max(0.02, speed_factor)), grip=min(4.0, max(0.005, grip)), push_x=min(4.0, max(-4.0, push_x)),
                   push_y=min(4.0, max(-4.0, push_y)), speed_factor_sd=min(4.0, max(0.0, speed_factor_sd)), grip_sd=min(4.0, max(0.0, grip_sd)),
                   push_sd=min(4.0, max(0.0, push_sd)))
