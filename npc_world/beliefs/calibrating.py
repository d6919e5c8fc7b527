"""Stated regions that hold: each forecast is judged by what then happened, as it was stated.

Two things per horizon follow the record of one target.  The mixture itself: the spread of its futures and the probability
that none of them is right, so that half of what happens falls within its 50 % region and a tenth outside its 90 % one.  And
what is left over: the level at which the mixture must be cut for its 50 % and 90 % regions to hold, by the steps of adaptive
conformal inference (Gibbs & Candes 2021) on highest-density levels: an outcome outside moves the level up by p, one inside
down by 1 - p in proportion.  Whatever the mixture does, the shares come right in the long run.  As in that method a level may
leave [0, 1]: while a body does exactly as foreseen, standing still on one pixel, the 50 % region is empty half of the time.
Wrong for a while after a change of style.
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.beliefs.layout import BIN_S, BINS, HELD, LEVEL, MIXED, RECORD_LEVELS, RECORD_MIXTURE, SPREAD, SURPRISE, TAIL
from npc_world.beliefs.settings import SPREAD_RATE
from npc_world.core.compiled import kernel
from npc_world.core.exponential import exp_below
from npc_world.core.mixture import normal_bank

__all__ = ["calibrate", "regions"]

_DRAWS = 64
_BANK = np.ascontiguousarray(np.tile(normal_bank(_DRAWS), (3, 1)).T)
"""(2, 3 · _DRAWS) the same draws again and again, so that those from any of the first on lie in a row."""
_PLACES = 96
"""Room for the draws of all futures, of which each gets two at least, and for where it is; a multiple of _LANES."""
_LANES = 16
"""So many places are done at a time on the widest processors."""
_SURELY = 1.0 + 1e-6
"""Likelier by this factor is likelier, however the sums were rounded."""
_HELD_S = 60.0
"""Time over which the shares that are reported are taken."""
_DEBT = 0.1
"""How far beyond [0, 1] levels may go: what was held too often for long is not paid back for long."""
_QUICK = 6.0
"""Independent judgements within which the levels move faster than later."""


@kernel
def calibrate(m, b, record, x, y, step_s, settings):  # type: ignore[no-untyped-def]
    """The body is at (x, y) at horizon b of a record: correct the mixture's spread and tail, and the levels of its regions."""
    level, square = _level(m, record + RECORD_MIXTURE, b, x, y)
    share = min(1.0, 3.0 * step_s / (BIN_S[b] + 0.2))
    held = HELD + 3 * b
    rate = settings[SPREAD_RATE] * share
    quick = rate * max(1.0, _QUICK / (1.0 + share * m[held + 2]))
    half, most = m[record + RECORD_LEVELS + 2 * b], m[record + RECORD_LEVELS + 2 * b + 1]  # as stated, not as learned since
    m[SPREAD + b] = min(1.5, max(-1.5, m[SPREAD + b] + quick * (0.5 if level > 0.5 else -0.5)))
    m[TAIL + b] = min(2.0, max(-1.5, m[TAIL + b] + rate * (1.8 if level > 0.9 else -0.2)))
    keep = math.exp(-step_s / _HELD_S)
    count = m[held + 2]
    m[held + 2] = keep * count + 1.0
    m[held] = (keep * count * m[held] + (1.0 if level <= half else 0.0)) / m[held + 2]
    m[held + 1] = (keep * count * m[held + 1] + (1.0 if level <= most else 0.0)) / m[held + 2]
    m[LEVEL + 2 * b] = min(1.0, max(-_DEBT, m[LEVEL + 2 * b] + 2.0 * quick * (0.5 if level > half else -0.5)))
    m[LEVEL + 2 * b + 1] = min(1.0 + _DEBT, max(-_DEBT, m[LEVEL + 2 * b + 1] + rate * (0.9 if level > most else -0.1)))
    if b == 1:
        m[SURPRISE] += min(1.0, step_s / 0.8) * (min(0.5 * square, 30.0) - m[SURPRISE])


@kernel
def _level(m, stated, b, x, y):  # type: ignore[no-untyped-def]
    """(probability of what was likelier than (x, y), squared Mahalanobis distance from the mixture's mean) at horizon b."""
    parts = np.empty((MIXED, 10))  # weight, place, inverse and Cholesky factor of the covariance, height of the peak
    mean_x, mean_y, xx, yy, xy = 0.0, 0.0, 0.0, 0.0, 0.0
    count = 0
    for k in range(MIXED):
        w = m[stated + k]
        if w <= 0.0:
            continue
        at = stated + MIXED + 5 * (b * MIXED + k)
        vx, vy, c = m[at + 2], m[at + 3], m[at + 4]
        determinant = max(vx * vy - c * c, 1e-30 * vx * vy, 1e-300)
        parts[count, 0], parts[count, 1], parts[count, 2] = w, m[at], m[at + 1]
        parts[count, 3], parts[count, 4], parts[count, 5] = vy / determinant, -c / determinant, vx / determinant
        parts[count, 6] = math.sqrt(vx)
        parts[count, 7] = c / parts[count, 6]
        parts[count, 8] = math.sqrt(max(vy - parts[count, 7] * parts[count, 7], 0.0))
        parts[count, 9] = w / max(parts[count, 6] * parts[count, 8], 1e-300)
        off_x, off_y = m[at] - x, m[at + 1] - y  # from where it is: squares of places would swallow the variances
        mean_x += w * off_x
        mean_y += w * off_y
        xx += w * (vx + off_x * off_x)
        yy += w * (vy + off_y * off_y)
        xy += w * (c + off_x * off_y)
        count += 1
    xx, yy, xy = max(xx - mean_x * mean_x, 1e-9 * xx), max(yy - mean_y * mean_y, 1e-9 * yy), xy - mean_x * mean_y
    determinant = max(xx * yy - xy * xy, 1e-9 * xx * yy, 1e-300)
    square = max(0.0, yy * mean_x * mean_x - 2.0 * xy * mean_x * mean_y + xx * mean_y * mean_y) / determinant
    xs, ys, density = np.empty(_PLACES), np.empty(_PLACES), np.zeros(_PLACES)
    xs[:], ys[:] = x, y  # the first is where it is, the last are nobody's
    begin, at = np.empty(MIXED + 1, np.int64), 1
    for k in range(count):
        begin[k] = at
        first, end = (at - 1) % _DRAWS, min(_PLACES, at + max(2, int(_DRAWS * parts[k, 0] + 0.5)))
        for i in range(end - at):
            along, aside = _BANK[0, first + i], _BANK[1, first + i]
            xs[at + i] = parts[k, 1] + parts[k, 6] * along
            ys[at + i] = parts[k, 2] + parts[k, 7] * along + parts[k, 8] * aside
        at = end
    begin[count] = at
    width = min(_PLACES, (at + _LANES - 1) // _LANES * _LANES)
    _add_densities(parts, count, xs[:width], ys[:width], density[:width])
    here = density[0] * _SURELY
    above, total = 0.0, 0.0
    for k in range(count):
        likelier = 0
        for i in range(begin[k], begin[k + 1]):
            if density[i] > here:
                likelier += 1
        above += parts[k, 0] * likelier / max(1, begin[k + 1] - begin[k])
        total += parts[k, 0]
    return (above / total if total > 0.0 else 0.5), square


@kernel
def _add_densities(parts, count, xs, ys, density):  # type: ignore[no-untyped-def]
    """Add to density (P,) that at (xs, ys), (P,) each, less the factor 1 / 2π."""
    for k in range(count):
        px, py, peak = parts[k, 1], parts[k, 2], parts[k, 9]
        xx, xy, yy = parts[k, 3], 2.0 * parts[k, 4], parts[k, 5]
        for i in range(density.shape[0]):
            dx, dy = xs[i] - px, ys[i] - py
            q = xx * dx * dx + xy * dx * dy + yy * dy * dy
            density[i] += peak * exp_below(-0.5 * q)


def regions(m: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """(H, 2) levels at which a forecast is to be cut at `times_s` (H,) for its 50 % and 90 % regions."""
    levels = m[LEVEL:LEVEL + 2 * BINS].reshape(BINS, 2)
    return np.stack([np.interp(times_s, BIN_S, levels[:, 0]), np.interp(times_s, BIN_S, levels[:, 1])], axis=1)
