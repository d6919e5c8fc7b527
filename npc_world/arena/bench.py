"""`npc-world bench`: what a step of an NPC costs on this machine, in milliseconds and in plain chases."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import npc_world as nw
from npc_world.arena.maps import BODY_PER_CELL, LEGEND, WALL, Level
from npc_world.arena.players import OPEN_TRACKS, goal_track
from npc_world.arena.progress import Progress
from npc_world.arena.pursuers import Chase, Given, Hunter
from npc_world.arena.scenarios import true_factors
from npc_world.arena.tournament import cores
from npc_world.arena.truth import Truth

__all__ = ["BenchRow", "machine", "main"]

Floats = NDArray[np.float64]
CELLS, CELL_PX, DT_S = 128, 32.0, 1 / 60


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One measured thing."""

    what: str
    median: float
    p99: float | None
    unit: str
    bar_median: float | None = None
    bar_p99: float | None = None

    @property
    def passed(self) -> bool | None:
        """Whether the bars hold; None when there are none."""
        held = [value <= bar for value, bar in ((self.median, self.bar_median), (self.p99, self.bar_p99)) if bar is not None and value is not None]
        return all(held) if held else None


def main(argv: list[str], engines: Callable[[], Mapping[str, Any]] | None = None) -> int:
    """Run the command; 0 when it ran (whatever the figures), 2 for wrong arguments.  engines: makes further worlds for `--surfaces`."""
    parser = argparse.ArgumentParser(prog="npc-world bench", description="What a step of an NPC costs on this machine.")
    parser.add_argument("--frames", type=int, default=1800, help="frames measured (default 1800, half a minute of play)")
    parser.add_argument("--crowd", type=int, default=20, help="hunters of the frame with many (default 20)")
    parser.add_argument("--npc", default="hunter", help="preset or file (default hunter)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--no-compile", action="store_true", help="leave out compiling everything from nothing, which takes a minute or two")
    parser.add_argument("--paths", type=Path, metavar="FOLDER", help="also compare path finding with its peers, on the benchmark maps in this folder")
    parser.add_argument("--changes", action="store_true", help="only doors that close and open: new paths and fields, on the maps of --paths or made-up ones")
    parser.add_argument("--many", action="store_true", help="only frames with 100 hunters, and with 1,000 bodies that have one goal")
    parser.add_argument("--avoidance", type=int, metavar="BODIES", nargs="?", const=1000, help="only crowds that must pass each other, beside RVO2 (default 1000 bodies)")
    parser.add_argument("--growth", type=int, metavar="CELLS", nargs="?", const=2048, help="only tables of costs by map size, up to CELLS a side, and by number of bodies (default 2048)")
    parser.add_argument("--roads", type=int, metavar="TOWNS", nargs="?", const=200, help="only deliveries in seeded towns with traffic (default 200 towns)")
    parser.add_argument("--sampling", type=int, metavar="PROBLEMS", nargs="?", const=24, help="only sampling planners: cost, peers, and what they achieve on seeded problems (default 24)")
    parser.add_argument("--surfaces", type=int, metavar="WORLDS", nargs="?", const=200, help="only how well a body learns its ground, in seeded worlds (default 200 of each kind)")
    parser.add_argument("--balls", type=int, metavar="WORLDS", nargs="?", const=40, help="only balls, learned and foreseen in hidden worlds of pymunk (default 40 worlds)")
    parser.add_argument("--winds", type=int, metavar="WORLDS", nargs="?", const=8, help="only balls where wind, a fan or a sideways pull acts, by the laws alone and with the learned residual (default 8 worlds of each kind)")
    parser.add_argument("--engines", type=int, metavar="GAMES", nargs="?", const=8, help="only balls of games that step them by hand (default 8 games of each kind)")
    parser.add_argument("--first-seed", type=int, default=10_000, help="of the worlds of --balls, --winds and --engines; those below 10000 are for tuning (default 10000)")
    parser.add_argument("--forecasts", action="store_true", help="only watching and forecasting: µs per target, alone and for 1,000 at once")
    parser.add_argument("--keeper", type=int, metavar="WORLDS", nargs="?", const=12, help="only a keeper that learns balls in hidden worlds (default 12 worlds)")
    try:
        options = parser.parse_args(argv)
    except SystemExit as exit:  # argparse has said what is wrong
        return int(exit.code or 0)
    if options.forecasts:
        from npc_world.arena.bench_forecasts import run_forecasts

        return run_forecasts(options.json)
    if options.roads is not None:
        return _roads(options.roads, options.json)
    if options.sampling is not None:
        return _sampling(options.sampling, options.json)
    if options.surfaces is not None:
        return _surfaces(options.surfaces, engines() if engines is not None else {}, options.json)
    if options.balls is not None:
        from npc_world.arena.bench_balls_bars import run_balls
        return run_balls(options.balls, options.first_seed, file=options.json)
    if options.winds is not None:
        from npc_world.arena.bench_winds import run_winds
        return run_winds(options.winds, options.first_seed, options.json)
    if options.engines is not None:
        from npc_world.arena.bench_engines import run_engines
        return run_engines(options.engines, options.first_seed, options.json)
    if options.keeper is not None:
        return _keeper(options.keeper, options.json)
    if options.frames < 60:
        print(f"--frames {options.frames}: expected at least 60", file=sys.stderr)
        return 2
    if not 1 <= options.crowd <= 1000:
        print(f"--crowd {options.crowd}: expected 1 to 1000", file=sys.stderr)
        return 2
    if options.paths is not None and not options.paths.is_dir():
        print(f"--paths {options.paths}: there is no such folder", file=sys.stderr)
        return 2
    if options.changes or options.many or options.avoidance is not None or options.growth is not None:
        return _only(options)
    rows = measure(options.npc, options.frames, options.crowd, not options.no_compile)
    here = machine()
    print(", ".join(f"{name} {value}" for name, value in here.items()))
    print(bench_table(rows))
    paths = [] if options.paths is None else _compare_paths(options.paths)
    if options.json is not None:
        entries = [{**asdict(row), "passed": row.passed} for row in rows]
        options.json.write_text(json.dumps({"machine": here, "rows": entries, "paths": paths}, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(npc: str, frames: int, crowd: int, compiling: bool) -> list[BenchRow]:
    """All rows, with a bar on stderr."""
    bar = Progress(6 if compiling else 5, "bench")
    nw.warmup()
    play = Play(frames, crowd)
    rows = []
    hunter_ms = play.steps_ms(lambda given: Hunter(given, npc), 1)
    bar.advance()
    chase_ms = play.steps_ms(Chase, 1)
    bar.advance()
    many_ms = play.steps_ms(lambda given: Hunter(given, npc), crowd)
    bar.advance()
    open_ms = _open_ms(npc, frames)
    bar.advance()
    rows.append(_row("one hunter, one step", hunter_ms, 0.5, 4.0))
    rows.append(_row("one hunter in the open, one step", open_ms))
    rows.append(_row("shortest-path chase, one step", chase_ms))
    rows.append(BenchRow("one hunter, mean over all frames", float(hunter_ms.mean()), None, "ms"))
    rows.append(BenchRow("hunter over chase, mean", float(hunter_ms.mean() / chase_ms.mean()), None, "times"))
    rows.append(_row(f"{crowd} hunters, one frame (16.7 ms at 60 Hz)", many_ms, None, 1000.0 / 60))
    rows += _start_rows(compiling)
    bar.advance(2 if compiling else 1)
    bar.close()
    return rows


class Play:
    """A 128×128 map of walls and surfaces with six goals, and a player whose track is known, the same for everybody."""

    def __init__(self, frames: int, crowd: int) -> None:
        rng = np.random.default_rng(1)
        kinds = _level(rng)
        self.radius_px = 0.5 * BODY_PER_CELL * CELL_PX
        self.kinds, self.speed_px_s = kinds, 180.0
        truth = self.truth()
        self.goals = np.array([self._free(truth, rng) for _ in range(6)])
        level = Level("surfaces", truth.ground.size, CELL_PX, kinds)
        self.track = goal_track(level, truth, self.goals, self._free(truth, rng), 200.0, rng, frames, DT_S)
        self.starts = [self._free(truth, rng) for _ in range(crowd)]

    def truth(self) -> Truth:
        """A fresh world."""
        return Truth(nw.Terrain.from_grid(self.kinds, CELL_PX, LEGEND), self.radius_px, true_factors())

    def steps_ms(self, maker: Callable[[Given], Any], count: int) -> Floats:
        """(frames,) ms that all pursuers' steps of one frame take together; the first frame, in which the grid is made, is left out.

        A pursuer that has caught the player stays with it, as the dearest case: everything on, the player in sight.
        """
        truth = self.truth()
        given = [Given(truth.ground, start, self.speed_px_s, self.radius_px, self.goals, i) for i, start in enumerate(self.starts[:count])]
        minds, bodies = [maker(one) for one in given], [one.position_px.copy() for one in given]
        taken = np.empty(len(self.track))
        for k, player in enumerate(self.track):
            began = time.perf_counter()
            wishes = [mind.step(body, player, DT_S) for mind, body in zip(minds, bodies, strict=True)]
            taken[k] = time.perf_counter() - began
            for i, wish in enumerate(wishes):
                bodies[i] = np.array(truth.move(bodies[i][0], bodies[i][1], float(wish[0]), float(wish[1]), self.speed_px_s, DT_S))
        return 1000.0 * taken[1:]

    @staticmethod
    def _free(truth: Truth, rng: np.random.Generator) -> Floats:
        while True:
            point = rng.uniform((0.0, 0.0), truth.ground.size)
            if truth.fits(point[0], point[1]):
                return point


def _open_ms(npc: str, frames: int) -> Floats:
    """(frames - 1,) ms of each step of one that runs after a faster zig-zagger on a plane without walls, seen where it is."""
    speed_px_s, rng = 180.0, np.random.default_rng(1)
    track = 1.25 * speed_px_s * OPEN_TRACKS["zigzag"](rng, frames, DT_S)
    ground = nw.Terrain.open_field(size=tuple((np.ptp(track, axis=0) + 400.0).tolist()))
    track += 200.0 - track.min(axis=0)
    body, taken = np.array([200.0, 200.0]), np.empty(frames)
    mind = Hunter(Given(ground, body, speed_px_s, 12.0, np.zeros((0, 2)), 0), npc)
    for k in range(frames):
        began = time.perf_counter()
        wish = mind.step(body, track[k], DT_S)
        taken[k] = time.perf_counter() - began
        body = body + wish * DT_S
    return 1000.0 * taken[1:]


def _level(rng: np.random.Generator) -> NDArray[np.int64]:
    """Surfaces in blobs, walls in rects, none of which closes anything off."""
    coarse = rng.integers(0, 4, (CELLS // 8, CELLS // 8))
    kinds = np.repeat(np.repeat(coarse, 8, axis=0), 8, axis=1)
    for row in range(4, CELLS - 8, 10):
        for col in range(4, CELLS - 8, 10):
            height, width = rng.integers(1, 7, 2)
            kinds[row:row + height, col:col + width] = WALL
    return kinds


def _row(what: str, times_ms: Floats, bar_median: float | None = None, bar_p99: float | None = None) -> BenchRow:
    return BenchRow(what, float(np.median(times_ms)), float(np.quantile(times_ms, 0.99)), "ms", bar_median, bar_p99)


def _start_rows(compiling: bool) -> list[BenchRow]:
    """Import and warm-up, each in processes of their own."""
    imports = [_seconds("import npc_world") for _ in range(5)]
    everything = "import npc_world as nw\nfor name in nw.__all__: getattr(nw, name)"
    whole = [_seconds(everything) for _ in range(3)]
    warm = "import npc_world as nw\nnw.warmup(lambda share, what: None)"
    rows = [BenchRow("import npc_world", float(np.median(imports)), None, "s", 0.3),
            BenchRow("import of every name in it", float(np.median(whole)), None, "s"),
            BenchRow("warm-up, kernels in the cache", _seconds(warm), None, "s")]
    if compiling:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(BenchRow("warm-up, compiling everything", _seconds(warm, {"NUMBA_CACHE_DIR": folder}), None, "s"))
    return rows


def _seconds(code: str, more: dict[str, str] | None = None) -> float:
    """Time of `code` in a fresh interpreter, the interpreter's own start not counted."""
    program = f"import time\nbegan = time.perf_counter()\n{code}\nprint(time.perf_counter() - began)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ, **(more or {})})
    return float(done.stdout.split()[-1])


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    import numba
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
    except OSError:
        pass
    return {"CPU": name, "cores": str(cores()), "Python": platform.python_version(), "numpy": np.__version__, "numba": numba.__version__,
            "npc_world": nw.__version__}


def bench_table(rows: list[BenchRow]) -> str:
    """A line per row."""
    lines = [f"{'':<44}{'median':>10}{'p99':>10}  {'':<6}{'bar':<16}"]
    for row in rows:
        p99 = "" if row.p99 is None else f"{row.p99:.3f}"
        bars = [f"{label} {bar:g}" for label, bar in (("median", row.bar_median), ("p99", row.bar_p99)) if bar is not None]
        verdict = {None: "", True: "pass", False: "FAIL"}[row.passed]
        lines.append(f"{row.what:<44}{row.median:>10.3f}{p99:>10}  {row.unit:<6}{', '.join(bars):<26}{verdict}".rstrip())
    return "\n".join(lines)


def _compare_paths(folder: Path) -> list[dict[str, Any]]:
    """The path-finding benchmark on the maps in `folder`, printed as it goes: name, µs of ours and of the peer, ratio."""
    from npc_world.arena.bench_paths import run  # takes networkx along: only when asked for
    rows = run(folder, report=print)
    return [{**asdict(row), "ratio": row.ratio} for row in rows]


def _only(options: argparse.Namespace) -> int:
    """One part alone."""
    if options.avoidance is not None and options.avoidance < 4:
        print(f"--avoidance {options.avoidance}: expected at least 4 bodies", file=sys.stderr)
        return 2
    if options.growth is not None and options.growth < 64:
        print(f"--growth {options.growth}: expected at least 64 cells", file=sys.stderr)
        return 2
    here = machine()
    print(", ".join(f"{name} {value}" for name, value in here.items()))
    report: dict[str, Any] = {"machine": here}
    if options.changes:
        from npc_world.arena.bench_changes import run_changes
        report["changes"] = [asdict(row) for row in run_changes(options.paths)]
    if options.many:
        from npc_world.arena.bench_many import measure_many
        rows = measure_many(options.frames, options.npc)
        print(bench_table(rows))
        report["many"] = [{**asdict(row), "passed": row.passed} for row in rows]
    if options.avoidance is not None:
        from npc_world.arena.bench_avoidance import run_avoidance
        report["avoidance"] = [asdict(row) for row in run_avoidance(options.avoidance)]
    if options.growth is not None:
        from npc_world.arena.bench_growth import run_growth
        report["growth"] = run_growth(options.growth)
    return _written(options.json, report)


def _written(file: Path | None, report: dict[str, Any]) -> int:
    if file is not None:
        file.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def _roads(towns: int, file: Path | None) -> int:
    """The roads benchmark: times are of the simulated towns, not of this machine."""
    from npc_world.arena.bench_roads import run_roads
    if towns < 1:
        print(f"--roads {towns}: expected at least 1 town", file=sys.stderr)
        return 2
    rows = run_roads(towns)
    if file is not None:
        file.write_text(json.dumps({"towns": towns, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


def _surfaces(worlds: int, engines: Mapping[str, Any], file: Path | None) -> int:
    """How well ground is learned."""
    from npc_world.arena.bench_surfaces import run_surfaces
    if worlds < 1:
        print(f"--surfaces {worlds}: expected at least 1 world", file=sys.stderr)
        return 2
    rows = run_surfaces(worlds, engines)
    if file is not None:
        file.write_text(json.dumps({"worlds": worlds, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


def _sampling(problems: int, file: Path | None) -> int:
    """Sampling planners beside their peers."""
    from npc_world.arena.bench_sampling import run_sampling
    if problems < 1:
        print(f"--sampling {problems}: expected at least 1 problem", file=sys.stderr)
        return 2
    here = machine()
    print(", ".join(f"{name} {value}" for name, value in here.items()))
    rows = run_sampling(problems)
    if file is not None:
        file.write_text(json.dumps({"machine": here, "problems": problems, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


def _keeper(worlds: int, file: Path | None) -> int:
    """From ignorance to sure hands, in hidden worlds of pymunk."""
    if worlds < 1:
        print(f"--keeper {worlds}: expected at least 1 world", file=sys.stderr)
        return 2
    from npc_world.arena.bench_keeper import BALLS, keeper_rows

    engine = importlib.import_module("npc_world.adapters.pymunk.ball_truth").throw_ball  # an engine: never imported by this room itself
    nw.warmup()
    bar = Progress(worlds * BALLS, "keeper")
    rows = keeper_rows(engine, worlds, on_ball=bar.advance)
    bar.close()
    print(f"{worlds} hidden worlds, {BALLS} balls each, whole pixels at 60 Hz")
    for row in rows:
        print(f"  {row}")
    if file is not None:
        file.write_text(json.dumps({"worlds": worlds, "rows": [asdict(row) for row in rows]}, indent=1) + "\n", encoding="utf-8")
    return 0
