"""Interception where straight lines are free: candidate headings, searched finely."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from npc_world.planners.catch_time import HOPELESS_CLOSING, catch_open
from npc_world.planners.chase import Chase, Meeting
from npc_world.planners.renewal import FUTURES, catch_renewed, count_futures, favour_soon, renew

__all__ = ["intercept_in_the_open"]

Floats = NDArray[np.float64]
_HEADINGS = 32


@dataclass(frozen=True, slots=True)
class _Futures:
    """What may become of the hypotheses of a chase."""

    chase: Chase
    tracks: Floats
    """(S, H, 2)"""
    owners: NDArray[np.int64]
    shares: Floats

    @classmethod
    def of(cls, chase: Chase) -> _Futures:
        owners = np.empty(FUTURES + 3 * len(chase.weights), np.int64)
        owners = owners[:count_futures(chase.weights, owners)]
        tracks, shares = np.empty((len(owners), *chase.tracks.shape[1:])), np.empty(len(owners))
        renew(chase.times_s, chase.tracks, owners, chase.change_hz, chase.steady, chase.home, tracks, shares)
        return cls(chase, tracks, owners, shares)

    def kept(self, k: int, time_s: float) -> float:
        """Probability that a target of which hypothesis k is right still does as it says at time_s."""
        chase = self.chase
        if len(chase.home) == 0:
            return chase.steady + (1.0 - chase.steady) * math.exp(-chase.change_hz * time_s)
        mine, h = self.owners == k, int(np.searchsorted(chase.times_s[:-1], time_s))
        drawn = float(self.shares[mine] @ (self.tracks[mine, h] == chase.tracks[k, h]).all(axis=1))
        return chase.steady + (drawn - chase.steady) * math.exp(-chase.change_hz * max(0.0, time_s - chase.times_s[-1]))

    def favouring_soon(self) -> _Futures:
        """The same with what is caught soon counting for more: see `favour_soon`."""
        chase, shares = self.chase, self.shares.copy()
        favour_soon(chase.times_s, self.tracks, chase.start[0], chase.start[1], chase.speed, chase.reach, shares)
        rows = np.bincount(self.owners, shares, len(chase.weights))
        weights = chase.weights * rows
        return replace(self, chase=replace(chase, weights=weights / weights.sum()), shares=shares / rows[self.owners])

    def catch_times(self, starts: Floats, late_s: float) -> Floats:
        """(C, K) mean time to catch each hypothesis, and what may become of it, from starts (C, 2) left late_s from now."""
        chase = self.chase
        out = np.empty((len(starts), len(chase.tracks)))
        catch_renewed(chase.times_s, self.tracks, self.owners, self.shares, starts, np.full(len(starts), late_s), chase.speed, chase.reach,
                      HOPELESS_CLOSING * chase.speed, out)
        return out


def intercept_in_the_open(chase: Chase) -> Meeting:
    """The heading, or standing still, with the least expected catch time over the least possible where the target is faster, else in seconds."""
    start, speed = chase.start, chase.speed
    alone = np.array([catch_open(chase.times_s, track, start[0], start[1], 0.0, speed, chase.reach, 0.0, 1.0, 0.0) for track in chase.tracks])
    drawn = _Futures.of(chase)
    futures = drawn.favouring_soon()
    commit = min(chase.commit_s, max(1e-3, float(alone[:, 0].min())))
    towards = alone[:, 1:3] - start
    best = _best_heading(futures, commit, np.concatenate([np.arctan2(towards[:, 1], towards[:, 0]),
                                                          np.arange(_HEADINGS) * (2.0 * math.pi / _HEADINGS)]))
    width = 2.0 * math.pi / _HEADINGS
    for _ in range(2):
        width /= 5.0
        best = _best_heading(futures, commit, np.asarray(best + width * np.arange(-4, 5), dtype=np.float64))
    moves = np.stack([start, start + speed * commit * np.array([math.cos(best), math.sin(best)])])
    catch_times = futures.catch_times(moves, commit)
    values = futures.chase.score(catch_times)
    chosen = 0 if values[0] < values[1] - 1e-9 else 1  # standing still, only when that is better
    k = chase.served(catch_times[chosen], futures.catch_times(start[None, :], 0.0)[0])
    meeting = chase.meeting(moves[chosen], catch_times[chosen], k, alone[k, 1:3], float(alone[k, 0]))
    return replace(meeting, kept=drawn.kept(k, meeting.time_s))


def _best_heading(futures: _Futures, commit: float, angles: Floats) -> float:
    chase = futures.chase
    points = chase.start + chase.speed * commit * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return float(angles[int(np.argmin(chase.score(futures.catch_times(points, commit))))])
