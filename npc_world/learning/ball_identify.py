"""Identify a ball's laws from watched throws: a horizon that grows over the bounces, restarts where a bounce is missed.

Assumes laws that are constant over the throws and a geometry that is known.  Where a stretch cannot be explained by any draw
from what is believed so far, the throw is cut there and goes on from its next free flight with a state of its own.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces
from npc_world.learning.ball_candidates import capped_in_pieces
from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_laws import BallLaws
from npc_world.learning.ball_pieces import CHUNK, MISFIT, Progress, fit_running, misfit_of, start_piece, wide_spin
from npc_world.learning.ball_polish import NO_SPIN, Identified, polish
from npc_world.learning.ball_shooting import Setting, Solution, fit_pieces, inverse_of
from npc_world.learning.ball_start import first_laws, flights
from npc_world.models.ball_world import BallWorld

__all__ = ["Identified", "identify"]

Floats = NDArray[np.float64]
_FINE, _GOOD = 1.02, 1.12
"""A first fit whose error over noise is below the former, or a later one below the latter, needs no other attempt."""
_BLUR_RADII = 0.01
"""Nearly exact sightings are also read as this blurred while bounces are being found, since no draw could hit them."""
_DRAWS = 600
"""Candidates of a restart."""
_CAP = 16.0
"""Squared error at which one sighting stops counting against a restart candidate."""


def identify(world: BallWorld, laws: BallLaws, throws: list[Throw], scheme: str, step_s: float, noise_px: float, rounding_px: float,
             prior: tuple[Floats, Floats] | None, spin_sd: float | None, rng: np.random.Generator, attempts: int = 4,
             bounds: tuple[Floats, Floats] | None = None) -> Pieces[Identified]:
    """Fit one scheme.  `prior` is a mean (F,) and precision (F, F) from earlier throws, `bounds` the ends (F,) of what they left
    possible; None starts from nothing.

    Spin and inertia can stand in for each other, so throws are first taken to begin without spin; only what that does not
    explain is tried with spin, and with other chunks of the horizon.  The attempt that leaves least unexplained is taken.
    """
    wide = wide_spin(throws, world)
    still = NO_SPIN * wide if spin_sd is None else spin_sd
    sharp, blurred = max(noise_px, 1e-8 * world.radius_px), max(noise_px, _BLUR_RADII * world.radius_px)
    plans = [(still, CHUNK, sharp), (still, CHUNK * 2 // 3 if blurred == sharp else CHUNK, blurred), (wide, CHUNK, sharp),
             (wide, CHUNK * 2, blurred)]
    best: Identified | None = None
    for n, (spin, chunk, noise) in enumerate(plans[:attempts]):
        found = yield from _attempt(world, laws, throws, scheme, step_s, noise, rounding_px, prior, spin, wide, chunk, rng, bounds)
        if best is None or _worth(found) < _worth(best):
            best = found
        if best.cuts == 0 and best.misfit * best.setting.noise_px < (_FINE if n == 0 and blurred == sharp else _GOOD) * sharp:
            break
    assert best is not None
    return best


def _worth(found: Identified) -> float:
    """Least is best: error in pixels, a third more for each throw given up."""
    return found.misfit * found.setting.noise_px * (1.0 + 0.3 * found.cuts)


def _attempt(world: BallWorld, laws: BallLaws, throws: list[Throw], scheme: str, step_s: float, noise_px: float, rounding_px: float,
             prior: tuple[Floats, Floats] | None, spin: float, wide: float, chunk: int, rng: np.random.Generator,
             bounds: tuple[Floats, Floats] | None) -> Pieces[Identified]:
    setting = Setting(world, laws, scheme, step_s, noise_px)
    arcs = [flights(t, world, setting.noise_px) for t in throws]
    mean, deviation = laws.prior()
    believed = prior if prior is not None else (mean, np.diag(deviation**-2.0))
    z = believed[0].copy() if prior is not None else first_laws(throws, arcs, laws, step_s)
    starts = [spans[0][1] if spans and spans[0][0] == 0 else 4 for spans in arcs]
    order = list(range(len(throws)))
    pieces, z = yield from _grow(setting, throws, order, starts, z, believed, spin, chunk, rng)
    for _ in range(3):  # throws that went wrong are tried again from what the sound stretches taught
        whole = {p.source for p in pieces if p.whole}
        lame = [n for n in order if n not in whole]
        sound = _sound(setting, pieces, z)
        if not lame or not sound:
            break
        taught = yield from fit_running(setting, sound, z, *believed, iterations=15)
        steady = (taught.z, inverse_of(taught.z_covariance * 4.0))
        again, _z = yield from _grow(setting, [throws[n] for n in lame], lame, [starts[n] for n in lame], taught.z, steady, spin, chunk, rng)
        z = taught.z
        mended = {p.source for p in again if p.whole}
        if not mended:
            break
        pieces = [p for p in pieces if p.source not in mended] + [p for p in again if p.source in mended]
    cuts = len(throws) - len({p.source for p in pieces if p.whole})
    found = yield from polish(setting, _sound(setting, pieces, z) or pieces, z, believed, spin, wide, rounding_px, cuts, bounds)
    return found


def _sound(setting: Setting, pieces: list[Progress], z: Floats) -> list[Progress]:
    """The pieces that z explains, or that belong to a whole throw."""
    return [p for p in pieces if p.whole or (p.used >= CHUNK and misfit_of(setting, p, z) <= MISFIT)]


def _grow(setting: Setting, throws: list[Throw], sources: list[int], starts: list[int], z: Floats, believed: tuple[Floats, Floats], spin_sd: float,
          chunk: int, rng: np.random.Generator) -> Pieces[tuple[list[Progress], Floats]]:
    """Fit the throws together over a growing horizon; returns the pieces, cut where nothing explains them, and z."""
    running = [start_piece(t, stop, z, setting, spin_sd) for t, stop in zip(throws, starts, strict=True)]
    for p, source in zip(running, sources, strict=True):
        p.source = source
    solution = yield from fit_running(setting, running, z, *believed)
    while not all(p.done for p in running):
        for p in running:
            if not p.done:
                p.used = min(len(p.piece.steps), p.used + chunk)
        solution = yield from fit_running(setting, running, solution.z, *believed)
        for n, p in enumerate(list(running)):
            if p.done:
                continue
            if misfit_of(setting, p, solution.z) > MISFIT:
                solution = yield from _restart(setting, running, n, solution, *believed, chunk, rng)
                if misfit_of(setting, p, solution.z) > MISFIT:
                    rest = _cut(p, solution.z, setting, chunk)
                    if rest is not None:
                        running.append(rest)
            p.done = p.done or p.used >= len(p.piece.steps)
        running = [p for p in running if p.used >= 4]
    for p in running:
        p.failed = p.failed or misfit_of(setting, p, solution.z) > MISFIT
    return running, solution.z


def _restart(setting: Setting, running: list[Progress], n: int, solution: Solution, z_mean: Floats, z_precision: Floats,
             chunk: int, rng: np.random.Generator) -> Pieces[Solution]:
    """Draw states and laws about the solution of a shorter horizon, keep the draw that explains the new chunk, and fit again."""
    p = running[n]
    before = max(4, p.used - chunk)
    used = [q.used if q is not p else before for q in running]
    shorter = yield from fit_pieces(setting, [q.piece for q in running], used, np.array([q.state for q in running]), solution.z, z_mean, z_precision, 6, 1e-2)
    covariance = shorter.joint_covariances[n]
    for widen in (1.0, 3.0):
        deviates = rng.multivariate_normal(np.zeros(len(covariance)), widen * widen * covariance, size=_DRAWS, method="eigh", check_valid="ignore")
        draws = np.concatenate([shorter.states[n], shorter.z]) + deviates
        draws[0] = np.concatenate([shorter.states[n], shorter.z])
        states, z = draws[:, :5], setting.laws.clip(draws[:, 5:])
        capped = yield from capped_in_pieces(setting, p.piece, p.used, states, z, _CAP)
        for choice in np.argsort(capped)[:3]:
            trial = [replace_state(q, shorter.states[m]) for m, q in enumerate(running)]
            trial[n].state = states[choice]
            found = yield from fit_running(setting, trial, z[choice], z_mean, z_precision, iterations=10)
            if misfit_of(setting, trial[n], found.z) <= MISFIT:
                for q, better in zip(running, trial, strict=True):
                    q.state = better.state
                return found
    for q, state in zip(running, shorter.states, strict=True):
        q.state = state
    return shorter


def replace_state(p: Progress, state: Floats) -> Progress:
    return replace(p, state=state.copy())


def _cut(p: Progress, z: Floats, setting: Setting, chunk: int) -> Progress | None:
    """End piece p before its unexplained chunk; the rest of its throw from the next free flight on, or None when there is none."""
    p.used, p.done, p.failed = max(4, p.used - chunk), True, True
    rest = p.throw.part(p.used, len(p.throw.times_s))
    for start, stop in flights(rest, setting.world, setting.noise_px):
        onward = rest.part(start, len(rest.times_s))
        if len(onward.times_s) > CHUNK:
            fresh = start_piece(onward, stop - start, z, setting, wide_spin([onward], setting.world))
            fresh.source, fresh.onward = p.source, True
            return fresh
    return None
