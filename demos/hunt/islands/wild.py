"""A new island for every seed: the same brushes in the hands of chance, then checked like the others."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..canvas import Canvas, Tile
from ..level import BLOCKING, KINDS, TILE_PX, Level, ground_of
from ..survey import FAR_TILES, problems, steps_from

_RELICS = ("ruby", "idol", "mask", "crown", "chalice", "pearl")
_ATTEMPTS = 60
_LARGE = 2600
"""Tiles of ground from which on there is room for a third hunter."""

Mask = NDArray[np.bool_]


def build(seed: int) -> Level:
    """The island of this seed: the first of its drafts on which nothing is wrong.

    Raises RuntimeError when no draft is fit to play, which a test over many seeds holds to be never.
    """
    for attempt in range(_ATTEMPTS):
        level = _draft(seed, attempt)
        if level is not None and not problems(level):
            return replace(level, seed=seed)
    raise RuntimeError(f"seed={seed}: no island to play on in {_ATTEMPTS} drafts")


def _draft(seed: int, attempt: int) -> Level | None:
    rng = np.random.default_rng([seed, attempt])
    cols, rows = int(rng.integers(64, 88)), int(rng.integers(46, 62))
    island = Canvas(cols, rows, seed=int(rng.integers(2**31)))
    island.land(island.blob(cols / 2, rows / 2, cols / 2 - 4, rows / 2 - 4, 0.18), beach=1.6)
    _patches(island, rng)
    spots = _inland_points(island, rng, 6)
    _water(island, rng)
    for a, b in pairwise(spots):
        island.paint(island.stroke([a, b], 1.8), "road", on=("grass", "sand", "mud"))
    for x, y in spots[:4]:
        _hamlet(island, rng, x, y)
    if rng.random() < 0.75:
        _fort(island, rng, *spots[4])
    island.groves("tree", int(rng.integers(8, 16)), 1.5)
    island.scatter("tree", 0.12, on=("grass",), clear=1.0)
    island.scatter("rock", 0.05, on=("sand", "ice"), clear=1.0)
    return _furnished(island, rng, seed)


def _inland_points(island: Canvas, rng: np.random.Generator, count: int) -> list[Tile]:
    """Points on land, each drawn as the farthest of a few from those before it."""
    rows, cols = island.tiles.shape
    land = np.argwhere(island.kind("grass", "mud", "ice"))
    points: list[Tile] = [(cols / 2, rows / 2)]
    while len(points) < count:
        tries = land[rng.integers(len(land), size=12)]
        apart = [min(math.dist((c, r), p) for p in points) for r, c in tries]
        row, col = tries[int(np.argmax(apart))]
        points.append((float(col), float(row)))
    return points


def _patches(island: Canvas, rng: np.random.Generator) -> None:
    frost = rng.random() < 0.5
    for _ in range(int(rng.integers(4, 8))):
        (x, y), = _inland_points(island, rng, 2)[1:]
        kind = "ice" if frost and rng.random() < 0.5 else str(rng.choice(["mud", "mud", "reeds", "ice" if frost else "sand"]))
        size = rng.uniform(0.6, 1.0) if kind == "reeds" else rng.uniform(1.0, 2.0)
        island.paint(island.blob(x, y, 3.5 * size, 2.6 * size, 0.25), kind, on=("grass",))


def _water(island: Canvas, rng: np.random.Generator) -> None:
    """One river from coast to coast: shallow with a current, or deep with two bridges and a ford."""
    rows, cols = island.tiles.shape
    across = rng.random() < 0.5
    middle = (cols * rng.uniform(0.38, 0.62), rows * rng.uniform(0.38, 0.62))
    ends = [(cols * rng.uniform(0.3, 0.7), 0.0), middle, (cols * rng.uniform(0.3, 0.7), float(rows))] if across else [
        (0.0, rows * rng.uniform(0.3, 0.7)), middle, (float(cols), rows * rng.uniform(0.3, 0.7))]
    if rng.random() < 0.5:
        island.river(ends, 3.6, rng.uniform(0.2, 0.34), on=("grass", "sand", "mud", "reeds", "ice", "water"))
        return
    channel = island.stroke(ends, 4.0)
    island.paint(island.stroke(ends, 6.0) & ~channel, "water", on=("grass", "sand", "mud", "reeds", "ice"))
    island.paint(channel, "deep", on=("grass", "sand", "mud", "reeds", "ice", "water"))
    ford = island.blob(*middle, 3.2, 3.2)
    island.paint(ford, "water", on=("deep",))
    island.flow(ford, ends[2][0] - ends[0][0], ends[2][1] - ends[0][1], 0.25)
    for (ax, ay), (bx, by), share in ((ends[0], middle, 0.62), (middle, ends[2], 0.42)):
        _span(island, round(ax + share * (bx - ax)), round(ay + share * (by - ay)), along_x=across)


def _span(island: Canvas, x: int, y: int, along_x: bool) -> None:
    """Planks, two tiles wide, over the deep water around (x, y), if there is land on both sides."""
    deep = island.kind("deep")
    for reach in range(2, 9):
        box = island.box(x - reach, y, 2 * reach, 2) if along_x else island.box(x, y - reach, 2, 2 * reach)
        wet = (deep & box).any(axis=0 if along_x else 1)
        line = np.flatnonzero(wet)
        span = (x - reach, x + reach) if along_x else (y - reach, y + reach)
        if len(line) and line[0] > span[0] and line[-1] < span[1] - 1:
            first, count = int(line[0]), int(line[-1] - line[0]) + 1
            island.bridge(*((first, y, count, 2) if along_x else (x, first, 2, count)))
            return


def _hamlet(island: Canvas, rng: np.random.Generator, x: float, y: float) -> None:
    for _ in range(int(rng.integers(8, 15))):
        w, h = int(rng.integers(2, 5)), int(rng.integers(2, 4))
        left, top = int(x + rng.integers(-7, 6)), int(y + rng.integers(-6, 5))
        plot = island.box(left - 1, top - 1, w + 2, h + 2)
        if (plot & ~island.kind("grass", "sand", "mud")).any():
            continue
        island.paint(island.box(left, top, w, h), "house" if rng.random() < 0.7 else "hedge")


def _fort(island: Canvas, rng: np.random.Generator, x: float, y: float) -> None:
    """A walled yard with an open gate, and two doors on one lever of which one is always shut."""
    w, h = int(rng.integers(9, 14)), int(rng.integers(8, 11))
    left, top = int(x - w / 2), int(y - h / 2)
    if (island.box(left - 1, top - 1, w + 2, h + 2) & island.kind("deep", "water", "bridge")).any():
        return
    island.walls(left, top, w, h, floor="grass")
    island.paint(island.box(left - 1, top - 1, w + 2, h + 2) & island.kind(*(set(BLOCKING) - {"wall"})), "grass")
    island.gap(left + w // 2 - 1, top + h - 1, 2, 1)
    lever = island.lever(left + 2, top + 2)
    island.door(left, top + h // 2, 1, 2, lever, open=True)
    island.door(left + w - 1, top + h // 2 - 1, 1, 2, lever, open=False)


def _furnished(island: Canvas, rng: np.random.Generator, seed: int) -> Level | None:
    """Start, boat, relics and hunters on the largest piece of ground; None when they do not fit."""
    free = ~island.kind(*BLOCKING)
    for (x, y, w, h), _, _ in island.doors:
        free[y:y + h, x:x + w] = False
    ground = _largest(free)
    calm = ground & ~island.kind("water", "bridge", "ice")
    for lever_x, lever_y in island.levers:
        calm[int(lever_y), int(lever_x)] = False
    coast = np.argwhere(calm & _beside(island.kind("deep", "water"), 2))
    if len(coast) < 4 or ground.sum() < 900 or any(not ground[int(y), int(x)] for x, y in island.levers):
        return None
    row, col = map(int, coast[rng.integers(len(coast))])
    berth = _berth(island, row, col)
    start = coast[int(np.argmin([abs(math.dist((row, col), at) - 12.0) for at in coast]))]
    steps = steps_from(ground, [(int(start[0]), int(start[1]))])
    relics = _spread(rng, np.argwhere(calm & (steps > 12)), [(int(start[0]), int(start[1])), (row, col)], int(rng.integers(4, 7)))
    hunters = _hidden(island, rng, np.argwhere(calm & (steps > 2 * FAR_TILES)), (int(start[0]), int(start[1])))
    if berth is None or len(relics) < 4 or len(hunters) < 5:
        return None
    names = [str(name) for name in rng.permutation(_RELICS)]
    return island.finish(
        "random", f"Island {seed}", "No chart of it exists.", player=(start[1], start[0]), hunters=3 if ground.sum() > _LARGE else 2,
        hunter_starts=[(c, r) for r, c in hunters], relics=[(name, (at[1], at[0])) for name, at in zip(names, relics, strict=False)],
        boat=(col, row), berth=berth,
    )


def _largest(free: Mask) -> Mask:
    left, best = free.copy(), np.zeros_like(free)
    while left.any():
        row, col = np.argwhere(left)[0]
        piece = steps_from(left, [(int(row), int(col))]) >= 0
        best = piece if piece.sum() > best.sum() else best
        left &= ~piece
    return best


def _beside(mask: Mask, tiles: int) -> Mask:
    near = np.zeros_like(mask)
    for dy, dx in ((tiles, 0), (-tiles, 0), (0, tiles), (0, -tiles)):
        near |= np.roll(mask, (dy, dx), axis=(0, 1))
    return near


def _berth(island: Canvas, row: int, col: int) -> Tile | None:
    for reach in (2, 1, 3):
        for dy, dx in ((reach, 0), (-reach, 0), (0, reach), (0, -reach)):
            r, c = row + dy, col + dx
            if 0 <= r < island.tiles.shape[0] and 0 <= c < island.tiles.shape[1] and KINDS[island.tiles[r, c]] in ("deep", "water"):
                return float(c), float(r)
    return None


def _spread(rng: np.random.Generator, spots: NDArray[np.intp], taken: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """Up to `count` of the spots, far from each other and from those taken."""
    chosen: list[tuple[int, int]] = []
    while len(chosen) < count and len(spots):
        tries = spots[rng.integers(len(spots), size=16)]
        apart = [min(math.dist(at, other) for other in taken + chosen) for at in tries]
        best = int(np.argmax(apart))
        if apart[best] < 5.0:
            break
        chosen.append((int(tries[best][0]), int(tries[best][1])))
    return chosen


def _hidden(island: Canvas, rng: np.random.Generator, spots: NDArray[np.intp], start: tuple[int, int]) -> list[tuple[int, int]]:
    """Places for five hunters: far away, out of the player's sight, not on a heap."""
    bare = island.finish("", "", "", player=(start[1], start[0]), hunters=0, hunter_starts=[], relics=[], boat=(0, 0), berth=(0, 0))
    ground = ground_of(bare)
    eye = bare.player_start
    out = [at for at in spots if math.dist(at, start) > 2.0 * FAR_TILES
           or not ground.line_of_sight(((at[1] + 0.5) * TILE_PX, (at[0] + 0.5) * TILE_PX), eye)]
    return _spread(rng, np.array(out), [start], 5) if out else []
