"""Pages that every game of the family has: its title with the menu, and how it is played."""

from __future__ import annotations

from collections.abc import Sequence

import pygame

from ..assets import colour
from .base import Choices, dim, heading
from .panels import key_cap, plate, ui_scale
from .text import typeface

__all__ = ["help_page", "key_lines", "title_page"]


def title_page(surface: pygame.Surface, title: str, words: str, choices: Choices, footer: str, time_s: float, *, top: float,
               plate_width: int = 430, row: int = 62, pad: int = 40, width: int = 380, size: int = 34) -> None:
    """Title, one line on what it is about, the menu on its plate, and a footer.

    top: where the plate begins, a share of the height.  The plate is as high as `pad` and a `row` per choice; lengths at a height of 720.
    """
    across, down = surface.get_size()
    s = ui_scale(down)
    heading(surface, title, 0.075 * down, 110)
    typeface(round(23 * s)).write(surface, words, (across / 2, 0.075 * down + 128 * s), colour("ivory"), align=0.5, shadow=colour("ink"))
    back = plate(round(plate_width * s), round((pad + row * len(choices.choices)) * s), 190, 20)
    surface.blit(back, (round(across / 2 - back.get_width() / 2), round(top * down)))
    choices.draw(surface, across / 2, top * down + 20 * s, time_s, width=width, size=size)
    typeface(round(17 * s)).write(surface, footer, (across / 2, down - 30 * s), colour("ivory"), align=0.5, shadow=colour("ink"))


def help_page(surface: pygame.Surface, width: int = 1130) -> pygame.Rect:
    """Dusk, the words "How to play", and the panel for the rest, whose place is returned; width at a height of 720."""
    dim(surface, 175)
    across, down = surface.get_size()
    s = ui_scale(down)
    heading(surface, "How to play", 0.03 * down, 60)
    panel = pygame.Rect(0, 0, round(width * s), round(560 * s))
    panel.midtop = (across // 2, round(0.135 * down))
    surface.blit(plate(panel.width, panel.height, 228, 20), panel)
    return panel


def key_lines(surface: pygame.Surface, keys: Sequence[tuple[Sequence[str], str]], x: float, y: float, s: float, *, size: int = 20, cap: int = 26,
              indent: int = 84, row: int = 37) -> None:
    """Caps of keys and what they do, a line each from (x, y) down; the words begin at `indent`, or after the caps.  Lengths at scale `s`."""
    font = typeface(round(size * s))
    for caps, words in keys:
        at = x
        for each in caps:
            sprite = key_cap(each, round(cap * s))
            surface.blit(sprite, (round(at), round(y)))
            at += sprite.get_width() + 4
        font.write(surface, words, (max(at + 8 * s, x + indent * s), y + 2 * s), colour("ivory"))
        y += row * s
