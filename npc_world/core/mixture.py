"""Gaussian mixtures over future positions: density, samples, highest-density regions.

Shapes: means (K, H, 2), covariances (K, H, 2, 2), weights (K,).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel

__all__ = ["corrected", "density", "in_highest_density_region", "levels", "normal_bank", "sample"]

Floats = NDArray[np.float64]
_TINY = 1e-150
"""Least variance in px²: a hypothesis without any is a point."""


def density(means: Floats, covariances: Floats, weights: Floats, points: Floats) -> Floats:
    """(..., H) density in 1/px² of the mixture at `points` (..., H, 2), step by step."""
    at = np.ascontiguousarray(points, dtype=np.float64)
    flat = at.reshape(-1, *at.shape[-2:])
    out = np.empty(flat.shape[:2])
    _densities(_precisions(covariances), _contiguous(means), _contiguous(weights), flat, out)
    return out.reshape(at.shape[:-1])


def sample(means: Floats, covariances: Floats, weights: Floats, n: int, rng: np.random.Generator) -> Floats:
    """(n, H, 2) coherent futures: one hypothesis and one standard deviate per sample, along all steps.

    Hypotheses are drawn systematically, each about n times its weight (Kitagawa 1996): few samples leave out none that counts.
    """
    steps = (rng.random() + np.arange(n)) / max(1, n) * weights.sum()
    chosen = rng.permutation(np.minimum(np.searchsorted(np.cumsum(weights), steps, side="right"), len(weights) - 1))
    deviate = rng.standard_normal((n, 1, 2))
    lower = _cholesky(covariances)[chosen]
    return np.asarray(means[chosen] + np.einsum("nhij,nhj->nhi", lower, np.broadcast_to(deviate, (n, means.shape[1], 2))))


def in_highest_density_region(means: Floats, covariances: Floats, weights: Floats, points: Floats,
                              probability: float) -> NDArray[np.bool_]:
    """(H,) whether points (H, 2) lie where the density exceeds the threshold that encloses `probability` (Hyndman 1996)."""
    return levels(means, covariances, weights, points) <= probability


def levels(means: Floats, covariances: Floats, weights: Floats, points: Floats) -> Floats:
    """(H,) probability of what is likelier than each of points (H, 2): below p means inside the p region.

    Estimated from a fixed quasi-random sample of the mixture, so the answer is deterministic; good to about 0.01.
    """
    out = np.empty(means.shape[1])
    _levels(_precisions(covariances), _contiguous(means), _cholesky(covariances), _contiguous(weights), _contiguous(points), _BANK, out)
    return out


def corrected(found: Floats, regions: Floats | None) -> Floats:
    """(H,) levels as they should have been called, given (H, 2) the levels that in fact held 50 % and 90 %: linear between."""
    if regions is None:
        return found
    half, most = regions[:, 0], np.maximum(regions[:, 1], regions[:, 0] + 1e-6)
    low = 0.5 * found / np.maximum(half, 1e-9)
    middle = 0.5 + 0.4 * (found - half) / (most - half)
    high = 0.9 + 0.1 * (found - most) / np.maximum(1.0 - most, 1e-9)
    return np.asarray(np.clip(np.where(found <= half, low, np.where(found <= most, middle, high)), 0.0, 1.0))


def normal_bank(count: int) -> Floats:
    """(count, 2) standard normal deviates, evenly spread in radius and angle, and so is any stretch of them.

    Steps of an additive recurrence in two dimensions (the generalised golden ratio: Roberts 2018), the radii ranked.
    """
    index = np.arange(1.0, count + 1.0)
    share, turn = (0.5 + index * 0.7548776662466927) % 1.0, index * 0.5698402909980532 % 1.0
    rank = np.argsort(np.argsort(share))
    radius, angle = np.sqrt(-2.0 * np.log1p(-(rank + 0.5) / count)), 2.0 * math.pi * turn
    return np.ascontiguousarray(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1))


_BANK = normal_bank(512)


def _contiguous(values: Floats) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64)


def _precisions(covariances: Floats) -> Floats:
    """(K, H, 4) of the inverse's xx, xy, yy and the density's factor 1 / 2π√det."""
    xx, yy, xy = np.maximum(covariances[..., 0, 0], _TINY), np.maximum(covariances[..., 1, 1], _TINY), covariances[..., 0, 1]
    determinant = np.maximum(xx * yy - xy * xy, _TINY * _TINY)
    return np.stack([yy / determinant, -xy / determinant, xx / determinant, 0.5 / (math.pi * np.sqrt(determinant))], axis=-1)


def _cholesky(covariances: Floats) -> Floats:
    xx, yy, xy = covariances[..., 0, 0], covariances[..., 1, 1], covariances[..., 0, 1]
    lower = np.zeros(covariances.shape)
    lower[..., 0, 0] = np.sqrt(np.maximum(xx, _TINY))
    lower[..., 1, 0] = xy / lower[..., 0, 0]
    lower[..., 1, 1] = np.sqrt(np.maximum(yy - lower[..., 1, 0] ** 2, 0.0))
    return lower


@kernel
def _at(precisions, means, weights, h, x, y):  # type: ignore[no-untyped-def]
    """Density of step h at (x, y)."""
    total = 0.0
    for k in range(means.shape[0]):
        dx, dy = x - means[k, h, 0], y - means[k, h, 1]
        square = precisions[k, h, 0] * dx * dx + 2.0 * precisions[k, h, 1] * dx * dy + precisions[k, h, 2] * dy * dy
        if square < 1400.0:
            total += weights[k] * precisions[k, h, 3] * math.exp(-0.5 * square)
    return total


@kernel
def _densities(precisions, means, weights, points, out):  # type: ignore[no-untyped-def]
    for i in range(points.shape[0]):
        for h in range(points.shape[1]):
            out[i, h] = _at(precisions, means, weights, h, points[i, h, 0], points[i, h, 1])


@kernel
def _levels(precisions, means, lower, weights, points, bank, out):  # type: ignore[no-untyped-def]
    """Every hypothesis gets its share of the bank, at least one deviate, each counting weight / share."""
    count = bank.shape[0]
    for h in range(means.shape[1]):
        here = _at(precisions, means, weights, h, points[h, 0], points[h, 1])
        above, total, next_one = 0.0, 0.0, 0
        for k in range(means.shape[0]):
            share = max(1, int(weights[k] * count + 0.5))
            inside = 0
            for _ in range(share):
                a, b = bank[next_one % count, 0], bank[next_one % count, 1]
                next_one += 1
                x = means[k, h, 0] + lower[k, h, 0, 0] * a
                y = means[k, h, 1] + lower[k, h, 1, 0] * a + lower[k, h, 1, 1] * b
                if here <= 0.0 or _at(precisions, means, weights, h, x, y) > here:
                    inside += 1
            above += weights[k] * inside / share
            total += weights[k]
        out[h] = above / total
