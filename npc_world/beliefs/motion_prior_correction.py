"""What a motion prior's best guess still lacks, learned as boosted trees on the past, on the guess and on where the body is.

The network of a prior says what bodies of a kind do wherever they are.  Trees mend its guess (stacked generalisation, Wolpert
1992: they are taught on guesses about bodies the network was not fitted on), once from the past alone, and once from the free
ground around the place too, as other bodies' routes have shown it.  Which of both is used, and how much at each horizon, is
decided on bodies held out: where places say nothing about strangers, as in a world of another map, they are not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.boosted_trees import Trees, fit_trees
from npc_world.beliefs.motion_prior_frame import EXTRAS
from npc_world.beliefs.motion_prior_windows import Windows
from npc_world.beliefs.route_map import RAYS, RouteMap

__all__ = ["Correction", "features_read", "fit_correction"]

Floats = NDArray[np.float64]
_DEPTH = 6
_MOST_ROWS = 20_000
_SHARES = np.array([0.0, 0.4, 0.7, 1.0])
_WORTH = 0.01
"""Held-out error must fall by such a share before places are asked."""
_HARM = 0.01
"""By such a share the error of a part held out may rise: more, and trees are not believed at that horizon."""
_RESTING = 0.1
"""Share of the speed of such bodies below which one rests rather than moves."""
_NEWEST = 4
"""Changes of velocity that are read."""


@dataclass(frozen=True, slots=True)
class Correction:
    """Trees on the past alone and, where `ground` is not None, trees on past and place, with the share of each at H horizons."""

    plain: Trees
    plain_share: Floats
    """(H,)"""
    placed: Trees | None = None
    placed_share: Floats | None = None
    ground: RouteMap | None = None

    def shift(self, inputs: Floats, frames: Floats, guess: Floats, speed: float, lags: int) -> Floats:
        """(N, H, 2) to be added to guess (N, H, 2), own frame, lengths as those of `Windows.truth` (see there for inputs and frames)."""
        read = _read(inputs, frames, guess, speed, lags)
        unit = _awake(read, lags) * speed / frames[:, 4]
        if self.ground is None or self.placed is None or self.placed_share is None:
            return _shaped(self.plain.say(read), self.plain_share, unit)
        known = self.ground.knows(frames[:, :2])
        out = np.zeros(guess.shape)
        if not known.all():
            out[~known] = _shaped(self.plain.say(read[~known]), self.plain_share, unit[~known])
        if known.any():
            around = _around(self.ground, frames[known], speed)
            out[known] = _shaped(self.placed.say(np.concatenate([read[known], around], axis=1)), self.placed_share, unit[known])
        return out


def _awake(read: Floats, lags: int) -> Floats:
    """(N,) 0 for a body that rests, 1 for one that moves: what follows a rest is mostly rest, and exactly so, which trees only blur."""
    pace = read[:, 2 * lags:3 * lags]
    return np.asarray(np.minimum(1.0, pace[:, :-(-lags // 2)].max(axis=1) / _RESTING))


def _shaped(said: Floats, share: Floats, unit: Floats) -> Floats:
    return np.asarray(unit[:, None, None] * share[:, None] * said.reshape(len(said), -1, 2))


def _read(inputs: Floats, frames: Floats, guess: Floats, speed: float, lags: int) -> Floats:
    """(N, F) what plain trees ask about, in the speed of such bodies: velocities, speeds, newest changes, what the network guessed."""
    scale = frames[:, 4:5] / speed
    velocity = (inputs[:, :2 * lags] * scale).reshape(len(inputs), lags, 2)
    pace = np.hypot(velocity[..., 0], velocity[..., 1])
    change = np.diff(velocity, axis=1)[:, :_NEWEST].reshape(len(inputs), -1)
    steps = guess.shape[1]
    some = guess[:, sorted({steps // 4, steps // 2, steps - 1})] * scale[:, :, None]
    return np.concatenate([velocity.reshape(len(inputs), -1), pace, change, pace.max(axis=1, keepdims=True), pace.min(axis=1, keepdims=True),
                           inputs[:, 2 * lags:2 * lags + EXTRAS], scale, some.reshape(len(inputs), -1)], axis=1)


def features_read(lags: int, horizons: int, places: bool) -> int:
    """How many numbers trees ask about, without places or with them."""
    blank = _read(np.zeros((1, 2 * lags + EXTRAS)), np.ones((1, 5)), np.zeros((1, horizons, 2)), 1.0, lags)
    return int(blank.shape[1]) + (RAYS + 4 if places else 0)


def _around(ground: RouteMap, frames: Floats, speed: float) -> Floats:
    """(N, F) free ground in each direction of the own frame, and where on the map the body is, s of way."""
    offset = (ground.middle - frames[:, :2]) / speed
    cos, sin = frames[:, 2], frames[:, 3]
    turned = np.stack([cos * offset[:, 0] + sin * offset[:, 1], cos * offset[:, 1] - sin * offset[:, 0]], axis=1)
    return np.concatenate([ground.rays(frames[:, :2], cos, sin) / speed, offset, turned], axis=1)


@dataclass(slots=True)
class _Taught:
    """Rows to learn from: `Windows`, the network's guesses about them when it had not seen them, and the parts they are held out in."""

    tracks: Sequence[Floats]
    group: NDArray[np.int64]
    """(tracks,)"""
    windows: Windows
    guess: Floats
    part: NDArray[np.int64]
    speed: float
    lags: int

    def rows(self, rows: NDArray[np.int64], ground: RouteMap | None, taught: bool) -> Floats:
        """What trees ask about; for rows that are taught each group is shown the ground as the others left it."""
        w = self.windows
        read = _read(w.inputs[rows], w.frames[rows], self.guess[rows], self.speed, self.lags)
        if ground is None:
            return read
        around = np.zeros((len(rows), 0))
        of = self.group[w.track[rows]]
        for g in np.unique(of) if taught else (-1,):
            here = of == g if taught else np.ones(len(rows), bool)
            seen = ground.without(ground.entered([t for t, h in zip(self.tracks, self.group, strict=True) if h == g])) if taught else ground
            found = _around(seen, w.frames[rows[here]], self.speed)
            around = around if around.shape[1] else np.zeros((len(rows), found.shape[1]))
            around[here] = found
        return np.concatenate([read, around], axis=1)

    def lacking(self, rows: NDArray[np.int64]) -> Floats:
        """(N, H, 2) what the guess lacks, in `speed`."""
        return np.asarray((self.windows.truth[rows] - self.guess[rows]) * (self.windows.frames[rows, 4] / self.speed)[:, None, None])

    def ground(self, without: int) -> RouteMap:
        """The routes of all but one part."""
        kept = np.ones(len(self.tracks), bool)
        kept[np.unique(self.windows.track[self.part == without])] = False
        chosen = [i for i in range(len(self.tracks)) if kept[i] and len(self.tracks[i])]
        return RouteMap.fit([self.tracks[i] for i in chosen], [int(self.group[i]) for i in chosen], self.speed)


def fit_correction(tracks: Sequence[Floats], groups: Sequence[int] | None, windows: Windows, guess: Floats, part: NDArray[np.int64], speed: float,
                   lags: int, count: int, rng: np.random.Generator, advance: Callable[[], None]) -> tuple[Correction | None, Floats]:
    """(the correction, its shifts (N, H, 2) of rows that it was not taught with); None where it lowers no held-out error.

    guess (N, H, 2): of networks that had not seen the row's part.  speed: of such bodies, length per second.
    """
    group = np.arange(len(tracks)) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1].astype(np.int64)
    taught = _Taught(tracks, group, windows, guess, part, speed, lags)
    plain, plain_share, plain_error = _held_out(taught, None, count, rng, advance)
    placed, placed_share, placed_error = _held_out(taught, plain, count, rng, advance)
    use_places = placed_error < (1.0 - _WORTH) * plain_error
    share = placed_share if use_places else plain_share
    unit = (speed / windows.frames[:, 4])[:, None, None]
    shift = unit * share[:, None] * (placed if use_places else plain)
    if not share.any():
        return None, np.zeros_like(guess)
    rows = _some(np.arange(len(guess)))
    whole = fit_trees(taught.rows(rows, None, True), taught.lacking(rows), count, _DEPTH, rng)
    if not use_places:
        return Correction(whole, plain_share), shift
    ground = taught.ground(-1)
    with_places = fit_trees(taught.rows(rows, ground, True), taught.lacking(rows), count, _DEPTH, rng)
    return Correction(whole, plain_share, with_places, placed_share, ground), shift


def _held_out(taught: _Taught, elsewhere: Floats | None, count: int, rng: np.random.Generator, advance: Callable[[], None]) -> tuple[Floats, Floats, float]:
    """(what trees say (N, H, 2) of parts they were not taught with, the share (H,) of it that is best, the error left over none's).

    elsewhere: None for trees on the past alone; else what those say, which holds where nobody else has been.
    """
    said = np.zeros_like(taught.guess)
    for i in range(int(taught.part.max()) + 1):
        rows, held = _some(np.flatnonzero(taught.part != i)), np.flatnonzero(taught.part == i)
        ground = taught.ground(i) if elsewhere is not None else None
        trees = fit_trees(taught.rows(rows, ground, True), taught.lacking(rows), count, _DEPTH, rng)
        read = taught.rows(held, ground, False)
        said[held] = trees.say(read).reshape(len(held), -1, 2) * _awake(read, taught.lags)[:, None, None]
        if ground is not None and elsewhere is not None:
            lost = held[~ground.knows(taught.windows.frames[held, :2])]
            said[lost] = elsewhere[lost]
        advance()
    return (said, *_worth(said, taught.lacking(np.arange(len(said))), taught.part))


def _worth(said: Floats, lacking: Floats, part: NDArray[np.int64]) -> tuple[Floats, float]:
    """(the share (H,) of said (N, H, 2) that is best against lacking (N, H, 2), the error left over none's).

    A share counts only where no part (N,) is foretold noticeably worse by it: each stands for a place or a player to come.
    """
    known = ~np.isnan(lacking[..., 0])
    off = [np.where(known, np.hypot(*np.moveaxis(np.nan_to_num(lacking) - s * said, 2, 0)), 0.0) for s in _SHARES]
    errors = np.array([each.sum(axis=0) for each in off]) / np.maximum(known.sum(axis=0), 1)
    of_parts = np.array([[each[part == i].sum(axis=0) for i in np.unique(part)] for each in off])
    harmed = (of_parts > (1.0 + _HARM) * of_parts[:1] + 1e-300).any(axis=1)
    errors[harmed] = np.inf
    best = errors.argmin(axis=0)
    return _SHARES[best], float((errors.min(axis=0) / np.maximum(errors[0], 1e-300)).mean())


def _some(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows[::max(1, -(-len(rows) // _MOST_ROWS))]
