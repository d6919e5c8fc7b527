"""Check numbers and points that a caller passes: what is wrong is named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError

__all__ = ["LONGEST_FRAME_S", "frame_seconds", "is_positive", "pair_of", "positive", "seconds_from"]

LONGEST_FRAME_S = 4.0
"""A frame longer than this is taken for a mistaken unit: 16 for 0.016."""


def pair_of(value: Any, name: str) -> NDArray[np.float64]:
    """(2,) finite, or `BadInputError`."""
    try:
        point = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        point = np.empty(0)
    if point.shape != (2,) or not np.isfinite(point).all():
        raise BadInputError(f"{name}={value!r}: expected a pair of finite numbers")
    return point


def is_positive(value: Any) -> bool:
    """Whether it is a finite number above zero, and no truth value."""
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and bool(math.isfinite(value) and value > 0.0)


def positive(value: Any, name: str) -> float:
    """Finite and above zero, or `BadInputError`."""
    if not isinstance(value, (int, float, np.number)) or not (math.isfinite(value) and value > 0.0):
        raise BadInputError(f"{name}={value!r}: expected a number above zero")
    return float(value)


def frame_seconds(value: Any, name: str = "dt_s") -> float:
    """A frame's time in s, above zero, or `BadInputError`; so it is for a time in ms."""
    step = positive(value, name)
    if step > LONGEST_FRAME_S:
        raise BadInputError(f"{name}={value!r}: expected seconds; if the game counts milliseconds pass {name} / 1000")
    return step


def seconds_from(value: Any, name: str) -> float:
    """Finite and not below zero, or `BadInputError`."""
    if not isinstance(value, (int, float, np.number)) or not (math.isfinite(value) and value >= 0.0):
        raise BadInputError(f"{name}={value!r}: expected seconds, zero or more")
    return float(value)
