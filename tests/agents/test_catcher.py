"""A catcher meets a ball it has never seen, learns it, and is told nothing but where the ball is."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import npc_world as nw
from npc_world.agents.catcher import Catcher, CatcherConfig
from npc_world.learning.ball_model import BallConfig
from npc_world.models.ball_world import BallWorld

SEGMENTS = [(300.0, 400.0, 900.0, 400.0), (0.0, 400.0, 300.0, 400.0), (40.0, 250.0, 180.0, 250.0)]
RADIUS, FRAME_S = 10.0, 1 / 60
REACH = nw.CatchReach(sideways_px=22.0, up_px=70.0)


def flight(gravity: float, speed: float) -> np.ndarray:
    """(240, 2) whole pixels of a ball thrown from the left, by the engine's own scheme."""
    world = BallWorld.build(SEGMENTS, RADIUS)
    law = np.array([0.0, gravity, 0.95, 0.5, 0.6, 0.4])
    return np.round(world.roll([[100.0, 180.0, speed, -0.35 * speed, 0.0]], law, FRAME_S, 239).paths_px[0])


def catcher(worker: object = None) -> Catcher:
    ball = nw.BallModel(SEGMENTS, RADIUS, scheme="chipmunk", step_s=FRAME_S, seed=5, config=BallConfig(balls=96))
    return Catcher(ball, REACH, 260.0, limits_px=(320.0, 880.0), floor=(0,), touches=1, worker=worker)  # type: ignore[arg-type]


def play(keeper: Catcher, path: np.ndarray, x: float = 600.0) -> tuple[bool, list[float]]:
    """Whether the ball was caught before it touched the floor, and the keeper's x by frame."""
    xs = []
    for at in path:
        if at[1] >= 390.0 and at[0] > 300.0:
            return False, xs
        if abs(at[0] - x) <= REACH.sideways_px and 0.0 <= 400.0 - at[1] <= REACH.up_px:
            return True, xs
        x = float(np.clip(x + keeper.step((x, 400.0), at, FRAME_S).velocity_px_s[0] * FRAME_S, 320.0, 880.0))
        xs.append(x)
    return False, xs


def test_from_ignorance_to_sure_hands_and_through_a_change_of_gravity() -> None:
    keeper = catcher()
    assert "have not seen this ball" in keeper.explain().sentence
    for speed in (300.0, 420.0):
        play(keeper, flight(900.0, speed))
        keeper.reset()
        keeper.settle()
    saved, _ = play(keeper, flight(900.0, 360.0), 500.0)
    assert saved and "stand" in keeper.explain().sentence and keeper.explain().numbers["gravity_y_px_s2"] == pytest.approx(900.0, rel=0.01)
    keeper.reset()
    keeper.settle()
    assert keeper.errors_px[-1] < 12.0
    play(keeper, flight(500.0, 300.0))  # nobody told it
    assert keeper.thought is not None and keeper.thought.surprise > 1.8 and "does not do what I expect" in keeper.explain().sentence
    keeper.reset()
    keeper.settle()
    play(keeper, flight(500.0, 280.0))
    assert keeper.explain().numbers["gravity_y_px_s2"] == pytest.approx(500.0, rel=0.02)


def test_it_waits_at_home_then_watches_then_goes() -> None:
    keeper = catcher()
    idle = keeper.step((500.0, 400.0), None, FRAME_S)
    assert idle.why == "waiting" and idle.velocity_px_s[0] > 0.0
    path = flight(900.0, 330.0)
    assert keeper.step((600.0, 400.0), path[0], FRAME_S).why == "watching"
    _, xs = play(keeper, path[1:])
    assert xs[3] == 600.0, "nothing is done before the reaction time"
    assert any(x != 600.0 for x in xs)


def test_beside_the_game_it_thinks_the_same() -> None:
    path = flight(900.0, 340.0)
    alone = play(catcher(), path)

    class Patient:
        """Runs each job in another thread, and waits for it."""

        def __init__(self, pool: ThreadPoolExecutor) -> None:
            self.pool = pool

        def submit(self, job: object) -> object:
            future = self.pool.submit(job)  # type: ignore[arg-type]
            future.result()
            return future

    with ThreadPoolExecutor(1) as pool:
        beside = play(catcher(Patient(pool)), path)
    assert beside == alone


def test_a_slow_lesson_holds_up_no_frame() -> None:
    class Never:
        """A job that is never done."""

        def submit(self, job: object) -> Never:
            return self

        def done(self) -> bool:
            return False

    keeper = catcher(Never())
    play(keeper, flight(900.0, 300.0))
    keeper.reset()
    assert keeper.learning
    saved, xs = play(keeper, flight(900.0, 300.0))
    assert len(set(xs)) == 1, "it only watches meanwhile"
    assert not saved or abs(flight(900.0, 300.0)[len(xs)][0] - 600.0) <= REACH.sideways_px


def test_bad_input() -> None:
    keeper = catcher()
    with pytest.raises(nw.BadInputError, match="dt_s"):
        keeper.step((600.0, 400.0), None, math.nan)
    with pytest.raises(nw.BadInputError, match=r"dt_s=16: .* milliseconds"):
        keeper.step((600.0, 400.0), None, 16)
    with pytest.raises(nw.BadInputError, match="me"):
        keeper.step((math.nan, 400.0), None, FRAME_S)
    keeper.step((600.0, 400.0), (math.nan, 0.0), FRAME_S)
    keeper.step((600.0, 400.0), (100.0, 399.0), FRAME_S)  # inside the floor
    for k in range(20):
        keeper.step((600.0, 400.0), flight(900.0, 300.0)[k], FRAME_S)
    assert keeper.thought is not None
    with pytest.raises(nw.BadInputError, match="touches"):
        Catcher(keeper.ball, REACH, 100.0, touches=0)
    with pytest.raises(nw.BadInputError, match="limits_px"):
        Catcher(keeper.ball, REACH, 100.0, limits_px=(3.0, 1.0))
    with pytest.raises(nw.BadInputError, match="speed_px_s"):
        Catcher(keeper.ball, REACH, 0.0)
    with pytest.raises(nw.BadInputError, match="reaction_s"):
        CatcherConfig(reaction_s=-1.0)


def test_without_a_worker_no_frame_waits_for_a_lesson() -> None:
    hasty, patient = catcher(), catcher()
    for keeper in (hasty, patient):
        play(keeper, flight(900.0, 340.0))
        keeper.reset()
    patient.settle()
    assert hasty.learning and not patient.learning
    assert math.isinf(hasty.laws["gravity_y_px_s2"][1]), "nothing is known before the lesson's end"
    frames = 0
    while hasty.learning:
        hasty.step((600.0, 400.0), None, FRAME_S)
        frames += 1
    assert 3 < frames < 600
    assert hasty.laws == patient.laws


def test_a_ball_that_comes_in_the_midst_of_a_lesson_is_learned_from_as_well() -> None:
    keeper = catcher()
    for speed in (340.0, 420.0):
        play(keeper, flight(900.0, speed))
        keeper.reset()
    keeper.settle()
    assert keeper.laws["gravity_y_px_s2"] == (pytest.approx(900.0, rel=0.01), pytest.approx(0.0, abs=5.0))


def test_a_ball_that_comes_in_the_midst_of_a_lesson_is_gone_for_all_the_same() -> None:
    keeper = catcher()
    for speed in (340.0, 420.0):
        play(keeper, flight(900.0, speed))
        keeper.reset()
    assert keeper.learning
    still_learning = []
    for at in flight(900.0, 360.0)[:40]:
        keeper.step((600.0, 400.0), at, FRAME_S)
        if keeper.thought is not None:
            still_learning.append(keeper.learning)
    assert still_learning and still_learning[0], "it foresees by what it knew before"
    keeper.reset()
    keeper.settle()
    assert keeper.laws["gravity_y_px_s2"][0] == pytest.approx(900.0, rel=0.01)
