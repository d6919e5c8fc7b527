"""How a plan is judged when the target may do one of several things."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.compiled import kernel
from npc_world.core.tunable import check_tunables, tunable

__all__ = ["Risk", "collapsed", "risk_of"]

Floats = NDArray[np.float64]
EXPECTED, WORST, CVAR = 0.0, 1.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One number from a cost per hypothesis: the mean, the worst, or the mean of the worst part (CVaR).

    CVaR of share α is the mean over the worst α of probability (Rockafellar & Uryasev, "Optimization of conditional value-at-risk",
    2000): 1 is the expected cost, towards 0 the worst.  Hypotheses less likely than `unlikely` are left out of the worst.
    """

    kind: str = tunable("expected", "what counts", choices=("expected", "worst", "cvar"))
    share: float = tunable(0.3, "of the cvar: share of probability that counts", low=1e-6, high=1.0)
    unlikely: float = tunable(0.02, "less likely futures are no worst case", low=0.0, high=1.0)

    def __post_init__(self) -> None:
        check_tunables(self)

    @property
    def packed(self) -> tuple[float, float]:
        """Kind and its number, for kernels."""
        return {"expected": (EXPECTED, 0.0), "worst": (WORST, self.unlikely), "cvar": (CVAR, self.share)}[self.kind]


def collapsed(costs: ArrayLike, weights: ArrayLike, risk: Risk) -> Floats:
    """(B,) from costs (B, K) of K hypotheses with weights (K,)."""
    rows = np.ascontiguousarray(costs, dtype=np.float64)
    likely = np.ascontiguousarray(weights, dtype=np.float64)
    kind, number = risk.packed
    return np.array([risk_of(row.copy(), likely, likely.copy(), kind, number) for row in rows])


@kernel
def risk_of(costs, weights, scratch, kind, number):  # type: ignore[no-untyped-def]
    """The risk of costs (K,) with weights (K,); costs and scratch (K,) are overwritten.  Infinite cost where a hypothesis that counts has it."""
    count = costs.shape[0]
    if kind == 0.0:
        total, mass = 0.0, 0.0
        for k in range(count):
            if weights[k] > 0.0:
                total += weights[k] * costs[k]
                mass += weights[k]
        return total / mass if mass > 0.0 else math.inf
    if kind == 1.0:
        worst, any_likely = -math.inf, False
        for k in range(count):
            if weights[k] > number:
                worst, any_likely = max(worst, costs[k]), True
        if any_likely:
            return worst
        for k in range(count):
            worst = max(worst, costs[k])
        return worst
    for k in range(count):
        scratch[k] = weights[k]
    for i in range(1, count):  # few hypotheses: insertion, dearest first
        cost, weight, j = costs[i], scratch[i], i - 1
        while j >= 0 and costs[j] < cost:
            costs[j + 1], scratch[j + 1] = costs[j], scratch[j]
            j -= 1
        costs[j + 1], scratch[j + 1] = cost, weight
    mass = 0.0
    for k in range(count):
        mass += scratch[k]
    left, total = number * mass, 0.0
    for k in range(count):
        part = min(left, scratch[k])
        if part > 0.0:
            total += part * costs[k]
        left -= part
    return total / (number * mass) if mass > 0.0 else math.inf
