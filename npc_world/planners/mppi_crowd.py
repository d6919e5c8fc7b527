"""MPPI for many bodies in one compiled call, each planning in its own frames."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.arguments import is_positive
from npc_world.core.errors import BadInputError
from npc_world.models.on_ground import OnGround
from npc_world.planners.evaluating import announced
from npc_world.planners.mppi_kernel import mppi_on_ground, noise_rows
from npc_world.planners.pursuit_cost import PursuitCost
from npc_world.planners.sampling import SamplingPlanner

__all__ = ["MppiCrowd"]

Floats = NDArray[np.float64]
_GOLDEN = 0.6180339887
_NO_PATH = np.empty((0, 2))


class MppiCrowd(SamplingPlanner):
    """Plans for `count` bodies of one kind on one ground, `replan_hz` times a second each, spread evenly over the frames.

    Between its plans a body goes on with the last one.  Noise is drawn once and reused from ever other places, which costs a third of
    drawing it anew.  cost: a `PursuitCost`; targets are given per body as K hypotheses.
    """

    def __init__(self, model: OnGround, cost: PursuitCost, count: int, samples: int = 64, horizon_s: float = 0.75, *, step_s: float = 0.05,
                 control_sd: Any = None, temperature: float = 0.1, replan_hz: float = 10.0, seed: int = 0) -> None:
        if not isinstance(model, OnGround):
            raise BadInputError(f"model={model!r}: expected an OnGround body; other models plan one by one with Mppi")
        if not isinstance(cost, PursuitCost):
            raise BadInputError(f"cost={cost!r}: expected a PursuitCost; other costs plan one by one with Mppi")
        super().__init__(model, cost, samples, horizon_s, step_s=step_s, control_size=2, control_sd=control_sd, rounds=1, budget_s=None, risk=None)
        if count < 1:
            raise BadInputError(f"count={count!r}: expected at least 1")
        if not is_positive(temperature):
            raise BadInputError(f"temperature={temperature!r}: expected a positive share of the spread of costs")
        if not replan_hz > 0.0:
            raise BadInputError(f"replan_hz={replan_hz!r}: expected a positive number of plans per second")
        self.ground_model, self.pursuit = model, cost
        self.count, self.temperature, self.replan_hz = count, temperature, replan_hz
        self._rng = np.random.default_rng(seed)
        self._bank = noise_rows(self._rng, samples, self.steps, self.control_sd)
        self._scratch = np.empty((self.steps, 2, samples))
        self._phase = (_GOLDEN * np.arange(count)) % 1.0
        self.reset()

    def reset(self, bodies: Any = slice(None)) -> None:
        """Forget the plans of all bodies, or of those named (indices or a mask): they are somewhere else now."""
        if not hasattr(self, "controls"):
            self.controls: Floats = np.zeros((self.count, self.steps, 2))
            self.costs: Floats = np.full(self.count, math.inf)
            self._planned_s = np.full(self.count, -math.inf)
            self._slots = np.full(self.count, -1, dtype=np.int64)
        self.controls[bodies] = np.clip(0.0, self.low, self.high)
        self.costs[bodies] = math.inf
        self._planned_s[bodies] = -math.inf
        self._slots[bodies] = -1

    def step(self, time_s: float, states: Any, targets: Any, weights: Any = None) -> Floats:
        """(N, 2) controls at `time_s`: states (N, 4); targets (N, 2), (N, H, 2) or (N, K, H, 2) px; weights (N, K), equal without.

        Raises `BadInputError` for shapes that do not fit and for states or targets that are not finite.
        """
        now, where, likely = self._read(states, targets, weights)
        slots = np.floor(time_s * self.replan_hz + self._phase).astype(np.int64)
        due = np.flatnonzero((slots != self._slots) | (self._planned_s > time_s))
        if len(due):
            fresh = self._planned_s[due] == -math.inf
            shift = np.where(fresh, 0.0, (time_s - self._planned_s[due]) / self.step_s)
            shift = np.where(np.isfinite(shift), np.maximum(shift, 0.0), 0.0)
            first = self._rng.integers(self._bank.shape[2] - self.samples, size=len(due))
            terms, field = self.pursuit.packed
            announced("sampling planner for many", mppi_on_ground)(
                *self.ground_model.arrays, now, due, where, likely, terms, field, self.controls, shift, self._bank, first, self.low, self.high,
                self.temperature, self.step_s, self._scratch, self.costs, _NO_PATH)
            self._planned_s[due], self._slots[due] = time_s, slots[due]
        age = np.clip((time_s - self._planned_s) / self.step_s + 1e-9, 0.0, self.steps - 1).astype(np.int64)
        return np.asarray(self.controls[np.arange(self.count), age])

    def _read(self, states: Any, targets: Any, weights: Any) -> tuple[Floats, Floats, Floats]:
        now = np.ascontiguousarray(states, dtype=np.float64)
        if now.shape != (self.count, 4) or not np.isfinite(now).all():
            raise BadInputError(f"states has shape {now.shape}: expected {(self.count, 4)}, all finite")
        where = np.asarray(targets, dtype=np.float64)
        if where.shape == (self.count, 2):
            where = np.broadcast_to(where[:, None, None], (self.count, 1, self.steps, 2))
        elif where.shape == (self.count, self.steps, 2):
            where = where[:, None]
        if where.ndim != 4 or where.shape[0] != self.count or where.shape[2:] != (self.steps, 2) or not np.isfinite(where).all():
            raise BadInputError(f"targets has shape {np.shape(targets)}: expected {self.count} bodies with a place, {self.steps} places or K × {self.steps} "
                                "places each, all finite")
        shape = where.shape[:2]
        likely = np.full(shape, 1.0 / shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
        if likely.shape != shape or not bool((np.isfinite(likely) & (likely >= 0.0)).all()):
            raise BadInputError(f"weights has shape {likely.shape}: expected {shape}, none negative")
        return now, np.ascontiguousarray(where), np.ascontiguousarray(likely)
