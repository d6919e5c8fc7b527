"""What MPPI, CEM and iCEM have in common: a model, a cost, a horizon, a warm start, a budget of time, and the plan they end with."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast, Plan
from npc_world.models.base import ForwardModel
from npc_world.models.rollout import rollout
from npc_world.planners.base import Cost
from npc_world.planners.risk import Risk

__all__ = ["SamplingPlanner"]

Floats = NDArray[np.float64]


class SamplingPlanner:
    """Base of the sampling planners: checks what they are given and turns control sequences into plans.

    model: any `ForwardModel` with two-component position first in its state.  cost: rollouts (B, H, S), forecast → (B,), or (B, K) for a
    forecast of K hypotheses, which `risk` then makes one number of.  control_sd: noise of each control component, in its unit; by
    default half of the range of the model's controls, or of its top speed.  budget_s: no further round of samples is begun after so
    much time; the first is always finished.
    """

    def __init__(self, model: ForwardModel, cost: Cost, samples: int, horizon_s: float, *, step_s: float, control_size: int,
                 control_sd: Any, rounds: int, budget_s: float | None, risk: Risk | None) -> None:
        if not isinstance(samples, (int, np.integer)) or samples < 2:
            raise BadInputError(f"samples={samples!r}: expected a whole number, at least 2")
        if not (horizon_s > 0.0 and 0.0 < step_s <= horizon_s):
            raise BadInputError(f"horizon_s={horizon_s!r}, step_s={step_s!r}: expected 0 < step_s <= horizon_s")
        if rounds < 1:
            raise BadInputError(f"rounds={rounds!r}: expected at least 1")
        if budget_s is not None and not budget_s > 0.0:
            raise BadInputError(f"budget_s={budget_s!r}: expected a positive number of seconds, or None")
        self.model, self.cost, self.risk = model, cost, risk
        self.samples, self.steps, self.step_s = samples, max(1, round(horizon_s / step_s)), step_s
        self.rounds, self.budget_s = rounds, budget_s
        low, high = getattr(model, "control_low", None), getattr(model, "control_high", None)
        self.control_size = control_size if low is None else len(low)
        self.low: Floats = np.full(self.control_size, -math.inf) if low is None else np.asarray(low, dtype=np.float64)
        self.high: Floats = np.full(self.control_size, math.inf) if high is None else np.asarray(high, dtype=np.float64)
        self.control_sd = self._spread(control_sd)

    def _spread(self, told: Any) -> Floats:
        """(C,) noise of each control component."""
        if told is None:
            finite = np.isfinite(self.high - self.low)
            speed = getattr(self.model, "max_speed_px_s", None)
            spread = np.where(finite, 0.25 * np.where(finite, self.high - self.low, 0.0), 0.5 * float(speed if speed else 1.0))
        else:
            try:
                spread = np.broadcast_to(np.asarray(told, dtype=np.float64), (self.control_size,))
            except (TypeError, ValueError):
                spread = np.full(self.control_size, math.nan)
        if not bool((np.isfinite(spread) & (spread > 0.0)).all()):
            raise BadInputError(f"control_sd={told!r}: expected a positive number, or one for each of {self.control_size} controls")
        return np.ascontiguousarray(spread)

    def _checked(self, state: Any, rng: Any) -> Floats:
        if not isinstance(rng, np.random.Generator):
            raise BadInputError(f"rng={rng!r}: expected a numpy.random.Generator, as np.random.default_rng(seed) gives")
        start = np.asarray(state, dtype=np.float64)
        if start.ndim != 1 or not all(map(math.isfinite, start.tolist())):
            raise BadInputError(f"state={state!r}: expected a finite row")
        return start

    def _warm_start(self, previous: Plan | None) -> Floats:
        """The last plan's controls moved on by a step; rest where there is none."""
        if previous is None or previous.controls is None or previous.controls.shape != (self.steps, self.control_size):
            return np.clip(np.zeros((self.steps, self.control_size)), self.low, self.high)
        return np.concatenate([previous.controls[1:], previous.controls[-1:]])

    def _late(self, began_s: float) -> bool:
        return self.budget_s is not None and time.perf_counter() - began_s >= self.budget_s

    def _planned(self, start: Floats, controls: Floats, cost: float, what: str) -> Plan:
        path = rollout(self.model, start, controls[None], self.step_s)
        waypoints = np.concatenate([start[None, :2], path[0, :, :2]])
        return Plan(waypoints_px=waypoints, eta_s=self.steps * self.step_s, behaviour=what, controls=controls, cost=cost)

    def plan(self, state: Any, forecast: Forecast | None = None, previous: Plan | None = None, *, rng: np.random.Generator) -> Plan:
        """The plan from `state` (S,): controls (H, C), the positions it expects, and its cost.  Same rng state, same plan."""
        raise NotImplementedError
