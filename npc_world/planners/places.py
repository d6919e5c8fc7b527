"""Places spread over a ground, and the travel times between them: a ground made small enough to be looked at whole.

A sparse roadmap on a lattice, with all-pairs times. Assumes that the way back takes as long as the way there; wrong where currents push.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.models.travel_time import travel_time_fields

__all__ = ["CELLS_AT_ONCE", "Places", "cells_of_a_field", "fields_of_places", "next_places", "places_of", "spread_cells", "spread_places"]

Floats = NDArray[np.float64]
_UNEVEN = 4
"""A cell of a field costs so many times as much where surfaces differ in speed."""
CELLS_AT_ONCE = 60_000
"""Cells of travel-time fields computed between two pauses: most of a millisecond."""


@dataclass(frozen=True, slots=True)
class Places:
    """N places and the ways between them."""

    points_px: Floats
    """(N, 2) spread over the ground."""
    cells: NDArray[np.int64]
    """(N, 2) (row, col) of each."""
    away: NDArray[np.float32]
    """(N, rows · cols) px from each place to each cell, counted in px of the best ground; inf where no way leads."""
    between: Floats
    """(N, N) the same from place to place."""


def places_of(ground: Terrain, most: int, *, size: Any = None, surfaces: Floats | None = None) -> Iterator[Places | None]:
    """At most `most` places, bit by bit: yields None after each millisecond or so of work, and the places last."""
    cells, points = spread_places(ground, most, size)
    yield None
    away = np.empty((len(cells), ground.shape[0] * ground.shape[1]), np.float32)
    for rows, fields in fields_of_places(ground, points, size, surfaces):
        away[rows] = fields
        yield None
    yield Places(points, cells, away, away[:, cells[:, 0] * ground.shape[1] + cells[:, 1]].astype(np.float64))


def spread_places(ground: Terrain, most: int, size: Any = None) -> tuple[NDArray[np.int64], Floats]:
    """Cells (N, 2) (row, col) of at most `most` places, spread evenly over where a body of that size can stand, and their points (N, 2) px."""
    grid = NavGrid.of(ground, size)
    cells = spread_cells(grid.free, most)
    return cells, grid.nodes_px[cells[:, 0], cells[:, 1]]


def fields_of_places(ground: Terrain, points: Floats, size: Any, surfaces: Floats | None) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Px from each of points (N, 2) to each cell, as `Places.away`, a millisecond's work at a time: which rows, and those rows."""
    batch = max(1, CELLS_AT_ONCE // cells_of_a_field(ground, NavGrid.of(ground, size), surfaces))
    for first in range(0, len(points), batch):
        rows = slice(first, min(first + batch, len(points)))
        fields = travel_time_fields(ground, points[rows], 1.0, size=size, surfaces=surfaces, links=False)
        yield rows, fields.reshape(len(fields), -1).astype(np.float32)


def next_places(dist: Floats, within: float, most: int) -> NDArray[np.int64]:
    """(R, most) the nearest columns of each row of dist (R, N) within that distance, never itself; -1 for none."""
    away = np.where(dist > 0.0, dist, math.inf)
    order = np.argsort(away, axis=1, kind="stable")[:, :most]
    return np.where(np.take_along_axis(away, order, axis=1) <= within, order, -1)


def cells_of_a_field(ground: Terrain, grid: NavGrid, surfaces: Floats | None) -> int:
    """What a travel-time field costs, in cells of ground that is all alike."""
    uneven = surfaces is not None and len(np.unique(surfaces[np.unique(ground.surface)], axis=0)) > 1
    return int(grid.free.size) * (_UNEVEN if uneven else 1)


def spread_cells(free: NDArray[np.bool_], most: int) -> NDArray[np.int64]:
    """(n, 2) free cells (row, col), one in each square of a lattice as fine as `most` allows: the one nearest its middle."""
    every = max(1, math.ceil(math.sqrt(np.count_nonzero(free) / most)))
    rows, cols = free.shape
    chosen = np.empty((math.ceil(rows / every) * math.ceil(cols / every), 2), np.int64)
    return chosen[:nearest_middles(free, every, chosen)]


@kernel
def nearest_middles(free, every, out):  # type: ignore[no-untyped-def]
    """Fill out (n, 2) with the free cell nearest the middle of each square of `every` cells a side that has one; returns how many."""
    rows, cols = free.shape
    count = 0
    for row in range(0, rows, every):
        for col in range(0, cols, every):
            best = 2.0 * every
            for r in range(row, min(rows, row + every)):
                for c in range(col, min(cols, col + every)):
                    if free[r, c]:
                        off = abs(r - row - 0.5 * (every - 1)) + abs(c - col - 0.5 * (every - 1))
                        if off < best:
                            best = off
                            out[count, 0], out[count, 1] = r, c
            count += best < 2.0 * every
    return count
