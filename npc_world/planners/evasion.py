"""A chase imagined on places: pursuers that run after a body which flees from all of them.

The fleeing body looks a while ahead and makes for where it is by the most sooner than the soonest pursuer, with room to go on from there:
a greedy evader, as of one who sees its pursuers and knows the ground.  Pursuers go to a place they are told first, or after it at once.
Everybody goes from place to place along the ways of `Places`, and thinks again on arrival.  Wrong for who has somewhere to go.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.planners.places import Places, next_places

__all__ = ["RUN_AFTER", "Roadmap", "Scene", "flight", "hunted"]

Floats = NDArray[np.float64]
RUN_AFTER = -1
"""Instead of a place to go to first: after it at once."""
_HOPS = 10
_HOP = 1.75
"""From a place the next ones are at most so many spacings away."""
_ROOM_S = 1.5
"""What room to go on is worth to who flees, s: as much of a lead."""
_LONG_S = 30.0
"""A longer lead is as good."""
_WAIT_S = 0.25
"""Who is where it wants to be looks again after that."""


class Roadmap:
    """Places with the ways from each to the next ones."""

    def __init__(self, places: Places) -> None:
        self.places = places
        near = np.min(np.where(places.between > 0.0, places.between, math.inf), axis=1, initial=math.inf)
        self.spacing = float(np.median(near)) if len(near) else math.inf
        self.hops = next_places(places.between, _HOP * self.spacing, _HOPS)

    def scene(self, cells: NDArray[np.int64], bodies: Floats) -> Scene:
        """The bodies (1 + P, 2) px among the places; cells (1 + P,) is the flat index of the one each is in."""
        places = self.places
        starts = places.away[:, cells].T.astype(np.float64)
        hops = next_places(starts, _HOP * self.spacing, _HOPS)
        return Scene(np.concatenate([places.between, starts]), np.concatenate([self.hops, hops]), np.concatenate([places.points_px, bodies]))


@dataclass(frozen=True, slots=True)
class Scene:
    """Where everybody stands: rows first of the N places, then of who flees, then of its P pursuers."""

    dist: Floats
    """(N + 1 + P, N) px to each place."""
    hops: NDArray[np.int64]
    """(N + 1 + P, 10) the next places; -1 for none."""
    points_px: Floats
    """(N + 1 + P, 2)"""


@kernel
def _towards(dist, hops, at, goal):  # type: ignore[no-untyped-def]
    """The next place from row `at` on the way to a goal, or -1 where there is none nearer."""
    best, least = -1, math.inf
    for j in hops[at]:
        if j < 0:
            break
        far = dist[at, j] + dist[j, goal]
        if dist[j, goal] < dist[at, goal] and far < least:
            best, least = j, far
    return best


@kernel
def _soonest(dist, at, to, left, leg, place, speed):  # type: ignore[no-untyped-def]
    """Seconds until the first of the pursuers, bodies 1 onwards, can be at a place: on the way it is, or back."""
    least = math.inf
    for i in range(1, at.shape[0]):
        least = min(least, left[i] + dist[to[i], place], leg[i] - left[i] + dist[at[i], place])
    return least / speed


@kernel
def _refuge(dist, hops, at, to, left, leg, speed, pursuers_speed, look_s):  # type: ignore[no-untyped-def]
    """The place to flee to from row at[0]; -1 to stay."""
    here = at[0]
    best, most = -1, -math.inf
    for p in range(dist.shape[1]):
        own_s = dist[here, p] / speed
        if own_s > look_s:
            continue
        theirs_s = _soonest(dist, at, to, left, leg, p, pursuers_speed)
        ways, later = 0, 0
        for q in hops[p]:
            if q < 0:
                break
            ways += 1
            later += 1 if _soonest(dist, at, to, left, leg, q, pursuers_speed) > theirs_s else 0
        score = min(theirs_s, _LONG_S) - (look_s if theirs_s > own_s else _LONG_S) + _ROOM_S * later / max(1, ways)
        if score > most:
            best, most = p, score
    return best


@kernel
def _goal(dist, hops, at, to, left, leg, first, speed, pursuers_speed, look_s, i):  # type: ignore[no-untyped-def]
    """Where body i goes on to from row at[i]."""
    if i == 0:
        return _refuge(dist, hops, at, to, left, leg, speed, pursuers_speed, look_s)
    if first[i - 1] >= 0 and dist[at[i], first[i - 1]] <= 0.0:
        first[i - 1] = RUN_AFTER  # it is there
    if first[i - 1] >= 0:
        return first[i - 1]
    return to[0] if to[0] != at[i] else at[0]


@kernel
def _imagine(dist, hops, points, first, speed, pursuers_speed, reach, look_s, step_s, track):  # type: ignore[no-untyped-def]
    """Fill track (H, 2) with where the fleeing body is every step_s; returns (time of the catch or inf, seconds the pursuers are then away:
    the nearest, all on average).

    first (P,): where each pursuer goes first.
    """
    bodies, places = first.shape[0] + 1, dist.shape[1]
    first = first.copy()
    at = np.arange(places, places + bodies)
    to = at.copy()
    left, leg, rest = np.zeros(bodies), np.zeros(bodies), np.zeros(bodies)
    where = points[places:].copy()
    for h in range(track.shape[0]):
        for i in range(bodies):
            pace = step_s * (speed if i == 0 else pursuers_speed)
            left[i] -= pace
            rest[i] -= step_s
            while left[i] <= 0.0 and rest[i] <= 0.0:
                over = left[i]
                at[i], left[i], leg[i] = to[i], 0.0, 0.0
                goal = _goal(dist, hops, at, to, left, leg, first, speed, pursuers_speed, look_s, i)
                step = -1 if goal < 0 or goal >= places else _towards(dist, hops, at[i], goal)
                if step < 0:
                    rest[i] = _WAIT_S
                else:
                    to[i], leg[i] = step, dist[at[i], step]
                    left[i] = leg[i] + max(over, -pace)
            left[i] = max(left[i], 0.0) if rest[i] > 0.0 else left[i]
            u = left[i] / leg[i] if leg[i] > 0.0 else 0.0
            for axis in range(2):
                where[i, axis] = points[to[i], axis] + u * (points[at[i], axis] - points[to[i], axis])
        track[h, 0], track[h, 1] = where[0, 0], where[0, 1]
        for i in range(1, bodies):
            if math.hypot(where[i, 0] - where[0, 0], where[i, 1] - where[0, 1]) <= reach:
                track[h:, 0], track[h:, 1] = where[0, 0], where[0, 1]
                return (h + 1) * step_s, 0.0, 0.0
    nearest, total = math.inf, 0.0
    for i in range(1, bodies):
        onwards = left[i] + dist[to[i], to[0]] if to[0] < places else math.hypot(where[i, 0] - where[0, 0], where[i, 1] - where[0, 1])
        nearest = min(nearest, onwards / pursuers_speed)
        total += min(_LONG_S, onwards / pursuers_speed)
    return math.inf, nearest, total / max(1, bodies - 1)


@kernel
def hunted(dist, hops, points, firsts, speed, pursuers_speed, reach, looks_s, step_s, steps, out):  # type: ignore[no-untyped-def]
    """Fill out (C,): the mean time to the catch, over evaders that look each of looks_s (L,) ahead, when pursuers first go to firsts (C, P).

    Who is not caught in so many steps is taken to be caught as much later as the pursuers are then away, the nearest and all on average.
    """
    track = np.empty((steps, 2))
    for c in range(firsts.shape[0]):
        total = 0.0
        for look_s in looks_s:
            caught_s, nearest_s, mean_s = _imagine(dist, hops, points, firsts[c], speed, pursuers_speed, reach, look_s, step_s, track)
            total += caught_s if caught_s < math.inf else steps * step_s + min(_LONG_S, nearest_s) + mean_s
        out[c] = total / looks_s.shape[0]


@kernel
def flight(dist, hops, points, first, speed, pursuers_speed, reach, look_s, step_s, track):  # type: ignore[no-untyped-def]
    """Fill track (H, 2): where a body that looks look_s ahead flees to while its pursuers go to first (P,); returns when it is caught, s."""
    return _imagine(dist, hops, points, first, speed, pursuers_speed, reach, look_s, step_s, track)[0]
