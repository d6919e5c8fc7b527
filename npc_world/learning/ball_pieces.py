"""Stretches of throws while they are being fitted: where each starts, how far it is explained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces
from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_shooting import Piece, Setting, Solution, errors_of, fit_pieces, robust
from npc_world.learning.ball_start import first_state
from npc_world.models.ball_world import BallWorld

__all__ = ["CHUNK", "MISFIT", "Progress", "fit_running", "misfit_of", "start_piece", "wide_spin"]

Floats = NDArray[np.float64]
CHUNK = 12
"""Sightings by which the horizon grows."""
MISFIT = 1.7
"""A chunk whose error over noise exceeds this was not explained."""


@dataclass(slots=True)
class Progress:
    """One piece while its horizon grows; the only thing here that changes."""

    throw: Throw
    piece: Piece
    used: int
    state: Floats
    source: int = 0
    """Which throw it belongs to."""
    done: bool = False
    failed: bool = False
    onward: bool = False
    """It starts after a cut."""

    @property
    def whole(self) -> bool:
        """It explains its throw from beginning to end."""
        return self.done and not self.failed and not self.onward


def start_piece(throw: Throw, free_until: int, z: Floats, setting: Setting, spin_sd: float) -> Progress:
    """A piece that starts at the throw's first sighting, with a state from the free flight up to `free_until`."""
    used = min(len(throw.times_s), max(4, min(free_until, 3 * CHUNK)))
    state = first_state(throw, 0, used, z, setting.laws, setting.step_s)
    precision = np.diag([0.0, 0.0, 0.0, 0.0, spin_sd**-2.0])
    return Progress(throw, Piece(throw.steps(setting.step_s), throw.seen_px, np.zeros(5), precision), used, state)


def wide_spin(throws: list[Throw], world: BallWorld) -> float:
    speeds = np.concatenate([np.linalg.norm(np.diff(t.seen_px, axis=0), axis=1) / np.diff(t.times_s) for t in throws])
    return float(0.3 * np.quantile(speeds, 0.9) / world.radius_px) + 1e-6


def fit_running(setting: Setting, running: list[Progress], z: Floats, z_mean: Floats, z_precision: Floats, iterations: int = 6,
         tolerance: float = 1e-2) -> Pieces[Solution]:
    solution = yield from fit_pieces(setting, [p.piece for p in running], [p.used for p in running], np.array([p.state for p in running]), z,
                                     z_mean, z_precision, iterations, tolerance)
    for p, state in zip(running, solution.states, strict=True):
        p.state = state
    return solution


def misfit_of(setting: Setting, p: Progress, z: Floats) -> float:
    """Error over noise of the newest chunk, or, when that is worse, one and a half times that of the whole piece."""
    losses = robust(errors_of(setting, p.piece, p.used, p.state[None], z[None])[0])
    return max(float(np.sqrt(np.mean(losses[-CHUNK:]))), 1.5 * float(np.sqrt(np.mean(losses))) if p.used > 4 * CHUNK else 0.0)
