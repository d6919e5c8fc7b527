"""Waypoints of a path over cells: as few straight lines as the walls allow, never slower than the path over cells."""

from __future__ import annotations

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_lines import line_is_clear, line_time
from npc_world.models.nav_raster_lines import raster_line_is_clear

__all__ = ["pull_string"]

_MISSES = 5
"""Points tried in vain, going back along the path, before farther ones are given up."""

_ROUNDS = 16
"""Most passes over the waypoints while they still slide."""


@kernel
def bends(walls, surface, table, points):  # type: ignore[no-untyped-def]
    """(k,) indices of `points` (n, 2) where the path turns or the surface changes, first and last included."""
    n = points.shape[0]
    rows, cols = surface.shape
    cell = walls[7][0]
    keep = np.empty(n, np.int64)
    kept = 0
    below, last = -1, 0
    for i in range(n):
        turns = i == 0 or i == n - 1
        if not turns:
            ax, ay = points[i, 0] - points[last, 0], points[i, 1] - points[last, 1]
            bx, by = points[i + 1, 0] - points[i, 0], points[i + 1, 1] - points[i, 1]
            turns = abs(ax * by - ay * bx) > 1e-9 * cell * cell or ax * bx + ay * by <= 0.0
        here = -1
        if table.shape[0] > 0:
            here = surface[min(rows - 1, max(0, int(points[i, 1] / cell))), min(cols - 1, max(0, int(points[i, 0] / cell)))]
        if turns or here != below:
            keep[kept] = last = i
            kept += 1
        below = here
    return keep[:kept]


@kernel
def shortcuts(walls, surface, table, points):  # type: ignore[no-untyped-def]
    """(k, 2) of `points` (n, 2): the fastest chain of straight lines over them, by dynamic programming along the path."""
    n = points.shape[0]
    cell = walls[7][0]
    best, before = np.zeros(n), np.zeros(n, np.int64)
    solid, hazard, params, near = walls[0], walls[1], walls[7], walls[8]

    def clear(x0, y0, x1, y1):  # type: ignore[no-untyped-def]
        return line_is_clear(walls, x0, y0, x1, y1) if params[8] > 0.0 else raster_line_is_clear(solid, hazard, params, near, x0, y0, x1, y1)

    for i in range(1, n):
        x, y = points[i, 0], points[i, 1]
        best[i] = best[i - 1] + line_time(surface, table, cell, points[i - 1, 0], points[i - 1, 1], x, y)
        before[i] = i - 1
        misses = 0
        for j in range(i - 2, -1, -1):
            time = best[j] + line_time(surface, table, cell, points[j, 0], points[j, 1], x, y)
            if time < best[i] * (1.0 - 1e-12) and clear(points[j, 0], points[j, 1], x, y):
                best[i], before[i], misses = time, j, 0
            else:
                misses += 1
                if misses > _MISSES:
                    break
    kept, at = 1, n - 1
    while at > 0:
        kept += 1
        at = before[at]
    result = np.empty((kept, 2))
    at = n - 1
    for k in range(kept - 1, -1, -1):
        result[k, 0], result[k, 1] = points[at, 0], points[at, 1]
        at = before[at]
    return result


@kernel
def tighten(walls, free, surface, table, points):  # type: ignore[no-untyped-def]
    """Slide waypoints (k, 2) over nodes of free cells, in place, while that makes the way faster; returns those still needed."""
    rows, cols = free.shape
    cell = walls[7][0]
    n = points.shape[0]
    solid, hazard, nodes, params, near = walls[0], walls[1], walls[6], walls[7], walls[8]

    def clear(x0, y0, x1, y1):  # type: ignore[no-untyped-def]
        return line_is_clear(walls, x0, y0, x1, y1) if params[8] > 0.0 else raster_line_is_clear(solid, hazard, params, near, x0, y0, x1, y1)

    stirred = np.ones(n, np.bool_)  # whether a neighbour has moved since the waypoint was last looked at
    for _ in range(_ROUNDS):
        moved = False
        i = 1
        while i < n - 1:
            if not stirred[i]:
                i += 1
                continue
            stirred[i] = False
            ax, ay, bx, by = points[i - 1, 0], points[i - 1, 1], points[i + 1, 0], points[i + 1, 1]
            x, y = points[i, 0], points[i, 1]
            time = line_time(surface, table, cell, ax, ay, x, y) + line_time(surface, table, cell, x, y, bx, by)
            if line_time(surface, table, cell, ax, ay, bx, by) <= time * (1.0 + 1e-12) and clear(ax, ay, bx, by):
                for j in range(i, n - 1):
                    points[j, 0], points[j, 1], stirred[j] = points[j + 1, 0], points[j + 1, 1], stirred[j + 1]
                n -= 1
                stirred[i - 1] = stirred[i] = moved = True
                continue
            step, slid = 1, False
            while step > 0:
                row, col = min(rows - 1, int(y / cell)), min(cols - 1, int(x / cell))
                found = False
                for dr in range(-1, 2):
                    for dc in range(-1, 2):
                        r, c = row + dr * step, col + dc * step
                        if 0 <= r < rows and 0 <= c < cols and free[r, c]:
                            nx, ny = (nodes[r, c, 0], nodes[r, c, 1]) if nodes.shape[0] > 0 else ((c + 0.5) * cell, (r + 0.5) * cell)
                            over = line_time(surface, table, cell, ax, ay, nx, ny) + line_time(surface, table, cell, nx, ny, bx, by)
                            if over < time * (1.0 - 1e-9) and clear(ax, ay, nx, ny) and clear(nx, ny, bx, by):
                                x, y, time, found = nx, ny, over, True
                step = 2 * step if found else step // 2
                slid = slid or found
            if slid:
                points[i, 0], points[i, 1] = x, y
                stirred[i - 1] = stirred[i + 1] = moved = True
            i += 1
        if not moved:
            break
    return points[:n]


@kernel
def pull_string(walls, free, surface, table, points):  # type: ignore[no-untyped-def]
    """(k, 2) px waypoints for a path through `points` (n, 2) px, first and last kept; each line is clear and none is slower.

    Straight lines between the path's bends first, then bends slide from cell to cell: a taut string around the same side
    of every wall, to within a cell.  Another side of a wall may be shorter for straight lines; it is not looked for.
    """
    turning = bends(walls, surface, table, points)
    return tighten(walls, free, surface, table, shortcuts(walls, surface, table, points[turning]))
