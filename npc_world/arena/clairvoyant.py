"""The least time in which anybody could catch a player whose whole future is known: what every pursuer is measured against.

In the open plane the bound is exact on the sampled track.  On maps it is a lower bound: a fastest-travel-time field on a
lattice four times finer than the cells, with moves in 48 directions, exact times through cells and no move through walls.
Paths along those directions are at most 0.76 % longer than straight ones, so all speeds are taken 0.76 % higher.  That makes it
a bound on ground of one kind; where surfaces meet, a path of the lattice may bend up to an eighth of a cell late, an error of second
order that the same share covers in all cases tried (a test holds a body that knows the future against it).  A closed door is
waited for, and may be entered up to a cell deep when it opens.  Measured against the best path found to every point of the
player's future, the bound is 1 to 2 % low on average.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.maps import Door, Level
from npc_world.arena.truth import Truth
from npc_world.core.compiled import kernel

__all__ = ["FINE", "arrival_times", "earliest_catch_open", "earliest_catch_s"]

Floats = NDArray[np.float64]

FINE = 4
"""Lattice lines per cell."""
_OFFSETS = ((1, 0), (1, 1), (2, 1), (3, 1), (4, 1), (3, 2), (4, 3))
DETOUR = 1.0 / math.cos(0.5 * math.atan2(1, 4))
"""Longest path along the lattice's directions over the straight one."""


def _move_table() -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """moves (48, 2) column and row steps; parts (48, P, 4): kind 0 a fine cell (col, row) and its share of the way,
    kind 1 a square between four nodes that must be free, kind 2 two squares of which one must be free; shares (48, P).
    """
    moves, parts, shares = [], [], []
    for a, b in _OFFSETS:
        for flip in ((a, b), (b, a)) if a != b else ((a, b),):
            for sx in (1, -1) if flip[0] else (1,):
                for sy in (1, -1) if flip[1] else (1,):
                    dx, dy = sx * flip[0], sy * flip[1]
                    cells, squares = _crossed(dx, dy, 0.5), _crossed(dx, dy, 0.0)
                    moves.append((dx, dy))
                    rows = [(0, c, r, 0) for c, r, _ in cells]
                    rows += [(1, c, r, 0) for c, r, _ in squares] if dx and dy else [(2, min(0, dx), 0, 0) if dy == 0 else (2, 0, min(0, dy), 1)]
                    parts.append(rows)
                    shares.append([s for _, _, s in cells] + [0.0] * (len(rows) - len(cells)))
    most = max(len(p) for p in parts)
    parts_array = np.full((len(parts), most, 4), -1, np.int64)
    shares_array = np.zeros((len(parts), most))
    for i, (rows, share) in enumerate(zip(parts, shares, strict=True)):
        parts_array[i, :len(rows)] = rows
        shares_array[i, :len(share)] = share
    return np.array(moves, np.int64), parts_array, shares_array


def _crossed(dx: int, dy: int, shift: float) -> list[tuple[int, int, float]]:
    """Unit squares [c - shift, c + 1 - shift) that the line from (0, 0) to (dx, dy) passes through, with shares of its length."""
    cuts = {0.0, 1.0}
    for delta in (dx, dy):
        for k in range(-abs(delta) - 1, abs(delta) + 2):
            if delta and 0.0 < (k + shift) / delta < 1.0:
                cuts.add((k + shift) / delta)
    edges = sorted(cuts)
    found: dict[tuple[int, int], float] = {}
    for a, b in itertools.pairwise(edges):
        if b - a > 1e-12:
            middle = 0.5 * (a + b)
            at = (math.floor(middle * dx + shift), math.floor(middle * dy + shift))
            found[at] = found.get(at, 0.0) + b - a
    return [(c, r, share) for (c, r), share in found.items()]


MOVES, PARTS, SHARES = _move_table()


@kernel
def _push(heap, keys, size, time, node):  # type: ignore[no-untyped-def]
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if keys[parent] <= time:
            break
        keys[at], heap[at] = keys[parent], heap[parent]
        at = parent
    keys[at], heap[at] = time, node


@kernel
def _pop(heap, keys, size):  # type: ignore[no-untyped-def]
    """Remove the least entry; the heap then holds size - 1."""
    time, node = keys[size - 1], heap[size - 1]
    size -= 1
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= time:
            break
        keys[at], heap[at] = keys[child], heap[child]
        at = child
    keys[at], heap[at] = time, node


@kernel
def _move_time(slow, blocked, row, col, parts, shares, length):  # type: ignore[no-untyped-def]
    """Time of one move over a slowness raster (s per lattice step), inf when a wall is in the way."""
    rows, cols = slow.shape
    total = 0.0
    for p in range(parts.shape[0]):
        kind = parts[p, 0]
        if kind < 0:
            break
        c, r = col + parts[p, 1], row + parts[p, 2]
        if kind == 0:
            total += shares[p] * length * slow[min(rows - 1, max(0, r)), min(cols - 1, max(0, c))]
        elif kind == 1:
            if blocked[r + 1, c + 1]:
                return math.inf
        else:
            beside = blocked[r, c + 1] if parts[p, 3] == 0 else blocked[r + 1, c]
            if blocked[r + 1, c + 1] and beside:
                return math.inf
    return total


@kernel
def spread(slow, blocked, start_x, start_y, door_of, opens, moves, parts, shares, max_time):  # type: ignore[no-untyped-def]
    """(rows, cols) earliest arrival at every node, inf when later than max_time: Dijkstra with waiting at closed doors.

    slow (rows, cols) s per lattice step; blocked (rows + 1, cols + 1): the square up and left of node (r, c) is [r, c];
    start in lattice units; door_of (rows, cols) door index or -1; opens (D, Q, 2) closed intervals, padded with inf.
    """
    rows, cols = slow.shape
    times = np.full((rows, cols), math.inf)
    capacity = 1 << 16
    heap, keys, size = np.empty(capacity, np.int64), np.empty(capacity), 0
    for row in range(max(0, int(start_y) - 1), min(rows, int(start_y) + 3)):
        for col in range(max(0, int(start_x) - 1), min(cols, int(start_x) + 3)):
            far = math.hypot(col - start_x, row - start_y)
            if far <= 1.5 and not (blocked[row, col] and blocked[row + 1, col] and blocked[row, col + 1] and blocked[row + 1, col + 1]):
                times[row, col] = far * slow[row, col]
                _push(heap, keys, size, times[row, col], row * cols + col)
                size += 1
    while size > 0:
        now, node = keys[0], heap[0]
        _pop(heap, keys, size)
        size -= 1
        row, col = node // cols, node % cols
        if now > times[row, col]:
            continue
        if now > max_time:
            break
        for m in range(moves.shape[0]):
            r, c = row + moves[m, 1], col + moves[m, 0]
            if r < 0 or c < 0 or r >= rows or c >= cols or times[r, c] <= now:
                continue
            length = math.hypot(moves[m, 0], moves[m, 1])
            at = now + _move_time(slow, blocked, row, col, parts[m], shares[m], length)
            if at >= times[r, c]:
                continue
            door = door_of[r, c]
            if door >= 0 and door_of[row, col] != door:
                for q in range(opens.shape[1]):
                    if opens[door, q, 0] <= at < opens[door, q, 1]:
                        at = opens[door, q, 1]
            if at < times[r, c]:
                times[r, c] = at
                if size >= capacity:
                    capacity *= 2
                    wider_heap, wider_keys = np.empty(capacity, np.int64), np.empty(capacity)
                    wider_heap[:size], wider_keys[:size] = heap[:size], keys[:size]
                    heap, keys = wider_heap, wider_keys
                _push(heap, keys, size, at, r * cols + c)
                size += 1
    return times


@kernel
def _earliest(times, fast, track, dt_s, step_px, speed, reach_px, delay_s):  # type: ignore[no-untyped-def]
    """First time of the track (n, 2) at which some node near it was reached early enough, or inf."""
    rows, cols = times.shape
    window = int(math.ceil(reach_px / step_px)) + 3
    for k in range(track.shape[0]):
        x, y = track[k, 0] / step_px - 0.5, track[k, 1] / step_px - 0.5
        row0, col0 = int(round(y)), int(round(x))
        local = fast[min(rows - 1, max(0, row0)), min(cols - 1, max(0, col0))]
        left_s = k * dt_s - delay_s
        for row in range(max(0, row0 - window), min(rows, row0 + window + 1)):
            for col in range(max(0, col0 - window), min(cols, col0 + window + 1)):
                gap = math.hypot(col - x, row - y) * step_px - reach_px
                if gap <= 3.0 * step_px and times[row, col] + max(0.0, gap) / (speed * local) <= left_s:
                    return k * dt_s
    return math.inf


def earliest_catch_open(track: Floats, start: Floats, speed_px_s: float, reach_px: float, dt_s: float, delay_s: float = 0.0) -> float:
    """Open plane: the first time of the track (n, 2) at which a straight run from `start` is in reach; inf when never.

    delay_s: the pursuer begins so much later.

    >>> track = np.column_stack([np.arange(0.0, 100.0, 0.1), np.zeros(1000)])  # 1 px/s to the right
    >>> round(earliest_catch_open(track, np.array([30.0, 0.0]), 1.0, 2.0, 0.1), 3)
    14.0
    """
    far = np.hypot(track[:, 0] - start[0], track[:, 1] - start[1]) - reach_px
    in_time = np.flatnonzero(far <= speed_px_s * (np.arange(len(track)) * dt_s - delay_s) * (1.0 + 1e-12))
    return float(in_time[0] * dt_s) if len(in_time) else math.inf


def arrival_times(level: Level, truth: Truth, start: Floats, speed_px_s: float, max_time_s: float) -> Floats:
    """(rows · FINE, cols · FINE) a lower bound on the time a body of that speed needs to each node, s."""
    ground, cell = truth.ground, level.cell_px
    step = cell / FINE
    factor = np.repeat(np.repeat(truth.factor, FINE, axis=0), FINE, axis=1)
    rows, cols = factor.shape
    door_of = np.full((rows, cols), -1, np.int64)
    grow = truth.radius_px
    for i, door in enumerate(level.doors):
        x, y, w, h = door.rect
        inside = _nodes_inside((x - grow, y - grow, x + w + grow, y + h + grow), step)
        door_of[inside] = i
    blocked = np.zeros((rows + 1, cols + 1), np.bool_)
    left, top, right, bottom = truth.limits
    for edges in level.build_open().rects:
        _block(blocked, (edges[0] - grow, edges[1] - grow, edges[2] + grow, edges[3] + grow), step)
    for edges in ((-cell, -cell, left, 2 * ground.size[1]), (-cell, -cell, 2 * ground.size[0], top),
                  (right, -cell, 2 * ground.size[0], 2 * ground.size[1]), (-cell, bottom, 2 * ground.size[0], 2 * ground.size[1])):
        _block(blocked, edges, step)
    slow = step / (speed_px_s * factor * DETOUR)
    times = spread(slow, blocked, start[0] / step - 0.5, start[1] / step - 0.5, door_of, _closed_intervals(level.doors),
                   MOVES, PARTS, SHARES, max_time_s)
    return np.asarray(times)


def _nodes_inside(edges: tuple[float, float, float, float], step: float) -> tuple[slice, slice]:
    """Slices (rows, cols) of nodes strictly inside the rect."""
    low_x, low_y = math.floor(edges[0] / step - 0.5 + 1e-6) + 1, math.floor(edges[1] / step - 0.5 + 1e-6) + 1
    high_x, high_y = math.ceil(edges[2] / step - 0.5 - 1e-6), math.ceil(edges[3] / step - 0.5 - 1e-6)
    return slice(max(0, low_y), max(0, high_y)), slice(max(0, low_x), max(0, high_x))


def _block(blocked: NDArray[np.bool_], edges: tuple[float, float, float, float], step: float) -> None:
    """Mark the squares between nodes that lie wholly inside the rect."""
    left, top = math.ceil(edges[0] / step - 0.5 - 1e-6), math.ceil(edges[1] / step - 0.5 - 1e-6)
    right, bottom = math.floor(edges[2] / step - 0.5 + 1e-6), math.floor(edges[3] / step - 0.5 + 1e-6)
    blocked[max(0, top + 1):max(0, bottom + 1), max(0, left + 1):max(0, right + 1)] = True


def _closed_intervals(doors: tuple[Door, ...]) -> Floats:
    """(D, Q, 2) from and until when each door is closed, padded with inf."""
    found = []
    for door in doors:
        times = [0.0, *door.switches_s, math.inf]
        found.append([(a, b) for a, b in itertools.pairwise(times) if door.closed_at(a)])
    most = max((len(f) for f in found), default=1)
    closed = np.full((max(1, len(found)), max(1, most), 2), math.inf)
    for i, intervals in enumerate(found):
        for q, interval in enumerate(intervals):
            closed[i, q] = interval
    return closed


def earliest_catch_s(times: Floats, level: Level, truth: Truth, track: Floats, speed_px_s: float, reach_px: float, dt_s: float,
                     delay_s: float = 0.0) -> float:
    """On a map: the first time of the track at which a body with those arrival times can be in reach; inf when never.

    The last stretch, within reach of a node, is counted at the best surface nearby.
    """
    factor = truth.factor
    padded = np.pad(factor, 1, mode="edge")
    rows, cols = factor.shape
    best = np.max([padded[r:r + rows, c:c + cols] for r in range(3) for c in range(3)], axis=0)
    fast = np.repeat(np.repeat(best, FINE, axis=0), FINE, axis=1)
    return float(_earliest(times, fast, np.ascontiguousarray(track), dt_s, level.cell_px / FINE, speed_px_s, reach_px, delay_s))
