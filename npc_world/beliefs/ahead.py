"""Read ahead: while one of many bodies is thought about, what is known of the next is already on its way from memory.

A thousand bodies' memories are larger than any cache.  What one forecast needs of them lies in many places, each of which the processor would
come to, and wait for, by itself; asked for at once they come together.
"""

from __future__ import annotations

from npc_world.beliefs.layout import (
    BIN_S,
    BINS,
    DUE,
    ERROR,
    EXPERTS,
    FEATURES,
    FILTER,
    FILTER_SIZE,
    GRID_S,
    JUDGED,
    LONG_SCORE,
    MATCH,
    MATCHES,
    MISSED,
    MIXED,
    NGRAM,
    OWN,
    PAST_COUNT,
    RECORD,
    RECORD_MIXTURE,
    RECORD_SAID,
    RECORD_SHARES,
    RECORD_SIZE,
    RECORD_TIME,
    RECORDS,
    REGRESSION,
    REGRESSION_SIZE,
    SCORE,
    SPOKEN,
    SPREAD,
    WALLS,
)
from npc_world.beliefs.past import past_index
from npc_world.core.compiled import kernel

__all__ = ["read_ahead", "read_due", "read_state"]

_LINE = 8
"""Numbers that come from memory together."""
_LAW = 2 * FEATURES * (FEATURES + 1)
_STEPS, _FEW_STEPS = 40, 14
"""How far back in the past experts look, and every sighting does."""
_FAR_S = 4.0
"""What followed a match is read ahead so far."""


@kernel
def read_ahead(m, horizon_s):  # type: ignore[no-untyped-def]
    """Of memory m (MEMORY,) read what a forecast of horizon_s needs.  Returns a number that means nothing: for its sake it is read."""
    steps = int(min(horizon_s, _FAR_S) / GRID_S) + 2
    total = read_state(m) + _track_record(m) + _some(m, MATCH, MATCH + 4 * MATCHES) + _some(m, NGRAM, WALLS + _LINE)
    for b in range(BINS):
        law = REGRESSION + b * REGRESSION_SIZE + _LAW
        total += _some(m, law, law + 2 * FEATURES)
    last = m[PAST_COUNT] - 1.0
    for k in range(0, _STEPS, 2):
        total += m[past_index(max(0.0, last - k))]
    for j in range(MATCHES):
        match = max(0.0, m[MATCH + 4 * j])
        for k in range(0, steps, 2):
            total += m[past_index(match + k)]
    return total


@kernel
def read_state(m):  # type: ignore[no-untyped-def]
    """The same for what every sighting needs."""
    return _some(m, 0, FILTER + FILTER_SIZE)


@kernel
def read_due(m, time_s):  # type: ignore[no-untyped-def]
    """The same for a sighting at time_s: what was said of moments until then, and whose record that changes; the state is best read before."""
    total, due = 0.0, False
    for b in range(BINS):
        record = RECORD + int(m[DUE + b]) % RECORDS * RECORD_SIZE
        if m[DUE + b] < m[SPOKEN] and m[record + RECORD_TIME] + BIN_S[b] <= time_s + 1e-9:
            said, shares, stated = record + RECORD_SAID + 2 * b * EXPERTS, record + RECORD_SHARES + b * EXPERTS, record + RECORD_MIXTURE
            mixed = stated + MIXED + 5 * MIXED * b
            total += _some(m, record, record + RECORD_SAID) + _some(m, said, said + 2 * OWN) + _some(m, shares, shares + OWN)
            total += _some(m, stated, stated + MIXED) + _some(m, mixed, mixed + 5 * MIXED)
            law = REGRESSION + b * REGRESSION_SIZE
            total += _some(m, law, law + REGRESSION_SIZE)
            due = True
    last = m[PAST_COUNT] - 1.0
    for k in range(0, _STEPS if due else _FEW_STEPS, 2):
        total += m[past_index(max(0.0, last - k))]
    return total + _track_record(m) if due else total


@kernel
def _track_record(m):  # type: ignore[no-untyped-def]
    total = _some(m, ERROR, ERROR + 2 * OWN * BINS) + _some(m, LONG_SCORE + EXPERTS * BINS, SPREAD + 4 * BINS)
    for first in (SCORE, JUDGED, MISSED, LONG_SCORE):
        total += _some(m, first, first + OWN * BINS)
    return total


@kernel
def _some(m, begin, end):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(begin, end, _LINE):
        total += m[i]
    return total + m[end - 1]
