"""Making stated regions hold: what a prior says of bodies it was not fitted on is corrected at each horizon.

Two numbers per horizon, moved until half of what came lies in the 50 % region and nine tenths in the 90 % one: a factor on all
deviations, and one on those of a further row that stands for what no future foresees (split conformal prediction, Vovk et al.
2005, on the levels of highest-density regions).  Wrong where new bodies are less steady than those held out.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.motion_prior_mixture import place_mixture
from npc_world.core.compiled import kernel
from npc_world.core.mixture import normal_bank

__all__ = ["calibrated", "levels_of", "uncorrected"]

Floats = NDArray[np.float64]
_BANK = normal_bank(64)
_ROUNDS = 12
_NARROWEST, _WIDEST = -1.2, 1.5
_TAILS, _ENOUGH = (1.0, 1.5), 0.02
"""Where bodies mostly do exactly as foreseen, and now and then something else, a row of its usual share is too light for that: a heavier is tried."""


def uncorrected(steps: int, tail: float) -> Floats:
    """(H + 1, 2) before anything is known: deviations as they are, the last row twice as wide, of weight `tail`; futures free of the first (1)."""
    out = np.zeros((steps + 1, 2))
    out[:steps, 1] = math.log(2.0)
    out[steps] = tail, 1.0
    return out


@kernel
def _density(position, covariance, weights, h, x, y):  # type: ignore[no-untyped-def]
    total = 0.0
    for k in range(weights.shape[0]):
        dx, dy = x - position[k, h, 0], y - position[k, h, 1]
        xx, yy, xy = covariance[k, h, 0, 0], covariance[k, h, 1, 1], covariance[k, h, 0, 1]
        determinant = max(xx * yy - xy * xy, 1e-30)
        square = (yy * dx * dx - 2.0 * xy * dx * dy + xx * dy * dy) / determinant
        if square < 1000.0:
            total += weights[k] / math.sqrt(determinant) * math.exp(-0.5 * square)
    return total


@kernel
def levels_of(out, spread, shapes, ahead, correction, truth, bank, levels):  # type: ignore[no-untyped-def]
    """Fill levels (N, H): probability of what is likelier than truth (N, H, 2), own frame; NaN where that is unknown."""
    rows, steps = spread.shape[0] + 1, spread.shape[1]
    position, covariance, weights = np.empty((rows, steps, 2)), np.empty((rows, steps, 2, 2)), np.empty(rows)
    frame = np.array([0.0, 0.0, 1.0, 0.0, 1.0 / ahead[steps - 1]])
    for n in range(out.shape[0]):
        place_mixture(out[n], spread, shapes, ahead, correction, frame, ahead, position, covariance, weights)
        for h in range(steps):
            if truth[n, h, 0] != truth[n, h, 0]:
                levels[n, h] = math.nan
                continue
            here = _density(position, covariance, weights, h, truth[n, h, 0], truth[n, h, 1])
            above, next_one = 0.0, 0
            for k in range(rows):
                draws = max(1, int(weights[k] * bank.shape[0] + 0.5))
                xx = max(covariance[k, h, 0, 0], 1e-30)
                lower = math.sqrt(xx)
                slant = covariance[k, h, 0, 1] / lower
                rest = math.sqrt(max(covariance[k, h, 1, 1] - slant * slant, 0.0))
                for _ in range(draws):
                    a, b = bank[next_one % bank.shape[0], 0], bank[next_one % bank.shape[0], 1]
                    next_one += 1
                    x = position[k, h, 0] + lower * a
                    y = position[k, h, 1] + slant * a + rest * b
                    if here <= 0.0 or _density(position, covariance, weights, h, x, y) > here:
                        above += weights[k] / draws
            levels[n, h] = above


def calibrated(said: list[tuple[Floats, Floats, Floats, Floats]], shapes: Floats, ahead_s: Floats, tail: float, target: tuple[float, float]) -> Floats:
    """(H + 1, 2) correction from held-out parts, each outputs (N, O), spread (K, H, 3), truth (N, H, 2) and importance (N,)."""
    correction = uncorrected(len(ahead_s), tail)
    for more in _TAILS if said else ():
        correction = uncorrected(len(ahead_s), min(0.5, more * tail))
        held = _correct(correction, said, shapes, ahead_s, target)
        if held >= target[1] - _ENOUGH:
            break
    return correction


def _correct(correction: Floats, said: list[tuple[Floats, Floats, Floats, Floats]], shapes: Floats, ahead_s: Floats, target: tuple[float, float]) -> float:
    """Move correction in place; the share, over all horizons, that the wider region then held."""
    weight, held = np.concatenate([part[3] for part in said]), 0.0
    for i in range(_ROUNDS):
        levels = []
        for out, spread, truth, _ in said:
            levels.append(np.empty(truth.shape[:2]))
            levels_of(out, spread, shapes, ahead_s, correction, truth, _BANK, levels[-1])
        level = np.concatenate(levels)
        known = ~np.isnan(level) * weight[:, None]
        total = known.sum(axis=0)
        pace = np.where(total > 0.0, 1.0, 0.0) / (1.0 + 0.15 * i)
        half, most = ((known * (level <= p)).sum(axis=0) / np.maximum(total, 1e-12) for p in (0.5, 0.9))
        held = float(most[total > 0.0].mean()) if total.any() else 1.0
        correction[:-1, 0] = np.clip(correction[:-1, 0] + 1.2 * pace * (target[0] - half), _NARROWEST, _WIDEST)
        correction[:-1, 1] = np.clip(correction[:-1, 1] + 4.0 * pace * (target[1] - most), _NARROWEST, _WIDEST + 0.5)
    return held
