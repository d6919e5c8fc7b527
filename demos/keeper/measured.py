"""How long a frame of Safe Hands takes: drawing at 1280×720, and the step of the world with the keeper thinking beside it."""

from __future__ import annotations

import argparse
import os
import platform
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pygame

import npc_world as nw

from ..shell import FPS, WINDOW
from .hud import MatchInfo
from .scripted import ScriptedThrower
from .truth import STEP_S
from .view import View
from .world import KeeperWorld

__all__ = ["run_benchmark"]

FRAMES = 1800
BUDGET_MS = 1000.0 / FPS


def run_benchmark(options: argparse.Namespace, difficulty: str) -> int:
    """Play frames in real time, as a window would, with the mind shown, and print ms per frame."""
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    pygame.init()
    surface = pygame.display.set_mode(WINDOW)
    nw.warmup(parts=("balls",))
    clock = pygame.time.Clock()
    steps: list[tuple[float, float]] = []
    draws: list[tuple[float, float]] = []
    with ThreadPoolExecutor(1) as worker:
        world = KeeperWorld(difficulty=difficulty, seed=options.seed, worker=worker)
        thrower, view = ScriptedThrower(world, options.seed), View(world, WINDOW, seed=options.seed)
        view.draw(surface, world, 1.0, STEP_S, info=MatchInfo(), mind=True)
        while len(steps) < (options.frames or FRAMES) and world.state != "done":
            if world.state == "between":
                world.next_round()
                view.draw(surface, world, 1.0, STEP_S, info=MatchInfo(), mind=True)  # a new stage is painted behind its card
            started = _clocks()
            world.step(thrower.controls())
            view.advance(world)
            steps.append(_since(started))
            started = _clocks()
            view.draw(surface, world, 1.0, STEP_S, info=MatchInfo(), mind=True)
            draws.append(_since(started))
            clock.tick(FPS)
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, pygame {pygame.version.ver}")
    print(f"keeper, {difficulty}, {WINDOW[0]}×{WINDOW[1]}, {len(draws)} frames, mind shown; budget {BUDGET_MS:.1f} ms a frame")
    print(f"  {'ms a frame':<22} {'median':>8} {'p99':>8} {'over':>7}   {'CPU median':>10} {'CPU p99':>8}")
    for name, values in (("drawing", np.array(draws)), ("the world's step", np.array(steps)), ("both", np.array(draws) + np.array(steps))):
        wall, cpu = values.T
        print(f"  {name:<22} {np.median(wall):8.2f} {np.percentile(wall, 99):8.2f} {100.0 * np.mean(wall > BUDGET_MS):6.1f}%   {np.median(cpu):10.2f} {np.percentile(cpu, 99):8.2f}")
    pygame.quit()
    return 0


def _clocks() -> tuple[float, float]:
    """Wall and CPU time of the frame loop's thread, s; what the keeper's own thread takes shows in the first only."""
    return time.perf_counter(), time.thread_time()


def _since(started: tuple[float, float]) -> tuple[float, float]:
    """ms since `started`."""
    now = _clocks()
    return 1000.0 * (now[0] - started[0]), 1000.0 * (now[1] - started[1])
