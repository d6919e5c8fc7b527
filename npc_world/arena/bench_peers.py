"""The libraries we compare with, set up as their own documentation does it: networkx, tcod, scipy."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS

__all__ = ["ScipyField", "TcodGrid", "octile_graph", "octile_heuristic"]

_UNIT = 985
"""tcod counts whole costs: 985 / 1393 is √2 to within 4e-7."""


def octile_graph(moves: NDArray[np.uint8]) -> Any:
    """Undirected networkx graph of cells (row, col) with the legal moves, lengths in cells."""
    graph = nx.Graph()
    for d in (0, 1, 2, 3):
        length = 1.0 if d % 2 == 0 else 2.0 ** 0.5
        rows, cols = np.nonzero(moves >> d & 1)
        ends = zip(rows.tolist(), cols.tolist(), (rows + MOVE_ROWS[d]).tolist(), (cols + MOVE_COLS[d]).tolist(), strict=True)
        graph.add_edges_from((((r, c), (r2, c2)) for r, c, r2, c2 in ends), weight=length)
    return graph


def octile_heuristic(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Octile distance in cells."""
    rows, cols = abs(a[0] - b[0]), abs(a[1] - b[1])
    return max(rows, cols) + 0.41421356237309503 * min(rows, cols)


class TcodGrid:
    """tcod's pathfinder on the legal moves: a CustomGraph whose edges carry a condition, as cutting corners is not allowed."""

    def __init__(self, moves: NDArray[np.uint8], weights: NDArray[np.float64] | None = None) -> None:
        self._tcod: Any = import_module("tcod.path")
        rows, cols = moves.shape
        scale = 1 if weights is None else 4
        cost = np.ones(moves.shape, np.int32) if weights is None else np.rint(weights * scale).astype(np.int32)
        graph = self._tcod.CustomGraph((rows, cols))
        unit = _UNIT if weights is None else _UNIT // scale
        diagonal = round(unit * 2.0 ** 0.5)
        for d in range(8):
            legal = np.ascontiguousarray((moves >> d & 1).astype(np.int8))
            graph.add_edge((int(MOVE_ROWS[d]), int(MOVE_COLS[d])), unit if d % 2 == 0 else diagonal, cost=cost, condition=legal)
        least = int(cost[moves > 0].min()) if (moves > 0).any() else 1
        graph.set_heuristic(cardinal=unit * least, diagonal=diagonal * least)
        self._graph = graph
        plain = self._tcod.CustomGraph((rows, cols))
        for d in range(8):
            legal = np.ascontiguousarray((moves >> d & 1).astype(np.int8))
            plain.add_edge((int(MOVE_ROWS[d]), int(MOVE_COLS[d])), unit if d % 2 == 0 else diagonal, cost=cost, condition=legal)
        self._plain = plain

    @staticmethod
    def available() -> bool:
        """Whether tcod is installed."""
        return find_spec("tcod") is not None

    def path(self, start: tuple[int, int], goal: tuple[int, int]) -> NDArray[np.int64]:
        """(n, 2) cells (row, col) of a cheapest path by A*."""
        finder = self._tcod.Pathfinder(self._graph)
        finder.add_root(start)
        cells: NDArray[np.int64] = np.asarray(finder.path_to(goal))
        return cells

    def field(self, start: tuple[int, int]) -> Any:
        """Costs to every cell."""
        finder = self._tcod.Pathfinder(self._plain)
        finder.add_root(start)
        finder.resolve()
        return finder.distance


class ScipyField:
    """scipy's Dijkstra over the sparse graph of legal moves."""

    def __init__(self, moves: NDArray[np.uint8]) -> None:
        sparse = import_module("scipy.sparse")
        self._dijkstra = import_module("scipy.sparse.csgraph").dijkstra
        self._shape = moves.shape
        cols = moves.shape[1]
        starts, ends, lengths = [], [], []
        for d in range(8):
            at = np.flatnonzero(moves >> d & 1)
            starts.append(at)
            ends.append(at + MOVE_ROWS[d] * cols + MOVE_COLS[d])
            lengths.append(np.full(at.size, 1.0 if d % 2 == 0 else 2.0 ** 0.5))
        data = (np.concatenate(lengths), (np.concatenate(starts), np.concatenate(ends)))
        self._graph = sparse.csr_matrix(data, shape=(moves.size, moves.size))

    @staticmethod
    def available() -> bool:
        """Whether scipy is installed."""
        return find_spec("scipy") is not None

    def field(self, start: tuple[int, int]) -> Any:
        """(rows, cols) distances in cells."""
        return self._dijkstra(self._graph, indices=start[0] * self._shape[1] + start[1]).reshape(self._shape)
