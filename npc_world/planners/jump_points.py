"""Jump point search: optimal octile paths on a raster, by looking only at cells where walls or surfaces make paths turn.

Harabor & Grastien (2011, 2014), for moves that do not cut corners; where surfaces meet every turn is tried, as in Carlson et
al. (2023).  How far a straight move goes to the next cell where a
turn is forced, or to the wall, is looked up (see `jump_tables`); diagonals are walked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_rays import ANY_DIRECTION, ONWARD, SQRT2, wider_queue
from npc_world.models.nav_spread import paces, slowest_and_fastest
from npc_world.planners.jump_tables import SURFACES_MEET, JumpTables

__all__ = ["JumpSearch", "jump_path", "jump_search", "walk_cells"]

_LOWEST = np.array([0] + [(bits & -bits).bit_length() - 1 for bits in range(1, 256)])

KNOWN, NEAREST, EXPANDED, NOW, WAITING, USED, SPARE = range(7)
"""Places in the `state` of a search."""

CELL, ORIGIN, TRIED, PENDING = range(4)
"""Columns of `nodes`: flat cell, the node before, moves already followed, moves waiting."""

Floats = NDArray[np.float64]
_ALIKE = np.array([1.0, SQRT2] * 4).reshape(1, 1, 8)
_NO_SURFACE = np.empty((0, 0), np.int16)
_MOST_BUCKETS = 1 << 17


@kernel
def is_node(index, nodes, known, cell):  # type: ignore[no-untyped-def]
    """Whether a search that knows so many nodes has met the cell: what the index says counts only if the node leads back."""
    node = index[cell]
    return node < known and nodes[node, CELL] == cell


@kernel
def jump_search(flags, runs, surface, pace, fastest, start, goal, most, state, head, index, nodes, cost, queue):  # type: ignore[no-untyped-def]
    """Expand up to `most` jump points on the way from flat cell `start` to `goal`; returns the queue, which may have grown.

    flags, runs: see `fill_jumps`.  The search is over when state's WAITING is 0; the goal is then reached if it is a node.
    pace (S, S, 8): time per cell by surface left, surface entered, move; surface (0, 0): all ground is alike.
    The jump points met lie close together in nodes (cells, 4) int32, with the fastest time to each, at 1 cell/s, in cost
    (cells,); index (cells,) int32 leads from a cell to its node, and what it holds of earlier searches is known by the node
    not leading back (Briggs & Torczon 1993): nothing is cleared, and little memory is touched.  head: buckets of estimated
    time, as wide as a cell takes on the fastest ground, all -1 before and after.  queue (n, 2): nodes waiting, and the next
    entry of their bucket.
    """
    rows, cols = flags.shape
    flags_of, runs_of = flags.reshape(rows * cols), runs.reshape(4 * rows * cols)
    pace_of = pace.reshape(pace.size)
    surface_of, alike = surface.reshape(surface.size), surface.size == 0
    goal_row, goal_col = goal // cols, goal % cols
    buckets, room = head.shape[0], queue.shape[0]
    quickest, slowest = pace[0, 0, 0], pace[0, 0, 0]
    for place in range(pace.size):
        quickest, slowest = min(quickest, pace_of[place]), max(slowest, pace_of[place])
    per_width = fastest * min(1.0, buckets * quickest / (3.0 * (rows + cols) * slowest + 8.0))
    if state[KNOWN] == 0:
        a, b = abs(goal_row - start // cols), abs(goal_col - start % cols)
        on = 0 if start == goal else ONWARD[ANY_DIRECTION, int(flags_of[start]) & 255]
        index[start], nodes[0, CELL], nodes[0, ORIGIN], nodes[0, TRIED], nodes[0, PENDING], cost[0] = 0, start, 0, on, on, 0.0
        state[NOW] = int((max(a, b) + (SQRT2 - 1.0) * min(a, b)) / fastest * per_width + 1e-9)
        state[KNOWN], state[WAITING], state[USED], state[SPARE] = 1, 0 if start == goal else 1, 1, -1
        if start != goal:
            queue[0, 0], queue[0, 1], head[state[NOW] % buckets] = 0, -1, 0
    known, nearest = state[KNOWN], state[NEAREST]
    a, b = abs(goal_row - nodes[nearest, CELL] // cols), abs(goal_col - nodes[nearest, CELL] % cols)
    nearest_left = max(a, b) + (SQRT2 - 1.0) * min(a, b)
    now, waiting, used, spare, expanded = state[NOW], state[WAITING], state[USED], state[SPARE], 0
    slot = now % buckets
    goal_cost = cost[index[goal]] if is_node(index, nodes, known, goal) else np.inf
    while waiting > 0 and now < goal_cost * per_width and expanded < most:
        entry = head[slot]
        if entry < 0:
            now += 1
            slot = slot + 1 if slot + 1 < buckets else 0
            continue
        node = queue[entry, 0]
        head[slot], queue[entry, 1], spare = queue[entry, 1], spare, entry
        waiting -= 1
        pending = int(nodes[node, PENDING])
        if pending == 0:
            continue
        nodes[node, PENDING] = 0
        expanded += 1
        at, cost_0 = int(nodes[node, CELL]), cost[node]
        row_0, col_0 = at // cols, at % cols
        below = 0 if alike else surface_of[at]
        even, slanted = pace[below, below, 0], pace[below, below, 1]
        a, b = abs(goal_row - row_0), abs(goal_col - col_0)
        left = max(a, b) + (SQRT2 - 1.0) * min(a, b)
        if left < nearest_left:
            nearest, nearest_left = node, left
        diagonals, straight, diagonal = pending & 0xAA, pending & 0x55, -1
        row_step, col_step, step, onward, level, above = 0, 0, 0, 0, 0, 0
        row, col, here, cost_here, steps = row_0, col_0, at, cost_0, 0
        while True:
            if straight != 0:
                d = _LOWEST[straight]
                straight &= straight - 1
                run = int(runs_of[4 * here + d // 2])
                free = run if run > 0 else -run
                if d == 0 or d == 4:
                    ahead = (goal_col - col) * MOVE_COLS[d] if goal_row == row else -1
                else:
                    ahead = (goal_row - row) * MOVE_ROWS[d] if goal_col == col else -1
                if 0 < ahead <= free:
                    run = ahead
                if run <= 0:
                    continue
                to = here + run * (MOVE_ROWS[d] * cols + MOVE_COLS[d])
                # only the first step can leave the surface: further on all neighbours are of one kind
                length = cost_here + (even * run if alike or run > 1 else pace[below, surface_of[to], d])
            else:
                if diagonal < 0:
                    if diagonals == 0:
                        break
                    diagonal = _LOWEST[diagonals]
                    diagonals &= diagonals - 1
                    row_step, col_step = MOVE_ROWS[diagonal], MOVE_COLS[diagonal]
                    step, here, steps = row_step * cols + col_step, at, 0
                    onward = (1 << diagonal) | (1 << (diagonal - 1)) | (1 << ((diagonal + 1) & 7))
                    level, above = (goal_row - row_0) * row_step, (goal_col - col_0) * col_step
                on, seen = 0, 0
                while straight == 0:  # to the next cell of the diagonal with a jump point or the goal beside it
                    here += step
                    steps += 1
                    seen = int(flags_of[here])
                    on = seen & onward
                    straight = on & (seen >> 8)
                    if seen & SURFACES_MEET != 0:
                        break
                    if steps in (level, above):
                        straight |= on & 0x55
                        break
                    if (on >> diagonal) & 1 == 0:
                        break
                row, col = row_0 + steps * row_step, col_0 + steps * col_step
                cost_here = cost_0 + (steps * slanted if alike or steps > 1 else pace[below, surface_of[here], diagonal])
                d, to, length = diagonal, here, cost_here
                if here == goal or seen & SURFACES_MEET != 0:
                    diagonal, straight = -1, 0
                else:
                    if (on >> diagonal) & 1 == 0:
                        diagonal = -1
                    continue
            a, b = abs(goal_row - to // cols), abs(goal_col - to % cols)
            total = length + (max(a, b) + (SQRT2 - 1.0) * min(a, b)) / fastest
            if total >= goal_cost:
                continue
            reached = int(index[to])
            if not is_node(index, nodes, known, to):
                index[to], nodes[known, CELL], cost[known] = known, to, np.inf
                reached, known = known, known + 1
            if to == goal:
                goal_cost = cost[reached] = length
                nodes[reached, ORIGIN], nodes[reached, TRIED], nodes[reached, PENDING] = node, 0, 0
                continue
            seen = int(flags_of[to])
            on = ONWARD[ANY_DIRECTION if seen & SURFACES_MEET != 0 else d, seen & 255]
            if length > cost[reached] * (1.0 - 1e-12):
                if length > cost[reached] * (1.0 + 1e-12):
                    continue
                on &= ~int(nodes[reached, TRIED])
                if on == 0:
                    continue
                nodes[reached, TRIED] = int(nodes[reached, TRIED]) | on
                nodes[reached, PENDING] = int(nodes[reached, PENDING]) | on
            else:
                cost[reached] = length
                nodes[reached, ORIGIN], nodes[reached, TRIED], nodes[reached, PENDING] = node, on, on
            if spare >= 0:
                entry = spare
                spare = queue[entry, 1]
            else:
                if used == room:
                    queue, room = wider_queue(queue, used, 2 * room), 2 * room
                entry = used
                used += 1
            k = max(now, int(total * per_width + 1e-9)) % buckets
            queue[entry, 0], queue[entry, 1], head[k] = reached, head[k], entry
            waiting += 1
    if waiting > 0 and now >= goal_cost * per_width:
        while waiting > 0:  # what still waits is no better: leave the buckets empty for the next search
            entry = head[slot]
            head[slot] = -1
            while entry >= 0:
                waiting -= 1
                entry = queue[entry, 1]
            slot = slot + 1 if slot + 1 < buckets else 0
    state[NOW], state[WAITING], state[USED], state[SPARE] = now, waiting, used, spare
    state[KNOWN], state[NEAREST] = known, nearest
    state[EXPANDED] += expanded
    return queue


@kernel
def walk_cells(nodes, end, cols):  # type: ignore[no-untyped-def]
    """(n,) flat cells from the start to node `end` through the jump points that led there: between two, diagonal steps come first."""
    n, node = 1, end
    while node != 0:
        before = nodes[node, ORIGIN]
        at, back = nodes[node, CELL], nodes[before, CELL]
        n += max(abs(at // cols - back // cols), abs(at % cols - back % cols))
        node = before
    cells = np.empty(n, np.int64)
    node, at = end, int(nodes[end, CELL])
    n -= 1
    cells[n] = at
    while node != 0:
        node = nodes[node, ORIGIN]
        back = int(nodes[node, CELL])
        dr, dc = back // cols - at // cols, back % cols - at % cols
        straight = abs(abs(dr) - abs(dc))
        step_r, step_c = (1 if dr > 0 else -1), (1 if dc > 0 else -1)
        for i in range(max(abs(dr), abs(dc))):
            if i >= straight:
                at += step_r * cols + step_c
            elif abs(dr) > abs(dc):
                at += step_r * cols
            else:
                at += step_c
            n -= 1
            cells[n] = at
    return cells


@kernel
def jump_path(flags, runs, surface, pace, fastest, start, goal, cell, state, head, index, nodes, cost, queue):  # type: ignore[no-untyped-def]
    """A whole search in one call: the queue, and (n, 2) px centres of the cells of a fastest path, (0, 2) when there is none."""
    queue = jump_search(flags, runs, surface, pace, fastest, start, goal, 1 << 62, state, head, index, nodes, cost, queue)
    if not is_node(index, nodes, state[KNOWN], goal):
        return queue, np.empty((0, 2))
    cols = flags.shape[1]
    cells = walk_cells(nodes, int(index[goal]), cols)
    points = np.empty((cells.shape[0], 2))
    for i in range(cells.shape[0]):
        row = cells[i] // cols
        points[i, 0], points[i, 1] = (cells[i] - row * cols + 0.5) * cell, (row + 0.5) * cell
    return queue, points


class JumpSearch:
    """One search from cell `start` to cell `goal` (flat indices) on a raster grid, over a table of surfaces ((0, 4): all alike).

    Its arrays come from the grid and go back by `release`, so that a search touches only the cells it visits.
    """

    def __init__(self, grid: NavGrid, table: Floats, start: int, goal: int) -> None:
        self._grid, self._start, self._goal = grid, start, goal
        self._tables = JumpTables.of(grid, table)
        self._pace, self._surface, self._fastest, slowest = _ALIKE, _NO_SURFACE, 1.0, 1.0
        if len(table):
            self._pace, self._surface = paces(table, 1.0), grid.surface
            slowest, self._fastest = slowest_and_fastest(table)
        rows, cols = grid.free.shape
        buckets = min(_MOST_BUCKETS, int(3 * (rows + cols) * self._fastest / slowest)) + 16
        self._pool: list[Any] = grid.kept.setdefault("jump_memory", [])
        self._memory: list[Any] = self._pool.pop() if self._pool else [
            np.zeros(7, np.int64), np.full(buckets, -1, np.int64), np.zeros(rows * cols, np.int32),
            np.empty((rows * cols, 4), np.int32), np.empty(rows * cols), np.empty((1024, 2), np.int64)]
        if len(self._memory[1]) < buckets:
            self._memory[1] = np.full(buckets, -1, np.int64)
        self._memory[0].fill(0)

    def run(self, most: int) -> bool:
        """Expand up to so many jump points; True when the search is finished."""
        tables = self._tables
        self._memory[5] = jump_search(tables.flags, tables.runs, self._surface, self._pace, self._fastest,
                                      self._start, self._goal, most, *self._memory)
        return bool(self._memory[0][WAITING] == 0)

    def run_to_end(self) -> Floats | None:
        """(n, 2) px centres of the cells of a fastest path, None when there is none: all in one native call, then `release`."""
        tables, memory = self._tables, self._memory
        memory[5], points = jump_path(tables.flags, tables.runs, self._surface, self._pace, self._fastest,
                                      self._start, self._goal, self._grid.cell_px, *memory)
        self._pool.append(memory)
        return points if len(points) else None

    @property
    def found(self) -> bool:
        """Whether a fastest way to the goal is known."""
        state, _, index, nodes = self._memory[:4]
        return bool(state[WAITING] == 0 and is_node(index, nodes, state[KNOWN], self._goal))

    def cells(self) -> Any:
        """(n,) flat cells from the start to the goal, or to the expanded jump point nearest to it while the goal is not reached."""
        end = self._memory[2][self._goal] if self.found else self._memory[0][NEAREST]
        return walk_cells(self._memory[3], int(end), self._grid.free.shape[1])

    def release(self) -> None:
        """Give the arrays back for the next search on this grid; this one must not be used again."""
        if self._memory[0][WAITING] > 0:
            self._memory[1][:] = -1
        self._pool.append(self._memory)
