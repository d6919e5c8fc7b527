"""`npc-world bench --changes`: doors close and open on maps, and paths and fields are brought up to date.

For each of many doors, put across the middle of a path: the time from the edit to the new path, against a compiled heap A* on the
changed map; and the time to bring a field up to date, against computing it anew.  Times are the best of three (fields: of seven, in turns), edits
being undone in between; the first of the three, with caches full of other things, is shown beside it ("once").  Every path and every
field is compared with a search that knows nothing of before: what differs is counted as wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from npc_world.arena.bench_heap import heap_path
from npc_world.arena.bench_levels import blocks, caves, rooms
from npc_world.arena.bench_peers import octile_graph, octile_heuristic
from npc_world.arena.progress import Progress
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.models.travel_time import travel_time
from npc_world.planners.benchmark_maps import load_benchmarks
from npc_world.planners.paths import find_path

__all__ = ["ChangeRow", "measure_changes", "run_changes"]

PATH_BAR, FIELD_BAR = 0.1, 1.5


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One map: times are medians in µs, ratios are medians of the ratios of single edits."""

    name: str
    edits: int
    edit_to_path_us: float
    once_us: float
    """The first time after other work; the heap's is not so burdened."""
    heap_us: float
    path_ratio: float
    python_ratio: float
    """Against networkx' A*, a heap in Python, of a few edits."""
    renew_us: float
    anew_us: float
    field_ratio: float
    worst_field_ratio: float
    wrong: int


def run_changes(folder: Path | None, doors: int = 60, seed: int = 0, report: Callable[[str], None] = print) -> list[ChangeRow]:
    """Rows for the maps of a folder of benchmark maps, or for made-up levels."""
    rng = np.random.default_rng(seed)
    if folder is not None:
        levels = [(level.name, level.blocked) for level in load_benchmarks(folder)]
    else:
        levels = [(f"{kind.__name__} {cells}²", kind(cells, rng)) for cells in (256, 512) for kind in (rooms, caves, blocks)]
    bar = Progress(len(levels), "changes")
    report(f"{'map':<24}{'edit to path':>14}{'once':>10}{'heap A*':>10}{'ratio':>8}{'networkx':>10}{'field renewed':>15}{'anew':>10}{'ratio':>8}{'worst':>8}{'wrong':>7}")
    rows = []
    for name, blocked in levels:
        row = measure_changes(name, blocked, doors, rng)
        rows.append(row)
        bar.advance()
        report(f"{row.name[:23]:<24}{row.edit_to_path_us:>11.0f} µs{row.once_us:>7.0f} µs{row.heap_us:>7.0f} µs{row.path_ratio:>8.3f}{row.python_ratio:>10.4f}{row.renew_us:>12.0f} µs"
               f"{row.anew_us:>7.0f} µs{row.field_ratio:>8.2f}{row.worst_field_ratio:>8.2f}{row.wrong:>4} of {row.edits}")
    bar.close()
    wrong, worst = sum(row.wrong for row in rows), max(row.worst_field_ratio for row in rows)
    report(f"bars: edit to path ≤ {PATH_BAR} × a heap A*, compiled {'pass' if all(r.path_ratio <= PATH_BAR for r in rows) else 'FAIL'}, "
           f"in Python (networkx) {'pass' if all(r.python_ratio <= PATH_BAR for r in rows) else 'FAIL'}; "
           f"field ≤ {FIELD_BAR} × anew in every edit {'pass' if worst <= FIELD_BAR else 'FAIL'} ({worst:.2f}), wrong {wrong}")
    return rows


def measure_changes(name: str, blocked: NDArray[np.bool_], doors: int, rng: np.random.Generator) -> ChangeRow:
    """One map; each door is closed, and opened again: two edits."""
    ground = Terrain.from_grid(blocked, cell_px=1.0)
    grid = NavGrid.of(ground)
    cells = np.argwhere(grid.free)
    figures: list[tuple[float, ...]] = []
    python: list[float] = []
    wrong = 0
    field = travel_time(ground, (1.5, 1.5), 1.0)
    while len(figures) < 2 * doors:
        start, goal = (tuple(cells[i].tolist()) for i in rng.integers(len(cells), size=2))
        path = find_path(ground, _centre(start), _centre(goal), any_angle=False)
        if path is None or len(path) < 24:
            continue
        col, row = path[len(path) // 2].astype(int).tolist()
        door = [(col - 1, row, 3, 1), (col, row - 1, 1, 3), (col, row, 1, 1)][rng.integers(3)]
        was = grid.free[max(0, row - 1):row + 2, max(0, col - 1):col + 2].all()
        if not was:
            door = (col, row, 1, 1)
        field = travel_time(ground, _centre(goal), 1.0)
        for closing in (True, False):
            once, taken, new = _edit_to_path(ground, door, closing, _centre(start), _centre(goal))
            heap_s, (_, length) = _best(partial(heap_path, grid.moves, start, goal))
            (renew_s, renewed), (anew_s, expected) = _in_turns(partial(field.renewed, ground), partial(travel_time, ground, _centre(goal), 1.0))
            if len(python) < 6 and length < np.inf:
                python.append(taken / _timed(partial(nx.astar_path, octile_graph(grid.moves), start, goal, octile_heuristic, "weight"))[0])
            wrong += not (_same(new, length) and np.allclose(renewed.times_s, expected.times_s, rtol=1e-8))
            figures.append((taken, heap_s, renew_s, anew_s, once))
            field = renewed
    took = np.array(figures) * 1e6
    path_ratio, field_ratio = took[:, 0] / took[:, 1], took[:, 2] / took[:, 3]
    median = np.median(took, axis=0).tolist()
    return ChangeRow(name, len(figures), median[0], median[4], median[1], float(np.median(path_ratio)), float(np.median(python)), median[2], median[3], float(np.median(field_ratio)),
                     float(field_ratio.max()), wrong)


def _edit_to_path(ground: Terrain, door: tuple[int, ...], closing: bool, start: tuple[float, float], goal: tuple[float, float]) -> tuple[float, float, Any]:
    """The first time, the best of three, and the path; the edit is undone in between."""
    times, path = [], None
    for repeat in range(3):
        if repeat > 0:
            _edit(ground, door, not closing, start, goal)
        taken, path = _timed(partial(_edit, ground, door, closing, start, goal))
        times.append(taken)
    return times[0], min(times), path


def _edit(ground: Terrain, door: tuple[int, ...], closing: bool, start: tuple[float, float], goal: tuple[float, float]) -> Any:
    ground.set_solid(door, closing)
    return find_path(ground, start, goal, any_angle=False)


def _centre(cell: tuple[int, ...]) -> tuple[float, float]:
    return cell[1] + 0.5, cell[0] + 0.5


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = call()
    return time.perf_counter() - began, result


def _in_turns(first: Callable[[], Any], second: Callable[[], Any], repeats: int = 7) -> tuple[tuple[float, Any], tuple[float, Any]]:
    """The least of some times of each, and its result: in turns, so that both see the same machine."""
    least = [float("inf"), float("inf")]
    results: list[Any] = [None, None]
    for _ in range(repeats):
        for i, call in enumerate((first, second)):
            results[i] = None  # its memory is given back before the next one asks for as much
            taken, results[i] = _timed(call)
            least[i] = min(least[i], taken)
    return (least[0], results[0]), (least[1], results[1])


def _best(call: Callable[[], Any], repeats: int = 3) -> tuple[float, Any]:
    """The least of some times, and the result."""
    return min((_timed(call) for _ in range(repeats)), key=lambda timed: timed[0])


def _same(path: Any, length: float) -> bool:
    """Whether a path over cell centres is as long as the shortest is."""
    if path is None:
        return length == np.inf
    return bool(abs(float(np.hypot(*np.diff(path, axis=0).T).sum()) - length) < 1e-6 * max(1.0, length))
