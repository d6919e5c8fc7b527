"""A goalkeeper on a rail: where to stand so as to be there when the ball crosses."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast
from npc_world.planners.line_guard import guard_line

TIMES = np.linspace(0.1, 2.0, 20)


def forecast(*velocities: tuple[float, float], weights: tuple[float, ...] | None = None, start: tuple[float, float] = (0.0, 100.0)) -> Forecast:
    tracks = np.array([np.array(start) + TIMES[:, None] * np.array(v) for v in velocities])
    shares = np.array(weights if weights is not None else [1.0 / len(velocities)] * len(velocities))
    return Forecast(TIMES, tracks, shares, np.tile(np.eye(2), (len(velocities), len(TIMES), 1, 1)), tuple("x" * len(velocities)))


def test_it_goes_where_the_ball_crosses_and_knows_when() -> None:
    meet = guard_line((200.0, 0.0), (0.0, 1.0), 150.0, forecast((200.0, 100.0)), reach_px=(10.0, 1.0), now_px=np.array([0.0, 100.0]))
    assert meet.point == pytest.approx((200.0, 199.5), abs=1.0)
    assert meet.time_s == pytest.approx(1.0, abs=0.01)
    assert meet.probability == 0.0  # 189 px to go in a second at 150 px/s


def test_a_ball_that_can_be_reached_is_caught_for_sure() -> None:
    meet = guard_line((200.0, 100.0), (0.0, 1.0), 150.0, forecast((200.0, 100.0)), reach_px=(10.0, 1.0))
    assert meet.probability == 1.0


def test_of_two_crossings_out_of_reach_of_each_other_it_waits_between_until_it_knows() -> None:
    apart = forecast((100.0, 80.0), (100.0, -80.0))
    meet = guard_line((180.0, 100.0), (0.0, 1.0), 100.0, apart, reach_px=(10.0, 1.0))
    assert abs(meet.point[1] - 100.0) < 60.0
    assert meet.probability == 1.0  # from there either can still be reached


def test_the_likelier_of_two_that_exclude_each_other_is_served() -> None:
    apart = forecast((150.0, 150.0), (150.0, -150.0), weights=(0.8, 0.2))
    meet = guard_line((180.0, 100.0), (0.0, 1.0), 60.0, apart, reach_px=(10.0, 1.0))
    assert meet.hypothesis == 0
    assert meet.point[1] > 120.0


def test_a_body_that_goes_along_the_line_is_met_on_it() -> None:
    runner = forecast((0.0, -50.0), start=(200.0, 100.0))
    meet = guard_line((200.0, 0.0), (0.0, 2.0), 50.0, runner, reach_px=(10.0, 5.0))
    assert meet.point == pytest.approx((200.0, 55.0), abs=6.0)


def test_one_that_flies_away_is_followed_with_the_eyes() -> None:
    meet = guard_line((200.0, 0.0), (0.0, 1.0), 500.0, forecast((-100.0, 20.0)), reach_px=(10.0, 5.0))
    assert meet.point == pytest.approx((200.0, 140.0))
    assert meet.probability == 0.0


def test_a_ball_foreseen_to_rebound_from_the_one_on_the_line_between_two_moments_comes_to_it() -> None:
    """The track never gets within reach at any of its moments: it turns back at 190 px, 0.95 s from now."""
    x = 190.0 - np.abs(190.0 - 200.0 * TIMES)
    back = Forecast(TIMES, np.stack([x, 100.0 + 50.0 * TIMES], axis=1)[None], np.ones(1), np.tile(np.eye(2), (1, len(TIMES), 1, 1)), ("x",))
    assert x.max() < 190.0 - 5.0
    meet = guard_line((200.0, 0.0), (0.0, 1.0), 150.0, back, reach_px=(10.0, 10.0), now_px=np.array([0.0, 100.0]))
    assert meet.point[1] == pytest.approx(147.5, abs=5.0)
    assert meet.time_s == pytest.approx(0.95, abs=0.06)


@pytest.mark.parametrize(("along", "speed", "named"), [((0.0, 0.0), 10.0, "along"), ((np.nan, 1.0), 10.0, "along"), ((0.0, 1.0), 0.0, "speed_px_s")])
def test_bad_arguments_are_named(along: tuple[float, float], speed: float, named: str) -> None:
    with pytest.raises(BadInputError, match=named):
        guard_line((0.0, 0.0), along, speed, forecast((1.0, 0.0)), reach_px=(1.0, 1.0))
