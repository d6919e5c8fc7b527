"""Reading a travel-time field between cells: times without leaks through walls, headings that a body can follow."""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS, nearest_free_cell
from npc_world.models.nav_lines import first_block, line_is_clear, line_time, node_of
from npc_world.models.nav_spread import edge_time, paces

__all__ = ["sample_directions", "sample_times"]

_LOOK_AHEAD = 12
"""Cells looked ahead along the fastest way."""

_STRAIGHT_CELLS = 2.0
"""Within so many cells of a goal the straight way to it is tried as well."""


@kernel
def _own_cell(walls, free, times, x, y):  # type: ignore[no-untyped-def]
    """Flat index of the cell to read for a point: its own when free and reached, else the nearest free one; -1 for none."""
    rows, cols = free.shape
    cell = walls[7][0]
    if 0.0 <= x <= cols * cell and 0.0 <= y <= rows * cell:
        row, col = min(rows - 1, int(y / cell)), min(cols - 1, int(x / cell))
        if free[row, col]:
            nx, ny = node_of(walls, row, col)
            if line_is_clear(walls, x, y, nx, ny):
                return row * cols + col
            best, best_time = row * cols + col, math.inf
            for r in range(max(0, row - 1), min(rows, row + 2)):
                for c in range(max(0, col - 1), min(cols, col + 2)):
                    if free[r, c] and times[r, c] < best_time:
                        nx, ny = node_of(walls, r, c)
                        if line_is_clear(walls, x, y, nx, ny):
                            best, best_time = r * cols + c, times[r, c]
            return best
    return nearest_free_cell(walls, free, x, y)


@kernel
def _straight_time(walls, surface, table, goals, speed, x, y, most_cells):  # type: ignore[no-untyped-def]
    """(index, time) of the goal in straight reach within so many cells that is soonest there; (-1, inf) for none."""
    cell = walls[7][0]
    best, best_time = -1, math.inf
    for g in range(goals.shape[0]):
        far = math.hypot(goals[g, 0] - x, goals[g, 1] - y)
        if far <= most_cells * cell and far / (4.0 * speed) < best_time:
            time = line_time(surface, table, cell, x, y, goals[g, 0], goals[g, 1]) / speed
            if time < best_time and line_is_clear(walls, x, y, goals[g, 0], goals[g, 1]):
                best, best_time = g, time
    return best, best_time


@kernel
def sample_times(walls, free, moves, times, surface, table, goals, speed, points):  # type: ignore[no-untyped-def]
    """(n,) s at points (n, 2) px: bilinear over the cells joined to the point's own by a legal move.

    On ground that is all alike a goal in straight sight is timed along the straight line, which is exact.
    """
    rows, cols = free.shape
    cell = walls[7][0]
    result = np.full(points.shape[0], math.inf)
    for i in range(points.shape[0]):
        x, y = points[i, 0], points[i, 1]
        at = _own_cell(walls, free, times, x, y)
        if at < 0:
            continue
        row, col = at // cols, at % cols
        own = times[row, col]
        if own == math.inf:
            continue
        u, v = x / cell - col - 0.5, y / cell - row - 0.5
        total = own
        if abs(u) <= 1.0 and abs(v) <= 1.0:
            dc, dr = (1 if u > 0 else -1), (1 if v > 0 else -1)
            u, v = abs(u), abs(v)
            total = (1.0 - u) * (1.0 - v) * own
            for k in range(1, 4):
                r, c = row + dr * (k >> 1), col + dc * (k & 1)
                weight = (u if k & 1 else 1.0 - u) * (v if k >> 1 else 1.0 - v)
                time = own
                if 0 <= r < rows and 0 <= c < cols and times[r, c] < math.inf:
                    for d in range(8):
                        if (moves[row, col] >> d) & 1 and MOVE_ROWS[d] == r - row and MOVE_COLS[d] == c - col:
                            time = times[r, c]
                total += weight * time
        reach = math.inf if table.shape[0] == 0 and goals.shape[0] <= 4 else _STRAIGHT_CELLS
        _, straight = _straight_time(walls, surface, table, goals, speed, x, y, reach)
        result[i] = min(total, straight)
    return result


@kernel
def _downhill(walls, moves, times, surface, table, pace, speed, row, col):  # type: ignore[no-untyped-def]
    """(row, col) of the neighbour on the fastest way, or the cell itself at a source.

    Cells that share a standing point have the same time; from one of them the way may lead through another.
    """
    own = times[row, col]
    best_row, best_col, soonest = row, col, math.inf
    for d in range(8):
        if (moves[row, col] >> d) & 1:
            r, c = row + MOVE_ROWS[d], col + MOVE_COLS[d]
            if times[r, c] > own:
                continue
            over = times[r, c] + edge_time(walls, surface, table, pace, row, col, r, c, d) / speed
            leads_on = times[r, c] < own
            for e in range(8):
                if not leads_on and (moves[r, c] >> e) & 1 and times[r + MOVE_ROWS[e], c + MOVE_COLS[e]] < own:
                    leads_on = True
            if leads_on and over < soonest:
                soonest, best_row, best_col = over, r, c
    return best_row, best_col


@kernel
def sample_directions(walls, free, moves, times, surface, table, goals, speed, points):  # type: ignore[no-untyped-def]
    """(n, 2) unit headings at points (n, 2) px, zero where there is no way or nothing left to go."""
    cols = free.shape[1]
    cell = walls[7][0]
    result = np.zeros((points.shape[0], 2))
    pace = paces(table, cell)
    ahead = np.empty((_LOOK_AHEAD, 2))
    for i in range(points.shape[0]):
        x, y = points[i, 0], points[i, 1]
        at = _own_cell(walls, free, times, x, y)
        if at < 0:
            continue
        row, col = at // cols, at % cols
        if times[row, col] == math.inf:
            continue
        aim_x, aim_y = node_of(walls, row, col)
        soonest = math.inf
        inside = first_block(walls, x, y, x, y) <= 1.0
        g, straight = _straight_time(walls, surface, table, goals, speed, x, y, _LOOK_AHEAD * 1.0)
        if g >= 0:
            soonest, aim_x, aim_y = straight * (1.0 + 1e-9), goals[g, 0], goals[g, 1]
        r, c = row, col
        n = 0
        for _ in range(_LOOK_AHEAD):
            if inside:
                break
            nx, ny = node_of(walls, r, c)
            over = line_time(surface, table, cell, x, y, nx, ny) / speed + times[r, c]
            if over <= soonest * (1.0 + 1e-9) and (nx != x or ny != y):
                soonest = over
                ahead[n, 0], ahead[n, 1] = nx, ny
                n += 1
            next_r, next_c = _downhill(walls, moves, times, surface, table, pace, speed, r, c)
            if next_r == r and next_c == c:
                break
            r, c = next_r, next_c
        for k in range(n - 1, -1, -1):  # the farthest in straight reach
            if line_is_clear(walls, x, y, ahead[k, 0], ahead[k, 1]):
                aim_x, aim_y = ahead[k, 0], ahead[k, 1]
                break
        length = math.hypot(aim_x - x, aim_y - y)
        if length > 1e-9 * cell:
            result[i, 0], result[i, 1] = (aim_x - x) / length, (aim_y - y) / length
    return result
