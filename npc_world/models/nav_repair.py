"""Travel-time fields of a map that has changed a little: only what the change reaches is computed anew.

After Ramalingam & Reps (1996): cells whose time no neighbour accounts for any more are found in the order of their times, then
all of them are entered again from the cells around.  Pays while few cells are affected; the caller gives a limit beyond which
the field had better be computed anew.  Raster grids only: there all moves take time, which the order rests on.
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_heap import heap_pop, heap_push
from npc_world.models.nav_lines import line_time
from npc_world.models.nav_rays import spread_rays
from npc_world.models.nav_spread import paces

__all__ = ["repair_times"]

_NOISE = 1e-11
"""Relative error that sums of the same moves in another order may have."""


@kernel
def soonest(moves, surface, alike, outward, times, gone, at):  # type: ignore[no-untyped-def]
    """The least time of a cell over its neighbours that are not gone."""
    cols = moves.shape[1]
    row, col = at // cols, at % cols
    best, bits = math.inf, moves[row, col]
    for d in range(8):
        if (bits >> d) & 1:
            r, c = row + MOVE_ROWS[d], col + MOVE_COLS[d]
            if gone[r, c] != 2 and times[r, c] < math.inf:
                a, b = (0, 0) if alike else (surface[r, c], surface[row, col])
                best = min(best, times[r, c] + outward[a, b, d ^ 4])
    return best


@kernel
def repair_times(moves, surface, uneven, table, cell, speed, windows, goal_x, goal_y, most, limit, times):  # type: ignore[no-untyped-def]
    """Times (rows, cols) s towards a goal, up to date with moves and surfaces that changed in windows (n, 4) of cells.

    Around the goal (px) the times of cells from which it is reached straight hold as they are: no window may reach within three cells
    of it.  Returns (0, 0) when more than `limit` cells were affected.
    """
    rows, cols = moves.shape
    goal_row, goal_col = int(goal_y / cell), int(goal_x / cell)
    alike = uneven.size == 0
    pace = paces(table, cell)
    outward = np.empty(pace.shape)
    for a in range(pace.shape[0]):
        for b in range(pace.shape[0]):
            for d in range(8):
                outward[a, b, d] = pace[b, a, d ^ 4] / speed
    gone = np.zeros((rows, cols), np.uint8)  # 1: looked at or waiting to be, 2: its time holds no more
    area = 0
    for w in range(windows.shape[0]):
        area += (windows[w, 2] - windows[w, 0]) * (windows[w, 3] - windows[w, 1])
    room = area + 8 * (limit + 2)
    heap_time, heap_cell, lost = np.empty(room), np.empty(room, np.int64), np.empty(limit + 1, np.int64)
    waiting, found = 0, 0
    for w in range(windows.shape[0]):
        for row in range(windows[w, 0], windows[w, 2]):
            for col in range(windows[w, 1], windows[w, 3]):
                if gone[row, col] == 0 and times[row, col] < math.inf:
                    gone[row, col] = 1
                    waiting = heap_push(heap_time, heap_cell, waiting, times[row, col], row * cols + col)
    while waiting > 0:
        at = heap_cell[0]
        waiting = heap_pop(heap_time, heap_cell, waiting)
        row, col = at // cols, at % cols
        own = times[row, col]
        if max(abs(row - goal_row), abs(col - goal_col)) <= 2:
            straight = line_time(surface, table, cell, (col + 0.5) * cell, (row + 0.5) * cell, goal_x, goal_y) / speed
            if own >= straight * (1.0 - _NOISE) and own <= straight * (1.0 + _NOISE):
                continue
        if soonest(moves, surface, alike, outward, times, gone, at) <= own * (1.0 + _NOISE):
            continue
        if found == limit:
            return np.empty((0, 0))
        gone[row, col], lost[found] = 2, at
        found += 1
        for d in range(8):  # by where they lie, not by legal moves: those may have been lost too
            r, c = row + MOVE_ROWS[d], col + MOVE_COLS[d]
            if 0 <= r < rows and 0 <= c < cols and gone[r, c] == 0 and own < times[r, c] < math.inf:
                gone[r, c] = 1
                waiting = heap_push(heap_time, heap_cell, waiting, times[r, c], r * cols + c)
    times = times.copy()
    seeds = np.empty(found + area, np.int64)
    count = 0
    for i in range(found):
        times[lost[i] // cols, lost[i] % cols] = math.inf
    for i in range(found):
        time = soonest(moves, surface, alike, outward, times, gone, lost[i])
        if time < math.inf and time <= most:
            heap_time[count], seeds[count] = time, lost[i]
            count += 1
    for i in range(count):
        times[seeds[i] // cols, seeds[i] % cols] = heap_time[i]
    for i in range(found):
        gone[lost[i] // cols, lost[i] % cols] = 0
    for w in range(windows.shape[0]):  # and what has become nearer
        for row in range(windows[w, 0], windows[w, 2]):
            for col in range(windows[w, 1], windows[w, 3]):
                at = row * cols + col
                time = soonest(moves, surface, alike, outward, times, gone, at)
                if time < times[row, col] * (1.0 - 1e-12) and time <= most:
                    times[row, col] = time
                    seeds[count] = at
                    count += 1
    if count > 0:
        spread_rays(moves, surface, uneven, outward, most, times, seeds, count)
    return times
