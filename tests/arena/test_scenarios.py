"""Episodes: seeded, of every size, catchable."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.arena.maps import WALL, make_level
from npc_world.arena.scenarios import LEAST_BOUND_S, MOST_BOUND_S, Class, all_classes, make_scenario, true_factors


@pytest.mark.parametrize("klass", [Class("straight", "open", 0.9), Class("goals", "doors", 0.8), Class("evader", "walls", 0.9)], ids=lambda k: k.name)
def test_the_same_arguments_give_the_same_episode(klass: Class) -> None:
    one, same, other = make_scenario(klass, 2, 7), make_scenario(klass, 2, 7), make_scenario(klass, 3, 7)
    assert one.bound_s == same.bound_s and one.seed == same.seed and np.array_equal(one.starts_px, same.starts_px)
    assert not np.array_equal(one.starts_px, other.starts_px)


def test_hunters_start_away_from_a_player_that_reacts_and_are_told_no_goals() -> None:
    for index in range(5):
        scenario = make_scenario(Class("evader", "walls", 0.9), index, 3)
        assert scenario.starts_px.shape == (3, 2)
        away = np.hypot(*(scenario.starts_px - scenario.player_px).T)
        assert np.all(away >= 3.0 * scenario.player_speed_px_s) and len(scenario.goals_px) == 0 and scenario.bound_s is None


def test_episodes_are_catchable_start_apart_and_differ_in_scale() -> None:
    scenarios = [make_scenario(Class("straight", "open", 0.9), index, 3) for index in range(40)]
    for scenario in scenarios:
        assert scenario.bound_s is not None and LEAST_BOUND_S < scenario.bound_s <= MOST_BOUND_S
        assert scenario.limit_s >= scenario.bound_s + 10.0 and scenario.limit_s >= 3.0 * scenario.bound_s
        assert scenario.track_px is not None
        assert scenario.track_px.min() > 0.0 and np.all(scenario.track_px < scenario.level.size)
        assert len(scenario.track_px) > scenario.limit_s / scenario.dt_s
    sizes = [scenario.radius_px for scenario in scenarios]
    assert max(sizes) > 20.0 * min(sizes)


@pytest.mark.parametrize("kind", ["walls", "surfaces", "doors"])
def test_maps_hang_together(kind: str) -> None:
    for seed in range(5):
        level = make_level(kind, 10.0, np.random.default_rng(seed), 60.0)
        assert level.kinds is not None
        free = level.kinds != WALL
        assert 0.3 < free.mean() <= 1.0
        reached = np.zeros_like(free)
        reached[tuple(np.argwhere(free)[0])] = True
        for _ in range(free.size):
            wider = reached.copy()
            wider[1:] |= reached[:-1]
            wider[:-1] |= reached[1:]
            wider[:, 1:] |= reached[:, :-1]
            wider[:, :-1] |= reached[:, 1:]
            wider &= free
            if np.array_equal(wider, reached):
                break
            reached = wider
        assert np.array_equal(reached, free)


def test_doors_open_and_close() -> None:
    levels = [make_level("doors", 10.0, np.random.default_rng(seed), 60.0) for seed in range(3)]
    doors = [door for level in levels for door in level.doors]
    assert len(doors) >= 6
    for door in doors:
        first = door.switches_s[0]
        assert door.closed_at(0.0) == door.closed and door.closed_at(first + 1e-6) != door.closed


def test_swapped_surfaces_do_other_than_their_names() -> None:
    assert true_factors(swap=True)["mud"] == true_factors()["road"] == 1.0


def test_classes_cover_players_maps_and_ratios() -> None:
    names = {klass.name for klass in all_classes()}
    assert {"straight/open/0.8", "goals/surfaces/0.8", "goals/doors/1.1", "hider/walls/0.9", "evader/walls/0.9"} <= names
    assert [klass.name for klass in all_classes(["goals"], ["walls"], [0.7])] == ["goals/walls/0.7"]
