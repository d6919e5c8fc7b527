"""The two rivals' minds: Atlas, who has a map and a model of the traffic, and Quill, who writes directions from journeys it read."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import TYPE_CHECKING

import numpy as np

import npc_world as nw
from npc_world.planners.roads_search import quickest_route

if TYPE_CHECKING:
    from .world import Car, CourierWorld

__all__ = ["NavigatorDriver", "WriterDriver"]

_JOURNEYS = 80


class NavigatorDriver:
    """Atlas.  Starts with posted speeds only; watches, learns, reroutes."""

    def __init__(self, world: CourierWorld) -> None:
        from .world import DAY_S

        self.nav = nw.Navigator(nw.RoadMap(world.graph), DAY_S)
        self._looked_s = -9.0

    def depart(self, world: CourierWorld, car: Car) -> None:
        roads = world.roads
        self.nav.depart(world.time_s, roads.nodes[int(roads.head[car.edge])], roads.nodes[world.goal], trips_left=3)

    def look(self, world: CourierWorld, car: Car) -> None:
        """Four times a second: barriers, jams and cars within sight."""
        from .world import SIGHT_PX

        if world.time_s - self._looked_s < 0.25 and world.time_s >= self._looked_s:
            return
        self._looked_s = world.time_s
        seen = world.visible_blocks(car)
        for edge in seen:
            self.nav.observe_closed(world.time_s, edge)
        here = world.position(car)
        for edge in list(self.nav.closed_s):
            if edge not in seen and float(np.hypot(*(world.middle(edge) - here))) < SIGHT_PX:
                self.nav.observe_closed(world.time_s, edge, closed=False)
        for other in [*world.traffic_cars, world.player]:
            if other.speed_px_s > 3.0 and other.edge not in self.nav.closed_s and float(np.hypot(*(world.position(other) - here))) < SIGHT_PX:
                part = 0.1
                self.nav.observe(other.edge, world.time_s, part * float(world.roads.length_px[other.edge]) / other.speed_px_s, part)

    def crossed(self, world: CourierWorld, car: Car) -> None:
        if car.whole:
            self.nav.observe(car.edge, car.entered_s, (world.time_s - car.entered_s) * car.pace)

    def next_road(self, world: CourierWorld, car: Car) -> int:
        node = int(world.roads.head[car.edge])
        road = self.nav.next_road(world.time_s, world.roads.nodes[node])
        if road is None:
            return int(world.roads.leaving(node)[0])
        return world.roads.edge(road)

    def over(self, world: CourierWorld, who: str) -> None:
        if who == "Atlas":
            self.nav.arrived(world.time_s)

    def words(self, world: CourierWorld, car: Car) -> tuple[str, str]:
        """ETA with its spread, and why."""
        if self.nav.eta is None:
            return "", ""
        rest = (1.0 - car.along_px / float(world.roads.length_px[car.edge])) * car.crossing_s
        eta = self.nav.eta
        head = f"{rest + eta.mean_s:.0f} s, {rest + eta.low_s:.0f} to {rest + eta.high_s:.0f}" if math.isfinite(eta.mean_s) else "waiting"
        why = f"Rerouted: {self.nav.rerouted}. " if self.nav.rerouted else ""
        return head, why + str(self.nav.explain(world.time_s))


class WriterDriver:
    """Quill.  Read eighty journeys of people who knew the town; no map, no clock."""

    def __init__(self, world: CourierWorld) -> None:
        self.writer, self.driven = nw.TravelWriter(), list[Hashable]()
        self._usual: dict[int, list[float]] = {}
        rng, roads = np.random.default_rng([world.seed, 83]), world.roads
        all_open = np.ones(len(roads.edges), dtype=np.bool_)
        for k in range(_JOURNEYS):
            start, goal = int(rng.integers(len(roads.nodes))), int(world.places[k % len(world.places)])
            time_s = -world.traffic.day_s * (1.0 + k // 4 + float(rng.random()))
            route = quickest_route(roads, world.traffic.expected_s(time_s), all_open, start, goal, time_s, world.traffic.day_s)
            if route is not None and len(route):
                self.writer.learn(goal, [int(e) for e in route])
                self._usual.setdefault(goal, []).append(sum(world.traffic.crossing_s(int(e), time_s) for e in route))
        self._misfit = False

    def depart(self, world: CourierWorld, car: Car) -> None:
        self.driven = [car.edge]

    def look(self, world: CourierWorld, car: Car) -> None:
        """It has nothing to look up."""

    def crossed(self, world: CourierWorld, car: Car) -> None:
        if self.driven[-1:] != [car.edge]:
            self.driven.append(car.edge)

    def next_road(self, world: CourierWorld, car: Car) -> int:
        roads, blocked, back = world.roads, world.visible_blocks(car), int(world.roads.back[car.edge])
        exits: dict[Hashable, float] = {int(e): math.remainder(roads.heading_rad(int(e)) - roads.heading_rad(car.edge), 2 * math.pi)
                                        for e in roads.leaving(int(roads.head[car.edge])) if int(e) not in blocked and e != back}
        words = self.writer.continuations(world.goal, self.driven)
        self._misfit = not words or next(iter(words)) not in exits
        chosen = self.writer.next_road(world.goal, self.driven, exits)
        return chosen if isinstance(chosen, int) else back

    def over(self, world: CourierWorld, who: str) -> None:
        pass

    def words(self, world: CourierWorld, car: Car) -> tuple[str, str]:
        usual = sorted(self._usual.get(world.goal, [0.0]))
        words = list(self.writer.continuations(world.goal, [*self.driven, car.edge] if self.driven[-1:] != [car.edge] else self.driven))
        following = f"\"then {world.roads.names[int(words[0])]}\"" if words else "no words for this road"  # type: ignore[call-overload]
        stuck = "My directions do not fit here; straight on. " if self._misfit else ""
        return f"journeys took {usual[0]:.0f} to {usual[-1]:.0f} s", f"{stuck}I read: {following}."
