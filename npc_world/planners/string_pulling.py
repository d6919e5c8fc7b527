"""Waypoints of a path over cells: as few straight lines as the walls allow, never slower than the path over cells."""

from __future__ import annotations

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_lines import line_is_clear, line_time

__all__ = ["pull_string"]

_MISSES = 6


@kernel
def pull_string(walls, surface, table, points):  # type: ignore[no-untyped-def]
    """(k, 2) px waypoints out of `points` (n, 2) px, first and last kept.

    From each kept point, the farthest later one that is in straight reach and not slower to reach straight than along
    the points.  Greedy, so not always the shortest string.
    """
    n = points.shape[0]
    cell = walls[7][0]
    along = np.zeros(n)
    for i in range(1, n):
        along[i] = along[i - 1] + line_time(surface, table, cell, points[i - 1, 0], points[i - 1, 1], points[i, 0], points[i, 1])
    keep = np.zeros(n, np.int64)
    kept, at = 1, 0
    while at < n - 1:
        best, misses = at + 1, 0
        for j in range(at + 2, n):
            time = line_time(surface, table, cell, points[at, 0], points[at, 1], points[j, 0], points[j, 1])
            if time <= (along[j] - along[at]) * (1.0 + 1e-9) and line_is_clear(
                    walls, points[at, 0], points[at, 1], points[j, 0], points[j, 1]):
                best, misses = j, 0
            else:
                misses += 1
                if misses > _MISSES:
                    break
        at = best
        keep[kept] = at
        kept += 1
    result = np.empty((kept, 2))
    for i in range(kept):
        result[i, 0], result[i, 1] = points[keep[i], 0], points[keep[i], 1]
    return result
