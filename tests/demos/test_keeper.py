"""Safe Hands: the rules, what the keeper is told, screens on the dummy driver, and a film without a display."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import numpy as np
import pygame
import pytest

from demos.input import Command
from demos.keeper import film
from demos.keeper.app import KeeperApp
from demos.keeper.backdrop import paint_stage
from demos.keeper.frame import Frame
from demos.keeper.hud import BELIEFS, MatchInfo, truth_of
from demos.keeper.records import Controls, Event
from demos.keeper.screens import CardScreen, KeeperHelp, KeeperMenu, MatchEnd, PlayScreen
from demos.keeper.scripted import ScriptedThrower
from demos.keeper.stages import COURT_PX, STAGES
from demos.keeper.start import _parser, main
from demos.keeper.view import View
from demos.keeper.world import KeeperWorld
from demos.screens.games import GamesScreen
from demos.screens.pause import PauseScreen
from demos.settings import Settings, load_settings


def throw(world: KeeperWorld, angle: float, power: float, kind: str = "throw", heard: list[Event] | None = None) -> str:
    """One ball, aimed and let go; its outcome, and what was heard of it."""
    assert world.state == "aiming"
    count = len(world.results[world.round])
    world.step(Controls(kind=kind))
    world.angle_rad = angle
    for _ in range(200):
        if world.charging and world.power >= power:
            break
        world.step(Controls(hold=True))
    for _ in range(1200):
        world.step(Controls())
        if heard is not None:
            heard += world.events
        if world.state in ("aiming", "between", "done"):
            break
    assert len(world.results[world.round]) == count + 1
    return world.results[world.round][-1].outcome


def stunned(world: KeeperWorld, probability: float | None = None) -> KeeperWorld:
    """The same with a keeper that stands still, and believes what it is told to."""
    action = SimpleNamespace(velocity_px_s=np.zeros(2), jump=False)
    world.catcher.step = lambda *_, **__: action  # type: ignore[method-assign,assignment,return-value]
    world.catcher.reset = lambda: None  # type: ignore[method-assign]
    if probability is not None:
        world.catcher.thought = SimpleNamespace(catch=SimpleNamespace(probability=probability), surprise=1.0)  # type: ignore[assignment]
    return world


# ---- rules ----------------------------------------------------------------------------------------------------------


def test_a_ball_that_touches_its_ground_is_past_it_and_one_in_its_arms_is_saved() -> None:
    world = stunned(KeeperWorld())
    heard: list[Event] = []
    assert throw(world, -0.7, 0.75, heard=heard) == "goal" and world.score == 100
    (landing,) = (event.position for event in heard if event.kind == "touch")
    assert abs(landing[0] - world.keeper.x) > 30.0
    world.keeper.x = landing[0]
    assert throw(world, -0.7, 0.75) == "saved" and world.score == 100 and world.keeper.mood == "ready"


def test_banks_and_a_sure_keeper_make_a_goal_worth_more() -> None:
    world = stunned(KeeperWorld(), probability=0.97)
    world.keeper.x = 700.0
    assert throw(world, -0.95, 1.0) == "goal"
    plain = world.results[0][-1]
    assert plain.points == 150 and "sure" in plain.why
    world = stunned(KeeperWorld(rounds=(1,)))
    world.keeper.x = 700.0
    assert throw(world, -0.8, 1.0) == "goal", "on the moon it flies to the cliff and back"
    bank = world.results[0][-1]
    assert bank.points == 150 and bank.why == "off the wall"


def test_a_ball_that_never_comes_is_wasted() -> None:
    world = stunned(KeeperWorld())
    assert throw(world, -1.5, 0.2) == "short" and world.score == 0


def test_on_rubber_one_bounce_is_allowed() -> None:
    world = stunned(KeeperWorld(rounds=(2,)))
    world.keeper.x = 1200.0
    heard: list[Event] = []
    assert throw(world, -0.6, 0.5, heard=heard) == "goal"
    assert [event.kind for event in heard if event.kind in ("touch", "goal")] == ["touch", "touch", "goal"]


def test_the_keeper_is_told_whole_pixels_and_nothing_else() -> None:
    world = KeeperWorld(seed=2)
    told: list[Any] = []
    step = world.catcher.step

    def listen(me: Any, ball: Any, dt_s: float, touches: int = 0) -> Any:
        told.append(ball)
        return step(me, ball, dt_s, touches=touches)

    world.catcher.step = listen  # type: ignore[method-assign]
    throw(world, -0.6, 0.5)
    seen = [ball for ball in told if ball is not None]
    assert len(seen) > 20 and None in told
    assert all(isinstance(v, int) for ball in seen for v in ball)


def test_it_learns_from_the_first_ball_and_is_not_told_that_the_place_changed() -> None:
    world = KeeperWorld(seed=1, rounds=(0, 1), balls=2)
    assert world.catcher.laws["gravity_y_px_s2"][1] == np.inf
    throw(world, -0.7, 0.75)
    throw(world, -0.6, 0.8)
    believed = world.catcher.laws["gravity_y_px_s2"]
    assert believed[0] == pytest.approx(900.0, abs=20.0) and believed[1] < 20.0
    first, second = (result.error_px for result in world.results[0])
    assert first is not None and second is not None and second < 0.5 * first
    world.next_round()
    assert world.stage.name == "moon" and world.catcher.laws["gravity_y_px_s2"] == pytest.approx(believed)
    throw(world, -0.7, 0.4)
    assert world.catcher.laws["gravity_y_px_s2"][0] == pytest.approx(300.0, abs=30.0)


def test_the_same_seed_is_the_same_match() -> None:
    def tell(seed: int) -> list[Any]:
        world = film.play_headless(KeeperWorld(seed=seed, rounds=(0,), balls=2), seed)
        return [world.score, world.time_s, world.keeper.x, *world.results[0]]

    assert tell(4) == tell(4)


def test_every_stage_is_sound() -> None:
    for stage in STAGES:
        assert stage.pieces[0].line[0] == COURT_PX[0] and set(stage.material) == {0, 1, 2, 3}
        assert len(stage.laws.restitution) == len(stage.laws.friction) == 4
        world = KeeperWorld(rounds=(STAGES.index(stage),))
        assert set(truth_of(world)) >= {row.key for row in BELIEFS}
        for kind in ("throw", "kick", "roll"):
            world.kind = kind
            world.truth.launch(world.start, (0.0, 0.0))
            assert world.truth.step() is not None


# ---- screens --------------------------------------------------------------------------------------------------------


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeeperApp]:
    monkeypatch.setenv("SECOND_GUESS_CONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    pygame.init()
    game = KeeperApp(_parser().parse_args(["--frames", "1"]), Settings())
    yield game
    game._worker.shutdown(wait=True, cancel_futures=True)


def press(game: KeeperApp, *names: str) -> None:
    for name in names:
        game._command(Command(name))


def test_the_menu_leads_everywhere(app: KeeperApp) -> None:
    app.to_menu()
    assert isinstance(app.top, KeeperMenu)
    press(app, "down", "right")
    assert app.difficulty == "fierce"
    press(app, "left", "down", "accept")
    assert isinstance(app.top, KeeperHelp) and app.difficulty == "normal"
    press(app, "accept", "down", "down", "accept")
    assert isinstance(app.top, GamesScreen)
    press(app, "back", "up", "up", "up", "up", "accept")
    assert isinstance(app.top, PlayScreen)
    press(app, "pause")
    assert isinstance(app.top, PauseScreen)
    press(app, "back", "hunter 2")
    assert isinstance(app.top, PlayScreen)
    app.top.update(app, 0.1)
    assert app.top.world.kind == "kick"
    press(app, "hunter +")
    app.top.update(app, 0.1)
    assert app.top.world.kind == "roll"
    seed = app.seed
    press(app, "restart")
    assert app.seed == seed + 1


def test_the_click_that_ends_the_pause_is_no_throw_and_a_wish_for_another_kick_waits(app: KeeperApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app.start_match()
    screen = app.top
    assert isinstance(screen, PlayScreen)
    pressed = [True]
    monkeypatch.setattr(type(app.hands), "pointing", property(lambda self: ((900.0, 300.0), pressed[0])))
    screen.update(app, 0.5)
    screen.update(app, 0.5)
    assert not screen.world.charging, "the button is still down from the menu"
    pressed[0] = False
    screen.update(app, 0.1)
    pressed[0] = True
    screen.update(app, 0.1)
    assert screen.world.charging
    pressed[0] = False
    screen.update(app, 0.1)
    assert screen.world.state == "flying"
    press(app, "hunter 3")
    screen.update(app, 0.1)
    assert screen.world.kind == "throw"
    stunned(screen.world)
    for _ in range(200):
        screen.update(app, 0.1)
        if screen.world.state == "aiming":
            break
    assert screen.world.kind == "roll"


def test_pause_stops_the_ball(app: KeeperApp) -> None:
    app.start_match()
    screen = app.top
    assert isinstance(screen, PlayScreen)
    stunned(screen.world)
    screen.world.angle_rad, screen.world.power = -0.8, 0.5
    screen.world._charging_s = 0.4
    screen.update(app, 0.1)
    assert screen.world.state == "flying"
    before = screen.world.time_s
    press(app, "pause")
    assert app.top is not None
    app.top.update(app, 0.5)
    assert screen.world.time_s == before


def test_a_match_goes_from_card_to_card_to_the_end_and_its_score_is_kept(app: KeeperApp, tmp_path: Path) -> None:
    world = KeeperWorld(rounds=(0, 1), balls=1)
    screen = PlayScreen(app, world, View(world, app.canvas.get_size()))
    app._only(screen)
    stunned(world)
    throw(world, -0.7, 0.6)
    assert world.state == "between"
    for _ in range(70):
        assert app.top is not None
        app.top.update(app, 1 / 60)
    assert isinstance(app.top, CardScreen)
    app._draw()
    app.top.update(app, 0.5)
    press(app, "accept")
    assert app.top is screen and world.stage.name == "moon"
    stunned(world)
    world.keeper.x = 700.0
    throw(world, -0.8, 1.0)
    for _ in range(70):
        app.top.update(app, 1 / 60)
    assert isinstance(app.top, MatchEnd) and app.top.new_best
    app._draw()
    assert load_settings(tmp_path / "config").best_score == {"keeper/normal": world.score}


def test_everything_is_drawn_at_every_size(app: KeeperApp) -> None:
    world = KeeperWorld(seed=2, rounds=(0,), balls=1)
    thrower = ScriptedThrower(world, 2)
    while world.catcher.thought is None:
        world.step(thrower.controls())
    view = View(world, (640, 360))
    app.start_match()
    play = app.top
    assert isinstance(play, PlayScreen)
    for size in ((640, 360), (1280, 720), (1000, 900)):
        surface = pygame.Surface(size, 0, 32)
        view.draw(surface, world, 1.0, 1 / 60)
        plain = pygame.surfarray.array3d(surface)
        view.draw(surface, world, 1.0, 0.0, mind=True)
        with_mind = pygame.surfarray.array3d(surface)
        view.draw(surface, world, 1.0, 0.0, mind=True, info=MatchInfo())
        whole = pygame.surfarray.array3d(surface)
        assert plain.std() > 20 and (plain != with_mind).any() and (with_mind != whole).any()
        for screen in (KeeperMenu(app), KeeperHelp(), play):
            surface.fill((0, 0, 0))
            screen.draw(app, surface)
            assert pygame.surfarray.array3d(surface).std() > 8


def test_every_place_looks_different() -> None:
    looks = [pygame.surfarray.array3d(paint_stage(stage, Frame((320, 180)))).tobytes() for stage in STAGES]
    assert len(set(looks)) == len(STAGES)


def test_without_a_display_it_plays_and_films(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECOND_GUESS_CONFIG", str(tmp_path / "config"))
    assert main(["--headless", "--seed", "3", "--frames", "260"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("keeper, normal, seed 3:") and lines[-1].startswith("Film: ")
    (gif,) = tmp_path.glob("*.gif")
    assert gif.read_bytes()[:3] == b"GIF" and 20_000 < gif.stat().st_size < 3_000_000
