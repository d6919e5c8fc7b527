"""How wrong a batch of mixtures is about what came, and which way each number should move: the gradient that fitting follows.

A mixture of K futures: coefficients of a few smooth shapes in time per axis, so that each future is coherent; weights; a
covariance per future and horizon.  Three terms: the negative log density of every step (Bishop 1994, mixture density
networks), the error of the nearest future alone (Guzman-Rivera et al. 2012, multiple choice learning: keeps the futures
apart, each for a case of its own), and the absolute error of the first future, which is to be the single best guess.
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel

__all__ = ["BEST", "NEAREST", "SPREADS", "TERMS", "mixture_loss", "output_size"]

SPREADS = 4
"""Outputs that widen all covariances: log factor along and across at no time ahead, and what the last horizon adds."""
TERMS = 3
DENSITY, NEAREST, BEST = range(TERMS)
_MOST_CORRELATED = 0.95
_LEAST_LOG, _MOST_LOG = -7.0, 4.0


def output_size(futures: int, shapes: int) -> int:
    """Outputs of the network: coefficients of all futures, log weights, spreads."""
    return futures * 2 * shapes + futures + SPREADS


@kernel
def mixture_loss(out, truth, importance, shapes, spread, weights, d_out, d_spread, terms):  # type: ignore[no-untyped-def]
    """Fill d_out (N, O) and add to d_spread (K, H, 3); terms (TERMS,) takes the mean of each.

    out (N, O); truth (N, H, 2), NaN where the track ended; importance (N,) of errors in length; shapes (2, H, B);
    spread (K, H, 3): log deviations along and across, and the correlation before tanh; weights (TERMS,) of the terms.
    """
    count, steps = truth.shape[0], truth.shape[1]
    futures, width = spread.shape[0], shapes.shape[2]
    logits, widen = futures * 2 * width, futures * 2 * width + futures
    mean = np.empty((futures, steps, 2))
    share, d_share, logp, miss = np.empty(futures), np.empty(futures), np.empty(futures), np.empty(futures)
    d_mean = np.empty((futures, steps, 2))
    terms[:] = 0.0
    for n in range(count):
        d_out[n] = 0.0
        for k in range(futures):
            for h in range(steps):
                for a in range(2):
                    total = 0.0
                    for b in range(width):
                        c = out[n, a * width + b]
                        if k > 0:
                            c += out[n, (2 * k + a) * width + b]
                        total += shapes[a, h, b] * c
                    mean[k, h, a] = total
                    d_mean[k, h, a] = 0.0
        top = -1e30
        for k in range(futures):
            top = max(top, out[n, logits + k])
        total = 0.0
        for k in range(futures):
            share[k] = math.exp(out[n, logits + k] - top)
            total += share[k]
        for k in range(futures):
            share[k] = share[k] / total + 1e-12
            d_share[k] = 0.0
            miss[k] = 0.0
        known, last = 0, -1
        for h in range(steps):
            if truth[n, h, 0] == truth[n, h, 0]:
                known += 1
                last = h
        if known == 0:
            continue
        g = weights[0] / (known * count)
        for h in range(steps):
            if truth[n, h, 0] != truth[n, h, 0]:
                continue
            u = (h + 1.0) / steps
            wide_a = out[n, widen] + u * out[n, widen + 1]
            wide_c = out[n, widen + 2] + u * out[n, widen + 3]
            best = -1e300
            for k in range(futures):
                la = min(_MOST_LOG, max(_LEAST_LOG, spread[k, h, 0] + wide_a))
                lc = min(_MOST_LOG, max(_LEAST_LOG, spread[k, h, 1] + wide_c))
                r = _MOST_CORRELATED * math.tanh(spread[k, h, 2])
                q = 1.0 - r * r
                za, zc = (truth[n, h, 0] - mean[k, h, 0]) * math.exp(-la), (truth[n, h, 1] - mean[k, h, 1]) * math.exp(-lc)
                square = (za * za - 2.0 * r * za * zc + zc * zc) / q
                logp[k] = math.log(share[k]) - la - lc - 0.5 * math.log(q) - 0.5 * square - 1.8378770664
                best = max(best, logp[k])
            total = 0.0
            for k in range(futures):
                total += math.exp(logp[k] - best)
            terms[0] -= (best + math.log(total)) / (known * count)
            for k in range(futures):
                right = math.exp(logp[k] - best) / total
                d_share[k] += g * right  # of the log share; the softmax follows below
                if right < 1e-9:
                    continue
                la = min(_MOST_LOG, max(_LEAST_LOG, spread[k, h, 0] + wide_a))
                lc = min(_MOST_LOG, max(_LEAST_LOG, spread[k, h, 1] + wide_c))
                t = math.tanh(spread[k, h, 2])
                r = _MOST_CORRELATED * t
                q = 1.0 - r * r
                ea, ec = math.exp(-la), math.exp(-lc)
                za, zc = (truth[n, h, 0] - mean[k, h, 0]) * ea, (truth[n, h, 1] - mean[k, h, 1]) * ec
                ga, gc = (za - r * zc) / q, (zc - r * za) / q
                d_mean[k, h, 0] -= g * right * ga * ea
                d_mean[k, h, 1] -= g * right * gc * ec
                da, dc = g * right * (1.0 - za * ga), g * right * (1.0 - zc * gc)
                square = (za * za - 2.0 * r * za * zc + zc * zc) / q
                dr = -g * right * (r / q + za * zc / q - r * square / q)
                d_spread[k, h, 0] += da
                d_spread[k, h, 1] += dc
                d_spread[k, h, 2] += dr * _MOST_CORRELATED * (1.0 - t * t)
                d_out[n, widen] += da
                d_out[n, widen + 1] += u * da
                d_out[n, widen + 2] += dc
                d_out[n, widen + 3] += u * dc
        nearest = 0
        for k in range(futures):
            for h in range(steps):
                if truth[n, h, 0] == truth[n, h, 0]:
                    d = math.hypot(truth[n, h, 0] - mean[k, h, 0], truth[n, h, 1] - mean[k, h, 1])
                    miss[k] += d * (0.5 / known + (0.5 if h == last else 0.0))
            if miss[k] < miss[nearest]:
                nearest = k
        terms[1] += importance[n] * miss[nearest] / count
        terms[2] += importance[n] * miss[0] / count
        for part in range(2):
            k = nearest if part == 0 else 0
            scale = importance[n] * weights[1 + part] / count
            for h in range(steps):
                if truth[n, h, 0] == truth[n, h, 0]:
                    dx, dy = mean[k, h, 0] - truth[n, h, 0], mean[k, h, 1] - truth[n, h, 1]
                    w = scale * (0.5 / known + (0.5 if h == last else 0.0)) / math.sqrt(dx * dx + dy * dy + 1e-10)
                    d_mean[k, h, 0] += w * dx
                    d_mean[k, h, 1] += w * dy
        total = 0.0
        for k in range(futures):
            total += d_share[k]
        for k in range(futures):
            d_out[n, logits + k] = share[k] * total - d_share[k]
            for h in range(steps):
                for a in range(2):
                    if d_mean[k, h, a] != 0.0:
                        for b in range(width):
                            d = d_mean[k, h, a] * shapes[a, h, b]
                            d_out[n, a * width + b] += d
                            if k > 0:
                                d_out[n, (2 * k + a) * width + b] += d
