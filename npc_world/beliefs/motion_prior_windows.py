"""From recorded tracks to what a motion prior is fitted on: pasts in the own frame and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.motion_prior_frame import input_size, read_past
from npc_world.core.compiled import kernel

__all__ = ["Grid", "Windows", "cut_windows", "grid_for"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """The moments a prior looks at."""

    lags_s: Floats
    """(J,) s before now, increasing."""
    ahead_s: Floats
    """(H,) s after now, increasing."""


@dataclass(slots=True)
class Windows:
    """N situations."""

    inputs: Floats
    """(N, D)"""
    frames: Floats
    """(N, 5) origin, direction, scale."""
    truth: Floats
    """(N, H, 2) where it went, own frame, in scales times the last horizon; NaN beyond the track's end."""
    track: NDArray[np.int64]
    """(N,) number of the track."""


def grid_for(dt_s: float, history_s: float | None = None, horizon_s: float | None = None) -> Grid:
    """A grid on multiples of dt_s.  Coarse tracks (0.25 s and more): seven steps back, twelve ahead; finer ones: 1 s back, 4 s ahead."""
    if dt_s >= 0.25:
        back = 7 if history_s is None else max(1, round(history_s / dt_s))
        ahead = 12 if horizon_s is None else max(1, round(horizon_s / dt_s))
        return Grid(dt_s * np.arange(1.0, back + 1.0), dt_s * np.arange(1.0, ahead + 1.0))
    history, horizon = history_s or 1.0, horizon_s or 4.0
    lags = np.array([0.034, 0.067, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0]) * history
    ahead_s = np.array([0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0]) * (horizon / 4.0)
    return Grid(_snapped(lags, dt_s), _snapped(ahead_s, dt_s))


def _snapped(times: Floats, dt_s: float) -> Floats:
    return np.asarray(np.unique(np.maximum(1, np.round(times / dt_s).astype(int))) * dt_s)


def cut_windows(tracks: Sequence[Floats], dt_s: float, grid: Grid, most: int, typical: Floats, turned: bool,
                rng: np.random.Generator, shorten: float = 0.15, least_ahead_s: float = 1.0) -> Windows:
    """At most about `most` windows, evenly taken from all tracks; typical (tracks,) speed of each body, see `read_past`.  A share `shorten` of them knows only part of its past."""
    back = np.round(grid.lags_s / dt_s).astype(np.int64)
    ahead = np.round(grid.ahead_s / dt_s).astype(np.int64)
    least = int(max(1, min(ahead[-1], round(least_ahead_s / dt_s))))
    if dt_s >= 0.25:
        least = int(ahead[-1])
    first = int(back[-1])
    starts = [np.arange(first, len(points) - least) for points in tracks]
    total = sum(map(len, starts))
    stride = max(1.0, total / most)
    track, at, offset = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)], 0.0
    for i, moments in enumerate(starts):
        chosen = np.arange(offset, len(moments), stride)
        offset = float(chosen[-1] + stride - len(moments)) if len(chosen) else offset - len(moments)
        at.append(moments[chosen.astype(np.int64)])
        track.append(np.full(len(chosen), i))
    tracks_of, moments_of = np.concatenate(track).astype(np.int64), np.concatenate(at).astype(np.int64)
    begins = np.concatenate([[0], np.cumsum([len(points) for points in tracks])]).astype(np.int64)
    everything = np.ascontiguousarray(np.concatenate(tracks), dtype=np.float64) if len(tracks) else np.zeros((0, 2))
    count = len(tracks_of)
    known = np.full(count, len(back), dtype=np.int64)
    cut = rng.random(count) < shorten
    known[cut] = rng.integers(1, len(back) + 1, int(cut.sum()))
    windows = Windows(np.zeros((count, input_size(len(back)))), np.zeros((count, 5)), np.full((count, len(ahead), 2), np.nan), tracks_of)
    _fill(everything, begins, tracks_of, moments_of, back, ahead, grid.lags_s, grid.ahead_s, known, typical, turned,
          windows.inputs, windows.frames, windows.truth)
    return windows


@kernel
def _fill(points, begins, track, moment, back, ahead, lags, horizons, known, typical, turned, inputs, frames, truth):  # type: ignore[no-untyped-def]
    """Fill the arrays of `Windows`; known (N,): how many of the lags are seen, the others are as `resample` guesses them."""
    past = np.empty((back.shape[0] + 1, 2))
    last = horizons[horizons.shape[0] - 1]
    for n in range(track.shape[0]):
        begin, end = begins[track[n]], begins[track[n] + 1]
        now = begin + moment[n]
        oldest = now - back[known[n] - 1]
        known_s = lags[known[n] - 1]
        for a in range(2):
            past[0, a] = points[now, a]
            for j in range(back.shape[0]):
                if j < known[n]:
                    past[j + 1, a] = points[now - back[j], a]
                else:
                    past[j + 1, a] = points[oldest, a] - (lags[j] - known_s) * (points[now, a] - points[oldest, a]) / known_s
        read_past(past, lags, known_s, typical[track[n]], turned, inputs[n], frames[n])
        cos, sin, scale = frames[n, 2], frames[n, 3], frames[n, 4] * last
        for h in range(ahead.shape[0]):
            if now + ahead[h] < end:
                dx, dy = points[now + ahead[h], 0] - points[now, 0], points[now + ahead[h], 1] - points[now, 1]
                truth[n, h, 0], truth[n, h, 1] = (cos * dx + sin * dy) / scale, (cos * dy - sin * dx) / scale
