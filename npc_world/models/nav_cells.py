"""Cells of a navigation grid: which grown walls touch each, where a body stands in it, which moves are legal."""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_lines import line_is_clear, node_of
from npc_world.models.nav_raster_lines import enters_rect, enters_rounded

__all__ = ["MOVE_COLS", "MOVE_ROWS", "cells_by_rect", "choose_nodes", "enter_cell", "mark_near", "moves_of_nodes", "nearest_free_cell"]

MOVE_COLS = np.array([1, 1, 0, -1, -1, -1, 0, 1])
MOVE_ROWS = np.array([0, 1, 1, 1, 0, -1, -1, -1])
"""Octile moves E SE S SW W NW N NE, as column and row steps; bit d of `moves` is move d."""

_MOST_EDGES = 48


@kernel
def cells_by_rect(grown, rounding, cell, skin, rows, cols):  # type: ignore[no-untyped-def]
    """(covered, first, items) of grown rects (M, 4), their corners rounded: see `nav_lines`.  Rects that only touch a cell are listed too."""
    covered = np.full((rows, cols), -1, np.int64)
    first = np.zeros(rows * cols + 1, np.int64)
    items = np.empty(0, np.int64)
    reach = 64.0 * skin
    for fill in range(3):
        for k in range(grown.shape[0]):
            left, top, right, bottom = grown[k, 0], grown[k, 1], grown[k, 2], grown[k, 3]
            row0, row1 = max(0, int(math.floor((top - reach) / cell))), min(rows - 1, int(math.floor((bottom + reach) / cell)))
            col0, col1 = max(0, int(math.floor((left - reach) / cell))), min(cols - 1, int(math.floor((right + reach) / cell)))
            for row in range(row0, row1 + 1):
                for col in range(col0, col1 + 1):
                    if fill == 0:
                        if (left < col * cell - 4.0 * skin and top < row * cell - 4.0 * skin
                                and right > (col + 1) * cell + 4.0 * skin and bottom > (row + 1) * cell + 4.0 * skin
                                and _covers_corners(grown[k], rounding, col * cell, row * cell, cell, 4.0 * skin)):
                            covered[row, col] = k
                    elif covered[row, col] < 0:
                        at = row * cols + col
                        if fill == 1:
                            first[at + 1] += 1
                        else:
                            items[first[at]] = k
                            first[at] += 1
        if fill == 1:
            for at in range(rows * cols):
                first[at + 1] += first[at]
            items = np.empty(first[rows * cols], np.int64)
    for at in range(rows * cols, 0, -1):
        first[at] = first[at - 1]
    first[0] = 0
    return covered, first, items


@kernel
def _off_corners(rect, rounding, x, y):  # type: ignore[no-untyped-def]
    """Whether a point of a rect (4,) lies in what rounding its corners leaves of it."""
    dx, dy = max(rect[0] + rounding - x, x - rect[2] + rounding, 0.0), max(rect[1] + rounding - y, y - rect[3] + rounding, 0.0)
    return dx * dx + dy * dy < rounding * rounding


@kernel
def _covers_corners(rect, rounding, x_low, y_low, cell, more):  # type: ignore[no-untyped-def]
    """Whether the corners of a cell in a grown rect, moved outwards a little, lie within its round corners: then the whole cell does."""
    for corner in range(4 if rounding > 0.0 else 0):
        if not _off_corners(rect, rounding, x_low - more if corner % 2 == 0 else x_low + cell + more, y_low - more if corner < 2 else y_low + cell + more):
            return False
    return True


@kernel
def mark_near(walls, row0, col0, row1, col1):  # type: ignore[no-untyped-def]
    """Set walls' near for a window of cells: whether a wall or a hazard may stop a body whose centre is in the cell."""
    solid, hazard, covered, first, _, _, _, params, near = walls
    rows, cols = near.shape
    exact, reach = params[8] > 0.0, 0 if params[9] > 0.0 else 1
    for row in range(row0, row1):
        for col in range(col0, col1):
            found = hazard[row, col]
            if exact:
                at = row * cols + col
                found = found or covered[row, col] >= 0 or first[at] < first[at + 1]
            else:
                for r in range(max(0, row - reach), min(rows, row + reach + 1)):
                    for c in range(max(0, col - reach), min(cols, col + reach + 1)):
                        found = found or solid[r, c] != 0
            near[row, col] = found


@kernel
def _inside_any(first, items, grown, rounding, at, x, y):  # type: ignore[no-untyped-def]
    for j in range(first[at], first[at + 1]):
        k = items[j]
        if grown[k, 0] < x < grown[k, 2] and grown[k, 1] < y < grown[k, 3] and (rounding <= 0.0 or _off_corners(grown[k], rounding, x, y)):
            return True
    return False


@kernel
def _leaves(first, items, grown, rounding, at, x0, y0, dx, dy, x_low, y_low, cell, skin):  # type: ignore[no-untyped-def]
    """1 when the body goes straight from (x0, y0) into the neighbour cell in direction (dx, dy), else 0.

    On the line between two columns (rows) it must stay in this one, or in a gap as wide as itself.
    """
    past = 16.0 * skin
    x1 = x0 if dx == 0 else (x_low - past if dx < 0 else x_low + cell + past)
    y1 = y0 if dy == 0 else (y_low - past if dy < 0 else y_low + cell + past)
    for j in range(first[at], first[at + 1]):
        k = items[j]
        if enters_rect(x0, y0, x1, y1, grown[k, 0], grown[k, 1], grown[k, 2], grown[k, 3]) <= 1.0 and (
                rounding <= 0.0 or enters_rounded(x0, y0, x1, y1, grown[k, 0], grown[k, 1], grown[k, 2], grown[k, 3], rounding) <= 1.0):
            return 0
    sx, sy = 0.0, 0.0
    if dx == 0:
        sx = past if x0 <= x_low else (-past if x0 >= x_low + cell else 0.0)
    else:
        sy = past if y0 <= y_low else (-past if y0 >= y_low + cell else 0.0)
    if sx == 0.0 and sy == 0.0:
        return 1
    inner = not _inside_any(first, items, grown, rounding, at, x1 + sx, y1 + sy)
    outer = not _inside_any(first, items, grown, rounding, at, x1 - sx, y1 - sy)
    return 1 if inner or not outer else 0


@kernel
def _coordinates(first, items, grown, at, axis, low, cell, skin, found):  # type: ignore[no-untyped-def]
    """Fill `found` with the cell's centre and the edges of grown rects in [low, low + cell]; returns how many."""
    found[0] = low + 0.5 * cell
    n = 1
    for j in range(first[at], first[at + 1]):
        for side in range(2):
            edge = grown[items[j], axis + 2 * side] + (skin if side == 1 else -skin)
            if abs(edge - low) <= 4.0 * skin:
                edge = low
            if abs(edge - low - cell) <= 4.0 * skin:
                edge = low + cell
            if low <= edge <= low + cell and n < _MOST_EDGES:
                known = False
                for i in range(n):
                    known = known or abs(found[i] - edge) <= 2.0 * skin
                if not known:
                    found[n] = edge
                    n += 1
    return n


@kernel
def _stands(first, items, grown, rounding, at, x, y, x_low, y_low, cell, skin, point):  # type: ignore[no-untyped-def]
    """Whether the body may stand at (x, y) as part of this cell.

    A point on the edge of a cell belongs to the cell when its interior reaches it, or when it lies in a gap exactly
    as wide as the body, which no cell's interior reaches; so both cells along such a gap stand in it.
    """
    if _inside_any(first, items, grown, rounding, at, x, y):
        return False
    interior = x_low < x < x_low + cell and y_low < y < y_low + cell
    if interior and not point:
        return True
    eps = 16.0 * skin
    inner, around = False, False
    for i in range(2):
        for j in range(2):
            sx, sy = 2.0 * i - 1.0, 2.0 * j - 1.0
            if not _inside_any(first, items, grown, rounding, at, x + sx * eps, y + sy * eps):
                around = True
                inner = inner or ((x > x_low if sx < 0 else x < x_low + cell) and (y > y_low if sy < 0 else y < y_low + cell))
    return inner or not (around or point)


@kernel
def _best_stand(walls, row, col, xs, ys, best):  # type: ignore[no-untyped-def]
    """Put the cell's node at the best of the points (xs, ys) where the body may stand, if that is better than it is; best: (its exits, or
    -1, how far it is from the centre, squared), returned as it is then."""
    first, items, grown, nodes, params = walls[3], walls[4], walls[5], walls[6], walls[7]
    cell, skin, point, rounding = params[0], params[3], params[9] > 0.0, params[10]
    at = row * walls[0].shape[1] + col
    x_low, y_low = col * cell, row * cell
    cx, cy = (col + 0.5) * cell, (row + 0.5) * cell
    best_exits, best_far = best
    for x in xs:
        for y in ys:
            if not _stands(first, items, grown, rounding, at, x, y, x_low, y_low, cell, skin, point):
                continue
            exits = 0
            for d in range(0, 8, 2):
                exits += _leaves(first, items, grown, rounding, at, x, y, MOVE_COLS[d], MOVE_ROWS[d], x_low, y_low, cell, skin)
            far = (x - cx) ** 2 + (y - cy) ** 2
            near_tie = abs(far - best_far) <= 4.0 * skin * cell
            here_x, here_y = nodes[row, col, 0], nodes[row, col, 1]
            first_of_tie = x < here_x - 4.0 * skin or (x <= here_x + 4.0 * skin and y < here_y)
            better = exits > best_exits or (exits == best_exits and (
                (near_tie and first_of_tie) or (not near_tie and far < best_far)))
            if better:
                best_exits, best_far = exits, far
                nodes[row, col, 0], nodes[row, col, 1] = x, y
    return best_exits, best_far


@kernel
def _stand_between_corners(walls, row, col, best):  # type: ignore[no-untyped-def]
    """As `_best_stand` for a disc at the points half way between corners of two walls: in a slanted gap as wide as itself it stands there only."""
    first, items, grown, params = walls[3], walls[4], walls[5], walls[7]
    cell, skin, rounding = params[0], params[3], params[10]
    at = row * walls[0].shape[1] + col
    x, y = np.empty(1), np.empty(1)
    for i in range(first[at], first[at + 1]):
        for j in range(first[at], i):
            a, b = grown[items[i]], grown[items[j]]
            for pair in range(16):
                ax = a[0] + rounding if pair & 1 else a[2] - rounding
                ay = a[1] + rounding if pair & 2 else a[3] - rounding
                bx = b[0] + rounding if pair & 4 else b[2] - rounding
                by = b[1] + rounding if pair & 8 else b[3] - rounding
                x[0], y[0] = 0.5 * (ax + bx), 0.5 * (ay + by)
                if (col * cell <= x[0] <= (col + 1) * cell and row * cell <= y[0] <= (row + 1) * cell
                        and 2.0 * rounding <= math.hypot(ax - bx, ay - by) <= 2.0 * rounding + cell + skin):
                    best = _best_stand(walls, row, col, x, y, best)
    return best


@kernel
def choose_nodes(walls, free, row0, col0, row1, col1):  # type: ignore[no-untyped-def]
    """Set `free` and walls' nodes for a window of cells.

    Of the points at the cell's centre lines and at edges of grown walls, the one from which most of the four
    neighbours can be entered straight ahead is taken, then the one nearest to the centre: so the cell before the
    mouth of a narrow corridor stands on the corridor's line.  A cell that falls apart into several rooms keeps one.
    """
    _, hazard, covered, first, items, grown, nodes, params, _ = walls
    cell, skin, point = params[0], params[3], params[9] > 0.0
    cols = hazard.shape[1]
    xs, ys = np.empty(_MOST_EDGES + 2), np.empty(_MOST_EDGES + 2)
    for row in range(row0, row1):
        for col in range(col0, col1):
            x_low, y_low = col * cell, row * cell
            cx, cy = (col + 0.5) * cell, (row + 0.5) * cell
            nodes[row, col, 0], nodes[row, col, 1] = cx, cy
            free[row, col] = covered[row, col] < 0 and not hazard[row, col]
            at = row * cols + col
            if not free[row, col] or first[at] == first[at + 1]:
                continue
            free[row, col] = False
            nx = _coordinates(first, items, grown, at, 0, x_low, cell, skin, xs)
            ny = _coordinates(first, items, grown, at, 1, y_low, cell, skin, ys)
            best = _best_stand(walls, row, col, xs[:nx], ys[:ny], (-1, math.inf))
            if params[10] > 0.0:
                best = _stand_between_corners(walls, row, col, best)
            if best[0] < 0 and not point:  # no more than a gap as wide as the body reaches in, and ends short of the centre lines
                xs[nx], xs[nx + 1], ys[ny], ys[ny + 1] = x_low, x_low + cell, y_low, y_low + cell
                best = _best_stand(walls, row, col, xs[:nx + 2], ys[:ny + 2], best)
            free[row, col] = best[0] >= 0


@kernel
def _straight(walls, free, row_a, col_a, row_b, col_b):  # type: ignore[no-untyped-def]
    rows, cols = free.shape
    if row_a < 0 or col_a < 0 or row_b < 0 or col_b < 0 or row_a >= rows or col_a >= cols or row_b >= rows or col_b >= cols:
        return False
    if not free[row_a, col_a] or not free[row_b, col_b]:
        return False
    first = walls[3]
    a, b = row_a * cols + col_a, row_b * cols + col_b
    if first[a] == first[a + 1] and first[b] == first[b + 1]:
        return True
    xa, ya = node_of(walls, row_a, col_a)
    xb, yb = node_of(walls, row_b, col_b)
    return line_is_clear(walls, xa, ya, xb, yb)


@kernel
def moves_of_nodes(walls, free, moves, row0, col0, row1, col1):  # type: ignore[no-untyped-def]
    """Set `moves` for a window: the segment between nodes is clear; a diagonal also needs the four moves around it.

    Each segment is looked at once for both its ends: the window and a cell around it, from (row0 - 1, col0 - 1).
    """
    height, width = row1 - row0 + 2, col1 - col0 + 2
    east, south = np.zeros((height, width), np.bool_), np.zeros((height, width), np.bool_)
    for r in range(height):
        for c in range(width):
            row, col = row0 - 1 + r, col0 - 1 + c
            east[r, c] = c + 1 < width and _straight(walls, free, row, col, row, col + 1)
            south[r, c] = r + 1 < height and _straight(walls, free, row, col, row + 1, col)
    down, up = np.zeros((height, width), np.bool_), np.zeros((height, width), np.bool_)  # to SE, and from the cell below to the NE
    for r in range(height - 1):
        for c in range(width - 1):
            if east[r, c] and east[r + 1, c] and south[r, c] and south[r, c + 1]:
                row, col = row0 - 1 + r, col0 - 1 + c
                down[r, c] = _straight(walls, free, row, col, row + 1, col + 1)
                up[r, c] = _straight(walls, free, row + 1, col, row, col + 1)
    for r in range(1, height - 1):
        for c in range(1, width - 1):
            moves[row0 - 1 + r, col0 - 1 + c] = (
                1 * east[r, c] + 2 * down[r, c] + 4 * south[r, c] + 8 * up[r, c - 1]
                + 16 * east[r, c - 1] + 32 * down[r - 1, c - 1] + 64 * south[r - 1, c] + 128 * up[r - 1, c])


@kernel
def nearest_free_cell(walls, free, x, y):  # type: ignore[no-untyped-def]
    """Flat index of the free cell whose node is nearest to (x, y), or -1: rings of cells around the point's cell."""
    rows, cols = free.shape
    cell = walls[7][0]
    row_0 = min(rows - 1, max(0, int(math.floor(min(max(y / cell, -1.0), rows + 1.0)))))
    col_0 = min(cols - 1, max(0, int(math.floor(min(max(x / cell, -1.0), cols + 1.0)))))
    best, best_far = -1, math.inf
    px, py = min(max(x, 0.0), cols * cell), min(max(y, 0.0), rows * cell)
    for ring in range(max(rows, cols)):
        if best >= 0 and (ring - 1) * cell > best_far:
            break
        for row in range(max(0, row_0 - ring), min(rows, row_0 + ring + 1)):
            edge = abs(row - row_0) == ring
            step = 1 if edge or ring == 0 else 2 * ring
            for col in range(col_0 - ring, col_0 + ring + 1, step):
                if 0 <= col < cols and free[row, col]:
                    nx, ny = node_of(walls, row, col)
                    far = math.hypot(nx - px, ny - py)
                    if far < best_far:
                        best, best_far = row * cols + col, far
    return best


@kernel
def enter_cell(walls, free, x, y):  # type: ignore[no-untyped-def]
    """Flat index of the cell at which a body at (x, y) joins the grid, or -1 when nothing is free.

    Its own cell when it can move straight to the node, else the nearest neighbour where it can, else (inside a
    wall, or where cells are coarser than the walls) the nearest free cell.
    """
    rows, cols = free.shape
    cell = walls[7][0]
    if 0.0 <= x <= cols * cell and 0.0 <= y <= rows * cell:
        row_0 = min(rows - 1, int(math.floor(y / cell)))
        col_0 = min(cols - 1, int(math.floor(x / cell)))
        if free[row_0, col_0]:
            nx, ny = node_of(walls, row_0, col_0)
            if line_is_clear(walls, x, y, nx, ny):
                return row_0 * cols + col_0
        best, best_far = -1, math.inf
        for row in range(max(0, row_0 - 1), min(rows, row_0 + 2)):
            for col in range(max(0, col_0 - 1), min(cols, col_0 + 2)):
                if free[row, col]:
                    nx, ny = node_of(walls, row, col)
                    far = math.hypot(nx - x, ny - y)
                    if far < best_far and line_is_clear(walls, x, y, nx, ny):
                        best, best_far = row * cols + col, far
        if best >= 0:
            return best
    return nearest_free_cell(walls, free, x, y)
