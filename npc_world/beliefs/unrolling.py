"""All experts' tracks at once, and the record of what they said."""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.contact import slide
from npc_world.beliefs.habit import replay
from npc_world.beliefs.imm import blend
from npc_world.beliefs.kinematic import go_on
from npc_world.beliefs.layout import (
    BIN_S,
    BINS,
    EXPERTS,
    FEATURES,
    FINE_S,
    FINE_STEPS,
    GIVEN,
    HABITS_OFF,
    HEADING,
    OWN,
    PLACE,
    PRIOR,
    RECORD,
    RECORD_FEATURES,
    RECORD_HEADING,
    RECORD_MEANS,
    RECORD_SEGMENT,
    RECORD_SIZE,
    RECORD_SPEED,
    RECORD_TIME,
    RECORD_TRUST,
    RECORD_WEIGHTS,
    RECORD_X,
    RECORD_Y,
    RECORDS,
    SEGMENT,
    SPEED,
    SPOKEN,
    SPOKEN_TIME,
    TIME,
    WAYS,
)
from npc_world.beliefs.reaction import flee
from npc_world.beliefs.regression import follow_ways, read_features
from npc_world.beliefs.weighing import trust_in_mixture, weigh_experts
from npc_world.core.compiled import kernel

__all__ = ["record_experts", "unroll_experts"]


@kernel
def unroll_experts(m, times, given, tracks, present):  # type: ignore[no-untyped-def]
    """Fill tracks (EXPERTS, H, 2) at `times` (H,) s from the last sighting, and present (EXPERTS,) bool.

    given (GIVEN, H, 2): tracks of goals and foreign experts, NaN where there is none.  Walls are still to be minded.
    """
    go_on(m, times, tracks)
    follow_ways(m, times, tracks)
    replay(m, times, tracks)
    if m[HABITS_OFF] > 0.0:  # WAYS, REPEAT, REPEAT_MEAN, PLACE: all that speaks from this body's own past
        tracks[WAYS:PLACE + 1, :, :] = math.nan
    flee(m, times, tracks)
    tracks[PRIOR, :, :] = math.nan
    last = times.shape[0] - 1
    for e in range(EXPERTS):
        if e >= OWN:
            tracks[e] = given[e - OWN]
        present[e] = tracks[e, last, 0] == tracks[e, last, 0] and tracks[e, last, 1] == tracks[e, last, 1]


@kernel
def record_experts(m, times, given, given_log_prior, walls, clear):  # type: ignore[no-untyped-def]
    """Write down what every expert says now, to be judged when the time comes.  times (FINE_STEPS,) = FINE_S, 2 FINE_S …"""
    tracks = np.empty((EXPERTS, FINE_STEPS, 2))
    present = np.empty(EXPERTS, np.bool_)
    unroll_experts(m, times, given, tracks, present)
    weights = np.empty((BINS, EXPERTS))
    weigh_experts(m, present, given_log_prior, weights)
    z, _, _, _, _ = blend(m)
    for e in range(OWN):
        if present[e]:
            slide(walls, clear, z.real, z.imag, tracks[e])
    record = RECORD + int(m[SPOKEN]) % RECORDS * RECORD_SIZE
    m[record + RECORD_TIME], m[record + RECORD_HEADING], m[record + RECORD_SPEED] = m[TIME], m[HEADING], m[SPEED]
    m[record + RECORD_X], m[record + RECORD_Y], m[record + RECORD_SEGMENT] = z.real, z.imag, m[SEGMENT]
    read_features(m, m[record + RECORD_FEATURES:record + RECORD_FEATURES + 2 * FEATURES])
    for e in range(EXPERTS):
        for b in range(BINS):
            h = int(BIN_S[b] / FINE_S + 0.5) - 1
            mean = record + RECORD_MEANS + 2 * (e * BINS + b)
            m[mean] = tracks[e, h, 0] if present[e] else math.nan
            m[mean + 1] = tracks[e, h, 1] if present[e] else math.nan
            m[record + RECORD_WEIGHTS + e * BINS + b] = weights[b, e]
    for b in range(BINS):
        m[record + RECORD_TRUST + b] = trust_in_mixture(m, b, present[OWN:].any())
    m[SPOKEN] += 1.0
    m[SPOKEN_TIME] = m[TIME]


NO_TRACKS = np.full((GIVEN, FINE_STEPS, 2), math.nan)
"""For targets without goals."""
FINE_TIMES_S = FINE_S * np.arange(1.0, FINE_STEPS + 1.0)
