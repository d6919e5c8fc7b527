"""A motion prior as one of the experts on a target: its mean future, read off the target's recorded past."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from npc_world.beliefs.layout import TOP_SPEED, X, Y, new_memory
from npc_world.beliefs.motion_prior import MotionPrior
from npc_world.beliefs.motion_prior_frame import read_past
from npc_world.beliefs.motion_prior_mixture import evaluate_networks, place_mixture
from npc_world.beliefs.motion_prior_steadiness import go_on
from npc_world.beliefs.past import past_at
from npc_world.core.compiled import kernel
from npc_world.core.errors import BadInputError

__all__ = ["chosen_prior", "fill_prior_track"]


def chosen_prior(prior: Any, name: str) -> MotionPrior | None:
    """The prior given, or the one a config names: "" none, "shipped" the package's own, else a file."""
    if prior is not None and not isinstance(prior, MotionPrior):
        raise BadInputError(f"prior={prior!r}: expected a MotionPrior, or None")
    chosen = prior if prior is not None else _named(name) if name else None
    if chosen is not None:  # compile now, so that no frame waits for it
        fill_prior_track(chosen, new_memory()[0], np.ones(1), np.empty((1, 2)))
    return chosen


@lru_cache(maxsize=8)
def _named(name: str) -> MotionPrior:
    return MotionPrior.shipped() if name == "shipped" else MotionPrior.load(name)


def fill_prior_track(prior: MotionPrior, m: np.ndarray, times_s: np.ndarray, out: np.ndarray) -> None:
    """Fill out (H, 2) at times_s (H,) s from the last sighting in memory m; NaN before it was seen to move."""
    net = prior.network
    _track(m, prior.grid.lags_s, prior.typical_speed, prior.turned, net.first, net.first_offset, net.second, net.second_offset, net.top,
           net.offset, net.straight, net.spread, net.shapes, prior.grid.ahead_s, net.correction, net.steady.edges, net.steady.share,
           times_s, out)


@kernel
def _track(m, lags, typical, turned, first, first_offset, second, second_offset, top, offset, straight, spread, shapes, ahead, correction,  # type: ignore[no-untyped-def]
           edges, share, times, out):
    steps, rows = lags.shape[0], spread.shape[0] + 1
    if m[TOP_SPEED] <= 0.0:
        out[:] = np.nan
        return
    past = np.empty((steps + 1, 2))
    past[0, 0], past[0, 1] = m[X], m[Y]
    known_s, x0, y0 = 0.0, m[X], m[Y]
    for j in range(steps):
        at, age_s = past_at(m, lags[j])
        if age_s > known_s:
            known_s, x0, y0 = age_s, at.real, at.imag
        past[j + 1, 0], past[j + 1, 1] = at.real, at.imag
        if age_s < lags[j] - 1e-9 and known_s > 0.0:  # before it came into sight: as it has moved since
            longer = lags[j] / known_s
            past[j + 1, 0], past[j + 1, 1] = m[X] + longer * (x0 - m[X]), m[Y] + longer * (y0 - m[Y])
    if known_s <= 0.0:
        out[:] = np.nan
        return
    inputs, frame, said = np.empty(first.shape[1]), np.empty(5), np.empty(top.shape[2])
    read_past(past, lags, known_s, typical if typical > 0.0 else m[TOP_SPEED], turned, inputs, frame)
    evaluate_networks(first, first_offset, second, second_offset, top, offset, straight, inputs, said)
    positions, covariances, weights = np.empty((rows, times.shape[0], 2)), np.empty((rows, times.shape[0], 2, 2)), np.empty(rows)
    place_mixture(said, spread, shapes, ahead, correction, frame, times, positions, covariances, weights)
    go_on(said, inputs, lags, shapes, ahead, edges, share, frame, times, positions, np.empty((times.shape[0], 2)))
    out[:] = 0.0
    for k in range(rows):
        for h in range(times.shape[0]):
            out[h, 0] += weights[k] * positions[k, h, 0]
            out[h, 1] += weights[k] * positions[k, h, 1]
