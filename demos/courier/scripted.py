"""Scripted players for films, tests and the balance: a stranger, one who knows the town, and one who also closes roads on purpose."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from npc_world.planners.roads_search import quickest_route

from ..hunt.records import Controls
from .town import DAY_S
from .world import CourierWorld

__all__ = ["PLAYERS", "ScriptedCourier"]

_VIEW_PX = (420.0, 235.0)
"""Half of what a window of 1280×720 shows."""
PLAYERS = ("stranger", "local", "trickster")


class ScriptedCourier:
    """stranger: goes by the posted speeds, finds closed roads by driving there.  local: knows the usual times of day and has read the
    paper.  trickster: a local who closes and jams the roads that Atlas is about to take, as a player who watches its route can."""

    def __init__(self, world: CourierWorld, kind: str = "trickster") -> None:
        if kind not in PLAYERS:
            raise ValueError(f"kind={kind!r}: expected one of {', '.join(PLAYERS)}")
        self.world, self.kind = world, kind
        self._met: dict[int, float] = {}
        self._trick_s = 0.0
        self._pressed = False
        self._route: list[int] = []

    def controls(self) -> Controls:
        world, car, town = self.world, self.world.player, self.world.town
        if car.place:
            return Controls()
        for edge in world.visible_barriers(car):
            self._met[edge] = world.time_s
        edge = self._way()
        heading = town.heading_rad[car.edge if edge is None else edge]
        now = town.heading_rad[car.edge]
        if math.cos(heading - now) < -0.7 and edge != int(world.roads.back[car.edge]):
            heading = now  # not yet: it would turn round on the spot
        if self.kind == "trickster":
            self._click()
        interact, smoke = (False, False) if self.kind != "trickster" or self._pressed else self._trick()
        self._pressed = interact or smoke
        straight = town.length_px[car.edge] - car.along_px > 90.0
        return Controls(move=(math.cos(heading), math.sin(heading)), dash=world.boost > (0.1 if self._boosting() else 0.95) and straight,
                        interact=interact, smoke=smoke)

    def _boosting(self) -> bool:
        return self.world.boost < 0.95 and self.world.player.speed_px_s > 1.3 * self.world._speed(self.world.player)

    def _way(self) -> int | None:
        """The next road from the end of this one, or this road's other direction when a barrier is ahead."""
        world, car, roads = self.world, self.world.player, self.world.roads
        is_open = np.ones(len(roads.edges), dtype=np.bool_)
        is_open[list(world.today.absent)] = False
        known = set(world.barriers) if self.kind != "stranger" else {e for e, seen in self._met.items() if world.time_s - seen < 40.0}
        is_open[list(known)] = False
        seconds: Any = roads.free_s[:, None] if self.kind == "stranger" else self._usual()
        back, node = int(roads.back[car.edge]), int(roads.head[car.edge])
        ahead = world.barriers.get(car.edge)
        if ahead is not None and car.edge in known and car.along_px < ahead.along_px and back >= 0:
            return back
        if node == world.goal(car):
            return None
        route = quickest_route(roads, seconds, is_open, node, world.goal(car), world.time_s, DAY_S, back)
        self._route = [] if route is None else [int(e) for e in route]
        return self._route[0] if self._route else None

    def _usual(self) -> Any:
        """(E, bins) what roads take on an ordinary day, and that the market is crowded."""
        if not hasattr(self, "_known_s"):
            self._known_s = self.world.traffic.expected_s(self.world.began_s)
            for edge, factor in self.world.today.slow.items():
                self._known_s[edge] *= factor
        return self._known_s

    def _click(self) -> None:
        """Close the road that Atlas has just turned into, as a click does, when it can be seen and is not on the own way."""
        world, car, atlas = self.world, self.world.player, self.world.rivals[0]
        length = world.town.length_px[atlas.edge]
        ours = {e for edge in (car.edge, *self._route) for e in world.town.both_ways(edge)}
        (x, y), (ax, ay) = world.position(car), world.position(atlas)
        in_view = abs(ax - x) < _VIEW_PX[0] and abs(ay - y) < _VIEW_PX[1]
        if (world.barriers_left and world.time_s >= self._trick_s and in_view and not atlas.place and atlas.edge not in ours
                and atlas.edge not in world.barriers and length > 150.0 and 0.2 < atlas.along_px / length < 0.45 and atlas.done <= car.done + 1):
            self._trick_s = world.time_s + 3.0
            world.close_road(atlas.edge, 0.85 * length)

    def _trick(self) -> tuple[bool, bool]:
        """(barrier, jam) on the road it is on, when Atlas comes this way later."""
        world, car = self.world, self.world.player
        if world.time_s < self._trick_s or car.busy_until_s > world.time_s:
            return False, False
        nav, atlas = world.drivers["Atlas"].nav, world.rivals[0]
        part = car.along_px / world.town.length_px[car.edge]
        if atlas.place or atlas.edge == car.edge or not 0.35 < part < 0.9:
            return False, False
        if car.edge in [int(e) for e in nav.route[1:5]] and atlas.done <= car.done:
            self._trick_s = world.time_s + 2.0
            return (True, False) if world.barriers_left else (False, world.jams_left > 0)
        return False, False
