"""What an island is before anyone sets foot on it: tiles, currents, places, doors and bridges.

Everything here is frozen data.  Tiles are `TILE_PX` wide; positions are centres in px, rects (x, y, w, h) in px, y down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import npc_world as nw

__all__ = ["BLOCKING", "KINDS", "SOLID", "TILE_PX", "DoorPlace", "Level", "RelicPlace", "current_name", "ground_of"]

TILE_PX = 32.0

KINDS = ("deep", "water", "sand", "grass", "road", "mud", "ice", "reeds", "bridge", "wall", "rock", "hedge", "house", "tree")
"""Kind of a tile by its number in `Level.tiles`.  Reeds hide who stands in them; deep water stops bodies but not sight."""

SOLID = frozenset({"wall", "rock", "hedge", "house", "tree"})
"""Kinds that stop bodies and sight."""

BLOCKING = SOLID | {"deep"}
"""Kinds that stop bodies."""

_KNOWN_AS = {"bridge": "road"}
"""Names under which the hunters know a kind of tile, where it is not the kind itself."""

_COMPASS = ("e", "se", "s", "sw", "w", "nw", "n", "ne")

Point = tuple[float, float]
Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class RelicPlace:
    """A relic to collect: its name, its kind (the picture) and where it lies."""

    name: str
    kind: str
    position: Point


@dataclass(frozen=True, slots=True)
class DoorPlace:
    """A door: the rect of its doorway, which lever moves it, and whether it stands open at rest."""

    rect: Rect
    lever: int
    open: bool


@dataclass(frozen=True, slots=True)
class Level:
    """An island, ready to be played."""

    name: str
    title: str
    story: str
    """One line for the menu."""
    tiles: NDArray[np.int8]
    """(rows, cols) number into KINDS."""
    currents: NDArray[np.float64]
    """(rows, cols, 2) drift of the water, in shares of the player's top speed; zero on land."""
    player_start: Point
    hunter_starts: tuple[Point, ...]
    """Five, the first ones are used first."""
    hunters: int
    """How many hunt here on normal difficulty."""
    relics: tuple[RelicPlace, ...]
    boat: Point
    """Where one boards."""
    boat_berth: Point
    """Where the hull floats: the water beside `boat`."""
    levers: tuple[Point, ...] = ()
    doors: tuple[DoorPlace, ...] = ()
    bridges: tuple[Rect, ...] = ()
    seed: int = 0

    @property
    def size_px(self) -> tuple[float, float]:
        """(width, height)."""
        rows, cols = self.tiles.shape
        return cols * TILE_PX, rows * TILE_PX

    def kind_at(self, point: Point | NDArray[np.float64]) -> str:
        """Kind of the tile under a point; points outside the map are deep water."""
        row, col = int(point[1] // TILE_PX), int(point[0] // TILE_PX)
        rows, cols = self.tiles.shape
        return KINDS[self.tiles[row, col]] if 0 <= row < rows and 0 <= col < cols else "deep"

    def mask(self, *kinds: str) -> NDArray[np.bool_]:
        """(rows, cols) where the tile is one of the kinds."""
        return np.asarray(np.isin(self.tiles, [KINDS.index(kind) for kind in kinds]))


def current_name(push: Point | NDArray[np.float64]) -> str:
    """Name of water that drifts by `push`: "water" when still, else "water_e", "water_ne" … by compass, y down.

    >>> current_name((0.0, 0.0)), current_name((0.3, 0.0)), current_name((0.0, -0.3))
    ('water', 'water_e', 'water_n')
    """
    x, y = float(push[0]), float(push[1])
    if x * x + y * y < 1e-6:
        return "water"
    return f"water_{_COMPASS[round(np.arctan2(y, x) / (np.pi / 4)) % 8]}"


def ground_of(level: Level) -> nw.Terrain:
    """The ground as the hunters know it: names, walls, doors at rest; deep water is a hazard, so that one sees across it."""
    names = [_KNOWN_AS.get(kind, kind) for kind in KINDS]
    known = level.tiles.astype(np.int64)
    legend = dict(enumerate(names))
    flowing = level.mask("water") & (np.abs(level.currents).sum(axis=2) > 1e-3)
    for row, col in np.argwhere(flowing):
        name = current_name(level.currents[row, col])
        if name not in names:
            names.append(name)
            legend[len(names) - 1] = name
        known[row, col] = names.index(name)
    legend = {kind: name for kind, name in legend.items() if np.any(known == kind)}
    ground = nw.Terrain.from_grid(known, cell_px=TILE_PX, legend=legend, solid=SOLID)
    _mark(level.mask("deep"), ground.set_hazard)
    _mark(level.mask("reeds"), ground.set_opaque)
    for door in level.doors:
        ground.set_solid(door.rect, not door.open)
    return ground


def _mark(mask: NDArray[np.bool_], setter: object) -> None:
    """Call a Terrain setter for each run of marked tiles along the rows."""
    for row in range(mask.shape[0]):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], mask[row], [False]]).astype(np.int8)))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            setter((start * TILE_PX, row * TILE_PX, (end - start) * TILE_PX, TILE_PX), True)  # type: ignore[operator]
