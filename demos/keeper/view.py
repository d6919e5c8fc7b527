"""The match on the screen.  It reads the world, never writes it.

    view = View(world, surface.get_size())
    view.advance(world)                             # after every step of the world
    view.draw(surface, world, alpha, frame_s)       # every frame, `alpha` 0..1 between the last two steps
"""

from __future__ import annotations

import math

import numpy as np
import pygame

from ..assets import colour, need_display
from .backdrop import LOOKS, paint_stage
from .figures import draw_ball, draw_keeper, draw_thrower
from .frame import Frame, scaled
from .hud import Hud, MatchInfo
from .mind import Fan
from .sparks import Sparks
from .stages import Stage
from .truth import STEP_S
from .world import KeeperWorld

__all__ = ["View"]

_TRAIL = 46
"""Steps of the ball's way that are drawn."""


class View:
    """One match; the picture of a stage is painted when it is first drawn, or its size changes."""

    def __init__(self, world: KeeperWorld, size_px: tuple[int, int], *, seed: int = 0) -> None:
        need_display()
        self.frame = Frame(size_px)
        self.hud, self.fan = Hud(), Fan()
        self.sparks = Sparks(world.stage, seed)
        self.time_s = 0.0
        self._seed = seed
        self._stage: Stage = world.stage
        self._still: tuple[tuple[str, tuple[int, int]], pygame.Surface] | None = None
        self._walked_px = 0.0
        self._before: tuple[tuple[float, float], float] | None = None
        self._now: tuple[tuple[float, float], float] | None = None
        self._shake_s = 0.0
        self._clouds = np.random.default_rng(seed + 3).uniform(0.0, 1.0, (5, 3))

    def advance(self, world: KeeperWorld) -> None:
        """Take in one step of the world."""
        if world.stage is not self._stage:
            self._stage, self.sparks = world.stage, Sparks(world.stage, self._seed)
        self.sparks.hear(world.events)
        self.sparks.step(STEP_S)
        self._walked_px += abs(world.keeper.x - world.keeper.before_x)
        at = world.truth.position
        self._before = self._now if at is not None and self._now is not None else None
        self._now = None if at is None else (at, world.truth.angle_rad)
        self._shake_s = max(0.0, self._shake_s - STEP_S)
        if any(event.kind == "goal" for event in world.events):
            self._shake_s = 0.3

    def draw(self, surface: pygame.Surface, world: KeeperWorld, alpha: float, frame_s: float, *, info: MatchInfo | None = None, mind: bool = False) -> None:
        """One frame; info None leaves the HUD out.  mind: draw what the keeper imagines."""
        self.time_s += frame_s
        if self.frame.size != surface.get_size():
            self.frame = Frame(surface.get_size())
        key = (world.stage.name, self.frame.size)
        if self._still is None or self._still[0] != key:
            self._still = (key, paint_stage(world.stage, self.frame))
        jolt = round(5 * math.sin(90 * self._shake_s) * self._shake_s / 0.3 * self.frame.scale)
        surface.blit(self._still[1], (0, jolt))
        self._draw_clouds(surface)
        self.sparks.draw_weather(surface, self.frame, self.time_s)
        draw_thrower(surface, self.frame, world, self.time_s)
        if mind:
            self.fan.draw(surface, self.frame, world)
        x = world.keeper.before_x + alpha * (world.keeper.x - world.keeper.before_x)
        draw_keeper(surface, self.frame, world, x, self._walked_px, self.time_s)
        self._draw_ball(surface, world, alpha)
        self.sparks.draw(surface, self.frame)
        if info is not None:
            self.hud.draw(surface, self.frame, world, info, self.time_s, frame_s)

    def _draw_ball(self, surface: pygame.Surface, world: KeeperWorld, alpha: float) -> None:
        if world.state == "aiming":
            bob = 0.0 if world.kind != "throw" else 2.0 * math.sin(3.0 * self.time_s)
            start = world.start
            if world.kind == "throw":  # it lies in the hand behind the head until it is thrown
                left, _, top = world.stage.table
                start = (left + 34 - 30, top - 76 + bob)
            draw_ball(surface, self.frame, start, 0.0)
        if self._now is None or world.state not in ("flying", "over"):
            return
        self._draw_trail(surface, world)
        (x, y), angle = self._now
        if self._before is not None:
            (bx, by), turned = self._before
            x, y, angle = bx + alpha * (x - bx), by + alpha * (y - by), turned + alpha * (angle - turned)
        draw_ball(surface, self.frame, (x, y), angle)
        self._pointer(surface, (x, y))

    def _draw_trail(self, surface: pygame.Surface, world: KeeperWorld) -> None:
        trail = world.trail[-_TRAIL:]
        for k, at in enumerate(trail[:-2:2]):
            share = (2 * k + 1) / _TRAIL
            pygame.draw.circle(surface, colour("coral_light"), self.frame.to_screen(at), max(1.0, (1.0 + 3.6 * share) * self.frame.scale))

    def _pointer(self, surface: pygame.Surface, at: tuple[float, float]) -> None:
        """A ball above the upper rim is pointed at."""
        x, y = self.frame.to_screen(at)
        s = self.frame.scale
        if y < -14 * s:
            points = [(x, 6 * s), (x - 9 * s, 20 * s), (x + 9 * s, 20 * s)]
            pygame.draw.polygon(surface, colour("coral"), points)
            pygame.draw.polygon(surface, colour("ink"), points, max(2, round(2 * s)))

    def _draw_clouds(self, surface: pygame.Surface) -> None:
        tint = LOOKS[self._stage.sky].clouds
        if not tint:
            return
        windy = 26.0 if self._stage.laws.wind_px_s2 else 5.0
        way = -1.0 if self._stage.laws.wind_px_s2 < 0 else 1.0
        width = surface.get_width() + round(300 * self.frame.scale)
        for k, (u, v, w) in enumerate(self._clouds):
            size = round((0.55 + 0.5 * w) * self.frame.scale * 10) / 10
            sprite = scaled(f"things/cloud_{k % 3}", max(0.2, size), tint)
            sprite.set_alpha(150 if self._stage.sky != "storm" else 215)
            x = (u * width + way * windy * (0.6 + w) * self.time_s * self.frame.scale) % width - 280 * self.frame.scale
            surface.blit(sprite, (x, (60 + 260 * v) * self.frame.scale))
