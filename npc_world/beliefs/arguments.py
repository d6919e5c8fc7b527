"""Check what a game passes: times, pursuers, horizons."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.reading import position_of

__all__ = ["checked_time", "step_times", "threat_points"]

Floats = NDArray[np.float64]
_NO_THREATS = np.empty((0, 2))


def checked_time(time_s: Any) -> float:
    """Finite seconds, or `BadInputError`."""
    if type(time_s) is float and math.isfinite(time_s):
        return time_s
    if not isinstance(time_s, (int, float, np.number)) or isinstance(time_s, bool) or not math.isfinite(time_s):
        raise BadInputError(f"time_s={time_s!r}: expected finite seconds")
    return float(time_s)


def threat_points(threats: Any) -> Floats:
    """(n, 2) of pursuers given as positions, sprites, or an array."""
    if isinstance(threats, np.ndarray) and threats.ndim == 2 and threats.shape[1] == 2 and threats.dtype == np.float64:
        return np.ascontiguousarray(threats)
    if len(threats) == 0:
        return _NO_THREATS
    return np.array([position_of(threat, f"threats[{i}]") for i, threat in enumerate(threats)])


def step_times(horizon_s: Any, step_s: Any) -> Floats:
    """(H,) step_s, 2 step_s … up to about horizon_s; `BadInputError` naming the one that is wrong."""
    for name, value in (("horizon_s", horizon_s), ("step_s", step_s)):
        if not isinstance(value, (int, float, np.number)) or not math.isfinite(value) or value <= 0.0:
            raise BadInputError(f"{name}={value!r}: expected a positive number of seconds")
    count = max(1, round(float(horizon_s) / float(step_s)))
    if count > 10_000:
        raise BadInputError(f"step_s={step_s!r}: {count} steps for horizon_s={horizon_s!r}; at most 10000")
    return float(step_s) * np.arange(1.0, count + 1.0)

