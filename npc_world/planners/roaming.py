"""Futures of a body that goes straight from place to place in a region of which only some places are known.

The random waypoint model (Johnson and Maltz 1996) on a box of unknown size.  A side of the box, of which places were seen, is as wide as
a Pareto posterior says (DeGroot 1970): at least as wide as the places lie apart, and seldom much wider once they are many.  Places
are spread evenly over the box, so that of the ways along a ray those end at a distance of at most r whose share is r² / R², R being the
distance of the edge; who has come so far without turning turns between here and there.  From there it goes on to other places.
The draws are a low-discrepancy sequence and always the same.  Wrong for bodies that turn by the clock or are on a bend.
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel

__all__ = ["goes_straight", "roam"]

_LEAST_S = 4.0
"""A region is at least as wide as what is walked in so many seconds."""
_LEGS = 2
"""So many places after the present way; the last way goes on."""
_STRAIGHT_RAD = 0.15
"""Halves of a straight way differ in direction by less."""
_ALONG = 0.9
"""Cosine of the angle within which a way goes on the way it came."""
_STEPS = np.array([0.8986537126, 0.8075784952, 0.7257334129, 0.6521830259, 0.5860866977, 0.5266889867])
"""Of an additive recurrence in six dimensions with little discrepancy (powers of one over the root of x⁷ = x + 1: Roberts 2018)."""


@kernel
def goes_straight(track):  # type: ignore[no-untyped-def]
    """Whether a track (H, 2) is a straight way of one who does not stop at once."""
    last = track.shape[0] - 1
    middle = last // 2
    ax, ay = track[middle, 0] - track[0, 0], track[middle, 1] - track[0, 1]
    bx, by = track[last, 0] - track[middle, 0], track[last, 1] - track[middle, 1]
    step = math.hypot(track[1, 0] - track[0, 0], track[1, 1] - track[0, 1])
    if step <= 0.0 or math.hypot(ax, ay) <= 0.5 * step * middle:
        return False
    return abs(math.atan2(ax * by - ay * bx, ax * bx + ay * by)) < _STRAIGHT_RAD


@kernel
def roam(times_s, track, home, share, number, out):  # type: ignore[no-untyped-def]
    """Fill out (H, 2): the straight way of track (H, 2), left where quantile `share` in (0, 1) of the ways along it ends, then other places.

    home (8,): see `Home.row`.  number: of the draw.
    """
    x, y = track[0, 0], track[0, 1]
    step_s = times_s[1] - times_s[0]
    vx, vy = (track[1, 0] - x) / step_s, (track[1, 1] - y) / step_s
    pace = math.hypot(vx, vy)
    vx, vy = vx / pace, vy / pace
    left, wide = _side(home[2], home[4], home[6], pace, number, 0)
    top, high = _side(home[3], home[5], home[6], pace, number, 1)
    come_x, come_y = x - home[0], y - home[1]
    come = math.hypot(come_x, come_y)
    if come_x * vx + come_y * vy < _ALONG * come:
        come = 0.0
    edge = come + max(0.0, min(_ahead(x, vx, left, wide), _ahead(y, vy, top, high)))
    far = math.sqrt(come * come + share * (edge * edge - come * come)) - come
    x, y, now_s, h = x + vx * far, y + vy * far, far / pace, 0
    while h < times_s.shape[0] and times_s[h] <= now_s:
        out[h] = track[h]
        h += 1
    for leg in range(_LEGS):
        to_x, to_y = left + wide * _draw(number, 2 + 2 * leg), top + high * _draw(number, 3 + 2 * leg)
        away = max(1e-9 * pace, math.hypot(to_x - x, to_y - y))
        there_s = now_s + away / pace
        while h < times_s.shape[0] and (times_s[h] <= there_s or leg == _LEGS - 1):
            u = (times_s[h] - now_s) * pace / away
            out[h, 0], out[h, 1] = x + u * (to_x - x), y + u * (to_y - y)
            h += 1
        x, y, now_s = to_x, to_y, there_s


@kernel
def _draw(number, dimension):  # type: ignore[no-untyped-def]
    return (0.5 + number * _STEPS[dimension]) % 1.0


@kernel
def _side(low, high, places, pace, number, dimension):  # type: ignore[no-untyped-def]
    """(begin, width) of a side of the box: what it is wider than the places seen lies evenly on both ends."""
    wide = max(_LEAST_S * pace, high - low) * (1e-3 + 0.999 * _draw(number, dimension)) ** (-1.0 / places)
    return 0.5 * (low + high - wide), wide


@kernel
def _ahead(at, direction, begin, width):  # type: ignore[no-untyped-def]
    """Distance along a ray until it leaves an interval, for one axis of its unit direction."""
    if abs(direction) < 1e-9:
        return math.inf
    return ((begin + width if direction > 0.0 else begin) - at) / direction
