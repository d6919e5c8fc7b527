"""How far each straight move goes until walls may make a path turn: the tables behind jump point search.

Harabor & Grastien (2014) precompute such distances in all directions; here only in the four straight ones, so that an edit
of the map renews the rows and columns it crosses and nothing else.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_rays import ONWARD
from npc_world.models.nav_surfaces import uneven_cells

__all__ = ["JumpTables", "fill_jumps"]

Floats = NDArray[np.float64]


@kernel
def fill_jumps(moves, uneven, jumps, live, row0, col0, row1, col1):  # type: ignore[no-untyped-def]
    """Fill jumps (rows, cols, 4) int32, of moves E S W N, for the rows and the columns of a window, along their whole length.

    n > 0: a turn may be forced n cells ahead; n ≤ 0: -n free cells ahead, then a wall.  live (rows, cols) uint8: the bits of
    the straight moves with n > 0, and 2 where surfaces meet: there all turns are tried.  uneven (rows, cols) uint8 says
    where, (0, 0) nowhere.
    """
    rows, cols = moves.shape
    mixed = uneven.size > 0
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
                    if ONWARD[d, ahead] & ~(1 << d) != 0 or (mixed and uneven[row, col + 1 - 2 * side] != 0):
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
                elif ONWARD[d, moves[row + step, col]] & ~(1 << d) != 0 or (mixed and uneven[row + step, col] != 0):
                    jumps[row, col, 1 + 2 * side] = 1
                else:
                    run = jumps[row + step, col, 1 + 2 * side]
                    jumps[row, col, 1 + 2 * side] = run + 1 if run > 0 else run - 1
    for row in range(rows):
        whole = row0 <= row < row1
        for col in range(0 if whole else col0, cols if whole else col1):
            bits = 2 if mixed and uneven[row, col] != 0 else 0
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
    def of(cls, grid: NavGrid, table: Floats) -> JumpTables:
        """The tables of a grid for the surfaces of a table ((0, 4): all alike), brought up to date."""
        kept: dict[bytes, JumpTables] = grid.kept.setdefault("jump_tables", {})
        key = table[:, 2:].any(axis=1).tobytes() if len(table) else b""
        tables = kept.get(key)
        if tables is None:
            tables = kept[key] = cls(grid)
        if tables._revision != grid.revision:
            tables._renew(grid, uneven_cells(grid, table))
        return tables

    def _renew(self, grid: NavGrid, uneven: NDArray[np.uint8]) -> None:
        rows, cols = grid.free.shape
        windows = grid.windows_since(self._revision)
        for row0, col0, row1, col1 in [(0, 0, rows, cols)] if windows is None else windows:
            # a turn is forced by the next cells too, and surfaces meet one cell beside the edit
            fill_jumps(grid.moves, uneven, self.jumps, self.live,
                       max(0, row0 - 2), max(0, col0 - 2), min(rows, row1 + 2), min(cols, col1 + 2))
        self._revision = grid.revision
