"""Distances on ground that is all alike: Dijkstra that follows one canonical path to each cell instead of all of them.

Of the many shortest octile paths to a cell only those are followed that take diagonal steps first, and turn only where a
wall makes them (Harabor & Grastien 2011; Sturtevant & Rabin 2016).  Where two canonical paths tie, both go on, so nothing
is lost.  Holds for a raster of cells with moves that do not cut corners, and one speed everywhere.
"""

from __future__ import annotations

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS

__all__ = ["ANY_DIRECTION", "ONWARD", "SQRT2", "spread_uniform"]

ANY_DIRECTION = 8
SQRT2 = 1.4142135623730951


def _onward() -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """(9, 256) bits of the moves worth going on with, by move of arrival and legal moves of the cell; row 8: a start."""
    table = np.zeros((9, 256), np.int64)
    for bits in range(256):
        table[ANY_DIRECTION, bits] = bits
        for d in range(8):
            on = {d}
            if d % 2 == 1:
                on |= {(d - 1) % 8, (d + 1) % 8}
            else:
                for side in (-1, 1):
                    across, back = (d + 2 * side) % 8, (d + 3 * side) % 8
                    if bits >> across & 1 and not bits >> back & 1:
                        on |= {across, (d + side) % 8}
            table[d, bits] = sum(1 << move for move in on) & bits
    return table


ONWARD = _onward()
"""Going straight, a turn is only forced beside the end of a wall: the cell across is open, the one behind it is not."""

_LOWEST = np.array([0] + [(bits & -bits).bit_length() - 1 for bits in range(1, 256)])


_RAY = 24
"""Cells that a ray may run ahead of the settled front: longer rays save queueing, and cost corrections where fronts meet."""

_MOST_PUSHES = 8 * (_RAY + 2) * (_RAY + 2)


@kernel
def spread_uniform(moves, cell, most, times, seeds, count):  # type: ignore[no-untyped-def]
    """Spread `times` (rows, cols) px from `count` seed cells whose times are set, to all cells within `most` px.

    Rays run straight, and diagonally with a straight ray to both sides at each step; only where a wall makes a turn, or a
    ray gets too far ahead, does a cell wait in a bucket (one per cell length) with the moves still to be made from it.
    """
    rows, cols = moves.shape
    bits_of, far = moves.reshape(rows * cols), times.reshape(rows * cols)
    offset, length = np.empty(8, np.int64), np.empty(8)
    for d in range(8):
        offset[d] = MOVE_ROWS[d] * cols + MOVE_COLS[d]
        length[d] = cell if d % 2 == 0 else SQRT2 * cell
    waiting_moves, tried = np.zeros(rows * cols, np.uint8), np.zeros(rows * cols, np.uint8)
    tie, per_width = 1e-9 * cell, 1.0 / cell
    latest = 0.0
    for i in range(count):
        latest = max(latest, far[seeds[i]])
    buckets = _RAY + 6 + int(latest * per_width)
    head = np.full(buckets, -1, np.int64)
    room = 2 * _MOST_PUSHES + count
    queue = np.empty((room, 2), np.int64)
    used, waiting, spare, now, slot = 0, 0, -1, 0, 0
    for i in range(count):
        at = seeds[i]
        waiting_moves[at] = tried[at] = bits_of[at]
        b = int(far[at] * per_width) % buckets
        queue[used, 0], queue[used, 1], head[b] = at, head[b], used
        used += 1
        waiting += 1
    while waiting > 0:
        entry = head[slot]
        if entry < 0:
            now += 1
            slot = slot + 1 if slot + 1 < buckets else 0
            continue
        if room - used < _MOST_PUSHES:
            wider = np.empty((2 * room, 2), np.int64)
            wider[:used] = queue[:used]
            queue, room = wider, 2 * room
        at = queue[entry, 0]
        head[slot], queue[entry, 1], spare = queue[entry, 1], spare, entry
        waiting -= 1
        here, straight = far[at], int(waiting_moves[at])
        if straight == 0 or int(here * per_width) != now:
            continue
        waiting_moves[at] = 0
        diagonals, diagonal = straight & 0xAA, -1
        straight &= 0x55
        limit = min(most, (now + _RAY) * cell)
        origin, start = at, here
        while True:
            while straight != 0:  # a ray from `origin` along each straight move
                d = _LOWEST[straight]
                straight &= straight - 1
                to, time = origin, start
                while True:
                    to += offset[d]
                    time += cell
                    if time > far[to] + tie or time > most:
                        break
                    on = ONWARD[d, bits_of[to]]
                    if time < far[to] - tie:
                        far[to], tried[to], waiting_moves[to] = time, on, 0
                    else:
                        on &= ~int(tried[to])
                        tried[to] = int(tried[to]) | on
                    later = on if time >= limit else on & ~(1 << d)
                    if later != 0:
                        waiting_moves[to] = int(waiting_moves[to]) | later
                        k = int(time * per_width) - now + slot
                        k = k - buckets if k >= buckets else k
                        entry = spare if spare >= 0 else used
                        if spare >= 0:
                            spare = queue[spare, 1]
                        else:
                            used += 1
                        queue[entry, 0], queue[entry, 1], head[k] = to, head[k], entry
                        waiting += 1
                    if later == on:
                        break
            if diagonal < 0:
                if diagonals == 0:
                    break
                diagonal = _LOWEST[diagonals]
                diagonals &= diagonals - 1
                origin, start = at, here
            origin += offset[diagonal]
            start += length[diagonal]
            if start > far[origin] + tie or start > most:
                diagonal = -1
                continue
            on = ONWARD[diagonal, bits_of[origin]]
            if start < far[origin] - tie:
                far[origin], tried[origin], waiting_moves[origin] = start, on, 0
            else:
                on &= ~int(tried[origin])
                tried[origin] = int(tried[origin]) | on
            if start >= limit:
                if on != 0:
                    waiting_moves[origin] = int(waiting_moves[origin]) | on
                    k = int(start * per_width) - now + slot
                    k = k - buckets if k >= buckets else k
                    entry = spare if spare >= 0 else used
                    if spare >= 0:
                        spare = queue[spare, 1]
                    else:
                        used += 1
                    queue[entry, 0], queue[entry, 1], head[k] = origin, head[k], entry
                    waiting += 1
                diagonal = -1
                continue
            straight = on & 0x55
            if (on >> diagonal) & 1 == 0:
                diagonal = -1
