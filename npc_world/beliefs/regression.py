"""An expert that learns how this body's next displacement follows from its last velocities, while it watches.

For each horizon a ridge regression with complex coefficients, fitted anew with every judgement and slowly forgetting:
displacement ≈ Σ aᵢ · velocityᵢ, the velocities over a few spans of the past, the velocity as the present turn bends it, both
again by speed (drag and thrust differ with it), and the direction away from a pursuer.  A complex coefficient turns and
stretches, so these do not care which way the body faces.  Four more do: the mirrored velocity, a constant, and the place and
its mirror image, which stand for gravity, for axes that are driven differently, and for the middle of the field it returns to.
Before anything is learned it says "goes on at the velocity of now".  Wrong where what comes next comes in distinct kinds.
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.imm import blend
from npc_world.beliefs.layout import (
    BIN_JUDGED,
    BIN_S,
    BINS,
    FEATURES,
    HOME_KNOWN,
    HOME_X,
    HOME_Y,
    REGRESSION,
    REGRESSION_SIZE,
    THREAT,
    THREAT_X,
    THREAT_Y,
    TOP_SPEED,
    TURN_RATE,
    WAYS,
    X,
    Y,
)
from npc_world.beliefs.past import past_at
from npc_world.core.compiled import kernel

__all__ = ["follow_ways", "learn_ways", "read_features"]

LAGS_S = np.array([0.2, 0.4, 0.8, 1.6])
_MEMORY = 2500.0
"""Judgements after which an example counts 1/e: some minutes.  Who changes his style is left to the experts' records."""
_RIDGE = 0.5
"""Examples at full speed that the law "goes on as now" is worth."""
_FIELD_S = 8.0
"""A place so many seconds' way from where it was first seen counts as much as full speed."""
_SOLVE_EVERY = 3
"""Judgements between two solutions, once there have been ten times as many."""


@kernel
def read_features(m, features):  # type: ignore[no-untyped-def]
    """Fill features (2 F,) with what the law is linear in, see above; complex, px/s."""
    _, w, _, _, _ = blend(m)
    features[0], features[1] = w.real, w.imag
    newer, newer_s = complex(m[X], m[Y]), 0.0
    v = w
    for i in range(4):
        older, age = past_at(m, LAGS_S[i])
        if age > newer_s + 0.02:
            v = (newer - older) / (age - newer_s)
        features[2 + 2 * i], features[3 + 2 * i] = v.real, v.imag
        newer, newer_s = older, age
    features[10], features[11] = 0.0, 0.0
    if m[THREAT] > 0.0:
        away = complex(m[X] - m[THREAT_X], m[Y] - m[THREAT_Y])
        far = abs(away)
        if far > 1e-9:
            near_s = far / max(m[TOP_SPEED], 1e-9)
            away *= m[TOP_SPEED] / far * math.exp(-0.7 * near_s)
            features[10], features[11] = away.real, away.imag
    top = max(m[TOP_SPEED], 1e-9)
    half = 0.5 * m[TURN_RATE]
    bent = w * (math.sin(half) / half if abs(half) > 1e-6 else 1.0) * complex(math.cos(half), math.sin(half))
    pace = min(1.5, abs(w) / top)
    if m[HOME_KNOWN] == 0.0:
        m[HOME_KNOWN], m[HOME_X], m[HOME_Y] = 1.0, m[X], m[Y]
    place = complex(m[X] - m[HOME_X], m[Y] - m[HOME_Y]) / _FIELD_S
    place *= min(1.0, 1.5 * top / max(abs(place), 1e-12))
    features[12], features[13] = bent.real, bent.imag
    features[14], features[15] = pace * w.real, pace * w.imag
    features[16], features[17] = pace * bent.real, pace * bent.imag
    features[18], features[19] = w.real, -w.imag
    features[20], features[21] = top, 0.0
    features[22], features[23] = place.real, place.imag
    features[24], features[25] = place.real, -place.imag


@kernel
def learn_ways(m, b, features, dx, dy):  # type: ignore[no-untyped-def]
    """The body went (dx, dy) px within BIN_S[b] of a moment with these features (2 F,)."""
    f = FEATURES
    normal, right, law = REGRESSION + b * REGRESSION_SIZE, 0, 0
    right = normal + 2 * f * f
    law = right + 2 * f
    said = complex(0.0, 0.0)
    for i in range(f):
        said += complex(m[law + 2 * i], m[law + 2 * i + 1]) * complex(features[2 * i], features[2 * i + 1])
    scale = max(m[TOP_SPEED], 1e-9) * BIN_S[b]
    off = abs(complex(dx, dy) - said) / scale
    trust = 0.15 / (0.15 + off)  # nearer to least absolute than to least squares: rare leaps do not bend the law
    keep = 1.0 - 1.0 / _MEMORY
    unit = trust / max(m[TOP_SPEED], 1e-9) ** 2
    for i in range(f):
        xi = complex(features[2 * i], features[2 * i + 1])
        for j in range(i + 1):
            term = unit * xi.conjugate() * complex(features[2 * j], features[2 * j + 1])
            at = normal + 2 * (i * f + j)
            m[at] = keep * m[at] + term.real
            m[at + 1] = keep * m[at + 1] + term.imag
        term = unit * xi.conjugate() * complex(dx, dy)
        m[right + 2 * i] = keep * m[right + 2 * i] + term.real
        m[right + 2 * i + 1] = keep * m[right + 2 * i + 1] + term.imag
    judged = int(m[BIN_JUDGED + b])
    if judged < 10 * _SOLVE_EVERY or judged % _SOLVE_EVERY == 0:
        _solve(m, normal, right, law, BIN_S[b])


@kernel
def _solve(m, normal, right, law, horizon_s):  # type: ignore[no-untyped-def]
    """Ridge solution drawn towards the law (horizon, 0, 0 …), by Cholesky on the small Hermitian matrix."""
    f = FEATURES
    lower = np.zeros((f, f), np.complex128)
    value = np.zeros(f, np.complex128)
    for i in range(f):
        for j in range(i + 1):
            at = normal + 2 * (i * f + j)
            total = complex(m[at], m[at + 1])
            if i == j:
                total = complex(total.real + _RIDGE, 0.0)
            for k in range(j):
                total -= lower[i, k] * lower[j, k].conjugate()
            if i == j:
                lower[i, i] = complex(math.sqrt(max(total.real, 1e-9)), 0.0)
            else:
                lower[i, j] = total / lower[j, j].real
        value[i] = complex(m[right + 2 * i], m[right + 2 * i + 1])
    value[0] += _RIDGE * horizon_s
    for i in range(f):
        for k in range(i):
            value[i] -= lower[i, k] * value[k]
        value[i] /= lower[i, i].real
    for i in range(f - 1, -1, -1):
        for k in range(i + 1, f):
            value[i] -= lower[k, i].conjugate() * value[k]
        value[i] /= lower[i, i].real
        m[law + 2 * i], m[law + 2 * i + 1] = value[i].real, value[i].imag


@kernel
def follow_ways(m, times, out):  # type: ignore[no-untyped-def]
    """Write the track of WAYS at `times` (H,) into out; between the learned horizons the mean velocity is interpolated."""
    z, _, _, _, _ = blend(m)
    features = np.empty(2 * FEATURES)
    read_features(m, features)
    mean_x, mean_y = np.empty(BINS), np.empty(BINS)
    for b in range(BINS):
        law = REGRESSION + b * REGRESSION_SIZE + 2 * FEATURES * FEATURES + 2 * FEATURES
        total = complex(0.0, 0.0)
        for i in range(FEATURES):
            total += complex(m[law + 2 * i], m[law + 2 * i + 1]) * complex(features[2 * i], features[2 * i + 1])
        if m[law] == 0.0 and m[law + 1] == 0.0:
            total = BIN_S[b] * complex(features[0], features[1])
        mean_x[b], mean_y[b] = total.real / BIN_S[b], total.imag / BIN_S[b]
    for h in range(times.shape[0]):
        t = times[h]
        vx, vy = mean_x[BINS - 1], mean_y[BINS - 1]
        if t <= BIN_S[0]:
            u = t / BIN_S[0]
            vx, vy = u * mean_x[0] + (1.0 - u) * features[0], u * mean_y[0] + (1.0 - u) * features[1]
        else:
            for b in range(1, BINS):
                if t <= BIN_S[b]:
                    u = (t - BIN_S[b - 1]) / (BIN_S[b] - BIN_S[b - 1])
                    vx, vy = u * mean_x[b] + (1.0 - u) * mean_x[b - 1], u * mean_y[b] + (1.0 - u) * mean_y[b - 1]
                    break
        out[WAYS, h, 0], out[WAYS, h, 1] = z.real + vx * t, z.imag + vy * t
