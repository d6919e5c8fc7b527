"""`npc-world bench --growth`: how costs grow with the map and with the number of bodies, as tables."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import npc_world as nw
from npc_world.arena.bench_levels import blocks
from npc_world.arena.progress import Progress
from npc_world.models.nav_grid import NavGrid
from npc_world.models.surfaces import surface_table

__all__ = ["body_table", "map_table", "run_growth"]

Floats = NDArray[np.float64]
MAPS, BODIES = (64, 128, 256, 512, 1024, 2048), (1, 3, 10, 30, 100, 300, 1000)
_MAP_COLUMNS = ("path", "weighted path", "field", "field r 64", "edit to path", "first use")
_BODY_COLUMNS = ("avoidance", "one goal")


def run_growth(largest: int = 2048, report: Callable[[str], None] = print) -> dict[str, dict[int, dict[str, float]]]:
    """Both tables, in ms: by map side in cells, and by number of bodies."""
    nw.warmup(lambda share, what: None)
    sides = [side for side in MAPS if side <= largest]
    bar = Progress(len(sides) + len(BODIES), "growth")
    maps, bodies = {}, {}
    report("map of blocks, ms, median of random problems")
    report(f"{'cells':>10}" + "".join(f"{name:>15}" for name in _MAP_COLUMNS))
    for side in sides:
        maps[side] = map_table(side, np.random.default_rng(side))
        bar.advance()
        report(f"{side:>9}²" + "".join(f"{maps[side][name]:>15.3f}" for name in _MAP_COLUMNS))
    report("bodies in streets of 128² cells, ms a frame, median")
    report(f"{'bodies':>10}" + "".join(f"{name:>15}" for name in _BODY_COLUMNS))
    for count in BODIES:
        bodies[count] = body_table(count, np.random.default_rng(count))
        bar.advance()
        report(f"{count:>10}" + "".join(f"{bodies[count][name]:>15.3f}" for name in _BODY_COLUMNS))
    bar.close()
    return {"maps": maps, "bodies": bodies}


def map_table(side: int, rng: np.random.Generator, problems: int = 9) -> dict[str, float]:
    """ms for a map of so many cells a side."""
    ground = nw.Terrain.from_grid(blocks(side, rng), cell_px=1.0)
    began = time.perf_counter()
    nw.find_path(ground, (0.5, 0.5), (side - 0.5, side - 0.5), any_angle=False)
    first_ms = 1000.0 * (time.perf_counter() - began)
    ends = _free_points(ground, 2 * problems, rng)
    pairs = list(zip(ends[:problems], ends[problems:], strict=True))
    table = {"first use": first_ms,
             "path": _median_ms([partial(nw.find_path, ground, a, b, any_angle=False) for a, b in pairs]),
             "field": _median_ms([partial(nw.travel_time, ground, b, 1.0) for _, b in pairs]),
             "field r 64": _median_ms([partial(nw.travel_time, ground, b, 1.0, max_time_s=64.0) for _, b in pairs])}
    edits = []
    for a, b in pairs:
        x, y = rng.integers(1, side - 1, 2)
        for solid in (True, False):
            began = time.perf_counter()
            ground.set_solid((x, y, 1, 1), solid)
            nw.find_path(ground, a, b, any_angle=False)
            edits.append(1000.0 * (time.perf_counter() - began))
    table["edit to path"] = float(np.median(edits))
    for _ in range(12):
        x, y = rng.integers(0, side, 2)
        ground.set_surface((x, y, side // 5, side // 5), "mud")
    speeds = surface_table(ground.surfaces, {})
    table["weighted path"] = _median_ms([partial(nw.find_path, ground, a, b, any_angle=False, surfaces=speeds) for a, b in pairs])
    return table


def body_table(count: int, rng: np.random.Generator, frames: int = 60) -> dict[str, float]:
    """ms a frame for so many bodies: avoidance alone, and with a field to one goal that moves."""
    ground = nw.Terrain.from_grid(blocks(128, rng), cell_px=16.0)
    where = np.array(_free_points(ground, count, rng))
    crowd, goal = nw.Crowd(ground, radius_px=4.0, speed_px_s=90.0), _free_points(ground, 1, rng)[0]
    alone, together = [], []
    velocities = np.zeros_like(where)
    for frame in range(frames):
        began = time.perf_counter()
        wanted = crowd.step(where, (goal[0], goal[1] + 0.5 * frame), 1 / 60)
        together.append(time.perf_counter() - began)
        began = time.perf_counter()
        velocities = nw.avoid_all(where, velocities, wanted, 4.0, 1 / 60, ground=ground, top_speeds=90.0)
        alone.append(time.perf_counter() - began)
        where = where + velocities / 60
    return {"avoidance": 1000.0 * float(np.median(alone[5:])), "one goal": 1000.0 * float(np.median(together[5:]))}


def _free_points(ground: nw.Terrain, count: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Centres of cells of the largest open part, as seen from a free cell in the middle."""
    grid = NavGrid.of(ground)
    row, col = grid.nearest_free((ground.size[0] / 2, ground.size[1] / 2)) or (0, 0)
    reached = np.argwhere(np.isfinite(nw.travel_time(ground, grid.nodes_px[row, col], 1.0).times_s))
    return [(float(x), float(y)) for x, y in (grid.nodes_px[r, c] for r, c in reached[rng.integers(len(reached), size=count)])]


def _median_ms(calls: list[Callable[[], Any]]) -> float:
    """Median of the calls, each the best of three."""
    calls[0]()
    best = []
    for call in calls:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            call()
            times.append(time.perf_counter() - began)
        best.append(min(times))
    return 1000.0 * float(np.median(best))
