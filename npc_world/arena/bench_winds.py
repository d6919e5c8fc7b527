"""`npc-world bench --winds`: balls foreseen where something acts that no law of theirs holds, by the laws alone and with what is learned beside them.

Wind in a box, a fan that blows one way and weakens, a sideways pull on whatever moves, and nothing at all, each in hidden worlds of an engine
that is handed in.  It begins after a few calm throws.  Two watchers see the same throws whole, one after the other, and foresee each from its
first frames before they have learned from it.  Seeds below `REPORTED_SEEDS` are for tuning, those from there on for reporting.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.bench_balls import FRAME_S, REPORTED_SEEDS, HiddenWorld, hidden_world, random_start
from npc_world.arena.bench_worlds import run_worlds
from npc_world.core.errors import MissingExtraError
from npc_world.learning.ball_model import BallConfig, BallModel

__all__ = ["AHEAD_S", "KINDS", "Push", "WindRow", "Windy", "hidden_push", "run_winds", "winds_row"]

Floats = NDArray[np.float64]
Push = Callable[[float, float, float, float], tuple[float, float]]
"""x, y px and vx, vy px/s → an acceleration px/s²."""
Windy = Callable[[HiddenWorld, Floats, int, float, Push], Floats]
"""(world, start (5,), steps, step_s, push) → (steps + 1, 2) centres."""
KINDS = ("a zone", "a fan", "sideways", "nothing")
AHEAD_S = (0.1, 0.25, 0.5, 1.0, 2.0)
_ENGINE = "npc_world.adapters.pymunk.ball_truth"
"""Named, not imported: no measuring room knows an engine."""
_SEEN = (20, 45)
"""Frames of a throw after which it is foreseen."""
_FRAMES, _CALM = 181, 4
_LEARNED, _JUDGED = 6, 6
"""Throws after what acts has begun: only learned from, and foreseen as well."""


@dataclass(frozen=True, slots=True)
class WindRow:
    """What one kind of world gave, each figure per time ahead of `AHEAD_S`."""

    kind: str
    forecasts: int
    laws_px: tuple[float, ...]
    """Median error of `best()` by the laws alone."""
    with_px: tuple[float, ...]
    """The same with what is learned beside them."""
    laws_mean_px: tuple[float, ...]
    """Mean over worlds of the median error in each: one world in which the laws fail is not hidden by the others."""
    with_mean_px: tuple[float, ...]
    laws_in_half: tuple[float, ...]
    """Share of the outcomes in 50 % regions by the laws alone."""
    with_in_half: tuple[float, ...]
    laws_in_most: tuple[float, ...]
    """Share in 90 % regions."""
    with_in_most: tuple[float, ...]
    used: float
    """Share of the forecasts in which something is felt beside the laws."""

    def __str__(self) -> str:
        lines = [f"{self.kind}: {self.forecasts} forecasts, {self.used:.0%} with something beside the laws",
                 f"  {'s ahead':<34}" + "".join(f"{t:>9g}" for t in AHEAD_S) + "      all"]
        for what, laws, learned in (("median error px", self.laws_px, self.with_px), ("mean of worlds' medians px", self.laws_mean_px, self.with_mean_px),
                                    ("in the 50 % region", self.laws_in_half, self.with_in_half), ("in the 90 % region", self.laws_in_most, self.with_in_most)):
            for who, figures in (("laws alone", laws), ("with residual", learned)):
                mean = f"{np.mean(figures):>9.3f}" if "region" in what else ""
                lines.append(f"  {what + ', ' + who:<41}"[:43] + "".join(f"{v:>9.3f}" for v in figures) + mean)
        return "\n".join(lines)


def hidden_push(rng: np.random.Generator, kind: str, gravity_px_s2: float) -> Push:
    """What acts in one world: from a third of gravity to all of it, with edges as hard as those of a game's rects."""
    strength, angle = rng.uniform(0.35, 1.0) * gravity_px_s2, rng.uniform(0.0, 2.0 * np.pi)
    centre, size = rng.uniform((200.0, 150.0), (800.0, 400.0)), rng.uniform((200.0, 200.0), (450.0, 450.0))
    turn = rng.choice((-1.0, 1.0)) * rng.uniform(0.5, 1.5)
    ax, ay = strength * float(np.cos(angle)), strength * float(np.sin(angle))

    def zone(x: float, y: float, vx: float, vy: float) -> tuple[float, float]:
        inside = abs(x - centre[0]) < 0.5 * size[0] and abs(y - centre[1]) < 0.5 * size[1]
        return (ax, ay) if inside else (0.0, 0.0)

    def fan(x: float, y: float, vx: float, vy: float) -> tuple[float, float]:
        up = 600.0 - y
        share = max(0.0, 1.0 - up / 600.0) if abs(x - centre[0]) < 0.35 * size[0] else 0.0
        return 0.0, -1.4 * strength * share

    def sideways(x: float, y: float, vx: float, vy: float) -> tuple[float, float]:
        return turn * vy, -turn * vx

    def nothing(x: float, y: float, vx: float, vy: float) -> tuple[float, float]:
        return 0.0, 0.0

    return {"a zone": zone, "a fan": fan, "sideways": sideways, "nothing": nothing}[kind]


def winds_row(engine: Windy, kind: str, seeds: range, on_world: Callable[[], None] = lambda: None, learned: int = _LEARNED,
              judged: int = _JUDGED) -> WindRow:
    """Errors and coverage of both watchers in the worlds of `seeds`, over `judged` throws after `learned` ones."""
    missed: list[Floats] = []
    held: list[Floats] = []
    medians: list[Floats] = []
    used: list[bool] = []
    for seed in seeds:
        away, inside, felt = _one_world(engine, kind, seed, learned, judged)
        missed.append(away)
        held.append(inside)
        medians.append(np.median(away, axis=0))
        used += felt
        on_world()
    every, worlds, coverage = np.median(np.concatenate(missed), axis=0), np.mean(medians, axis=0), np.concatenate(held).mean(axis=0)
    laws, both = ([tuple(float(v) for v in row) for row in (every[n], worlds[n], *coverage[n])] for n in (0, 1))
    return WindRow(kind, sum(len(m) for m in missed), laws[0], both[0], laws[1], both[1], laws[2], both[2], laws[3], both[3], float(np.mean(used)))


def _one_world(engine: Windy, kind: str, seed: int, learned: int, judged: int) -> tuple[Floats, Floats, list[bool]]:
    """Errors (n, watchers, times), whether regions held (n, watchers, 2, times), and whether a residual was used; the laws alone come first."""
    rng = np.random.default_rng((seed, KINDS.index(kind)))
    world = hidden_world(rng)
    push, calm = hidden_push(rng, kind, world.gravity_px_s2), hidden_push(rng, "nothing", world.gravity_px_s2)
    ahead = np.round(np.array(AHEAD_S) / FRAME_S).astype(int)
    times = np.arange(_FRAMES) * FRAME_S
    models = [BallModel(world.segments, world.radius_px, material=world.material, thickness_px=world.thickness_px, scheme="chipmunk", step_s=FRAME_S,
                        config=BallConfig(residual=r)) for r in (False, True)]
    before = [np.round(engine(world, random_start(rng), _FRAMES - 1, FRAME_S, calm)) for _ in range(_CALM)]
    for model in models:
        model.fit([(times, path) for path in before])
    away, inside, used = [], [], []
    for n in range(learned + judged):
        path = engine(world, random_start(rng), _FRAMES - 1, FRAME_S, push)
        seen = np.round(path)
        results: dict[int, list[tuple[Floats, Floats]]] = {frames: [] for frames in _SEEN}
        for model in models:
            for k in range(_FRAMES):
                if k in _SEEN and n >= learned:
                    forecast = model.forecast(AHEAD_S[-1], FRAME_S)
                    truth = path[k : k + len(forecast.times_s)]
                    missed = np.linalg.norm(forecast.best() - truth, axis=1)[ahead - 1]
                    regions = np.array([forecast.contains(truth, p)[ahead - 1] for p in (0.5, 0.9)])
                    results[k].append((missed, regions))
                model.observe(10.0 * n + times[k], seen[k])
            model.reset()
        if n >= learned:
            away += [np.array([missed for missed, _ in results[frames]]) for frames in _SEEN]
            inside += [np.array([regions for _, regions in results[frames]]) for frames in _SEEN]
            used.append(len(models[1].field.nodes) > 0)
    return np.array(away), np.array(inside, np.float64), used


def run_winds(worlds: int, first_seed: int = REPORTED_SEEDS, file: Path | None = None, engine: Windy | None = None) -> int:
    """Measure every kind over worlds from `first_seed` on, print, write; 0 when it ran, 2 for wrong arguments."""
    throw = _pymunk() if engine is None else engine
    return run_worlds("--winds", KINDS, lambda kind, seeds, on_world: winds_row(throw, kind, seeds, on_world), worlds, first_seed,
                      f"whole pixels, {_LEARNED} throws learned from, {_JUDGED} foreseen and then learned from", {"ahead_s": AHEAD_S}, file)


def _pymunk() -> Windy:
    try:
        throw: Windy = importlib.import_module(_ENGINE).throw_ball
    except MissingExtraError as error:
        raise MissingExtraError(f"--winds measures against pymunk.  {error}") from None
    return throw
