"""`npc-world bench --engines`: balls of games that step them by hand, foreseen after three throws.

Four ways that such games have, each in a box of hidden gravity, bounce and rubbing: velocity first and then the position, out of the wall and
turned round (`clamp`); the position first (`explicit clamp`); reflected by the depth the ball had sunk in (`reflect`); and steps cut at the
impact (`cut`).  Seeds below `REPORTED_SEEDS` are for tuning, those from there on for reporting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.bench_balls import FRAME_S, REPORTED_SEEDS
from npc_world.arena.bench_worlds import run_worlds
from npc_world.learning.ball_model import BallModel

__all__ = ["AHEAD_S", "ENGINES", "EngineRow", "HandWritten", "engine_row", "run_engines", "throw_by_hand"]

Floats = NDArray[np.float64]
AHEAD_S = (0.5, 1.0, 2.0)
ENGINES = ("clamp", "explicit clamp", "reflect", "cut")
_WIDTH, _FLOOR, _RADIUS = 1000.0, 600.0, 15.0
_WALLS = [(0, _FLOOR, _WIDTH, _FLOOR), (0, -2000, 0, _FLOOR), (_WIDTH, -2000, _WIDTH, _FLOOR)]
_MATERIALS = [0, 1, 1]
"""Such games often rub on the floor alone: then it is of another material than the walls."""
_FRAMES, _SEEN = 181, 40
_LEARNED, _JUDGED = 3, 4


@dataclass(frozen=True, slots=True)
class HandWritten:
    """The numbers of one such game."""

    gravity_px_s2: float
    bounce: float
    rub: float
    """Share of the speed along the floor lost in each frame that touches it."""


@dataclass(frozen=True, slots=True)
class EngineRow:
    """What one way of stepping gave."""

    engine: str
    forecasts: int
    median_px: tuple[float, ...]
    """Error of `best()` per time ahead of `AHEAD_S`."""
    p90_px: tuple[float, ...]
    schemes: dict[str, int]
    """In how many worlds which scheme was found."""

    def __str__(self) -> str:
        figures = ", ".join(f"{t:g} s {m:.2f} (90 % {p:.1f}) px" for t, m, p in zip(AHEAD_S, self.median_px, self.p90_px, strict=True))
        return f"{self.engine}: {figures}; taken for {', '.join(f'{name} in {n}' for name, n in sorted(self.schemes.items()))}"


def throw_by_hand(engine: str, game: HandWritten, start: Floats, frames: int) -> Floats:
    """(frames, 2) of a ball that starts at (x, y) px with (vx, vy) px/s."""
    x, y, vx, vy = (float(v) for v in start)
    path = np.empty((frames, 2))
    floor, right = _FLOOR - _RADIUS, _WIDTH - _RADIUS
    for n in range(frames):
        path[n] = x, y
        if engine == "cut":
            x, y, vx, vy = _cut_step(game, x, y, vx, vy, floor, right)
            continue
        if engine != "explicit clamp":
            vy += game.gravity_px_s2 * FRAME_S
        x, y = x + vx * FRAME_S, y + vy * FRAME_S
        if engine == "explicit clamp":
            vy += game.gravity_px_s2 * FRAME_S
        deep = engine == "reflect"
        if y > floor:
            y, vy, vx = 2.0 * floor - y if deep else floor, -game.bounce * vy, (1.0 - game.rub) * vx
        if not _RADIUS < x < right:
            wall = _RADIUS if x <= _RADIUS else right
            x, vx = 2.0 * wall - x if deep else wall, -game.bounce * vx
    return path


def _cut_step(game: HandWritten, x: float, y: float, vx: float, vy: float, floor: float, right: float) -> tuple[float, float, float, float]:
    """A parabola to the floor, and after the bounce the next for what is left of the frame."""
    g, left = game.gravity_px_s2, FRAME_S
    for _ in range(8):
        fall = (-vy + np.sqrt(max(vy * vy + 2.0 * g * (floor - y), 0.0))) / g
        if not fall < left:
            break
        x, y, vx, vy, left = x + vx * fall, floor, (1.0 - game.rub) * vx, -game.bounce * (vy + g * fall), left - fall
        if -vy < 2.0 * g * FRAME_S:  # it lies
            vy, g = 0.0, 0.0
            break
    x, y, vy = x + vx * left, y + vy * left + 0.5 * g * left * left, vy + g * left
    if not _RADIUS < x < right:
        wall = _RADIUS if x <= _RADIUS else right
        x, vx = wall - game.bounce * (x - wall), -game.bounce * vx
    return x, min(y, floor), vx, vy


def engine_row(engine: str, seeds: range, on_world: Callable[[], None] = lambda: None) -> EngineRow:
    """Errors over the worlds of `seeds`, whole pixels seen, three throws watched, then four foreseen from their first 40 frames and watched."""
    missed: list[Floats] = []
    schemes: dict[str, int] = {}
    ahead = np.round(np.array(AHEAD_S) / FRAME_S).astype(int)
    times = np.arange(_FRAMES) * FRAME_S
    for seed in seeds:
        rng = np.random.default_rng((seed, ENGINES.index(engine)))
        game = HandWritten(rng.uniform(500.0, 1500.0), rng.uniform(0.5, 0.9), rng.choice((0.0, rng.uniform(0.02, 0.15))))
        model = BallModel(_WALLS, _RADIUS, material=_MATERIALS)
        for n in range(_LEARNED + _JUDGED):
            start = np.concatenate([rng.uniform((100.0, 60.0), (900.0, 250.0)), rng.uniform((-450.0, -250.0), (450.0, 100.0))])
            path = throw_by_hand(engine, game, start, _FRAMES)
            for k in range(_FRAMES):
                if k == _SEEN and n >= _LEARNED:
                    missed.append(np.linalg.norm(model.forecast(AHEAD_S[-1], FRAME_S).best()[ahead - 1] - path[k - 1 + ahead], axis=1))
                model.observe(times[k], np.round(path[k]))
            model.reset()
        schemes[str(model.scheme)] = schemes.get(str(model.scheme), 0) + 1
        on_world()
    every = np.array(missed)
    median, most = (tuple(float(v) for v in np.percentile(every, p, axis=0)) for p in (50.0, 90.0))
    return EngineRow(engine, len(every), median, most, schemes)


def run_engines(worlds: int, first_seed: int = REPORTED_SEEDS, file: Path | None = None) -> int:
    """Measure every engine over worlds from `first_seed` on, print, write; 0 when it ran, 2 for wrong arguments."""
    return run_worlds("--engines", ENGINES, engine_row, worlds, first_seed,
                      f"whole pixels, {_LEARNED} throws learned from, {_JUDGED} foreseen and then learned from", {"ahead_s": AHEAD_S}, file)
