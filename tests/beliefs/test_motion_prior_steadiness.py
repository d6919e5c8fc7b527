"""Where a past was steady, a prior goes straight on; where it trembled, it averages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.motion_prior import PriorConfig
from npc_world.beliefs.motion_prior_frame import input_size, read_past
from npc_world.beliefs.motion_prior_steadiness import Steadiness, fit_steadiness, unsteadiness
from npc_world.beliefs.motion_prior_windows import Windows

LAGS_S = 0.4 * np.arange(1.0, 8.0)
AHEAD_S = 0.4 * np.arange(1.0, 5.0)
QUICK = PriorConfig(futures=6, hidden=8, spread_hidden=16, situations=4000, spread_situations=4000, epochs=10, spread_epochs=8, forget=0.0)


def read(past: np.ndarray, known_s: float = 2.8) -> np.ndarray:
    inputs = np.empty(input_size(len(LAGS_S)))
    read_past(np.ascontiguousarray(past[::-1]), LAGS_S, known_s, 1.3, True, inputs, np.empty(5))
    return inputs


def test_a_corner_in_a_straight_way_is_steady_and_trembling_is_not() -> None:
    rng = np.random.default_rng(1)
    straight = np.column_stack([np.arange(8.0), np.zeros(8)])
    corner = straight.copy()
    corner[4:] = [(3.0, y) for y in (1.0, 2.0, 3.0, 4.0)]
    slight, strong = (straight + size * rng.normal(size=(8, 2)) for size in (0.02, 0.2))
    steady, bent, trembles, shakes = (unsteadiness(read(past), LAGS_S) for past in (straight, corner, slight, strong))
    assert steady == pytest.approx(np.log(1e-3)) and bent == pytest.approx(steady)
    assert steady + 1.0 < trembles < shakes - 1.0


def test_a_past_of_which_little_is_known_is_neither() -> None:
    past = np.column_stack([np.arange(8.0), np.zeros(8)])
    assert np.isnan(unsteadiness(read(past, 1.6), LAGS_S)) and not np.isnan(unsteadiness(read(past, 2.0), LAGS_S))


def situations(seed: int) -> tuple[Windows, np.ndarray, np.ndarray]:
    """Half of them go exactly on, half tremble about a straight way; the guess is the mean of the past in both."""
    rng, count = np.random.default_rng(seed), 3000
    inputs, frames = np.empty((count, input_size(len(LAGS_S)))), np.empty((count, 5))
    truth, trembles = np.empty((count, len(AHEAD_S), 2)), np.arange(count) % 2 == 1
    for n in range(count):
        way = np.column_stack([np.arange(12.0), np.zeros(12)])
        way[:6, 1] += 0.3 * rng.normal()  # a corner before the last step
        if trembles[n]:
            way += 0.2 * rng.normal(size=way.shape)
        read_past(np.ascontiguousarray(way[7::-1]), LAGS_S, 2.8, 0.0, True, inputs[n], frames[n])
        cos, sin, scale = frames[n, 2], frames[n, 3], frames[n, 4] * AHEAD_S[-1]
        off = (way[8:] - way[7]) / scale
        truth[n] = np.stack([cos * off[:, 0] + sin * off[:, 1], cos * off[:, 1] - sin * off[:, 0]], axis=1)
    velocity = inputs[:, :14].reshape(count, 7, 2).mean(axis=1)
    return Windows(inputs, frames, truth, np.arange(count)), velocity[:, None] * (AHEAD_S / AHEAD_S[-1])[:, None], trembles


def test_only_steady_pasts_give_way_and_strangers_gain() -> None:
    windows, guess, trembles = situations(1)
    steady = fit_steadiness(windows, guess, np.zeros(len(guess), dtype=np.int64), LAGS_S, AHEAD_S, 0.02)
    assert (steady.share[0] == 1.0).all() and (steady.share[-1] < 0.4).all()
    windows, guess, trembles = situations(2)
    moved = guess + steady.shift(windows.inputs, guess, LAGS_S, AHEAD_S)
    before, after = (np.hypot(*np.moveaxis(said - windows.truth, -1, 0)).mean(axis=1) for said in (guess, moved))
    assert after[~trembles].mean() < 0.1 * before[~trembles].mean()
    assert after[trembles].mean() < 1.02 * before[trembles].mean()


@pytest.mark.parametrize(("of_group", "worse", "share"), [(300, 0.02, 1.0), (60, 0.02, 0.0), (300, np.inf, 0.0)])
def test_no_group_pays_for_the_mean_unless_it_is_too_small_to_tell(of_group: int, worse: float, share: float) -> None:
    """All pasts tremble alike; the guess is right for the many, going on nearly so for the few."""
    windows, _, trembles = situations(1)
    rows = np.repeat(np.flatnonzero(trembles)[:1], 1500)
    group = (np.arange(len(rows)) < of_group).astype(np.int64)
    onward = windows.inputs[rows][:, None, :2] * (AHEAD_S / AHEAD_S[-1])[:, None]
    truth = np.where(group[:, None, None] == 1, 0.98, 0.5) * onward
    steady = fit_steadiness(Windows(windows.inputs[rows], windows.frames[rows], truth, rows), 0.5 * onward, group, LAGS_S, AHEAD_S, worse)
    assert (steady.share[0] == share).all()


def test_few_situations_change_nothing() -> None:
    windows, guess, _ = situations(1)
    few = Windows(windows.inputs[:300], windows.frames[:300], windows.truth[:300], windows.track[:300])
    steady = fit_steadiness(few, guess[:300], np.zeros(300, dtype=np.int64), LAGS_S, AHEAD_S, 0.02)
    assert len(steady.edges) == 0 and not steady.share.any()


def recorded(seed: int, noise: float) -> list[np.ndarray]:
    """Walkers that turn a corner now and then, as a camera sees them, in metres every 0.4 s."""
    out = []
    for i in range(60):
        rng = np.random.default_rng([seed, i])
        heading = np.cumsum(np.where(rng.random(40) < 0.1, rng.normal(size=40), 0.0)) + rng.uniform(-3.0, 3.0)
        way = np.cumsum(0.5 * np.column_stack([np.cos(heading), np.sin(heading)]), axis=0)
        out.append(way + noise * rng.normal(size=way.shape))
    return out


@pytest.fixture(scope="module")
def prior() -> nw.MotionPrior:
    return nw.MotionPrior.fit(recorded(1, 0.0) + recorded(2, 0.08), 0.4, groups=[0] * 60 + [1] * 60, config=QUICK)


def test_a_prior_of_both_kinds_goes_on_where_the_past_was_exact(prior: nw.MotionPrior, tmp_path: Path) -> None:
    past = np.column_stack([0.5 * np.arange(8.0), np.zeros(8)])
    past[:3] += (0.0, 0.4)
    first = prior.forecast(past, 0.4).best()[0]
    np.testing.assert_allclose(first, past[-1] + (0.5, 0.0), atol=0.005)
    prior.save(tmp_path / "p.npz")
    np.testing.assert_allclose(nw.MotionPrior.load(tmp_path / "p.npz").forecast(past, 0.4).best()[0], first, atol=1e-4)


def test_twenty_for_twenty_are_the_futures_that_were_taught(prior: nw.MotionPrior) -> None:
    forecast = prior.forecast(recorded(5, 0.08)[0][:8], 0.4)
    assert forecast.cover_px is not None and forecast.cover_px.shape == (4, 12, 2)
    few = forecast.representatives(4)
    np.testing.assert_array_equal(few, forecast.cover_px)
    few += 1.0
    assert (forecast.representatives(4) != few).all()
    assert forecast.representatives(3).shape == (3, 12, 2)
    spread = np.hypot(*(forecast.cover_px - forecast.best()).transpose(2, 0, 1))[:, -1]
    assert spread.max() > 0.3


def test_futures_lie_as_much_wider_as_asked_for() -> None:
    tracks = recorded(1, 0.03)[:30]
    plain, wide = (nw.MotionPrior.fit(tracks, 0.4, config=replace(QUICK, wide=wider, parts=2, epochs=3, spread_epochs=2), progress=lambda share, what: None) for wider in (1.0, 1.4))
    plain_px2, wide_px2 = (each.forecast(tracks[0][:8], 0.4).covariances_px2[:-1] for each in (plain, wide))
    np.testing.assert_allclose(wide_px2, 1.4 ** 2 * plain_px2, rtol=0.05)


def test_a_prior_for_any_unit_finds_them_when_asked() -> None:
    assert nw.MotionPrior.shipped().forecast(recorded(5, 0.0)[0][:8], 0.4).cover_px is None


def test_damaged_steadiness_is_named(prior: nw.MotionPrior, tmp_path: Path) -> None:
    prior.save(tmp_path / "p.npz")
    with np.load(tmp_path / "p.npz") as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["data/steady_share"] = arrays["data/steady_share"] + 2.0
    np.savez(tmp_path / "damaged.npz", **arrays)
    with pytest.raises(nw.SaveFileError, match="steady"):
        nw.MotionPrior.load(tmp_path / "damaged.npz")


def test_a_file_from_before_never_gives_way(prior: nw.MotionPrior, tmp_path: Path) -> None:
    prior.save(tmp_path / "p.npz")
    with np.load(tmp_path / "p.npz") as stored:
        arrays = {name: stored[name] for name in stored.files if "steady" not in name}
    np.savez(tmp_path / "before.npz", **(arrays | {"version": np.array(3)}))
    older = nw.MotionPrior.load(tmp_path / "before.npz")
    assert not older.network.steady.share.any() and prior.network.steady.share.any()
    for now, before in ((prior.forecast(track[:8], 0.4), older.forecast(track[:8], 0.4)) for track in recorded(5, 0.0)[:5]):
        np.testing.assert_allclose(now.cover_px, before.cover_px, atol=1e-4)
        np.testing.assert_allclose(before.cover_px, before.positions_px[1 + np.argsort(-before.weights[1:-1], kind="stable")])


def test_it_is_said_for_each_degree_and_horizon(prior: nw.MotionPrior) -> None:
    steady = prior.network.steady
    assert isinstance(steady, Steadiness) and steady.share.shape == (len(steady.edges) + 1, 12)
    assert (np.diff(steady.edges) > 0.0).all() and (steady.share >= 0.0).all() and (steady.share <= 1.0).all()
