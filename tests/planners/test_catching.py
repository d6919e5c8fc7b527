"""Catching, in worlds that can be worked out by hand, and a bouncing ball with several hypotheses."""

from __future__ import annotations

import math

import numpy as np
import pytest

import npc_world as nw
from npc_world.planners.catching import CatchReach, catch_point, catch_times

TIMES = np.arange(1, 121) / 60.0
GRAVITY = 900.0
BOX = CatchReach(sideways_px=20.0, up_px=60.0)


def falling(x: float, height_px: float, speed_px_s: float = 0.0) -> np.ndarray:
    """(120, 2) of a ball let go `height_px` over y = 600, with a sideways speed; it stays on the ground."""
    return np.stack([x + speed_px_s * TIMES, np.minimum(600.0, 600.0 - height_px + 0.5 * GRAVITY * TIMES**2)], axis=1)


def test_it_stands_under_the_one_ball_before_that_lands() -> None:
    path = falling(100.0, 450.0, 300.0)  # 450 px take one second: it lands at x = 400
    found = catch_point((TIMES, path[None]), (600.0, 600.0), 250.0, BOX, on_ground=True, until_s=1.0)
    assert found is not None and found.probability == 1.0 and found.jump_s is None
    assert found.time_s <= 1.0 and found.point_px[1] == 600.0
    at = path[np.searchsorted(TIMES, found.time_s)]
    assert abs(at[0] - found.point_px[0]) <= 20.0 and 0.0 <= 600.0 - at[1] <= 60.0
    assert abs(found.point_px[0] - 600.0) <= 250.0 * found.time_s + 20.0


def test_a_landing_out_of_range_is_hopeless_until_a_bounce_is_allowed() -> None:
    down, up = falling(100.0, 450.0), falling(100.0, 450.0)[::-1]
    path = np.concatenate([down[:60], np.stack([np.full(60, 100.0), up[60:, 1]], axis=1)])
    assert catch_point((TIMES, path[None]), (500.0, 600.0), 200.0, BOX, on_ground=True, until_s=1.0) is None
    later = catch_point((TIMES, path[None]), (300.0, 600.0), 170.0, BOX, on_ground=True, until_s=1.4)
    assert later is not None and 1.0 < later.time_s < 1.4


def test_of_two_landings_the_likelier_is_waited_for() -> None:
    paths = np.concatenate([np.tile(falling(200.0, 400.0), (70, 1, 1)), np.tile(falling(800.0, 400.0), (30, 1, 1))])
    found = catch_point((TIMES, paths), (500.0, 600.0), 400.0, BOX, on_ground=True, until_s=0.95)
    assert found is not None and found.probability == pytest.approx(0.7)
    assert abs(found.point_px[0] - 200.0) <= 20.0


def test_it_stands_in_the_middle_of_what_may_come() -> None:
    paths = np.array([falling(x, 400.0) for x in np.linspace(385.0, 415.0, 31)])
    found = catch_point((TIMES, paths), (460.0, 600.0), 400.0, BOX, on_ground=True)
    assert found is not None and found.probability == 1.0
    assert found.point_px[0] == pytest.approx(400.0, abs=7.0)


def test_a_ball_overhead_is_jumped_for() -> None:
    path = np.stack([1000.0 - 500.0 * TIMES, np.full(120, 510.0)], axis=1)  # 90 px up, never lower
    assert catch_point((TIMES, path[None]), (500.0, 600.0), 100.0, BOX, on_ground=True) is None
    jumper = CatchReach(sideways_px=20.0, up_px=60.0, jump_px=50.0, rise_s=0.25)
    found = catch_point((TIMES, path[None]), (500.0, 600.0), 100.0, jumper, on_ground=True)
    assert found is not None and found.jump_s is not None
    at = path[np.searchsorted(TIMES, found.jump_s + 0.25)]
    assert abs(at[0] - found.point_px[0]) < 45.0, "highest when the ball is there"


def test_of_two_chances_as_good_it_keeps_to_the_one_it_is_on_its_way_to() -> None:
    first, second = falling(300.0, 400.0), falling(700.0, 400.0)
    both = np.concatenate([first[:60], second[:60]])[None]  # comes down at 300, and later at 700
    times = np.arange(1, 121) / 60.0
    sooner = catch_point((times, both), (500.0, 600.0), 400.0, BOX, on_ground=True)
    assert sooner is not None and abs(sooner.point_px[0] - 300.0) < 20.0
    for goal in (300.0, 700.0):
        found = catch_point((times, both), (500.0, 600.0), 400.0, BOX, on_ground=True, heading_to=(goal, 600.0))
        assert found is not None and abs(found.point_px[0] - goal) < 20.0
    paths = np.concatenate([np.tile(first[None], (90, 1, 1)), np.tile(second[None], (10, 1, 1))])
    found = catch_point((TIMES, paths), (500.0, 600.0), 400.0, BOX, on_ground=True, heading_to=(700.0, 600.0))
    assert found is not None and abs(found.point_px[0] - 300.0) < 20.0, "nine times as many balls are worth turning round for"
    missed = catch_point((TIMES, paths[90:]), (690.0, 600.0), 400.0, BOX, on_ground=True, heading_to=(300.0, 600.0))
    assert missed is not None and missed.probability == 1.0, "where it was going to catches nothing any more"


def test_a_slow_ball_is_met_and_not_waited_for_at_arms_length() -> None:
    rolling = np.stack([400.0 - 30.0 * TIMES, np.full(120, 590.0)], axis=1)  # gets as far as 355 before it is lost
    found = catch_point((TIMES, rolling[None]), (280.0, 600.0), 200.0, BOX, on_ground=True, limits_px=(0.0, 360.0), until_s=1.5)
    assert found is not None and found.probability == 1.0
    assert found.point_px[0] > 350.0, "at 340 it would come within reach too, in its last moment"


def test_the_edge_of_its_ground_holds_it() -> None:
    path = falling(700.0, 450.0)
    found = catch_point((TIMES, path[None]), (500.0, 600.0), 400.0, BOX, on_ground=True, limits_px=(400.0, 690.0))
    assert found is not None and found.point_px[0] <= 690.0
    assert catch_point((TIMES, path[None]), (500.0, 600.0), 400.0, BOX, on_ground=True, limits_px=(400.0, 650.0)) is None


def test_a_radius_in_the_open_meets_a_straight_runner() -> None:
    path = np.stack([200.0 * TIMES, np.full(120, 300.0)], axis=1)
    found = catch_point((TIMES, path[None]), (300.0, 100.0), 200.0, 15.0)
    assert found is not None and found.probability == 1.0
    assert math.dist(path[np.searchsorted(TIMES, found.time_s)], found.point_px) <= 60.0
    assert math.dist((300.0, 100.0), found.point_px) <= 200.0 * (found.time_s + 0.1)


def test_one_path_is_the_clairvoyant_bound() -> None:
    path = falling(300.0, 450.0)
    places = [(x, 600.0) for x in (300.0, 330.0, 500.0)]
    caught = catch_times(places, (520.0, 600.0), 250.0, 0.0, TIMES, path[None], [1.0], BOX)
    assert np.isfinite(caught[0, 0]) and not np.isfinite(caught[1:, 0]).any()
    assert not np.isfinite(catch_times(places, (520.0, 600.0), 250.0, 0.3, TIMES, path[None], [1.0], BOX)).any(), "too late by its reaction"


def bouncing_ball() -> nw.BallModel:
    """A ball over a floor with a peg in its way, known but for how it bounces."""
    ball = nw.BallModel([(0, 600, 1000, 600), (300, 420, 330, 420)], 10.0, gravity_px_s2=GRAVITY, damping=1.0, seed=3)
    for k in range(12):
        t = k / 60.0
        ball.observe(t, (200.0 + 260.0 * t, 300.0 + 0.5 * GRAVITY * t * t))
    return ball


def test_a_ball_with_several_futures_can_be_caught_and_intercepted() -> None:
    ball = bouncing_ball()
    forecast = ball.forecast(1.6, 1 / 60)
    assert len(forecast.weights) > 1, "off the peg or past it"
    imagined = ball.imagine(1.6, 1 / 60)
    reach = CatchReach(sideways_px=40.0, up_px=110.0)
    by_cloud = catch_point((imagined.times_s, imagined.paths_px), (520.0, 600.0), 320.0, reach, on_ground=True)
    by_forecast = catch_point(forecast, (520.0, 600.0), 320.0, reach, on_ground=True, rng=np.random.default_rng(1))
    assert by_cloud is not None and by_forecast is not None
    assert by_cloud.probability > 0.5 and by_forecast.probability > 0.4
    assert by_cloud.point_px[0] == pytest.approx(by_forecast.point_px[0], abs=90.0)
    meet = nw.intercept(None, (520.0, 600.0), 320.0, forecast, reach_px=40.0)
    assert 0.0 < meet.time_s <= 1.6 and np.isfinite(meet.point).all()


def test_bad_input_is_named() -> None:
    path = falling(100.0, 100.0)[None]
    for wrong in ((math.nan, 0.0), ("a", 1), (1.0, 2.0, 3.0), None):
        with pytest.raises(nw.BadInputError, match="position"):
            catch_point((TIMES, path), wrong, 10.0, BOX)
    with pytest.raises(nw.BadInputError, match="speed_px_s"):
        catch_point((TIMES, path), (0, 0), 0.0, BOX)
    with pytest.raises(nw.BadInputError, match="reach"):
        catch_point((TIMES, path), (0, 0), 10.0, 0.0)
    with pytest.raises(nw.BadInputError, match="sideways_px"):
        CatchReach(sideways_px=0.0, up_px=10.0)
    with pytest.raises(nw.BadInputError, match="futures"):
        catch_point((TIMES, path[0]), (0, 0), 10.0, BOX)
    with pytest.raises(nw.BadInputError, match="until_s"):
        catch_point((TIMES, path), (0, 0), 10.0, BOX, until_s=math.nan)
    with pytest.raises(nw.BadInputError, match="limits_px"):
        catch_point((TIMES, path), (0, 0), 10.0, BOX, on_ground=True, limits_px=(5.0, 1.0))
