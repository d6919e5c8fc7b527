"""The benchmark measures what it says; the figures themselves are the machine's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from npc_world.arena.bench import BenchRow, Play, bench_table, machine, main
from npc_world.arena.pursuers import Chase


def test_every_pursuer_steps_in_every_frame() -> None:
    asked: list[np.ndarray] = []

    class Counts:
        def step(self, me: np.ndarray, target: np.ndarray, dt_s: float) -> np.ndarray:
            asked.append(target)
            return target - me

    play = Play(60, 3)
    assert play.steps_ms(lambda given: Counts(), 3).shape == (60,)
    assert len(asked) == 3 * 61
    assert np.all(play.steps_ms(Chase, 1) > 0.0)


def test_rows_say_whether_their_bars_hold() -> None:
    rows = [BenchRow("fast", 0.1, 1.0, "ms", 0.5, 4.0), BenchRow("slow", 0.1, 5.0, "ms", 0.5, 4.0), BenchRow("free", 2.0, None, "s")]
    assert [row.passed for row in rows] == [True, False, None]
    lines = bench_table(rows).splitlines()
    assert lines[1].endswith("pass") and lines[2].endswith("FAIL") and lines[3].endswith("s")


def test_the_machine_is_named() -> None:
    assert all(machine()[key] for key in ("CPU", "cores", "Python", "numpy", "numba"))


def test_too_few_frames_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--frames", "5"]) == 2
    assert "--frames" in capsys.readouterr().err


def test_a_folder_of_maps_that_is_not_there_is_told_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--paths", str(tmp_path / "nowhere")]) == 2
    captured = capsys.readouterr()
    assert "nowhere" in captured.err and captured.out == ""


def test_the_command_writes_what_it_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--frames", "60", "--no-compile", "--crowd", "2", "--json", str(tmp_path / "b.json")]) == 0
    report = json.loads((tmp_path / "b.json").read_text())
    figures = {row["what"]: row["median"] for row in report["rows"]}
    assert 0.0 < figures["import npc_world"] < 10.0 and figures["one hunter, one step"] > 0.0 and figures["one hunter in the open, one step"] > 0.0
    assert "2 hunters" in capsys.readouterr().out
