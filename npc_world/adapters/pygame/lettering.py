"""Text for the mind view: rendered once and kept, wrapped, put on chips that do not cover each other."""

from __future__ import annotations

from collections import OrderedDict

import pygame

from npc_world.adapters.pygame.palette import Colour

__all__ = ["Lettering", "free_place"]

_KEPT = 256


class Lettering:
    """A font with a memory: a text in a colour is rendered once, the 256 last used are kept."""

    def __init__(self, font: pygame.font.Font | None = None) -> None:
        if font is None:
            pygame.font.init()
            font = pygame.font.Font(None, 20)
        self.font = font
        self._kept: OrderedDict[tuple[str, Colour, bool], pygame.Surface] = OrderedDict()
        self._shortened: OrderedDict[tuple[str, int], str] = OrderedDict()

    @property
    def height(self) -> int:
        """px of one line."""
        return int(self.font.get_height())

    def width(self, text: str) -> int:
        """px a text takes."""
        return int(self.font.size(text)[0])

    def text(self, text: str, colour: Colour) -> pygame.Surface:
        """The rendered text; not to be drawn on."""
        return self._keep((text, colour, False), lambda: self.font.render(text, True, colour))

    def chip(self, text: str, colour: Colour, ink: Colour, shade: Colour) -> pygame.Surface:
        """The text on a dark rounded chip with a bar of `colour` at its left."""
        return self._keep((text, colour, True), lambda: self._chip(text, colour, ink, shade))

    def shortened(self, text: str, width: int) -> str:
        """The text, cut with an ellipsis where it is wider than `width` px."""
        found = self._shortened.get((text, width))
        if found is None:
            kept, found = len(text), text
            while kept > 1 and self.width(found) > width:
                kept -= 1
                found = text[:kept].rstrip() + "…"
            self._shortened[text, width] = found
            if len(self._shortened) > _KEPT:
                self._shortened.popitem(last=False)
        return found

    def wrapped(self, text: str, width: int) -> list[str]:
        """The text in lines no wider than `width` px, broken between words; a longer word stands alone."""
        lines: list[str] = []
        for word in text.split():
            if lines and self.width(f"{lines[-1]} {word}") <= width:
                lines[-1] = f"{lines[-1]} {word}"
            else:
                lines.append(word)
        return lines

    def _keep(self, key: tuple[str, Colour, bool], render: object) -> pygame.Surface:
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = render()  # type: ignore[operator]
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found

    def _chip(self, text: str, colour: Colour, ink: Colour, shade: Colour) -> pygame.Surface:
        name, gap, number = text.rpartition("  ")  # numbers change all the time, names stay: each is rendered by itself
        parts = [self.text(part, ink) for part in (name + gap, number) if part]
        width, height = sum(part.get_width() for part in parts), max(part.get_height() for part in parts)
        chip = pygame.Surface((width + 19, height + 8), pygame.SRCALPHA)
        pygame.draw.rect(chip, (*shade, 205), chip.get_rect(), border_radius=6)
        pygame.draw.rect(chip, colour, (6, 5, 4, chip.get_height() - 10), border_radius=2)
        x = 14
        for part in parts:
            chip.blit(part, (x, 4))
            x += part.get_width()
        return chip


def free_place(size: tuple[int, int], anchor: tuple[float, float], taken: list[pygame.Rect], within: pygame.Rect,
               first: int = 0, better_clear: list[pygame.Rect] | None = None) -> tuple[pygame.Rect, int]:
    """A rect of `size` near `anchor` that covers none of `taken`, if possible none of `better_clear`; and the place's number.

    Places are tried in rings of eight round the anchor, from `first` on: pass the number chosen last time and a label
    stays on its side while that side is free.  Where every place is taken it is put in the first gap of the view,
    and where there is none, over the others.
    """
    width, height = size
    second: tuple[pygame.Rect, int] | None = None
    for number in (first, *range(_PLACES)):
        ring, (side_x, side_y) = number // 8, _SIDES[number % 8]
        away_x, away_y = 12 + ring * 14, 10 + ring * (height + 4)
        centre = (anchor[0] + side_x * (away_x + 0.5 * width), anchor[1] + side_y * (away_y + 0.5 * height))
        rect = pygame.Rect(round(centre[0] - 0.5 * width), round(centre[1] - 0.5 * height), width, height)
        if within.contains(rect) and rect.collidelist(taken) < 0:
            if not better_clear or rect.collidelist(better_clear) < 0:
                return rect, number
            second = second or (rect, number)
    if second is not None:
        return second
    start = pygame.Rect(round(anchor[0]) + 12, round(anchor[1]) - height // 2, width, height).clamp(within)
    rect = start.copy()
    for left in (start.left, *range(within.left, within.right - width + 1, width)):
        rect.topleft = (left, start.top if left == start.left else within.top)
        while rect.bottom <= within.bottom:  # down a column, past whatever is in the way
            hit = rect.collidelist(taken)
            if hit < 0:
                return rect, first
            rect.top = taken[hit].bottom + 1
    return start, first


_SIDES = ((1, 0), (1, -1), (1, 1), (-1, 0), (-1, -1), (-1, 1), (0, -1), (0, 1))
_PLACES = 32
