"""When a moment comes of which the experts spoke: how right was each, and how right were the stated regions?"""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.layout import (
    BIN_JUDGED,
    BIN_S,
    BINS,
    DUE,
    ERROR,
    EXPERTS,
    FEATURES,
    JUDGED,
    RECORD,
    RECORD_FEATURES,
    RECORD_HEADING,
    RECORD_MEANS,
    RECORD_SIZE,
    RECORD_TIME,
    RECORD_WEIGHTS,
    RECORD_X,
    RECORD_Y,
    RECORDS,
    SCORE,
    SPOKEN,
    SPREAD,
    SURPRISE,
)
from npc_world.beliefs.regression import learn_ways
from npc_world.beliefs.weighing import error_variance
from npc_world.core.compiled import kernel

__all__ = ["drop_records", "judge", "normal_bank"]

MEMORY_S, MEMORY_PER_S, BOLDNESS, DEPTH, ERROR_MEMORY_S, SPREAD_RATE = range(6)
"""Places in `settings`: score memory in s, more of it per s of horizon, weight of evidence, least score below the best, …"""


def normal_bank(count: int = 48) -> np.ndarray:
    """(count, 2) standard normal deviates on a golden-angle spiral, in an order that any stretch of which is well spread."""
    index = np.arange(count)
    radius = np.sqrt(-2.0 * np.log1p(-(index + 0.5) / count))
    angle = index * (math.pi * (3.0 - math.sqrt(5.0)))
    order = np.argsort((index * 0.6180339887) % 1.0)
    return np.ascontiguousarray(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)[order])


BANK = normal_bank()


@kernel
def drop_records(m):  # type: ignore[no-untyped-def]
    """What was said will not be judged: the track broke."""
    for b in range(BINS):
        m[DUE + b] = m[SPOKEN]


@kernel
def judge(m, t0, x0, y0, t1, x1, y1, settings):  # type: ignore[no-untyped-def]
    """Judge all that was said of moments between the sightings (x0, y0) at t0 and (x1, y1) at t1."""
    for b in range(BINS):
        while m[DUE + b] < m[SPOKEN]:
            record = RECORD + int(m[DUE + b]) % RECORDS * RECORD_SIZE
            due = m[record + RECORD_TIME] + BIN_S[b]
            if due > t1 + 1e-9:
                break
            u = min(1.0, max(0.0, (due - t0) / max(t1 - t0, 1e-9)))
            _judge_record(m, b, record, x0 + u * (x1 - x0), y0 + u * (y1 - y0), settings)
            m[DUE + b] += 1.0


@kernel
def _judge_record(m, b, record, x, y, settings):  # type: ignore[no-untyped-def]
    cos, sin = math.cos(m[record + RECORD_HEADING]), math.sin(m[record + RECORD_HEADING])
    along, across = np.empty(EXPERTS), np.empty(EXPERTS)
    va, vc = np.empty(EXPERTS), np.empty(EXPERTS)
    present = 0
    for e in range(EXPERTS):
        mean = record + RECORD_MEANS + 2 * (e * BINS + b)
        ex, ey = x - m[mean], y - m[mean + 1]
        along[e], across[e] = cos * ex + sin * ey, cos * ey - sin * ex
        va[e], vc[e] = error_variance(m, e, b, 0), error_variance(m, e, b, 1)
        if along[e] == along[e]:
            present += 1
    step_s = _record_step(m, b, record)
    _calibrate(m, b, record, along, across, va, vc, step_s, settings)
    keep = math.exp(-step_s / (settings[MEMORY_S] + settings[MEMORY_PER_S] * BIN_S[b]))
    evidence = settings[BOLDNESS] * min(1.0, step_s / (BIN_S[b] + 0.1))
    fade = math.exp(-step_s / (settings[ERROR_MEMORY_S] + 4.0 * BIN_S[b]))
    top = -math.inf
    for e in range(EXPERTS):
        at = SCORE + e * BINS + b
        if along[e] != along[e]:
            continue
        square = along[e] * along[e] / va[e] + across[e] * across[e] / vc[e]
        fit = -0.5 * math.log(va[e] * vc[e]) - 3.0 * math.log(1.0 + 0.5 * square)  # Student, 4 degrees of freedom
        m[at] = keep * m[at] + evidence * fit
        top = max(top, m[at])
        judged = fade * m[JUDGED + e * BINS + b] + 1.0
        m[JUDGED + e * BINS + b] = judged
        rate = 1.0 / judged
        at = ERROR + 2 * (e * BINS + b)
        m[at] += rate * (min(along[e] * along[e], 25.0 * va[e]) - m[at])
        m[at + 1] += rate * (min(across[e] * across[e], 25.0 * vc[e]) - m[at + 1])
    for e in range(EXPERTS):
        at = SCORE + e * BINS + b
        if along[e] != along[e]:
            m[at] = max(keep * m[at], -0.5 * settings[DEPTH])  # who is silent comes back as an average one
        else:
            m[at] = max(m[at] - top, -settings[DEPTH])
    m[BIN_JUDGED + b] += 1.0
    features = m[record + RECORD_FEATURES:record + RECORD_FEATURES + 2 * FEATURES]
    learn_ways(m, b, features, x - m[record + RECORD_X], y - m[record + RECORD_Y])


@kernel
def _record_step(m, b, record):  # type: ignore[no-untyped-def]
    """Seconds between this record and the one before, which is what one judgement stands for."""
    if m[DUE + b] < 1.0:
        return 0.1
    before = RECORD + (int(m[DUE + b]) - 1) % RECORDS * RECORD_SIZE
    return min(0.5, max(0.02, m[record + RECORD_TIME] - m[before + RECORD_TIME]))


@kernel
def _calibrate(m, b, record, along, across, va, vc, step_s, settings):  # type: ignore[no-untyped-def]
    """Move the spread of horizon b so that outcomes fall evenly over the mixture's highest-density levels.

    along, across (EXPERTS,) are the outcome seen from each expert, so expert e sits at minus that from the outcome.
    """
    widen = math.exp(2.0 * m[SPREAD + b])
    here, mean_a, mean_c = 0.0, 0.0, 0.0
    weights = record + RECORD_WEIGHTS + b
    for e in range(EXPERTS):
        w = m[weights + e * BINS]
        if w > 0.004 and along[e] == along[e]:
            here += w * _density(along[e], across[e], va[e] * widen, vc[e] * widen)
            mean_a += w * along[e]
            mean_c += w * across[e]
    if not here > -1.0:
        return
    total, above, spread_a, spread_c, at = 0.0, 0.0, 1e-300, 1e-300, 0
    for e in range(EXPERTS):
        w = m[weights + e * BINS]
        if not (w > 0.004 and along[e] == along[e]):
            continue
        spread_a += w * (va[e] * widen + (along[e] - mean_a) ** 2)
        spread_c += w * (vc[e] * widen + (across[e] - mean_c) ** 2)
        count = max(1, int(BANK.shape[0] * w + 0.5))
        for _ in range(count):
            sa = -along[e] + BANK[at % BANK.shape[0], 0] * math.sqrt(va[e] * widen)
            sc = -across[e] + BANK[at % BANK.shape[0], 1] * math.sqrt(vc[e] * widen)
            at += 1
            value = 0.0
            for k in range(EXPERTS):
                wk = m[weights + k * BINS]
                if wk > 0.004 and along[k] == along[k]:
                    value += wk * _density(sa + along[k], sc + across[k], va[k] * widen, vc[k] * widen)
            total += w / count
            if value > here:
                above += w / count
    level = above / total if total > 0.0 else 0.5
    rate = settings[SPREAD_RATE] * min(1.0, 3.0 * step_s / (BIN_S[b] + 0.2))
    m[SPREAD + b] = min(1.5, max(-1.5, m[SPREAD + b] + rate * (level - 0.5)))
    if b == 1:
        square = 0.5 * (mean_a * mean_a / spread_a + mean_c * mean_c / spread_c)
        m[SURPRISE] += min(1.0, step_s / 0.8) * (min(square, 30.0) - m[SURPRISE])


@kernel
def _density(a, c, va, vc):  # type: ignore[no-untyped-def]
    square = a * a / va + c * c / vc
    return math.exp(-0.5 * square) / math.sqrt(va * vc) if square < 60.0 else 0.0
