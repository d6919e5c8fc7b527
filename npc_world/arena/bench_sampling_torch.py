"""pytorch_mppi on the problems of the sampling benchmark, as its users would write them: dynamics and costs as torch functions."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["torch_choices"]

Floats = NDArray[np.float64]
TEMPERATURES = (0.1, 1.0, 10.0)
"""Its temperature is in units of cost: the best on the problems counts."""
Choose = Callable[[Floats], Floats]


def torch_choices(samples: int, steps: int) -> dict[float, Callable[[Any, Floats], Choose]] | None:
    """By temperature, what makes a player of a problem (model, goal); None where the package is not installed."""
    if importlib.util.find_spec("pytorch_mppi") is None or importlib.util.find_spec("torch") is None:
        return None
    importlib.import_module("torch").set_num_threads(1)
    return {temperature: _maker(samples, steps, temperature) for temperature in TEMPERATURES}


def _maker(samples: int, steps: int, temperature: float) -> Callable[[Any, Floats], Choose]:
    from npc_world.arena.bench_sampling import STEP_S, WORTH

    def make(model: Any, goal: Floats) -> Choose:
        torch, peer = importlib.import_module("torch"), importlib.import_module("pytorch_mppi")
        torch.manual_seed(0)
        top, limit, cell = float(model.params[1]), float(model.params[2]), float(model.ground.cell_px)
        rows, cols = model.ground.shape
        surface = torch.from_numpy(model.ground.surface.astype(np.int64))
        solid, table = torch.from_numpy(model.ground.solid == 1), torch.from_numpy(model.table)
        aim, square_px = torch.from_numpy(np.asarray(goal)), WORTH["length_px"] ** 2

        def cells(at: Any) -> tuple[Any, Any]:
            return (at[:, 1] / cell).long().clamp(0, rows - 1), (at[:, 0] / cell).long().clamp(0, cols - 1)

        def dynamics(state: Any, control: Any) -> Any:
            row, col = cells(state)
            ground = table[surface[row, col]]
            wish = control * (top / control.norm(dim=1, keepdim=True).clamp_min(1e-9)).clamp_max(1.0)
            change = ground[:, :1] * wish + ground[:, 2:] * top - state[:, 2:4]
            most = ground[:, 1:2] * limit * STEP_S
            velocity = state[:, 2:4] + change * (most / change.norm(dim=1, keepdim=True).clamp_min(1e-9)).clamp_max(1.0)
            place = state[:, :2] + velocity * STEP_S
            to_row, to_col = cells(place)
            hit_x = solid[row, to_col]
            hit_y = solid[to_row, torch.where(hit_x, col, to_col)]
            hits = torch.stack([hit_x, hit_y], dim=1)
            place, velocity = torch.where(hits, state[:, :2], place), torch.where(hits, torch.zeros_like(velocity), velocity)
            return torch.cat([place, velocity, hits.any(dim=1, keepdim=True).double()], dim=1)

        def running(state: Any, control: Any) -> Any:
            return WORTH["near"] * ((state[:, :2] - aim) ** 2).sum(dim=1) / (steps * square_px) + WORTH["wall"] * state[:, 4]

        def terminal(states: Any, actions: Any) -> Any:
            return WORTH["end"] * ((states[..., -1, :2] - aim) ** 2).sum(dim=-1) / square_px

        sigma = torch.eye(2, dtype=torch.double) * float(0.25 * 2.0 * top) ** 2
        planner = peer.MPPI(dynamics, running, 5, sigma, num_samples=samples, horizon=steps, lambda_=temperature, u_min=torch.full((2,), -top, dtype=torch.double),
                       u_max=torch.full((2,), top, dtype=torch.double), terminal_state_cost=terminal, device="cpu")

        def choose(state: Floats) -> Floats:
            with torch.no_grad():
                command: Floats = planner.command(torch.from_numpy(np.append(state, 0.0))).numpy()
            return command.astype(np.float64)

        return choose

    return make
