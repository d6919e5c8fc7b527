"""Without a display: a scripted thrower plays a match, the result is printed, and a short film is left behind."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import pygame

from npc_world.adapters.pygame.gif import GifRecorder

from ..assets import need_display
from ..logs import with_log
from .hud import MatchInfo
from .scoring import tale_of
from .scripted import ScriptedThrower
from .truth import STEP_S
from .view import View
from .world import KeeperWorld

__all__ = ["Film", "play_filmed", "play_headless", "summary"]

SIZE = (960, 540)
SECONDS, FPS, WIDTH = 9.0, 12.0, 480
MOST_BYTES = 3_000_000
_LONGEST_S = 600.0


class Film:
    """Draws a match as it goes and keeps the last seconds in which a ball was on its way."""

    def __init__(self, world: KeeperWorld, seconds: float = SECONDS) -> None:
        need_display()
        self.recorder = GifRecorder(seconds, FPS, WIDTH / SIZE[0], most_bytes=MOST_BYTES)
        self._surface = pygame.Surface(SIZE, 0, 32)
        self._view = View(world, SIZE, seed=world.seed)
        self._due_s = self._shown_s = 0.0

    def step(self, world: KeeperWorld) -> None:
        """After every step of the world; draws twelve times a second while something is to be seen."""
        self._view.advance(world)
        if world.state == "aiming" and not world.charging:
            return
        self._shown_s += STEP_S
        if self._shown_s < self._due_s:
            return
        self._due_s = self._shown_s + 1.0 / FPS
        self._view.draw(self._surface, world, 1.0, 1.0 / FPS, info=MatchInfo(), mind=True)
        self.recorder.add(self._surface, self._shown_s)

    def save(self, path: Path) -> Path:
        return self.recorder.save(path)


def play_headless(world: KeeperWorld, seed: int, seconds: float = _LONGEST_S, on_step: Callable[[KeeperWorld], None] | None = None) -> KeeperWorld:
    """Play a match with the scripted thrower, or as much of it as lasts `seconds` of its own time; returns the world."""
    thrower = ScriptedThrower(world, seed)
    while world.state != "done" and world.time_s < seconds:
        if world.state == "between":
            world.next_round()
        world.step(thrower.controls())
        if on_step is not None:
            on_step(world)
    return world


def summary(world: KeeperWorld, difficulty: str) -> str:
    """Lines for people."""
    lines = [f"keeper, {difficulty}, seed {world.seed}: {world.score} points, {world.count('goal')} past it, {world.count('saved')} saved, "
             f"{world.count('short')} short, in {world.time_s:.0f} s"]
    lines += [f"  {tale.title}: {tale.words}" for number in range(world.round + 1) for tale in (tale_of(world, number),) if world.results[number]]
    return "\n".join(lines)


def play_filmed(options: argparse.Namespace, difficulty: str, *, asked: bool) -> int:
    """One headless match; prints the result and where the film is.  Exit code 0."""
    if not asked:
        print("No display found: a scripted thrower plays without a window.", flush=True)
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    pygame.display.quit()
    world = KeeperWorld(difficulty=difficulty, seed=options.seed)
    film = Film(world)
    seconds = _LONGEST_S if options.frames is None else options.frames * STEP_S
    play_headless(world, options.seed, seconds, with_log(options, film.step))
    print(summary(world, difficulty))
    try:
        print(f"Film: {film.save(Path.cwd() / f'safe-hands-{options.seed}.gif')}")
    except OSError as error:
        print(f"No film: {error}")
    pygame.display.quit()
    return 0
