"""The traffic around each body of a crowd: who comes the other way, and on which side of the others it is."""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel

__all__ = ["cells_of_bodies", "traffic_around"]

_X, _Y, _UX, _UY, _ASIDE, _WEIGHT, _FACING = range(7)


@kernel
def cells_of_bodies(positions, reach):  # type: ignore[no-untyped-def]
    """(first, items, left, top, side, rows, cols): bodies sorted into square cells as wide as the reach, or wider where they are few."""
    n = positions.shape[0]
    left, top, right, bottom = positions[0, 0], positions[0, 1], positions[0, 0], positions[0, 1]
    for i in range(n):
        left, right = min(left, positions[i, 0]), max(right, positions[i, 0])
        top, bottom = min(top, positions[i, 1]), max(bottom, positions[i, 1])
    wide, high = right - left, bottom - top
    reach = max(reach, math.sqrt(wide * high / (4.0 * n + 4.0)), max(wide, high) / 2048.0)
    if reach <= 0.0:
        reach = 1.0
    cols, rows = int(wide / reach) + 1, int(high / reach) + 1
    first = np.zeros(rows * cols + 1, np.int64)
    items = np.empty(n, np.int64)
    for i in range(n):
        first[int((positions[i, 1] - top) / reach) * cols + int((positions[i, 0] - left) / reach) + 1] += 1
    for k in range(rows * cols):
        first[k + 1] += first[k]
    fill = first.copy()
    for i in range(n):
        k = int((positions[i, 1] - top) / reach) * cols + int((positions[i, 0] - left) / reach)
        items[fill[k]] = i
        fill[k] += 1
    return first, items, left, top, reach, rows, cols


@kernel
def traffic_around(positions, wanted, range_px, first, items, left, top, side, rows, cols, oncoming, lane):  # type: ignore[no-untyped-def]
    """Fill (N,) oncoming, how many bodies ahead want the opposite way, and lane in [-1, 1]: 1 when all bodies are to one's left.

    Each pair is looked at once, for both: their distance is what costs.
    """
    n = positions.shape[0]
    spread = int(range_px / side) + 1
    rows_of = np.zeros((n, 7))  # in the order of cells: place, unit vector of what it wants, sums
    for m in range(n):
        i = items[m]
        rows_of[m, _X], rows_of[m, _Y] = positions[i, 0], positions[i, 1]
        want = math.sqrt(wanted[i, 0] * wanted[i, 0] + wanted[i, 1] * wanted[i, 1])
        if want > 0.0:
            rows_of[m, _UX], rows_of[m, _UY] = wanted[i, 0] / want, wanted[i, 1] / want
    for m in range(n):
        x, y, ux, uy = rows_of[m, _X], rows_of[m, _Y], rows_of[m, _UX], rows_of[m, _UY]
        row, col = int((y - top) / side), int((x - left) / side)
        aside, weight, facing = 0.0, 0.0, 0.0
        for r in range(row, min(rows, row + spread + 1)):
            off = max(0, r - row - 1) * side
            chord = int(math.sqrt(max(0.0, range_px * range_px - off * off)) / side) + 1
            begin, end = first[r * cols + max(0, col - chord)], first[r * cols + min(cols - 1, col + chord) + 1]
            for k in range(m + 1 if r == row else begin, end):  # cells of a row lie side by side
                dx, dy = rows_of[k, _X] - x, rows_of[k, _Y] - y
                far2 = dx * dx + dy * dy
                if far2 > range_px * range_px or far2 <= 0.0:
                    continue
                per_far, vx, vy = 1.0 / math.sqrt(far2), rows_of[k, _UX], rows_of[k, _UY]
                aside += (ux * dy - uy * dx) * per_far
                weight += 1.0
                rows_of[k, _ASIDE] -= (vx * dy - vy * dx) * per_far
                rows_of[k, _WEIGHT] += 1.0
                against = -(vx * ux + vy * uy)
                if against > 0.0:
                    facing += against * max(0.0, ux * dx + uy * dy) * per_far
                    rows_of[k, _FACING] -= against * min(0.0, vx * dx + vy * dy) * per_far
        oncoming[items[m]] = rows_of[m, _FACING] + facing
        lane[items[m]] = -(rows_of[m, _ASIDE] + aside) / (rows_of[m, _WEIGHT] + weight + 1e-12)
