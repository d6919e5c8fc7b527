"""All experts' tracks at once, and the record of what they said."""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.bouncing import bounce, knows_walls
from npc_world.beliefs.habit import replay
from npc_world.beliefs.kinematic import go_on
from npc_world.beliefs.layout import (
    BOUNCE,
    EXPERTS,
    FINE_S,
    FINE_STEPS,
    FLEE,
    GIVEN,
    HABITS_OFF,
    MATCH,
    NGRAM_READY,
    OWN,
    PLACE,
    PRIOR,
    REPEAT,
    REPEAT_MEAN,
    THREAT,
    TOKENS,
    WAYS,
)
from npc_world.beliefs.ngram import speak_tokens
from npc_world.beliefs.reaction import flee
from npc_world.beliefs.regression import follow_ways
from npc_world.core.compiled import kernel

__all__ = ["unroll_experts", "who_speaks"]


@kernel
def who_speaks(m, given, present):  # type: ignore[no-untyped-def]
    """Fill present (EXPERTS,) bool: who has an opinion.

    given (GIVEN, H, 2): tracks of goals and foreign experts, NaN where there is none; a further row is that of a motion prior.
    """
    present[:OWN] = True
    habits = m[HABITS_OFF] == 0.0  # else nothing is said that speaks from this body's own past
    present[WAYS] = habits
    present[REPEAT] = present[REPEAT_MEAN] = present[PLACE] = habits and m[MATCH] >= 0.0
    present[TOKENS] = habits and m[NGRAM_READY] > 0.0
    present[BOUNCE] = habits and knows_walls(m)
    present[FLEE] = m[THREAT] > 0.0
    last = given.shape[1] - 1
    present[PRIOR] = given.shape[0] > GIVEN and given[GIVEN, last, 0] == given[GIVEN, last, 0]
    for g in range(GIVEN):
        present[OWN + g] = given[g, last, 0] == given[g, last, 0] and given[g, last, 1] == given[g, last, 1]


@kernel
def unroll_experts(m, times, given, wanted, tracks):  # type: ignore[no-untyped-def]
    """Fill tracks (EXPERTS, H, 2) of those that are wanted (EXPERTS,) at `times` (H,) s from the last sighting; the others' are not to be read.

    Who is wanted must be able to speak (see `who_speaks`).  Walls are still to be minded.
    """
    for e in range(PRIOR, EXPERTS):
        if wanted[e] and (e == PRIOR or e >= OWN):
            row = GIVEN if e == PRIOR else e - OWN
            for h in range(times.shape[0]):
                tracks[e, h, 0], tracks[e, h, 1] = given[row, h, 0], given[row, h, 1]
    go_on(m, times, wanted, tracks)
    if wanted[WAYS]:
        follow_ways(m, times, tracks)
    if wanted[REPEAT] or wanted[REPEAT_MEAN] or wanted[PLACE]:
        replay(m, times, wanted, tracks)
    if wanted[FLEE]:
        flee(m, times, tracks)
    if wanted[TOKENS]:
        speak_tokens(m, times, tracks)
    if wanted[BOUNCE]:
        bounce(m, times, tracks)


NOBODY = np.full((GIVEN, FINE_STEPS, 2), math.nan)
"""(GIVEN, FINE_STEPS, 2) for targets without goals."""
FINE_TIMES_S = FINE_S * np.arange(1.0, FINE_STEPS + 1.0)
