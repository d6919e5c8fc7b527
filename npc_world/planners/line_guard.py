"""Where to be on a line so as to be there when another body comes across it: goals, paddles, gates, shelves.

Each hypothesis of a forecast crosses the line somewhere and sometime.  The place is chosen from which, whatever comes true and
however long one waits to find out, the least is missed on average: squared shortfall, weighed by the hypotheses.
Assumes that the body moves along the line only, at once and at its top speed; wrong for one that must accelerate first.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.reading import position_of
from npc_world.core.records import Forecast
from npc_world.planners.catch_time import with_present
from npc_world.planners.chase import Meeting

__all__ = ["guard_line"]

Floats = NDArray[np.float64]
_PLACES = 41
_CENTRED = 0.02
"""What it counts to be in the middle of what may come, over missing it."""


def guard_line(position: Any, along: Any, speed_px_s: float, forecast: Forecast, *, reach_px: tuple[float, float], now_px: Floats | None = None,
               commit_s: float = 0.1) -> Meeting:
    """Where to go along the line through `position` in direction `along` (2,) to touch the forecast body as it crosses.

    reach_px: how far along the line and across it two centres may be apart and still touch.  now_px: where the target is now, when
    known.  commit_s: how long a choice is kept before more is known.  The meeting's point lies on the line; `catch_times_s` are the
    crossings, or the forecast's end for futures that do not cross.  Raises `BadInputError` for a bad speed or direction.
    """
    start = position_of(position, "position")
    direction = np.asarray(along, dtype=np.float64)
    length = math.hypot(*direction.tolist()) if direction.shape == (2,) else math.nan
    if not (math.isfinite(length) and length > 0.0):
        raise BadInputError(f"along={along!r}: expected a direction (x, y)")
    if not (math.isfinite(speed_px_s) and speed_px_s > 0.0):
        raise BadInputError(f"speed_px_s={speed_px_s!r}: expected a positive number")
    unit = direction / length
    times_s, tracks = with_present(forecast.times_s, forecast.positions_px, now_px)
    offsets = tracks - start
    places = offsets @ unit
    across = offsets[..., 0] * -unit[1] + offsets[..., 1] * unit[0]
    where, when, comes = _crossings(times_s, places, across, speed_px_s, reach_px)
    goal = _best_place(where, when, comes, forecast.weights, speed_px_s, reach_px[0], commit_s)
    there = np.clip(goal, -speed_px_s * when, speed_px_s * when)  # how far along it is by then
    short = np.maximum(0.0, np.abs(where - there) - reach_px[0] - speed_px_s * np.maximum(0.0, when - abs(goal) / speed_px_s))
    k = int(np.argmax(forecast.weights * (comes + 1e-3) / (1.0 + short / max(reach_px[0], 1e-9))))
    caught = float(forecast.weights[(short <= 0.0) & comes].sum())
    point = start + goal * unit
    return Meeting(point, float(when[k]), caught, point, float(when @ forecast.weights), k, when)


def _crossings(times_s: Floats, places: Floats, across: Floats, speed: float, reach_px: tuple[float, float]) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Per hypothesis (K,): the place along the line, the time, and whether it crosses at all within the forecast.

    Of the moments at which it is within reach across the line, the first at which the body can be there; else the one that it
    misses by least.  Fast bodies step over the line between two moments, so each step counts from where it meets the line.
    """
    count = len(places)
    where, when, comes = np.empty(count), np.empty(count), np.zeros(count, np.bool_)
    for k in range(count):
        s, t = _moments(times_s, places[k], across[k], reach_px[1])
        if len(s) == 0:  # it turns back some day: be where it is, with all the time there is
            where[k], when[k] = places[k, -1], times_s[-1] + abs(across[k, -1]) / max(speed, 1e-9)
            continue
        comes[k] = True
        short = np.abs(s) - reach_px[0] - speed * t
        i = int(np.argmax(short <= 0.0)) if bool((short <= 0.0).any()) else int(np.argmin(short))
        where[k], when[k] = s[i], t[i]
    return where, when, comes


def _moments(times_s: Floats, place: Floats, across: Floats, reach: float) -> tuple[Floats, Floats]:
    """Places along the line and times at which a track is within reach across it: where it enters, and each later moment inside."""
    inside = np.abs(across) <= reach
    before, after = across[:-1], across[1:]
    edge = np.where(before > 0.0, reach, -reach)
    enters = ~inside[:-1] & (inside[1:] | (before * after < 0.0))
    share = np.where(enters, (edge - before) / np.where(after == before, 1.0, after - before), 0.0)
    at = np.flatnonzero(enters)
    s = np.concatenate([place[at] + share[at] * (place[at + 1] - place[at]), place[inside]])
    t = np.concatenate([times_s[at] + share[at] * (times_s[at + 1] - times_s[at]), times_s[inside]])
    turn_s, turn_t = _turns_between(times_s, place, np.abs(across), reach)
    s, t = np.concatenate([s, turn_s]), np.concatenate([t, turn_t])
    order = np.argsort(t, kind="stable")
    return s[order], t[order]


def _turns_between(times_s: Floats, place: Floats, gap: Floats, reach: float) -> tuple[Floats, Floats]:
    """Places and times at which a track comes within reach only between two moments: what rebounds from the one on the line turns back there.

    At a least gap (H,) the way there and the way back are taken for straight and equally steep.
    """
    i = 1 + np.flatnonzero((gap[1:-1] > reach) & (gap[1:-1] <= gap[:-2]) & (gap[1:-1] <= gap[2:]))
    steep = np.maximum(gap[i - 1], gap[i + 1]) - gap[i]
    off = 0.5 * (gap[i - 1] - gap[i + 1]) / np.where(steep > 0.0, steep, 1.0)  # in steps, from the moment of the least gap
    near = (steep > 0.0) & (gap[i] - steep * (0.25 + np.abs(off)) <= reach)
    i, off = i[near], off[near]
    beside = i + np.where(off > 0.0, 1, -1)
    return place[i] + np.abs(off) * (place[beside] - place[i]), times_s[i] + np.abs(off) * (times_s[beside] - times_s[i])


def _best_place(where: Floats, when: Floats, comes: NDArray[np.bool_], weights: Floats, speed: float, reach: float, commit_s: float) -> float:
    """The place along the line, as an offset from here, from which the least is missed."""
    candidates = np.concatenate([where, [0.0, float(where @ weights)], np.linspace(where.min(), where.max(), _PLACES)])
    there = np.clip(candidates, -speed * commit_s, speed * commit_s)  # as far as one gets before more is known
    left_s = np.maximum(0.0, when - commit_s)
    short = np.maximum(0.0, np.abs(where[None, :] - there[:, None]) - reach - speed * left_s[None, :])
    off = np.abs(where[None, :] - candidates[:, None])
    urgent = weights * np.where(comes, 1.0, 0.3)
    cost = (short ** 2) @ weights + _CENTRED * off ** 2 @ urgent
    return float(candidates[int(np.argmin(cost))])
