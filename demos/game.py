"""The game while it runs: the window, its screens, the rounds, and the loop."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pygame

import npc_world as nw

from .audio import Audio
from .gallery import Gallery
from .hunt.levels import LEVELS, RANDOM, make_level
from .hunt.view import View
from .hunt.view_map import IslandMap
from .hunt.world import HuntWorld
from .input import Command, Hands
from .keepsakes import Keepsakes
from .overlay import Overlay
from .screens.base import Screen
from .screens.help import HelpScreen
from .screens.loading import LoadingScreen, Progress
from .screens.menu import LevelsScreen, MenuScreen
from .screens.options import SettingsScreen
from .screens.pause import PauseScreen
from .screens.play import PlayScreen
from .settings import Settings, save_settings

__all__ = ["WINDOW", "App"]

WINDOW = (1280, 720)
FPS = 60
_WIDE, _TALL = 1120, 630
"""A view is never magnified so far that less than this many px of it can be seen."""


class App:
    """Owns the window and everything that outlives a screen."""

    def __init__(self, options: argparse.Namespace, settings: Settings) -> None:
        self.options, self.settings = options, settings
        self.seed: int = options.seed
        self.hurried: bool = options.frames is not None
        """Frames are counted, not timed: each is 1/60 s, and loading is waited for."""
        self.tension = 0.0
        self.backdrop_island: IslandMap | None = None
        self.screens: list[Screen] = []
        self.running = True
        self.gallery = Gallery()
        self._rounds: dict[str, tuple[int, Any]] = {}
        self._windowed = WINDOW
        self._time_s = 0.0
        self._open_window()
        self.hands = Hands()
        self.audio = Audio(settings)
        self.overlay = Overlay()
        self.keepsakes = Keepsakes(self.canvas.get_width(), self.overlay.say)
        self._watcher = _npc_watcher(options.npc)
        self._retuned: Any = None
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
        pygame.display.set_caption("Second Guess")
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

    def open_help(self) -> None:
        self.push(HelpScreen())

    def open_settings(self) -> None:
        self.push(SettingsScreen(self))

    def open_pause(self) -> None:
        self.push(PauseScreen(self))

    def to_menu(self) -> None:
        self.keep_settings()
        self.tension = 0.0
        self._only(MenuScreen(self))

    def to_levels(self) -> None:
        self.to_menu()
        self.push(LevelsScreen(self))

    def quit(self) -> None:
        self.running = False

    # ---- rounds -------------------------------------------------------------------------------------------------

    def begin(self, straight_to_play: bool) -> None:
        """The first screen: compile the minds, paint an island, then the menu or the round."""
        def job(progress: Progress) -> None:
            nw.warmup(progress=lambda share, what: progress(0.6 * share, f"compiling minds: {what}"))
            island = self.gallery.island(self.settings.level, self.seed)
            island.prepare(lambda share: progress(0.6 + 0.4 * share, f"painting {island.level.title}"))
            self.backdrop_island = island

        def then() -> None:
            self.audio.start_music()
            self.to_menu()
            if straight_to_play:
                self.start_round(self.settings.level)

        self._only(LoadingScreen(job, then))

    def start_round(self, name: str, memory: Any = None, number: int = 1, controls: Callable[[HuntWorld], Any] | None = None) -> None:
        """Load an island and play on it.  memory: what the hunters keep of earlier rounds."""
        made: dict[str, Any] = {}
        seed = self.seed + number - 1
        self.settings.level = name
        island = self.gallery.island(name, self.seed)

        def job(progress: Progress) -> None:
            progress(0.05, "the hunters wake")
            made["world"] = HuntWorld(island.level, difficulty=self.settings.difficulty, seed=seed, npc=self.options.npc, memory=memory)
            island.prepare(lambda share: progress(0.1 + 0.9 * share, f"painting {island.level.title}"))

        def then() -> None:
            world = made["world"]
            self.backdrop_island = island
            view = View(world, self.canvas.get_size(), island=island, seed=seed)
            self._only(PlayScreen(self, world, view, number, controls(world) if controls is not None else None))

        self._only(LoadingScreen(job, then, island.level.title))

    def note_round(self, world: HuntWorld) -> bool:
        """A round is over: keep what the hunters learned and the time; True for a new best."""
        name = world.level.name
        number = self._rounds.get(name, (1, None))[0]
        self._rounds[name] = (number + 1, world.memory())
        self.settings.rounds += 1
        best = world.state == "won" and self.settings.note_win(name, self.settings.difficulty, world.time_s)
        self.keep_settings()
        return best

    def next_round(self) -> None:
        """The same island against hunters that remember."""
        number, memory = self._rounds.get(self.settings.level, (1, None))
        self.start_round(self.settings.level, memory, number)

    def restart(self) -> None:
        """The same island against hunters that know nothing of you."""
        self._rounds.pop(self.settings.level, None)
        self.start_round(self.settings.level)

    def next_level(self) -> None:
        names = [*LEVELS, RANDOM]
        at = names.index(self.settings.level) if self.settings.level in names else -1
        if self.settings.level == RANDOM or at + 1 == len(names) - 1:
            self.next_seed()
        self.start_round(names[min(at + 1, len(names) - 1)])

    def next_seed(self) -> None:
        self.seed += 1

    @property
    def level_title(self) -> str:
        return make_level(self.settings.level, self.seed).title

    def keep_settings(self) -> None:
        if not self.options.benchmark and not save_settings(self.settings):
            self.overlay.say("Settings could not be saved", 3.0)

    # ---- the hunters' file --------------------------------------------------------------------------------------

    def watch_npc(self, world: HuntWorld) -> None:
        """Take an edit of the --npc file into the running round; a broken one is shown and the last good one stays."""
        if self._watcher is None:
            return
        fresh = self._watcher.poll(self._time_s)
        self.overlay.error = self._watcher.error or ""
        if fresh is not None:
            world.retune(self.options.npc)
            self.overlay.say(f"{Path(self.options.npc).name}: in effect", 2.5)

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
        elif event.type == getattr(pygame, "WINDOWFOCUSLOST", -1) and isinstance(self.top, PlayScreen) and not self.hurried:
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
            if isinstance(self.top, PlayScreen):
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


def _npc_watcher(npc: str | None) -> Any:
    """Watches the file of --npc; presets are not watched."""
    if npc is None or not Path(npc).is_file():
        return None
    from npc_world.agents.config import NpcConfig
    from npc_world.agents.load import PRESETS_FOLDER
    from npc_world.core.config_watch import ConfigWatcher

    return ConfigWatcher(npc, NpcConfig, presets_folder=PRESETS_FOLDER)
