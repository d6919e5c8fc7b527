"""The command: same figures for any number of processes, files written, mistakes told."""

from __future__ import annotations

import builtins
import io
import json
from pathlib import Path
from typing import Any

import pytest

from npc_world.arena.cli import main
from npc_world.arena.progress import Progress
from npc_world.arena.scenarios import Class
from npc_world.arena.tournament import Settings, play

SMALL = ["--players", "straight", "--ratios", "0.9", "--policies", "chase,lead", "--episodes", "3", "--processes", "1"]


def test_the_number_of_processes_changes_nothing() -> None:
    classes = [Class("circle", "open", 0.9), Class("goals", "surfaces", 0.8)]
    settings = Settings(("chase", "lead", "hunter"), 2, 3)
    assert play(classes, settings, 1, lambda n: None) == play(classes, settings, 2, lambda n: None)


def test_the_table_the_json_and_the_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    assert main([*SMALL, "--json", str(tmp_path / "a.json"), "--plot", str(tmp_path / "a.png")]) == 0
    text = capsys.readouterr().out
    assert "straight/open/0.9" in text and "lead" in text
    report = json.loads((tmp_path / "a.json").read_text())
    assert {row["policy"] for row in report["rows"]} == {"chase", "lead"}
    assert report["rows"][0]["player"] == "straight" and report["set"] == "report"
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    assert main([*SMALL, "--json", str(tmp_path / "b.json")]) == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_the_two_sets_hold_other_episodes(tmp_path: Path) -> None:
    for name in ("tuning", "report"):
        assert main([*SMALL, "--set", name, "--json", str(tmp_path / f"{name}.json")]) == 0
    means = [json.loads((tmp_path / f"{name}.json").read_text())["rows"][0]["mean"] for name in ("tuning", "report")]
    assert means[0] != means[1]


@pytest.mark.parametrize(("wrong", "said"), [
    (["--players", "ghost"], "ghost"), (["--ratios", "-1"], "-1"), (["--episodes", "0"], "0"), (["--dt", "3"], "--dt"),
    (["--players", "straight", "--maps", "walls"], "no class"), (["--npc", "nobody-of-this-name", "--episodes", "1"], "nobody-of-this-name"),
])
def test_mistakes_are_told(wrong: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 2
    assert said in capsys.readouterr().err


def test_a_missing_matplotlib_is_told_before_anything_is_played(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert main([*SMALL, "--plot", "x.png"]) == 2
    captured = capsys.readouterr()
    assert "npc-world[plot]" in captured.err and captured.out == ""


def test_one_hunter_two_and_a_team(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--team", "--maps", "walls", "--episodes", "1", "--ratios", "1.1", "--processes", "1"]) == 0
    text = capsys.readouterr().out
    assert "one" in text and "two" in text and "team" in text and "2 apart" in text and "team of 3" not in text


def test_teams_of_three(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--team", "3", "--maps", "walls", "--episodes", "1", "--ratios", "1.1", "--processes", "1"]) == 0
    text = capsys.readouterr().out
    assert "three" in text and "3 apart" in text and "team of 3's time over a third of one's" in text
    assert main(["--team", "4", "--episodes", "1"]) == 2


def test_progress_is_a_bar_on_a_terminal_and_few_lines_elsewhere() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    shown, log = Terminal(), io.StringIO()
    for stream in (shown, log):
        bar = Progress(100, "arena", stream)
        for _ in range(100):
            bar.advance()
        bar.close()
    assert shown.getvalue().count("\r") >= 100 and "100/100" in shown.getvalue()
    assert log.getvalue().count("\n") == 4 and "\r" not in log.getvalue()
