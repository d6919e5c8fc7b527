"""Tables of believed surfaces for searches on a grid, and the cells where surfaces meet."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.errors import BadInputError
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_rays import mark_uneven

__all__ = ["surface_rows", "uneven_cells"]

Floats = NDArray[np.float64]
_NO_CELLS = np.empty((0, 0), np.uint8)
_ALIKE = np.empty((0, 4))


def surface_rows(grid: NavGrid, surfaces: ArrayLike | None) -> tuple[Floats, float]:
    """(S, 4) table and a speed factor for all of it, checked against the ground's surfaces; (0, 4) when all ground is alike."""
    if surfaces is None:
        return _ALIKE, 1.0
    table = np.ascontiguousarray(surfaces, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != 4 or table.shape[0] < len(grid.surfaces):
        raise BadInputError(f"surfaces has shape {table.shape}: expected ({len(grid.surfaces)}, 4), a row for each of {grid.surfaces}")
    if not np.isfinite(table).all() or (table[:, 0] <= 0.0).any():
        raise BadInputError(f"surfaces={table.tolist()}: expected finite numbers, speed_factor > 0")
    if bool((table[:, 0] == table[0, 0]).all()) and not table[:, 2:].any():
        return _ALIKE, float(table[0, 0])
    return table, 1.0


def uneven_cells(grid: NavGrid, table: Floats) -> NDArray[np.uint8]:
    """(rows, cols) 1 where surfaces meet or a body drifts, kept with the grid and renewed where it was edited; (0, 0) without a table."""
    if len(table) == 0 or grid.exact:
        return _NO_CELLS
    pushes = table[:, 2:].any(axis=1)
    kept: dict[bytes, Any] = grid.kept.setdefault("uneven", {})
    cells, revision = kept.get(pushes.tobytes(), (np.zeros(grid.free.shape, np.uint8), -1))
    if revision != grid.revision:
        rows, cols = grid.free.shape
        windows = grid.windows_since(revision)
        for row0, col0, row1, col1 in [(0, 0, rows, cols)] if windows is None else windows:
            mark_uneven(grid.moves, grid.surface, pushes, cells, max(0, row0 - 1), max(0, col0 - 1), min(rows, row1 + 1), min(cols, col1 + 1))
        kept[pushes.tobytes()] = (cells, grid.revision)
    return cells  # type: ignore[no-any-return]
