"""Tracks among walls: they slide along them, never pass through, and stay on the map.

`ground` for kernels is a tuple (walls, clear): walls as `models.nav_lines` has them, clear (rows, cols) the distance in
cells to the nearest cell that is not wholly empty (or to the map's border), so that the open costs nothing; clear (0, 0) is no ground.
"""

from __future__ import annotations

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_lines import first_block

__all__ = ["clearance", "slide"]


@kernel
def clearance(free, solid):  # type: ignore[no-untyped-def]
    """(rows, cols) float64: chessboard distance in cells from each cell to the nearest that is not free and empty; border counts."""
    rows, cols = free.shape
    out = np.empty((rows, cols))
    for r in range(rows):
        for c in range(cols):
            if not free[r, c] or solid[r, c] != 0:
                out[r, c] = 0.0
                continue
            best = min(r, c, rows - 1 - r, cols - 1 - c) + 1.0
            if r > 0:
                best = min(best, out[r - 1, c] + 1.0)
                if c > 0:
                    best = min(best, out[r - 1, c - 1] + 1.0)
                if c < cols - 1:
                    best = min(best, out[r - 1, c + 1] + 1.0)
            if c > 0:
                best = min(best, out[r, c - 1] + 1.0)
            out[r, c] = best
    for r in range(rows - 1, -1, -1):
        for c in range(cols - 1, -1, -1):
            best = out[r, c]
            if r < rows - 1:
                best = min(best, out[r + 1, c] + 1.0)
                if c > 0:
                    best = min(best, out[r + 1, c - 1] + 1.0)
                if c < cols - 1:
                    best = min(best, out[r + 1, c + 1] + 1.0)
            if c < cols - 1:
                best = min(best, out[r, c + 1] + 1.0)
            out[r, c] = best
    return out


@kernel
def _advance(walls, x, y, dx, dy):  # type: ignore[no-untyped-def]
    """Move by (dx, dy) as far as walls let, then on along the axis that is free, up to the next wall."""
    hit = first_block(walls, x, y, x + dx, y + dy)
    if hit > 1.0:
        return x + dx, y + dy
    part = max(0.0, hit - 1e-6)
    x, y = x + part * dx, y + part * dy
    dx, dy = (1.0 - part) * dx, (1.0 - part) * dy
    along_x = first_block(walls, x, y, x + dx, y) if dx != 0.0 else 0.0
    if along_x > 1.0:
        return x + dx, y
    along_y = first_block(walls, x, y, x, y + dy) if dy != 0.0 else 0.0
    if along_y > 1.0:
        return x, y + dy
    if along_x * abs(dx) > along_y * abs(dy):
        return x + max(0.0, along_x - 1e-6) * dx, y
    return x, y + max(0.0, along_y - 1e-6) * dy


@kernel
def _in_the_clear(clear, cell, need, x, y, dx, dy):  # type: ignore[no-untyped-def]
    """Whether every cell on the way is so far from anything that the step needs no closer look."""
    rows, cols = clear.shape
    parts = int(2.0 * max(abs(dx), abs(dy)) / cell) + 1
    for i in range(parts + 1):
        px, py = x + dx * i / parts, y + dy * i / parts
        if px < 0.0 or py < 0.0:
            return False
        row, col = int(py / cell), int(px / cell)
        if row >= rows or col >= cols or clear[row, col] < need:
            return False
    return True


@kernel
def slide(walls, clear, x, y, track):  # type: ignore[no-untyped-def]
    """Bend track (H, 2), which begins at (x, y), so that it keeps out of walls, in place.

    Steps are taken as meant from wherever the body has come to.  A body that begins inside a wall moves freely until it is out.
    """
    if clear.shape[0] == 0:
        return
    params, near = walls[7], walls[8]
    cell, last_row, last_col = params[0], near.shape[0] - 1, near.shape[1] - 1
    need = 2.0 + max(params[1], params[2]) / cell  # half-cell samples may pass over a cell's corner: one cell to spare
    width, height = max(params[6], params[4]), max(params[7], params[5])
    from_x, from_y = x, y
    bent, inside = False, -1  # whether it begins inside a wall: 1 yes, 0 no, -1 not looked at
    row, col = -1, -1  # the cell it is in, when it is in one
    if params[4] <= x <= params[6] and params[5] <= y <= params[7]:
        row, col = min(last_row, int(y / cell)), min(last_col, int(x / cell))
    for h in range(track.shape[0]):
        dx, dy = track[h, 0] - from_x, track[h, 1] - from_y
        from_x, from_y = track[h, 0], track[h, 1]
        was_row, was_col, row, col = row, col, -1, -1
        if params[4] <= x + dx <= params[6] and params[5] <= y + dy <= params[7]:
            row, col = min(last_row, int((y + dy) / cell)), min(last_col, int((x + dx) / cell))
        if row >= 0 and was_row >= 0 and abs(row - was_row) <= 1 and abs(col - was_col) <= 1 and not (
                near[was_row, was_col] or near[was_row, col] or near[row, was_col] or near[row, col]):
            x, y, inside = x + dx, y + dy, 0  # a short step through cells where nothing can be in the way: most are
        elif _in_the_clear(clear, cell, need, x, y, dx, dy):
            x, y, inside = x + dx, y + dy, 0
        else:
            if inside != 0:
                inside = 1 if first_block(walls, x, y, x, y) <= 1.0 else 0
            to_x, to_y = x + dx, y + dy
            if inside == 0:
                to_x, to_y = _advance(walls, x, y, dx, dy)
            turned = inside == 1 or to_x != x + dx or to_y != y + dy
            bent = bent or turned
            x, y = to_x, to_y
            if turned:
                row = -1
        if bent:
            x, y = min(max(x, params[4]), width), min(max(y, params[5]), height)
            track[h, 0], track[h, 1] = x, y
        if row < 0 and params[4] <= x <= params[6] and params[5] <= y <= params[7]:
            row, col = min(last_row, int(y / cell)), min(last_col, int(x / cell))
