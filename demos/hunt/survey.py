"""What can be reached on an island, and what is wrong with it: run over every level before it is played."""

from __future__ import annotations

import math
from collections import deque
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .level import BLOCKING, TILE_PX, Level, ground_of

__all__ = ["FAR_TILES", "problems", "reachable", "steps_from"]

FAR_TILES = 14.0
"""Hunters start at least this far from the player, and out of sight."""

Mask = NDArray[np.bool_]


def steps_from(free: Mask, starts: list[tuple[int, int]]) -> NDArray[np.int32]:
    """(rows, cols) steps along free tiles, four ways, from the nearest of the (row, col) starts; −1 where there is no way."""
    steps = np.full(free.shape, -1, np.int32)
    todo: deque[tuple[int, int]] = deque()
    for row, col in starts:
        if free[row, col] and steps[row, col] < 0:
            steps[row, col] = 0
            todo.append((row, col))
    rows, cols = free.shape
    while todo:
        row, col = todo.popleft()
        for r, c in ((row + 1, col), (row - 1, col), (row, col + 1), (row, col - 1)):
            if 0 <= r < rows and 0 <= c < cols and free[r, c] and steps[r, c] < 0:
                steps[r, c] = steps[row, col] + 1
                todo.append((r, c))
    return steps


def tile_of(point: tuple[float, float]) -> tuple[int, int]:
    """(row, col) under a point in px."""
    return int(point[1] // TILE_PX), int(point[0] // TILE_PX)


def free_tiles(level: Level, levers_on: tuple[bool, ...]) -> Mask:
    """Tiles a body can stand on, with the doors as the levers put them."""
    free = ~level.mask(*BLOCKING)
    for door in level.doors:
        x, y, w, h = (round(v / TILE_PX) for v in door.rect)
        free[y:y + h, x:x + w] &= door.open != levers_on[door.lever]
    return np.asarray(free)


def reachable(level: Level, levers_on: tuple[bool, ...]) -> Mask:
    """(rows, cols) tiles the player gets to from the start, with the doors as the levers put them and bridges standing."""
    return np.asarray(steps_from(free_tiles(level, levers_on), [tile_of(level.player_start)]) >= 0)


def problems(level: Level) -> list[str]:
    """Everything that makes the level unfair or unplayable, in words; empty when it is fine."""
    found: list[str] = []
    places = {relic.name: relic.position for relic in level.relics}
    places |= {"the boat": level.boat} | {f"lever {i}": at for i, at in enumerate(level.levers)}
    for levers_on in product((False, True), repeat=len(level.levers)):  # no lever may ever shut anything away
        area = reachable(level, levers_on)
        found += [f"{name} cannot be reached with levers {levers_on}" for name, at in places.items() if not area[tile_of(at)]]
        shut_in = [i for i, at in enumerate(level.hunter_starts) if not area[tile_of(at)]]
        found += [f"hunter {i} is cut off with levers {levers_on}" for i in shut_in]
    found += [f"{name} lies in the way of a door" for name, at in places.items() for door in level.doors if _inside(at, door.rect)]
    standing = free_tiles(level, (False,) * len(level.levers)) & ~level.mask("bridge")
    for x, y, w, h in level.bridges:
        row, col, rows, cols = round(y / TILE_PX), round(x / TILE_PX), round(h / TILE_PX), round(w / TILE_PX)
        ends = (standing[row:row + rows, col - 1], standing[row:row + rows, col + cols]) if cols >= rows else (
            standing[row - 1, col:col + cols], standing[row + rows, col:col + cols])
        if not all(end.all() for end in ends):
            found.append(f"the bridge at column {col}, row {row} leads nowhere")
    ground = ground_of(level)
    for i, start in enumerate(level.hunter_starts):
        away = math.dist(start, level.player_start) / TILE_PX
        if away < FAR_TILES:
            found.append(f"hunter {i} starts only {away:.1f} tiles from the player")
        if away < 2.0 * FAR_TILES and ground.line_of_sight(start, level.player_start):
            found.append(f"hunter {i} starts in sight of the player")
    if len({tile_of(at) for at in places.values()}) < len(places):
        found.append("two things lie on one tile")
    if len(level.hunter_starts) < 5:
        found.append(f"{len(level.hunter_starts)} places for hunters: expected five")
    return found


def _inside(point: tuple[float, float], rect: tuple[float, float, float, float]) -> bool:
    return rect[0] <= point[0] <= rect[0] + rect[2] and rect[1] <= point[1] <= rect[1] + rect[3]
