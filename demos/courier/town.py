"""The town of a week: streets, a river or a lake, a bypass that is built on the third day, and what each day brings."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.towns import SPEED_PX_S, Traffic, make_town
from npc_world.planners.roads import RoadMap
from npc_world.planners.roads_search import arrival_times, quickest_route

__all__ = ["BLOCK_PX", "COLS", "DAYS", "DAY_S", "LIGHT_S", "ROWS", "Day", "Stop", "Town", "clock"]

DAY_S = 240.0
"""A day of the town takes four minutes: six minutes of the clock are a second."""
LIGHT_S = 7.0
"""A traffic light's cycle; half of it is green one way."""
DAYS = 5
COLS, ROWS, BLOCK_PX = 8, 6, 240.0
_BYPASS_DAY = 3
_PLACES = 14
_LEG_S = (5.5, 10.5)
_SHOPS = ("bakery", "florist", "bookshop", "clockmaker", "cheese shop", "toy shop", "tea house", "fishmonger", "tailor", "chemist")
_PEOPLE = ("Mrs Alder", "Mr Finch", "Dr Okoro", "Miss Vane", "old Tom", "the Pereiras", "the school", "the lighthouse keeper", "Madame Roux", "the mayor")
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def clock(time_s: float) -> str:
    """HH:MM in the town.

    >>> clock(0.5 * DAY_S), clock(2.25 * DAY_S)
    ('12:00', '06:00')
    """
    minutes = round(time_s / DAY_S * 1440.0) % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@dataclass(frozen=True, slots=True)
class Stop:
    """Somewhere to take or to hand over a parcel: the corner of a junction."""

    node: int
    take: bool
    who: str
    street: str

    def __str__(self) -> str:
        return f"{'take it at the ' + self.who if self.take else 'bring it to ' + self.who}, {self.street}"


@dataclass(frozen=True, slots=True)
class Day:
    """What is special today.  Roads by number, both ways."""

    number: int
    name: str
    headline: str
    story: str
    stops: tuple[Stop, ...]
    depot: int
    closed: frozenset[int] = frozenset()
    absent: frozenset[int] = frozenset()
    """Not built yet."""
    slow: dict[int, float] = field(default_factory=dict)
    """By how much longer a crossing takes."""
    market: int = -1
    """The junction with the market, or -1."""
    cars: int = 46


class Town:
    """Everything that stays the same for a week.  Built from the seed alone."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.style = ("river", "grid")[seed % 2]
        self.graph = make_town(seed, self.style, COLS, ROWS, BLOCK_PX)
        self.name = f"{('Saltmere', 'Linden', 'Copperford', 'Abbot’s Hill', 'Roseport', 'Millbrook')[seed // 2 % 6]}"
        self._add_bypass()
        self.roads = RoadMap(self.graph)
        self.traffic = Traffic(self.roads, seed, DAY_S)
        self.size_px = ((COLS + 0.4) * BLOCK_PX, (ROWS + 0.4) * BLOCK_PX)
        highway = {(a, b) for a, b, data in self.graph.edges(data=True) if data.get("bypass")}
        self.bypass = frozenset(k for k, edge in enumerate(self.roads.edges) if edge in highway)
        at, tail, head = self.roads.positions_px, self.roads.tail, self.roads.head
        along = (at[head] - at[tail]) / np.maximum(self.roads.straight_px, 1e-9)[:, None]
        self.start_px: list[tuple[float, float]] = [(float(x), float(y)) for x, y in at[tail]]
        self.along: list[tuple[float, float]] = [(float(x), float(y)) for x, y in along]
        self.length_px: list[float] = [float(v) for v in self.roads.straight_px]
        self.heading_rad: list[float] = [math.atan2(y, x) for x, y in self.along]
        self.lights = frozenset(n for n in range(len(self.roads.nodes)) if len(self.roads.leaving(n)) >= 4 and (n * 7 + seed) % 3 == 0)

    def _add_bypass(self) -> None:
        """A fast road outside the first or the last row, with three ramps."""
        north = self.seed // 2 % 2 == 0
        row, y = (0, 0.22) if north else (ROWS - 1, ROWS + 0.12)
        name = "the new bypass"
        nodes = []
        for k, col in enumerate((0, COLS // 2 - 1, COLS - 1)):
            x = self.graph.nodes[(col, row)]["pos"][0]
            node = ("bypass", k)
            self.graph.add_node(node, pos=(x, y * BLOCK_PX))
            nodes.append(node)
            self._two_way(node, (col, row), "avenue", "the bypass ramp")
        for a, b in pairwise(nodes):
            self._two_way(a, b, "highway", name)

    def _two_way(self, a: tuple[object, ...], b: tuple[object, ...], kind: str, name: str) -> None:
        length = max(30.0, math.dist(self.graph.nodes[a]["pos"], self.graph.nodes[b]["pos"]))
        for edge in ((a, b), (b, a)):
            self.graph.add_edge(*edge, kind=kind, name=name, length_px=length, speed_px_s=SPEED_PX_S[kind], bypass=True)

    # ---- reading --------------------------------------------------------------------------------------------------

    def point(self, edge: int, along_px: float, side_px: float = 0.0) -> tuple[float, float]:
        """World px so far along a road, `side_px` to the right of its middle."""
        (x, y), (ux, uy) = self.start_px[edge], self.along[edge]
        return x + along_px * ux - side_px * uy, y + along_px * uy + side_px * ux

    def both_ways(self, edge: int) -> list[int]:
        back = int(self.roads.back[edge])
        return [edge] if back < 0 else [edge, back]

    def kind(self, edge: int) -> str:
        return self.roads.kinds[self.roads.kind[edge]]

    @cached_property
    def corners(self) -> list[int]:
        """Junctions of the town proper."""
        return [n for n, name in enumerate(self.roads.nodes) if isinstance(name, tuple) and name[0] != "bypass"]

    @cached_property
    def places(self) -> list[int]:
        """The junctions where the shops and the people of the town are: all parcels go between them."""
        rng = np.random.default_rng([self.seed, 82])
        chosen = [int(rng.choice(self.corners))]
        at = self.roads.positions_px
        while len(chosen) < _PLACES:  # spread over the town: of some candidates the one farthest from the others
            some = [int(n) for n in rng.choice(self.corners, 5) if int(n) not in chosen]
            if some:
                chosen.append(max(some, key=lambda n: min(float(np.hypot(*(at[n] - at[m]))) for m in chosen)))
        return sorted(chosen)

    def street_at(self, node: int) -> str:
        names = [self.roads.names[int(e)] for e in self.roads.leaving(node) if int(e) not in self.bypass]
        return names[node % len(names)] if names else "the bypass"

    # ---- days -----------------------------------------------------------------------------------------------------

    def day(self, number: int) -> Day:
        """What day `number` (from 1) brings; the same for the same town."""
        rng = np.random.default_rng([self.seed, number, 85])
        absent = self.bypass if number < _BYPASS_DAY else frozenset()
        theme = number if number <= DAYS else 2 + (number - 2) % (DAYS - 1)
        name = _WEEK[(number - 1) % 5]
        depot = int(self.places[rng.integers(_PLACES)])
        stops = self._stops(rng, depot, 8 if theme == 5 else 6, absent)
        if theme == 2 or theme == 5:
            closed = self._closing(depot, stops, absent)
            what = self.roads.names[min(closed)] if closed else ""
            if theme == 2:
                return Day(number, name, f"{what} closed for repairs", "Only you have read the paper. They will have to see it.", stops, depot, closed, absent)
            market, slow = self._market(rng)
            return Day(number, name, f"The big Friday: market, and {what} closed", "Four parcels, full streets. Whoever knows the town wins the week.",
                       stops, depot, closed, absent, slow, market, 60)
        if theme == 4:
            market, slow = self._market(rng)
            return Day(number, name, f"Market day round {self.street_at(market)}", "Nobody gets through there quickly. Atlas will learn it; Quill never does.",
                       stops, depot, frozenset(), absent, slow, market, 52)
        if theme == 3:
            return Day(number, name, "The new bypass opens", "It is on Atlas's map since last night. In Quill's journeys nobody ever drove it.", stops, depot)
        return Day(number, name, f"A new courier in {self.name}", "Three parcels, three couriers. Atlas has a map and a memory; Quill has read many journeys.",
                   stops, depot, frozenset(), absent)

    def _stops(self, rng: np.random.Generator, depot: int, count: int, absent: frozenset[int]) -> tuple[Stop, ...]:
        """A tour of stops, each some blocks from the one before."""
        shops, people = rng.permutation(_SHOPS), rng.permutation(_PEOPLE)
        stops: list[Stop] = []
        here, used = depot, {depot}
        is_open = self._open(absent)
        for k in range(count):
            arrival, _ = arrival_times(self.roads, self.roads.free_s[:, None], is_open, here, 0.0, DAY_S)
            fits = [n for n in self.places if _LEG_S[0] <= arrival[n] <= _LEG_S[1] and n not in used]
            far = fits or [n for n in self.places if n not in used]
            here = int(far[rng.integers(len(far))])
            used.add(here)
            take = k % 2 == 0
            stops.append(Stop(here, take, str((shops if take else people)[k // 2]), self.street_at(here)))
        return tuple(stops)

    def _open(self, *shut: frozenset[int]) -> NDArray[np.bool_]:
        is_open = np.ones(len(self.roads.edges), dtype=np.bool_)
        for some in shut:
            is_open[list(some)] = False
        return is_open

    def _closing(self, depot: int, stops: tuple[Stop, ...], absent: frozenset[int]) -> frozenset[int]:
        """The bridge, or the piece of avenue, that today's tour would use most, if all can still be reached without it."""
        used: Counter[int] = Counter()
        for a, b in zip([depot, *(stop.node for stop in stops)], [stop.node for stop in stops], strict=False):
            route = quickest_route(self.roads, self.roads.free_s[:, None], self._open(absent), a, b, 0.0, DAY_S)
            used.update(min(self.both_ways(int(e))) for e in (route if route is not None else ()))
        worth = {"bridge": 10.0, "avenue": 2.0, "street": 1.0, "highway": 0.0}
        for edge, _ in sorted(used.items(), key=lambda item: (-item[1] * worth[self.kind(item[0])], item[0])):
            pair = frozenset(self.both_ways(edge))
            arrival, _ = arrival_times(self.roads, self.roads.free_s[:, None], self._open(absent, pair), depot, 0.0, DAY_S)
            if np.isfinite(arrival[self.corners]).all():
                return pair
        return frozenset()

    def _market(self, rng: np.random.Generator) -> tuple[int, dict[int, float]]:
        """A junction near the middle; the roads that touch it are crowded."""
        middle = np.asarray(self.size_px) / 2
        near = sorted(self.corners, key=lambda n: float(np.hypot(*(self.roads.positions_px[n] - middle))))[:8]
        market = int(near[rng.integers(len(near))])
        return market, {e: 2.4 for k in self.roads.leaving(market) for e in self.both_ways(int(k))}
