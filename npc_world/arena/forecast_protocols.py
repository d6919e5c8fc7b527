"""Forecasts that are fitted first, held against simple ones on tracks left out.

    npc-world forecast --protocol pedestrian --data SCENE.npz SCENE.npz …   eight steps of 0.4 s seen, twelve foretold; each scene left out once
    npc-world forecast --protocol game --data FILE.npz …                    1 s seen, 2 s foretold; fitted on each file's train split

The likelihood is that of a kernel density estimate as from 2,000 samples (Scott's bandwidth), at least e⁻²⁰: the mixture
widened accordingly, without drawing.  Of twenty futures that stand for all a method says (`Forecast.representatives`), the nearest
is min20.  It, regions and likelihoods are taken at up to `_DENSE` moments of each set, errors at all of them.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.forecast_baselines import Situations, angles, imm, neighbours, still, velocity
from npc_world.arena.forecast_data import Recorded, by_name, read_recorded, split_of
from npc_world.arena.progress import Progress
from npc_world.beliefs.motion_prior import MotionPrior, PriorConfig
from npc_world.core import mixture
from npc_world.core.errors import BadInputError
from npc_world.core.representatives import representatives

__all__ = ["GAME", "PEDESTRIAN", "Held", "Protocol", "cut_situations", "hold", "protocol_main"]

Floats = NDArray[np.float64]
_DENSE = 1500
_SAMPLES = 2000
_RESOLUTION = 0.01
"""Places are not told apart better than the way of a fast body in so many s: who stands perfectly still is no triumph."""
_FITTED = 6000
"""Situations the simple methods learn their spread or their neighbours from."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """What is seen, what is asked for."""

    name: str
    history_s: float
    ahead_s: Floats
    stated_s: Floats
    """Horizons in the table."""
    step_s: float = math.nan
    """The step tracks must have; NaN: any."""
    every_s: float = 0.0
    """Between two moments of one track; 0: every row."""


PEDESTRIAN = Protocol("pedestrian", 2.8, 0.4 * np.arange(1.0, 13.0), np.array([1.2, 2.4, 4.8]), 0.4)
GAME = Protocol("game", 1.0, np.array([0.25, 0.5, 0.75, 1.0, 1.5, 2.0]), np.array([0.5, 1.0, 2.0]), every_s=0.25)


@dataclass(slots=True)
class Held:
    """What one method reached on one set, lists over moments."""

    mean: list[Floats] = field(default_factory=list)
    """(H,) distance of the mixture's mean."""
    best: list[Floats] = field(default_factory=list)
    """(H,) distance of the likeliest future."""
    least_ade: list[float] = field(default_factory=list)
    least_fde: list[float] = field(default_factory=list)
    likelihood: list[Floats] = field(default_factory=list)
    levels: list[Floats] = field(default_factory=list)
    took_us: float = math.nan

    def inside(self, probability: float) -> Floats:
        """(H,) share inside the region of that probability."""
        return np.asarray((np.array(self.levels) <= probability).mean(axis=0))

    def figures(self) -> dict[str, Any]:
        """What is printed."""
        mean, best = np.mean(self.mean, axis=0), np.mean(self.best, axis=0)
        return {"ade": float(mean.mean()), "fde": float(mean[-1]), "ade_best": float(best.mean()), "fde_best": float(best[-1]),
                "min_ade20": float(np.mean(self.least_ade)), "min_fde20": float(np.mean(self.least_fde)), "errors": mean.tolist(),
                "kde_nll": float(np.mean(self.likelihood)), "nll": np.mean(self.likelihood, axis=0).tolist(), "in_50": self.inside(0.5).tolist(),
                "in_90": self.inside(0.9).tolist(), "us": self.took_us}


def cut_situations(tracks: Sequence[Recorded], protocol: Protocol, most: int | None = None, name: str = "tracks") -> Situations:
    """Moments of all tracks, evenly thinned to about `most`.  Tracks of one step; `BadInputError`, with their `name`, when it is not the protocol's."""
    if not tracks:
        raise BadInputError("no tracks: to fit on some and test on others takes three, or a `split` that names both")
    dt_s = float(np.median([track.dt_s for track in tracks]))
    if protocol.step_s == protocol.step_s and abs(dt_s - protocol.step_s) > 0.02 * protocol.step_s:
        raise BadInputError(f"dt={dt_s:g}: the {protocol.name} protocol needs a position every {protocol.step_s:g} s")
    back, ahead = max(1, round(protocol.history_s / dt_s)), np.maximum(1, np.round(protocol.ahead_s / dt_s).astype(int))
    pause = max(1, round(protocol.every_s / dt_s))
    moments = [(track.points, i) for track in tracks for i in range(back, len(track.points) - int(ahead[-1]), pause)]
    if not moments:
        longest_s = max(len(track.points) * track.dt_s for track in tracks)
        raise BadInputError(f"{name}: no track is longer than {protocol.history_s + protocol.ahead_s[-1]:g} s; the longest of {len(tracks)} lasts {longest_s:.1f} s"
                            " (rows of one player have to follow each other in time, each time once)")
    if most is not None:
        moments = moments[::max(1, math.ceil(len(moments) / most))]
    return Situations(np.array([points[i - back:i + 1] for points, i in moments]), np.array([points[i + ahead] for points, i in moments]), dt_s,
                      ahead * dt_s)


def hold(method: Any, situations: Situations, dense: int = _DENSE) -> Held:
    """How right a method is at all moments.  A method that was taught futures to cover what comes (`Forecast.cover_px`) says them last."""
    held, said = Held(), []
    began = time.perf_counter()
    for past in situations.pasts:
        said.append(method(past))
    held.took_us = 1e6 * (time.perf_counter() - began) / len(said)
    pause = max(1, math.ceil(len(said) / dense))
    least = (_RESOLUTION * float(np.quantile(np.hypot(*(situations.pasts[:, -1] - situations.pasts[:, -2]).T), 0.9)) / situations.dt_s) ** 2
    for i, ((means, covariances, weights, *cover), truth) in enumerate(zip(said, situations.futures, strict=True)):
        off = np.hypot(*(means - truth).transpose(2, 0, 1))
        middle = np.tensordot(weights, means, axes=1)
        held.mean.append(np.hypot(*(middle - truth).T))
        held.best.append(off[int(np.argmax(weights))])
        if i % pause == 0:
            if cover and cover[0] is not None and len(cover[0]) == 20:
                few = cover[0]
            else:
                few = representatives(means, covariances, weights, 20)[0] if covariances.any() else means[np.argsort(-weights, kind="stable")[:20]]
            near = np.hypot(*(few - truth).transpose(2, 0, 1))
            held.least_ade.append(float(near.mean(axis=1).min()))
            held.least_fde.append(float(near[:, -1].min()))
            wide = _as_kernels(means, covariances, weights, middle, least)
            held.likelihood.append(-np.log(np.maximum(mixture.density(means, wide, weights, truth), math.exp(-20.0))))
            stated = covariances if covariances.any() else wide
            held.levels.append(mixture.levels(means, stated, weights, truth))
    return held


def _as_kernels(means: Floats, covariances: Floats, weights: Floats, middle: Floats, least: float) -> Floats:
    """(K, H, 2, 2): each future widened by the bandwidth of a kernel estimate, and by the variance `least` of what can be measured."""
    off = means - middle
    total = np.einsum("k,khij->hij", weights, covariances + off[..., :, None] * off[..., None, :])
    samples = _SAMPLES if covariances.any() else len(weights)
    return np.ascontiguousarray(covariances + samples ** (-1.0 / 3.0) * total + (1e-18 + least) * np.eye(2))


def _methods(fitted: Situations, prior: MotionPrior) -> dict[str, Any]:
    times = fitted.dt_s * np.arange(float(fitted.pasts.shape[1]))

    def foreseen(past: Floats) -> tuple[Floats, Floats, Floats, Floats | None]:
        return prior.mixture_and_cover(np.ascontiguousarray(past), times, fitted.ahead_s, prior.typical_of(past, times))

    return {"still": still(fitted), "velocity": velocity(fitted), "angles": angles(fitted), "imm": imm(fitted), "neighbours": neighbours(fitted),
            "prior": foreseen}


def _pedestrian(files: dict[str, list[Recorded]], config: PriorConfig, shipped: MotionPrior | None, advance: Any) -> dict[str, dict[str, Held]]:
    scenes = files
    if len(files) == 1:
        name, tracks = next(iter(files.items()))
        scenes = {session or name: [t for t in tracks if t.session == session] for session in sorted({t.session for t in tracks})}
    if len(scenes) < 2:
        raise BadInputError("--data: one scene; the pedestrian protocol leaves one out and needs at least two (files, or sessions in one)")
    found: dict[str, dict[str, Held]] = {}
    for name in scenes:
        others = [(track, i) for i, other in enumerate(scenes) if other != name for track in scenes[other]]
        fitted = cut_situations([track for track, _ in others], PEDESTRIAN, _FITTED)
        prior = shipped if shipped is not None else MotionPrior.fit(
            [track.points for track, _ in others], PEDESTRIAN.step_s, groups=[i for _, i in others], config=config, progress=lambda share, what: None)
        tested = cut_situations(scenes[name], PEDESTRIAN, name=name)
        found[name] = {}
        for method, run in _methods(fitted, prior).items():
            found[name][method] = hold(run, tested)
            advance()
    return found


def _game(files: dict[str, list[Recorded]], config: PriorConfig, shipped: MotionPrior | None, most: int, advance: Any) -> dict[str, dict[str, Held]]:
    found: dict[str, dict[str, Held]] = {}
    for name, tracks in files.items():
        train, test = split_of(tracks)
        fitted, tested = cut_situations(train, GAME, _FITTED, name), cut_situations(test, GAME, most, name)
        groups = _groups(train)
        prior = shipped if shipped is not None else MotionPrior.fit(
            [track.points for track in train], fitted.dt_s, groups=groups, horizon_s=float(GAME.ahead_s[-1]), gravity=_leans(train), config=config,
            progress=lambda share, what: None)
        found[name] = {}
        for method, run in _methods(fitted, prior).items():
            found[name][method] = hold(run, tested)
            advance()
    return found


def _groups(tracks: Sequence[Recorded]) -> list[int] | None:
    """A number per track: what is held out together in fitting.  Sessions where there are several, else players."""
    for key in ("session", "player"):
        names = sorted({getattr(track, key) for track in tracks})
        if len(names) >= 3:
            return [names.index(getattr(track, key)) for track in tracks]
    return None


def _leans(tracks: Sequence[Recorded]) -> bool:
    """Whether the world's axes matter: changes of velocity down and up, or across, are not as those turned by a quarter."""
    change = np.concatenate([np.diff(track.points, 2, axis=0) for track in tracks if len(track.points) > 3])
    size = np.quantile(np.abs(change), 0.9, axis=0)
    skew = np.abs(change.mean(axis=0)) / np.maximum(np.abs(change).mean(axis=0), 1e-12)
    return bool(max(size) > 1.4 * min(size) or skew.max() > 0.2)


def _table(found: dict[str, dict[str, Held]], protocol: Protocol) -> str:
    at = [int(np.argmin(np.abs(protocol.ahead_s - t))) for t in protocol.stated_s]
    lines = [f"{'set':<14} {'method':<10} {'ADE':>7} {'FDE':>7} {'best':>7} {'FDE':>7} {'min20':>7} {'FDE':>7} {'KDE':>7} "
             + " ".join(f"{f'{t:g} s':>7}" for t in protocol.stated_s) + f" {'worst':>12}  of velocity's   50 %: "
             + " ".join(f"{t:g} s" for t in protocol.stated_s) + "   90 %" + f" {'µs':>8}"]
    for name, methods in found.items():
        lines += [_row(name, method, held.figures(), _over_velocity(methods, method), protocol, at) for method, held in methods.items()]
    if len(found) > 1:
        for method in next(iter(found.values())):
            over = np.array([_over_velocity(methods, method) for methods in found.values()])
            own = _average([methods[method].figures() for methods in found.values()])
            lines.append(_row("average", method, own, over.mean(axis=0), protocol, at, over.max(axis=0)))
    return "\n".join(lines)


def _average(figures: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: np.mean([entry[key] for entry in figures], axis=0) for key in figures[0]}


def _over_velocity(methods: dict[str, Held], method: str) -> Floats:
    """(H,) error of the mean over constant velocity's."""
    own, plain = (np.array(methods[each].figures()["errors"]) for each in (method, "velocity"))
    return np.asarray(own / np.maximum(plain, 1e-12))


def _row(name: str, method: str, own: dict[str, Any], over: Floats, protocol: Protocol, at: list[int], highest: Floats | None = None) -> str:
    """over (H,): error over constant velocity's; highest (H,): that of the worst set, where several are averaged."""
    inside = ["/".join(f"{own[key][h]:.2f}" for h in at) for key in ("in_50", "in_90")]
    most = over if highest is None else highest
    worst = f"{most.max():.3f} {protocol.ahead_s[int(most.argmax())]:g} s"
    return (f"{name[:14]:<14} {method:<10} {own['ade']:>7.3f} {own['fde']:>7.3f} {own['ade_best']:>7.3f} {own['fde_best']:>7.3f} "
            f"{own['min_ade20']:>7.3f} {own['min_fde20']:>7.3f} {own['kde_nll']:>7.2f} " + " ".join(f"{over[h]:>7.3f}" for h in at)
            + f" {worst:>12}   {inside[0]}   {inside[1]}   {own['us']:>6.0f}")


def protocol_main(name: str, data: Sequence[Path] | None, most: int, as_json: Path | None, prior: Path | None, fail: Any) -> int:
    """`npc-world forecast --protocol pedestrian | game`."""
    if not data:
        fail(f"--protocol {name} needs --data FILE…, recorded tracks")
        return 2
    try:
        files = {name: read_recorded(path) for name, path in by_name(data).items()}
        shipped = MotionPrior.load(prior) if prior is not None else None
        sets = len(files) if len(files) > 1 or name == "game" else len({t.session for tracks in files.values() for t in tracks})
        bar = Progress(6 * sets, name)
        config = PriorConfig()
        found = _pedestrian(files, config, shipped, bar.advance) if name == "pedestrian" else _game(files, config, shipped, most, bar.advance)
        bar.close()
    except BadInputError as error:
        fail(str(error))
        return 2
    print(_table(found, PEDESTRIAN if name == "pedestrian" else GAME))
    if as_json is not None:
        out = {key: {method: held.figures() for method, held in methods.items()} for key, methods in found.items()}
        as_json.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
    return 0
