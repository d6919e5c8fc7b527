"""The keeper's measure: the clairvoyant bound, counting touches, and one short world."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.arena.bench import main
from npc_world.arena.bench_keeper import GROUND_PX, LIMITS_PX, could_be_caught, court, keep, throw, touches_of
from npc_world.models.ball_world import BallWorld

FRAME_S = 1 / 60


def drop(x: float, frames: int = 240) -> np.ndarray:
    """(frames, 2) of a ball let go 300 px over the court, bouncing at 0.7, in no engine at all."""
    y, v, out = GROUND_PX - 320.0, 0.0, []
    for _ in range(frames):
        v += 900.0 * FRAME_S
        y += v * FRAME_S
        if y > GROUND_PX - 19.0:
            y, v = GROUND_PX - 19.0, -0.7 * v
        out.append((x, y))
    return np.array(out)


def test_touches_are_counted_once_each() -> None:
    world = court(np.random.default_rng(1))
    touches = touches_of(world, drop(900.0))
    assert touches[0] == 0 and touches[-1] >= 3
    assert (np.diff(touches) >= 0).all() and set(np.diff(touches)) == {0, 1}


def test_the_clairvoyant_bound_knows_what_is_near_and_what_is_not() -> None:
    world = court(np.random.default_rng(1))
    near, far = drop(950.0), drop(1255.0)
    far[:, 0] = 4000.0
    assert could_be_caught(near, touches_of(world, near), 0.0)
    assert not could_be_caught(far, touches_of(world, far), 0.0)
    late = drop(950.0)
    assert not could_be_caught(late, touches_of(world, late), 10.0)


def test_a_keeper_that_is_told_to_stand_there_catches_and_one_elsewhere_does_not() -> None:
    class Still:
        def __init__(self) -> None:
            self.resets = 0

        def step(self, *_: object, **__: object) -> object:
            from npc_world.core.records import Action

            return Action(np.zeros(2), np.zeros(2))

        def reset(self) -> None:
            self.resets += 1

    world, still = court(np.random.default_rng(1)), Still()
    middle, aside = drop(0.5 * sum(LIMITS_PX)), drop(LIMITS_PX[0])
    assert keep(still, middle, touches_of(world, middle))  # type: ignore[arg-type]
    assert not keep(still, aside, touches_of(world, aside))  # type: ignore[arg-type]
    assert still.resets == 2


def test_throws_start_in_free_air_or_on_the_table() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        world = court(rng)
        room = BallWorld.build(world.segments, world.radius_px, thickness_px=world.thickness_px)
        for _ in range(6):
            start = throw(world, rng)
            assert room.clearances_px(start[None, :2])[0] >= -1e-6 and start[2] > 0.0


def test_a_wrong_number_of_worlds_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--keeper", "0"]) == 2
    assert "at least 1 world" in capsys.readouterr().err
