"""One round of MPPI, compiled: for one body or for many."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.planners.pursuit_cost import sample_cost

__all__ = ["mppi_on_ground", "noise_rows", "smoothed"]

Floats = NDArray[np.float64]
_BANK = 2048


def noise_rows(rng: np.random.Generator, samples: int, steps: int) -> Floats:
    """(M, H, 2) persistent standard normal noise, more rows than a plan has samples: each plan begins at another row."""
    return smoothed(rng.standard_normal((max(_BANK, 4 * samples), steps, 2)))


def smoothed(noise: Floats) -> Floats:
    """Noise (B, H, C) made to persist along H, at unchanged variance: bodies do not answer to jitter."""
    out = np.empty_like(noise)
    keep = 0.7
    out[:, 0] = noise[:, 0]
    for h in range(1, noise.shape[1]):
        out[:, h] = keep * out[:, h - 1] + np.sqrt(1.0 - keep * keep) * noise[:, h]
    return out


@kernel
def mppi_on_ground(params, surface, table, solid, cell_px, states, due, targets, weights, terms, field, controls, shift, bank, first, low, high,  # type: ignore[no-untyped-def]
                   temperature, dt_s, scratch, out_costs):
    """One round of MPPI for the bodies `due` (D,) of N: controls (N, H, 2) are replaced, out_costs (N,) filled.

    states (N, 4), targets (N, K, H, 2), weights (N, K).  shift (D,): steps by which the last controls are old.  bank (M, H, 2): noise, from row
    first (D,) on.  scratch (B, H, 2).  Weights as in `mppi.weigh`.
    """
    samples, steps = scratch.shape[0], scratch.shape[1]
    costs, by_case, spare = np.empty(samples), np.empty(targets.shape[1]), np.empty(targets.shape[1])
    mean, path = np.empty((steps, 2)), np.empty((0, 4))
    for d in range(due.shape[0]):
        n = due[d]
        for h in range(steps):
            from_h = min(steps - 1, h + int(shift[d] + 0.5))
            mean[h, 0], mean[h, 1] = controls[n, from_h, 0], controls[n, from_h, 1]
        least, best = math.inf, 0
        total, square, count = 0.0, 0.0, 0
        for s in range(samples):
            row = (first[d] + s) % bank.shape[0]
            kept = 0.0 if s == 0 else 1.0
            for h in range(steps):
                scratch[s, h, 0] = min(high[0], max(low[0], mean[h, 0] + kept * bank[row, h, 0]))
                scratch[s, h, 1] = min(high[1], max(low[1], mean[h, 1] + kept * bank[row, h, 1]))
            cost = sample_cost(params, surface, table, solid, cell_px, states[n], scratch[s], dt_s, targets[n], weights[n], terms, field, by_case, spare, path)
            costs[s] = cost
            if cost < least:
                least, best = cost, s
            if cost < math.inf:
                total += cost
                square += cost * cost
                count += 1
        if count == 0:
            out_costs[n] = math.inf
            continue
        spread = math.sqrt(max(0.0, square / count - (total / count) ** 2))
        scale = 1.0 / (temperature * spread) if spread > 0.0 else 1.0
        for h in range(steps):
            mean[h, 0], mean[h, 1] = 0.0, 0.0
        mass = 0.0
        for s in range(samples):
            off = (costs[s] - least) * scale
            if off < 12.0:  # others weigh less than a hundred thousandth
                weight = math.exp(-off)
                mass += weight
                for h in range(steps):
                    mean[h, 0] += weight * scratch[s, h, 0]
                    mean[h, 1] += weight * scratch[s, h, 1]
        for h in range(steps):
            mean[h, 0] /= mass
            mean[h, 1] /= mass
        cost = sample_cost(params, surface, table, solid, cell_px, states[n], mean, dt_s, targets[n], weights[n], terms, field, by_case, spare, path)
        chosen = cost <= least
        out_costs[n] = cost if chosen else least
        for h in range(steps):
            controls[n, h, 0] = mean[h, 0] if chosen else scratch[best, h, 0]
            controls[n, h, 1] = mean[h, 1] if chosen else scratch[best, h, 1]
