"""From the experts' tracks and records to one forecast: K weighted futures with covariances."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.contact import slide
from npc_world.beliefs.imm import blend
from npc_world.beliefs.layout import BIN_S, BINS, COUNT, EXPERTS, HEADING, NOISE, OWN, SPREAD
from npc_world.beliefs.unrolling import unroll_experts, who_speaks
from npc_world.beliefs.weighing import error_variance, missed_share, weigh_experts, wide_variance
from npc_world.core.compiled import kernel

Floats = NDArray[np.float64]
__all__ = ["blank_forecasts", "choose_rows", "compose", "compose_all", "mix", "row_weights"]

_SAME = 0.35
"""Futures that stay closer than so many of their standard deviations are one."""
_LEAST_WEIGHT = 0.002


@kernel
def _bracket(t):  # type: ignore[no-untyped-def]
    """(lower bin, upper bin, share of the upper) around t s ahead."""
    if t <= BIN_S[0]:
        return 0, 0, 0.0
    for b in range(1, BINS):
        if t <= BIN_S[b]:
            return b - 1, b, (t - BIN_S[b - 1]) / (BIN_S[b] - BIN_S[b - 1])
    return BINS - 1, BINS - 1, 0.0


@kernel
def row_weights(weights, horizon_s, rows):  # type: ignore[no-untyped-def]
    """Fill rows (EXPERTS,): what each expert counts as a whole future of horizon_s, its last second most; weights (BINS, EXPERTS)."""
    low, high, u = _bracket(horizon_s)
    total = 0.0
    for e in range(EXPERTS):
        if weights[0, e] == 0.0:
            rows[e] = 0.0
            continue
        at_end = (1.0 - u) * math.log(weights[low, e]) + u * math.log(weights[high, e])
        half = max(0, low - 1)
        rows[e] = math.exp(0.7 * at_end + 0.3 * math.log(weights[half, e]))
        total += rows[e]
    for e in range(EXPERTS):
        rows[e] /= total


@kernel
def compose(m, times, given, given_log_prior, walls, clear, most, positions, covariances, weights, chosen):  # type: ignore[no-untyped-def]
    """Fill at most `most` rows of positions (K, H, 2), covariances (K, H, 2, 2), weights (K,), chosen (K,) expert; returns their number.

    Rows are whole futures, weighed by the record at the horizon's end.  At nearer times experts are trusted by their record
    *there*: rows are drawn together so that the mixture's mean and spread agree with those weights (moment matching).
    The last row, expert EXPERTS, stands for what nobody foresees.
    """
    present = np.empty(EXPERTS, np.bool_)
    who_speaks(m, given, present)
    by_bin = np.empty((BINS, EXPERTS))
    weigh_experts(m, present, given_log_prior, by_bin)
    rows = np.empty(EXPERTS)
    steps = times.shape[0]
    used = choose_rows(by_bin, times[steps - 1], rows)
    present[:] = False
    for e in used:
        present[e] = True
    tracks = np.empty((EXPERTS, steps, 2))
    unroll_experts(m, times, given, present, tracks)
    z, _, _, _, _ = blend(m)
    for e in used:
        if e < OWN:
            slide(walls, clear, z.real, z.imag, tracks[e])
    return mix(m, times, times[steps - 1], used, rows, by_bin, tracks, walls, clear, most, positions, covariances, weights, chosen)


@kernel
def choose_rows(by_bin, horizon_s, rows):  # type: ignore[no-untyped-def]
    """Fill rows (EXPERTS,), what each counts as a whole future of horizon_s; returns those that count for anything, the weightiest first."""
    row_weights(by_bin, horizon_s, rows)
    return _worth_it(rows, by_bin)


@kernel
def mix(m, times, horizon_s, used, rows, by_bin, tracks, walls, clear, most, positions, covariances, weights, chosen):  # type: ignore[no-untyped-def]
    """`compose` from the tracks (EXPERTS, H, 2), which it changes, and weights of the experts `used`; rows are weighed for horizon_s."""
    steps = times.shape[0]
    z, _, _, _, _ = blend(m)
    at_bins = np.empty((EXPERTS, BINS, 2))
    for e in used:
        for b in range(BINS):
            at_bins[e, b, 0], at_bins[e, b, 1] = error_variance(m, e, b, 0), error_variance(m, e, b, 1)
    variances = np.empty((EXPERTS, steps, 2))
    wide = np.empty((steps, 4))
    per_bin = np.empty((BINS, 4))  # probability of a miss, how wide misses are, factor on variances
    for b in range(BINS):
        per_bin[b, 0], per_bin[b, 1], per_bin[b, 2] = missed_share(m, b, by_bin[b]), wide_variance(m, b, 0), wide_variance(m, b, 1)
        per_bin[b, 3] = m[SPREAD + b]
    missed = _between(per_bin, max(horizon_s, times[steps - 1]), 0)
    _match_moments(m[NOISE], times, used, at_bins, by_bin, rows, tracks, variances, per_bin, missed, wide)
    groups = _group(used, rows, tracks, variances, max(1, most - 1))
    count = 0
    cos, sin = math.cos(m[HEADING]), math.sin(m[HEADING])
    total = 0.0
    for lead in used:
        if groups[lead] != lead:
            continue
        weight = 0.0
        for e in used:
            if groups[e] == lead:
                weight += rows[e]
        _merge(lead, used, groups, rows, weight, tracks, variances, cos, sin, positions[count], covariances[count])
        slide(walls, clear, z.real, z.imag, positions[count])
        weights[count], chosen[count] = weight, lead
        total += weight
        count += 1
    if count < most:
        for k in range(count):
            weights[k] *= (1.0 - missed) / total
        _fill_wide(wide, cos, sin, positions[count], covariances[count])
        slide(walls, clear, z.real, z.imag, positions[count])
        weights[count], chosen[count] = missed, EXPERTS
        count += 1
    else:
        for k in range(count):
            weights[k] /= total
    return count


@kernel
def _worth_it(rows, by_bin):  # type: ignore[no-untyped-def]
    """Experts that count for something as a whole or at some horizon, the weightiest first; the others' weights become zero."""
    order = np.empty(EXPERTS, np.int64)
    for e in range(EXPERTS):
        at = e
        while at > 0 and rows[order[at - 1]] < rows[e]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = e
    count = 0
    for i in range(EXPERTS):
        e = order[i]
        near = 0.0
        for b in range(BINS):
            near = max(near, by_bin[b, e])
        if rows[e] >= _LEAST_WEIGHT or near >= 5.0 * _LEAST_WEIGHT:
            order[count] = e
            count += 1
        else:
            rows[e] = 0.0
            for b in range(BINS):
                by_bin[b, e] = 0.0
    total = 0.0
    for e in order[:count]:
        total += rows[e]
    for e in order[:count]:
        rows[e] /= total
    for b in range(BINS):
        total = 0.0
        for e in range(EXPERTS):
            total += by_bin[b, e]
        for e in range(EXPERTS):
            by_bin[b, e] /= total
    return order[:count]


@kernel
def _between(per_bin, t, column):  # type: ignore[no-untyped-def]
    """Value of a column t s ahead, linear between the judged horizons."""
    low, high, u = _bracket(t)
    return (1.0 - u) * per_bin[low, column] + u * per_bin[high, column]


@kernel
def _fill_wide(wide, cos, sin, position, covariance):  # type: ignore[no-untyped-def]
    """The future of something else: about the mean of all, as wide as misses are."""
    for h in range(wide.shape[0]):
        va, vc = wide[h, 2], wide[h, 3]
        position[h, 0], position[h, 1] = wide[h, 0], wide[h, 1]
        covariance[h, 0, 0], covariance[h, 1, 1] = cos * cos * va + sin * sin * vc, sin * sin * va + cos * cos * vc
        covariance[h, 0, 1] = covariance[h, 1, 0] = cos * sin * (va - vc)


@kernel
def _match_moments(noise, times, used, at_bins, by_bin, rows, tracks, variances, per_bin, missed, wide):  # type: ignore[no-untyped-def]
    """Draw all tracks together as the record at each of `times` (H,) s ahead demands; fill variances (EXPERTS, H, 2) and wide (H, 4).

    noise: measurement variance, px².  at_bins (EXPERTS, BINS, 2): mean squared errors; between the judged horizons they are
    interpolated, beyond they grow as t².
    """
    for h in range(times.shape[0]):
        t = times[h]
        low, high, u = _bracket(t)
        growth = (t / BIN_S[0]) ** 1.5 if t < BIN_S[0] else (t / BIN_S[BINS - 1]) ** 2 if t > BIN_S[BINS - 1] else 1.0
        bx, by, rx, ry, va, vc = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for e in used:
            w = (1.0 - u) * by_bin[low, e] + u * by_bin[high, e]
            bx += w * tracks[e, h, 0]
            by += w * tracks[e, h, 1]
            rx += rows[e] * tracks[e, h, 0]
            ry += rows[e] * tracks[e, h, 1]
            for axis in range(2):
                at = (1.0 - u) * at_bins[e, low, axis] + u * at_bins[e, high, axis]
                variances[e, h, axis] = noise + max(0.0, at - noise) * growth + 1e-18
            va += w * variances[e, h, 0]
            vc += w * variances[e, h, 1]
        between_b, between_r = 0.0, 0.0
        for e in used:
            w = (1.0 - u) * by_bin[low, e] + u * by_bin[high, e]
            between_b += w * ((tracks[e, h, 0] - bx) ** 2 + (tracks[e, h, 1] - by) ** 2)
            between_r += rows[e] * ((tracks[e, h, 0] - rx) ** 2 + (tracks[e, h, 1] - ry) ** 2)
        widen = math.exp(2.0 * ((1.0 - u) * per_bin[low, 3] + u * per_bin[high, 3]))
        wide[h, 0], wide[h, 1] = bx, by
        share = min(1.0, ((1.0 - u) * per_bin[low, 0] + u * per_bin[high, 0]) / missed)  # misses are rarer at nearer times: there their row is as narrow as the others
        for axis in range(2):
            misses = growth * ((1.0 - u) * per_bin[low, 1 + axis] + u * per_bin[high, 1 + axis])
            wide[h, 2 + axis] = share * misses + (1.0 - share) * widen * (va if axis == 0 else vc)
        pull = min(1.0, math.sqrt(between_b / between_r)) if between_r > 0.0 else 1.0
        for e in used:
            tracks[e, h, 0] = bx + pull * (tracks[e, h, 0] - rx)
            tracks[e, h, 1] = by + pull * (tracks[e, h, 1] - ry)
            variances[e, h, 0] = widen * (pull * variances[e, h, 0] + (1.0 - pull) * va)
            variances[e, h, 1] = widen * (pull * variances[e, h, 1] + (1.0 - pull) * vc)


@kernel
def _group(used, rows, tracks, variances, most):  # type: ignore[no-untyped-def]
    """(EXPERTS,) leader of each expert's group: futures that are one within their spread, and those beyond `most` with the nearest.

    Futures of little weight of their own join the nearest as well.
    """
    steps = tracks.shape[1]
    groups = np.full(EXPERTS, -1)
    leaders = 0
    for i in range(used.shape[0]):
        e = used[i]
        best, nearest = math.inf, -1
        for j in range(i):
            lead = used[j]
            if groups[lead] != lead:
                continue
            worst = 0.0
            for part in range(1, 4):
                h = max(0, steps * part // 3 - 1)
                dx, dy = tracks[e, h, 0] - tracks[lead, h, 0], tracks[e, h, 1] - tracks[lead, h, 1]
                spread = variances[lead, h, 0] + variances[lead, h, 1]
                worst = max(worst, 2.0 * (dx * dx + dy * dy) / max(spread, 1e-300))
            if worst < best:
                best, nearest = worst, lead
        if nearest >= 0 and (best < _SAME * _SAME or leaders >= most or rows[e] < _LEAST_WEIGHT):
            groups[e] = nearest
        else:
            groups[e] = e
            leaders += 1
    return groups


@kernel
def _merge(lead, used, groups, rows, weight, tracks, variances, cos, sin, position, covariance):  # type: ignore[no-untyped-def]
    """Mean (H, 2) and covariance (H, 2, 2) of one group, in the world's axes."""
    cc, ss, cs = cos * cos, sin * sin, cos * sin
    for h in range(position.shape[0]):
        if weight == rows[lead]:
            va, vc = variances[lead, h, 0] + 1e-18, variances[lead, h, 1] + 1e-18
            position[h, 0], position[h, 1] = tracks[lead, h, 0], tracks[lead, h, 1]
            covariance[h, 0, 0], covariance[h, 1, 1] = cc * va + ss * vc, ss * va + cc * vc
            covariance[h, 0, 1] = covariance[h, 1, 0] = cs * (va - vc)
            continue
        x, y = 0.0, 0.0
        for e in used:
            if groups[e] == lead:
                x += rows[e] / weight * tracks[e, h, 0]
                y += rows[e] / weight * tracks[e, h, 1]
        xx, yy, xy = 1e-18, 1e-18, 0.0
        for e in used:
            if groups[e] == lead:
                w = rows[e] / weight
                va, vc = variances[e, h, 0], variances[e, h, 1]
                dx, dy = tracks[e, h, 0] - x, tracks[e, h, 1] - y
                xx += w * (cc * va + ss * vc + dx * dx)
                yy += w * (ss * va + cc * vc + dy * dy)
                xy += w * (cs * (va - vc) + dx * dy)
        position[h, 0], position[h, 1] = x, y
        covariance[h, 0, 0], covariance[h, 1, 1] = xx, yy
        covariance[h, 0, 1], covariance[h, 1, 0] = xy, xy


@kernel
def compose_all(memory, times, unseen_s, given, given_log_prior, walls, clear, most, positions, covariances, weights, chosen, counts):  # type: ignore[no-untyped-def]
    """`compose` for N targets: memory (N, MEMORY), `times` (H,) from now, which is unseen_s (N,) after the last sighting of each.

    given (1 or N, GIVEN, H, 2).  Fills positions (N, K, H, 2), covariances (N, K, H, 2, 2), weights (N, K), chosen (N, K), counts (N,).
    """
    for n in range(memory.shape[0]):
        counts[n] = 0
        if memory[n, COUNT] > 0.0:
            counts[n] = compose(memory[n], times + unseen_s[n], given[min(n, given.shape[0] - 1)], given_log_prior, walls, clear, most,
                                positions[n], covariances[n], weights[n], chosen[n])


def blank_forecasts(targets: int, most: int, steps: int) -> tuple[Floats, Floats, Floats, NDArray[np.int64], NDArray[np.int64]]:
    """What `compose_all` fills: positions (N, K, H, 2), covariances (N, K, H, 2, 2), weights (N, K), chosen (N, K), counts (N,)."""
    return (np.empty((targets, most, steps, 2)), np.empty((targets, most, steps, 2, 2)), np.zeros((targets, most)),
            np.full((targets, most), EXPERTS), np.zeros(targets, np.int64))
