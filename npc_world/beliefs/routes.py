"""Ways to goals as short polylines, read off travel-time fields, and bodies walking along them."""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS, enter_cell
from npc_world.models.nav_lines import line_is_clear, line_time, node_of

__all__ = ["ROUTE_POINTS", "downhill", "trace", "walk"]

ROUTE_POINTS = 24
_LOOK_CELLS = 24
_STRAIGHT = -2


@kernel
def downhill(walls, moves, surface, table, times, row, col):  # type: ignore[no-untyped-def]
    """Flat index of the neighbour on the fastest way of a travel-time field (rows, cols), or of the cell itself at the end."""
    cols = times.shape[1]
    best, soonest = row * cols + col, math.inf
    x, y = node_of(walls, row, col)
    own = table[surface[row, col], 0] if table.shape[0] > 0 else 1.0
    for d in range(8):
        if (moves[row, col] >> d) & 1:
            r, c = row + MOVE_ROWS[d], col + MOVE_COLS[d]
            if times[r, c] < times[row, col]:
                nx, ny = node_of(walls, r, c)
                speed = 0.5 * (own + table[surface[r, c], 0]) if table.shape[0] > 0 else 1.0
                over = times[r, c] + math.hypot(nx - x, ny - y) / speed
                if over < soonest:
                    best, soonest = r * cols + c, over
    return best


@kernel
def _next_corner(walls, moves, surface, table, times, goal_x, goal_y, cell):  # type: ignore[no-untyped-def]
    """The farthest cell along the fastest way that pays and is in straight reach of a cell's node; _STRAIGHT for the goal itself."""
    cols = times.shape[1]
    row, col = cell // cols, cell % cols
    x, y = node_of(walls, row, col)
    size = walls[7][0]
    if line_time(surface, table, size, x, y, goal_x, goal_y) <= times[row, col] * (1.0 + 1e-9) + 1e-9 * size \
            and line_is_clear(walls, x, y, goal_x, goal_y):
        return _STRAIGHT
    ahead = np.empty(_LOOK_CELLS, np.int64)
    count, at = 0, cell
    while count < _LOOK_CELLS:
        following = downhill(walls, moves, surface, table, times, at // cols, at % cols)
        if following == at:
            break
        at = following
        ahead[count] = at
        count += 1
    for k in range(count - 1, -1, -1):
        at = ahead[k]
        nx, ny = node_of(walls, at // cols, at % cols)
        time = line_time(surface, table, size, x, y, nx, ny) + times[at // cols, at % cols]
        if time <= times[row, col] * (1.0 + 1e-6) and line_is_clear(walls, x, y, nx, ny):
            return at
    return _STRAIGHT


@kernel
def trace(walls, free, moves, surface, table, times, goal_x, goal_y, corners, x, y, route):  # type: ignore[no-untyped-def]
    """Fill route (ROUTE_POINTS, 2) with the way from (x, y) to the goal; returns the number of points, 0 where there is none.

    times (rows, cols) is the field at 1 px/s.  corners (rows · cols,) int32 remembers each cell's next corner, -1 unknown.
    """
    if table.shape[0] == 0 and line_is_clear(walls, x, y, goal_x, goal_y):
        route[0, 0], route[0, 1] = goal_x, goal_y
        return 1
    cols = times.shape[1]
    cell = enter_cell(walls, free, x, y)
    if cell < 0 or times[cell // cols, cell % cols] == math.inf:
        return 0
    count = 0
    while count < ROUTE_POINTS - 1:
        following = corners[cell]
        if following == -1:
            following = _next_corner(walls, moves, surface, table, times, goal_x, goal_y, cell)
            corners[cell] = following
        nx, ny = goal_x, goal_y
        if following != _STRAIGHT:
            nx, ny = node_of(walls, following // cols, following % cols)
        if count == 0 and not line_is_clear(walls, x, y, nx, ny):
            route[0, 0], route[0, 1] = node_of(walls, cell // cols, cell % cols)
            count = 1
        route[count, 0], route[count, 1] = nx, ny
        count += 1
        if following == _STRAIGHT:
            return count
        cell = following
    return count


@kernel
def walk(x, y, pace, route, count, surface, table, cell_px, times, track):  # type: ignore[no-untyped-def]
    """Fill track (H, 2) at `times` (H,) s: along the route at `pace` px/s on good ground, by each surface's speed; stays at its end."""
    rows, cols = surface.shape
    at, t = 0, 0.0
    for h in range(times.shape[0]):
        left = times[h] - t
        t = times[h]
        while left > 1e-12 and at < count:
            dx, dy = route[at, 0] - x, route[at, 1] - y
            leg = math.hypot(dx, dy)
            if leg < 1e-9:
                at += 1
                continue
            speed, step = pace, leg
            if table.shape[0] > 0:
                s = surface[min(rows - 1, max(0, int(y / cell_px))), min(cols - 1, max(0, int(x / cell_px)))]
                speed = pace * max(0.05, table[s, 0] + (table[s, 2] * dx + table[s, 3] * dy) / leg)
                step = min(leg, 0.5 * cell_px)
            if step >= speed * left:
                step = speed * left
                left = 0.0
            else:
                left -= step / speed
            x, y = x + dx / leg * step, y + dy / leg * step
        track[h, 0], track[h, 1] = x, y
