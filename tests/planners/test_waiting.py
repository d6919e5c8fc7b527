"""Where to wait for a target that goes from goal to goal."""

from __future__ import annotations

import math

import numpy as np

import npc_world as nw
from npc_world.planners.waiting import Afterwards, WaitingPlaces, waiting_places

HALL = nw.Terrain.from_rects([(0, 100, 140, 20), (180, 100, 140, 20)], size=(320, 220), cell_px=10)
"""Two rooms, one above the other, and a door between them."""
GOALS = np.array([(30.0, 50.0), (290.0, 50.0), (160.0, 200.0)])


def solved(speed: float = 80.0) -> WaitingPlaces:
    steps = list(waiting_places(HALL, GOALS, 100.0, speed, reach_px=10.0, size=(8, 8)))
    assert all(step is None for step in steps[:-1])
    assert steps[-1] is not None
    return steps[-1]


def at(places: WaitingPlaces, goal: int, x: float, y: float) -> float:
    near = int(np.argmin(np.hypot(*(places.points_px - (x, y)).T)))
    return float(places.values_s[goal, near])


def test_before_the_target_is_a_better_place_than_behind_it() -> None:
    places = solved()
    assert at(places, 0, 160, 60) < at(places, 0, 20, 200) < 60.0  # from the left goal it goes right, or down through the door
    assert np.isfinite(places.values_s).all()


def test_the_faster_pursuer_waits_less() -> None:
    assert (solved(95.0).values_s.mean(axis=1) < solved(60.0).values_s.mean(axis=1)).all()


def test_who_cannot_meet_it_before_its_goal_goes_where_it_must_pass_next() -> None:
    places = solved()
    times = np.linspace(0.1, 3.0, 30)
    track = np.column_stack([np.maximum(30.0, 90.0 - 100.0 * times), np.full(30, 50.0)])  # two steps from the goal, and then it stays
    forecast = nw.Forecast(times, track[None], np.ones(1), np.zeros((1, 30, 2, 2)), ("goes for the left",))
    after = Afterwards(places, np.array([0]), np.array([0.6]))
    behind = nw.intercept(HALL, (300, 60), 80.0, forecast, size=(8, 8), reach_px=10.0)
    ahead = nw.intercept(HALL, (300, 60), 80.0, forecast, size=(8, 8), reach_px=10.0, afterwards=after)
    assert math.dist(behind.point, (30, 50)) < 12.0  # as if it stayed there for ever
    assert ahead.point[0] > 100.0
    assert ahead.expected_catch_s > 0.6


def test_a_goal_it_can_be_met_on_the_way_to_needs_no_waiting() -> None:
    times = np.linspace(0.1, 3.0, 30)
    track = np.column_stack([np.minimum(290.0, 30.0 + 100.0 * times), np.full(30, 50.0)])
    forecast = nw.Forecast(times, track[None], np.ones(1), np.zeros((1, 30, 2, 2)), ("goes for the right",))
    meets = [nw.intercept(HALL, (200, 60), 80.0, forecast, size=(8, 8), reach_px=10.0, afterwards=after)
             for after in (None, Afterwards(solved(), np.array([1]), np.array([2.6])))]
    assert np.allclose(meets[0].point, meets[1].point)
    assert meets[0].time_s == meets[1].time_s
