"""The world changes between throws, or something is there that no law explains: noticed, named, learned again."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw
from npc_world.models.ball_world import BallWorld

ROOM = np.array([(0, 0, 1000, 0), (0, 600, 1000, 600), (0, 0, 0, 600), (1000, 0, 1000, 600), (300, 420, 520, 470)], float)
MATERIAL = [0, 0, 0, 0, 1]
WORLD = BallWorld.build(ROOM, 15.0, thickness_px=5.0, material=MATERIAL)
TIMES = np.arange(151) / 60
LAWS = {"wind": 0.0, "gravity": 1000.0, "damping": 0.85, "inertia": 0.5, "floor": 0.7, "shelf": 0.5, "rub": 0.4, "shelf_rub": 0.4}


def throw(rng: np.random.Generator, world: BallWorld = WORLD, **changed: float) -> np.ndarray:
    """(151, 2) in whole pixels, aimed so that it touches floor and shelf."""
    start = [(rng.uniform(250, 500), rng.uniform(60, 150), rng.uniform(-200, 200), rng.uniform(-200, 100), 0.0)]
    return np.round(world.roll(start, list({**LAWS, **changed}.values()), 1 / 60, 150).paths_px[0])


def play(ball: nw.BallModel, path: np.ndarray, every: int = 25) -> None:
    """Watch a whole throw, with a look ahead now and then, as games do."""
    for k in range(len(path)):
        ball.observe(TIMES[k], path[k])
        if k % every == every - 1:
            ball.forecast(1.0, 0.1)
    ball.reset()


@pytest.fixture
def ball() -> nw.BallModel:
    rng = np.random.default_rng(1)
    ball = nw.BallModel(ROOM, 15.0, thickness_px=5.0, material=MATERIAL, material_names=["the floor", "the shelf"])
    ball.fit([(TIMES, throw(rng)) for _ in range(4)])
    return ball


@pytest.mark.parametrize(("changed", "name", "value", "says"), [
    ({"gravity": 300.0}, "gravity_y_px_s2", 300.0, "gravity is 300, it was 1000"),
    ({"floor": 0.35}, "restitution_0", 0.35, "the bounce off the floor is 0.35, it was 0.7"),
    ({"wind": 200.0}, "gravity_x_px_s2", 200.0, "the pull sideways is 200"),
])
def test_what_changed_is_named_and_the_rest_stays_known(ball: nw.BallModel, changed: dict[str, float], name: str, value: float, says: str) -> None:
    rng = np.random.default_rng(2)
    before = ball.physics
    assert "does what I expect" in ball.explain().sentence or "not sure of" in ball.explain().sentence
    play(ball, throw(rng, **changed))
    assert ball.change is not None
    assert name in ball.change.names
    assert says in ball.explain().sentence
    assert ball.physics[name][0] == pytest.approx(value, rel=0.02)
    for other in {"gravity_y_px_s2", "damping", "restitution_1"} - set(ball.change.names):
        assert ball.physics[other][0] == pytest.approx(before[other][0], rel=0.02)
        assert ball.physics[other][1] < 3.0 * before[other][1] + 1e-3
    path = throw(rng, **changed)
    for k in range(40):
        ball.observe(TIMES[k], path[k])
    assert ball.fits
    assert np.linalg.norm(ball.forecast(0.5, 1 / 60).best() - path[40:70], axis=1).max() < 5.0


def test_an_unchanged_world_raises_no_alarm(ball: nw.BallModel) -> None:
    rng = np.random.default_rng(3)
    for _ in range(12):
        play(ball, throw(rng), every=75)
    assert ball.change is None
    assert ball.physics["gravity_y_px_s2"][0] == pytest.approx(1000.0, rel=0.002)


def test_in_the_air_it_falls_back_to_what_it_sees(ball: nw.BallModel) -> None:
    path = throw(np.random.default_rng(4), gravity=300.0)
    for k in range(40):
        ball.observe(TIMES[k], path[k])
    assert not ball.fits
    assert "does not do what I expect" in ball.explain().sentence
    assert ball.explain().numbers["surprise"] > ball.config.doubt
    assert np.linalg.norm(ball.forecast(0.2, 1 / 60).best() - path[40:52], axis=1).max() < 3.0


def test_a_moved_wall_is_no_law_and_makes_unsure(ball: nw.BallModel) -> None:
    moved = ROOM.copy()
    moved[1] = (0, 500, 1000, 500)
    world = BallWorld.build(moved, 15.0, thickness_px=5.0, material=MATERIAL)
    rng = np.random.default_rng(5)
    before = ball.physics["restitution_0"]
    play(ball, throw(rng, world))
    assert ball.change is not None
    assert not ball.change.explained
    assert ball.change.place_px is not None
    assert ball.change.place_px[1] == pytest.approx(480.0, abs=60.0)
    assert "Something that I do not know" in ball.explain().sentence
    assert ball.physics["restitution_0"][1] > before[1]
    ball.rebuild(moved, thickness_px=5.0, material=MATERIAL)
    play(ball, throw(rng, world))
    path = throw(rng, world)
    for k in range(40):
        ball.observe(TIMES[k], path[k])
    assert ball.fits


def test_at_a_loss_for_long_it_is_as_unsure_as_at_first(ball: nw.BallModel) -> None:
    known = ball.knowledge
    _mean, deviation = known.laws.prior()
    for _ in range(12):
        wider = known.unsettled()
        assert (np.diag(wider.belief.covariance) >= 0.999 * np.minimum(np.diag(known.belief.covariance), deviation**2)).all()
        known = wider
    np.testing.assert_allclose(np.sqrt(np.diag(known.belief.covariance)), deviation)


def test_a_slow_drift_is_followed(ball: nw.BallModel) -> None:
    rng = np.random.default_rng(6)
    for n in range(24):
        play(ball, throw(rng, floor=0.7 - 0.004 * n), every=1000)
    value, _deviation = ball.physics["restitution_0"]
    assert value == pytest.approx(0.7 - 0.004 * 23, abs=0.02)


def test_a_ball_never_seen_says_so() -> None:
    ball = nw.BallModel(ROOM, 15.0)
    assert "expect anything" in ball.explain().sentence
    told = nw.BallModel(ROOM, 15.0, 1000.0, 0.85, 0.7, 0.4, inertia=0.5)
    told.fit([(TIMES, throw(np.random.default_rng(7), shelf=0.7))])
    assert told.explain().sentence == "I know this ball from 1 throw, and it does what I expect."
