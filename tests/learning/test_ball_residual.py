"""What no law says, wind in one place or a pull that grows with speed, is learned beside the laws, once it has proved itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from npc_world.core.errors import BadInputError
from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_model import BallConfig, BallModel
from npc_world.learning.ball_residual import ResidualLearner
from npc_world.learning.ball_windows import windows_of
from npc_world.models.ball_field import NO_FIELD, ForceField
from npc_world.models.ball_world import BallWorld

ROOM = np.array([(0, 0, 1000, 0), (0, 600, 1000, 600), (0, 0, 0, 600), (1000, 0, 1000, 600)], float)
STILL = BallWorld.build(ROOM, 15.0, thickness_px=5.0)
LAW = np.array([0.0, 1000.0, 0.85, 0.5, 0.7, 0.4])
TIMES = np.arange(151) / 60


def with_zone(push: float) -> BallWorld:
    """Wind to the right for x from 300 to 700, with soft edges of 50 px."""
    nodes = np.zeros((1, 17, 22, 2))
    nodes[0, :, 6:15, 0] = push
    return replace(STILL, field=ForceField(nodes, np.zeros((1, 2, 2)), np.array([0.0, -100.0, 1 / 50.0])))


def with_swirl(per_s: float) -> BallWorld:
    """A pull across the velocity, as on a spinning ball."""
    swirl = np.array([[[0.0, per_s], [-per_s, 0.0]]])
    return replace(STILL, field=ForceField(np.zeros((1, 2, 2, 2)), swirl, np.array([0.0, 0.0, 1.0])))


def throw(rng: np.random.Generator, world: BallWorld) -> np.ndarray:
    start = [(rng.uniform(100, 900), rng.uniform(60, 250), rng.uniform(-500, 500), rng.uniform(-300, 100), 0.0)]
    path = np.round(world.roll(start, LAW, 1 / 60, 150).paths_px[0])
    return path


def taught(world: BallWorld, throws: int = 10) -> ResidualLearner:
    rng, learner = np.random.default_rng(1), ResidualLearner(np.random.default_rng(0))
    for _ in range(throws):
        learner.learn(Throw(TIMES, throw(rng, world)), STILL, LAW[:2], -np.log(LAW[2]), 0.29)
    return learner


@pytest.mark.parametrize("scheme", ["chipmunk", "continuous"])
def test_a_field_moves_the_ball_where_it_is(scheme: str) -> None:
    start = [(100.0, 300.0, 200.0, 0.0, 0.0), (500.0, 300.0, 200.0, 0.0, 0.0)]
    law = [0.0, 0.0, 1.0, 0.5, 0.7, 0.4]
    outside, inside = with_zone(400.0).roll(start, law, 1 / 60, 30, scheme=scheme).paths_px[:, -1]
    assert outside.tolist() == pytest.approx([200.0, 300.0])
    assert inside[0] == pytest.approx(600.0 + 0.5 * 400.0 * 0.25, abs=2.0)
    curved = with_swirl(1.0).roll(start[:1], law, 1 / 240, 240, scheme=scheme).states[0]
    assert np.hypot(*curved[2:4]) == pytest.approx(200.0, rel=0.01)
    assert np.arctan2(curved[3], curved[2]) == pytest.approx(-1.0, abs=0.02)


def test_short_arcs_show_their_acceleration() -> None:
    path = STILL.roll([(200.0, 100.0, 150.0, -100.0, 0.0)], [0.0, 1000.0, 1.0, 0.5, 0.7, 0.4], 1 / 60, 40).paths_px[0]
    found = windows_of(Throw(TIMES[:41], path), STILL, 0.29)
    assert len(found.at_px) > 5
    assert found.acceleration_px_s2 == pytest.approx(np.tile([0.0, 1000.0], (len(found.at_px), 1)), abs=1e-6)
    assert found.velocity_px_s[:, 0] == pytest.approx(150.0)


def test_where_the_laws_say_all_nothing_is_added() -> None:
    learner = taught(STILL)
    assert not learner.active
    assert learner.field is NO_FIELD


def test_a_wind_zone_is_learned_where_it_is() -> None:
    learner = taught(with_zone(900.0), 16)
    assert learner.active
    points = np.array([(500.0, 300.0), (900.0, 300.0), (100.0, 300.0)])
    pushes = learner.field.at(points, np.zeros((3, 2)))
    assert pushes[:, 0, 0].mean() == pytest.approx(900.0, abs=250.0)
    assert np.abs(pushes[:, 1:].mean(axis=0)).max() < 150.0


def test_a_pull_across_the_velocity_is_learned_and_members_agree() -> None:
    learner = taught(with_swirl(1.2), 4)
    assert learner.field.swirl.mean(axis=0) == pytest.approx(np.array([[0.0, 1.2], [-1.2, 0.0]]), abs=0.1)
    assert learner.field.swirl.std(axis=0).max() < 0.1


def test_a_model_with_residual_foresees_better_than_one_without() -> None:
    errors = {}
    for residual in (False, True):
        rng = np.random.default_rng(3)
        ball = BallModel(ROOM, 15.0, thickness_px=5.0, config=BallConfig(residual=residual))
        ball.fit([(TIMES, throw(rng, STILL)) for _ in range(4)])
        found = []
        for n in range(7):
            path = throw(rng, with_swirl(1.2))
            for k in range(30):
                ball.observe(10.0 * n + TIMES[k], path[k])
            found.append(float(np.linalg.norm(ball.forecast(0.5, 1 / 60).best() - path[30:60], axis=1).max()))
            for k in range(30, 151):
                ball.observe(10.0 * n + TIMES[k], path[k])
            ball.reset()
        errors[residual] = float(np.median(found[3:]))
    assert errors[True] < 0.3 * errors[False]
    assert len(ball.field.nodes) > 0
    for k in range(30):
        ball.observe(1000.0 + TIMES[k], path[k])
    assert "beside the laws" in ball.explain().sentence


def test_it_is_kept_with_the_rest() -> None:
    learner, other = taught(with_zone(900.0), 16), ResidualLearner(np.random.default_rng(0))
    other.restore(learner.arrays())
    np.testing.assert_array_equal(other.field.nodes, learner.field.nodes)
    with pytest.raises(BadInputError, match="residual is damaged"):
        other.restore({**learner.arrays(), "residual/square": np.zeros(3)})
    np.testing.assert_array_equal(other.field.nodes, learner.field.nodes)
    other.restore({})
    assert not other.active


def test_a_zone_that_is_known_only_roughly_makes_the_forecast_wider() -> None:
    rng, zone = np.random.default_rng(7), with_zone(700.0)
    ball = BallModel(ROOM, 15.0, thickness_px=5.0)
    ball.fit([(TIMES, throw(rng, STILL)) for _ in range(4)])
    held = []
    for n in range(16):
        path = throw(rng, zone)
        for k in range(30):
            ball.observe(10.0 * n + TIMES[k], path[k])
        if n >= 8:
            held.append(float(ball.forecast(0.25, 1 / 60).contains(path[30:45], 0.9).mean()))
        for k in range(30, 151):
            ball.observe(10.0 * n + TIMES[k], path[k])
        ball.reset()
    assert len(ball.field.nodes) > 0
    assert np.mean(held) > 0.75


def test_what_is_felt_is_fitted_anew_in_small_pieces_and_the_same_as_at_once() -> None:
    """A catcher without a worker gives a frame 40,000 tenths of a microsecond."""
    world, rng = with_zone(900.0), np.random.default_rng(7)
    at_once, spread = taught(world, 12), taught(world, 12)
    newest = Throw(TIMES, throw(rng, world))
    at_once.learn(newest, STILL, LAW[:2], -np.log(LAW[2]), 0.29)
    pieces = list(spread.learning(newest, STILL, LAW[:2], -np.log(LAW[2]), 0.29))
    assert len(pieces) >= 8
    assert max(pieces) < 40_000
    assert at_once.active
    assert (at_once.field.nodes == spread.field.nodes).all()


def test_regions_are_cut_where_past_ones_held() -> None:
    learner = ResidualLearner(np.random.default_rng(0))
    rng = np.random.default_rng(3)
    for _ in range(200):
        learner.note_levels(rng.random(5) ** 2)  # what came was likelier than said: 50 % at 0.25, 90 % at 0.81
    assert learner.cuts == pytest.approx([0.25, 0.81], abs=0.1)
    learner.forget()
    assert learner.cuts[1] == 0.9


def test_where_winds_were_met_a_calm_beginning_promises_nothing() -> None:
    rng = np.random.default_rng(8)
    windy, far = with_zone(600.0), (850.0, 120.0, -150.0, -50.0, 0.0)  # flies into the zone after a second
    ball = BallModel(ROOM, 15.0, 1000.0, damping=0.85, restitution=0.7, friction=0.4, inertia=0.5, thickness_px=5.0)
    ball.fit([(TIMES, throw(rng, STILL)) for _ in range(2)])
    calm = np.round(STILL.roll([far], LAW, 1 / 60, 150).paths_px[0])

    def foreseen(start_s: float) -> tuple[float, np.ndarray | None]:
        for k in range(30):
            ball.observe(start_s + TIMES[k], calm[k])
        forecast = ball.forecast(1.5, 0.1)
        spread = float(np.sqrt(np.average([c[-1].trace() for c in forecast.covariances_px2], weights=forecast.weights)))
        ball.reset()
        return spread, forecast.regions

    spread, regions = foreseen(0.0)
    assert spread < 5.0
    assert regions is None
    for n in range(1, 5):
        for time_s, place in zip(TIMES, throw(rng, windy), strict=True):
            ball.observe(10.0 * n + time_s, place)
        ball.reset()
    wider, regions = foreseen(90.0)
    assert wider > 4.0 * spread, "the wind begins further on, and the laws alone explain the throw so far"
    assert regions is not None
