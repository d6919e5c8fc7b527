"""An expert for bodies that flee: away from the nearest pursuer, which follows.

Wrong for bodies that do not mind the pursuer, or that have somewhere to go; the regression learns milder shyness.
"""

from __future__ import annotations

import math

from npc_world.beliefs.imm import blend
from npc_world.beliefs.layout import FLEE, SPEED, THREAT, THREAT_SPEED, THREAT_TIME, THREAT_X, THREAT_Y, TIME, TOP_SPEED
from npc_world.core.compiled import kernel

__all__ = ["flee", "notice_threats"]

_RELUCTANCE_S = 0.15
"""Time to turn round from the present velocity."""


@kernel
def notice_threats(m, threats, x, y):  # type: ignore[no-untyped-def]
    """Remember the nearest of the pursuers (n, 2), and how fast pursuers are."""
    nearest, best = -1, math.inf
    for i in range(threats.shape[0]):
        far = math.hypot(threats[i, 0] - x, threats[i, 1] - y)
        if far < best:
            nearest, best = i, far
    if nearest < 0:
        m[THREAT] = 0.0
        return
    if m[THREAT] > 0.0 and m[TIME] > m[THREAT_TIME]:
        speed = math.hypot(threats[nearest, 0] - m[THREAT_X], threats[nearest, 1] - m[THREAT_Y]) / (m[TIME] - m[THREAT_TIME])
        if speed < 3.0 * max(m[TOP_SPEED], m[THREAT_SPEED]):  # else another one became the nearest
            m[THREAT_SPEED] += 0.1 * (speed - m[THREAT_SPEED])
    m[THREAT], m[THREAT_X], m[THREAT_Y], m[THREAT_TIME] = 1.0, threats[nearest, 0], threats[nearest, 1], m[TIME]


@kernel
def flee(m, times, out):  # type: ignore[no-untyped-def]
    """Write the track of FLEE at `times` (H,) into out; NaN while there is no pursuer."""
    if m[THREAT] == 0.0:
        for h in range(times.shape[0]):
            out[FLEE, h, 0] = out[FLEE, h, 1] = math.nan
        return
    z, w, _, _, _ = blend(m)
    hunter = complex(m[THREAT_X], m[THREAT_Y])
    speed = max(m[SPEED], 0.8 * m[TOP_SPEED])
    t, step = 0.0, 0.0
    for h in range(times.shape[0]):
        while t < times[h] - 1e-9:
            step = min(0.25, times[h] - t)
            away = z - hunter
            far = abs(away)
            if far > 1e-9:
                wanted = away / far * speed
                w += (wanted - w) * (1.0 - math.exp(-step / _RELUCTANCE_S))
                hunter += away / far * min(far, m[THREAT_SPEED] * step)
            z += w * step
            t += step
        out[FLEE, h, 0], out[FLEE, h, 1] = z.real, z.imag
