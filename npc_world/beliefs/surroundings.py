"""The ground as the forecasts of one target use it: where its body fits, and how fast each surface is taken to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.contact import clearance
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.models.surfaces import Surface, surface_table

__all__ = ["Surroundings"]

Floats = NDArray[np.float64]
_NOWHERE = Terrain.open_field((1.0, 1.0), cell_px=1.0)
_WORTH_IT = 0.08
"""Share of a top speed by which a surface must be other than taken for the fields over it to be made anew."""
_NO_CLEARANCE = np.empty((0, 0))


class Surroundings:
    """A terrain seen by a body of `size`, kept up to date with it; or the open plane, where there is no ground."""

    def __init__(self, ground: Terrain | None, size: Any = None) -> None:
        self.ground = ground
        self.size = size
        self.has_ground = ground is not None
        self._on = ground if ground is not None else _NOWHERE
        self.table: Floats | None = None
        self.table_rows: Floats = np.empty((0, 4))
        self._surfaces = 0
        self._version = -1
        self._believed: dict[str, Surface] = {}
        self._taken: list[list[float]] = []
        self._revision = 0
        self._clear = _NO_CLEARANCE
        self.grid: NavGrid = NavGrid.of(self._on, size)
        self.refresh()

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols) of the grid; (0, 0) in the open plane."""
        return self.ground.shape if self.ground is not None else (0, 0)

    @property
    def cell_px(self) -> float:
        return self._on.cell_px

    @property
    def surface(self) -> NDArray[np.int16]:
        """(rows, cols) index of the surface."""
        return self._on.surface

    @property
    def stamp(self) -> int:
        """Another number whenever the ground, or what is believed of it, has changed."""
        return self._on.version + (self._revision << 40)

    def believe(self, surfaces: Mapping[str, Surface]) -> None:
        """What its watcher has learned of surfaces; small differences to what was taken until now are let be."""
        names = self._on.surfaces
        old = self._taken
        if len(old) != len(names):
            old = self._taken = surface_table(names, self._believed).tolist()
        new = surface_table(names, dict(surfaces)).tolist()
        if any(abs(a[i] - b[i]) > _WORTH_IT for a, b in zip(new, old, strict=True) for i in (0, 2, 3)):
            self._believed, self._surfaces, self._version, self._taken = dict(surfaces), 0, -1, new
            self._revision += 1
            self.refresh()

    def refresh(self) -> None:
        """Take up changes of the ground."""
        if self._version == self._on.version:
            return
        self.grid = NavGrid.of(self._on, self.size)
        self._version = self._on.version
        if len(self._on.surfaces) != self._surfaces:
            self._surfaces = len(self._on.surfaces)
            table = surface_table(self._on.surfaces, dict(self._believed))
            alike = bool((table[:, 0] == table[0, 0]).all()) and not table[:, 2:].any()
            self.table = None if alike else table
            self.table_rows = np.empty((0, 4)) if alike else table
        if self.ground is not None:
            self._clear = clearance(self.grid.free, self._on.solid)

    def walls(self) -> tuple[tuple[Any, ...], Floats]:
        """What `contact.slide` needs."""
        self.refresh()
        return self.grid.walls, self._clear

    def grid_arrays(self) -> tuple[Any, ...]:
        """(walls, free, moves, surface, table, cell_px) for route kernels."""
        self.refresh()
        return self.grid.walls, self.grid.free, self.grid.moves, self._on.surface, self.table_rows, self._on.cell_px

    def snapped(self, points: Floats) -> Floats:
        """(n, 2) points on the map and out of walls: each that is not goes to the nearest free cell."""
        if self.ground is None or len(points) == 0:
            return points
        self.refresh()
        out = points.copy()
        for i, point in enumerate(points):
            if not self.grid.fits(point):
                cell = self.grid.nearest_free(point)
                if cell is not None:
                    out[i] = self.grid.nodes_px[cell]
        return out

    def nearest_free_point(self, x: float, y: float) -> tuple[float, float]:
        """The point itself, or the nearest place where the body fits."""
        if self.ground is None or self.grid.fits((x, y)):
            return x, y
        cell = self.grid.nearest_free((x, y))
        return (x, y) if cell is None else (float(self.grid.nodes_px[cell][0]), float(self.grid.nodes_px[cell][1]))
