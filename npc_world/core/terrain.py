"""The ground as NPCs know it: walls as exact rects and as a raster, named surfaces and hazards per cell.

A `Terrain` holds names, not physics: what a surface does to a body is a belief of each NPC.  It is the
one mutable thing that games and NPCs share: the game edits it when a door closes or a bridge falls, and
`version` tells planners to repair what they had.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.geometry import EMPTY, FULL, RayWalls, first_hit, rects_by_cell
from npc_world.core.links import Link
from npc_world.core.reading import rect_of
from npc_world.core.wall_rects import WallRects, mark_cells

__all__ = ["Terrain"]

Floats = NDArray[np.float64]
_MOST_CELLS = 1 << 26


class Terrain:
    """Walls, surfaces and hazards of a level, size (width, height) in px, in cells of `cell_px`.

    Build one with `from_rects`, `from_grid` or `open_field`.  The world's edge is no wall for sight, and
    bodies do not leave the map.  Public arrays are the live ones, to be read only: change them by the
    `set_…` methods, or planners will not notice.
    """

    def __init__(self, size: tuple[float, float], cell_px: float, surface: NDArray[np.int16], surfaces: Sequence[str],
                 rects: Floats, solid: NDArray[np.bool_] | None = None) -> None:
        self.size: tuple[float, float] = (float(size[0]), float(size[1]))
        self.cell_px: float = float(cell_px)
        self.surfaces: list[str] = list(surfaces)
        self._surface = np.ascontiguousarray(surface, dtype=np.int16)
        self._last_row, self._last_col = surface.shape[0] - 1, surface.shape[1] - 1
        self._hazard = np.zeros(surface.shape, dtype=np.bool_)
        self._walls = WallRects(rects)
        self._solid = np.zeros(surface.shape, dtype=np.uint8)
        self._opaque = np.zeros(surface.shape, dtype=np.bool_)
        self._sight: NDArray[np.uint8] | None = None
        self._ray_walls: RayWalls | None = None
        self._listed: tuple[Floats, NDArray[np.int32], NDArray[np.int32]] | None = None
        self._links: tuple[Link, ...] = ()
        self.version: int = 0
        self._changes: list[tuple[int, int, int, int]] = []
        if solid is None:
            for left, top, right, bottom in self.rects:
                self._raster(left, top, right, bottom, True)
        else:
            self._solid[solid] = FULL

    # ---- building -------------------------------------------------------------------------------------------

    @classmethod
    def from_rects(cls, walls: Iterable[Any], size: tuple[float, float], cell_px: float = 16, surface: str = "ground") -> Terrain:
        """A level whose walls are rects: (x, y, w, h), pygame.Rect, or sprites with .rect.  Walls need not align with cells.

        >>> ground = Terrain.from_rects([(100, 0, 20, 300)], size=(640, 480))
        >>> ground.is_solid((110, 50)), ground.line_of_sight((50, 50), (200, 50)), ground.line_of_sight((50, 400), (200, 400))
        (True, False, True)
        """
        width, height = _checked_size(size)
        cell = _checked_cell(cell_px)
        _check_count(width / cell * (height / cell), cell)
        if not isinstance(walls, Iterable):
            raise BadInputError(f"walls={walls!r}: expected rects, [] for none")
        boxes = [rect_of(wall, f"walls[{i}]") for i, wall in enumerate(walls)]
        rects = np.array([(x, y, x + w, y + h) for x, y, w, h in boxes if w > 0 and h > 0], dtype=np.float64).reshape(-1, 4)
        shape = (max(1, math.ceil(height / cell - 1e-9)), max(1, math.ceil(width / cell - 1e-9)))
        return cls((width, height), cell, np.zeros(shape, np.int16), [surface], rects)

    @classmethod
    def from_grid(cls, kinds: ArrayLike, cell_px: float = 32, legend: Mapping[int, str] | Mapping[str, str] | None = None,
                  solid: Iterable[str] = ("wall",)) -> Terrain:
        """A tile map: kinds (rows, cols) int, or rows of text, `legend` from kind to surface name, `solid` the names that are walls.

        Kinds without an entry in the legend are an error.  Without a legend, 0 is "ground" and 1 is "wall".

        >>> ground = Terrain.from_grid(["####", "#.P#", "####"], 32, {"#": "wall", ".": "ground", "P": "ground"})
        >>> ground.size, ground.is_solid((16, 48)), ground.is_solid((80, 48))
        ((128.0, 96.0), True, False)
        """
        if isinstance(kinds, (list, tuple)) and kinds and all(isinstance(row, str) for row in kinds):
            kinds = [list(str(row)) for row in kinds]
        try:
            grid = np.asarray(kinds)
        except ValueError:
            raise BadInputError("kinds has rows of different lengths: expected (rows, cols)") from None
        if grid.ndim != 2 or grid.size == 0:
            raise BadInputError(f"kinds has shape {grid.shape}: expected (rows, cols), at least one cell")
        if grid.dtype == np.bool_:
            grid = grid.astype(np.int64)
        _check_count(grid.size, cell_px)
        if legend is not None and not isinstance(legend, Mapping):
            raise BadInputError(f"legend={legend!r}: expected a mapping from kind to surface name, as {{0: 'grass', 1: 'wall'}}")
        text = grid.dtype.kind == "U"
        if text and legend is None:
            raise BadInputError("kinds has text: expected a legend with it, as {'.': 'ground', '#': 'wall'}")
        if not text and not np.issubdtype(grid.dtype, np.integer):
            raise BadInputError(f"kinds has dtype {grid.dtype}: expected whole numbers, or text")
        names: dict[Any, str] = {0: "ground", 1: "wall"} if legend is None else dict(legend)
        unknown = sorted(set(np.unique(grid).tolist()) - set(names))
        if unknown:
            raise BadInputError(f"kinds has {unknown[:8]} without an entry in legend={names!r}")
        solid_names = _checked_solid(solid, names.values())
        surfaces = list(dict.fromkeys(names.values()))
        index = np.zeros(grid.shape, np.int16)
        wall = np.zeros(grid.shape, np.bool_)
        for kind, name in names.items():
            index[grid == kind] = surfaces.index(name)
            if name in solid_names:
                wall |= grid == kind
        rows, cols = grid.shape
        cell = _checked_cell(cell_px)
        return cls((cols * cell, rows * cell), cell, index, surfaces, _merged(wall) * cell, wall)

    @classmethod
    def open_field(cls, size: tuple[float, float], cell_px: float | None = None, surface: str = "ground") -> Terrain:
        """Nothing but ground.  `cell_px` defaults to about 1/64 of the longer side."""
        width, height = _checked_size(size)
        return cls.from_rects([], (width, height), cell_px if cell_px is not None else max(width, height) / 64.0, surface)

    # ---- changing -------------------------------------------------------------------------------------------

    def set_solid(self, rect: Any, solid: bool = True) -> None:
        """A door closes (True), a bridge or wall is opened (False): exactly this rect becomes wall or free."""
        left, top, right, bottom = self._edges(rect)
        if right <= left or bottom <= top:
            return
        self._walls.edit(left, top, right, bottom, bool(solid))
        self._changed(self._raster(left, top, right, bottom, bool(solid)))

    def set_surface(self, rect: Any, name: str) -> None:
        """The cells whose centre lies in `rect` become surface `name`."""
        if name not in self.surfaces:
            self.surfaces.append(name)
        self._paint(self._surface, rect, self.surfaces.index(name))

    def set_hazard(self, rect: Any, hazard: bool = True) -> None:
        """The cells whose centre lies in `rect` become deadly: passable for bodies, never planned through."""
        self._paint(self._hazard, rect, hazard)

    def set_opaque(self, rect: Any, opaque: bool = True) -> None:
        """The cells whose centre lies in `rect` block sight but not bodies: smoke, tall grass, darkness."""
        rows, cols = self.shape
        left, top, right, bottom = self._edges(rect)
        row0, row1 = _centres_within(top, bottom, self.cell_px, rows)
        col0, col1 = _centres_within(left, right, self.cell_px, cols)
        self._opaque[row0:row1, col0:col1] = opaque
        self._sight = self._ray_walls = None

    def set_links(self, links: Iterable[Link]) -> None:
        """The jumps, ladders, teleporters, one-ways and doors there are from now on, in place of those before."""
        given = tuple(links)
        for link in given:
            if not isinstance(link, Link):
                raise BadInputError(f"links has {link!r}: expected Link(start=(x, y), end=(x, y), time_s=...)")
            for name in ("start", "end"):
                if not self.contains(getattr(link, name)):
                    raise BadInputError(f"links has {name}={getattr(link, name)}: off the map, whose size is {self.size}")
        self._links = given
        self._changed((0, 0, 0, 0))

    def with_links(self, *links: Link) -> Terrain:
        """This terrain, with so many links more: `Terrain.from_rects(...).with_links(Link(...), ...)`."""
        self.set_links((*self._links, *links))
        return self

    # ---- asking ---------------------------------------------------------------------------------------------

    @property
    def links(self) -> tuple[Link, ...]:
        """Ways that are not walked."""
        return self._links

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols) of the raster."""
        rows, cols = self._surface.shape
        return int(rows), int(cols)

    @property
    def solid(self) -> NDArray[np.uint8]:
        """(rows, cols) of EMPTY 0, FULL 1, PARTIAL 2 (a wall somewhere in the cell)."""
        return self._solid

    @property
    def surface(self) -> NDArray[np.int16]:
        """(rows, cols) index into `surfaces`."""
        return self._surface

    @property
    def hazard(self) -> NDArray[np.bool_]:
        """(rows, cols) deadly cells."""
        return self._hazard

    @property
    def opaque(self) -> NDArray[np.bool_]:
        """(rows, cols) cells that block sight without being walls."""
        return self._opaque

    @property
    def sight(self) -> NDArray[np.uint8]:
        """(rows, cols) what rays meet: `solid`, with opaque cells FULL."""
        if self._sight is None:
            self._sight = np.where(self._opaque, np.uint8(FULL), self._solid)
        return self._sight

    @property
    def ray_walls(self) -> RayWalls:
        """What the kernels of `geometry` cast rays at: (sight, rects, where each PARTIAL cell's rects are listed, the lists, cell px)."""
        if self._ray_walls is None:
            rects = self.rects
            if self._listed is None or self._listed[0] is not rects:  # surfaces and smoke change more often than walls
                self._listed = (rects, *rects_by_cell(rects, self.cell_px, self._solid))
            self._ray_walls = (self.sight, *self._listed, self.cell_px)
        return self._ray_walls

    @property
    def rects(self) -> Floats:
        """(M, 4) left, top, right, bottom of every wall, px; they may overlap."""
        return self._walls.rects

    def changes_since(self, version: int) -> list[tuple[int, int, int, int]] | None:
        """Cell ranges (row0, col0, row1, col1), end exclusive, edited after `version`; None when that is too long ago."""
        missed = self.version - version
        if missed == 0:
            return []
        return self._changes[-missed:] if 0 < missed <= len(self._changes) else None

    def cell_of(self, point: Any) -> tuple[int, int]:
        """(row, col) of the cell that holds the point, clamped to the map."""
        at = point.tolist() if type(point) is np.ndarray else point
        try:
            row, col = int(float(at[1]) // self.cell_px), int(float(at[0]) // self.cell_px)
            if 0 <= row <= self._last_row and 0 <= col <= self._last_col:
                return row, col
            return 0 if row < 0 else min(row, self._last_row), 0 if col < 0 else min(col, self._last_col)
        except (ValueError, OverflowError):
            raise BadInputError(f"point={point!r}: expected finite coordinates") from None

    def centre_of(self, row: int, col: int) -> Floats:
        """(2,) px centre of a cell."""
        return np.array([(col + 0.5) * self.cell_px, (row + 0.5) * self.cell_px])

    def surface_at(self, point: Any) -> str:
        """Name of the surface under a point; points outside the map read the nearest cell."""
        return self.surfaces[int(self._surface[self.cell_of(point)])]

    def is_solid(self, point: Any) -> bool:
        """Whether a wall covers the point (its edge does not)."""
        x, y = float(point[0]), float(point[1])
        r = self.rects
        return bool(np.any((r[:, 0] < x) & (x < r[:, 2]) & (r[:, 1] < y) & (y < r[:, 3])))

    def contains(self, point: Any) -> bool:
        """Whether the point is on the map."""
        return bool(0 <= point[0] <= self.size[0] and 0 <= point[1] <= self.size[1])

    def line_of_sight(self, start: Any, end: Any) -> bool:
        """Whether neither wall nor smoke lies between two points; touching a wall's edge does not break sight."""
        hit = first_hit(self.ray_walls, float(start[0]), float(start[1]), float(end[0]), float(end[1]))
        return bool(hit > 1.0)

    # ---- inside ---------------------------------------------------------------------------------------------

    def _edges(self, rect: Any) -> tuple[float, float, float, float]:
        x, y, w, h = rect_of(rect)
        return x, y, x + w, y + h

    def _paint(self, layer: NDArray[Any], rect: Any, value: Any) -> None:
        left, top, right, bottom = self._edges(rect)
        rows, cols = self.shape
        row0, row1 = _centres_within(top, bottom, self.cell_px, rows)
        col0, col1 = _centres_within(left, right, self.cell_px, cols)
        if row0 < row1 and col0 < col1:
            layer[row0:row1, col0:col1] = value
            self._changed((row0, col0, row1, col1))

    def _changed(self, cells: tuple[int, int, int, int]) -> None:
        self.version += 1
        self._sight = self._ray_walls = None
        self._changes.append(cells)
        del self._changes[:-256]

    def _raster(self, left: float, top: float, right: float, bottom: float, solid: bool) -> tuple[int, int, int, int]:
        """Bring the raster up to date where the rect became wall or free; returns that range of cells."""
        rows, cols = self.shape
        col0, col1 = _cells_touched(left, right, self.cell_px, cols)
        row0, row1 = _cells_touched(top, bottom, self.cell_px, rows)
        if row0 >= row1 or col0 >= col1:
            return row0, col0, row0, col0
        slack = 1e-10 * self.cell_px
        if (left <= col0 * self.cell_px + slack and right >= col1 * self.cell_px - slack
                and top <= row0 * self.cell_px + slack and bottom >= row1 * self.cell_px - slack):
            self._solid[row0:row1, col0:col1] = FULL if solid else EMPTY  # whole cells need no look at other walls
        else:
            mark_cells(self.rects, self.cell_px, row0, col0, row1, col1, self._solid)
        return row0, col0, row1, col1


def _checked_size(size: Any) -> tuple[float, float]:
    try:
        width, height = float(size[0]), float(size[1])
    except (TypeError, ValueError, IndexError):
        raise BadInputError(f"size={size!r}: expected (width, height) in px") from None
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        raise BadInputError(f"size={size!r}: expected a positive, finite (width, height)")
    return width, height


def _checked_solid(solid: Any, names: Iterable[str]) -> set[str]:
    """Names that are walls.  One that only resembles a name of the legend is a slip of the pen, which would leave a level without walls."""
    walls, known = {solid} if isinstance(solid, str) else set(solid), list(names)
    for name in walls:
        if not isinstance(name, str):
            raise BadInputError(f"solid has {name!r}: expected names of surfaces, of {known}")
        near = [] if name in known else get_close_matches(name, known, 1, 0.8)
        if near:
            raise BadInputError(f"solid has {name!r}, the legend has not: did you mean {near[0]!r}?")
    return walls


def _checked_cell(cell_px: Any) -> float:
    if isinstance(cell_px, bool) or not isinstance(cell_px, (int, float, np.number)) or not 0 < cell_px < math.inf:
        raise BadInputError(f"cell_px={cell_px!r}: expected a positive number of px")
    return float(cell_px)


def _check_count(cells: float, cell_px: Any) -> None:
    if cells > _MOST_CELLS:
        raise BadInputError(f"cell_px={cell_px!r}: the map would need {cells:,.0f} cells, more than {_MOST_CELLS:,}; use larger cells")


def _cells_touched(low: float, high: float, cell: float, count: int) -> tuple[int, int]:
    """First and one past the last cell whose interior meets the open interval; an edge within a billionth of a cell is aligned."""
    return max(0, math.floor(low / cell + 1e-9)), min(count, math.ceil(high / cell - 1e-9))


def _centres_within(low: float, high: float, cell: float, count: int) -> tuple[int, int]:
    return max(0, math.ceil(low / cell - 0.5 - 1e-9)), min(count, math.ceil(high / cell - 0.5 - 1e-9))


def _merged(wall: NDArray[np.bool_]) -> Floats:
    """(M, 4) rects in cells that cover the wall cells exactly: runs along rows, equal runs joined downwards."""
    open_runs: dict[tuple[int, int], int] = {}
    rects: list[tuple[int, int, int, int]] = []
    padded = np.pad(wall, ((0, 1), (1, 1)))
    edges = np.diff(padded.astype(np.int8), axis=1)
    for row in range(padded.shape[0]):
        runs = set(zip(np.flatnonzero(edges[row] == 1).tolist(), np.flatnonzero(edges[row] == -1).tolist(), strict=True))
        for run in [run for run in open_runs if run not in runs]:
            rects.append((run[0], open_runs.pop(run), run[1], row))
        for run in runs:
            open_runs.setdefault(run, row)
    return np.array(rects, dtype=np.float64).reshape(-1, 4)
