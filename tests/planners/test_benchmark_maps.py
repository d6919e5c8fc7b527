"""Reading the public benchmark format, and the bench that runs on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from npc_world.arena.bench_paths import run, verify
from npc_world.arena.bench_theta import theta_star
from npc_world.core.errors import BadInputError
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.planners.benchmark_maps import load_benchmarks, read_map
from npc_world.planners.paths import find_path

MAP = "type octile\nheight 4\nwidth 6\nmap\n......\n.@@T..\n.@GS..\n......\n"
SCENES = "version 1\n0\ttiny.map\t6\t4\t0\t0\t5\t3\t7.41421356\n0\ttiny.map\t6\t4\t3\t2\t0\t0\t6.4142\n0\ttiny.map\t6\t4\t5\t0\t0\t3\t6.82843\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tiny.map").write_text(MAP)
    (tmp_path / "tiny.map.scen").write_text(SCENES)
    return tmp_path


def test_maps_and_problems_are_read(folder: Path) -> None:
    (level,) = load_benchmarks(folder)
    assert level.blocked.astype(int).tolist() == [[0, 0, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]
    assert level.problems[0].start == (0, 0) and level.problems[0].goal == (3, 5)
    assert level.problems[1].tolerance == pytest.approx(1e-3)


def test_every_problem_is_solved_and_checked(folder: Path) -> None:
    (level,) = load_benchmarks(folder)
    assert verify(level) == 3
    (folder / "tiny.map.scen").write_text(SCENES.replace("7.41421356", "6.82842712"))
    with pytest.raises(AssertionError, match="not optimal"):
        verify(load_benchmarks(folder)[0])


def test_the_bench_compares_with_networkx(folder: Path) -> None:
    rows = {row.name: row for row in run(folder, problems=2)}
    row = rows["tiny path / networkx"]
    assert row.ours_us > 0 and row.ratio == row.ours_us / row.peer_us


@pytest.mark.parametrize("text, message", [
    ("type octile\nwidth 6\nmap\n......\n", "height"), (MAP.replace("height 4", "height 9"), "rows"), (MAP.replace("@@T", "@?T"), "tiny.map:6"),
])
def test_damaged_maps_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "tiny.map"
    path.write_text(text)
    with pytest.raises(BadInputError, match=message):
        read_map(path)


def test_waypoints_are_as_short_as_those_of_theta_star() -> None:
    rng = np.random.default_rng(4)
    ratios = []
    for _ in range(4):
        kinds = np.zeros((40, 50), int)
        for _ in range(18):
            row, col = rng.integers(40), rng.integers(50)
            kinds[row:row + rng.integers(1, 9), col:col + rng.integers(1, 9)] = 1
        ground = Terrain.from_grid(kinds, cell_px=4)
        grid = NavGrid.of(ground)
        cells = np.argwhere(grid.free)
        for a, b in rng.integers(len(cells), size=(15, 2)):
            start, goal = tuple(cells[a].tolist()), tuple(cells[b].tolist())
            peer = theta_star(grid, start, goal)
            path = find_path(ground, grid.nodes_px[start], grid.nodes_px[goal])
            assert (path is None) == (len(peer) == 0)
            if path is not None and start != goal:
                ratios.append(np.hypot(*np.diff(path, axis=0).T).sum() / np.hypot(*np.diff(peer, axis=0).T).sum())
    assert len(ratios) > 30
    assert np.mean(ratios) < 1.005
