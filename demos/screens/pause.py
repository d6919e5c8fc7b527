"""Pause: the game stands still below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from ..input import Command
from .base import Choice, Choices, Screen, dim, heading
from .panels import plate, ui_scale

if TYPE_CHECKING:
    from ..shell import Shell

__all__ = ["PauseScreen"]


class PauseScreen(Screen):
    see_through = True

    def __init__(self, app: Shell) -> None:
        self._choices = Choices([
            Choice(lambda: "Go on", app.pop), Choice(lambda: "Start again", app.restart), Choice(lambda: "How to play", lambda: app.open_help()),
            Choice(lambda: "Settings", lambda: app.open_settings()), Choice(lambda: "Leave to the menu", app.to_menu),
        ])
        self._time_s = 0.0

    def handle(self, app: Shell, command: Command) -> None:
        if self._choices.handle(app, command):
            return
        if command.name in ("back", "pause"):
            app.pop()
        elif command.name == "restart":
            app.restart()
        elif command.name == "help":
            app.open_help()

    def update(self, app: Shell, frame_s: float) -> None:
        self._time_s += frame_s

    def draw(self, app: Shell, surface: pygame.Surface) -> None:
        dim(surface)
        width, height = surface.get_size()
        s = ui_scale(height)
        heading(surface, "Paused", 0.14 * height, 76)
        back = plate(round(420 * s), round(350 * s), 215, 20)
        surface.blit(back, (round(width / 2 - back.get_width() / 2), round(0.31 * height)))
        self._choices.draw(surface, width / 2, 0.31 * height + 22 * s, self._time_s)
