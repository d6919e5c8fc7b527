"""The measuring room for balls in winds, in small."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from npc_world.adapters.pymunk.ball_truth import throw_ball
from npc_world.arena import bench, bench_winds
from npc_world.arena.bench_balls import hidden_world

START = np.array([500.0, 100.0, 0.0, 0.0, 0.0])


def test_what_acts_moves_the_ball_of_the_engine() -> None:
    world = hidden_world(np.random.default_rng(0), 0)
    still = throw_ball(world, START, 30, 1 / 60)
    pushed = throw_ball(world, START, 30, 1 / 60, lambda x, y, vx, vy: (300.0, 0.0))
    assert pushed[-1, 1] == pytest.approx(still[-1, 1])
    assert pushed[-1, 0] - still[-1, 0] == pytest.approx(0.5 * 300.0 * 0.25, rel=0.2)
    np.testing.assert_array_equal(throw_ball(world, START, 30, 1 / 60, bench_winds.hidden_push(np.random.default_rng(0), "nothing", 900.0)), still)


def test_each_kind_acts_as_its_name_says() -> None:
    pushes = {kind: bench_winds.hidden_push(np.random.default_rng(5), kind, 900.0) for kind in bench_winds.KINDS}
    places = [(float(x), float(y)) for x in range(0, 1000, 25) for y in range(0, 600, 25)]
    in_zone = {pushes["a zone"](*place, 0.0, 0.0) for place in places}
    assert len(in_zone) == 2 and (0.0, 0.0) in in_zone
    assert all(300.0 < np.hypot(*push) <= 900.0 for push in in_zone - {(0.0, 0.0)})
    blown = np.array([pushes["a fan"](*place, 0.0, 0.0) for place in places])
    assert (blown[:, 0] == 0.0).all() and (blown[:, 1] <= 0.0).all() and len(np.unique(blown[:, 1])) > 10
    across = np.array(pushes["sideways"](0.0, 0.0, 300.0, 400.0))
    assert abs(across @ (300.0, 400.0)) < 1e-6 and np.hypot(*across) > 200.0


def test_without_anything_both_watchers_foresee_the_same() -> None:
    row = bench_winds.winds_row(throw_ball, "nothing", range(3, 4), learned=1, judged=1)
    assert row.forecasts == 2 and row.used == 0.0
    assert row.laws_px == row.with_px and row.laws_in_most == row.with_in_most
    assert "2 forecasts" in str(row)


def test_wrong_worlds_are_refused_and_figures_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--winds", "0"]) == 2
    assert "--winds 0" in capsys.readouterr().err
    monkeypatch.setattr(bench_winds, "KINDS", ("nothing",))
    monkeypatch.setattr(bench_winds, "winds_row", lambda engine, kind, seeds, on_world: bench_winds.WindRow(kind, len(seeds), *[(0.5,) * 5] * 8, 0.0))
    assert bench.main(["--winds", "2", "--json", str(tmp_path / "winds.json")]) == 0
    assert json.loads((tmp_path / "winds.json").read_text(encoding="utf-8"))["rows"][0]["forecasts"] == 2
