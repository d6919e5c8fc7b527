"""The parts of an island that change: relics, boat, levers and doors, bridges, smoke."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

import npc_world as nw

from .level import TILE_PX, Level, Rect
from .physics import Physics
from .records import Event

__all__ = ["SMOKE_RADIUS_PX", "Boat", "Bridge", "Cloud", "Door", "Relic"]

SHAKE_LEAST_S = 1.1
SHAKE_SPEED_PX_S = 105.0
"""A bridge holds for SHAKE_LEAST_S plus the time to cross it at this speed: enough for who does not dawdle, not for who follows."""
FALLEN_S = 11.0
SMOKE_S = 5.0
SMOKE_RADIUS_PX = 2.6 * TILE_PX


@dataclass(slots=True)
class Relic:
    name: str
    kind: str
    position: NDArray[np.float64]
    taken: bool = False


@dataclass(slots=True)
class Boat:
    position: NDArray[np.float64]
    """(2,) where one boards."""
    berth: NDArray[np.float64]
    """(2,) where the hull floats."""
    ready: bool = False
    """All relics are on board: reach it and the round is won."""


@dataclass(slots=True)
class Door:
    """A doorway.  It opens at once; it closes when nobody stands in it.  Only the player pulls levers: hunters go round or wait."""

    rect: Rect
    open: bool
    lever: int
    lever_position: NDArray[np.float64]
    open_at_rest: bool
    lever_on: bool = False

    def pull(self) -> None:
        self.lever_on = not self.lever_on

    def step(self, physics: Physics, ground: nw.Terrain) -> list[Event]:
        """Follow the lever; tells the physics and the ground that hunters plan on."""
        wanted = self.open_at_rest != self.lever_on
        if wanted == self.open or (not wanted and physics.occupied(self.rect)):
            return []
        self.open = wanted
        physics.set_door(self.rect, not wanted)
        ground.set_solid(self.rect, not wanted)
        return [Event("door_open" if wanted else "door_close", _middle(self.rect))]


@dataclass(slots=True)
class Bridge:
    """Planks that shake as soon as someone is on them, fall, and are rebuilt."""

    rect: Rect
    state: str = "standing"
    """"standing", "shaking" or "fallen"."""
    time_s_left: float = math.inf
    """Until it falls, or stands again."""

    @property
    def shake_s(self) -> float:
        """Seconds from the first foot on it to the fall."""
        return SHAKE_LEAST_S + max(self.rect[2], self.rect[3]) / SHAKE_SPEED_PX_S

    def step(self, dt_s: float, physics: Physics, ground: nw.Terrain) -> list[Event]:
        if self.state == "standing":
            if not any(_within(self.rect, walker.position) for walker in physics.walkers):
                return []
            self.state, self.time_s_left = "shaking", self.shake_s
            return [Event("bridge_shake", _middle(self.rect))]
        self.time_s_left -= dt_s
        if self.time_s_left > 0.0:
            return []
        if self.state == "shaking":
            self.state, self.time_s_left = "fallen", FALLEN_S
            swimmers = [Event("splash", walker.position) for walker in physics.walkers if _within(self.rect, walker.position)]
            physics.set_fallen(self.rect, True)
            ground.set_hazard(self.rect, True)
            return [Event("bridge_fall", _middle(self.rect)), *swimmers]
        self.state, self.time_s_left = "standing", math.inf
        physics.set_fallen(self.rect, False)
        ground.set_hazard(self.rect, False)
        return [Event("bridge_rise", _middle(self.rect))]


@dataclass(slots=True)
class Cloud:
    """Smoke: nobody sees through it, nor out of it, nor into it."""

    position: NDArray[np.float64]
    radius: float = SMOKE_RADIUS_PX
    time_s_left: float = SMOKE_S


@dataclass(slots=True)
class Smoke:
    """All clouds, and the cells that cannot be seen through because of them."""

    level: Level
    clouds: list[Cloud] = field(default_factory=list)

    def throw(self, position: NDArray[np.float64], ground: nw.Terrain) -> None:
        self.clouds.append(Cloud(position.copy()))
        self._tell(ground, self.clouds[-1:], True)

    def step(self, dt_s: float, ground: nw.Terrain) -> list[Event]:
        for cloud in self.clouds:
            cloud.time_s_left -= dt_s
        gone = [cloud for cloud in self.clouds if cloud.time_s_left <= 0.0]
        if not gone:
            return []
        self.clouds = [cloud for cloud in self.clouds if cloud.time_s_left > 0.0]
        self._tell(ground, gone, False)
        self._tell(ground, self.clouds, True)  # where clouds overlapped
        return [Event("smoke_gone", cloud.position) for cloud in gone]

    def _tell(self, ground: nw.Terrain, clouds: list[Cloud], opaque: bool) -> None:
        """Mark the tiles whose centres lie in the clouds; reeds stay opaque when smoke clears."""
        rows, cols = self.level.tiles.shape
        reeds = self.level.mask("reeds")
        for cloud in clouds:
            (x, y), r = cloud.position, cloud.radius
            for row in range(max(0, int((y - r) // TILE_PX)), min(rows, int((y + r) // TILE_PX) + 1)):
                for col in range(max(0, int((x - r) // TILE_PX)), min(cols, int((x + r) // TILE_PX) + 1)):
                    if math.hypot((col + 0.5) * TILE_PX - x, (row + 0.5) * TILE_PX - y) <= r:
                        ground.set_opaque((col * TILE_PX, row * TILE_PX, TILE_PX, TILE_PX), opaque or bool(reeds[row, col]))


def _within(rect: Rect, point: NDArray[np.float64]) -> bool:
    x, y, w, h = rect
    return bool(x <= point[0] <= x + w and y <= point[1] <= y + h)


def _middle(rect: Rect) -> NDArray[np.float64]:
    x, y, w, h = rect
    return np.array((x + 0.5 * w, y + 0.5 * h))
