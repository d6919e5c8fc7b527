"""The README's examples run as written."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from npc_world.agents.load import read_npc_config
from npc_world.cli import main

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


class Rect:
    """As much of a pygame.Rect as the example needs."""

    def __init__(self, x: int, y: int, w: int, h: int) -> None:
        self.x, self.y, self.w, self.h = x, y, w, h

    def move_ip(self, offset: tuple[int, int]) -> None:
        self.x, self.y = self.x + offset[0], self.y + offset[1]


def test_the_drop_in_example_hunts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    setup, step = blocks("python")[0].split("action =")
    player = SimpleNamespace(rect=Rect(900, 600, 30, 30))
    names: dict[str, Any] = {"walls": [Rect(300, 0, 30, 500)], "enemy": SimpleNamespace(rect=Rect(85, 85, 30, 30)), "player": player, "dt_s": 1 / 60}
    exec(compile(setup, "README.md", "exec"), names)
    frame = compile("action =" + step, "README.md", "exec")
    for _ in range(600):
        exec(frame, names)
        if abs(names["enemy"].rect.x - 900) < 30 and abs(names["enemy"].rect.y - 600) < 30:
            break
    else:
        pytest.fail(f"at {names['enemy'].rect.x, names['enemy'].rect.y}")
    exec(compile(blocks("python")[1], "README.md", "exec"), names)
    assert (tmp_path / "enemy.npz").exists()


def test_the_toml_example_is_a_valid_npc() -> None:
    for text in blocks("toml"):
        config = read_npc_config(tomllib.loads(text))
        assert config.body.max_speed_px_s == 170


def test_every_command_it_names_exists(capsys: pytest.CaptureFixture[str]) -> None:
    named = set(re.findall(r"npc-world (\w+)", README))
    assert {"play", "check", "arena", "bench"} <= named
    for command in named:
        try:
            code = main([command, "--help"])
        except SystemExit as ended:
            code = ended.code
        assert code == 0, command
        assert "usage" in capsys.readouterr().out, command


def test_every_file_it_points_to_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (Path(__file__).resolve().parents[1] / target).exists(), target
