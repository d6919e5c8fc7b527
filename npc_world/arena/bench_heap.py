"""The peer of our searches after a change: A* with a binary heap over the legal moves, compiled as ours is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_heap import heap_pop, heap_push

__all__ = ["heap_path"]


@kernel
def _search(moves, start, goal):  # type: ignore[no-untyped-def]
    rows, cols = moves.shape
    cost, origin, closed = np.full(rows * cols, math.inf), np.full(rows * cols, -1, np.int64), np.zeros(rows * cols, np.bool_)
    keys, cells = np.empty(8 * rows * cols + 8), np.empty(8 * rows * cols + 8, np.int64)
    cost[start], origin[start] = 0.0, start
    count = heap_push(keys, cells, 0, 0.0, start)
    while count > 0:
        at = cells[0]
        count = heap_pop(keys, cells, count)
        if at == goal:
            break
        if closed[at]:
            continue
        closed[at] = True
        row, col = at // cols, at % cols
        for d in range(8):
            if (moves[row, col] >> d) & 1:
                to = (row + MOVE_ROWS[d]) * cols + col + MOVE_COLS[d]
                new = cost[at] + (1.0 if d % 2 == 0 else 1.4142135623730951)
                if new < cost[to]:
                    cost[to], origin[to] = new, at
                    a, b = abs(goal // cols - to // cols), abs(goal % cols - to % cols)
                    count = heap_push(keys, cells, count, new + max(a, b) + 0.41421356237309503 * min(a, b), to)
    if origin[goal] < 0:
        return np.empty(0, np.int64), math.inf
    n, at = 1, goal
    while at != start:
        at = origin[at]
        n += 1
    path = np.empty(n, np.int64)
    at = goal
    for i in range(n - 1, -1, -1):
        path[i] = at
        at = origin[at]
    return path, cost[goal]


def heap_path(moves: NDArray[np.uint8], start: tuple[int, int], goal: tuple[int, int]) -> tuple[Any, float]:
    """(n,) flat cells of a shortest path between cells (row, col), and its length in cells; inf where there is none."""
    cols = moves.shape[1]
    path, length = _search(moves, start[0] * cols + start[1], goal[0] * cols + goal[1])
    return path, float(length)
