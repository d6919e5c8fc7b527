"""Model predictive path integral control: imagine many noisy futures of one's own body, average the good ones.

Williams, Aldrich and Theodorou, "Model Predictive Path Integral Control" (JGCD 2017).  Assumes the model is right over
the horizon; wrong where the best action hides behind a costly barrier that no sample crosses.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast, Plan
from npc_world.models.base import ForwardModel
from npc_world.models.rollout import rollout
from npc_world.planners.base import Cost

__all__ = ["Mppi", "weigh"]

Floats = NDArray[np.float64]


class Mppi:
    """Samples control sequences around the last plan, rolls them out through `model`, and averages them by cost.

    model: any `ForwardModel` with two-component position first in its state.  cost: rollouts (B, H, S), forecast → (B,).
    control_sd: noise of each control component, in the control's unit; by default half of the model's top speed.
    """

    def __init__(self, model: ForwardModel, cost: Cost, samples: int = 256, horizon_s: float = 1.5, *, step_s: float = 0.05,
                 control_size: int = 2, control_sd: float | None = None, temperature: float = 0.1) -> None:
        if samples < 2:
            raise BadInputError(f"samples={samples!r}: expected at least 2")
        if not (horizon_s > 0.0 and 0.0 < step_s <= horizon_s):
            raise BadInputError(f"horizon_s={horizon_s!r}, step_s={step_s!r}: expected 0 < step_s <= horizon_s")
        if temperature <= 0.0:
            raise BadInputError(f"temperature={temperature!r}: expected a positive share of the spread of costs")
        self.model, self.cost = model, cost
        self.samples, self.steps, self.step_s = samples, max(1, round(horizon_s / step_s)), step_s
        self.control_size = control_size
        speed = getattr(model, "max_speed_px_s", None)
        self.control_sd = control_sd if control_sd is not None else 0.5 * float(speed if speed else 1.0)
        self.temperature = temperature

    def plan(self, state: Any, forecast: Forecast | None = None, previous: Plan | None = None, *, rng: np.random.Generator) -> Plan:
        """The plan from `state` (S,): controls (H, C), the positions it expects, and its cost.  Same rng state, same plan."""
        start = np.asarray(state, dtype=np.float64)
        if not np.all(np.isfinite(start)):
            raise BadInputError(f"state={state!r}: not finite")
        nominal = self._warm_start(previous)
        noise = rng.standard_normal((self.samples, self.steps, self.control_size)) * self.control_sd
        noise[0] = 0.0
        controls = nominal + smoothed(noise)
        costs = np.asarray(self.cost(rollout(self.model, start, controls, self.step_s), forecast), dtype=np.float64)
        mean = np.einsum("b,bhc->hc", weigh(costs, self.temperature), controls)
        path = rollout(self.model, start, mean[None], self.step_s)
        cost = float(np.asarray(self.cost(path, forecast))[0])
        if cost > costs.min():  # the average of two ways round an obstacle runs into it: then the best sample is better
            best = int(np.argmin(costs))
            mean, cost = controls[best], float(costs[best])
            path = rollout(self.model, start, mean[None], self.step_s)
        waypoints = np.concatenate([start[None, :2], path[0, :, :2]])
        return Plan(waypoints_px=waypoints, eta_s=self.steps * self.step_s, behaviour="mppi", controls=mean, cost=cost)

    def _warm_start(self, previous: Plan | None) -> Floats:
        if previous is None or previous.controls is None or previous.controls.shape != (self.steps, self.control_size):
            return np.zeros((self.steps, self.control_size))
        return np.concatenate([previous.controls[1:], previous.controls[-1:]])


def smoothed(noise: Floats) -> Floats:
    """Noise (B, H, C) made to persist along H, at unchanged variance: bodies do not answer to jitter."""
    out = np.empty_like(noise)
    keep = 0.7
    out[:, 0] = noise[:, 0]
    for h in range(1, noise.shape[1]):
        out[:, h] = keep * out[:, h - 1] + np.sqrt(1.0 - keep * keep) * noise[:, h]
    return out


def weigh(costs: Floats, temperature: float) -> Floats:
    """(B,) weights summing to 1: exp(−(cost − least) / (temperature × spread)); infinite costs weigh nothing."""
    finite = np.where(np.isfinite(costs), costs, np.inf)
    least = finite.min()
    if not np.isfinite(least):
        return np.full(len(costs), 1.0 / len(costs))
    spread = float(np.std(finite[np.isfinite(finite)])) or 1.0
    weights = np.exp(-(finite - least) / (temperature * spread))
    return np.asarray(weights / weights.sum())
