"""The course that a body is on, told from its last few places alone: a straight line or an arc that holds to the last digit.

Bodies that are steered by a program, a stick at its stop or a key held down move on lines and arcs that are exact.  Where five
sightings in a row say so the course is known within a tenth of a second, long before a filter that reckons with noise would have
found it, and it is over as soon as one sighting disagrees.  Where they do not nothing is said: bodies seen with noise or on whole pixels,
bodies that waver.  How often courses held for half a second is counted per kind, and what it says weighs as much.
Wrong at the end of every course: whoever plans with it also reckons with changes of mind.
"""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["Glance"]

Floats = NDArray[np.float64]
_SIGHTINGS = 5
_LEAST_STEP_S, _LONGEST_GAP_S = 0.012, 0.25
"""Sightings closer in time than that are passed over; a longer gap begins anew."""
_EXACT, _EXACT_RAD_S = 0.05, 0.03
"""Turn rates of an arc differ by no more than this share, or by this; slower turns than twice that are straight."""
_EVEN = 0.02
"""Speeds differ by no more than this share."""
_LOOK_S, _EVERY_S, _HELD = 0.5, 0.15, 0.15
"""A course has held when so much later the body is within this share of the way."""
_FIRST, _TRUE, _FALSE, _LEAST, _MOST = 1.5, 0.3, -0.3, -3.0, 3.0
"""Log odds of a course: for a stranger, what one that held or broke changes, and their limits."""

Course = tuple[float, float, float, float, float]
"""x, y px at the last sighting, velocity there in px/s, and turn rate in rad/s, 0 for a straight line."""


class Glance:
    """The exact course of one body, while it is on one."""

    def __init__(self) -> None:
        self._log_odds = [_FIRST, _FIRST]
        self.reset()

    def reset(self) -> None:
        """Forget where it is; how well its courses hold is kept."""
        self._recent: deque[tuple[float, float, float]] = deque(maxlen=_SIGHTINGS)
        self._said: deque[tuple[float, float, float, float, int]] = deque()
        self._found: tuple[float, Course | None] = (math.nan, None)
        self._spoke_s = self._now_s = -math.inf

    @property
    def probability(self) -> float:
        """That it goes on along its course; 0 when it is on none."""
        course = self.course
        return 0.0 if course is None else 1.0 / (1.0 + math.exp(-self._log_odds[course[4] != 0.0]))

    @property
    def label(self) -> str:
        """In words; y points down, so a positive rate turns right."""
        rate = 0.0 if self.course is None else self.course[4]
        return "holds its course" if rate == 0.0 else "keeps turning right" if rate > 0.0 else "keeps turning left"

    def observe(self, time_s: float, x: float, y: float) -> None:
        """It is at (x, y) px at `time_s`; an earlier time or a gap begins anew."""
        self._now_s = time_s
        recent = self._recent
        if recent and not 0.0 <= time_s - recent[-1][0] < _LONGEST_GAP_S:
            self.reset()
            self._now_s, recent = time_s, self._recent
        if recent and time_s - recent[-1][0] < _LEAST_STEP_S:
            return
        recent.append((time_s, x, y))
        while self._said and time_s >= self._said[0][0]:
            _, then_x, then_y, tolerance, kind = self._said.popleft()
            held = math.hypot(x - then_x, y - then_y) < tolerance
            self._log_odds[kind] = min(_MOST, max(_LEAST, self._log_odds[kind] + (_TRUE if held else _FALSE)))
        if time_s - self._spoke_s < _EVERY_S:
            return
        course, self._spoke_s = self.course, time_s
        if course is not None:
            then_x, then_y = _along(course, np.array([_LOOK_S]))[0]
            self._said.append((time_s + _LOOK_S, then_x, then_y, _HELD * _LOOK_S * math.hypot(course[2], course[3]), int(course[4] != 0.0)))

    @property
    def exact(self) -> bool:
        """Whether it is on a course, or was not seen often enough to say that it is on none: then each sighting tells all there is to know."""
        return len(self._recent) < _SIGHTINGS or self.course is not None

    @property
    def course(self) -> Course | None:
        """Found when asked for, once per sighting; None when it is on none."""
        recent = self._recent
        if len(recent) < _SIGHTINGS:
            return None
        if self._found[0] != recent[-1][0]:
            self._found = recent[-1][0], _course(list(recent))
        return self._found[1]

    def track(self, times_s: Floats) -> Floats | None:
        """(H, 2) along the course at `times_s` from the last sighting; None when it is on none."""
        course = self.course
        return None if course is None else _along(course, times_s + (self._now_s - self._recent[-1][0]))


def _course(seen: list[tuple[float, float, float]]) -> Course | None:
    steps = [(bt - at, bx - ax, by - ay) for (at, ax, ay), (bt, bx, by) in pairwise(seen)]
    speeds = [math.hypot(dx, dy) / dt for dt, dx, dy in steps]
    if min(speeds) <= 0.0 or max(speeds) - min(speeds) > _EVEN * max(speeds):
        return None
    rates = [2.0 * math.atan2(ax * by - ay * bx, ax * bx + ay * by) / (at + bt) for (at, ax, ay), (bt, bx, by) in pairwise(steps)]
    rate = sum(rates) / len(rates)
    if max(abs(each - rate) for each in rates) > max(_EXACT * abs(rate), _EXACT_RAD_S):
        return None
    dt, dx, dy = steps[-1]
    if abs(rate) < 2.0 * _EXACT_RAD_S:
        return seen[-1][1], seen[-1][2], dx / dt, dy / dt, 0.0
    half = 0.5 * rate * dt  # from the direction of the last chord to that at its end
    scale = half / math.sin(half) / dt if abs(half) < 1.5 else 1.0 / dt
    cos, sin = math.cos(half), math.sin(half)
    return seen[-1][1], seen[-1][2], scale * (cos * dx - sin * dy), scale * (sin * dx + cos * dy), rate


def _along(course: Course, times_s: Floats) -> Floats:
    x, y, vx, vy, rate = course
    half = 0.5 * rate * times_s
    chord = times_s * np.sinc(half / math.pi)
    along, aside = chord * np.cos(half), chord * np.sin(half)
    return np.column_stack([x + along * vx - aside * vy, y + aside * vx + along * vy])
