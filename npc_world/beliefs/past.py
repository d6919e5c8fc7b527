"""The target's past on an even time grid, in unbroken segments."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.layout import (
    GRID_S,
    NOISE,
    PAST,
    PAST_COUNT,
    PAST_FIRST,
    PAST_LENGTH,
    PAST_TIME,
    SEGMENT,
    SPEED,
    TIME,
    TOP_SPEED,
    X,
    Y,
)
from npc_world.core.compiled import kernel

__all__ = ["begin_segment", "past_at", "past_index", "record_past", "stood_s"]


_STANDS = 0.05
"""A body slower than this share of its top speed stands."""
_LONGEST_STOOD = 64
"""Grid steps looked back at most."""


def stood_s(m: NDArray[np.float64]) -> float:
    """For how long the target has been standing within a few px, s; 0 while it moves, 6.4 at most."""
    if m[SPEED] > _STANDS * m[TOP_SPEED]:
        return 0.0
    last = int(m[PAST_COUNT]) - 1
    back = np.arange(last, max(int(m[PAST_FIRST]), last - _LONGEST_STOOD) - 1, -1)
    at = PAST + 3 * (back % PAST_LENGTH)
    moved = np.hypot(m[at] - m[X], m[at + 1] - m[Y]) > _STANDS * m[TOP_SPEED] + 3.0 * math.sqrt(m[NOISE])
    steps = int(np.argmax(moved)) if moved.any() else len(back)
    return float(m[TIME] - m[PAST_TIME]) + max(1, steps) * GRID_S


@kernel
def past_index(k):  # type: ignore[no-untyped-def]
    """Place in memory of the k-th recorded step since the beginning."""
    return PAST + 3 * (int(k) & (PAST_LENGTH - 1))  # a power of two


@kernel
def begin_segment(m, time_s, x, y):  # type: ignore[no-untyped-def]
    """The target appears at (x, y): nothing before is connected with it."""
    m[SEGMENT] += 1.0
    _append(m, x, y)
    m[PAST_FIRST] = m[PAST_COUNT] - 1.0
    m[PAST_TIME] = time_s


@kernel
def _append(m, x, y):  # type: ignore[no-untyped-def]
    at = past_index(m[PAST_COUNT])
    m[at], m[at + 1], m[at + 2] = x, y, m[SEGMENT]
    m[PAST_COUNT] += 1.0
    m[PAST_FIRST] = max(m[PAST_FIRST], m[PAST_COUNT] - PAST_LENGTH)


@kernel
def record_past(m, time_s, x, y):  # type: ignore[no-untyped-def]
    """Fill the grid up to time_s, along the line from the last sighting (X, Y at TIME).  Returns the number of steps added."""
    added = 0
    dt_s = time_s - m[TIME]
    while m[PAST_TIME] + GRID_S <= time_s + 1e-9:
        m[PAST_TIME] += GRID_S
        u = min(1.0, max(0.0, (m[PAST_TIME] - m[TIME]) / dt_s))
        _append(m, m[X] + u * (x - m[X]), m[Y] + u * (y - m[Y]))
        added += 1
    return added


@kernel
def past_at(m, age_s):  # type: ignore[no-untyped-def]
    """(position as a complex number, age it is really of): age_s before the last sighting, or the segment's first point."""
    back = (age_s - (m[TIME] - m[PAST_TIME])) / GRID_S  # in grid steps before the last recorded one
    last = m[PAST_COUNT] - 1.0
    if back <= 0.0:
        at = past_index(last)
        recorded = complex(m[at], m[at + 1])
        span = m[TIME] - m[PAST_TIME]
        u = 1.0 - age_s / span if span > 1e-9 else 0.0
        return recorded + u * (complex(m[X], m[Y]) - recorded), age_s
    most = last - m[PAST_FIRST]
    if back >= most:
        at = past_index(m[PAST_FIRST])
        return complex(m[at], m[at + 1]), most * GRID_S + (m[TIME] - m[PAST_TIME])
    k = math.floor(back)
    u = back - k
    newer, older = past_index(last - k), past_index(last - k - 1.0)
    return (1.0 - u) * complex(m[newer], m[newer + 1]) + u * complex(m[older], m[older + 1]), age_s
