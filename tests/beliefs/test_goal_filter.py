"""Which goal a body goes for: how fast that is known, and how directly it walks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from npc_world.beliefs.goal_filter import enter_goals, filter_goals, goal_prior, learn_directness, rationality
from npc_world.beliefs.intent import Intent
from npc_world.beliefs.target_model import TargetModel
from npc_world.core.terrain import Terrain

FRAME = 1.0 / 60.0
GOALS = {"left": (100.0, 100.0), "right": (900.0, 100.0), "near right": (700.0, 100.0)}


def shares_of(model: TargetModel) -> dict[str, float]:
    """What the way so far says of each goal."""
    out = np.empty(16)
    intent: Intent = model._intent
    intent.log_posterior(out)
    return {label: math.exp(out[i]) for i, label in enumerate(intent.labels)}


def walked(legs: list[tuple[float, float]], *, strolls: float = 0.0, ground: Terrain | None = None, px_per_frame: float = 3.0) -> TargetModel:
    """A model that watched a body walk from (500, 500) to each of `legs`, swaying by `strolls` radians."""
    model = TargetModel(ground, goals=GOALS)
    x, y, k = 500.0, 500.0, 0
    for to_x, to_y in legs:
        while math.hypot(to_x - x, to_y - y) > px_per_frame:
            heading = math.atan2(to_y - y, to_x - x) + strolls * math.sin(0.15 * k)
            x, y, k = x + px_per_frame * math.cos(heading), y + px_per_frame * math.sin(heading), k + 1
            model.observe(k * FRAME, (x, y))
    return model


def test_a_prior_favours_what_is_near_and_not_just_reached() -> None:
    prior = np.empty(4)
    goal_prior(np.array([1.0, 2.0, 1.0, math.inf]), np.array([0.0, 0.0, 1.0, 0.0]), prior)
    assert np.exp(prior).sum() == pytest.approx(1.0)
    assert prior[0] > prior[1] > prior[2] and prior[3] == -math.inf
    goal_prior(np.full(4, math.inf), np.zeros(4), prior)
    assert (prior == -math.inf).all()


def test_a_detour_speaks_against_a_goal_and_no_goal_is_ever_out_of_the_question() -> None:
    prior = np.log(np.full(2, 0.5))
    evidence = prior.copy()
    for _ in range(600):
        filter_goals(evidence, np.array([0.0, 0.1]), prior, 0.1, 100.0)
    assert math.exp(evidence[0]) > 0.99
    for _ in range(3):  # it turns round
        filter_goals(evidence, np.array([0.1, 0.0]), prior, 0.1, 100.0)
    assert math.exp(evidence[1]) > 0.99


def test_new_goals_come_in_at_their_prior() -> None:
    evidence = np.array([0.0, math.nan])
    enter_goals(evidence, np.log(np.array([0.4, 0.6])))
    np.testing.assert_allclose(np.exp(evidence), [1.0 / 1.6, 0.6 / 1.6])


def test_who_walks_straight_is_known_to_and_who_strolls_is_not_held_to_it() -> None:
    rates = {}
    for wasted in (0.0, 0.3):
        directness = np.zeros(2)
        for _ in range(100):
            learn_directness(directness, np.zeros(1), np.array([0.1 * wasted]), 0.1)
        rates[wasted] = rationality(directness, 8.0)
    assert rates[0.0] > 50.0 and 5.0 < rates[0.3] < 20.0
    assert rationality(np.zeros(2), 8.0) == 8.0
    assert rationality(np.array([10.0, 0.0]), 0.0) == 0.0, "who says that the way tells nothing is heard"


@pytest.mark.parametrize("on_a_map", [False, True])
def test_few_steps_betray_one_who_goes_straight_and_not_one_who_strolls(on_a_map: bool) -> None:
    ground = Terrain.open_field((1000.0, 600.0), 20.0) if on_a_map else None
    legs = [GOALS["right"], GOALS["left"], (150.0, 110.0)]  # from the left to the right, and a few steps back that way
    straight, strolling = (walked(legs, strolls=s, ground=ground) for s in (0.0, 0.7))
    rates = [rationality(model._intent.directness, 8.0) for model in (straight, strolling)]
    assert rates[0] > 30.0 and rates[0] > 2.0 * rates[1]
    assert shares_of(straight)["left"] < 0.01


def test_a_changed_mind_is_noticed_within_half_a_second() -> None:
    back = walked([(300.0, 300.0), (300.0 + 3.0 * 30 * 0.9, 300.0 - 3.0 * 30 * 0.3)])
    assert shares_of(back)["left"] < 0.05


def test_a_goal_that_is_reached_is_not_what_it_wants_next() -> None:
    there = walked([GOALS["left"]])
    shares = shares_of(there)
    assert shares["left"] < 0.1 and shares["right"] > 0.2
    there.set_goals({**GOALS, "far": (900.0, 900.0)})
    assert 0.05 < shares_of(there)["far"] < 0.5


def test_how_directly_it_walks_outlives_a_round_and_a_save_and_goes_when_all_is_forgotten() -> None:
    model = walked([GOALS["right"], GOALS["left"]])
    learned = model._intent.directness.copy()
    assert learned[0] > 1.0
    model.reset()
    other = TargetModel(goals=GOALS)
    other.restore(model.state())
    np.testing.assert_array_equal(other._intent.directness, learned)
    with pytest.raises(ValueError, match="directness"):
        TargetModel(goals=GOALS).restore({**model.state(), "directness": np.array([1.0, math.nan])})
    older = model.state()
    del older["directness"]
    other.restore(older)
    assert not other._intent.directness.any(), "a file of before"
    model.forget()
    assert not model._intent.directness.any()


def test_a_door_that_shuts_is_no_detour_of_the_body() -> None:
    ground = Terrain.from_rects([(0, 300, 480, 20), (520, 300, 360, 20), (920, 300, 80, 20)], size=(1000, 600), cell_px=20)
    model = TargetModel(ground, goals={"beyond": (500.0, 100.0), "at hand": (960.0, 330.0), "behind": (500.0, 580.0)})
    x, y, k, least = 500.0, 560.0, 0, 1.0
    for to_x, to_y in ((500.0, 400.0), (600.0, 370.0)):
        if k > 0:
            assert shares_of(model)["beyond"] > 0.9
            ground.set_solid((480, 300, 40, 20), True)  # the way is by the gap at the right now
        while math.hypot(to_x - x, to_y - y) > 3.0:
            heading = math.atan2(to_y - y, to_x - x)
            x, y, k = x + 3.0 * math.cos(heading), y + 3.0 * math.sin(heading), k + 1
            model.observe(k * FRAME, (x, y))
            if to_x == 600.0:
                least = min(least, shares_of(model)["beyond"])
    assert least > 0.95
