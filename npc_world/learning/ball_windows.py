"""Short stretches of free flight, each with the acceleration that its sightings show, and what of it is more than the eyes' noise.

Assumes an acceleration that is constant over a stretch, so an edge that a ball crosses in it is blurred.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_start import flights
from npc_world.models.ball_world import BallWorld

__all__ = ["STRIDE", "WINDOW", "Windows", "beyond_eyes", "smoothed", "windows_of"]

Floats = NDArray[np.float64]
WINDOW, STRIDE = 9, 3
"""Sightings in a stretch, and from one to the next."""
_ABOUT = ((9, 18), (9, 9), (0, 18))
"""Sightings before a window's first and from it on that make a wider arc about it, the best first."""
_STEADY = 4.0
"""Squared error over that of the eyes below which an arc shows no push."""


@dataclass(frozen=True, slots=True)
class Windows:
    """n short stretches of free flight."""

    at_px: Floats
    """(n, 2) in their middle."""
    velocity_px_s: Floats
    acceleration_px_s2: Floats
    """(n, 2)."""
    variance: Floats
    """(n,) of an acceleration, from the sightings' noise."""
    wide_velocity_px_s: Floats
    wide_px_s2: Floats
    """(n, 2) over an arc of two or three times as many sightings about it, NaN where that is no free flight."""
    wide_variance: Floats
    """(n,)."""


def windows_of(throw: Throw, world: BallWorld, noise_px: float) -> Windows:
    """Local parabolas over nine sightings each, every third one."""
    rows = []
    for start, stop in flights(throw, world, noise_px, shortest=WINDOW):
        for n in range(start, stop - WINDOW + 1, STRIDE):
            t = throw.times_s[n : n + WINDOW]
            if t[-1] - t[0] > 1.6 * (WINDOW - 1) * float(np.min(np.diff(t))):
                continue  # too many gaps
            (place, velocity, acceleration), variance = _parabola(throw.part(n, n + WINDOW), noise_px)
            fast, wide, unsure = np.full(2, np.nan), np.full(2, np.nan), np.nan
            for before, after in _ABOUT:
                if n - before >= start and n + after <= stop:
                    (_, fast, wide), unsure = _parabola(throw.part(n - before, n + after), noise_px)
                    break
            rows.append([*place, *velocity, *acceleration, variance, *fast, *wide, unsure])
    table = np.array(rows).reshape(-1, 12)
    return Windows(table[:, 0:2], table[:, 2:4], table[:, 4:6], table[:, 6], table[:, 7:9], table[:, 9:11], table[:, 11])


def _parabola(arc: Throw, noise_px: float) -> tuple[Floats, float]:
    """Place, velocity and acceleration (3, 2) in the middle of an arc, and the variance of the last."""
    t = arc.times_s - 0.5 * (arc.times_s[0] + arc.times_s[-1])
    solve = np.linalg.pinv(np.stack([np.ones(len(t)), t, 0.5 * t**2], axis=1))
    return solve @ arc.seen_px, noise_px**2 * float((solve[2] ** 2).sum())


def beyond_eyes(left: Floats, variance: Floats, left_wide: Floats, wide_variance: Floats) -> Floats:
    """(n,) squared accelerations that are left over beyond what the eyes' noise makes of nothing: may be below zero, but not on average.

    Of the wider arc about a window where that shows none: it tells a hundred times more of a steady push, and nothing of an edge.
    """
    wide = (left_wide**2).sum(axis=1)
    steady = wide < _STEADY * 2.0 * wide_variance  # False for NaN
    return np.asarray(np.where(steady, wide - 2.0 * wide_variance, (left**2).sum(axis=1) - 2.0 * variance))


def smoothed(felt: Floats) -> Floats:
    """Means of (n, 2) over the windows that a wider arc holds."""
    reach = WINDOW // STRIDE
    if len(felt) < 2 * reach + 1:
        return felt
    kernel = np.full(2 * reach + 1, 1.0 / (2 * reach + 1))
    return np.stack([np.convolve(np.pad(column, reach, mode="edge"), kernel, mode="valid") for column in felt.T], axis=1)
