"""Which way a body can go at all: a paddle only along its edge, a lift only up and down."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["Freedom"]

Floats = NDArray[np.float64]
_ASKED_BODIES = 1.5
"""So many body lengths must have been asked for along an axis before standing still along it says anything."""
_FORGET_S = 10.0
"""After about so long without asking it tries again: the game may have let go of it."""
_PARALLEL = 1e-6


class Freedom:
    """Learns from own motion whether the body is bound to a horizontal or vertical line; moves the game names say so at once.

    Assumes that a body which has never moved along an axis, although asked to go that way rather than along the other, cannot: games that move
    along one axis at a time take the one that is asked for more.  Wrong for one that was placed against
    a wall nobody told of; it finds out when it tries again.
    """

    def __init__(self) -> None:
        self._asked_px, self._moved_px = (0.0, 0.0), (0.0, 0.0)
        self._told: Floats | None = None
        self._was_told = False

    def tell(self, moves: Floats | None) -> None:
        """(n, 2) the moves the game can realise, in any unit; None when it did not say."""
        self._was_told = moves is not None
        self._told = common_line(moves) if moves is not None else None

    def learn(self, commanded_px_s: Floats, moved_px: tuple[float, float], dt_s: float, size_px: tuple[float, float]) -> None:
        """One frame: the velocity that had been asked for, and how far the body came."""
        keep = math.exp(-dt_s / _FORGET_S)
        (asked_x, asked_y), (wish_x, wish_y) = self._asked_px, commanded_px_s.tolist()
        (way_x, way_y), (moved_x, moved_y) = self._moved_px, moved_px
        wish_x, wish_y = abs(wish_x), abs(wish_y)
        self._asked_px = (keep * asked_x + (wish_x * dt_s if wish_x >= wish_y else 0.0), keep * asked_y + (wish_y * dt_s if wish_y >= wish_x else 0.0))
        self._moved_px = way_x + abs(moved_x), way_y + abs(moved_y)
        self._enough_px = _ASKED_BODIES * max(size_px)

    _enough_px = math.inf

    @property
    def line(self) -> Floats | None:
        """(2,) unit vector of the line the body is bound to; None when it can go anywhere, or when that is not known."""
        if self._was_told:
            return self._told
        bound_x, bound_y = (asked > self._enough_px and moved < 0.01 * asked for asked, moved in zip(self._asked_px, self._moved_px, strict=True))
        if bound_x == bound_y:
            return None
        return np.array([0.0, 1.0]) if bound_x else np.array([1.0, 0.0])


def common_line(moves: Floats) -> Floats | None:
    """(2,) unit vector along which all moves (n, 2) lie, of either sign; None when there are two ways to go or none."""
    lengths = np.hypot(moves[:, 0], moves[:, 1])
    longest = int(np.argmax(lengths)) if len(lengths) else -1
    if longest < 0 or lengths[longest] <= 0.0:
        return None
    along = moves[longest] / lengths[longest]
    across = np.abs(moves[:, 0] * along[1] - moves[:, 1] * along[0])
    return np.asarray(along) if bool((across <= _PARALLEL * lengths[longest]).all()) else None
