"""Throws that come down where they should: over a wall, off a wall, within the arm's power."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import npc_world as nw
from npc_world.models.ball_world import BallWorld

LAW = np.array([0.0, 900.0, 0.95, 0.5, 0.7, 0.4])
FLOOR = (0.0, 600.0, 1000.0, 600.0)
RIGHTWARDS = (-1.5, 0.3)


def touches(world: BallWorld, shot: nw.Shot, origin: tuple[float, float]) -> list[tuple[int, float]]:
    """(obstacle, x) in order, played independently."""
    contacts = world.roll([[*origin, *shot.velocity_px_s, 0.0]], LAW, 1 / 60, 300, contacts=4).contacts[0]
    return [(int(row[3]), float(row[1])) for row in contacts if math.isfinite(row[0])]


def test_it_lands_on_the_spot_with_the_least_effort_there_is() -> None:
    world = BallWorld.build([FLOOR], 8.0)
    shot = nw.throw_to(world, LAW, (100.0, 400.0), (600.0, 600.0), (100.0, 900.0), angles_rad=RIGHTWARDS)
    assert shot is not None
    obstacle, x = touches(world, shot, (100.0, 400.0))[0]
    assert obstacle == 0 and x == pytest.approx(600.0, abs=8.0)
    easiest = nw.launch_to_land((100.0, 400.0), (600.0, 592.0), gravity_px_s2=900.0, damping=0.95)
    assert math.hypot(*shot.velocity_px_s) == pytest.approx(math.hypot(*easiest.velocity_px_s), rel=0.12)


def test_a_wall_in_the_way_is_thrown_over() -> None:
    wall = (400.0, 600.0, 400.0, 250.0)
    world = BallWorld.build([FLOOR, wall], 8.0)
    shot = nw.throw_to(world, LAW, (100.0, 400.0), (600.0, 600.0), (100.0, 900.0), angles_rad=RIGHTWARDS)
    assert shot is not None and shot.walls == ()
    obstacle, x = touches(world, shot, (100.0, 400.0))[0]
    assert obstacle == 0 and x == pytest.approx(600.0, abs=8.0)


def test_a_pillar_and_a_thick_wall_beside_the_way_change_nothing() -> None:
    wall = (950.0, 0.0, 950.0, 600.0)
    world = BallWorld.build([FLOOR, wall], 8.0, thickness_px=[0.0, 30.0], circles=[(300.0, 560.0, 40.0)])
    shot = nw.throw_to(world, LAW, (100.0, 400.0), (600.0, 600.0), (100.0, 900.0), angles_rad=RIGHTWARDS)
    assert shot is not None
    obstacle, x = touches(world, shot, (100.0, 400.0))[0]
    assert obstacle == 0 and x == pytest.approx(600.0, abs=8.0)
    onto = nw.throw_to(world, LAW, (100.0, 300.0), (300.0, 520.0), (100.0, 900.0), angles_rad=RIGHTWARDS)
    assert onto is not None and touches(world, onto, (100.0, 300.0))[0][0] == 2


def test_off_the_wall_behind_when_a_bounce_is_asked_for() -> None:
    world = BallWorld.build([FLOOR, (800.0, 600.0, 800.0, -2000.0)], 8.0)
    shot = nw.throw_to(world, LAW, (100.0, 400.0), (650.0, 600.0), (300.0, 1200.0), bounces=1, angles_rad=RIGHTWARDS)
    assert shot is not None
    first, second = touches(world, shot, (100.0, 400.0))[:2]
    assert second[0] == 0 and second[1] == pytest.approx(650.0, abs=8.0)
    assert shot.walls == (first[0],)


def test_beyond_the_arms_power_is_none() -> None:
    world = BallWorld.build([FLOOR], 8.0)
    assert nw.throw_to(world, LAW, (100.0, 400.0), (900.0, 600.0), (100.0, 400.0), angles_rad=RIGHTWARDS) is None


def test_bad_input_is_named() -> None:
    world = BallWorld.build([FLOOR], 8.0)
    for wrong, named in (({"origin": (math.nan, 0.0)}, "origin"), ({"landing": "there"}, "landing"), ({"speed_px_s": (0.0, 5.0)}, "speed_px_s"),
                         ({"angles_rad": (1.0, 1.0)}, "angles_rad"), ({"bounces": -1}, "bounces")):
        given = {"origin": (0.0, 0.0), "landing": (1.0, 1.0), "speed_px_s": (1.0, 2.0)} | wrong
        with pytest.raises(nw.BadInputError, match=named):
            nw.throw_to(world, LAW, **given)  # type: ignore[arg-type]


def test_a_learned_ball_is_thrown_with_what_it_knows() -> None:
    ball = nw.BallModel([FLOOR], 8.0, gravity_px_s2=900.0, damping=0.95, restitution=0.7, friction=0.4)
    shot = nw.throw_to(ball.world, ball.row, (100.0, 400.0), (600.0, 600.0), (100.0, 900.0), angles_rad=RIGHTWARDS, scheme=ball.scheme)
    assert shot is not None and shot.walls == ()
    assert touches(ball.world, shot, (100.0, 400.0))[0][1] == pytest.approx(600.0, abs=8.0)
    assert nw.shots(ball.world, ball.row, (100.0, 400.0), 900.0, (600.0, 300.0), scheme=ball.scheme)


@pytest.mark.parametrize(("call", "named"), [
    (lambda w: nw.throw_to(w, LAW[:3], (1.0, 1.0), (2.0, 2.0), (1.0, 2.0)), "physics"),
    (lambda w: nw.throw_to(w, LAW * math.nan, (1.0, 1.0), (2.0, 2.0), (1.0, 2.0)), "physics"),
    (lambda w: nw.throw_to(w, LAW, (1.0, 1.0), (2.0, 2.0), (1.0, 2.0), scheme="box"), "scheme"),
    (lambda w: nw.throw_to(w, LAW, (1.0, 1.0), (2.0, 2.0), (1.0, 2.0), step_s=0.0), "step_s"),
    (lambda w: nw.shots(5, LAW, (1.0, 1.0), 9.0, (2.0, 2.0)), "world"),
    (lambda w: nw.shots(w, LAW, (1.0, 1.0), 9.0, (2.0, 2.0), horizon_s=math.nan), "horizon_s"),
    (lambda w: nw.shots(w, LAW, (1.0, 1.0), 9.0, (2.0, 2.0), bounces=-1), "bounces"),
    (lambda w: nw.aim("here", 9.0, (2.0, 2.0)), "origin"),
    (lambda w: nw.aim((1.0, 1.0), 9.0, "there"), "target"),
    (lambda w: nw.aim((1.0, 1.0), 9.0, (2.0, 2.0), horizon_s=-1.0), "horizon_s"),
    (lambda w: nw.aim((1.0, 1.0), 9.0, (2.0, 2.0), gravity_px_s2="down"), "gravity_px_s2"),
    (lambda w: nw.catch_point(([0.1, 0.2], [[[1.0, math.nan], [1.0, 2.0]]]), (1.0, 0.0), 10.0, 5.0), "futures"),
    (lambda w: nw.catch_point(([0.1], [[[1.0, 2.0]]]), (1.0, 0.0), 10.0, 5.0, ready_s=math.nan), "ready_s"),
    (lambda w: nw.intercept(None, (1.0, 1.0), 9.0, None), "forecast"),
])
def test_whoever_plans_names_what_is_wrong(call: Callable[[BallWorld], object], named: str) -> None:
    with pytest.raises(nw.BadInputError, match=named):
        call(BallWorld.build([FLOOR], 8.0))
