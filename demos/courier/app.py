"""The courier while it runs: its menu, the week, its days."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from typing import Any

import pygame

import npc_world as nw

from ..assets import colour
from ..light import multiply
from ..screens.base import Choice, dim
from ..screens.loading import LoadingScreen, Progress
from ..screens.menu import next_difficulty
from ..settings import Settings
from ..shell import Shell
from .paint import TownPicture
from .play import NewsScreen, PlayScreen
from .screens import EveningScreen, HelpScreen, MenuScreen
from .town import Town
from .view import View
from .week import POINTS, Week
from .world import CourierWorld

__all__ = ["CourierApp"]


class CourierApp(Shell):
    """The courier's own part of the shell."""

    title = "Rush Hour"
    stem = "rush-hour"

    def __init__(self, options: argparse.Namespace, settings: Settings) -> None:
        super().__init__(options, settings)
        self.keeps_settings = not options.benchmark
        self.week: Week
        self.first_day = 1
        self.picture: TownPicture | None = None
        """The town as it was painted last, for play and behind menus."""

    # ---- screens ------------------------------------------------------------------------------------------------

    def open_help(self) -> None:
        self.push(HelpScreen())

    def to_menu(self) -> None:
        self.keep_settings()
        self.tension = 0.0
        if self.week.over:
            self.week = Week(self.week.town)
        self._only(MenuScreen(self))

    def setting_choices(self) -> Sequence[Choice]:
        def harder(step: int) -> None:
            self.settings.difficulty = next_difficulty(self.settings.difficulty, step)

        return (Choice(lambda: f"Difficulty: {self.settings.difficulty}", change=harder, note="counts from the next day"),)

    def draw_backdrop(self, surface: pygame.Surface, time_s: float) -> None:
        """The town, drifting by at dusk."""
        if self.picture is None:
            surface.fill(colour("leaf_dark"))
            return
        width, height = surface.get_size()
        room_x, room_y = max(0, self.picture.size[0] - width), max(0, self.picture.size[1] - height)
        left, top = round(room_x * (0.5 + 0.45 * math.sin(0.045 * time_s + 0.6))), round(room_y * (0.5 + 0.42 * math.sin(0.061 * time_s + 1.2)))
        self.picture.draw(surface, left, top)
        multiply(surface, (206, 150, 160))
        dim(surface, 60)

    # ---- weeks and days -----------------------------------------------------------------------------------------

    def begin(self, straight_to_play: bool) -> None:
        """The first screen: compile the minds, paint the town, then the menu or the day."""
        def job(progress: Progress) -> None:
            nw.warmup(parts=("roads",), progress=lambda share, what: progress(0.7 * share, f"compiling minds: {what}"))
            multiply(pygame.Surface((4, 4)), (255, 255, 255))  # compiled here, not in a frame
            progress(0.72, "Atlas learns the town, Quill reads")
            self._wake(self.seed)
            progress(0.85, f"painting {self.week.town.name}")
            self._paint(lambda share: progress(0.85 + 0.15 * share, f"painting {self.week.town.name}"))

        def then() -> None:
            self.audio.start_music()
            self.to_menu()
            if straight_to_play:
                self.start_day()

        self._only(LoadingScreen(job, then, self.title))

    def _wake(self, seed: int) -> None:
        self.week = Week(Town(seed), day=self.first_day)

    def _paint(self, progress: Callable[[float], None]) -> None:
        today = self.week.town.day(self.week.day)
        if self.picture is None or self.picture.town is not self.week.town or self.picture.day != today:
            picture = TownPicture(self.week.town, today)
            picture.prepare(progress)
            self.picture = picture

    def start_day(self, controls: Callable[[CourierWorld], Any] | None = None) -> None:
        """The morning of the week's next day."""
        made: dict[str, CourierWorld] = {}

        def job(progress: Progress) -> None:
            progress(0.1, "the engines are warming up")
            made["world"] = self.week.world(self.settings.difficulty)
            self._paint(lambda share: progress(0.2 + 0.8 * share, f"painting {self.week.town.name}"))

        def then() -> None:
            assert self.picture is not None
            world = made["world"]
            play = PlayScreen(self, world, View(world, self.canvas.get_size(), self.picture), controls(world) if controls is not None else None)
            self._only(play, NewsScreen(play))
            self.audio.play("paper")

        self._only(LoadingScreen(job, then, f"{self.week.town.name}, day {self.week.day}"))

    def end_day(self, play: PlayScreen) -> None:
        """A day is over: points, and the evening."""
        self.week.note(play.world)
        self.settings.rounds += 1
        self.audio.play("won" if play.world.state == "won" else "caught")
        self.keep_settings()
        self.push(EveningScreen(self, play))

    def restart(self) -> None:
        """The same day once more; what the rivals learned they keep."""
        screen = next((screen for screen in self.screens if isinstance(screen, PlayScreen)), None)
        if screen is not None and self.week.results and screen.world.today.number < self.week.day:
            last = self.week.results.pop()
            for who, place in last.items():
                self.week.points[who] -= POINTS[place]
            self.week.day -= 1
        self.start_day()

    def new_week(self) -> None:
        self.next_town()

    def next_town(self) -> None:
        """Another town, and its week from the beginning; then the menu."""
        self.seed += 1

        def job(progress: Progress) -> None:
            progress(0.1, "Atlas learns the town, Quill reads")
            self._wake(self.seed)
            self._paint(lambda share: progress(0.4 + 0.6 * share, f"painting {self.week.town.name}"))

        self.first_day = 1
        self._only(LoadingScreen(job, self.to_menu, "Another town"))
