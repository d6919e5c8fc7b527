"""How long a frame takes: drawing and thinking, with many hunters and a mind shown."""

from __future__ import annotations

import argparse
import os
import platform
import time
from dataclasses import replace

import numpy as np
import pygame

import npc_world as nw

from .game import WINDOW
from .hunt.camera import Camera
from .hunt.hud import RoundInfo
from .hunt.hunters import Hunter
from .hunt.level import TILE_PX, Level
from .hunt.levels import make_level
from .hunt.minds import HuntingParty, npc_minds
from .hunt.physics import PLAYER_SPEED_PX_S
from .hunt.scripted import ScriptedPlayer
from .hunt.view import View
from .hunt.world import STEP_S, HuntWorld
from .screens.mind import MindLayer

__all__ = ["crowd", "run_benchmark"]

FRAMES = 900
BUDGET_MS = 1000.0 / 60.0


def crowd(level: Level, count: int, seed: int, npc: object = None) -> HuntWorld:
    """A world with `count` hunters, more than any level has: they start on free tiles all over the island."""
    world = HuntWorld(replace(level, hunter_starts=level.hunter_starts[:2]), seed=seed)
    free = np.argwhere(level.mask("grass", "road", "sand", "ice"))
    rng = np.random.default_rng(seed)
    far = [tile for tile in rng.permutation(free) if np.hypot(*((tile[::-1] + 0.5) * TILE_PX - level.player_start)) > 14 * TILE_PX]
    starts = [((float(col) + 0.5) * TILE_PX, (float(row) + 0.5) * TILE_PX) for row, col in far[: count - 2]]
    names = [f"Hunter {k + 3}" for k in range(len(starts))]
    party = HuntingParty(world.ground, starts, names, world.goals, world.places, world.difficulty, seed, None)
    speed = world.difficulty.speed_ratio * PLAYER_SPEED_PX_S
    minds = npc_minds(npc if npc is not None else "hunter")(party)
    world.hunters += [Hunter(world.physics, at, speed, mind, name, k + 2) for k, (at, mind, name) in enumerate(zip(starts, minds, names, strict=True))]
    return world


def run_benchmark(level: str, options: argparse.Namespace) -> int:
    """Play FRAMES frames at 1280×720 off the screen, with HUD and one mind shown, and print ms per frame.  Caught: a new round."""
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    pygame.init()
    surface = pygame.display.set_mode(WINDOW)
    nw.warmup(parts=("npcs",))
    seed, island = options.seed, None
    think: list[tuple[float, float]] = []
    draw: list[tuple[float, float]] = []
    mind = MindLayer()
    mind.prepare(WINDOW)
    while len(draw) < (options.frames or FRAMES):
        world = crowd(make_level(level, options.seed), max(2, options.hunters), seed, options.npc)
        view = View(world, WINDOW, island=island, seed=seed)
        view.prepare(world=world)
        island, player, seed = view.island, ScriptedPlayer(world, seed), seed + 1

        def show(target: pygame.Surface, camera: Camera, world: HuntWorld = world, view: View = view) -> None:
            mind.draw(target, camera, world.hunters, len(draw) // 120 % len(world.hunters), view.time_s)

        while world.state == "playing" and len(draw) < (options.frames or FRAMES):
            controls = player.controls()
            started = _clocks()
            world.step(controls)
            think.append(_since(started))
            started = _clocks()
            view.advance(world, STEP_S)
            view.draw(surface, world, 1.0, STEP_S, info=RoundInfo(), mind=show)
            draw.append(_since(started))
    print(f"{platform.platform()}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, pygame {pygame.version.ver}")
    print(f"{level}, {len(world.hunters)} hunters, {WINDOW[0]}×{WINDOW[1]}, {len(draw)} frames, one mind shown; budget {BUDGET_MS:.1f} ms a frame")
    print(f"  {'ms a frame':<22} {'median':>8} {'p99':>8} {'over':>7}   {'CPU median':>10} {'CPU p99':>8}")
    both = [(a[0] + b[0], a[1] + b[1]) for a, b in zip(draw, think, strict=True)]
    for name, values in (("drawing", draw), ("thinking and physics", think), ("both", both)):
        wall, cpu = np.array(values).T
        print(f"  {name:<22} {np.median(wall):8.2f} {np.percentile(wall, 99):8.2f} {100.0 * np.mean(wall > BUDGET_MS):6.1f}%   {np.median(cpu):10.2f} {np.percentile(cpu, 99):8.2f}")
    pygame.quit()
    return 0


def _clocks() -> tuple[float, float]:
    """Wall and CPU time of this thread, s: on a machine that is busy with other things only the second is the game's own."""
    return time.perf_counter(), time.thread_time()


def _since(started: tuple[float, float]) -> tuple[float, float]:
    """ms since `started`."""
    now = _clocks()
    return 1000.0 * (now[0] - started[0]), 1000.0 * (now[1] - started[1])
