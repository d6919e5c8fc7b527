"""The cross-entropy method: sample, keep the best tenth, sample again around those."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast, Plan
from npc_world.models.base import ForwardModel
from npc_world.planners.base import Cost
from npc_world.planners.evaluating import evaluation
from npc_world.planners.risk import Risk
from npc_world.planners.sampling import SamplingPlanner

__all__ = ["Cem"]

Floats = NDArray[np.float64]


class Cem(SamplingPlanner):
    """Cross-entropy planning (Rubinstein & Kroese 2004; for control: Kobilarov, "Cross-entropy motion planning", IJRR 2012).

    The arguments are those of `SamplingPlanner`.  Finds sharper plans than one round of MPPI at the price of its rounds;
    wrong where two ways are equally good and their mean is neither: the best sequence seen is kept beside the mean.
    elites: share of the samples that the next round is fitted to.  least_sd: noise never falls below this share of `control_sd`.
    """

    def __init__(self, model: ForwardModel, cost: Cost, samples: int = 128, horizon_s: float = 1.5, *, step_s: float = 0.05,
                 control_size: int = 2, control_sd: Any = None, elites: float = 0.1, least_sd: float = 0.05, rounds: int = 3,
                 budget_s: float | None = None, risk: Risk | None = None) -> None:
        super().__init__(model, cost, samples, horizon_s, step_s=step_s, control_size=control_size, control_sd=control_sd, rounds=rounds,
                         budget_s=budget_s, risk=risk)
        if not 0.0 < elites < 1.0:
            raise BadInputError(f"elites={elites!r}: expected a share between 0 and 1")
        if not 0.0 <= least_sd <= 1.0:
            raise BadInputError(f"least_sd={least_sd!r}: expected a share from 0 to 1")
        self.elites, self.least_sd = elites, least_sd

    def plan(self, state: Any, forecast: Forecast | None = None, previous: Plan | None = None, *, rng: np.random.Generator) -> Plan:
        """The plan from `state` (S,): controls (H, C), the positions it expects, and its cost.  Same rng state, same plan."""
        began_s = time.perf_counter()
        start = self._checked(state, rng)
        judge = evaluation(self.model, self.cost, start, forecast, self.steps, self.step_s, self.risk)
        mean = self._warm_start(previous)
        spread = np.broadcast_to(self.control_sd, mean.shape).copy()
        best, least = mean, np.inf
        for _ in range(self.rounds):
            controls = np.clip(mean + spread * rng.standard_normal((self.samples, *mean.shape)), self.low, self.high)
            controls[0], controls[1] = mean, best
            costs = judge(controls)
            order = np.argsort(costs, kind="stable")[: max(2, round(self.elites * self.samples))]
            if costs[order[0]] < least:
                best, least = controls[order[0]], float(costs[order[0]])
            mean = controls[order].mean(axis=0)
            spread = np.maximum(controls[order].std(axis=0), self.least_sd * self.control_sd)
            if self._late(began_s):
                break
        cost = float(judge(mean[None])[0])
        return self._planned(start, *((mean, cost) if cost <= least else (best, least)), "cem")
