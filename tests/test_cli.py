"""The command `npc-world`: subcommands are found, mistakes are told, and it ends quietly."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from npc_world import cli
from npc_world.core.config import describe, load_config, preset_names, template

ROOT = Path(__file__).resolve().parents[1]
PRESETS = ROOT / "npc_world" / "presets"
NAMES = preset_names(PRESETS)


def command(*arguments: str, **keywords: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "npc_world.cli", *arguments], cwd=ROOT, capture_output=True, text=True, **keywords)


def fake(monkeypatch: pytest.MonkeyPatch, name: str, outcome: Any) -> list[list[str]]:
    """Put a module with a `main` in the place of a subcommand's; returns what it was called with."""
    calls: list[list[str]] = []

    def main(argv: list[str]) -> Any:
        calls.append(argv)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    module = ModuleType(name)
    module.main = main  # type: ignore[attr-defined]
    module.__spec__ = ModuleSpec(name, None)
    monkeypatch.setitem(sys.modules, name, module)
    return calls


# ---- presets and files of designers ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_is_right_and_says_what_it_is(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", name]) == 0
    assert capsys.readouterr().out == f"{name}: ok\n"
    first = (PRESETS / f"{name}.toml").read_text(encoding="utf-8").split("\n")[0]
    assert first.startswith("# ") and len(first) > 20


def test_the_presets_of_the_readme_are_there() -> None:
    assert {"hunter", "guard", "sentry"} <= set(NAMES)


def test_check_tells_all_mistakes_of_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text('extends = "hunter"\n[planning]\nreplan_hz = 6\n')
    bad.write_text('extends = "huntr"\n')
    worse = tmp_path / "worse.toml"
    worse.write_text('extends = "hunter"\n[planing]\nreplan_hz = 6\n[planning]\nreplan_hz = "fast"\nforesight = 2\n')
    assert cli.main(["check", str(good), str(bad), str(worse)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{good}: ok"
    assert lines[1].startswith(f"{bad}:1:11: extends: no preset 'huntr'") and lines[1].endswith("(did you mean 'hunter'?)")
    assert lines[2:] == [
        f"{worse}:2:2: planing: unknown key (did you mean 'planning'?)",
        f"{worse}:5:13: planning.replan_hz: expected a number, got the text 'fast'",
        f"{worse}:6:13: planning.foresight: expected 0 to 1, got 2",
    ]


def test_presets_lists_prints_explains_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from npc_world.agents.config import NpcConfig

    assert cli.main(["presets"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == NAMES
    assert cli.main(["presets", "hunter"]) == 0
    assert capsys.readouterr().out == (PRESETS / "hunter.toml").read_text(encoding="utf-8")
    assert cli.main(["presets", "--explain"]) == 0
    explained = capsys.readouterr().out
    assert all(f"{setting.path} = " in explained for setting in describe(NpcConfig))
    assert cli.main(["presets", "--explain", "replan_hz"]) == 0
    assert capsys.readouterr().out.startswith("planning.replan_hz = ")
    assert cli.main(["presets", "hunter", "--template", str(tmp_path / "mine.toml")]) == 0
    assert cli.main(["check", str(tmp_path / "mine.toml")]) == 0
    assert cli.main(["presets", "--template", str(tmp_path / "mine.toml")]) == 2
    assert cli.main(["presets", "huntr"]) == 2
    assert "did you mean 'hunter'?" in capsys.readouterr().err


def test_every_setting_of_an_npc_is_explained() -> None:
    from npc_world.agents.config import NpcConfig

    for setting in describe(NpcConfig):
        assert len(setting.help) > 5, f"{setting.path} has no help"


def test_the_template_of_an_npc_changes_nothing(tmp_path: Path) -> None:
    from npc_world.agents.config import NpcConfig

    file = tmp_path / "all.toml"
    file.write_text(template(NpcConfig), encoding="utf-8")
    assert load_config(file, NpcConfig) == NpcConfig()


# ---- the other subcommands ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "module"), [
    ("arena", "npc_world.arena.cli"), ("bench", "npc_world.arena.bench"), ("play", "demos.app"),
])
def test_options_are_passed_on(name: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = fake(monkeypatch, module, 3)
    assert cli.main([name, "--seed", "5", "--help"]) == 3
    assert calls == [["--seed", "5", "--help"]]
    fake(monkeypatch, module, None)
    assert cli.main([name]) == 0


@pytest.mark.parametrize("name", cli._passed_on())
def test_every_subcommand_is_there_and_helps(name: str) -> None:
    result = command(name, "--help", env={**os.environ, "SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"})
    assert result.returncode == 0, result.stderr
    assert "usage:" in result.stdout


def test_play_comes_from_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = fake(monkeypatch, "demos.app", 0)
    stranger = ModuleType("demos")
    stranger.__path__ = ["/elsewhere"]
    monkeypatch.setitem(sys.modules, "demos", stranger)
    assert cli.main(["play"]) == 0 and calls == [[]]
    assert sys.modules["demos"].__path__ == [str(ROOT / "demos")]


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["version"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("npc-world 0.") and "\nnumpy " in out
    with pytest.raises(SystemExit) as end:
        cli.main(["--help"])
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert all(f"    {name} " in out for name in ("play", "check", "presets", "arena", "bench", "warmup", "version"))
    with pytest.raises(SystemExit) as end:
        cli.main(["plai"])
    assert end.value.code == 2


def test_a_missing_extra_names_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, package=None: None if name == "pymunk" else real(name, package))
    assert cli.main(["play"]) == 2
    err = capsys.readouterr().err
    assert "the game needs pymunk" in err and 'pip install "npc-world[demos]"' in err
    fake(monkeypatch, "npc_world.arena.cli", ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib.pyplot"))
    assert cli.main(["arena"]) == 2
    assert 'pip install "npc-world[plot]"' in capsys.readouterr().err


def test_a_fault_in_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    fake(monkeypatch, "npc_world.arena.cli", ModuleNotFoundError("No module named 'npc_world.arena.maps'", name="npc_world.arena.maps"))
    with pytest.raises(ModuleNotFoundError):
        cli.main(["arena"])


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    fake(monkeypatch, "npc_world.arena.cli", KeyboardInterrupt())
    assert cli.main(["arena"]) == 130
    assert capsys.readouterr().err.strip() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_ctrl_c_in_a_real_process() -> None:
    # started in the background, a suite ignores Ctrl-C and so would its children
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import sys, time, types; from importlib.machinery import ModuleSpec; from npc_world import cli; m = types.ModuleType('m'); m.__spec__ = ModuleSpec('m', None); m.main = lambda argv: (print('on', flush=True), time.sleep(30)); sys.modules['npc_world.arena.cli'] = m; sys.exit(cli.main(['arena']))"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "on\n"
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130 and "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Unix")
def test_a_reader_that_goes_away_is_no_error() -> None:
    result = subprocess.run(f'"{sys.executable}" -m npc_world.cli presets --explain | head -n 1', shell=True, cwd=ROOT, capture_output=True, text=True)
    assert result.stderr == "" and result.stdout.count("\n") == 1
