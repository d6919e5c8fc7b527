"""What events leave in the air: dust, sparks, words, and the weather of the stage."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pygame

from ..assets import colour
from ..screens.text import typeface
from .frame import Frame, scaled
from .records import Event
from .stages import GROUND_PX, WALL_PX, Stage

__all__ = ["Sparks"]

_MOST = 260


@dataclass(slots=True)
class Spark:
    """World px, px/s."""

    name: str
    x: float
    y: float
    vx: float
    vy: float
    life_s: float
    size: float
    tint: str = ""
    pull: float = 0.0
    """Downwards, px/s²."""
    age_s: float = 0.0


class Sparks:
    """Random numbers come from `seed`; they never touch the game."""

    def __init__(self, stage: Stage, seed: int = 0) -> None:
        self._rng = np.random.default_rng([seed, 9])
        self._stage = stage
        self.sparks: list[Spark] = []
        self.words: list[Spark] = []
        self._weather = self._rng.uniform(0.0, 1.0, (90, 3))

    def _burst(self, name: str, x: float, y: float, count: int, speed: float, life_s: float, size: float, *, tint: str = "", pull: float = 0.0, up: float = 0.0) -> None:
        for _ in range(count):
            angle, v = self._rng.uniform(0, 2 * math.pi), speed * self._rng.uniform(0.35, 1.0)
            self.sparks.append(Spark(name, x, y, v * math.cos(angle), 0.7 * v * math.sin(angle) - up, life_s * float(self._rng.uniform(0.6, 1.1)),
                                     size * float(self._rng.uniform(0.7, 1.2)), tint, pull))
        del self.sparks[:-_MOST]

    def hear(self, events: list[Event]) -> None:
        """One step's events."""
        for event in events:
            x, y = event.position
            kind, _, what = event.kind.partition(":")
            if kind == "bounce":
                count = 2 + round(min(8.0, event.strength / 90.0))
                name, tint = {"ground": ("dust", "#ffffff"), "wall": ("chip", "stone_top"), "table": ("spark", "ember"), "ramp": ("chip", "ice_light")}.get(what, ("dust", ""))
                self._burst(name, x, min(y + 12, GROUND_PX), count, 30 + 0.16 * event.strength, 0.5, 0.9, tint=tint, pull=300.0 if name == "chip" else 0.0)
            elif kind == "saved":
                self._burst("spark", x, y, 14, 170.0, 0.6, 1.0, tint="teal")
                self._word("saved", x, y - 46, "teal")
            elif kind == "goal":
                for tint in ("gold", "coral", "foam", "coral_light"):
                    self._burst("spark", x, y, 9, 260.0, 1.0, 1.1, tint=tint, pull=240.0, up=90.0)
                self._burst("dust", x, GROUND_PX - 4, 10, 90.0, 0.6, 1.5)
                self._word(f"+{event.strength:.0f}", x, y - 40, "gold")
            elif kind == "short":
                self._word("it never came", x, y - 36, "ivory_dim")
            elif kind == "surprised":
                self._word("?!", x, y, "ember")
            elif kind in ("throw", "kick", "roll"):
                self._burst("dust", x, y + 6, 5, 60.0, 0.35, 0.8)
            elif kind == "jump":
                self._burst("dust", x, y - 3, 7, 70.0, 0.4, 0.9)

    def _word(self, text: str, x: float, y: float, tint: str) -> None:
        self.words.append(Spark(text, x, y, 0.0, -34.0, 1.3, 1.0, tint))

    def step(self, dt_s: float) -> None:
        for group in (self.sparks, self.words):
            for spark in group:
                spark.age_s += dt_s
                spark.vy += spark.pull * dt_s
                spark.x += spark.vx * dt_s
                spark.y += spark.vy * dt_s
        self.sparks = [spark for spark in self.sparks if spark.age_s < spark.life_s]
        self.words = [word for word in self.words if word.age_s < word.life_s]

    def draw(self, surface: pygame.Surface, frame: Frame) -> None:
        for spark in self.sparks:
            fade = 1.0 - spark.age_s / spark.life_s
            size = round(10 * spark.size * (0.5 + 0.5 * fade) * frame.scale) / 10
            sprite = scaled(f"particles/{spark.name}", max(0.2, size), spark.tint)
            sprite.set_alpha(round(255 * min(1.0, 1.6 * fade)))
            surface.blit(sprite, sprite.get_rect(center=frame.to_screen((spark.x, spark.y))))
            sprite.set_alpha(255)
        for word in self.words:
            grown = min(1.0, word.age_s / 0.12)
            font = typeface(round((18 + 12 * grown) * frame.scale), True)
            font.write(surface, word.name, frame.to_screen((word.x, word.y)), colour(word.tint), align=0.5, shadow=colour("ink"))

    def draw_weather(self, surface: pygame.Surface, frame: Frame, time_s: float) -> None:
        """Rain and leaves in the gale, snow on ice, glints elsewhere on the sea."""
        width, height = frame.size
        if self._stage.sky == "storm":
            for u, v, w in self._weather:
                x = (u * 1.4 - 0.5 * time_s * (0.7 + 0.6 * w)) % 1.2 * width
                y = (v + 1.5 * time_s * (0.8 + 0.4 * w)) % 1.0 * height
                length = (16 + 14 * w) * frame.scale
                pygame.draw.line(surface, (126, 124, 152), (x, y), (x - 0.5 * length, y + length), 1)
            for u, v, w in self._weather[:9]:
                x = (u - 0.30 * time_s * (0.7 + w)) % 1.1 * width
                y = (0.15 + 0.7 * v) * height + 26 * math.sin(2.4 * time_s + 9 * u)
                surface.blit(pygame.transform.rotate(scaled("particles/leaf", 1.1 * frame.scale), 200 * time_s * (0.5 + w)), (x, y))
        elif self._stage.sky == "frost":
            for u, v, w in self._weather:
                x = (u + 0.02 * math.sin(time_s + 20 * w) - 0.012 * time_s) % 1.0 * width
                y = (v + 0.05 * time_s * (0.6 + w)) % 1.0 * height
                pygame.draw.circle(surface, (246, 252, 255), (x, y), (0.9 + 1.5 * w) * frame.scale)
        elif self._stage.sky in ("dusk", "noon"):
            tint = colour("coral_light" if self._stage.sky == "dusk" else "foam")
            for u, v, w in self._weather[:46]:
                if math.sin(2.2 * time_s + 40 * w) > 0.35:
                    x, y = frame.to_screen((WALL_PX * u, 566 + 58 * v))
                    length = (4 + 12 * v) * frame.scale
                    pygame.draw.line(surface, tint, (x - length, y), (x + length, y), max(1, round(1.4 * frame.scale)))
