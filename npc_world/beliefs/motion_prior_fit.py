"""Fitting a motion prior: shapes in time, a first guess at constant velocity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.motion_prior_network import Network, initial
from npc_world.beliefs.motion_prior_windows import Windows

__all__ = ["first_network", "mirror_signs", "time_shapes"]

Floats = NDArray[np.float64]


def time_shapes(windows: Windows, ahead_s: Floats, shapes: int) -> Floats:
    """(2, H, B) per axis: the way at constant speed, then the main ways in which futures bend off it (principal components)."""
    u = ahead_s / ahead_s[-1]
    whole = ~np.isnan(windows.truth[:, :, 0]).any(axis=1)
    out = np.zeros((2, len(u), shapes))
    for a in range(2):
        out[a, :, 0] = u
        rest = windows.truth[whole, :, a] if whole.sum() > 10 * len(u) else u ** np.arange(1.0, 6.0)[:, None]
        rest = rest - (rest @ u / (u @ u))[:, None] * u
        rest = rest / (1e-9 + np.abs(rest).mean(axis=1, keepdims=True) ** 0.5)  # so that a few wild windows do not choose the shapes
        _, _, rows = np.linalg.svd(rest.T @ rest)
        out[a, :, 1:] = rows[:shapes - 1].T
    return out


def mirror_signs(lags: int, extras: int, turned: bool) -> tuple[Floats, Floats]:
    """Signs of inputs (D,) and axes (2,) under reflection: at the heading when the frame turns with it, else left for right."""
    axes = np.array([1.0, -1.0]) if turned else np.array([-1.0, 1.0])
    velocities, rest = np.tile(axes, lags), np.ones(extras)
    if not turned:
        rest[2] = -1.0
    return np.concatenate([velocities, rest, velocities, velocities]), axes


def first_network(windows: Windows, shapes: Floats, hidden: int, rng: np.random.Generator) -> Network:
    """An untrained network of one future: on at the newest velocity."""
    guess = np.zeros((windows.inputs.shape[1], 2 * shapes.shape[2]))
    guess[0, 0] = guess[1, shapes.shape[2]] = 1.0
    return initial(windows.inputs.shape[1], hidden, guess, shapes.shape[1], rng)
