"""The whole of fitting a motion prior: windows, a small ensemble, and regions held against parts that were left out."""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.motion_prior_calibration import calibrated
from npc_world.beliefs.motion_prior_correction import Correction, fit_correction
from npc_world.beliefs.motion_prior_fit import first_network, mirror_signs, time_shapes
from npc_world.beliefs.motion_prior_frame import EXTRAS
from npc_world.beliefs.motion_prior_futures import Lesson, spread_futures
from npc_world.beliefs.motion_prior_network import Network, Schedule, averaged, joined, outputs, train
from npc_world.beliefs.motion_prior_steadiness import Steadiness, fit_steadiness, never
from npc_world.beliefs.motion_prior_windows import Grid, Windows, cut_windows, grid_for
from npc_world.core.errors import BadInputError
from npc_world.core.tunable import check_tunables, tunable

__all__ = ["NETWORK", "PriorConfig", "Trained", "train_prior"]

Floats = NDArray[np.float64]
Report = Callable[[float, str], None]
NETWORK = ("first", "first_offset", "second", "second_offset", "top", "offset", "straight")
"""Arrays of which every member of the ensemble has its own."""
_FEWEST = 60
"""Situations below which there is nothing to learn from."""
_WORK = 4
"""A round of the other futures takes about as long as so many of a best guess."""
_MOST_IMPORTANT = 4.0
_HELD_OUT = 500
"""Situations per held-out part that regions are held against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorConfig:
    """How large a motion prior is and how it is fitted."""

    futures: int = tunable(22, "rows of a forecast: the first is the best single guess, the last stands for what the others do not foresee", low=3, high=64)
    members: int = tunable(2, "networks whose best guesses are averaged", low=1, high=16)
    parts: int = tunable(4, "parts the tracks are dealt into, each held out once to correct the stated regions; 1 holds none out", low=1, high=16)
    hidden: int = tunable(24, "units per hidden layer of each network of a best guess", low=2, high=256)
    shapes: int = tunable(4, "ways in time each future is composed of, per axis", low=2, high=8)
    situations: int = tunable(12_000, "situations each network learns from, at most, drawn from three times as many", low=100, high=1_000_000)
    epochs: int = tunable(16, "rounds through them", low=1, high=1000)
    rate: float = tunable(3e-3, "length of a step of learning", low=1e-5, high=0.1)
    spread_hidden: int = tunable(128, "units per hidden layer of the network of the other futures", low=2, high=256)
    spread_situations: int = tunable(24_000, "situations it learns from in each round, drawn anew", low=100, high=1_000_000)
    spread_epochs: int = tunable(60, "rounds", low=1, high=1000)
    spread_rate: float = tunable(2e-3, "length of a step of its learning", low=1e-5, high=0.1)
    noise: float = tunable(0.08, "of a step at typical speed: most noise that copies of the tracks are given which are learned from as well; 0: none", low=0.0, high=1.0)
    calm: float = tunable(2.5, "pull towards saying the same of every past, of the network of the other futures: less where bodies are of many kinds", low=0.0, high=100.0)
    balance: float = tunable(1.0, "0: groups count by their situations; 1: small ones count as much as great ones, in the best guess", low=0.0, high=1.0)
    spread_balance: float = tunable(0.5, "the same in the other futures", low=0.0, high=1.0)
    speed_balance: float = tunable(0.0, "the same for rare speeds, in the other futures; the best guess is for common ones", low=0.0, high=1.0)
    fair: float = tunable(0.02, "share by which the best guess may be farther off than going on, on average over a group: where it would be more, "
                                "it gives way; not where trees mend it", low=0.0, high=100.0)
    tail: float = tunable(0.1, "weight of what no future foresees", low=0.001, high=0.5)
    wide: float = tunable(1.0, "factor on how far futures are stated to be off, upon what held among the bodies it is fitted on: more where those to come "
                               "are of other kinds", low=0.5, high=3.0)
    trees: int = tunable(400, "boosted trees that mend the best guess where units are known and steps below 0.25 s, from the past and from others' routes; 0: none", low=0, high=5000)
    forget: float = tunable(0.05, "share of situations of which only part of the past is shown", low=0.0, high=1.0)

    def __post_init__(self) -> None:
        check_tunables(self)


@dataclass(frozen=True, slots=True)
class Trained:
    """M networks with one table of spreads: first (M, D, U), second (M, U, U), top (M, U, O), straight (M, D, O), offsets (M, ·)."""

    first: Floats
    first_offset: Floats
    second: Floats
    second_offset: Floats
    top: Floats
    offset: Floats
    straight: Floats
    spread: Floats
    """(K, H, 3)"""
    shapes: Floats
    """(2, H, B)"""
    correction: Floats
    """(H + 1, 2), see `calibrated`; its last number is 1 where futures stand by themselves, 0 where they lie around the first."""
    steady: Steadiness
    """Where the best guess gives way to going on."""
    mended: Correction | None = None
    """What trees add to the best guess."""


def train_prior(tracks: Sequence[Floats], dt_s: float, groups: Sequence[int] | None, any_unit: bool, turned: bool, history_s: float | None,
                horizon_s: float | None, config: PriorConfig, rng: np.random.Generator, progress: Report | None) -> tuple[Grid, Trained, float]:
    """(grid, networks, typical speed or 0)."""
    grid = grid_for(dt_s, history_s, horizon_s)
    typical = typical_speeds(tracks, dt_s, any_unit)
    windows = cut_windows(tracks, dt_s, grid, 3 * config.situations, typical, turned, rng, config.forget)
    if len(windows.inputs) < _FEWEST:
        raise BadInputError(f"tracks: {len(windows.inputs)} situations in {len(tracks)} tracks; at least {_FEWEST} are needed, each with "
                            f"{grid.lags_s[-1]:g} s of past and {grid.ahead_s[-1] if dt_s >= 0.25 else min(1.0, grid.ahead_s[-1]):g} s of future")
    part = _parts(windows.track, groups, config.parts)
    shapes = time_shapes(windows, grid.ahead_s, min(config.shapes, len(grid.ahead_s)))
    importance = np.minimum(_MOST_IMPORTANT, windows.frames[:, 4] / max(1e-12, float(windows.frames[:, 4].mean()))) if not any_unit \
        else np.ones(len(windows.inputs))
    group = None if groups is None else np.asarray(groups)[windows.track]
    shares = [_balance(windows, group, typical, *powers) for powers in ((config.balance, 0.0), (config.spread_balance, config.speed_balance))]
    rough = windows  # row for row the same moments, as a worse recorder would have seen them: parts, chances and importance are the same
    if config.noise > 0.0:
        rough = cut_windows(_roughened(tracks, config.noise * dt_s * typical, rng), dt_s, grid, 3 * config.situations, typical, turned, rng, config.forget)
    mirror = mirror_signs(len(grid.lags_s), EXTRAS, turned)
    count = int(part.max()) + 1
    folds = count if count > 1 else 0

    everything = (windows.inputs, windows.truth, importance) if rough is windows else \
        tuple(np.concatenate(pair) for pair in ((windows.inputs, rough.inputs), (windows.truth, rough.truth), (importance, importance)))

    def drawn(without: int = -1) -> NDArray[np.int64]:
        """Situations to learn from: some more often than others, half of them rough."""
        chance = np.tile(np.where(part == without, 0.0, shares[0]), len(everything[0]) // len(part))
        return rng.choice(len(chance), min(config.situations, len(chance)), p=chance / chance.sum())

    start = first_network(windows, shapes, config.hidden, rng)
    report = progress if progress is not None else _line
    taught = [config.spread_epochs] + folds * [max(1, config.spread_epochs // 2)]  # to see how wrong they are among strangers fewer will do
    rounds = [config.members * config.epochs + _WORK * epochs for epochs in taught]
    total = sum(rounds)

    def fitted(i: int, without: int = -1) -> Network:
        """First the best guess by itself, then the other futures: together, these would bend the guess."""
        seeded, guesses = np.random.default_rng(rng.integers(2 ** 63)), []
        told = _Told(report, sum(rounds[:i]) / total, total)
        for _ in range(config.members):
            net, rows = copy.deepcopy(start), drawn(without)
            x, truth, counts = (each[rows] for each in everything)
            train(net, x, truth, counts, shapes,
                  Schedule(epochs=config.epochs, rate=config.rate, weights=(0.0, 1.0)), seeded, mirror, told.advance)
            guesses.append(net)
        centre, kept, size = averaged(guesses), np.flatnonzero(part != without), 2 * shapes.shape[2]
        lesson = Lesson(x=windows.inputs[kept], truth=windows.truth[kept], chance=shares[1][kept], importance=np.sqrt(importance[kept]),
                        guess=outputs(centre, windows.inputs[kept])[0][:, :size], shapes=shapes, mirror=mirror, futures=config.futures - 2,
                        hidden=config.spread_hidden, epochs=taught[i], situations=config.spread_situations, rate=config.spread_rate,
                        decay=config.calm)
        taught_on = lesson if rough is windows else lesson.with_more(rough.inputs[kept], rough.truth[kept])
        return joined(centre, spread_futures(lesson, seeded, lambda: told.advance(_WORK), taught_on), size)

    whole = fitted(0)
    nets = [fitted(1 + i, i) for i in range(folds)] or [whole]
    steady, mended, shift = never(len(grid.ahead_s)), None, np.zeros_like(windows.truth)
    mends = not any_unit and config.trees > 0 and dt_s < 0.25  # coarse steps tell trees too little: strangers elsewhere were foretold worse
    if folds:
        guess = _guesses(nets, windows, part, shapes)
        steady = fit_steadiness(windows, guess, part if group is None else group, grid.lags_s, grid.ahead_s,
                                math.inf if mends else config.fair)  # what a group loses before trees mend it is not the last word
        shift = steady.shift(windows.inputs, guess, grid.lags_s, grid.ahead_s)
    if folds and mends:
        told = _Told(report, total / (total + 2 * folds), total + 2 * folds)
        mended, more = fit_correction(tracks, groups, windows, guess + shift, part, float(np.median(typical)), len(grid.lags_s), config.trees, rng, told.advance)
        shift = shift + more
    correction = _held_against(nets, windows, part, shift, shapes, grid, config.tail)
    correction[:-1, 0] += math.log(config.wide)
    report(1.0, "fitted")
    return grid, _together([whole], shapes, correction, steady, mended), 0.0 if any_unit else float(np.median(typical))


def _held_against(nets: list[Network], windows: Windows, part: NDArray[np.int64], shift: Floats, shapes: Floats, grid: Grid, tail: float) -> Floats:
    """(H + 1, 2) see `calibrated`: regions of each network, moved by `shift` (N, H, 2), held against the part it had not seen."""
    said = []
    for i, net in enumerate(nets):
        held = np.flatnonzero(part == i)
        held = held[:: max(1, len(held) // _HELD_OUT)]
        said.append((outputs(net, windows.inputs[held])[0], net.spread, windows.truth[held] - shift[held], np.full(len(held), 1.0 / len(held))))
    return calibrated(said, shapes, grid.ahead_s, tail, (0.5, 0.9))


def _guesses(nets: list[Network], windows: Windows, part: NDArray[np.int64], shapes: Floats) -> Floats:
    """(N, H, 2) best guesses, of each part by the network that had not seen it."""
    size, out = 2 * shapes.shape[2], np.zeros_like(windows.truth)
    for i, net in enumerate(nets):
        said = outputs(net, windows.inputs[part == i])[0][:, :size].reshape(-1, 2, shapes.shape[2])
        out[part == i] = np.einsum("nab,ahb->nha", said, shapes)
    return out


def _roughened(tracks: Sequence[Floats], most: Floats, rng: np.random.Generator) -> list[Floats]:
    """The same tracks (L, 2), each with normal noise of a standard deviation of up to most (tracks,), in their unit: recorders are of many kinds, and futures taught by clean tracks alone mistake theirs for turns."""
    return [points + rng.normal(size=points.shape) * each * rng.random() for points, each in zip(tracks, most, strict=True)]


def typical_speeds(tracks: Sequence[Floats], dt_s: float, any_unit: bool) -> Floats:
    """(tracks,) the median body's mean speed for all alike; for any unit each body's own top speed."""
    speeds = [np.hypot(*np.diff(points, axis=0).T) / dt_s if len(points) > 1 else np.zeros(1) for points in tracks]
    if any_unit:
        return np.array([float(np.quantile(speed, 0.98)) for speed in speeds])
    return np.full(len(tracks), float(np.median([speed.mean() for speed in speeds])) if len(speeds) else 0.0)


def _parts(track: NDArray[np.int64], groups: Sequence[int] | None, parts: int) -> NDArray[np.int64]:
    """(N,) which part each situation belongs to: whole groups, dealt so that parts are alike in size; else stretches of the list."""
    if groups is None:
        stretch = np.searchsorted(np.arange(1, parts) * len(track) / parts, np.searchsorted(track, track), side="right")
        return np.unique(stretch, return_inverse=True)[1].astype(np.int64)
    of = np.asarray(groups)[track]
    names, sizes = np.unique(of, return_counts=True)
    load, home = np.zeros(min(parts, len(names))), {}
    for i in np.argsort(-sizes, kind="stable"):
        home[names[i]] = int(np.argmin(load))
        load[home[names[i]]] += sizes[i]
    return np.array([home[name] for name in of], dtype=np.int64)


def _balance(windows: Windows, group: NDArray[np.int64] | None, typical: Floats, of_groups: float, of_speeds: float) -> Floats:
    """(N,) chance of each situation to be learned from, sum 1."""
    ratio = windows.frames[:, 4] / np.maximum(typical[windows.track], 1e-12)
    kinds = [(np.round(np.log(np.clip(ratio, 0.05, 20.0)) / 0.3).astype(np.int64), of_speeds)]
    if group is not None:
        kinds.append((group, of_groups))
    share = np.ones(len(ratio))
    for kind, power in kinds:
        _, which, size = np.unique(kind, return_inverse=True, return_counts=True)
        share *= np.maximum(size[which] / len(ratio), 0.02) ** -power
    return np.asarray(share / share.sum())


def _together(members: list[Network], shapes: Floats, correction: Floats, steady: Steadiness, mended: Correction | None) -> Trained:
    def stacked(name: str) -> Floats:
        return np.ascontiguousarray(np.stack([getattr(net, name) for net in members]))

    return Trained(**{name: stacked(name) for name in NETWORK}, spread=np.ascontiguousarray(stacked("spread").mean(axis=0)),
                   shapes=np.ascontiguousarray(shapes), correction=correction, steady=steady, mended=mended)


class _Told:
    """Counts the rounds of one network towards the whole."""

    def __init__(self, report: Report, begins: float, total: int) -> None:
        self._report, self._share, self._step = report, begins, 1.0 / total
        report(begins, "fitting")

    def advance(self, rounds: int = 1) -> None:
        self._share += self._step * rounds
        self._report(min(0.999, self._share), "fitting")


def _line(share: float, what: str) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        full = round(30 * share)
        sys.stderr.write(f"\r{what} [{'█' * full}{'·' * (30 - full)}] {round(100 * share):3d} %" + ("\n" if share >= 1.0 else ""))
        sys.stderr.flush()
