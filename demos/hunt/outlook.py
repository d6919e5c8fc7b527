"""What a player looking at the screen makes of the island: where one can walk, how fast, and how soon the hunters could be there."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .level import BLOCKING, KINDS, TILE_PX
from .physics import FOOTINGS, PLAYER_SPEED_PX_S
from .safe_ways import arrivals

if TYPE_CHECKING:
    from .world import HuntWorld

__all__ = ["Outlook"]

Floats = NDArray[np.float64]
_WINDOW_PX = (640.0, 360.0)
"""Half of what the screen shows around the player."""
_FORGOTTEN_S = 4.0
_UNAWARE_S = 0.8
"""Head start that a hunter who looks elsewhere is thought to give."""


class Outlook:
    """Sees hunters on the screen, `lag_s` late, and remembers for a while those that left it."""

    def __init__(self, world: HuntWorld, lag_s: float) -> None:
        self.world = world
        self._lag_frames = max(1, round(lag_s * 60))
        self._past: deque[dict[str, tuple[Floats, bool]]] = deque(maxlen=self._lag_frames)
        self.seen: dict[str, tuple[float, Floats, bool]] = {}
        """By hunter: when and where it was last noticed, and whether it was after the player then."""
        self._base = self._footing()

    def look(self) -> None:
        """Once a frame."""
        here = self.world.player.position
        self._past.append({hunter.name: (hunter.position, hunter.sees_player) for hunter in self.world.hunters
                           if abs(hunter.position[0] - here[0]) < _WINDOW_PX[0] and abs(hunter.position[1] - here[1]) < _WINDOW_PX[1]})
        for name, (position, after_me) in self._past[0].items():
            self.seen[name] = (self.world.time_s, position, after_me)
        self.seen = {name: known for name, known in self.seen.items() if self.world.time_s - known[0] < _FORGOTTEN_S}

    def nearest(self) -> float:
        """Distance in px to the nearest known hunter, inf when there is none."""
        here = self.world.player.position
        return min((math.dist(at, here) for _, at, _ in self.seen.values()), default=math.inf)

    def tile_s(self) -> Floats:
        """(rows, cols) seconds to cross each tile as doors and bridges are now; inf where one cannot walk."""
        tiles = self._base.copy()
        for door in self.world.doors:
            if not door.open:
                tiles[_cells(door.rect)] = np.inf
        for bridge in self.world.bridges:
            if bridge.state == "fallen":
                tiles[_cells(bridge.rect)] = np.inf
        return tiles

    def closing_s(self, tile_s: Floats) -> Floats:
        """(rows, cols) when the first known hunter could be on each tile, seconds from now; inf when none is known."""
        if not self.seen:
            return np.full(tile_s.shape, np.inf)
        now = self.world.time_s
        sources = np.array([self.world.ground.cell_of(at) for _, at, _ in self.seen.values()], dtype=np.float64)
        starts = np.array([when - now + (0.0 if after_me else _UNAWARE_S) for when, _, after_me in self.seen.values()]) + self.world.grace_s
        times, _ = arrivals(tile_s / self.world.difficulty.speed_ratio, np.full(tile_s.shape, np.inf), sources, starts)
        return np.asarray(times)

    def falling_s(self) -> Floats:
        """(rows, cols) when the planks of each tile give way; inf elsewhere."""
        falls = np.full(self._base.shape, np.inf)
        for bridge in self.world.bridges:
            if bridge.state == "shaking":
                falls[_cells(bridge.rect)] = bridge.time_s_left - 0.15
        return falls

    def _footing(self) -> Floats:
        factors = np.array([0.0 if kind in BLOCKING else FOOTINGS[kind].speed_factor * (0.8 if kind == "ice" else 1.0) for kind in KINDS])
        with np.errstate(divide="ignore"):
            return np.asarray(TILE_PX / PLAYER_SPEED_PX_S / factors[self.world.level.tiles])


def _cells(rect: tuple[float, float, float, float]) -> tuple[slice, slice]:
    x, y, w, h = (round(v / TILE_PX) for v in rect)
    return slice(y, y + h), slice(x, x + w)
