"""A* with a bucket queue on a navigation grid: any surfaces, any body, links; can stop after so many cells and go on later."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_lines import node_of
from npc_world.models.nav_links import NO_LINKS, LinkTable
from npc_world.models.nav_spread import edge_time, paces, slowest_and_fastest

__all__ = ["BucketSearch"]

NOW, WAITING, USED, SPARE, STATUS, NEAREST, EXPANDED, STAMP = range(8)
"""Places in the state of a search."""

RUNNING, FOUND, CLOSED = 0, 1, 2
"""STATUS: not finished, goal reached by a fastest way, no way to the goal."""

AT_START, BY_LINK = 8, 9
"""What led to a cell, beside the moves 0 to 7."""

_NO_LINK = np.empty(0, np.int64)
_MOST_BUCKETS = 1 << 16


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
def certain(walls, row, col, goal_row, goal_col, fastest, links, rest, cut):  # type: ignore[no-untyped-def]
    """Time that is certainly left when links may be taken: `cut` lists those that may be shorter than walking, `rest` what is left from their starts."""
    cols = walls[0].shape[1]
    least = remaining(walls, row, col, goal_row, goal_col, fastest)
    for j in range(cut.shape[0]):
        a = links[cut[j], 0]
        least = min(least, remaining(walls, row, col, a // cols, a % cols, fastest) + rest[cut[j]])
    return least


@kernel
def rests(walls, goal, fastest, links, link_times, rest, shorter):  # type: ignore[no-untyped-def]
    """Fill rest (n,): time that is certainly left from each link's start when it is taken, and shorter (n,) bool: whether that is
    less than by walking freely (else the link never lowers an estimate).  Returns the greatest rise of the estimate on a link."""
    cols, n = walls[0].shape[1], link_times.shape[0]
    goal_row, goal_col = goal // cols, goal % cols
    for i in range(n):
        b = links[i, 1]
        rest[i] = link_times[i] + remaining(walls, b // cols, b % cols, goal_row, goal_col, fastest)
    for _ in range(n):
        changed = False
        for i in range(n):
            b = links[i, 1]
            for j in range(n):
                a = links[j, 0]
                other = link_times[i] + remaining(walls, b // cols, b % cols, a // cols, a % cols, fastest) + rest[j]
                if other < rest[i] * (1.0 - 1e-12):
                    rest[i], changed = other, True
        if not changed:
            break
    rise = 0.0
    for i in range(n):
        a = links[i, 0]
        least = remaining(walls, a // cols, a % cols, goal_row, goal_col, fastest)
        shorter[i] = rest[i] < least * (1.0 - 1e-12)
        for j in range(n):
            b = links[j, 0]
            least = min(least, remaining(walls, a // cols, a % cols, b // cols, b % cols, fastest) + rest[j])
        rise = max(rise, rest[i] - least)
    return rise


@kernel
def advance(walls, moves, surface, table, pace, start, goal, fastest, width, most, links, link_times, rest, cut, state, head, following, cell_at, cost, origin):  # type: ignore[no-untyped-def]
    """Expand up to `most` cells, then return the queue's arrays, which may have grown.

    links (n, 2) cells, link_times (n,): see `nav_links`; rest and cut: see `certain`.

    cost (cells,) time from the start where origin's stamp is this search's; origin (cells,) int64: stamp · 32 + 16 while
    waiting + the move that led here.  Buckets hold a range `width` of estimated total time; within one, cells are expanded
    in any order and again when improved, and the search ends when no waiting estimate is below the goal's cost.
    """
    cols = moves.shape[1]
    goal_row, goal_col = goal // cols, goal % cols
    buckets, stamp = head.shape[0], state[STAMP]
    now, waiting, used, spare = state[NOW], state[WAITING], state[USED], state[SPARE]
    nearest, expanded = state[NEAREST], 0
    nearest_left = certain(walls, nearest // cols, nearest % cols, goal_row, goal_col, fastest, links, rest, cut)
    if state[STATUS] == RUNNING and state[EXPANDED] == 0 and waiting == 0:
        cost[start], origin[start] = 0.0, stamp * 32 + 16 + AT_START
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
        left = certain(walls, row, col, goal_row, goal_col, fastest, links, rest, cut)
        if left < nearest_left:
            nearest, nearest_left = at, left
        for way in range(8 + link_times.shape[0]):
            if way < 8:
                if (bits >> way) & 1 == 0:
                    continue
                d, r, c = way, row + MOVE_ROWS[way], col + MOVE_COLS[way]
                to = r * cols + c
                time = here + edge_time(walls, surface, table, pace, row, col, r, c, d)
            else:
                if links[way - 8, 0] != at:
                    continue
                d, to = BY_LINK, links[way - 8, 1]
                r, c = to // cols, to % cols
                time = here + link_times[way - 8]
            if origin[to] // 32 == stamp and time >= cost[to] - 1e-12 * time:
                continue
            cost[to], origin[to] = time, stamp * 32 + 16 + d
            k = max(now, int((time + certain(walls, r, c, goal_row, goal_col, fastest, links, rest, cut)) / width)) % buckets
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
def link_into(links, link_times, cost, origin, stamp, at):  # type: ignore[no-untyped-def]
    """The link by which a cell was reached soonest."""
    best, soonest = -1, math.inf
    for k in range(link_times.shape[0]):
        a = links[k, 0]
        if links[k, 1] == at and origin[a] // 32 == stamp and cost[a] + link_times[k] < soonest:
            best, soonest = k, cost[a] + link_times[k]
    return best


@kernel
def trace_back(origin, cost, links, link_times, start, end, cols):  # type: ignore[no-untyped-def]
    """(n,) int64 flat cells from start to end along the moves that led there, and (n,) the link that led to each or -1."""
    n, at, stamp = 1, end, origin[end] // 32
    while at != start:
        d = origin[at] & 15
        at = links[link_into(links, link_times, cost, origin, stamp, at), 0] if d == BY_LINK else at - (MOVE_ROWS[d] * cols + MOVE_COLS[d])
        n += 1
    cells, by = np.empty(n, np.int64), np.full(n, -1, np.int64)
    at = end
    for i in range(n - 1, -1, -1):
        cells[i] = at
        if i > 0:
            d = origin[at] & 15
            if d == BY_LINK:
                by[i] = link_into(links, link_times, cost, origin, stamp, at)
                at = links[by[i], 0]
            else:
                at -= MOVE_ROWS[d] * cols + MOVE_COLS[d]
    return cells, by


class BucketSearch:
    """One search from cell `start` to cell `goal` (flat indices) on a grid, over a table of surfaces ((0, 4): all alike).

    Its arrays come from the grid and go back by `release`, so that a search touches only the cells it visits.
    """

    def __init__(self, grid: NavGrid, table: Any, start: int, goal: int, ways: LinkTable = NO_LINKS) -> None:
        self._grid, self._table, self._start, self._goal, self._ways = grid, table, start, goal, ways
        cells = grid.free.size
        self._pool: list[Any] = grid.kept.setdefault("bucket_memory", [])
        memory: Any = self._pool.pop() if self._pool else (np.empty(cells), np.zeros(cells, np.int64), np.zeros(1, np.int64))
        self._cost, self._origin, self._stamp = memory
        self._stamp[0] += 1
        slowest, self._fastest = slowest_and_fastest(table)
        self._pace = paces(table, grid.cell_px)
        self._width = 0.5 * grid.cell_px / self._fastest
        self._rest, self._cut, rise = np.empty(len(ways.times)), _NO_LINK, 0.0
        if len(ways.times):
            shorter = np.empty(len(ways.times), np.bool_)
            rise = float(rests(grid.walls, goal, self._fastest, ways.cells, ways.times, self._rest, shorter))
            self._cut = np.flatnonzero(shorter)
            self._width = max(self._width, rise / _MOST_BUCKETS)
        buckets = int(12.0 * self._fastest / slowest + rise / self._width) + 8
        self._head = np.full(buckets, -1, np.int64)
        queue = np.empty((2, 1024), np.int64)
        self._queue: tuple[Any, Any] = (queue[0], queue[1])
        self._state = np.array([0, 0, 0, -1, RUNNING, start, 0, self._stamp[0]], np.int64)

    def run(self, most_cells: int) -> bool:
        """Expand up to so many cells; True when the search is finished."""
        self._queue = advance(self._grid.walls, self._grid.moves, self._grid.surface, self._table, self._pace, self._start, self._goal,
                              self._fastest, self._width, most_cells, self._ways.cells, self._ways.times, self._rest, self._cut, self._state, self._head, *self._queue, self._cost, self._origin)
        return bool(self._state[STATUS] != RUNNING)

    @property
    def found(self) -> bool:
        """Whether a fastest way to the goal is known."""
        return bool(self._state[STATUS] == FOUND)

    @property
    def time(self) -> float:
        """Time of the fastest way at 1 px/s, once it is found."""
        return float(self._cost[self._goal])

    def cells(self) -> Any:
        """(n,) flat cells from the start to the goal, or to the expanded cell nearest to it while the goal is not reached."""
        return self.cells_and_links()[0]

    def cells_and_links(self) -> Any:
        """The cells, and (n,) the row of the link that led to each, -1 where it was walked to."""
        end = self._goal if self.found else int(self._state[NEAREST])
        return trace_back(self._origin, self._cost, self._ways.cells, self._ways.times, self._start, end, self._grid.free.shape[1])

    def release(self) -> None:
        """Give the arrays back for the next search on this grid; this one must not be used again."""
        self._pool.append((self._cost, self._origin, self._stamp))
