"""Without a display: a scripted player plays the same level, the result is printed, and a short film is left behind."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import pygame

from npc_world.adapters.pygame.gif import GifRecorder

from .assets import need_display
from .hunt.camera import Camera
from .hunt.headless import HuntResult, run_headless
from .hunt.hud import RoundInfo
from .hunt.view import View
from .hunt.world import STEP_S, HuntWorld
from .logs import with_log
from .screens.mind import MindLayer

__all__ = ["Film", "play_filmed"]

SIZE = (720, 405)
SECONDS, FPS, WIDTH = 8.0, 12.0, 480
MOST_BYTES = 3_000_000
_LONGEST_S = 180.0


class Film:
    """Draws a world as it goes and keeps its last seconds, with the mind of the hunter that is nearest to the player."""

    def __init__(self, seconds: float = SECONDS) -> None:
        need_display()
        self.recorder = GifRecorder(seconds, FPS, WIDTH / SIZE[0], most_bytes=MOST_BYTES)
        self._surface = pygame.Surface(SIZE, 0, 32)
        self._mind = MindLayer()
        self._view: View | None = None
        self._due_s = 0.0

    def step(self, world: HuntWorld) -> None:
        """After every step of the world; draws twelve times a second."""
        if self._view is None:
            self._view = View(world, SIZE, seed=world.seed, dusk=False)
            self._view.prepare()
        view = self._view
        view.advance(world, STEP_S)
        if world.time_s < self._due_s and world.state == "playing":
            view.camera.follow(world.player.position, world.player.velocity, 0.0)
            return
        self._due_s = world.time_s + 1.0 / FPS

        def mind(surface: pygame.Surface, camera: Camera) -> None:
            number = min(range(len(world.hunters)), key=lambda k: float(((world.hunters[k].position - world.player.position) ** 2).sum()))
            self._mind.draw(surface, camera, world.hunters, number, view.time_s, panel=False)

        view.draw(self._surface, world, 1.0, 1.0 / FPS, info=RoundInfo(), mind=mind)
        self.recorder.add(self._surface, world.time_s)

    def save(self, path: Path) -> Path:
        return self.recorder.save(path)


def play_filmed(level: str, options: argparse.Namespace, difficulty: str, *, asked: bool) -> int:
    """One headless round; prints the result and where the film is.  Exit code 0."""
    if not asked:
        print("No display found: a scripted player plays without a window.", flush=True)
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    pygame.display.quit()
    film = Film()
    seconds = _LONGEST_S if options.frames is None else options.frames * STEP_S
    result: HuntResult = run_headless(level, options.seed, difficulty, seconds, with_log(options, film.step), npc=options.npc)
    print(result)
    path = _film_path(result)
    try:
        print(f"Film: {film.save(path)}")
    except OSError as error:
        print(f"No film: {error}")
    pygame.display.quit()
    return 0


def _film_path(result: Any) -> Path:
    return Path.cwd() / f"second-guess-{result.level}-{result.seed}.gif"
