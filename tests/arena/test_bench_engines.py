"""The measuring room for balls of games without an engine, in small."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from npc_world.arena import bench, bench_engines
from npc_world.arena.bench_engines import ENGINES, HandWritten, throw_by_hand

START = np.array([500.0, 100.0, 200.0, 0.0])
GAME = HandWritten(900.0, 0.8, 0.1)


def test_each_engine_does_as_its_name_says() -> None:
    paths = {engine: throw_by_hand(engine, GAME, START, 120) for engine in ENGINES}
    fallen = {engine: path[30, 1] - 100.0 for engine, path in paths.items()}
    assert fallen["cut"] == pytest.approx(0.5 * 900.0 * 0.5**2)
    assert fallen["clamp"] == fallen["reflect"] > fallen["cut"] > fallen["explicit clamp"]
    floor = 600.0 - 15.0
    assert all((path[:, 1] <= floor).all() for path in paths.values())
    lowest = {engine: path[:, 1].max() for engine, path in paths.items()}
    assert lowest["clamp"] == lowest["explicit clamp"] == floor > lowest["reflect"], "only one goes back as deep as it had sunk in"
    for path in paths.values():
        lands = int(np.argmax(np.diff(path[:, 1]) < 0.0))
        speed = np.diff(path[:, 0])
        assert speed[lands + 3] / speed[lands - 3] == pytest.approx(0.9, abs=0.02)
        assert path[lands:, 1].min() == pytest.approx(floor - 0.64 * (floor - 100.0), abs=20.0), "0.8 squared of the height"


def test_walls_turn_every_ball_round() -> None:
    for engine in ENGINES:
        path = throw_by_hand(engine, GAME, np.array([900.0, 100.0, 600.0, 0.0]), 60)
        assert path[:, 0].max() <= 985.0 and path[40, 0] < 900.0, engine


def test_what_is_learned_is_measured() -> None:
    row = bench_engines.engine_row("clamp", range(1000, 1001))
    assert row.forecasts == 4 and sum(row.schemes.values()) == 1
    assert row.median_px[1] < 3.0
    assert "1 s" in str(row)


def test_wrong_games_are_refused_and_figures_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--engines", "0"]) == 2
    assert "--engines 0" in capsys.readouterr().err
    monkeypatch.setattr(bench_engines, "ENGINES", ("clamp",))
    monkeypatch.setattr(bench_engines, "engine_row", lambda kind, seeds, on_world: bench_engines.EngineRow(kind, len(seeds), (0.5,) * 3, (1.0,) * 3, {"clamped": 2}))
    assert bench.main(["--engines", "2", "--json", str(tmp_path / "engines.json")]) == 0
    assert json.loads((tmp_path / "engines.json").read_text(encoding="utf-8"))["rows"][0]["forecasts"] == 2
