"""The improved cross-entropy method: noise that persists, elites that are kept, fewer samples from round to round."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast, Plan
from npc_world.models.base import ForwardModel
from npc_world.planners.base import Cost
from npc_world.planners.cem import Cem
from npc_world.planners.evaluating import evaluation
from npc_world.planners.risk import Risk

__all__ = ["ICem", "coloured"]

Floats = NDArray[np.float64]


class ICem(Cem):
    """iCEM (Pinneri et al., "Sample-efficient cross-entropy method for real-time planning", CoRL 2020).

    As `Cem`, with noise whose power falls with frequency as 1 / f^colour (2 to 3 for bodies with momentum, 0 is white), a share
    `kept` of the elites that goes into the next round and, moved on by a step, into the next plan, and `decay` times fewer samples in
    each round.  The elites kept for the next plan are the one thing it remembers: use one `ICem` per NPC; `reset` forgets them.
    """

    def __init__(self, model: ForwardModel, cost: Cost, samples: int = 96, horizon_s: float = 1.5, *, step_s: float = 0.05,
                 control_size: int = 2, control_sd: Any = None, elites: float = 0.1, least_sd: float = 0.05, colour: float = 2.0,
                 kept: float = 0.3, decay: float = 1.25, rounds: int = 3, budget_s: float | None = None, risk: Risk | None = None) -> None:
        super().__init__(model, cost, samples, horizon_s, step_s=step_s, control_size=control_size, control_sd=control_sd, elites=elites,
                         least_sd=least_sd, rounds=rounds, budget_s=budget_s, risk=risk)
        if not 0.0 <= colour <= 10.0:
            raise BadInputError(f"colour={colour!r}: expected an exponent from 0 to 10")
        if not 0.0 <= kept <= 1.0:
            raise BadInputError(f"kept={kept!r}: expected a share from 0 to 1")
        if not decay >= 1.0:
            raise BadInputError(f"decay={decay!r}: expected 1 or more")
        self.colour, self.kept, self.decay = colour, kept, decay
        self.reset()

    def reset(self) -> None:
        """Forget the elites of the last plan."""
        self._elites: Floats = np.empty((0, self.steps, self.control_size))

    def plan(self, state: Any, forecast: Forecast | None = None, previous: Plan | None = None, *, rng: np.random.Generator) -> Plan:
        """The plan from `state` (S,): controls (H, C), the positions it expects, and its cost.  Same rng state and past, same plan."""
        began_s = time.perf_counter()
        start = self._checked(state, rng)
        judge = evaluation(self.model, self.cost, start, forecast, self.steps, self.step_s, self.risk)
        mean = self._warm_start(previous)
        spread = np.broadcast_to(self.control_sd, mean.shape).copy()
        elites = np.concatenate([self._elites[:, 1:], self._elites[:, -1:]], axis=1) if previous is not None else self._elites[:0]
        best, least, count = mean, np.inf, max(2, round(self.elites * self.samples))
        for number in range(self.rounds):
            fresh = max(2 * count, int(self.samples * self.decay**-number))
            noise = coloured(rng.standard_normal((fresh, self.steps, self.control_size)), self.colour)
            controls = np.concatenate([np.clip(mean + spread * noise, self.low, self.high), elites, mean[None]])
            costs = judge(controls)
            order = np.argsort(costs, kind="stable")[:count]
            if costs[order[0]] < least:
                best, least = controls[order[0]], float(costs[order[0]])
            mean = controls[order].mean(axis=0)
            spread = np.maximum(controls[order].std(axis=0), self.least_sd * self.control_sd)
            elites = controls[order[: round(self.kept * count)]]
            if self._late(began_s):
                break
        self._elites = elites
        return self._planned(start, best, least, "icem")


def coloured(white: Floats, colour: float) -> Floats:
    """White noise (B, H, C) given a spectrum of 1 / f^colour along H, at unchanged variance (Timmer & König 1995)."""
    steps = white.shape[1]
    if colour == 0.0 or steps < 3:
        return white
    frequency = np.fft.rfftfreq(steps)
    frequency[0] = frequency[1]
    scale = frequency ** (-0.5 * colour)
    power = scale**2 * np.where((np.arange(len(scale)) == 0) | ((steps % 2 == 0) & (np.arange(len(scale)) == len(scale) - 1)), 1.0, 2.0)
    scale = scale * np.sqrt(steps / power.sum())
    return np.asarray(np.fft.irfft(np.fft.rfft(white, axis=1) * scale[:, None], n=steps, axis=1))
