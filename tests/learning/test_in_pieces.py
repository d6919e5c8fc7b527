"""A lesson in pieces ends where a lesson at once does, and the next throw may begin meanwhile."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.learning.ball_model import BallModel
from npc_world.models.ball_world import BallWorld

ROOM = np.array([(0, 0, 1000, 0), (0, 600, 1000, 600), (0, 0, 0, 600), (1000, 0, 1000, 600)], float)
TIMES = np.arange(121) / 60


def watched(gravity: float, times: int = 121, ball: BallModel | None = None, start_s: float = 0.0) -> BallModel:
    path = BallWorld.build(ROOM, 15.0).roll([(300.0, 120.0, 250.0, -100.0, 0.0)], [0.0, gravity, 0.9, 0.5, 0.7, 0.4], 1 / 60, 120).paths_px[0]
    ball = BallModel(ROOM, 15.0, seed=3) if ball is None else ball
    for k in range(times):
        ball.observe(start_s + TIMES[k], np.round(path[k]))
    return ball


def test_in_pieces_as_at_once() -> None:
    at_once, spread = watched(1000.0), watched(1000.0)
    at_once.reset()
    pieces = list(spread.lesson())
    assert len(pieces) > 5
    assert spread.physics == at_once.physics and at_once.physics["gravity_y_px_s2"][0] > 900.0


def test_meanwhile_the_next_throw_is_seen_under_what_was_known() -> None:
    ball = watched(1000.0)
    lesson = ball.lesson()
    next(lesson)
    assert not ball.knowledge.learned
    watched(1000.0, 20, ball, 5.0)
    blind = ball.forecast(0.5, 0.1)
    for _ in lesson:
        pass
    assert ball.knowledge.learned
    sure = ball.forecast(0.5, 0.1)
    assert np.trace(sure.covariances_px2[0, -1]) < np.trace(blind.covariances_px2[0, -1])


def test_a_lesson_that_nobody_finished_is_finished_before_the_next() -> None:
    ball = watched(1000.0)
    ball.lesson()
    watched(1000.0, 121, ball, 5.0)
    ball.reset()
    assert ball.explain().numbers and ball.physics["gravity_y_px_s2"][0] > 900.0
    once = watched(1000.0)
    once.reset()
    watched(1000.0, 121, once, 5.0)
    once.reset()
    assert ball.physics == once.physics


def test_no_piece_is_more_than_a_frame_has_work_for() -> None:
    ball = watched(1000.0)
    lesson = list(ball.lesson())
    watched(1000.0, 90, ball, 5.0)
    thought = list(ball.imagining(3.0, 1 / 30))
    assert len(lesson) > 30 and len(thought) > 10
    assert min(lesson + thought) > 0 and max(lesson + thought) < 20000


def test_lessons_that_wait_for_each_other_stay_in_pieces() -> None:
    ball, patient = watched(1000.0), watched(1000.0)
    first = ball.lesson()
    next(first)
    watched(1000.0, 121, ball, 5.0)
    both = list(ball.lesson())
    patient.reset()
    watched(1000.0, 121, patient, 5.0)
    second = list(patient.lesson())
    assert len(both) > 30 + len(second), "what is left of the first is not done at once"
    assert ball.physics == patient.physics
    for k in range(70):  # they do not pile up for ever
        watched(1000.0, 12, ball, 10.0 * k)
        ball.lesson()
    ball.reset()
    assert ball.physics["gravity_y_px_s2"][0] == pytest.approx(1000.0, rel=0.05)
