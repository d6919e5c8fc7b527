"""Travel times on a raster of cells: Dijkstra that follows one canonical path to each cell instead of all of them.

Of the many shortest octile paths to a cell only those are followed that take diagonal steps first, and turn only where a
wall makes them (Harabor & Grastien 2011; Sturtevant & Rabin 2016), or beside ground of another kind, where all moves are
tried (Carlson, Moghadam, Harabor, Stuckey & Ebrahimi 2023).  Where two canonical paths tie, both go on, so nothing is
lost.  Holds for moves between centres of cells that do not cut corners.
"""

from __future__ import annotations

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS

__all__ = ["ANY_DIRECTION", "ONWARD", "SQRT2", "mark_uneven", "spread_rays", "wider_queue"]

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
def wider_queue(queue, used, room):  # type: ignore[no-untyped-def]
    """A queue (room, 2) that begins with the used entries of `queue`; by hand, as numba takes long to compile slices assigned to slices."""
    wider = np.empty((room, 2), np.int64)
    for i in range(used):
        wider[i, 0], wider[i, 1] = queue[i, 0], queue[i, 1]
    return wider


@kernel
def mark_uneven(moves, surface, pushes, uneven, row0, col0, row1, col1):  # type: ignore[no-untyped-def]
    """Set uneven (rows, cols) uint8 for a window: 1 where a free cell beside this one, or itself, has another surface or a current.

    pushes (S,) bool: surfaces on which a body drifts.
    """
    rows, cols = moves.shape
    for row in range(row0, row1):
        for col in range(col0, col1):
            own = surface[row, col]
            mixed = 1 if pushes[own] else 0
            for r in range(max(0, row - 1), min(rows, row + 2)):
                for c in range(max(0, col - 1), min(cols, col + 2)):
                    if surface[r, c] != own and moves[r, c] != 0:
                        mixed = 1
            uneven[row, col] = mixed


@kernel
def spread_rays(moves, surface, uneven, pace, most, times, seeds, count):  # type: ignore[no-untyped-def]
    """Spread `times` (rows, cols) s from `count` seed cells whose times are set, to all cells reached within `most` s.

    pace (S, S, 8): time of a move, by surface of the cell nearer to the sources, of the next one, and direction away from
    them.  uneven: see `mark_uneven`; with none (0, 0) all ground is alike and `surface` is not read.
    Rays run straight, and diagonally with a straight ray to both sides at each step; only where walls or surfaces make a
    turn, or a ray gets too far ahead, does a cell wait in a bucket, with the moves still to be made from it.
    """
    rows, cols = moves.shape
    cells = rows * cols
    alike = uneven.size == 0
    bits_of, far = moves.reshape(cells), times.reshape(cells)
    surface_of, uneven_of = surface.reshape(surface.size), uneven.reshape(uneven.size)
    offset = np.empty(8, np.int64)
    for d in range(8):
        offset[d] = MOVE_ROWS[d] * cols + MOVE_COLS[d]
    pace_of = pace.reshape(pace.size)
    quickest = slowest = pace_of[0]
    for place in range(pace.size):
        quickest, slowest = min(quickest, pace_of[place]), max(slowest, pace_of[place])
    waiting_moves, tried = np.zeros(cells, np.uint8), np.zeros(cells, np.uint8)
    per_width = 1.0 / quickest
    latest = 0.0
    for i in range(count):
        latest = max(latest, far[seeds[i]])
    buckets = _RAY + 6 + int(max(latest, slowest) * per_width)
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
            queue, room = wider_queue(queue, used, 2 * room), 2 * room
        at = queue[entry, 0]
        head[slot], queue[entry, 1], spare = queue[entry, 1], spare, entry
        waiting -= 1
        here, pending = far[at], int(waiting_moves[at])
        if pending == 0 or int(here * per_width) != now:
            continue
        waiting_moves[at] = 0
        straight, diagonals, diagonal = pending & 0x55, pending & 0xAA, -1
        limit = min(most, (now + _RAY) * quickest)
        origin, start, below = at, here, 0 if alike else surface_of[at]
        even = pace[below, below, 0]
        while True:
            if straight == 0:  # the next step of a diagonal
                if diagonal < 0:
                    if diagonals == 0:
                        break
                    diagonal = _LOWEST[diagonals]
                    diagonals &= diagonals - 1
                    origin, start = at, here
                d, to = diagonal, origin + offset[diagonal]
            else:  # a ray
                d = _LOWEST[straight]
                straight &= straight - 1
                to = origin + offset[d]
            time = start
            while True:
                if alike:
                    time += even if d & 1 == 0 else SQRT2 * even
                else:
                    time += pace[below, surface_of[to], d]
                old = far[to]
                if time > old * (1.0 + 1e-12) or time > most:
                    later, on = 0, 0
                    break
                mixed = not alike and uneven_of[to] != 0
                on = ONWARD[ANY_DIRECTION if mixed else d, bits_of[to]]
                if time < old * (1.0 - 1e-12):
                    far[to], tried[to], waiting_moves[to] = time, on, 0
                else:
                    on &= ~int(tried[to])
                    tried[to] = int(tried[to]) | on
                turning = d & 1 == 0 and on & ~(1 << d) != 0
                later = on if mixed or time >= limit else (on & ~(1 << d) if turning else 0)
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
                if d & 1 == 1 or later == on:
                    break
                to += offset[d]
            if d & 1 == 1:
                origin, start = to, time
                straight = on & 0x55 if later == 0 else 0
                if later != 0 or (on >> diagonal) & 1 == 0:
                    diagonal = -1
