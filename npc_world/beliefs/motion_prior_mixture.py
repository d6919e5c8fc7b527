"""From what the networks of a motion prior say to a mixture of futures in the world: compiled, for one body or many."""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.motion_prior_loss import LEAST_LOG, MOST_CORRELATED, MOST_LOG, read_coefficients, read_shares
from npc_world.core.compiled import kernel

__all__ = ["evaluate_networks", "place_mixture", "place_mixtures"]


@kernel
def evaluate_networks(first, first_offset, second, second_offset, top, offset, straight, inputs, out):  # type: ignore[no-untyped-def]
    """Fill out (O,) with the mean of what M networks say of inputs (D,).  first (M, D, U), second (M, U, U), top (M, U, O) …"""
    members, width, hidden = first.shape[0], first.shape[1], first.shape[2]
    one, two = np.empty(hidden), np.empty(hidden)
    out[:] = 0.0
    for i in range(members):
        one[:] = first_offset[i]
        two[:] = second_offset[i]
        for d in range(width):
            for u in range(hidden):
                one[u] += inputs[d] * first[i, d, u]
        for u in range(hidden):
            value = math.tanh(one[u])
            for v in range(hidden):
                two[v] += value * second[i, u, v]
        for o in range(out.shape[0]):
            out[o] += offset[i, o]
        for d in range(width):
            value = inputs[d]
            for o in range(out.shape[0]):
                out[o] += value * straight[i, d, o]
        for u in range(hidden):
            value = math.tanh(two[u])
            for o in range(out.shape[0]):
                out[o] += value * top[i, u, o]
    for o in range(out.shape[0]):
        out[o] /= members


@kernel
def _first_likeliest(share):  # type: ignore[no-untyped-def]
    """The first of share (K,) becomes as great as any: it is the best guess."""
    most = 1.0001 * float(np.max(share[1:]))
    if share[0] < most:
        total = 1.0 - share[0] + most
        share[0] = most
        for k in range(share.shape[0]):
            share[k] /= total


@kernel
def _own_frame(out, spread, shapes, correction, mean, deviation, weights):  # type: ignore[no-untyped-def]
    """Fill mean (K + 1, H, 2), deviation (K + 1, H, 3) = along, across, correlation, weights (K + 1,) in the body's own frame.

    The last row is as wide as all others together, times a factor: what no future foresees.  It lies so that the mixture's mean is
    the first future, the best guess, whatever the others say.
    """
    futures, steps, width = spread.shape[0], spread.shape[1], shapes.shape[2]
    widen = futures * 2 * width + futures
    tail = correction[steps, 0]
    coefficients, chance, share = np.empty((futures, 2 * width)), np.empty(futures), np.empty(futures)
    read_shares(out, futures * 2 * width, chance, share)
    free = correction[steps, 1] > 0.5
    read_coefficients(out, share, free, coefficients)
    if free:
        _first_likeliest(share)
    for k in range(futures):
        weights[k] = (1.0 - tail) * share[k]
    weights[futures] = tail
    for h in range(steps):
        u = (h + 1.0) / steps
        wide_a = out[widen] + u * out[widen + 1]
        wide_c = out[widen + 2] + u * out[widen + 3]
        x, y, xx, yy, xy = 0.0, 0.0, 0.0, 0.0, 0.0
        for k in range(futures):
            for a in range(2):
                at = 0.0
                for b in range(width):
                    at += shapes[a, h, b] * coefficients[k, a * width + b]
                mean[k, h, a] = at
            sa = math.exp(min(MOST_LOG, max(LEAST_LOG, spread[k, h, 0] + wide_a)) + correction[h, 0])
            sc = math.exp(min(MOST_LOG, max(LEAST_LOG, spread[k, h, 1] + wide_c)) + correction[h, 0])
            r = MOST_CORRELATED * math.tanh(spread[k, h, 2])
            deviation[k, h, 0], deviation[k, h, 1], deviation[k, h, 2] = sa, sc, r
            mx, my = mean[k, h, 0], mean[k, h, 1]
            x += share[k] * mx
            y += share[k] * my
            xx += share[k] * (sa * sa + mx * mx)
            yy += share[k] * (sc * sc + my * my)
            xy += share[k] * (r * sa * sc + mx * my)
        xx, yy, xy = xx - x * x, yy - y * y, xy - x * y
        factor = math.exp(correction[h, 1])
        mean[futures, h, 0] = mean[0, h, 0] + (1.0 - tail) / tail * (mean[0, h, 0] - x)
        mean[futures, h, 1] = mean[0, h, 1] + (1.0 - tail) / tail * (mean[0, h, 1] - y)
        deviation[futures, h, 0], deviation[futures, h, 1] = factor * math.sqrt(xx), factor * math.sqrt(yy)
        deviation[futures, h, 2] = max(-MOST_CORRELATED, min(MOST_CORRELATED, xy / math.sqrt(xx * yy)))


@kernel
def place_mixture(out, spread, shapes, ahead, correction, frame, times, positions, covariances, weights):  # type: ignore[no-untyped-def]
    """Fill positions (K + 1, T, 2), covariances (K + 1, T, 2, 2), weights (K + 1,) in the world, `times` (T,) s from now.

    out (O,) of the networks; spread (K, H, 3), shapes (2, H, B) at ahead (H,) s; frame (5,) of `read_past`.  correction
    (H + 1, 2): log factors on deviations and on the widest row's; its share, and 1 where futures are free of the first.  Between the horizons ways are straight and
    deviations linear; beyond the last both go on growing.
    """
    rows, steps = spread.shape[0] + 1, spread.shape[1]
    mean, deviation = np.empty((rows, steps, 2)), np.empty((rows, steps, 3))
    _own_frame(out, spread, shapes, correction, mean, deviation, weights)
    cos, sin, length = frame[2], frame[3], frame[4] * ahead[steps - 1]
    high = 0
    for i in range(times.shape[0]):
        t = times[i]
        while high < steps - 1 and ahead[high] < t:
            high += 1
        low = high - 1
        before = ahead[low] if low >= 0 else 0.0
        u = (t - before) / (ahead[high] - before)
        for k in range(rows):
            a, c = u * mean[k, high, 0], u * mean[k, high, 1]
            sa, sc, r = u * deviation[k, high, 0], u * deviation[k, high, 1], deviation[k, high, 2]
            if low >= 0:
                a += (1.0 - u) * mean[k, low, 0]
                c += (1.0 - u) * mean[k, low, 1]
                sa = max(1e-6, sa + (1.0 - u) * deviation[k, low, 0]) if u <= 1.0 else sa
                sc = max(1e-6, sc + (1.0 - u) * deviation[k, low, 1]) if u <= 1.0 else sc
                if u > 1.0:
                    sa, sc = deviation[k, high, 0] * t / ahead[high], deviation[k, high, 1] * t / ahead[high]
            positions[k, i, 0] = frame[0] + length * (cos * a - sin * c)
            positions[k, i, 1] = frame[1] + length * (sin * a + cos * c)
            va, vc, ac = (length * sa) ** 2, (length * sc) ** 2, r * length * length * sa * sc
            covariances[k, i, 0, 0] = cos * cos * va + sin * sin * vc - 2.0 * cos * sin * ac
            covariances[k, i, 1, 1] = sin * sin * va + cos * cos * vc + 2.0 * cos * sin * ac
            covariances[k, i, 0, 1] = covariances[k, i, 1, 0] = cos * sin * (va - vc) + (cos * cos - sin * sin) * ac


@kernel
def place_mixtures(out, spread, shapes, ahead, correction, frames, times, positions, covariances, weights):  # type: ignore[no-untyped-def]
    """`place_mixture` for N bodies: out (N, O), frames (N, 5), positions (N, K + 1, T, 2) …"""
    for n in range(out.shape[0]):
        place_mixture(out[n], spread, shapes, ahead, correction, frames[n], times, positions[n], covariances[n], weights[n])
