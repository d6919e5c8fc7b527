"""A scripted player with a person's limits: sees what the screen shows, late; thinks five times a second; knows the map.

It goes for the relics by ways on which it expects to be before the hunters, runs when there is none, and dashes or throws
smoke when cornered.  How bold it is and what it likes first depend on the seed.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .level import TILE_PX
from .outlook import Outlook
from .physics import PLAYER_SPEED_PX_S, RADIUS_PX
from .safe_ways import arrivals
from .world import Controls, HuntWorld

__all__ = ["ScriptedPlayer"]

Floats = NDArray[np.float64]
_THINK_S = 0.2
_LOOK_AHEAD_S = 4.0
_SMOKE_WITHIN_PX = 130.0
_DASH_WITHIN_PX = 105.0
_LEVER_GAIN_S = 1.0


class ScriptedPlayer:
    """Plays `world`: pass `controls()` to each step.  The same seed plays the same round the same way."""

    def __init__(self, world: HuntWorld, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.world = world
        self._outlook = Outlook(world, lag_s=float(rng.uniform(0.15, 0.3)))
        self._caution_s = float(rng.uniform(0.15, 0.5))
        self._taste = {relic.name: float(rng.uniform(0.75, 1.3)) for relic in world.relics}
        self._rng = rng
        self._way: list[tuple[int, int]] = []
        self._fleeing = False
        self._goal: str | None = None
        self._next_thought_s = 0.0
        self._smoked_s = -math.inf

    def controls(self) -> Controls:
        """What it does this step."""
        self._outlook.look()
        interact = False
        if self.world.time_s >= self._next_thought_s:
            self._next_thought_s = self.world.time_s + _THINK_S * float(self._rng.uniform(0.8, 1.3))
            interact = self._think()
        near = self._outlook.nearest()
        return Controls(move=self._steer(), dash=self._fleeing and near < _DASH_WITHIN_PX and self.world.player.dash_ready >= 1.0,
                        smoke=self._wants_smoke(near), interact=interact)

    # ---- deciding ---------------------------------------------------------------------------------------------

    def _think(self) -> bool:
        """Choose where to go; True when the lever at hand is worth pulling."""
        tile_s = self._outlook.tile_s()
        theirs = self._outlook.closing_s(tile_s)
        closes = np.where(theirs < _LOOK_AHEAD_S, theirs - self._caution_s, np.inf)
        closes = np.minimum(closes, self._outlook.falling_s())
        here = self.world.ground.cell_of(self.world.player.position)
        mine, came = arrivals(tile_s, closes, np.array([here], dtype=np.float64), np.zeros(1))
        goal = self._choose_goal(mine)
        self._fleeing = goal is None
        if goal is None:
            goal = self._refuge(mine, theirs)
        self._way = _way_to(came, goal)
        return self._lever_pays(theirs[here])

    def _choose_goal(self, mine: Floats) -> tuple[int, int] | None:
        """The relic, or at last the boat, that is nearest in time by a safe way; what it was heading for gets a bonus."""
        wanted = {relic.name: relic.position for relic in self.world.relics if not relic.taken} or {"boat": self.world.boat.position}
        best, best_s = None, math.inf
        for name, at in wanted.items():
            cell = self.world.ground.cell_of(at)
            time_s = float(mine[cell]) * self._taste.get(name, 1.0) * (0.7 if name == self._goal else 1.0)
            if time_s < best_s:
                best, best_s, self_goal = cell, time_s, name
        self._goal = self_goal if best is not None else None
        return best

    def _refuge(self, mine: Floats, theirs: Floats) -> tuple[int, int]:
        """Where it keeps most of a head start for the next seconds."""
        slack = np.where(np.isfinite(mine), np.minimum(theirs, 12.0) - mine, -np.inf)
        far = np.where(mine > 1.2, slack, slack - 3.0) + self._rng.uniform(0.0, 0.15, slack.shape)
        row, col = divmod(int(np.argmax(far)), slack.shape[1])
        return row, col

    def _lever_pays(self, closing_s: float) -> bool:
        """Whether the doors, swung the other way, would keep the hunters off for longer."""
        lever = self.world.lever_in_reach()
        if lever is None or not math.isfinite(closing_s):
            return False
        doors = [door for door in self.world.doors if door.lever == lever]
        for door in doors:
            door.open = not door.open
        swung = self._outlook.closing_s(self._outlook.tile_s())
        for door in doors:
            door.open = not door.open
        return bool(swung[self.world.ground.cell_of(self.world.player.position)] > closing_s + _LEVER_GAIN_S)

    def _wants_smoke(self, near_px: float) -> bool:
        player = self.world.player
        if not self._fleeing or near_px > _SMOKE_WITHIN_PX or player.smokes == 0 or self.world.time_s - self._smoked_s < 4.0:
            return False
        if not any(hunter.sees_player for hunter in self.world.hunters) or player.dash_ready >= 1.0:
            return False
        self._smoked_s = self.world.time_s
        return True

    # ---- moving -----------------------------------------------------------------------------------------------

    def _steer(self) -> tuple[float, float]:
        """Towards the farthest of the next tiles on the way that is in straight reach, allowing for momentum and current."""
        player = self.world.player
        here = self.world.ground.cell_of(player.position)
        if here in self._way:
            self._way = self._way[self._way.index(here) + 1:]
        target = None
        for cell in self._way[:6]:
            point = ((cell[1] + 0.5) * TILE_PX, (cell[0] + 0.5) * TILE_PX)
            if target is not None and not self._walkable(player.position, point):
                break
            target = point
        if target is None:
            target = self._last_stretch()
            if target is None:
                return 0.0, 0.0
        dx, dy = target[0] - player.position[0], target[1] - player.position[1]
        away = math.hypot(dx, dy)
        if away < 3.0:
            return 0.0, 0.0
        push = self.world.physics.push_at(player.position) if player.surface == "water" else (0.0, 0.0)
        wanted_x, wanted_y = dx / away * PLAYER_SPEED_PX_S, dy / away * PLAYER_SPEED_PX_S
        over = 1.2 if player.surface == "ice" else 0.4
        x = wanted_x + over * (wanted_x - player.velocity[0]) - push[0]
        y = wanted_y + over * (wanted_y - player.velocity[1]) - push[1]
        length = max(math.hypot(x, y), 1e-9)
        return x / length, y / length

    def _last_stretch(self) -> tuple[float, float] | None:
        """At the goal's tile: the relic itself."""
        here = self.world.player.position
        places = [tuple(relic.position) for relic in self.world.relics if not relic.taken] + [tuple(self.world.boat.position)]
        near = [at for at in places if math.dist(at, here) < 1.5 * TILE_PX]
        return (float(near[0][0]), float(near[0][1])) if near and not self._fleeing else None

    def _walkable(self, start: Floats, end: tuple[float, float]) -> bool:
        """Whether a body fits along the straight line, as sampled every third of a tile."""
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = math.hypot(dx, dy)
        if length < 1e-6:
            return True
        side_x, side_y = -dy / length * RADIUS_PX, dx / length * RADIUS_PX
        tile_s = self._outlook.tile_s()
        for i in range(1, int(length / (TILE_PX / 3.0)) + 2):
            share = min(1.0, i * TILE_PX / 3.0 / length)
            for side in (-1.0, 1.0):
                point = (start[0] + share * dx + side * side_x, start[1] + share * dy + side * side_y)
                if math.isinf(tile_s[self.world.ground.cell_of(point)]):
                    return False
        return True


def _way_to(came: Floats, goal: tuple[int, int]) -> list[tuple[int, int]]:
    """Tiles (row, col) from the start to the goal, both included."""
    cols = came.shape[1]
    way = [goal]
    while came[way[-1]] >= 0.0:
        way.append(divmod(int(came[way[-1]]), cols))
    return way[::-1]
