"""All experts' tracks at once, and the record of what they said."""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.habit import replay
from npc_world.beliefs.kinematic import go_on
from npc_world.beliefs.layout import (
    EXPERTS,
    FINE_S,
    FINE_STEPS,
    GIVEN,
    HABITS_OFF,
    OWN,
    PLACE,
    PRIOR,
    WAYS,
)
from npc_world.beliefs.reaction import flee
from npc_world.beliefs.regression import follow_ways
from npc_world.core.compiled import kernel

__all__ = ["unroll_experts"]


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


NO_TRACKS = np.full((GIVEN, FINE_STEPS, 2), math.nan)
"""For targets without goals."""
FINE_TIMES_S = FINE_S * np.arange(1.0, FINE_STEPS + 1.0)
