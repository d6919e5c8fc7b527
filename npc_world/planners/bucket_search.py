"""A* with a bucket queue on a navigation grid: any surfaces, any body, can stop after so many cells and go on later."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_lines import node_of
from npc_world.models.nav_spread import edge_time, paces, slowest_and_fastest

__all__ = ["BucketSearch"]

NOW, WAITING, USED, SPARE, STATUS, NEAREST, EXPANDED, STAMP = range(8)
"""Places in the state of a search."""

RUNNING, FOUND, CLOSED = 0, 1, 2
"""STATUS: not finished, goal reached by a fastest way, no way to the goal."""


@kernel
def remaining(walls, row, col, goal_row, goal_col, fastest):  # type: ignore[no-untyped-def]
    """Time that is certainly left to the goal's cell: octile distance between centres, straight distance between fitted points."""
    if walls[6].shape[0] > 0:
        x0, y0 = node_of(walls, row, col)
        x1, y1 = node_of(walls, goal_row, goal_col)
        return math.hypot(x1 - x0, y1 - y0) / fastest
    a, b = abs(goal_row - row), abs(goal_col - col)
    return (max(a, b) + 0.41421356237309503 * min(a, b)) * walls[7][0] / fastest


@kernel
def advance(walls, moves, surface, table, pace, start, goal, fastest, width, most, state, head, following, cell_at, cost, origin):  # type: ignore[no-untyped-def]
    """Expand up to `most` cells, then return the queue's arrays, which may have grown.

    cost (cells,) time from the start where origin's stamp is this search's; origin (cells,) int64: stamp · 32 + 16 while
    waiting + the move that led here.  Buckets hold a range `width` of estimated total time; within one, cells are expanded
    in any order and again when improved, and the search ends when no waiting estimate is below the goal's cost.
    """
    cols = moves.shape[1]
    goal_row, goal_col = goal // cols, goal % cols
    buckets, stamp = head.shape[0], state[STAMP]
    now, waiting, used, spare = state[NOW], state[WAITING], state[USED], state[SPARE]
    nearest, expanded = state[NEAREST], 0
    nearest_left = remaining(walls, nearest // cols, nearest % cols, goal_row, goal_col, fastest)
    if state[STATUS] == RUNNING and state[EXPANDED] == 0 and waiting == 0:
        cost[start], origin[start] = 0.0, stamp * 32 + 16 + 8
        now = int(nearest_left / width)
        cell_at[0], following[0] = start, -1
        head[now % buckets] = 0
        used, waiting = 1, 1
    while state[STATUS] == RUNNING:
        if waiting == 0:
            state[STATUS] = FOUND if origin[goal] // 32 == stamp else CLOSED
            break
        if origin[goal] // 32 == stamp and now * width >= cost[goal]:
            state[STATUS] = FOUND
            break
        b = now % buckets
        if head[b] < 0:
            now += 1
            continue
        if expanded >= most:
            break
        entry = head[b]
        head[b], following[entry], spare = following[entry], spare, entry
        waiting -= 1
        at = cell_at[entry]
        if origin[at] & 16 == 0:
            continue
        origin[at] -= 16
        expanded += 1
        row, col = at // cols, at % cols
        here, bits = cost[at], moves[row, col]
        left = remaining(walls, row, col, goal_row, goal_col, fastest)
        if left < nearest_left:
            nearest, nearest_left = at, left
        for d in range(8):
            if (bits >> d) & 1 == 0:
                continue
            r, c = row + MOVE_ROWS[d], col + MOVE_COLS[d]
            to = r * cols + c
            time = here + edge_time(walls, surface, table, pace, row, col, r, c, d)
            if origin[to] // 32 == stamp and time >= cost[to] - 1e-12 * time:
                continue
            cost[to], origin[to] = time, stamp * 32 + 16 + d
            k = max(now, int((time + remaining(walls, r, c, goal_row, goal_col, fastest)) / width)) % buckets
            if spare >= 0:
                entry, spare = spare, following[spare]
            else:
                if used == following.shape[0]:
                    wider = np.empty((2, 2 * used), np.int64)
                    for i in range(used):
                        wider[0, i], wider[1, i] = following[i], cell_at[i]
                    following, cell_at = wider[0], wider[1]
                entry = used
                used += 1
            cell_at[entry], following[entry] = to, head[k]
            head[k] = entry
            waiting += 1
    state[NOW], state[WAITING], state[USED], state[SPARE] = now, waiting, used, spare
    state[NEAREST] = nearest
    state[EXPANDED] += expanded
    return following, cell_at


@kernel
def trace_back(origin, start, end, cols):  # type: ignore[no-untyped-def]
    """(n,) int64 flat cells from start to end, along the moves that led there."""
    n, at = 1, end
    while at != start:
        d = origin[at] & 7
        at -= MOVE_ROWS[d] * cols + MOVE_COLS[d]
        n += 1
    cells = np.empty(n, np.int64)
    at = end
    for i in range(n - 1, -1, -1):
        cells[i] = at
        if i > 0:
            d = origin[at] & 7
            at -= MOVE_ROWS[d] * cols + MOVE_COLS[d]
    return cells


class BucketSearch:
    """One search from cell `start` to cell `goal` (flat indices) on a grid, over a table of surfaces ((0, 4): all alike).

    Its arrays come from the grid and go back by `release`, so that a search touches only the cells it visits.
    """

    def __init__(self, grid: NavGrid, table: Any, start: int, goal: int) -> None:
        self._grid, self._table, self._start, self._goal = grid, table, start, goal
        cells = grid.free.size
        self._pool: list[Any] = grid.kept.setdefault("bucket_memory", [])
        memory: Any = self._pool.pop() if self._pool else (np.empty(cells), np.zeros(cells, np.int64), np.zeros(1, np.int64))
        self._cost, self._origin, self._stamp = memory
        self._stamp[0] += 1
        slowest, self._fastest = slowest_and_fastest(table)
        self._pace = paces(table, grid.cell_px)
        self._width = 0.5 * grid.cell_px / self._fastest
        buckets = int(12.0 * self._fastest / slowest) + 8
        self._head = np.full(buckets, -1, np.int64)
        queue = np.empty((2, 1024), np.int64)
        self._queue: tuple[Any, Any] = (queue[0], queue[1])
        self._state = np.array([0, 0, 0, -1, RUNNING, start, 0, self._stamp[0]], np.int64)

    def run(self, most_cells: int) -> bool:
        """Expand up to so many cells; True when the search is finished."""
        self._queue = advance(self._grid.walls, self._grid.moves, self._grid.surface, self._table, self._pace, self._start, self._goal,
                              self._fastest, self._width, most_cells, self._state, self._head, *self._queue, self._cost, self._origin)
        return bool(self._state[STATUS] != RUNNING)

    @property
    def found(self) -> bool:
        """Whether a fastest way to the goal is known."""
        return bool(self._state[STATUS] == FOUND)

    def cells(self) -> Any:
        """(n,) flat cells from the start to the goal, or to the expanded cell nearest to it while the goal is not reached."""
        end = self._goal if self.found else int(self._state[NEAREST])
        return trace_back(self._origin, self._start, end, self._grid.free.shape[1])

    def release(self) -> None:
        """Give the arrays back for the next search on this grid; this one must not be used again."""
        self._pool.append((self._cost, self._origin, self._stamp))
