"""Futures are drawn together so that at every time their mean and spread are what was demanded there."""

import math

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.layout import BINS
from npc_world.beliefs.matching import match_moments, read_times
from npc_world.beliefs.room import LANES

TIMES = np.array([0.1, 0.25, 0.7, 1.0, 3.0, 5.0])


def _futures() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """near, growth, rows, weights and futures of three futures, with random weights and no misses."""
    rng = np.random.default_rng(4)
    near, growth = np.empty((BINS, LANES)), np.empty(LANES)
    read_times(TIMES, near, growth)
    weights, futures = np.zeros((3, LANES)), np.zeros((4, 3, LANES))
    weights[:, :len(TIMES)] = rng.dirichlet(np.ones(3), len(TIMES)).T
    futures[:2, :, :len(TIMES)], futures[2:] = rng.normal(0.0, 50.0, (2, 3, len(TIMES))), 9.0
    return near, growth, np.array([0.2, 0.3, 0.5]), weights, futures


def test_between_judged_horizons_shares_add_up_and_beyond_them_variances_grow() -> None:
    near, growth = np.empty((BINS, LANES)), np.empty(LANES)
    read_times(TIMES, near, growth)
    assert near[:, :len(TIMES)].sum(axis=0).tolist() == [1.0] * len(TIMES)
    assert near[:, 2].round(9).tolist() == [0.0, 0.6, 0.4, 0.0, 0.0]
    assert growth[:len(TIMES)].round(9).tolist() == [round(0.4 ** 1.5, 9), 1.0, 1.0, 1.0, 1.0, 1.5625]


def test_rows_have_the_mean_that_each_time_demands_and_no_more_than_its_spread() -> None:
    near, growth, rows, weights, futures = _futures()
    before = futures.copy()
    wide = np.empty((4, LANES))
    match_moments(near, growth, rows, weights, futures, np.zeros((4, BINS)), 0.1, wide, np.empty((9, LANES)))
    h = slice(0, len(TIMES))
    demanded = (weights * before[:2]).sum(axis=1)
    np.testing.assert_allclose(np.tensordot(rows, futures[:2], axes=(0, 1)).reshape(2, LANES)[:, h], demanded[:, h], atol=1e-9)
    np.testing.assert_allclose(wide[:2, h], demanded[:, h], atol=1e-9)

    def spread(shares: np.ndarray, places: np.ndarray) -> np.ndarray:
        off = places - (shares * places).sum(axis=1, keepdims=True)
        return np.asarray((shares * off ** 2).sum(axis=(0, 1))[h])

    to_rows = np.broadcast_to(rows[:, None], weights.shape)
    assert (spread(to_rows, futures[:2]) <= spread(weights, before[:2]) + 1e-6).all()


@pytest.mark.parametrize("seed", [1000, 1002, 1006])
def test_a_leap_at_an_unknown_time_costs_nothing_just_ahead(seed: int) -> None:
    """It runs on level ground and leaps when it likes: what it did there before is no reason to lift off in the next tenth of a second."""
    rng, dt_s, errors, plain = np.random.default_rng(seed), 1.0 / 60.0, 0.0, 0.0
    x, y, vx, vy, track = 0.0, 0.0, 150.0, 0.0, []
    for _ in range(900):
        if y == 0.0:
            vy = 520.0 if rng.random() < 0.02 else 0.0
        if abs(x) > 400.0:
            vx = -math.copysign(150.0, x)
        vy -= 1500.0 * dt_s * (vy != 0.0 or y > 0.0)
        x, y = x + vx * dt_s, max(0.0, y + vy * dt_s)
        track.append((x, -y))
    path, model = np.array(track), nw.TargetModel()
    for i in range(len(path) - 6):
        model.observe(i * dt_s, path[i])
        if i >= 60 and i % 4 == 0:
            forecast = model.forecast(0.5, 0.1)
            errors += float(np.linalg.norm(forecast.weights @ forecast.positions_px[:, 0] - path[i + 6]))
            plain += float(np.linalg.norm(7.0 * path[i] - 6.0 * path[i - 1] - path[i + 6]))
    assert errors <= 1.02 * plain
