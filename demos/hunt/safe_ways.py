"""Earliest arrival on a grid when places close: may I be there before them?"""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_heap import heap_pop, heap_push

__all__ = ["arrivals"]


@kernel
def arrivals(tile_s, closes_s, sources, starts_s):  # type: ignore[no-untyped-def]
    """Earliest arrival times (rows, cols) float64, and (rows, cols) float64 index of the tile one came from, −1 at sources.

    tile_s (rows, cols): seconds to cross a tile, inf where nobody walks.  closes_s (rows, cols): a tile must be reached before
    this time.  sources (n, 2): row, col as floats; starts_s (n,): when each sets out.  Eight ways, no cutting of corners.
    Dijkstra with a binary heap; times are along the grid, up to 8 % above those of straight lines.
    """
    rows, cols = tile_s.shape
    times = np.full((rows, cols), np.inf)
    came = np.full((rows, cols), -1.0)
    most = rows * cols * 8 + sources.shape[0] + 1
    keys, items = np.empty(most), np.empty(most)
    size = 0
    for n in range(sources.shape[0]):
        row, col = int(sources[n, 0]), int(sources[n, 1])
        if starts_s[n] < times[row, col]:
            times[row, col] = starts_s[n]
            size = heap_push(keys, items, size, starts_s[n], float(row * cols + col))
    while size > 0:
        now, item = keys[0], int(items[0])
        size = heap_pop(keys, items, size)
        row, col = item // cols, item % cols
        if now > times[row, col]:
            continue
        for d in range(8):
            dy = (0, 1, 1, 1, 0, -1, -1, -1)[d]
            dx = (1, 1, 0, -1, -1, -1, 0, 1)[d]
            r, c = row + dy, col + dx
            if r < 0 or c < 0 or r >= rows or c >= cols or math.isinf(tile_s[r, c]):
                continue
            if dx != 0 and dy != 0 and (math.isinf(tile_s[row, c]) or math.isinf(tile_s[r, col])):
                continue
            step = math.sqrt(float(dx * dx + dy * dy)) * 0.5 * (min(tile_s[row, col], 9.0) + tile_s[r, c])
            then = now + step
            if then < times[r, c] and then < closes_s[r, c]:
                times[r, c] = then
                came[r, c] = float(item)
                size = heap_push(keys, items, size, then, float(r * cols + c))
    return times, came
