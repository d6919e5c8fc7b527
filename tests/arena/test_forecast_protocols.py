"""The protocols in which a motion prior is fitted first: what is cut, what is held against what, and files that are none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from npc_world.arena.forecast_baselines import Situations, angles, imm, neighbours, still, velocity
from npc_world.arena.forecast_data import Steps, by_name, read_recorded, split_of
from npc_world.arena.forecast_protocols import GAME, PEDESTRIAN, cut_situations, hold
from npc_world.arena.forecasting import main
from npc_world.core.errors import BadInputError


def walks(count: int, length: int, dt_s: float, seed: int) -> list[np.ndarray]:
    """People who walk straight, or in a wide bend."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(count):
        heading = rng.uniform(-3.0, 3.0) + rng.choice([0.0, 0.0, 0.15, -0.15]) * dt_s * np.arange(length)
        steps = rng.uniform(0.8, 1.6) * dt_s * np.stack([np.cos(heading), np.sin(heading)], 1)
        out.append(np.cumsum(steps + rng.normal(0.0, 0.01, steps.shape), axis=0))
    return out


def store(path: Path, tracks: list[np.ndarray], dt_s: float, **names: np.ndarray) -> str:
    start = np.concatenate([[0], np.cumsum([len(track) for track in tracks])])
    np.savez(path, xyz=np.vstack(tracks), start=start, dt=np.full(len(tracks), dt_s), **names)
    return str(path)


def test_a_straight_walk_is_nothing_for_constant_velocity_and_all_windows_of_twenty_rows_are_taken(tmp_path: Path) -> None:
    straight = np.outer(np.arange(25.0), [0.4, 0.3])
    tracks = read_recorded(store(tmp_path / "one.npz", [straight], 0.4))
    found = cut_situations(tracks, PEDESTRIAN)
    assert found.pasts.shape == (6, 8, 2) and found.futures.shape == (6, 12, 2)
    held = hold(velocity(found), found)
    assert held.figures()["ade"] == pytest.approx(0.0, abs=1e-9)
    assert hold(still(found), found).figures()["fde"] == pytest.approx(12 * 0.5)
    with pytest.raises(BadInputError, match=r"dt=0.1"):
        cut_situations(read_recorded(store(tmp_path / "fast.npz", [straight], 0.1)), PEDESTRIAN)


def test_baselines_state_what_they_know() -> None:
    tracks = walks(12, 40, 0.4, 1)
    pasts, futures = np.array([t[:8] for t in tracks]), np.array([t[8:20] for t in tracks])
    fitted = Situations(pasts, futures, 0.4, PEDESTRIAN.ahead_s)
    for make in (still, velocity, angles, imm, neighbours):
        means, covariances, weights = make(fitted)(pasts[3])
        assert means.shape[1:] == (12, 2) and covariances.shape == (*means.shape, 2) and weights.sum() == pytest.approx(1.0)
        assert np.isfinite(means).all() and np.isfinite(covariances).all()
    assert np.hypot(*(neighbours(fitted)(pasts[3])[0] - futures[3]).transpose(2, 0, 1)).mean(axis=1).min() < 1e-6
    assert hold(velocity(fitted), fitted).inside(0.9).mean() > 0.7
    sampled = hold(angles(fitted), fitted).figures()
    assert sampled["min_ade20"] <= hold(velocity(fitted), fitted).figures()["ade"] + 0.05


def test_rows_of_positions_are_cut_into_tracks_and_splits_are_kept(tmp_path: Path) -> None:
    times = np.concatenate([0.1 * np.arange(10), 0.1 * np.arange(10), 5.0 + 0.1 * np.arange(10)])
    player = np.repeat(["a", "b", "b"], 10)
    np.savez(tmp_path / "rows.npz", positions=np.arange(60.0).reshape(30, 2), times=times, player=player, split=np.repeat(["train", "test", "test"], 10))
    tracks = read_recorded(tmp_path / "rows.npz")
    assert [(t.player, len(t.points), t.split) for t in tracks] == [("a", 10, "train"), ("b", 10, "test"), ("b", 10, "test")]
    train, test = split_of(tracks)
    assert len(train) == 1 and len(test) == 2 and tracks[0].dt_s == pytest.approx(0.1)
    by_player = read_recorded(store(tmp_path / "t.npz", walks(6, 30, 0.1, 2), 0.1, player=np.array([1, 1, 2, 2, 3, 3])))
    assert {t.player for t in split_of(by_player)[1]} == {"3"}
    for name, arrays in (("no", {"x": np.zeros(3)}), ("half", {"positions": np.zeros((3, 2)), "times": np.zeros(3)})):
        np.savez(tmp_path / f"{name}.npz", **arrays)
        with pytest.raises(BadInputError, match=f"{name}.npz.*missing"):
            read_recorded(tmp_path / f"{name}.npz")


@pytest.mark.parametrize("protocol", [[], ["--protocol", "online"]])
def test_every_protocol_reads_a_row_per_position_with_gaps_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str], protocol: list[str]) -> None:
    """A game's own log: 32 bit floats, a name, the player out of sight for a while, frames of two lengths."""
    times = np.concatenate([0.05 * np.arange(200), 20.0 + 0.05 * np.arange(200), 0.1 * np.arange(150)])
    player = np.repeat(["bob", "eve"], [400, 150])
    positions = np.stack([60.0 * times, 40.0 * np.sin(times)], 1).astype(np.float32)
    positions[120:130] = np.nan
    np.savez(tmp_path / "log.npz", positions=positions, times=times.astype(np.float32), player=player)
    tracks = read_recorded(tmp_path / "log.npz")
    assert [(t.player, len(t.points), round(t.dt_s, 3)) for t in tracks] == [("bob", 120, 0.05), ("bob", 70, 0.05), ("bob", 200, 0.05), ("eve", 150, 0.1)]
    assert main([*protocol, "--data", str(tmp_path / "log.npz")]) == 0
    assert "nan" not in capsys.readouterr().out.split("\n\n")[0].splitlines()[1]


@pytest.mark.parametrize(("wrong", "what"), [({"dt": np.zeros(1)}, "dt="), ({"xyz": np.zeros(200)}, "xyz has shape"), ({"start": np.array([0, 900])}, "start="),
                                             ({"start": np.array([0, 3])}, "no track")])
@pytest.mark.parametrize("protocol", ["players", "game"])
def test_what_is_wrong_with_recorded_tracks_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: dict[str, np.ndarray], what: str, protocol: str) -> None:
    right = {"xyz": np.cumsum(np.ones((200, 2)), axis=0), "start": np.array([0, 200]), "dt": np.array([0.1])}
    np.savez(tmp_path / "t.npz", **{**right, **wrong})
    with pytest.raises(SystemExit):
        main([*(["--protocol", "game"] if protocol == "game" else []), "--data", str(tmp_path / "t.npz")])
    assert what in capsys.readouterr().err


def test_both_protocols_print_all_methods(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from npc_world.arena import forecast_protocols
    from npc_world.beliefs.motion_prior import PriorConfig

    monkeypatch.setattr(forecast_protocols, "PriorConfig", lambda: PriorConfig(futures=4, members=1, hidden=6, situations=400, epochs=2, trees=10))
    scenes = [store(tmp_path / f"scene{i}.npz", walks(14, 26, 0.4, i), 0.4) for i in range(2)]
    assert main(["--protocol", "pedestrian", "--data", *scenes, "--json", str(tmp_path / "out.json")]) == 0
    printed = capsys.readouterr().out
    for method in ("still", "velocity", "angles", "imm", "neighbours", "prior"):
        assert f"average        {method}" in printed
    found = json.loads((tmp_path / "out.json").read_text())
    over = [max(np.array(each["imm"]["errors"]) / each["velocity"]["errors"]) for each in found.values()]
    row = next(line for line in printed.splitlines() if line.startswith("average        imm"))
    assert f"{max(over):.3f} " in row, "the worst horizon of the worst set is told"
    assert found["scene0"]["prior"]["ade"] < 0.5 * found["scene0"]["still"]["ade"] and len(found["scene1"]["imm"]["in_90"]) == 12
    game = store(tmp_path / "game.npz", walks(9, 150, 0.05, 3), 0.05, player=np.arange(9) // 3)
    assert main(["--protocol", "game", "--data", game, "--moments", "60"]) == 0
    assert "game           prior" in capsys.readouterr().out
    assert len(cut_situations(read_recorded(game), GAME, 50).pasts) <= 50
    for wrong in (["--protocol", "game"], ["--protocol", "pedestrian", "--data", scenes[0]]):
        with pytest.raises(SystemExit):
            main(wrong)


def test_tracks_that_are_too_short_are_named_with_how_long_they_are(tmp_path: Path) -> None:
    short = store(tmp_path / "short.npz", [np.zeros((12, 2))], 0.1)
    with pytest.raises(BadInputError, match=r"the yard: no track is longer than 3 s; the longest of 1 lasts 1\.2 s"):
        cut_situations(read_recorded(short), GAME, name="the yard")


def test_a_forecast_is_held_against_the_track_at_times_that_both_have() -> None:
    horizons = np.array([0.5, 1.0, 2.0])
    fine = Steps.at(horizons, 1 / 30, 0.1)
    assert fine.step_s == 0.1 and fine.rows.tolist() == [15, 30, 60] and fine.steps.tolist() == [4, 9, 19]
    for dt_s in (0.04, 0.4):
        coarse = Steps.at(horizons, dt_s, 0.1)
        assert np.allclose((coarse.steps + 1) * coarse.step_s, coarse.times_s) and np.allclose(coarse.times_s, coarse.rows * dt_s)
        assert np.abs(coarse.times_s - horizons).max() <= 0.5 * dt_s + 1e-9


def test_who_walks_straight_in_few_frames_is_foreseen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A position every 0.4 s has none 0.5 s ahead: what is foretold for then is no error."""
    straight = np.outer(np.arange(30) * 0.4, [1.2, 0.5])
    assert main(["--data", store(tmp_path / "straight.npz", [straight], 0.4), "--json", str(tmp_path / "found.json")]) == 0
    assert max(json.loads((tmp_path / "found.json").read_text())["straight"]["errors"]["mean"]) < 0.02


def test_files_of_one_name_do_not_replace_each_other() -> None:
    paths = [Path(name) for name in ("yard.npz", "monday/game.npz", "tuesday/game.npz", "yard.npz")]
    assert by_name(paths) == {"yard": paths[0], str(paths[1]): paths[1], str(paths[2]): paths[2]}
