"""How far each straight move goes until walls may make a path turn: the tables behind jump point search.

Harabor & Grastien (2014) precompute such distances in all directions; here only in the four straight ones, so that an edit
of the map renews the rows and columns it crosses and nothing else.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_rays import ONWARD
from npc_world.models.nav_surfaces import uneven_cells

__all__ = ["JumpTables", "fill_jumps"]

Floats = NDArray[np.float64]


@kernel
def fill_jumps(moves, uneven, jumps, live, row0, col0, row1, col1):  # type: ignore[no-untyped-def]
    """Bring jumps (rows, cols, 4) int32, of moves E S W N, up to date for a window, and along its rows and columns as far as that tells.

    n > 0: a turn may be forced n cells ahead; n ≤ 0: -n free cells ahead, then a wall.  live (rows, cols) uint8: the bits of
    the straight moves with n > 0, and 2 where surfaces meet: there all turns are tried.  uneven (rows, cols) uint8 says
    where, (0, 0) nowhere.
    """
    rows, cols = moves.shape
    mixed = uneven.size > 0
    for row in range(row0, row1):
        for col in range(col0, col1):
            live[row, col] = (int(live[row, col]) & ~2) | (2 if mixed and uneven[row, col] != 0 else 0)
    for i in range(4):
        d = 2 * i
        dr, dc = MOVE_ROWS[d], MOVE_COLS[d]
        lanes_from, lanes_to = (row0, row1) if dr == 0 else (col0, col1)
        near, far = (col0, col1) if dr == 0 else (row0, row1)  # the window along the lane
        last = (cols if dr == 0 else rows) - 1
        forward = dr + dc > 0
        for lane in range(lanes_from, lanes_to):
            at = far - 1 if forward else near  # what lies ahead of the window has not changed
            while 0 <= at <= last:
                row, col = (lane, at) if dr == 0 else (at, lane)
                run = 0
                if (moves[row, col] >> d) & 1:
                    if ONWARD[d, moves[row + dr, col + dc]] & ~(1 << d) != 0 or (mixed and uneven[row + dr, col + dc] != 0):
                        run = 1
                    else:
                        ahead = int(jumps[row + dr, col + dc, i])
                        run = ahead + 1 if ahead > 0 else ahead - 1
                if (at < near or at >= far) and run == jumps[row, col, i]:
                    break  # from here on all is as it was
                jumps[row, col, i] = run
                live[row, col] = (int(live[row, col]) & ~(1 << d)) | (1 << d if run > 0 else 0)
                at += -1 if forward else 1


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
