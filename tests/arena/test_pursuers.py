"""The baselines are what they say, in cases with a known answer."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw
from npc_world.arena.episode import run_episode
from npc_world.arena.pursuers import Chase, Given, Lead, Pursue, meeting_time
from npc_world.arena.scenarios import Class, make_scenario

FIELD = nw.Terrain.open_field((1000, 1000))


def given(ground: nw.Terrain = FIELD, speed: float = 10.0) -> Given:
    return Given(ground, np.array([100.0, 100.0]), speed, 5.0, np.zeros((0, 2)), 0)


@pytest.mark.parametrize("ratio", [0.8, 0.9, 1.1])
def test_lead_attains_the_bound_on_a_straight_runner(ratio: float) -> None:
    for index in range(10):
        scenario = make_scenario(Class("straight", "open", ratio), index, 2)
        end = run_episode(scenario, "lead")
        assert end.caught and end.bound_s is not None
        # it stands still for the one frame in which it does not know the velocity, worth a few at 0.8 to 1.1 of the player's speed
        assert end.time_s - end.bound_s < 0.6


def test_meeting_time_with_known_answers() -> None:
    assert meeting_time(np.array([100.0, 0.0]), np.array([0.0, 0.0]), 10.0, 0.0) == pytest.approx(10.0)
    assert meeting_time(np.array([80.0, 0.0]), np.array([0.0, 6.0]), 10.0, 0.0) == pytest.approx(10.0)  # 3-4-5
    assert meeting_time(np.array([80.0, 0.0]), np.array([10.0, 0.0]), 10.0, 0.0) is None  # same speed, straight away
    assert meeting_time(np.array([80.0, 0.0]), np.array([12.0, 0.0]), 10.0, 0.0) is None  # faster, straight away
    assert meeting_time(np.array([3.0, 0.0]), np.array([12.0, 0.0]), 10.0, 5.0) == 0.0


def test_what_each_makes_for() -> None:
    me, target, velocity = np.array([100.0, 100.0]), np.array([180.0, 100.0]), np.array([0.0, 6.0])
    assert Chase(given()).aim(me, target, velocity).tolist() == [180.0, 100.0]
    assert Lead(given()).aim(me, target, velocity)[1] == pytest.approx(100.0 + 6.0 * meeting_time(target - me, velocity, 10.0, 10.0))
    assert Pursue(given()).aim(me, target, velocity).tolist() == [180.0, 100.0 + 6.0 * 80.0 / 16.0]


def test_chase_goes_round_walls_and_finds_the_faster_ground() -> None:
    kinds = np.zeros((20, 20), int)
    kinds[0:18, 10] = 1
    ground = nw.Terrain.from_grid(kinds, 10)
    chase = Chase(given(ground, 40.0))
    wish = chase.step(np.array([55.0, 55.0]), np.array([150.0, 55.0]), 1 / 60)
    assert wish[1] > 20.0 and np.hypot(*wish) == pytest.approx(40.0)


def test_out_of_sight_they_go_where_they_last_saw_it() -> None:
    chase = Chase(given())
    chase.step(np.array([100.0, 100.0]), np.array([300.0, 100.0]), 1 / 60)
    assert chase.step(np.array([100.0, 100.0]), None, 1 / 60).tolist() == [10.0, 0.0]


def test_the_hunter_catches_a_straight_runner_by_cutting_it_off() -> None:
    scenario = make_scenario(Class("straight", "open", 0.9), 0, 2)
    end = run_episode(scenario, "hunter")
    assert end.caught and end.ratio is not None and 1.0 - 1e-9 <= end.ratio < 1.5
