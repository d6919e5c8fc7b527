"""The hunt while it runs: its menu, its islands, its rounds."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pygame

import npc_world as nw
from npc_world.adapters.pygame.mind_view import MindView

from .gallery import Gallery
from .hunt.dusk import Dusk
from .hunt.levels import LEVELS, RANDOM, make_level
from .hunt.view import View
from .hunt.view_map import IslandMap
from .hunt.world import HuntWorld
from .screens.base import Choice
from .screens.help import HelpScreen
from .screens.loading import LoadingScreen, Progress
from .screens.menu import LevelsScreen, MenuScreen, backdrop, next_difficulty
from .screens.play import PlayScreen
from .settings import Settings
from .shell import WINDOW, Shell

__all__ = ["WINDOW", "App"]

class App(Shell):
    """The hunt's own part of the shell: islands, rounds against hunters that remember, and their file."""

    def __init__(self, options: argparse.Namespace, settings: Settings) -> None:
        super().__init__(options, settings)
        self.keeps_settings = not options.benchmark
        self.backdrop_island: IslandMap | None = None
        self.gallery = Gallery()
        self._rounds: dict[str, tuple[int, Any]] = {}
        self._watcher = _npc_watcher(options.npc)

    # ---- screens ------------------------------------------------------------------------------------------------

    def open_help(self) -> None:
        self.push(HelpScreen())

    def to_menu(self) -> None:
        self.keep_settings()
        self.tension = 0.0
        self._only(MenuScreen(self))

    def to_levels(self) -> None:
        self.to_menu()
        self.push(LevelsScreen(self))

    def setting_choices(self) -> Sequence[Choice]:
        def harder(step: int) -> None:
            self.settings.difficulty = next_difficulty(self.settings.difficulty, step)

        return (Choice(lambda: f"Difficulty: {self.settings.difficulty}", change=harder, note="counts from the next round"),)

    def draw_backdrop(self, surface: pygame.Surface, time_s: float) -> None:
        backdrop(self, surface, time_s)

    # ---- rounds -------------------------------------------------------------------------------------------------

    def begin(self, straight_to_play: bool) -> None:
        """The first screen: compile the minds, paint an island, then the menu or the round."""
        def job(progress: Progress) -> None:
            nw.warmup(parts=("npcs",), progress=lambda share, what: progress(0.55 * share, f"compiling minds: {what}"))
            progress(0.55, "compiling minds: how they are drawn")
            MindView()
            Dusk((64, 64)).prepare(pygame.Surface((64, 64)))
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
            view.prepare(world=world)
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


def _npc_watcher(npc: str | None) -> Any:
    """Watches the file of --npc; presets are not watched."""
    if npc is None or not Path(npc).is_file():
        return None
    from npc_world.agents.config import NpcConfig
    from npc_world.agents.load import PRESETS_FOLDER
    from npc_world.core.config_watch import ConfigWatcher

    return ConfigWatcher(npc, NpcConfig, presets_folder=PRESETS_FOLDER)
