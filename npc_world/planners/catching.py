"""Where to be to catch a ball: over all its imagined futures, the place from which most of them pass within reach in time.

For each candidate place the body runs there at full speed and stays; each imagined ball is caught when it comes within reach on
the way or after (with a jump where it passes overhead).  Assumes the body can turn and stop at once; a body with long run-ups
reaches less than is promised, and wants a lower `speed_px_s`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.arguments import pair_of, positive, seconds_from
from npc_world.core.compiled import kernel
from npc_world.core.errors import BadInputError
from npc_world.core.pieces import Pieces, at_once
from npc_world.core.records import Forecast

__all__ = ["Catch", "CatchReach", "catch_in_pieces", "catch_point", "catch_times"]

Floats = NDArray[np.float64]
_PLACES = 120
"""Most candidate places along the ground."""
_LOOK, _AT_ONCE, _BESIDE = 0.012, 8000, 1000
"""Work of one look at one ball at one time from one place, of one piece about as much as it may be, and what a piece costs beside."""
_EQUAL = 0.015
"""Probabilities this close count as equal: then the place that the balls come nearest to wins."""
_SOONER = 0.05
"""Share of the sideways reach that a ball may stay away for being caught a second sooner."""
_WORTH = 0.05
"""How much more probable a catch must be for a jump, or for going back on where the body is already on its way to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchReach:
    """A box about the body's place (its feet, on the ground) within which the ball's centre counts as caught."""

    sideways_px: float
    up_px: float
    down_px: float = 0.0
    jump_px: float = 0.0
    """How much higher a jump reaches; 0 for a body that does not jump."""
    rise_s: float = 0.0
    """Seconds from leaving the ground until a jump is highest."""

    def __post_init__(self) -> None:
        for name in ("sideways_px", "up_px", "down_px", "jump_px", "rise_s"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise BadInputError(f"{name}={value!r}: expected a number of zero or more")
        if self.sideways_px == 0.0 or self.up_px + self.down_px == 0.0:
            raise BadInputError(f"sideways_px={self.sideways_px!r}, up_px={self.up_px!r}: a reach without any area catches nothing")


@dataclass(frozen=True, slots=True)
class Catch:
    """Where to be, and when."""

    point_px: Floats
    """(2,) where the body should stand."""
    time_s: float
    """When the ball is expected within reach, from now."""
    probability: float
    """Share of the imagined balls that are caught from there."""
    arrival_s: float
    """When the body can be there."""
    jump_s: float | None = None
    """When to leave the ground, from now, so that the jump is highest as the ball comes; None where standing catches as many."""


def catch_in_pieces(futures: Forecast | tuple[ArrayLike, ArrayLike], position: ArrayLike, speed_px_s: float, reach: CatchReach | ArrayLike, *,
                    on_ground: bool = False, limits_px: tuple[float, float] | None = None, ready_s: float = 0.0, until_s: ArrayLike = math.inf,
                    balls: int = 256, rng: np.random.Generator | None = None, heading_to: ArrayLike | None = None) -> Pieces[Catch | None]:
    """The place from which most futures of the ball are caught in time; None when none is.

    futures: a `Forecast` (from which `balls` futures are drawn), or (times_s (H,), paths_px (n, H, 2)) as `BallModel.imagine` gives.
    reach: a `CatchReach`, a radius, or (sideways, upwards).  on_ground: the body moves along x only, within `limits_px`, at its own
    height.  ready_s: when it can start.  until_s: when it is too late, one for all or (n,) per future, such as the second bounce.
    heading_to: where the body is on its way to, which it does not give up for a place that is hardly better: who wavers between two
    chances as good misses both.
    """
    at = pair_of(position, "position")
    positive(speed_px_s, "speed_px_s")
    seconds_from(ready_s, "ready_s")
    box = _reach(reach)
    times, paths = _futures(futures, balls, rng)
    until = np.ascontiguousarray(np.broadcast_to(np.asarray(until_s, np.float64), (len(paths),)))
    if np.isnan(until).any():
        raise BadInputError("until_s is NaN: expected seconds, inf for never")
    places = _places_on_ground(paths, times, at, speed_px_s, box, limits_px) if on_ground else _places_in_the_open(paths, at, speed_px_s, times)
    round_px = float(np.asarray(reach)) if not isinstance(reach, CatchReach) and np.ndim(reach) == 0 else 0.0
    standing = yield from _times_in_pieces(places, at, speed_px_s, ready_s, times, paths, until, box, round_px, False)
    kept = None if heading_to is None else np.hypot(*(places - pair_of(heading_to, "heading_to")).T) <= max(box.sideways_px, round_px)
    best = _best(standing, kept)
    if box.jump_px > 0.0:
        leaping = yield from _times_in_pieces(places, at, speed_px_s, ready_s, times, paths, until, box, round_px, True)
        higher = _best(leaping, kept)
        if higher is not None and (best is None or _share(leaping, higher) > _share(standing, best) + _WORTH):
            caught = leaping[0, higher][np.isfinite(leaping[0, higher])]
            found = _catch(places, leaping, higher, at, speed_px_s, ready_s)
            return Catch(found.point_px, found.time_s, found.probability, found.arrival_s, max(0.0, float(np.median(caught)) - box.rise_s))
    return None if best is None else _catch(places, standing, best, at, speed_px_s, ready_s)


catch_point = at_once(catch_in_pieces, "catch_point")


def _times_in_pieces(places: Floats, at: Floats, speed: float, ready: float, times: Floats, paths: Floats, until: Floats, box: CatchReach,
                     round_px: float, jumps: bool) -> Pieces[Floats]:
    """`_caught`, some places at a time."""
    out = np.empty((2, len(places), len(paths)))
    looks = _LOOK * paths.shape[0] * paths.shape[1]
    some = max(1, int(_AT_ONCE / looks))
    for first in range(0, len(places), some):
        part = slice(first, first + some)
        yield int(_BESIDE + looks * len(places[part]))
        out[:, part] = _caught(places[part], at, speed, ready, times, paths, until, box, round_px, jumps)
    return out


def catch_times(places: ArrayLike, position: ArrayLike, speed_px_s: float, ready_s: float, times_s: ArrayLike, paths_px: ArrayLike,
                until_s: ArrayLike, reach: CatchReach, *, round_px: float = 0.0, jumps: bool = False) -> Floats:
    """(M, n) when each of n balls is within reach of a body that runs to each of M places, inf where it never is.

    places (M, 2), position (2,), times_s (H,), paths_px (n, H, 2), until_s (n,).  round_px > 0: reach is that radius, not the box.
    With one path, that of the ball as it then flew, this is the clairvoyant bound: what could have been caught at all.
    """
    goals = np.ascontiguousarray(places, np.float64).reshape(-1, 2)
    return np.asarray(_caught(goals, position, float(speed_px_s), float(ready_s), times_s, paths_px, until_s, reach, round_px, jumps)[0])


def _caught(places: Floats, position: ArrayLike, speed: float, ready: float, times: ArrayLike, paths: ArrayLike, until: ArrayLike, reach: CatchReach,
            round_px: float, jumps: bool) -> Floats:
    """(2, M, n): `catch_times`, and how near each ball comes while within reach, in sideways reaches (or radii), 1 at the edge of it."""
    out = np.empty((2, len(places), len(np.asarray(until))))
    box = np.array([reach.sideways_px, reach.up_px, reach.down_px, reach.jump_px if jumps else 0.0, reach.rise_s, round_px])
    _catch_kernel(places, np.ascontiguousarray(position, np.float64), speed, ready, np.ascontiguousarray(times, np.float64),
                  np.ascontiguousarray(paths, np.float64), np.ascontiguousarray(until, np.float64), box, out)
    return out


@kernel
def _catch_kernel(places: Floats, position: Floats, speed: float, ready: float, times: Floats, paths: Floats, until: Floats, box: Floats,
                  out: Floats) -> None:
    """Fill out (2, M, n); see `_caught`.  box: sideways, up, down, jump, rise s, radius."""
    for m in range(places.shape[0]):
        dx, dy = places[m, 0] - position[0], places[m, 1] - position[1]
        distance = math.sqrt(dx * dx + dy * dy)
        for n in range(paths.shape[0]):
            out[0, m, n] = math.inf
            out[1, m, n] = 1.0
            for h in range(times.shape[0]):
                time = times[h]
                if time > until[n]:
                    break
                run = speed * (time - ready)
                if run < 0.0:
                    run = 0.0
                share = 1.0
                if run < distance:
                    share = run / distance
                side = paths[n, h, 0] - position[0] - share * dx
                over = position[1] + share * dy - paths[n, h, 1]
                near = 0.0
                if box[5] > 0.0:
                    near = math.sqrt(side * side + over * over) / box[5]
                    caught = near <= 1.0
                else:
                    top = box[1]
                    if time - ready >= box[4]:
                        top += box[3]
                    caught = side <= box[0] and side >= -box[0] and over <= top and over >= -box[2]
                    if caught and box[0] > 0.0:
                        near = abs(side) / box[0]
                if caught:
                    if out[0, m, n] == math.inf:
                        out[0, m, n] = time
                    if near < out[1, m, n]:
                        out[1, m, n] = near


def _places_on_ground(paths: Floats, times: Floats, at: Floats, speed: float, box: CatchReach, limits: tuple[float, float] | None) -> Floats:
    """(M, 2) places along x, half a reach apart or wider, that a ball comes near to and the body can be at in time."""
    low, high = (-math.inf, math.inf) if limits is None else limits
    if not low <= high:
        raise BadInputError(f"limits_px={limits!r}: expected (left, right)")
    range_px = speed * float(times[-1])
    left = max(low, at[0] - range_px, float(paths[:, :, 0].min()) - box.sideways_px)
    right = min(high, at[0] + range_px, float(paths[:, :, 0].max()) + box.sideways_px)
    here = min(max(float(at[0]), low), high)
    if not left < right:
        return np.array([[here, at[1]]])
    count = int(np.clip(math.ceil((right - left) / (0.34 * box.sideways_px)), 2, _PLACES))
    x = np.append(np.linspace(left, right, count), here)
    return np.stack([x, np.full(len(x), at[1])], axis=1)


def _places_in_the_open(paths: Floats, at: Floats, speed: float, times: Floats) -> Floats:
    """(M, 2) the balls' median, and some balls, at times spread over the forecast; cut to how far the body gets by then."""
    chosen = np.unique(np.linspace(0, len(times) - 1, 24).astype(int))
    some = paths[:: max(1, len(paths) // 4), chosen]
    goals = np.concatenate([np.median(paths[:, chosen], axis=0)[None], some]).reshape(-1, 2)
    offset = goals - at
    away = np.linalg.norm(offset, axis=1)
    reach = np.tile(speed * times[chosen], len(goals) // len(chosen))
    return np.vstack([at + offset * np.minimum(1.0, reach / np.maximum(away, 1e-300))[:, None], at])


def _best(caught: Floats, kept: NDArray[np.bool_] | None) -> int | None:
    """Row of (2, M, n) that catches most, among the `kept` unless others catch more by what is worth it; of equals, the one that the
    balls it catches come nearest to (a slow ball that only just comes within reach is as soon missed), then the sooner."""
    held = np.isfinite(caught[0])
    share = held.mean(axis=1)
    if share.max() <= 0.0:
        return None
    if kept is not None and share[kept].max(initial=0.0) >= max(share.max() - _WORTH, 1e-9):
        share = np.where(kept, share, 0.0)
    equal = np.flatnonzero((share >= share.max() - _EQUAL) & (share > 0.0))
    cost = np.where(held[equal], caught[1, equal] + _SOONER * caught[0, equal], 0.0).sum(axis=1) / held[equal].sum(axis=1)
    return int(equal[np.argmin(cost)])


def _share(caught: Floats, row: int) -> float:
    return float(np.isfinite(caught[0, row]).mean())


def _catch(places: Floats, caught: Floats, row: int, at: Floats, speed: float, ready: float) -> Catch:
    when = caught[0, row][np.isfinite(caught[0, row])]
    away = float(np.hypot(*(places[row] - at)))
    return Catch(places[row].copy(), float(np.median(when)), _share(caught, row), ready + away / speed)


def _futures(futures: Any, balls: int, rng: np.random.Generator | None) -> tuple[Floats, Floats]:
    if isinstance(futures, Forecast):
        return np.asarray(futures.times_s, np.float64), futures.sample(balls, rng or np.random.default_rng(0))
    try:
        times, paths = (np.asarray(v, np.float64) for v in futures)
    except (TypeError, ValueError):
        raise BadInputError("futures: expected a Forecast, or (times_s (H,), paths_px (n, H, 2))") from None
    if times.ndim != 1 or len(times) == 0 or paths.ndim != 3 or paths.shape[1:] != (len(times), 2) or len(paths) == 0:
        raise BadInputError(f"futures: times_s has shape {times.shape} and paths_px {paths.shape}, expected (H,) and (n, H, 2)")
    if not (np.isfinite(times).all() and np.isfinite(paths).all()):
        raise BadInputError("futures: a time or a position is not finite")
    return times, paths


def _reach(value: CatchReach | ArrayLike) -> CatchReach:
    if isinstance(value, CatchReach):
        return value
    numbers = np.asarray(value, np.float64)
    if numbers.shape not in ((), (2,)) or not (np.isfinite(numbers).all() and (numbers > 0.0).all()):
        raise BadInputError(f"reach={value!r}: expected a CatchReach, a radius above zero, or (sideways, upwards)")
    sideways, up = np.broadcast_to(numbers, (2,))
    return CatchReach(sideways_px=float(sideways), up_px=float(up), down_px=float(sideways))
