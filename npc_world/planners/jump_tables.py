"""How far each straight move goes until walls may make a path turn: the tables behind jump point search.

Harabor & Grastien (2014) precompute such distances in all directions; here only in the four straight ones, so that an edit
of the map renews the rows and columns it crosses and nothing else.
"""

from __future__ import annotations

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_uniform import ONWARD

__all__ = ["JumpTables", "fill_jumps"]


@kernel
def fill_jumps(moves, jumps, live, row0, col0, row1, col1):  # type: ignore[no-untyped-def]
    """Fill jumps (rows, cols, 4) int32, of moves E S W N, for the rows and the columns of a window, along their whole length.

    n > 0: a turn may be forced n cells ahead; n ≤ 0: -n free cells ahead, then a wall.  live (rows, cols) uint8: the bits of
    the straight moves with n > 0.
    """
    rows, cols = moves.shape
    for side in range(2):
        d = 0 if side == 0 else 4
        for row in range(row0, row1):
            run = 0
            for i in range(cols):
                col = cols - 1 - i if side == 0 else i
                bits = moves[row, col]
                if (bits >> d) & 1 == 0:
                    run = 0
                else:
                    ahead = moves[row, col + 1 - 2 * side]
                    if ONWARD[d, ahead] & ~(1 << d) != 0:
                        run = 1
                    else:
                        run = run + 1 if run > 0 else run - 1
                jumps[row, col, 2 * side] = run
    for side in range(2):
        d = 2 if side == 0 else 6
        step = 1 - 2 * side
        for i in range(rows):
            row = rows - 1 - i if side == 0 else i
            for col in range(col0, col1):
                if (moves[row, col] >> d) & 1 == 0:
                    jumps[row, col, 1 + 2 * side] = 0
                elif ONWARD[d, moves[row + step, col]] & ~(1 << d) != 0:
                    jumps[row, col, 1 + 2 * side] = 1
                else:
                    run = jumps[row + step, col, 1 + 2 * side]
                    jumps[row, col, 1 + 2 * side] = run + 1 if run > 0 else run - 1
    for row in range(rows):
        whole = row0 <= row < row1
        for col in range(0 if whole else col0, cols if whole else col1):
            bits = 0
            for i in range(4):
                if jumps[row, col, i] > 0:
                    bits |= 1 << (2 * i)
            live[row, col] = bits


class JumpTables:
    """Tables of one raster grid: jumps (rows, cols, 4) int32 and live (rows, cols) uint8, see `fill_jumps`."""

    def __init__(self, grid: NavGrid) -> None:
        self.jumps = np.zeros((*grid.free.shape, 4), np.int32)
        self.live = np.zeros(grid.free.shape, np.uint8)
        self._revision = -1

    @classmethod
    def of(cls, grid: NavGrid) -> JumpTables:
        """The tables of a grid, brought up to date."""
        tables: JumpTables = grid.kept.get("jump_tables") or grid.kept.setdefault("jump_tables", cls(grid))
        if tables._revision != grid.revision:
            windows = grid.windows_since(tables._revision)
            if windows is None:
                windows = [(0, 0, *grid.free.shape)]
            rows, cols = grid.free.shape
            for row0, col0, row1, col1 in windows:  # whether a turn is forced depends on the next cells too
                fill_jumps(grid.moves, tables.jumps, tables.live,
                           max(0, row0 - 1), max(0, col0 - 1), min(rows, row1 + 1), min(cols, col1 + 1))
            tables._revision = grid.revision
        return tables
