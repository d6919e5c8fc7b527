"""Fit states and laws of several ball pieces at once, by shooting: roll, compare, correct.

Levenberg–Marquardt on the robust squared error of whole trajectories, through bounces, with finite differences of the exact
integrator; the pieces' own states are eliminated (Schur complement), so cost grows linearly with their number.
Assumes that the contacts happen in the right order already: across a change of the contact frame the error jumps, which is
what the growing horizon and the restarts of `ball_identify` are for.  Source: Nocedal & Wright 2006, chapter 10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.pieces import Pieces
from npc_world.learning.ball_laws import BallLaws
from npc_world.models.ball_world import BALL_STATE, BallWorld

__all__ = ["Piece", "Setting", "Solution", "at_steps", "costs_of", "errors_of", "fit_pieces", "inverse_of", "losses_of", "robust"]

Floats = NDArray[np.float64]
_HUBER = 3.5
"""Errors beyond so many standard deviations pull with constant force."""
_JUMP_RADII = 0.01
"""A nudge that moves the path by more changed the order of contacts, and gives no slope."""
_DAMPINGS = np.array([0.0, 1e-4, 1e-2, 1.0, 100.0])
_BESIDE = 4000
"""What a correction costs beside its rolling, in ball steps of about a tenth of a microsecond."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same during a fit."""

    world: BallWorld
    laws: BallLaws
    scheme: str
    step_s: float
    noise_px: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one throw, rolled from its first sighting."""

    steps: Floats
    """(L,) engine steps from its start, the first 0."""
    seen_px: Floats
    """(L, 2)."""
    mean: Floats
    """(5,) prior of the state at its start."""
    precision: Floats
    """(5, 5) of that prior; zeros where nothing is known."""


@dataclass(frozen=True, slots=True)
class Solution:
    """States (T, 5), laws z (F,), and the second moments of what is left unsure."""

    states: Floats
    z: Floats
    z_covariance: Floats
    """(F, F)."""
    joint_covariances: Floats
    """(T, 5 + F, 5 + F) of one piece's state and z together."""
    rms: Floats
    """(T,) error over noise; 1 as expected."""
    cost: float


def at_steps(paths: Floats, steps: Floats) -> Floats:
    """(..., L, 2) positions at (L,) fractional steps of paths (..., S + 1, 2), linear between steps."""
    low = np.minimum(np.floor(steps).astype(np.intp), paths.shape[-2] - 1)
    high = np.minimum(low + 1, paths.shape[-2] - 1)
    share = (steps - low)[:, None]
    if not share.any():
        return np.asarray(paths[..., low, :])
    return np.asarray(paths[..., low, :] * (1.0 - share) + paths[..., high, :] * share)


def robust(errors: Floats) -> Floats:
    """Huber's loss of errors in standard deviations: e² up to the knee, then linear."""
    size = np.abs(errors)
    return np.where(size <= _HUBER, size * size, _HUBER * (2.0 * size - _HUBER))


@kernel
def _losses(paths, low, share, seen, noise, knee, half_px, edge_px, smooth, boxed):  # type: ignore[no-untyped-def]
    """Fill smooth (B,) and boxed (B,): Huber losses of errors over noise, and of what lies beyond half_px over edge_px."""
    for b in range(paths.shape[0]):
        total, beyond = 0.0, 0.0
        for n in range(seen.shape[0]):
            at = low[n]
            after = min(at + 1, paths.shape[1] - 1)
            for axis in range(2):
                place = paths[b, at, axis]
                place += share[n] * (paths[b, after, axis] - place)
                error = abs(seen[n, axis] - place)
                size = error / noise
                total += size * size if size <= knee else knee * (2.0 * size - knee)
                if error > half_px:
                    size = (error - half_px) / edge_px
                    beyond += size * size if size <= knee else knee * (2.0 * size - knee)
        smooth[b], boxed[b] = total, beyond


def losses_of(setting: Setting, piece: Piece, used: int, states: Floats, z: Floats, half_px: float = np.inf, edge_px: float = 1.0) -> tuple[Floats, Floats]:
    """(B,) sums of `robust` over the errors of B candidates, and over what exceeds half_px, in units of edge_px."""
    steps = piece.steps[:used]
    last = int(np.ceil(steps[-1]))
    rolls = setting.world.roll(states, setting.laws.rows(z), setting.step_s, last, scheme=setting.scheme, contacts=0)
    low = np.minimum(np.floor(steps).astype(np.int64), last)
    smooth, boxed = np.empty(len(states)), np.empty(len(states))
    _losses(rolls.paths_px, low, steps - low, np.ascontiguousarray(piece.seen_px[:used]), float(setting.noise_px), _HUBER, float(half_px), float(edge_px),
            smooth, boxed)
    return smooth, boxed


def errors_of(setting: Setting, piece: Piece, used: int, states: Floats, z: Floats) -> Floats:
    """(B, used, 2) errors over noise of B candidates, states (B, 5) and z (B, F), for one piece."""
    steps = piece.steps[:used]
    rolls = setting.world.roll(states, setting.laws.rows(z), setting.step_s, int(np.ceil(steps[-1])), scheme=setting.scheme, contacts=0)
    return np.asarray((piece.seen_px[:used] - at_steps(rolls.paths_px, steps)) / setting.noise_px)


def fit_pieces(setting: Setting, pieces: list[Piece], used: list[int], states: Floats, z: Floats, z_mean: Floats, z_precision: Floats,
               iterations: int = 12, tolerance: float = 1e-4) -> Pieces[Solution]:
    """The most probable states and z given the first `used` sightings of each piece, and their Gaussian posterior there."""
    states, z = states.copy(), z.copy()
    best = costs_of(setting, pieces, used, states[None], z[None], z_mean, z_precision)[0]
    for iteration in range(iterations + 1):
        system = yield from _normal_equations(setting, pieces, used, states, z, z_mean, z_precision)
        if iteration == iterations:
            break
        ds, dz = _steps(system)
        tries_s, tries_z = states + ds, setting.laws.clip(z + dz)
        costs = costs_of(setting, pieces, used, tries_s, tries_z, z_mean, z_precision)
        winner = int(np.argmin(costs))
        gain = best - costs[winner]
        if not gain > 0.0:
            break
        states, z, best = tries_s[winner], tries_z[winner], costs[winner]
        if gain < tolerance * (1.0 + 1e-3 * best):
            system = yield from _normal_equations(setting, pieces, used, states, z, z_mean, z_precision)
            break
    covariance, joint = _posterior(system)
    return Solution(states, z, covariance, joint, system.rms, float(best))


@dataclass(frozen=True, slots=True)
class _System:
    own: Floats
    """(T, 5, 5)."""
    cross: Floats
    """(T, 5, F)."""
    shared: Floats
    """(F, F)."""
    own_pull: Floats
    shared_pull: Floats
    rms: Floats


def _nudges(setting: Setting) -> tuple[Floats, Floats]:
    r = setting.world.radius_px
    return np.array([1e-6 * r, 1e-6 * r, 1e-5 * r, 1e-5 * r, 1e-5]), np.full(int(setting.laws.free.sum()), 1e-7)


def _normal_equations(setting: Setting, pieces: list[Piece], used: list[int], states: Floats, z: Floats, z_mean: Floats,
                      z_precision: Floats) -> Pieces[_System]:
    count, free = len(pieces), len(z)
    nudge_s, nudge_z = _nudges(setting)
    signs = np.where(setting.laws.clip(z + nudge_z) == z + nudge_z, 1.0, -1.0)  # differences into the permitted range
    width = 1 + BALL_STATE + free
    off, all_z = np.zeros((width, BALL_STATE)), np.tile(z, (width, 1))
    off[1 : 1 + BALL_STATE] = np.diag(nudge_s)
    all_z[1 + BALL_STATE :] += np.diag(signs * nudge_z)
    rows = setting.laws.rows(all_z)
    scale = np.concatenate([nudge_s, signs * nudge_z]) * setting.noise_px
    own, cross = np.zeros((count, BALL_STATE, BALL_STATE)), np.zeros((count, BALL_STATE, free))
    shared, own_pull, shared_pull = z_precision.copy(), np.zeros((count, BALL_STATE)), z_precision @ (z_mean - z)
    rms = np.zeros(count)
    for t, (piece, n) in enumerate(zip(pieces, used, strict=True)):
        last = int(np.ceil(piece.steps[n - 1]))
        yield _BESIDE + (width + len(_DAMPINGS)) * last
        rolls = setting.world.roll(states[t] + off, rows, setting.step_s, last, scheme=setting.scheme, contacts=0)
        at = at_steps(rolls.paths_px, piece.steps[:n])
        errors = ((piece.seen_px[:n] - at[0]) / setting.noise_px).ravel()
        moved = at[1:] - at[0]
        moved[np.abs(moved) > _JUMP_RADII * setting.world.radius_px] = 0.0
        slopes = (moved / scale[:, None, None]).reshape(BALL_STATE + free, -1)
        weights = np.minimum(1.0, _HUBER / np.maximum(np.abs(errors), 1e-300))
        weighted = slopes * weights
        square, pull = weighted @ slopes.T, weighted @ errors
        own[t] = square[:BALL_STATE, :BALL_STATE] + piece.precision
        cross[t] = square[:BALL_STATE, BALL_STATE:]
        shared += square[BALL_STATE:, BALL_STATE:]
        own_pull[t] = pull[:BALL_STATE] + piece.precision @ (piece.mean - states[t])
        shared_pull += pull[BALL_STATE:]
        rms[t] = np.sqrt(np.mean(robust(errors)))
    return _System(own, cross, shared, own_pull, shared_pull, rms)


def _steps(system: _System) -> tuple[Floats, Floats]:
    """Changes of the states (D, T, 5) and of z (D, F), one for each of `_DAMPINGS`."""
    own = system.own + _DAMPINGS[:, None, None, None] * _diagonal(system.own)
    shared = system.shared + _DAMPINGS[:, None, None] * _diagonal(system.shared)
    own_inverse = _inverses(own + 1e-12 * _diagonal(own))
    lever = np.swapaxes(system.cross, 1, 2) @ own_inverse
    if system.cross.shape[2]:
        reduced = shared - (lever @ system.cross).sum(axis=1)
        pull = system.shared_pull - (lever @ system.own_pull[:, :, None])[..., 0].sum(axis=1)
        try:
            dz = np.linalg.solve(reduced + 1e-13 * _diagonal(shared), pull[..., None])[..., 0]
        except np.linalg.LinAlgError:
            dz = np.array([inverse_of(one) @ towards for one, towards in zip(reduced, pull, strict=True)])
    else:
        dz = np.zeros((len(_DAMPINGS), 0))
    left = system.own_pull - (system.cross @ dz[:, None, :, None])[..., 0]
    return (own_inverse @ left[..., None])[..., 0], dz


def _inverses(blocks: Floats) -> Floats:
    """Inverses of (..., n, n); where a direction of one leaves no trace in the sightings, as in `inverse_of`."""
    try:
        return np.asarray(np.linalg.inv(blocks), np.float64)
    except np.linalg.LinAlgError:
        size = blocks.shape[-1]
        return np.array([inverse_of(block) for block in blocks.reshape(-1, size, size)]).reshape(blocks.shape)


def _diagonal(blocks: Floats) -> Floats:
    """The diagonals of (..., n, n) alone."""
    return np.asarray(blocks * np.eye(blocks.shape[-1]))


def _posterior(system: _System) -> tuple[Floats, Floats]:
    count, free = system.cross.shape[0], system.cross.shape[2]
    own_inverse = _inverses(system.own + 1e-12 * _diagonal(system.own))
    lever = own_inverse @ system.cross
    reduced = system.shared - (np.swapaxes(system.cross, 1, 2) @ lever).sum(axis=0)
    z_covariance = inverse_of(reduced) if free else np.zeros((0, 0))
    joint = np.zeros((count, BALL_STATE + free, BALL_STATE + free))
    joint[:, BALL_STATE:, BALL_STATE:] = z_covariance
    joint[:, :BALL_STATE, BALL_STATE:] = -lever @ z_covariance
    joint[:, BALL_STATE:, :BALL_STATE] = np.swapaxes(joint[:, :BALL_STATE, BALL_STATE:], 1, 2)
    joint[:, :BALL_STATE, :BALL_STATE] = own_inverse + lever @ z_covariance @ np.swapaxes(lever, 1, 2)
    return z_covariance, joint


def inverse_of(matrix: Floats) -> Floats:
    """Inverse of a symmetric matrix that ought to be positive: what rounding made zero or negative stays very wide, not certain.

    Entries may span many orders (exact sightings beside a vague prior), hence the scaling.
    """
    scale = np.sqrt(np.maximum(np.diag(matrix), 1e-200))
    even = 0.5 * (matrix + matrix.T) / np.outer(scale, scale)
    if not np.isfinite(even).all():
        even = np.eye(len(matrix))
    values, vectors = np.linalg.eigh(even)
    whole = (vectors / np.maximum(values, 1e-13)) @ vectors.T
    return np.asarray(whole / np.outer(scale, scale))


def costs_of(setting: Setting, pieces: list[Piece], used: list[int], states: Floats, z: Floats, z_mean: Floats, z_precision: Floats) -> Floats:
    """(C,) minus twice the log posterior of C candidates, states (C, T, 5) and z (C, F), up to a constant."""
    away = z - z_mean
    total = np.einsum("cf,fg,cg->c", away, z_precision, away)
    for t, (piece, n) in enumerate(zip(pieces, used, strict=True)):
        off = states[:, t] - piece.mean
        total += np.einsum("cs,sr,cr->c", off, piece.precision, off)
        total += losses_of(setting, piece, n, states[:, t], z)[0]
    return np.where(np.isfinite(total), total, np.inf)
