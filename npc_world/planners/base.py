"""The seams of planners that imagine: a cost over rollouts, and a planner over a forward model."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from npc_world.core.records import Forecast, Plan

__all__ = ["Cost", "Planner"]


@runtime_checkable
class Cost(Protocol):
    """Rollouts (B, H, S) and a forecast (or None) in, one cost per rollout (B,) out; less is better."""

    def __call__(self, rollouts: NDArray[np.float64], forecast: Forecast | None) -> NDArray[Any]: ...


@runtime_checkable
class Planner(Protocol):
    """Plans from a state (S,) against a forecast; `previous` is the last plan, for a warm start."""

    def plan(self, state: NDArray[np.float64], forecast: Forecast | None, previous: Plan | None,
             rng: np.random.Generator) -> Plan: ...
