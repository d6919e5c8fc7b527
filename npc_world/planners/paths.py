"""The fastest path of a body between two points, over walls and surfaces as it believes them to be."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.compiled import kernel
from npc_world.core.errors import BadInputError
from npc_world.core.reading import position_of
from npc_world.core.terrain import Terrain
from npc_world.models.nav_cells import enter_cell
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_lines import body_fits, first_block, line_is_clear, node_of
from npc_world.models.nav_links import NO_LINKS, checked_holding, usable_links
from npc_world.models.nav_surfaces import surface_rows
from npc_world.planners.bucket_search import BucketSearch
from npc_world.planners.jump_points import JumpSearch
from npc_world.planners.string_pulling import pull_string

__all__ = ["PathSearch", "find_path"]

Floats = NDArray[np.float64]
_ALL_CELLS = 1 << 62
_PORTION_CELLS = 256
"""Cells between two looks at the clock: some tens of µs."""


@kernel
def _free_end(walls, goal_cell, x, y):  # type: ignore[no-untyped-def]
    """The goal itself where the body fits, else the last point it can reach from the goal cell's node straight towards it."""
    if body_fits(walls, x, y):
        return x, y
    cols = walls[0].shape[1]
    nx, ny = node_of(walls, goal_cell // cols, goal_cell % cols)
    length = max(math.hypot(x - nx, y - ny), walls[7][3])
    share = max(0.0, min(1.0, first_block(walls, nx, ny, x, y)) - 4.0 * walls[7][3] / length)
    return nx + share * (x - nx), ny + share * (y - ny)


@kernel
def _ends(walls, free, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """(start cell, goal cell, last x, last y, 1 when the body can go straight there); cells -1 when nothing is free."""
    start, goal = enter_cell(walls, free, x0, y0), enter_cell(walls, free, x1, y1)
    if start < 0 or goal < 0:
        return -1, -1, x1, y1, 0
    x, y = _free_end(walls, goal, x1, y1)
    return start, goal, x, y, 1 if line_is_clear(walls, x0, y0, x, y) else 0


@kernel
def cell_points(walls, cells):  # type: ignore[no-untyped-def]
    """(n, 2) px standing points of flat cells, those left out that are the same as the one before."""
    cols = walls[0].shape[1]
    points = np.empty((cells.shape[0], 2))
    n = 0
    for i in range(cells.shape[0]):
        x, y = node_of(walls, cells[i] // cols, cells[i] % cols)
        if n == 0 or x != points[n - 1, 0] or y != points[n - 1, 1]:
            points[n, 0], points[n, 1] = x, y
            n += 1
    return points[:n]


@kernel
def _pulled(walls, free, surface, table, cells, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """(k, 2) px waypoints from (x0, y0) over the nodes of cells to (x1, y1)."""
    cols = walls[0].shape[1]
    points = np.empty((cells.shape[0] + 2, 2))
    points[0, 0], points[0, 1] = x0, y0
    n = 1
    for i in range(cells.shape[0]):
        x, y = node_of(walls, cells[i] // cols, cells[i] % cols)
        if x != points[n - 1, 0] or y != points[n - 1, 1]:
            points[n, 0], points[n, 1] = x, y
            n += 1
    if x1 != points[n - 1, 0] or y1 != points[n - 1, 1]:
        points[n, 0], points[n, 1] = x1, y1
        n += 1
    return pull_string(walls, free, surface, table, points[:n])


class PathSearch:
    """A search that can be run in portions: `run` it with a budget of cells or of time, take `path` at any time, run on when there is time.

    Arguments as for `find_path`.  What it finds in the end does not depend on the portions.  The map must not change
    between them: when it has (`outdated`), start anew.

        search = nw.PathSearch(ground, me, far_away)         # in some frame
        if not search.run(seconds=0.001):                    # in this and every following frame
            go_along(search.path())                          # towards the place nearest to the goal so far

    >>> search = PathSearch(Terrain.from_rects([(40, 0, 20, 80)], size=(100, 100), cell_px=10), (5, 5), (95, 5))
    >>> search.run(1), search.path().tolist()[0], search.run(1000), search.path().tolist()[-1]
    (False, [5.0, 5.0], True, [95.0, 5.0])
    """

    def __init__(self, ground: Terrain, start: Any, goal: Any, any_angle: bool = True, size: Any = None,
                 surfaces: ArrayLike | None = None, speed_px_s: float | None = None, holding: Iterable[str] = ()) -> None:
        self._ground, self._start = ground, _position(start, "start")
        x, y = _position(goal, "goal")
        self._grid = grid = NavGrid.of(ground, size)
        self._any_angle, self._version = any_angle, grid.revision
        self._table, factor = surface_rows(grid, surfaces)
        first, last, end_x, end_y, straight = _ends(grid.walls, grid.free, *self._start, x, y)
        self._end = (end_x, end_y)
        self._straight = bool(any_angle and straight and len(self._table) == 0)
        self._ways = NO_LINKS
        if ground.links:
            self._ways = usable_links(ground, grid, self._table, factor * _speed(speed_px_s, grid), checked_holding(holding))
        self._search: JumpSearch | BucketSearch | None = None
        if first >= 0 and len(self._ways.times):
            self._search = BucketSearch(grid, self._table, first, last, self._ways)
        elif first >= 0 and not self._straight:
            if not grid.exact:
                self._search = JumpSearch(grid, self._table, first, last)
            else:
                self._search = BucketSearch(grid, self._table, first, last)
        self.finished = self._search is None

    def run(self, most_cells: int = _ALL_CELLS, seconds: float = math.inf) -> bool:
        """Look at up to so many more cells, for up to so long; True when finished: the path is the fastest, or there is none.

        The clock is looked at every few hundred cells, and a first portion is always done, so calls that go on come to an end.
        Raises `BadInputError` for a budget that is no number, or negative.
        """
        if not (isinstance(most_cells, (int, np.integer)) and most_cells >= 0):
            raise BadInputError(f"most_cells={most_cells!r}: expected a whole number of cells, at least 0")
        if not (isinstance(seconds, (int, float, np.number)) and seconds >= 0.0):
            raise BadInputError(f"seconds={seconds!r}: expected at least 0 s")
        if self._search is None or self.finished:
            return self.finished
        if seconds == math.inf:
            self.finished = self._search.run(int(most_cells))
            return self.finished
        until, left = time.perf_counter() + float(seconds), int(most_cells)
        while not self.finished and left > 0:
            self.finished = self._search.run(min(left, _PORTION_CELLS))
            left -= _PORTION_CELLS
            if time.perf_counter() >= until:
                break
        return self.finished

    @property
    def outdated(self) -> bool:
        """Whether the map has changed since the search began, and it should be begun anew."""
        return NavGrid.of(self._ground, self._grid.size).revision != self._version

    @property
    def found(self) -> bool:
        """Whether the fastest way to the goal is known."""
        return self._search.found if self._search is not None else self._straight

    def path(self) -> Floats | None:
        """Waypoints (n, 2) px; while the search is not finished, to the place nearest to the goal so far; None when there is no way."""
        if self._straight and self._search is None:
            return np.array([self._start, self._end])
        if self._search is None or (self.finished and not self._search.found):
            return None
        grid = self._grid
        if len(self._ways.times):
            return self._with_links()
        cells = self._search.cells()
        if not self._any_angle:
            return cell_points(grid.walls, cells)  # type: ignore[no-any-return]
        return self._waypoints(cells, *self._start, *self._last_point(cells))

    def _last_point(self, cells: Any) -> tuple[float, float]:
        end = self._end if self.found else self._grid.nodes_px.reshape(-1, 2)[cells[-1]]
        return float(end[0]), float(end[1])

    def _waypoints(self, cells: Any, x0: float, y0: float, x1: float, y1: float) -> Floats:
        """Waypoints between two points over the nodes of cells."""
        grid = self._grid
        return _pulled(grid.walls, grid.free, grid.surface, self._table, cells, x0, y0, x1, y1)  # type: ignore[no-any-return]

    def _with_links(self) -> Floats:
        """Waypoints when links may be taken: walks between them, each pulled straight; a link's own ends are always waypoints."""
        assert isinstance(self._search, BucketSearch)
        cells, by = self._search.cells_and_links()
        if not self._any_angle:
            return cell_points(self._grid.walls, cells)  # type: ignore[no-any-return]
        taken = np.flatnonzero(by >= 0).tolist()
        if self._straight and self.found and (not taken or math.dist(self._start, self._end) <= self._search.time):
            return np.array([self._start, self._end])
        walks, at, begin = [], self._start, 0
        for i in taken:
            link = self._ways.links[by[i]]
            walks.append(self._waypoints(cells[begin:i], *at, *link.start))
            at, begin = link.end, i
        walks.append(self._waypoints(cells[begin:], *at, *self._last_point(cells)))
        points: Floats = np.concatenate(walks)
        kept: Floats = points[np.append(True, (points[1:] != points[:-1]).any(axis=1))]
        return kept

    def close(self) -> None:
        """Give the search's memory back to the grid; `path` can no longer be asked."""
        if self._search is not None:
            self._search.release()
            self._search = None


def find_path(ground: Terrain, start: Any, goal: Any, any_angle: bool = True, size: Any = None, surfaces: ArrayLike | None = None,
              speed_px_s: float | None = None, holding: Iterable[str] = ()) -> Floats | None:
    """Waypoints (n, 2) px of the fastest way from start to goal, both included; None where there is none.

    any_angle: straight lines between waypoints, over points of the fastest path over cells; False: the points of the
    cells of that path (centres, where the body fits there), one per octile move, from
    the cell where the body is to the cell of the goal.  The path over cells is optimal among
    octile moves without cutting corners; the waypoints are not slower than it.
    size (w, h) px of the body; surfaces (S, 4): speed_factor, grip, push_x, push_y per index of `ground.surfaces`.
    The ground's links are taken where that is faster for a body that walks speed_px_s (by default six times its width a second,
    six cells for a point), those that need something when it is among `holding`: both ends of a link are then waypoints one
    after the other; `links_along` tells which.  Links cost speed: the search is A* then, about as fast as on weighted ground.
    A start inside a wall leads out to the nearest free cell; for a goal inside a wall the path ends at a free point near it.
    Raises `BadInputError` for positions that are not finite, and a speed that is not positive.

    >>> ground = Terrain.from_rects([(40, 0, 20, 80)], size=(100, 100), cell_px=10)
    >>> find_path(ground, (5, 5), (95, 5)).tolist()
    [[5.0, 5.0], [35.0, 85.0], [65.0, 85.0], [95.0, 5.0]]
    """
    x0, y0 = _position(start, "start")
    x1, y1 = _position(goal, "goal")
    grid = NavGrid.of(ground, size)
    cell_px, (rows, cols) = grid.cell_px, grid.free.shape
    if any_angle or grid.exact or ground.links or not (0.0 <= x0 < cols * cell_px and 0.0 <= x1 < cols * cell_px
                                       and 0.0 <= y0 < rows * cell_px and 0.0 <= y1 < rows * cell_px):
        return _search_to_end(PathSearch(ground, (x0, y0), (x1, y1), any_angle, size, surfaces, speed_px_s, holding))
    row, col, goal_row, goal_col = int(y0 / cell_px), int(x0 / cell_px), int(y1 / cell_px), int(x1 / cell_px)
    if not (grid.free[row, col] and grid.free[goal_row, goal_col]):
        return _search_to_end(PathSearch(ground, (x0, y0), (x1, y1), any_angle, size, surfaces, speed_px_s, holding))
    return JumpSearch(grid, surface_rows(grid, surfaces)[0], row * cols + col, goal_row * cols + goal_col).run_to_end()


def _search_to_end(search: PathSearch) -> Floats | None:
    search.run()
    path = search.path()
    search.close()
    return path


def _speed(speed_px_s: float | None, grid: NavGrid) -> float:
    if speed_px_s is None:
        return 6.0 * (max(grid.size) or grid.cell_px)
    if not (isinstance(speed_px_s, (int, float, np.number)) and 0.0 < speed_px_s < math.inf):
        raise BadInputError(f"speed_px_s={speed_px_s!r}: expected a positive, finite number of px/s")
    return float(speed_px_s)


def _position(thing: Any, name: str) -> tuple[float, float]:
    if type(thing) is tuple and len(thing) == 2 and type(thing[0]) is float and type(thing[1]) is float \
            and math.isfinite(thing[0]) and math.isfinite(thing[1]):
        return thing
    x, y = position_of(thing, name).tolist()
    return x, y
