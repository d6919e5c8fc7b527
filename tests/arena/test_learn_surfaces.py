"""From a recording of a body that was told how to move to what its surfaces do, and to an NPC that believes it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import npc_world as nw
from npc_world import cli
from npc_world.agents.load import read_npc_config
from npc_world.learning.physics_file import read_physics
from npc_world.models.surfaces import Surface
from npc_world.models.top_down import step_top_down

SPEED, FRAME = 160.0, 1.0 / 60.0
TRUTH = {"mud": (0.9, 1.0, 0.0, 0.0), "ice": (0.6, 1.0, 0.0, 0.0), "river north": (0.7, 1.0, 0.25, 0.0)}
"""Surfaces that are not what their names promise."""


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two minutes at whole pixels: twelve seconds on one surface after the other, with a leap between them now and then."""
    rng, path = np.random.default_rng(5), tmp_path_factory.mktemp("walk") / "walk.npz"
    x = y = vx = vy = 0.0
    with nw.Recorder(path, chunk_frames=500) as recorder:
        for k in range(7200):
            name = list(TRUTH)[k // 720 % 3]
            if k % 45 == 0:
                angle = rng.uniform(0, 2 * np.pi)
                wish = SPEED * np.array([np.cos(angle), np.sin(angle)])
            if k % 1440 == 0:
                x, y = rng.uniform(0, 500, 2)
                recorder.begin("hunter")
            factor, grip, push_x, push_y = TRUTH[name]
            x, y, vx, vy = step_top_down(x, y, vx, vy, *wish, FRAME, 0.0, factor, grip, push_x * SPEED, push_y * SPEED)
            recorder.frame(k * FRAME, {"hunter": np.round((x, y)), "player": (k, 3)}, {"hunter": (wish, name)})
    return path


def test_surfaces_are_learned_from_what_was_asked_for_and_what_came_of_it(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, figures = tmp_path / "physics.toml", tmp_path / "learn.json"
    assert cli.main(["learn", str(log), "--out", str(out), "--json", str(figures)]) == 0
    assert "river north: " in capsys.readouterr().out
    written = read_physics(out).surfaces
    for name, (factor, _grip, push_x, _push_y) in TRUTH.items():
        assert written[name].speed_factor == pytest.approx(factor, rel=0.05)
        assert written[name].push_x == pytest.approx(push_x, abs=0.03)
        assert 0.0 < written[name].speed_factor_sd < 0.1
    found = json.loads(figures.read_text(encoding="utf-8"))["surfaces"]
    assert all(one["held_out"] > 0 and one["error"] < 0.25 * one["error_before"] for one in found.values())


def test_a_preset_that_names_the_file_believes_it(log: Path, tmp_path: Path) -> None:
    assert cli.main(["learn", str(log), "--body", "hunter", "--out", str(tmp_path / "physics.toml")]) == 0
    (tmp_path / "mine.toml").write_text('behaviour = "hunt"\nphysics = "physics.toml"\n[surfaces.sand]\nspeed_factor = 0.4\n', encoding="utf-8")
    config = read_npc_config(tmp_path / "mine.toml")
    assert config.surfaces["mud"].speed_factor == pytest.approx(0.9, rel=0.05)
    assert config.surfaces["sand"] == Surface(speed_factor=0.4)


def test_a_file_of_surfaces_says_nothing_of_balls(log: Path, tmp_path: Path) -> None:
    assert cli.main(["learn", str(log), "--out", str(tmp_path / "physics.toml")]) == 0
    ball = nw.BallModel([(0, 600, 1000, 600)], 15.0, physics=tmp_path / "physics.toml")
    assert not ball.knowledge.learned


@pytest.mark.parametrize("told", [((1.0, float("nan")), "mud"), ((1.0, 2.0), ""), (1.0, 2.0), ((1.0, 2.0), "m" * 41)])
def test_a_command_that_is_none_is_named_and_nothing_recorded(tmp_path: Path, told: object) -> None:
    with nw.Recorder(tmp_path / "log.npz") as recorder:
        with pytest.raises(nw.BadInputError, match="commanded"):
            recorder.frame(0.0, {"hunter": (1, 2)}, {"hunter": told})  # type: ignore[dict-item]
        assert recorder.frames == 0


def slid(path: Path, acceleration: float, seed: int) -> Path:
    """A minute of a body with an acceleration limit at whole pixels, half on road and half on ice."""
    rng = np.random.default_rng(seed)
    state, wish = (0.0, 0.0, 0.0, 0.0), np.zeros(2)
    with nw.Recorder(path) as recorder:
        for k in range(3600):
            name, factor, grip = (("road", 1.0, 1.0), ("ice", 0.8, 0.3))[k // 300 % 2]
            if k % 50 == 0:
                angle = rng.uniform(0, 2 * np.pi)
                wish = SPEED * np.array([np.cos(angle), np.sin(angle)])
            state = step_top_down(*state, *wish, FRAME, acceleration, factor, grip, 0.0, 0.0)
            recorder.frame(k * FRAME, {"hunter": np.round(state[:2]), "second": (0, 0)}, {"hunter": (wish, name), "second": ((0.0, 0.0), name)})
    return path


@pytest.mark.parametrize("limit", [600.0, 0.0])
def test_how_fast_a_body_may_change_its_velocity_need_not_be_said(limit: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, out = slid(tmp_path / "log.npz", limit, 1003), tmp_path / "physics.toml"
    assert cli.main(["learn", str(log), "--body", "hunter", "--out", str(out), "--plot", str(tmp_path / "paths.png")]) == 0
    told = capsys.readouterr().out
    assert "'second'" in told
    learned = read_physics(out).surfaces
    assert learned["road"].speed_factor == pytest.approx(1.0, rel=0.05)
    assert learned["ice"].speed_factor == pytest.approx(0.8, rel=0.05)
    if limit > 0.0:
        assert float(told.split("acceleration ")[1].split()[0]) == pytest.approx(limit, rel=0.15)
        assert learned["ice"].grip == pytest.approx(0.3, rel=0.15)
    else:
        assert "has the velocity it asks for at once" in told
    assert (tmp_path / "paths-surfaces.png").stat().st_size > 20_000
