"""Where bodies of a world have been: free ground learned from their ways, and how far it reaches from a place in each direction.

No map is needed: what several bodies passed through is free, what none ever entered is taken for wall, edge or ground that
nobody wants.  Wrong where few have been: there nothing is known, and `knows` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RAYS", "RouteMap"]

Floats = NDArray[np.float64]
RAYS = 8
_REACH = 24
"""Cells that a ray looks along."""
_CELL_S = 0.1
"""A cell is as wide as a body goes in so many seconds …"""
_MOST_CELLS = 500
"""… and the map has at most so many along each side."""


@dataclass(frozen=True, slots=True)
class RouteMap:
    """A grid of visits: how many different bodies (or groups of them) entered each cell."""

    origin: Floats
    """(2,) corner of cell [0, 0]."""
    cell: float
    visits: NDArray[np.int32]
    """(columns, rows), so that [x, y]."""

    @property
    def middle(self) -> Floats:
        """(2,) of the map."""
        return self.origin + 0.5 * self.cell * np.array(self.visits.shape)

    @classmethod
    def fit(cls, tracks: Sequence[Floats], groups: Sequence[int], speed: float) -> RouteMap:
        """From tracks (L, 2) of one world, one at least; a group a track, each counts once per cell.  speed: of such bodies, length per second."""
        everything = np.concatenate(tracks)
        low, high = everything.min(axis=0), everything.max(axis=0)
        cell = max(_CELL_S * speed, float((high - low).max()) / (_MOST_CELLS - 4), 1e-12)
        empty = cls(low - 2.5 * cell, cell, np.zeros(tuple(((high - low) / cell).astype(int) + 5), np.int32))
        visits = empty.visits
        for group in sorted(set(groups)):
            visits = visits + empty.entered([track for track, of in zip(tracks, groups, strict=True) if of == group])
        return cls(empty.origin, cell, visits.astype(np.int32))

    def entered(self, tracks: Sequence[Floats]) -> NDArray[np.bool_]:
        """(columns, rows) cells that these tracks passed through; between rows they went straight."""
        out = np.zeros(self.visits.shape, bool)
        for track in tracks:
            if len(track) == 0:
                continue
            steps = np.hypot(*np.diff(track, axis=0).T)
            pieces = np.minimum(8, np.ceil(2.0 * steps / self.cell)).astype(int) if len(steps) else np.zeros(0, int)
            for j in range(max(1, int(pieces.max(initial=1)))):
                rows = np.flatnonzero(pieces > j)
                if len(rows):
                    between = track[rows] + (j / pieces[rows])[:, None] * (track[rows + 1] - track[rows])
                    self._mark(out, between)
            self._mark(out, track)
        return out

    def without(self, own: NDArray[np.bool_]) -> RouteMap:
        """What the others alone would have left: a body must not find its own future on the map it is taught with."""
        return RouteMap(self.origin, self.cell, self.visits - own)

    def knows(self, places: Floats) -> NDArray[np.bool_]:
        """(N,) whether anybody has been at places (N, 2) or in a cell beside them."""
        cells = np.floor((places - self.origin) / self.cell).astype(np.int64)
        found = np.zeros(len(places), bool)
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                found |= self._free(cells + np.array([dx, dy]))
        return found

    def rays(self, places: Floats, cos: Floats, sin: Floats) -> Floats:
        """(N, RAYS) lengths of free ground from places (N, 2): the first along (cos, sin) (N,), the others turned on clockwise."""
        angle = 2.0 * np.pi * np.arange(RAYS) / RAYS
        ways = np.stack([np.outer(cos, np.cos(angle)) - np.outer(sin, np.sin(angle)), np.outer(sin, np.cos(angle)) + np.outer(cos, np.sin(angle))], -1)
        from_origin = ((places - self.origin) / self.cell)[:, None, None]
        cells = np.floor(from_origin + np.arange(1.0, _REACH + 1.0)[:, None] * ways[:, :, None]).astype(np.int64)
        missed = ~self._free(cells)
        ends = missed[..., :-2] & missed[..., 1:-1] & missed[..., 2:]  # three cells on end: one or two may only have been missed
        return np.asarray(self.cell * np.where(ends.any(axis=-1), ends.argmax(axis=-1), _REACH))

    def _mark(self, out: NDArray[np.bool_], points: Floats) -> None:
        cells = np.floor((points - self.origin) / self.cell).astype(np.int64)
        inside = ((cells >= 0) & (cells < out.shape)).all(axis=1)
        out[cells[inside, 0], cells[inside, 1]] = True

    def _free(self, cells: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(...,) whether cells (..., 2) were entered; none is beyond the edge."""
        columns, rows = self.visits.shape
        i, j = cells[..., 0], cells[..., 1]
        inside = (i >= 0) & (i < columns) & (j >= 0) & (j < rows)
        return np.asarray(inside & (self.visits[np.clip(i, 0, columns - 1), np.clip(j, 0, rows - 1)] > 0))
