"""The ball in the air now: what state and laws explain the sightings of this throw, as a cloud of equally likely balls.

Assumes the laws' posterior from earlier throws as prior; the cloud is drawn about the best explanation and weighted by how
well each draw explains the sightings, so that it splits where a bounce may have gone either way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces
from npc_world.learning.ball_candidates import capped_in_pieces, losses_in_pieces
from npc_world.learning.ball_shooting import Piece, Setting, Solution, errors_of, fit_pieces, inverse_of, robust
from npc_world.models.ball_world import Rolls

__all__ = ["Cloud", "Explained", "LawBelief", "advance_piece", "cloud_of", "explain", "spread_evenly"]

Floats = NDArray[np.float64]
_BLUR_RADII = 0.01
"""Noise, in ball radii, at which nearly exact sightings are read first."""
_FEWEST_DRAWS = 20.0
"""Effective draws below which a weighting is not trusted."""
_LEAST_POWER = 1e-9
"""Of the loss no less is taken: weights that are not even then never will be."""
_EDGE = 0.003
"""Softness of the edge of a rounding interval, in rounding steps."""
_PASSES = 4
_DRAWING = 6000
"""What a pass costs beside its rolling, in ball steps."""
_RECENT = 12
"""Newest sightings by which a model is judged."""


@dataclass(frozen=True, slots=True)
class LawBelief:
    """Gaussian over z (F,), cut off at low and high."""

    z: Floats
    covariance: Floats
    low: Floats
    high: Floats

    def precision(self) -> Floats:
        return inverse_of(self.covariance)

    def widened(self, factor: float, deviation: Floats) -> LawBelief:
        """With standard deviations `factor` times as large and at least (F,) `deviation`, and nothing cut off."""
        wide = self.covariance * factor**2 + np.diag(deviation**2)
        return LawBelief(self.z, wide, np.full_like(self.z, -np.inf), np.full_like(self.z, np.inf))


@dataclass(frozen=True, slots=True)
class Cloud:
    """n balls, equally likely, at the first sighting of the piece."""

    states: Floats
    """(n, 5)."""
    z: Floats
    """(n, F)."""

    def roll(self, setting: Setting, steps: int, contacts: int) -> Rolls:
        return setting.world.roll(self.states, setting.laws.rows(self.z), setting.step_s, steps, scheme=setting.scheme, contacts=contacts)


def recent_misfit(setting: Setting, piece: Piece, solution: Solution) -> float:
    """Error over noise of the newest sightings; about 1 when the model fits."""
    losses = robust(errors_of(setting, piece, len(piece.steps), solution.states[:1], solution.z[None])[0])
    return float(np.sqrt(np.mean(losses[-_RECENT:])))


@dataclass(frozen=True, slots=True)
class Explained:
    """How far a belief explains a piece."""

    solution: Solution
    """For the first `used` sightings."""
    used: int
    error: float
    """Over noise: of the newest sightings or of all, whichever is larger; where `used` is not all, with the next ones."""


def explain(setting: Setting, piece: Piece, start: Floats, z: Floats, belief: LawBelief, misfit: float, rng: np.random.Generator,
            used: int = 0, patient: bool = True) -> Pieces[Explained]:
    """The best state and laws for the piece, from `start` (5,) and z (F,), which explain its first `used` sightings.

    When a fit to all of them is off by more than `misfit` the horizon grows chunk by chunk, with a restart from draws where a
    bounce is missed, and ends where these do not help, at once when not `patient`.  Sightings far sharper than the start are first read as blurred, else the
    contacts would be held where the start put them.
    """
    blurred, count = replace(setting, noise_px=_BLUR_RADII * setting.world.radius_px), len(piece.steps)
    if setting.noise_px < 0.1 * blurred.noise_px:
        rough = yield from explain(blurred, piece, start, z, belief, misfit, rng, used, patient)
        if rough.used < count:
            return rough
        solution = rough.solution
        for noise in np.geomspace(blurred.noise_px, setting.noise_px, 4)[1:]:
            sharper = replace(setting, noise_px=float(noise))
            solution = yield from fit_pieces(sharper, [piece], [count], solution.states, solution.z, belief.z, belief.precision(), 12, 1e-3)
        return Explained(solution, count, _error(setting, piece, solution))
    whole = yield from fit_pieces(setting, [piece], [count], start[None], z, belief.z, belief.precision(), 12, 1e-3)
    best = Explained(whole, count, _error(setting, piece, whole))
    if best.error <= misfit:
        return best
    furthest: Explained | None = None
    for chunk in (8, 5) if patient else (8,):
        found = yield from _grow(setting, piece, start, z, belief, misfit, rng, used, chunk, 2 if patient else 1)
        if found.used == count:
            return found if found.error < best.error else best
        if furthest is None or found.used > furthest.used:
            furthest = found
        if count - used <= chunk:
            break  # so few are new that smaller chunks would be the same
    assert furthest is not None
    return furthest


def _grow(setting: Setting, piece: Piece, start: Floats, z: Floats, belief: LawBelief, misfit: float, rng: np.random.Generator, used: int,
          chunk: int, most_defied: int) -> Pieces[Explained]:
    """Explain more and more of the piece, until so many chunks in a row defy it."""
    precision, count = belief.precision(), len(piece.steps)
    good = max(used, min(count, 10))
    solution = yield from fit_pieces(setting, [piece], [good], start[None], z, belief.z, precision, 12, 1e-3)
    kept, upto, error, defied = solution, good, misfit, 0
    while upto < count:
        further = min(count, upto + chunk)
        ahead = yield from fit_pieces(setting, [piece], [further], solution.states, solution.z, belief.z, precision, 8, 1e-2)
        if _newest(setting, piece, further, chunk, ahead) > misfit:
            ahead = yield from _redraw(setting, piece, further, solution, ahead, belief, precision, rng)
        error = _newest(setting, piece, further, chunk, ahead)
        solution, upto = ahead, further
        if error <= misfit:
            kept, good, defied = solution, upto, 0
        else:
            defied += 1
            if defied == most_defied:
                break
    if good < count:
        return Explained(kept, good, error)
    return Explained(kept, count, _error(setting, piece, kept))


def _error(setting: Setting, piece: Piece, solution: Solution) -> float:
    return max(recent_misfit(setting, piece, solution), float(solution.rms[0]))


def _newest(setting: Setting, piece: Piece, used: int, chunk: int, solution: Solution) -> float:
    losses = robust(errors_of(setting, piece, used, solution.states[:1], solution.z[None])[0])
    return max(float(np.sqrt(np.mean(losses[-chunk:]))), 1.4 * float(np.sqrt(np.mean(losses))))


def _redraw(setting: Setting, piece: Piece, used: int, before: Solution, ahead: Solution, belief: LawBelief, precision: Floats,
            rng: np.random.Generator) -> Pieces[Solution]:
    best = ahead
    centre = np.concatenate([before.states[0], before.z])
    for widen in (1.0, 3.0):
        deviates = rng.multivariate_normal(np.zeros(len(centre)), widen**2 * before.joint_covariances[0], size=500, method="eigh",
                                           check_valid="ignore")
        draws = centre + deviates
        z = setting.laws.clip(draws[:, 5:])
        capped = yield from capped_in_pieces(setting, piece, used, draws[:, :5], z, 16.0)
        for choice in np.argsort(capped)[:2]:
            found = yield from fit_pieces(setting, [piece], [used], draws[choice, None, :5], z[choice], belief.z, precision, 8, 1e-2)
            if found.cost < best.cost:
                best = found
        if best.rms[0] < 1.3:
            break
    return best


def cloud_of(setting: Setting, piece: Piece, solution: Solution, belief: LawBelief, count: int, rounding_px: float,
             rng: np.random.Generator) -> Pieces[Cloud]:
    """`count` balls from the posterior: drawn from a Gaussian about the solution, weighted by the true one, resampled.

    Rounded sightings say that the ball was within half a rounding step, no more and no less, which in the long run tells more
    than a Gaussian of the same deviation.  The one likelihood is turned into the other pass by pass, each as far as enough draws
    keep a say (annealed importance sampling, Neal 2001, with a refitted Gaussian for its moves).
    """
    centre, covariance = np.concatenate([solution.states[0], solution.z]), solution.joint_covariances[0]
    precision, share = belief.precision(), 0.0
    for _ in range(_PASSES if rounding_px else 2):
        yield _DRAWING
        white = spread_evenly(3 * count, len(centre), rng)
        tail = np.sqrt(rng.chisquare(8.0, (3 * count, 1)) / 8.0)
        draws = centre + (white / tail) @ _root(covariance).T
        states, z = draws[:, :5], setting.laws.clip(np.clip(draws[:, 5:], belief.low, belief.high))
        smooth, boxed = yield from losses_in_pieces(setting, piece, len(piece.steps), states, z, 0.5 * rounding_px, max(_EDGE * rounding_px, 1e-300))
        off, away = states - piece.mean, draws[:, 5:] - belief.z
        base = np.einsum("bs,sr,br->b", off, piece.precision, off) + np.einsum("bf,fg,bg->b", away, precision, away)
        base -= (8.0 + len(centre)) * np.log1p(((white / tail) ** 2).sum(axis=1) / 8.0)  # less what was proposed
        if rounding_px:
            share = _furthest(base, smooth, boxed, share, 0.12 * len(draws))
            smooth = (1.0 - share) * smooth + share * boxed
        weights = _tempered(base + smooth, _FEWEST_DRAWS)
        enough = 1.0 / float((weights**2).sum())
        if enough > 0.12 * len(weights) and (share == 1.0 or not rounding_px):
            break
        mean = weights @ draws
        spread = (draws - mean) * np.sqrt(weights)[:, None]
        covariance = 1.2 * spread.T @ spread + (0.05 if enough > 4 * _FEWEST_DRAWS else 0.3) * covariance
        centre = mean
    order = _by_velocity(states[:, 2:4], count)
    chosen = order[np.searchsorted(np.cumsum(weights[order]), (np.arange(count) + rng.random()) / count).clip(0, len(weights) - 1)]
    return Cloud(np.ascontiguousarray(states[chosen]), np.ascontiguousarray(z[chosen]))


def spread_evenly(count: int, axes: int, rng: np.random.Generator) -> Floats:
    """(count, axes) standard normal deviates, each axis in strata of equal probability, one deviate to a stratum (Latin hypercube,
    McKay, Beckman & Conover 1979): no few hundred balls are wider or narrower than what they stand for by luck."""
    return np.stack([rng.permutation(_strata(count)) for _ in range(axes)], axis=1)


@lru_cache(maxsize=8)
def _strata(count: int) -> Floats:
    normal = NormalDist()
    return np.array([normal.inv_cdf((n + 0.5) / count) for n in range(count)])


def _by_velocity(velocities: Floats, count: int) -> NDArray[np.intp]:
    """Order of (n, 2) velocities along a path to and fro through their plane: neighbours fly alike, so that every so manieth of
    them stands for the rest (systematic resampling in order)."""
    lanes = max(1, int(np.sqrt(count)))
    lane = np.empty(len(velocities), np.intp)
    lane[np.argsort(velocities[:, 0], kind="stable")] = np.arange(len(velocities)) * lanes // len(velocities)
    return np.lexsort((np.where(lane % 2 == 0, velocities[:, 1], -velocities[:, 1]), lane))


def _weights(loss: Floats, power: float = 1.0) -> Floats:
    weights = np.exp(-0.5 * power * (loss - loss.min()))
    return np.asarray(weights / weights.sum())


def _tempered(loss: Floats, fewest: float) -> Floats:
    """Weights under as much of the loss as leaves so many effective draws: where too few would carry all, rather too wide than one ball."""
    fewest = min(fewest, 0.5 * float(np.isfinite(loss).sum()))  # few draws, or few that are possible at all, cannot be more
    power = 1.0
    weights = _weights(loss)
    while power > _LEAST_POWER and 1.0 / float((weights**2).sum()) < fewest:
        power *= 0.7
        weights = _weights(loss, power)
    return weights


def _furthest(base: Floats, smooth: Floats, boxed: Floats, least: float, wanted: float) -> float:
    """The largest share in [least, 1] of the box in the likelihood that leaves `wanted` effective draws."""
    low, high = least, 1.0
    for turn in range(12):
        share = high if turn == 0 else 0.5 * (low + high)
        weights = _weights(base + (1.0 - share) * smooth + share * boxed)
        if 1.0 / float((weights**2).sum()) >= wanted:
            if turn == 0:
                return 1.0
            low = share
        else:
            high = share
    return low


def _root(covariance: Floats) -> Floats:
    scale = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    return np.asarray(scale[:, None] * vectors * np.sqrt(np.maximum(values, 0.0)))


def advance_piece(setting: Setting, piece: Piece, cloud: Cloud, drop: int) -> tuple[Piece, Floats]:
    """The piece without its first `drop` sightings, its prior the cloud's spread there; and the cloud's mean state (5,)."""
    skip = int(round(float(piece.steps[drop])))
    states = cloud.roll(setting, skip, 0).states
    mean = states.mean(axis=0)
    spread = np.cov(states.T) * 2.0 + np.diag([setting.noise_px**2, setting.noise_px**2, 1e-9, 1e-9, 1e-9])
    later = Piece(piece.steps[drop:] - skip, piece.seen_px[drop:], mean, inverse_of(spread))
    return later, mean
