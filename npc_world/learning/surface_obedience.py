"""Whether a body that is said to have the velocity it asks for at once does so at all, apart from what the ground does to it.

Games cut steps to whole pixels, move along four directions, at one speed whatever is asked, or let bodies gather speed that nobody told of.
What such a body makes of what it asks for is no law of the ground: along one straight way it looks like one, along the next like another.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel

__all__ = ["Obedience"]

Floats = NDArray[np.float64]
_ROWS, _FEWEST, _SIDE = 24, 8, 4
"""Stretches that are looked at, of the last on one surface; so many must there be; and so many on either side of a change."""
_WAYS, _APART = 4, 0.4
"""A law is told from chance by so many asks that differ by so much, in shares of top speed: along two ways most bodies obey one."""
_ROUGH, _NOISES = 0.03, 2.0
"""When stretches deviate from the best law by so much of their speed, and by so many times what eyes make of them, the body obeys none."""
_OBEYS = 0.7
"""And below this share of that it does."""
_LASTING = _SIDE + 2
"""So many stretches in a row must say that it does not obey: until there are enough since a change of ground, no law fits."""
_AGAIN = 12
"""And so many that it does after all: along a few ways many bodies do."""
_SAME, _OTHER, _REMEMBERED = 0.05, 0.12, 8
"""Velocities, in shares of top speed, that are the same, that are not, and how many steady stretches are kept to compare with."""
_ASIDE = 0.02
_CLEARLY = 0.6
"""A law that leaves so much less is taken for the other."""


class Obedience:
    """The last stretches on each surface against the best linear law, velocity = factor · asked + push, or the best two, one after the other.

    Two, because ground may change.  Asked is what was asked for in a frame or in the one before it, as games go, or that at full speed.
    Assumes that a body which obeys a law in several directions obeys it in all.  Wrong for steps so long that cutting them hardly shows.
    """

    def __init__(self) -> None:
        self.proven = False
        """It was seen to obey one law in different directions."""
        self.rough = False
        """It was seen to obey none."""
        self.full_speed = False
        """It goes as fast as it can whatever speed it asks for."""
        self.misfit = 0.0
        """Deviation of a stretch's velocity from the best law, shares of top speed."""
        self._contrasts: set[str] = set()
        self._straight = 0
        """Stretches in a row by which it came along steadily, and as it asked but for its speed."""
        self._steady: deque[tuple[Floats, Floats]] = deque(maxlen=_REMEMBERED)
        self._last: tuple[Floats, Floats] | None = None
        """What was asked for and seen, in the last stretch and in some that were like the one before them."""
        self._against = self._for = 0
        """Stretches in a row after which no law fitted, and after which one did for many directions."""
        self._rows: dict[str, deque[tuple[float, ...]]] = {}

    def trusted(self, surface: str) -> bool:
        """Whether what it finds of a surface is the ground's doing: it is known to obey, or was seen to come along there, asking for the same,
        as it did not elsewhere or before, or for long just as it asked but for its speed.
        """
        return self.proven or (self._against == 0 and not self.rough and surface in self._contrasts)

    def hear(self, surface: str, seconds: Floats, asked: Floats, moved: tuple[float, float], noise: float) -> None:
        """One stretch.  seconds (n,): of its frames; asked (n, 4): the velocity asked for in each and in the frame before, and moved: the mean
        velocity seen, both in shares of top speed; noise: the deviation that eyes give each component of the latter.
        """
        length_s = float(seconds.sum())
        speeds = np.hypot(asked[:, 0], asked[:, 1])[:, None]
        directions = np.divide(asked[:, :2], speeds, out=np.zeros((len(asked), 2)), where=speeds > 0.0)
        rows = self._rows.setdefault(surface, deque(maxlen=_ROWS))
        self._contrast(surface, seconds @ asked[:, :2] / length_s, np.array(moved))
        rows.append((*(seconds @ asked / length_s).tolist(), *(seconds @ directions / length_s).tolist(), *moved))
        if len(rows) < _FEWEST:
            return
        table = np.array(rows)
        pace = min(1.0, math.sqrt(float((table[:, 6:] ** 2).sum()) / len(rows)))
        rough = max(_ROUGH * pace, _NOISES * noise)
        at_once, late, (full, since_full) = fitted(table, 0, rough), fitted(table, 2, rough), fitted(table, 4, rough)
        obeys, since, law = min((*at_once, 0), (*late, 2))
        if self.full_speed and full > rough and obeys < _CLEARLY * full:
            self.full_speed = False
        elif not self.full_speed and obeys > rough and full < _CLEARLY * obeys:
            self.full_speed = True
        if self.full_speed:
            obeys, since, law = full, since_full, 4
        self.misfit = obeys
        self._against = self._against + 1 if self.misfit > rough else 0
        if self._against >= _LASTING:
            self.rough, self.proven = True, False
            self._contrasts.clear()
        many = self.proven or _ways(table[since:, law : law + 2].tolist()) >= _WAYS
        self._for = self._for + 1 if self.misfit < _OBEYS * rough and many else 0
        if self._for >= (_AGAIN if self.rough else 1):
            self.rough, self.proven = False, True

    def _contrast(self, surface: str, asked: Floats, moved: Floats) -> None:
        last, self._last = self._last, (asked, moved)
        if last is None or math.dist(last[0], asked) > _SAME or math.dist(last[1], moved) > _SAME:
            self._straight = 0
            return
        aside = abs(float(asked[0] * moved[1] - asked[1] * moved[0]))
        self._straight = self._straight + 1 if aside <= _ASIDE * math.hypot(*asked) * math.hypot(*moved) else 0
        if self._straight >= _LASTING or any(math.dist(asked, before) <= _SAME and math.dist(moved, seen) > _OTHER for before, seen in self._steady):
            self._contrasts.add(surface)
        self._steady.append((asked, moved))

    def factor(self, surface: str) -> float | None:
        """The share of what it asks for that it comes along, in the last stretches; None where that is not known."""
        rows = self._rows.get(surface)
        if not rows:
            return None
        table = np.array(rows)[-_FEWEST:]
        asked = table[:, 4:6] if self.full_speed else table[:, :2]
        total = float((asked * asked).sum())
        return float((asked * table[:, 6:]).sum()) / total if total > 0.0 else None


@kernel
def fitted(rows, law, rough):  # type: ignore[no-untyped-def]
    """(misfit, first row of the newer law) of rows (n, 8), where asks are columns law and law + 1 and what was seen the last two.

    misfit: the deviation per component that the best one law or two leave.  Where that is more than `rough`, one row in which something
    knocked the body is left out, if that halves it: the one farthest off the mean share, without a push.
    """
    misfit, since = _misfit(rows, law, -1)
    if misfit > rough:
        asked, both = 0.0, 0.0
        for k in range(rows.shape[0]):
            asked += rows[k, law] ** 2 + rows[k, law + 1] ** 2
            both += rows[k, law] * rows[k, 6] + rows[k, law + 1] * rows[k, 7]
        share = both / max(asked, 1e-9)
        worst, farthest = 0, -1.0
        for k in range(rows.shape[0]):
            off = (rows[k, 6] - share * rows[k, law]) ** 2 + (rows[k, 7] - share * rows[k, law + 1]) ** 2
            if off > farthest:
                worst, farthest = k, off
        without, first = _misfit(rows, law, worst)
        if without < 0.5 * misfit:
            return without, first
    return misfit, since


@kernel
def _misfit(rows, law, without):  # type: ignore[no-untyped-def]
    """As `fitted`, of all rows but `without`."""
    n, every = rows.shape[0], rows.shape[0] - (1 if without >= 0 else 0)
    whole, part, rest = np.zeros(8), np.zeros(8), np.zeros(8)
    for k in range(n):
        if k != without:
            _count(whole, rows, k, law)
    best, since = _left(whole) / (2 * every - 3), 0
    for k in range(n):  # in row k the ground may have changed
        if k == without:
            continue
        for i in range(8):
            rest[i] = whole[i] - part[i]
        _count(part, rows, k, law)
        before, after = part[0] - 1.0, rest[0] - 1.0
        if before < _SIDE or after < _SIDE:
            continue
        for i in range(8):
            rest[i] = whole[i] - part[i]
        _count(part, rows, k, law, -1.0)
        both = (_left(part) + _left(rest)) / (2 * every - 8)
        _count(part, rows, k, law)
        if both < best:
            best, since = both, k + 1
    return math.sqrt(max(0.0, best)), since


@kernel
def _count(sums, rows, k, law, times=1.0):  # type: ignore[no-untyped-def]
    """Add a row to sums (8,): how many, asked, seen, and their squares and products."""
    ux, uy, vx, vy = rows[k, law], rows[k, law + 1], rows[k, 6], rows[k, 7]
    sums[0] += times
    sums[1] += times * ux
    sums[2] += times * uy
    sums[3] += times * vx
    sums[4] += times * vy
    sums[5] += times * (ux * ux + uy * uy)
    sums[6] += times * (ux * vx + uy * vy)
    sums[7] += times * (vx * vx + vy * vy)


@kernel
def _left(sums):  # type: ignore[no-untyped-def]
    """The squares that the best law leaves; where all ask for the same it is the mean."""
    n, ux, uy, vx, vy, asked, both, seen = sums
    asked -= (ux * ux + uy * uy) / n
    both -= (ux * vx + uy * vy) / n
    seen -= (vx * vx + vy * vy) / n
    if asked > 0.01 * n:
        seen -= both * both / asked
    return max(0.0, seen)


def _ways(asked: list[list[float]]) -> int:
    """How many of these asks are apart from each other."""
    found: list[list[float]] = []
    for one in asked:
        if all(math.dist(one, other) > _APART for other in found):
            found.append(one)
    return len(found)
