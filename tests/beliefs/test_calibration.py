"""Stated regions hold: half of what happens lies in the 50 % region, nine tenths in the 90 % one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from npc_world.beliefs.target_model import TargetModel
from npc_world.core import mixture
from npc_world.core.records import Forecast

DT_S = 1 / 30
HORIZONS_S = np.array([0.5, 1.0, 2.0])
ROWS = np.round(10 * HORIZONS_S).astype(int) - 1


def held(track: np.ndarray, start_s: float = 10.0) -> np.ndarray:
    """(2, horizons) share of what happened inside the 50 % and the 90 % regions."""
    model, inside = TargetModel(), []
    ahead = np.round(HORIZONS_S / DT_S).astype(int)
    for i in range(len(track) - int(ahead[-1])):
        model.observe(i * DT_S, track[i])
        if i * DT_S >= start_s and i % 3 == 0:
            forecast = model.forecast(2.0, 0.1)
            points = forecast.best().copy()
            points[ROWS] = track[i + ahead]
            inside.append([forecast.contains(points, 0.5)[ROWS], forecast.contains(points, 0.9)[ROWS]])
    return np.mean(inside, axis=0)


def wanderer(seconds: float, rng: np.random.Generator) -> np.ndarray:
    """Turns about as it likes, at a speed of its own."""
    turn = np.zeros(round(seconds / DT_S))
    for k in range(1, len(turn)):
        turn[k] = 0.97 * turn[k - 1] + 0.4 * rng.standard_normal()
    heading = np.cumsum(turn * DT_S)
    return np.cumsum(150.0 * DT_S * np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0)


def test_regions_of_a_wanderer_hold_at_every_horizon() -> None:
    shares = np.mean([held(wanderer(100.0, np.random.default_rng(seed))) for seed in (3, 4, 5, 6)], axis=0)
    assert np.abs(shares[0] - 0.5).max() < 0.1 and np.abs(shares[1] - 0.9).max() < 0.06


def test_who_stands_on_whole_pixels_and_runs_now_and_then_is_in_the_small_region_half_of_the_time() -> None:
    rng = np.random.default_rng(5)
    velocity = np.repeat(np.where(rng.random(60) < 0.7, 0.0, rng.choice([-90.0, 90.0], 60)), round(1.5 / DT_S))
    track = np.round(np.stack([np.cumsum(velocity * DT_S), np.zeros(len(velocity))], axis=1))
    shares = held(track)
    assert np.abs(shares[0] - 0.5).max() < 0.15 and (shares[1] > 0.8).all()


def test_corrected_levels_are_monotone_and_put_the_learned_cuts_at_one_half_and_nine_tenths() -> None:
    regions = np.tile((0.3, 0.97), (5, 1))
    found = np.array([0.0, 0.3, 0.5, 0.97, 1.0])
    levels = mixture.corrected(found, regions)
    assert levels[[0, 1, 3, 4]] == pytest.approx([0.0, 0.5, 0.9, 1.0]) and (np.diff(levels) > 0.0).all()
    assert mixture.corrected(found, None) is found


def test_contains_cuts_where_the_record_says() -> None:
    times, origin = np.array([1.0]), np.zeros((1, 1, 2))
    point = np.array([[1.5 * math.sqrt(2.0 * math.log(2.0)), 0.0]])  # 1.5 times as far as the 50 % region of a unit Gaussian reaches
    plain = Forecast(times, origin, np.ones(1), np.eye(2)[None, None], ("keeps going",))
    wider = Forecast(times, origin, np.ones(1), np.eye(2)[None, None], ("keeps going",), np.array([[0.85, 0.99]]))
    assert not plain.contains(point, 0.5)[0] and wider.contains(point, 0.5)[0]


def test_what_was_learned_of_regions_is_saved() -> None:
    track = wanderer(30.0, np.random.default_rng(6))
    model = TargetModel()
    for i, point in enumerate(track):
        model.observe(i * DT_S, point)
    other = TargetModel()
    other.restore(model.state())
    other.observe(0.0, track[-1])
    learned = model.forecast(1.0, 0.1).regions
    assert learned is not None and other.forecast(1.0, 0.1).regions == pytest.approx(learned)
    assert learned != pytest.approx(TargetModel.forecast(_fresh(), 1.0, 0.1).regions)


def _fresh() -> TargetModel:
    model = TargetModel()
    model.observe(0.0, (0.0, 0.0))
    return model
