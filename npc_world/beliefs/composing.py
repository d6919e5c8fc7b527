"""From the experts' tracks and records to one forecast: K weighted futures with covariances."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.ahead import read_ahead
from npc_world.beliefs.contact import slide
from npc_world.beliefs.imm import blend
from npc_world.beliefs.layout import BINS, COUNT, EXPERTS, HEADING, OWN, SPREAD
from npc_world.beliefs.matching import bracket, lay_out, match_moments, read_times
from npc_world.beliefs.room import GROWTH, NEAR, PER_BIN, SHARE, SUMS, WIDE, new_room
from npc_world.beliefs.unrolling import unroll_experts, who_speaks
from npc_world.beliefs.weighing import last_speaker, missed_share, weigh_experts, wide_variance
from npc_world.core.compiled import kernel
from npc_world.core.exponential import exp_below

Floats = NDArray[np.float64]
__all__ = ["blank_forecasts", "choose_rows", "compose_all", "mix", "row_weights"]

_SAME = 0.35
"""Futures that stay closer than so many of their standard deviations are one."""
_LEAST_WEIGHT = 0.002
_NOTHING = 2.5e-4
"""Who counts for less wherever it is asked will not be heard: what exactly it counts need not be worked out."""


@kernel
def row_weights(weights, horizon_s, rows):  # type: ignore[no-untyped-def]
    """Fill rows (EXPERTS,): what each expert counts as a whole future of horizon_s, its last second most; weights (BINS, EXPERTS)."""
    low, high, u = bracket(horizon_s)
    half = max(0, low - 1)
    total, end = 0.0, last_speaker(weights)
    rows[end:] = 0.0
    for e in range(end):
        if weights[0, e] == 0.0:
            rows[e] = 0.0
            continue
        near, far, last = weights[half, e], weights[low, e], weights[high, e]
        if max(near, far, last) < _NOTHING:
            rows[e] = min(near, far, last)
        else:
            rows[e] = exp_below(0.7 * ((1.0 - u) * math.log(far) + u * math.log(last)) + 0.3 * math.log(near))
        total += rows[e]
    for e in range(end):
        rows[e] /= total


@kernel
def choose_rows(by_bin, horizon_s, rows, order):  # type: ignore[no-untyped-def]
    """Fill rows (EXPERTS,), what each counts as a whole future of horizon_s, and order (EXPERTS,) with those that count for anything, the
    weightiest first; returns their number."""
    row_weights(by_bin, horizon_s, rows)
    return _worth_it(rows, by_bin, order)


@kernel
def mix(m, times, horizon_s, used, rows, by_bin, tracks, walls, clear, most, room, positions, covariances, weights, chosen):  # type: ignore[no-untyped-def]
    """One forecast, see `compose_all`, from the tracks (EXPERTS, H, 2) and weights of the experts `used`; rows are weighed for horizon_s.

    In the room (see `blank_room`) `read_times` has laid out the times."""
    steps, count = times.shape[0], used.shape[0]
    z, _, _, _, _ = blend(m)
    futures, at_times, lines = room
    per_bin = lines[PER_BIN:PER_BIN + 4]  # probability of a miss, how wide misses are along and across, log factor on standard deviations
    for b in range(BINS):
        per_bin[0, b], per_bin[1, b], per_bin[2, b] = missed_share(m, b, by_bin[b]), wide_variance(m, b, 0), wide_variance(m, b, 1)
        per_bin[3, b] = m[SPREAD + b]
    low, high, u = bracket(max(horizon_s, times[steps - 1]))
    missed = (1.0 - u) * per_bin[0, low] + u * per_bin[0, high]
    near, growth, wide, sums, share = lines[NEAR:NEAR + BINS], lines[GROWTH], lines[WIDE:WIDE + 4], lines[SUMS:SUMS + 9], lines[SHARE, :count]
    for i in range(count):
        share[i] = rows[used[i]]
    lay_out(m, used, by_bin, near, growth, tracks, at_times, futures, sums)
    match_moments(near, growth, share, at_times, futures, per_bin, missed, wide, sums)
    groups = np.empty(count, np.int64)
    _group(share, futures, steps, max(1, most - 1), groups)
    found, walled = 0, clear.shape[0] > 0  # a call that finds no walls costs as much as a whole row
    cos, sin = math.cos(m[HEADING]), math.sin(m[HEADING])
    total = 0.0
    for lead in range(count):
        if groups[lead] != lead:
            continue
        weight = 0.0
        for i in range(lead, count):
            if groups[i] == lead:
                weight += share[i]
        if weight == share[lead]:
            _write(futures[0, lead], futures[1, lead], futures[2, lead], futures[3, lead], 1e-18, cos, sin, positions[found], covariances[found])
        else:
            _merge(lead, groups, share, weight, futures, cos, sin, sums, positions[found], covariances[found])
        if walled:
            slide(walls, clear, z.real, z.imag, positions[found])
        weights[found], chosen[found] = weight, used[lead]
        total += weight
        found += 1
    if found < most:
        for k in range(found):
            weights[k] *= (1.0 - missed) / total
        _write(wide[0], wide[1], wide[2], wide[3], 0.0, cos, sin, positions[found], covariances[found])
        if walled:
            slide(walls, clear, z.real, z.imag, positions[found])
        weights[found], chosen[found] = missed, EXPERTS
        found += 1
    else:
        for k in range(found):
            weights[k] /= total
    return found


@kernel
def _worth_it(rows, by_bin, order):  # type: ignore[no-untyped-def]
    """Fill order with experts that count for something as a whole or at some horizon, the weightiest first; the others' weights become zero."""
    end = last_speaker(by_bin)
    for e in range(end):
        at = e
        while at > 0 and rows[order[at - 1]] < rows[e]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = e
    count = 0
    for i in range(end):
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
    for i in range(count):
        total += rows[order[i]]
    for i in range(count):
        rows[order[i]] /= total
    for b in range(BINS):
        total = 0.0
        for e in range(end):
            if by_bin[b, e] > 0.0:
                total += by_bin[b, e]
        for i in range(count):
            by_bin[b, order[i]] /= total
    return count


@kernel
def _group(rows, futures, steps, most, groups):  # type: ignore[no-untyped-def]
    """Fill groups (n,) with the leader of each future's group: futures (4, n, W) of H steps that are one within their spread, and those beyond `most` with the nearest.

    Futures of little weight of their own, rows (n,), join the nearest as well.
    """
    count = rows.shape[0]
    leaders = 0
    for i in range(count):
        best, nearest = math.inf, -1
        for lead in range(i):
            if groups[lead] != lead:
                continue
            worst = 0.0
            for part in range(1, 4):
                h = max(0, steps * part // 3 - 1)
                dx, dy = futures[0, i, h] - futures[0, lead, h], futures[1, i, h] - futures[1, lead, h]
                spread = futures[2, lead, h] + futures[3, lead, h]
                worst = max(worst, 2.0 * (dx * dx + dy * dy) / max(spread, 1e-300))
                if worst >= best:
                    break
            if worst < best:
                best, nearest = worst, lead
        if nearest >= 0 and (best < _SAME * _SAME or leaders >= most or rows[i] < _LEAST_WEIGHT):
            groups[i] = nearest
        else:
            groups[i] = i
            leaders += 1


@kernel
def _write(x, y, along, across, least, cos, sin, position, covariance):  # type: ignore[no-untyped-def]
    """One future as position (H, 2) and covariance (H, 2, 2) in the world's axes; its rows (W,) are along and across the heading, variances plus `least`."""
    cc, ss, cs = cos * cos, sin * sin, cos * sin
    for h in range(position.shape[0]):
        va, vc = along[h] + least, across[h] + least
        position[h, 0], position[h, 1] = x[h], y[h]
        covariance[h, 0, 0], covariance[h, 1, 1] = cc * va + ss * vc, ss * va + cc * vc
        covariance[h, 0, 1] = covariance[h, 1, 0] = cs * (va - vc)


@kernel
def _merge(lead, groups, rows, weight, futures, cos, sin, lines, position, covariance):  # type: ignore[no-untyped-def]
    """Mean (H, 2) and covariance (H, 2, 2) of one group of futures (4, n, W), in the world's axes.  lines (5, W): to work in."""
    count, width = rows.shape[0], futures.shape[2]
    cc, ss, cs = cos * cos, sin * sin, cos * sin
    x, y, xx, yy, xy = lines[0], lines[1], lines[2], lines[3], lines[4]
    x[:], y[:], xx[:], yy[:], xy[:] = 0.0, 0.0, 1e-18, 1e-18, 0.0
    for i in range(lead, count):
        if groups[i] == lead:
            w, to_x, to_y = rows[i] / weight, futures[0, i], futures[1, i]
            for h in range(width):
                x[h] += w * to_x[h]
            for h in range(width):
                y[h] += w * to_y[h]
    for i in range(lead, count):
        if groups[i] == lead:
            w, to_x, to_y, va, vc = rows[i] / weight, futures[0, i], futures[1, i], futures[2, i], futures[3, i]
            for h in range(width):
                xx[h] += w * (cc * va[h] + ss * vc[h] + (to_x[h] - x[h]) * (to_x[h] - x[h]))
            for h in range(width):
                yy[h] += w * (ss * va[h] + cc * vc[h] + (to_y[h] - y[h]) * (to_y[h] - y[h]))
            for h in range(width):
                xy[h] += w * (cs * (va[h] - vc[h]) + (to_x[h] - x[h]) * (to_y[h] - y[h]))
    for h in range(position.shape[0]):
        position[h, 0], position[h, 1] = x[h], y[h]
        covariance[h, 0, 0], covariance[h, 1, 1] = xx[h], yy[h]
        covariance[h, 0, 1], covariance[h, 1, 0] = xy[h], xy[h]


@kernel
def compose_all(memory, times, unseen_s, given, given_log_prior, walls, clear, most, positions, covariances, weights, chosen, counts):  # type: ignore[no-untyped-def]
    """Forecasts of N targets: memory (N, MEMORY), `times` (H,) from now, which is unseen_s (N,) after the last sighting of each.

    given (1 or N, GIVEN, H, 2).  Fills at most `most` rows of positions (N, K, H, 2), covariances (N, K, H, 2, 2), weights (N, K) and
    chosen (N, K) expert, and their number, counts (N,).

    Rows are whole futures, weighed by the record at the horizon's end.  At nearer times experts are trusted by their record
    *there*: rows are drawn together so that the mixture's mean and spread agree with those weights (moment matching).
    The last row, expert EXPERTS, stands for what nobody foresees.
    """
    steps = times.shape[0]
    present, by_bin, rows, order = np.empty(EXPERTS, np.bool_), np.empty((BINS, EXPERTS)), np.empty(EXPERTS), np.empty(EXPERTS, np.int64)
    ahead, tracks, room = np.empty(steps), np.empty((EXPERTS, steps, 2)), new_room(steps)
    lines, laid_out_s = room[2], math.nan
    for n in range(memory.shape[0]):
        counts[n] = 0
        m, said = memory[n], given[min(n, given.shape[0] - 1)]
        if n + 1 < memory.shape[0]:
            lines[SHARE, 0] = read_ahead(memory[n + 1], times[steps - 1])  # nobody reads what is written
        if m[COUNT] <= 0.0:
            continue
        if unseen_s[n] != laid_out_s:
            laid_out_s = unseen_s[n]
            for h in range(steps):
                ahead[h] = times[h] + laid_out_s
            read_times(ahead, lines[NEAR:NEAR + BINS], lines[GROWTH])
        who_speaks(m, said, present)
        weigh_experts(m, present, given_log_prior, by_bin)
        used = order[:choose_rows(by_bin, ahead[steps - 1], rows, order)]
        present[:] = False
        for i in range(used.shape[0]):
            present[used[i]] = True
        unroll_experts(m, ahead, said, present, tracks)
        z, _, _, _, _ = blend(m)
        for i in range(used.shape[0] if clear.shape[0] > 0 else 0):
            if used[i] < OWN:
                slide(walls, clear, z.real, z.imag, tracks[used[i]])
        counts[n] = mix(m, ahead, ahead[steps - 1], used, rows, by_bin, tracks, walls, clear, most, room, positions[n], covariances[n], weights[n], chosen[n])


def blank_forecasts(targets: int, most: int, steps: int) -> tuple[Floats, Floats, Floats, NDArray[np.int64], NDArray[np.int64]]:
    """What `compose_all` fills: positions (N, K, H, 2), covariances (N, K, H, 2, 2), weights (N, K), chosen (N, K), counts (N,)."""
    return (np.empty((targets, most, steps, 2)), np.empty((targets, most, steps, 2, 2)), np.zeros((targets, most)),
            np.full((targets, most), EXPERTS), np.zeros(targets, np.int64))
