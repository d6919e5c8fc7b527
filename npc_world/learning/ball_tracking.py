"""Following the throw in the air: the cloud of balls that explains it, and whether the model fits at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_knowledge import BallKnowledge
from npc_world.learning.ball_shooting import Piece, Setting, Solution, at_steps
from npc_world.learning.ball_start import first_state, flights
from npc_world.learning.ball_watch import Cloud, LawBelief, advance_piece, cloud_of, explain, recent_misfit
from npc_world.models.ball_world import BallWorld

__all__ = ["Tracking", "track"]

Floats = NDArray[np.float64]
_FEW = 6
"""Sightings below which nothing is judged."""
_LATEST = 14
"""Sightings that are followed alone when nothing explains the whole throw."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """The throw in the air as it is understood after `sightings` sightings."""

    setting: Setting
    piece: Piece
    first: int
    """Index of the piece's first sighting in the throw."""
    sightings: int
    solution: Solution
    cloud: Cloud
    surprise: float
    """Under what was believed before this throw."""

    def imagine(self, times_s: Floats, contacts: int) -> tuple[Floats, Floats]:
        """Paths (n, H, 2) at times (H,) after the last sighting, and new contacts (n, contacts, 4) from then on."""
        now = float(self.piece.steps[-1])
        steps = now + times_s / self.setting.step_s
        near = np.round(steps)
        steps = np.where(np.abs(steps - near) < 0.02, near, steps)
        rolls = self.cloud.roll(self.setting, int(np.ceil(steps[-1])), contacts + 16)
        events = rolls.contacts.copy()
        events[:, :, 0] -= now * self.setting.step_s
        past = events[:, :, 0] <= 1e-9
        order = np.argsort(past, axis=1, kind="stable")[:, :contacts]
        events[past] = np.inf
        return at_steps(rolls.paths_px, steps), np.take_along_axis(events, order[:, :, None], axis=1)


def track(world: BallWorld, known: BallKnowledge, throw: Throw, before: Tracking | None, balls: int, doubt: float, kept: int,
          rng: np.random.Generator) -> Tracking:
    """Explain the throw so far under what is known; where that fails, under ever weaker beliefs, and from ever fewer sightings."""
    assert known.step_s is not None and known.noise_px is not None and known.scheme is not None
    setting = Setting(world, known.laws, known.scheme, known.step_s, known.noise_px)
    belief = known.belief
    piece, start, first = _piece(setting, known, throw, before, kept)
    solution = explain(setting, piece, start, belief, doubt, rng)
    surprise = _surprise(setting, piece, solution)
    if surprise > doubt and len(piece.steps) >= _FEW:
        mean, deviation = known.laws.prior()
        for wider in (belief.widened(5.0, 0.3 * deviation), LawBelief(mean, np.diag(deviation**2), *_open(mean))):
            found = explain(setting, piece, start, wider, doubt, rng)
            if _surprise(setting, piece, found) < _surprise(setting, piece, solution):
                solution, belief = found, wider
            if _surprise(setting, piece, solution) <= doubt:
                break
        else:
            first = max(0, len(throw.times_s) - _LATEST)
            piece, start, _ = _piece(setting, known, throw.part(first, len(throw.times_s)), None, kept)
            belief = LawBelief(mean, np.diag(deviation**2), *_open(mean))
            solution = explain(setting, piece, start, belief, doubt, rng)
    cloud = cloud_of(setting, piece, solution, belief, balls, known.rounding_px, rng)
    return Tracking(setting, piece, first, len(throw.times_s), solution, cloud, surprise)


def _open(z: Floats) -> tuple[Floats, Floats]:
    return np.full_like(z, -np.inf), np.full_like(z, np.inf)


def _surprise(setting: Setting, piece: Piece, solution: Solution) -> float:
    if len(piece.steps) < _FEW:
        return 1.0
    return max(recent_misfit(setting, piece, solution), float(solution.rms[0]))


def _piece(setting: Setting, known: BallKnowledge, throw: Throw, before: Tracking | None, kept: int) -> tuple[Piece, Floats, int]:
    """The stretch to explain, a state to start from, and the index of its first sighting.

    A throw longer than `kept` sightings drops its oldest third, which then acts through the cloud's spread at the new start.
    """
    length = len(throw.times_s)
    if before is not None and before.sightings < length:
        steps = throw.part(before.first, length).steps(setting.step_s)
        piece = Piece(steps, throw.seen_px[before.first :], before.piece.mean, before.piece.precision)
        start, first = before.solution.states[0], before.first
        if length - first > kept:
            drop = _whole_step(piece.steps, kept // 3)
            piece, start = advance_piece(setting, piece, before.cloud, drop)
            first += drop
        return piece, start, first
    first = max(0, length - kept)
    throw = throw.part(first, length)
    spin = known.spin_sd_rad_s if known.spin_sd_rad_s is not None and first == 0 else 0.3 * known.speed_px_s / setting.world.radius_px
    speed = 3.0 * max(known.speed_px_s, 20.0 * setting.world.radius_px)
    precision = np.diag([0.0, 0.0, speed**-2.0, speed**-2.0, max(spin, 1e-9) ** -2.0])
    piece = Piece(throw.steps(setting.step_s), throw.seen_px, np.zeros(5), precision)
    if len(throw.times_s) == 1:
        return piece, np.array([*throw.seen_px[0], 0.0, 0.0, 0.0]), first
    spans = flights(throw, setting.world, setting.noise_px, shortest=3)
    stop = min(spans[0][1], 36) if spans and spans[0][0] == 0 else min(4, len(throw.times_s))
    return piece, first_state(throw, 0, stop, known.belief.z, known.laws, setting.step_s), first


def _whole_step(steps: Floats, drop: int) -> int:
    """The sighting nearest to `drop` that lies on an engine step, so that the new start does."""
    on = np.flatnonzero(np.abs(steps - np.round(steps)) < 1e-9)
    return int(on[np.argmin(np.abs(on - drop))])
