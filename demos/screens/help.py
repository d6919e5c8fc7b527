"""How to play: the aim, the keys, the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pygame

from ..assets import colour, picture
from ..hunt.sprites import figure
from ..hunt.tiles import Texture, texture
from ..hunt.view_walls import to_surface
from ..input import Command
from .base import Screen
from .page import help_page, key_lines
from .panels import ui_scale
from .text import typeface, wrapped

if TYPE_CHECKING:
    from ..game import App

__all__ = ["HelpScreen"]

_AIM = ("Collect every relic, then reach the boat. The hunters are slower than you: they catch you by guessing where you go. "
        "So give them something wrong to guess.")
_KEYS = ((("W", "A", "S", "D"), "or arrows: run"), (("Space",), "dash, then it must recover"), (("Q",), "or Shift: smoke, nobody sees through it"),
         (("E",), "pull a lever"), (("Tab",), "read a hunter's mind; again: the next one"), (("Esc",), "or P: pause"), (("R",), "start again"),
         (("F12",), "picture"), (("F9",), "save the last seconds as a GIF"), (("M",), "mute"), (("F11",), "full screen"))
_GROUND = (("road", "quick and sure"), ("grass", "a little slower"), ("sand", "slow"), ("mud", "very slow"),
           ("ice", "quick, but you slide on"), ("shallow", "slow; currents carry you"))
_SIGNS = (("icons/hood", "They learn how you move, from round to round."), ("things/reeds_0", "Reeds hide you, and them."),
          ("things/lever_1", "Levers open some gates and shut others."), ("icons/eye", "A red eye: someone sees you."))


class HelpScreen(Screen):
    see_through = True

    def __init__(self) -> None:
        self._swatches: dict[str, pygame.Surface] = {}
        self._time_s = 0.0

    def handle(self, app: App, command: Command) -> None:
        if command.name in ("back", "accept", "help", "pause", "click"):
            app.pop()

    def update(self, app: App, frame_s: float) -> None:
        self._time_s += frame_s

    def draw(self, app: App, surface: pygame.Surface) -> None:
        panel = help_page(surface)
        s = ui_scale(surface.get_height())
        font, bold = typeface(round(20 * s)), typeface(round(22 * s), True)
        x, y = panel.x + 28 * s, panel.y + 20 * s
        for line in wrapped(bold, _AIM, panel.width - 150 * s):
            bold.write(surface, line, (x, y), colour("ivory"))
            y += 27 * s
        frame = 2 + int(self._time_s * 9) % 6
        surface.blit(figure("player", 0, frame), (panel.right - 84, panel.y + 8))
        surface.blit(figure("hunter/1", 0, frame), (panel.right - 136, panel.y + 8))
        y = panel.y + 92 * s
        key_lines(surface, _KEYS, x, y, s)
        self._ground(surface, panel.x + 600 * s, y, s)
        words = "Gamepad: left stick runs, A dash, B smoke, X lever, Y mind, Start pause"
        font.write(surface, words, (panel.centerx, panel.bottom - 36 * s), colour("ember"), align=0.5)
        font.write(surface, "Esc or Enter closes", (panel.centerx, panel.bottom + 10 * s), colour("ivory_dim"), align=0.5)

    def _ground(self, surface: pygame.Surface, x: float, y: float, s: float) -> None:
        font, bold = typeface(round(20 * s)), typeface(round(20 * s), True)
        size = round(34 * s)
        for name, words in _GROUND:
            swatch = self._swatch(name, size)
            surface.blit(swatch, (round(x), round(y)))
            pygame.draw.rect(surface, colour("ink"), (round(x), round(y), size, size), width=2, border_radius=6)
            label = "shallows" if name == "shallow" else name
            box = bold.write(surface, label, (x + 48 * s, y + 5 * s), colour("sand_light"))
            font.write(surface, words, (max(box.right + 12 * s, x + 150 * s), y + 5 * s), colour("ivory"))
            y += 40 * s
        y += 10 * s
        for name, words in _SIGNS:
            sprite = picture(name)
            scale = size / max(sprite.get_size())
            icon = pygame.transform.smoothscale(sprite, (round(sprite.get_width() * scale), round(sprite.get_height() * scale)))
            surface.blit(icon, (round(x + (size - icon.get_width()) / 2), round(y)))
            font.write(surface, words, (x + 48 * s, y + 5 * s), colour("ivory"))
            y += 40 * s

    def _swatch(self, name: str, size: int) -> pygame.Surface:
        key = f"{name} {size}"
        if key not in self._swatches:
            pixels = texture("shallow")[:size, :size] if name == "shallow" else Texture(name).window(0, 0, size, size)
            self._swatches[key] = to_surface(np.dstack([pixels, np.full(pixels.shape[:2], 255.0)]))
        return self._swatches[key]
