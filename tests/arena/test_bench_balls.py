"""The measuring room for balls, on two hidden worlds, against pymunk."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from npc_world.adapters.pymunk.ball_truth import throw_ball
from npc_world.arena import bench, bench_balls, bench_balls_bars, bench_balls_noisy


def test_hidden_worlds_are_within_their_stated_ranges() -> None:
    for seed in range(20):
        world = bench_balls.hidden_world(np.random.default_rng(seed))
        assert 500 <= world.gravity_px_s2 <= 1500
        assert 0.6 <= world.damping <= 1.0
        assert ((world.restitution >= 0.3) & (world.restitution <= 0.9)).all()
        assert ((world.friction >= 0.1) & (world.friction <= 0.9)).all()


def test_a_landing_is_a_new_touch_of_the_floor() -> None:
    world = bench_balls.hidden_world(np.random.default_rng(0), 0)
    height = np.concatenate([np.linspace(500, 582, 20), np.linspace(582, 540, 20), np.linspace(540, 583, 20)])
    path = np.column_stack([np.arange(60.0) + 100.0, height])
    found = bench_balls.landings(world, path, 3)
    assert found[0] == 100.0 + np.flatnonzero(height > 580.0)[0]
    assert found[1] == 100.0 + np.flatnonzero((height > 580.0) & (np.arange(60) > 30))[0]
    assert np.isnan(found[2])


def test_rows_name_their_figures() -> None:
    row = bench_balls.watched_row(throw_ball, range(2), rounded=True)
    assert row.figures["1 s median px"] < 5.0
    assert "whole pixels" in str(row)
    noisy = bench_balls_noisy.noisy_row(throw_ball, range(2), told=True, throws=3)
    one = bench_balls_noisy.noisy_throws(throw_ball, range(1), told=True, throws=3)
    other = bench_balls_noisy.noisy_throws(throw_ball, range(1, 2), told=True, throws=3)
    assert (one + other).row().figures == noisy.figures
    assert 0.0 <= noisy.figures["in the 90% interval"] <= 1.0
    assert 0.5 < noisy.figures["landing 1 from free flight bound px"] < 10.0


def test_no_guess_from_free_flight_beats_the_bound() -> None:
    world, rng = bench_balls.hidden_world(np.random.default_rng(3), 0), np.random.default_rng(0)
    start, times = np.array([300.0, 100.0, 200.0, -50.0, 0.0]), np.arange(12) / 60
    bound = bench_balls_noisy.landing_bound_px(world, start, 12, 1.0)
    truth = throw_ball(world, start, 12, 1 / 60)[:12]
    reached = 200.0 * (1.0 - world.damping ** (1.0 - times[-1])) / -np.log(world.damping)  # about as far as it still flies
    slope = np.polyfit(times, (truth[None, :, 0] + rng.normal(0.0, 1.0, (4000, 12))).T, 1)
    assert 0.5 < slope[0].std() * reached / 200.0 / bound < 2.0
    assert bench_balls_noisy.landing_bound_px(world, start, 24, 1.0) < 0.5 * bound


def test_a_batch_is_much_faster_than_the_engine() -> None:
    assert bench_balls.batch_row(throw_ball, balls=200).figures["times faster than the engine"] > 20.0


def test_a_figure_is_judged_by_its_bar() -> None:
    row = bench_balls.BallRow("noisy", {"landing 1 median px": 3.1, "in the 90% interval": 0.9, "other": 1.0})
    first, second, third = bench_balls_bars.measured("noisy", row)
    assert (first.passed, second.passed, third.passed) == (False, True, None)
    lines = bench_balls_bars.balls_table([first, second, third]).splitlines()
    assert lines[0].split()[-4:] == ["at", "most", "3", "FAIL"]
    assert lines[1].split()[-4:] == ["0.87", "to", "0.93", "pass"]
    assert lines[2].split()[-1] == "1"


def test_what_is_learned_stands_beside_what_the_laws_would_give() -> None:
    rows = [bench_balls_bars.Measured("noisy: landing 1 median px", 3.1, 0.0, 3.0), bench_balls_bars.Measured("noisy, laws told: landing 1 median px", 2.9),
            bench_balls_bars.Measured("pixels: landing median px", 0.2)]
    beside = bench_balls_bars.beside_told(rows)
    assert [row.told for row in beside] == [2.9, None, None]
    assert bench_balls_bars.balls_table(beside).splitlines()[0].endswith("FAIL  laws told 2.9")


@pytest.mark.slow
def test_every_figure_stands_beside_its_bar(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_balls_bars.run_balls(1, 5, 0.3, tmp_path / "balls.json") == 0
    told = capsys.readouterr().out
    rows = {row["what"]: row for row in json.loads((tmp_path / "balls.json").read_text(encoding="utf-8"))["rows"]}
    assert {name for name in bench_balls_bars.BALL_BARS if "landing" not in name} <= set(rows)
    for name, row in rows.items():
        assert name in told
        if name in bench_balls_bars.BALL_BARS:
            low, high = bench_balls_bars.BALL_BARS[name]
            assert row["passed"] == (low <= row["value"] <= high)
    assert rows["exact: 1 s median px"]["passed"]


def test_wrong_worlds_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--balls", "0"]) == 2
    assert "--balls 0" in capsys.readouterr().err
