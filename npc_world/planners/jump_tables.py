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

__all__ = ["SURFACES_MEET", "JumpTables", "fill_jumps"]

Floats = NDArray[np.float64]


SURFACES_MEET = 0x200
"""Bit of `flags`: surfaces meet here, and all turns are tried."""

_LIVE = 0x5500
_LONGEST = 32767


@kernel
def fill_jumps(moves, uneven, runs, flags, row0, col0, row1, col1):  # type: ignore[no-untyped-def]
    """Bring runs (rows, cols, 4) int16, of moves E S W N, up to date for a window, and along its rows and columns as far as that tells.

    n > 0: a turn may be forced n cells ahead; n ≤ 0: -n free cells ahead, then a wall.  A run longer than 16 bits hold ends
    where the path may just as well go straight on.  flags (rows, cols) uint16: the legal moves; 256 times those straight
    ones with n > 0; SURFACES_MEET.  moves are right already; uneven (rows, cols) uint8 says where surfaces meet, (0, 0) nowhere.
    """
    rows, cols = moves.shape
    mixed = uneven.size > 0
    for row in range(row0, row1):
        for col in range(col0, col1):
            meet = SURFACES_MEET if mixed and uneven[row, col] != 0 else 0
            flags[row, col] = (int(flags[row, col]) & _LIVE) | int(moves[row, col]) | meet
    for i in range(4):
        d = 2 * i
        dr, dc, live = MOVE_ROWS[d], MOVE_COLS[d], 256 << d
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
                    ahead = int(runs[row + dr, col + dc, i])
                    if ONWARD[d, moves[row + dr, col + dc]] & ~(1 << d) != 0 or (mixed and uneven[row + dr, col + dc] != 0) \
                            or abs(ahead) >= _LONGEST:
                        run = 1
                    else:
                        run = ahead + 1 if ahead > 0 else ahead - 1
                if (at < near or at >= far) and run == runs[row, col, i]:
                    break  # from here on all is as it was
                runs[row, col, i] = run
                flags[row, col] = (int(flags[row, col]) & ~live) | (live if run > 0 else 0)
                at += -1 if forward else 1


class JumpTables:
    """Tables of one raster grid: runs (rows, cols, 4) int16 and flags (rows, cols) uint16, see `fill_jumps`."""

    def __init__(self, grid: NavGrid) -> None:
        self.runs = np.zeros((*grid.free.shape, 4), np.int16)
        self.flags = np.zeros(grid.free.shape, np.uint16)
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
        margin = 2 if uneven.size else 1  # the cell before sees a turn forced; surfaces meet one cell beside the edit
        for row0, col0, row1, col1 in [(0, 0, rows, cols)] if windows is None else windows:
            fill_jumps(grid.moves, uneven, self.runs, self.flags,
                       max(0, row0 - margin), max(0, col0 - margin), min(rows, row1 + margin), min(cols, col1 + margin))
        self._revision = grid.revision
