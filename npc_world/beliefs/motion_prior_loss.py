"""How wrong a batch of mixtures is about what came, and which way each number should move: the gradient that fitting follows.

A mixture of K futures: coefficients of a few smooth shapes in time per axis, so that each future is coherent; weights; a
covariance per future and horizon.  The first future is the single best guess.  Two terms: the negative log density of every step
(Bishop 1994, mixture density networks), and the absolute error of the first.
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel

__all__ = ["BEST", "FIRST_SHARE", "LEAST_LOG", "MOST_CORRELATED", "MOST_LOG", "SPREADS", "TERMS", "known_steps", "mixture_loss", "output_size",
           "read_coefficients", "read_shares"]

SPREADS = 4
"""Outputs that widen all covariances: log factor along and across at no time ahead, and what the last horizon adds."""
TERMS = 2
DENSITY, BEST = range(TERMS)
MOST_CORRELATED = 0.95
LEAST_LOG, MOST_LOG = -7.0, 4.0
FIRST_SHARE = 0.2
"""Weight the first future has at least: it lies in the middle, and is to be the likeliest."""
_SOON = 2.0
"""What the next steps count beyond their share in the best guess: over them most bodies are foreseen almost exactly."""


def output_size(futures: int, shapes: int) -> int:
    """Outputs of the network: coefficients of all futures, log weights, spreads."""
    return futures * 2 * shapes + futures + SPREADS


@kernel
def read_shares(out, logits, chance, share):  # type: ignore[no-untyped-def]
    """Fill chance (K,), the softmax of out[logits:], and share (K,), the weights: the first future has its least share besides."""
    futures = share.shape[0]
    top, total = -math.inf, 0.0
    for k in range(futures):
        top = max(top, out[logits + k])
    for k in range(futures):
        chance[k] = math.exp(max(-30.0, out[logits + k] - top))
        total += chance[k]
    for k in range(futures):
        chance[k] /= total
        share[k] = (1.0 - FIRST_SHARE) * chance[k]
    share[0] += FIRST_SHARE


@kernel
def read_coefficients(out, share, free, coefficients):  # type: ignore[no-untyped-def]
    """Fill coefficients (K, 2B): each future as it is said; unless free the others beside the first so that all together have it as their mean."""
    futures, size = coefficients.shape
    rest = max(1e-12, 1.0 - share[0])
    for c in range(size):
        middle = 0.0
        if not free:
            for k in range(1, futures):
                middle += share[k] / rest * out[k * size + c]
        for k in range(futures):
            coefficients[k, c] = out[k * size + c]
            if k > 0 and not free:
                coefficients[k, c] += out[c] - middle


@kernel
def _density_term(out, truth, g, mean, share, spread, widen, logp, d_mean, d_log, d_out, d_spread):  # type: ignore[no-untyped-def]
    """Sum over the known steps of the negative log density; its gradient, times g."""
    futures, steps = mean.shape[0], mean.shape[1]
    lost = 0.0
    for h in range(steps):
        if truth[h, 0] != truth[h, 0]:
            continue
        u = (h + 1.0) / steps
        wide_a, wide_c = out[widen] + u * out[widen + 1], out[widen + 2] + u * out[widen + 3]
        best = -1e300
        for k in range(futures):
            la = min(MOST_LOG, max(LEAST_LOG, spread[k, h, 0] + wide_a))
            lc = min(MOST_LOG, max(LEAST_LOG, spread[k, h, 1] + wide_c))
            r = MOST_CORRELATED * math.tanh(spread[k, h, 2])
            q = 1.0 - r * r
            za, zc = (truth[h, 0] - mean[k, h, 0]) * math.exp(-la), (truth[h, 1] - mean[k, h, 1]) * math.exp(-lc)
            square = (za * za - 2.0 * r * za * zc + zc * zc) / q
            logp[k] = math.log(share[k] + 1e-12) - la - lc - 0.5 * math.log(q) - 0.5 * square - 1.8378770664
            best = max(best, logp[k])
        total = 0.0
        for k in range(futures):
            total += math.exp(logp[k] - best)
        lost -= best + math.log(total)
        for k in range(futures):
            right = math.exp(logp[k] - best) / total
            d_log[k] += g * right
            if right < 1e-9:
                continue
            la = min(MOST_LOG, max(LEAST_LOG, spread[k, h, 0] + wide_a))
            lc = min(MOST_LOG, max(LEAST_LOG, spread[k, h, 1] + wide_c))
            t = math.tanh(spread[k, h, 2])
            r = MOST_CORRELATED * t
            q = 1.0 - r * r
            ea, ec = math.exp(-la), math.exp(-lc)
            za, zc = (truth[h, 0] - mean[k, h, 0]) * ea, (truth[h, 1] - mean[k, h, 1]) * ec
            ga, gc = (za - r * zc) / q, (zc - r * za) / q
            d_mean[k, h, 0] -= g * right * ga * ea
            d_mean[k, h, 1] -= g * right * gc * ec
            da, dc = g * right * (1.0 - za * ga), g * right * (1.0 - zc * gc)
            square = (za * za - 2.0 * r * za * zc + zc * zc) / q
            d_spread[k, h, 0] += da
            d_spread[k, h, 1] += dc
            d_spread[k, h, 2] -= g * right * (r / q + za * zc / q - r * square / q) * MOST_CORRELATED * (1.0 - t * t)
            d_out[widen] += da
            d_out[widen + 1] += u * da
            d_out[widen + 2] += dc
            d_out[widen + 3] += u * dc
    return lost


@kernel
def _miss(truth, mean, k, known, last, soon, scale, d_mean):  # type: ignore[no-untyped-def]
    """How far future k is off: half over all known steps, half at the last, `soon` more over the next; adds its gradient times scale."""
    total = 0.0
    for h in range(truth.shape[0]):
        if truth[h, 0] == truth[h, 0]:
            dx, dy = mean[k, h, 0] - truth[h, 0], mean[k, h, 1] - truth[h, 1]
            off = math.sqrt(dx * dx + dy * dy + 1e-10)
            w = (0.5 + soon / (h + 1.0)) / known + (0.5 if h == last else 0.0)
            total += w * off
            d_mean[k, h, 0] += scale * w * dx / off
            d_mean[k, h, 1] += scale * w * dy / off
    return total


@kernel
def _back(d_mean, d_log, logits, shapes, chance, share, d_out):  # type: ignore[no-untyped-def]
    """From the futures' places and log weights back to the outputs; the reverse of `read_coefficients` and `read_shares`."""
    futures, steps, width = d_mean.shape[0], d_mean.shape[1], shapes.shape[2]
    for k in range(futures):
        for a in range(2):
            for b in range(width):
                for h in range(steps):
                    d_out[(2 * k + a) * width + b] += d_mean[k, h, a] * shapes[a, h, b]
    total = 0.0
    for k in range(futures):
        d_log[k] *= (1.0 - FIRST_SHARE) * chance[k] / max(share[k], 1e-12)
        total += d_log[k]
    for k in range(futures):
        d_out[logits + k] += chance[k] * total - d_log[k]


@kernel
def known_steps(truth):  # type: ignore[no-untyped-def]
    """(how many steps of a track (H, 2) are known, the last of them or -1): it is NaN where it ended."""
    known, last = 0, -1
    for h in range(truth.shape[0]):
        if truth[h, 0] == truth[h, 0]:
            known += 1
            last = h
    return known, last


@kernel
def mixture_loss(out, truth, importance, shapes, spread, weights, d_out, d_spread, terms):  # type: ignore[no-untyped-def]
    """Fill d_out (N, O) and add to d_spread (K, H, 3); terms (TERMS,) takes the mean of each.

    out (N, O); truth (N, H, 2), NaN where the track ended; importance (N,) of errors in length; shapes (2, H, B);
    spread (K, H, 3): log deviations along and across, and the correlation before tanh; weights (TERMS,) of the terms.
    """
    count, steps = truth.shape[0], truth.shape[1]
    futures, width = spread.shape[0], shapes.shape[2]
    logits, widen = futures * 2 * width, futures * 2 * width + futures
    mean, d_mean = np.empty((futures, steps, 2)), np.empty((futures, steps, 2))
    coefficients = np.empty((futures, 2 * width))
    chance, share, d_log, logp = np.empty(futures), np.empty(futures), np.empty(futures), np.empty(futures)
    terms[:] = 0.0
    d_out[:] = 0.0
    for n in range(count):
        known, last = known_steps(truth[n])
        if known == 0:
            continue
        read_shares(out[n], logits, chance, share)
        read_coefficients(out[n], share, True, coefficients)
        for k in range(futures):
            for h in range(steps):
                for a in range(2):
                    total = 0.0
                    for b in range(width):
                        total += shapes[a, h, b] * coefficients[k, a * width + b]
                    mean[k, h, a] = total
        d_mean[:] = 0.0
        d_log[:] = 0.0
        if weights[DENSITY] > 0.0:
            terms[DENSITY] += _density_term(out[n], truth[n], weights[DENSITY] / (known * count), mean, share, spread, widen, logp, d_mean, d_log,
                                            d_out[n], d_spread) / (known * count)
        terms[BEST] += importance[n] / count * _miss(truth[n], mean, 0, known, last, _SOON, importance[n] * weights[BEST] / count, d_mean)
        _back(d_mean, d_log, logits, shapes, chance, share, d_out[n])
