"""Screens, settings, input, sound and text, on the dummy drivers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")

import numpy as np
import pygame
import pytest

from demos.assets import need_display
from demos.audio import Audio
from demos.gallery import Gallery
from demos.game import WINDOW, App, _npc_watcher
from demos.hunt.records import Event
from demos.hunt.start import _parser
from demos.hunt.view import View
from demos.hunt.view_map import IslandMap
from demos.input import Command, Hands
from demos.overlay import Overlay
from demos.screens.games import GamesScreen
from demos.screens.help import HelpScreen
from demos.screens.loading import LoadingScreen
from demos.screens.menu import LevelsScreen, MenuScreen
from demos.screens.options import SettingsScreen
from demos.screens.pause import PauseScreen
from demos.screens.play import PlayScreen
from demos.screens.round_end import RoundEndScreen
from demos.screens.text import typeface, wrapped
from demos.settings import Settings, load_settings, save_settings
from tests.demos.hunt_world_kit import blind, chasers, field, world_of


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """A game without its levels: `start_round` plays on a small field."""
    monkeypatch.setenv("SECOND_GUESS_CONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    pygame.init()
    game = App(_parser().parse_args(["--frames", "1"]), Settings())
    started: list[str] = []

    def start_round(name: str, memory: Any = None, number: int = 1, controls: Any = None) -> None:
        started.append(f"{name} {number} {'remembered' if memory else 'new'}")
        play(game, number=number)

    monkeypatch.setattr(game, "start_round", start_round)
    game.started = started  # type: ignore[attr-defined]
    return game


def play(game: App, minds: Any = blind, number: int = 1, hunter: tuple[float, float] = (36.0, 6.0)) -> PlayScreen:
    world = world_of(field("grass", hunter=hunter), minds)
    screen = PlayScreen(game, world, View(world, game.canvas.get_size()), number)
    screen.view.prepare()
    game._only(screen)
    return screen


def press(game: App, *names: str) -> None:
    for name in names:
        game._command(Command(name))


def pixels(game: App) -> np.ndarray:
    game._draw()
    return np.array(pygame.surfarray.array3d(game.canvas)).astype(int)


# ---- screens --------------------------------------------------------------------------------------------------------


def test_the_menu_leads_everywhere(app: App):
    app.to_menu()
    press(app, "down", "accept")
    assert isinstance(app.top, LevelsScreen)
    press(app, "back")
    press(app, "down", "right")
    assert app.settings.difficulty == "fierce"
    press(app, "left", "down", "accept")
    assert app.settings.difficulty == "normal" and isinstance(app.top, HelpScreen)
    press(app, "accept", "down", "accept")
    assert isinstance(app.top, SettingsScreen)
    press(app, "back", "down", "accept")
    assert isinstance(app.top, GamesScreen)
    press(app, "back", "down", "accept")
    assert not app.running


def test_a_mouse_can_choose(app: App):
    app.to_menu()
    app._draw()
    menu = app.top
    assert isinstance(menu, MenuScreen)
    box = menu._choices._boxes[3]
    app._command(Command("point", box.center))
    assert menu._choices.marked == 3
    app._command(Command("click", box.center))
    assert isinstance(app.top, HelpScreen)


def test_every_screen_draws_something_of_its_own_at_every_size(app: App, monkeypatch: pytest.MonkeyPatch):
    screen = play(app)
    screens = {"menu": MenuScreen(app), "levels": LevelsScreen(app), "help": HelpScreen(), "settings": SettingsScreen(app), "pause": PauseScreen(app),
               "loading": LoadingScreen(lambda progress: None, lambda: None), "play": screen}
    for size in ((640, 360), (1280, 720), (1920, 1080)):
        surface = pygame.Surface(size, 0, 32)
        looks = {}
        for name, one in screens.items():
            surface.fill((0, 0, 0))
            one.draw(app, surface)
            data = np.array(pygame.surfarray.array3d(surface))
            assert data.std() > 8, f"{name} is blank at {size}"
            looks[name] = data.tobytes()
        assert len(set(looks.values())) == len(looks)


def test_loading_reports_and_hands_over_errors_of_its_job(app: App):
    done = []
    screen = LoadingScreen(lambda progress: progress(0.5, "half"), lambda: done.append(1))
    screen.update(app, 0.1)
    assert done == [1] and screen._share == 0.5

    def broken(progress: Any) -> None:
        raise ValueError("no island")

    with pytest.raises(ValueError, match="no island"):
        LoadingScreen(broken, lambda: None).update(app, 0.1)


def test_pause_stops_the_world_and_goes_on(app: App):
    screen = play(app)
    app.top.update(app, 0.1)
    before = screen.world.time_s
    press(app, "pause")
    assert isinstance(app.top, PauseScreen)
    app.top.update(app, 0.5)
    assert screen.world.time_s == before
    press(app, "back")
    app.top.update(app, 0.1)
    assert screen.world.time_s > before


def test_restart_forgets_and_next_round_remembers(app: App, monkeypatch: pytest.MonkeyPatch):
    screen = play(app)
    monkeypatch.setattr(screen.world, "memory", lambda: (b"learned",))
    app.settings.level = "field"
    app.note_round(screen.world)
    app.next_round()
    assert app.started == ["field 2 remembered"]  # type: ignore[attr-defined]
    press(app, "restart")
    assert app.started[-1] == "field 1 new"  # type: ignore[attr-defined]


def test_steps_are_fixed_and_a_stall_is_let_go(app: App):
    screen = play(app)
    screen.update(app, 1 / 60 + 1e-9)
    assert len(screen.think_ms) == 1
    screen.update(app, 0.5 / 60)
    assert len(screen.think_ms) == 1 and 0.4 < screen._alpha < 0.6
    screen.update(app, 30.0)
    assert len(screen.think_ms) == 6, "a stall of 30 s may not be caught up"
    screen.update(app, 1 / 60)
    assert len(screen.think_ms) <= 8


def test_a_caught_round_ends_with_its_reasons(app: App):
    screen = play(app, chasers, hunter=(10.0, 6.0))
    for _ in range(900):
        app.top.update(app, 1 / 30)
        if isinstance(app.top, RoundEndScreen):
            break
    end = app.top
    assert isinstance(end, RoundEndScreen) and not end.won and screen.world.state == "caught"
    assert end.sentence == "Running at you."
    assert app.settings.rounds == 1
    assert pixels(app).std() > 8
    end.update(app, 1.0)
    press(app, "accept")
    assert app.started[-1].startswith("harbour 2") or app.started[-1].startswith("harbour 1")  # type: ignore[attr-defined]


def test_a_won_round_keeps_the_best_time(app: App):
    screen = play(app)
    world = screen.world
    world.relics[0].taken = True
    world.boat.ready = True
    world.boat.position = world.player.position.copy()
    for _ in range(240):
        app.top.update(app, 1 / 60)
        if isinstance(app.top, RoundEndScreen):
            break
    assert isinstance(app.top, RoundEndScreen) and app.top.won and app.top.new_best
    assert app.settings.best("field", "normal") == pytest.approx(world.time_s, abs=0.01)
    assert load_settings().best("field", "normal") == pytest.approx(world.time_s, abs=0.01)
    assert pixels(app).std() > 8


def test_the_mind_view_goes_through_the_hunters_and_closes(app: App):
    screen = play(app)
    screen.world.hunters = [*screen.world.hunters, *screen.world.hunters]
    press(app, "mind")
    assert screen.mind_of == 0
    press(app, "hunter 2")
    assert screen.mind_of == 1
    press(app, "hunter 9", "hunter +")
    assert screen.mind_of == 0
    press(app, "mind", "mind")
    assert screen.mind_of is None


def test_a_click_chooses_the_hunter_under_it(app: App):
    screen = play(app, hunter=(8.0, 6.0))
    far = SimpleNamespace(position=np.array((900.0, 200.0)))
    screen.world.hunters = [far, *screen.world.hunters]  # type: ignore[list-item]
    screen.mind_of = 0
    app._command(Command("click", screen.view.camera.to_screen(screen.world.hunters[1].position)))
    assert screen.mind_of == 1


def test_screenshot_and_recording_keys_leave_files_and_say_so(app: App, tmp_path: Path):
    play(app)
    for _ in range(12):
        app.top.update(app, 1 / 60)
        app._time_s += 0.1
        app._draw()
    press(app, "screenshot", "record")
    app._draw()
    pngs = list(tmp_path.glob("second-guess-*.png"))
    assert len(pngs) == 1 and pygame.image.load(str(pngs[0])).get_size() == app.canvas.get_size()
    assert any(str(pngs[0]) in message for message in app.overlay.messages)
    for _ in range(600):
        app.keepsakes.collect()
        if not app.keepsakes.recorder.busy:
            break
        pygame.time.wait(50)
    gifs = list(tmp_path.glob("second-guess-*.gif"))
    assert len(gifs) == 1 and gifs[0].read_bytes()[:3] == b"GIF"
    assert any(str(gifs[0]) in message for message in app.overlay.messages)


def test_mute_fullscreen_and_times_keys(app: App):
    play(app)
    press(app, "mute")
    assert app.settings.muted
    press(app, "times")
    app.overlay.frame_ms.extend([5.0, 20.0])
    shown = pixels(app)
    press(app, "times")
    assert (shown != pixels(app)).any()
    press(app, "fullscreen")
    assert app.settings.fullscreen
    press(app, "fullscreen")
    assert not app.settings.fullscreen and app.canvas.get_size() == WINDOW


def test_large_windows_are_magnified_by_whole_numbers(app: App):
    for size, zoom in (((1280, 720), 1), ((1920, 1080), 1), ((2560, 1440), 2), ((640, 360), 1)):
        pygame.display.set_mode(size)
        app._fit_canvas()
        assert app.zoom == zoom
        assert app.canvas.get_width() * zoom >= size[0] and app.canvas.get_height() * zoom >= size[1]
        assert app.to_canvas((100, 50)) == (100 / zoom, 50 / zoom)
        play(app)
        pixels(app)


def test_a_broken_npc_file_shows_its_error_and_the_last_good_one_stays(app: App, tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text('extends = "hunter"\n', encoding="utf-8")
    app.options.npc = file
    app._watcher = _npc_watcher(file)
    tuned = []
    world = SimpleNamespace(retune=tuned.append)
    app.watch_npc(world)
    assert app.overlay.error == ""
    file.write_text('extends = "hunter"\nplaning = 3\n', encoding="utf-8")
    for _ in range(30):
        app._time_s += 0.05
        app.watch_npc(world)
    assert "planing" in app.overlay.error and tuned == []
    play(app)
    with_banner = pixels(app)
    file.write_text('extends = "hunter"\n[planning]\nreaction_s = 0.4\n', encoding="utf-8")
    for _ in range(30):
        app._time_s += 0.05
        app.watch_npc(world)
    assert app.overlay.error == "" and tuned == [file]
    assert (with_banner != pixels(app)).any()


# ---- settings -------------------------------------------------------------------------------------------------------


def test_settings_come_back_as_they_were(tmp_path: Path):
    settings = Settings(difficulty="fierce", music=0.3, muted=True, rounds=7)
    assert settings.note_win("lake", "fierce", 61.234)
    assert not settings.note_win("lake", "fierce", 70.0)
    assert save_settings(settings, tmp_path / "new" / "folder")
    assert load_settings(tmp_path / "new" / "folder") == settings
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["settings.json"]


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '{"version": "one"}', "\x00\x01", '{"version": 1, "music": ', "[" * 100_000])
def test_a_damaged_file_is_set_aside_and_told(tmp_path: Path, content: str):
    (tmp_path / "settings.json").write_text(content, encoding="utf-8")
    settings = load_settings(tmp_path)
    assert settings.music == Settings().music and "anew" in settings.problem
    assert (tmp_path / "settings.json.damaged").exists()
    assert save_settings(settings, tmp_path) and load_settings(tmp_path).problem == ""


def test_wrong_values_keep_their_defaults(tmp_path: Path):
    raw = {"version": 1, "music": 9, "sounds": "loud", "muted": 1, "difficulty": "fierce", "rounds": -3, "best_s": {"lake/normal": 12.5, "x": "fast", "y": -1}}
    (tmp_path / "settings.json").write_text(json.dumps(raw), encoding="utf-8")
    settings = load_settings(tmp_path)
    assert (settings.music, settings.sounds, settings.muted, settings.rounds) == (0.6, 0.8, False, 0)
    assert settings.difficulty == "fierce" and settings.best_s == {"lake/normal": 12.5}


def test_a_newer_file_is_left_alone(tmp_path: Path):
    file = tmp_path / "settings.json"
    file.write_text('{"version": 99, "music": 0.1}', encoding="utf-8")
    settings = load_settings(tmp_path)
    assert "newer" in settings.problem and not save_settings(settings, tmp_path)
    assert json.loads(file.read_text(encoding="utf-8"))["version"] == 99


def test_a_folder_that_cannot_be_made_is_no_crash(tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert not save_settings(Settings(), tmp_path / "file" / "inside")


# ---- input ----------------------------------------------------------------------------------------------------------


def test_keys_become_commands():
    pygame.init()
    hands = Hands()

    def key(code: int, mod: int = 0) -> list[str]:
        return [command.name for command in hands.commands(pygame.event.Event(pygame.KEYDOWN, key=code, mod=mod))]

    wanted = {pygame.K_ESCAPE: "back", pygame.K_p: "pause", pygame.K_r: "restart", pygame.K_F1: "help", pygame.K_h: "help", pygame.K_m: "mute",
              pygame.K_F12: "screenshot", pygame.K_F9: "record", pygame.K_TAB: "mind", pygame.K_F3: "times", pygame.K_F11: "fullscreen", pygame.K_4: "hunter 4"}
    assert {code: key(code) for code in wanted} == {code: [name] for code, name in wanted.items()}
    assert key(pygame.K_RETURN, pygame.KMOD_LALT) == ["fullscreen"]
    assert key(pygame.K_F5) == []


class Pad:
    """A gamepad of plastic thoughts."""

    def __init__(self) -> None:
        self.axes, self.buttons, self.hat = [0.0, 0.0], [0] * 8, (0, 0)

    def get_instance_id(self) -> int:
        return 7

    def get_name(self) -> str:
        return "Test pad"

    def get_numaxes(self) -> int:
        return 2

    def get_axis(self, number: int) -> float:
        return self.axes[number]

    def get_numbuttons(self) -> int:
        return len(self.buttons)

    def get_button(self, number: int) -> int:
        return self.buttons[number]

    def get_numhats(self) -> int:
        return 1

    def get_hat(self, number: int) -> tuple[int, int]:
        return self.hat


def test_a_gamepad_may_come_play_and_go(monkeypatch: pytest.MonkeyPatch):
    pygame.init()
    hands, pad = Hands(), Pad()
    monkeypatch.setattr(pygame.joystick, "Joystick", lambda index: pad)
    added = hands.commands(pygame.event.Event(pygame.JOYDEVICEADDED, device_index=0))
    assert [command.name for command in added] == ["pad in Test pad"]
    pad.axes = [0.2, 0.0]
    assert hands.controls().move == (0.0, 0.0), "inside the dead zone"
    pad.axes, pad.buttons[0] = [0.8, -0.6], 1
    controls = hands.controls()
    assert controls.dash and not controls.smoke
    assert controls.move == pytest.approx((0.8, -0.6), abs=1e-6)
    pad.axes, pad.hat, pad.buttons = [0.0, 0.0], (0, 1), [0, 1, 1, 0, 0, 0, 0, 0]
    controls = hands.controls()
    assert controls.move == (0.0, -1.0) and controls.smoke and controls.interact and not controls.dash
    pressed = hands.commands(pygame.event.Event(pygame.JOYBUTTONDOWN, button=7, instance_id=7))
    assert [command.name for command in pressed] == ["pause"] and hands.pad_in_use
    moves = [hands.commands(pygame.event.Event(pygame.JOYAXISMOTION, axis=1, value=value, instance_id=7)) for value in (0.7, 0.9, 0.1, -0.8)]
    assert [[command.name for command in one] for one in moves] == [["down"], [], [], ["up"]]
    assert [command.name for command in hands.commands(pygame.event.Event(pygame.JOYDEVICEREMOVED, instance_id=7))] == ["pad out"]
    assert hands.controls().move == (0.0, 0.0)


def test_pulling_the_gamepad_out_pauses(app: App, monkeypatch: pytest.MonkeyPatch):
    play(app)
    monkeypatch.setattr(pygame.joystick, "Joystick", lambda index: Pad())
    app._event(pygame.event.Event(pygame.JOYDEVICEADDED, device_index=0))
    app._event(pygame.event.Event(pygame.JOYDEVICEREMOVED, instance_id=7))
    assert isinstance(app.top, PauseScreen)


# ---- sound ----------------------------------------------------------------------------------------------------------

needs_mixer = pytest.mark.skipif(not isinstance(pygame.mixer, ModuleType), reason="pygame's mixer needs a library that this machine lacks")


@needs_mixer
def test_every_event_and_every_surface_has_its_sound():
    pygame.init()
    audio = Audio(Settings())
    assert audio.works
    ear = np.zeros(2)
    for kind in ("relic", "dash", "smoke", "lever", "door_open", "bridge_shake", "bridge_fall", "bridge_rise", "seen", "lost", "caught", "won", "splash",
                 "slide", "boat_ready", "step:road", "step:grass", "step:sand", "step:mud", "step:ice", "step:water", "step:bridge"):
        audio.played.clear()
        audio.hear([Event(kind, ear)], ear)
        assert audio.played and audio.played[0] in audio._sounds, kind


@needs_mixer
def test_music_follows_the_hunt_and_mute_silences_it():
    pygame.init()
    settings = Settings(music=1.0)
    audio = Audio(settings)
    audio.start_music()
    assert audio._calm is not None and audio._hunted is not None
    for _ in range(300):
        audio.update(1.0, 1 / 60)
    assert audio._hunted.get_volume() > 0.9 > audio._calm.get_volume()
    for _ in range(600):
        audio.update(0.0, 1 / 60)
    assert audio._hunted.get_volume() < 0.05 and audio._calm.get_volume() > 0.9
    settings.muted = True
    audio.update(1.0, 1 / 60)
    assert audio._calm.get_volume() == audio._hunted.get_volume() == 0.0
    audio.silence()


@needs_mixer
def test_no_sound_device_is_no_error(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: Any) -> None:
        raise pygame.error("no device")

    pygame.mixer.quit()
    monkeypatch.setattr(pygame.mixer, "init", fail)
    audio = Audio(Settings())
    audio.start_music()
    audio.update(1.0, 0.1)
    audio.play("relic")
    assert not audio.works and audio.played == ["relic"]


# ---- text -----------------------------------------------------------------------------------------------------------


def test_the_typeface_writes_all_that_is_said():
    need_display()
    font = typeface(24)
    for text in ("Cutting you off at the north bridge: 62 % you go for the ruby; I arrive 1.3 s before you.", "±×·–—…→≤≥°σ", "Ünïcödé", "日本"):
        surface = font.render(text, True, (255, 0, 0))
        assert surface.get_size() == font.size(text) and surface.get_bounding_rect().width > 0.8 * surface.get_width() - 10
    assert font.render("i").get_width() < font.render("W").get_width()
    assert font.render("a", True, (10, 20, 30)) is font.render("a", True, (10, 20, 30))
    red = font.render("M", True, (200, 30, 40))
    _, y = red.get_bounding_rect().center
    inked = [red.get_at((i, y))[:3] for i in range(red.get_width()) if red.get_at((i, y))[3] > 250]
    assert inked and all(abs(r - 200) < 3 and abs(g - 30) < 3 and abs(b - 40) < 3 for r, g, b in inked)


def test_wrapping_keeps_every_word_within_the_width():
    font = typeface(20)
    text = "the quick brown fox jumps over the lazy dog " * 4
    lines = wrapped(font, text, 200)
    assert " ".join(lines).split() == text.split()
    assert max(font.size(line)[0] for line in lines) <= 200


def test_messages_come_and_go():
    need_display()
    overlay, surface = Overlay(), pygame.Surface((640, 360), 0, 32)
    overlay.say("Saved a.png", 2.0)
    overlay.draw(surface, 10.0)
    assert overlay.messages == ["Saved a.png"]
    overlay.draw(surface, 12.5)
    assert overlay.messages == []


def test_islands_are_kept_and_the_last_used_stay():
    need_display()
    gallery = Gallery()
    island = gallery.island("harbour", 0)
    assert isinstance(island, IslandMap) and gallery.island("harbour", 7) is island, "only the random island has a seed"
    first = gallery.island("random", 1)
    assert gallery.island("random", 2) is not first
    gallery.island("harbour", 0)
    gallery.island("lake", 0)
    assert gallery.island("harbour", 0) is island
    assert gallery.thumbnail("lake", 0).get_width() == 4 * gallery.island("lake", 0).fields.cols


def test_pygame_without_its_mixer_is_no_error(monkeypatch: pytest.MonkeyPatch):
    class Missing:
        def __getattr__(self, name: str) -> Any:
            raise NotImplementedError("mixer module not available")

    monkeypatch.setattr(pygame, "mixer", Missing())
    audio = Audio(Settings())
    audio.start_music()
    audio.update(0.5, 0.1)
    audio.play("relic")
    audio.silence()
    assert not audio.works
