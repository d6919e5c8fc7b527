"""What learning this very player adds, and forgetting it again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from npc_world.arena.forecast_online import Player, online, online_table, read_players, repetitive_players
from npc_world.arena.forecasting import main
from npc_world.arena.reliability import draw_reliability, shares_inside
from npc_world.beliefs.target_model import TargetConfig, TargetModel
from npc_world.core.errors import BadInputError

DT_S = 1 / 30


def square_walk(seconds: float, side_s: float = 1.3) -> np.ndarray:
    heading = 0.5 * np.pi * ((np.arange(round(seconds / DT_S)) * DT_S / side_s).astype(int) % 4)
    return np.cumsum(90.0 * DT_S * np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0)


def watched(model: TargetModel, track: np.ndarray) -> TargetModel:
    for i, point in enumerate(track):
        model.observe(i * DT_S, point)
    return model


def test_memory_more_than_halves_the_error_on_who_repeats_himself_and_a_change_of_style_costs_nothing() -> None:
    players = [group[0] for group in repetitive_players(1, seed=4, dt_s=DT_S).values()]
    scores = online(players, every_s=0.5)
    spans = scores.spans()
    memory, stranger = scores.mean_error("memory", spans["known"]), scores.mean_error("stranger", spans["known"])
    assert (memory < 0.6 * stranger).all()
    assert (scores.mean_error("memory", spans["changed"]) < 1.02 * scores.mean_error("stranger", spans["changed"])).all()
    assert "stranger" in online_table({"all of them": scores})


def test_a_new_round_keeps_what_was_learned_and_forgetting_does_not() -> None:
    track = square_walk(40.0)
    model = watched(TargetModel(), track)
    model.reset()
    ahead = square_walk(43.0)

    def error(model: TargetModel) -> float:
        watched(model, ahead[:round(3.2 / DT_S)])
        return float(np.hypot(*(model.forecast(1.0, 0.1).mean()[-1] - ahead[round(4.2 / DT_S) - 1])))

    known = error(model)
    model.forget()
    assert model.belief is None and model.max_speed_px_s == 0.0
    stranger = error(model)
    assert known < 0.5 * stranger
    assert stranger == pytest.approx(error(TargetModel()))


def test_without_habits_nobody_repeats_a_pattern() -> None:
    model = watched(TargetModel(config=TargetConfig(habits=False)), square_walk(20.0))
    assert not {"repeats its pattern", "takes its usual way", "keeps to its ways"} & set(model.weights)
    model.restore(watched(TargetModel(), square_walk(20.0)).state())
    assert "repeats its pattern" not in watched(model, square_walk(3.0)).weights


def test_recorded_players_come_in_order_of_time(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    path, walk = f"{tmp_path}/players.npz", square_walk(6.0)
    np.savez(path, xyz=np.vstack([walk, walk, walk]), start=np.array([0, 180, 360, 540]), dt=np.full(3, DT_S), player=np.array([1, 2, 1]))
    players = read_players(path)
    assert [len(player.tracks) for player in players] == [2, 1] and isinstance(players[0], Player)
    assert main(["--protocol", "online", "--data", path, "--json", f"{tmp_path}/out.json"]) == 0
    assert "lower by" in capsys.readouterr().out
    with pytest.raises(BadInputError, match="not an npz of tracks"):
        read_players(f"{tmp_path}/out.json")


def test_shares_inside_are_those_of_the_levels_and_can_be_drawn(tmp_path: object) -> None:
    levels = np.linspace(0.005, 0.995, 100)[:, None] * np.ones((1, 2))
    assert shares_inside(levels, np.array([0.1, 0.5, 0.9])) == pytest.approx(np.array([[0.1, 0.1], [0.5, 0.5], [0.9, 0.9]]))
    pytest.importorskip("matplotlib")
    path = Path(f"{tmp_path}/reliability.png")
    draw_reliability({"even": levels, "nobody": np.empty((0, 2))}, np.array([0.5, 1.0]), path)
    assert path.read_bytes()[:4] == b"\x89PNG"


def test_the_next_move_model_is_compared_as_it_is() -> None:
    scores = online([group[0] for group in repetitive_players(1, seed=6, dt_s=DT_S).values()][:1], every_s=1.0)
    known = scores.spans()["known"]
    assert (scores.mean_error("ngram", known)[1:] < 0.6 * scores.mean_error("velocity", known)[1:]).all()
    assert "n-gram" in online_table({"zigzag": scores})


def passer_by(rng: np.random.Generator) -> np.ndarray:
    """Nine seconds of somebody who walks somewhere, with a bend or two."""
    n = round(9.0 / DT_S)
    rate = np.convolve(rng.normal(0.0, 1.0, n + 60), np.ones(60) / 60, "valid")[:n] * 2.0
    pace = 1.3 * (1.0 + np.convolve(rng.normal(0.0, 1.0, n + 45), np.ones(45) / 45, "valid")[:n])
    heading = rng.uniform(-3.0, 3.0) + np.cumsum(rate) * DT_S
    return np.cumsum(DT_S * pace[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0)


def test_who_is_seen_for_a_few_seconds_is_foreseen_as_well_as_a_stranger() -> None:
    """What fits a few seconds of somebody's past fits them by chance."""
    rng = np.random.default_rng(3)
    scores = online([Player((passer_by(rng),), DT_S) for _ in range(60)])
    every = scores.spans()["all"]
    assert (scores.mean_error("memory", every) < 1.005 * scores.mean_error("stranger", every)).all()


def test_who_has_long_been_foreseen_is_foreseen_two_seconds_ahead() -> None:
    """Doubts about a stranger's mixture do not last for ever."""
    players = [group[0] for name, group in repetitive_players(1, seed=4, dt_s=DT_S).items() if name in ("zigzag", "juke", "patrol")]
    scores = online(players, every_s=0.5)
    known = scores.spans()["known"]
    assert (scores.mean_error("memory", known) < 0.1 * scores.mean_error("velocity", known))[2]


def test_several_files_are_several_classes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    track = square_walk(12.0)
    for name in ("first", "second"):
        np.savez(tmp_path / f"{name}.npz", xyz=track, start=np.array([0, len(track)]), dt=np.array([DT_S]))
    files = [str(tmp_path / "first.npz"), str(tmp_path / "second.npz")]
    for protocol in ("online", "tracks"):
        assert main(["--protocol", protocol, "--data", *files]) == 0
        said = capsys.readouterr().out
        assert "first" in said and "second" in said
