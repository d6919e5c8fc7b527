"""The benchmark of changing maps compares with searches that know nothing of before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from npc_world.arena.bench import main
from npc_world.arena.bench_changes import measure_changes
from npc_world.arena.bench_heap import heap_path
from npc_world.arena.bench_levels import blocks, caves, rooms
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.planners.paths import find_path


@pytest.mark.parametrize("kind", [rooms, caves, blocks])
def test_levels_are_what_they_are_called_and_mostly_one_piece(kind) -> None:  # type: ignore[no-untyped-def]
    blocked = kind(64, np.random.default_rng(2))
    assert blocked.shape == (64, 64) and 0.05 < blocked.mean() < 0.7
    np.testing.assert_array_equal(blocked, kind(64, np.random.default_rng(2)))


def test_the_peer_finds_paths_as_short_as_ours() -> None:
    rng = np.random.default_rng(4)
    ground = Terrain.from_grid(rng.random((40, 50)) < 0.3, cell_px=1.0)
    moves, cells = NavGrid.of(ground).moves, np.argwhere(NavGrid.of(ground).free)
    for _ in range(30):
        a, b = (tuple(cells[i].tolist()) for i in rng.integers(len(cells), size=2))
        ours = find_path(ground, (a[1] + 0.5, a[0] + 0.5), (b[1] + 0.5, b[0] + 0.5), any_angle=False)
        path, length = heap_path(moves, a, b)
        assert (ours is None) == (length == np.inf)
        if ours is not None:
            assert float(np.hypot(*np.diff(ours, axis=0).T).sum()) == pytest.approx(length)
            assert divmod(int(path[0]), 50) == a and divmod(int(path[-1]), 50) == b


def test_nothing_is_wrong_after_doors_have_closed_and_opened() -> None:
    row = measure_changes("rooms", rooms(48, np.random.default_rng(1)), 4, np.random.default_rng(1))
    assert row.edits == 8 and row.wrong == 0
    assert row.heap_us > 0.0 and row.field_ratio > 0.0


def test_a_folder_without_maps_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--changes", "--paths", str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err
