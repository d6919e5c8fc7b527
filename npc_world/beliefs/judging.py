"""When a moment comes of which the experts spoke: how right was each, and how right were the stated regions?"""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.calibrating import calibrate
from npc_world.beliefs.layout import (
    BIN_JUDGED,
    BIN_S,
    BINS,
    DUE,
    ERROR,
    EXPERTS,
    FEATURES,
    GO,
    GOALS,
    JUDGED,
    LONG_SCORE,
    MISSED,
    OWN,
    PLAIN,
    RECORD,
    RECORD_FEATURES,
    RECORD_HEADING,
    RECORD_SAID,
    RECORD_SHARES,
    RECORD_SIZE,
    RECORD_TIME,
    RECORD_TRUST,
    RECORD_X,
    RECORD_Y,
    RECORDS,
    SCORE,
    SPOKEN,
    TOP_SPEED,
    WIDE,
)
from npc_world.beliefs.regression import learn_ways
from npc_world.beliefs.settings import (
    BOLDNESS,
    DEPTH,
    ERROR_MEMORY_S,
    LONG_DEPTH,
    LONG_MEMORY_S,
    MEMORY_PER_S,
    MEMORY_S,
    STACKING,
    TRUSTING,
)
from npc_world.beliefs.weighing import error_variances, miss_chance, wide_variance
from npc_world.core.compiled import kernel

__all__ = ["drop_records", "judge"]

_MOST_TRUST, _MOST_DOUBT = 6.0, 4.0
"""Log odds that departing from constant velocity, or not departing from it, can earn."""


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
    """Horizon b of one record has come: the body is at (x, y).

    Each expert is taken to be right, with errors of its own size, or to miss, when anything near the mixture's mean may come:
    an expert that is mostly exact is not judged by its few great misses (a two-part error model, fitted as by EM).
    Goals share one record: which of them it goes for is what the way so far says, and no merit of a goal.
    """
    seen = np.empty((EXPERTS, 5))
    mean_a, mean_c, total = _how_far(m, b, record, x, y, seen)
    if total <= 0.0:
        return
    mean_a, mean_c = mean_a / total, mean_c / total
    step_s = _record_step(m, b, record)
    wide_a, wide_c = wide_variance(m, b, 0), wide_variance(m, b, 1)
    calibrate(m, b, record, x, y, step_s, settings)
    wide = density(mean_a, mean_c, wide_a, wide_c) + 1e-30 / math.sqrt(wide_a * wide_c)
    keep = math.exp(-step_s / (settings[MEMORY_S] + settings[MEMORY_PER_S] * BIN_S[b]))
    keep_long = math.exp(-step_s / settings[LONG_MEMORY_S])
    evidence = settings[BOLDNESS] * min(1.0, step_s / (BIN_S[b] + 0.1))
    fade = math.exp(-step_s / (settings[ERROR_MEMORY_S] + 4.0 * BIN_S[b]))
    reach = max(m[TOP_SPEED], 1e-9) * BIN_S[b]
    off = math.hypot(mean_a, mean_c) + 0.02 * reach
    foreseen = 0.0
    for e in range(EXPERTS):
        if seen[e, 0] == seen[e, 0]:
            miss = miss_chance(m, e * BINS + b)
            right = (1.0 - miss) * seen[e, 4]
            foreseen = max(foreseen, right / (right + miss * wide))
    evidence *= foreseen ** 2
    goals = OWN + int(m[GOALS])
    goal_fit, goal_right, goal_a, goal_c, goal_square_a, goal_square_c = _judge_goals(m, b, record, goals, seen, wide)
    top, top_long, missed_all, right_all = -math.inf, -math.inf, 0.0, 0.0
    for e in range(EXPERTS):
        if seen[e, 0] != seen[e, 0]:
            continue
        at = e * BINS + b
        miss = miss_chance(m, at)
        right = (1.0 - miss) * seen[e, 4]
        both = right + miss * wide
        fit = math.log(both)
        right /= both
        off_a, off_c, square_a, square_c = seen[e, 0], seen[e, 1], seen[e, 0] ** 2, seen[e, 1] ** 2
        if OWN <= e < goals and goal_fit > -math.inf:
            fit, right, off_a, off_c, square_a, square_c = goal_fit, goal_right, goal_a, goal_c, goal_square_a, goal_square_c
        w = m[record + RECORD_SHARES + b * EXPERTS + e]
        missed_all += w * miss * wide
        right_all += w * both
        m[SCORE + at] = keep * m[SCORE + at] + evidence * fit
        pull = (mean_a * (off_a - mean_a) + mean_c * (off_c - mean_c)) / off  # how much worse a bit more of it makes the mean
        m[LONG_SCORE + at] = keep_long * m[LONG_SCORE + at] - settings[STACKING] * step_s * min(1.0, max(-1.0, pull / reach))
        top, top_long = max(top, m[SCORE + at]), max(top_long, m[LONG_SCORE + at])
        m[MISSED + at] += (1.0 - right - m[MISSED + at]) * max(1.0 - fade, 1.0 / (m[BIN_JUDGED + b] + 4.0))
        judged = fade * m[JUDGED + at] + right
        m[JUDGED + at] = judged
        if judged > 1e-6:
            m[ERROR + 2 * at] += right / judged * (square_a - m[ERROR + 2 * at])
            m[ERROR + 2 * at + 1] += right / judged * (square_c - m[ERROR + 2 * at + 1])
    _learn_trust(m, b, record, seen, mean_a, mean_c, step_s, keep_long, reach, settings)
    _learn_width(m, b, fade, missed_all / right_all, mean_a, mean_c)
    for e in range(EXPERTS):
        at = e * BINS + b
        if seen[e, 0] != seen[e, 0]:  # who is silent comes back as a middling one
            m[SCORE + at] = max(keep * m[SCORE + at], -0.5 * settings[DEPTH])
        else:
            m[SCORE + at] = max(m[SCORE + at] - top, -settings[DEPTH])
            m[LONG_SCORE + at] = max(m[LONG_SCORE + at] - top_long, -settings[LONG_DEPTH])
    m[BIN_JUDGED + b] += 1.0
    features = m[record + RECORD_FEATURES:record + RECORD_FEATURES + 2 * FEATURES]
    learn_ways(m, b, features, x - m[record + RECORD_X], y - m[record + RECORD_Y])


@kernel
def _how_far(m, b, record, x, y, seen):  # type: ignore[no-untyped-def]
    """Fill seen (EXPERTS, 5): how far (x, y) px is from what each said along and across, NaN for who was silent, the variances of its
    errors, and the density there when it is right.  Returns the sums of both offsets and of the weights, each by what it counted then."""
    cos, sin = math.cos(m[record + RECORD_HEADING]), math.sin(m[record + RECORD_HEADING])
    mean_a, mean_c, total = 0.0, 0.0, 0.0
    for e in range(EXPERTS):
        said = record + RECORD_SAID + 2 * (b * EXPERTS + e)
        ex, ey = x - m[said], y - m[said + 1]
        seen[e, 0], seen[e, 1] = cos * ex + sin * ey, cos * ey - sin * ex
        if seen[e, 0] == seen[e, 0]:
            seen[e, 2], seen[e, 3] = error_variances(m, e, b)
            seen[e, 4] = density(seen[e, 0], seen[e, 1], seen[e, 2], seen[e, 3])
            w = m[record + RECORD_SHARES + b * EXPERTS + e]
            mean_a += w * seen[e, 0]
            mean_c += w * seen[e, 1]
            total += w
    return mean_a, mean_c, total


@kernel
def _judge_goals(m, b, record, end, seen, wide):  # type: ignore[no-untyped-def]
    """All goals, experts OWN to end, as one: log likelihood, -inf when there is none, probability of being right, mean offset along
    and across, and mean squares of these when right; each goal by what it counted when this was said."""
    total, both_all, right_all, a, c, square_a, square_c = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for e in range(OWN, end):
        if seen[e, 0] == seen[e, 0]:
            w = m[record + RECORD_SHARES + b * EXPERTS + e]
            miss = miss_chance(m, e * BINS + b)
            right = w * (1.0 - miss) * seen[e, 4]
            total += w
            both_all += right + w * miss * wide
            right_all += right
            a += w * seen[e, 0]
            c += w * seen[e, 1]
            square_a += right * seen[e, 0] ** 2
            square_c += right * seen[e, 1] ** 2
    if total <= 0.0 or both_all <= 0.0:
        return -math.inf, 0.0, 0.0, 0.0, 0.0, 0.0
    some = max(right_all, 1e-300)
    return math.log(both_all / total), right_all / both_all, a / total, c / total, square_a / some, square_c / some


@kernel
def _learn_trust(m, b, record, seen, mean_a, mean_c, step_s, keep_long, reach, settings):  # type: ignore[no-untyped-def]
    """Whether the mixture was nearer to the truth than plain constant velocity."""
    trust = m[record + RECORD_TRUST + b]
    mixed = math.hypot(mean_a - (1.0 - trust) * seen[GO, 0], mean_c - (1.0 - trust) * seen[GO, 1]) / trust
    plain = math.hypot(seen[GO, 0], seen[GO, 1])
    at = PLAIN + 2 * b
    rate = max(1.0 - keep_long, 1.0 / (m[BIN_JUDGED + b] + 5.0))
    m[at + 1] += rate * (plain - m[at + 1])
    gain = min(3.0, max(-3.0, (plain - mixed) / (m[at + 1] + 0.01 * reach)))
    m[at] = min(_MOST_TRUST, max(-_MOST_DOUBT, keep_long * m[at] + settings[TRUSTING] * step_s * gain))


@kernel
def _learn_width(m, b, fade, missed, mean_a, mean_c):  # type: ignore[no-untyped-def]
    """How far what happens is from the mixture's mean when it is nothing like any expert said."""
    at = WIDE + 3 * b
    m[at + 2] = fade * m[at + 2] + missed
    if m[at + 2] > 1e-6:
        m[at] += missed / m[at + 2] * (mean_a * mean_a - m[at])
        m[at + 1] += missed / m[at + 2] * (mean_c * mean_c - m[at + 1])


@kernel
def _record_step(m, b, record):  # type: ignore[no-untyped-def]
    """Seconds between this record and the one before, which is what one judgement stands for."""
    if m[DUE + b] < 1.0:
        return 0.1
    before = RECORD + (int(m[DUE + b]) - 1) % RECORDS * RECORD_SIZE
    return min(0.5, max(0.02, m[record + RECORD_TIME] - m[before + RECORD_TIME]))


@kernel
def density(a, c, va, vc):  # type: ignore[no-untyped-def]
    """Of a Gaussian with variances va, vc at (a, c), less the factor 1 / 2π."""
    square = a * a / va + c * c / vc
    return math.exp(-0.5 * square) / math.sqrt(va * vc) if square < 120.0 else 0.0
