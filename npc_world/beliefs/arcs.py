"""Bodies that are turning steadily: the arc they are on, believed at once, and less where arcs have not come true.

The last moments are cut into four chords.  Where they bend alike it is an arc; a corner and a straight line are none.  What an arc
said is compared with the straight line half a second later, which moves the odds.  Wrong at the end of every bend: whoever plans
with it also reckons with changes of mind.
"""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["Arcs"]

Floats = NDArray[np.float64]
_SPAN_S = 0.4
"""The arc is read from so much of the past …"""
_CHORDS = 4
_LEAST_RAD_S, _ALIKE, _NOISE_RAD_S = 0.25, 0.3, 0.05
"""… slower turns are straight lines; bends may differ by that share of their mean, and by so much more."""
_STEADY = 0.7
"""The shortest chord over the longest, at least: else it brakes or sets off."""
_LOOK_S, _EVERY_S = 0.5, 0.15
_FIRST, _TRUE, _FALSE, _MOST = 0.5, 0.5, -0.6, 3.0
"""Log odds of going on along an arc: for a stranger, what an arc that came true or straightened out changes, and their limit."""
_LONGEST_GAP_S = 0.5


class Arcs:
    """The arc one body is on, and whether its arcs have lasted."""

    def __init__(self) -> None:
        self._log_odds = _FIRST
        self._phase = 0.0
        self.reset()

    def stagger(self, phase: float) -> None:
        """Look `phase` in [0, 1) of the time between two looks earlier than others that begin in the same frame."""
        self._phase = phase

    def reset(self) -> None:
        """Forget where it is; how well its arcs last is kept."""
        self._recent: deque[tuple[float, float, float]] = deque()
        self._said: deque[tuple[float, float, float, float, float]] = deque()
        self._found: tuple[float, tuple[float, float, float] | None] = (math.nan, None)
        self._spoke_s = -math.inf

    @property
    def probability(self) -> float:
        """That it goes on along its arc; 0 when it is on none."""
        return 0.0 if self._course is None else 1.0 / (1.0 + math.exp(-self._log_odds))

    @property
    def side(self) -> str:
        """"left" or "right"; y points down, so a positive rate turns right."""
        course = self._course
        return "right" if course is not None and course[2] > 0.0 else "left"

    def observe(self, time_s: float, x: float, y: float) -> None:
        """It is at (x, y) px at `time_s`; the same time again is ignored, and a gap or an earlier time begins anew."""
        if self._recent:
            step_s = time_s - self._recent[-1][0]
            if step_s == 0.0:
                return
            if not 0.0 < step_s < _LONGEST_GAP_S:
                self.reset()
        recent = self._recent
        recent.append((time_s, x, y))
        while len(recent) > 2 and recent[1][0] <= time_s - _SPAN_S + 1e-9:
            recent.popleft()
        while self._said and time_s >= self._said[0][0] + _LOOK_S:
            _, arc_x, arc_y, straight_x, straight_y = self._said.popleft()
            came_true = math.hypot(x - arc_x, y - arc_y) < math.hypot(x - straight_x, y - straight_y)
            self._log_odds = min(_MOST, max(-_MOST, self._log_odds + (_TRUE if came_true else _FALSE)))
        if time_s - self._spoke_s < _EVERY_S:
            return
        if self._spoke_s == -math.inf:
            self._spoke_s = time_s - self._phase * _EVERY_S
            return
        course, self._spoke_s = self._course, time_s
        if course is not None:
            vx, vy, rate = course
            along, aside = _chord(rate, _LOOK_S)
            self._said.append((time_s, x + along * vx - aside * vy, y + aside * vx + along * vy, x + vx * _LOOK_S, y + vy * _LOOK_S))

    @property
    def _course(self) -> tuple[float, float, float] | None:
        """(vx, vy) px/s now and the turn rate rad/s; None when it is on no arc.  Found when asked for, once per sighting."""
        if not self._recent:
            return None
        if self._found[0] != self._recent[-1][0]:
            self._found = self._recent[-1][0], self._find()
        return self._found[1]

    def _find(self) -> tuple[float, float, float] | None:
        points, step_s = self._points()
        if not points:
            return None
        chords = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(points)]
        lengths = [math.hypot(x, y) for x, y in chords]
        if min(lengths) <= _STEADY * max(lengths):
            return None
        bends = [math.atan2(ax * by - ay * bx, ax * bx + ay * by) / step_s for (ax, ay), (bx, by) in pairwise(chords)]
        rate = sum(bends) / len(bends)
        if abs(rate) < _LEAST_RAD_S or max(abs(bend - rate) for bend in bends) > _ALIKE * abs(rate) + _NOISE_RAD_S:
            return None
        x, y = points[-1][0] - points[-3][0], points[-1][1] - points[-3][1]
        half = rate * step_s  # half the angle of the last two chords: from the middle of their arc to now
        scale = half / math.sin(half) / (2.0 * step_s) if abs(half) < 1.5 else 0.0
        return scale * (math.cos(half) * x - math.sin(half) * y), scale * (math.sin(half) * x + math.cos(half) * y), rate

    def _points(self) -> tuple[list[tuple[float, float]], float]:
        """The ends of the chords, evenly spaced in time, and their spacing; none while it was seen too shortly."""
        recent = list(self._recent)
        begin_s, step_s = recent[0][0], (recent[-1][0] - recent[0][0]) / _CHORDS
        if recent[-1][0] - begin_s < 0.9 * _SPAN_S:
            return [], step_s
        points, i = [recent[0][1:]], 0
        for k in range(1, _CHORDS):
            at_s = begin_s + k * step_s
            while recent[i + 1][0] < at_s:
                i += 1
            (t0, x0, y0), (t1, x1, y1) = recent[i], recent[i + 1]
            u = (at_s - t0) / (t1 - t0)
            points.append((x0 + u * (x1 - x0), y0 + u * (y1 - y0)))
        return [*points, recent[-1][1:]], step_s

    def track(self, times_s: Floats) -> Floats | None:
        """(H, 2) along the arc at `times_s` from the last sighting; None when it is on none."""
        course = self._course
        if course is None:
            return None
        vx, vy, rate = course
        _, x, y = self._recent[-1]
        half = 0.5 * rate * times_s
        chord = times_s * np.sinc(half / math.pi)
        along, aside = chord * np.cos(half), chord * np.sin(half)
        return np.column_stack([x + along * vx - aside * vy, y + aside * vx + along * vy])


def _chord(rate: float, time_s: float) -> tuple[float, float]:
    """Along and across the velocity, in seconds of it: where an arc leads in `time_s`."""
    half = 0.5 * rate * time_s
    length = time_s * math.sin(half) / half
    return length * math.cos(half), length * math.sin(half)
