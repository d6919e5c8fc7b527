"""Bodies that turn by the clock: zig-zags and patrols round a polygon, known after two turns.

A track is cut into straight legs at its sharp turns.  After the first it is a hunch that it will be taken back.  Two turns of the same size, to the other side or to the same, are a guess
at a pattern: the next turn comes when another leg's time has passed.  Each turn that comes as foretold doubles the odds several
times, each that comes unforeseen or fails to come lowers them.  An unforeseen turn does not move the clock: who is turned back
by an edge goes on zig-zagging in time.  Wrong for bodies that turn at places rather than times; habits and goals speak of those.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

__all__ = ["Legs"]

Floats = NDArray[np.float64]
_WINDOW_S = 0.12
"""Span over which the present direction is taken."""
_SHARP_RAD = 0.3
"""A bend by more than that within the window is a turn."""
_BENT_RAD = 0.1
"""A leg whose halves differ by more is no straight leg."""
_LEAST_LEG_S = 0.2
_ALIKE_RAD = 0.15
_FORETOLD_RAD = 0.3
_GUESS, _FIRST_LEG, _HIT, _UNFORESEEN, _MISS, _LEAST, _MOST = 0.5, 1.5, 2.5, -1.0, -2.0, -1.0, 4.0
"""Log odds of a pattern: on two turns alike, more if the leg before them was as long, what each turn changes, and their limits."""
_HUNCH, _ONWARDS_RAD = -0.5, 2.2
"""Log odds that the first turn seen, if it is no about-turn, is taken back after as long as the body was seen to go straight before it."""
_STANDS = 0.3
"""Slower than that share of the leg's speed is a halt, and ends the pattern."""
_LONGEST_GAP_S = 0.5


class Legs:
    """The legs of one body, and what they foretell.

    doubt: taken off the log odds of every pattern at first, where turns have other reasons than time.
    """

    def __init__(self, doubt: float = 0.0) -> None:
        self._doubt = doubt
        self.reset()

    def reset(self) -> None:
        """Nothing is known of it."""
        self._recent: deque[tuple[float, float, float]] = deque()
        self._begin(math.nan, math.nan, math.nan, turned=False)
        self._turn = (math.nan, math.nan)
        self._first_s = math.nan
        self._forget()

    def _forget(self) -> None:
        self.log_odds, self.next_s, self.next_rad, self.leg_s, self.mirrored = -math.inf, math.nan, math.nan, math.nan, False

    def _begin(self, time_s: float, x: float, y: float, turned: bool) -> None:
        self._start = (time_s, x, y)
        self._from_turn = turned
        self._leg: list[tuple[float, float, float]] = []
        self._bend_s = math.nan

    @property
    def probability(self) -> float:
        """That it goes on as foretold; 0 without a pattern."""
        return 1.0 / (1.0 + math.exp(-self.log_odds)) if self.log_odds > -50.0 else 0.0

    @property
    def leg(self) -> tuple[float, float, float]:
        """When and where the leg it is on began: (time s, x, y) of the last turn or of the first sighting; nan while unknown."""
        return self._start

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
        while len(recent) > 2 and recent[1][0] <= time_s - _WINDOW_S + 1e-9:
            recent.popleft()
        if time_s - recent[0][0] < 0.8 * _WINDOW_S:
            return
        if math.isnan(self._start[0]):
            self._begin(*recent[0], turned=False)
        if math.isnan(self._bend_s):
            self._go_on(time_s, x, y)
        elif time_s >= self._bend_s + _WINDOW_S:
            self._turned(time_s, x, y)
        if time_s > self.next_s + self._tolerance_s + 2.0 * _WINDOW_S:
            self._judge(_MISS)
            self.next_s, self.next_rad = self.next_s + self.leg_s, -self.next_rad if self.mirrored else self.next_rad

    def _go_on(self, time_s: float, x: float, y: float) -> None:
        """On a leg: note the way, and whether it halts or bends."""
        then_s, px, py = self._recent[0]
        begin_s, bx, by = self._start
        if not self._leg or then_s - self._leg[-1][0] > 0.05:
            self._leg.append((then_s, px, py))
        if then_s - begin_s < _LEAST_LEG_S:
            return
        if math.hypot(x - px, y - py) * (then_s - begin_s) < _STANDS * math.hypot(px - bx, py - by) * (time_s - then_s):
            self._forget()
            self._turn = (math.nan, math.nan)
            self._begin(math.nan, math.nan, math.nan, turned=False)
        elif abs(_angle(px - bx, py - by, x - px, y - py)) > _SHARP_RAD:
            self._bend_s, self._end = time_s, (then_s, px, py)

    @property
    def _tolerance_s(self) -> float:
        return 0.1 * self.leg_s + 0.06

    def _judge(self, evidence: float) -> None:
        self.log_odds = min(_MOST, self.log_odds + evidence)
        if self.log_odds < _LEAST:
            self._forget()

    def _turned(self, time_s: float, x: float, y: float) -> None:
        """A turn is over: the corner is where the old leg and the new one meet."""
        then_s, px, py = self._recent[0]
        vx, vy = (x - px) / (time_s - then_s), (y - py) / (time_s - then_s)
        begin_s, bx, by = self._start
        end_s, ex, ey = self._end
        lx, ly = (ex - bx) / (end_s - begin_s), (ey - by) / (end_s - begin_s)
        angle = _angle(lx, ly, vx, vy)
        cross = lx * vy - ly * vx
        if abs(angle) < 0.5 * _SHARP_RAD or abs(cross) < 1e-12:
            self._bend_s = math.nan
            return
        after_s = ((x - bx) * vy - (y - by) * vx) / cross
        after_s = min(max(after_s, end_s - begin_s - 0.05), time_s - begin_s)
        corner_s = begin_s + after_s
        straight = self._is_straight()
        if straight:
            self._note(corner_s, angle, after_s)
        else:
            self._forget()
            self._turn = (math.nan, math.nan)
        self._begin(corner_s, bx + lx * after_s, by + ly * after_s, turned=straight)

    def _is_straight(self) -> bool:
        (_, bx, by), (_, ex, ey) = self._start, self._end
        if len(self._leg) < 3:
            return True
        _, mx, my = self._leg[len(self._leg) // 2]
        return abs(_angle(mx - bx, my - by, ex - mx, ey - my)) < _BENT_RAD

    def _note(self, at_s: float, angle: float, leg_s: float) -> None:
        last_s, last_rad = self._turn
        self._turn = (at_s, angle)
        if not math.isnan(self.next_s):
            if abs(at_s - self.next_s) < self._tolerance_s and abs(angle - self.next_rad) < _FORETOLD_RAD:
                self._judge(_HIT)
                self.leg_s += 0.3 * (leg_s - self.leg_s) if abs(leg_s - self.leg_s) < self._tolerance_s else 0.0
                self.next_s, self.next_rad = at_s + self.leg_s, -angle if self.mirrored else angle
                return
            self._judge(_UNFORESEEN)
            if not math.isnan(self.next_s):
                return
        if self._from_turn and not math.isnan(last_s):
            mirrored = abs(angle + last_rad) < _ALIKE_RAD
            if mirrored or abs(angle - last_rad) < _ALIKE_RAD:
                self.mirrored, self.leg_s = mirrored, leg_s
                alike = abs(self._first_s - leg_s) < 0.05 * leg_s + 0.03
                self.log_odds = _GUESS + (_FIRST_LEG if alike else 0.0) - self._doubt
                self.next_s, self.next_rad = at_s + leg_s, -angle if mirrored else angle
        elif abs(angle) < _ONWARDS_RAD:
            self.mirrored, self.leg_s, self.log_odds = True, leg_s, _HUNCH - self._doubt
            self.next_s, self.next_rad = at_s + leg_s, -angle
        self._first_s = leg_s

    def track(self, times_s: Floats) -> Floats | None:
        """(H, 2) where it goes at `times_s` from the last sighting if it goes on as foretold; None without a pattern."""
        course = self._course()
        if course is None:
            return None
        vx, vy, next_s, turn = course
        t, x, y = now_s, _, _ = self._recent[-1]
        out = np.empty((len(times_s), 2))
        for h, ahead_s in enumerate(times_s.tolist()):
            until = now_s + ahead_s
            while until > next_s:
                x, y, t = x + vx * (next_s - t), y + vy * (next_s - t), next_s
                vx, vy = _rotated(vx, vy, turn)
                next_s, turn = next_s + self.leg_s, -turn if self.mirrored else turn
            x, y, t = x + vx * (until - t), y + vy * (until - t), until
            out[h] = x, y
        return out

    def spread_px(self) -> float:
        """Standard deviation of a place foretold, px: turns come so much early or late."""
        begin_s, bx, by = self._start
        now_s, x, y = self._recent[-1]
        return self._tolerance_s * math.hypot(x - bx, y - by) / max(now_s - begin_s, _WINDOW_S) * abs(math.sin(0.5 * self.next_rad))

    def _course(self) -> tuple[float, float, float, float] | None:
        """(vx, vy) px/s now, and time and angle of the next turn; None when there is nothing to say."""
        if math.isnan(self.next_s) or not self._recent:
            return None
        now_s, x, y = self._recent[-1]
        begin_s, bx, by = self._start
        if math.isnan(self._bend_s):
            span = now_s - begin_s
            return ((x - bx) / span, (y - by) / span, max(self.next_s, now_s), self.next_rad) if span > 0.5 * _WINDOW_S else None
        if abs(now_s - self.next_s) > self._tolerance_s + _WINDOW_S:
            return None
        end_s, ex, ey = self._end  # it is turning as foretold, and the new direction is not clear yet
        vx, vy = _rotated((ex - bx) / (end_s - begin_s), (ey - by) / (end_s - begin_s), self.next_rad)
        return vx, vy, max(self.next_s + self.leg_s, now_s), -self.next_rad if self.mirrored else self.next_rad


def _angle(ax: float, ay: float, bx: float, by: float) -> float:
    """From a to b, in (-π, π]."""
    return math.atan2(ax * by - ay * bx, ax * bx + ay * by)


def _rotated(x: float, y: float, angle: float) -> tuple[float, float]:
    cos, sin = math.cos(angle), math.sin(angle)
    return cos * x - sin * y, sin * x + cos * y
