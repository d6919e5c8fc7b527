"""First guesses for a ball: which sightings are free flight, and what gravity and drag those arcs share.

Assumes that the geometry is known, so that free flight is where the ball touches nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_laws import BallLaws
from npc_world.models.ball_world import BallWorld

__all__ = ["first_laws", "first_state", "flights", "gravity_scale_of"]

Floats = NDArray[np.float64]
_DRAGS = np.linspace(0.0, 1.2, 13)
_SHORTEST = 6
"""Sightings in a useful arc."""


def flights(throw: Throw, world: BallWorld, noise_px: float, shortest: int = _SHORTEST) -> list[tuple[int, int]]:
    """[start, stop) of each stretch of sightings in which the ball touches nothing, allowing for three deviations of noise.

    Between two sightings it has touched something when it would have from where it flew before the first, or after the second.
    """
    free = np.concatenate([[False], world.clearances_px(throw.seen_px) > 3.0 * noise_px, [False]])
    parted = _touched_between(throw, world) & free[1:-2] & free[2:-1]
    starts = np.flatnonzero((free[1:-1] & ~free[:-2]) | np.concatenate([[False], parted]))
    stops = np.flatnonzero((free[1:-1] & ~free[2:]) | np.concatenate([parted, [False]])) + 1
    return [(int(a), int(b)) for a, b in zip(starts, stops, strict=True) if b - a >= shortest]


def _touched_between(throw: Throw, world: BallWorld) -> NDArray[np.bool_]:
    """(n - 1,) whether a ball that flew on straight, forwards or backwards in time, would be in a wall at the other sighting."""
    seen, steps = throw.seen_px, np.diff(throw.times_s)
    touched = np.zeros(len(steps), bool)
    if len(steps) < 2:
        return touched
    ratio, moved = (steps[1:] / steps[:-1])[:, None], np.diff(seen, axis=0)
    touched[1:] = world.clearances_px(seen[1:-1] + moved[:-1] * ratio) < 0.0
    touched[:-1] |= world.clearances_px(seen[1:-1] - moved[1:] / ratio) < 0.0
    return touched


def gravity_scale_of(throws: list[Throw], world: BallWorld) -> float:
    """px/s² in which gravity is of the order of one: the throws' high speeds reached in a second, at least ten radii per s²."""
    speeds = [np.linalg.norm(np.diff(t.seen_px, axis=0), axis=1) / np.diff(t.times_s) for t in throws]
    fast = float(np.quantile(np.concatenate(speeds), 0.9)) if speeds else 0.0
    return max(10.0 * world.radius_px, fast)


def first_laws(throws: list[Throw], arcs: list[list[tuple[int, int]]], laws: BallLaws, step_s: float) -> Floats:
    """z (F,) with gravity and drag from the free arcs (least squares, drag by search), everything else at its prior mean."""
    z, _ = laws.prior()
    full = laws.fixed.copy()
    drags = _DRAGS if laws.free[2] else full[2:3]
    best, found = np.inf, full
    for drag in drags:
        cost, gravity = _arc_cost(throws, arcs, float(drag), full[:2] * laws.gravity_scale, laws.free[:2], step_s)
        if cost < best:
            best, found = cost, np.concatenate([gravity / laws.gravity_scale, [drag], full[3:]])
    if np.isfinite(best):
        z = laws.clip(found[laws.free])
    return z


def _arc_cost(throws: list[Throw], arcs: list[list[tuple[int, int]]], drag: float, known: Floats, free: NDArray[np.bool_],
              step_s: float) -> tuple[float, Floats]:
    """Squared error of all arcs under one drag, and gravity (2,) px/s²; each arc's position and speed are eliminated."""
    top, bottom, rows = np.zeros(2), 0.0, []
    for throw, spans in zip(throws, arcs, strict=True):
        for start, stop in spans:
            reached, fallen = _arc_basis(throw.times_s[start:stop] - throw.times_s[start], drag, step_s)
            flat = np.linalg.qr(np.stack([np.ones(stop - start), reached], axis=1))[0]
            pull = fallen - flat @ (flat.T @ fallen)
            left = throw.seen_px[start:stop] - flat @ (flat.T @ throw.seen_px[start:stop])
            top += pull @ left
            bottom += float(pull @ pull)
            rows.append((pull, left))
    if bottom <= 0.0:
        return np.inf, known
    gravity = np.where(free, top / bottom, known)
    return sum(float(((left - pull[:, None] * gravity) ** 2).sum()) for pull, left in rows), gravity


def _arc_basis(times: Floats, drag: float, step_s: float) -> tuple[Floats, Floats]:
    """(L,) what initial speed and gravity add to the position, under drag; the half step is the engine's order of updates."""
    if drag < 1e-9:
        return times, 0.5 * times * (times - step_s)
    reached = -np.expm1(-drag * times) / drag
    return reached, (times - reached) / drag


def first_state(throw: Throw, start: int, stop: int, z: Floats, laws: BallLaws, step_s: float) -> Floats:
    """(5,) state at sighting `start`, from the sightings up to `stop` taken as free flight under z; no spin."""
    row = laws.rows(z[None])[0]
    stop = max(stop, start + 2)
    reached, fallen = _arc_basis(throw.times_s[start:stop] - throw.times_s[start], -float(np.log(row[2])), step_s)
    basis = np.stack([np.ones(len(reached)), reached], axis=1)
    solved = np.linalg.lstsq(basis, throw.seen_px[start:stop] - fallen[:, None] * row[:2], rcond=None)[0]
    return np.array([solved[0, 0], solved[0, 1], solved[1, 0], solved[1, 1], 0.0])
