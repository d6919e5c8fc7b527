"""Levels for benchmarks, made up by rule: rooms with doors, caves, and scattered blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["blocks", "caves", "rooms"]

Blocked = NDArray[np.bool_]


def rooms(cells: int, rng: np.random.Generator, room: int = 16) -> Blocked:
    """(cells, cols) square rooms whose walls have a door each, three cells wide."""
    blocked = np.zeros((cells, cells), np.bool_)
    blocked[::room], blocked[:, ::room] = True, True
    for row in range(0, cells, room):
        for col in range(0, cells, room):
            at = int(rng.integers(2, room - 4))
            blocked[row, col + at:col + at + 3] = False
            at = int(rng.integers(2, room - 4))
            blocked[row + at:row + at + 3, col] = False
    blocked[0], blocked[:, 0] = True, True
    return blocked


def caves(cells: int, rng: np.random.Generator, rounds: int = 5) -> Blocked:
    """(cells, cells) caves: noise, in which every cell goes by the majority of those around it, a few times."""
    blocked = rng.random((cells, cells)) < 0.44
    for _ in range(rounds):
        padded = np.pad(blocked, 1, constant_values=True).astype(np.int64)
        around = sum(padded[1 + r:1 + r + cells, 1 + c:1 + c + cells] for r in (-1, 0, 1) for c in (-1, 0, 1))
        blocked = np.asarray(around >= 5)
    return blocked


def blocks(cells: int, rng: np.random.Generator, share: float = 0.25) -> Blocked:
    """(cells, cells) blocks of 2 to 12 cells a side until about that share is blocked: streets between houses."""
    blocked = np.zeros((cells, cells), np.bool_)
    while blocked.mean() < share:
        row, col = rng.integers(cells, size=2)
        height, width = rng.integers(2, 13, 2)
        blocked[row:row + height, col:col + width] = True
    return blocked
