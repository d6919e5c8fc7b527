"""A screen for work that takes seconds: it runs beside, the bar moves, the window stays alive."""

from __future__ import annotations

import gc
import math
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pygame

from ..assets import colour
from ..hunt.sprites import figure
from ..input import Command
from .base import Screen, heading
from .panels import ui_scale
from .text import typeface

if TYPE_CHECKING:
    from ..shell import Shell

__all__ = ["LoadingScreen", "Progress"]

Progress = Callable[[float, str], None]
_PATIENCE_S = 6.0


class LoadingScreen(Screen):
    """Runs `job(progress)` in a thread, then calls `then` in the frame loop.  An error in the job is raised there, too."""

    def __init__(self, job: Callable[[Progress], None], then: Callable[[], None], title: str = "Second Guess",
                 parade: Callable[[int], tuple[pygame.Surface, pygame.Surface]] | None = None) -> None:
        """parade: the figures that run along the bar, the chaser and the chased, by the frame of their walk (0 to 5)."""
        self._then, self._title = then, title
        self._share, self._what = 0.0, "waking up"
        self._error: BaseException | None = None
        self._clock_s = 0.0
        self._job = job
        self._parade = parade or (lambda frame: (figure("hunter/0", 0, 2 + frame), figure("player", 0, 2 + frame)))
        self._thread = threading.Thread(target=self._run, name="loading", daemon=True)
        self._started = False

    def _run(self) -> None:
        try:
            self._job(self._tell)
        except BaseException as error:  # handed over to the frame loop
            self._error = error

    def _tell(self, share: float, what: str) -> None:
        self._share, self._what = share, what

    def handle(self, app: Shell, command: Command) -> None:
        if command.name == "back":
            app.quit()

    def update(self, app: Shell, frame_s: float) -> None:
        self._clock_s += frame_s
        if not self._started:
            self._started = True
            self._thread.start()
        if app.hurried:
            self._thread.join()
        if not self._thread.is_alive():
            if self._error is not None:
                raise self._error
            gc.collect()
            gc.freeze()  # what was loaded stays: the collector need not walk it again in play, where that costs frames
            self._then()

    def _sky(self, surface: pygame.Surface, s: float) -> None:
        """Dusk in bands, a low sun, the first stars."""
        width, height = surface.get_size()
        bands = 22
        for k in range(bands):
            tint = pygame.Color(*colour("ink")).lerp(pygame.Color(*colour("coral_dark")), 0.62 * (k / (bands - 1)) ** 1.7)
            surface.fill(tint, (0, height * 0.66 * k / bands, width, height * 0.66 / bands + 2))
        for k in range(40):
            x, y = (k * 397 + 131) % width, (k * 211 + 57) % max(1, round(0.42 * height))
            bright = 0.5 + 0.5 * math.sin(1.7 * self._clock_s + k)
            pygame.draw.circle(surface, pygame.Color(*colour("violet")).lerp(pygame.Color(*colour("ivory")), bright), (x, y), 1 + k % 2)
        sun = (round(0.72 * width), round(0.63 * height))
        for radius, tint in ((92, "coral_dark"), (80, "coral"), (64, "coral_light"), (48, "ember")):
            pygame.draw.circle(surface, colour(tint), sun, round(radius * s))

    def draw(self, app: Shell, surface: pygame.Surface) -> None:
        width, height = surface.get_size()
        s = ui_scale(height)
        self._sky(surface, s)
        for k in range(9):  # waves of the evening sea
            y = height * (0.62 + 0.045 * k)
            tint = pygame.Color(*colour("sea_deep")).lerp(pygame.Color(*colour("sea_light")), k / 11)
            points = [(x, y + 7 * s * math.sin(0.012 * x / s + 0.8 * self._clock_s + 1.7 * k)) for x in range(0, width + 33, 32)]
            pygame.draw.polygon(surface, tint, [*points, (width, height), (0, height)])
        heading(surface, self._title, height * 0.20, 84)
        bar = pygame.Rect(0, 0, round(460 * s), round(16 * s))
        bar.center = (width // 2, round(height * 0.52))
        pygame.draw.rect(surface, colour("panel"), bar.inflate(8, 8), border_radius=14)
        full = bar.copy()
        full.width = max(bar.height, round(bar.width * min(1.0, self._share)))
        pygame.draw.rect(surface, colour("coral"), full, border_radius=10)
        chaser, runner = self._parade(int(self._clock_s * 10) % 6)
        surface.blit(runner, (full.right - 26, bar.top - 64))
        surface.blit(chaser, (full.right - 110, bar.top - 64))
        typeface(round(22 * s)).write(surface, self._what, (width / 2, bar.bottom + 14 * s), colour("ivory"), align=0.5, shadow=colour("ink"))
        if self._clock_s > _PATIENCE_S and self._share < 0.9:
            words = "The first start compiles their minds; later ones take a moment."
            typeface(round(18 * s)).write(surface, words, (width / 2, bar.bottom + 44 * s), colour("ivory_dim"), align=0.5, shadow=colour("ink"))
