"""Straight lines of a body among walls: where its centre may be, how far it gets, how long that takes.

A body is an axis-aligned rect or a disc.  Growing every wall by half the body turns it into a point (Lozano-Pérez 1983): by a disc
into a rect with round corners.  The grown walls, with what is needed to look them up, travel as one tuple `walls`:

    solid (rows, cols) uint8 · hazard (rows, cols) bool · covered (rows, cols) int64: a grown rect over the whole
    cell, or -1 · first (rows·cols + 1) int64 and items int64: the grown rects that touch each other cell · grown (M, 4)
    px · nodes (rows, cols, 2) px · params (11 numbers): cell_px, half the body's width and height, skin, allowed left, top,
    right, bottom of the centre, 1 when `covered`, `first`, `items`, `grown` and `nodes` are filled, 1 for a body of no size,
    radius of the grown walls' corners, 0 for a rect
    · near (rows, cols) bool: there may be something in the way while the centre is in that cell.

Where walls fill whole cells and the body is no wider than a cell, the raster alone is exact and those arrays are empty.
The skin (a billionth of the map) is taken off every grown wall, so that touching is allowed in spite of rounding.
"""

from __future__ import annotations

import math

from npc_world.core.compiled import kernel
from npc_world.models.nav_raster_lines import beside_line, enters_rect, enters_rounded, hazard_block, raster_block, raster_line_is_clear

__all__ = ["body_fits", "first_block", "line_is_clear", "line_time", "node_of", "speed_along"]

CELL, HALF_X, HALF_Y, SKIN, LEFT, TOP, RIGHT, BOTTOM, EXACT, POINT, ROUNDING = range(11)
"""Places in `params`."""

SLOWEST = 0.02
"""Floor of a speed factor: a current that holds a body up completely still lets it through at this share of its speed."""


@kernel
def block_in_cell(walls, row, col, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """Least fraction at which the segment enters one of the grown walls known to cell (row, col), or 2.0."""
    solid, hazard, covered, first, items, grown, _, params, _ = walls
    if params[8] == 0.0:
        return raster_block(solid, hazard, params, row, col, x0, y0, x1, y1)
    best, round_ = 2.0, params[10] > 0.0
    k = covered[row, col]
    if k >= 0:
        best = enters_rect(x0, y0, x1, y1, grown[k, 0], grown[k, 1], grown[k, 2], grown[k, 3])
        if round_ and best <= 1.0:
            best = enters_rounded(x0, y0, x1, y1, grown[k, 0], grown[k, 1], grown[k, 2], grown[k, 3], params[10])
    at = row * solid.shape[1] + col
    for j in range(first[at], first[at + 1]):
        k = items[j]
        met = enters_rect(x0, y0, x1, y1, grown[k, 0], grown[k, 1], grown[k, 2], grown[k, 3])
        if round_ and met < best:
            met = enters_rounded(x0, y0, x1, y1, grown[k, 0], grown[k, 1], grown[k, 2], grown[k, 3], params[10])
        best = min(best, met)
    return min(best, hazard_block(hazard, params, row, col, x0, y0, x1, y1)) if hazard[row, col] else best


@kernel
def first_block(walls, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """Fraction in [0, 1] along the segment at which the body meets a wall, a hazard or the map's border, or 2.0.

    Cells under the centre are walked one by one (Amanatides & Woo 1987).
    """
    params, near = walls[7], walls[8]
    cell, skin = params[0], params[3]
    rows, cols = near.shape
    left, top, right, bottom = params[4] - skin, params[5] - skin, params[6] + skin, params[7] + skin
    if not (left <= x0 <= right and top <= y0 <= bottom):
        return 0.0
    dx, dy = x1 - x0, y1 - y0
    border = 2.0
    if x1 < left or x1 > right:
        border = ((left if x1 < left else right) - x0) / dx
    if y1 < top or y1 > bottom:
        border = min(border, ((top if y1 < top else bottom) - y0) / dy)
    col = min(cols - 1, max(0, int(math.floor(x0 / cell))))
    row = min(rows - 1, max(0, int(math.floor(y0 / cell))))
    step_x = 1 if dx > 0 else -1
    step_y = 1 if dy > 0 else -1
    to_x = math.inf if dx == 0.0 else ((col + (1 if dx > 0 else 0)) * cell - x0) / dx
    to_y = math.inf if dy == 0.0 else ((row + (1 if dy > 0 else 0)) * cell - y0) / dy
    per_x = math.inf if dx == 0.0 else cell / abs(dx)
    per_y = math.inf if dy == 0.0 else cell / abs(dy)
    while True:
        best = block_in_cell(walls, row, col, x0, y0, x1, y1) if near[row, col] else 2.0
        leave = min(to_x, to_y)
        if best <= 1.0 and (best <= leave + 1e-12 or leave > 1.0):
            return min(best, border)
        if leave > 1.0 or leave > border:
            return border
        if to_x < to_y:
            col += step_x
            to_x += per_x
        else:
            row += step_y
            to_y += per_y
        if row < 0 or col < 0 or row >= rows or col >= cols:
            return border


@kernel
def line_is_clear(walls, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """Whether the body can move straight from one point to the other; touching walls is allowed.

    A body of no size must have room on one side of the line, or it would slip between two walls that touch.
    """
    params = walls[7]
    if params[8] == 0.0:
        return raster_line_is_clear(walls[0], walls[1], params, walls[8], x0, y0, x1, y1)
    if first_block(walls, x0, y0, x1, y1) <= 1.0:
        return False
    if params[9] == 0.0 or (x0 == x1 and y0 == y1):
        return True
    for side in range(2):
        ax, ay, bx, by = beside_line(params, 1.0 - 2.0 * side, x0, y0, x1, y1)
        if first_block(walls, ax, ay, bx, by) > 1.0:
            return True
    return False


@kernel
def body_fits(walls, x, y):  # type: ignore[no-untyped-def]
    """Whether the body can stand with its centre at (x, y)."""
    return first_block(walls, x, y, x, y) > 1.0


@kernel
def node_of(walls, row, col):  # type: ignore[no-untyped-def]
    """(x, y) px of the standing point of a cell."""
    nodes, params = walls[6], walls[7]
    if nodes.shape[0] > 0:
        return nodes[row, col, 0], nodes[row, col, 1]
    return (col + 0.5) * params[0], (row + 0.5) * params[0]


@kernel
def speed_along(factor, push_x, push_y, ux, uy):  # type: ignore[no-untyped-def]
    """Speed over ground along the unit direction (ux, uy), in shares of the body's own: it steers against the drift across.

    A body that cannot hold the line, or is held up, is given SLOWEST: wrong by less than the way it will not take.
    """
    if push_x == 0.0 and push_y == 0.0:
        return max(SLOWEST, factor)
    across = push_x * uy - push_y * ux
    return max(SLOWEST, push_x * ux + push_y * uy + math.sqrt(max(0.0, factor * factor - across * across)))


@kernel
def line_time(surface, table, cell, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """Time along the segment for a body of speed 1 px/s, cell by cell; without a table (0 rows) its length.

    surface (rows, cols) int16 index into table (S, 4) of speed_factor, grip, push_x, push_y.
    """
    dx, dy = x1 - x0, y1 - y0
    length = math.hypot(dx, dy)
    if table.shape[0] == 0 or length == 0.0:
        return length
    rows, cols = surface.shape
    ux, uy = dx / length, dy / length
    col, row = int(math.floor(x0 / cell)), int(math.floor(y0 / cell))
    step_x = 1 if dx > 0 else -1
    step_y = 1 if dy > 0 else -1
    to_x = math.inf if dx == 0.0 else ((col + (1 if dx > 0 else 0)) * cell - x0) / dx
    to_y = math.inf if dy == 0.0 else ((row + (1 if dy > 0 else 0)) * cell - y0) / dy
    per_x = math.inf if dx == 0.0 else cell / abs(dx)
    per_y = math.inf if dy == 0.0 else cell / abs(dy)
    entered, total = 0.0, 0.0
    while entered < 1.0:
        leave = min(1.0, to_x, to_y)
        s = surface[min(rows - 1, max(0, row)), min(cols - 1, max(0, col))]
        speed = speed_along(table[s, 0], table[s, 2], table[s, 3], ux, uy)
        if leave > entered:
            total += (leave - entered) * length / speed
            entered = leave
        if to_x < to_y:
            col += step_x
            to_x += per_x
        else:
            row += step_y
            to_y += per_y
    return total
