"""How well a ball is learned and foreseen, in hidden worlds of an engine that is handed in as a function.

The engine is an argument because the library's measuring rooms import none: `npc_world.adapters.pymunk.ball_truth.throw_ball`
is pymunk's.  Seeds below `REPORTED_SEEDS` are for tuning, those from there on for reporting.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.learning.ball_model import BallConfig, BallModel
from npc_world.models.ball_world import BallWorld

__all__ = ["REPORTED_SEEDS", "BallRow", "HiddenWorld", "batch_row", "hidden_world", "imagined_landings", "landings", "model_of",
           "random_start", "watched_row"]

Floats = NDArray[np.float64]
REPORTED_SEEDS = 10_000
FRAME_S = 1.0 / 60.0
_FLOOR = 1
"""Row of the floor among the segments of a hidden world."""


@dataclass(frozen=True, slots=True)
class HiddenWorld:
    """A room of 1,000 × 600 px with a few shelves, and laws that the watcher is not told."""

    segments: Floats
    material: NDArray[np.int64]
    thickness_px: float
    radius_px: float
    gravity_px_s2: float
    damping: float
    restitution: Floats
    friction: Floats


Engine = Callable[[HiddenWorld, Floats, int, float], Floats]
"""(world, start (5,), steps, step_s) → (steps + 1, 2) centres."""


@dataclass(frozen=True, slots=True)
class BallRow:
    """One measured line: name → figure."""

    title: str
    figures: dict[str, float]

    def __str__(self) -> str:
        return f"{self.title}: " + ", ".join(f"{name} {value:.3g}" for name, value in self.figures.items())


def hidden_world(rng: np.random.Generator, shelves: int = 3) -> HiddenWorld:
    """Gravity 500 to 1500, damping 0.6 to 1, restitution 0.3 to 0.9 and friction 0.1 to 0.9 for the room and for its shelves."""
    rows: list[tuple[float, ...]] = [(0, 0, 1000, 0), (0, 600, 1000, 600), (0, 0, 0, 600), (1000, 0, 1000, 600)]
    for _ in range(shelves):
        x, y, slope, length = *rng.uniform((50, 250), (850, 500)), rng.uniform(-0.5, 0.5), rng.uniform(80, 250)
        rows.append((x, y, x + length * np.cos(slope), y + length * np.sin(slope)))
    kinds = 2 if shelves else 1
    return HiddenWorld(np.array(rows, np.float64), np.array([0] * 4 + [1] * shelves), 5.0, 15.0, rng.uniform(500, 1500), rng.uniform(0.6, 1.0),
                       rng.uniform(0.3, 0.9, kinds), rng.uniform(0.1, 0.9, kinds))


def random_start(rng: np.random.Generator, heights: tuple[float, float] = (50.0, 150.0)) -> Floats:
    """(5,) place, velocity and spin (none) of a throw into a hidden world."""
    return np.array([rng.uniform(100, 900), rng.uniform(*heights), rng.uniform(-500, 500), rng.uniform(-400, 100), 0.0])


def model_of(world: HiddenWorld, told: bool = False, balls: int = 256) -> BallModel:
    """A watcher of that world who knows its walls, and its laws only when `told`."""
    if not told:
        return BallModel(world.segments, world.radius_px, material=world.material, thickness_px=world.thickness_px, config=BallConfig(balls=balls))
    return BallModel(world.segments, world.radius_px, world.gravity_px_s2, world.damping, world.restitution, world.friction, inertia=0.5,
                     material=world.material, thickness_px=world.thickness_px, scheme="chipmunk", step_s=FRAME_S, config=BallConfig(balls=balls))


def landings(world: HiddenWorld, path: Floats, count: int) -> Floats:
    """(count,) x of the first new touches of the floor along a path of frames; NaN where there are fewer."""
    floor = BallWorld.build(world.segments[_FLOOR : _FLOOR + 1], world.radius_px, thickness_px=world.thickness_px)
    touch = np.flatnonzero(floor.clearances_px(path) < 0.0)
    fresh = touch[np.diff(touch, prepend=-10) > 3]
    found = np.full(count, np.nan)
    found[: min(count, len(fresh))] = path[fresh[:count], 0]
    return found


def imagined_landings(model: BallModel, horizon_s: float, count: int) -> Floats:
    """(n, count) x of each imagined ball's first new touches of the floor; NaN where there are fewer."""
    contacts = model.imagine(horizon_s, horizon_s, contacts=32).contacts
    found = np.full((len(contacts), count), np.nan)
    for n, rows in enumerate(contacts):
        at = rows[rows[:, 3] == _FLOOR][:count]
        found[n, : len(at)] = at[:, 1]
    return found


def watched_row(engine: Engine, seeds: range, *, rounded: bool, watched: int = 60, earlier: int = 3) -> BallRow:
    """After `earlier` throws of 3 s: errors 1 s and 2 s ahead and of the next landing, of a further throw seen for `watched` frames."""
    errors: dict[str, list[float]] = {"1 s": [], "2 s": [], "landing": []}
    inside: dict[float, list[float]] = {0.5: [], 0.9: []}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        world = hidden_world(rng)
        frames = 181 if watched <= 60 else watched + 121
        paths = [engine(world, random_start(rng), frames - 1, FRAME_S) for _ in range(earlier + 1)]
        seen = [np.round(p) if rounded else p for p in paths]
        times = np.arange(frames) * FRAME_S
        model = model_of(world)
        model.fit([(times[:181], p[:181]) for p in seen[:earlier]])
        for k in range(watched):
            model.observe(times[k], seen[-1][k])
        forecast, truth = model.forecast(2.0, FRAME_S), paths[-1][watched : watched + 120]
        away = np.linalg.norm(forecast.best()[: len(truth)] - truth, axis=1)
        errors["1 s"].append(float(away[59]))
        errors["2 s"].append(float(away[-1]))
        first = landings(world, truth, 1)[0]
        if np.isfinite(first):
            guesses = imagined_landings(model, 2.0, 1)
            known = guesses[np.isfinite(guesses)]
            errors["landing"].append(abs(float(np.median(known)) - first) if len(known) else float("inf"))
        padded = np.vstack([truth, np.repeat(truth[-1:], 120 - len(truth), axis=0)])
        for probability, hits in inside.items():
            hits.append(float(forecast.contains(padded, probability)[[14, 29, 59, 89, 118]].mean()))
    figures = {f"{name} {label} px": float(value) for name, e in errors.items()
               for label, value in (("median", np.median(e)), ("p90", np.quantile(e, 0.9, method="lower")))}
    figures |= {f"in the {p:.0%} region": float(np.mean(h)) for p, h in inside.items()}
    return BallRow(f"{len(seeds)} worlds, {'whole pixels' if rounded else 'exact'}, {watched} frames seen", figures)


def batch_row(engine: Engine, balls: int = 1000, segments: int = 50) -> BallRow:
    """Milliseconds to roll a batch for 3 s among many short shelves, and the ratio to the engine's own stepping."""
    rng = np.random.default_rng(7)
    base = hidden_world(rng, 0)
    shelves = np.array([(x, y, x + 60 * np.cos(a), y + 60 * np.sin(a)) for x, y, a in
                        zip(rng.uniform(50, 950, segments - 4), rng.uniform(150, 560, segments - 4), rng.uniform(-0.6, 0.6, segments - 4), strict=True)])
    lines = np.vstack([base.segments, shelves])
    world = HiddenWorld(lines, np.zeros(len(lines), np.int64), base.thickness_px, 10.0, 900.0, 0.9, np.array([0.7]), np.array([0.5]))
    packed = BallWorld.build(lines, world.radius_px, thickness_px=world.thickness_px)
    starts = np.array([random_start(rng) for _ in range(balls)])
    law = np.array([0.0, world.gravity_px_s2, world.damping, 0.5, world.restitution[0], world.friction[0]])
    packed.roll(starts[:2], law, FRAME_S, 3)
    spent = []
    for _ in range(7):
        began = time.perf_counter()
        packed.roll(starts, law, FRAME_S, 180)
        spent.append(time.perf_counter() - began)
    began = time.perf_counter()
    for start in starts[:20]:
        engine(world, start, 180, FRAME_S)
    slow = (time.perf_counter() - began) * balls / 20
    return BallRow(f"{balls} balls, 3 s, {segments} segments", {"ms": 1e3 * min(spent), "times faster than the engine": slow / min(spent)})
