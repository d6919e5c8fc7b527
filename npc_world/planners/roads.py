"""A road map: junctions and one-way roads, taken from a networkx graph into arrays that compiled search can read."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError

__all__ = ["RoadMap"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class RoadMap:
    """Junctions and directed roads between them.  Immutable once made; what is believed of the roads lives elsewhere.

    nodes: names of the N junctions; edges: the E pairs (from, to); positions_px (N, 2); tail, head (E,) node numbers;
    length_px, free_s (E,): length, and time at the posted speed on an empty road; kind (E,): number of the road class in
    `kinds`; names (E,): street names, shared by the pieces of one street; back (E,): number of the same road the other way, or -1.

    Assumes that times follow the roads: no cost of a turn by itself (waiting at a junction is part of the road that ends
    there), and one road at most from one junction to another (put a junction in the middle of a second one).
    """

    def __init__(self, graph: Any) -> None:
        """`graph`: a networkx DiGraph.  Nodes have `pos` (x, y) px; edges may have `length_px` (straight line when missing), `speed_px_s` (100
        when missing), `kind` ("street") and `name` (the kind).  An undirected Graph is two-way.

        Raises `BadInputError` for a graph without roads, a junction without a position, a length or speed that is not positive.
        """
        if not hasattr(graph, "edges") or graph.is_multigraph():
            raise BadInputError(f"graph={graph!r}: expected a networkx DiGraph or Graph without parallel roads")
        directed = graph if graph.is_directed() else graph.to_directed()
        if all(a == b for a, b in directed.edges):
            raise BadInputError(f"graph={graph!r}: it has no roads")
        self.nodes: tuple[Hashable, ...] = tuple(directed.nodes)
        self.node_number = {node: i for i, node in enumerate(self.nodes)}
        self.positions_px: Floats = np.array([_position(node, data) for node, data in directed.nodes(data=True)])
        self.edges: tuple[tuple[Hashable, Hashable], ...] = tuple(edge for edge in directed.edges if edge[0] != edge[1])
        self.edge_number = {edge: i for i, edge in enumerate(self.edges)}
        rows = [directed.edges[edge] for edge in self.edges]
        self.tail: Ints = np.array([self.node_number[a] for a, _ in self.edges])
        self.head: Ints = np.array([self.node_number[b] for _, b in self.edges])
        self.straight_px: Floats = np.hypot(*(self.positions_px[self.head] - self.positions_px[self.tail]).T)
        self.length_px: Floats = np.array([_positive(edge, row, "length_px", float(straight) or 1.0)
                                           for edge, row, straight in zip(self.edges, rows, self.straight_px, strict=True)])
        speed = np.array([_positive(edge, row, "speed_px_s", 100.0) for edge, row in zip(self.edges, rows, strict=True)])
        self.free_s: Floats = self.length_px / speed
        words = [str(row.get("kind", "street")) for row in rows]
        self.kinds: tuple[str, ...] = tuple(sorted(set(words)))
        self.kind: Ints = np.array([self.kinds.index(word) for word in words])
        self.names: tuple[str, ...] = tuple(str(row.get("name", word)) for row, word in zip(rows, words, strict=True))
        self.back: Ints = np.array([self.edge_number.get((b, a), -1) for a, b in self.edges])
        self.order: Ints = np.argsort(self.tail, kind="stable")
        self.first: Ints = np.searchsorted(self.tail[self.order], np.arange(len(self.nodes) + 1))

    def node(self, junction: Hashable) -> int:
        """Number of a junction; `BadInputError` when it is not on the map."""
        try:
            return self.node_number[junction]
        except (KeyError, TypeError):
            raise BadInputError(f"junction={junction!r}: not on the map of {len(self.nodes)} junctions") from None

    def edge(self, road: Any) -> int:
        """Number of a road given as (from, to) or by its number; `BadInputError` when it is not on the map."""
        if isinstance(road, (int, np.integer)) and 0 <= road < len(self.edges):
            return int(road)
        try:
            return self.edge_number[tuple(road)]
        except (KeyError, TypeError):
            raise BadInputError(f"road={road!r}: not on the map of {len(self.edges)} roads") from None

    def leaving(self, node: int) -> Ints:
        """Numbers of the roads that leave a junction (by number)."""
        return self.order[self.first[node]:self.first[node + 1]]

    def heading_rad(self, edge: int) -> float:
        """Direction from the start of a road to its end; y down."""
        dx, dy = self.positions_px[self.head[edge]] - self.positions_px[self.tail[edge]]
        return math.atan2(float(dy), float(dx))

    def nearest(self, point: Any) -> int:
        """Number of the junction nearest to a point in px."""
        return int(np.argmin(np.hypot(*(self.positions_px - np.asarray(point, dtype=np.float64)).T)))

    def via(self, route: Any, other: Any = ()) -> str:
        """The street that tells `route` from `other` best: the one with most of its length where they differ."""
        shared, length = {int(e) for e in other}, dict[str, float]()
        for edge in route:
            length[self.names[edge]] = length.get(self.names[edge], 0.0) + float(self.length_px[edge]) * (0.01 if int(edge) in shared else 1.0)
        return max(length, key=lambda name: length[name]) if length else "here"


def _position(node: Hashable, data: dict[str, Any]) -> tuple[float, float]:
    try:
        x, y = (float(v) for v in data["pos"])
    except (KeyError, TypeError, ValueError):
        raise BadInputError(f"graph: junction {node!r} needs pos=(x, y), has {data!r}") from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise BadInputError(f"graph: junction {node!r} has pos={data['pos']!r}, which is not finite")
    return x, y


def _positive(edge: Any, row: dict[str, Any], name: str, default: float) -> float:
    try:
        value = float(row.get(name, default))
    except (TypeError, ValueError):
        value = math.nan
    if not (math.isfinite(value) and value > 0.0):
        raise BadInputError(f"graph: road {edge!r} has {name}={row.get(name)!r}, expected a positive number")
    return value
