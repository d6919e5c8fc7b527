"""Scripted players keep to the speed of a body and to their habits."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.arena.maps import make_level
from npc_world.arena.players import OPEN_TRACKS, REGION, next_goal
from npc_world.arena.reactive import Evader, Hider
from npc_world.arena.scenarios import Class, make_scenario, true_factors
from npc_world.arena.truth import Truth

DT = 1 / 60


@pytest.mark.parametrize("player", OPEN_TRACKS)
def test_tracks_go_at_unit_speed_and_differ_by_seed(player: str) -> None:
    track = OPEN_TRACKS[player](np.random.default_rng(1), 600, DT)
    assert track.shape == (601, 2)
    steps = np.hypot(*np.diff(track, axis=0).T)
    assert steps.max() <= DT * (1 + 1e-9)
    assert np.median(steps) == pytest.approx(DT)
    assert np.array_equal(track, OPEN_TRACKS[player](np.random.default_rng(1), 600, DT))
    assert not np.allclose(track, OPEN_TRACKS[player](np.random.default_rng(2), 600, DT))


def test_habits() -> None:
    rng = np.random.default_rng(0)
    line = OPEN_TRACKS["straight"](rng, 300, DT)
    assert np.linalg.norm(line[-1] - line[0]) == pytest.approx(5.0)
    round_and_round = OPEN_TRACKS["circle"](rng, 3600, DT)
    assert 1.1 <= np.ptp(round_and_round[:, 0]) <= 5.1
    assert np.ptp(round_and_round[:, 0]) == pytest.approx(np.ptp(round_and_round[:, 1]), rel=0.01)
    for player in ("zigzag", "waypoint"):
        track = OPEN_TRACKS[player](rng, 3600, DT)
        assert np.all(np.ptp(track, axis=0) <= np.array(REGION) + 4.0), player


@pytest.mark.parametrize("where", ["walls", "surfaces", "doors"])
def test_a_goal_seeker_visits_goals_and_keeps_out_of_walls(where: str) -> None:
    scenario = make_scenario(Class("goals", where, 0.8), 3, 1)
    assert scenario.track_px is not None
    truth = Truth(scenario.level.build_open(), scenario.radius_px * (1 - 1e-6), scenario.factors)
    assert all(truth.fits(x, y) for x, y in scenario.track_px[::7])
    near = np.hypot(*(scenario.track_px[:, None] - scenario.goals_px[None]).transpose(2, 0, 1)).min(axis=0)
    assert np.sum(near < 1e-6 * scenario.level.size[0]) >= 3
    steps = np.hypot(*np.diff(scenario.track_px, axis=0).T)
    assert steps.max() <= scenario.player_speed_px_s * scenario.dt_s * (1 + 1e-6)


def test_the_next_goal_is_another_one_and_oftener_a_near_one() -> None:
    rng = np.random.default_rng(0)
    goals = np.array([[0.0, 0.0], [10.0, 0.0], [100.0, 0.0]])
    drawn = [next_goal(goals, 0, (0.0, 0.0), rng) for _ in range(300)]
    assert 0 not in drawn and drawn.count(1) > 1.5 * drawn.count(2) > 0


def room() -> Truth:
    level = make_level("walls", 32.0, np.random.default_rng(4), 10.0)
    return Truth(level.build(), 12.0, true_factors())


def free_point(truth: Truth, rng: np.random.Generator) -> np.ndarray:
    while True:
        point = rng.uniform((0, 0), truth.ground.size)
        if truth.fits(*point):
            return point


def test_an_evader_gets_away_from_a_hunter_that_stands_still() -> None:
    truth, rng = room(), np.random.default_rng(1)
    me = free_point(truth, rng)
    hunter = me[None] + 30.0
    evader = Evader(truth, 150.0, 150.0, rng)
    for _ in range(120):
        me = evader.step(me, hunter, DT)
    assert np.linalg.norm(me - hunter[0]) > 150.0


def test_a_hider_ends_where_a_standing_hunter_does_not_see_it() -> None:
    truth = room()
    hidden = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        me, hunter = free_point(truth, rng), free_point(truth, rng)
        hider = Hider(truth, 150.0, 150.0, rng)
        for _ in range(360):
            me = hider.step(me, hunter[None], DT)
        hidden += not truth.ground.line_of_sight(hunter, me)
    assert hidden >= 7
