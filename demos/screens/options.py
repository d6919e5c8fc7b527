"""Settings: sound, screen, hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from ..input import Command
from .base import Choice, Choices, Screen, dim, heading
from .panels import plate, ui_scale

if TYPE_CHECKING:
    from ..shell import Shell

__all__ = ["SettingsScreen"]


class SettingsScreen(Screen):
    see_through = True

    def __init__(self, app: Shell) -> None:
        settings = app.settings

        def louder(name: str, step: int) -> None:
            setattr(settings, name, min(1.0, max(0.0, round(getattr(settings, name) + 0.1 * step, 2))))

        def flip(name: str) -> None:
            setattr(settings, name, not getattr(settings, name))

        self._choices = Choices([
            Choice(lambda: f"Music  {_bar(settings.music)}", change=lambda step: louder("music", step)),
            Choice(lambda: f"Sounds  {_bar(settings.sounds)}", change=lambda step: louder("sounds", step)),
            Choice(lambda: f"Mute: {'on' if settings.muted else 'off'}", change=lambda step: flip("muted")),
            Choice(lambda: f"Full screen: {'on' if settings.fullscreen else 'off'}", change=lambda step: app.toggle_fullscreen()),
            Choice(lambda: f"Hints in play: {'on' if settings.hints else 'off'}", change=lambda step: flip("hints")),
            *app.setting_choices(),
            Choice(lambda: "Done", lambda: self._close(app)),
        ])
        self._time_s = 0.0

    def _close(self, app: Shell) -> None:
        app.keep_settings()
        app.pop()

    def handle(self, app: Shell, command: Command) -> None:
        if not self._choices.handle(app, command) and command.name == "back":
            self._close(app)

    def update(self, app: Shell, frame_s: float) -> None:
        self._time_s += frame_s

    def draw(self, app: Shell, surface: pygame.Surface) -> None:
        dim(surface)
        width, height = surface.get_size()
        s = ui_scale(height)
        heading(surface, "Settings", 0.09 * height, 68)
        back = plate(round(500 * s), round(464 * s), 220, 20)
        surface.blit(back, (round(width / 2 - back.get_width() / 2), round(0.24 * height)))
        self._choices.draw(surface, width / 2, 0.24 * height + 22 * s, self._time_s, size=31, width=450)


def _bar(share: float) -> str:
    """Ten marks; the typeface has both."""
    full = round(10 * share)
    return "|" * full + "·" * (10 - full)
