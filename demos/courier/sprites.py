"""Vehicles from above, turned to any heading: pictures are kept at twice their size and turned in steps."""

from __future__ import annotations

import math
from functools import lru_cache

import pygame

from ..assets import colour, picture

__all__ = ["TINTS", "bearing", "icon", "turned", "vehicle"]

TINTS = {"you": "coral", "Atlas": "hunters/0", "Quill": "hunters/1"}
"""Palette names of the couriers."""
_STEPS = 72


def vehicle(who: str, look: int) -> str:
    """Picture of a vehicle: couriers have their own, the others one of six cars."""
    couriers = {"you": "scooter", "Atlas": "atlas", "Quill": "quill"}
    return f"courier/{couriers.get(who, f'car_{look % 6}')}"


def bearing(heading_rad: float) -> int:
    """The step of a heading, for `turned`."""
    return round(heading_rad / (2 * math.pi) * _STEPS) % _STEPS


@lru_cache(maxsize=1200)
def turned(name: str, step: int, scale: float = 0.5, shadow: bool = True) -> pygame.Surface:
    """A picture that faces east, turned to a step of 5° (clockwise, y down), with its shadow to the lower right."""
    body = pygame.transform.rotozoom(picture(name), -360.0 * step / _STEPS, scale)
    if not shadow:
        return body
    dark = body.copy()
    dark.fill((*colour("shadow"), 255), special_flags=pygame.BLEND_RGBA_MULT)
    dark.set_alpha(110)
    out = pygame.Surface((body.get_width() + 6, body.get_height() + 8), pygame.SRCALPHA)
    out.blit(dark, (5, 7))
    out.blit(body, (3, 2))
    return out


@lru_cache(maxsize=64)
def icon(name: str, size: int, faint: bool = False) -> pygame.Surface:
    """A picture that fits into `size` px."""
    raw = picture(name)
    scale = size / max(raw.get_size())
    small = pygame.transform.smoothscale(raw, (max(1, round(raw.get_width() * scale)), max(1, round(raw.get_height() * scale))))
    if faint:
        small.fill((*colour("violet_light"), 255), special_flags=pygame.BLEND_RGBA_MULT)
        small.set_alpha(170)
    return small
