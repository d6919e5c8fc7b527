"""The sampling planner, judged by what it achieves."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw
from npc_world.models.rollout import rollout, rollout_top_down
from npc_world.planners.mppi import weigh

BODY = nw.TopDownBody(max_speed_px_s=100.0, max_acceleration_px_s2=200.0)


def towards(goal: tuple[float, float]):  # type: ignore[no-untyped-def]
    def cost(rollouts: np.ndarray, forecast: object) -> np.ndarray:
        return np.sum((rollouts[:, :, :2] - goal) ** 2, axis=2).mean(axis=1) + 0.1 * np.sum(rollouts[:, -1, 2:] ** 2, axis=1)
    return cost


def test_it_reaches_a_goal_and_stops_there() -> None:
    planner = nw.Mppi(BODY, towards((120.0, 0.0)), samples=256, horizon_s=1.5)
    rng = np.random.default_rng(0)
    state, plan = np.array([0.0, 0.0, 0.0, 0.0]), None
    for _ in range(80):
        plan = planner.plan(state, None, previous=plan, rng=rng)
        assert plan.controls is not None
        state = BODY.predict(state, plan.controls[0], 0.05)
    assert np.hypot(*(state[:2] - (120, 0))) < 10
    assert np.hypot(*state[2:]) < 25


def test_same_seed_same_plan() -> None:
    planner = nw.Mppi(BODY, towards((120.0, 40.0)), samples=64, horizon_s=1.0)
    first, second = (planner.plan(np.zeros(4), None, previous=None, rng=np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first.controls, second.controls)


def test_a_rollout_of_a_user_model_is_stepwise_predict() -> None:
    controls = np.random.default_rng(1).normal(0, 50, (5, 7, 2))
    states = rollout(BODY, np.array([1.0, 2.0, 3.0, 4.0]), controls, 0.1)
    state = np.array([1.0, 2.0, 3.0, 4.0])
    for h in range(7):
        state = BODY.predict(state, controls[2, h], 0.1)
        assert states[2, h] == pytest.approx(state)


def test_the_compiled_rollout_agrees_with_the_batched_model_on_good_ground() -> None:
    controls = np.random.default_rng(2).normal(0, 80, (6, 9, 2))
    surface, solid = np.zeros((40, 40), np.int16), np.zeros((40, 40), np.uint8)
    out = np.empty((6, 9, 4))
    start = np.array([200.0, 200.0, 10.0, -5.0])
    hits = rollout_top_down(start, controls, 0.05, 100.0, 200.0, surface, np.array([[1.0, 1.0, 0.0, 0.0]]), solid, 10.0, out)
    assert out == pytest.approx(rollout(BODY, start, controls, 0.05))
    assert not hits.any()


def test_walls_stop_imagined_bodies() -> None:
    surface, solid = np.zeros((4, 4), np.int16), np.zeros((4, 4), np.uint8)
    solid[:, 3] = 1
    out = np.empty((1, 30, 4))
    hits = rollout_top_down(np.array([5.0, 15.0, 0.0, 0.0]), np.full((1, 30, 2), (100.0, 0.0)), 0.05, 100.0, 0.0, surface,
                            np.array([[1.0, 1.0, 0.0, 0.0]]), solid, 10.0, out)
    assert out[0, -1, 0] < 30.0
    assert hits[0] > 0


def test_weights_prefer_the_cheap_and_ignore_the_impossible() -> None:
    weights = weigh(np.array([1.0, 2.0, np.inf]), 0.1)
    assert weights[0] > weights[1] and weights[2] == 0.0
    assert weights.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(("argument", "value"), [("samples", 1), ("horizon_s", 0.0), ("temperature", 0.0),
                                                 ("temperature", "x"), ("temperature", float("nan"))])
def test_bad_arguments_are_named(argument: str, value: object) -> None:
    with pytest.raises(nw.BadInputError, match=argument):
        nw.Mppi(BODY, towards((0, 0)), **{argument: value})
