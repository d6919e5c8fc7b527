"""Seeded maps for the arena: the open plane, walls, surfaces, doors.  A map is a recipe; each run builds its own Terrain."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from npc_world.core.terrain import Terrain

__all__ = ["BODY_PER_CELL", "Door", "DoorKeeper", "Level", "make_level", "open_level"]

Floats = NDArray[np.float64]
Kinds = NDArray[np.int64]

LEGEND = {0: "road", 1: "grass", 2: "mud", 3: "water", 4: "wall"}
WALL = 4
CELLS = 48
BODY_PER_CELL = 0.75
"""Width of a body over the width of a cell: grown walls then lie on the lines of the clairvoyant's lattice."""


@dataclass(frozen=True, slots=True)
class Door:
    """A rect that is wall while closed."""

    rect: tuple[float, float, float, float]
    """x, y, w, h, px."""
    switches_s: tuple[float, ...]
    """Times at which it changes; it begins closed when `closed` is true."""
    closed: bool

    def closed_at(self, time_s: float) -> bool:
        """Whether it is wall at that time."""
        return self.closed != bool(bisect_right(self.switches_s, time_s) % 2)


@dataclass(frozen=True, slots=True)
class Level:
    """A map: size and cells, and the doors that change while the episode runs."""

    kind: str
    size: tuple[float, float]
    cell_px: float
    kinds: Kinds | None = None
    """(rows, cols) keys of the legend; None is a plane of nothing but ground."""
    doors: tuple[Door, ...] = field(default=())

    def build(self) -> Terrain:
        """A fresh Terrain, as the pursuers get it: names of surfaces and walls, doors as they stand at the start."""
        ground = self.build_open()
        for door in self.doors:
            if door.closed:
                ground.set_solid(door.rect, True)
        return ground

    def build_open(self) -> Terrain:
        """The same with every door open."""
        if self.kinds is None:
            return Terrain.open_field(self.size, self.cell_px)
        return Terrain.from_grid(self.kinds, self.cell_px, LEGEND)


class DoorKeeper:
    """Opens and closes the doors of one run's Terrain as time passes."""

    def __init__(self, level: Level) -> None:
        self._doors = level.doors
        self._closed = [door.closed for door in level.doors]

    def update(self, time_s: float, ground: Terrain) -> None:
        """Bring every door to its state at `time_s`."""
        for i, door in enumerate(self._doors):
            closed = door.closed_at(time_s)
            if closed != self._closed[i]:
                self._closed[i] = closed
                ground.set_solid(door.rect, closed)


def open_level(size: tuple[float, float]) -> Level:
    """Nothing but ground, in 64 cells along the longer side."""
    return Level("open", size, max(size) / 64.0)


def make_level(kind: str, cell_px: float, rng: np.random.Generator, duration_s: float) -> Level:
    """A random level of 48×48 cells: "walls" (rooms or scattered rects), "surfaces" (blobs and walls) or "doors"."""
    makers = {"walls": _rooms if rng.random() < 0.5 else _scattered, "surfaces": _blobs, "doors": _rooms}
    if kind not in makers:
        raise ValueError(f"map={kind!r}: expected one of {', '.join(makers)}")
    kinds = makers[kind](rng)
    doors: tuple[Door, ...] = ()
    if kind == "doors":
        doors = _doors(kinds, cell_px, rng, duration_s)
    kinds = _connected(kinds)
    size = (CELLS * cell_px, CELLS * cell_px)
    return Level(kind, size, cell_px, kinds, doors)


def _rooms(rng: np.random.Generator) -> Kinds:
    """Rooms of 6 to 12 cells between walls one cell thick, with a gap of two or three cells in most walls."""
    kinds = np.zeros((CELLS, CELLS), np.int64)
    columns, rows = _cuts(rng), _cuts(rng)
    kinds[:, columns[1:-1]] = WALL
    kinds[rows[1:-1], :] = WALL
    for i, wall in enumerate(columns[1:-1]):
        for top, bottom in itertools.pairwise(rows):
            if i == 0 or rng.random() < 0.75:
                gap = int(rng.integers(2, 4))
                start = int(rng.integers(top + 1, max(top + 2, bottom - gap)))
                kinds[start:min(bottom, start + gap), wall] = 0
    for i, wall in enumerate(rows[1:-1]):
        for left, right in itertools.pairwise(columns):
            if i == 0 or rng.random() < 0.75:
                gap = int(rng.integers(2, 4))
                start = int(rng.integers(left + 1, max(left + 2, right - gap)))
                kinds[wall, start:min(right, start + gap)] = 0
    return kinds


def _cuts(rng: np.random.Generator) -> list[int]:
    cuts = [-1]
    while cuts[-1] < CELLS - 14:
        cuts.append(cuts[-1] + int(rng.integers(7, 13)))
    return [*cuts, CELLS]


def _scattered(rng: np.random.Generator) -> Kinds:
    """18 to 34 rects of 1 to 8 cells a side."""
    kinds = np.zeros((CELLS, CELLS), np.int64)
    for _ in range(int(rng.integers(18, 35))):
        row, col = rng.integers(0, CELLS, 2)
        height, width = rng.integers(1, 9, 2)
        kinds[row:row + height, col:col + width] = WALL
    return kinds


def _blobs(rng: np.random.Generator) -> Kinds:
    """Road, grass, mud and water in blobs, and a tenth of wall."""
    height = _smooth(rng, 3)
    kinds = np.digitize(height, np.quantile(height, [0.35, 0.70, 0.88])).astype(np.int64)
    stone = _smooth(rng, 1)
    kinds[stone > np.quantile(stone, 0.90)] = WALL
    return kinds


def _smooth(rng: np.random.Generator, passes: int) -> Floats:
    noise = rng.standard_normal((CELLS, CELLS))
    for _ in range(passes):
        for axis in (0, 1):
            noise = np.mean([np.roll(noise, shift, axis) for shift in range(-2, 3)], axis=0)
    return noise


def _doors(kinds: Kinds, cell_px: float, rng: np.random.Generator, duration_s: float) -> tuple[Door, ...]:
    """Up to eight of the gaps in the walls become doors that open and close every few seconds."""
    vertical = (kinds[:, :-2] == 0) & (kinds[:, 1:-1] == 0) & (kinds[:, 2:] == 0)
    doors: list[Door] = []
    gaps = [(slice(top, bottom), slice(col, col + 1)) for col in range(1, CELLS - 1) if np.mean(kinds[:, col] == WALL) > 0.5
            for top, bottom in _runs(kinds[:, col] != WALL) if bottom - top <= 3 and vertical[top:bottom, col - 1].all()]
    for i in rng.permutation(len(gaps))[:8]:
        rows, cols = gaps[int(i)]
        rect = (cols.start * cell_px, rows.start * cell_px, cell_px, (rows.stop - rows.start) * cell_px)
        times = np.cumsum(rng.uniform(2.5, 9.0, int(duration_s / 2.5) + 1))
        doors.append(Door(rect, tuple(float(t) for t in times[times < duration_s]), bool(rng.random() < 0.4)))
    return tuple(doors)


def _runs(free: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.diff(np.concatenate([[0], free.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def _connected(kinds: Kinds) -> Kinds:
    """Everything that cannot be reached from the largest open region becomes wall."""
    label = np.where(kinds == WALL, -1, np.arange(kinds.size).reshape(kinds.shape))
    while True:
        padded = np.pad(label, 1, constant_values=-1)
        around = np.maximum.reduce([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:], label])
        spread = np.where(kinds == WALL, -1, around)
        if np.array_equal(spread, label):
            break
        label = spread
    names, counts = np.unique(label[label >= 0], return_counts=True)
    return np.where(label == names[np.argmax(counts)], kinds, WALL)
