"""Writing with the game's own typeface: an atlas of glyphs, scaled once per size, tinted and cached per line."""

from __future__ import annotations

import json
import unicodedata
from collections import OrderedDict
from collections.abc import Container
from functools import lru_cache

import pygame

from ..assets import Colour, assets_path

__all__ = ["Typeface", "typeface", "wrapped"]

_KEPT_LINES = 800


class Typeface:
    """One weight at one size.  Has `render`, `size`, `get_height`, `get_linesize` of pygame.font.Font, so that it can stand in for one."""

    def __init__(self, weight: str, height_px: int) -> None:
        self._cuts, self._height, advances = _atlas(weight)
        self._scale = height_px / self._height
        self.height_px = height_px
        self._glyphs: dict[str, pygame.Surface] = {}
        """Those that were needed so far, at this size: to scale all of them would hold up a frame."""
        self._advance = {char: advance * self._scale for char, advance in advances.items()}
        self._lines: OrderedDict[tuple[str, Colour], pygame.Surface] = OrderedDict()

    def render(self, text: str, antialias: bool = True, color: object = (255, 255, 255), background: object = None) -> pygame.Surface:
        """The line as a surface with alpha.  Shared between calls: blit it, do not paint on it."""
        red, green, blue = pygame.Color(color)[:3]  # type: ignore[arg-type]
        key = (text, (red, green, blue))
        if key in self._lines:
            self._lines.move_to_end(key)
            return self._lines[key]
        known = _known(text, self._advance)
        words = known.split(" ")
        line = pygame.Surface(self.size(known), pygame.SRCALPHA)
        x = 0.0
        if len(words) == 1:
            for char in known:
                line.blit(self._glyph(char), (round(x), 0), special_flags=pygame.BLEND_RGBA_MAX)
                x += self._advance[char]
            line.fill((red, green, blue, 255), special_flags=pygame.BLEND_RGBA_MULT)
        else:  # of a line that is written anew most words are known
            for word in words:
                if word:
                    line.blit(self.render(word, antialias, (red, green, blue)), (round(x), 0))
                x += sum(self._advance[char] for char in word) + self._advance[" "]
        self._lines[key] = line
        if len(self._lines) > _KEPT_LINES:
            self._lines.popitem(last=False)
        return line

    def _glyph(self, char: str) -> pygame.Surface:
        found = self._glyphs.get(char)
        if found is None:
            cut = self._cuts[char]
            found = self._glyphs[char] = pygame.transform.smoothscale(cut, (max(1, round(cut.get_width() * self._scale)), self.height_px))
        return found

    def size(self, text: str) -> tuple[int, int]:
        """(width, height) px that `render` gives."""
        width = sum(self._advance[char] for char in _known(text, self._advance))
        return max(1, round(width) + 2), self.height_px

    def get_height(self) -> int:
        return self.height_px

    def get_linesize(self) -> int:
        return round(1.12 * self.height_px)

    def write(self, surface: pygame.Surface, text: str, at: tuple[float, float], color: Colour, *, align: float = 0.0, shadow: Colour | None = None) -> pygame.Rect:
        """Blit one line; `align` 0 left, 0.5 centred, 1 right of `at`; `shadow` outlines it.  Returns where it stands."""
        width, height = self.size(text)
        x, y = round(at[0] - align * width), round(at[1])
        if shadow is not None:
            dark, offset = self.render(text, True, shadow), max(1, self.height_px // 16)
            for dx, dy in ((-offset, 0), (offset, 0), (0, -offset), (0, offset), (0, 2 * offset)):
                surface.blit(dark, (x + dx, y + dy))
        surface.blit(self.render(text, True, color), (x, y))
        return pygame.Rect(x, y, width, height)


@lru_cache(maxsize=2)
def _atlas(weight: str) -> tuple[dict[str, pygame.Surface], int, dict[str, float]]:
    """Of a weight, as it is stored: each glyph white on nothing, the height of all, and how far each moves on."""
    about = json.loads(assets_path(f"font/{weight}.json").read_text(encoding="utf-8"))
    atlas = pygame.image.load(str(assets_path(f"font/{weight}.png")))
    cuts = {char: _white_with_alpha(atlas.subsurface((int(x), int(y), int(width), int(about["height"]))))
            for char, (x, y, width, _) in about["glyphs"].items()}
    return cuts, int(about["height"]), {char: float(advance) for char, (_, _, _, advance) in about["glyphs"].items()}


@lru_cache(maxsize=64)
def typeface(height_px: int, bold: bool = False) -> Typeface:
    """The typeface at a line height in px; bold for headings and small labels."""
    return Typeface("bold" if bold else "regular", max(8, int(height_px)))


def wrapped(font: Typeface, text: str, width_px: float) -> list[str]:
    """The text in lines no wider than `width_px`; a single word that is wider stands alone."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and font.size(longer)[0] > width_px:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def _white_with_alpha(coverage: pygame.Surface) -> pygame.Surface:
    """White, as opaque as the grey picture is bright."""
    alpha = pygame.image.tobytes(coverage, "RGB")[::3]
    buffer = bytearray(b"\xff" * (4 * len(alpha)))
    buffer[3::4] = alpha
    return pygame.image.frombuffer(bytes(buffer), coverage.get_size(), "RGBA").copy()


def _known(text: str, glyphs: Container[str]) -> str:
    """The text with what the typeface lacks replaced: letters lose their accents, the rest becomes "?"."""
    if all(char in glyphs for char in text):
        return text
    out = []
    for char in text:
        if char in glyphs:
            out.append(char)
        elif char.isspace():
            out.append(" ")
        else:
            out.extend(part if part in glyphs else "?" for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part))
    return "".join(out)
