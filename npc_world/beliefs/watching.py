"""One sighting, from end to end, in one native call: for one target, or for many."""

from __future__ import annotations

from npc_world.beliefs.habit import find_similar
from npc_world.beliefs.judging import drop_records, judge
from npc_world.beliefs.layout import COUNT, PAST_COUNT, SPOKEN_TIME, TIME, X, Y
from npc_world.beliefs.reaction import notice_threats
from npc_world.beliefs.sighting import MOVED, sight
from npc_world.core.compiled import kernel

__all__ = ["watch", "watch_all"]


@kernel
def watch(m, time_s, x, y, threats, settings):  # type: ignore[no-untyped-def]
    """Take in a position and the pursuers (n, 2).  Returns (kind of sighting, whether experts should speak now)."""
    t0, x0, y0, recorded = m[TIME], m[X], m[Y], m[PAST_COUNT]
    kind = sight(m, time_s, x, y)
    if kind == 0:
        return kind, False
    notice_threats(m, threats, x, y)
    if kind != MOVED:
        drop_records(m)
        m[SPOKEN_TIME] = m[TIME]
        return kind, False
    judge(m, t0, x0, y0, time_s, x, y, settings)
    if m[PAST_COUNT] > recorded:
        find_similar(m)
        return kind, m[COUNT] > 2.0
    return kind, False


@kernel
def watch_all(memory, times, positions, threats, settings, due):  # type: ignore[no-untyped-def]
    """`watch` for N targets: memory (N, MEMORY), times (N,), positions (N, 2) NaN where unseen; fills due (N,) bool."""
    for n in range(memory.shape[0]):
        due[n] = False
        if positions[n, 0] == positions[n, 0] and positions[n, 1] == positions[n, 1]:
            _, due[n] = watch(memory[n], times[n], positions[n, 0], positions[n, 1], threats, settings)
