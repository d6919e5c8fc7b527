"""The word after `play` chooses the game; without one it is the hunt, with all its options.  Menus offer the others."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import pygame
import pytest

from demos import app, games
from demos.game import App
from demos.games import Game
from demos.hunt import start
from demos.input import Command
from demos.screens import games as games_screen
from demos.screens.games import GamesScreen
from demos.screens.menu import MenuScreen
from demos.settings import Settings


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """Two games and what they were called with; the guest is left for the hunt once."""
    calls: list[tuple[str, list[str]]] = []

    def hunt(argv: list[str]) -> int:
        calls.append(("hunt", argv))
        return 0

    def guest(argv: list[str]) -> int | str:
        calls.append(("guest", argv))
        return "hunt" if argv == ["--then", "hunt"] else 5

    module = ModuleType("demos.guest")
    module.main = guest  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "demos.guest", module)
    monkeypatch.setattr(start, "main", hunt)
    family = (games.GAMES[0], Game("guest", "Guest", "A visitor.", ".guest", "icons/eye"))
    for place in (app, games, games_screen):
        monkeypatch.setattr(place, "GAMES", family)
    return calls


@pytest.mark.parametrize("words", [[], ["hunt"]])
def test_without_a_word_it_is_the_hunt(words: list[str], played: list[tuple[str, list[str]]]) -> None:
    assert app.main([*words, "--seed", "3", "--mute"]) == 0
    assert played == [("hunt", ["--seed", "3", "--mute"])]


def test_another_game_reads_its_own_options(played: list[tuple[str, list[str]]]) -> None:
    assert app.main(["guest", "--balls", "9"]) == 5
    assert played == [("guest", ["--balls", "9"])]


def test_a_game_chosen_in_a_menu_goes_on(played: list[tuple[str, list[str]]]) -> None:
    assert app.main(["guest", "--then", "hunt"]) == 0
    assert played == [("guest", ["--then", "hunt"]), ("hunt", [])]


def test_a_wrong_word_is_told_what_games_there_are(played: list[tuple[str, list[str]]], capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["chess"]) == 2
    assert "no game 'chess'; there is hunt, guest" in capsys.readouterr().err
    assert played == []


def test_every_game_has_its_module_and_its_icon() -> None:
    import importlib

    from demos.assets import assets_path

    for game in games.GAMES:
        assert callable(importlib.import_module(game.module, "demos").main)
        assert assets_path(f"{game.icon}.png").is_file()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, played: list[tuple[str, list[str]]]) -> Iterator[App]:
    monkeypatch.setenv("SECOND_GUESS_CONFIG", str(tmp_path / "config"))
    pygame.init()
    yield App(start._parser().parse_args(["--frames", "1"]), Settings())


def test_the_menu_offers_the_other_game_and_leaves_for_it(shell: App) -> None:
    shell.to_menu()
    menu = shell.top
    assert isinstance(menu, MenuScreen)
    labels = [choice.label() for choice in menu._choices.choices]
    assert labels[-2:] == ["Another game", "Quit"]
    for name in ("up", "up", "accept"):
        shell._command(Command(name))
    assert isinstance(shell.top, GamesScreen)
    shell._draw()
    shell._command(Command("click", shell.top._boxes[0].center))
    assert shell.top is menu, "the game one is in leads back to its menu"
    for name in ("accept", "accept"):
        shell._command(Command(name))
    assert shell.chosen_game == "guest" and not shell.running
