"""The command that fits a motion prior, the bodies it invents for that, and the prior that ships."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import npc_world as nw
from npc_world.arena.fit_prior import main
from npc_world.arena.prior_players import KINDS, prior_tracks


def test_invented_bodies_are_of_all_kinds_alike_for_one_seed_and_move_about_as_fast_as_said() -> None:
    tracks, kinds = prior_tracks(30, 5, seconds=12.0)
    assert set(kinds) == set(range(len(KINDS))) and len(tracks) == 30
    again, _ = prior_tracks(30, 5, seconds=12.0)
    assert all((a == b).all() for a, b in zip(tracks, again, strict=True))
    assert all(np.isfinite(track).all() and len(track) > 100 for track in tracks)
    tops = [np.quantile(np.hypot(*np.diff(track, axis=0).T), 0.9) for track in tracks]
    assert max(tops) > 20.0 * min(tops)


def test_a_prior_is_fitted_on_a_file_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(1)
    tracks = [np.cumsum(rng.normal([0.1, 0.0], 0.02, (60, 2)), axis=0) for _ in range(6)]
    np.savez(tmp_path / "t.npz", xyz=np.vstack(tracks), start=60 * np.arange(7), dt=np.full(6, 0.1), player=np.arange(6) // 2)
    assert main(["--out", str(tmp_path / "p.npz"), "--data", str(tmp_path / "t.npz")]) == 0
    assert "futures" in capsys.readouterr().out
    ahead = nw.MotionPrior.load(tmp_path / "p.npz").forecast(tracks[0][:20], 0.1, 1.0, 0.1)
    assert np.hypot(*(ahead.mean()[-1] - tracks[0][29])) < 0.5
    np.savez(tmp_path / "two.npz", xyz=np.vstack(tracks), start=60 * np.arange(7), dt=np.array([0.1, 0.2] * 3))
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path / "q.npz"), "--data", str(tmp_path / "two.npz")])


def test_the_shipped_prior_knows_strangers_in_metres_and_pixels_and_is_small() -> None:
    prior = nw.MotionPrior.shipped()
    from npc_world.beliefs import motion_prior

    assert motion_prior._SHIPPED.stat().st_size < 300_000
    mean, plain, inside = [], [], []
    for track in prior_tracks(24, 991)[0]:
        for i in range(25, len(track) - 20, 17):
            past, future = track[i - 20:i + 1], track[i + 1:i + 21]
            scale = max(1e-9, float(np.quantile(np.hypot(*np.diff(track, axis=0).T), 0.98)) / 0.1)
            forecast = prior.forecast(past, 0.1, 2.0, 0.1)
            mean.append(np.hypot(*(forecast.mean()[[4, 9, 19]] - future[[4, 9, 19]]).T) / scale)
            plain.append(np.hypot(*(past[-1] + np.array([[5], [10], [20]]) * (past[-1] - past[-2]) - future[[4, 9, 19]]).T) / scale)
            inside.append(forecast.contains(future, 0.9)[[4, 9, 19]])
    assert (np.mean(mean, axis=0) < np.array([1.2, 1.05, 0.97]) * np.mean(plain, axis=0)).all()  # at 0.5 s it is behind constant velocity
    assert (np.abs(np.mean(inside, axis=0) - 0.9) < 0.08).all()
