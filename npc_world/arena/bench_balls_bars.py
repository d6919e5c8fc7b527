"""`npc-world bench --balls`: every figure about balls beside what is asked of it."""

from __future__ import annotations

import gc
import importlib
import json
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from npc_world.arena.bench_balls import (
    FRAME_S,
    REPORTED_SEEDS,
    BallRow,
    Engine,
    batch_row,
    hidden_world,
    model_of,
    random_start,
    watched_row,
)
from npc_world.arena.bench_balls_noisy import NoisyThrows, noisy_throws
from npc_world.arena.progress import Progress
from npc_world.core.errors import MissingExtraError

__all__ = ["BALL_BARS", "Measured", "balls_table", "beside_told", "learning_memory_row", "measured", "run_balls"]

_HEIGHTS_PX = {"from high": (50.0, 150.0), "from the middle": (200.0, 300.0), "from low": (350.0, 450.0)}
"""Where throws seen with noise begin, y: the longer they fall, the less is known of where they land."""
_ENGINE = "npc_world.adapters.pymunk.ball_truth"
"""Named, not imported: no measuring room knows an engine."""
BALL_BARS: dict[str, tuple[float, float]] = {
    "pixels: 1 s median px": (0.0, 0.5), "pixels: 2 s median px": (0.0, 1.0), "pixels: landing median px": (0.0, 1.0),
    "pixels: 1 s p90 px": (0.0, 10.0), "pixels: 2 s p90 px": (0.0, 10.0), "pixels: landing p90 px": (0.0, 10.0),
    "pixels: in the 50% region": (0.45, 0.55), "pixels: in the 90% region": (0.85, 0.95),
    "exact: 1 s median px": (0.0, 1e-6), "exact: 2 s median px": (0.0, 1e-6), "exact: landing median px": (0.0, 1e-6),
    "noisy: landing 1 median px": (0.0, 3.0), "noisy: landing 2 median px": (0.0, 5.5), "noisy: landing 3 median px": (0.0, 7.0),
    "noisy: landing 4 median px": (0.0, 8.5), "noisy: in the 90% interval": (0.87, 0.93),
    "batch: ms": (0.0, 5.0), "batch: times faster than the engine": (20.0, np.inf), "memory: grown kB": (0.0, 200.0),
}
"""Figure → what it has to be within; others are told without a bar, as those of throws from one height."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure."""

    what: str
    value: float
    low: float | None = None
    high: float | None = None
    told: float | None = None
    """The same by one who knows the laws: what is not learned cannot be better."""

    @property
    def passed(self) -> bool | None:
        """None where nothing is asked."""
        return None if self.low is None or self.high is None else self.low <= self.value <= self.high


def measured(kind: str, row: BallRow) -> list[Measured]:
    """The figures of one row, with their bars."""
    return [Measured(f"{kind}: {name}", value, *BALL_BARS.get(f"{kind}: {name}", (None, None))) for name, value in row.figures.items()]


def beside_told(rows: list[Measured]) -> list[Measured]:
    """Each figure with that of the row of the same kind whose watcher knew the laws, where there is one."""
    told = {row.what.replace(", laws told:", ":"): row.value for row in rows if ", laws told:" in row.what}
    return [row if ", laws told:" in row.what else replace(row, told=told.get(row.what)) for row in rows]


def run_balls(worlds: int, first_seed: int = REPORTED_SEEDS, minutes: float = 15.0, file: Path | None = None, engine: Engine | None = None) -> int:
    """Measure all rows over worlds from `first_seed` on, print them, write them; 0 when it ran, 2 for wrong arguments."""
    if worlds < 1 or first_seed < 0 or not minutes > 0.0:
        print(f"--balls {worlds} --first-seed {first_seed}: expected at least 1 world, and seeds from 0", file=sys.stderr)
        return 2
    throw = _pymunk() if engine is None else engine
    seeds = range(first_seed, first_seed + worlds)
    parts: list[tuple[str, Callable[[], BallRow]]] = [
        ("pixels", lambda: watched_row(throw, seeds, rounded=True)),
        ("pixels, 30 frames", lambda: watched_row(throw, seeds, rounded=True, watched=30)),
        ("exact", lambda: watched_row(throw, seeds, rounded=False)),
        *_noisy(throw, seeds, False), *_noisy(throw, seeds, True),
        ("batch", lambda: batch_row(throw)), ("memory", lambda: learning_memory_row(throw, minutes)),
    ]
    bar = Progress(len(parts), "balls")
    rows = []
    for kind, measure in parts:
        rows += measured(kind, measure())
        bar.advance()
    bar.close()
    rows = beside_told(rows)
    print(f"{worlds} hidden worlds, seeds from {first_seed}")
    print(balls_table(rows))
    if file is not None:
        figures = [{**asdict(row), "high": None if row.high == np.inf else row.high, "passed": row.passed} for row in rows]
        file.write_text(json.dumps({"worlds": worlds, "first_seed": first_seed, "rows": figures}, indent=1) + "\n", encoding="utf-8")
    return 0


def _noisy(engine: Engine, seeds: range, told: bool) -> list[tuple[str, Callable[[], BallRow]]]:
    """Rows of throws from high, from the middle and from low, and of all of them together."""
    seen: list[NoisyThrows] = []

    def measure(heights: tuple[float, float]) -> BallRow:
        seen.append(noisy_throws(engine, seeds, told=told, heights=heights))
        return seen[-1].row()

    def together() -> BallRow:
        return (seen[0] + seen[1] + seen[2]).row()

    end = ", laws told" if told else ""
    return [*((f"noisy, {where}{end}", partial(measure, heights)) for where, heights in _HEIGHTS_PX.items()), (f"noisy{end}", together)]


def balls_table(rows: list[Measured]) -> str:
    """A line per figure."""
    lines = []
    for row in rows:
        asked = "" if row.low is None or row.high is None else f"at most {row.high:g}" if row.low == 0.0 else (
            f"at least {row.low:g}" if row.high == np.inf else f"{row.low:g} to {row.high:g}")
        verdict = {None: "", True: "pass", False: "FAIL"}[row.passed]
        floor = "" if row.told is None else f"laws told {row.told:.4g}"
        lines.append(f"{row.what:<52}{row.value:>12.4g}  {asked:<16}{verdict:<6}{floor}".rstrip())
    return "\n".join(lines)


def learning_memory_row(engine: Engine, minutes: float) -> BallRow:
    """Memory that one model has gained from a fifth of the way to the end of so many minutes of throws watched at 60 Hz."""
    rng = np.random.default_rng(5)
    world = hidden_world(rng)
    model = model_of(world)
    throws = max(5, round(minutes * 20.0))
    held = 0
    tracemalloc.start()
    for n in range(throws):
        for k, place in enumerate(np.round(engine(world, random_start(rng), 180, FRAME_S))):
            model.observe(4.0 * n + k * FRAME_S, place)
            if k % 60 == 30:
                model.forecast(1.0, 0.1)
        model.reset()
        if n == throws // 5:
            gc.collect()
            held = tracemalloc.get_traced_memory()[0]
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - held
    tracemalloc.stop()
    return BallRow(f"{minutes:g} minutes of learning", {"grown kB": max(0.0, grown / 1024.0), "throws learned": float(throws)})


def _pymunk() -> Engine:
    try:
        throw: Engine = importlib.import_module(_ENGINE).throw_ball
    except MissingExtraError as error:
        raise MissingExtraError(f"--balls measures against pymunk.  {error}") from None
    return throw
