"""Model predictive path integral control: imagine many noisy futures of one's own body, average the good ones.

Williams, Aldrich and Theodorou, "Model Predictive Path Integral Control" (JGCD 2017).  Assumes the model is right over
the horizon; wrong where the best action hides behind a costly barrier that no sample crosses.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.arguments import is_positive
from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast, Plan
from npc_world.models.base import ForwardModel
from npc_world.models.on_ground import OnGround
from npc_world.planners.base import Cost
from npc_world.planners.evaluating import announced, evaluation
from npc_world.planners.mppi_kernel import mppi_on_ground, noise_rows, smoothed
from npc_world.planners.pursuit_cost import PursuitCost
from npc_world.planners.risk import Risk
from npc_world.planners.sampling import SamplingPlanner

__all__ = ["Mppi", "smoothed", "weigh"]

Floats = NDArray[np.float64]


class Mppi(SamplingPlanner):
    """Samples control sequences around the last plan, rolls them out through `model`, and averages them by cost.

    The arguments are those of `SamplingPlanner`.  temperature: share of the spread of costs within which samples have a say.
    rounds: how often it samples anew around the average; one is usual.  For many NPCs at once, `MppiCrowd` does the same in one call.
    """

    def __init__(self, model: ForwardModel, cost: Cost, samples: int = 256, horizon_s: float = 1.5, *, step_s: float = 0.05,
                 control_size: int = 2, control_sd: Any = None, temperature: float = 0.1, rounds: int = 1, budget_s: float | None = None,
                 risk: Risk | None = None) -> None:
        super().__init__(model, cost, samples, horizon_s, step_s=step_s, control_size=control_size, control_sd=control_sd, rounds=rounds,
                         budget_s=budget_s, risk=risk)
        if not is_positive(temperature):
            raise BadInputError(f"temperature={temperature!r}: expected a positive share of the spread of costs")
        self.temperature = temperature
        self._kept: _Kept | None = None

    def plan(self, state: Any, forecast: Forecast | None = None, previous: Plan | None = None, *, rng: np.random.Generator) -> Plan:
        """The plan from `state` (S,): controls (H, C), the positions it expects, and its cost.  Same rng state, same plan."""
        began_s = time.perf_counter()
        start = self._checked(state, rng)
        if self.rounds == 1 and isinstance(self.model, OnGround) and isinstance(self.cost, PursuitCost) and start.shape == (4,):
            return self._at_once(self.model, self.cost, start, forecast, previous, rng)
        judge = evaluation(self.model, self.cost, start, forecast, self.steps, self.step_s, self.risk)
        mean, cost = self._warm_start(previous), np.inf
        for _ in range(self.rounds):
            noise = rng.standard_normal((self.samples, self.steps, self.control_size)) * self.control_sd
            noise[0] = 0.0
            controls = np.clip(mean + smoothed(noise), self.low, self.high)
            costs = judge(controls)
            mean = np.einsum("b,bhc->hc", weigh(costs, self.temperature), controls)
            cost = float(judge(mean[None])[0])
            best = int(np.argmin(costs))
            if not cost <= costs[best]:  # the average of two ways round an obstacle runs into it: then the best sample is better
                mean, cost = controls[best], float(costs[best])
            if self._late(began_s):
                break
        return self._planned(start, mean, cost, "mppi")

    def _at_once(self, model: OnGround, cost: PursuitCost, start: Floats, forecast: Forecast | None, previous: Plan | None,
                 rng: np.random.Generator) -> Plan:
        """The whole round in one compiled call, with noise from a bank drawn once; what does not change from call to call is kept."""
        steps, kept = self.steps, self._kept
        if kept is None:
            kept = self._kept = _Kept(noise_rows(np.random.default_rng(0), self.samples, steps, self.control_sd), np.empty((steps, 2, self.samples)), cost)
        if forecast is None:
            if kept.goal is None:
                targets, weights = cost.targets(None, steps, self.step_s)
                kept.goal = targets[None], weights[None]
            aim = kept.goal
        else:
            targets, weights = cost.targets(forecast, steps, self.step_s)
            aim = targets[None], weights[None]
        warm = previous is not None and previous.controls is not None and previous.controls.shape == (steps, 2)
        controls = np.empty((1, steps, 2))
        controls[0] = previous.controls if warm and previous is not None else self._warm_start(None)
        path, costs = np.empty((steps + 1, 2)), np.empty(1)
        kept.first[0] = int(rng.random() * (kept.bank.shape[2] - self.samples))
        announced("sampling planner", mppi_on_ground)(
            *model.arrays, start[None], _FIRST, *aim, *kept.terms, controls, _ONE_STEP if warm else _NO_SHIFT, kept.bank, kept.first, self.low, self.high,
            self.temperature, self.step_s, kept.scratch, costs, path)
        return Plan(waypoints_px=path, eta_s=steps * self.step_s, behaviour="mppi", controls=controls[0], cost=float(costs[0]))


class _Kept:
    """What a planner needs in every call and has to make once."""

    def __init__(self, bank: Floats, scratch: Floats, cost: PursuitCost) -> None:
        self.bank, self.scratch, self.terms = bank, scratch, cost.packed
        self.first = np.zeros(1, np.int64)
        self.goal: tuple[Floats, Floats] | None = None


_FIRST, _NO_SHIFT, _ONE_STEP = np.zeros(1, np.int64), np.zeros(1), np.ones(1)


def weigh(costs: Floats, temperature: float) -> Floats:
    """(B,) weights summing to 1: exp(−(cost − least) / (temperature × spread)); infinite costs weigh nothing."""
    finite = np.where(np.isfinite(costs), costs, np.inf)
    least = finite.min()
    if not np.isfinite(least):
        return np.full(len(costs), 1.0 / len(costs))
    spread = float(np.std(finite[np.isfinite(finite)])) or 1.0
    weights = np.exp(-(finite - least) / (temperature * spread))
    return np.asarray(weights / weights.sum())
