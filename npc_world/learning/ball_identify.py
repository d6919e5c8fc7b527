"""Identify a ball's laws from watched throws: a horizon that grows over the bounces, restarts where a bounce is missed.

Assumes laws that are constant over the throws and a geometry that is known.  Where a stretch cannot be explained by any draw
from what is believed so far, the throw is cut there and goes on from its next free flight with a state of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_laws import BallLaws
from npc_world.learning.ball_shooting import Piece, Setting, Solution, costs_of, errors_of, fit_pieces, robust
from npc_world.learning.ball_start import first_laws, first_state, flights
from npc_world.models.ball_world import BallWorld

__all__ = ["Identified", "identify", "start_piece"]

Floats = NDArray[np.float64]
_CHUNK = 12
"""Sightings by which the horizon grows."""
_MISFIT = 1.7
"""A chunk whose error over noise exceeds this was not explained."""
_GOOD = 1.12
"""A fit of this error over noise needs no other attempt."""
_NO_SPIN = 0.02
"""Share of the widest plausible spin that counts as none."""
_DRAWS = 600
"""Candidates of a restart."""
_CAP = 16.0
"""Squared error at which one sighting stops counting against a restart candidate."""


@dataclass(frozen=True, slots=True)
class Identified:
    """What was found from a set of throws under one scheme."""

    setting: Setting
    z: Floats
    z_covariance: Floats
    z_low: Floats
    """(F,) z is not below this, whatever the covariance says; -inf where nothing is excluded."""
    z_high: Floats
    misfit: float
    """Error over noise, all stretches together; 1 as expected."""
    cuts: int
    """Throws that could not be explained to their end."""
    spin_sd_rad_s: float
    """Believed spread of the spin at the start of a throw."""


@dataclass(slots=True)
class _Progress:
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


def identify(world: BallWorld, laws: BallLaws, throws: list[Throw], scheme: str, step_s: float, noise_px: float, rounding_px: float,
             prior: tuple[Floats, Floats] | None, spin_sd: float | None, rng: np.random.Generator) -> Identified:
    """Fit one scheme.  `prior` is a mean (F,) and precision (F, F) from earlier throws; None starts from nothing.

    Spin and inertia can stand in for each other, so throws are first taken to begin without spin; only what that does not
    explain is tried with spin, and with other chunks of the horizon.  The attempt that leaves least unexplained is taken.
    """
    wide = _wide_spin(throws, world)
    attempts = [(spin_sd, _CHUNK)] if spin_sd is not None else [(_NO_SPIN * wide, _CHUNK)]
    attempts += [(wide, _CHUNK), (_NO_SPIN * wide, _CHUNK * 2 // 3), (wide, _CHUNK * 2)]
    best: Identified | None = None
    for spin, chunk in attempts:
        found = _attempt(world, laws, throws, scheme, step_s, noise_px, rounding_px, prior, spin, wide, chunk, rng)
        if best is None or (found.cuts, found.misfit) < (best.cuts, best.misfit):
            best = found
        if best.cuts == 0 and best.misfit < _GOOD:
            break
    assert best is not None
    return best


def _attempt(world: BallWorld, laws: BallLaws, throws: list[Throw], scheme: str, step_s: float, noise_px: float, rounding_px: float,
             prior: tuple[Floats, Floats] | None, spin: float, wide: float, chunk: int, rng: np.random.Generator) -> Identified:
    setting = Setting(world, laws, scheme, step_s, max(noise_px, 1e-8 * world.radius_px))
    arcs = [flights(t, world, setting.noise_px) for t in throws]
    mean, deviation = laws.prior()
    believed = prior if prior is not None else (mean, np.diag(deviation**-2.0))
    z = believed[0].copy() if prior is not None else first_laws(throws, arcs, laws, step_s)
    starts = [spans[0][1] if spans and spans[0][0] == 0 else 4 for spans in arcs]
    order = list(range(len(throws)))
    pieces, z = _grow(setting, throws, order, starts, z, believed, spin, chunk, rng)
    for _ in range(3):  # throws that went wrong are tried again from what the sound stretches taught
        whole = {p.source for p in pieces if p.whole}
        lame = [n for n in order if n not in whole]
        sound = _sound(setting, pieces, z)
        if not lame or not sound:
            break
        taught = _fit(setting, sound, z, *believed, iterations=15)
        steady = (taught.z, _precision(taught.z_covariance * 4.0))
        again, _z = _grow(setting, [throws[n] for n in lame], lame, [starts[n] for n in lame], taught.z, steady, spin, chunk, rng)
        z = taught.z
        mended = {p.source for p in again if p.whole}
        if not mended:
            break
        pieces = [p for p in pieces if p.source not in mended] + [p for p in again if p.source in mended]
    cuts = len(throws) - len({p.source for p in pieces if p.whole})
    return _polish(setting, _sound(setting, pieces, z) or pieces, z, believed, spin, wide, rounding_px, cuts)


def _sound(setting: Setting, pieces: list[_Progress], z: Floats) -> list[_Progress]:
    """The pieces that z explains, or that belong to a whole throw."""
    return [p for p in pieces if p.whole or (p.used >= _CHUNK and _misfit(setting, p, z) <= _MISFIT)]


def _precision(covariance: Floats) -> Floats:
    scale = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    return np.asarray(np.linalg.pinv(covariance / np.outer(scale, scale), hermitian=True, rcond=1e-13) / np.outer(scale, scale))


def _grow(setting: Setting, throws: list[Throw], sources: list[int], starts: list[int], z: Floats, believed: tuple[Floats, Floats], spin_sd: float,
          chunk: int, rng: np.random.Generator) -> tuple[list[_Progress], Floats]:
    """Fit the throws together over a growing horizon; returns the pieces, cut where nothing explains them, and z."""
    running = [start_piece(t, stop, z, setting, spin_sd) for t, stop in zip(throws, starts, strict=True)]
    for p, source in zip(running, sources, strict=True):
        p.source = source
    solution = _fit(setting, running, z, *believed)
    while not all(p.done for p in running):
        for p in running:
            if not p.done:
                p.used = min(len(p.piece.steps), p.used + chunk)
        solution = _fit(setting, running, solution.z, *believed)
        for n, p in enumerate(list(running)):
            if p.done:
                continue
            if _misfit(setting, p, solution.z) > _MISFIT:
                solution = _restart(setting, running, n, solution, *believed, chunk, rng)
                if _misfit(setting, p, solution.z) > _MISFIT:
                    rest = _cut(p, solution.z, setting, chunk)
                    if rest is not None:
                        running.append(rest)
            p.done = p.done or p.used >= len(p.piece.steps)
        running = [p for p in running if p.used >= 4]
    for p in running:
        p.failed = p.failed or _misfit(setting, p, solution.z) > _MISFIT
    return running, solution.z


def start_piece(throw: Throw, free_until: int, z: Floats, setting: Setting, spin_sd: float) -> _Progress:
    """A piece that starts at the throw's first sighting, with a state from the free flight up to `free_until`."""
    used = min(len(throw.times_s), max(4, min(free_until, 3 * _CHUNK)))
    state = first_state(throw, 0, used, z, setting.laws, setting.step_s)
    precision = np.diag([0.0, 0.0, 0.0, 0.0, spin_sd**-2.0])
    return _Progress(throw, Piece(throw.steps(setting.step_s), throw.seen_px, np.zeros(5), precision), used, state)


def _wide_spin(throws: list[Throw], world: BallWorld) -> float:
    speeds = np.concatenate([np.linalg.norm(np.diff(t.seen_px, axis=0), axis=1) / np.diff(t.times_s) for t in throws])
    return float(0.3 * np.quantile(speeds, 0.9) / world.radius_px) + 1e-6


def _fit(setting: Setting, running: list[_Progress], z: Floats, z_mean: Floats, z_precision: Floats, iterations: int = 6,
         tolerance: float = 1e-2) -> Solution:
    solution = fit_pieces(setting, [p.piece for p in running], [p.used for p in running], np.array([p.state for p in running]), z,
                          z_mean, z_precision, iterations, tolerance)
    for p, state in zip(running, solution.states, strict=True):
        p.state = state
    return solution


def _misfit(setting: Setting, p: _Progress, z: Floats) -> float:
    """Error over noise of the newest chunk, or, when that is worse, one and a half times that of the whole piece."""
    losses = robust(errors_of(setting, p.piece, p.used, p.state[None], z[None])[0])
    return max(float(np.sqrt(np.mean(losses[-_CHUNK:]))), 1.5 * float(np.sqrt(np.mean(losses))) if p.used > 4 * _CHUNK else 0.0)


def _restart(setting: Setting, running: list[_Progress], n: int, solution: Solution, z_mean: Floats, z_precision: Floats,
             chunk: int, rng: np.random.Generator) -> Solution:
    """Draw states and laws about the solution of a shorter horizon, keep the draw that explains the new chunk, and fit again."""
    p = running[n]
    before = max(4, p.used - chunk)
    used = [q.used if q is not p else before for q in running]
    shorter = fit_pieces(setting, [q.piece for q in running], used, np.array([q.state for q in running]), solution.z, z_mean, z_precision, 6, 1e-2)
    covariance = shorter.joint_covariances[n]
    for widen in (1.0, 3.0):
        deviates = rng.multivariate_normal(np.zeros(len(covariance)), widen * widen * covariance, size=_DRAWS, method="eigh", check_valid="ignore")
        draws = np.concatenate([shorter.states[n], shorter.z]) + deviates
        draws[0] = np.concatenate([shorter.states[n], shorter.z])
        states, z = draws[:, :5], setting.laws.clip(draws[:, 5:])
        capped = np.minimum(errors_of(setting, p.piece, p.used, states, z) ** 2, _CAP).sum(axis=(1, 2))
        for choice in np.argsort(capped)[:3]:
            trial = [replace_state(q, shorter.states[m]) for m, q in enumerate(running)]
            trial[n].state = states[choice]
            found = _fit(setting, trial, z[choice], z_mean, z_precision, iterations=10)
            if _misfit(setting, trial[n], found.z) <= _MISFIT:
                for q, better in zip(running, trial, strict=True):
                    q.state = better.state
                return found
    for q, state in zip(running, shorter.states, strict=True):
        q.state = state
    return shorter


def replace_state(p: _Progress, state: Floats) -> _Progress:
    return replace(p, state=state.copy())


def _cut(p: _Progress, z: Floats, setting: Setting, chunk: int) -> _Progress | None:
    """End piece p before its unexplained chunk; the rest of its throw from the next free flight on, or None when there is none."""
    p.used, p.done, p.failed = max(4, p.used - chunk), True, True
    rest = p.throw.part(p.used, len(p.throw.times_s))
    for start, stop in flights(rest, setting.world, setting.noise_px):
        onward = rest.part(start, len(rest.times_s))
        if len(onward.times_s) > _CHUNK:
            fresh = start_piece(onward, stop - start, z, setting, _wide_spin([onward], setting.world))
            fresh.source, fresh.onward = p.source, True
            return fresh
    return None


def _polish(setting: Setting, running: list[_Progress], z: Floats, believed: tuple[Floats, Floats], spin: float,
            wide: float, rounding_px: float, cuts: int) -> Identified:
    """Fit to convergence, then let the residuals say how exactly the ball was seen, and whether throws begin without spin."""
    floor = rounding_px / np.sqrt(12.0) if rounding_px else 1e-9 * setting.world.radius_px
    solution = _fit(setting, running, z, *believed, iterations=15, tolerance=1e-4)
    for _ in range(3):  # a piece that fits no longer beside the others leaves, the worst first, while better ones stay
        worst = int(np.argmax(solution.rms))
        if solution.rms[worst] <= _MISFIT or np.sort(solution.rms)[0] > _MISFIT:
            break
        running = running[:worst] + running[worst + 1:]
        cuts += 1
        solution = _fit(setting, running, solution.z, *believed, iterations=15, tolerance=1e-4)
    for _ in range(4):
        seen = float(np.sqrt(np.mean(solution.rms**2)))
        if rounding_px or 0.9 < seen < 1.15 or seen > 2.5:
            break
        setting = replace(setting, noise_px=max(floor, setting.noise_px * seen))
        solution = _fit(setting, running, solution.z, *believed, iterations=15, tolerance=1e-4)
    spread = _spin_spread(running, solution, wide) if spin == wide else spin
    for p in (q for q in running if not q.onward):
        p.piece = replace(p.piece, precision=np.diag([0.0, 0.0, 0.0, 0.0, spread**-2.0]))
    solution = _fit(setting, running, solution.z, *believed, iterations=15, tolerance=1e-4)
    solution, low, high = _loosen(setting, running, solution, believed)
    weights = np.array([p.used for p in running], np.float64)
    misfit = float(np.sqrt((weights * solution.rms**2).sum() / weights.sum()))
    return Identified(setting, solution.z, solution.z_covariance, low, high, misfit, cuts, spread)


def _spin_spread(running: list[_Progress], solution: Solution, wide: float) -> float:
    """Spread of the spin at a throw's start: near zero when no throw contradicts that all begin without, else as found."""
    own = np.maximum(solution.joint_covariances[:, 4, 4], 1e-30)
    known = [n for n, p in enumerate(running) if not p.onward and own[n] < 0.25 * wide**2]
    if not known:
        return wide
    square = solution.states[known, 4] ** 2
    if float(np.mean(square / own[known])) < 1.0 + np.log(len(known) + 1.0) or float(square.max()) < (_NO_SPIN * wide) ** 2:
        return _NO_SPIN * wide
    return float(np.sqrt(np.mean(square + own[known])))


def _loosen(setting: Setting, running: list[_Progress], solution: Solution, believed: tuple[Floats, Floats]) -> tuple[Solution, Floats, Floats]:
    """Frictions that are only known to suffice: above some value every contact so far gripped, and the sightings are the same.

    A Gaussian at the edge of such a plateau would be falsely certain.  The plateau is found on a grid, and the friction takes the
    prior's mean and spread over it; returns also the plateau's ends (F,), infinite where there is none.
    """
    names = [name for name, free in zip(setting.laws.names, setting.laws.free, strict=True) if free]
    low, high = np.full(len(names), -np.inf), np.full(len(names), np.inf)
    pieces, used = [p.piece for p in running], [p.used for p in running]
    mean, deviation = setting.laws.prior()
    variances: dict[int, float] = {}
    z = solution.z.copy()
    for j in (n for n, name in enumerate(names) if name.startswith("friction")):
        grid = np.linspace(0.0, 2.0, 41)
        trials = np.tile(z, (len(grid), 1))
        trials[:, j] = grid
        states = np.tile(np.array([p.state for p in running]), (len(grid), 1, 1))
        costs = costs_of(setting, pieces, used, states, trials, mean, np.zeros((len(mean), len(mean))))
        level = costs - min(float(costs.min()), solution.cost)
        plateau = grid[level < 4.0]
        if len(plateau) < 4:
            continue
        weight = np.exp(-0.5 * level) * np.exp(-0.5 * ((grid - mean[j]) / deviation[j]) ** 2)
        weight /= weight.sum()
        centre = float(weight @ grid)
        variances[j] = float(weight @ (grid - centre) ** 2)
        z[j], low[j], high[j] = centre, float(plateau[0]), float(plateau[-1]) if plateau[-1] < grid[-1] else np.inf
    if not variances:
        return solution, low, high
    loose = fit_pieces(setting, pieces, used, np.array([p.state for p in running]), z, *believed, iterations=0)
    covariance, joint = loose.z_covariance.copy(), loose.joint_covariances.copy()
    for j, variance in variances.items():
        scale = np.sqrt(variance / max(covariance[j, j], 1e-300))
        for matrix, at in ((covariance, j), *((one, 5 + j) for one in joint)):
            matrix[at] *= scale
            matrix[:, at] *= scale
    return replace(loose, z_covariance=covariance, joint_covariances=joint), low, high
