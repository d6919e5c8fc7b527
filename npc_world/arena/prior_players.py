"""Scripted bodies of many kinds, for a motion prior that is to serve bodies nobody recorded: walkers, key pressers, drivers, patrols.

Speeds are about 1 length per second and accelerations what such bodies have; each draws its own habits.  Invented, not recorded:
what ships with the package owes nothing to anybody's tracks.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.forecast_online import repetitive_players
from npc_world.arena.players import OPEN_TRACKS

__all__ = ["KINDS", "prior_tracks"]

Floats = NDArray[np.float64]


def _walker(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """On foot to somewhere: the velocity wavers about a course that is at times taken anew, with rests; some stand about."""
    waver, calm_s = math.exp(rng.normal(math.log(0.11), 0.5)), rng.uniform(2.0, 8.0)
    rest_hz, rests_s, new_course_hz = rng.choice([0.0, 0.03, 0.12]), rng.uniform(1.0, 8.0), rng.choice([0.0, 0.02, 0.08])
    course, pace, out = rng.uniform(-math.pi, math.pi), rng.uniform(0.7, 1.3), np.empty((n, 2))
    at, velocity, rest_left_s = np.zeros(2), np.zeros(2), rng.choice([0.0, 0.0, 0.0, rests_s])
    for k in range(n):
        if rng.random() < new_course_hz * dt_s:
            course += rng.normal(0.0, 0.9)
        if rest_left_s <= 0.0 and rng.random() < rest_hz * dt_s:
            rest_left_s = rng.exponential(rests_s)
        rest_left_s -= dt_s
        wanted = np.zeros(2) if rest_left_s > 0.0 else pace * np.array([math.cos(course), math.sin(course)])
        settle_s = 0.5 if rest_left_s > 0.0 else calm_s if np.hypot(*velocity) > 0.5 * pace else 0.8
        moves = max(0.1, float(np.hypot(*velocity)))
        velocity = velocity + (wanted - velocity) * dt_s / settle_s + waver * moves * math.sqrt(dt_s) * rng.normal(size=2)
        at = at + velocity * dt_s
        out[k] = at
    return out


def _passer_by(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """On foot among others: steps aside and back onto its line, slows behind somebody and catches up, bends gently to where it goes next."""
    sways, eases_s, events_hz = math.exp(rng.normal(math.log(0.04), 0.6)), rng.uniform(0.5, 1.5), rng.choice([0.05, 0.15, 0.3])
    course, heading = (float(a) for a in np.repeat(rng.uniform(-math.pi, math.pi), 2))
    own = rng.uniform(0.7, 1.3)
    pace, speed, aside, left_s = own, own, 0.0, 0.0
    bends_s, at, out = 1.0, np.zeros(2), np.empty((n, 2))
    for k in range(n):
        left_s -= dt_s
        if left_s <= 0.0:
            pace, aside = own, 0.0 if aside == 0.0 else -aside
            left_s = math.inf if aside == 0.0 else rng.uniform(0.8, 1.6)
            if aside == 0.0 and rng.random() < 0.05:
                pace, left_s = 0.0, rng.exponential(3.0)
        if left_s == math.inf and rng.random() < events_hz * dt_s:
            left_s, kind = rng.uniform(0.8, 2.0), rng.random()
            if kind < 0.45:
                aside = rng.normal(0.0, 0.25)
            elif kind < 0.8:
                pace = own * rng.uniform(0.5, 1.2)
            else:
                course, bends_s = course + rng.normal(0.0, 0.5), rng.uniform(0.5, 2.5)
        heading += (course + aside - heading) * dt_s / (0.5 if aside != 0.0 else bends_s) + sways * math.sqrt(dt_s) * rng.normal()
        speed += (pace - speed) * dt_s / eases_s + 0.5 * sways * math.sqrt(dt_s) * rng.normal() * min(1.0, speed)
        speed = max(0.0, speed)
        at = at + speed * dt_s * np.array([math.cos(heading), math.sin(heading)])
        out[k] = at
    return out


def _keys(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """Eight directions and none, each held for a while, with some inertia."""
    held_s, inertia_s, idle = rng.uniform(0.25, 1.5), rng.choice([0.0, 0.05, 0.15, 0.4]), rng.uniform(0.0, 0.3)
    at, velocity, wanted, left_s, out = np.zeros(2), np.zeros(2), np.zeros(2), 0.0, np.empty((n, 2))
    key = 0
    for k in range(n):
        left_s -= dt_s
        if left_s <= 0.0:
            left_s = rng.gamma(2.0, held_s / 2.0)
            key = (key + int(rng.choice([-2, -1, 1, 2, 4], p=[0.2, 0.27, 0.27, 0.2, 0.06]))) % 8
            wanted = np.zeros(2) if rng.random() < idle else np.array([math.cos(key * math.pi / 4), math.sin(key * math.pi / 4)])
        velocity = wanted if inertia_s == 0.0 else velocity + (wanted - velocity) * min(1.0, dt_s / inertia_s)
        at = at + velocity * dt_s
        out[k] = at
    return out


def _driver(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """Steers and changes speed smoothly; never sideways."""
    heading, steer, speed = rng.uniform(-math.pi, math.pi), 0.0, rng.uniform(0.3, 1.2)
    sharp, calm_s, pace, left_s, aim, out, at = rng.uniform(0.2, 1.3), rng.uniform(0.4, 2.0), 1.0, 0.0, 0.0, np.empty((n, 2)), np.zeros(2)
    for k in range(n):
        left_s -= dt_s
        if left_s <= 0.0:
            left_s, aim = rng.exponential(2.0 * calm_s), rng.choice([0.0, 0.0, 1.0]) * rng.normal(0.0, sharp)
            pace = rng.choice([1.0, 1.0, 0.6, 1.3, 0.0], p=[0.4, 0.2, 0.17, 0.17, 0.06])
        steer += (aim - steer) * dt_s / (0.4 * calm_s)
        speed += (pace - speed) * dt_s / calm_s
        heading += steer * speed * dt_s
        at = at + speed * dt_s * np.array([math.cos(heading), math.sin(heading)])
        out[k] = at
    return out


def _repetitive(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    style = str(rng.choice(["zigzag", "juke", "patrol"]))
    track = repetitive_players(1, int(rng.integers(2 ** 31)), dt_s)[style][0].tracks[0]
    first = int(rng.integers(max(1, len(track) - n)))
    track = track[first:first + n]
    return np.asarray(track / max(1e-9, float(np.hypot(*np.diff(track, axis=0).T).mean()) / dt_s))


def _scripted(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    return OPEN_TRACKS[str(rng.choice(list(OPEN_TRACKS)))](rng, n, dt_s)


KINDS: dict[str, tuple[float, Callable[[np.random.Generator, int, float], Floats]]] = {
    "walker": (0.36, _walker), "passer-by": (0.2, _passer_by), "keys": (0.12, _keys), "driver": (0.14, _driver),
    "repetitive": (0.06, _repetitive), "scripted": (0.12, _scripted),
}
"""Share of each kind, and what makes a track of it."""
_NOISE = (0.0, 0.004, 0.015, 0.03)
"""Errors of seen positions, in shares of a second's way."""
_COARSE_S = (0.0, 0.0, 0.2, 0.4)
"""Some are only seen so often, and on straight lines in between."""


def prior_tracks(count: int, seed: int, dt_s: float = 0.1, seconds: float = 24.0) -> tuple[list[Floats], list[int]]:
    """`count` tracks (L, 2) and the number of each one's kind; worlds differ in scale, sensors in noise and rate."""
    n, shares, tracks, kinds = round(seconds / dt_s), np.array([share for share, _ in KINDS.values()]), [], []
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        kind = int(np.searchsorted(np.cumsum(shares), (i + 0.5) / count))
        track = list(KINDS.values())[kind][1](rng, n, dt_s)
        coarse = max(1, round(float(rng.choice(_COARSE_S)) / dt_s))
        track = track + rng.normal(0.0, 1.0, track.shape) * float(rng.choice(_NOISE))
        if coarse > 1:
            at = np.arange(len(track))
            track = np.stack([np.interp(at, at[::coarse], track[::coarse, a]) for a in range(2)], axis=1)[:at[::coarse][-1] + 1]
        tracks.append(np.ascontiguousarray(track * math.exp(rng.uniform(math.log(0.5), math.log(300.0)))))
        kinds.append(kind)
    return tracks, kinds
