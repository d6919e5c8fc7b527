"""Futures are drawn together so that at every time their mean and spread are what was demanded there."""

import numpy as np

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
