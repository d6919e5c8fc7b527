"""Experts that replay this body's own most similar past: zig-zags, circles, patrols and jukes come out right after a few periods.

A situation is the shape of the last two seconds: displacements from now back to a few ages.  Two shapes are compared up to
a rotation, which has a closed form in complex numbers; what followed then is replayed turned by that rotation.  PLACE
compares without rotation and minds where it was.  Wrong for a body that never repeats itself; its record shows that.
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.imm import blend
from npc_world.beliefs.layout import (
    GRID_S,
    MATCH,
    MATCHES,
    NOISE,
    PAST,
    PAST_COUNT,
    PAST_FIRST,
    PAST_LENGTH,
    PAST_TIME,
    PLACE,
    REPEAT,
    REPEAT_MEAN,
    SEGMENT,
    TIME,
    TOP_SPEED,
    X,
    Y,
)
from npc_world.beliefs.past import past_index
from npc_world.core.compiled import kernel

__all__ = ["find_similar", "replay"]

AGES = np.array([1, 2, 3, 5, 7, 10, 14, 20])
"""Grid steps back at which shapes are compared."""
SHARE = np.array([1.0, 1.0, 0.7, 0.5, 0.4, 0.3, 0.2, 0.12])
"""What each counts: recent displacements are short and say most."""
_APART = 4
"""Grid steps between two matches that count as different situations."""
_LEAST_FUTURE = 3


@kernel
def find_similar(m):  # type: ignore[no-untyped-def]
    """Search the whole past for the situations most like now, and note them; to be called when the past has grown."""
    for k in range(MATCHES):
        m[MATCH + 4 * k] = -1.0
        m[MATCH + 4 * k + 1] = math.inf
    ages = AGES.shape[0]
    oldest = AGES[ages - 1]
    last = int(m[PAST_COUNT]) - 1
    if last - int(m[PAST_FIRST]) < AGES[4]:
        return
    deepest = min(oldest, last - int(m[PAST_FIRST]))
    here = past_index(last)
    now = complex(m[here], m[here + 1])
    shape = np.empty(ages, np.complex128)
    used, energy = 0, 0.0
    for i in range(ages):
        if AGES[i] > deepest:
            break
        at = past_index(last - AGES[i])
        shape[i] = now - complex(m[at], m[at + 1])
        energy += SHARE[i] * (shape[i].real ** 2 + shape[i].imag ** 2)
        used = i + 1
    first = max(0, int(m[PAST_COUNT]) - PAST_LENGTH)
    candidates = last - _LEAST_FUTURE - first - deepest + 1
    if candidates < 1:
        return
    x, y = np.empty(last - first + 1), np.empty(last - first + 1)
    for j in range(x.shape[0]):
        at = past_index(first + j)
        x[j], y[j] = m[at], m[at + 1]
    alike = _compare(x, y, deepest, candidates, shape[:used], energy)
    room = 1.0 / max(m[TOP_SPEED] * 3.0, 1e-9)
    for c in range(candidates - 1, -1, -1):
        k = first + deepest + c
        at = past_index(k)
        back = past_index(k - AGES[used - 1])
        if m[at + 2] != m[back + 2] or m[past_index(k + _LEAST_FUTURE) + 2] != m[at + 2]:
            continue
        match, other = complex(alike[0, c], alike[1, c]), alike[2, c]
        if alike[3, c] < m[MATCH + 4 * (MATCHES - 2) + 1]:  # better than the last that is kept
            size = math.sqrt(match.real * match.real + match.imag * match.imag)
            _keep_best(m, k, alike[3, c], match / size if size > 0.0 else complex(1.0, 0.0))
        placed = max(0.0, energy + other - 2.0 * match.real)
        if placed >= m[MATCH + 4 * (MATCHES - 1) + 1]:
            continue
        away = abs(complex(m[at], m[at + 1]) - now) * room
        placed += 0.15 * energy * away * away
        if placed < m[MATCH + 4 * (MATCHES - 1) + 1]:
            slot = MATCH + 4 * (MATCHES - 1)
            m[slot], m[slot + 1], m[slot + 2], m[slot + 3] = k, placed, 1.0, 0.0


@kernel
def _compare(x, y, deepest, candidates, shape, energy):  # type: ignore[no-untyped-def]
    """(4, candidates) how the shapes of the past x, y (n,) match `shape` (ages,): complex product, energy, and distance when turned upon it.

    The first candidate is `deepest` steps after the past's beginning.  A row per quantity and a loop per age: several candidates at a time.
    """
    out = np.zeros((4, candidates))
    real, imaginary, other, turned = out[0], out[1], out[2], out[3]
    new_x, new_y = x[deepest:deepest + candidates], y[deepest:deepest + candidates]
    for i in range(shape.shape[0]):
        begin = deepest - AGES[i]
        old_x, old_y = x[begin:begin + candidates], y[begin:begin + candidates]
        share = SHARE[i]
        a, b = share * shape[i].real, share * shape[i].imag
        for c in range(candidates):
            real[c] += a * (new_x[c] - old_x[c]) + b * (new_y[c] - old_y[c])
        for c in range(candidates):
            imaginary[c] += b * (new_x[c] - old_x[c]) - a * (new_y[c] - old_y[c])
        for c in range(candidates):
            dx, dy = new_x[c] - old_x[c], new_y[c] - old_y[c]
            other[c] += share * (dx * dx + dy * dy)
    for c in range(candidates):
        turned[c] = max(0.0, energy + other[c] - 2.0 * math.sqrt(real[c] * real[c] + imaginary[c] * imaginary[c]))
    return out


@kernel
def _keep_best(m, k, distance, rotation):  # type: ignore[no-untyped-def]
    """Insert a match in order of distance; of two that are close in time only the better is kept."""
    places = MATCHES - 1
    for j in range(places):
        slot = MATCH + 4 * j
        if m[slot] >= 0.0 and abs(m[slot] - k) < _APART:
            if distance >= m[slot + 1]:
                return
            for i in range(j, places - 1):
                for place in range(MATCH + 4 * i, MATCH + 4 * i + 4):
                    m[place] = m[place + 4]
            m[MATCH + 4 * (places - 1)], m[MATCH + 4 * (places - 1) + 1] = -1.0, math.inf
            break
    for j in range(places):
        slot = MATCH + 4 * j
        if distance < m[slot + 1]:
            for i in range(places - 1, j, -1):
                for place in range(MATCH + 4 * i, MATCH + 4 * i + 4):
                    m[place] = m[place - 4]
            m[slot], m[slot + 1], m[slot + 2], m[slot + 3] = k, distance, rotation.real, rotation.imag
            return


@kernel
def _grid_at(m, k):  # type: ignore[no-untyped-def]
    """Position at a fractional step of the recorded past; beyond its end, the last sighting."""
    last = m[PAST_COUNT] - 1.0
    if k >= last:
        at = past_index(last)
        u = min(1.0, (k - last) * GRID_S / max(m[TIME] - m[PAST_TIME], 1e-9))
        return (1.0 - u) * complex(m[at], m[at + 1]) + u * complex(m[X], m[Y])
    whole = int(max(k, 0.0))
    u, a, b = max(k, 0.0) - whole, PAST + 3 * (whole & (PAST_LENGTH - 1)), PAST + 3 * ((whole + 1) & (PAST_LENGTH - 1))
    return complex((1.0 - u) * m[a] + u * m[b], (1.0 - u) * m[a + 1] + u * m[b + 1])


@kernel
def _follow(m, slot, times, path):  # type: ignore[no-untyped-def]
    """Fill path (H, 2) with the displacement at `times` (H,), increasing, as it was after match `slot`; a past that ends is continued
    by itself, turned again."""
    k = m[slot]
    rotation = complex(m[slot + 2], m[slot + 3])
    phase = (m[TIME] - m[PAST_TIME]) / GRID_S  # now is so many steps after the last recorded one, then too
    length = m[PAST_COUNT] - 1.0 - k  # steps until the recorded past ends at now
    start = _grid_at(m, k + phase)
    segment = m[past_index(k) + 2]
    earlier = segment != m[SEGMENT]  # of an earlier stretch of track: it may end before
    whole = complex(m[X], m[Y]) - start
    total, turn, passed = complex(0.0, 0.0), rotation, 0.0
    for h in range(times.shape[0]):
        left = times[h] / GRID_S - passed
        while left > length and not earlier:
            total += turn * whole
            turn *= rotation
            left -= length
            passed += length
        end = k + phase + left
        if earlier:
            reach = math.ceil(end)
            while reach > k + 1.0 and (m[past_index(reach) + 2] != segment or reach >= m[PAST_COUNT]):
                reach -= 1.0
            end = min(end, reach)
        d = total + turn * (_grid_at(m, end) - start)
        path[h, 0], path[h, 1] = d.real, d.imag


@kernel
def replay(m, times, wanted, out):  # type: ignore[no-untyped-def]
    """Write the tracks of those of REPEAT, REPEAT_MEAN and PLACE that are wanted at `times` (H,) into out; to be called with a match."""
    mean, steps = wanted[REPEAT_MEAN], times.shape[0]
    z, _, _, _, _ = blend(m)
    best = m[MATCH + 1]
    soft = best + 1e-3 * (m[TOP_SPEED] ** 2) + 8.0 * m[NOISE] + 1e-18
    path, weight = np.empty((steps, 2)), 0.0
    for j in range(MATCHES - 1 if mean else 1 if wanted[REPEAT] else 0):
        slot = MATCH + 4 * j
        if m[slot] < 0.0:
            break
        _follow(m, slot, times, path)
        share = math.exp(-(m[slot + 1] - best) / soft)
        weight += share
        for h in range(steps):
            for axis in range(2):
                if j == 0:
                    out[REPEAT, h, axis] = path[h, axis]
                if mean:
                    out[REPEAT_MEAN, h, axis] = share * path[h, axis] + (out[REPEAT_MEAN, h, axis] if j > 0 else 0.0)
    if wanted[PLACE]:
        _follow(m, MATCH + 4 * (MATCHES - 1), times, path)
    for h in range(steps):
        if wanted[REPEAT] or mean:
            out[REPEAT, h, 0], out[REPEAT, h, 1] = z.real + out[REPEAT, h, 0], z.imag + out[REPEAT, h, 1]
        if mean:
            out[REPEAT_MEAN, h, 0], out[REPEAT_MEAN, h, 1] = z.real + out[REPEAT_MEAN, h, 0] / weight, z.imag + out[REPEAT_MEAN, h, 1] / weight
        if wanted[PLACE]:
            out[PLACE, h, 0], out[PLACE, h, 1] = z.real + path[h, 0], z.imag + path[h, 1]
