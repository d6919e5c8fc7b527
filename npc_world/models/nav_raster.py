"""Legal moves where walls fill whole cells and the body is no wider than one: the raster alone tells."""

from __future__ import annotations

from npc_world.core.compiled import kernel
from npc_world.core.geometry import PARTIAL

__all__ = ["moves_of_raster", "renew_raster"]


@kernel
def moves_of_raster(free, moves, row0, col0, row1, col1):  # type: ignore[no-untyped-def]
    """Set `moves` for a window where every free cell is wholly free: a diagonal needs both cells beside it."""
    rows, cols = free.shape
    for row in range(row0, row1):
        up, down = row > 0, row + 1 < rows
        for col in range(col0, col1):
            if not free[row, col]:
                moves[row, col] = 0
                continue
            west, east = col > 0 and free[row, col - 1], col + 1 < cols and free[row, col + 1]
            north, south = up and free[row - 1, col], down and free[row + 1, col]
            bits = (1 if east else 0) | (4 if south else 0) | (16 if west else 0) | (64 if north else 0)
            if south and east and free[row + 1, col + 1]:
                bits |= 2
            if south and west and free[row + 1, col - 1]:
                bits |= 8
            if north and west and free[row - 1, col - 1]:
                bits |= 32
            if north and east and free[row - 1, col + 1]:
                bits |= 128
            moves[row, col] = bits


@kernel
def renew_raster(solid, hazard, free, moves, near, reach, row0, col0, row1, col1):  # type: ignore[no-untyped-def]
    """Bring `free` up to date for an edited window of a raster, `moves` for it and the cells around, and near as far as `reach`.

    Returns False, with nothing changed, where a wall fills only a part of a cell.
    """
    rows, cols = free.shape
    for row in range(row0, row1):
        for col in range(col0, col1):
            if solid[row, col] == PARTIAL:
                return False
    for row in range(row0, row1):
        for col in range(col0, col1):
            free[row, col] = solid[row, col] == 0 and not hazard[row, col]
    for row in range(max(0, row0 - reach), min(rows, row1 + reach)):
        for col in range(max(0, col0 - reach), min(cols, col1 + reach)):
            found = hazard[row, col]
            for r in range(max(0, row - reach), min(rows, row + reach + 1)):
                for c in range(max(0, col - reach), min(cols, col + reach + 1)):
                    found = found or solid[r, c] != 0
            near[row, col] = found
    if moves.size > 0:
        moves_of_raster(free, moves, max(0, row0 - 1), max(0, col0 - 1), min(rows, row1 + 1), min(cols, col1 + 1))
    return True
