"""The two rivals' minds: Atlas, who has a map and a model of the traffic, and Quill, who writes directions from journeys it read.

Both are given what can be seen from where they are, and the public map with its posted speeds; neither reads the town's truth.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable
from typing import TYPE_CHECKING

import numpy as np

import npc_world as nw
from npc_world.agents.navigator import NavigatorConfig
from npc_world.learning.road_times import RoadTimesConfig
from npc_world.planners.roads_search import quickest_route

from .town import DAY_S, LIGHT_S, Town, clock

if TYPE_CHECKING:
    from .records import Car
    from .world import CourierWorld

__all__ = ["NavigatorDriver", "WriterDriver", "in_minutes", "wake_drivers"]

_JOURNEYS, _JOURNEYS_A_NIGHT = 600, 60
_REHEARSALS = 24
"""Trips that Atlas has made here in the two days before the first."""
_LOOK_EVERY_S = 0.25


def wake_drivers(town: Town) -> dict[str, NavigatorDriver | WriterDriver]:
    """Both, as they are before the first day."""
    return {"Atlas": NavigatorDriver(town), "Quill": WriterDriver(town)}


def in_minutes(text: str) -> str:
    """Seconds of play in a sentence, as minutes of the town.

    >>> in_minutes("via Mill Street: 10 s, 8 to 12 s; 2 s quicker")
    'via Mill Street: 60 min, 48 to 72 min; 12 min quicker'
    """
    def minutes(number: str) -> str:
        return f"{float(number) / DAY_S * 1440:.0f}"

    return re.sub(r"(?:(\d+) to )?(\d+) s\b", lambda m: (f"{minutes(m[1])} to " if m[1] else "") + f"{minutes(m[2])} min", text)


class NavigatorDriver:
    """Atlas.  It has driven here for two days; watches, learns, promises, reroutes."""

    def __init__(self, town: Town) -> None:
        # lights and queues make single crossings luckier or worse than on a road without; so promises are wider at first
        self.nav = nw.Navigator(nw.RoadMap(town.graph), DAY_S, NavigatorConfig(doubt=1.8), RoadTimesConfig(noise_sd=0.45))
        self.nav.not_built = set(town.bypass)
        self.eta_from_s = 0.0
        """When the seconds of `nav.eta` begin."""
        self.promises: list[tuple[float, float, float, float]] = []
        """(promised arrival, earliest, latest of 8 in 10, what it was) of trips of this day."""
        self._promised: tuple[float, float, float] | None = None
        self._looked_s, self._seen, self._said = -9.0, set[tuple[int, float]](), ""
        self._rehearse(town)

    def _rehearse(self, town: Town) -> None:
        rng = np.random.default_rng([town.seed, 86])
        for k in range(_REHEARSALS):
            start, goal = (int(n) for n in rng.choice(town.corners, 2, replace=False))
            time_s = -DAY_S * (1 + k % 2) + float(rng.uniform(0.2, 0.9)) * DAY_S
            self.nav.depart(time_s, self.nav.roads.nodes[start], self.nav.roads.nodes[goal], trips_left=_REHEARSALS - k)
            node = start
            while (road := self.nav.next_road(time_s, self.nav.roads.nodes[node])) is not None:
                edge = self.nav.roads.edge(road)
                seconds = town.traffic.crossing_s(edge, time_s)
                if int(self.nav.roads.head[edge]) in town.lights:
                    seconds += max(0.0, float(rng.uniform(-0.5, 0.5)) * LIGHT_S)
                self.nav.observe(edge, time_s, seconds)
                time_s, node = time_s + seconds, int(self.nav.roads.head[edge])
            self.nav.arrived(time_s)

    def morning(self, world: CourierWorld) -> None:
        """Last night's edition of the map: which roads are built.  Closed for a day is not on it."""
        self.nav.not_built = set(world.today.absent)
        self.nav.closed_s.clear()
        self.promises, self._promised, self._looked_s, self._seen, self._said = [], None, -9.0, set(), ""

    def depart(self, world: CourierWorld, car: Car) -> None:
        roads, town = self.nav.roads, world.town
        rest_px = town.length_px[car.edge] - car.along_px
        self.eta_from_s = max(world.time_s, car.busy_until_s) + rest_px / town.length_px[car.edge] * float(roads.free_s[car.edge])
        eta = self.nav.depart(self.eta_from_s, roads.nodes[int(roads.head[car.edge])], roads.nodes[world.goal(car)], trips_left=len(world.stops) - car.done)
        self._promised = (self.eta_from_s + eta.mean_s, self.eta_from_s + eta.low_s, self.eta_from_s + eta.high_s)
        self._said = ""

    def look(self, world: CourierWorld, car: Car) -> str | None:
        """Four times a second: barriers, and how fast cars within sight get on.  What it says when a barrier lies on its way."""
        from .world import SIGHT_PX

        if 0.0 <= world.time_s - self._looked_s < _LOOK_EVERY_S:
            return None
        self._looked_s = world.time_s
        seen, here = set(world.visible_barriers(car)), world.position(car)
        new = [edge for edge in seen if edge not in self.nav.closed_s]
        for edge in seen:
            self.nav.observe_closed(world.time_s, edge)
        for edge in [e for e in self.nav.closed_s if e not in seen]:
            middle = world.town.point(edge, 0.5 * world.town.length_px[edge])
            if math.dist(middle, here) < 0.6 * SIGHT_PX:
                self.nav.observe_closed(world.time_s, edge, closed=False)
        for other in [*world.others, world.player]:
            key = (id(other), other.entered_s)
            if other.speed_px_s > 3.0 and key not in self._seen and other.edge not in self.nav.closed_s and math.dist(world.position(other), here) < SIGHT_PX:
                self._seen.add(key)
                self.nav.observe(other.edge, world.time_s, 0.25 * world.town.length_px[other.edge] / other.speed_px_s, 0.25)
        on_way = [edge for edge in new if edge in self.nav.route]
        return f"I see {self.nav.roads.names[on_way[0]]} is closed." if on_way else None

    def crossed(self, world: CourierWorld, car: Car) -> None:
        if car.whole:
            self.nav.observe(car.edge, car.entered_s, world.time_s - car.entered_s)

    def next_road(self, world: CourierWorld, car: Car) -> int:
        node = int(self.nav.roads.head[car.edge])
        road = self.nav.next_road(world.time_s, self.nav.roads.nodes[node])
        self.eta_from_s = max(world.time_s, car.busy_until_s)
        return world.exits(node)[0] if road is None else self.nav.roads.edge(road)

    def said(self, world: CourierWorld) -> str | None:
        """A new reason to take another way, once."""
        words, self._said, before = self.nav.rerouted, self.nav.rerouted, self._said
        return in_minutes(f"Other way: {words}.") if words and words != before else None

    def arrived(self, world: CourierWorld, car: Car) -> None:
        self.nav.arrived(world.time_s)
        if self._promised is not None:
            self.promises.append((*self._promised, world.time_s))

    def arrival_s(self) -> tuple[float, float, float] | None:
        """When it expects to be there, and the bounds of eight cases in ten; None without a way."""
        eta = self.nav.eta
        if eta is None or not math.isfinite(eta.mean_s):
            return None
        return self.eta_from_s + eta.mean_s, self.eta_from_s + eta.low_s, self.eta_from_s + eta.high_s

    def words(self, world: CourierWorld, car: Car) -> tuple[str, str]:
        """Its promise with the spread, and its reasons."""
        arrival = self.arrival_s()
        if arrival is None:
            return "no way known", self.reason(world.time_s)
        spread = 0.5 * (arrival[2] - arrival[1]) / DAY_S * 1440.0
        return f"{clock(arrival[0])} ± {spread:.0f} min", self.reason(world.time_s)

    def reason(self, time_s: float) -> str:
        """`explain()` in minutes of the town."""
        return in_minutes(str(self.nav.explain(time_s)))


class WriterDriver:
    """Quill.  Read six hundred journeys of people who knew the town; no map, no clock.  Every night it reads yesterday's."""

    def __init__(self, town: Town) -> None:
        self.writer, self.driven = nw.TravelWriter(), list[Hashable]()
        self.usual_s: dict[int, list[float]] = {}
        self.read_roads: dict[int, set[int]] = {}
        """Roads in the journeys to each address: what it has words for."""
        self.misfit = False
        """The directions do not fit the road it is on."""
        self._said = False
        self._read(town, np.random.default_rng([town.seed, 83]), _JOURNEYS, frozenset(town.bypass), 0)

    def _read(self, town: Town, rng: np.random.Generator, count: int, shut: frozenset[int], day: int) -> None:
        """Journeys recorded on the day before `day`, by people who took the quickest way there was."""
        roads, is_open = town.roads, np.ones(len(town.roads.edges), dtype=np.bool_)
        is_open[list(shut)] = False
        for k in range(count):
            start, goal = int(rng.choice(town.corners)), town.places[k % len(town.places)]
            time_s = DAY_S * (day - 1 - k // 20 + float(rng.uniform(0.2, 0.9)))
            route = quickest_route(roads, town.traffic.expected_s(time_s), is_open, start, goal, time_s, DAY_S)
            if route is not None and len(route):
                self.writer.learn(goal, [int(e) for e in route])
                self.read_roads.setdefault(goal, set()).update(int(e) for e in route)
                self.usual_s.setdefault(goal, []).append(sum(town.traffic.crossing_s(int(e), time_s) for e in route))

    def morning(self, world: CourierWorld) -> None:
        number = world.today.number
        if number > 1:
            yesterday = world.town.day(number - 1)
            self._read(world.town, np.random.default_rng([world.town.seed, number, 84]), _JOURNEYS_A_NIGHT, yesterday.absent, number)
        self.driven, self.misfit, self._said = [], False, False

    def depart(self, world: CourierWorld, car: Car) -> None:
        self.driven, self._said = [], False

    def _first_road(self, world: CourierWorld, car: Car) -> int:
        """From a door, where it can turn as it likes: the road after which its journeys go on to the address with most conviction."""
        blocked = world.visible_barriers(car)
        exits = [e for e in world.exits(int(world.roads.head[car.edge])) if e not in blocked] or [int(world.roads.back[car.edge])]

        def conviction(edge: int) -> float:
            if int(world.roads.head[edge]) == world.goal(car):
                return 2.0
            return next(iter(self.writer.continuations(world.goal(car), [edge]).values()), 0.0)

        return max(exits, key=conviction)

    def look(self, world: CourierWorld, car: Car) -> str | None:
        """It has nothing to look up."""
        return None

    def crossed(self, world: CourierWorld, car: Car) -> None:
        if self.driven[-1:] != [car.edge] and (car.whole or self.driven):
            self.driven.append(car.edge)

    def exits(self, world: CourierWorld, car: Car) -> dict[Hashable, float]:
        """What it sees at the end of its road: the turns without a barrier in sight, by how far they bend off."""
        roads, blocked, back = world.roads, world.visible_barriers(car), int(world.roads.back[car.edge])
        return {e: math.remainder(world.town.heading_rad[e] - world.town.heading_rad[car.edge], 2 * math.pi)
                for e in world.exits(int(roads.head[car.edge])) if e not in blocked and e != back}

    def next_road(self, world: CourierWorld, car: Car) -> int:
        if not self.driven:
            self.misfit = False
            return self._first_road(world, car)
        exits = self.exits(world, car)
        words = self.writer.continuations(world.goal(car), self.driven)
        self.misfit = not words or next(iter(words)) not in exits
        chosen = self.writer.next_road(world.goal(car), self.driven, exits)
        return chosen if isinstance(chosen, int) else int(world.roads.back[car.edge])

    def said(self, world: CourierWorld) -> str | None:
        before, self._said = self._said, self.misfit
        return "My directions do not fit here. Straight on!" if self.misfit and not before else None

    def arrived(self, world: CourierWorld, car: Car) -> None:
        """It keeps no record of its own."""

    def next_words(self, world: CourierWorld, car: Car, most: int = 5) -> list[tuple[int, float]]:
        """The likeliest next roads with their shares, as it would write them now."""
        driven = [*self.driven, car.edge] if self.driven[-1:] != [car.edge] else self.driven
        scores = list(self.writer.continuations(world.goal(car), driven).items())[:most]
        total = sum(score for _, score in scores)
        return [(road, score / total) for road, score in scores if isinstance(road, int)]

    def words(self, world: CourierWorld, car: Car) -> tuple[str, str]:
        usual = sorted(self.usual_s.get(world.goal(car), [])) or sorted(s for some in self.usual_s.values() for s in some)
        middle = usual[len(usual) // 2]
        if not self.driven:
            return f"\"it usually takes {middle / DAY_S * 1440:.0f} min\"", f"Where do journeys to {world.stops[min(car.done, len(world.stops) - 1)].street} begin?"
        following = self.next_words(world, car, 1)
        text = f"I read: \"then {world.roads.names[following[0][0]]}\"." if following else "I have no words for this road."
        return f"\"it usually takes {middle / DAY_S * 1440:.0f} min\"", ("Lost: my directions do not fit. " if self.misfit else "") + text
