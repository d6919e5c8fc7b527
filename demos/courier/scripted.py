"""A scripted courier for films and tests: knows the posted speeds, closes roads ahead of the rival that is nearest to the address."""

from __future__ import annotations

import math

import numpy as np

from npc_world.planners.roads_search import quickest_route

from ..hunt.records import Controls
from .world import DAY_S, CourierWorld

__all__ = ["ScriptedCourier"]


class ScriptedCourier:
    """Steers by the quickest posted way; every twelve seconds it closes a road on Atlas's way."""

    def __init__(self, world: CourierWorld) -> None:
        self.world = world
        self._next_trick_s = world.time_s + 6.0

    def controls(self) -> Controls:
        world, car, roads = self.world, self.world.player, self.world.roads
        node = int(roads.head[car.edge])
        route = quickest_route(roads, roads.free_s[:, None], np.ones(len(roads.edges), dtype=np.bool_), node, world.goal, 0.0, DAY_S,
                               int(roads.back[car.edge]))
        heading = roads.heading_rad(int(route[0])) if route is not None and len(route) else roads.heading_rad(car.edge)
        if world.time_s > self._next_trick_s:
            self._next_trick_s = world.time_s + 12.0
            ahead = world.drivers["Atlas"].nav.route
            if len(ahead) > 2:
                world.close_road(int(ahead[2]))
        now = roads.heading_rad(car.edge)
        if math.cos(heading - now) < -0.7:
            heading = now  # not yet: it would turn round on the spot
        return Controls(move=(math.cos(heading), math.sin(heading)), dash=world.boost > 0.9)
