"""Futures drawn together so that their mean and spread at every time are what the record there demands: moment matching.

Rows are whole futures, weighed by the record at the horizon's end; at nearer times experts are trusted by their record *there*.
"""

from __future__ import annotations

import math

from npc_world.beliefs.imm import blend
from npc_world.beliefs.layout import BIN_S, BINS, BOUNCE, GO, NOISE, TURN, TURN_SLOW, WAYS
from npc_world.beliefs.weighing import error_variances, miss_chance, wide_variance
from npc_world.core.compiled import kernel

__all__ = ["bracket", "lay_out", "match_moments", "read_times"]

@kernel
def bracket(t):  # type: ignore[no-untyped-def]
    """(lower bin, upper bin, share of the upper) around t s ahead."""
    if t <= BIN_S[0]:
        return 0, 0, 0.0
    for b in range(1, BINS):
        if t <= BIN_S[b]:
            return b - 1, b, (t - BIN_S[b - 1]) / (BIN_S[b] - BIN_S[b - 1])
    return BINS - 1, BINS - 1, 0.0


@kernel
def read_times(times, near, growth):  # type: ignore[no-untyped-def]
    """Fill near (BINS, W) with what each judged horizon says of each of `times` (H,), linear between them, and growth (W,)
    with the factor on variances before the first and beyond the last, where they grow as t ** 1.5 and as t²."""
    near[:, :] = 0.0
    growth[:] = 1.0
    for h in range(times.shape[0]):
        t = times[h]
        low, high, u = bracket(t)
        near[low, h] = 1.0 - u
        if high != low:
            near[high, h] = u
        growth[h] = (t / BIN_S[0]) ** 1.5 if t < BIN_S[0] else (t / BIN_S[BINS - 1]) ** 2 if t > BIN_S[BINS - 1] else 1.0


@kernel
def _at_times(near, values, out):  # type: ignore[no-untyped-def]
    """Fill out (W,) from values (BINS,) at the judged horizons, of which there are five: in one go, as the sum stays where it is summed up."""
    a, b, c, d, e = values[0], values[1], values[2], values[3], values[4]
    for h in range(out.shape[0]):
        out[h] = near[0, h] * a + near[1, h] * b + near[2, h] * c + near[3, h] * d + near[4, h] * e


@kernel
def lay_out(m, used, by_bin, near, growth, tracks, weights, futures, lines):  # type: ignore[no-untyped-def]
    """Of the experts `used` (n,): fill weights (n, W), what each counts at each time, and futures (4, n, W): its x and y from
    tracks (EXPERTS, H, 2) and its mean squared errors along and across.  lines (3, W): to work in.  There may be more rows than n."""
    noise, steps = m[NOISE], tracks.shape[1]
    values, errors_along, errors_across = lines[0], lines[1], lines[2]
    for i in range(used.shape[0]):
        e = used[i]
        x, y = futures[0, i], futures[1, i]
        for h in range(steps):
            x[h], y[h] = tracks[e, h, 0], tracks[e, h, 1]
        x[steps:], y[steps:] = 0.0, 0.0
        for b in range(BINS):
            values[b] = by_bin[b, e]
            errors_along[b], errors_across[b] = error_variances(m, e, b)
        _at_times(near, values, weights[i])
        for axis in range(2):
            variance = futures[2 + axis, i]
            _at_times(near, errors_along if axis == 0 else errors_across, variance)
            for h in range(variance.shape[0]):
                variance[h] = noise + max(0.0, variance[h] - noise) * growth[h] + 1e-18
    if growth[0] < 1.0:
        _going_on_first(m, used, by_bin, growth, weights, steps)


@kernel
def _going_on_first(m, used, by_bin, growth, weights, steps):  # type: ignore[no-untyped-def]
    """Before the first judged horizon, let those of weights (n, W) count more who set out with the velocity the body has now.

    The others (it stops, it does here what it did then) foresee a sudden change; that it comes within T, at an even rate, leaves a
    chance of none by t of (chance of none by T) ** (t / T).  Where velocity is not known well, the change may be behind it already:
    the share of GO's squared error at T that this explains says how far the weights at T hold at once.  So does a record at T: who
    foresees changes much better than GO knows their times, and no even rate is assumed of them.  Wrong for changes at known times
    as long as the record is short.
    """
    going = 0.0
    for i in range(used.shape[0]):
        if _goes_on(used[i]):
            going += by_bin[0, used[i]]
    if going <= 0.0 or going >= 1.0:
        return
    _, _, _, _, variance = blend(m)
    along, across = error_variances(m, GO, 0)
    doubt = min(1.0, 2.0 * variance * BIN_S[0] * BIN_S[0] / (along + across))
    sudden, wide = 0.0, wide_variance(m, 0, 0) + wide_variance(m, 0, 1)
    for i in range(used.shape[0]):
        if not _goes_on(used[i]):
            sudden += by_bin[0, used[i]] / (1.0 - going) * _squared_error(m, used[i], wide)
    unproven = min(1.0, sudden / _squared_error(m, GO, wide))
    doubt = 1.0 - (1.0 - doubt) * unproven * unproven
    for h in range(steps):
        if growth[h] >= 1.0:
            break
        still = going ** (doubt + (1.0 - doubt) * growth[h] ** (2.0 / 3.0))  # growth is (t / T) ** 1.5
        for i in range(used.shape[0]):
            weights[i, h] *= still / going if _goes_on(used[i]) else (1.0 - still) / (1.0 - going)


@kernel
def _squared_error(m, e, wide):  # type: ignore[no-untyped-def]
    """Mean squared error in px² of expert e at the nearest judged horizon, right or not; wide: that of misses."""
    along, across = error_variances(m, e, 0)
    missed = miss_chance(m, e * BINS)
    return (1.0 - missed) * (along + across) + missed * wide


@kernel
def _goes_on(e):  # type: ignore[no-untyped-def]
    """Whether the track of expert e begins with the velocity that the body has now."""
    return e in (GO, TURN, TURN_SLOW, WAYS, BOUNCE)


@kernel
def match_moments(near, growth, rows, weights, futures, per_bin, missed, wide, sums):  # type: ignore[no-untyped-def]
    """Draw futures (4, n, W) together, which count rows (n,) as a whole and weights (n, W) at each time; fill wide (4, W), the one nobody foresees.

    per_bin (4, BINS or more): see `composing.mix`.  missed: probability of that one.  sums (9, W): to work in.  There may be more futures than n.
    """
    count, steps = rows.shape[0], weights.shape[1]
    sums[:, :] = 0.0
    x, y, rows_x, rows_y, along, across, spread, rows_spread = sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]
    for i in range(count):
        w, row = weights[i], rows[i]
        to_x, to_y, va, vc = futures[0, i], futures[1, i], futures[2, i], futures[3, i]
        for h in range(steps):
            x[h] += w[h] * to_x[h]
            rows_x[h] += row * to_x[h]
        for h in range(steps):
            y[h] += w[h] * to_y[h]
            rows_y[h] += row * to_y[h]
        for h in range(steps):
            along[h] += w[h] * va[h]
        for h in range(steps):
            across[h] += w[h] * vc[h]
    for i in range(count):
        w, row, to_x, to_y = weights[i], rows[i], futures[0, i], futures[1, i]
        for h in range(steps):
            spread[h] += w[h] * ((to_x[h] - x[h]) * (to_x[h] - x[h]) + (to_y[h] - y[h]) * (to_y[h] - y[h]))
        for h in range(steps):
            rows_spread[h] += row * ((to_x[h] - rows_x[h]) * (to_x[h] - rows_x[h]) + (to_y[h] - rows_y[h]) * (to_y[h] - rows_y[h]))
    widen, pull, values = spread, rows_spread, sums[8]
    for h in range(steps):
        pull[h] = min(1.0, math.sqrt(spread[h] / rows_spread[h])) if rows_spread[h] > 0.0 else 1.0
    _at_times(near, per_bin[3], values)
    for h in range(steps):
        widen[h] = math.exp(2.0 * values[h])
    _at_times(near, per_bin[0], values)
    for h in range(steps):
        values[h] = min(1.0, values[h] / missed)  # misses are rarer at nearer times: there their row is as narrow as the others
    for axis in range(2):
        misses, usual = wide[2 + axis], sums[4 + axis]
        _at_times(near, per_bin[1 + axis], misses)
        for h in range(steps):
            misses[h] = values[h] * (growth[h] * misses[h]) + (1.0 - values[h]) * widen[h] * usual[h]
            wide[axis, h] = sums[axis, h]
    for i in range(count):
        for axis in range(2):
            to, mean, rows_mean = futures[axis, i], sums[axis], sums[2 + axis]
            for h in range(steps):
                to[h] = mean[h] + pull[h] * (to[h] - rows_mean[h])
            variance, usual = futures[2 + axis, i], sums[4 + axis]
            for h in range(steps):
                variance[h] = widen[h] * (pull[h] * variance[h] + (1.0 - pull[h]) * usual[h])
