"""From the world's 1280 × 720 px to a view of any size, and pictures at that scale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pygame

from ..assets import colour, picture
from .stages import SIZE_PX

__all__ = ["Frame", "scaled"]


@dataclass(frozen=True, slots=True)
class Frame:
    """The whole stage is seen, its ground at the lower rim; what is left over is sky and more ground."""

    size: tuple[int, int]

    @property
    def scale(self) -> float:
        return min(self.size[0] / SIZE_PX[0], self.size[1] / SIZE_PX[1])

    @property
    def corner(self) -> tuple[float, float]:
        """Screen px of the world's origin."""
        return 0.5 * (self.size[0] - SIZE_PX[0] * self.scale), self.size[1] - SIZE_PX[1] * self.scale

    def to_screen(self, point: tuple[float, float]) -> tuple[float, float]:
        left, top = self.corner
        return left + float(point[0]) * self.scale, top + float(point[1]) * self.scale

    def to_world(self, at: tuple[float, float]) -> tuple[float, float]:
        left, top = self.corner
        return (at[0] - left) / self.scale, (at[1] - top) / self.scale


@lru_cache(maxsize=512)
def scaled(name: str, scale: float, tint: str = "", cut: tuple[int, int, int, int] | None = None) -> pygame.Surface:
    """A picture, or the part `cut` of it, at a scale; `tint` multiplies it.  Shared: do not paint on it."""
    sprite = picture(name)
    if cut is not None:
        sprite = sprite.subsurface(cut)
    size = (max(1, round(sprite.get_width() * scale)), max(1, round(sprite.get_height() * scale)))
    sprite = pygame.transform.smoothscale(sprite, size)
    if tint:
        sprite = sprite.copy()
        sprite.fill((*colour(tint), 255), special_flags=pygame.BLEND_RGBA_MULT)
    return sprite
