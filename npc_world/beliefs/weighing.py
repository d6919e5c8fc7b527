"""What each expert's word counts, at each horizon, by its record there."""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.layout import BIN_JUDGED, BIN_S, BINS, ERROR, EXPERTS, JUDGED, NOISE, OWN, SCORE, TOP_SPEED
from npc_world.core.compiled import kernel

__all__ = ["error_variance", "weigh_experts"]

#                        stop   go  short  long longest turn  slow  ways repeat mean place flee prior
LOG_PRIOR = np.array([-1.5, 0.0, -0.5, -1.0, -1.5, -0.7, -0.7, -0.3, -0.7, -0.7, -0.7, -1.5, 0.0])
"""(OWN,) what an expert's word counts before its record says otherwise."""
_GIVEN_LOG_PRIOR = -0.5
_LEAST = 1e-4
_ENOUGH = 8.0
"""Judgements after which a horizon's own record replaces that of the next shorter one."""
_PRIOR_JUDGED = 2.0
_PRIOR_ERROR = 0.35
"""Standard deviation before any judgement, in shares of the way at top speed."""
_LEAST_ERROR = 0.01


@kernel
def weigh_experts(m, present, given_log_prior, weights):  # type: ignore[no-untyped-def]
    """Fill weights (BINS, EXPERTS), each row summing to 1.

    present (EXPERTS,) bool: who has an opinion.  given_log_prior (GIVEN,): for goals, how the way so far fits them.
    """
    score = np.zeros(EXPERTS)
    for b in range(BINS):
        own = min(1.0, m[BIN_JUDGED + b] / _ENOUGH)
        top = -math.inf
        for e in range(EXPERTS):
            score[e] = own * m[SCORE + e * BINS + b] + (1.0 - own) * score[e]
            if present[e]:
                prior = LOG_PRIOR[e] if e < OWN else _GIVEN_LOG_PRIOR + given_log_prior[e - OWN]
                weights[b, e] = score[e] + prior
                top = max(top, weights[b, e])
        total = 0.0
        for e in range(EXPERTS):
            weights[b, e] = math.exp(weights[b, e] - top) + _LEAST if present[e] else 0.0
            total += weights[b, e]
        for e in range(EXPERTS):
            weights[b, e] /= total


@kernel
def error_variance(m, e, b, axis):  # type: ignore[no-untyped-def]
    """Mean squared error in px² of expert e at horizon b, along (0) or across (1) the heading, from its record and a prior."""
    reach = max(m[TOP_SPEED], 1e-9) * BIN_S[b]
    judged = m[JUDGED + e * BINS + b]
    total = judged * m[ERROR + 2 * (e * BINS + b) + axis] + _PRIOR_JUDGED * (_PRIOR_ERROR * reach) ** 2
    return total / (judged + _PRIOR_JUDGED) + (_LEAST_ERROR * reach) ** 2 + m[NOISE]
