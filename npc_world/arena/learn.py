"""`npc-world learn`: fit a ball's physics, and what surfaces do to a body that was told how to move, to recordings; say how well
that then foresees what it was not fitted to."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.learn_acceleration import found_acceleration
from npc_world.arena.learn_surfaces import SurfaceFound, commanded_bodies, learn_surfaces, surface_lines
from npc_world.arena.learn_throws import SHORTEST, Sample, geometry_of, sample_throws
from npc_world.arena.plot import require_matplotlib
from npc_world.arena.progress import Progress
from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast
from npc_world.learning.ball_model import BallModel
from npc_world.learning.physics_file import BallPhysics, physics_of, write_physics
from npc_world.learning.recording import Recording, Run
from npc_world.models.ball_world import BallWorld

__all__ = ["HeldOut", "fit_throws", "forecast_of_run", "foresee", "main"]

Floats = NDArray[np.float64]
_TOGETHER = 6
"""Throws that are fitted together first; the others are added one by one."""
_AHEAD_S = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How well throws that were not fitted are foreseen."""

    throws: int
    seen: int
    """Sightings before each forecast."""
    median_px: dict[str, float]
    """Seconds ahead → median error."""
    p90_px: dict[str, float]
    still_px: dict[str, float]
    """The same throws at constant velocity: median error, for scale."""
    in_90_region: float
    """Share of positions inside the 90 % region."""


def main(argv: list[str]) -> int:
    """Run the command; 0 when it ran, 2 for wrong arguments."""
    parser = argparse.ArgumentParser(prog="npc-world learn", description="Learn a ball's physics, and what surfaces do, from recordings, offline.")
    parser.add_argument("logs", nargs="+", type=Path, metavar="LOG", help="recordings of nw.Recorder or `npc-world record`; a .part left by a crash will do")
    parser.add_argument("--out", type=Path, metavar="FILE", default=Path("physics.toml"), help="where the physics goes (default physics.toml)")
    parser.add_argument("--body", metavar="NAME", help="whose motion is learned (default: the body that has a world, else the one seen most)")
    parser.add_argument("--radius", type=float, metavar="PX", help="radius of the ball, for recordings that do not say what it may touch")
    parser.add_argument("--speed", type=float, metavar="PX_S", help="top speed of a body that was told how to move (default: the highest asked for)")
    parser.add_argument("--acceleration", type=float, metavar="PX_S2",
                        help="its acceleration limit; 0: it has the velocity it asks for at once (default: found from the recordings)")
    parser.add_argument("--throws", type=int, default=24, metavar="N", help="throws that are fitted, drawn evenly from the recordings (default 24)")
    parser.add_argument("--held-out", type=int, default=12, metavar="N", help="other throws, on which the forecast is measured (default 12)")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn (default 0)")
    parser.add_argument("--plot", type=Path, metavar="PNG", help="draw forecasts over what was observed; of surfaces into NAME-surfaces.png beside it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    try:
        options = parser.parse_args(argv)
    except SystemExit as exit:  # argparse has said what is wrong
        return int(exit.code or 0)
    if options.throws < 1 or options.held_out < 0 or options.seed < 0:
        print(f"--throws {options.throws} --held-out {options.held_out} --seed {options.seed}: expected at least 1, 0 and 0", file=sys.stderr)
        return 2
    if not ((options.speed is None or 0.0 < options.speed < np.inf) and (options.acceleration is None or 0.0 <= options.acceleration < np.inf)):
        print(f"--speed {options.speed} --acceleration {options.acceleration}: expected numbers above zero, the latter may be 0", file=sys.stderr)
        return 2
    if options.plot is not None:
        require_matplotlib()
    recordings = [Recording(path) for path in options.logs]
    for recording in recordings:
        if not recording.finished:
            print(f"{recording.path}: was not finished; read as far as it goes", file=sys.stderr)
    moved = commanded_bodies(recordings)
    walker = options.body if options.body in moved else max(moved, key=lambda name: moved[name], default=None) if options.body is None else None
    found, told = ({}, []) if walker is None else _learn_surfaces(recordings, walker, moved, options)
    body, others = (None if options.body in moved else options.body, []) if options.body else _likeliest_body(recordings, moved, options.radius)
    figures: dict[str, Any] = {"surfaces": {name: asdict(replace(one, shown=())) for name, one in found.items()}}
    surfaces = {name: one.surface for name, one in found.items()}
    if body is not None:
        learned = _learn_ball(recordings, body, options)
        if learned is None:
            return 2
        physics, lines, ball_figures = learned
        physics = replace(physics, surfaces=surfaces)
        if others:
            lines.insert(1, f"also recorded with what they may touch: {', '.join(map(repr, others))} (--body)")
        told, figures = [*told, *lines], {**ball_figures, **figures}
    elif surfaces:
        physics = BallPhysics(surfaces=surfaces)
    else:
        print(f"{walker!r} did not move on any surface for long enough in {', '.join(map(str, options.logs))}", file=sys.stderr)
        return 2
    print("\n".join(told))
    write_physics(options.out, physics, [f"What `npc-world learn` found in {', '.join(path.name for path in options.logs)}.", *told])
    print(f"{options.out}: written")
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def _learn_surfaces(recordings: list[Recording], walker: str, moved: dict[str, tuple[int, float]],
                    options: argparse.Namespace) -> tuple[dict[str, SurfaceFound], list[str]]:
    """What was found of the surfaces that one body moved on, and what to say of it."""
    speed, limit = options.speed or moved[walker][1], options.acceleration
    if limit is None:
        limit = found_acceleration(recordings, walker, speed, options.seed)
    found = learn_surfaces(recordings, walker, speed, limit, options.seed)
    others = sorted(name for name in moved if name != walker)
    told = [f"{walker!r}: {moved[walker][0]} frames, top speed {speed:.4g} px/s, "
            + (f"acceleration {limit:.4g} px/s²{'' if options.acceleration else ', found'}" if limit > 0.0 else "has the velocity it asks for at once")
            + (f"; also told how to move: {', '.join(map(repr, others))} (--body)" if others else "")]
    if options.plot is not None:
        from npc_world.arena.learn_plot_surfaces import plot_surfaces

        path = options.plot.with_stem(f"{options.plot.stem}-surfaces")
        if plot_surfaces(found, speed, limit, path):
            print(f"{path}: written")
    return found, [*told, *surface_lines(found, limit > 0.0)]


def _learn_ball(recordings: list[Recording], body: str, options: argparse.Namespace) -> tuple[BallPhysics, list[str], dict[str, Any]] | None:
    """What to write, what to say, and the figures; None when there was nothing to learn from, which is said."""
    sample = sample_throws(recordings, body, options.throws + options.held_out, options.seed, options.radius)
    if not sample.throws:
        print(f"no throw of {body!r} with {SHORTEST} sightings or more in {', '.join(map(str, options.logs))}{_reasons(sample)}", file=sys.stderr)
        return None
    fitted, held = _divided(sample.throws, options.throws, options.held_out)
    model = fit_throws(fitted, options.radius, options.seed)
    outcome = foresee(model, held, options.radius)
    if options.plot is not None:
        from npc_world.arena.learn_plot import plot_forecasts
        plot_forecasts(model, held or fitted, options.plot, options.radius)
        print(f"{options.plot}: written")
    constants = {name: {"value": value, "sd": sd} for name, (value, sd) in model.physics.items()}
    figures = {"body": body, "frames": sample.frames, "throws": sample.found, "fitted": len(fitted), "left_out": sample.left_out,
               "scheme": model.scheme, "physics": constants, "held_out": None if outcome is None else asdict(outcome)}
    return physics_of(model.knowledge), _told(sample, body, fitted, model, outcome), figures


def fit_throws(throws: list[Run], radius_px: float | None = None, seed: int = 0) -> BallModel:
    """A model fitted to all of them: the first few together, then one by one.  Throws may be of several worlds."""
    first = geometry_of(throws[0], radius_px)
    known = [_material_count(geometry_of(t, radius_px)) for t in throws]
    model = BallModel(**first, materials=max(known), seed=seed)
    bar = Progress(len(throws), "fitting")
    done = 0
    while done < len(throws):
        geometry = geometry_of(throws[done], radius_px)
        if geometry != first:
            model.rebuild(**geometry)
            first = geometry
        group = [throws[done]]
        if done == 0:
            group = [t for t in throws[:_TOGETHER] if geometry_of(t, radius_px) == first] if _one_world(throws[:_TOGETHER]) else group
        model.fit([(t.times_s, t.positions_px) for t in group])
        done += len(group)
        bar.advance(len(group))
    bar.close()
    return model


def foresee(model: BallModel, held: list[Run], radius_px: float | None = None, seen: int = SHORTEST) -> HeldOut | None:
    """Forecasts of throws from their first `seen` sightings, against what was then observed; None when there are none."""
    errors: dict[str, list[float]] = {f"{s:g}": [] for s in _AHEAD_S}
    still: dict[str, list[float]] = {f"{s:g}": [] for s in _AHEAD_S}
    inside: list[float] = []
    bar = Progress(len(held), "held out")
    for run in held:
        forecast, truth, after = forecast_of_run(model, run, radius_px, seen)
        bar.advance()
        if forecast is None:
            continue
        velocity = (run.positions_px[seen - 1] - run.positions_px[seen - 4]) / (run.times_s[seen - 1] - run.times_s[seen - 4])
        away = np.linalg.norm(forecast.best() - truth, axis=1)
        straight = np.linalg.norm(run.positions_px[seen - 1] + after[:, None] * velocity - truth, axis=1)
        inside.append(float(_as_seen(model, forecast).contains(truth, 0.9)[4::5].mean()))
        for ahead in _AHEAD_S:
            if after[-1] >= ahead - 1e-9:
                at = int(np.argmin(np.abs(after - ahead)))
                errors[f"{ahead:g}"].append(float(away[at]))
                still[f"{ahead:g}"].append(float(straight[at]))
    bar.close()
    if not inside:
        return None
    known = [name for name, values in errors.items() if values]
    return HeldOut(len(inside), seen, {n: float(np.median(errors[n])) for n in known}, {n: float(np.quantile(errors[n], 0.9)) for n in known},
                   {n: float(np.median(still[n])) for n in known}, float(np.mean(inside)))


def forecast_of_run(model: BallModel, run: Run, radius_px: float | None, seen: int = SHORTEST) -> tuple[Forecast | None, Floats, Floats]:
    """(forecast or None, what was observed at its times (H, 2), seconds ahead (H,)); sightings may be uneven in time."""
    if len(run.times_s) < seen + 5:
        return None, np.zeros((0, 2)), np.zeros(0)
    watcher = watcher_of(model, run, radius_px)
    for t, at in zip(run.times_s[:seen], run.positions_px[:seen], strict=True):
        watcher.observe(float(t), at)
    now = float(run.times_s[seen - 1])
    step = float(np.median(np.diff(run.times_s)))
    after = run.times_s[seen:] - now
    forecast = watcher.forecast(float(min(after[-1], 2.0)), step)
    on = [n for n, s in enumerate(after) if s <= forecast.times_s[-1] + 0.25 * step]
    at = np.clip(np.round(after[on] / step).astype(int) - 1, 0, len(forecast.times_s) - 1)
    even = np.full((len(forecast.times_s), 2), np.nan)
    even[at] = run.positions_px[seen:][on]
    missing = np.isnan(even[:, 0])
    for axis in range(2):  # a frame in which it was not seen counts as between its neighbours
        even[missing, axis] = np.interp(forecast.times_s[missing], forecast.times_s[~missing], even[~missing, axis])
    return forecast, even, forecast.times_s


def _as_seen(model: BallModel, forecast: Forecast) -> Forecast:
    """Where it will be seen, rather than be: with the eyes' own noise."""
    noise = model.knowledge.noise_px or 0.0
    return replace(forecast, covariances_px2=forecast.covariances_px2 + noise**2 * np.eye(2))


def watcher_of(model: BallModel, run: Run, radius_px: float | None) -> BallModel:
    """A model that believes what `model` has learned, in the world of that run."""
    geometry = geometry_of(run, radius_px)
    watcher = BallModel(**geometry, materials=model.world.materials)
    watcher.restore(model.state())
    return watcher


def _one_world(throws: list[Run]) -> bool:
    return all(t.world == throws[0].world for t in throws)


def _material_count(geometry: dict[str, Any]) -> int:
    return BallWorld.build(**geometry).materials


def _likeliest_body(recordings: list[Recording], moved: Collection[str], radius_px: float | None) -> tuple[str | None, list[str]]:
    """The ball: what has a world, else what is seen most; None where all are bodies that were told how to move, or may be.  Then others with a world."""
    counts: dict[str, int] = {}
    with_world: dict[str, int] = {}
    for recording in recordings:
        for chunk in recording.chunks():
            for name, places in chunk.positions_px.items():
                seen = int(np.isfinite(places[:, 0]).sum())
                if name in chunk.worlds:
                    with_world[name] = with_world.get(name, 0) + seen
                if name not in moved:
                    counts[name] = counts.get(name, 0) + seen
    if not counts and not with_world and not moved:
        raise BadInputError("the recordings hold no body")
    chosen = with_world or (counts if not moved or radius_px is not None else {})
    likeliest = max(chosen, key=lambda name: chosen[name], default=None)
    return likeliest, sorted(set(with_world) - {likeliest})


def _divided(throws: list[Run], fitted: int, held: int) -> tuple[list[Run], list[Run]]:
    """Every so manieth is held out, from all of the recording."""
    share = held / max(1, fitted + held)
    apart = [n for n in range(len(throws)) if int((n + 1) * share) > int(n * share)]
    if len(apart) == len(throws):
        apart = apart[1:]
    return [t for n, t in enumerate(throws) if n not in set(apart)], [throws[n] for n in apart]


def _reasons(sample: Sample) -> str:
    return "".join(f"; {count} left out: {why}" for why, count in sample.left_out.items())


def _told(sample: Sample, body: str, fitted: list[Run], model: BallModel, outcome: HeldOut | None) -> list[str]:
    lines = [f"{body!r}: {sample.frames} sightings, {sample.found} throws; {len(fitted)} fitted{_reasons(sample)}"]
    lines += [f"{name:<20} {value:12.5g} ± {deviation:.2g}" for name, (value, deviation) in model.physics.items()]
    known = model.knowledge
    seen = f"rounded to {known.rounding_px:g} px" if known.rounding_px else f"noise {known.noise_px or 0.0:.3g} px"
    lines.append(f"engine: {known.scheme}, {1.0 / known.step_s if known.step_s else 0.0:.4g} steps a second; sightings: {seen}")
    if outcome is None:
        return [*lines, "no throw was held out: how well it foresees was not measured"]
    for ahead in outcome.median_px:
        lines.append(f"held out, {outcome.throws} throws after {outcome.seen} sightings, {ahead} s ahead: median {outcome.median_px[ahead]:.3g} px, "
                     f"90 % below {outcome.p90_px[ahead]:.3g} px; constant velocity {outcome.still_px[ahead]:.3g} px")
    lines.append(f"positions inside the 90 % region: {outcome.in_90_region:.1%}")
    return lines
