"""An expert for what rebounds: it goes straight, and where it was seen to turn back it will again.

A wall is a line across an axis, learned from two rebounds at the same place: velocity along the axis reversed and as fast as
before, velocity along the other one kept.  The place is where the two straight ways meet, so the body's size is in it.  Wrong
for walls aslant, for spin and for who turns back of his own will at ever new places: then no wall is found.
"""

from __future__ import annotations

from npc_world.beliefs.imm import blend
from npc_world.beliefs.layout import BOUNCE, GRID_S, PAST_COUNT, PAST_FIRST, TOP_SPEED, WALLS, X
from npc_world.beliefs.past import past_index
from npc_world.core.compiled import kernel

__all__ = ["bounce", "knows_walls", "notice_rebound"]

_SAME = 0.04
"""Of a second's way at top speed: rebounds so near each other are of one wall."""
_ENOUGH = 2.0
_MOST = 40.0
_REFLECTIONS = 12


@kernel
def notice_rebound(m):  # type: ignore[no-untyped-def]
    """The past has grown: was there a wall between the last but two and the last but one of its steps?"""
    last = m[PAST_COUNT] - 1.0
    if last - m[PAST_FIRST] < 3.0:
        return
    a, b, c, d = past_index(last - 3.0), past_index(last - 2.0), past_index(last - 1.0), past_index(last)
    step = max(m[TOP_SPEED], 1e-9) * GRID_S
    for axis in range(2):
        before, after = m[b + axis] - m[a + axis], m[d + axis] - m[c + axis]
        other = abs(m[b + 1 - axis] - m[a + 1 - axis] - m[d + 1 - axis] + m[c + 1 - axis])
        for side in range(2):  # the wall below, the wall above
            wall = WALLS + 2 * (2 * axis + side)
            beyond = m[X + axis] - m[wall] if side == 1 else m[wall] - m[X + axis]
            if m[wall + 1] > 0.0 and beyond > 0.5 * step:
                m[wall + 1] = 0.0  # it went through
        if before * after >= 0.0 or min(abs(before), abs(after)) < 0.15 * step or abs(abs(before) - abs(after)) > 0.15 * step or other > 0.15 * step:
            continue
        u = (m[c + axis] - m[b + axis] - after) / (before - after)
        if not -0.1 <= u <= 1.1:
            continue
        at, wall = m[b + axis] + u * before, WALLS + 2 * (2 * axis + (1 if before > 0.0 else 0))
        if m[wall + 1] > 0.0 and abs(at - m[wall]) <= _SAME * max(m[TOP_SPEED], 1e-9):
            m[wall + 1] = min(_MOST, m[wall + 1] + 1.0)
            m[wall] += (at - m[wall]) / m[wall + 1]
        elif m[wall + 1] < _ENOUGH:
            m[wall], m[wall + 1] = at, 1.0
        else:
            m[wall + 1] -= 1.0


@kernel
def knows_walls(m):  # type: ignore[no-untyped-def]
    """Whether it has learned where this body rebounds."""
    most = 0.0
    for i in range(4):
        most = max(most, m[WALLS + 2 * i + 1])
    return most >= _ENOUGH


@kernel
def bounce(m, times, out):  # type: ignore[no-untyped-def]
    """Write the track of BOUNCE at `times` (H,) into out (EXPERTS, H, 2)."""
    z, w, _, _, _ = blend(m)
    for h in range(times.shape[0]):
        for axis in range(2):
            at = (z.real if axis == 0 else z.imag) + times[h] * (w.real if axis == 0 else w.imag)
            low, high = WALLS + 4 * axis, WALLS + 4 * axis + 2
            for _ in range(_REFLECTIONS):
                if m[high + 1] >= _ENOUGH and at > m[high]:
                    at = 2.0 * m[high] - at
                elif m[low + 1] >= _ENOUGH and at < m[low]:
                    at = 2.0 * m[low] - at
                else:
                    break
            out[BOUNCE, h, axis] = at
