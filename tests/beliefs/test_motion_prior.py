"""A motion prior: what it learned from tracks serves bodies it never saw, in any unit and any direction."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.motion_prior import PriorConfig
from npc_world.beliefs.motion_prior_futures import winner_loss
from npc_world.beliefs.motion_prior_loss import TERMS, mixture_loss, output_size
from npc_world.beliefs.motion_prior_network import product, summed
from npc_world.core import mixture

DT_S = 0.1
QUICK = PriorConfig(futures=6, members=2, hidden=10, situations=1500, epochs=12, forget=0.1)


def walkers(count: int, seed: int, length: int = 90) -> list[np.ndarray]:
    """Bodies that walk straight and turn a quarter to their right or left, for half a second, every second."""
    out = []
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        rate, heading, at, track = 0.0, rng.uniform(-np.pi, np.pi), np.zeros(2), []
        phase = int(rng.integers(10))
        for step in range(length):
            if (step + phase) % 10 == 0:
                rate = rng.choice([-1.0, 1.0]) * 0.5 * np.pi / 0.5
            if (step + phase) % 10 == 5:
                rate = 0.0
            heading += rate * DT_S
            at = at + 1.4 * DT_S * np.array([np.cos(heading), np.sin(heading)]) + rng.normal(0.0, 0.002, 2)
            track.append(at)
        out.append(np.array(track))
    return out


@pytest.fixture(scope="module")
def prior() -> nw.MotionPrior:
    return nw.MotionPrior.fit(walkers(40, 1), DT_S, horizon_s=1.0, any_unit=True, config=QUICK)


def moments(tracks: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(track[i - 10:i + 1], track[i + 1:i + 11]) for track in tracks for i in range(12, len(track) - 10, 7)]


def test_it_foresees_strangers_better_than_constant_velocity_and_its_regions_hold(prior: nw.MotionPrior) -> None:
    mean, plain, nearest, levels = [], [], [], []
    for past, future in moments(walkers(30, 2)):
        forecast = prior.forecast(past, DT_S, 1.0, 0.1)
        assert forecast.positions_px.shape == (6, 10, 2) and forecast.weights.sum() == pytest.approx(1.0)
        mean.append(np.hypot(*(forecast.mean() - future).T))
        nearest.append(np.hypot(*(forecast.positions_px - future).transpose(2, 0, 1)).mean(axis=1).min())
        plain.append(np.hypot(*(past[-1] + np.arange(1, 11)[:, None] * (past[-1] - past[-2]) - future).T))
        levels.append(mixture.levels(forecast.positions_px, forecast.covariances_px2, forecast.weights, future))
    assert np.mean(mean) < 0.85 * np.mean(plain)
    assert np.mean(nearest) < 0.5 * np.mean(plain)
    late = np.array(levels)[:, 4:]
    assert abs((late < 0.5).mean() - 0.5) < 0.1 and abs((late < 0.9).mean() - 0.9) < 0.06


def test_the_best_guess_is_the_likeliest_future_and_the_mean_of_all(prior: nw.MotionPrior) -> None:
    for past, _ in moments(walkers(4, 8)):
        forecast = prior.forecast(past, DT_S, 1.0, 0.1)
        np.testing.assert_allclose(forecast.mean(), forecast.best(), atol=1e-9)
        assert (forecast.best() == forecast.positions_px[0]).all()


def test_what_a_body_did_jerkily_is_smoothed_and_what_it_did_smoothly_goes_on() -> None:
    """Steady walkers, some seen sharply and some through noise: how far the last step counts is read off the past."""
    def seen(seed: int, noise: float) -> list[np.ndarray]:
        rng = np.random.default_rng(seed)
        ways = [1.4 * DT_S * np.arange(60)[:, None] * np.array([np.cos(a), np.sin(a)]) for a in rng.uniform(0.0, 6.3, 30)]
        return [way + rng.normal(0.0, noise, way.shape) for way in ways]

    config = PriorConfig(futures=4, parts=1, hidden=10, situations=2000, epochs=12)
    both = nw.MotionPrior.fit(seen(1, 0.0005) + seen(2, 0.03), DT_S, horizon_s=1.0, config=config)
    for noise, least in ((0.0005, 1.5), (0.03, 0.5)):
        off, plain = [], []
        for past, future in moments(seen(3, noise)):
            off.append(np.hypot(*(both.forecast(past, DT_S, 1.0, 0.1).mean()[-1] - future[-1])))
            plain.append(np.hypot(*(past[-1] + 10.0 * (past[-1] - past[-2]) - future[-1])))
        assert np.mean(off) < least * np.mean(plain)


def test_metres_or_pixels_north_or_south_here_or_there_are_alike(prior: nw.MotionPrior) -> None:
    past, _ = moments(walkers(1, 3))[2]
    here = prior.forecast(past, DT_S)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    there = prior.forecast(37.0 * past @ turn.T + [400.0, -90.0], DT_S)
    np.testing.assert_allclose(there.positions_px, 37.0 * here.positions_px @ turn.T + [400.0, -90.0], rtol=1e-6, atol=1e-4)
    np.testing.assert_allclose(there.covariances_px2, 37.0 ** 2 * turn @ here.covariances_px2 @ turn.T, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(there.weights, here.weights)
    assert there.labels == here.labels


def test_times_between_and_beyond_its_horizons_continue_its_ways(prior: nw.MotionPrior) -> None:
    past, _ = moments(walkers(1, 4))[3]
    fine = prior.forecast(past, DT_S, 2.0, 0.02)
    steps = np.hypot(*np.diff(fine.mean(), axis=0).T)
    assert steps.max() < 0.1 and np.hypot(*(fine.mean()[0] - past[-1])) < 0.1
    spread = np.linalg.det(fine.covariances_px2)
    assert (spread > 0.0).all() and (spread[:, -1] > spread[:, 2]).all()
    assert np.hypot(*(fine.mean()[49] - prior.forecast(past, DT_S).mean()[-1])) < 0.02


def test_irregular_and_short_pasts_are_read_and_one_that_stands_may_go_anywhere(prior: nw.MotionPrior) -> None:
    past, _ = moments(walkers(1, 5))[1]
    times = DT_S * np.arange(len(past))
    dropped = np.array([0, 1, 3, 4, 5, 6, 8, 9, 10])
    whole, holes = prior.forecast(past, times), prior.forecast(past[dropped], times[dropped])
    assert np.hypot(*(whole.mean() - holes.mean()).T).max() < 0.1
    assert np.isfinite(prior.forecast(past[-2:], DT_S).positions_px).all()
    stands = prior.forecast(np.zeros((8, 2)), DT_S)
    assert np.isfinite(stands.positions_px).all() and np.isfinite(stands.covariances_px2).all()
    may_go = prior.forecast(np.zeros((8, 2)), DT_S, typical_speed=1.4)
    assert np.sqrt(may_go.covariances_px2[:, -1, 0, 0].max()) > 0.01
    fewer = prior.forecast(past, DT_S, hypotheses=2)
    assert len(fewer.weights) == len(fewer.labels) == 2 and fewer.weights.sum() == pytest.approx(1.0)


def test_a_saved_prior_says_the_same_and_the_same_tracks_give_the_same(prior: nw.MotionPrior, tmp_path: Path) -> None:
    past, _ = moments(walkers(1, 6))[0]
    prior.save(tmp_path / "walkers.npz")
    loaded = nw.MotionPrior.load(tmp_path / "walkers.npz")
    np.testing.assert_allclose(loaded.forecast(past, DT_S).positions_px, prior.forecast(past, DT_S).positions_px, rtol=1e-4, atol=1e-4)
    assert os.listdir(tmp_path) == ["walkers.npz"] and (tmp_path / "walkers.npz").stat().st_size < 300_000
    told: list[float] = []
    quick = PriorConfig(futures=3, members=2, hidden=4, situations=300, epochs=1, trees=10)
    one, two = (nw.MotionPrior.fit(walkers(6, 7), DT_S, seed=3, config=quick, progress=lambda share, what: told.append(share)) for _ in range(2))
    assert (one.network.top == two.network.top).all() and (one.network.correction == two.network.correction).all()
    assert told[0] == 0.0 and told[-1] == 1.0 and len(told) > 6


def test_what_is_no_prior_is_named(prior: nw.MotionPrior, tmp_path: Path) -> None:
    prior.save(tmp_path / "prior.npz")
    with pytest.raises(nw.SaveFileError, match="no such file"):
        nw.MotionPrior.load(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("no")
    with pytest.raises(nw.SaveFileError, match=r"text\.npz"):
        nw.MotionPrior.load(tmp_path / "text.npz")
    stored = dict(np.load(tmp_path / "prior.npz"))
    np.savez(tmp_path / "cut.npz", **(stored | {"data/top": stored["data/top"][:, :3]}))
    with pytest.raises(nw.SaveFileError, match="top has shape"):
        nw.MotionPrior.load(tmp_path / "cut.npz")
    np.savez(tmp_path / "later.npz", **(stored | {"version": np.array(99)}))
    with pytest.raises(nw.SaveFileError, match="version 99"):
        nw.MotionPrior.load(tmp_path / "later.npz")


def test_bad_input_is_named(prior: nw.MotionPrior) -> None:
    fit, past = nw.MotionPrior.fit, np.arange(20.0).reshape(10, 2)
    for call, named in ((lambda: fit(walkers(3, 1), 0.0), "dt_s"), (lambda: fit([np.zeros((5, 3))], 0.1), r"tracks\[0\]"),
                        (lambda: fit([np.full((50, 2), np.nan)], 0.1), r"tracks\[0\]: row 0"), (lambda: fit([], 0.1), "0 situations"),
                        (lambda: fit(walkers(3, 1), 0.1, groups=[1]), "groups"), (lambda: fit(walkers(3, 1), 0.1, seed=-1), "seed"),
                        (lambda: fit(walkers(3, 1), 0.1, horizon_s=-1.0), "horizon_s"),
                        (lambda: prior.forecast(past[:1], 0.1), "at least 2"), (lambda: prior.forecast(past, [0.0] * 10), "times_s"),
                        (lambda: prior.forecast(past * np.nan, 0.1), "points"), (lambda: prior.forecast(past, 0.1, 1.0, -1.0), "step_s"),
                        (lambda: prior.forecast(past, 0.1, hypotheses=0), "hypotheses"), (lambda: PriorConfig(futures=1), "futures")):
        with pytest.raises(nw.BadInputError, match=named):
            call()


def test_the_gradient_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(0)
    futures, steps, width = 3, 4, 2
    out = rng.normal(size=(5, output_size(futures, width)))
    truth, shapes = rng.normal(size=(5, steps, 2)), rng.normal(size=(2, steps, width))
    truth[1, 2:] = np.nan
    spread, weights, importance = 0.3 * rng.normal(size=(futures, steps, 3)), np.array([1.0, 0.5]), rng.uniform(0.5, 2.0, 5)

    def loss(out: np.ndarray, spread: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        d_out, d_spread, terms = np.empty_like(out), np.zeros_like(spread), np.zeros(TERMS)
        mixture_loss(out, truth, importance, shapes, spread, weights, d_out, d_spread, terms)
        return float(weights @ terms), d_out, d_spread

    _, d_out, d_spread = loss(out, spread)
    for array, gradient in ((out, d_out), (spread, d_spread)):
        for index in [tuple(rng.integers(n) for n in array.shape) for _ in range(25)]:
            before = array[index]
            array[index] = before + 1e-5
            above = loss(out, spread)[0]
            array[index] = before - 1e-5
            below = loss(out, spread)[0]
            array[index] = before
            assert gradient[index] == pytest.approx((above - below) / 2e-5, rel=1e-3, abs=1e-6)


def test_the_best_guess_is_the_first_future_and_the_mean_whatever_the_others_say(prior: nw.MotionPrior) -> None:
    for past, _ in moments(walkers(4, 9)):
        said = prior.forecast(past, DT_S)
        np.testing.assert_allclose(said.mean(), said.positions_px[0], atol=1e-9)
        assert np.hypot(*(said.positions_px[1:-1, -1] - said.positions_px[0, -1]).T).max() > 0.1


def test_futures_of_an_older_file_lie_around_the_best_guess(prior: nw.MotionPrior, tmp_path: Path) -> None:
    prior.save(tmp_path / "now.npz")
    stored = dict(np.load(tmp_path / "now.npz"))
    correction = stored["data/correction"].copy()
    assert correction[-1, 1] == 1.0
    correction[-1, 1] = 0.0
    np.savez(tmp_path / "old.npz", **(stored | {"version": np.array(2), "data/correction": correction}))
    old = nw.MotionPrior.load(tmp_path / "old.npz")
    past, _ = moments(walkers(1, 9))[0]
    said, now = old.forecast(past, DT_S), prior.forecast(past, DT_S)
    np.testing.assert_allclose(said.positions_px[0], now.positions_px[0], atol=1e-4)
    np.testing.assert_allclose(said.positions_px[-1], said.positions_px[0], atol=1e-9)
    np.testing.assert_allclose(said.mean(), said.positions_px[0], atol=1e-9)
    np.savez(tmp_path / "ancient.npz", **(stored | {"version": np.array(1)}))
    with pytest.raises(nw.SaveFileError, match="version 1"):
        nw.MotionPrior.load(tmp_path / "ancient.npz")


def test_futures_are_taught_by_what_came_near_them_along_the_gradient() -> None:
    rng = np.random.default_rng(1)
    futures, steps, width, count = 4, 5, 2, 7
    out, base = rng.normal(size=(count, futures * 2 * width)), rng.normal(size=(count, 2 * width))
    truth, shapes, importance = rng.normal(size=(count, steps, 2)), rng.normal(size=(2, width, steps)), rng.uniform(0.5, 2.0, count)
    truth[2, 3:], truth[3] = np.nan, np.nan
    d_out = np.empty_like(out)
    before = winner_loss(out, base, truth, importance, shapes, 0.0, 0, d_out)
    found = np.empty_like(out)
    for n, c in [(int(rng.integers(count)), int(rng.integers(out.shape[1]))) for _ in range(60)]:
        at, out[n, c] = out[n, c], out[n, c] + 1e-6
        after = winner_loss(out, base, truth, importance, shapes, 0.0, 0, found)
        out[n, c] = at
        assert d_out[n, c] == pytest.approx((after - before) / 1e-6, rel=1e-3, abs=1e-5)
    touched = (d_out.reshape(count, futures, -1) != 0.0).any(axis=2).sum(axis=1)
    assert touched.max() <= 2 and touched[3] == 0  # the nearest over all steps, and the nearest at the last
    winner_loss(out, base, truth, importance, shapes, 0.01, 2, found)
    assert ((found != 0.0).reshape(count, futures, -1).any(axis=2)[0, 2])  # a trace reaches the others in turn


@pytest.mark.parametrize("count", [0, 1, 7, 21, 22, 257])
def test_products_a_few_rows_at_a_time_are_the_products(count: int) -> None:
    rng = np.random.default_rng(count)
    rows, by, others = rng.normal(size=(count, 64)), rng.normal(size=(64, 193)), rng.normal(size=(count, 193))
    assert product(rows, by) == pytest.approx(rows @ by, abs=1e-12)
    assert product(others, by.T) == pytest.approx(others @ by.T, abs=1e-12)
    assert summed(rows, others) == pytest.approx(rows.T @ others, abs=1e-12)


def test_bodies_that_never_move_teach_nothing() -> None:
    with pytest.raises(nw.BadInputError, match="none of these bodies moves"):
        nw.MotionPrior.fit([np.zeros((200, 2)), np.ones((200, 2))], 0.1)
