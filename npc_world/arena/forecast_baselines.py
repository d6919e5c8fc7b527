"""Forecasts that need no world model, to measure others against: mixtures (K, H, 2), (K, H, 2, 2), (K,) from a past alone.

Stand still and constant velocity state the spread their own errors had on the fitted part; constant velocity at sampled angles is
that of Schöller et al. (2020); nearest neighbours replay what followed the most similar pasts, in the own frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.imm import MODES, UNREST
from npc_world.beliefs.layout import FILTER, NOISE, TOP_SPEED, TURN_RATE, new_memory
from npc_world.beliefs.motion_prior_frame import input_size, read_past, resample
from npc_world.beliefs.target_config import TargetConfig
from npc_world.beliefs.watching import watch

__all__ = ["Mixture", "Situations", "angles", "imm", "neighbours", "still", "velocity"]

Floats = NDArray[np.float64]
Mixture = tuple[Floats, Floats, Floats]
Method = Callable[[Floats], Mixture]
_ANGLE_SD_RAD = math.radians(25.0)
_ANGLES = 20
_NEIGHBOURS = 20
_NO_THREATS = np.empty((0, 2))


@dataclass(frozen=True, slots=True)
class Situations:
    """N moments: pasts (N, L, 2) every dt_s, what came (N, H, 2) at ahead_s (H,) from the last."""

    pasts: Floats
    futures: Floats
    dt_s: float
    ahead_s: Floats


def _heading(past: Floats) -> Floats:
    """(2, 2) rotation whose first column is the way of the last step."""
    step = past[-1] - past[-2]
    length = float(np.hypot(*step))
    cos, sin = step / length if length > 0.0 else (1.0, 0.0)
    return np.array([[cos, -sin], [sin, cos]])


def _with_residuals(fitted: Situations, guess: Callable[[Floats], Floats]) -> Method:
    """One future, as wide as its errors were, along and across the last step."""
    errors = np.array([(future - guess(past)) @ _heading(past) for past, future in zip(fitted.pasts, fitted.futures, strict=True)])
    spread = np.einsum("nhi,nhj->hij", errors, errors) / len(errors) + 1e-12 * np.eye(2)

    def method(past: Floats) -> Mixture:
        turn = _heading(past)
        return guess(past)[None], (turn @ spread @ turn.T)[None], np.ones(1)

    return method


def still(fitted: Situations) -> Method:
    """It stays where it is."""
    return _with_residuals(fitted, lambda past: np.repeat(past[-1:], len(fitted.ahead_s), axis=0))


def velocity(fitted: Situations) -> Method:
    """It goes on as in its last step."""
    return _with_residuals(fitted, lambda past: past[-1] + fitted.ahead_s[:, None] * (past[-1] - past[-2]) / fitted.dt_s)


def angles(fitted: Situations) -> Method:
    """Constant velocity, turned by angles spread evenly over a normal distribution of 25°."""
    u = (np.arange(_ANGLES) + 0.5) / _ANGLES
    turned = _ANGLE_SD_RAD * np.array([_normal_quantile(float(p)) for p in u])
    turns = np.stack([np.stack([np.cos(turned), -np.sin(turned)], -1), np.stack([np.sin(turned), np.cos(turned)], -1)], -2)

    def method(past: Floats) -> Mixture:
        steps = (turns @ ((past[-1] - past[-2]) / fitted.dt_s))[:, None] * fitted.ahead_s[None, :, None]
        return past[-1] + steps, np.zeros((_ANGLES, len(fitted.ahead_s), 2, 2)), np.full(_ANGLES, 1.0 / _ANGLES)

    return method


def _normal_quantile(p: float) -> float:
    low, high = -8.0, 8.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if 0.5 * math.erfc(-middle / math.sqrt(2.0)) < p else (low, middle)
    return middle


def imm(fitted: Situations) -> Method:
    """The three filters of `beliefs.imm`, each going on as it thinks, its variance growing by its own unrest."""
    t, settings = fitted.ahead_s, TargetConfig().settings()

    def method(past: Floats) -> Mixture:
        m = new_memory()[0]
        for i, (x, y) in enumerate(past):
            watch(m, i * fitted.dt_s, x, y, _NO_THREATS, settings)
        means, covariances = np.empty((MODES, len(t), 2)), np.zeros((MODES, len(t), 2, 2))
        for j in range(MODES):
            at = FILTER + 8 * j
            z, w, pp, pv, vv = complex(m[at], m[at + 1]), complex(m[at + 2], m[at + 3]), m[at + 4], m[at + 5], m[at + 7]
            half = 0.5 * (m[TURN_RATE] if j == 1 else 0.0) * t
            way = z + t * np.sinc(half / math.pi) * np.exp(1j * half) * w
            means[j, :, 0], means[j, :, 1] = way.real, way.imag
            unrest = (UNREST[j] * max(m[TOP_SPEED], abs(w))) ** 2
            variance = np.maximum(pp + 2.0 * pv * t + vv * t ** 2 + unrest * t ** 3 / 3.0, m[NOISE] + 1e-12)
            covariances[j, :, 0, 0] = covariances[j, :, 1, 1] = variance
        weights = m[FILTER + 8 * MODES:FILTER + 9 * MODES].copy()
        return means, covariances, weights / weights.sum()

    return method


def neighbours(fitted: Situations) -> Method:
    """What followed the twenty most similar pasts, moved, turned and scaled to this one."""
    lags = fitted.dt_s * np.arange(1.0, fitted.pasts.shape[1])
    times = fitted.dt_s * np.arange(float(fitted.pasts.shape[1]))
    speed = float(np.median(np.hypot(*(fitted.pasts[:, -1] - fitted.pasts[:, 0]).T)) / lags[-1])

    def own(past: Floats) -> tuple[Floats, Floats]:
        read, frame, inputs = np.empty((len(lags) + 1, 2)), np.empty(5), np.empty(input_size(len(lags)))
        known_s = resample(times, np.ascontiguousarray(past), len(past), lags, read)
        read_past(read, lags, known_s, speed, True, inputs, frame)
        return inputs[:2 * len(lags)] * frame[4] / speed if speed > 0.0 else inputs[:2 * len(lags)], frame

    keys, ways = [], []
    for past, future in zip(fitted.pasts, fitted.futures, strict=True):
        key, frame = own(past)
        turn = np.array([[frame[2], -frame[3]], [frame[3], frame[2]]])
        keys.append(key)
        ways.append((future - past[-1]) @ turn / frame[4])
    table, futures = np.array(keys), np.array(ways)
    count = min(_NEIGHBOURS, len(table))

    def method(past: Floats) -> Mixture:
        key, frame = own(past)
        distance = ((table - key) ** 2).sum(axis=1)
        near = np.argpartition(distance, count - 1)[:count]
        turn = np.array([[frame[2], -frame[3]], [frame[3], frame[2]]])
        means = past[-1] + frame[4] * futures[near] @ turn.T
        return means, np.zeros((count, len(fitted.ahead_s), 2, 2)), np.full(count, 1.0 / count)

    return method
