"""What events leave in the air and on the ground: dust, drops, sparks, rings, footprints, trails, words over heads."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pygame

from ..assets import colour, picture
from ..screens.text import typeface
from .camera import ART_ZOOM

__all__ = ["Effects"]

_MOST = 420
_GRAVITY_PX_S2 = 420.0
_SHADES = 8
_STEP_DUST = {"sand": ("dust", 2), "grass": ("leaf", 1), "mud": ("mud", 3), "ice": ("chip", 1), "water": ("drop", 4), "road": ("dust", 1)}


@dataclass(slots=True)
class Particle:
    """World px, px/s, seconds; `z` is height above the ground."""

    name: str
    x: float
    y: float
    vx: float = 0.0
    vy: float = 0.0
    z: float = 0.0
    vz: float = 0.0
    falls: bool = False
    age_s: float = 0.0
    life_s: float = 0.5
    size: tuple[float, float] = (1.0, 1.0)
    """Scale at the start and at the end."""
    opacity: float = 1.0
    tint: str = ""


@lru_cache(maxsize=1024)
def _shaded(name: str, step: int, scale_tenths: int, tint: str) -> pygame.Surface:
    """A particle's picture at a scale, `step` of _SHADES opaque."""
    sprite = picture(f"particles/{name}" if "/" not in name else name)
    if scale_tenths != 10:
        size = (max(1, sprite.get_width() * scale_tenths // 10), max(1, sprite.get_height() * scale_tenths // 10))
        sprite = pygame.transform.smoothscale(sprite, size)
    sprite = sprite.copy()
    sprite.fill((*(colour(tint) if tint else (255, 255, 255)), round(255 * step / _SHADES)), special_flags=pygame.BLEND_RGBA_MULT)
    return sprite


class Effects:
    """All particles of a round.  Random numbers come from `seed`; they never touch the game."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self.particles: list[Particle] = []
        self.marks: list[Particle] = []
        self.words: list[Particle] = []
        self._left_foot = False
        self._on: dict[str, Callable[[float, float, Any], None]] = {
            "relic": self._relic, "dash": self._dash, "smoke": self._smoke, "splash": self._splash, "slide": self._slide,
            "bridge_fall": self._planks, "bridge_shake": self._dust, "bridge_rise": self._dust, "lever": self._sparks, "bump": self._bump,
            "boat_ready": self._relic, "won": self._won, "caught": self._caught, "near_miss": lambda x, y, _: self._word("close!", x, y, "ember"),
            "seen": lambda x, y, _: self._word("!", x, y, "danger"), "lost": lambda x, y, _: self._word("?", x, y, "ivory_dim"),
        }

    def hear(self, events: list[Any], player: Any) -> None:
        """Turn the events of one step into particles."""
        for event in events:
            x, y = float(event.position[0]), float(event.position[1])
            kind, _, detail = event.kind.partition(":")
            if kind == "step":
                self._step(x, y, detail, player)
            elif kind in self._on:
                self._on[kind](x, y, player)

    def step(self, dt_s: float) -> None:
        for group in (self.particles, self.marks, self.words):
            for p in group:
                p.age_s += dt_s
                p.x += p.vx * dt_s
                p.y += p.vy * dt_s
                if p.falls:
                    p.vz -= _GRAVITY_PX_S2 * dt_s
                    p.z = max(0.0, p.z + p.vz * dt_s)
                else:
                    p.z += p.vz * dt_s
        self.particles = [p for p in self.particles if p.age_s < p.life_s][-_MOST:]
        self.marks = [p for p in self.marks if p.age_s < p.life_s][-_MOST:]
        self.words = [p for p in self.words if p.age_s < p.life_s]

    def draw_marks(self, surface: pygame.Surface, left: int, top: int) -> None:
        self._draw(surface, self.marks, left, top)

    def draw(self, surface: pygame.Surface, left: int, top: int) -> None:
        self._draw(surface, self.particles, left, top)
        for p in self.words:
            grow = min(1.0, p.age_s / 0.12)
            word = typeface(round((34 if len(p.name) == 1 else 22) * (0.6 + 0.4 * grow)), True)
            at = (p.x * ART_ZOOM - left, (p.y - p.z) * ART_ZOOM - top)
            for dx, dy in ((-2, 0), (2, 0), (0, -2), (0, 3)):
                word.write(surface, p.name, (at[0] + dx, at[1] + dy), colour("ink"), align=0.5)
            word.write(surface, p.name, at, colour(p.tint), align=0.5)

    def _draw(self, surface: pygame.Surface, group: list[Particle], left: int, top: int) -> None:
        width, height = surface.get_size()
        blits = []
        for p in group:
            x, y = p.x * ART_ZOOM - left, (p.y - p.z) * ART_ZOOM - top
            if not (-40 < x < width + 40 and -40 < y < height + 40):
                continue
            u = p.age_s / p.life_s
            shade = math.ceil(_SHADES * p.opacity * (1.0 - u * u))
            scale = max(1, round(10 * (p.size[0] + (p.size[1] - p.size[0]) * u)))
            if shade > 0:
                sprite = _shaded(p.name, min(shade, _SHADES), scale, p.tint)
                blits.append((sprite, (x - sprite.get_width() / 2, y - sprite.get_height() / 2)))
        surface.blits(blits, False)

    # ---- what each event looks like -----------------------------------------------------------------------------

    def _burst(self, name: str, x: float, y: float, count: int, speed_px_s: float, **more: Any) -> None:
        for _ in range(count):
            angle, speed = self._rng.uniform(0, 2 * math.pi), speed_px_s * self._rng.uniform(0.35, 1.0)
            life = more.get("life_s", 0.5) * self._rng.uniform(0.7, 1.2)
            self.particles.append(Particle(name, x, y, speed * math.cos(angle), 0.7 * speed * math.sin(angle), **{**more, "life_s": life}))

    def _step(self, x: float, y: float, ground: str, player: Any) -> None:
        name, count = _STEP_DUST.get(ground, ("dust", 1))
        height = 70.0 if name in ("drop", "mud", "chip") else 22.0
        self._burst(name, x, y + 4, count, 26.0, vz=height, falls=name != "dust", life_s=0.4, size=(0.7, 0.5 if name == "drop" else 1.1), opacity=0.8)
        if ground == "water":
            self.marks.append(Particle("ring", x, y + 3, life_s=0.7, size=(0.5, 1.6), opacity=0.7))
        elif ground in ("sand", "mud", "grass"):
            self._left_foot = not self._left_foot
            side = 4.0 if self._left_foot else -4.0
            heading = float(player.heading_rad)
            life = {"sand": 6.0, "mud": 9.0, "grass": 1.6}[ground]
            self.marks.append(Particle("print", x - side * math.sin(heading), y + 5 + side * math.cos(heading), life_s=life, opacity=1.0 if ground == "mud" else 0.7))

    def _relic(self, x: float, y: float, _: Any) -> None:
        self._burst("spark", x, y, 18, 110.0, z=8.0, vz=40.0, life_s=0.8, size=(0.9, 0.2), tint="gold")
        self.particles.append(Particle("things/glow", x, y, life_s=0.5, size=(0.6, 2.2), opacity=0.8, tint="gold"))
        self.marks.append(Particle("ring", x, y, life_s=0.5, size=(0.6, 3.6)))

    def _dash(self, x: float, y: float, player: Any) -> None:
        heading = float(player.heading_rad)
        for _ in range(9):
            spread = heading + math.pi + self._rng.uniform(-0.7, 0.7)
            speed = self._rng.uniform(30, 110)
            self.particles.append(Particle("dust", x, y + 4, speed * math.cos(spread), 0.7 * speed * math.sin(spread), life_s=0.45, size=(0.8, 1.7)))

    def _smoke(self, x: float, y: float, _: Any) -> None:
        self._burst("dust", x, y, 14, 150.0, life_s=0.6, size=(1.0, 2.6), opacity=0.9)

    def _splash(self, x: float, y: float, _: Any) -> None:
        self._burst("drop", x, y, 14, 60.0, vz=130.0, falls=True, life_s=0.65, size=(1.2, 0.6))
        for k in range(2):
            self.marks.append(Particle("ring", x, y + 2, life_s=0.7 + 0.25 * k, size=(0.5, 2.0 + 0.8 * k)))

    def _slide(self, x: float, y: float, player: Any) -> None:
        self._burst("chip", x, y + 3, 5, 60.0, vz=45.0, falls=True, life_s=0.45, size=(0.9, 0.4))
        for side in (-4, 4):
            self.marks.append(Particle("print", x + side, y + 6, life_s=3.5, size=(1.5, 1.3), opacity=0.9, tint="ice_light"))

    def _planks(self, x: float, y: float, _: Any) -> None:
        self._burst("plank", x, y, 12, 90.0, vz=80.0, falls=True, life_s=0.9, size=(1.0, 0.5))
        self._splash(x, y, None)

    def _dust(self, x: float, y: float, _: Any) -> None:
        self._burst("dust", x, y, 10, 50.0, life_s=0.6, size=(0.6, 1.4))

    def _sparks(self, x: float, y: float, _: Any) -> None:
        self._burst("spark", x, y - 8, 7, 60.0, vz=20.0, life_s=0.4, size=(0.6, 0.2), tint="ember")

    def _bump(self, x: float, y: float, _: Any) -> None:
        self._burst("dust", x, y, 4, 50.0, life_s=0.35, size=(0.5, 1.0))

    def _won(self, x: float, y: float, _: Any) -> None:
        for tint in ("gold", "coral", "teal", "foam"):
            self._burst("spark", x, y, 12, 190.0, vz=60.0, z=10.0, life_s=1.3, size=(1.0, 0.3), tint=tint)

    def _caught(self, x: float, y: float, _: Any) -> None:
        self._burst("spark", x, y, 16, 170.0, z=12.0, life_s=0.8, size=(1.1, 0.2), tint="hunters/0")
        self._burst("dust", x, y, 14, 110.0, life_s=0.7, size=(0.8, 2.0))

    def _word(self, text: str, x: float, y: float, tint: str) -> None:
        self.words = [word for word in self.words if math.hypot(word.x - x, word.y - y) > 12.0]
        self.words.append(Particle(text, x, y, z=46.0, vz=8.0, life_s=0.9, tint=tint))

    def trail(self, x: float, y: float) -> None:
        """A glint behind a dash."""
        self.particles.append(Particle("spark", x + self._rng.uniform(-6, 6), y + self._rng.uniform(-4, 4), z=self._rng.uniform(0, 18), life_s=0.3, size=(0.6, 0.1), tint="coral_light"))

    def glint(self, x: float, y: float, tint: str) -> None:
        """Light caught by a relic or by ice."""
        self.particles.append(Particle("spark", x, y, life_s=0.5, size=(0.2, 0.8), tint=tint))
