"""Reads the public grid-path benchmark format: `.map` files of passable cells and `.scen` files of problems.

N. R. Sturtevant, "Benchmarks for Grid-Based Pathfinding", IEEE Transactions on Computational Intelligence and AI in Games
4(2), 2012; https://movingai.com/benchmarks/formats.html.  x runs right, y down, (0, 0) is the upper left cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.terrain import Terrain

__all__ = ["BenchmarkMap", "Problem", "load_benchmarks", "read_map", "read_problems"]

_PASSABLE = frozenset(".GS")
_KNOWN = frozenset(".GS@OTW")


@dataclass(frozen=True, slots=True)
class Problem:
    """One path to find: cells (row, col), and the optimal octile length in cells as printed, to `tolerance`."""

    start: tuple[int, int]
    goal: tuple[int, int]
    length: float
    tolerance: float


@dataclass(frozen=True, slots=True)
class BenchmarkMap:
    """A map, blocked (rows, cols) bool, and its problems."""

    name: str
    blocked: NDArray[np.bool_]
    problems: tuple[Problem, ...]

    def ground(self, cell_px: float = 1.0) -> Terrain:
        """The map as a terrain of walls and ground."""
        return Terrain.from_grid(self.blocked, cell_px=cell_px)


def read_map(path: Path) -> NDArray[np.bool_]:
    """Blocked cells (rows, cols) of a `.map` file.  Raises `BadInputError` naming file and line for what it cannot read."""
    lines = _lines(path)
    head: dict[str, str] = {}
    at = 0
    while at < len(lines) and lines[at].strip() != "map":
        key, _, value = lines[at].strip().partition(" ")
        head[key] = value
        at += 1
    try:
        rows, cols = int(head["height"]), int(head["width"])
    except (KeyError, ValueError):
        raise BadInputError(f"{path}: expected lines 'height <n>', 'width <n>' and 'map' at the top") from None
    cells = lines[at + 1:at + 1 + rows]
    if len(cells) < rows or rows < 1 or cols < 1:
        raise BadInputError(f"{path}: has {len(cells)} rows of cells, its head says {rows}")
    blocked = np.empty((rows, cols), np.bool_)
    for row, line in enumerate(cells):
        if len(line) < cols or not _KNOWN.issuperset(line[:cols]):
            raise BadInputError(f"{path}:{at + 2 + row}: expected {cols} cells out of {''.join(sorted(_KNOWN))}, found {line!r}")
        blocked[row] = [mark not in _PASSABLE for mark in line[:cols]]
    return blocked


def read_problems(path: Path) -> tuple[Problem, ...]:
    """The problems of a `.scen` file.  A length is known to half a unit of its last printed digit, at best to 0.001."""
    problems = []
    for number, line in enumerate(_lines(path), 1):
        words = line.split()
        if not words or words[0] == "version":
            continue
        try:
            start_x, start_y, goal_x, goal_y = (int(word) for word in words[4:8])
            length = float(words[8])
        except (ValueError, IndexError):
            raise BadInputError(f"{path}:{number}: expected bucket, map, width, height, start x y, goal x y, length, found {line!r}") from None
        decimals = len(words[8].partition(".")[2])
        problems.append(Problem((start_y, start_x), (goal_y, goal_x), length, max(1e-3, 0.5 * 10.0 ** -decimals)))
    return tuple(problems)


def load_benchmarks(folder: Path) -> list[BenchmarkMap]:
    """Every `.map` of a folder and the folders in it, by name, with the problems of `<name>.map.scen` or `<name>.scen` beside it."""
    if not folder.is_dir():
        raise BadInputError(f"folder={str(folder)!r}: no such folder")
    found = []
    for path in sorted(folder.rglob("*.map")):
        scenes = [scene for scene in (path.with_name(path.name + ".scen"), path.with_suffix(".scen")) if scene.is_file()]
        found.append(BenchmarkMap(path.stem, read_map(path), read_problems(scenes[0]) if scenes else ()))
    return found


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path}: {error}") from None
