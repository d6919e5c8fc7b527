"""Straight lines where walls fill whole cells: what `nav_lines` asks of all grids, with little handed over.

Handing an array to a function costs some ns, and a grid is nine of them: as much as walking a dozen cells.
"""

from __future__ import annotations

import math

from npc_world.core.compiled import kernel

__all__ = ["beside_line", "enters_rect", "enters_rounded", "hazard_block", "raster_block", "raster_line_is_clear"]


@kernel
def enters_rect(x0, y0, x1, y1, left, top, right, bottom):  # type: ignore[no-untyped-def]
    """Fraction in [0, 1] along the segment at which it enters the open rect, or 2.0."""
    near, far = 0.0, 1.0
    dx, dy = x1 - x0, y1 - y0
    if dx == 0.0:
        if x0 <= left or x0 >= right:
            return 2.0
    else:
        a, b = (left - x0) / dx, (right - x0) / dx
        near, far = max(near, min(a, b)), min(far, max(a, b))
    if dy == 0.0:
        if y0 <= top or y0 >= bottom:
            return 2.0
    else:
        a, b = (top - y0) / dy, (bottom - y0) / dy
        near, far = max(near, min(a, b)), min(far, max(a, b))
    return near if near < far else 2.0


@kernel
def _enters_disc(x0, y0, x1, y1, cx, cy, radius):  # type: ignore[no-untyped-def]
    """Fraction in [0, 1] along the segment at which it enters the open disc, or 2.0."""
    fx, fy, dx, dy = x0 - cx, y0 - cy, x1 - x0, y1 - y0
    outside = fx * fx + fy * fy - radius * radius
    if outside < 0.0:
        return 0.0
    along, length = fx * dx + fy * dy, dx * dx + dy * dy
    depth = along * along - length * outside
    if along >= 0.0 or depth <= 0.0:
        return 2.0
    at = (-along - math.sqrt(depth)) / length
    return at if at <= 1.0 else 2.0


@kernel
def enters_rounded(x0, y0, x1, y1, left, top, right, bottom, rounding):  # type: ignore[no-untyped-def]
    """As `enters_rect` for a rect whose corners are rounded with that radius: a wall grown by a disc."""
    inner_left, inner_top, inner_right, inner_bottom = left + rounding, top + rounding, right - rounding, bottom - rounding
    met = min(enters_rect(x0, y0, x1, y1, inner_left, top, inner_right, bottom), enters_rect(x0, y0, x1, y1, left, inner_top, right, inner_bottom))
    for corner in range(4):
        met = min(met, _enters_disc(x0, y0, x1, y1, inner_left if corner % 2 == 0 else inner_right, inner_top if corner < 2 else inner_bottom, rounding))
    return met


@kernel
def hazard_block(hazard, params, row, col, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """Fraction at which the segment enters the hazard in cell (row, col), or 2.0.

    Its edges may be touched, but not where the next cell is a hazard as well.
    """
    cell, skin = params[0], params[3]
    rows, cols = hazard.shape
    left = col * cell + (-skin if col > 0 and hazard[row, col - 1] else skin)
    top = row * cell + (-skin if row > 0 and hazard[row - 1, col] else skin)
    right = (col + 1) * cell + (skin if col + 1 < cols and hazard[row, col + 1] else -skin)
    bottom = (row + 1) * cell + (skin if row + 1 < rows and hazard[row + 1, col] else -skin)
    return enters_rect(x0, y0, x1, y1, left, top, right, bottom)


@kernel
def raster_block(solid, hazard, params, row, col, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """Least fraction at which the segment enters a wall, grown by half the body, or a hazard known to cell (row, col), or 2.0."""
    cell, skin = params[0], params[3]
    rows, cols = solid.shape
    best = 2.0
    grow_x, grow_y = params[1] - skin, params[2] - skin
    reach_y, reach_x = (1 if grow_y > 0.0 else 0), (1 if grow_x > 0.0 else 0)
    for r in range(max(0, row - reach_y), min(rows, row + reach_y + 1)):
        for c in range(max(0, col - reach_x), min(cols, col + reach_x + 1)):
            if solid[r, c] != 0:
                left, top, right, bottom = c * cell - grow_x, r * cell - grow_y, (c + 1) * cell + grow_x, (r + 1) * cell + grow_y
                met = enters_rect(x0, y0, x1, y1, left, top, right, bottom)
                if met < best and params[10] > 0.0:
                    met = enters_rounded(x0, y0, x1, y1, left, top, right, bottom, params[10])
                best = min(best, met)
    return min(best, hazard_block(hazard, params, row, col, x0, y0, x1, y1)) if hazard[row, col] else best


@kernel
def beside_line(params, side, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """The segment moved aside (±1) by a little more than the skin, within where the centre may be."""
    aside = side * 4.0 * params[3] / math.sqrt(max(1e-300, (x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)))
    ox, oy = -(y1 - y0) * aside, (x1 - x0) * aside
    return (min(params[6], max(params[4], x0 + ox)), min(params[7], max(params[5], y0 + oy)),
            min(params[6], max(params[4], x1 + ox)), min(params[7], max(params[5], y1 + oy)))


@kernel
def raster_line_is_clear(solid, hazard, params, near, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """As `line_is_clear`: the line itself, and for a body of no size one of those beside it.  Cells are walked as in `first_block`."""
    cell, skin = params[0], params[3]
    rows, cols = near.shape
    left, top, right, bottom = params[4] - skin, params[5] - skin, params[6] + skin, params[7] + skin
    for attempt in range(3):
        ax, ay, bx, by = x0, y0, x1, y1
        if attempt > 0:
            ax, ay, bx, by = beside_line(params, 1.0 if attempt == 1 else -1.0, x0, y0, x1, y1)
        clear = left <= ax <= right and top <= ay <= bottom and left <= bx <= right and top <= by <= bottom
        dx, dy = bx - ax, by - ay
        col, row = min(cols - 1, max(0, int(math.floor(ax / cell)))), min(rows - 1, max(0, int(math.floor(ay / cell))))
        step_x, step_y = (1 if dx > 0 else -1), (1 if dy > 0 else -1)
        to_x = math.inf if dx == 0.0 else ((col + (1 if dx > 0 else 0)) * cell - ax) / dx
        to_y = math.inf if dy == 0.0 else ((row + (1 if dy > 0 else 0)) * cell - ay) / dy
        per_x = math.inf if dx == 0.0 else cell / abs(dx)
        per_y = math.inf if dy == 0.0 else cell / abs(dy)
        while clear:
            leave = min(to_x, to_y)
            if near[row, col]:
                met = raster_block(solid, hazard, params, row, col, ax, ay, bx, by)
                clear = met > 1.0 or (met > leave + 1e-12 and leave <= 1.0)
            if leave > 1.0:
                break
            if to_x < to_y:
                col += step_x
                to_x += per_x
            else:
                row += step_y
                to_y += per_y
            if row < 0 or col < 0 or row >= rows or col >= cols:
                break
        if attempt == 0 and (not clear or params[9] == 0.0 or (x0 == x1 and y0 == y1)):
            return clear
        if attempt > 0 and clear:
            return True
    return False
