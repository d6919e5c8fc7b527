"""Drawing what changes on an island: bridges, gates, levers, relics, the boat, currents, smoke."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import pygame

from ..assets import colour, picture
from .camera import ART_ZOOM
from .level import Level
from .tiles import ART_PX, Texture
from .view_walls import to_surface

__all__ = ["Currents", "draw_boat", "draw_bridge", "draw_clouds", "draw_gate", "draw_lever", "draw_relic", "prepare_clouds"]

_PLANK_PX = 12
_GATE_PX = 26
_FLOW_PX_S = 200.0


@lru_cache(maxsize=64)
def _plank(length: int, upright: bool, pick: int) -> pygame.Surface:
    """One board of a bridge, across the way one walks."""
    board = Texture("planks").window(pick * 37, (pick % 12) * 16, length, 16)[2:-2]
    data = np.dstack([board, np.full(board.shape[:2], 255.0)])
    data[0, :, :3] *= 1.25
    data[-2:, :, :3] *= 0.55
    sprite = to_surface(data)
    return pygame.transform.rotate(sprite, 90) if upright else sprite


def draw_bridge(surface: pygame.Surface, bridge: Any, left: int, top: int, time_s: float) -> None:
    """Planks on two beams: they shake before they fall, and lie scattered below while the bridge is down."""
    x, y, w, h = (round(v * ART_ZOOM) for v in bridge.rect)
    box = pygame.Rect(x - left, y - top, w, h)
    if not surface.get_rect().inflate(80, 80).colliderect(box):
        return
    along_x = w >= h
    state, left_s = bridge.state, float(bridge.time_s_left)
    span, depth = (w, h) if along_x else (h, w)
    beam = colour("wood_dark")
    for share in (0.08, 0.86) if state != "fallen" else ():
        rail = pygame.Rect(box.x, box.y + round(share * h), w, 6) if along_x else pygame.Rect(box.x + round(share * w), box.y, 6, h)
        pygame.draw.rect(surface, beam, rail)
    count = max(1, span // _PLANK_PX)
    for k in range(count):
        offset = (0.0, 0.0)
        if state == "shaking":
            fear = 1.0 + 2.5 * max(0.0, 1.0 - left_s)
            offset = (fear * math.sin(41.0 * time_s + 2.4 * k), fear * math.cos(37.0 * time_s + 1.7 * k))
        elif state == "fallen":
            if k % 4 != 1:
                continue
            offset = (5 * math.sin(1.3 * time_s + k), 6 + 3 * math.sin(0.9 * time_s + 2 * k))
        sprite = _plank(depth, along_x, k % 12)
        at = (box.x + k * _PLANK_PX + offset[0], box.y + offset[1]) if along_x else (box.x + offset[0], box.y + k * _PLANK_PX + offset[1])
        if state == "fallen":
            sprite = sprite.copy()
            sprite.set_alpha(90 if left_s > 1.5 else round(90 + 110 * (1.5 - left_s) / 1.5))
        surface.blit(sprite, at)
    _posts(surface, box, along_x, state)


def _posts(surface: pygame.Surface, box: pygame.Rect, along_x: bool, state: str) -> None:
    """Four posts, and ropes between them while the bridge stands."""
    corners = [(box.left, box.top), (box.right, box.top), (box.left, box.bottom), (box.right, box.bottom)]
    pairs = ((0, 1), (2, 3)) if along_x else ((0, 2), (1, 3))
    if state != "fallen":
        for a, b in pairs:
            (ax, ay), (bx, by) = corners[a], corners[b]
            points = [(ax + (bx - ax) * u, ay + (by - ay) * u - 12 + (10 if along_x else 4) * 4 * u * (1 - u) * 0.5) for u in np.linspace(0, 1, 12)]
            pygame.draw.lines(surface, colour("ink"), False, points, 4)
            pygame.draw.lines(surface, colour("sand"), False, points, 2)
    for x, y in corners:
        pygame.draw.rect(surface, colour("ink"), (x - 5, y - 17, 10, 22), border_radius=3)
        pygame.draw.rect(surface, colour("wood"), (x - 3, y - 15, 6, 18), border_radius=2)
        pygame.draw.rect(surface, colour("wood_light"), (x - 3, y - 15, 2, 18))


@lru_cache(maxsize=32)
def _gate_parts(width: int, height: int) -> tuple[pygame.Surface, pygame.Surface]:
    """(top, front) of a gate: timber with iron bands."""
    wood = Texture("planks").window(0, 0, max(width, height), max(width, height))
    upright = np.ascontiguousarray(np.swapaxes(wood, 0, 1))
    iron = np.array(colour("ink_soft"), np.float32)

    def part(pixels: Any, dim: float) -> pygame.Surface:
        out = pixels * dim
        out[:3], out[-3:] = iron, iron
        out[:, :3], out[:, -3:] = iron, iron
        return to_surface(np.dstack([out, np.full(out.shape[:2], 255.0)]))

    top = part((upright if width >= height else wood)[:height, :width].copy(), 1.08)
    front = part(upright[:_GATE_PX, :width].copy(), 0.72)
    for x in range(12, width - 8, 24):
        pygame.draw.circle(top, colour("gold_dark"), (x, height // 2), 3)
    return top, front


def draw_gate(surface: pygame.Surface, rect: tuple[float, float, float, float], shut: float, left: int, top: int, lever_colour: str) -> None:
    """A gate that sinks into its threshold: `shut` 1 stands, 0 lies level with the road."""
    x, y, w, h = (round(v * ART_ZOOM) for v in rect)
    at = pygame.Rect(x - left, y - top, w, h)
    if not surface.get_rect().inflate(60, 60).colliderect(at):
        return
    slot = at.inflate(-10, -10) if min(w, h) > 40 else at.inflate(-6, -6)
    pygame.draw.rect(surface, colour("grout"), slot, border_radius=4)
    pygame.draw.rect(surface, colour("ink_soft"), slot, width=2, border_radius=4)
    for corner in ((slot.left + 6, slot.top + 6), (slot.right - 7, slot.top + 6), (slot.left + 6, slot.bottom - 7), (slot.right - 7, slot.bottom - 7)):
        pygame.draw.circle(surface, colour(lever_colour), corner, 3)
    if shut <= 0.02:
        return
    rise = round(_GATE_PX * shut)
    lid, front = _gate_parts(w, h)
    surface.blit(front, (at.x, at.bottom - rise), (0, 0, w, rise))
    surface.blit(lid, (at.x, at.y - rise))
    pygame.draw.rect(surface, colour(lever_colour), (at.centerx - 9, at.centery - rise - 3, 18, 6), border_radius=3)


def draw_lever(surface: pygame.Surface, position: Any, on: bool, left: int, top: int, lever_colour: str) -> None:
    x, y = round(position[0] * ART_ZOOM - left), round(position[1] * ART_ZOOM - top)
    surface.blit(picture("things/shadow"), (x - 24, y - 6))
    surface.blit(picture(f"things/lever_{int(on)}"), (x - 22, y - 38))
    pygame.draw.circle(surface, colour(lever_colour), (x, y + 4), 4)
    pygame.draw.circle(surface, colour("ink"), (x, y + 4), 4, width=1)


@lru_cache(maxsize=32)
def _glow(name: str, size: int, opacity_tenths: int) -> pygame.Surface:
    glow = pygame.transform.smoothscale(picture("things/glow"), (size, size))
    glow.fill((*colour(name), 255 * opacity_tenths // 10), special_flags=pygame.BLEND_RGBA_MULT)
    return glow


def draw_relic(surface: pygame.Surface, relic: Any, left: int, top: int, time_s: float) -> None:
    """It hovers over its shadow in a breathing light."""
    x, y = relic.position[0] * ART_ZOOM - left, relic.position[1] * ART_ZOOM - top
    if not (-60 < x < surface.get_width() + 60 and -60 < y < surface.get_height() + 60):
        return
    phase = 2.2 * time_s + 0.01 * (x + left)
    lift = 10 + 4 * math.sin(phase)
    size = 92 + 4 * round(2 * math.sin(0.8 * phase))
    glow = _glow("gold", size, 5)
    surface.blit(glow, (x - size / 2, y - size / 2 - 4))
    shadow = picture("things/shadow")
    surface.blit(shadow, (x - 24, y - 6))
    sprite = picture(f"things/relic_{relic.kind}")
    surface.blit(sprite, (x - 22, y - 26 - lift))


def draw_boat(surface: pygame.Surface, boat: Any, left: int, top: int, time_s: float) -> None:
    """Moored at its berth; when it may sail, the landing place is lit."""
    berth = getattr(boat, "berth", boat.position)
    x, y = berth[0] * ART_ZOOM - left, berth[1] * ART_ZOOM - top
    if boat.ready:
        bx, by = boat.position[0] * ART_ZOOM - left, boat.position[1] * ART_ZOOM - top
        size = 150 + 6 * round(3 * math.sin(3 * time_s))
        surface.blit(_glow("teal", size, 7), (bx - size / 2, by - size / 2))
        for k in range(3):
            u = (0.5 * time_s + k / 3) % 1.0
            radius = round(18 + 40 * u)
            pygame.draw.ellipse(surface, colour("teal" if u < 0.7 else "foam"), (bx - radius, by - 0.6 * radius, 2 * radius, 1.2 * radius), width=2)
    for k in range(2):
        u = (0.35 * time_s + 0.5 * k) % 1.0
        radius = 52 + 22 * u
        pygame.draw.ellipse(surface, colour("shallow_light"), (x - radius, y + 10 - 0.35 * radius, 2 * radius, 0.7 * radius), width=1)
    sprite = picture("things/boat")
    surface.blit(sprite, (x - 66, y - 92 + 2.5 * math.sin(1.7 * time_s)))


@lru_cache(maxsize=512)
def _puff(pick: int, size: int, opacity_tenths: int) -> pygame.Surface:
    sprite = pygame.transform.smoothscale(picture(f"things/puff_{pick}"), (size, size))
    sprite.fill((255, 255, 255, 255 * opacity_tenths // 10), special_flags=pygame.BLEND_RGBA_MULT)
    return sprite


def draw_clouds(surface: pygame.Surface, clouds: list[Any], left: int, top: int, time_s: float) -> None:
    """Smoke: puffs that swell, turn slowly and thin out in the last second."""
    for cloud in clouds:
        x, y = cloud.position[0] * ART_ZOOM - left, cloud.position[1] * ART_ZOOM - top
        radius = cloud.radius * ART_ZOOM
        if not (-radius < x < surface.get_width() + radius and -radius < y < surface.get_height() + radius):
            continue
        fade = min(1.0, float(cloud.time_s_left) / 1.2)
        for k in range(17):
            ring = 0.0 if k == 0 else 0.42 if k < 7 else 0.76
            angle = 2.4 * k + (0.16 if k % 2 else -0.12) * time_s
            reach = radius * ring * (1.04 + 0.06 * math.sin(time_s + k))
            size = 8 * round(radius * (0.82 - 0.2 * ring) * (1.0 + 0.06 * math.sin(1.3 * time_s + 2 * k)) / 8)
            puff = _puff(k % 3, max(16, size), max(1, round(9 * fade)))
            surface.blit(puff, (x + reach * math.cos(angle) - size / 2, y + 0.86 * reach * math.sin(angle) - size / 2))


def prepare_clouds(radius_px: float) -> None:
    """Make every puff that a cloud of that radius, world px, is drawn with: while one thins out they change from frame to frame."""
    radius = radius_px * ART_ZOOM
    for step in range(int(radius * 0.62 / 8), math.ceil(radius * 0.88 / 8) + 1):
        for pick in range(3):
            for tenths in range(1, 10):
                _puff(pick, max(16, 8 * step), tenths)


class Currents:
    """Foam arrows that drift with the water, so that one sees where it pushes."""

    def __init__(self, level: Level) -> None:
        flowing = np.argwhere(np.abs(level.currents).sum(axis=2) > 1e-3)
        self._tiles = [(int(row), int(col), *(float(v) for v in level.currents[row, col])) for row, col in flowing if (row + 2 * col) % 3 == 0]

    def draw(self, surface: pygame.Surface, left: int, top: int, time_s: float) -> None:
        width, height = surface.get_size()
        for row, col, push_x, push_y in self._tiles:
            x, y = (col + 0.5) * ART_PX - left, (row + 0.5) * ART_PX - top
            if not (-ART_PX < x < width + ART_PX and -ART_PX < y < height + ART_PX):
                continue
            strength = math.hypot(push_x, push_y)
            u = (time_s * (0.25 + 1.2 * strength) + 0.37 * (row * 7 + col * 3)) % 1.0
            travel = (u - 0.5) * 54
            arrow = _flow(round(math.degrees(math.atan2(push_y, push_x)) / 15) * 15, round(6 * math.sin(math.pi * u)))
            if arrow is not None:
                surface.blit(arrow, (x + travel * push_x / strength - arrow.get_width() / 2, y + travel * push_y / strength - arrow.get_height() / 2))


@lru_cache(maxsize=256)
def _flow(degrees: int, shade: int) -> pygame.Surface | None:
    if shade <= 0:
        return None
    arrow = pygame.transform.rotozoom(picture("particles/flow"), -degrees, 0.9)
    arrow.fill((255, 255, 255, 34 * shade), special_flags=pygame.BLEND_RGBA_MULT)
    return arrow
