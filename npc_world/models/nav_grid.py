"""Where a body of a given size fits, on the cells of a terrain: one standing point and the legal moves of every cell."""

from __future__ import annotations

import math
import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.geometry import FULL, PARTIAL
from npc_world.core.reading import Disc, size_of
from npc_world.core.terrain import Terrain
from npc_world.models.nav_cells import cells_by_rect, choose_nodes, mark_near, moves_of_nodes, nearest_free_cell
from npc_world.models.nav_lines import ROUNDING, body_fits, line_is_clear
from npc_world.models.nav_raster import moves_of_raster, renew_raster

__all__ = ["NavGrid"]

Floats = NDArray[np.float64]
Window = tuple[int, int, int, int]
_SKIN = 1e-9
_EDITS_KEPT = 64
_SIZES = (tuple, Disc)
_NO_MOVES = np.empty((0, 0), np.uint8)
_CACHE: dict[int, dict[tuple[float, float], NavGrid]] = {}
"""Grids by the identity of their ground, as long as it lives: asked for several times a frame, where a weak dictionary is slow."""


class NavGrid:
    """The cells of a terrain as a body of size (w, h) px, or a `Disc`, can use them.  Get one with `NavGrid.of`.

    free (rows, cols) bool: the body fits with its centre somewhere in the cell; hazards are not free.
    `nodes_px` (rows, cols, 2) is that point, `moves` (rows, cols) uint8 has bit d set when the octile move d (E SE S SW
    W NW N NE) to the neighbour's point is legal: straight, without entering a wall, diagonals with both cells beside them.
    Where walls fill cells and the body is no wider than one, points are centres and nothing but the raster is needed.
    `kept` holds what planners derive from the grid, and `revision` counts its changes.
    A cell keeps one point: where walls are finer than cells, ways through may be missed; smaller cells find them.
    All arrays are live and to be read only.
    """

    def __init__(self, ground: Terrain, size: tuple[float, float]) -> None:
        self.cell_px = ground.cell_px
        self.size = size
        self.ground_size = ground.size
        self.surface = ground.surface
        self.surfaces = ground.surfaces
        self.free: NDArray[np.bool_] = np.empty((0, 0), np.bool_)
        self.walls: tuple[Any, ...] = ()
        self.version = -1
        self.kept: dict[str, Any] = {}
        self.revision = 0
        self._edits: list[list[Window]] = []
        self._moves: NDArray[np.uint8] | None = None
        self._nodes: Floats | None = None
        self._rects = np.empty((0, 4))
        self._near, self._inside = b"", (math.inf, math.inf, -math.inf, -math.inf)
        self._build(ground)
        self._note_near()

    # ---- getting one ----------------------------------------------------------------------------------------

    @classmethod
    def of(cls, ground: Terrain, size: Any = None) -> NavGrid:
        """The grid for a body of `size` (w, h) px, a `Disc`, or anything with a rect or radius; None is a point.

        Kept for as long as the ground lives, and repaired when the ground has changed since.
        """
        grids = _CACHE.get(id(ground))
        if grids is None:
            if not isinstance(ground, Terrain):
                raise BadInputError(f"ground={ground!r}: expected a Terrain")
            grids = _CACHE[id(ground)] = {}
            weakref.finalize(ground, _CACHE.pop, id(ground), None)
        body = size if type(size) in _SIZES and size in grids else checked_body_size(size)  # once checked is enough
        grid = grids.get(body)
        if grid is None:
            grid = grids[body] = cls(ground, body)
        elif grid.version != ground.version:
            grid._repair(ground)
            grid._note_near()
        return grid

    # ---- asking ---------------------------------------------------------------------------------------------

    @property
    def exact(self) -> bool:
        """Whether points are fitted to walls; else cells are free or not as a whole, and points are centres."""
        return bool(self.walls[7][8] > 0.0)

    @property
    def nodes_px(self) -> Floats:
        """(rows, cols, 2) px standing point of each cell; the centre where the cell is not free."""
        if self.exact:
            nodes: Floats = self.walls[6]
            return nodes
        if self._nodes is None:
            rows, cols = self.free.shape
            self._nodes = np.empty((rows, cols, 2))
            self._nodes[..., 0] = (np.arange(cols) + 0.5) * self.cell_px
            self._nodes[..., 1] = ((np.arange(rows) + 0.5) * self.cell_px)[:, None]
        return self._nodes

    @property
    def moves(self) -> NDArray[np.uint8]:
        """(rows, cols) uint8 bits of the legal octile moves."""
        if self._moves is None:
            self._moves = np.zeros(self.free.shape, np.uint8)
            self._set_moves(0, 0, *self.free.shape)
        return self._moves

    def cell_of(self, point: Any) -> tuple[int, int]:
        """(row, col) of the cell that holds the point, clamped to the map."""
        rows, cols = self.free.shape
        return (min(rows - 1, max(0, int(point[1] // self.cell_px))), min(cols - 1, max(0, int(point[0] // self.cell_px))))

    def fits(self, point: Any) -> bool:
        """Whether the body can stand with its centre there."""
        return bool(body_fits(self.walls, float(point[0]), float(point[1])))

    def nearest_free(self, point: Any) -> tuple[int, int] | None:
        """(row, col) of the free cell whose node is nearest to a point, which may be inside a wall or off the map."""
        at = nearest_free_cell(self.walls, self.free, float(point[0]), float(point[1]))
        return None if at < 0 else divmod(int(at), self.free.shape[1])

    def clear_line(self, start: Any, end: Any) -> bool:
        """Whether the body can move straight from one point to the other.  Touching walls is allowed."""
        x0, y0, x1, y1 = float(start[0]), float(start[1]), float(end[0]), float(end[1])
        return self._nothing_near(x0, y0, x1, y1) or bool(line_is_clear(self.walls, x0, y0, x1, y1))

    def _nothing_near(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether a short line lies within cells where nothing can be in the way: most steps of a frame do, and need no native call."""
        left, top, right, bottom = self._inside
        if not (left <= x0 <= right and left <= x1 <= right and top <= y0 <= bottom and top <= y1 <= bottom):
            return False
        cell, cols, near = self.cell_px, self.free.shape[1], self._near
        col0, col1, row0, row1 = int(x0 / cell), int(x1 / cell), int(y0 / cell), int(y1 / cell)
        if not (-2 < col0 - col1 < 2 and -2 < row0 - row1 < 2):
            return False
        return not (near[row0 * cols + col0] or near[row0 * cols + col1] or near[row1 * cols + col0] or near[row1 * cols + col1])

    def windows_since(self, revision: int) -> list[Window] | None:
        """Cell ranges (row0, col0, row1, col1) whose moves may have changed after `revision`; None when all may have."""
        missed = self.revision - revision
        if missed == 0:
            return []
        return [window for windows in self._edits[-missed:] for window in windows] if 0 < missed <= len(self._edits) else None

    # ---- inside ---------------------------------------------------------------------------------------------

    def _build(self, ground: Terrain) -> None:
        rows, cols = ground.shape
        aligned = (abs(cols * self.cell_px - ground.size[0]) <= 1e-9 * ground.size[0]
                   and abs(rows * self.cell_px - ground.size[1]) <= 1e-9 * ground.size[1])
        small = max(self.size) <= self.cell_px * (1.0 + 1e-9)
        exact = not (aligned and small and not bool((ground.solid == PARTIAL).any()))
        self._moves, self._nodes = None, None
        if exact:
            self._set_walls(ground, np.empty((rows, cols, 2)), np.empty((rows, cols), np.bool_))
            self.free = np.zeros((rows, cols), np.bool_)
            choose_nodes(self.walls, self.free, 0, 0, rows, cols)
        else:
            self._set_walls(ground, None, np.empty((rows, cols), np.bool_))
            self.free = ground.solid != FULL
            self.free &= ~ground.hazard
        mark_near(self.walls, 0, 0, rows, cols)
        self.version = ground.version
        self.revision += 1
        self._edits.clear()

    def _set_walls(self, ground: Terrain, nodes: Floats | None, near: NDArray[np.bool_]) -> None:
        width, height = ground.size
        half_x, half_y = self.size[0] / 2.0, self.size[1] / 2.0
        skin = _SKIN * max(width, height)
        point = self.size[0] <= 4.0 * skin or self.size[1] <= 4.0 * skin
        params = np.array([self.cell_px, half_x, half_y, skin, half_x, half_y, width - half_x, height - half_y,
                           float(nodes is not None), float(point), half_x - skin if type(self.size) is Disc and not point else 0.0])
        self._rects = ground.rects
        if nodes is None:
            none = np.empty(0, np.int64)
            self.walls = (ground.solid, ground.hazard, none.reshape(0, 0), none, none, np.empty((0, 4)), np.empty((0, 0, 2)), params, near)
            return
        grow = np.array([skin - half_x, skin - half_y, half_x - skin, half_y - skin])
        far = 2.0 * max(width, height) + max(self.size)
        border = np.array([(-far, -far, half_x - skin, far), (width - half_x + skin, -far, far, far),
                           (-far, -far, far, half_y - skin), (-far, height - half_y + skin, far, far)])
        walls = ground.rects + grow
        if point:  # a wall that ends at the map's edge leaves no way between the two; a body of some size could not pass there anyhow
            walls[:, :2] = np.where(walls[:, :2] <= 4.0 * skin, -far, walls[:, :2])
            walls[:, 2:] = np.where(walls[:, 2:] >= np.array([width, height]) - 4.0 * skin, far, walls[:, 2:])
        grown = np.vstack([walls, border])
        rows, cols = ground.shape
        covered, first, items = cells_by_rect(grown, params[ROUNDING], self.cell_px, skin, rows, cols)
        self.walls = (ground.solid, ground.hazard, covered, first, items, grown, nodes, params, near)

    def _note_near(self) -> None:
        """What `_nothing_near` reads; a body of no size may slip between walls that touch, and has lines tried beside its own."""
        _, _, _, _, left, top, right, bottom, _, point, _ = self.walls[7].tolist()
        self._near = self.walls[8].tobytes()
        self._inside = (left, top, right, bottom) if point == 0.0 else (math.inf, math.inf, -math.inf, -math.inf)

    def _set_moves(self, row0: int, col0: int, row1: int, col1: int) -> None:
        if self.exact:
            moves_of_nodes(self.walls, self.free, self._moves, row0, col0, row1, col1)
        else:
            moves_of_raster(self.free, self._moves, row0, col0, row1, col1)

    def _repair(self, ground: Terrain) -> None:
        """Recompute only the cells that edits since `version` can have touched; equal to building anew."""
        changes = ground.changes_since(self.version)
        if changes is None:
            return self._build(ground)
        windows = self._repair_exact(ground, changes) if self.exact else self._repair_raster(ground, changes)
        if windows is None:
            return self._build(ground)
        self.revision += 1
        self._edits.append(windows)
        del self._edits[:-_EDITS_KEPT]
        self.version = ground.version

    def _repair_raster(self, ground: Terrain, changes: list[Window]) -> list[Window] | None:
        """Windows whose moves may have changed; None when the raster is exact no more."""
        rows, cols = self.free.shape
        if len(changes) > 1 and sum((r1 - r0) * (c1 - c0) for r0, c0, r1, c1 in changes) > rows * cols // 2:
            return None
        moves, reach = _NO_MOVES if self._moves is None else self._moves, 0 if self.walls[7][9] > 0.0 else 1
        for window in changes:
            if not renew_raster(ground.solid, ground.hazard, self.free, moves, self.walls[8], reach, *window):
                return None
        return [_clipped(*window, 1, rows, cols) for window in changes]

    def _repair_exact(self, ground: Terrain, changes: list[Window]) -> list[Window] | None:
        rows, cols = self.free.shape
        windows = [_clipped(*change, 1, rows, cols) for change in changes]
        margin_x, margin_y = self.size[0] / 2.0, self.size[1] / 2.0
        for left, top, right, bottom in _rects_changed(self._rects, ground.rects):
            c0, c1 = math.floor((left - margin_x) / self.cell_px), math.ceil((right + margin_x) / self.cell_px)
            r0, r1 = math.floor((top - margin_y) / self.cell_px), math.ceil((bottom + margin_y) / self.cell_px)
            windows.append(_clipped(r0, c0, r1, c1, 1, rows, cols))
        if sum((r1 - r0) * (c1 - c0) for r0, c0, r1, c1 in windows) > rows * cols // 2:
            return None
        self._set_walls(ground, self.walls[6], self.walls[8])
        for window in windows:
            choose_nodes(self.walls, self.free, *window)
        wider = [_clipped(*window, 1, rows, cols) for window in windows]
        for window in wider:
            mark_near(self.walls, *window)
        if self._moves is not None:
            for window in wider:
                moves_of_nodes(self.walls, self.free, self._moves, *window)
        return wider


def checked_body_size(size: Any) -> tuple[float, float]:
    """(w, h) px of a body given as None, a pair, or something with a rect; a `Disc` of one that is such, or has a radius."""
    if size is None:
        return 0.0, 0.0
    if type(size) is Disc:
        return size
    box = size_of(size) if not isinstance(size, (tuple, list, np.ndarray)) else None
    if type(box) is Disc:
        return box
    pair = size if box is None else box
    try:
        width, height = (float(v) for v in pair)
    except (TypeError, ValueError):
        raise BadInputError(f"size={size!r}: expected (width, height) in px, or None for a point") from None
    if not (math.isfinite(width) and math.isfinite(height) and width >= 0.0 and height >= 0.0):
        raise BadInputError(f"size={size!r}: expected a finite, non-negative (width, height)")
    return width, height


def _clipped(row0: int, col0: int, row1: int, col1: int, margin: int, rows: int, cols: int) -> tuple[int, int, int, int]:
    return max(0, row0 - margin), max(0, col0 - margin), min(rows, row1 + margin), min(cols, col1 + margin)


def _rects_changed(old: Floats, new: Floats) -> Floats:
    """(n, 4) rects in one list and not the other.  Edits keep the order of what they leave, so one pass finds them."""
    if old is new:
        return np.empty((0, 4))
    kept = 0
    removed: list[int] = []
    same = min(len(old), len(new))
    differs = np.flatnonzero((old[:same] != new[:same]).any(axis=1))
    kept = int(differs[0]) if differs.size else same
    for index in range(kept, len(old)):
        if kept < len(new) and bool((old[index] == new[kept]).all()):
            kept += 1
        else:
            removed.append(index)
    return np.vstack([old[removed], new[kept:]])
