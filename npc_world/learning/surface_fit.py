"""What one stretch of own motion says of a surface, weighed against what was believed of it: one compiled call.

The ground of a stretch is near the surface's own, by `blur`: the belief, that much wider, is the prior of the fit, and of what the fit
finds the surface's own share is kept (as a Kalman gain does).  The evidence is Laplace's approximation (MacKay 2003, ch. 28).
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.learning.surface_window import fit_window

__all__ = ["fit_surface", "told_apart"]

_GROUND = 4
"""Numbers that describe a surface …"""
_ALL = 8
"""… and those of a stretch, its beginning first."""


@kernel
def fit_surface(track, mean, covariance, blur, speed, acceleration, sigma, velocity_x, velocity_y, velocity_sd, found, spread):  # type: ignore[no-untyped-def]
    """(half the least sum of squares, log evidence, mean square left unexplained in px²) of a stretch; the first is inf when it cannot be fitted.

    track, speed … velocity_sd: as `fit_window`.  mean (4,), covariance (4, 4): the belief before, and blur (4,) the variances by which the
    ground of a stretch differs from the surface's.  Fills found (6,) with the mean after and the velocity at the end, spread (4, 4) with
    the covariance after.
    """
    wide, precision = covariance.copy(), np.empty((_GROUND, _GROUND))
    for i in range(_GROUND):
        wide[i, i] += blur[i]
    surely = _inverted(wide, precision)
    z, curvature, after = np.empty(_ALL + 2), np.empty((_ALL, _ALL)), np.empty((_ALL, _ALL))
    if not surely < math.inf:
        return math.inf, 0.0, 0.0
    cost, unexplained = fit_window(track, mean, precision, speed, acceleration, sigma, velocity_x, velocity_y, velocity_sd, z, curvature)
    if not cost < math.inf:
        return math.inf, 0.0, 0.0
    narrowed = _inverted(curvature, after)
    if not narrowed < math.inf:
        return math.inf, 0.0, 0.0
    gain, less = np.zeros((_GROUND, _GROUND)), np.zeros((_GROUND, _GROUND))
    for i in range(_GROUND):
        for j in range(_GROUND):
            for k in range(_GROUND):
                gain[i, j] += covariance[i, k] * precision[k, j]
    for i in range(_GROUND):
        for j in range(_GROUND):
            for k in range(_GROUND):
                less[i, j] += gain[i, k] * (wide[k, j] - after[_ALL - _GROUND + k, _ALL - _GROUND + j])
    for i in range(_GROUND):
        found[i] = mean[i]
        for j in range(_GROUND):
            found[i] += gain[i, j] * (z[_GROUND + j] - mean[j])
            spread[i, j] = covariance[i, j]
            for k in range(_GROUND):
                spread[i, j] -= less[i, k] * gain[j, k]
    found[_GROUND], found[_GROUND + 1] = z[_ALL], z[_ALL + 1]
    return cost, -cost - 0.5 * (surely + narrowed), unexplained


@kernel
def _inverted(a, out):  # type: ignore[no-untyped-def]
    """Fill out with the inverse of a symmetric positive definite a (n, n), by its Cholesky factor; returns ln det a, inf when it is no such."""
    n = a.shape[0]
    lower, log_det = np.zeros((n, n)), 0.0
    for i in range(n):
        for j in range(i + 1):
            total = a[i, j]
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            if i == j:
                if not 0.0 < total < math.inf:
                    return math.inf
                lower[i, i] = math.sqrt(total)
                log_det += math.log(total)
            else:
                lower[i, j] = total / lower[j, j]
    for c in range(n):
        for i in range(n):
            total = 1.0 if i == c else 0.0
            for k in range(i):
                total -= lower[i, k] * out[k, c]
            out[i, c] = total / lower[i, i]
        for r in range(n):
            i = n - 1 - r
            total = out[i, c]
            for k in range(i + 1, n):
                total -= lower[k, i] * out[k, c]
            out[i, c] = total / lower[i, i]
    return log_det


@kernel
def told_apart(track, length_s, max_speed):  # type: ignore[no-untyped-def]
    """Whether a stretch says anything of the ground: something was asked for, and no axis was blocked by something unknown."""
    last = track.shape[0] - 1
    wished = 0.0
    for k in range(1, last + 1):
        wished += math.hypot(track[k, 3], track[k, 4]) * track[k, 0]
    if wished < 0.2 * max_speed * length_s:
        return False
    for axis in range(2):
        asked = 0.0
        for k in range(1, last + 1):
            asked += track[k, 3 + axis] * track[k, 0]
        asked = abs(asked)
        if asked > 0.15 * max_speed * length_s and abs(track[last, 1 + axis] - track[0, 1 + axis]) < 0.03 * asked:
            return False
    return True
