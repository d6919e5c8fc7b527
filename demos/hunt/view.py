"""The world on the screen: island, things, figures in their order of depth, particles, dusk.  It reads the world, never writes it.

    view = View(world, surface.get_size())
    view.prepare(progress, world)                   # paints the island, seconds, once per level; and rehearses a frame
    view.advance(world, dt_s)                       # after every step of the world
    view.draw(surface, world, alpha, frame_s)       # every frame, `alpha` 0..1 between the last two steps
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pygame

from ..assets import colour, need_display, picture
from .camera import ART_ZOOM, Camera
from .dusk import Dusk
from .effects import Effects
from .fixtures import SMOKE_RADIUS_PX
from .hud import Hud, RoundInfo
from .sprites import CELL, FOOT, Walk, between, figure, ghost, hunter_look
from .view_map import IslandMap
from .view_things import Currents, draw_boat, draw_bridge, draw_clouds, draw_gate, draw_lever, draw_relic, prepare_clouds

__all__ = ["View", "draw_world"]

_LEVER_COLOURS = ("teal", "ember", "coral_light", "hunters/2", "good", "hunters/1")
_TRAIL_S = 0.32
_GATE_S = 0.35
_DEPTH_IN = {"water": 10, "mud": 4, "deep": 12}
"""Screen px a figure sinks in by surface."""


class View:
    """One round seen through one camera.  dusk: darken the rim of the screen; films do without, it costs them colours."""

    def __init__(self, world: Any, size_px: tuple[int, int], *, island: IslandMap | None = None, seed: int = 0, dusk: bool = True) -> None:
        need_display()
        self.island = island if island is not None and island.level is world.level else IslandMap(world.level)
        self.camera = Camera(world.level.size_px, size_px, world.player.position)
        self.effects = Effects(seed)
        self.hud = Hud(world.level)
        self.time_s = 0.0
        self._currents = Currents(world.level)
        self._walks = {id(world.player): Walk("player", seed)}
        self._walks |= {id(hunter): Walk(hunter_look(hunter.colour_index), seed + k + 1) for k, hunter in enumerate(world.hunters)}
        self._trail: list[tuple[float, float, int, int, float]] = []
        self._shut = [0.0 if door.open else 1.0 for door in world.doors]
        self._has_dusk = dusk
        self._dusk: Dusk | None = None
        self._hunted = 0.0
        self._rng = np.random.default_rng(seed + 99)

    def prepare(self, progress: Callable[[float], None] | None = None, world: Any = None) -> None:
        """Before play: what is made at its first use would hold up a frame by some ms each.

        progress: called with 0..1 while the island is painted.  world: what will be drawn, for a rehearsal.
        """
        self.island.prepare(progress)
        if self._has_dusk:
            self._dusk = Dusk(self.camera.view_px)
            self._dusk.prepare(pygame.Surface(self.camera.view_px))
        for walk in self._walks.values():
            figure(walk.who, 0, 0)
        prepare_clouds(SMOKE_RADIUS_PX)
        if world is not None:
            stage = pygame.Surface(self.camera.view_px)
            self.draw(stage, world, 1.0, 0.0, info=RoundInfo(hint="?"))
            self.hud.draw(stage, world, self.camera, RoundInfo(number=2, best_s=0.0, pad=True), 0.0, 0.0)

    # ---- time ---------------------------------------------------------------------------------------------------

    def advance(self, world: Any, dt_s: float) -> None:
        """Take in one step of the world: events, legs, gates, particles."""
        player = world.player
        self.effects.hear(world.events, player)
        for event in world.events:
            if event.kind == "caught":
                self.camera.shake(1.0)
            elif event.kind in ("bridge_fall", "door_close"):
                self.camera.shake(0.3)
        for body in (player, *world.hunters):
            moved = math.dist(body.position, body.previous)
            heading = body.heading_rad
            self._walks[id(body)].step(moved if moved < 4 * body.radius else 0.0, heading, dt_s)
        walk = self._walks[id(player)]
        if player.dashing:
            self._trail.append((float(player.position[0]), float(player.position[1]), walk.direction, walk.frame(dashing=True), self.time_s))
            self.effects.trail(float(player.position[0]), float(player.position[1]))
        for k, door in enumerate(world.doors):
            goal = 0.0 if door.open else 1.0
            self._shut[k] += max(-dt_s / _GATE_S, min(dt_s / _GATE_S, goal - self._shut[k]))
        self._glints(world, dt_s)
        self.effects.step(dt_s)

    def _glints(self, world: Any, dt_s: float) -> None:
        """Light on relics, and now and then on the ice about the player."""
        for relic in world.relics:
            if not relic.taken and self._rng.random() < 0.9 * dt_s:
                dx, dy = self._rng.uniform(-9, 9, 2)
                self.effects.glint(float(relic.position[0] + dx), float(relic.position[1] - 10 + dy), "foam")
        if self._rng.random() < 6.0 * dt_s:
            at = world.player.position + self._rng.uniform(-1, 1, 2) * (360, 220)
            if world.level.kind_at(at) == "ice":
                self.effects.glint(float(at[0]), float(at[1]), "foam")

    # ---- drawing ------------------------------------------------------------------------------------------------

    def draw(self, surface: pygame.Surface, world: Any, alpha: float, frame_s: float, *, info: RoundInfo | None = None,
             mind: Callable[[pygame.Surface, Camera], None] | None = None) -> None:
        """One frame.  mind: draws over the world and below the HUD, for the mind view; info None leaves the HUD out."""
        self.time_s += frame_s
        if self.camera.view_px != surface.get_size():
            self.camera.resize(surface.get_size())
        player = world.player
        self.camera.follow(between(player, alpha), player.velocity, frame_s)
        left, top = self.camera.corner
        self.island.draw(surface, left, top, self.time_s)
        self._currents.draw(surface, left, top, self.time_s)
        for bridge in world.bridges:
            draw_bridge(surface, bridge, left, top, self.time_s)
        self.effects.draw_marks(surface, left, top)
        self._draw_by_depth(surface, world, alpha, left, top)
        draw_clouds(surface, world.clouds, left, top, self.time_s)
        self.effects.draw(surface, left, top)
        if self._has_dusk:
            self._evening(surface, world, frame_s)
        if mind is not None:
            mind(surface, self.camera)
        if info is not None:
            self.hud.draw(surface, world, self.camera, info, self.time_s, frame_s, minimap=mind is None)

    def _draw_by_depth(self, surface: pygame.Surface, world: Any, alpha: float, left: int, top: int) -> None:
        """What stands on the ground, from far to near; after each figure, what of the map stands before it."""
        todo: list[tuple[float, int, Callable[[], None]]] = []

        def add(base: float, draw: Callable[[], None]) -> None:
            todo.append((base, len(todo), draw))

        for door, shut in zip(world.doors, self._shut, strict=True):
            tint = _LEVER_COLOURS[int(getattr(door, "lever", 0)) % len(_LEVER_COLOURS)]
            base = (door.rect[1] + 0.5 * door.rect[3]) * ART_ZOOM if shut > 0.02 else -1.0
            add(base, lambda door=door, shut=shut, tint=tint: draw_gate(surface, door.rect, shut, left, top, tint))  # type: ignore[misc]
        for k, (position, on) in enumerate(_levers(world)):
            tint = _LEVER_COLOURS[k % len(_LEVER_COLOURS)]
            add(position[1] * ART_ZOOM, lambda p=position, on=on, tint=tint: draw_lever(surface, p, on, left, top, tint))  # type: ignore[misc]
        for relic in world.relics:
            if not relic.taken:
                add(relic.position[1] * ART_ZOOM, lambda relic=relic: draw_relic(surface, relic, left, top, self.time_s))  # type: ignore[misc]
        berth = getattr(world.boat, "berth", world.boat.position)
        add(float(berth[1]) * ART_ZOOM, lambda: draw_boat(surface, world.boat, left, top, self.time_s))
        fronts: dict[tuple[int, int], Any] = {}
        for body in (world.player, *world.hunters):
            at = between(body, alpha) * ART_ZOOM
            box = pygame.Rect(round(at[0]) - 18, round(at[1]) - 50, 36, 54)
            if not surface.get_rect(topleft=(left, top)).inflate(80, 120).colliderect(box):
                continue
            add(float(at[1]), lambda body=body, at=at: self._figure(surface, world, body, at, left, top))  # type: ignore[misc]
            fronts |= {(thing.x, thing.y): thing for thing in self.island.in_front(box, float(at[1]) + 4)}
        for thing in fronts.values():
            add(thing.base, lambda thing=thing: _blit_front(surface, thing, left, top))  # type: ignore[misc]
        for _, _, draw in sorted(todo, key=lambda item: item[:2]):
            draw()

    def _figure(self, surface: pygame.Surface, world: Any, body: Any, at: np.ndarray, left: int, top: int) -> None:
        x, y = round(at[0]) - left, round(at[1]) - top
        walk = self._walks[id(body)]
        is_player = body is world.player
        dashing = is_player and body.dashing
        ground = getattr(body, "surface", "")
        if is_player:
            self._draw_trail(surface, left, top)
        swimming = bool(getattr(body, "swimming", False))
        sunk = 24 if swimming else _DEPTH_IN.get(ground, 0)
        sprite = walk.picture(dashing=dashing, sliding=self._slides(body, ground))
        bob = round(1.5 * math.sin(3.0 * self.time_s + x)) if swimming else 0
        if sunk:
            self._ripple(surface, x, y, ground)
            surface.blit(sprite, (x - FOOT[0], y - FOOT[1] + sunk // 2 + bob), (0, 0, CELL[0], FOOT[1] + 4 - sunk // 2 - sunk // 4))
        else:
            surface.blit(picture("things/shadow"), (x - 20, y - 9))
            surface.blit(sprite, (x - FOOT[0], y - FOOT[1] + 4))
        if not is_player and body.sees_player:
            lift = 62 + 2 * math.sin(8 * self.time_s)
            points = [(x, y - lift - 10), (x + 7, y - lift), (x, y - lift + 10), (x - 7, y - lift)]
            pygame.draw.polygon(surface, colour("danger"), points)
            pygame.draw.polygon(surface, colour("ink"), points, width=2)

    def _ripple(self, surface: pygame.Surface, x: int, y: int, ground: str) -> None:
        tint = colour("mud_gloss" if ground == "mud" else "foam")
        u = (1.2 * self.time_s + 0.003 * x) % 1.0
        for radius in (15, 15 + 8 * u):
            pygame.draw.ellipse(surface, tint, (x - radius, y - 0.45 * radius + 1, 2 * radius, 0.9 * radius), width=1)

    def _slides(self, body: Any, ground: str) -> bool:
        """On ice, moving where it does not look."""
        if ground != "ice":
            return False
        vx, vy = float(body.velocity[0]), float(body.velocity[1])
        speed = math.hypot(vx, vy)
        along = vx * math.cos(body.heading_rad) + vy * math.sin(body.heading_rad)
        return speed > 50.0 and along < 0.72 * speed

    def _draw_trail(self, surface: pygame.Surface, left: int, top: int) -> None:
        self._trail = [mark for mark in self._trail if self.time_s - mark[4] < _TRAIL_S]
        for x, y, direction, frame, since in self._trail[::3]:
            shape = ghost("player", direction, frame)
            shape.set_alpha(round(150 * (1.0 - (self.time_s - since) / _TRAIL_S)))
            surface.blit(shape, (round(x * ART_ZOOM) - left - FOOT[0], round(y * ART_ZOOM) - top - FOOT[1] + 4))

    def _evening(self, surface: pygame.Surface, world: Any, frame_s: float) -> None:
        """The rim of the screen darkens like dusk; it glows while you are seen."""
        seen = any(hunter.sees_player for hunter in world.hunters)
        self._hunted += ((1.0 if seen else 0.0) - self._hunted) * min(1.0, 3.0 * frame_s)
        if self._dusk is None or self._dusk.size_px != surface.get_size():
            self._dusk = Dusk(surface.get_size())
        self._dusk.draw(surface, self._hunted * (0.45 + 0.20 * math.sin(5.0 * self.time_s)) if self._hunted > 0.04 else 0.0)

    @property
    def hunted(self) -> float:
        """0 calm … 1 seen: what the music follows."""
        return self._hunted


def draw_world(surface: pygame.Surface, world: Any, view: View, alpha: float = 1.0, frame_s: float = 1.0 / 60.0) -> None:
    """The world without HUD, for pictures and films."""
    view.draw(surface, world, alpha, frame_s)


def _levers(world: Any) -> list[tuple[Any, bool]]:
    """(position, on) of each lever, by number."""
    states = {int(getattr(door, "lever", k)): (door.lever_position, bool(door.lever_on)) for k, door in enumerate(world.doors)}
    return [states[number] for number in sorted(states)]


def _blit_front(surface: pygame.Surface, thing: Any, left: int, top: int) -> None:
    """Trees let those behind them shine through."""
    tree = thing.sprite.get_width() == 92
    if tree:
        thing.sprite.set_alpha(165)
    surface.blit(thing.sprite, (thing.x - left, thing.y - top))
    if tree:
        thing.sprite.set_alpha(255)
