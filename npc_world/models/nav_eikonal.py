"""Travel times that do not know the lattice: the eikonal equation, solved by fast marching (Sethian 1996).

Along octile moves slanted ways come out up to 8 % too long, and all ways within a parallelogram equally long; a planner that
compares first moves by such times dithers.  Here straight ways keep their length within about 1 %.  Assumes that speed
depends on place alone: currents, which make it depend on direction, are left to the octile fields.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.compiled import kernel
from npc_world.core.pieces import Pieces, finished
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_heap import KEY_STEPS, cell_of_key, key_of, key_pop, key_push
from npc_world.models.nav_lines import line_is_clear, line_time, node_of
from npc_world.models.nav_links import checked_holding, usable_links
from npc_world.models.nav_surfaces import surface_rows

__all__ = ["GrowingField", "straight_time_fields", "times_to_cells_pieces"]

CELLS_AT_ONCE = 1024
"""A piece of work, about a sixth of a millisecond."""

_EXACT_CELLS = 3
"""Around the source times are those of straight lines: there the marching scheme is least accurate."""
_NOTHING = np.zeros((0, 0), np.bool_)
_ANYWHERE = np.zeros((0, 0))
_NOWHERE = np.zeros(2)


def straight_time_fields(ground: Terrain, starts: ArrayLike, speed_px_s: float, *, size: Any = None, surfaces: ArrayLike | None = None,
                         max_time_s: float = math.inf, holding: Iterable[str] = ()) -> NDArray[np.float64]:
    """Seconds from each of `starts` (n, 2) px to every cell, (n, rows, cols); inf beyond `max_time_s` and where no way leads.

    Links are taken, those that need something when it is among `holding`.
    """
    points = np.ascontiguousarray(starts, dtype=np.float64).reshape(-1, 2)
    times = np.empty((len(points), *NavGrid.of(ground, size).free.shape))
    for i, point in enumerate(points):
        times[i] = finished(GrowingField(ground, point, speed_px_s, size=size, surfaces=surfaces, holding=holding).until(max_time_s))
    return times


class GrowingField:
    """Travel times from one point, worked out as far as they are asked for, and from there further; as `straight_time_fields`."""

    def __init__(self, ground: Terrain, start: NDArray[np.float64], speed_px_s: float, *, size: Any = None, surfaces: ArrayLike | None = None,
                 holding: Iterable[str] = ()) -> None:
        self._grid = NavGrid.of(ground, size)
        self._table, factor = surface_rows(self._grid, surfaces)
        self._speed = speed_px_s * factor
        self._ways = usable_links(ground, self._grid, self._table, self._speed, checked_holding(holding))
        self._march = March(self._grid, start, len(self._ways.times))

    def until(self, max_time_s: float) -> Pieces[NDArray[np.float64]]:
        """(rows, cols) s, inf beyond `max_time_s`, which is not less than the last time, and where no way leads; in pieces."""
        march, ways = self._march, self._ways
        yield from march.on(self._table, max_time_s * self._speed, _NOWHERE, _ANYWHERE, math.inf, _NOTHING, 0, ways.cells, ways.times)
        return march.times() / self._speed


def times_to_cells_pieces(ground: Terrain, starts: ArrayLike, cells: NDArray[np.int64], speed_px_s: float, *, around: NDArray[np.float64],
                          around_s: NDArray[np.float64], within_s: NDArray[np.float64], size: Any = None, surfaces: ArrayLike | None = None,
                          holding: Iterable[str] = ()) -> Pieces[NDArray[np.float64]]:
    """(n, m) seconds between each of `starts` (n, 2) px and the points of `cells` (m, 2) of (row, col), which lie around a point (2,); in pieces.

    around_s (rows, cols): the field of that point (`straight_time_fields`), inf beyond what is known of it.  Ways by which it could not
    be reached within_s (n,) are not followed: inf for the cells that only such ways lead to.
    Walking takes as long both ways; links are taken from the cells towards the starts.
    """
    grid = NavGrid.of(ground, size)
    table, factor = surface_rows(grid, surfaces)
    speed = speed_px_s * factor
    points = np.ascontiguousarray(starts, dtype=np.float64).reshape(-1, 2)
    wanted = np.zeros(grid.free.shape, np.bool_)
    wanted[cells[:, 0], cells[:, 1]] = True
    ways = usable_links(ground, grid, table, speed, checked_holding(holding))
    backwards = np.ascontiguousarray(ways.cells[:, ::-1])
    limits = within_s * speed if len(ways.times) == 0 else np.full(len(points), math.inf)  # a link may lead back from far away
    left = around_s * speed
    out = np.empty((len(points), len(cells)))
    for i in range(len(points)):
        march = March(grid, points[i], len(ways.times))
        yield from march.on(table, math.inf, around, left, limits[i], wanted, len(cells), backwards, ways.times)
        out[i] = march.times((cells[:, 0], cells[:, 1]))
    out /= speed
    return out


class March:
    """One march over a grid from a start (2,) px, and how far it has come."""

    def __init__(self, grid: NavGrid, start: NDArray[np.float64], links: int) -> None:
        self._grid, self._start = grid, start
        self._times = np.full(grid.free.shape, math.inf)
        self._heap = np.empty(4 * self._times.size + 256 + links, np.int64)
        self._settled = np.zeros(grid.free.shape, np.bool_)
        self._count = -1

    def times(self, cells: Any = ...) -> NDArray[np.float64]:
        """Px at speed 1 to those cells, by default all (rows, cols), that it has settled; inf to the others."""
        return np.where(self._settled[cells], self._times[cells], math.inf)

    def on(self, table: NDArray[np.float64], most: float, around: NDArray[np.float64], onwards: NDArray[np.float64], within: float,
           wanted: NDArray[np.bool_], left: int, link_cells: NDArray[np.int64], link_times: NDArray[np.float64]) -> Pieces[None]:
        """On to `most`, or until the `left` cells that are wanted are known; each piece yields how many cells it settled.  See `advance_front`."""
        grid, done = self._grid, CELLS_AT_ONCE
        while self._count != 0 and done == CELLS_AT_ONCE:
            self._count, done, left = advance_front(grid.walls, grid.free, grid.moves, grid.surface, table, self._start[0], self._start[1], most, around,
                                                    onwards, within, wanted, left, link_cells, link_times, self._times, self._heap, self._settled,
                                                    self._count, CELLS_AT_ONCE)
            yield done


@kernel
def advance_front(walls, free, moves, surface, table, x, y, most, around, onwards, within, wanted, left, link_cells, link_times, times, heap, settled, count, at_once):  # type: ignore[no-untyped-def]
    """Fill times (rows, cols), inf before, in px at speed 1 from (x, y), until all wanted cells are known, none up to `most` is left, or `at_once` are settled.

    Returns how many are left in the heap, 0 when it is done, how many cells were settled, and how many wanted ones are left; called
    again with these it goes on.  To begin, count is negative; heap is room for four keys a cell and some, settled (rows, cols) all False.
    Times that are not settled are no times.

    wanted (rows, cols) bool, `left` in all; empty, the whole field is.  onwards (rows, cols): how far it is from each cell to where the way
    leads, `around` (2,) px, at least; where that is inf, as the crow flies over the fastest ground.  Cells from which that is beyond
    `within` altogether are not entered: what is left is an ellipse about the best way.  Not read while `within` is inf.
    link_cells (n, 2), link_times (n,): see `nav_links`.
    """
    cols = free.shape[1]
    cell = walls[7][0]
    done, fastest = 0, 1.0
    slowness = np.empty(table.shape[0])
    for k in range(table.shape[0]):
        fastest = table[k, 0] if k == 0 else max(fastest, table[k, 0])
        slowness[k] = 1.0 / max(1e-3, table[k, 0])
    steps = KEY_STEPS / cell
    if count < 0:
        count = _seed(walls, free, surface, table, x, y, times, heap)
    at_settled, at_times, at_moves, at_surface, at_wanted, at_onwards = settled.ravel(), times.ravel(), moves.ravel(), surface.ravel(), wanted.ravel(), onwards.ravel()
    while count > 0:
        if done >= at_once:
            return count, done, left
        at = cell_of_key(heap[0])
        time = at_times[at]
        if time > most and not at_settled[at]:
            return count, done, left
        count = key_pop(heap, count)
        if at_settled[at]:
            continue
        at_settled[at] = True
        done += 1
        if left > 0 and at_wanted[at]:
            left -= 1
            if left == 0:
                return 0, done, 0
        bits = at_moves[at]
        for d in (0, 2, 4, 6):  # E S W N
            if (bits >> d) & 1 == 0:
                continue
            to = at + (1 if d == 0 else cols if d == 2 else -1 if d == 4 else -cols)
            known = at_times[to]
            if known <= time:  # settled, or as good as
                continue
            slow = cell
            if table.shape[0] > 0:
                slow = 0.5 * cell * (slowness[at_surface[to]] + slowness[at_surface[at]])
            new = _from_neighbours(at_moves[to], at_times, to, cols, slow)
            if new < known * (1.0 - 1e-12):
                if within < math.inf:
                    onto = at_onwards[to]
                    if onto == math.inf:
                        onto = math.hypot((to % cols + 0.5) * cell - around[0], (to // cols + 0.5) * cell - around[1]) / fastest
                    if new + onto > within:
                        continue
                at_times[to] = new
                count = key_push(heap, count, key_of(new * steps, to))
        for k in range(link_times.shape[0]):
            to, new = link_cells[k, 1], time + link_times[k]
            if link_cells[k, 0] == at and new < at_times[to]:
                at_times[to] = new
                count = key_push(heap, count, key_of(new * steps, to))
    return 0, done, left


@kernel
def _seed(walls, free, surface, table, x, y, times, heap):  # type: ignore[no-untyped-def]
    """Straight times to the cells around (x, y) that can be reached straight; returns how many are in the heap."""
    rows, cols = free.shape
    cell = walls[7][0]
    row0, col0 = min(rows - 1, max(0, int(y / cell))), min(cols - 1, max(0, int(x / cell)))
    count = 0
    for reach in (_EXACT_CELLS, 4 * _EXACT_CELLS, rows + cols):
        # the wider tries are for a source inside a wall or off the map
        for row in range(max(0, row0 - reach), min(rows, row0 + reach + 1)):
            for col in range(max(0, col0 - reach), min(cols, col0 + reach + 1)):
                if not free[row, col]:
                    continue
                node_x, node_y = node_of(walls, row, col)
                if reach > _EXACT_CELLS or line_is_clear(walls, x, y, node_x, node_y):
                    times[row, col] = line_time(surface, table, cell, x, y, node_x, node_y)
                    count = key_push(heap, count, key_of(times[row, col] * KEY_STEPS / cell, row * cols + col))
        if count > 0:
            return count
    return count


@kernel
def _from_neighbours(bits, times, at, cols, slow):  # type: ignore[no-untyped-def]
    """The upwind solution at a cell: from the earlier horizontal and the earlier vertical neighbour that it can reach; times (rows · cols,)."""
    across, down = math.inf, math.inf
    if bits & 1:
        across = times[at + 1]
    if (bits >> 4) & 1:
        across = min(across, times[at - 1])
    if (bits >> 2) & 1:
        down = times[at + cols]
    if (bits >> 6) & 1:
        down = min(down, times[at - cols])
    low, high = min(across, down), max(across, down)
    if high - low >= slow:
        return low + slow
    return 0.5 * (low + high + math.sqrt(2.0 * slow * slow - (high - low) ** 2))
