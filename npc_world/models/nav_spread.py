"""Travel times over a navigation grid: Dijkstra with buckets, from one or several sources, near or everywhere."""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS, enter_cell
from npc_world.models.nav_lines import SLOWEST, line_is_clear, line_time, node_of, speed_along
from npc_world.models.nav_rays import spread_rays, wider_queue

__all__ = ["edge_time", "paces", "slowest_and_fastest", "spread_times_each"]


@kernel
def slowest_and_fastest(table):  # type: ignore[no-untyped-def]
    """Least and greatest speed factor that any move can have on surfaces (S, 4); 1 and 1 without a table."""
    slowest, fastest = 1.0, 1.0
    for s in range(table.shape[0]):
        push = math.hypot(table[s, 2], table[s, 3])
        fast, slow = max(SLOWEST, table[s, 0] + push), (SLOWEST if push > 0.0 else max(SLOWEST, table[s, 0]))
        fastest, slowest = (fast, slow) if s == 0 else (max(fastest, fast), min(slowest, slow))
    return slowest, fastest


@kernel
def _half_and_half(length, table, a, b, ux, uy):  # type: ignore[no-untyped-def]
    """Time at 1 px/s of a way half on surface a and half on b: that between two centres, as `line_time` adds it up."""
    return 0.5 * length * (1.0 / speed_along(table[a, 0], table[a, 2], table[a, 3], ux, uy)
                           + 1.0 / speed_along(table[b, 0], table[b, 2], table[b, 3], ux, uy))


@kernel
def paces(table, cell):  # type: ignore[no-untyped-def]
    """(S, S, 8) time at 1 px/s of move d between centres of cells, by surface of the one left and the one entered."""
    count = max(1, table.shape[0])
    result = np.empty((count, count, 8))
    for a in range(count):
        for b in range(count):
            for d in range(8):
                length = cell if d % 2 == 0 else 1.4142135623730951 * cell
                result[a, b, d] = length
                if table.shape[0] > 0:
                    ux, uy = MOVE_COLS[d] * cell / length, MOVE_ROWS[d] * cell / length
                    result[a, b, d] = _half_and_half(length, table, a, b, ux, uy)
    return result


@kernel
def edge_time(walls, surface, table, pace, row_a, col_a, row_b, col_b, d):  # type: ignore[no-untyped-def]
    """Time of move d from cell a to its neighbour b at 1 px/s: half of the way lies on each surface."""
    nodes = walls[6]
    if nodes.shape[0] == 0:
        return pace[surface[row_a, col_a], surface[row_b, col_b], d] if table.shape[0] > 0 else pace[0, 0, d]
    dx = nodes[row_b, col_b, 0] - nodes[row_a, col_a, 0]
    dy = nodes[row_b, col_b, 1] - nodes[row_a, col_a, 1]
    length = math.sqrt(dx * dx + dy * dy)
    if table.shape[0] == 0 or length == 0.0:
        return length
    return _half_and_half(length, table, surface[row_a, col_a], surface[row_b, col_b], dx / length, dy / length)


@kernel
def seed_times(walls, free, moves, surface, table, speed, x, y, towards, times, seeds, count):  # type: ignore[no-untyped-def]
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
        if time < times[row, col] * speed:
            times[row, col] = time / speed
            seeds[count] = row * cols + col
            count += 1
    return count


@kernel
def spread_times(walls, moves, surface, table, pace, speed, most, towards, times, seeds, count):  # type: ignore[no-untyped-def]
    """Spread `times` (rows, cols; s, inf where unknown) from its seeds to every cell reached within `most` s.

    Buckets are as wide as a straight move on the fastest ground; within one, cells settle in any order and are
    corrected, so the result is that of Dijkstra's algorithm (Dial 1969; Meyer & Sanders 2003).
    towards: times are to the source, against the moves, which matters where currents push.
    """
    rows, cols = moves.shape
    slowest, fastest = slowest_and_fastest(table)
    per_width = speed * fastest / walls[7][0]
    latest = 0.0
    for i in range(count):
        latest = max(latest, times[seeds[i] // cols, seeds[i] % cols])
    buckets = int(3.0 * fastest / slowest) + 8 + int(latest * per_width)
    head = np.full(buckets, -1, np.int64)
    room = 2048 + count
    queue = np.empty((room, 2), np.int64)
    open_cells = np.zeros((rows, cols), np.bool_)
    used, waiting, spare, now, slot = 0, 0, -1, 0, 0
    for i in range(count):
        row, col = seeds[i] // cols, seeds[i] % cols
        b = int(times[row, col] * per_width) % buckets
        queue[used, 0], queue[used, 1], head[b] = seeds[i], head[b], used
        open_cells[row, col] = True
        used += 1
        waiting += 1
    while waiting > 0:
        entry = head[slot]
        if entry < 0:
            now += 1
            slot = slot + 1 if slot + 1 < buckets else 0
            continue
        at = queue[entry, 0]
        head[slot], queue[entry, 1], spare = queue[entry, 1], spare, entry
        waiting -= 1
        row, col = at // cols, at % cols
        here = times[row, col]
        if not open_cells[row, col] or int(here * per_width) != now:
            continue
        open_cells[row, col] = False
        if room - used < 8:
            queue, room = wider_queue(queue, used, 2 * room), 2 * room
        bits = moves[row, col]
        for d in range(8):
            if (bits >> d) & 1 == 0:
                continue
            r, c = row + MOVE_ROWS[d], col + MOVE_COLS[d]
            if times[r, c] <= here:
                continue
            if towards:
                time = here + edge_time(walls, surface, table, pace, r, c, row, col, d ^ 4) / speed
            else:
                time = here + edge_time(walls, surface, table, pace, row, col, r, c, d) / speed
            if time < times[r, c] and time <= most:
                times[r, c] = time
                open_cells[r, c] = True
                k = (int(time * per_width) - now + slot) % buckets
                entry = spare if spare >= 0 else used
                if spare >= 0:
                    spare = queue[spare, 1]
                else:
                    used += 1
                queue[entry, 0], queue[entry, 1], head[k] = r * cols + c, head[k], entry
                waiting += 1


@kernel
def spread_times_each(walls, free, moves, surface, uneven, table, points, speed, most, towards, separate, link_cells, link_times, times):  # type: ignore[no-untyped-def]
    """Times of each of n points (n, 2) px into times (n, rows, cols), or of all together into times (1, rows, cols).

    link_cells (m, 2), link_times (m,) at 1 px/s: see `nav_links`.  What links bring nearer is spread on from their ends, until
    no link brings anything nearer.
    """
    n, m, cols = points.shape[0], link_times.shape[0], free.shape[1]
    seeds = np.empty(9 * max(1, n) + m, np.int64)
    count = 0
    pace = paces(table, walls[7][0])
    outward = np.empty(pace.shape)
    for a in range(pace.shape[0]):
        for b in range(pace.shape[0]):
            for d in range(8):
                outward[a, b, d] = (pace[b, a, d ^ 4] if towards else pace[a, b, d]) / speed
    for i in range(n):
        layer = i if separate else 0
        count = seed_times(walls, free, moves, surface, table, speed, points[i, 0], points[i, 1], towards, times[layer], seeds, count)
        if not (separate or i == n - 1):
            continue
        while count > 0:
            if walls[6].shape[0] == 0:
                spread_rays(moves, surface, uneven, outward, most, times[layer], seeds, count)
            else:
                spread_times(walls, moves, surface, table, pace, speed, most, towards, times[layer], seeds, count)
            count = 0
            for k in range(m):
                known, new = (link_cells[k, 1], link_cells[k, 0]) if towards else (link_cells[k, 0], link_cells[k, 1])
                time = times[layer, known // cols, known % cols] + link_times[k] / speed
                if time < times[layer, new // cols, new % cols] * (1.0 - 1e-12) and time <= most:
                    times[layer, new // cols, new % cols] = time
                    seeds[count] = new
                    count += 1
