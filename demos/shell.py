"""What every game of the family has: the window, its stack of screens, the keys that work everywhere, and the loop."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import pygame

from .audio import Audio
from .input import Command, Hands
from .keepsakes import Keepsakes
from .overlay import Overlay
from .screens.base import Choice, Screen
from .screens.games import GamesScreen
from .screens.options import SettingsScreen
from .screens.pause import PauseScreen
from .settings import Settings, save_settings

__all__ = ["FPS", "WINDOW", "Shell"]

WINDOW = (1280, 720)
FPS = 60
_WIDE, _TALL = 1120, 630
"""A view is never magnified so far that less than this many px of it can be seen."""


class Shell:
    """Owns the window and everything that outlives a screen.  A game says in a subclass what its menu, its help and its rounds are."""

    title = "Second Guess"
    stem = "second-guess"
    """Pictures and films that the player saves begin with this."""
    keeps_settings = True

    def __init__(self, options: argparse.Namespace, settings: Settings) -> None:
        self.options, self.settings = options, settings
        self.seed: int = options.seed
        self.hurried: bool = options.frames is not None
        """Frames are counted, not timed: each is 1/60 s, and loading is waited for."""
        self.tension = 0.0
        self.screens: list[Screen] = []
        self.running = True
        self.chosen_game: str | None = None
        """The word of another game to go on with after `run`."""
        self._windowed = WINDOW
        self._time_s = 0.0
        self._open_window()
        self.hands = Hands()
        self.audio = Audio(settings)
        self.overlay = Overlay()
        self.keepsakes = Keepsakes(self.canvas.get_width(), self.overlay.say, self.stem)
        if settings.problem:
            self.overlay.say(settings.problem, 8.0)

    # ---- the window ---------------------------------------------------------------------------------------------

    def _open_window(self) -> None:
        if self.settings.fullscreen:
            self.window = pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
        else:
            self.window = pygame.display.set_mode(self._windowed, pygame.RESIZABLE)
            if self.window.get_size() != self._windowed:  # older SDL keeps the size of the full screen the first time
                self.window = pygame.display.set_mode(self._windowed, pygame.RESIZABLE)
        pygame.display.set_caption(self.title)
        self._fit_canvas()

    def _fit_canvas(self) -> None:
        """What is drawn on: the window itself, or a smaller surface that is magnified by a whole number, which stays crisp."""
        self.window = pygame.display.get_surface() or self.window
        width, height = self.window.get_size()
        self.zoom = max(1, min(width // _WIDE, height // _TALL))
        self.canvas = self.window if self.zoom == 1 else pygame.Surface((-(-width // self.zoom), -(-height // self.zoom))).convert()

    def to_canvas(self, at: tuple[float, float]) -> tuple[float, float]:
        """Canvas px under a window px."""
        return at[0] / self.zoom, at[1] / self.zoom

    def toggle_fullscreen(self) -> None:
        if not self.settings.fullscreen:
            self._windowed = self.window.get_size()
        self.settings.fullscreen = not self.settings.fullscreen
        self._open_window()

    # ---- screens ------------------------------------------------------------------------------------------------

    @property
    def top(self) -> Screen | None:
        return self.screens[-1] if self.screens else None

    def push(self, screen: Screen) -> None:
        self.screens.append(screen)

    def pop(self) -> None:
        if len(self.screens) > 1:
            self.screens.pop()

    def _only(self, *screens: Screen) -> None:
        self.screens[:] = screens

    def open_settings(self) -> None:
        self.push(SettingsScreen(self))

    def open_pause(self) -> None:
        self.push(PauseScreen(self))

    def open_games(self) -> None:
        self.push(GamesScreen(self))

    def quit(self) -> None:
        self.running = False

    def go_on_with(self, game: str) -> None:
        """Leave for another game of the family."""
        self.chosen_game = game
        self.quit()

    # ---- what each game says for itself ---------------------------------------------------------------------------

    def open_help(self) -> None:
        raise NotImplementedError

    def to_menu(self) -> None:
        raise NotImplementedError

    def restart(self) -> None:
        """The same round from its beginning."""
        raise NotImplementedError

    def setting_choices(self) -> Sequence[Choice]:
        """Lines that this game adds to the settings."""
        return ()

    def draw_backdrop(self, surface: pygame.Surface, time_s: float) -> None:
        """What lies behind menus."""
        surface.fill((30, 30, 60))

    def keep_settings(self) -> None:
        if self.keeps_settings and not save_settings(self.settings):
            self.overlay.say("Settings could not be saved", 3.0)

    # ---- the loop -----------------------------------------------------------------------------------------------

    def run(self) -> int:
        """Until someone quits, or --frames are over."""
        clock, count = pygame.time.Clock(), 0
        while self.running:
            frame_s = 1.0 / FPS if self.hurried else clock.tick(FPS) / 1000.0
            self._time_s += frame_s
            started = time.perf_counter()
            for event in pygame.event.get():
                self._event(event)
            if self.top is not None:
                self.top.update(self, frame_s)
            self._draw()
            self.audio.update(self.tension, frame_s)
            self.overlay.frame_ms.append(1000.0 * (time.perf_counter() - started))
            pygame.display.flip()
            self.keepsakes.collect()
            count += 1
            if self.options.frames is not None and count >= self.options.frames:
                break
        if self.options.screenshot is not None:
            pygame.image.save(self.canvas, str(self.options.screenshot))
        self.keep_settings()
        self.audio.silence()
        return 0

    def _event(self, event: pygame.event.Event) -> None:
        if event.type == pygame.QUIT:
            self.quit()
        elif event.type == pygame.VIDEORESIZE:
            self._fit_canvas()
        elif event.type == getattr(pygame, "WINDOWFOCUSLOST", -1) and self.top is not None and self.top.is_round and not self.hurried:
            self.open_pause()
        else:
            for command in self.hands.commands(event):
                self._command(command)

    def _command(self, command: Command) -> None:
        actions: dict[str, Callable[[], None]] = {
            "fullscreen": self.toggle_fullscreen, "mute": self._mute, "screenshot": self.keepsakes.ask_for_picture, "record": self.keepsakes.record, "times": self.overlay.toggle_times,
        }
        if command.name in actions:
            actions[command.name]()
        elif command.name.startswith("pad in"):
            self.overlay.say(f"Gamepad ready: {command.name[7:]}", 3.0)
        elif command.name == "pad out":
            self.overlay.say("Gamepad unplugged", 3.0)
            if self.top is not None and self.top.is_round:
                self.open_pause()
        elif self.top is not None:
            self.top.handle(self, command)

    def _draw(self) -> None:
        if self.window is not pygame.display.get_surface():
            self._fit_canvas()
        first = len(self.screens) - 1
        while first > 0 and self.screens[first].see_through:
            first -= 1
        for screen in self.screens[max(0, first):]:
            screen.draw(self, self.canvas)
        if self.keepsakes.frame(self.canvas, self._time_s):
            self.audio.play("shutter")
        self.overlay.draw(self.canvas, self._time_s)
        if self.zoom > 1:
            scaled = pygame.transform.scale(self.canvas, (self.canvas.get_width() * self.zoom, self.canvas.get_height() * self.zoom))
            self.window.blit(scaled, (0, 0))

    # ---- keys that work everywhere ------------------------------------------------------------------------------

    def _mute(self) -> None:
        self.settings.muted = not self.settings.muted
        self.overlay.say("Sound off" if self.settings.muted else "Sound on", 1.5)
