"""Few futures that stand for all of a forecast: whatever comes, one of them is near.

Of a Gaussian mixture's futures, those count that minimise the expected distance of the nearest under the mixture itself, that of
the nearest over all steps twice and that of the nearest at the last step once: a quantiser (Lloyd 1982) whose centres are
geometric medians (Weiszfeld 1937), found among an evenly spread sample, large enough that centres do not follow its chances.  It
asks nothing but the forecast, and is as right as that.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.mixture import normal_bank

__all__ = ["representatives"]

Floats = NDArray[np.float64]
_SAMPLES = 2048
_ROUNDS = 8
_OVER_ALL, _AT_LAST = 2.0, 1.0
_BANK = normal_bank(_SAMPLES)


def representatives(means: Floats, covariances: Floats, weights: Floats, count: int) -> tuple[Floats, Floats]:
    """((n, H, 2), (n,)) futures and the probability that each is the nearest, for means (K, H, 2), covariances (K, H, 2, 2), weights (K,)."""
    steps = means.shape[1]
    ways, out, share = np.empty((steps, 2, _SAMPLES)), np.empty((count, steps, 2)), np.empty(count)
    order = np.argsort(-weights, kind="stable")
    _cover(np.ascontiguousarray(means), np.ascontiguousarray(covariances), np.ascontiguousarray(weights), order, _BANK, ways, out, share)
    return out, share


@kernel
def _spread(means, covariances, weights, bank, ways):  # type: ignore[no-untyped-def]
    """Fill ways (H, 2, S): each future has its share of them, evenly; one deviate holds along all steps."""
    samples, steps, k, passed, total = ways.shape[2], ways.shape[0], 0, 0.0, 0.0
    for j in range(weights.shape[0]):
        total += weights[j]
    for s in range(samples):
        at = (s + 0.5) / samples * total
        while k < weights.shape[0] - 1 and passed + weights[k] <= at:
            passed += weights[k]
            k += 1
        for h in range(steps):
            lower = math.sqrt(max(covariances[k, h, 0, 0], 0.0))
            slant = covariances[k, h, 1, 0] / lower if lower > 0.0 else 0.0
            rest = math.sqrt(max(covariances[k, h, 1, 1] - slant * slant, 0.0))
            ways[h, 0, s] = means[k, h, 0] + lower * bank[s, 0]
            ways[h, 1, s] = means[k, h, 1] + slant * bank[s, 0] + rest * bank[s, 1]


@kernel
def _far(ways, one, over, end):  # type: ignore[no-untyped-def]
    """Fill over (S,) and end (S,): distance of each of ways (H, 2, S) from one (H, 2), on average over the steps and at the last."""
    steps, samples = ways.shape[0], ways.shape[2]
    over[:] = 0.0
    for h in range(steps):
        x, y, xs, ys = one[h, 0], one[h, 1], ways[h, 0], ways[h, 1]
        for s in range(samples):
            end[s] = math.sqrt((xs[s] - x) * (xs[s] - x) + (ys[s] - y) * (ys[s] - y))
            over[s] += end[s]
    for s in range(samples):
        over[s] /= steps


@kernel
def _note_nearest(k, over, end, near, near_end, least, least_end):  # type: ignore[no-untyped-def]
    """Centre k is the nearest so far where it is nearer than the least (S,)."""
    for s in range(over.shape[0]):
        if over[s] < least[s]:
            least[s], near[s] = over[s], k
        if end[s] < least_end[s]:
            least_end[s], near_end[s] = end[s], k


@kernel
def _cover(means, covariances, weights, order, bank, ways, out, share):  # type: ignore[no-untyped-def]
    """Fill out (n, H, 2) and share (n,): begin at the likeliest futures and at what lies farthest from them, then Lloyd's rounds."""
    samples, steps, count = ways.shape[2], ways.shape[0], out.shape[0]
    _spread(means, covariances, weights, bank, ways)
    near, near_end, over, end = np.zeros(samples, np.int64), np.zeros(samples, np.int64), np.empty(samples), np.empty(samples)
    least, least_end = np.full(samples, math.inf), np.full(samples, math.inf)
    for k in range(count):
        if k < order.shape[0]:
            out[k] = means[order[k]]
        else:
            out[k] = ways[:, :, np.argmax(_OVER_ALL * least + _AT_LAST * least_end)]
        _far(ways, out[k], over, end)
        _note_nearest(k, over, end, near, near_end, least, least_end)
    least_off = 1e-3 * float(np.mean(least)) + 1e-300
    total, pull = np.empty((count, steps, 2)), np.empty((count, steps))
    for turn in range(_ROUNDS + 1):
        if turn > 0:
            least[:], least_end[:] = math.inf, math.inf
            for k in range(count):
                _far(ways, out[k], over, end)
                _note_nearest(k, over, end, near, near_end, least, least_end)
        share[:] = 0.0
        for s in range(samples):
            share[near[s]] += 1.0 / samples
        if turn == _ROUNDS:
            return
        total[:], pull[:] = 0.0, 0.0
        for h in range(steps):
            for s in range(samples):
                x, y = ways[h, 0, s], ways[h, 1, s]
                for k, w in ((near[s], _OVER_ALL / steps), (near_end[s], _AT_LAST if h == steps - 1 else 0.0)):
                    if w > 0.0:
                        w /= math.sqrt((x - out[k, h, 0]) ** 2 + (y - out[k, h, 1]) ** 2) + least_off
                        pull[k, h] += w
                        total[k, h, 0] += w * x
                        total[k, h, 1] += w * y
        for k in range(count):
            if pull[k, 0] > 0.0:
                for h in range(steps):
                    out[k, h, 0], out[k, h, 1] = total[k, h, 0] / pull[k, h], total[k, h, 1] / pull[k, h]
            elif pull[k, steps - 1] > 0.0:  # nearest to some at the last step alone: there it stays with them
                out[k, steps - 1, 0], out[k, steps - 1, 1] = total[k, steps - 1, 0] / pull[k, steps - 1], total[k, steps - 1, 1] / pull[k, steps - 1]
            else:  # nothing is nearest to it: it goes where most is missing
                s = int(np.argmax(_OVER_ALL * least + _AT_LAST * least_end))
                out[k] = ways[:, :, s]
                least[s], least_end[s] = 0.0, 0.0
