"""A team shares what it sees and shares out what the target may do."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw
from npc_world.agents.team import goal_points
from npc_world.models.surfaces import Surface

DT = 1 / 60
BODY = nw.TopDownBody(max_speed_px_s=150.0)


def two_ways() -> nw.Terrain:
    """A hall with a block in its middle: two ways round it."""
    return nw.Terrain.from_rects([(300, 200, 400, 200)], size=(1000, 600), cell_px=20)


def test_what_one_sees_all_believe() -> None:
    ground = two_ways()
    team = nw.Team(ground)
    first = nw.load_npc("stalker", ground, position=(100, 300), team=team, body=BODY, size=(20, 20))
    second = nw.load_npc("stalker", ground, position=(900, 300), team=team, body=BODY, size=(20, 20))
    for frame in range(30):
        first.step((100, 300), (200.0, 300.0 + frame), DT)  # the block hides this from the second
        second.step((900, 300), (200.0, 300.0 + frame), DT)
    assert second.belief is not None and second.belief.visible
    assert second.belief is not None and np.hypot(*(second.belief.position_px - (200, 329))) < 10
    assert not second.sees((200, 300))


def test_members_tell_each_other_how_soon_they_would_catch_what() -> None:
    ground = two_ways()
    team = nw.Team(ground)
    hunters = [nw.load_npc("hunter", ground, position=p, team=team, body=BODY, size=(20, 20)) for p in ((100, 300), (900, 300))]
    for frame in range(30):
        player = (200.0, 300.0 + 2 * frame)
        for hunter, at in zip(hunters, ((100, 300), (900, 300)), strict=True):
            hunter.step(at, player, DT)
    near, far = team.covered(1, 30 * DT), team.covered(0, 30 * DT)  # what the first, near one covers; what the second, far one does
    forecast = hunters[0].forecast
    assert forecast is not None and forecast.labels[int(np.argmax(forecast.weights))] in near
    assert min(near.values()) < min(far.values())


def test_independent_hunters_do_not_hear_each_other() -> None:
    ground = two_ways()
    first = nw.load_npc("stalker", ground, position=(100, 300), body=BODY, size=(20, 20))
    second = nw.load_npc("stalker", ground, position=(900, 300), body=BODY, size=(20, 20))
    for _ in range(10):
        first.step((100, 300), (200, 300), DT)
        second.step((900, 300), (200, 300), DT)
    assert first.belief is not None and second.belief is None


def test_members_keep_clear_of_each_other() -> None:
    ground = nw.Terrain.open_field((1000, 1000))
    team = nw.Team(ground)
    at = [np.array([300.0, 480.0]), np.array([300.0, 500.0]), np.array([300.0, 520.0])]
    hunters = [nw.load_npc("hunter", ground, position=p, seed=i, team=team, body=BODY, size=(20, 20)) for i, p in enumerate(at)]
    nearest = 100.0
    for _ in range(150):
        actions = [hunter.step(p, (900.0, 500.0), DT, others=[q for q in at if q is not p]) for p, hunter in zip(at, hunters, strict=True)]
        at = [p + action.velocity_px_s * DT for p, action in zip(at, actions, strict=True)]
        nearest = min(nearest, *(float(np.hypot(*(at[i] - at[j]))) for i in range(3) for j in range(i)))
    assert nearest > 0.8 * 20
    assert all(p[0] > 600 for p in at)


def test_a_member_that_was_away_comes_back_to_the_teams_time() -> None:
    ground = nw.Terrain.open_field((1000, 1000))
    team = nw.Team(ground)
    first = nw.load_npc("hunter", ground, position=(100, 100), team=team, body=BODY)
    second = nw.load_npc("hunter", ground, position=(900, 900), team=team, body=BODY)
    for frame in range(120):
        first.step((100, 100), (500.0 + frame, 500.0), DT)
        if not 20 < frame < 100:
            second.step((900, 900), (500.0 + frame, 500.0), DT)
    belief = second.belief
    assert belief is not None
    assert belief.velocity_px_s == pytest.approx([60.0, 0.0], abs=8.0)


def test_a_new_round_forgets_places_and_keeps_what_was_learned() -> None:
    ground = nw.Terrain.open_field((1000, 1000))
    npc = nw.load_npc("hunter", ground, position=(100, 100), body=BODY)
    for frame in range(90):
        npc.step((100, 100), (500.0 + 2 * frame, 500.0), DT)
    assert npc.target_model is not None
    fastest = npc.target_model.max_speed_px_s
    npc.reset()
    assert npc.belief is None and npc.forecast is None
    npc.step((100, 100), (200, 200), DT)
    assert npc.target_model.max_speed_px_s >= 0.5 * fastest


def test_goals_by_name_or_by_number() -> None:
    assert goal_points({"boat": (1, 2)})[0] == ["boat"]
    names, points = goal_points([(1, 2), (3, 4)])
    assert names == ["goal 1", "goal 2"] and points.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("goals", [5, [(1, 2, 3)], [(float("nan"), 1)], {"a": None}])
def test_goals_that_are_none_are_named(goals: object) -> None:
    with pytest.raises(nw.BadInputError, match=r"goals(\[.*\])?="):
        nw.load_npc("hunter", nw.Terrain.open_field((100, 100)), position=(10, 10), goals=goals)


def test_the_surest_word_on_the_ground_counts_and_another_when_its_owner_grows_unsure() -> None:
    ground = nw.Terrain.from_grid(np.array([[0, 1]] * 2), 32, {0: "road", 1: "mud"})
    team = nw.Team(ground)
    sure, unsure = Surface(speed_factor=0.3, speed_factor_sd=0.02), Surface(speed_factor=0.6, speed_factor_sd=0.1)
    team.tell_ground(0, {"mud": unsure})
    team.tell_ground(1, {"mud": sure})
    assert team._best_known["mud"] is sure
    team.tell_ground(1, {"mud": Surface(speed_factor=0.3, speed_factor_sd=0.3)})
    assert team._best_known["mud"] is unsure
