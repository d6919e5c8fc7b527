"""How well forecasts hold: errors, stated regions, likelihood and time, against simple baselines.

    npc-world forecast                      scripted players with known structure
    npc-world forecast --data FILE.npz …    recorded tracks, in either form of `forecast_data`: positions, times, player; or xyz, start, dt
    npc-world forecast --protocol pedestrian | game --data FILE.npz …   a motion prior fitted on some, measured on others
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.forecast_data import Steps, by_name, read_recorded
from npc_world.arena.forecast_online import online_main
from npc_world.arena.forecast_protocols import protocol_main
from npc_world.arena.players import OPEN_TRACKS
from npc_world.arena.progress import Progress
from npc_world.arena.reliability import draw_reliability
from npc_world.beliefs.target_model import TargetConfig, TargetModel
from npc_world.core import mixture
from npc_world.core.errors import BadInputError
from npc_world.core.terrain import Terrain

__all__ = ["HORIZONS_S", "Scores", "Track", "evaluate", "main", "read_tracks", "synthetic_tracks", "table"]

Floats = NDArray[np.float64]
HORIZONS_S = np.array([0.5, 1.0, 2.0])
_STEP_S = 0.1
_WARM_UP_S = 2.0


@dataclass(frozen=True, slots=True)
class Track:
    """One body's way: points (L, 2), a row every dt_s; the map and goals it lived with, where there are."""

    points: Floats
    dt_s: float
    ground: Terrain | None = None
    goals: dict[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(slots=True)
class Scores:
    """What was found for one class of tracks; lists over moments, each entry (horizons,)."""

    errors: dict[str, list[Floats]] = field(default_factory=dict)
    """Distance from the truth, by method."""
    levels: list[Floats] = field(default_factory=list)
    """Probability of what was likelier than the truth: even over [0, 1] when regions hold."""
    likelihood: list[Floats] = field(default_factory=list)
    """-log density in units of (speed · horizon)², so that scale does not matter."""
    observe_us: list[float] = field(default_factory=list)
    forecast_us: list[float] = field(default_factory=list)

    def mean_error(self, method: str) -> Floats:
        """(horizons,)"""
        return np.asarray(np.mean(self.errors[method], axis=0))

    def inside(self, probability: float) -> Floats:
        """(horizons,) share of truths inside the region of that probability."""
        return np.asarray(np.mean(np.array(self.levels) <= probability, axis=0))


def synthetic_tracks(kind: str, count: int, seed: int, seconds: float = 25.0, dt_s: float = 1 / 60) -> list[Track]:
    """Players of a kind in the open (see `arena.players`), each with its own habits, in worlds of different scale."""
    out = []
    for i in range(count):
        rng = np.random.default_rng([seed, i, sum(map(ord, kind))])
        scale = math.exp(rng.uniform(math.log(2.0), math.log(400.0)))
        out.append(Track(OPEN_TRACKS[kind](rng, round(seconds / dt_s), dt_s) * scale, dt_s))
    return out


def read_tracks(path: str | Path) -> list[Track]:
    """Recorded tracks out of an npz file.  Raises `BadInputError` when it is not one."""
    return [Track(track.points, track.dt_s) for track in read_recorded(path)]


def evaluate(tracks: Iterable[Track], every_s: float = 0.25, config: TargetConfig | None = None,
             make: Callable[[Track], TargetModel] | None = None, advance: Callable[[], None] = lambda: None) -> Scores:
    """Watch each track as it happens; every `every_s` after a warm-up, forecast and compare with what then came."""
    scores = Scores()
    for track in tracks:
        model = make(track) if make is not None else TargetModel(track.ground, track.goals, config=config)
        at = Steps.at(HORIZONS_S, track.dt_s, _STEP_S)
        ahead, steps = at.rows, at.steps
        pause = max(1, round(every_s / track.dt_s))
        last = len(track.points) - int(ahead[-1]) - 1
        length_px = float(np.hypot(*np.diff(track.points, axis=0).T).sum())
        scale = max(1e-9, length_px / (len(track.points) * track.dt_s)) * at.times_s
        for i in range(last + 1):
            began = time.perf_counter()
            model.observe(i * track.dt_s, track.points[i])
            scores.observe_us.append(1e6 * (time.perf_counter() - began))
            if i * track.dt_s < _WARM_UP_S or i % pause:
                continue
            began = time.perf_counter()
            forecast = model.forecast(at.times_s[-1], at.step_s)
            scores.forecast_us.append(1e6 * (time.perf_counter() - began))
            truth = track.points[i + ahead]
            _add(scores, "mean", forecast.mean()[steps] - truth)
            _add(scores, "best", forecast.best()[steps] - truth)
            _add(scores, "still", track.points[i] - truth)
            velocity = (track.points[i] - track.points[i - 1]) / track.dt_s
            _add(scores, "velocity", track.points[i] + at.times_s[:, None] * velocity - truth)
            belief = model.belief
            assert belief is not None
            _add(scores, "filter", belief.position_px + at.times_s[:, None] * belief.velocity_px_s - truth)
            means, covariances = np.ascontiguousarray(forecast.positions_px[:, steps]), forecast.covariances_px2[:, steps]
            found = mixture.levels(means, covariances, forecast.weights, truth)
            scores.levels.append(mixture.corrected(found, None if forecast.regions is None else forecast.regions[steps]))
            dense = mixture.density(means, covariances, forecast.weights, truth) * scale ** 2
            scores.likelihood.append(-np.log(np.maximum(dense, 1e-12)))
        advance()
    return scores


def _add(scores: Scores, method: str, offset: Floats) -> None:
    scores.errors.setdefault(method, []).append(np.hypot(offset[:, 0], offset[:, 1]))


def table(found: dict[str, Scores]) -> str:
    """A row per class and horizon.  Errors are relative to constant velocity's, of which the absolute mean is given."""
    lines = [f"{'class':<12} {'ahead':>5} {'velocity':>9} {'still':>6} {'filter':>6} {'mean':>6} {'best':>6} {'in 50 %':>8} {'in 90 %':>8} "
             f"{'-log p':>7} {'µs see':>7} {'µs say':>7}"]
    for name, scores in found.items():
        if not scores.levels:
            continue
        base = scores.mean_error("velocity")
        for h, ahead_s in enumerate(HORIZONS_S):
            least = 1e-3 * float(scores.mean_error("still")[h])  # below a thousandth of the way nobody can tell
            over = [float((scores.mean_error(method)[h] + least) / (base[h] + least)) for method in ("still", "filter", "mean", "best")]
            lines.append(f"{name[:12]:<12} {ahead_s:>4.1f}s {base[h]:>9.4g} " + " ".join(f"{v:>6.3f}" for v in over)
                         + f" {scores.inside(0.5)[h]:>8.2f} {scores.inside(0.9)[h]:>8.2f} {np.mean(scores.likelihood, axis=0)[h]:>7.2f}"
                         + f" {np.mean(scores.observe_us):>7.1f} {np.median(scores.forecast_us):>7.1f}")
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    """`npc-world forecast`."""
    parser = argparse.ArgumentParser(prog="npc-world forecast", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", help="npz of recorded tracks; default: scripted players")
    parser.add_argument("--tracks", type=int, default=12, help="tracks per class (scripted), or at most so many (recorded)")
    parser.add_argument("--seed", type=int, default=1000, help="seed of the scripted players")
    parser.add_argument("--every", type=float, default=0.25, help="seconds between forecasts")
    parser.add_argument("--reliability", type=Path, metavar="FILE.png", help="draw how often regions of every probability held (needs matplotlib)")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    parser.add_argument("--protocol", choices=("tracks", "online", "pedestrian", "game"), default="tracks",
                        help="online: what learning this very player adds; pedestrian, game: a motion prior, fitted first")
    parser.add_argument("--prior", type=Path, help="pedestrian, game: this motion prior instead of one fitted on the other tracks")
    parser.add_argument("--moments", type=int, default=4000, help="game: at most so many per file")
    options = parser.parse_args(argv)
    if options.protocol in ("pedestrian", "game"):
        return protocol_main(options.protocol, options.data, options.moments, options.json, options.prior, parser.error)
    if options.protocol == "online":
        return online_main(options.data, options.tracks, options.seed, options.every, options.json, parser.error)
    try:
        if options.data is not None:
            read = {name: read_tracks(file) for name, file in by_name(options.data).items()}
            classes = {name: recorded[::max(1, len(recorded) // options.tracks)][:options.tracks] for name, recorded in read.items()}
        else:
            classes = {kind: synthetic_tracks(kind, options.tracks, options.seed) for kind in OPEN_TRACKS}
    except BadInputError as error:
        parser.error(str(error))
    progress = Progress(sum(map(len, classes.values())), "forecasting")
    found = {name: evaluate(tracks, options.every, advance=progress.advance) for name, tracks in classes.items()}
    progress.close()
    if not any(scores.levels for scores in found.values()):
        parser.error(f"no track is longer than {_WARM_UP_S + HORIZONS_S[-1]:g} s")
    print(table(found))
    if options.reliability is not None:
        draw_reliability({name: np.array(scores.levels) for name, scores in found.items()}, HORIZONS_S, options.reliability)
    if options.json is not None:
        options.json.write_text(json.dumps({name: _figures(scores) for name, scores in found.items()}, indent=1), encoding="utf-8")
    return 0


def _figures(scores: Scores) -> dict[str, Any]:
    return {"horizons_s": HORIZONS_S.tolist(), "errors": {m: scores.mean_error(m).tolist() for m in scores.errors},
            "inside_50": scores.inside(0.5).tolist(), "inside_90": scores.inside(0.9).tolist(),
            "likelihood": np.mean(scores.likelihood, axis=0).tolist()}
