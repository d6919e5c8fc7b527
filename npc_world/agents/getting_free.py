"""A body that asks to move and does not: other ways are tried in turn until it moves, and then kept to for a little."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["GettingFree"]

Floats = NDArray[np.float64]
_TRIED, _MOST_TRIED = 2, 16
"""Frames for which each way is tried, some games move a frame late; twice as many in each round, for bodies that gather speed."""
_MOST_KEPT = 32
"""A way that leads on is kept to for no frame at first, where steps are long one is enough; then for one, and for twice as many each time it is
held up again near by, but for no more than so many."""
_NEAR_BODIES = 1.5
_FORGET_S = 4.0
_AXES = ((1.0, 0.0), (0.0, 1.0), (0.0, -1.0), (-1.0, 0.0))


class GettingFree:
    """For games that move otherwise than advised: along one axis at a time, by steps that are refused whole where they end in a wall, or
    among walls that nobody told of.  The ways tried are those along the axes, the nearest to the wish first.

    Assumes that what holds it up stays.  Wrong where the game itself holds the body, stunned or attacking: for a frame or two after that it
    may go another way than it wants to.
    """

    def __init__(self) -> None:
        self._kept, self._way = 0, (0.0, 0.0)
        """For how many more frames to keep to which way."""
        self._longest = 0
        self._tries: list[tuple[float, float]] = []
        self._try, self._frames, self._tried = 0, 0, _TRIED
        """Which way is tried, for how many frames it has been, and for how many it is to be."""
        self._at, self._since_s = (math.inf, math.inf), 0.0
        """Where it was last held up, and how long ago."""

    def velocity(self, asked: Floats, position: tuple[float, float], held: bool, speed: float, size: tuple[float, float], dt_s: float) -> Floats:
        """(2,) what to ask for instead of `asked`.  held: it has asked to move for some frames, did not, and the planner knows no better."""
        self._since_s += dt_s
        if held:
            return self._another(asked, position, speed, size)
        if self._tries:  # it moves: by the way tried last
            self._tries, self._kept = [], self._longest
        if self._kept > 0:
            self._kept -= 1
            return np.array((speed * self._way[0], speed * self._way[1]))
        return asked

    def _another(self, asked: Floats, position: tuple[float, float], speed: float, size: tuple[float, float]) -> Floats:
        if not self._tries:
            near = math.dist(position, self._at) <= _NEAR_BODIES * max(size) and self._since_s < _FORGET_S
            self._longest = min(_MOST_KEPT, max(1, 2 * self._longest)) if near else 0
            self._at, self._kept = position, 0
            self._try, self._frames, self._tried = 0, 0, _TRIED
            x, y = asked.tolist()
            self._tries = sorted(_AXES, key=lambda way: -(way[0] * x + way[1] * y))
        self._since_s = 0.0
        if self._frames == self._tried:
            self._try, self._frames = self._try + 1, 0
            if self._try == len(self._tries):
                self._try, self._tried = 0, min(_MOST_TRIED, 2 * self._tried)
        self._way, self._frames = self._tries[self._try], self._frames + 1
        return np.array((speed * self._way[0], speed * self._way[1]))
