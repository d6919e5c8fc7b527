"""Rays and rects on a raster of solid cells, exact where walls do not align with cells."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel

__all__ = ["EMPTY", "FULL", "PARTIAL", "RayWalls", "first_hit", "first_hits", "rects_by_cell", "segment_hits_rect", "visible_cells"]

EMPTY, FULL, PARTIAL = 0, 1, 2
"""Values of the `solid` raster: no wall in the cell, wall all over it, a wall somewhere in it (see the rects)."""
RayWalls = tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.int32], NDArray[np.int32], float]
"""solid (rows, cols), rects (M, 4), first and items of `rects_by_cell`, cell px: what rays are cast at."""


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
def rects_by_cell(rects, cell_px, solid):  # type: ignore[no-untyped-def]
    """(first, items): the rects (M, 4) in a PARTIAL cell `at` = row * cols + col are items[first[at]:first[at + 1]]; other cells list none."""
    rows, cols = solid.shape
    first = np.zeros(rows * cols + 1, np.int32)
    items = np.empty(0, np.int32)
    for fill in range(2):
        for k in range(rects.shape[0]):
            col0, col1 = max(0.0, math.floor(rects[k, 0] / cell_px)), min(cols - 1.0, math.floor(rects[k, 2] / cell_px))
            row0, row1 = max(0.0, math.floor(rects[k, 1] / cell_px)), min(rows - 1.0, math.floor(rects[k, 3] / cell_px))
            for row in range(int(row0), int(row1) + 1):
                for col in range(int(col0), int(col1) + 1):
                    if solid[row, col] == 2:
                        at = row * cols + col
                        if fill == 1:
                            items[first[at]] = k
                        first[at + 1 - fill] += 1
        if fill == 0:
            for at in range(rows * cols):
                first[at + 1] += first[at]
            items = np.empty(first[rows * cols], np.int32)
    for at in range(rows * cols, 0, -1):
        first[at] = first[at - 1]
    first[0] = 0
    return first, items


@kernel
def first_hit(walls, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """Fraction in [0, 1] along the segment at which it first enters a wall, or 2.0 when it is free.

    walls: a terrain's `ray_walls`.  Touching an edge or a corner is no hit, so that sight is the same both ways; the gap
    of no width between two FULL cells, side by side or corner to corner, is closed.  Outside the raster, and for what
    is not finite, nothing is solid.  Cells are walked one by one (Amanatides & Woo 1987).
    """
    solid, rects, first, items, cell_px = walls
    rows, cols = solid.shape
    dx, dy = x1 - x0, y1 - y0
    near, far = _within(x0, dx, cols * cell_px, 0.0, 1.0)
    near, far = _within(y0, dy, rows * cell_px, near, far)
    if not near <= far or not math.isfinite(dx + dy):
        return 2.0
    column, beside_x = _cell_and_neighbour(x0 + near * dx, cell_px, cols, dx == 0.0)
    row, beside_y = _cell_and_neighbour(y0 + near * dy, cell_px, rows, dy == 0.0)
    step_x = 1 if dx > 0 else -1
    step_y = 1 if dy > 0 else -1
    to_x = math.inf if dx == 0.0 else ((column + (1 if dx > 0 else 0)) * cell_px - x0) / dx
    to_y = math.inf if dy == 0.0 else ((row + (1 if dy > 0 else 0)) * cell_px - y0) / dy
    per_x = math.inf if dx == 0.0 else cell_px / abs(dx)
    per_y = math.inf if dy == 0.0 else cell_px / abs(dy)
    touch = 1e-9 * cell_px / max(math.hypot(dx, dy), 1e-9 * cell_px)
    entered = near
    while 0 <= row < rows and 0 <= column < cols:
        leaves = min(to_x, to_y, far)
        kind = solid[row, column]
        if kind == 1 and leaves - entered > touch:
            if (beside_x == 0 or _is_full(solid, row, column + beside_x)) and (beside_y == 0 or _is_full(solid, row + beside_y, column)):
                return entered
        elif kind == 2:
            exact = 2.0
            for j in range(first[row * cols + column], first[row * cols + column + 1]):
                m = items[j]
                at = segment_hits_rect(x0 + near * dx, y0 + near * dy, x0 + far * dx, y0 + far * dy,
                                       rects[m, 0], rects[m, 1], rects[m, 2], rects[m, 3])
                if at <= 1.0:
                    exact = min(exact, near + at * (far - near))
            if exact <= leaves + touch:
                return exact
        if leaves >= far:
            return 2.0
        entered = leaves
        if abs(to_x - to_y) <= touch:
            if _is_full(solid, row, column + step_x) and _is_full(solid, row + step_y, column):
                return entered
            column, row, to_x, to_y = column + step_x, row + step_y, to_x + per_x, to_y + per_y
        elif to_x < to_y:
            column, to_x = column + step_x, to_x + per_x
        else:
            row, to_y = row + step_y, to_y + per_y
    return 2.0


@kernel
def first_hits(walls, x0, y0, ends):  # type: ignore[no-untyped-def]
    """(N,) `first_hit` on the way from (x0, y0) to each of ends (N, 2)."""
    found = np.empty(ends.shape[0])
    for n in range(ends.shape[0]):
        found[n] = first_hit(walls, x0, y0, ends[n, 0], ends[n, 1])
    return found


@kernel
def _within(start, delta, size, near, far):  # type: ignore[no-untyped-def]
    """The part [near, far] of a segment, cut to coordinates 0 to `size`; empty (far < near) outside."""
    if delta == 0.0:
        return (near, far) if 0.0 <= start <= size else (1.0, 0.0)
    a, b = -start / delta, (size - start) / delta
    return max(near, min(a, b)), min(far, max(a, b))


@kernel
def _cell_and_neighbour(at, cell_px, count, along):  # type: ignore[no-untyped-def]
    """Index of the cell at a coordinate, and ±1 to the cell that shares the line a segment runs `along`, or 0 off such lines."""
    place = at / cell_px
    index = min(count - 1, max(0, int(math.floor(place))))
    line = math.floor(place + 0.5)
    if not along or abs(place - line) > 1e-9:
        return index, 0
    return index, (-1 if index == int(line) else 1)


@kernel
def _is_full(solid, row, column):  # type: ignore[no-untyped-def]
    return 0 <= row < solid.shape[0] and 0 <= column < solid.shape[1] and solid[row, column] == 1


@kernel
def visible_cells(walls, x, y, range_px, heading_rad, half_cone_rad):  # type: ignore[no-untyped-def]
    """(rows, cols) bool: cells whose centre can be seen from (x, y) within range and cone.

    walls: a terrain's `ray_walls`.  range_px may be infinite; half_cone_rad ≥ π sees all round.  FULL cells are not
    seen, nor is anything when the eye or the heading is not finite.  Rays to the rim of the view, a cell apart there,
    decide for the cells that lie clearly before or behind what both neighbouring rays meet; the rest get rays of their
    own.  Wrong for cells behind a pole so narrow, and so far away, that it falls between two rays.
    """
    solid, cell_px = walls[0], walls[4]
    rows, cols = solid.shape
    seen = np.zeros((rows, cols), np.bool_)
    if not math.isfinite(x + y + heading_rad):
        return seen
    range_px = min(range_px, 2.0 * (math.hypot(rows * cell_px, cols * cell_px) + abs(x) + abs(y)))  # infinity is no index
    row0, row1 = max(0, int((y - range_px) / cell_px)), min(rows, int((y + range_px) / cell_px) + 1)
    col0, col1 = max(0, int((x - range_px) / cell_px)), min(cols, int((x + range_px) / cell_px) + 1)
    rim = max(cell_px, abs(x - col0 * cell_px), abs(col1 * cell_px - x), abs(y - row0 * cell_px), abs(row1 * cell_px - y))
    rays = int(min(4096.0, math.ceil(2.0 * rim / cell_px)))
    met = np.full((4, rays + 1), -1.0)
    for row in range(row0, row1):
        for column in range(col0, col1):
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
            near, far = _met_beside(walls, x, y, cx - x, cy - y, rim, met)
            away = max(abs(cx - x), abs(cy - y))
            if away < near - cell_px:
                seen[row, column] = True
            elif away <= far + cell_px:
                seen[row, column] = first_hit(walls, x, y, cx, cy) > 1.0
    return seen


@kernel
def _met_beside(walls, x, y, dx, dy, rim, met):  # type: ignore[no-untyped-def]
    """How far, px along the longer axis, the two rays to the rim that have (dx, dy) between them go: the shorter and the longer.

    met (4, rays + 1): the rays of the four sides of the square rim, filled as they are asked for; negative where not yet.
    """
    rays = met.shape[1] - 1
    flat = abs(dx) >= abs(dy)
    along, across = (dx, dy) if flat else (dy, dx)
    side = (0 if flat else 2) + (1 if along < 0.0 else 0)
    place = 0.0 if along == 0.0 else 0.5 * (across / abs(along) + 1.0) * rays
    low = min(rays - 1, int(place))
    for k in range(low, low + 2):
        if met[side, k] < 0.0:
            ahead = rim if along >= 0.0 else -rim
            beside = rim * (2.0 * k / rays - 1.0)
            at = first_hit(walls, x, y, x + (ahead if flat else beside), y + (beside if flat else ahead))
            met[side, k] = at * rim
    return min(met[side, low], met[side, low + 1]), max(met[side, low], met[side, low + 1])
