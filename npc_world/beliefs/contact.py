"""Tracks among walls: they slide along them, never pass through, and stay on the map.

`ground` for kernels is a tuple (walls, clear): walls as `models.nav_lines` has them, clear (rows, cols) the distance in
cells to the nearest cell that is not wholly empty (or to the map's border), so that the open costs nothing; clear (0, 0) is no ground.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

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
    """Move by (dx, dy) as far as walls let, then on along the axis that is free."""
    for _ in range(2):
        hit = first_block(walls, x, y, x + dx, y + dy)
        if hit > 1.0:
            return x + dx, y + dy
        part = max(0.0, hit - 1e-6)
        x, y = x + part * dx, y + part * dy
        dx, dy = (1.0 - part) * dx, (1.0 - part) * dy
        if first_block(walls, x, y, x + dx, y) > 1.0:
            dy = 0.0
        elif first_block(walls, x, y, x, y + dy) > 1.0:
            dx = 0.0
        elif abs(dx) > abs(dy):
            dy = 0.0
        else:
            dx = 0.0
    return x, y


@kernel
def slide(walls, clear, x, y, track):  # type: ignore[no-untyped-def]
    """Bend track (H, 2), which begins at (x, y), so that it keeps out of walls, in place.

    Steps are taken as meant from wherever the body has come to.  A body that begins inside a wall moves freely until it is out.
    """
    rows, cols = clear.shape
    if rows == 0:
        return
    params = walls[7]
    cell = params[0]
    body = max(params[1], params[2]) / cell
    width, height = max(params[6], params[4]), max(params[7], params[5])
    from_x, from_y = x, y
    bent = False
    for h in range(track.shape[0]):
        dx, dy = track[h, 0] - from_x, track[h, 1] - from_y
        from_x, from_y = track[h, 0], track[h, 1]
        row, col = int(math.floor(y / cell)), int(math.floor(x / cell))
        room = clear[row, col] - 1.0 - body if 0 <= row < rows and 0 <= col < cols else -1.0
        if max(abs(dx), abs(dy)) <= room * cell:
            x, y = x + dx, y + dy
        elif first_block(walls, x, y, x, y) <= 1.0:
            x, y = x + dx, y + dy
            bent = True
        else:
            to_x, to_y = _advance(walls, x, y, dx, dy)
            bent = bent or to_x != x + dx or to_y != y + dy
            x, y = to_x, to_y
        if bent:
            x, y = min(max(x, params[4]), width), min(max(y, params[5]), height)
            track[h, 0], track[h, 1] = x, y


Raster = NDArray[np.bool_]
