"""The title screen over a drifting island, and the choice of islands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pygame

from ..assets import colour, picture
from ..hunt.difficulty import DIFFICULTIES
from ..hunt.levels import LEVELS, RANDOM, make_level
from ..input import Command
from .base import Cards, Choice, Choices, Screen, dim, heading
from .games import games_choice
from .page import title_page
from .panels import plate, ui_scale
from .text import typeface, wrapped

if TYPE_CHECKING:
    from ..game import App

__all__ = ["LevelsScreen", "MenuScreen", "next_difficulty"]

_ABOUT = {"calm": "slower hunters with short sight; four smoke bombs", "normal": "they run at nine tenths of your speed",
          "fierce": "nearly as fast as you, one more of them, sharp eyes"}


def next_difficulty(now: str, step: int) -> str:
    names = list(DIFFICULTIES)
    return names[(names.index(now) + step) % len(names)] if now in names else names[0]


class MenuScreen(Screen):
    """Play, islands, difficulty, help, settings, quit."""

    def __init__(self, app: App) -> None:
        settings = app.settings

        def turn(step: int) -> None:
            settings.difficulty = next_difficulty(settings.difficulty, step)
            self._choices.choices[2].note = _ABOUT.get(settings.difficulty, "")

        self._choices = Choices([
            Choice(lambda: "Play", lambda: app.start_round(settings.level)),
            Choice(lambda: "Choose an island", lambda: app.push(LevelsScreen(app))),
            Choice(lambda: f"Difficulty: {settings.difficulty}", change=turn, note=_ABOUT.get(settings.difficulty, "")),
            Choice(lambda: "How to play", lambda: app.open_help()),
            Choice(lambda: "Settings", lambda: app.open_settings()),
            *games_choice(app),
            Choice(lambda: "Quit", app.quit),
        ])
        self._time_s = 0.0

    def handle(self, app: App, command: Command) -> None:
        if not self._choices.handle(app, command):
            if command.name == "back":
                self._choices.marked = len(self._choices.choices) - 1
            elif command.name == "help":
                app.open_help()

    def update(self, app: App, frame_s: float) -> None:
        self._time_s += frame_s

    def draw(self, app: App, surface: pygame.Surface) -> None:
        backdrop(app, surface, self._time_s)
        if app.top is not self:  # another screen lies on top: only the island shines through
            return
        footer = f"{app.level_title}   ·   arrows and Enter, mouse or gamepad   ·   M mute   ·   F11 full screen"
        title_page(surface, "Second Guess", "Take the relics. Reach the boat. They think ahead: think further.", self._choices, footer, self._time_s,
                   top=0.335 if len(self._choices.choices) < 7 else 0.285)


def backdrop(app: App, surface: pygame.Surface, time_s: float) -> None:
    """The last island played, drifting by at dusk."""
    island = app.backdrop_island
    if island is None:
        surface.fill(colour("sea_deep"))
        return
    width, height = surface.get_size()
    room_x, room_y = max(0, island.size[0] - width), max(0, island.size[1] - height)
    left = round(0.5 * (island.size[0] - width) + 0.40 * room_x * math.sin(0.045 * time_s + 0.6))
    top = round(0.5 * (island.size[1] - height) + 0.36 * room_y * math.sin(0.061 * time_s + 1.2))
    island.draw(surface, left, top, time_s)
    dim(surface, 88)


class LevelsScreen(Cards):
    """Cards of all islands, with their maps, their stories and the best times."""

    def __init__(self, app: App) -> None:
        self._names = [*LEVELS, RANDOM]
        super().__init__(len(self._names), self._names.index(app.settings.level) if app.settings.level in self._names else 0)

    def handle(self, app: Any, command: Command) -> None:
        if command.name == "restart":
            app.next_seed()
        else:
            super().handle(app, command)

    def pick(self, app: Any) -> None:
        app.settings.level = self._names[self._marked]
        app.pop()
        app.start_round(app.settings.level)

    def draw(self, app: App, surface: pygame.Surface) -> None:
        backdrop(app, surface, self._time_s)
        dim(surface, 70)
        width, height = surface.get_size()
        s = ui_scale(height)
        heading(surface, "Choose an island", 0.035 * height, 58)
        card_w, card_h, gap = round(360 * s), round(252 * s), round(20 * s)
        left = round((width - 3 * card_w - 2 * gap) / 2)
        self._boxes = []
        for k, name in enumerate(self._names):
            box = pygame.Rect(left + (k % 3) * (card_w + gap), round(0.155 * height) + (k // 3) * (card_h + gap), card_w, card_h)
            self._boxes.append(box)
            self._card(app, surface, box, name, k == self._marked, s)
        words = "Enter plays   ·   Esc goes back   ·   R draws another random island"
        typeface(round(18 * s)).write(surface, words, (width / 2, height - 34 * s), colour("ivory"), align=0.5, shadow=colour("ink"))

    def _card(self, app: App, surface: pygame.Surface, box: pygame.Rect, name: str, marked: bool, s: float) -> None:
        level = make_level(name, app.seed)
        surface.blit(plate(box.width, box.height, 225, 16, "coral" if marked else "panel", "ivory" if marked else "violet_light"), box)
        inner = pygame.Rect(box.x + round(10 * s), box.y + round(10 * s), box.width - round(20 * s), round(138 * s))
        map_picture = app.gallery.thumbnail(name, app.seed)
        scale = min(inner.width / map_picture.get_width(), inner.height / map_picture.get_height())
        size = (round(map_picture.get_width() * scale), round(map_picture.get_height() * scale))
        pygame.draw.rect(surface, colour("sea"), inner, border_radius=8)
        surface.blit(pygame.transform.smoothscale(map_picture, size), (inner.centerx - size[0] // 2, inner.centery - size[1] // 2))
        pygame.draw.rect(surface, colour("ink"), inner, width=2, border_radius=8)
        ink = colour("ink" if marked else "ivory")
        typeface(round(26 * s), True).write(surface, level.title, (box.x + 14 * s, inner.bottom + 5 * s), ink)
        y = inner.bottom + 36 * s
        small = typeface(round(17 * s))
        for line in wrapped(small, level.story, box.width - 28 * s)[:2]:
            small.write(surface, line, (box.x + 14 * s, y), ink)
            y += 20 * s
        best = app.settings.best(name, app.settings.difficulty)
        words = f"best on {app.settings.difficulty}: {int(best) // 60}:{best % 60:04.1f}" if best is not None else f"{len(level.relics)} relics, {level.hunters} hunters"
        if best is not None:
            star = pygame.transform.smoothscale(picture("icons/star"), (round(20 * s), round(20 * s)))
            surface.blit(star, (box.right - round(34 * s), inner.bottom + round(8 * s)))
        small.write(surface, words, (box.x + 14 * s, box.bottom - 27 * s), colour("ink_soft" if marked else "ivory_dim"))
