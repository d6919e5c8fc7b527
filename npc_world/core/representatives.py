"""Few futures that stand for all of a forecast: whatever comes, one of them is near.

Of a Gaussian mixture's futures, those count that minimise the expected distance of the nearest under the mixture itself, half over
all steps and half at the last: a quantiser (Lloyd 1982) whose centres are geometric medians (Weiszfeld 1937), found among an
evenly spread sample.  It asks nothing but the forecast, and is as right as that.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.mixture import normal_bank

__all__ = ["representatives"]

Floats = NDArray[np.float64]
_SAMPLES = 512
_ROUNDS = 8
_BANK = normal_bank(_SAMPLES)


def representatives(means: Floats, covariances: Floats, weights: Floats, count: int) -> tuple[Floats, Floats]:
    """((n, H, 2), (n,)) futures and the probability that each is the nearest, for means (K, H, 2), covariances (K, H, 2, 2), weights (K,)."""
    steps = means.shape[1]
    ways, out, share = np.empty((_SAMPLES, steps, 2)), np.empty((count, steps, 2)), np.empty(count)
    order = np.argsort(-weights, kind="stable")
    _cover(np.ascontiguousarray(means), np.ascontiguousarray(covariances), np.ascontiguousarray(weights), order, _BANK, ways, out, share)
    return out, share


@kernel
def _spread(means, covariances, weights, bank, ways):  # type: ignore[no-untyped-def]
    """Fill ways (S, H, 2): each future has its share of them, evenly; one deviate holds along all steps."""
    samples, steps, k, passed, total = ways.shape[0], ways.shape[1], 0, 0.0, 0.0
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
            ways[s, h, 0] = means[k, h, 0] + lower * bank[s, 0]
            ways[s, h, 1] = means[k, h, 1] + slant * bank[s, 0] + rest * bank[s, 1]


@kernel
def _far(one, other):  # type: ignore[no-untyped-def]
    """Distance of two ways (H, 2): half over all steps, half at the last."""
    steps, total, off = one.shape[0], 0.0, 0.0
    for h in range(steps):
        dx, dy = one[h, 0] - other[h, 0], one[h, 1] - other[h, 1]
        off = math.sqrt(dx * dx + dy * dy)
        total += off
    return 0.5 * total / steps + 0.5 * off


@kernel
def _cover(means, covariances, weights, order, bank, ways, out, share):  # type: ignore[no-untyped-def]
    """Fill out (n, H, 2) and share (n,): begin at the likeliest futures and at what lies farthest from them, then Lloyd's rounds."""
    samples, steps, count = ways.shape[0], ways.shape[1], out.shape[0]
    _spread(means, covariances, weights, bank, ways)
    nearest, far = np.zeros(samples, np.int64), np.full(samples, math.inf)
    for k in range(count):
        if k < order.shape[0]:
            out[k] = means[order[k]]
        else:
            out[k] = ways[np.argmax(far)]
        for s in range(samples):
            far[s] = min(far[s], _far(ways[s], out[k]))
    least_off = 1e-3 * float(np.mean(far)) + 1e-300
    total, pull = np.empty((count, steps, 2)), np.empty((count, steps))
    for turn in range(_ROUNDS + 1):
        share[:] = 0.0
        total[:], pull[:] = 0.0, 0.0
        for s in range(samples):
            least = math.inf
            for k in range(count):
                off = float(_far(ways[s], out[k]))
                if off < least:
                    least, nearest[s] = off, k
            far[s] = least
            k = nearest[s]
            share[k] += 1.0 / samples
            for h in range(steps):
                off = math.hypot(ways[s, h, 0] - out[k, h, 0], ways[s, h, 1] - out[k, h, 1])
                w = 1.0 / (off + least_off)
                pull[k, h] += w
                total[k, h, 0] += w * ways[s, h, 0]
                total[k, h, 1] += w * ways[s, h, 1]
        if turn == _ROUNDS:
            return
        for k in range(count):
            if share[k] > 0.0:
                for h in range(steps):
                    out[k, h, 0], out[k, h, 1] = total[k, h, 0] / pull[k, h], total[k, h, 1] / pull[k, h]
            else:  # nothing is nearest to it: it goes where most is missing
                s = int(np.argmax(far))
                out[k] = ways[s]
                far[s] = 0.0
