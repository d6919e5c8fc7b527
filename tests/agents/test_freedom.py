"""Bodies bound to a line: told by the game's moves, or found out by trying."""

from __future__ import annotations

import math

import numpy as np
import pytest

import npc_world as nw
from npc_world.agents.freedom import Freedom

SIZE = (12.0, 80.0)


def test_moves_of_one_line_bind_and_moves_of_two_do_not() -> None:
    freedom = Freedom()
    freedom.tell(np.array([(0.0, -3.0), (0.0, 0.0), (0.0, 3.0)]))
    assert freedom.line is not None and abs(freedom.line[1]) == 1.0
    freedom.tell(np.array([(0.0, -3.0), (3.0, 0.0)]))
    assert freedom.line is None


def test_a_body_that_never_moves_along_x_is_found_to_be_bound_and_let_go_when_it_does() -> None:
    freedom = Freedom()
    for _ in range(120):
        freedom.learn(np.array([100.0, 100.0]), (0.0, 100.0 / 60), 1 / 60, SIZE)
    assert freedom.line == pytest.approx((0.0, 1.0))
    for _ in range(30):
        freedom.learn(np.array([0.0, 100.0]), (100.0 / 60, 100.0 / 60), 1 / 60, SIZE)
    assert freedom.line is None


def test_a_body_that_stands_still_altogether_is_stunned_not_bound() -> None:
    freedom = Freedom()
    for _ in range(240):
        freedom.learn(np.array([100.0, 100.0]), (0.0, 0.0), 1 / 60, SIZE)
    assert freedom.line is None


def _pong(told: bool, rng: np.random.Generator) -> tuple[int, int]:
    """Balls saved and missed in 40 s of which the first ten do not count."""
    speed, dt = 180.0, 1 / 60
    court = nw.Terrain.open_field(size=(800, 500))
    npc = nw.load_npc("hunter", court, position=(770, 250), seed=1, size=SIZE, body=nw.TopDownBody(max_speed_px_s=speed))
    moves = [(0.0, -speed), (0.0, 0.0), (0.0, speed)] if told else None
    y, ball, velocity = 250.0, np.array([400.0, 250.0]), np.array([420.0, 100.0])
    saved = missed = 0
    for frame in range(60 * 40):
        y = min(460.0, max(40.0, y + float(npc.step((770.0, y), tuple(ball), dt, options=moves).velocity_px_s[1]) * dt))
        ball = ball + velocity * dt
        if not 8.0 < ball[1] < 492.0:
            ball[1], velocity[1] = min(492.0, max(8.0, ball[1])), -velocity[1]
        if ball[0] < 40.0 or (ball[0] > 760.0 and velocity[0] > 0.0):
            if ball[0] > 760.0 and frame > 60 * 10:  # by then it has seen the game
                saved, missed = saved + (abs(ball[1] - y) < 48.0), missed + (abs(ball[1] - y) >= 48.0)
            angle = rng.uniform(-0.8, 0.8)
            velocity = 420.0 * np.array([math.cos(angle) * (1.0 if ball[0] < 40.0 else -1.0), math.sin(angle)])
    return saved, missed


@pytest.mark.parametrize("told", [True, False])
def test_a_paddle_saves_most_balls_slower_than_they_are(told: bool) -> None:
    """A ball returned at random angles, in a court whose sides throw it back; the paddle moves up and down only."""
    saved = missed = 0
    for seed in (3, 4, 5):  # a single game of eight balls says little
        stopped, passed = _pong(told, np.random.default_rng(seed))
        saved, missed = saved + stopped, missed + passed
    assert saved + missed >= 20
    assert saved >= 3 * missed
