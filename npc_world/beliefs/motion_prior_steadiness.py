"""How far a prior's best guess gives way to "goes on at its newest velocity", where the past has been steady.

Recorded tracks are of two kinds.  What a camera measures anew in each step trembles, and a guess that averages over the past is
nearer than the newest velocity.  What is drawn between a few marks, rounded, or moved by keys goes exactly straight most of the
time, and then nothing is nearer than going on; a regression fitted on both kinds lies in between.  How steady a past was is read
off its smaller changes of velocity: large ones are turns and corners, which both kinds make.  For each degree of steadiness and
each horizon that share of the way from the guess to going on is taken which served best on bodies that were held out (stacked
generalisation, Wolpert 1992, with one weight), and more of it where a group of these would be farther off than by going on: a
stranger's group is not known, and should not be the one that pays for the mean.  Wrong for recordings that tremble in other
degrees than any of those the prior was fitted on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.motion_prior_windows import Windows
from npc_world.core.compiled import kernel

__all__ = ["Steadiness", "fit_steadiness", "go_on", "never", "unsteadiness"]

Floats = NDArray[np.float64]
_FEWEST_CHANGES = 4
"""With fewer known changes of velocity a past is neither steady nor unsteady."""
_RANK = 4
"""The smallest of four changes, the second of eight, and so on: large ones are turns."""
_LEAST = 1e-3
"""Changes below such a share of the scale are all the same."""
_DEGREES, _SITUATIONS = 10, 200
"""Degrees that are told apart, at most, and situations to each, at least."""
_DIGITS = 6
"""Many pasts are exactly steady, but for rounding: they are of one degree."""
_SHARES = np.linspace(0.0, 1.0, 11)
_GAIN = 0.005
"""By such a share errors must fall: a guess is not changed for nothing."""
_FEWEST_OF_GROUP = 100
"""A group with fewer situations of a degree says nothing certain of it."""


@dataclass(frozen=True, slots=True)
class Steadiness:
    """Degrees of steadiness, and what each says of each horizon."""

    edges: Floats
    """(G - 1,) `unsteadiness` between two degrees, increasing."""
    share: Floats
    """(G, H) of the way from the best guess to going on."""

    def shift(self, inputs: Floats, guess: Floats, lags_s: Floats, ahead_s: Floats) -> Floats:
        """(N, H, 2) to be added to guess (N, H, 2) at ahead_s (H,), own frame, lengths as those of `Windows.truth`; inputs (N, D) of `read_past` at lags_s (J,)."""
        out = np.zeros(guess.shape)
        _shifts(np.ascontiguousarray(inputs), lags_s, np.ascontiguousarray(guess), ahead_s, self.edges, self.share, out)
        return out


def never(horizons: int) -> Steadiness:
    """Guesses stay as they are."""
    return Steadiness(np.empty(0), np.zeros((1, horizons)))


@kernel
def unsteadiness(inputs, lags):  # type: ignore[no-untyped-def]
    """Log size of the smaller changes of velocity in a past as `read_past` reads it, inputs (D,) at lags (J,) s; NaN where too little of it is known."""
    steps = lags.shape[0]
    known_s = inputs[2 * steps + 4] * lags[steps - 1]
    sizes, count = np.empty(steps), 0
    for j in range(1, steps):
        if lags[j] > known_s + 1e-9 * lags[0]:
            break
        sizes[count] = math.hypot(inputs[2 * j] - inputs[2 * j - 2], inputs[2 * j + 1] - inputs[2 * j - 1])
        count += 1
    if count < _FEWEST_CHANGES:
        return math.nan
    return math.log(np.sort(sizes[:count])[count // _RANK] + _LEAST)


@kernel
def _shift(inputs, lags, guess, ahead, edges, share, out):  # type: ignore[no-untyped-def]
    """Fill out (H, 2), see `Steadiness.shift`."""
    degree, unsteady = 0, unsteadiness(inputs, lags)
    while degree < edges.shape[0] and unsteady > edges[degree]:
        degree += 1
    for h in range(ahead.shape[0]):
        for a in range(2):
            out[h, a] = share[degree, h] * (inputs[a] * ahead[h] / ahead[ahead.shape[0] - 1] - guess[h, a]) if unsteady == unsteady else 0.0


@kernel
def _shifts(inputs, lags, guess, ahead, edges, share, out):  # type: ignore[no-untyped-def]
    for n in range(inputs.shape[0]):
        _shift(inputs[n], lags, guess[n], ahead, edges, share, out[n])


@kernel
def _degrees(inputs, lags, out):  # type: ignore[no-untyped-def]
    for n in range(inputs.shape[0]):
        out[n] = unsteadiness(inputs[n], lags)


@kernel
def go_on(out, inputs, lags, shapes, ahead, edges, share, frame, times, positions, moved):  # type: ignore[no-untyped-def]
    """Move positions (K, T, 2) at times (T,) s by as much as the best guess gives way, and fill moved (T, 2) with how much that is.

    out (O,) of the networks, whose first coefficients are the best guess in shapes (2, H, B) at ahead (H,) s; frame (5,) of `read_past`.
    Linear between the horizons, and going on to grow beyond the last, as ways are.
    """
    steps, width = ahead.shape[0], shapes.shape[2]
    guess, shift = np.zeros((steps, 2)), np.empty((steps, 2))
    for a in range(2):
        for h in range(steps):
            for b in range(width):
                guess[h, a] += shapes[a, h, b] * out[a * width + b]
    _shift(inputs, lags, guess, ahead, edges, share, shift)
    cos, sin, length, high = frame[2], frame[3], frame[4] * ahead[steps - 1], 0
    for i in range(times.shape[0]):
        while high < steps - 1 and ahead[high] < times[i]:
            high += 1
        before = ahead[high - 1] if high > 0 else 0.0
        u = (times[i] - before) / (ahead[high] - before)
        along, across = u * shift[high, 0], u * shift[high, 1]
        if u > 1.0:
            along, across = shift[high, 0] * times[i] / ahead[high], shift[high, 1] * times[i] / ahead[high]
        elif high > 0:
            along, across = along + (1.0 - u) * shift[high - 1, 0], across + (1.0 - u) * shift[high - 1, 1]
        moved[i, 0], moved[i, 1] = length * (cos * along - sin * across), length * (sin * along + cos * across)
        for k in range(positions.shape[0]):
            positions[k, i, 0] += moved[i, 0]
            positions[k, i, 1] += moved[i, 1]


def fit_steadiness(windows: Windows, guess: Floats, group: NDArray[np.int64], lags_s: Floats, ahead_s: Floats, worse: float) -> Steadiness:
    """From windows and guesses (N, H, 2) about them by networks that had not seen them; of groups (N,) small ones count more than their share, though less than great ones.

    worse: by such a share at most may a group be farther off, on average, than by going on.
    """
    unsteady = np.empty(len(guess))
    _degrees(windows.inputs, lags_s, unsteady)
    known = np.flatnonzero(~np.isnan(unsteady))
    degrees = min(_DEGREES, len(known) // _SITUATIONS)
    if degrees < 2:
        return never(len(ahead_s))
    edges = np.unique(np.round(np.quantile(unsteady[known], np.linspace(0.0, 1.0, degrees + 1)[1:-1]), _DIGITS)) + 10.0 ** -_DIGITS
    onward = windows.inputs[:, None, :2] * (ahead_s / ahead_s[-1])[:, None]
    _, which, size = np.unique(group[known], return_inverse=True, return_counts=True)
    cells = (len(edges) + 1, len(size))
    cell = np.searchsorted(edges, unsteady[known]) * len(size) + which
    lost = np.empty((*cells, len(ahead_s), len(_SHARES)))
    for i, each in enumerate(_SHARES):
        off = windows.frames[known, 4, None] * np.hypot(*np.moveaxis(guess[known] + each * (onward[known] - guess[known]) - windows.truth[known], -1, 0))
        for h in range(len(ahead_s)):
            lost[:, :, h, i] = np.bincount(cell, np.nan_to_num(off[:, h]), math.prod(cells)).reshape(cells)
    total = np.einsum("dghs,g->dhs", lost, size ** -0.5)
    share = np.where(total.min(axis=2) < (1.0 - _GAIN) * total[:, :, 0], _SHARES[total.argmin(axis=2)], 0.0)
    return Steadiness(edges, share if worse == math.inf else _fair(share, lost, worse, np.bincount(cell, minlength=math.prod(cells)).reshape(cells) >= _FEWEST_OF_GROUP))


def _fair(share: Floats, lost: Floats, worse: float, told: NDArray[np.bool_]) -> Floats:
    """share (G, H), as much greater as it takes for none of M groups to lose more than `worse`: lost (G, M, H, shares) errors of each, told (G, M) whether they are to be trusted."""
    fair = (lost <= (1.0 + worse) * lost[:, :, :, -1:]) | ~told[:, :, None, None]
    return np.asarray(_SHARES[np.argmax(fair.all(axis=1) & (share[:, :, None] <= _SHARES), axis=2)])
