"""Pieces that every screen is made of: plates, key caps, meters."""

from __future__ import annotations

import math
from functools import lru_cache

import pygame

from ..assets import Colour, colour
from .text import typeface

__all__ = ["arc_meter", "key_cap", "plate", "ui_scale"]


def ui_scale(height_px: int) -> float:
    """How large writing is on a view of that height: 1 at 720."""
    return min(2.0, max(0.72, height_px / 720.0))


@lru_cache(maxsize=96)
def plate(width: int, height: int, opacity: int = 205, radius: int = 12, fill: str = "panel", rim: str = "violet_light") -> pygame.Surface:
    """A rounded translucent panel with a rim lighter at its top.  Shared: blit it, do not paint on it."""
    surface = pygame.Surface((width, height), pygame.SRCALPHA)
    box = surface.get_rect()
    pygame.draw.rect(surface, (*colour(fill), opacity), box, border_radius=radius)
    pygame.draw.rect(surface, (*colour(rim), min(255, opacity + 30)), box, width=2, border_radius=radius)
    pygame.draw.line(surface, (*colour("ivory"), 90), (radius, 1), (width - radius, 1))
    return surface


@lru_cache(maxsize=96)
def key_cap(label: str, height: int) -> pygame.Surface:
    """A key as it lies on the keyboard."""
    font = typeface(round(0.68 * height), True)
    width = max(height, font.size(label)[0] + round(0.6 * height))
    cap = pygame.Surface((width, height + 3), pygame.SRCALPHA)
    pygame.draw.rect(cap, colour("ivory_dim"), (0, 3, width, height), border_radius=6)
    pygame.draw.rect(cap, colour("ivory"), (0, 0, width, height), border_radius=6)
    font.write(cap, label, (width / 2, 0.16 * height), colour("ink"), align=0.5)
    return cap


def arc_meter(surface: pygame.Surface, centre: tuple[float, float], radius: float, share: float, tint: Colour, width: int) -> None:
    """A ring that fills clockwise from the top; `share` 0..1."""
    steps = 48
    points = [(centre[0] + radius * math.sin(2 * math.pi * k / steps), centre[1] - radius * math.cos(2 * math.pi * k / steps)) for k in range(steps + 1)]
    pygame.draw.lines(surface, colour("ink_soft"), False, points, width)
    full = round(steps * min(1.0, max(0.0, share)))
    if full > 0:
        pygame.draw.lines(surface, tint, False, points[: full + 1], width)
