"""Fit what the ground did to a body over a short stretch of its way: one compiled call.

The unknowns are z = (x, y, vx, vy at the start; speed factor, ln grip, push x, push y).  The stretch is rolled out by the
body's own step (`step_top_down`) and compared with where the body was seen; prior knowledge of the ground and of the first
velocity enters as further squares.  Gauss-Newton steps damped as Levenberg and Marquardt do, from several starts, because a
body that is still gathering speed and one that has reached a low top speed differ by more than a small step.
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.top_down import step_top_down

__all__ = ["fit_window"]

_SIZE = 8
_ROUNDS = 20
_KNOWN_VELOCITY = 0.2
"""A velocity known to this share of top speed is one to start from."""


@kernel
def fit_window(track, ground, precision, speed, acceleration, sigma, velocity_x, velocity_y, velocity_sd, found, curvature):  # type: ignore[no-untyped-def]
    """Fit one stretch; returns half the least sum of squares, and the mean square of what stays unexplained, px².

    track (n + 1, 5): seconds since the frame before, x, y, and the velocity that had been asked for on the way there; the
    first row's time and wish are not read.  ground (4,) and precision (4, 4): prior of (factor, ln grip, push x, push y),
    pushes in shares of `speed`.  sigma: deviation of one seen position, px.  velocity (x, y) ± sd: what is known of the
    velocity at the start.  found (10,) is filled with the best z and the velocity at the end, curvature (8, 8) with the
    half sum's second derivative there.
    """
    n = track.shape[0]
    prior = np.zeros(_SIZE)
    prior[0], prior[1], prior[2], prior[3] = track[0, 1], track[0, 2], velocity_x, velocity_y
    weight = np.zeros((_SIZE, _SIZE))
    weight[2, 2] = weight[3, 3] = 1.0 / (velocity_sd * velocity_sd)
    for i in range(4):
        prior[4 + i] = ground[i]
        for j in range(4):
            weight[4 + i, 4 + j] = precision[i, j]
    first_x, first_y, steady, gained = _coarse(track)
    z, trial, slope, step = np.empty(_SIZE), np.empty(_SIZE), np.empty(_SIZE), np.empty(_SIZE)
    at, lower, paths = np.empty((_SIZE, _SIZE)), np.empty((_SIZE, _SIZE)), np.empty((_SIZE + 1, n, 2))
    least, unexplained = math.inf, math.inf
    known = velocity_sd < _KNOWN_VELOCITY * speed
    for start in range(5 if acceleration > 0.0 else 2):
        if 2.0 * least < 2.0 * n + 4.0:  # as good as can be
            break
        for i in range(_SIZE):
            trial[i] = prior[i]
        if start < 4:
            trial[2], trial[3] = first_x, first_y
        elif not known:  # a body that is gathering speed was slower at first than on the mean of a third
            trial[2], trial[3] = (track[1, 1] - track[0, 1]) / track[1, 0], (track[1, 2] - track[0, 2]) / track[1, 0]
        if start == 1 or start == 3:
            trial[4] = steady
        if start == 2 or start == 3:
            trial[5] = math.log(max(1e-6, gained / acceleration))
        cost, damping = math.inf, 1e-3
        for _ in range(_ROUNDS):
            trial[4], trial[5] = min(4.0, max(0.02, trial[4])), min(1.5, max(-5.3, trial[5]))
            tried, square, end_x, end_y = _terms(trial, track, prior, weight, speed, acceleration, sigma, paths, lower, step)
            better = tried < cost
            done = cost - tried < 1e-3
            if better:
                cost = tried
                damping *= 0.2
                best = cost < least - 1e-6
                if best:
                    least, unexplained = cost, square / max(1.0, 2.0 * n - _SIZE)
                    found[_SIZE], found[_SIZE + 1] = end_x, end_y
                for i in range(_SIZE):
                    z[i], slope[i] = trial[i], step[i]
                    if best:
                        found[i] = trial[i]
                    for j in range(_SIZE):
                        at[i, j] = lower[i, j]
                        if best:
                            curvature[i, j] = lower[i, j]
                if done:
                    break
            else:
                damping *= 8.0
                if damping > 1e6:
                    break
            for i in range(_SIZE):
                for j in range(_SIZE):
                    lower[i, j] = at[i, j]
                lower[i, i] *= 1.0 + damping
            if not _solved(lower, slope, step):
                break
            for i in range(_SIZE):
                trial[i] = z[i] - step[i]
    return least, unexplained


@kernel
def _coarse(track):  # type: ignore[no-untyped-def]
    """Mean velocity of the first third, that of the last over what was asked then, and how fast it changed between."""
    n = track.shape[0]
    third = max(1, n // 3)
    early, late, wish_x, wish_y, whole = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(1, n):
        whole += track[k, 0]
        if k <= third:
            early += track[k, 0]
        if k >= n - third:
            late += track[k, 0]
            wish_x += track[k, 3] * track[k, 0]
            wish_y += track[k, 4] * track[k, 0]
    first_x, first_y = (track[third, 1] - track[0, 1]) / early, (track[third, 2] - track[0, 2]) / early
    moved_x, moved_y = track[n - 1, 1] - track[n - 1 - third, 1], track[n - 1, 2] - track[n - 1 - third, 2]
    asked = wish_x * wish_x + wish_y * wish_y
    steady = (moved_x * wish_x + moved_y * wish_y) / asked if asked > 0.0 else 1.0
    gained = math.sqrt((moved_x / late - first_x) ** 2 + (moved_y / late - first_y) ** 2) / max(1e-9, whole - 0.5 * (early + late))
    return first_x, first_y, steady, gained


@kernel
def _terms(z, track, prior, weight, speed, acceleration, sigma, paths, curvature, slope):  # type: ignore[no-untyped-def]
    """The half sum of squares at z, the squares of positions in it (px²) and the velocity at the end; fills slope (8,) and curvature (8, 8).

    The path's derivatives are differences; the curvature is Gauss and Newton's.
    """
    n = track.shape[0]
    end_x, end_y = 0.0, 0.0
    for p in range(_SIZE, -1, -1):
        small = 0.0 if p == 0 else 1e-4 * speed if p <= 4 else 1e-4
        if p > 0:
            z[p - 1] += small
        x, y, vx, vy = z[0], z[1], z[2], z[3]
        factor, grip, push_x, push_y = z[4], math.exp(z[5]), z[6] * speed, z[7] * speed
        if p > 0:
            z[p - 1] -= small
        paths[p, 0, 0], paths[p, 0, 1] = x, y
        for k in range(1, n):
            x, y, vx, vy = step_top_down(x, y, vx, vy, track[k, 3], track[k, 4], track[k, 0], acceleration, factor, grip, push_x, push_y)
            paths[p, k, 0], paths[p, k, 1] = x, y
        end_x, end_y = vx, vy
    square = 0.0
    for k in range(n):
        for c in range(2):
            for p in range(1, _SIZE + 1):
                paths[p, k, c] = (paths[p, k, c] - paths[0, k, c]) / (1e-4 * speed if p <= 4 else 1e-4)
            paths[0, k, c] -= track[k, 1 + c]
            square += paths[0, k, c] ** 2
    total = square / (sigma * sigma)
    for i in range(_SIZE):
        known = 0.0
        for j in range(_SIZE):
            known += weight[i, j] * (z[j] - prior[j])
            both = 0.0
            for k in range(n):
                both += paths[1 + i, k, 0] * paths[1 + j, k, 0] + paths[1 + i, k, 1] * paths[1 + j, k, 1]
            curvature[i, j] = both / (sigma * sigma) + weight[i, j]
        off = 0.0
        for k in range(n):
            off += paths[1 + i, k, 0] * paths[0, k, 0] + paths[1 + i, k, 1] * paths[0, k, 1]
        slope[i] = off / (sigma * sigma) + known
        total += known * (z[i] - prior[i])
    return 0.5 * total, square, end_x, end_y


@kernel
def _solved(a, right, out):  # type: ignore[no-untyped-def]
    """Fill out with the solution of a · out = right, a symmetric (its lower half is overwritten); False when it is not positive definite."""
    n = a.shape[0]
    for i in range(n):
        for j in range(i + 1):
            total = a[i, j]
            for k in range(j):
                total -= a[i, k] * a[j, k]
            if i == j:
                if not 0.0 < total < math.inf:
                    return False
                a[i, i] = math.sqrt(total)
            else:
                a[i, j] = total / a[j, j]
    for i in range(n):
        total = right[i]
        for k in range(i):
            total -= a[i, k] * out[k]
        out[i] = total / a[i, i]
    for r in range(n):
        i = n - 1 - r
        total = out[i]
        for k in range(i + 1, n):
            total -= a[k, i] * out[k]
        out[i] = total / a[i, i]
    return True
