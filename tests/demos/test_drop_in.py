"""The drop-in example runs without a window, catches, keeps out of walls, and is the game before it plus three lines."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import difflib
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pygame
import pytest

from demos import drop_in, drop_in_before

FOLDER = Path(drop_in.__file__).parent


def code_of(name: str) -> list[str]:
    return (FOLDER / name).read_text(encoding="utf-8").split('"""', 2)[2].split("\n")


def test_it_is_the_ordinary_game_with_three_lines_added() -> None:
    diff = [line for line in difflib.ndiff(code_of("drop_in_before.py"), code_of("drop_in.py")) if line[0] in "+-" and line[1:].strip()]
    assert len(diff) == 3 and all(line.startswith("+ ") and line.endswith("# +") for line in diff), diff


def test_the_first_lines_say_what_one_sees_and_the_keys() -> None:
    for module in (drop_in, drop_in_before):
        assert module.__doc__ is not None and "You see:" in module.__doc__ and "Keys:" in module.__doc__


def test_before_nobody_is_caught() -> None:
    assert drop_in_before.run(frames=5) == 0


def test_a_player_who_waits_is_caught() -> None:
    assert drop_in.run(frames=600) >= 1


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[pygame.Rect, pygame.Rect]]:
    """Where player and enemy were in every frame, as the hunter was shown them."""
    seen: list[tuple[pygame.Rect, pygame.Rect]] = []
    load_npc = drop_in.nw.load_npc

    def loaded(*args: Any, **how: Any) -> Any:
        npc = load_npc(*args, **how)
        step = npc.step

        class Watched:
            def step(self, me: Any, target: Any, dt_s: float) -> Any:
                seen.append((target.rect.copy(), me.rect.copy()))
                return step(me, target, dt_s)

        return Watched()

    monkeypatch.setattr(drop_in.nw, "load_npc", loaded)
    return seen


def test_a_faster_player_who_runs_rounds_is_caught_and_the_hunter_keeps_out_of_walls(
        watched: list[tuple[pygame.Rect, pygame.Rect]], monkeypatch: pytest.MonkeyPatch) -> None:
    frame = [0]

    def pressed() -> Any:  # up the left lane, right, down the middle lane, left, at 1.2 times the hunter's speed
        frame[0] += 1
        way = frame[0] % 600
        key = pygame.K_UP if way < 170 else pygame.K_RIGHT if way < 250 else pygame.K_DOWN if way < 430 else pygame.K_LEFT
        return defaultdict(int, {key: 1})

    monkeypatch.setattr(pygame.key, "get_pressed", pressed)
    assert drop_in.run(frames=1500) >= 1
    walls = [pygame.Rect(200, 120, 24, 400), pygame.Rect(420, 0, 24, 300), pygame.Rect(420, 420, 24, 220), pygame.Rect(620, 160, 220, 24),
             pygame.Rect(620, 460, 220, 24)]
    assert max(max(wall.clip(enemy).w * wall.clip(enemy).h for wall in walls) for _, enemy in watched) <= 2 * 28
    steps = [abs(b.x - a.x) + abs(b.y - a.y) for (_, a), (_, b) in pairwise(watched)]
    assert sorted(steps)[len(steps) // 2] <= 5  # 168 px/s are 2.8 px a frame, 4 counted along the axes
