"""Unroll forward models: many control sequences at once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.errors import BadInputError
from npc_world.models.base import ForwardModel
from npc_world.models.top_down import step_top_down

__all__ = ["rollout", "rollout_top_down"]


def rollout(model: ForwardModel, state: NDArray[np.float64], controls: NDArray[np.float64], dt_s: float) -> NDArray[Any]:
    """States (B, H, S) from one state (S,) under controls (B, H, C): a batched call per step, or the model's own `unroll` where it has one.

    Raises `BadInputError` when the model gives states of another shape than it was given.
    """
    own = getattr(model, "unroll", None)
    if own is not None:
        return np.asarray(own(state, controls, dt_s))
    states: NDArray[Any] = np.broadcast_to(np.asarray(state, np.float64), (len(controls), len(state)))
    steps = []
    for h in range(controls.shape[1]):
        before = states.shape
        states = np.asarray(model.predict(states, controls[:, h], dt_s))
        if states.shape != before:
            raise BadInputError(f"model.predict gave {states.shape} for states {before}: expected as many")
        steps.append(states)
    return np.stack(steps, axis=1)


@kernel
def rollout_top_down(state, controls, dt_s, max_speed, max_acceleration, surface, table, solid, cell_px, out):  # type: ignore[no-untyped-def]
    """Fill out (B, H, 4) for a top-down body on a terrain and return hits (B,): the number of steps spent against a wall.

    surface (rows, cols) int16 indexes table (S, 4) of speed_factor, grip, push_x, push_y (pushes in shares of max_speed);
    a step into a solid cell (1) stops that axis.  max_acceleration ≤ 0: velocity follows at once.
    """
    rows, cols = surface.shape
    samples, steps = controls.shape[0], controls.shape[1]
    hits = np.zeros(samples)
    for b in range(samples):
        x, y, vx, vy = state[0], state[1], state[2], state[3]
        for h in range(steps):
            row = min(rows - 1, max(0, int(y / cell_px)))
            col = min(cols - 1, max(0, int(x / cell_px)))
            kind = surface[row, col]
            ux, uy = controls[b, h, 0], controls[b, h, 1]
            wanted = math.sqrt(ux * ux + uy * uy)
            if wanted > max_speed:
                ux *= max_speed / wanted
                uy *= max_speed / wanted
            next_x, next_y, vx, vy = step_top_down(x, y, vx, vy, ux, uy, dt_s, max_acceleration, table[kind, 0], table[kind, 1],
                                                   table[kind, 2] * max_speed, table[kind, 3] * max_speed)
            blocked = False
            next_col = min(cols - 1, max(0, int(next_x / cell_px)))
            if solid[row, next_col] == 1:
                next_x, vx, blocked = x, 0.0, True
                next_col = col
            next_row = min(rows - 1, max(0, int(next_y / cell_px)))
            if solid[next_row, next_col] == 1:
                next_y, vy, blocked = y, 0.0, True
            if blocked:
                hits[b] += 1.0
            x, y = next_x, next_y
            out[b, h, 0], out[b, h, 1], out[b, h, 2], out[b, h, 3] = x, y, vx, vy
    return hits
