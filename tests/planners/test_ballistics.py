"""Throwing, in worlds that can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast
from npc_world.models.ball_world import BallWorld
from npc_world.planners.ballistics import aim, launch_to_land, shots

GRAVITY = 900.0


def moving(start: tuple[float, float], velocity: tuple[float, float], horizon_s: float = 3.0) -> Forecast:
    times = np.arange(1, int(horizon_s * 60) + 1) / 60.0
    path = np.asarray(start) + times[:, None] * np.asarray(velocity)
    return Forecast(times, path[None], np.ones(1), np.full((1, len(times), 2, 2), 1e-6) * np.eye(2), ("straight",))


def flown(origin: tuple[float, float], velocity: np.ndarray, time_s: float, gravity: float, damping: float = 1.0) -> np.ndarray:
    """By small steps, independent of the closed form."""
    place, speed, dt = np.array(origin, float), velocity.copy(), time_s / 20000
    for _ in range(20000):
        speed = speed * damping ** (dt / 2)
        speed[1] += gravity * dt / 2
        place += speed * dt
        speed[1] += gravity * dt / 2
        speed = speed * damping ** (dt / 2)
    return place


@pytest.mark.parametrize("high", [False, True])
@pytest.mark.parametrize("damping", [1.0, 0.5])
def test_aim_at_a_point_arrives(high: bool, damping: float) -> None:
    shot = aim((0, 0), 900.0, (300.0, -50.0), gravity_px_s2=GRAVITY, damping=damping, high=high)
    assert shot is not None
    assert math.hypot(*shot.velocity_px_s) == pytest.approx(900.0)
    assert flown((0, 0), shot.velocity_px_s, shot.time_s, GRAVITY, damping) == pytest.approx((300.0, -50.0), abs=0.2)


def test_the_high_throw_takes_longer() -> None:
    low, high = (aim((0, 0), 900.0, (300.0, 0.0), gravity_px_s2=GRAVITY, high=h) for h in (False, True))
    assert low is not None and high is not None
    assert low.time_s < high.time_s


def test_out_of_range_is_none() -> None:
    assert aim((0, 0), 100.0, (3000.0, 0.0), gravity_px_s2=GRAVITY) is None


def test_aim_leads_a_runner() -> None:
    runner = moving((400.0, 0.0), (0.0, 120.0))
    shot = aim((0, 0), 500.0, runner)
    assert shot is not None
    assert shot.point_px == pytest.approx((400.0, 120.0 * shot.time_s), abs=0.1)
    assert shot.velocity_px_s * shot.time_s == pytest.approx(shot.point_px, abs=0.1)


def test_least_speed_without_drag_is_the_known_one() -> None:
    shot = launch_to_land((0, 0), (400.0, 0.0), gravity_px_s2=GRAVITY)
    assert math.hypot(*shot.velocity_px_s) == pytest.approx(math.sqrt(GRAVITY * 400.0), rel=1e-4)
    assert shot.velocity_px_s[0] == pytest.approx(-shot.velocity_px_s[1], rel=1e-2)  # 45 degrees


def test_landing_with_drag_arrives() -> None:
    shot = launch_to_land((0, 0), (300.0, 80.0), gravity_px_s2=GRAVITY, damping=0.4, time_s=0.8)
    assert flown((0, 0), shot.velocity_px_s, 0.8, GRAVITY, 0.4) == pytest.approx((300.0, 80.0), abs=0.2)


LAW = np.array([0.0, 0.0, 1.0, 0.5, 1.0, 0.0])
"""No gravity, no drag, perfect bounces, no friction: light rays."""


def test_bank_shot_off_one_wall_when_the_straight_way_is_blocked() -> None:
    world = BallWorld.build([(0, 300, 600, 300), (300, 100, 300, 220)], 5.0)
    found = shots(world, LAW, (100, 150), 400.0, (500.0, 150.0), tolerance_px=3.0, bounces=1)
    banked = [s for s in found if s.walls == (0,)]
    assert banked
    assert all(s.walls != () for s in found)
    # the mirror image of the target in the wall, grown by the radius, lies at y = 295 + 145
    assert banked[0].velocity_px_s[1] / banked[0].velocity_px_s[0] == pytest.approx(290.0 / 400.0, abs=0.06)


def test_straight_shot_comes_before_the_bank_shot() -> None:
    world = BallWorld.build([(0, 300, 600, 300)], 5.0)
    found = shots(world, LAW, (100, 150), 400.0, (500.0, 150.0), tolerance_px=3.0)
    assert found[0].walls == ()
    assert found[0].velocity_px_s == pytest.approx((400.0, 0.0), abs=3.0)
    assert found[0].time_s == pytest.approx(1.0, abs=0.02)


def test_shot_leads_a_moving_target_under_gravity() -> None:
    law = np.array([0.0, GRAVITY, 0.9, 0.5, 0.7, 0.5])
    world = BallWorld.build([(0, 600, 1000, 600)], 8.0)
    runner = moving((500.0, 400.0), (60.0, 0.0))
    found = shots(world, law, (100, 400), 800.0, runner, bounces=0)
    assert found
    best = found[0]
    assert best.point_px == pytest.approx((500.0 + 60.0 * best.time_s, 400.0), abs=8.0)


def test_bad_input_is_named() -> None:
    with pytest.raises(BadInputError, match="origin"):
        aim((math.nan, 0), 100.0, (0, 0))
    with pytest.raises(BadInputError, match="speed_px_s"):
        aim((0, 0), -1.0, (0, 0))
    with pytest.raises(BadInputError, match="time_s must be given"):
        launch_to_land((0, 0), (1, 1), gravity_px_s2=0.0)
