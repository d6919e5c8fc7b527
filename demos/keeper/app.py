"""Safe Hands while it runs: its menu, its matches, its sounds."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pygame

import npc_world as nw

from ..screens.base import Choice
from ..screens.loading import LoadingScreen, Progress
from ..settings import Settings
from ..shell import Shell
from .difficulty import DIFFICULTIES
from .frame import scaled
from .screens import KeeperHelp, KeeperMenu, PlayScreen
from .stages import SIZE_PX
from .view import View
from .world import KeeperWorld

__all__ = ["KeeperApp"]

_SOUNDS = {"throw": "throw", "kick": "kick", "roll": "roll", "jump": "leap", "saved": "catch", "goal": "goal", "short": "lost", "surprised": "surprised",
           "pick": "menu_move", "round_over": "menu_pick"}


class KeeperApp(Shell):
    """The game's own part of the shell.  The keeper thinks in a thread of its own, so that no frame waits for it."""

    title = "Safe Hands"
    stem = "safe-hands"

    def __init__(self, options: argparse.Namespace, settings: Settings) -> None:
        super().__init__(options, settings)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="keeper")
        self._backdrop: tuple[tuple[int, int], View, KeeperWorld] | None = None

    @property
    def difficulty(self) -> str:
        return self.settings.difficulty if self.settings.difficulty in DIFFICULTIES else "normal"

    @property
    def best(self) -> int:
        return self.settings.best_score.get(f"keeper/{self.difficulty}", 0)

    # ---- screens ------------------------------------------------------------------------------------------------

    def open_help(self) -> None:
        self.push(KeeperHelp())

    def to_menu(self) -> None:
        self.keep_settings()
        self.tension = 0.0
        self._only(KeeperMenu(self))

    def setting_choices(self) -> Sequence[Choice]:
        def turn(step: int) -> None:
            names = list(DIFFICULTIES)
            self.settings.difficulty = names[(names.index(self.difficulty) + step) % len(names)]

        return (Choice(lambda: f"Keeper: {self.difficulty}", change=turn, note="counts from the next match"),)

    def draw_backdrop(self, surface: pygame.Surface, time_s: float) -> None:
        """The quay, its clouds drifting, the keeper waiting."""
        size = surface.get_size()
        if self._backdrop is None or self._backdrop[0] != size:
            world = KeeperWorld(seed=self.seed)
            self._backdrop = (size, View(world, size, seed=self.seed), world)
        _, view, world = self._backdrop
        view.time_s = time_s
        view.draw(surface, world, 1.0, 0.0)

    # ---- matches ------------------------------------------------------------------------------------------------

    def begin(self, straight_to_play: bool) -> None:
        def job(progress: Progress) -> None:
            nw.warmup(parts=("balls",), progress=lambda share, what: progress(0.95 * share, f"compiling minds: {what}"))

        def then() -> None:
            self.audio.start_music()
            self.to_menu()
            if straight_to_play:
                self.start_match()

        def parade(frame: int) -> tuple[pygame.Surface, pygame.Surface]:
            return scaled("actors/keeper", 0.5, "", ((2 + frame) * 128, 152, 128, 152)), scaled("actors/thrower", 0.5, "", (0, 0, 128, 152))

        self._only(LoadingScreen(job, then, self.title, parade))

    def start_match(self, thrower: Any = None) -> None:
        world = KeeperWorld(difficulty=self.difficulty, seed=self.seed, worker=self._worker)
        view = View(world, self.canvas.get_size(), seed=self.seed)
        self._only(PlayScreen(self, world, view, thrower(world) if thrower is not None else None))

    def restart(self) -> None:
        """A new match against a keeper that knows nothing."""
        self.seed += 1
        self.start_match()

    def note_match(self, world: KeeperWorld) -> bool:
        """A match is over; True for a new best."""
        self.settings.rounds += 1
        key, before = f"keeper/{self.difficulty}", self.best
        if world.score > before:
            self.settings.best_score[key] = world.score
        self.keep_settings()
        return world.score > before

    # ---- sounds -------------------------------------------------------------------------------------------------

    def hear(self, world: KeeperWorld) -> None:
        """The sounds of one step, from where on the screen they come."""
        for event in world.events:
            pan = max(-0.7, min(0.7, 1.4 * (event.position[0] / SIZE_PX[0] - 0.5)))
            kind, _, what = event.kind.partition(":")
            if kind == "bounce":
                rubber = world.stage.laws.restitution[0] > 0.8 and what == "ground"
                self.audio.play("bounce_rubber" if rubber else f"bounce_{what}", min(1.0, 0.15 + event.strength / 700.0), pan)
            elif kind in _SOUNDS:
                self.audio.play(_SOUNDS[kind], 0.45 + 0.55 * event.strength if kind in ("throw", "kick", "roll") else 1.0, pan)
            if kind in ("goal", "saved"):
                self.hands.rumble(0.6 if kind == "goal" else 0.3, 0.25)

    def run(self) -> int:
        try:
            return super().run()
        finally:
            self._worker.shutdown(wait=False, cancel_futures=True)
