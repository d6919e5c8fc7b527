"""From a cloud of imagined balls to a forecast of a few hypotheses with covariances.

Assumes that each group of balls that bounce alike is near Gaussian at each step; the groups are split where they are widest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces, at_once
from npc_world.core.records import Forecast

__all__ = ["forecast_in_pieces", "forecast_of"]

Floats = NDArray[np.float64]
_FEWEST = 12
"""Balls in a hypothesis."""
_ONE_HEAP = 3.3
"""Two means apart by less than so many deviations within them are halves of one heap: of a Gaussian 2.65, of an even spread 3.5."""
_OUTER = 0.2
"""Share of a heap to either side of its middle."""
_LOOK = 0.3
"""Work of looking once at a coordinate, in ball steps of a tenth of a microsecond."""
_STRAY = 4
"""Balls that may part from a core as a hypothesis of their own."""


def forecast_in_pieces(times_s: Floats, paths: Floats, contacts: Floats, now_s: float, hypotheses: int, tolerance_px: float) -> Pieces[Forecast]:
    """Group paths (n, H, 2) into at most `hypotheses`; contacts (n, C, 4) name what each ball touches after `now_s`.

    A group is split until its largest deviation is below tolerance_px.
    """
    groups = [np.arange(len(paths))]
    core = _core(paths) if hypotheses > 1 else None
    if core is not None:
        groups = [np.flatnonzero(core), np.flatnonzero(~core)]
    while len(groups) < hypotheses:
        yield int(_LOOK * paths.size)
        spreads = [_spread(paths[g]) if len(g) >= 2 * _FEWEST else 0.0 for g in groups]
        widest = int(np.argmax([s * np.sqrt(len(g)) if s > tolerance_px else 0.0 for s, g in zip(spreads, groups, strict=True)]))
        if spreads[widest] <= tolerance_px:
            break
        parts = _split(paths[groups[widest]])
        if parts is None or len(groups) + parts.max() > hypotheses:
            break
        old = groups.pop(widest)
        groups += [old[parts == side] for side in np.unique(parts)]
    yield int(_LOOK * paths.size)
    groups.sort(key=len, reverse=True)
    means = np.array([paths[g].mean(axis=0) for g in groups])
    covariances = np.array([_covariance(paths[g]) for g in groups])
    weights = np.array([len(g) for g in groups], np.float64) / len(paths)
    labels = tuple(_label(contacts[g], now_s, float(times_s[-1])) for g in groups)
    return Forecast(times_s, means, weights, covariances, labels)


forecast_of = at_once(forecast_in_pieces, "forecast_of")


def _spread(paths: Floats) -> float:
    return float(np.sqrt(paths.var(axis=0).sum(axis=-1).max()))


def _covariance(paths: Floats) -> Floats:
    off = paths - paths.mean(axis=0)
    few = 1.0 + _FEWEST / (2.0 * len(paths))  # the mean of few balls is itself unsure
    return np.asarray(few * np.einsum("nhi,nhj->hij", off, off) / max(1, len(paths) - 1) + 1e-12 * np.eye(2))


def _core(paths: Floats) -> NDArray[np.bool_] | None:
    """(n,) the half or more that stay close together, when the rest is far off: balls for which an unknown made no difference."""
    away = np.abs(paths - np.median(paths, axis=0)).sum(axis=2).max(axis=1)
    core = away <= 5.0 * np.median(away)
    few = int((~core).sum())
    if few < _STRAY or _spread(paths) < 3.0 * _spread(paths[core]):
        return None
    return np.asarray(core)


def _split(paths: Floats) -> NDArray[np.intp] | None:
    """(n,) which part along the widest direction of whole paths: of two means where there are two heaps, else the middle and what lies to
    either side of it, since half of one heap would stand for none of it; None when a part would be too small."""
    every = max(1, paths.shape[1] // 24)
    flat = paths[:, every - 1 :: every].reshape(len(paths), -1)
    off = flat - flat.mean(axis=0)
    along = np.ones(flat.shape[1])
    for _ in range(12):  # power iteration: the first principal direction
        along = off.T @ (off @ along)
        along /= max(float(np.linalg.norm(along)), 1e-300)
    score = off @ along
    side = score > 0.0
    for _ in range(20):
        if side.all() or not side.any():
            return None
        near = ((flat - flat[side].mean(axis=0)) ** 2).sum(axis=1) < ((flat - flat[~side].mean(axis=0)) ** 2).sum(axis=1)
        if (near == side).all():
            break
        side = near
    inner = max(float(score[side].std()), float(score[~side].std()))
    if abs(float(score[side].mean() - score[~side].mean())) < _ONE_HEAP * inner and len(paths) >= _FEWEST / _OUTER:
        return np.asarray(np.searchsorted(np.quantile(score, (_OUTER, 1.0 - _OUTER)), score))
    return side.astype(np.intp) if min(int(side.sum()), int((~side).sum())) >= _FEWEST else None


def _label(contacts: Floats, now_s: float, horizon_s: float) -> str:
    inside = (contacts[:, :, 0] > now_s) & (contacts[:, :, 0] <= now_s + horizon_s)
    bounces = int(np.median(inside.sum(axis=1)))
    if bounces == 0:
        return "flies on"
    firsts = np.array([c[i][0, 3] if i.any() else -1.0 for c, i in zip(contacts, inside, strict=True)])
    names, counts = np.unique(firsts[firsts >= 0.0], return_counts=True)
    return f"{bounces} bounce{'s' if bounces > 1 else ''}, first off obstacle {int(names[int(np.argmax(counts))])}"
