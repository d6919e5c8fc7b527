"""Paths and fields against their peers, on public benchmark maps, in one run: networkx always, tcod and scipy where installed.

Every problem of every map is solved and its length compared with the printed optimum; a sample of them is timed.  Times are
medians of single queries that return an array, ours including all of `find_path`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from npc_world.arena.bench_peers import ScipyField, TcodGrid, octile_graph, octile_heuristic
from npc_world.arena.bench_theta import theta_star
from npc_world.core.terrain import Terrain
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_grid import NavGrid
from npc_world.models.travel_time import travel_time
from npc_world.planners.benchmark_maps import BenchmarkMap, Problem, load_benchmarks
from npc_world.planners.paths import find_path

__all__ = ["Row", "run", "verify"]

Floats = NDArray[np.float64]
WEIGHTS = np.array([1.0, 0.5, 0.75, 0.9])
"""Speed factors of the surfaces painted on a map for the weighted rows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: median of ours and of the peer, µs, and their ratio.  Lengths of paths are compared in the same way, in cells."""

    name: str
    ours_us: float
    peer_us: float
    unit: str = "µs"

    @property
    def ratio(self) -> float:
        """Our time over the peer's."""
        return self.ours_us / self.peer_us


def run(folder: Path, problems: int = 25, seed: int = 0, report: Callable[[str], None] = lambda line: None) -> list[Row]:
    """Rows for every map of the folder, `problems` timed per map.  Raises `AssertionError` when a path is wrong."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for level in load_benchmarks(folder):
        count = verify(level)
        report(f"{level.name}: {count} of {len(level.problems)} problems solved, legal and optimal")
        if level.problems:
            chosen = [level.problems[i] for i in rng.choice(len(level.problems), min(problems, len(level.problems)), replace=False)]
            for row in (*_path_rows(level, chosen), *_field_rows(level, chosen), *_weighted_rows(level, chosen, rng),
                        *_any_angle_rows(level, chosen)):
                rows.append(row)
                report(f"  {row.name}: {row.ours_us:.1f} {row.unit} against {row.peer_us:.1f} {row.unit}, ratio {row.ratio:.4f}")
    return rows


def verify(level: BenchmarkMap) -> int:
    """Solve every problem; each path must be legal and as long as printed.  Returns their number."""
    ground = level.ground()
    moves = NavGrid.of(ground).moves
    for problem in level.problems:
        path = find_path(ground, _centre(problem.start), _centre(problem.goal), any_angle=False)
        assert path is not None, f"{level.name}: no path for {problem}"
        assert abs(checked_length(moves, path, problem) - problem.length) <= problem.tolerance, f"{level.name}: not optimal: {problem}"
    return len(level.problems)


def checked_length(moves: NDArray[np.uint8], path: Floats, problem: Problem) -> float:
    """Length in cells of a path of cell centres (1 px cells), every step of which must be a legal move between the right ends."""
    cells = (path - 0.5).astype(np.int64)[:, ::-1]
    assert tuple(cells[0]) == problem.start and tuple(cells[-1]) == problem.goal
    steps = np.diff(cells, axis=0)
    which = np.array([_MOVE[tuple(step)] for step in steps.tolist()], np.int64)
    assert bool(((moves[cells[:-1, 0], cells[:-1, 1]] >> which) & 1).all()), "a step is not legal"
    return float(np.where(which % 2 == 1, math.sqrt(2.0), 1.0).sum())


_MOVE = {(int(row), int(col)): d for d, (row, col) in enumerate(zip(MOVE_ROWS, MOVE_COLS, strict=True))}


def _centre(cell: tuple[int, int]) -> tuple[float, float]:
    return cell[1] + 0.5, cell[0] + 0.5


def median_us(calls: Sequence[Callable[[], Any]], repeats: int = 1) -> float:
    """Median over the calls of each one's best time, µs."""
    best = []
    for call in calls:
        times = []
        for _ in range(repeats):
            began = time.perf_counter()
            call()
            times.append(time.perf_counter() - began)
        best.append(min(times))
    return float(np.median(best)) * 1e6


def _path_rows(level: BenchmarkMap, problems: list[Problem]) -> list[Row]:
    ground = level.ground()
    ours = [partial(find_path, ground, _centre(p.start), _centre(p.goal), any_angle=False) for p in problems]
    median_us(ours)
    mine = median_us(ours, 3)
    graph = octile_graph(NavGrid.of(ground).moves)
    few = problems[:8]
    rows = [Row(f"{level.name} path / networkx", median_us(ours[:8], 3), median_us(
        [partial(nx.astar_path, graph, p.start, p.goal, octile_heuristic, "weight") for p in few]))]
    if TcodGrid.available():
        peer = TcodGrid(NavGrid.of(ground).moves)
        for problem in few:
            found = peer.path(problem.start, problem.goal)
            assert abs(checked_length(NavGrid.of(ground).moves, found[:, ::-1].astype(np.float64) + 0.5, problem) - problem.length) < 0.01 * problem.length + 1e-9
        rows.append(Row(f"{level.name} path / tcod", mine, median_us([partial(peer.path, p.start, p.goal) for p in problems])))
    return rows


def _field_rows(level: BenchmarkMap, problems: list[Problem]) -> list[Row]:
    ground = level.ground()
    few = problems[:5]
    whole = [partial(travel_time, ground, _centre(p.start), 1.0) for p in few]
    near = [partial(travel_time, ground, _centre(p.start), 1.0, max_time_s=64.0) for p in few]
    median_us(whole)
    mine, nearby = median_us(whole, 5), median_us(near, 5)
    rows = [Row(f"{level.name} field radius 64 / 300 µs", nearby, 300.0)]
    moves = NavGrid.of(ground).moves
    if TcodGrid.available():
        peer = TcodGrid(moves)
        rows.append(Row(f"{level.name} field / tcod", mine, median_us([partial(peer.field, p.start) for p in few])))
    if ScipyField.available():
        other = ScipyField(moves)
        for problem in few[:2]:
            times = travel_time(ground, _centre(problem.start), 1.0).times_s
            np.testing.assert_allclose(times, other.field(problem.start), rtol=1e-9)
        rows.append(Row(f"{level.name} field / scipy", mine, median_us([partial(other.field, p.start) for p in few])))
    return rows


def _weighted_rows(level: BenchmarkMap, problems: list[Problem], rng: np.random.Generator) -> list[Row]:
    if not TcodGrid.available():
        return []
    kinds = patches(level.blocked.shape, rng)
    ground = _painted(level, kinds)
    table = np.zeros((len(ground.surfaces), 4))
    table[:, 1] = 1.0
    for index, name in enumerate(ground.surfaces):
        table[index, 0] = WEIGHTS[int(name[1:])] if name[0] == "s" else 1.0
    ours = [partial(find_path, ground, _centre(p.start), _centre(p.goal), any_angle=False, surfaces=table) for p in problems]
    median_us(ours)
    peer = TcodGrid(NavGrid.of(ground).moves, 1.0 / WEIGHTS[kinds])
    return [Row(f"{level.name} weighted path / tcod", median_us(ours, 3), median_us([partial(peer.path, p.start, p.goal) for p in problems]))]


def _any_angle_rows(level: BenchmarkMap, problems: list[Problem]) -> list[Row]:
    ground = level.ground()
    grid, few = NavGrid.of(ground), problems[:12]
    ours = [partial(find_path, ground, _centre(p.start), _centre(p.goal)) for p in few]
    peer = [partial(theta_star, grid, p.start, p.goal) for p in few]
    median_us(ours[:1]), median_us(peer[:1])
    paths: list[list[Any]] = [[call() for call in ours], [call() for call in peer]]
    lengths = [float(np.median([np.hypot(*np.diff(path, axis=0).T).sum() for path in found])) for found in paths]
    return [Row(f"{level.name} any-angle / Theta*", median_us(ours, 3), median_us(peer)),
            Row(f"{level.name} any-angle length / Theta*", lengths[0], lengths[1], "cells")]


def patches(shape: tuple[int, ...], rng: np.random.Generator, size: int = 16) -> NDArray[np.int64]:
    """(rows, cols) surface kinds 0 … 3 in square patches."""
    coarse = rng.integers(len(WEIGHTS), size=(shape[0] // size + 1, shape[1] // size + 1))
    return np.kron(coarse, np.ones((size, size), np.int64))[:shape[0], :shape[1]].astype(np.int64)


def _painted(level: BenchmarkMap, kinds: NDArray[np.int64]) -> Terrain:
    legend = {**{kind: f"s{kind}" for kind in range(len(WEIGHTS))}, 9: "wall"}
    return Terrain.from_grid(np.where(level.blocked, 9, kinds), cell_px=1.0, legend=legend)
