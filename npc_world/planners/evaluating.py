"""Cost of many control sequences at once: compiled for the built-in bodies and cost, a batched model call per step for any other."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import COMPILED, kernel
from npc_world.core.compiled_cache import has_cache
from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast
from npc_world.models.base import ForwardModel
from npc_world.models.on_ground import BODY_ROWS, OnGround
from npc_world.models.rollout import rollout
from npc_world.planners.base import Cost
from npc_world.planners.pursuit_cost import PursuitCost, sample_costs
from npc_world.planners.risk import Risk, collapsed

__all__ = ["Evaluation", "announced", "evaluation"]

Floats = NDArray[np.float64]

Evaluation = Callable[[Floats], Floats]
"""Controls (B, H, C) → costs (B,)."""


def evaluation(model: ForwardModel, cost: Cost, state: Floats, forecast: Forecast | None, steps: int, step_s: float, risk: Risk | None) -> Evaluation:
    """What judges control sequences from `state` against `forecast`."""
    if isinstance(model, OnGround) and isinstance(cost, PursuitCost):
        targets, weights = cost.targets(forecast, steps, step_s)
        terms, field = cost.packed

        def compiled(controls: Floats) -> Floats:
            out = np.empty(len(controls))
            announced("sampling planner", costs_on_ground)(*model.arrays, state, np.ascontiguousarray(controls.transpose(1, 2, 0)), step_s, targets, weights,
                                                           terms, field, out)
            return out

        return compiled

    def plain(controls: Floats) -> Floats:
        rolled = rollout(model, state, controls, step_s)
        found = np.asarray(cost(rolled, forecast), dtype=np.float64)
        if found.shape[:1] != (len(controls),) or found.ndim > 2:
            raise BadInputError(f"cost gave {found.shape} for rollouts {rolled.shape}: expected (B,), or (B, K) with a forecast of K hypotheses")
        if found.ndim == 2:
            if forecast is None or found.shape[1] != len(forecast.weights):
                raise BadInputError(f"cost gave {found.shape}: expected (B,), or (B, K) with a forecast of K hypotheses")
            return collapsed(found, forecast.weights, risk if risk is not None else Risk())
        return found

    return plain


@kernel
def costs_on_ground(params, surface, table, solid, cell_px, state, controls, dt_s, targets, weights, terms, field, out):  # type: ignore[no-untyped-def]
    """Fill out (B,) with the cost of each control sequence (H, 2, B)."""
    bodies, cases = np.empty((BODY_ROWS, out.shape[0])), np.empty((targets.shape[0], out.shape[0]))
    sample_costs(params, surface, table, solid, cell_px, state, controls, dt_s, targets, weights, terms, field, bodies, cases, out, np.empty((0, 2)))


@cache
def announced(what: str, compiled: Any) -> Any:
    """The kernel; when it has still to be compiled and somebody is watching, a line says why it takes a moment."""
    if COMPILED and sys.stderr is not None and sys.stderr.isatty() and not has_cache(compiled):
        sys.stderr.write(f"preparing: {what}, once on this machine …\n")
        sys.stderr.flush()
    return compiled
