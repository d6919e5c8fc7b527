"""Where a body is and how fast it moves, from positions alone: three filters that take turns.

An interacting-multiple-model filter (Blom & Bar-Shalom 1988) over constant velocity, constant turn and manoeuvre.  The plane
is taken as complex numbers: position z, velocity w; a turn is then a multiplication and every covariance a Hermitian 2 × 2,
which costs a few dozen operations per mode.  Noise is relative to the body's own speed.  Wrong where noise differs by axis.
"""

from __future__ import annotations

import math

from npc_world.beliefs.layout import FILTER, NOISE, TOP_SPEED, TURN_RATE
from npc_world.core.compiled import kernel

__all__ = ["MODES", "UNREST", "blend", "filter_step", "start_filter"]

MODES = 3
UNREST = (0.2, 0.35, 3.5)
"""Change of velocity in the square root of a second, over the body's speed: steady, turning, manoeuvring."""
_LEAVE_HZ = (1.0, 1.5, 8.0)
"""How often each mode is left."""
_ENTER = ((0.0, 0.4, 0.6), (0.5, 0.0, 0.5), (0.7, 0.3, 0.0))
"""Where it goes then."""


@kernel
def start_filter(m, x, y, vx, vy, speed_sd):  # type: ignore[no-untyped-def]
    """Begin at a position with a velocity known to ± speed_sd per axis."""
    for j in range(MODES):
        at = FILTER + 8 * j
        m[at], m[at + 1], m[at + 2], m[at + 3] = x, y, vx, vy
        m[at + 4], m[at + 5], m[at + 6], m[at + 7] = max(m[NOISE], 1e-12), 0.0, 0.0, speed_sd * speed_sd
    m[FILTER + 24], m[FILTER + 25], m[FILTER + 26] = 0.5, 0.1, 0.4


@kernel
def blend(m):  # type: ignore[no-untyped-def]
    """(z, w, position variance, covariance, velocity variance) of the three modes together, per axis."""
    z, w = complex(0.0, 0.0), complex(0.0, 0.0)
    for j in range(MODES):
        at, share = FILTER + 8 * j, m[FILTER + 24 + j]
        z += share * complex(m[at], m[at + 1])
        w += share * complex(m[at + 2], m[at + 3])
    pp, pv, vv = 0.0, complex(0.0, 0.0), 0.0
    for j in range(MODES):
        at, share = FILTER + 8 * j, m[FILTER + 24 + j]
        dz, dw = complex(m[at], m[at + 1]) - z, complex(m[at + 2], m[at + 3]) - w
        pp += share * (m[at + 4] + 0.5 * (dz.real * dz.real + dz.imag * dz.imag))
        pv += share * (complex(m[at + 5], m[at + 6]) + 0.5 * dz * dw.conjugate())
        vv += share * (m[at + 7] + 0.5 * (dw.real * dw.real + dw.imag * dw.imag))
    return z, w, pp, pv, vv


@kernel
def _mix(m, dt_s):  # type: ignore[no-untyped-def]
    """Each mode starts from what the others knew, by the chance that it was they who held until now."""
    old = m[FILTER:FILTER + 27].copy()
    for i in range(MODES):
        total = 0.0
        for j in range(MODES):
            stay = math.exp(-_LEAVE_HZ[j] * dt_s)
            total += old[24 + j] * (stay if i == j else (1.0 - stay) * _ENTER[j][i])
        total = max(total, 1e-12)
        z, w = complex(0.0, 0.0), complex(0.0, 0.0)
        for j in range(MODES):
            stay = math.exp(-_LEAVE_HZ[j] * dt_s)
            share = old[24 + j] * (stay if i == j else (1.0 - stay) * _ENTER[j][i]) / total
            z += share * complex(old[8 * j], old[8 * j + 1])
            w += share * complex(old[8 * j + 2], old[8 * j + 3])
        pp, pv, vv = 0.0, complex(0.0, 0.0), 0.0
        for j in range(MODES):
            stay = math.exp(-_LEAVE_HZ[j] * dt_s)
            share = old[24 + j] * (stay if i == j else (1.0 - stay) * _ENTER[j][i]) / total
            dz = complex(old[8 * j], old[8 * j + 1]) - z
            dw = complex(old[8 * j + 2], old[8 * j + 3]) - w
            pp += share * (old[8 * j + 4] + 0.5 * (dz.real * dz.real + dz.imag * dz.imag))
            pv += share * (complex(old[8 * j + 5], old[8 * j + 6]) + 0.5 * dz * dw.conjugate())
            vv += share * (old[8 * j + 7] + 0.5 * (dw.real * dw.real + dw.imag * dw.imag))
        at = FILTER + 8 * i
        m[at], m[at + 1], m[at + 2], m[at + 3] = z.real, z.imag, w.real, w.imag
        m[at + 4], m[at + 5], m[at + 6], m[at + 7] = pp, pv.real, pv.imag, vv
        m[FILTER + 24 + i] = total


@kernel
def filter_step(m, dt_s, x, y):  # type: ignore[no-untyped-def]
    """Predict dt_s ahead and take in the position (x, y)."""
    _mix(m, dt_s)
    _, w, _, _, _ = blend(m)
    speed = max(m[TOP_SPEED], abs(w), 1e-9)
    noise = max(m[NOISE], (1e-3 * speed * dt_s) ** 2 + 1e-18)
    best = -math.inf
    fit = FILTER + 27  # scratch: log likelihood of each mode
    for j in range(MODES):
        at = FILTER + 8 * j
        z, w = complex(m[at], m[at + 1]), complex(m[at + 2], m[at + 3])
        pp, pv, vv = m[at + 4], complex(m[at + 5], m[at + 6]), m[at + 7]
        angle = m[TURN_RATE] * dt_s if j == 1 else 0.0
        turn = complex(math.cos(angle), math.sin(angle))
        half = 0.5 * angle
        chord = dt_s * (math.sin(half) / half if abs(half) > 1e-6 else 1.0) * complex(math.cos(half), math.sin(half))
        z += chord * w
        w *= turn
        # F = [[1, chord], [0, turn]], P ← F P Fᴴ + Q, with pv = ⟨z, w*⟩; velocity changes at the beginning of a step, so
        # that exact positions give the last step's velocity without ringing
        q = (UNREST[j] * speed) ** 2
        cross = chord * pv.conjugate()
        pp = pp + 2.0 * cross.real + dt_s * dt_s * vv + q * dt_s ** 3
        pv = (pv + chord * vv) * turn.conjugate() + q * dt_s * dt_s
        vv += q * dt_s
        total = pp + noise
        off = complex(x, y) - z
        square = (off.real * off.real + off.imag * off.imag) / total
        m[fit + j] = -math.log(total) - 0.5 * square
        best = max(best, m[fit + j])
        gain_z, gain_w = pp / total, pv.conjugate() / total
        z += gain_z * off
        w += gain_w * off
        vv = max(vv - (pv.real * pv.real + pv.imag * pv.imag) / total, 1e-18)
        pv *= 1.0 - gain_z
        pp *= 1.0 - gain_z
        m[at], m[at + 1], m[at + 2], m[at + 3] = z.real, z.imag, w.real, w.imag
        m[at + 4], m[at + 5], m[at + 6], m[at + 7] = pp, pv.real, pv.imag, vv
    total = 0.0
    for j in range(MODES):
        m[FILTER + 24 + j] = max(m[FILTER + 24 + j] * math.exp(max(-60.0, m[fit + j] - best)), 1e-6)
        total += m[FILTER + 24 + j]
    for j in range(MODES):
        m[FILTER + 24 + j] /= total
