"""One round of MPPI, compiled: for one body or for many."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.models.on_ground import BODY_ROWS
from npc_world.planners.pursuit_cost import sample_costs

__all__ = ["mppi_on_ground", "noise_rows", "smoothed"]

Floats = NDArray[np.float64]
_BANK = 2048


def noise_rows(rng: np.random.Generator, samples: int, steps: int, spread: Floats) -> Floats:
    """(H, 2, M) persistent normal noise of deviation `spread` (2,), M more than a plan has samples: each plan begins at another one."""
    rows = smoothed(rng.standard_normal((max(_BANK, 4 * samples), steps, 2))) * spread
    return np.ascontiguousarray(rows.transpose(1, 2, 0))


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
                   temperature, dt_s, scratch, out_costs, path):
    """One round of MPPI for the bodies `due` (D,) of N: controls (N, H, 2) are replaced, out_costs (N,) filled.

    states (N, 4), targets (N, K, H, 2), weights (N, K).  shift (D,): steps by which the last controls are old.  bank (H, 2, M): noise, from
    place first (D,) on.  scratch (H, 2, B).  Weights as in `mppi.weigh`.  path (H + 1, 2) is filled with where the last body will be, unless it has no rows.
    """
    steps, samples, cases_of = scratch.shape[0], scratch.shape[2], targets.shape[1]
    costs, bodies, cases, say = np.empty(samples), np.empty((BODY_ROWS, samples)), np.empty((cases_of, samples)), np.empty(samples)
    mean, one_cost, one_body, one_case = np.empty((steps, 2, 1)), np.empty(1), np.empty((BODY_ROWS, 1)), np.empty((cases_of, 1))
    no_trace, trace = np.empty((0, 2)), np.empty((max(0, path.shape[0] - 1), 2))
    for d in range(due.shape[0]):
        n, begin = due[d], first[d]
        for h in range(steps):
            for c in range(2):
                middle = controls[n, min(steps - 1, h + int(shift[d] + 0.5)), c]
                least, most = low[c], high[c]
                for s in range(samples):
                    scratch[h, c, s] = min(most, max(least, middle + bank[h, c, begin + s]))
                scratch[h, c, 0] = middle
        sample_costs(params, surface, table, solid, cell_px, states[n], scratch, dt_s, targets[n], weights[n], terms, field, bodies, cases, costs, no_trace)
        least, best, total, square, count = math.inf, 0, 0.0, 0.0, 0
        for s in range(samples):
            if costs[s] < least:
                least, best = costs[s], s
            if costs[s] < math.inf:
                total += costs[s]
                count += 1
        if count == 0:
            out_costs[n] = math.inf
            continue
        for s in range(samples):
            if costs[s] < math.inf:
                square += (costs[s] - total / count) ** 2
        spread = math.sqrt(square / count)
        scale = 1.0 / (temperature * spread) if spread > 0.0 else 1.0
        mass = 0.0
        for s in range(samples):
            say[s] = math.exp(-min(700.0, (costs[s] - least) * scale))
            mass += say[s]
        for h in range(steps):
            for c in range(2):
                p, q, r, t = 0.0, 0.0, 0.0, 0.0
                for s in range(0, samples - 3, 4):  # four sums side by side, for one would wait for itself
                    p += say[s] * scratch[h, c, s]
                    q += say[s + 1] * scratch[h, c, s + 1]
                    r += say[s + 2] * scratch[h, c, s + 2]
                    t += say[s + 3] * scratch[h, c, s + 3]
                for s in range(samples - samples % 4, samples):
                    p += say[s] * scratch[h, c, s]
                mean[h, c, 0] = (p + q + r + t) / mass
        sample_costs(params, surface, table, solid, cell_px, states[n], mean, dt_s, targets[n], weights[n], terms, field, one_body, one_case, one_cost, trace)
        chosen = one_cost[0] <= least
        out_costs[n] = one_cost[0] if chosen else least
        for h in range(steps):
            for c in range(2):
                controls[n, h, c] = mean[h, c, 0] if chosen else scratch[h, c, best]
        if path.shape[0] > 0:
            path[0, 0], path[0, 1] = states[n, 0], states[n, 1]
            if not chosen:
                for h in range(steps):
                    mean[h, 0, 0], mean[h, 1, 0] = controls[n, h, 0], controls[n, h, 1]
                sample_costs(params, surface, table, solid, cell_px, states[n], mean, dt_s, targets[n], weights[n], terms, field, one_body, one_case, one_cost, trace)
            for h in range(steps):
                path[h + 1, 0], path[h + 1, 1] = trace[h, 0], trace[h, 1]
