"""Travel times over a navigation grid: Dijkstra with buckets, from one or several sources, near or everywhere."""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS, enter_cell
from npc_world.models.nav_lines import SLOWEST, line_is_clear, line_time, node_of, speed_along

__all__ = ["edge_time", "seed_times", "spread_times", "spread_times_each"]


@kernel
def edge_time(walls, surface, table, row_a, col_a, row_b, col_b, d):  # type: ignore[no-untyped-def]
    """Time of move d from cell a to its neighbour b at 1 px/s: length / mean speed factor, currents counted along the way."""
    nodes, cell = walls[6], walls[7][0]
    if nodes.shape[0] > 0:
        dx = nodes[row_b, col_b, 0] - nodes[row_a, col_a, 0]
        dy = nodes[row_b, col_b, 1] - nodes[row_a, col_a, 1]
        length = math.sqrt(dx * dx + dy * dy)
    else:
        dx, dy = MOVE_COLS[d] * cell, MOVE_ROWS[d] * cell
        length = cell if d % 2 == 0 else 1.4142135623730951 * cell
    if table.shape[0] == 0 or length == 0.0:
        return length
    a, b = surface[row_a, col_a], surface[row_b, col_b]
    factor = 0.5 * (table[a, 0] + table[b, 0])
    px, py = 0.5 * (table[a, 2] + table[b, 2]), 0.5 * (table[a, 3] + table[b, 3])
    if px == 0.0 and py == 0.0:
        return length / max(SLOWEST, factor)
    return length / speed_along(factor, px, py, dx / length, dy / length)


@kernel
def seed_times(walls, free, moves, surface, table, x, y, towards, times, seeds, count):  # type: ignore[no-untyped-def]
    """Enter one source point: its cell and the neighbours one move away that it sees get their straight times.

    Returns the new count of seeds.
    """
    cols = free.shape[1]
    cell = walls[7][0]
    at = enter_cell(walls, free, x, y)
    if at < 0:
        return count
    row_0, col_0 = at // cols, at % cols
    for d in range(-1, 8):
        if d >= 0 and (moves[row_0, col_0] >> d) & 1 == 0:
            continue
        row, col = (row_0, col_0) if d < 0 else (row_0 + MOVE_ROWS[d], col_0 + MOVE_COLS[d])
        nx, ny = node_of(walls, row, col)
        if d >= 0 and not line_is_clear(walls, x, y, nx, ny):
            continue
        time = line_time(surface, table, cell, nx, ny, x, y) if towards else line_time(surface, table, cell, x, y, nx, ny)
        if time < times[row, col]:
            times[row, col] = time
            seeds[count] = row * cols + col
            count += 1
    return count


@kernel
def spread_times(walls, moves, surface, table, most, towards, times, seeds, count):  # type: ignore[no-untyped-def]
    """Spread `times` (rows, cols; inf where unknown) from its seeds to every cell reached within `most`, at 1 px/s.

    Buckets are as wide as a straight move on the fastest ground; within one, cells settle in any order and are
    corrected, so the result is that of Dijkstra's algorithm (Dial 1969; Meyer & Sanders 2003).
    towards: times are to the source, against the moves, which matters where currents push.
    """
    rows, cols = moves.shape
    width = walls[7][0]
    slowest, fastest = 1.0, 1.0
    for s in range(table.shape[0]):
        push = math.hypot(table[s, 2], table[s, 3])
        fast, slow = table[s, 0] + push, (SLOWEST if push > 0.0 else max(SLOWEST, table[s, 0]))
        fastest, slowest = (fast, slow) if s == 0 else (max(fastest, fast), min(slowest, slow))
    width /= max(fastest, SLOWEST)
    buckets = int(3.0 * max(fastest, SLOWEST) / slowest) + 8
    latest = 0.0
    for i in range(count):
        latest = max(latest, times[seeds[i] // cols, seeds[i] % cols])
    buckets += int(latest / width)
    head = np.full(buckets, -1, np.int64)
    room = max(1024, count + rows * cols)
    following, cell_at = np.empty(room, np.int64), np.empty(room, np.int64)
    used, waiting = 0, 0
    spare = -1
    for i in range(count):
        b = int(times[seeds[i] // cols, seeds[i] % cols] / width) % buckets
        cell_at[used], following[used] = seeds[i], head[b]
        head[b] = used
        used += 1
        waiting += 1
    now = 0
    while waiting > 0:
        b = now % buckets
        while head[b] >= 0:
            entry = head[b]
            head[b] = following[entry]
            at = cell_at[entry]
            following[entry] = spare
            spare = entry
            waiting -= 1
            row, col = at // cols, at % cols
            here = times[row, col]
            if int(here / width) != now:
                continue
            bits = moves[row, col]
            for d in range(8):
                if (bits >> d) & 1 == 0:
                    continue
                r, c = row + MOVE_ROWS[d], col + MOVE_COLS[d]
                if times[r, c] <= here:
                    continue
                if towards:
                    time = here + edge_time(walls, surface, table, r, c, row, col, (d + 4) % 8)
                else:
                    time = here + edge_time(walls, surface, table, row, col, r, c, d)
                if time < times[r, c] and time <= most:
                    times[r, c] = time
                    if spare >= 0:
                        entry = spare
                        spare = following[entry]
                    else:
                        if used == room:
                            room *= 2
                            wider = np.empty(room, np.int64)
                            wider[:used] = following[:used]
                            following = wider
                            wider = np.empty(room, np.int64)
                            wider[:used] = cell_at[:used]
                            cell_at = wider
                        entry = used
                        used += 1
                    k = int(time / width) % buckets
                    cell_at[entry], following[entry] = r * cols + c, head[k]
                    head[k] = entry
                    waiting += 1
        now += 1


@kernel
def spread_times_each(walls, free, moves, surface, table, points, most, towards, separate, times):  # type: ignore[no-untyped-def]
    """Times of each of n points (n, 2) px into times (n, rows, cols), or of all together into times (1, rows, cols)."""
    n = points.shape[0]
    seeds = np.empty(9 * max(1, n), np.int64)
    count = 0
    for i in range(n):
        layer = i if separate else 0
        count = seed_times(walls, free, moves, surface, table, points[i, 0], points[i, 1], towards, times[layer], seeds, count)
        if separate or i == n - 1:
            spread_times(walls, moves, surface, table, most, towards, times[layer], seeds, count)
            count = 0
