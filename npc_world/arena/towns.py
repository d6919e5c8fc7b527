"""Seeded towns with roads and traffic: grids, rings, rivers with bridges, highways; and what a crossing truly takes."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from npc_world.planners.roads import RoadMap

__all__ = ["STYLES", "Traffic", "make_town"]

Floats = NDArray[np.float64]
STYLES = ("grid", "rings", "river", "highway")
_NAMES = ("Mill", "Harbour", "Church", "Linden", "Station", "Market", "Castle", "Orchard", "Garden", "Tanner", "Bell", "Foundry", "Weaver",
          "Chestnut", "Lake", "Abbey", "Copper", "Salt", "Rose", "Windmill")
SPEED_PX_S = {"street": 90.0, "avenue": 125.0, "bridge": 90.0, "highway": 210.0}


def make_town(seed: int, style: str | None = None, cols: int = 8, rows: int = 6, block_px: float = 240.0) -> nx.DiGraph:
    """A town as a DiGraph with pos, length_px, speed_px_s, kind and name; every junction can be reached from every other."""
    rng = np.random.default_rng([seed, 71])
    style = style or STYLES[seed % len(STYLES)]
    graph = nx.Graph()
    streets = list(rng.permutation(_NAMES))
    for row in range(rows):
        for col in range(cols):
            wobble = rng.uniform(-0.13, 0.13, 2) * block_px
            graph.add_node((col, row), pos=((col + 0.7) * block_px + wobble[0], (row + 0.7) * block_px + wobble[1]))
    if style == "rings":
        middle = np.array([cols, rows]) * block_px / 2
        for (col, row), data in graph.nodes(data=True):
            angle, ring = 2 * math.pi * col / cols, (row + 0.6) / rows
            data["pos"] = tuple(middle + ring * middle * 0.95 * np.array([math.cos(angle), math.sin(angle)]))
    for row in range(rows):
        for col in range(cols):
            across = (col + 1) % cols if style == "rings" else col + 1
            if across < cols:
                big = row == rows // 2 or (style == "rings" and row in (1, rows - 1))
                graph.add_edge((col, row), (across, row), kind="avenue" if big else "street", name=f"{streets[row]} Street")
            if row + 1 < rows:
                big = col == cols // 3 or (style == "rings" and col % 4 == 0)
                name = f"{streets[rows + col]} {'Avenue' if big else 'Road'}"
                graph.add_edge((col, row), (col, row + 1), kind="avenue" if big else "street", name=name)
    if style == "river":
        west = cols // 2 - 1
        crossings = [(r, (west, r), (west + 1, r)) for r in range(rows)]
        for r in rng.permutation(rows)[: rows - 3]:
            graph.remove_edge(*crossings[r][1:])
        for r, a, b in crossings:
            if graph.has_edge(a, b):
                graph.edges[a, b].update(kind="bridge", name=f"{streets[-1 - r]} Bridge")
    if style == "highway":
        stops = [(col, rows - 2) for col in range(0, cols, 3)]
        if (cols - 1, rows - 2) not in stops:
            stops.append((cols - 1, rows - 2))
        for a, b in itertools.pairwise(stops):
            graph.add_edge(a, b, kind="highway", name="the Highway")
    dropped = [tuple(edge) for edge in graph.edges if graph.edges[edge]["kind"] == "street"]
    for k in rng.permutation(len(dropped))[: len(dropped) // 7]:
        data = dict(graph.edges[dropped[k]])
        graph.remove_edge(*dropped[k])
        if not nx.is_connected(graph) or min(graph.degree(node) for node in dropped[k]) < 2:
            graph.add_edge(*dropped[k], **data)
    town = graph.to_directed()
    for a, b, data in town.edges(data=True):
        data["length_px"] = max(30.0, math.dist(town.nodes[a]["pos"], town.nodes[b]["pos"]))
        data["speed_px_s"] = SPEED_PX_S[data["kind"]]
    town.graph["style"] = style
    return town


class Traffic:
    """The truth: what a crossing takes.  Every road has a factor of its own, rush hours, a traffic that differs from day to day, a wait at
    its end, and on a few days an incident.  A crossing's luck depends on road, day and hour alone: all who drive there then share it."""

    def __init__(self, roads: RoadMap, seed: int, day_s: float) -> None:
        rng = np.random.default_rng([seed, 72])
        count = len(roads.edges)
        self.roads, self.day_s, self.seed = roads, day_s, seed
        self.factor = np.exp(rng.normal(0.0, 0.25, count) + rng.normal(0.05, 0.15, len(roads.kinds))[roads.kind])
        strength = {"street": 0.3, "avenue": 0.6, "bridge": 0.8, "highway": 0.5}
        class_rush = np.array([strength.get(kind, 0.4) for kind in roads.kinds]) * rng.uniform(0.7, 1.3, len(roads.kinds))
        self.rush = class_rush[roads.kind] * np.exp(rng.normal(0.0, 0.25, count))
        self.peaks = (rng.uniform(0.28, 0.38), rng.uniform(0.66, 0.76))
        self.evening = rng.uniform(0.6, 1.1)
        self.wait_s = rng.uniform(0.0, 0.7, count)
        self._days: dict[int, tuple[float, Floats]] = {}

    def today(self, day: int) -> tuple[float, Floats]:
        """The factor of that day's traffic, and of each road's incident."""
        if day not in self._days:
            rng = np.random.default_rng([self.seed, 73, day + 10000])
            incident = np.where(rng.random(len(self.roads.edges)) < 0.015, rng.uniform(1.6, 3.0, len(self.roads.edges)), 1.0)
            self._days[day] = (float(np.exp(rng.normal(0.0, 0.13))), incident)
        return self._days[day]

    def expected_s(self, time_s: float, bins: int = 24) -> Floats:
        """(E, bins) mean times on the day of `time_s`: what an informed planner is told."""
        hours = (np.arange(bins) + 0.5) / bins
        shape = self._rush(hours)
        traffic, incident = self.today(math.floor(time_s / self.day_s))
        base = self.roads.free_s * self.factor * incident
        return np.asarray(base[:, None] * (1.0 + self.rush[:, None] * shape) * traffic + self.wait_s[:, None])

    def crossing_s(self, edge: int, time_s: float) -> float:
        """What entering a road at `time_s` takes."""
        day = math.floor(time_s / self.day_s)
        hour = time_s / self.day_s - day
        traffic, incident = self.today(day)
        rng = np.random.default_rng([self.seed, 74, edge, day + 10000, int(hour * 48)])
        mean = self.roads.free_s[edge] * self.factor[edge] * incident[edge] * (1.0 + self.rush[edge] * float(self._rush(np.array(hour)))) * traffic
        luck = rng.gamma(80.0, 1.0 / 80.0)
        return float(mean * luck + 2.0 * self.wait_s[edge] * rng.random())

    def _rush(self, hours: Floats) -> Floats:
        morning, evening = (np.exp(-0.5 * ((hours - peak) / 0.07) ** 2) for peak in self.peaks)
        return np.asarray(morning + self.evening * evening)
