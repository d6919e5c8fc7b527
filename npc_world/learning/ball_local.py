"""Following and imagining a ball where more acts on it than its laws and what is felt beside them say.

What is left over counts as an unknown push that holds from place to place (`Leftover`).  Since the sightings say where the ball was, place,
velocity and push of now are linear in them over one free flight: a Gaussian process along the path (Rasmussen & Williams 2006, section 2.7:
the state at its beginning is the fixed part).  Just after a contact the newest sightings are explained by shooting instead, by one push.
Wrong for what changes from moment to moment, and where walls were met that are not known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces
from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_knowledge import BallKnowledge
from npc_world.learning.ball_leftover import SCALES, Leftover
from npc_world.learning.ball_shooting import Piece, Setting, Solution
from npc_world.learning.ball_start import flights
from npc_world.learning.ball_tracking import Tracking, piece_of
from npc_world.learning.ball_watch import Cloud, LawBelief, cloud_of, explain, spread_evenly
from npc_world.models.ball_field import ForceField
from npc_world.models.ball_world import BallWorld

__all__ = ["imagined_ahead", "scales_shown", "track_locally"]

Floats = NDArray[np.float64]
_FEW, _MOST = 10, 60
"""Sightings of a free flight that are followed in it: with fewer it is explained across its last contact."""
_MOST_STEPS = 180
_AGAIN = 12
"""Newest sightings that are foreseen from those before, to tell whether they surprise."""
_BESIDE = 12000
"""Work of a flight told apart by pushes of every scale, in ball steps of a tenth of a microsecond."""
_WINDOWS = ((14, 1.8), (8, np.inf))
"""Newest sightings that are explained across a contact, if their error over noise is below this."""


def track_locally(world: BallWorld, known: BallKnowledge, throw: Throw, left: Leftover, balls: int, rng: np.random.Generator) -> Pieces[Tracking]:
    """Where the ball of a throw is now, how fast, and what pushes it that is not felt yet; `world` with what is felt on average."""
    yield _BESIDE
    assert known.step_s is not None and known.noise_px is not None and known.scheme is not None
    flight, untouched = _free_flight(world, known, throw)
    if len(flight.times_s) < _FEW:
        return (yield from _across_contact(world, known, throw, left, untouched, balls, rng))
    steps = flight.steps(known.step_s)
    paths, guesses = yield from _guesses(world, known, flight, left)
    share = _posterior(guesses, left.scale_share)
    chosen = np.searchsorted(np.cumsum(share), (rng.permutation(balls) + 0.5) / balls).clip(0, len(guesses) - 1)
    roots, nows = np.array([_root(guess.covariance) for guess in guesses])[chosen], np.array([guess.now for guess in guesses])[chosen]
    ends = nows + np.einsum("brs,bsk->brk", roots, spread_evenly(balls, 6, rng).reshape(balls, 3, 2))
    now, surprise = guesses[int(np.argmax(share))].now, _surprise(paths[0], 1.0 if len(world.field.nodes) else 0.0)
    typical = known.spin_sd_rad_s if untouched and known.spin_sd_rad_s is not None else 0.3 * known.speed_px_s / world.radius_px
    states = np.concatenate([ends[:, 0], ends[:, 1], typical * rng.standard_normal((balls, 1))], axis=1)
    here = _loosened(known, 0.0)
    setting = Setting(world, here.laws, known.scheme, known.step_s, known.noise_px)
    z = here.belief.z + spread_evenly(balls, len(here.belief.z), rng) @ _root(here.belief.covariance).T
    cloud = Cloud(np.ascontiguousarray(states), here.laws.clip(np.clip(z, here.belief.low, here.belief.high)))
    mean = np.array([*now[0], *now[1], 0.0])
    solution = Solution(mean[None], here.belief.z, here.belief.covariance, np.zeros((1, 5 + z.shape[1], 5 + z.shape[1])), np.ones(1), 0.0)
    late = steps[-1] - np.floor(steps[-1])  # the cloud begins on an engine step
    piece = Piece(np.array([0.0, late])[: 1 + int(late > 0.0)], throw.seen_px[-1 - int(late > 0.0) :], np.zeros(5), np.zeros((5, 5)))
    return Tracking(setting, piece, len(throw.times_s) - len(piece.steps), len(throw.times_s), solution, cloud, surprise, 0, ends[:, 2])


def imagined_ahead(tracking: Tracking, known: BallKnowledge, left: Leftover) -> tuple[BallWorld, Floats]:
    """The world as each ball of the cloud feels it from now on, and their laws z (n, F) without the push of this place."""
    states, z, laws, push = tracking.states_now(), tracking.cloud.z.copy(), tracking.setting.laws, tracking.push_px_s2
    place = states[:, :2].mean(axis=0)
    if push is None and not laws.free[:2].all():
        push = np.zeros((len(z), 2))  # gravity was given, and the laws alone explain the throw so far
    if push is None:
        belief, here = _loosened(known, 0.0).belief, left.at(place)
        gain = here**2 / np.maximum(here**2 + np.diag(belief.covariance)[:2] * laws.gravity_scale**2, 1e-300)
        push = gain * (z[:, :2] - belief.z[:2]) * laws.gravity_scale
        z[:, :2] -= push / laws.gravity_scale
    nodes = left.field.nodes.mean(axis=0) + left.pushes(len(z), place, push)
    swirl = left.field.swirl[np.arange(len(z)) % len(left.field.swirl)]
    return replace(tracking.setting.world, field=ForceField(np.ascontiguousarray(nodes), np.ascontiguousarray(swirl), left.field.frame)), z


def scales_shown(world: BallWorld, known: BallKnowledge, throw: Throw, left: Leftover) -> Pieces[Floats]:
    """(2, len(SCALES)) over how many free flights of a throw not yet learned from pushes were so large, see `Leftover`."""
    assert known.step_s is not None and known.noise_px is not None
    shown = np.zeros((2, len(SCALES)))
    for start, stop in flights(throw, world, known.noise_px, shortest=_MOST // 3):
        for first in range(start, stop - _MOST // 3 + 1, _MOST):
            yield _BESIDE
            part, _ = _free_flight(world, known, throw.part(first, min(stop, first + _MOST)))
            if len(part.times_s) >= _MOST // 3:
                _paths, guesses = yield from _guesses(world, known, part, left)
                shown += _posterior(guesses, left.scale_share).reshape(shown.shape)
    return shown


def _posterior(guesses: list[_Ends], prior: Floats) -> Floats:
    """Shares of the guesses after a flight."""
    evidence = np.array([guess.log_evidence for guess in guesses]) + np.log(np.maximum(prior.ravel(), 1e-9))
    share = np.exp(evidence - evidence.max())
    return np.asarray(share / share.sum())


def _free_flight(world: BallWorld, known: BallKnowledge, throw: Throw) -> tuple[Throw, bool]:
    """The newest sightings since a contact or a long gap, and whether the throw has touched nothing at all."""
    assert known.noise_px is not None and known.step_s is not None
    steps, gaps = throw.steps(known.step_s), world.clearances_px(throw.seen_px)
    travel = float(np.median(np.linalg.norm(np.diff(throw.seen_px, axis=0), axis=1))) if len(steps) > 1 else 0.0
    between = 0.3 * travel if len(steps) > 1 and steps[-1] > 1.5 * (len(steps) - 1) else 0.0  # it may touch between two frames
    touching = np.flatnonzero(gaps <= 3.0 * known.noise_px + between)
    long = np.flatnonzero(np.diff(throw.times_s) > 6.0 * np.min(np.diff(throw.times_s))) if len(steps) > 1 else touching[:0]
    first = max(int(touching[-1]) + 2 if len(touching) else 0, int(long[-1]) + 1 if len(long) else 0, len(steps) - _MOST)
    first = max(first, int(np.searchsorted(steps, steps[-1] - _MOST_STEPS)))
    first = min(first, len(steps))
    while first < len(steps) and steps[first] != np.floor(steps[first]):
        first += 1
    return throw.part(first, len(steps)), not len(touching)


@dataclass(frozen=True, slots=True)
class _Path:
    """One free flight in linear terms, the same along x and along y: L sightings, a push at each of S steps, place and velocity at its start."""

    away: Floats
    """(L, 2) px of the sightings from the first, less what is felt."""
    pushed: Floats
    """(L, S) px per push."""
    begun: Floats
    """(L, 2) px per px and px/s at the start."""
    ends: Floats
    """(3, S) place, velocity and push at the last step per push."""
    begins: Floats
    """(3, 2)."""
    offset: Floats
    """(3, 2) of those by what is felt, from the first sighting."""
    unsure: Floats
    """(S, S) covariance of the pushes."""
    fixed: Floats
    """(2, 2) of the start."""
    noise_px: float

    def covariance(self, scale: float) -> Floats:
        """(L, L) of the sightings when pushes are `scale` times as large as thought."""
        sighted = self.pushed @ self.unsure @ self.pushed.T
        return scale**2 * sighted + self.begun @ self.fixed @ self.begun.T + self.noise_px**2 * np.eye(len(self.away))


@dataclass(frozen=True, slots=True)
class _Ends:
    """Place, velocity and push now (3, 2), their covariance (3, 3), and how well such pushes explain the flight."""

    now: Floats
    covariance: Floats
    log_evidence: float


def _guesses(world: BallWorld, known: BallKnowledge, flight: Throw, left: Leftover) -> Pieces[tuple[tuple[_Path, _Path], list[_Ends]]]:
    """A free flight beside what is felt, and beside the laws alone, each with pushes of every scale.

    The latter because what is felt may be wrong just here: it is used as far as the sightings bear it out.
    """
    paths, guesses = (_along(world, known, flight, left, True), _along(world, known, flight, left, False)), []
    for path in paths:
        yield _BESIDE
        guesses += [_ends(path, scale) for scale in SCALES]
    return paths, guesses


def _along(world: BallWorld, known: BallKnowledge, flight: Throw, left: Leftover, feeling: bool) -> _Path:
    """A free flight; world: with what is felt on average, which is left out unless `feeling` and is an unknown push as well then."""
    assert known.step_s is not None and known.noise_px is not None
    steps = flight.steps(known.step_s)
    row, dt = known.laws.rows(known.belief.z[None])[0], known.step_s
    count, keep, half = int(np.floor(steps[-1])), float(row[2]) ** dt, 0.5 if known.scheme == "continuous" else 0.0
    grid = np.arange(count + 1.0)
    places = np.stack([np.interp(grid, steps, flight.seen_px[:, k]) for k in range(2)], axis=1)
    beside = world.field.at(places, np.gradient(places, axis=0) / dt).mean(axis=0) if len(world.field.nodes) else np.zeros((count + 1, 2))
    deviation, alike = left.along(places)
    if not feeling:
        deviation = np.sqrt(deviation**2 + 0.5 * (beside**2).sum(axis=1))
    felt = row[:2] + (beside if feeling else np.zeros(beside.shape))
    lag, whole = grid[:, None] - grid, np.tril(np.ones((count + 1, count + 1)), -1)
    kicks = np.where(lag > 0.0, keep ** np.maximum(lag - 1.0, 0.0), 0.0) * dt  # what a push of one step adds to later velocities
    moves = dt * whole @ kicks + half * dt**2 * whole  # and to later places
    starts = np.stack([np.ones(count + 1), dt * whole @ keep**grid], axis=1)
    low = np.minimum(np.floor(steps).astype(int), count - 1)
    share = (steps - low)[:, None]
    pushed, begun = ((1.0 - share) * table[low] + share * table[low + 1] for table in (moves, starts))
    gravity = float(known.belief.covariance[0, 0]) * known.laws.gravity_scale**2 if known.laws.free[0] else 0.0
    fixed = np.diag([world.radius_px, 3.0 * known.speed_px_s + 20.0 * world.radius_px]) ** 2
    ends = np.stack([moves[-1], kicks[-1], np.eye(count + 1)[-1]])
    offset = np.vstack([ends[:2] @ felt, np.zeros(2)])
    offset[0] += flight.seen_px[0]
    begins = np.array([starts[-1], [0.0, keep**count], [0.0, 0.0]])
    return _Path(flight.seen_px - flight.seen_px[0] - pushed @ felt, pushed, begun, ends, begins, offset, np.outer(deviation, deviation) * alike + gravity, fixed, known.noise_px)


def _ends(path: _Path, scale: float) -> _Ends:
    """What the sightings say of now."""
    joint, unsure = path.covariance(scale), scale**2 * path.unsure
    across = path.ends @ unsure @ path.pushed.T + path.begins @ path.fixed @ path.begun.T
    gain = np.linalg.solve(joint, across.T).T
    covariance = path.ends @ unsure @ path.ends.T + path.begins @ path.fixed @ path.begins.T - gain @ across.T
    fit = float((path.away * np.linalg.solve(joint, path.away)).sum())
    return _Ends(path.offset + gain @ path.away, covariance, -0.5 * fit - float(np.linalg.slogdet(joint)[1]))


def _surprise(path: _Path, scale: float) -> float:
    """Error of the newest sightings as foreseen from those before, over what was expected of it with pushes of a scale; 1 while there are few."""
    before, joint, away = len(path.away) - _AGAIN, path.covariance(scale), path.away
    if before < _FEW - 2:
        return 1.0
    gain = np.linalg.solve(joint[:before, :before], joint[:before, before:]).T
    left = joint[before:, before:] - gain @ joint[:before, before:]
    white = np.linalg.solve(np.linalg.cholesky(0.5 * (left + left.T)), away[before:] - gain @ away[:before])
    return float(np.sqrt(np.mean(white**2)))


def _across_contact(world: BallWorld, known: BallKnowledge, throw: Throw, left: Leftover, untouched: bool, balls: int,
                    rng: np.random.Generator) -> Pieces[Tracking]:
    """The newest sightings explained by a push that is constant over them and stands in gravity's place."""
    assert known.step_s is not None and known.noise_px is not None and known.scheme is not None
    length = len(throw.times_s)
    for count, good in _WINDOWS:
        onward = (yield from _from_before(world, known, throw, left)) if count == _WINDOWS[0][0] else None
        first = max(0, length - (count if onward is None else len(onward.steps)))
        here = _loosened(known, max(left.at(place) for place in throw.seen_px[first :: max(1, count // 6)]))
        setting = Setting(world, here.laws, known.scheme, known.step_s, known.noise_px)
        piece, start = piece_of(setting, here, throw.part(first, length), fresh=first == 0 or untouched) if onward is None else (onward, onward.mean)
        found = yield from explain(setting, piece, start, here.belief.z, here.belief, good, rng, patient=False)
        if found.error <= good:
            break
    rough = replace(setting, noise_px=known.noise_px * max(1.0, found.error))
    cloud = yield from cloud_of(rough, piece, found.solution, here.belief, balls, 0.0, rng)
    return Tracking(setting, piece, first, length, found.solution, cloud, 1.0, 0)


def _from_before(world: BallWorld, known: BallKnowledge, throw: Throw, left: Leftover) -> Pieces[Piece | None]:
    """The newest sightings from just before the last contact on, with what the free flight until then said; None where that was short."""
    assert known.noise_px is not None and known.step_s is not None
    after, untouched = _free_flight(world, known, throw)
    touching = world.clearances_px(throw.seen_px) <= 3.0 * known.noise_px
    last = len(throw.times_s) - len(after.times_s) - 1
    while last > 0 and touching[last - 2 : last + 1].any():
        last -= 1
    flight, before = _free_flight(world, known, throw.part(0, last))
    if untouched or len(flight.times_s) < _FEW or last - 1 < len(throw.times_s) - 3 * _FEW:
        return None
    steps = flight.steps(known.step_s)
    if steps[-1] != np.floor(steps[-1]):
        return None
    _paths, guesses = yield from _guesses(world, known, flight, left)
    end = max(guesses, key=lambda guess: guess.log_evidence)
    told = np.linalg.inv(end.covariance[:2, :2])
    told[0, 0] = max(0.0, told[0, 0] - known.noise_px**-2.0)  # the piece holds that sighting too
    precision = np.zeros((5, 5))
    for axis in range(2):
        precision[np.ix_((axis, 2 + axis), (axis, 2 + axis))] = told
    spin = known.spin_sd_rad_s if before and known.spin_sd_rad_s is not None else 0.3 * known.speed_px_s / world.radius_px
    precision[4, 4] = max(spin, 1e-9) ** -2.0
    onward = throw.part(last - 1, len(throw.times_s))
    return Piece(onward.steps(known.step_s), onward.seen_px, np.array([*end.now[0], *end.now[1], 0.0]), precision)


def _loosened(known: BallKnowledge, push_px_s2: float) -> BallKnowledge:
    """What is known, with gravity free and unsure by a push of that deviation, which stands in for what is left over."""
    laws, free = known.laws, known.laws.free.copy()
    free[:2] = True
    loose = replace(laws, free=free)
    both = np.flatnonzero(laws.free[free])
    z, low, high = loose.fixed[free], np.full(free.sum(), -np.inf), np.full(free.sum(), np.inf)
    covariance = np.zeros((len(z), len(z)))
    z[both], low[both], high[both] = known.belief.z, known.belief.low, known.belief.high
    covariance[np.ix_(both, both)] = known.belief.covariance
    covariance[[0, 1], [0, 1]] += (push_px_s2 / laws.gravity_scale) ** 2 + 1e-12
    low[:2], high[:2] = -np.inf, np.inf
    return replace(known, laws=loose, belief=LawBelief(z, covariance, low, high))


def _root(covariance: Floats) -> Floats:
    """A matrix whose square is this, which ought to be positive."""
    scale = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    return np.asarray(scale[:, None] * vectors * np.sqrt(np.maximum(values, 0.0)))
