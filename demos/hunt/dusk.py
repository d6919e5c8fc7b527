"""The rim of the screen: it darkens like dusk, and glows while the player is seen."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pygame
from numpy.typing import NDArray

from npc_world.adapters.pygame.blending import by_byte, pixels_of
from npc_world.core.compiled import kernel

from ..assets import Colour, colour

__all__ = ["Dusk"]

_GLOWS = 12
"""Steps between dusk and full alarm."""
_GLOW_MOST = 0.65
_STRONGEST = 120


@kernel
def darken(pixels, bands, sides, colour, strength):  # type: ignore[no-untyped-def]
    """Blend `colour`, its three bytes, into the rim of pixels (h, w): by shares 0 to 255, times `strength` of 256.

    bands (depth, w): shares of the uppermost rows, and from below of the lowest; sides (2, depth): left and right in all rows between.
    """
    outer, middle, rest = np.uint32(0xFF00FF), np.uint32(0xFF00), np.uint32(0xFF000000)
    eight, all_of_it, power = np.uint32(8), np.uint32(256), np.uint32(strength)
    half_outer, half_middle = np.uint32(0x800080), np.uint32(0x8000)
    tint_outer, tint_middle = np.uint32(colour & outer), np.uint32(colour & middle)
    height, width = pixels.shape
    depth = bands.shape[0]
    for y in range(height):
        band = y < depth or y >= height - depth
        for part in range(1 if band else 2):
            begin = 0 if band or part == 0 else width - depth
            line = pixels[y, begin:begin + (width if band else depth)]
            share = bands[min(y, height - 1 - y)] if band else sides[part]
            for i in range(line.shape[0]):  # two bytes at once, with room between them for their products
                was = line[i]
                add = np.uint32(np.uint32(np.uint32(share[i]) * power + np.uint32(128)) >> eight)
                keep = np.uint32(all_of_it - add)
                both = np.uint32(np.uint32(np.uint32(np.uint32(was & outer) * keep) + np.uint32(np.uint32(tint_outer * add) + half_outer)) >> eight)
                one = np.uint32(np.uint32(np.uint32(np.uint32(was & middle) * keep) + np.uint32(np.uint32(tint_middle * add) + half_middle)) >> eight)
                line[i] = np.uint32(np.uint32(was & rest) | np.uint32(both & outer) | np.uint32(one & middle))


class Dusk:
    """Draws the rim of surfaces of one size; made anew where that changes."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        self.size_px = size_px
        self._strips: dict[int, list[tuple[pygame.Surface, tuple[int, int]]]] = {}

    def prepare(self, surface: pygame.Surface) -> None:
        """Before play: what it needs for surfaces like this one."""
        for step in range(_GLOWS + 1 if pixels_of(surface) is None else 1):
            self.draw(surface, step / _GLOWS * _GLOW_MOST)

    def draw(self, surface: pygame.Surface, glow: float) -> None:
        """glow: 0 dusk to 0.65 full alarm."""
        step = min(_GLOWS, round(glow / _GLOW_MOST * _GLOWS))
        tint, strongest = _mixed(step)
        found = pixels_of(surface)
        if found is None or found[0].shape != self.size_px[::-1]:
            del found  # its lock
            if step not in self._strips:
                self._strips[step] = _cut(self.size_px, tint, strongest)
            for strip, at in self._strips[step]:
                surface.blit(strip, at)
            return
        width, height = self.size_px
        value = sum(tint[channel] << (8 * byte) for byte, channel in enumerate(by_byte(surface)))
        darken(found[0], *_bands(width, height), np.uint32(value), round(strongest * 256 / 255))


def _mixed(step: int) -> tuple[Colour, int]:
    """Colour and opacity, of 255, of dusk under `step` of _GLOWS of the strongest glow: one layer to draw instead of two."""
    dusk, glow = np.array(colour("violet_dark"), float), np.array(colour("danger"), float)
    share = _STRONGEST / 255.0
    over = share * _GLOW_MOST * step / _GLOWS
    both = over + share * (1.0 - over)
    red, green, blue = ((glow * over + dusk * share * (1.0 - over)) / both).round().astype(int).tolist()
    return (red, green, blue), round(255.0 * both)


def _depth(width: int, height: int) -> int:
    return min(max(24, height // 6), height // 2, width // 2)


@lru_cache(maxsize=2)
def _bands(width: int, height: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """What `darken` takes: far less than the whole, which would have to be fetched in every frame."""
    depth, shares = _depth(width, height), _shares(width, height)
    middle = shares[height // 2]
    return np.ascontiguousarray(shares[:depth]), np.ascontiguousarray(np.stack([middle[:depth], middle[width - depth:]]))


def _shares(width: int, height: int) -> NDArray[np.uint8]:
    """(h, w) how strong the rim is at each px: 255 at the edge, fading inwards."""
    across = np.minimum(np.arange(width), np.arange(width)[::-1])
    down = np.minimum(np.arange(height), np.arange(height)[::-1])
    edge = np.minimum(across[None, :], down[:, None]).astype(np.float32) / _depth(width, height)
    return np.asarray((255.0 * np.clip(1.0 - edge, 0.0, 1.0) ** 2).round().astype(np.uint8))


def _cut(size: tuple[int, int], tint: Colour, strongest: int) -> list[tuple[pygame.Surface, tuple[int, int]]]:
    """Four strips that together are the rim; only they are blitted, not the whole screen."""
    width, height = size
    depth, shares = _depth(width, height), _shares(width, height)
    strips = []
    for x, y, wide, tall in ((0, 0, width, depth), (0, height - depth, width, depth), (0, depth, depth, height - 2 * depth),
                             (width - depth, depth, depth, height - 2 * depth)):
        if tall > 0:
            data = np.empty((tall, wide, 4), np.uint8)
            data[..., :3] = tint
            data[..., 3] = shares[y:y + tall, x:x + wide].astype(np.float32) * strongest / 255.0
            strips.append((pygame.image.frombuffer(data.tobytes(), (wide, tall), "RGBA").convert_alpha(), (x, y)))
    return strips
