"""Many bodies with one goal: all arrive, through doors, around walls, and after the map has changed."""

from __future__ import annotations

import math

import numpy as np
import pytest

import npc_world as nw

DT = 1 / 30


def walk(crowd: nw.Crowd, where: np.ndarray, goal, seconds: float) -> np.ndarray:  # type: ignore[no-untyped-def]
    """Positions after so long; goal: a function of time."""
    for frame in range(int(seconds / DT)):
        velocities = crowd.step(where, goal(frame * DT), DT)
        assert velocities.shape == where.shape and np.isfinite(velocities).all()
        assert np.hypot(*velocities.T).max() <= crowd.speed_px_s * 1.3 + 1e-6
        where = where + velocities * DT
    return where


def start(count: int, low: tuple[float, float], high: tuple[float, float]) -> np.ndarray:
    return np.random.default_rng(4).uniform(low, high, (count, 2))


def test_a_crowd_goes_through_a_door_to_one_who_walks_about() -> None:
    ground = nw.Terrain.from_rects([(300, 0, 20, 180), (300, 240, 20, 160)], size=(640, 400), cell_px=20)
    crowd = nw.Crowd(ground, radius_px=5.0, speed_px_s=120.0)
    where = walk(crowd, start(60, (20, 20), (250, 380)), lambda t: (520 + 40 * math.sin(t), 200 + 60 * math.cos(t)), 12.0)
    assert (where[:, 0] > 330).mean() > 0.95
    assert (np.hypot(*(where - (520, 200)).T) < 200).mean() > 0.9


def test_a_bridge_that_falls_sends_them_round() -> None:
    ground = nw.Terrain.from_rects([(300, 0, 20, 100), (300, 140, 20, 180)], size=(640, 400), cell_px=20)
    crowd = nw.Crowd(ground, radius_px=4.0, speed_px_s=120.0)
    where = walk(crowd, start(20, (20, 20), (200, 200)), lambda t: (600, 60), 0.5)
    first = crowd.field
    ground.set_solid((300, 100, 20, 40))
    where = walk(crowd, where, lambda t: (600, 60), 14.0)
    assert crowd.field is not first
    assert (where[:, 0] > 500).mean() > 0.9


def test_bodies_may_come_and_go_and_be_thrown_about() -> None:
    crowd = nw.Crowd(nw.Terrain.open_field((400, 300), 20), radius_px=4.0, speed_px_s=100.0)
    assert crowd.step(np.empty((0, 2)), (200, 150), DT).shape == (0, 2)
    for where in (start(5, (0, 0), (400, 300)), start(9, (0, 0), (400, 300)), start(3, (300, 200), (400, 300))):
        stranger = nw.Crowd(crowd.ground, radius_px=4.0, speed_px_s=100.0)
        np.testing.assert_allclose(crowd.step(where, (200, 150), DT), stranger.step(where, (200, 150), DT), err_msg="someone goes on as before")


def test_those_who_cannot_get_there_and_those_who_are_there_stand() -> None:
    ground = nw.Terrain.from_rects([(180, 0, 20, 300)], size=(400, 300), cell_px=20)
    crowd = nw.Crowd(ground, radius_px=4.0, speed_px_s=100.0)
    velocities = crowd.step([(50, 50), (303, 150)], (300, 150), DT)
    np.testing.assert_allclose(velocities, 0.0, atol=1e-9)


@pytest.mark.parametrize("wrong", [{"radius_px": 0.0}, {"speed_px_s": math.nan}, {"radius_px": "wide"}])
def test_wrong_arguments_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(nw.BadInputError, match=next(iter(wrong))):
        nw.Crowd(nw.Terrain.open_field((100, 100)), **{"radius_px": 4.0, "speed_px_s": 10.0, **wrong})
    crowd = nw.Crowd(nw.Terrain.open_field((100, 100)), radius_px=4.0, speed_px_s=10.0)
    with pytest.raises(nw.BadInputError, match="dt_s"):
        crowd.step([(1, 2)], (5, 5), 0.0)
    with pytest.raises(nw.BadInputError, match="goal"):
        crowd.step([(1, 2)], (math.nan, 5), DT)
