"""Following the throw in the air: the cloud of balls that explains it, and whether the model fits at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces
from npc_world.learning.ball_candidates import parts_of
from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_knowledge import BallKnowledge
from npc_world.learning.ball_shooting import Piece, Setting, Solution, at_steps
from npc_world.learning.ball_start import first_state, flights
from npc_world.learning.ball_watch import Cloud, LawBelief, advance_piece, cloud_of, explain
from npc_world.models.ball_world import BallWorld

__all__ = ["ROUGH", "Tracking", "piece_of", "track"]

Floats = NDArray[np.float64]
_FEW = 6
"""Sightings below which nothing is judged."""
ROUGH = 5.0
"""Beside a learned field a surprise below so many doubts is put down to its roughness."""
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
    """Error over noise under what was believed before this throw."""
    level: int
    """0 while that belief explains the throw, 1 when only a wider one does, 2 when anything is thought possible."""
    push_px_s2: Floats | None = None
    """(n, 2) what pushes each of the cloud's balls that is not felt yet, where that was told apart from gravity."""

    def imagine(self, times_s: Floats, contacts: int, ahead: BallWorld | None = None, z: Floats | None = None) -> tuple[Floats, Floats]:
        """Paths (n, H, 2) at times (H,) after the last sighting, and new contacts (n, contacts, 4) from then on.

        ahead, z: the world from the last sighting on, when it is felt otherwise than so far (by each ball differently), and the laws (n, F).
        """
        now = float(self.piece.steps[-1])
        steps = now + times_s / self.setting.step_s
        near = np.round(steps)
        steps = np.where(np.abs(steps - near) < 0.02, near, steps)
        if ahead is not None:
            return self._imagine_ahead(ahead, self.cloud.z if z is None else z, steps, contacts)
        rolls = self.cloud.roll(self.setting, int(np.ceil(steps[-1])), contacts + 16)
        events = rolls.contacts.copy()
        events[:, :, 0] -= now * self.setting.step_s
        past = events[:, :, 0] <= 1e-9
        order = np.argsort(past, axis=1, kind="stable")[:, :contacts]
        events[past] = np.inf
        return at_steps(rolls.paths_px, steps), np.take_along_axis(events, order[:, :, None], axis=1)

    def states_now(self) -> Floats:
        """(n, 5) of the cloud's balls at the last whole step seen."""
        return self.cloud.roll(self.setting, int(np.floor(self.piece.steps[-1])), 0).states

    def imagining(self, times_s: Floats, contacts: int, ahead: BallWorld | None = None, z: Floats | None = None) -> Pieces[tuple[Floats, Floats]]:
        """`imagine` in pieces."""
        count, members = len(self.cloud.z), 1 if ahead is None else max(1, len(ahead.field.nodes))
        steps = (float(times_s[-1]) / self.setting.step_s) + float(self.piece.steps[-1])
        paths, events = np.empty((count, len(times_s), 2)), np.empty((count, contacts, 4))
        for part, work in parts_of(count, steps, members):
            yield work
            some = replace(self, cloud=Cloud(self.cloud.states[part], self.cloud.z[part]))
            paths[part], events[part] = some.imagine(times_s, contacts, ahead, None if z is None else z[part])
        return paths, events

    def _imagine_ahead(self, ahead: BallWorld, z: Floats, steps: Floats, contacts: int) -> tuple[Floats, Floats]:
        now = float(self.piece.steps[-1])
        whole = int(np.floor(now))
        rows = self.setting.laws.rows(z)
        rolls = ahead.roll(self.states_now(), rows, self.setting.step_s, max(1, int(np.ceil(steps[-1])) - whole), scheme=self.setting.scheme, contacts=contacts + 2)
        events = rolls.contacts.copy()
        events[:, :, 0] -= (now - whole) * self.setting.step_s
        return at_steps(rolls.paths_px, steps - whole), events[:, :contacts]


def track(world: BallWorld, known: BallKnowledge, throw: Throw, before: Tracking | None, balls: int, doubt: float, kept: int,
          rng: np.random.Generator) -> Pieces[Tracking]:
    """Explain the throw so far under what is known; where that fails under weaker beliefs, and at last its newest sightings alone.

    A belief that has failed in this throw is not tried again in it: a surprise costs time once.
    """
    assert known.step_s is not None and known.noise_px is not None and known.scheme is not None
    setting = Setting(world, known.laws, known.scheme, known.step_s, known.noise_px)
    mean, deviation = known.laws.prior()
    beliefs = (known.belief, known.belief.widened(5.0, 0.3 * deviation), LawBelief(mean, np.diag(deviation**2), *_open(mean)))
    level = before.level if before is not None else 0
    piece, start, first, used = _piece(setting, known, throw, before, kept)
    z = known.belief.z if before is None else before.solution.z
    found = yield from explain(setting, piece, start, z, beliefs[level], doubt, rng, used)
    surprise = found.error if before is None or before.level == 0 else before.surprise
    while found.error > doubt and len(piece.steps) >= _FEW and level + 1 < len(beliefs):
        level += 1
        wider = yield from explain(setting, piece, found.solution.states[0], found.solution.z, beliefs[level], doubt, rng, found.used)
        if (-wider.used, wider.error) < (-found.used, found.error):
            found = wider
    if found.error > doubt and len(piece.steps) >= _FEW:
        first = max(0, len(throw.times_s) - _LATEST)
        piece, start, _, _ = _piece(setting, known, throw.part(first, len(throw.times_s)), None, kept)
        level = 0 if len(world.field.nodes) and surprise < ROUGH * doubt else level  # roughly right, the laws still hold best
        found = yield from explain(setting, piece, start, beliefs[level].z, beliefs[level], doubt, rng)
    cloud = yield from cloud_of(setting, piece, found.solution, beliefs[level], balls, known.rounding_px, rng)
    return Tracking(setting, piece, first, len(throw.times_s), found.solution, cloud, surprise if len(throw.times_s) >= _FEW else 1.0, level)


def _open(z: Floats) -> tuple[Floats, Floats]:
    return np.full_like(z, -np.inf), np.full_like(z, np.inf)


def _piece(setting: Setting, known: BallKnowledge, throw: Throw, before: Tracking | None, kept: int) -> tuple[Piece, Floats, int, int]:
    """The stretch to explain, a state to start from, the index of its first sighting, and how many of them are explained already.

    A throw longer than `kept` sightings drops its oldest third, which then acts through the cloud's spread at the new start.
    """
    length = len(throw.times_s)
    if before is not None and before.sightings < length:
        steps = throw.part(before.first, length).steps(setting.step_s)
        piece = Piece(steps, throw.seen_px[before.first :], before.piece.mean, before.piece.precision)
        start, first, used = before.solution.states[0], before.first, before.sightings - before.first
        if length - first > kept:
            drop = _whole_step(piece.steps, kept // 3)
            piece, start = advance_piece(setting, piece, before.cloud, drop)
            first, used = first + drop, used - drop
        return piece, start, first, used
    first = max(0, length - kept)
    piece, start = piece_of(setting, known, throw.part(first, length), fresh=first == 0)
    return piece, start, first, 0


def piece_of(setting: Setting, known: BallKnowledge, throw: Throw, fresh: bool = True) -> tuple[Piece, Floats]:
    """A throw as a piece of its own, and a state (5,) to start from; `fresh` when it is the beginning of a throw."""
    spin = known.spin_sd_rad_s if known.spin_sd_rad_s is not None and fresh else 0.3 * known.speed_px_s / setting.world.radius_px
    speed = 3.0 * max(known.speed_px_s, 20.0 * setting.world.radius_px)
    precision = np.diag([0.0, 0.0, speed**-2.0, speed**-2.0, max(spin, 1e-9) ** -2.0])
    piece = Piece(throw.steps(setting.step_s), throw.seen_px, np.zeros(5), precision)
    if len(throw.times_s) == 1:
        return piece, np.array([*throw.seen_px[0], 0.0, 0.0, 0.0])
    spans = flights(throw, setting.world, setting.noise_px, shortest=3)
    stop = min(spans[0][1], 36) if spans and spans[0][0] == 0 else min(4, len(throw.times_s))
    return piece, first_state(throw, 0, stop, known.belief.z, known.laws, setting.step_s)


def _whole_step(steps: Floats, drop: int) -> int:
    """The sighting nearest to `drop` that lies on an engine step, so that the new start does."""
    on = np.flatnonzero(np.abs(steps - np.round(steps)) < 1e-9)
    return int(on[np.argmin(np.abs(on - drop))])
