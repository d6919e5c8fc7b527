"""Rays and rects on a raster of solid cells, exact where walls do not align with cells."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel

__all__ = ["EMPTY", "FULL", "PARTIAL", "first_hit", "segment_hits_rect", "visible_cells"]

EMPTY, FULL, PARTIAL = 0, 1, 2
"""Values of the `solid` raster: no wall in the cell, wall all over it, a wall somewhere in it (see the rects)."""


@kernel
def segment_hits_rect(x0, y0, x1, y1, left, top, right, bottom):  # type: ignore[no-untyped-def]
    """Fraction in [0, 1] along the segment at which it enters the open rect, or 2.0.  Touching an edge is not a hit."""
    near, far = 0.0, 1.0
    for axis in range(2):
        start = x0 if axis == 0 else y0
        delta = (x1 - x0) if axis == 0 else (y1 - y0)
        low = left if axis == 0 else top
        high = right if axis == 0 else bottom
        if abs(delta) < 1e-12:
            if start <= low + 1e-9 or start >= high - 1e-9:
                return 2.0
        else:
            a = (low - start) / delta
            b = (high - start) / delta
            if a > b:
                a, b = b, a
            near = max(near, a)
            far = min(far, b)
    length = math.hypot(x1 - x0, y1 - y0)
    if far - near <= 1e-9 / max(length, 1e-9):
        return 2.0
    return near


@kernel
def first_hit(solid, rects, cell_px, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """Fraction in [0, 1] along the segment at which it first meets a wall, or 2.0 when it is free.

    solid (rows, cols) uint8 of EMPTY, FULL, PARTIAL; rects (M, 4) left, top, right, bottom of all walls, px.
    Outside the raster nothing is solid.  Cells are walked one by one (Amanatides & Woo 1987).
    """
    rows, cols = solid.shape
    dx, dy = x1 - x0, y1 - y0
    column, row = int(math.floor(x0 / cell_px)), int(math.floor(y0 / cell_px))
    last_column, last_row = int(math.floor(x1 / cell_px)), int(math.floor(y1 / cell_px))
    step_x = 1 if dx > 0 else -1
    step_y = 1 if dy > 0 else -1
    to_x = math.inf if dx == 0.0 else ((column + (1 if dx > 0 else 0)) * cell_px - x0) / dx
    to_y = math.inf if dy == 0.0 else ((row + (1 if dy > 0 else 0)) * cell_px - y0) / dy
    per_x = math.inf if dx == 0.0 else cell_px / abs(dx)
    per_y = math.inf if dy == 0.0 else cell_px / abs(dy)
    entered = 0.0
    for _ in range(abs(last_column - column) + abs(last_row - row) + 3):
        if 0 <= row < rows and 0 <= column < cols and solid[row, column] != 0:
            if solid[row, column] == 1:
                return min(1.0, max(0.0, entered))
            best = 2.0
            for m in range(rects.shape[0]):
                best = min(best, segment_hits_rect(x0, y0, x1, y1, rects[m, 0], rects[m, 1], rects[m, 2], rects[m, 3]))
            if best <= 1.0 and best <= min(to_x, to_y) + 1e-9:
                return best
        if column == last_column and row == last_row:
            return 2.0
        if to_x < to_y:
            entered = to_x
            column += step_x
            to_x += per_x
        else:
            entered = to_y
            row += step_y
            to_y += per_y
        if entered > 1.0:
            return 2.0
    return 2.0


@kernel
def visible_cells(solid, rects, cell_px, x, y, range_px, heading_rad, half_cone_rad):  # type: ignore[no-untyped-def]
    """(rows, cols) bool: cells whose centre can be seen from (x, y) within range and cone; half_cone_rad ≥ π sees all round."""
    rows, cols = solid.shape
    seen = np.zeros((rows, cols), np.bool_)
    for row in range(max(0, int((y - range_px) / cell_px)), min(rows, int((y + range_px) / cell_px) + 1)):
        for column in range(max(0, int((x - range_px) / cell_px)), min(cols, int((x + range_px) / cell_px) + 1)):
            if solid[row, column] == 1:
                continue
            cx, cy = (column + 0.5) * cell_px, (row + 0.5) * cell_px
            distance = math.hypot(cx - x, cy - y)
            if distance > range_px:
                continue
            if half_cone_rad < math.pi and distance > cell_px:
                off = math.atan2(cy - y, cx - x) - heading_rad
                off = abs(math.atan2(math.sin(off), math.cos(off)))
                if off > half_cone_rad:
                    continue
            if first_hit(solid, rects, cell_px, x, y, cx, cy) > 1.0:
                seen[row, column] = True
    return seen


Raster = NDArray[np.uint8]
