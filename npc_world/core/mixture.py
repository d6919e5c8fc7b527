"""Gaussian mixtures over future positions: density, samples, highest-density regions.

Shapes: means (K, H, 2), covariances (K, H, 2, 2), weights (K,).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["density", "in_highest_density_region", "sample"]

Floats = NDArray[np.float64]


def density(means: Floats, covariances: Floats, weights: Floats, points: Floats) -> Floats:
    """(..., H) density in 1/px² of the mixture at `points` (..., H, 2), step by step."""
    offset = points[..., None, :, :] - means  # (..., K, H, 2)
    xx, yy, xy = covariances[..., 0, 0], covariances[..., 1, 1], covariances[..., 0, 1]
    determinant = np.maximum(xx * yy - xy * xy, 1e-300)
    dx, dy = offset[..., 0], offset[..., 1]
    square = (yy * dx * dx - 2.0 * xy * dx * dy + xx * dy * dy) / determinant
    value = np.exp(-0.5 * square) / (2.0 * np.pi * np.sqrt(determinant))
    return np.asarray(np.einsum("k,...kh->...h", weights, value))


def sample(means: Floats, covariances: Floats, weights: Floats, n: int, rng: np.random.Generator) -> Floats:
    """(n, H, 2) coherent futures: one hypothesis and one standard deviate per sample, along all steps."""
    chosen = rng.choice(len(weights), size=n, p=weights / weights.sum())
    deviate = rng.standard_normal((n, 1, 2))
    return means[chosen] + _apply(_cholesky(covariances)[chosen], deviate)


def in_highest_density_region(means: Floats, covariances: Floats, weights: Floats, points: Floats,
                              probability: float) -> NDArray[np.bool_]:
    """(H,) whether points (H, 2) lie where the density exceeds the threshold that encloses `probability` (Hyndman 1996)."""
    bank = _normal_bank()
    share = np.maximum(1, np.round(weights * len(bank)).astype(int))
    chosen = np.repeat(np.arange(len(weights)), share)
    importance = np.repeat(weights / share, share)
    deviates = bank[np.arange(len(chosen)) % len(bank)][:, None, :]
    drawn = means[chosen] + _apply(_cholesky(covariances)[chosen], deviates)
    values = density(means, covariances, weights, drawn)  # (n, H)
    here = density(means, covariances, weights, points)
    return np.asarray(np.sum(importance[:, None] * (values > here), axis=0) <= probability * importance.sum())


def _cholesky(covariances: Floats) -> Floats:
    xx, yy, xy = covariances[..., 0, 0], covariances[..., 1, 1], covariances[..., 0, 1]
    lower = np.zeros(covariances.shape)
    lower[..., 0, 0] = np.sqrt(np.maximum(xx, 1e-300))
    lower[..., 1, 0] = xy / lower[..., 0, 0]
    lower[..., 1, 1] = np.sqrt(np.maximum(yy - lower[..., 1, 0] ** 2, 0.0))
    return lower


def _apply(lower: Floats, deviates: Floats) -> Floats:
    return np.asarray(np.einsum("...ij,...j->...i", lower, deviates))


@lru_cache(maxsize=1)
def _normal_bank(count: int = 512) -> Floats:
    """(count, 2) standard normal deviates on a shuffled golden-angle spiral: evenly spread in radius and angle."""
    index = np.arange(count)
    radius = np.sqrt(-2.0 * np.log1p(-(index + 0.5) / count))
    angle = index * (np.pi * (3.0 - np.sqrt(5.0)))
    bank = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return np.asarray(np.random.default_rng(0).permutation(bank))
