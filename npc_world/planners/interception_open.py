"""Interception where straight lines are free: candidate headings, searched finely."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.planners.catch_time import catch_open, catch_times_open
from npc_world.planners.chase import Chase, Meeting

__all__ = ["intercept_in_the_open"]

Floats = NDArray[np.float64]
_HEADINGS = 32


def intercept_in_the_open(chase: Chase) -> Meeting:
    """The heading, or standing still, with the least expected catch time."""
    start, speed = chase.start, chase.speed
    alone = np.array([catch_open(chase.times_s, track, start[0], start[1], 0.0, speed, chase.reach, chase.change_hz, chase.steady, chase.change_cost)
                      for track in chase.tracks])
    commit = min(chase.commit_s, max(1e-3, float(alone[:, 0].min())))
    towards = alone[:, 1:3] - start
    best = _best_heading(chase, commit, np.concatenate([np.arctan2(towards[:, 1], towards[:, 0]),
                                                        np.arange(_HEADINGS) * (2.0 * math.pi / _HEADINGS)]))
    width = 2.0 * math.pi / _HEADINGS
    for _ in range(2):
        width /= 5.0
        best = _best_heading(chase, commit, np.asarray(best + width * np.arange(-4, 5), dtype=np.float64))
    moves = np.stack([start, start + speed * commit * np.array([math.cos(best), math.sin(best)])])
    catch_times = np.empty((2, len(chase.tracks)))
    catch_times_open(chase.times_s, chase.tracks, moves, np.array([commit, commit]), speed, chase.reach, chase.change_hz, chase.steady, chase.change_cost,
                     catch_times)
    values = chase.score(catch_times)
    chosen = 0 if values[0] < values[1] - 1e-9 else 1  # standing still, only when that is better
    k = chase.served(catch_times[chosen], alone[:, 3])
    return chase.meeting(moves[chosen], catch_times[chosen], k, alone[k, 1:3], float(alone[k, 0]))


def _best_heading(chase: Chase, commit: float, angles: Floats) -> float:
    points = chase.start + chase.speed * commit * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    catch_times = np.empty((len(angles), len(chase.tracks)))
    catch_times_open(chase.times_s, chase.tracks, points, np.full(len(angles), commit), chase.speed, chase.reach, chase.change_hz, chase.steady, chase.change_cost,
                     catch_times)
    return float(angles[int(np.argmin(chase.score(catch_times)))])
