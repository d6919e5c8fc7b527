"""Where pictures, sounds and the palette lie, in a checkout and in an installed wheel, and how they are loaded."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path

import pygame

__all__ = ["PALETTE", "assets_path", "colour", "mixed", "need_display", "picture"]

Colour = tuple[int, int, int]


def assets_path(name: str = "") -> Path:
    """Path of an asset such as "ground/grass.png": beside the game in a wheel, beside the package in a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "assets", here.parent / "assets"):
        if (folder / "palette.json").is_file():
            return folder / name
    raise FileNotFoundError(f"no folder 'assets' with palette.json beside {here} or its parent: reinstall the game")


PALETTE: dict[str, object] = json.loads(assets_path("palette.json").read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def colour(name: str) -> Colour:
    """A palette colour by name ("coral", "hunters/2", "relics/ruby"), or "#rrggbb"."""
    text: object = name
    if not name.startswith("#"):
        head, _, tail = name.partition("/")
        text = PALETTE[head]
        if isinstance(text, list):
            text = text[int(tail) % len(text)]
        elif isinstance(text, dict):
            text = text.get(tail, PALETTE["gold"])
    assert isinstance(text, str)
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """a where share is 0, b where it is 1."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


@lru_cache(maxsize=256)
def picture(name: str) -> pygame.Surface:
    """The PNG file of that name, ready for the display, with its alpha.  Shared: copy before painting on it."""
    return pygame.image.load(str(assets_path(f"{name}.png"))).convert_alpha()


def need_display() -> None:
    """Make sure surfaces can be converted: without a window yet, a hidden one of the dummy driver is opened."""
    if pygame.display.get_init() and pygame.display.get_surface() is not None:
        return
    if not pygame.display.get_init():
        os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
        pygame.display.init()
    pygame.display.set_mode((64, 64), 0, 32)
