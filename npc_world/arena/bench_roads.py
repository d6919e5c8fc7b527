"""`npc-world bench --roads`: deliveries in seeded towns, by a planner told the true times, the navigator, and the travel writer."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from npc_world.agents.navigator import Navigator
from npc_world.arena.progress import Progress
from npc_world.arena.towns import Traffic, make_town
from npc_world.learning.travel_writer import TravelWriter
from npc_world.planners.roads import RoadMap
from npc_world.planners.roads_search import arrival_times, quickest_route

__all__ = ["RoadsReport", "play_town", "run_roads"]

DAY_S = 240.0
FAMILIAR, MEASURED, AFTER = 10, 10, 6
SIGHT_PX = 260.0
JOURNEYS = 80
_TUNING, _REPORT = 1000, 500000
_GIVE_UP = 4.0
"""Who needs longer than this many times the informed planner's time is taken home; that time counts."""


@dataclass(slots=True)
class RoadsReport:
    """Times of deliveries (s) on familiar days and after a closure, by driver; and whether promises were kept."""

    familiar: dict[str, list[float]] = field(default_factory=lambda: {"informed": [], "navigator": [], "writer": []})
    closed: dict[str, list[float]] = field(default_factory=lambda: {"informed": [], "navigator": [], "writer": []})
    first: dict[str, list[float]] = field(default_factory=lambda: {"informed": [], "navigator": [], "writer": []})
    inside: list[bool] = field(default_factory=list)
    lost: dict[str, int] = field(default_factory=lambda: {"familiar": 0, "closed": 0})

    def rows(self) -> list[dict[str, Any]]:
        """Name, value, bar."""
        def loss(part: dict[str, list[float]], who: str) -> float:
            return 100.0 * (float(np.sum(part[who])) / float(np.sum(part["informed"])) - 1.0)

        return [
            {"what": "navigator over informed, after ten deliveries, %", "value": loss(self.familiar, "navigator"), "bar": 5.0},
            {"what": "travel writer over informed, same deliveries, %", "value": loss(self.familiar, "writer"), "bar": None},
            {"what": "ETA: arrivals inside the 80 % interval, %", "value": 100.0 * float(np.mean(self.inside)), "bar": (75.0, 85.0)},
            {"what": "navigator over informed, after a closure, %", "value": loss(self.closed, "navigator"), "bar": 10.0},
            {"what": "travel writer over informed, after a closure, %", "value": loss(self.closed, "writer"), "bar": None},
            {"what": "navigator, the delivery the closure first meets, %", "value": loss(self.first, "navigator"), "bar": None},
            {"what": "travel writer, that delivery, %", "value": loss(self.first, "writer"), "bar": None},
            {"what": "travel writer lost, familiar, % of deliveries", "value": 100.0 * self.lost["familiar"] / len(self.familiar["writer"]), "bar": None},
            {"what": "travel writer lost, after a closure, %", "value": 100.0 * self.lost["closed"] / len(self.closed["writer"]), "bar": None},
        ]


def run_roads(towns: int = 200, tuning: bool = False) -> list[dict[str, Any]]:
    """Play the towns, print the table, return its rows.  Tuning and report towns share no seed."""
    report, bar = RoadsReport(), Progress(towns, "towns")
    for k in range(towns):
        play_town((_TUNING if tuning else _REPORT) + k, report)
        bar.advance()
    bar.close()
    rows = report.rows()
    for row in rows:
        low, high = row["bar"] if isinstance(row["bar"], tuple) else (-math.inf, math.inf if row["bar"] is None else row["bar"])
        verdict = "" if row["bar"] is None else "pass" if low <= row["value"] <= high else "FAIL"
        shown = "" if row["bar"] is None else f"bar {low:g} to {high:g}" if low > -math.inf else f"bar {high:g}"
        print(f"{row['what']:<52}{row['value']:>8.1f}  {shown:<16}{verdict}".rstrip())
        row["passed"] = None if not verdict else verdict == "pass"
    return rows


class _Town:
    """A town, its traffic, its addresses, and which roads are closed."""

    def __init__(self, seed: int) -> None:
        self.roads = RoadMap(make_town(seed))
        self.traffic = Traffic(self.roads, seed, DAY_S)
        self.rng = np.random.default_rng([seed, 75])
        self.places = self.rng.choice(len(self.roads.nodes), min(12, len(self.roads.nodes)), replace=False)
        self.open = np.ones(len(self.roads.edges), dtype=np.bool_)

    def two_places(self) -> tuple[int, int]:
        """Start and goal that are some way apart."""
        at, reach = self.roads.positions_px, 0.3 * float(np.ptp(self.roads.positions_px, axis=0).max())
        while True:
            a, b = (int(v) for v in self.rng.choice(self.places, 2, replace=False))
            if np.hypot(*(at[a] - at[b])) > reach:
                return a, b

    def informed(self, start: int, goal: int, time_s: float) -> tuple[float, list[int]]:
        """Arrival of a planner told today's mean times and what is closed, and its roads."""
        table = self.traffic.expected_s(time_s)
        route = quickest_route(self.roads, table, self.open, start, goal, time_s, DAY_S)
        assert route is not None
        for edge in route:
            time_s += self.traffic.crossing_s(int(edge), time_s)
        return time_s, [int(e) for e in route]


def _navigate(town: _Town, nav: Navigator, start: int, goal: int, time_s: float, trips_left: int, rng: np.random.Generator) -> tuple[float, bool]:
    """Drive; returns arrival and whether the promise was kept."""
    roads, here, began = town.roads, start, time_s
    nav_goal = roads.nodes[goal]
    _look(town, nav, here, time_s, rng)
    promise = nav.depart(time_s, roads.nodes[here], nav_goal, trips_left)
    while here != goal:
        _look(town, nav, here, time_s, rng)
        road = nav.next_road(time_s, roads.nodes[here])
        if road is None:
            time_s += 2.0
            continue
        edge = roads.edge(road)
        took = town.traffic.crossing_s(edge, time_s)
        nav.observe(edge, time_s, took)
        time_s += took
        here = int(roads.head[edge])
    nav.arrived(time_s)
    return time_s, promise.low_s <= time_s - began <= promise.high_s


def _look(town: _Town, nav: Navigator, here: int, time_s: float, rng: np.random.Generator) -> None:
    """At a junction: barriers at the mouth of roads within sight, and vehicles on the roads that meet there, for a part of their way."""
    roads = town.roads
    near = np.hypot(*(roads.positions_px - roads.positions_px[here]).T) <= SIGHT_PX
    for edge in np.flatnonzero(near[roads.tail]):
        if not town.open[edge]:
            nav.observe_closed(time_s, int(edge))
        elif int(edge) in nav.closed_s:
            nav.observe_closed(time_s, int(edge), closed=False)
    for edge in np.flatnonzero((roads.tail == here) | (roads.head == here)):
        if town.open[edge] and rng.random() < 0.4:
            share = float(rng.uniform(0.3, 0.7))
            nav.observe(int(edge), time_s, town.traffic.crossing_s(int(edge), time_s) * share * float(np.exp(rng.normal(0.0, 0.05))), share)


def _write(town: _Town, writer: TravelWriter, start: int, goal: int, time_s: float, limit_s: float) -> tuple[float, bool]:
    """Drive by the writer's words; returns arrival (or the limit) and whether it got lost."""
    roads, here, driven, end_s = town.roads, start, list[int](), time_s + limit_s
    while here != goal:
        exits: dict[Hashable, float] = {}
        for edge in roads.leaving(here):
            if town.open[edge] and not (driven and edge == roads.back[driven[-1]]):
                turn = 0.0 if not driven else roads.heading_rad(int(edge)) - roads.heading_rad(driven[-1])
                exits[int(edge)] = math.remainder(turn, 2 * math.pi)
        edge = writer.next_road(goal, driven, exits)
        if edge is None:
            edge = int(roads.back[driven[-1]]) if driven and town.open[roads.back[driven[-1]]] else None
        if edge is None:
            return end_s, True
        assert isinstance(edge, int)
        time_s += town.traffic.crossing_s(edge, time_s)
        if time_s >= end_s:
            return end_s, True
        driven.append(edge)
        here = int(roads.head[edge])
    return time_s, False


def play_town(seed: int, report: RoadsReport) -> None:
    """One town: ten deliveries to get to know it, ten measured, then its busiest way is closed and six more."""
    town, nav, writer = _Town(seed), Navigator(RoadMap(make_town(seed)), DAY_S), TravelWriter()
    rng = np.random.default_rng([seed, 76])
    for journey in range(JOURNEYS):  # what others drove on earlier days
        start, goal = town.two_places()
        time_s = -DAY_S * (1 + journey // 4) + float(town.rng.uniform(0.1, 0.9)) * DAY_S
        writer.learn(goal, town.informed(start, goal, time_s)[1])
    total = FAMILIAR + MEASURED + AFTER
    closed_now = False
    for trip in range(total):
        start, goal = town.two_places()
        time_s = DAY_S * (trip // 3) + DAY_S * (0.15 + 0.25 * (trip % 3) + float(town.rng.uniform(0.0, 0.15)))
        if trip == FAMILIAR + MEASURED:
            _close(town, start, goal, time_s)
            closed_now = True
        arrival, _ = town.informed(start, goal, time_s)
        mine, kept = _navigate(town, nav, start, goal, time_s, total - trip - 1, rng)
        if trip < FAMILIAR:
            continue
        theirs, lost = _write(town, writer, start, goal, time_s, _GIVE_UP * (arrival - time_s))
        parts = [report.closed, report.first] if closed_now and trip == FAMILIAR + MEASURED else [report.closed] if closed_now else [report.familiar]
        for part in parts:
            for who, end in (("informed", arrival), ("navigator", mine), ("writer", theirs)):
                part[who].append(end - time_s)
        report.lost["closed" if closed_now else "familiar"] += lost
        if not closed_now:
            report.inside.append(kept)


def _close(town: _Town, start: int, goal: int, time_s: float) -> None:
    """Close the road in the middle of the way, both ways; one that would cut the town in two stays open and its neighbour is tried."""
    _, route = town.informed(start, goal, time_s)
    for edge in sorted(route, key=lambda e: abs(route.index(e) - len(route) / 2)):
        pair = [edge] + ([int(town.roads.back[edge])] if town.roads.back[edge] >= 0 else [])
        town.open[pair] = False
        arrival, _ = arrival_times(town.roads, town.roads.free_s[:, None], town.open, start, 0.0, DAY_S)
        if np.isfinite(arrival).all():
            return
        town.open[pair] = True
