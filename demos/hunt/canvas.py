"""A canvas of tiles with the brushes that islands are painted with.  Coordinates are tiles: (col, row) = (x, y), y down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .level import BLOCKING, KINDS, TILE_PX, DoorPlace, Level, RelicPlace

__all__ = ["Canvas", "Tile"]

Tile = tuple[float, float]


class Canvas:
    """Paint on it, then take the `Level` off with `finish`."""

    def __init__(self, cols: int, rows: int, seed: int) -> None:
        self.tiles = np.zeros((rows, cols), np.int8)
        self.currents = np.zeros((rows, cols, 2))
        self.rng = np.random.default_rng(seed)
        self.seed = seed
        self._y, self._x = np.mgrid[0:rows, 0:cols] + 0.5
        self.kept = np.zeros((rows, cols), np.bool_)
        self.levers: list[Tile] = []
        self.doors: list[tuple[tuple[int, int, int, int], int, bool]] = []
        self.bridges: list[tuple[int, int, int, int]] = []

    # ---- shapes: (rows, cols) bool --------------------------------------------------------------------------

    def blob(self, x: float, y: float, radius_x: float, radius_y: float, wobble: float = 0.0) -> NDArray[np.bool_]:
        """An ellipse whose rim wanders by up to about `wobble` of its radius."""
        dx, dy = (self._x - x) / radius_x, (self._y - y) / radius_y
        rim = np.ones_like(dx)
        if wobble > 0.0:
            angle = np.arctan2(dy, dx)
            for wave, phase in zip((2, 3, 5, 7), self.rng.uniform(0, 2 * math.pi, 4), strict=True):
                rim += wobble * 0.5 * np.sin(wave * angle + phase) / math.sqrt(wave)
        return np.asarray(np.hypot(dx, dy) < rim)

    def box(self, x: int, y: int, w: int, h: int) -> NDArray[np.bool_]:
        """A rect of whole tiles."""
        shape = np.zeros(self.tiles.shape, np.bool_)
        shape[max(0, y):y + h, max(0, x):x + w] = True
        return shape

    def stroke(self, points: Sequence[Tile], width: float) -> NDArray[np.bool_]:
        """All tiles whose centre lies within half of `width` from a line through `points`."""
        shape = np.zeros(self.tiles.shape, np.bool_)
        for (ax, ay), (bx, by) in pairwise(points):
            length = max((bx - ax) ** 2 + (by - ay) ** 2, 1e-9)
            along = np.clip(((self._x - ax) * (bx - ax) + (self._y - ay) * (by - ay)) / length, 0.0, 1.0)
            shape |= np.hypot(self._x - ax - along * (bx - ax), self._y - ay - along * (by - ay)) <= 0.5 * width
        return shape

    # ---- paint ----------------------------------------------------------------------------------------------

    def kind(self, *kinds: str) -> NDArray[np.bool_]:
        """Where a tile is one of the kinds."""
        return np.asarray(np.isin(self.tiles, [KINDS.index(kind) for kind in kinds]))

    def paint(self, shape: NDArray[np.bool_], kind: str, on: Sequence[str] = ()) -> None:
        """Make the shape's tiles `kind`; with `on`, only where they are one of those now."""
        where = shape & self.kind(*on) if on else shape
        self.tiles[where] = KINDS.index(kind)
        self.currents[where] = 0.0

    def land(self, shape: NDArray[np.bool_], beach: float = 1.5) -> None:
        """Grass inside the shape, a beach of sand along its rim, shallow water just outside."""
        inside = np.zeros_like(shape)
        inside[3:-3, 3:-3] = True
        shape = shape & inside  # deep water all round
        near = _grown(~shape, beach) & shape
        self.paint(_grown(shape, 1.0) & ~shape, "water", on=("deep",))
        self.paint(shape & ~near, "grass")
        self.paint(near, "sand")

    def river(self, points: Sequence[Tile], width: float, push: float, on: Sequence[str] = ()) -> None:
        """Shallow water that flows from the first point to the last, drifting bodies by `push` of the player's top speed.

        Each reach flows one of eight ways, as its name will say.
        """
        for a, b in pairwise(points):
            reach = self.stroke((a, b), width)
            self.paint(reach, "water", on)
            self.flow(reach, b[0] - a[0], b[1] - a[1], push)

    def flow(self, shape: NDArray[np.bool_], along_x: float, along_y: float, push: float) -> None:
        """Let the shallow water inside the shape drift by `push` of the player's top speed, one of eight ways: the nearest to `along`."""
        way = round(math.atan2(along_y, along_x) / (math.pi / 4)) * (math.pi / 4)
        self.currents[shape & self.kind("water")] = (math.cos(way) * push, math.sin(way) * push)

    def house(self, x: int, y: int, w: int, h: int, kind: str = "house") -> None:
        self.paint(self.box(x, y, w, h), kind)

    def walls(self, x: int, y: int, w: int, h: int, floor: str | None = None) -> None:
        """A ring of wall, and a floor inside it."""
        ring = self.box(x, y, w, h)
        inside = self.box(x + 1, y + 1, w - 2, h - 2)
        self.paint(ring & ~inside, "wall")
        if floor is not None:
            self.paint(inside, floor)

    def gap(self, x: int, y: int, w: int, h: int, floor: str = "road") -> None:
        """An open way through a wall."""
        self.paint(self.box(x, y, w, h), floor)

    def keep(self, *places: Tile) -> None:
        """Let neither groves nor scattered tiles come near these places."""
        for x, y in places:
            self.kept |= np.hypot(self._x - x - 0.5, self._y - y - 0.5) < 2.0

    def scatter(self, kind: str, share: float, on: Sequence[str], clear: float = 1.0) -> None:
        """Single tiles of `kind` on about `share` of those tiles, `clear` tiles away from anything that blocks."""
        free = self.kind(*on) & ~self.kept & ~_grown(self.kind(*BLOCKING), clear) & ~_grown(self.kind("road", "bridge"), 0.5)
        spots = np.argwhere(free)
        self.rng.shuffle(spots)
        taken = np.zeros_like(free)
        for row, col in spots[: int(share * len(spots))]:
            around = taken[max(0, row - 2):row + 3, max(0, col - 2):col + 3]
            if not around.any():
                taken[row, col] = True
        self.paint(taken, kind)

    def groves(self, kind: str, count: int, radius: float, on: Sequence[str] = ("grass",)) -> None:
        """About `count` clumps of `kind`, off the roads and with room to run round each."""
        for _ in range(6 * count):
            barred = self.kind(*BLOCKING, "road", "bridge", "water") | self.kept
            free = self.kind(*on) & ~_grown(barred, 2.0 + radius)
            spots = np.argwhere(free)
            if count == 0 or len(spots) == 0:
                return
            row, col = spots[self.rng.integers(len(spots))]
            size = radius * self.rng.uniform(0.6, 1.1)
            self.paint(self.blob(col + 0.5, row + 0.5, size * 1.2, size, 0.3), kind, on)
            count -= 1

    def lever(self, x: int, y: int) -> int:
        """A lever on tile (x, y); its number, for `door`."""
        self.keep((x, y))
        self.levers.append((x + 0.5, y + 0.5))
        return len(self.levers) - 1

    def door(self, x: int, y: int, w: int, h: int, lever: int, open: bool) -> None:
        """A doorway of w × h tiles, moved by that lever."""
        self.paint(self.box(x, y, w, h), "road")
        self.doors.append(((x, y, w, h), lever, open))

    def bridge(self, x: int, y: int, w: int, h: int) -> None:
        """Planks that fall when crossed; below them is deep water."""
        self.paint(self.box(x, y, w, h), "bridge")
        self.kept |= _grown(self.box(x, y, w, h), 2.0)
        self.bridges.append((x, y, w, h))

    # ---- done -----------------------------------------------------------------------------------------------

    def finish(self, name: str, title: str, story: str, *, player: Tile, hunters: int, hunter_starts: Sequence[Tile],
               relics: Sequence[tuple[str, Tile]], boat: Tile, berth: Tile) -> Level:
        """The level; places are tile coordinates, each is moved to the centre of its tile."""
        self.tiles.setflags(write=False)
        self.currents.setflags(write=False)
        return Level(
            name=name, title=title, story=story, tiles=self.tiles, currents=self.currents, seed=self.seed,
            player_start=_centre(player), hunters=hunters, hunter_starts=tuple(_centre(at) for at in hunter_starts),
            relics=tuple(RelicPlace(relic, relic, _centre(at)) for relic, at in relics),
            boat=_centre(boat), boat_berth=_centre(berth), levers=tuple(_centre(at) for at in self.levers),
            doors=tuple(DoorPlace(_rect(cells), lever, open) for cells, lever, open in self.doors),
            bridges=tuple(_rect(cells) for cells in self.bridges),
        )


def _centre(at: Tile) -> tuple[float, float]:
    return (math.floor(at[0]) + 0.5) * TILE_PX, (math.floor(at[1]) + 0.5) * TILE_PX


def _rect(cells: tuple[int, int, int, int]) -> tuple[float, float, float, float]:
    x, y, w, h = cells
    return x * TILE_PX, y * TILE_PX, w * TILE_PX, h * TILE_PX


def _grown(shape: NDArray[np.bool_], tiles: float) -> NDArray[np.bool_]:
    """The shape and every tile within `tiles` of it."""
    rows, cols = shape.shape
    reach = math.floor(tiles)
    padded = np.pad(shape, reach)
    grown = np.zeros_like(shape)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            if math.hypot(dx, dy) <= tiles:
                grown |= padded[reach + dy:reach + dy + rows, reach + dx:reach + dx + cols]
    return grown
