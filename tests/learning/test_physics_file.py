"""What was learned goes through a file that a person can read, and edit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import npc_world as nw
from npc_world.core.errors import BadInputError, ConfigError
from npc_world.models.ball_world import BallWorld

ROOM = np.array([(0, 0, 1000, 0), (0, 600, 1000, 600), (0, 0, 0, 600), (1000, 0, 1000, 600)], float)
TIMES = np.arange(121) / 60


@pytest.fixture(scope="module")
def learned() -> nw.BallModel:
    rng = np.random.default_rng(3)
    world = BallWorld.build(ROOM, 12.0)
    starts = np.column_stack([rng.uniform(100, 900, 3), np.full(3, 100.0), rng.uniform(-400, 400, 3), np.zeros(3), np.zeros(3)])
    paths = world.roll(starts, [0.0, 900.0, 0.9, 0.5, 0.7, 0.4], 1 / 60, 120).paths_px
    ball = nw.BallModel(ROOM, 12.0)
    ball.fit([(TIMES, np.round(path)) for path in paths])
    return ball


def test_another_model_believes_the_file(learned: nw.BallModel, tmp_path: Path) -> None:
    path = tmp_path / "physics.toml"
    learned.save_physics(path, ["learned in a test"])
    other = nw.BallModel(ROOM, 12.0, physics=path)
    for name, (value, deviation) in learned.physics.items():
        assert other.physics[name] == pytest.approx((value, deviation), rel=1e-5, abs=1e-9), name
    np.testing.assert_allclose(other.knowledge.belief.covariance, learned.knowledge.belief.covariance, rtol=1e-3, atol=1e-9)
    assert other.scheme == "chipmunk"
    for ball in (other, learned):
        ball.reset()
        for k in range(30):
            ball.observe(TIMES[k], (100.0 + 3 * k, 100.0 + 0.125 * k * k))
    np.testing.assert_allclose(other.forecast(0.5, 0.1).best(), learned.forecast(0.5, 0.1).best(), atol=0.2)


def test_an_edited_constant_counts_and_a_missing_one_is_unknown(learned: nw.BallModel, tmp_path: Path) -> None:
    path = tmp_path / "physics.toml"
    learned.save_physics(path)
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("friction_0")]
    edited = ["gravity_y_px_s2 = {value = 500.0, sd = 0.0}" if line.startswith("gravity_y") else line for line in lines]
    path.write_text("\n".join(edited), encoding="utf-8")
    ball = nw.BallModel(ROOM, 12.0, physics=path)
    assert ball.physics["gravity_y_px_s2"][0] == pytest.approx(500.0)
    assert ball.physics["gravity_y_px_s2"][1] < 1e-6
    assert ball.physics["friction_0"][1] == pytest.approx(0.5)
    assert nw.BallModel(ROOM, 12.0, damping=1.0, physics=path).physics["damping"] == (1.0, 0.0)


@pytest.mark.parametrize(("source", "says"), [
    ({"step_s": 0.016, "gravity": 3}, "gravity: unknown key"),
    ({}, "step_s: must be given"),
    ({"step_s": 0.016, "scheme": "box2d"}, "scheme: expected one of"),
    ({"step_s": 0.016, "constants": {"damping": {"value": 0.9, "sd": -1.0}}}, "sd: expected at least 0"),
    ({"step_s": 0.016, "correlated": ["damping"], "correlation": [[1.0, 0.0]]}, "correlation"),
])
def test_mistakes_in_the_file_are_told(source: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        nw.BallModel(ROOM, 12.0, physics=source)


def test_constants_the_ball_does_not_have_are_told(learned: nw.BallModel, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="restitution_7 is not a constant of this ball"):
        nw.BallModel(ROOM, 12.0, physics={"step_s": 0.016, "constants": {"restitution_7": {"value": 0.5}}})
    with pytest.raises(BadInputError, match="damping=0"):
        nw.BallModel(ROOM, 12.0, physics={"step_s": 0.016, "constants": {"damping": {"value": 0.0}}})
    with pytest.raises(BadInputError, match="nothing was learned"):
        nw.BallModel(ROOM, 12.0).save_physics(tmp_path / "none.toml")


def test_walls_may_move_between_throws(learned: nw.BallModel) -> None:
    ball = nw.BallModel(ROOM, 12.0)
    ball.restore(learned.state())
    before = ball.physics
    ball.observe(0.0, (500.0, 300.0))
    ball.rebuild([*ROOM, (300.0, 400.0, 700.0, 400.0)])
    assert ball.physics == before
    for k in range(20):
        ball.observe(TIMES[k], (500.0, 200.0 + 0.125 * k * k))
    assert ball.forecast(2.0, 0.1).best()[:, 1].max() < 400.0
    with pytest.raises(BadInputError, match="material"):
        ball.rebuild(ROOM, material=[0, 0, 0, 3])
    with pytest.raises(BadInputError, match="colour"):
        ball.rebuild(ROOM, colour=3)


def test_a_preset_may_name_the_file(learned: nw.BallModel, tmp_path: Path) -> None:
    learned.save_physics(tmp_path / "moon.toml")
    (tmp_path / "keeper.toml").write_text('extends = "hunter"\nphysics = "moon.toml"\n', encoding="utf-8")
    npc = nw.load_npc(tmp_path / "keeper.toml", nw.Terrain.open_field((400, 300)), position=(50, 50))
    ball = nw.BallModel(ROOM, 12.0, physics=npc.physics)
    assert ball.physics["gravity_y_px_s2"] == pytest.approx(learned.physics["gravity_y_px_s2"])
    assert nw.load_npc("hunter", nw.Terrain.open_field((400, 300)), position=(50, 50)).physics is None
    (tmp_path / "moon.toml").write_text("gravity = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"moon\.toml"):
        nw.load_npc(tmp_path / "keeper.toml", nw.Terrain.open_field((400, 300)), position=(50, 50))
    (tmp_path / "keeper.toml").write_text('extends = "hunter"\nphysics = "mars.toml"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mars\.toml"):
        nw.load_npc(tmp_path / "keeper.toml", nw.Terrain.open_field((400, 300)), position=(50, 50))


@pytest.mark.parametrize("wrong", [5, b"physics.toml", ["physics.toml"]])
def test_what_is_no_path_is_named(wrong: object) -> None:
    with pytest.raises(BadInputError, match="physics="):
        nw.BallModel([(0.0, 500.0, 900.0, 500.0)], 12.0, physics=wrong)  # type: ignore[arg-type]
