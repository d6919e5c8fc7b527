"""`npc-world record` and `npc-world learn`, from a game to a file of physics."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import npc_world as nw
from npc_world import cli
from npc_world.arena import learn
from npc_world.arena.learn_throws import sample_throws


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "log.npz"
    assert cli.main(["record", "throws", "--out", str(path), "--throws", "14", "--seed", "11"]) == 0
    return path


def test_from_a_recording_to_physics(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, picture, figures = tmp_path / "physics.toml", tmp_path / "paths.png", tmp_path / "learn.json"
    assert cli.main(["learn", str(log), "--out", str(out), "--throws", "6", "--held-out", "4", "--plot", str(picture), "--json", str(figures)]) == 0
    told = capsys.readouterr().out
    assert "14 throws; 6 fitted" in told
    assert "±" in told
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert found["held_out"]["throws"] == 4
    assert found["held_out"]["median_px"]["0.5"] < 0.05 * found["held_out"]["still_px"]["0.5"]
    assert found["frames"] == 14 * 181
    assert picture.stat().st_size > 20_000
    world = next(nw.Recording(log).runs("ball")).world
    assert world is not None
    ball = nw.BallModel(**world, physics=out)
    assert ball.physics["gravity_y_px_s2"][0] == pytest.approx(found["physics"]["gravity_y_px_s2"]["value"])
    assert "npc-world learn" in out.read_text(encoding="utf-8")


def test_throws_are_drawn_evenly_and_unfit_ones_left_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    with nw.Recorder(tmp_path / "log.npz") as recorder:
        clock = iter(np.arange(1, 100_000) / 60)
        for n in range(300):
            recorder.begin("ball")
            for k in range(10 if n % 10 == 0 else 40):
                recorder.frame(next(clock), {"ball": (100.0 + (0 if n % 10 == 1 else 3 * k), n), "fly": rng.uniform(0, 9, 2)})
    sample = sample_throws([nw.Recording(tmp_path / "log.npz")], "ball", 60, 1, radius_px=5.0)
    assert sample.found == 240
    assert sample.left_out == {"shorter than 30 sightings": 30, "hardly moves": 30}
    heights = [run.positions_px[0, 1] for run in sample.throws]
    assert len(heights) == 60
    assert heights == sorted(heights)
    assert np.mean(heights) == pytest.approx(150.0, abs=35.0)


def test_several_worlds_are_learned_as_one(tmp_path: Path) -> None:
    from npc_world.models.ball_world import BallWorld

    rng = np.random.default_rng(1)
    room = [(0, 0, 1000, 0), (0, 600, 1000, 600), (0, 0, 0, 600), (1000, 0, 1000, 600)]
    with nw.Recorder(tmp_path / "log.npz") as recorder:
        clock = iter(np.arange(1, 100_000) / 60)
        for n in range(8):
            table = [(300, 350 + 20 * n, 500, 350 + 20 * n)]
            recorder.world("ball", room + table, 12.0, material=[0, 0, 0, 0, 1], thickness_px=5.0)
            recorder.begin("ball")
            world = BallWorld.build(room + table, 12.0, material=[0, 0, 0, 0, 1], thickness_px=5.0)
            start = [(rng.uniform(320, 480), 100.0, rng.uniform(-300, 300), 0.0, 0.0)]
            for place in np.round(world.roll(start, [0.0, 900.0, 0.9, 0.5, 0.8, 0.5, 0.4, 0.4], 1 / 60, 150).paths_px[0]):
                recorder.frame(next(clock), {"ball": place})
    sample = sample_throws([nw.Recording(tmp_path / "log.npz")], "ball", 8, 0)
    model = learn.fit_throws(sample.throws[:6])
    assert model.physics["restitution_0"][0] == pytest.approx(0.8, abs=0.01)
    assert model.physics["restitution_1"][0] == pytest.approx(0.5, abs=0.01)
    outcome = learn.foresee(model, sample.throws[6:])
    assert outcome is not None
    assert outcome.median_px["1"] < 2.0


@pytest.mark.parametrize(("arguments", "says"), [
    (["none.npz"], "no such file"), (["--throws", "0"], "--throws 0"), (["--body", "cat"], "no throw of 'cat'"),
])
def test_what_cannot_be_learned_is_told(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    named = arguments if arguments[0].endswith(".npz") else [str(log), *arguments]
    assert cli.main(["learn", *named, "--out", str(tmp_path / "physics.toml")]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "physics.toml").exists()


def test_a_throw_fills_its_picture_however_far_walls_go() -> None:
    from npc_world.arena.learn_plot import framed

    (left, top), (right, bottom) = framed(np.array([[100.0, 400.0], [300.0, 350.0], [500.0, 600.0]]), 10.0)
    assert left < 90.0 and right > 510.0 and top < 340.0 and bottom > 610.0
    assert right - left < 2.0 * 400.0
    assert (right - left) / (bottom - top) == pytest.approx(1.5)
