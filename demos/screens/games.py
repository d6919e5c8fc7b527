"""The choice of another game of the family: a card for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from ..assets import colour, picture
from ..games import GAMES, Game
from .base import Cards, Choice, dim, heading
from .panels import plate, ui_scale
from .text import typeface, wrapped

if TYPE_CHECKING:
    from ..shell import Shell

__all__ = ["GamesScreen", "games_choice"]


def games_choice(app: Shell) -> list[Choice]:
    """A line for a menu; none when there is no other game."""
    return [Choice(lambda: "Another game", app.open_games)] if len(GAMES) > 1 else []


class GamesScreen(Cards):
    """Cards side by side; the game that is running goes back to its own menu."""

    columns = 1

    def __init__(self, app: Shell) -> None:
        titles = [game.title for game in GAMES]
        self._here = titles.index(app.title) if app.title in titles else 0
        super().__init__(len(GAMES), (self._here + 1) % len(GAMES))

    def pick(self, app: Shell) -> None:
        if self._marked == self._here:
            app.pop()
        else:
            app.go_on_with(GAMES[self._marked].word)

    def draw(self, app: Shell, surface: pygame.Surface) -> None:
        app.draw_backdrop(surface, self._time_s)
        dim(surface, 70)
        width, height = surface.get_size()
        s = ui_scale(height)
        heading(surface, "Choose a game", 0.09 * height, 62)
        card = (round(min(360 * s, 0.94 * width / len(GAMES) - 20 * s)), round(300 * s))
        gap = round(22 * s)
        left = round((width - len(GAMES) * card[0] - (len(GAMES) - 1) * gap) / 2)
        self._boxes = [pygame.Rect(left + k * (card[0] + gap), round(0.3 * height), *card) for k in range(len(GAMES))]
        for k, (box, game) in enumerate(zip(self._boxes, GAMES, strict=True)):
            self._card(surface, box, game, k == self._marked, k == self._here, s)
        words = "Enter plays   ·   Esc goes back"
        typeface(round(18 * s)).write(surface, words, (width / 2, height - 34 * s), colour("ivory"), align=0.5, shadow=colour("ink"))

    def _card(self, surface: pygame.Surface, box: pygame.Rect, game: Game, marked: bool, here: bool, s: float) -> None:
        surface.blit(plate(box.width, box.height, 228, 18, "coral" if marked else "panel", "ivory" if marked else "violet_light"), box)
        icon = picture(game.icon)
        scale = 120 * s / max(icon.get_size())
        icon = pygame.transform.smoothscale(icon, (round(icon.get_width() * scale), round(icon.get_height() * scale)))
        surface.blit(icon, icon.get_rect(center=(box.centerx, round(box.y + 84 * s))))
        ink = colour("ink" if marked else "ivory")
        typeface(round(29 * s), True).write(surface, game.title, (box.centerx, box.y + 158 * s), ink, align=0.5)
        font, y = typeface(round(18 * s)), box.y + 200 * s
        for line in wrapped(font, game.about, box.width - 36 * s)[:3]:
            font.write(surface, line, (box.centerx, y), ink, align=0.5)
            y += 22 * s
        if here:
            font.write(surface, "you are here", (box.centerx, box.bottom - 28 * s), colour("ink_soft" if marked else "ivory_dim"), align=0.5)
