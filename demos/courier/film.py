"""Without a display, or on --headless: a scripted player's day, its result in one line, and a short film of it; and the benchmark."""

from __future__ import annotations

import argparse
import os
import platform
import time
from pathlib import Path

import numpy as np
import pygame

import npc_world as nw
from npc_world.adapters.pygame.gif import GifRecorder

from ..assets import need_display
from ..light import multiply
from ..logs import with_log
from ..shell import WINDOW
from .headless import run_day
from .hud import HudInfo
from .maps import TownMap
from .mind import MindView
from .paint import TownPicture
from .scripted import ScriptedCourier
from .town import Town
from .view import View
from .world import STEP_S, CourierWorld

__all__ = ["Film", "play_filmed", "run_benchmark"]

SIZE = (720, 405)
SECONDS, FPS, WIDTH = 8.0, 12.0, 480
MOST_BYTES = 3_000_000
_FRAMES = 900


class Film:
    """Draws a world as it goes and keeps its last seconds."""

    def __init__(self, seconds: float = SECONDS) -> None:
        need_display()
        self.recorder = GifRecorder(seconds, FPS, WIDTH / SIZE[0], most_bytes=MOST_BYTES)
        self._surface = pygame.Surface(SIZE, 0, 32)
        self._view: View | None = None
        self._due_s = 0.0

    def step(self, world: CourierWorld) -> None:
        """After every step of the world; draws twelve times a second."""
        if self._view is None:
            picture = TownPicture(world.town, world.today)
            picture.prepare()
            self._view = View(world, SIZE, picture)
        self._view.advance(world, STEP_S)
        if world.time_s < self._due_s and world.state == "playing":
            return
        self._due_s = world.time_s + 1.0 / FPS
        self._view.draw(self._surface, world, 1.0 / FPS, hud=HudInfo())
        self.recorder.add(self._surface, world.time_s)

    def save(self, path: Path) -> Path:
        return self.recorder.save(path)


def play_filmed(options: argparse.Namespace, difficulty: str, *, asked: bool) -> int:
    """One headless day; prints the result and where the film is.  Exit code 0."""
    if not asked:
        print("No display found: a scripted player plays without a window.", flush=True)
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    pygame.display.quit()
    film = Film()
    seconds = 1e9 if options.frames is None else options.frames * STEP_S
    result = run_day(Town(options.seed), options.day, "trickster", difficulty, seconds=seconds, watch=with_log(options, film.step))
    print(result)
    try:
        print(f"Film: {film.save(Path.cwd() / f'rush-hour-{options.seed}-{options.day}.gif')}")
    except OSError as error:
        print(f"No film: {error}")
    pygame.display.quit()
    return 0


def run_benchmark(options: argparse.Namespace) -> int:
    """Play frames at 1280×720 off the screen, with the HUD and every other two seconds a mind, and print ms per frame."""
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    pygame.init()
    surface = pygame.display.set_mode(WINDOW)
    nw.warmup(parts=("roads",))
    multiply(pygame.Surface((4, 4)), (255, 255, 255))
    town, day = Town(options.seed), options.day
    think: list[tuple[float, float]] = []
    draw: list[tuple[float, float]] = []
    while len(draw) < (options.frames or _FRAMES):
        world = CourierWorld(town, day)
        picture = TownPicture(town, world.today)
        picture.prepare()
        view, hands, mind = View(world, WINDOW, picture), ScriptedCourier(world), MindView(TownMap(picture))
        while world.state == "playing" and len(draw) < (options.frames or _FRAMES):
            controls, number = hands.controls(), len(draw) // 120 % 3
            started = _clocks()
            world.step(controls)
            think.append(_since(started))
            started = _clocks()
            view.advance(world, STEP_S)

            def show(target: pygame.Surface, camera: object, number: int = number, world: CourierWorld = world, view: View = view, mind: MindView = mind) -> None:
                mind.draw(target, view.camera, world, number, view.place(world, world.rivals[number]), view.time_s)

            view.draw(surface, world, STEP_S, hud=HudInfo(), mind=show if number < 2 else None)
            draw.append(_since(started))
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, pygame {pygame.version.ver}")
    print(f"{town.name}, {len(world.others)} cars, {WINDOW[0]}×{WINDOW[1]}, {len(draw)} frames, a mind shown in two of three; budget 16.7 ms a frame")
    print(f"  {'ms a frame':<22} {'median':>8} {'p99':>8} {'over':>7}   {'CPU median':>10} {'CPU p99':>8}")
    both = [(a[0] + b[0], a[1] + b[1]) for a, b in zip(draw, think, strict=True)]
    for name, values in (("drawing", draw), ("thinking and traffic", think), ("both", both)):
        wall, cpu = np.array(values).T
        print(f"  {name:<22} {np.median(wall):8.2f} {np.percentile(wall, 99):8.2f} {100.0 * np.mean(wall > 1000 / 60):6.1f}%   {np.median(cpu):10.2f} {np.percentile(cpu, 99):8.2f}")
    pygame.quit()
    return 0


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.thread_time()


def _since(started: tuple[float, float]) -> tuple[float, float]:
    return 1000.0 * (time.perf_counter() - started[0]), 1000.0 * (time.thread_time() - started[1])
