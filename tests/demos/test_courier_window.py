"""The courier in a window of the dummy driver: every screen draws, a day is played to its evening, films and lines come out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import pygame
import pytest

from demos import app as family
from demos.courier import start
from demos.courier.app import CourierApp
from demos.courier.mind import MindView
from demos.courier.play import NewsScreen, PlayScreen
from demos.courier.screens import EveningScreen, HelpScreen, MenuScreen
from demos.courier.scripted import ScriptedCourier
from demos.courier.sprites import bearing, turned
from demos.courier.town import DAYS
from demos.courier.view import daylight
from demos.input import Command
from demos.screens.pause import PauseScreen
from demos.settings import Settings


@pytest.fixture(scope="module")
def opened() -> CourierApp:
    """One window for all tests: waking the minds and painting take a second."""
    pygame.init()
    app = CourierApp(start._parser().parse_args(["--frames", "1", "--seed", "1"]), Settings())
    app.keeps_settings = False
    app.begin(straight_to_play=False)
    app.run()
    return app


@pytest.fixture
def shell(opened: CourierApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CourierApp]:
    monkeypatch.chdir(tmp_path)
    opened._open_window()  # another module's test may have closed it
    opened.week.day, opened.week.results, opened.week.points = 1, [], {"you": 0, "Atlas": 0, "Quill": 0}
    opened.to_menu()
    yield opened


def frames(app: CourierApp, count: int) -> None:
    for _ in range(count):
        assert app.top is not None
        app.top.update(app, 1 / 60)
    app._draw()


def begin_day(app: CourierApp) -> PlayScreen:
    app.start_day(lambda world: ScriptedCourier(world, "local"))
    frames(app, 2)
    assert isinstance(app.top, NewsScreen)
    frames(app, 40)
    play = app.top
    assert isinstance(play, PlayScreen)
    return play


def test_from_the_menu_through_a_day_to_the_evening_and_the_next_day(shell: CourierApp) -> None:
    assert isinstance(shell.top, MenuScreen)
    shell._draw()
    play = begin_day(shell)
    frames(shell, 150)
    assert play.world.time_s > play.world.began_s
    for expected in (0, 1, None):
        shell._command(Command("mind"))
        shell._draw()
        assert play.mind_of == expected
    shell._command(Command("pause"))
    assert isinstance(shell.top, PauseScreen)
    before = play.world.time_s
    frames(shell, 3)
    assert play.world.time_s == before, "the town stands still"
    shell._command(Command("help"))
    assert isinstance(shell.top, HelpScreen)
    shell._draw()
    for _ in range(2):
        shell._command(Command("back"))
    assert shell.top is play
    play.world.ends_s = play.world.time_s + 0.1
    frames(shell, 130)
    assert isinstance(shell.top, EveningScreen)
    assert shell.week.day == 2 and sum(shell.week.points.values()) == 4
    shell.restart()
    assert shell.week.day == 1 and sum(shell.week.points.values()) == 0
    frames(shell, 2)


def test_a_click_closes_the_road_under_it(shell: CourierApp) -> None:
    play = begin_day(shell)
    frames(shell, 130)
    left = play.world.barriers_left
    at = play.view.camera.to_screen(play.world.town.point(play.world.player.edge, 0.5 * play.world.town.length_px[play.world.player.edge]))
    shell._command(Command("click", at))
    assert play.world.barriers_left == left - 1 and play.world.player.edge in play.world.barriers
    shell._command(Command("click", (3.0, 716.0)))
    frames(shell, 2)
    assert "barrier" in shell.audio.played


@pytest.mark.parametrize("size", [(640, 400), (2560, 1440)])
def test_it_draws_at_any_size(shell: CourierApp, size: tuple[int, int]) -> None:
    play = begin_day(shell)
    surface = pygame.Surface(size)
    for number in (None, 0, 1):
        play.mind_of = number
        play.draw(shell, surface)
    assert len({tuple(surface.get_at((x, size[1] // 2))) for x in range(0, size[0], 7)}) > 8


def test_the_mind_view_tells_belief_from_truth(shell: CourierApp) -> None:
    play = begin_day(shell)
    believed, true = MindView(play.view.hud.map).ratios(play.world)
    assert believed.shape == true.shape == (len(play.world.roads.edges),)
    edge = play.world.player.edge
    frames(shell, 60)
    play.world.grace_s = 0.0
    assert play.world.jam_road(edge)
    later, jammed = MindView(play.view.hud.map).ratios(play.world)
    assert jammed[edge] > 2 * true[edge] and abs(later[edge] - believed[edge]) < 0.5 * believed[edge], "nobody told Atlas of the jam"


def test_the_week_ends_and_another_town_begins(shell: CourierApp) -> None:
    first = shell.week.town
    shell.week.day = DAYS + 1
    assert shell.week.over
    shell.new_week()
    frames(shell, 2)
    assert isinstance(shell.top, MenuScreen) and shell.week.town is not first and shell.week.day == 1


def test_night_comes_and_lamps_go_on() -> None:
    assert daylight(0.5)[1] == 0.0 and daylight(0.9)[1] == 1.0 and min(daylight(0.5)[0]) > 230 > max(daylight(0.95)[0])
    assert turned("courier/atlas", bearing(0.0)).get_width() > turned("courier/atlas", bearing(1.5708)).get_width()


def test_headless_leaves_one_line_and_a_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SECOND_GUESS_CONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    assert family.main(["courier", "--headless", "--seed", "1", "--day", "2", "--frames", "240"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("courier: ") and "day 2" in said[0]
    films = list(tmp_path.glob("*.gif"))
    assert len(films) == 1 and 10_000 < films[0].stat().st_size < 3_100_000
