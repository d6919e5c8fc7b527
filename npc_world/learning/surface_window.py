"""Fit what the ground did to a body over a short stretch of its way: one compiled call.

The unknowns are z = (x, y, vx, vy at the start; speed factor, ln grip, push x, push y).  The stretch is rolled out by the
body's own step (`step_top_down`) and compared with where the body was seen; prior knowledge of the ground and of the first
velocity enters as further squares.  Gauss-Newton steps damped as Levenberg and Marquardt do, from several starts, because a
body that is still gathering speed and one that has reached a low top speed differ by more than a small step.  The curvature at the best point
gives the deviations and the evidence (Laplace's approximation; MacKay, "Information Theory", ch. 27 and 28).
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.top_down import step_top_down

__all__ = ["fit_window"]

_SIZE = 8
_ROUNDS = 10


@kernel
def fit_window(track, ground, precision, speed, acceleration, sigma, velocity_x, velocity_y, velocity_sd, found):  # type: ignore[no-untyped-def]
    """Fit one stretch; returns half the least sum of squares, the log determinant there, and the mean square unexplained, px².

    track (n + 1, 5): seconds since the frame before, x, y, and the velocity that had been asked for on the way there; the
    first row's time and wish are not read.  ground (4,) and precision (4, 4): prior of (factor, ln grip, push x, push y),
    pushes in shares of `speed`.  sigma: deviation of one seen position, px.  velocity (x, y) ± sd: what is known of the
    velocity at the start.  found (10, 8) is filled: row 0 the best z, rows 1 to 8 the inverse of the curvature, row 9 the velocity at the end.
    """
    n = track.shape[0]
    best_cost, best_det = math.inf, 0.0
    z, trial = np.empty(_SIZE), np.empty(_SIZE)
    best = np.empty(_SIZE)
    curvature, lower = np.empty((_SIZE, _SIZE)), np.empty((_SIZE, _SIZE))
    slope, step = np.empty(_SIZE), np.empty(_SIZE)
    paths = np.empty((_SIZE + 1, n, 2))
    first_x, first_y, steady, gained = _coarse(track)
    for start in range(4 if acceleration > 0.0 else 2):
        z[0], z[1], z[2], z[3] = track[0, 1], track[0, 2], first_x, first_y
        for i in range(4):
            z[4 + i] = ground[i]
        if start % 2 == 1:
            z[4] = min(4.0, max(0.02, steady))
        if start >= 2:
            z[5] = min(1.5, max(-5.0, math.log(max(1e-6, gained / acceleration))))
        cost = _terms(z, track, ground, precision, speed, acceleration, sigma, velocity_x, velocity_y, velocity_sd, paths, curvature, slope)
        damping = 1e-3
        for _ in range(_ROUNDS):
            for i in range(_SIZE):
                for j in range(_SIZE):
                    lower[i, j] = curvature[i, j]
                lower[i, i] *= 1.0 + damping
            if not _factored(lower):
                break
            _solved(lower, slope, step)
            for i in range(_SIZE):
                trial[i] = z[i] - step[i]
            trial[4], trial[5] = min(4.0, max(0.02, trial[4])), min(1.5, max(-5.3, trial[5]))
            moved = _cost(trial, track, ground, precision, speed, acceleration, sigma, velocity_x, velocity_y, velocity_sd, paths)
            if moved < cost:
                done = cost - moved < 1e-3
                for i in range(_SIZE):
                    z[i] = trial[i]
                cost = _terms(z, track, ground, precision, speed, acceleration, sigma, velocity_x, velocity_y, velocity_sd, paths, curvature, slope)
                damping *= 0.2
                if done:
                    break
            else:
                damping *= 8.0
                if damping > 1e6:
                    break
        if cost < best_cost - 1e-6:
            for i in range(_SIZE):
                for j in range(_SIZE):
                    lower[i, j] = curvature[i, j]
            if _factored(lower):
                best_cost, best_det = cost, 0.0
                for i in range(_SIZE):
                    best[i] = z[i]
                    best_det += 2.0 * math.log(lower[i, i])
                for i in range(_SIZE):
                    for j in range(_SIZE):
                        slope[j] = 1.0 if j == i else 0.0
                    _solved(lower, slope, step)
                    for j in range(_SIZE):
                        found[1 + i, j] = step[j]
    if best_cost == math.inf:
        return math.inf, 0.0, math.inf
    for i in range(_SIZE):
        found[0, i] = best[i]
    found[9, 0], found[9, 1] = _path(best, track, speed, acceleration, paths[0])
    unexplained = 0.0
    for k in range(n):
        unexplained += (paths[0, k, 0] - track[k, 1]) ** 2 + (paths[0, k, 1] - track[k, 2]) ** 2
    return best_cost, best_det, unexplained / max(1.0, 2.0 * n - _SIZE)


@kernel
def _coarse(track):  # type: ignore[no-untyped-def]
    """Mean velocity of the first third, that of the last over what was asked then, and how fast it changed between."""
    n = track.shape[0]
    third = max(1, n // 3)
    early, late, wish_x, wish_y = 0.0, 0.0, 0.0, 0.0
    whole = 0.0
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
    last_x, last_y = moved_x / late, moved_y / late
    asked = wish_x * wish_x + wish_y * wish_y
    steady = (moved_x * wish_x + moved_y * wish_y) / asked if asked > 0.0 else 1.0
    between = max(1e-9, whole - 0.5 * (early + late))
    gained = math.sqrt((last_x - first_x) ** 2 + (last_y - first_y) ** 2) / between
    return first_x, first_y, steady, gained


@kernel
def _path(z, track, speed, acceleration, out):  # type: ignore[no-untyped-def]
    x, y, vx, vy = z[0], z[1], z[2], z[3]
    factor, grip, push_x, push_y = z[4], math.exp(z[5]), z[6] * speed, z[7] * speed
    out[0, 0], out[0, 1] = x, y
    for k in range(1, track.shape[0]):
        x, y, vx, vy = step_top_down(x, y, vx, vy, track[k, 3], track[k, 4], track[k, 0], acceleration, factor, grip, push_x, push_y)
        out[k, 0], out[k, 1] = x, y
    return vx, vy


@kernel
def _cost(z, track, ground, precision, speed, acceleration, sigma, velocity_x, velocity_y, velocity_sd, paths):  # type: ignore[no-untyped-def]
    """Half the sum of all squares at z; paths[0] is filled."""
    _path(z, track, speed, acceleration, paths[0])
    total = ((z[2] - velocity_x) ** 2 + (z[3] - velocity_y) ** 2) / (velocity_sd * velocity_sd)
    for k in range(track.shape[0]):
        total += ((paths[0, k, 0] - track[k, 1]) ** 2 + (paths[0, k, 1] - track[k, 2]) ** 2) / (sigma * sigma)
    for i in range(4):
        for j in range(4):
            total += (z[4 + i] - ground[i]) * precision[i, j] * (z[4 + j] - ground[j])
    return 0.5 * total


@kernel
def _terms(z, track, ground, precision, speed, acceleration, sigma, velocity_x, velocity_y, velocity_sd, paths,  # type: ignore[no-untyped-def]
           curvature, slope):
    """The cost at z, with its slope and (Gauss-Newton) curvature, by finite differences of the path."""
    cost = _cost(z, track, ground, precision, speed, acceleration, sigma, velocity_x, velocity_y, velocity_sd, paths)
    n = track.shape[0]
    for i in range(_SIZE):
        kept = z[i]
        small = 1e-4 * speed if i < 4 else 1e-4
        z[i] = kept + small
        _path(z, track, speed, acceleration, paths[1 + i])
        z[i] = kept
        for k in range(n):
            paths[1 + i, k, 0] = (paths[1 + i, k, 0] - paths[0, k, 0]) / small
            paths[1 + i, k, 1] = (paths[1 + i, k, 1] - paths[0, k, 1]) / small
    weight = 1.0 / (sigma * sigma)
    for i in range(_SIZE):
        total = 0.0
        for k in range(n):
            total += paths[1 + i, k, 0] * (paths[0, k, 0] - track[k, 1]) + paths[1 + i, k, 1] * (paths[0, k, 1] - track[k, 2])
        slope[i] = total * weight
        for j in range(i + 1):
            total = 0.0
            for k in range(n):
                total += paths[1 + i, k, 0] * paths[1 + j, k, 0] + paths[1 + i, k, 1] * paths[1 + j, k, 1]
            curvature[i, j] = total * weight
            curvature[j, i] = total * weight
    known = 1.0 / (velocity_sd * velocity_sd)
    slope[2] += (z[2] - velocity_x) * known
    slope[3] += (z[3] - velocity_y) * known
    curvature[2, 2] += known
    curvature[3, 3] += known
    for i in range(4):
        for j in range(4):
            slope[4 + i] += precision[i, j] * (z[4 + j] - ground[j])
            curvature[4 + i, 4 + j] += precision[i, j]
    return cost


@kernel
def _factored(a):  # type: ignore[no-untyped-def]
    """Cholesky's lower factor in place of a symmetric matrix; False when it is not positive definite."""
    n = a.shape[0]
    for i in range(n):
        for j in range(i + 1):
            total = a[i, j]
            for k in range(j):
                total -= a[i, k] * a[j, k]
            if i == j:
                if total <= 0.0 or not math.isfinite(total):
                    return False
                a[i, i] = math.sqrt(total)
            else:
                a[i, j] = total / a[j, j]
    return True


@kernel
def _solved(lower, right, out):  # type: ignore[no-untyped-def]
    """Fill out with the solution of (lower · lowerᵀ) out = right."""
    n = lower.shape[0]
    for i in range(n):
        total = right[i]
        for k in range(i):
            total -= lower[i, k] * out[k]
        out[i] = total / lower[i, i]
    for r in range(n):
        i = n - 1 - r
        total = out[i]
        for k in range(i + 1, n):
            total -= lower[k, i] * out[k]
        out[i] = total / lower[i, i]
