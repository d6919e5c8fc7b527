"""What each expert's word counts, at each horizon, by its record there."""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.layout import (
    BIN_JUDGED,
    BIN_S,
    BINS,
    ERROR,
    EXPERTS,
    GO,
    GRID_S,
    JUDGED,
    LONG_SCORE,
    MISSED,
    NOISE,
    OWN,
    PAST_COUNT,
    PLACE,
    PLAIN,
    REPEAT,
    REPEAT_MEAN,
    SCORE,
    TAIL,
    TOKENS,
    TOP_SPEED,
    WAYS,
    WIDE,
)
from npc_world.core.compiled import kernel
from npc_world.core.exponential import exp_below

__all__ = ["error_variances", "exempt_share", "last_speaker", "miss_chance", "missed_share", "trust_in_mixture", "weigh_experts", "wide_variance"]

#                        stop   go  short  long longest turn  slow  ways repeat mean place flee prior tokens bounce
LOG_PRIOR = np.array([-1.5, 0.0, -0.5, -1.0, -1.5, -0.7, -0.7, 0.3, -0.7, -0.7, -0.7, -1.5, 0.0, -0.7, 0.7])
"""(OWN,) what an expert's word counts before its record says otherwise."""
GIVEN_LOG_PRIOR = np.array([-0.5, -0.5, 0.5, 2.0, 2.0])
"""(BINS,) the same for given experts: goals say more of what comes later."""
_FROM_OWN_PAST = np.array([e in (WAYS, REPEAT, REPEAT_MEAN, PLACE, TOKENS) for e in range(EXPERTS)])
"""(EXPERTS,) bool: who speaks from this body's own past."""
_KNOWN_S = 16.0
"""A body watched for less is not known well enough for those to count in full: what fits a few seconds fits them by chance."""
_LEAST = 1e-4
TRUST = np.array([-1.0, -0.75, -0.5, -2.0, -2.0])
"""(BINS,) log odds of the mixture over constant velocity before any judgement …"""
GIVEN_TRUST = np.array([0.0, 0.0, 0.5, 3.0, 3.0])
"""(BINS,) … and how much more when goals are known."""
_DOUBTED = 200.0
"""After so many judgements the odds from before any count half."""
_FAR, _CARRIED = 3, 0.3
"""From this horizon on, what a given expert's record at a shorter one says where it has none of its own yet: who walks straight to a goal
just keeps going until he is there."""
_ENOUGH = 8.0
"""Judgements after which a horizon's own record replaces that of the next shorter one."""
_PRIOR_JUDGED = 2.0
_PRIOR_ERROR = 0.35
"""Standard deviation before any judgement, in shares of the way at top speed."""
_LEAST_ERROR = 0.02
_PRIOR_WIDE_JUDGED = 3.0
_PRIOR_WIDE = 0.9
"""The same where no expert is right."""


@kernel
def weigh_experts(m, present, given_log_prior, weights):  # type: ignore[no-untyped-def]
    """Fill weights (BINS, EXPERTS), each row summing to 1.

    present (EXPERTS,) bool: who has an opinion.  given_log_prior (GIVEN,): for goals, how the way so far fits them.
    """
    score, given = np.zeros(EXPERTS), present[OWN:].any()
    end = EXPERTS if given else OWN
    weights[:, end:] = 0.0
    known = 2.0 * math.log(min(1.0, (m[PAST_COUNT] + 0.5) * GRID_S / _KNOWN_S))
    for b in range(BINS):
        own = min(1.0, m[BIN_JUDGED + b] / _ENOUGH)
        top = -math.inf
        for e in range(end):
            if present[e]:
                carried = score[e] * _CARRIED if e >= OWN and b >= _FAR else score[e]
                score[e] = own * (m[SCORE + e * BINS + b] + m[LONG_SCORE + e * BINS + b]) + (1.0 - own) * carried
                prior = LOG_PRIOR[e] if e < OWN else GIVEN_LOG_PRIOR[b] + given_log_prior[e - OWN]
                weights[b, e] = score[e] + prior + (known if _FROM_OWN_PAST[e] else 0.0)
                top = max(top, weights[b, e])
        for e in range(end):
            weights[b, e] = _LEAST + exp_below(weights[b, e] - top) if present[e] else 0.0
        total = 0.0
        for e in range(end):
            total += weights[b, e]
        for e in range(end):
            weights[b, e] /= total
        trust = trust_in_mixture(m, b, given)
        exempt = exempt_share(b, weights[b]) if given else 0.0
        for e in range(OWN if exempt > 0.0 else end):
            weights[b, e] *= trust
        weights[b, GO] += (1.0 - trust) * (1.0 - exempt)


@kernel
def last_speaker(weights):  # type: ignore[no-untyped-def]
    """One more than the last expert who may have a weight in weights (BINS, EXPERTS): most bodies have no given experts, and nobody looks at these."""
    for e in range(OWN, EXPERTS):
        if weights[0, e] > 0.0:
            return EXPERTS
    return OWN


@kernel
def exempt_share(b, weights):  # type: ignore[no-untyped-def]
    """Share at horizon b, by weights (EXPERTS,), of the given experts where their own record decides and trust in the mixture does not:
    far ahead, where somebody who walks straight to his goal will have arrived."""
    share = 0.0
    if b >= _FAR:
        for e in range(OWN, EXPERTS):
            share += weights[e]
    return share


@kernel
def trust_in_mixture(m, b, given):  # type: ignore[no-untyped-def]
    """Share of the mixture at horizon b; the rest is GO's.  By what departing from constant velocity has brought so far."""
    gain = 0.0
    for i in range(b + 1):
        own = min(1.0, m[BIN_JUDGED + i] / _ENOUGH)
        gain = own * m[PLAIN + 2 * i] + (1.0 - own) * gain
    before = TRUST[b] / (1.0 + m[BIN_JUDGED + b] / _DOUBTED)
    return 1.0 / (1.0 + math.exp(-gain - before - (GIVEN_TRUST[b] if given else 0.0)))


@kernel
def error_variances(m, e, b):  # type: ignore[no-untyped-def]
    """Mean squared errors in px² of expert e when it is right, at horizon b, along and across the heading; record and prior."""
    reach = max(m[TOP_SPEED], 1e-9) * BIN_S[b]
    judged, at = m[JUDGED + e * BINS + b], ERROR + 2 * (e * BINS + b)
    prior = _PRIOR_JUDGED / (1.0 + 0.1 * judged * judged)
    before, count, least = prior * (_PRIOR_ERROR * reach) ** 2, judged + prior, (_LEAST_ERROR * reach) ** 2
    return (judged * m[at] + before) / count + least + m[NOISE], (judged * m[at + 1] + before) / count + least + m[NOISE]


@kernel
def wide_variance(m, b, axis):  # type: ignore[no-untyped-def]
    """Mean squared distance in px² of what happens from the mixture's mean when no expert is right."""
    reach = max(m[TOP_SPEED], 1e-9) * BIN_S[b]
    weight = m[WIDE + 3 * b + 2]
    total = weight * m[WIDE + 3 * b + axis] + _PRIOR_WIDE_JUDGED * (_PRIOR_WIDE * reach) ** 2
    return total / (weight + _PRIOR_WIDE_JUDGED) + (0.05 * reach) ** 2 + m[NOISE]


@kernel
def miss_chance(m, at):  # type: ignore[no-untyped-def]
    """Probability that expert and horizon `at` (expert · BINS + horizon) miss; nobody is beyond doubt, nor beyond hope."""
    return min(0.95, max(0.02, m[MISSED + at]))


@kernel
def missed_share(m, b, weights):  # type: ignore[no-untyped-def]
    """Probability that none of the experts will be right at horizon b; weights (EXPERTS,) what each counts there."""
    missed = 0.0
    for e in range(EXPERTS):
        if weights[e] > 0.0:
            missed += weights[e] * miss_chance(m, e * BINS + b)
    return min(0.9, missed * math.exp(m[TAIL + b]))
