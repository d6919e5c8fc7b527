"""How long a body needs from anywhere to a goal, over walls and surfaces as it believes them to be."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.links import Link
from npc_world.core.reading import position_of
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_links import NO_LINKS, LinkTable, checked_holding, usable_links
from npc_world.models.nav_repair import repair_times
from npc_world.models.nav_sample import sample_directions, sample_times
from npc_world.models.nav_spread import spread_times_each
from npc_world.models.nav_surfaces import surface_rows, uneven_cells

__all__ = ["TravelTime", "travel_time", "travel_time_fields"]

Floats = NDArray[np.float64]
_WORTH_REPAIRING = 0.006
"""Where more than this share of the free cells is affected, computing anew is cheaper, what was looked at in vain included."""
_AT_START_CELLS = 0.05
"""A body so near to a link's start stands on it."""


@dataclass(frozen=True, slots=True)
class TravelTime:
    """Seconds from every cell to the goal, times_s (rows, cols), inf where the goal cannot be reached (in time).

    goal (n, 2) px; a body may head for any of them.  Times are along octile moves between cells: up to 8 % above
    those of straight lines in the open, except where the goal is in straight reach, which `at` uses.  speed_px_s is that on
    the best ground of the table, or on all ground where it is alike.
    """

    times_s: Floats
    goal: Floats
    speed_px_s: float
    grid: NavGrid
    table: Floats
    links: LinkTable = NO_LINKS
    holding: frozenset[str] | None = frozenset()
    """What it was made for; None: without links."""
    max_time_s: float = math.inf
    revision: int = -1
    """That of the grid when the field was made."""

    def at(self, points: ArrayLike) -> Any:
        """Seconds to the goal from points (n, 2) px, (n,); a float for one point.  inf where it cannot be reached.

        Interpolated between the cells that a body can reach directly from the point's own; inside a wall, the nearest free cell's.
        """
        where, single = _points(points, "points")
        times = sample_times(self.grid.walls, self.grid.free, self.grid.moves, self.times_s, self.grid.surface, self.table,
                             self.goal, self.speed_px_s, where)
        return float(times[0]) if single else times

    def direction(self, points: ArrayLike) -> Floats:
        """Unit vectors (n, 2), or (2,) for one point, along which the goal is nearest in time; zero at the goal or where there is no way.

        Looks a few cells ahead along the fastest way and heads for the farthest cell that pays and is in straight reach.
        Where the fastest way is a link (see `link`) it heads for the link's start, and from there for its end.
        """
        where, single = _points(points, "points")
        headings: Floats = sample_directions(self.grid.walls, self.grid.free, self.grid.moves, self.times_s, self.grid.surface, self.table,
                                     self.goal, self.speed_px_s, where)
        if len(self.links.times):
            for i, (x, y) in enumerate(where.tolist()):
                link = self.link((x, y))
                if link is not None:
                    at_start = math.dist((x, y), link.start) <= _AT_START_CELLS * self.grid.cell_px
                    ahead = np.subtract(link.end if at_start else link.start, (x, y))
                    headings[i] = ahead / max(1e-12, math.hypot(ahead[0], ahead[1]))
        return headings.reshape(2) if single else headings

    def renewed(self, ground: Terrain) -> TravelTime:
        """This field for the ground as it is now: the same object when nothing has changed, repaired where little is affected, else
        computed anew.  Equal to a new field in every case.

            field = field.renewed(ground)                        # in every frame, or after doors and bridges

        Raises `BadInputError` when the ground has surfaces that the field's table does not know: then make a new one.
        """
        grid = NavGrid.of(ground, self.grid.size)
        if grid is self.grid and grid.revision == self.revision:
            return self
        if 0 < len(self.table) < len(ground.surfaces):
            raise BadInputError(f"surfaces has {len(self.table)} rows, and the ground has {ground.surfaces} by now: make a new field")
        times = self._repaired(grid) if grid is self.grid and not (ground.links or len(self.links.times)) else None
        if times is None:
            return _spread(ground, grid, self.table, self.goal, self.speed_px_s, self.max_time_s, self.holding)
        return replace(self, times_s=times, revision=grid.revision)

    def _repaired(self, grid: NavGrid) -> Floats | None:
        """Times on the changed grid; None when they are better computed anew."""
        windows = grid.windows_since(self.revision)
        if windows is None or grid.exact or len(self.goal) != 1:
            return None
        limit, (row, col) = 4 + int(_WORTH_REPAIRING * np.count_nonzero(grid.free)), grid.cell_of(self.goal[0])
        if sum((r1 - r0) * (c1 - c0) for r0, c0, r1, c1 in windows) > 4 * limit or not grid.free[row, col] or any(
                r0 - 3 <= row < r1 + 3 and c0 - 3 <= col < c1 + 3 for r0, c0, r1, c1 in windows):
            return None
        times = repair_times(grid.moves, grid.surface, uneven_cells(grid, self.table), self.table, grid.cell_px, self.speed_px_s,
                             np.array(windows, np.int64).reshape(-1, 4), self.goal[0, 0], self.goal[0, 1], self.max_time_s, limit, self.times_s)
        return times if times.size else None

    def link(self, point: ArrayLike) -> Link | None:
        """The link by which the goal is nearest from the cell of `point`, when a link it is."""
        row, col = self.grid.cell_of(_points(point, "point")[0][0])
        cols, own = self.grid.free.shape[1], self.times_s[row, col]
        for k in np.flatnonzero(self.links.cells[:, 0] == row * cols + col).tolist():
            to = int(self.links.cells[k, 1])
            if own < math.inf and self.times_s[to // cols, to % cols] + self.links.times[k] / self.speed_px_s <= own * (1.0 + 1e-9):
                return self.links.links[k]
        return None


def travel_time(ground: Terrain, goal: Any, speed_px_s: float, *, size: Any = None, surfaces: ArrayLike | None = None,
                max_time_s: float = math.inf, links: bool = True, holding: Iterable[str] = ()) -> TravelTime:
    """Travel times to `goal`, one point or (n, 2) px, for a body of `size` (w, h) px at `speed_px_s` on good ground.

    surfaces (S, 4): rows of speed_factor, grip, push_x, push_y per index of `ground.surfaces`; None: all ground is good.
    links: whether the terrain's links are taken, those that need something only when it is among `holding`.
    Raises `BadInputError` for what is not finite or not positive.

    >>> field = travel_time(Terrain.open_field((640, 640), cell_px=10), (605, 305), 100.0)
    >>> round(field.at((105, 305)), 6), field.direction((105, 305)).tolist()
    (5.0, [1.0, 0.0])
    """
    goals = _goals(goal)
    speed, grid, table = _checked(ground, speed_px_s, size, surfaces)
    return _spread(ground, grid, table, goals, speed, _checked_time(max_time_s), checked_holding(holding) if links else None)


def _spread(ground: Terrain, grid: NavGrid, table: Floats, goals: Floats, speed: float, most: float, holding: frozenset[str] | None) -> TravelTime:
    ways = NO_LINKS if holding is None else usable_links(ground, grid, table, speed, holding)
    times = np.full((1, *grid.free.shape), math.inf)
    spread_times_each(grid.walls, grid.free, grid.moves, grid.surface, uneven_cells(grid, table), table, goals, speed, most, True, False,
                      ways.cells, ways.times, times)
    return TravelTime(times[0], goals, speed, grid, table, ways, holding, most, grid.revision)


def travel_time_fields(ground: Terrain, starts: ArrayLike, speed_px_s: float, *, size: Any = None,
                       surfaces: ArrayLike | None = None, max_time_s: float = math.inf, links: bool = True,
                       holding: Iterable[str] = ()) -> Floats:
    """Seconds from each of `starts` (n, 2) px to every cell, (n, rows, cols), inf beyond `max_time_s`: one native call.

    links and holding: as for `travel_time`.
    """
    where, _ = _points(starts, "starts")
    speed, grid, table = _checked(ground, speed_px_s, size, surfaces)
    most = _checked_time(max_time_s)
    times = np.full((len(where), *grid.free.shape), math.inf)
    ways = usable_links(ground, grid, table, speed, checked_holding(holding)) if links else NO_LINKS
    spread_times_each(grid.walls, grid.free, grid.moves, grid.surface, uneven_cells(grid, table), table, where, speed, most, False, True,
                      ways.cells, ways.times, times)
    return times


def _checked(ground: Terrain, speed_px_s: float, size: Any, surfaces: ArrayLike | None) -> tuple[float, NavGrid, Floats]:
    try:
        speed = float(speed_px_s)
    except (TypeError, ValueError):
        raise BadInputError(f"speed_px_s={speed_px_s!r}: expected a number of px/s") from None
    if not math.isfinite(speed) or speed <= 0.0:
        raise BadInputError(f"speed_px_s={speed_px_s!r}: expected a positive, finite number of px/s")
    grid = NavGrid.of(ground, size)
    table, factor = surface_rows(grid, surfaces)
    return speed * factor, grid, table


def _checked_time(max_time_s: float) -> float:
    time = float(max_time_s)
    if math.isnan(time) or time < 0.0:
        raise BadInputError(f"max_time_s={max_time_s!r}: expected at least 0 s")
    return time


def _goals(goal: Any) -> Floats:
    if isinstance(goal, (list, tuple, np.ndarray)):
        return _points(goal, "goal")[0]
    return position_of(goal, "goal").reshape(1, 2)


def _points(points: ArrayLike, name: str) -> tuple[Floats, bool]:
    """(n, 2) float64 and whether a single point was given."""
    try:
        where = np.ascontiguousarray(points, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadInputError(f"{name}={points!r}: expected a point (x, y) or an array (n, 2) in px") from None
    single = where.shape == (2,)
    if single:
        where = where.reshape(1, 2)
    if where.ndim != 2 or where.shape[1] != 2:
        raise BadInputError(f"{name} has shape {where.shape}: expected a point (x, y) or an array (n, 2) in px")
    if not np.isfinite(where).all():
        raise BadInputError(f"{name}={points!r}: not finite")
    return where, single
