"""The light of the hour over a whole picture."""

from __future__ import annotations

import numpy as np
import pygame

from npc_world.adapters.pygame.blending import by_byte, pixels_of
from npc_world.core.compiled import kernel

from .assets import Colour

__all__ = ["multiply"]


@kernel
def multiply_bytes(pixels, low, middle, high):  # type: ignore[no-untyped-def]
    """Multiply the three bytes of all pixels (h, w) by shares of 255, as pygame's BLEND_RGB_MULT does."""
    byte, eight, sixteen, rest, up = np.uint32(0xFF), np.uint32(8), np.uint32(16), np.uint32(0xFF000000), np.uint32(255)
    a, b, c = np.uint32(low), np.uint32(middle), np.uint32(high)
    for y in range(pixels.shape[0]):
        line = pixels[y]
        for i in range(line.shape[0]):
            was = line[i]
            first = np.uint32(np.uint32(np.uint32(np.uint32(was & byte) * a) + up) >> eight)
            second = np.uint32(np.uint32(np.uint32(np.uint32(np.uint32(was >> eight) & byte) * b) + up) >> eight)
            third = np.uint32(np.uint32(np.uint32(np.uint32(np.uint32(was >> sixteen) & byte) * c) + up) >> eight)
            line[i] = np.uint32(np.uint32(was & rest) | first | np.uint32(second << eight) | np.uint32(third << sixteen))


def multiply(surface: pygame.Surface, tint: Colour) -> None:
    """The whole surface times a colour over 255: what pygame's fill does in many times the time."""
    found = pixels_of(surface)
    if found is None or found[0].shape != (surface.get_height(), surface.get_width()):
        del found  # its lock
        surface.fill(tint, special_flags=pygame.BLEND_RGB_MULT)
        return
    multiply_bytes(found[0], *(tint[channel] for channel in by_byte(surface)))
