"""A prior that has learned from others' routes: it turns where the street does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.motion_prior import PriorConfig
from npc_world.beliefs.motion_prior_correction import _worth
from npc_world.core.errors import SaveFileError

DT_S = 0.1
QUICK = PriorConfig(futures=4, members=1, hidden=8, situations=800, epochs=6, parts=2)


def rounds(count: int, seed: int) -> list[np.ndarray]:
    """Bodies that go round a square street of 8 × 5 m, either way, on lanes of their own."""
    out = []
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        lane = rng.uniform(-0.3, 0.3)
        corners = np.array([[-lane, -lane], [8.0 + lane, -lane], [8.0 + lane, 5.0 + lane], [-lane, 5.0 + lane]])[::rng.choice([-1, 1])]
        way = np.vstack([corners, corners, corners, corners[:1]])
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])
        at = rng.uniform(0.0, 20.0) + 1.4 * DT_S * np.arange(120)
        out.append(np.stack([np.interp(at, along, way[:, a]) for a in range(2)], axis=1) + rng.normal(0.0, 0.003, (120, 2)))
    return out


def error(prior: nw.MotionPrior, tracks: list[np.ndarray]) -> float:
    """Mean distance 1 s ahead."""
    off = [prior.forecast(track[i - 10:i + 1], DT_S, 1.0, 0.5).mean()[-1] - track[i + 10] for track in tracks for i in range(10, 105, 6)]
    return float(np.hypot(*np.array(off).T).mean())


@pytest.fixture(scope="module")
def taught() -> nw.MotionPrior:
    return nw.MotionPrior.fit(rounds(24, 1), DT_S, groups=range(24), horizon_s=1.0, config=QUICK.__class__(**{**_fields(QUICK), "trees": 60}))


def _fields(config: PriorConfig) -> dict[str, object]:
    return {name: getattr(config, name) for name in config.__dataclass_fields__}


def test_strangers_are_foreseen_to_turn_at_the_corners(taught: nw.MotionPrior) -> None:
    without = nw.MotionPrior.fit(rounds(24, 1), DT_S, groups=range(24), horizon_s=1.0, config=QUICK.__class__(**{**_fields(QUICK), "trees": 0}))
    assert taught.network.mended is not None and taught.network.mended.ground is not None
    strangers = rounds(8, 2)
    assert error(taught, strangers) < 0.8 * error(without, strangers)


def test_elsewhere_it_says_what_the_past_says(taught: nw.MotionPrior) -> None:
    past = rounds(1, 3)[0][:11] + 500.0
    forecast = taught.forecast(past, DT_S)
    assert np.isfinite(forecast.positions_px).all()
    assert np.hypot(*(forecast.mean()[-1] - past[-1])) < 3.0


def test_it_is_the_same_out_of_a_file_and_a_damaged_one_is_refused(taught: nw.MotionPrior, tmp_path: Path) -> None:
    taught.save(tmp_path / "prior.npz")
    loaded, past = nw.MotionPrior.load(tmp_path / "prior.npz"), rounds(1, 4)[0][:11]
    np.testing.assert_allclose(loaded.forecast(past, DT_S).positions_px, taught.forecast(past, DT_S).positions_px, atol=1e-4)
    with np.load(tmp_path / "prior.npz") as stored:
        arrays = dict(stored)
    arrays["data/placed_feature"] = arrays["data/placed_feature"] + 1000
    np.savez(tmp_path / "damaged.npz", **arrays)
    with pytest.raises(SaveFileError, match="placed trees are damaged"):
        nw.MotionPrior.load(tmp_path / "damaged.npz")


def test_coarse_tracks_are_left_to_the_network() -> None:
    coarse = [track[::4] for track in rounds(24, 5)]
    prior = nw.MotionPrior.fit(coarse, 4.0 * DT_S, groups=range(24), horizon_s=2.0, config=QUICK)
    assert prior.network.mended is None


def test_trees_that_harm_one_held_out_part_are_not_believed_there() -> None:
    rng = np.random.default_rng(4)
    said = rng.normal(size=(400, 3, 2))
    part = np.arange(400) % 2
    lacking = said + 0.1 * rng.normal(size=said.shape)
    lacking[part == 1, 2] = -0.05 * said[part == 1, 2]  # at the last horizon they lead the second part astray
    share, error = _worth(said, lacking, part)
    assert share[:2].tolist() == [1.0, 1.0] and share[2] == 0.0
    assert error < 0.5
