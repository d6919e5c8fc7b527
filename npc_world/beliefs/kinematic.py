"""Experts that go on as the body goes now: stop, constant velocity at several smoothings, constant turn.

The long smoothings carry zig-zaggers, whose velocity now says little of where they drift.  Wrong at every change of mind.
"""

from __future__ import annotations

import math

from npc_world.beliefs.imm import blend
from npc_world.beliefs.layout import GO, GO_SHORT, GO_WINDOWS_S, STOP, TURN, TURN_RATE, TURN_RATE_SLOW, TURN_SLOW, X, Y
from npc_world.beliefs.past import past_at
from npc_world.core.compiled import kernel

__all__ = ["go_on"]

_EVENLY = 1e-12
"""Steps of time that differ by less than this share are alike."""


@kernel
def go_on(m, times, wanted, out):  # type: ignore[no-untyped-def]
    """Write the tracks of those of STOP, GO…, TURN… that are wanted (EXPERTS,) at `times` (H,) s from now into out (EXPERTS, H, 2)."""
    z, w, _, _, _ = blend(m)
    steps = times.shape[0]
    for h in range(steps):
        out[STOP, h, 0], out[STOP, h, 1] = z.real, z.imag
        out[GO, h, 0], out[GO, h, 1] = z.real + w.real * times[h], z.imag + w.imag * times[h]
    for i in range(3):
        if not wanted[GO_SHORT + i]:
            continue
        before, age = past_at(m, GO_WINDOWS_S[i])
        v = (complex(m[X], m[Y]) - before) / age if age > 0.05 else w
        e = GO_SHORT + i
        for h in range(steps):
            out[e, h, 0], out[e, h, 1] = z.real + v.real * times[h], z.imag + v.imag * times[h]
    if wanted[TURN]:
        _turn(m, z, w, m[TURN_RATE], 0.2, times, out[TURN])
    if wanted[TURN_SLOW]:
        _turn(m, z, w, m[TURN_RATE_SLOW], 0.6, times, out[TURN_SLOW])


@kernel
def _turn(m, z, w, rate, window_s, times, track):  # type: ignore[no-untyped-def]
    """An arc; speed and heading are those of the last chord of window_s, brought forward to now."""
    before, age = past_at(m, window_s)
    v = w
    if age > 0.5 * window_s and rate != 0.0:
        half = 0.5 * rate * age
        v = (complex(m[X], m[Y]) - before) / age * (half / math.sin(half)) * complex(math.cos(half), math.sin(half))
    cos, sin, turn_cos, turn_sin, gap_s, last_s = 1.0, 0.0, 1.0, 0.0, -1.0, 0.0
    for h in range(times.shape[0]):
        half, step_s = 0.5 * rate * times[h], times[h] - last_s
        if abs(step_s - gap_s) <= _EVENLY * step_s:  # evenly spaced: the same turn again, which is quicker than its sine and cosine
            cos, sin = cos * turn_cos - sin * turn_sin, sin * turn_cos + cos * turn_sin
        else:
            cos, sin, turn_cos, turn_sin = math.cos(half), math.sin(half), math.cos(0.5 * rate * step_s), math.sin(0.5 * rate * step_s)
        last_s, gap_s = times[h], step_s
        at = z + v * (times[h] * (sin / half if abs(half) > 1e-6 else 1.0)) * complex(cos, sin)
        track[h, 0], track[h, 1] = at.real, at.imag
