"""Where the futures of one body are worked out: made once for many bodies, so that it stays in the cache and nobody waits for memory.

Whatever belongs to one time lies in a row over all times, made longer to a multiple of `LANES`: processors take so many numbers in a few
instructions, and what is left over one by one.
"""

from __future__ import annotations

import numpy as np

from npc_world.beliefs.layout import BINS, EXPERTS
from npc_world.core.compiled import kernel

__all__ = ["GROWTH", "LANES", "NEAR", "PER_BIN", "SHARE", "SUMS", "WIDE", "blank_room", "new_room"]

LANES = 32
"""Four instructions of eight numbers: what compilers unroll loops to on the widest processors.  Places beyond the last time hold zeros."""
NEAR = 0
"""Among the lines, see `blank_room`: BINS of what each judged horizon says of each time;"""
GROWTH = NEAR + BINS
"""a factor on variances;"""
WIDE = GROWTH + 1
"""four of what nobody foresees;"""
PER_BIN = WIDE + 4
"""four of which the first BINS numbers say something of the judged horizons;"""
SUMS = PER_BIN + 4
"""nine for sums over experts, and for whatever is needed next;"""
SHARE = SUMS + 9
"""and what each of the experts counts."""
_LINES = SHARE + 1


def blank_room(steps):  # type: ignore[no-untyped-def]
    """(futures (4, EXPERTS, W), weights (EXPERTS, W), lines (_LINES, W)) for so many times; nothing in it is to be read before it is written."""
    width = (steps + LANES - 1) // LANES * LANES
    return np.empty((4, EXPERTS, width)), np.empty((EXPERTS, width)), np.empty((_LINES, width))


new_room = kernel(blank_room)
"""The same for kernels."""
