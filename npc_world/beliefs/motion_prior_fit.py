"""Fitting a motion prior: shapes in time, a first guess at constant velocity, centres of what strays from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.motion_prior_network import Network, initial, outputs
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


def _coefficients(truth: Floats, shapes: Floats, keep: Floats) -> Floats:
    """(N, 2B) of truth (N, H, 2) in the shapes, by ridge regression over the steps that are known."""
    count, width = len(truth), shapes.shape[2]
    out = np.zeros((count, 2 * width))
    for a in range(2):
        y = np.where(keep, truth[:, :, a], 0.0)
        normal = np.einsum("nh,hb,hc->nbc", keep.astype(float), shapes[a], shapes[a]) + 1e-4 * np.eye(width)
        out[:, a * width:(a + 1) * width] = np.linalg.solve(normal, (y @ shapes[a])[:, :, None])[:, :, 0]
    return out


def _nearest(rest: Floats, centres: Floats) -> NDArray[np.int64]:
    return np.asarray(np.argmin(((rest[:, None] - centres[None]) ** 2).sum(axis=2), axis=1))


def _centres(rest: Floats, futures: int, rng: np.random.Generator) -> Floats:
    """(K, C): nothing, and K - 1 centres that cover `rest` (N, C); k-means from well spread beginnings (Arthur & Vassilvitskii 2007)."""
    some = rest[rng.permutation(len(rest))[:6000]]
    centres = [np.zeros(rest.shape[1])]
    far = (some ** 2).sum(axis=1)
    for _ in range(futures - 1):
        chosen = some[rng.choice(len(some), p=far / far.sum())] if far.sum() > 0.0 else 0.01 * rng.normal(size=rest.shape[1])
        centres.append(np.asarray(chosen, dtype=np.float64))
        far = np.minimum(far, ((some - centres[-1]) ** 2).sum(axis=1))
    out = np.array(centres)
    for _ in range(12):
        near = _nearest(some, out)
        for k in range(1, futures):
            if (near == k).any():
                out[k] = some[near == k].mean(axis=0)
    return out


def first_network(windows: Windows, shapes: Floats, futures: int, hidden: int, mirror: tuple[Floats, Floats] | None,
                  rng: np.random.Generator) -> Network:
    """An untrained network: on at the newest velocity, and centres of what strays from that, alike for all members of an ensemble."""
    keep = ~np.isnan(windows.truth[:, :, 0])
    coefficients = _coefficients(windows.truth, shapes, keep)
    x, width = windows.inputs, shapes.shape[2]
    guess = np.zeros((x.shape[1], 2 * width))
    guess[0, 0] = guess[1, width] = 1.0
    rest = coefficients - x @ guess
    if mirror is not None:
        rest = np.concatenate([rest, rest * np.repeat(mirror[1], shapes.shape[2])])
    # in the shapes' own lengths, so that the centres cover where bodies end up
    length = np.sqrt(np.concatenate([(shapes[a] ** 2).mean(axis=0) for a in range(2)]))
    limit = np.quantile(np.abs(rest), 0.995, axis=0) + 1e-9
    centres = _centres(np.clip(rest, -limit, limit) * length, futures, rng) / length
    net = initial(x.shape[1], hidden, centres, shapes.shape[1], guess, rng)
    _first_spread(net, windows, shapes, keep)
    return net


def _first_spread(net: Network, windows: Windows, shapes: Floats, keep: Floats) -> None:
    """Deviations of each horizon around the nearest future, for a start."""
    out, _, _ = outputs(net, windows.inputs)
    futures, width = len(net.spread), shapes.shape[2]
    rows = np.random.default_rng(0).permutation(len(out))[:3000]
    c = out[:, :2 * futures * width].reshape(len(out), futures, 2, width).copy()
    if futures > 1:
        c[:, 1:] += c[:, :1] - c[:, 1:].mean(axis=1, keepdims=True)
    mean = np.einsum("nkab,ahb->nkha", c[rows], shapes)
    off = np.abs(windows.truth[rows][:, None] - mean)
    ade = np.where(keep[rows][:, None], off.sum(axis=3), 0.0).sum(axis=2)
    near = off[np.arange(len(rows)), np.argmin(ade, axis=1)]
    net.spread[:, :, :2] = np.log(np.nanmean(near, axis=0) + 1e-3)[None]
