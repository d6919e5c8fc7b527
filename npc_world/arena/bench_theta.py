"""Theta*, the peer of our any-angle paths: A* whose parents may be any cell in sight (Daniel, Nash, Koenig & Felner 2010)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_lines import line_is_clear, node_of

__all__ = ["theta_star"]


@kernel
def _theta(walls, moves, start, goal):  # type: ignore[no-untyped-def]
    """(n, 2) px waypoints from flat cell start to goal, (0, 2) when there is no way: a binary heap, stale entries skipped."""
    rows, cols = moves.shape
    cost, parent = np.full(rows * cols, math.inf), np.empty(rows * cols, np.int64)
    closed = np.zeros(rows * cols, np.bool_)
    room, size = 1024, 1
    keys, cells = np.empty(room), np.empty(room, np.int64)
    goal_x, goal_y = node_of(walls, goal // cols, goal % cols)
    cost[start], parent[start] = 0.0, start
    keys[0], cells[0] = 0.0, start
    while size > 0:
        at = cells[0]
        size -= 1
        key, cell, i = keys[size], cells[size], 0
        while 2 * i + 1 < size:
            child = 2 * i + 1
            if child + 1 < size and keys[child + 1] < keys[child]:
                child += 1
            if keys[child] >= key:
                break
            keys[i], cells[i] = keys[child], cells[child]
            i = child
        keys[i], cells[i] = key, cell
        if closed[at]:
            continue
        closed[at] = True
        if at == goal:
            break
        x, y = node_of(walls, at // cols, at % cols)
        px, py = node_of(walls, parent[at] // cols, parent[at] % cols)
        for d in range(8):
            if (moves[at // cols, at % cols] >> d) & 1 == 0:
                continue
            to = at + MOVE_ROWS[d] * cols + MOVE_COLS[d]
            if closed[to]:
                continue
            tx, ty = node_of(walls, to // cols, to % cols)
            through, via = cost[at] + math.hypot(tx - x, ty - y), at
            straight = cost[parent[at]] + math.hypot(tx - px, ty - py)
            if straight < cost[to] and line_is_clear(walls, px, py, tx, ty):
                through, via = straight, parent[at]
            if through >= cost[to]:
                continue
            cost[to], parent[to] = through, via
            if size == room:
                wider, more = np.empty(2 * room), np.empty(2 * room, np.int64)
                wider[:room], more[:room] = keys, cells
                keys, cells, room = wider, more, 2 * room
            key, i = through + math.hypot(goal_x - tx, goal_y - ty), size
            size += 1
            while i > 0 and keys[(i - 1) // 2] > key:
                keys[i], cells[i] = keys[(i - 1) // 2], cells[(i - 1) // 2]
                i = (i - 1) // 2
            keys[i], cells[i] = key, to
    if not closed[goal]:
        return np.empty((0, 2))
    n, at = 1, goal
    while at != start:
        at = parent[at]
        n += 1
    path = np.empty((n, 2))
    at = goal
    for i in range(n - 1, -1, -1):
        path[i, 0], path[i, 1] = node_of(walls, at // cols, at % cols)
        at = parent[at]
    return path


def theta_star(grid: NavGrid, start: tuple[int, int], goal: tuple[int, int]) -> NDArray[np.float64]:
    """(n, 2) px waypoints between the standing points of two cells (row, col); (0, 2) when there is no way."""
    cols = grid.free.shape[1]
    path: NDArray[np.float64] = _theta(grid.walls, grid.moves, start[0] * cols + start[1], goal[0] * cols + goal[1])
    return path
