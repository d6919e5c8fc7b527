"""What every expert says now, and the forecast made of it, written down to be judged when the time comes."""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.composing import choose_rows, mix
from npc_world.beliefs.contact import slide
from npc_world.beliefs.imm import blend
from npc_world.beliefs.layout import (
    BIN_S,
    BINS,
    EXPERTS,
    FEATURES,
    FINE_S,
    FINE_STEPS,
    FLEE,
    HEADING,
    LEVEL,
    MIXED,
    OWN,
    RECORD,
    RECORD_FEATURES,
    RECORD_HEADING,
    RECORD_LEVELS,
    RECORD_MIXTURE,
    RECORD_SAID,
    RECORD_SEGMENT,
    RECORD_SHARES,
    RECORD_SIZE,
    RECORD_SPEED,
    RECORD_TIME,
    RECORD_TRUST,
    RECORD_X,
    RECORD_Y,
    RECORDS,
    SEGMENT,
    SPEED,
    SPOKEN,
    SPOKEN_TIME,
    TIME,
)
from npc_world.beliefs.matching import read_times
from npc_world.beliefs.regression import read_features
from npc_world.beliefs.room import GROWTH, NEAR
from npc_world.beliefs.unrolling import unroll_experts, who_speaks
from npc_world.beliefs.weighing import exempt_share, trust_in_mixture, weigh_experts
from npc_world.core.compiled import kernel

__all__ = ["record_experts"]

_USUAL_HORIZON_S = 2.0
"""Forecasts are judged as if asked for so far."""
NO_CLEARANCE = np.empty((0, 0))
"""Tracks keep out of walls already."""


@kernel
def record_experts(m, times, given, given_log_prior, walls, clear, room):  # type: ignore[no-untyped-def]
    """Write down what every expert says now, to be judged when the time comes.  times (FINE_STEPS,) = FINE_S, 2 FINE_S …; room: for BINS times."""
    present = np.empty(EXPERTS, np.bool_)
    who_speaks(m, given, present)
    at_bins = np.empty((EXPERTS, BINS, 2))
    _tracks_at_bins(m, times, given, present, walls, clear, at_bins)
    weights = np.empty((BINS, EXPERTS))
    weigh_experts(m, present, given_log_prior, weights)
    z, _, _, _, _ = blend(m)
    record = RECORD + int(m[SPOKEN]) % RECORDS * RECORD_SIZE
    m[record + RECORD_TIME], m[record + RECORD_HEADING], m[record + RECORD_SPEED] = m[TIME], m[HEADING], m[SPEED]
    m[record + RECORD_X], m[record + RECORD_Y], m[record + RECORD_SEGMENT] = z.real, z.imag, m[SEGMENT]
    read_features(m, m[record + RECORD_FEATURES:record + RECORD_FEATURES + 2 * FEATURES])
    for b in range(BINS):
        for e in range(EXPERTS):
            at = b * EXPERTS + e
            said = record + RECORD_SAID + 2 * at
            m[said] = at_bins[e, b, 0] if present[e] else math.nan
            m[said + 1] = at_bins[e, b, 1] if present[e] else math.nan
            m[record + RECORD_SHARES + at] = weights[b, e]
    for b in range(BINS):
        trust = trust_in_mixture(m, b, present[OWN:].any())
        m[record + RECORD_TRUST + b] = 1.0 - (1.0 - trust) * (1.0 - exempt_share(b, weights[b]))
    _record_mixture(m, record, at_bins, weights, walls, room)
    m[SPOKEN] += 1.0
    m[SPOKEN_TIME] = m[TIME]


@kernel
def _tracks_at_bins(m, times, given, present, walls, clear, at_bins):  # type: ignore[no-untyped-def]
    """Fill at_bins (EXPERTS, BINS, 2) with where those present say it is at the judged horizons; the others' are not to be read.

    The way there is followed step by step only where it matters: among walls, and where it flees, as it decides at each step.
    """
    if clear.shape[0] == 0 and not present[FLEE]:
        judged_s, said = np.empty(BINS), np.empty((given.shape[0], BINS, 2))
        for b in range(BINS):
            h = _fine_step(b)
            judged_s[b] = times[h]
            for g in range(given.shape[0]):
                said[g, b, 0], said[g, b, 1] = given[g, h, 0], given[g, h, 1]
        unroll_experts(m, judged_s, said, present, at_bins)
        return
    tracks = np.empty((EXPERTS, FINE_STEPS, 2))
    unroll_experts(m, times, given, present, tracks)
    z, _, _, _, _ = blend(m)
    for e in range(EXPERTS):
        if present[e] and e < OWN:
            slide(walls, clear, z.real, z.imag, tracks[e])
        for b in range(BINS):
            h = _fine_step(b)
            at_bins[e, b, 0], at_bins[e, b, 1] = tracks[e, h, 0], tracks[e, h, 1]


@kernel
def _fine_step(b):  # type: ignore[no-untyped-def]
    """Which of the fine steps is the judged horizon b."""
    return int(BIN_S[b] / FINE_S + 0.5) - 1


@kernel
def _record_mixture(m, record, at_bins, weights, walls, room):  # type: ignore[no-untyped-def]
    """Write down the forecast as it would be stated now, from where each sees it (EXPERTS, BINS, 2): its regions will be judged by what happens."""
    positions, covariances = np.empty((MIXED, BINS, 2)), np.empty((MIXED, BINS, 2, 2))
    shares, chosen = np.empty(MIXED), np.empty(MIXED, np.int64)
    rows = np.empty(EXPERTS)
    order = np.empty(EXPERTS, np.int64)
    used = order[:choose_rows(weights, _USUAL_HORIZON_S, rows, order)]
    bins_s, clear = BIN_S.copy(), NO_CLEARANCE.copy()  # the module's own are read only: to the compiler another type
    read_times(bins_s, room[2][NEAR:NEAR + BINS], room[2][GROWTH])
    count = mix(m, bins_s, _USUAL_HORIZON_S, used, rows, weights, at_bins, walls, clear, MIXED, room, positions, covariances, shares, chosen)
    m[record + RECORD_LEVELS:record + RECORD_LEVELS + 2 * BINS] = m[LEVEL:LEVEL + 2 * BINS]
    base = record + RECORD_MIXTURE
    for k in range(MIXED):
        m[base + k] = shares[k] if k < count else 0.0
    base += MIXED
    for b in range(BINS):
        for k in range(count):
            at = base + 5 * (b * MIXED + k)
            m[at], m[at + 1] = positions[k, b, 0], positions[k, b, 1]
            m[at + 2], m[at + 3], m[at + 4] = covariances[k, b, 0, 0], covariances[k, b, 1, 1], covariances[k, b, 0, 1]
