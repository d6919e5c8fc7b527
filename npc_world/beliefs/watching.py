"""One sighting, from end to end, in one native call: for one target, or for many."""

from __future__ import annotations

from npc_world.beliefs.ahead import read_due, read_state
from npc_world.beliefs.bouncing import notice_rebound
from npc_world.beliefs.habit import find_similar
from npc_world.beliefs.judging import drop_records, judge
from npc_world.beliefs.layout import BINS, COUNT, PAST_COUNT, SPOKEN_TIME, TIME, X, Y
from npc_world.beliefs.ngram import note_moves
from npc_world.beliefs.reaction import notice_threats
from npc_world.beliefs.recording import record_experts
from npc_world.beliefs.room import SHARE, new_room
from npc_world.beliefs.sighting import MOVED, sight
from npc_world.beliefs.unrolling import FINE_TIMES_S
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
        note_moves(m)
        notice_rebound(m)
        return kind, m[COUNT] > 2.0
    return kind, False


@kernel
def watch_all(memory, time_s, positions, threats, settings, given, given_log_prior, walls, clear):  # type: ignore[no-untyped-def]
    """`watch` for N targets at once: memory (N, MEMORY), positions (N, 2), NaN where unseen; where it is due the experts speak."""
    steps_s = FINE_TIMES_S.copy()  # one of the module's arrays is read only, to the compiler another type: all experts would be compiled twice
    room, count = new_room(BINS), memory.shape[0]
    for n in range(count):
        if n + 2 < count:
            room[2][SHARE, 0] = read_state(memory[n + 2])  # nobody reads what is written
        if n + 1 < count:
            room[2][SHARE, 0] = read_due(memory[n + 1], time_s)
        if positions[n, 0] == positions[n, 0] and positions[n, 1] == positions[n, 1]:
            _, due = watch(memory[n], time_s, positions[n, 0], positions[n, 1], threats, settings)
            if due:
                record_experts(memory[n], steps_s, given, given_log_prior, walls, clear, room)
