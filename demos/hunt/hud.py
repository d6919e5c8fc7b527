"""What is written over the game: relics, dash, smoke, time, who sees you, a small map, and arrows to what is off the screen."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray

from ..assets import colour, mixed, picture
from ..screens.panels import arc_meter, key_cap, plate, ui_scale
from ..screens.text import typeface
from .camera import Camera
from .level import KINDS, Level

__all__ = ["Hud", "RoundInfo", "map_pixels"]

_MAP_COLOURS = {"deep": "sea", "water": "shallow", "sand": "sand", "grass": "grass", "road": "road_light", "mud": "mud", "ice": "ice",
                "reeds": "leaf_light", "bridge": "wood", "wall": "stone_top", "rock": "rock", "hedge": "leaf", "house": "roof", "tree": "leaf"}


@dataclass(frozen=True, slots=True)
class RoundInfo:
    """What the world itself does not know."""

    number: int = 1
    """Which round in a row against the same hunters."""
    best_s: float | None = None
    hint: str = ""
    """One line of help, or nothing."""
    pad: bool = False
    """A gamepad is in use: show its buttons, not keys."""


def map_pixels(level: Level) -> NDArray[np.uint8]:
    """(rows, cols, 3): one px per tile."""
    table = np.array([colour(_MAP_COLOURS[kind]) for kind in KINDS], np.uint8)
    return np.ascontiguousarray(table[level.tiles])


@lru_cache(maxsize=64)
def _icon(name: str, size: int, dim: bool = False) -> pygame.Surface:
    icon = pygame.transform.smoothscale(picture(name), (size, size))
    if dim:
        icon.fill((*mixed(colour("ink_soft"), colour("violet_light"), 0.35), 255), special_flags=pygame.BLEND_RGBA_MULT)
        icon.set_alpha(190)
    return icon


class Hud:
    """Draws on a view of any size; keeps the picture of the map."""

    def __init__(self, level: Level) -> None:
        rows, cols = level.tiles.shape
        self._small = pygame.image.frombuffer(map_pixels(level).tobytes(), (cols, rows), "RGB").convert()
        self._map_px = level.size_px
        self._map: pygame.Surface | None = None
        self._seen_glow = 0.0

    def draw(self, surface: pygame.Surface, world: Any, camera: Camera, info: RoundInfo, time_s: float, frame_s: float, minimap: bool = True) -> None:
        s = ui_scale(surface.get_height())
        watchers = [hunter for hunter in world.hunters if hunter.sees_player]
        self._seen_glow += ((1.0 if watchers else 0.0) - self._seen_glow) * min(1.0, 6.0 * frame_s)
        self._relics(surface, world, s)
        self._clock(surface, world, info, s)
        self._eye(surface, watchers, s, time_s)
        self._hands(surface, world, info, s)
        self._bottom_line(surface, world, info, s, time_s)
        if minimap:
            self._minimap(surface, world, camera, s, time_s)
        self._arrows(surface, world, camera, s, time_s)

    def _relics(self, surface: pygame.Surface, world: Any, s: float) -> None:
        size, pad = round(34 * s), round(10 * s)
        taken = sum(relic.taken for relic in world.relics)
        count = len(world.relics)
        back = plate(count * (size + 4) + 2 * pad, size + 2 * pad - 4)
        surface.blit(back, (round(16 * s), round(14 * s)))
        for k, relic in enumerate(world.relics):
            at = (round(16 * s) + pad + k * (size + 4), round(14 * s) + pad - 3)
            surface.blit(_icon(f"things/relic_{relic.kind}", size, not relic.taken), at)
        words = "All aboard: reach the boat" if taken == count else f"{taken} of {count} relics"
        typeface(round(20 * s), True).write(surface, words, (18 * s + pad, 14 * s + back.get_height() + 4), colour("gold" if taken == count else "ivory"), shadow=colour("ink"))

    def _clock(self, surface: pygame.Surface, world: Any, info: RoundInfo, s: float) -> None:
        grace = float(getattr(world, "grace_s", 0.0))
        middle = surface.get_width() / 2
        text = f"{int(world.time_s) // 60}:{world.time_s % 60:04.1f}"
        back = plate(round(150 * s), round(46 * s))
        surface.blit(back, (round(middle - back.get_width() / 2), round(14 * s)))
        surface.blit(_icon("icons/clock", round(26 * s)), (round(middle - 64 * s), round(24 * s)))
        typeface(round(32 * s), True).write(surface, text, (middle + 62 * s, 20 * s), colour("ivory"), align=1.0)
        if grace > 0.0:
            typeface(round(26 * s), True).write(surface, f"They wake in {grace:.1f} s", (middle, 96 * s), colour("ember"), align=0.5, shadow=colour("ink"))
        elif info.best_s is not None:
            typeface(round(17 * s)).write(surface, f"best {int(info.best_s) // 60}:{info.best_s % 60:04.1f}", (middle, 62 * s), colour("ivory_dim"), align=0.5, shadow=colour("ink"))

    def _eye(self, surface: pygame.Surface, watchers: list[Any], s: float, time_s: float) -> None:
        middle, y = surface.get_width() / 2, 88 * s
        if self._seen_glow < 0.05:
            return
        size = round((40 + 3 * math.sin(9 * time_s)) * s) // 2 * 2
        icon = _icon("icons/eye", size)
        icon.set_alpha(round(255 * self._seen_glow))
        surface.blit(icon, (round(middle - size / 2), round(y - size / 2 + 16 * s)))
        if watchers:
            names = ", ".join(hunter.name for hunter in watchers[:3]) + (" …" if len(watchers) > 3 else "")
            verb = "sees" if len(watchers) == 1 else "see"
            typeface(round(19 * s), True).write(surface, f"{names} {verb} you", (middle, y + 38 * s), colour("danger"), align=0.5, shadow=colour("ink"))

    def _hands(self, surface: pygame.Surface, world: Any, info: RoundInfo, s: float) -> None:
        """Dash meter and smoke bombs, lower left."""
        player, y = world.player, surface.get_height() - 58 * s
        x = 58 * s
        ready = player.dash_ready >= 1.0
        radius = 30 * s
        pygame.draw.circle(surface, colour("panel"), (x, y), radius + 4 * s)
        arc_meter(surface, (x, y), radius, player.dash_ready, colour("ember" if ready else "gold_dark"), max(3, round(6 * s)))
        icon = _icon("icons/dash", round(34 * s), not ready)
        surface.blit(icon, (round(x - icon.get_width() / 2), round(y - icon.get_height() / 2)))
        cap = key_cap("A" if info.pad else "Space", round(18 * s))
        surface.blit(cap, (round(x - cap.get_width() / 2), round(y + radius - 4 * s)))
        x += 84 * s
        pygame.draw.circle(surface, colour("panel"), (x, y), radius + 4 * s)
        icon = _icon("icons/smoke", round(36 * s), player.smokes <= 0)
        surface.blit(icon, (round(x - icon.get_width() / 2), round(y - icon.get_height() / 2)))
        for k in range(max(player.smokes, 0)):
            angle = -math.pi / 2 + (k - (player.smokes - 1) / 2) * 0.42
            pygame.draw.circle(surface, colour("ivory"), (x + radius * math.cos(angle), y + radius * math.sin(angle)), 4.5 * s)
        cap = key_cap("B" if info.pad else "Q", round(18 * s))
        surface.blit(cap, (round(x - cap.get_width() / 2), round(y + radius - 4 * s)))

    def _bottom_line(self, surface: pygame.Surface, world: Any, info: RoundInfo, s: float, time_s: float) -> None:
        middle, y = surface.get_width() / 2, surface.get_height() - 46 * s
        reach = getattr(world, "lever_in_reach", None)
        words = info.hint
        if reach is not None and reach() is not None:
            cap = key_cap("X" if info.pad else "E", round(24 * s))
            font = typeface(round(22 * s), True)
            width = cap.get_width() + font.size(" pull the lever")[0]
            back = plate(round(width + 34 * s), round(42 * s))
            surface.blit(back, (round(middle - back.get_width() / 2), round(y - 12 * s)))
            surface.blit(cap, (round(middle - width / 2), round(y - 4 * s + 2 * math.sin(5 * time_s))))
            font.write(surface, "pull the lever", (middle - width / 2 + cap.get_width() + 8 * s, y - 3 * s), colour("ivory"))
        elif words:
            font = typeface(round(19 * s))
            back = plate(font.size(words)[0] + round(36 * s), round(36 * s))
            surface.blit(back, (round(middle - back.get_width() / 2), round(y - 8 * s)))
            font.write(surface, words, (middle, y), colour("ivory"), align=0.5)
        if info.number > 1:
            right = surface.get_width() - 20 * s
            typeface(round(19 * s), True).write(surface, f"Round {info.number}: they remember you", (right, y + 4 * s), colour("hunters/0"), align=1.0, shadow=colour("ink"))
            icon = _icon("icons/hood", round(30 * s))
            width = typeface(round(19 * s), True).size(f"Round {info.number}: they remember you")[0]
            surface.blit(icon, (round(right - width - 38 * s), round(y - 4 * s)))

    def _minimap(self, surface: pygame.Surface, world: Any, camera: Camera, s: float, time_s: float) -> None:
        width = round(210 * s)
        height = round(width * self._map_px[1] / self._map_px[0])
        if self._map is None or self._map.get_width() != width:
            self._map = pygame.transform.smoothscale(self._small, (width, height))
            self._map.set_alpha(225)
        left, top = surface.get_width() - width - round(20 * s), round(18 * s)
        surface.blit(plate(width + 12, height + 12), (left - 6, top - 6))
        surface.blit(self._map, (left, top))
        scale = width / self._map_px[0]

        def spot(point: Any) -> tuple[float, float]:
            return left + float(point[0]) * scale, top + float(point[1]) * scale

        for door in world.doors:
            if not door.open:
                x, y = spot(door.rect[:2])
                pygame.draw.rect(surface, colour("wood_dark"), (x, y, max(2, door.rect[2] * scale), max(2, door.rect[3] * scale)))
        for bridge in world.bridges:
            if bridge.state == "fallen":
                x, y = spot(bridge.rect[:2])
                pygame.draw.rect(surface, colour("sea"), (x, y, max(2, bridge.rect[2] * scale), max(2, bridge.rect[3] * scale)))
        for relic in world.relics:
            if not relic.taken:
                x, y = spot(relic.position)
                pygame.draw.polygon(surface, colour("ink"), [(x, y - 6), (x + 5, y), (x, y + 6), (x - 5, y)])
                pygame.draw.polygon(surface, colour("gold"), [(x, y - 4), (x + 3, y), (x, y + 4), (x - 3, y)])
        x, y = spot(world.boat.position)
        beat = 1.5 * math.sin(6 * time_s) if world.boat.ready else 0.0
        pygame.draw.polygon(surface, colour("ink"), [(x - 7, y - 1), (x + 7, y - 1), (x + 4, y + 5), (x - 4, y + 5)])
        pygame.draw.polygon(surface, colour("teal" if world.boat.ready else "ivory"), [(x, y - 8 - beat), (x + 5, y - 1), (x - 1, y - 1)])
        for hunter in world.hunters:
            at = spot(hunter.position)
            pygame.draw.circle(surface, colour("ink"), at, 4.5)
            pygame.draw.circle(surface, colour("danger" if hunter.sees_player else f"hunters/{hunter.colour_index}"), at, 3.2)
        at = spot(world.player.position)
        pygame.draw.circle(surface, colour("ivory"), at, 5)
        pygame.draw.circle(surface, colour("coral"), at, 3.8)
        view = pygame.Rect(*spot(camera.offset_px), surface.get_width() / 1.5 * scale, surface.get_height() / 1.5 * scale)
        pygame.draw.rect(surface, colour("ivory"), view.clip(pygame.Rect(left, top, width, height)), width=1)

    def _arrows(self, surface: pygame.Surface, world: Any, camera: Camera, s: float, time_s: float) -> None:
        """At the rim of the screen: who sees you from beyond it, and the boat when it waits."""
        targets = [(hunter.position, "danger") for hunter in world.hunters if hunter.sees_player]
        if world.boat.ready:
            targets.append((world.boat.position, "teal"))
        width, height = surface.get_size()
        for point, tint in targets:
            x, y = camera.to_screen(point)
            if 0 < x < width and 0 < y < height:
                continue
            margin = 46 * s
            cx, cy = width / 2, height / 2
            dx, dy = x - cx, y - cy
            k = min((cx - margin) / max(abs(dx), 1e-6), (cy - margin) / max(abs(dy), 1e-6))
            tip, angle = (cx + dx * k, cy + dy * k), math.atan2(dy, dx)
            size = (15 + 2 * math.sin(8 * time_s)) * s
            points = [(tip[0] + size * math.cos(angle + a), tip[1] + size * math.sin(angle + a)) for a in (0.0, 2.4, math.pi, -2.4)]
            points[2] = (tip[0] - 0.35 * size * math.cos(angle), tip[1] - 0.35 * size * math.sin(angle))
            pygame.draw.polygon(surface, colour(tint), points)
            pygame.draw.polygon(surface, colour("ink"), points, width=2)
