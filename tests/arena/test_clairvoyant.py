"""The bound that every figure is measured against: right in worlds worked out by hand, and never beaten."""

from __future__ import annotations

import math

import numpy as np
import pytest

from npc_world.arena.clairvoyant import DETOUR, FINE, arrival_times, earliest_catch_open, earliest_catch_s
from npc_world.arena.episode import run_episode
from npc_world.arena.maps import Door, Level
from npc_world.arena.players import true_table, walk
from npc_world.arena.scenarios import Class, Scenario, make_scenario
from npc_world.arena.truth import Truth
from npc_world.planners.paths import find_path

CELL, RADIUS, SPEED = 8.0, 3.0, 20.0


def level_of(kinds: np.ndarray, doors: tuple[Door, ...] = ()) -> tuple[Level, Truth]:
    level = Level("walls", (CELL * kinds.shape[1], CELL * kinds.shape[0]), CELL, kinds, doors)
    return level, Truth(level.build(), RADIUS, {"road": 1.0, "mud": 0.5})


def times_at(level: Level, truth: Truth, start: tuple[float, float], points: np.ndarray) -> np.ndarray:
    times = arrival_times(level, truth, np.array(start), SPEED, 1000.0)
    step = CELL / FINE
    return times[(points[:, 1] // step).astype(int), (points[:, 0] // step).astype(int)]


def test_in_the_open_the_bound_is_the_straight_run() -> None:
    track = np.column_stack([np.full(2000, 50.0), np.arange(2000) * 0.01 * 7.0])
    bound = earliest_catch_open(track, np.array([50.0, 100.0]), 3.0, 2.0, 0.01)
    assert bound == pytest.approx((100.0 - 2.0) / 10.0, abs=0.011)  # head on: 7 + 3 px/s


def test_a_slower_pursuer_behind_never_catches() -> None:
    track = np.column_stack([np.arange(2000) * 0.1, np.zeros(2000)])
    assert earliest_catch_open(track, np.array([-30.0, 0.0]), 0.9, 2.0, 0.1) == math.inf


def test_on_empty_ground_times_are_straight_lines_within_the_detour() -> None:
    level, truth = level_of(np.zeros((20, 20), int))
    step = CELL / FINE
    points = (np.random.default_rng(0).integers(2, 78, (200, 2)) + 0.5) * step
    start = (80.0 + 0.5 * step, 80.0 + 0.5 * step)
    straight = np.hypot(points[:, 0] - start[0], points[:, 1] - start[1]) / SPEED
    times = times_at(level, truth, start, points)
    assert np.all(times <= straight + 1e-9)
    assert np.all(times >= straight / DETOUR - 1e-9)


def test_round_a_wall_the_time_is_that_of_the_taut_string() -> None:
    kinds = np.zeros((20, 20), int)
    kinds[0:15, 10] = 4
    level, truth = level_of(kinds)
    start, end = (41.0, 41.0), np.array([[127.0, 41.0]])
    corner_a, corner_b = (80.0 - RADIUS, 120.0 + RADIUS), (88.0 + RADIUS, 120.0 + RADIUS)
    taut = (math.dist(start, corner_a) + math.dist(corner_a, corner_b) + math.dist(corner_b, end[0])) / SPEED
    assert taut / DETOUR <= times_at(level, truth, start, end)[0] <= taut + 1e-9


def test_mud_counts_double() -> None:
    kinds = np.zeros((3, 20), int)
    kinds[:, 5:15] = 2
    level, truth = level_of(kinds)
    time = times_at(level, truth, (13.0, 13.0), np.array([[149.0, 13.0]]))[0]
    assert time == pytest.approx((136.0 + 80.0) / SPEED / DETOUR, rel=1e-6)


def test_a_closed_door_is_waited_for() -> None:
    kinds = np.zeros((9, 20), int)
    kinds[:, 10] = 4
    kinds[3:6, 10] = 0
    door = Door((80.0, 24.0, 8.0, 24.0), (30.0, 40.0), True)
    level, truth = level_of(kinds, (door,))
    beyond = np.array([[121.0, 37.0]])
    time = times_at(level, truth, (41.0, 37.0), beyond)[0]
    way_on_s = (121.0 - (80.0 - RADIUS)) / SPEED
    assert 30.0 + (way_on_s - CELL / SPEED) / DETOUR <= time <= 30.0 + way_on_s
    closed_for_ever = Level("doors", level.size, CELL, kinds, (Door(door.rect, (), True),))
    assert times_at(closed_for_ever, Truth(closed_for_ever.build(), RADIUS, {}), (41.0, 37.0), beyond)[0] == math.inf


def test_catching_means_being_within_reach() -> None:
    level, truth = level_of(np.zeros((20, 20), int))
    start = np.array([21.0, 81.0])
    times = arrival_times(level, truth, start, SPEED, 1000.0)
    standing = np.repeat([[121.0, 81.0]], 2000, axis=0)
    bound = earliest_catch_s(times, level, truth, standing, SPEED, 2 * RADIUS, 0.01)
    assert bound == pytest.approx((100.0 - 2 * RADIUS) / SPEED, rel=0.01)
    assert bound <= (100.0 - 2 * RADIUS) / SPEED + 0.01


def knows_the_future(scenario: Scenario) -> float:
    """Time at which a pursuer that walks the best path to where the player will be has it in reach."""
    truth, best = scenario.truth(), math.inf
    assert scenario.track_px is not None and scenario.bound_s is not None
    track, size = scenario.track_px, 2 * scenario.radius_px
    for k in range(round(scenario.bound_s / scenario.dt_s) - 6, len(track)):
        if k * scenario.dt_s > best:
            break
        path = find_path(truth.ground, scenario.starts_px[0], track[k], size=(size, size), surfaces=true_table(truth))
        assert path is not None
        x, y = scenario.starts_px[0].tolist()
        for j in range(1, k + 1):
            x, y, path = walk(truth, x, y, path, scenario.speed_px_s, scenario.dt_s)
            if math.hypot(x - track[j, 0], y - track[j, 1]) <= scenario.reach_px:
                best = min(best, j * scenario.dt_s)
                break
    return best


@pytest.mark.parametrize("where", ["walls", "surfaces"])
def test_the_bound_is_tight_and_holds_for_a_pursuer_that_knows_the_future(where: str) -> None:
    scenarios = [make_scenario(Class("goals", where, 0.8), index, 5) for index in range(6)]
    ratios = np.array([knows_the_future(scenario) / scenario.bound_s for scenario in scenarios if scenario.bound_s])
    assert ratios.min() >= 1.0
    assert ratios.mean() < 1.05


@pytest.mark.parametrize("klass", [Class("straight", "open", 0.9), Class("zigzag", "open", 1.1), Class("turner", "open", 0.8),
                                   Class("goals", "walls", 1.1), Class("goals", "surfaces", 1.1), Class("goals", "doors", 1.1)],
                         ids=lambda klass: klass.name)
def test_nobody_beats_the_bound(klass: Class) -> None:
    for index in range(6):
        scenario = make_scenario(klass, index, 11)
        for policy in ("chase", "lead", "pursue"):
            ratio = run_episode(scenario, policy).ratio
            assert ratio is not None and ratio >= 1.0 - 1e-9
