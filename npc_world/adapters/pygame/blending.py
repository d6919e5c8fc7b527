"""Large soft shapes blended straight into a surface's pixels: a picture to be scaled, kept and blitted costs two to five times as much.

Where pixels cannot be had so (uncompiled, not 32 bits, with alpha of their own), pygame's ways do the same.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray

from npc_world.adapters.pygame.palette import Colour
from npc_world.core.compiled import COMPILED, kernel

__all__ = ["Pixels", "blend_planes", "by_byte", "fill_polygons", "pixels_of", "widen"]

Pixels = NDArray[np.uint32]
_LOW, _MIDDLE, _OUTER = np.uint32(0xFF), np.uint32(0xFF00), np.uint32(0xFF00FF)
_REST = np.uint32(0xFF000000)
_EIGHT, _SIXTEEN = np.uint32(8), np.uint32(16)
_HALF_OUTER, _HALF_MIDDLE = np.uint32(0x800080), np.uint32(0x8000)
_MOST_CROSSINGS = 64


def pixels_of(surface: pygame.Surface) -> tuple[Pixels, tuple[int, int]] | None:
    """((h, w) pixels, (x, y) of the surface's corner in them), or None where only pygame can blend.  Holds a lock while it lives.

    Of a subsurface they are those of the surface it is a part of: kernels want them without gaps.
    """
    whole, corner = surface.get_abs_parent(), surface.get_abs_offset()
    masks = [mask & 0xFFFFFFFF for mask in whole.get_masks()]
    if not COMPILED or whole.get_bytesize() != 4 or masks[3] != 0 or sorted(masks[:3]) != [0xFF, 0xFF00, 0xFF0000]:
        return None
    pixels = pygame.surfarray.pixels2d(whole).T
    if not pixels.flags.c_contiguous or pixels.dtype.itemsize != 4:
        return None
    return pixels.view(np.uint32), (int(corner[0]), int(corner[1]))


def by_byte(surface: pygame.Surface) -> list[int]:
    """Which of red, green and blue (0, 1, 2) the lowest, middle and highest byte of a pixel hold."""
    shifts = surface.get_shifts()
    return sorted(range(3), key=lambda channel: int(shifts[channel]))


@kernel
def widen(values, cell, planes):  # type: ignore[no-untyped-def]
    """Fill planes (rows, 4, width) float32 with values (rows, cols, 4), `cell` px apart, interpolated in x to every px."""
    rows, cols = values.shape[0], values.shape[1]
    width = planes.shape[2]
    for row in range(rows):
        for col in range(cols - 1):
            begin, end = int(math.ceil(col * cell)), min(width, int(math.ceil((col + 1) * cell)) if col < cols - 2 else width)
            for k in range(4):
                here, step = np.float32(values[row, col, k]), np.float32(values[row, col + 1, k] - values[row, col, k])
                for x in range(begin, end):
                    planes[row, k, x] = here + step * np.float32(min(1.0, x / cell - col))


@kernel
def blend_planes(pixels, planes, extents, cell, x0, y0, left, top, right, bottom):  # type: ignore[no-untyped-def]
    """Lay planes (rows, 4, width), rows `cell` px apart and interpolated in y, over pixels (h, w) with their corner at (x0, y0).

    The first three planes are what the bytes of a pixel gain, from the lowest on, and the fourth the share they keep; both lie within
    what a byte can hold.  extents (rows, 2): outside these columns a row changes nothing.
    """
    rows = planes.shape[0]
    for y in range(max(top, y0), min(bottom, y0 + int(cell * (rows - 1) + 0.5))):
        v = (y - y0) / cell
        r = max(0, min(rows - 2, int(v)))
        after = np.float32(v - r)
        before = np.float32(1.0) - after
        begin = max(left, x0 + min(extents[r, 0], extents[r + 1, 0]))
        end = min(right, x0 + max(extents[r, 1], extents[r + 1, 1]))
        if end <= begin:
            continue
        line = pixels[y, begin:end]
        a, b = begin - x0, end - x0
        low0, low1 = planes[r, 0, a:b], planes[r + 1, 0, a:b]
        middle0, middle1 = planes[r, 1, a:b], planes[r + 1, 1, a:b]
        high0, high1 = planes[r, 2, a:b], planes[r + 1, 2, a:b]
        kept0, kept1 = planes[r, 3, a:b], planes[r + 1, 3, a:b]
        for i in range(line.shape[0]):  # in 32 bits throughout: then eight or more px are blended at once
            was = line[i]
            kept = kept0[i] * before + kept1[i] * after
            low = np.float32(np.int32(was & _LOW)) * kept + low0[i] * before + low1[i] * after
            middle = np.float32(np.int32((was >> _EIGHT) & _LOW)) * kept + middle0[i] * before + middle1[i] * after
            high = np.float32(np.int32((was >> _SIXTEEN) & _LOW)) * kept + high0[i] * before + high1[i] * after
            line[i] = np.uint32(np.uint32(was & _REST) | np.uint32(np.int32(low)) | np.uint32(np.uint32(np.int32(middle)) << _EIGHT)
                                | np.uint32(np.uint32(np.int32(high)) << _SIXTEEN))


@kernel
def fill_polygon(pixels, corners, colour, opacity, left, top, right, bottom):  # type: ignore[no-untyped-def]
    """Blend a polygon, corners (n, 2), into pixels (h, w) by the even-odd rule; colour: its three bytes; opacity 0 to 256.

    A pixel is inside where its centre is.  Rows that the outline crosses more than 64 times are filled only in part.
    """
    count = corners.shape[0]
    y_low, y_high = math.inf, -math.inf
    for n in range(count):
        y_low, y_high = min(y_low, corners[n, 1]), max(y_high, corners[n, 1])
    first, last = int(max(top, math.ceil(y_low - 0.5))), int(min(bottom, math.ceil(y_high - 0.5)))
    if last <= first:
        return
    crossings = np.empty((last - first, _MOST_CROSSINGS))
    found = np.zeros(last - first, np.int64)
    for n in range(count):
        ax, ay = corners[n, 0], corners[n, 1]
        bx, by = corners[(n + 1) % count, 0], corners[(n + 1) % count, 1]
        if ay > by:
            ax, ay, bx, by = bx, by, ax, ay
        for y in range(int(max(first, math.ceil(ay - 0.5))), int(min(last, math.ceil(by - 0.5)))):
            at, k = ax + (y + 0.5 - ay) / (by - ay) * (bx - ax), found[y - first]
            if k < _MOST_CROSSINGS:
                while k > 0 and crossings[y - first, k - 1] > at:
                    crossings[y - first, k] = crossings[y - first, k - 1]
                    k -= 1
                crossings[y - first, k] = at
                found[y - first] += 1
    add, keep = np.uint32(opacity), np.uint32(256 - opacity)
    outer, middle = np.uint32(np.uint32(colour & _OUTER) * add), np.uint32(np.uint32(colour & _MIDDLE) * add)
    outer, middle = np.uint32(outer + _HALF_OUTER), np.uint32(middle + _HALF_MIDDLE)
    for y in range(first, last):
        for k in range(0, found[y - first] - 1, 2):
            begin = int(max(left, math.ceil(crossings[y - first, k] - 0.5)))
            end = int(min(right, math.ceil(crossings[y - first, k + 1] - 0.5)))
            if end <= begin:
                continue
            line = pixels[y, begin:end]
            for i in range(line.shape[0]):  # two bytes at once, with room between them for their products
                was = line[i]
                both = np.uint32(np.uint32(np.uint32(np.uint32(was & _OUTER) * keep) + outer) >> _EIGHT)
                one = np.uint32(np.uint32(np.uint32(np.uint32(was & _MIDDLE) * keep) + middle) >> _EIGHT)
                line[i] = np.uint32(np.uint32(was & _REST) | np.uint32(both & _OUTER) | np.uint32(one & _MIDDLE))


def fill_polygons(surface: pygame.Surface, polygons: list[NDArray[np.float64]], colour: Colour, opacities: list[float], scratch: Any) -> None:
    """Fill polygons, each corners (n, 2) in screen px and inside the one before, so that each shows with its own opacity, 0 to 1.

    Within the surface's clip.  scratch: gives a surface with alpha, by name and size, to be overwritten.
    """
    clip = surface.get_clip()
    found = pixels_of(surface)
    if found is None:
        _fill_slowly(surface, polygons, colour, opacities, scratch, clip)
        return
    pixels, (x, y) = found
    clip = clip.move(x, y).clip((0, 0, pixels.shape[1], pixels.shape[0]))
    value = np.uint32(sum(colour[channel] << (8 * byte) for byte, channel in enumerate(by_byte(surface))))
    under = 0.0
    for corners, opacity in zip(polygons, opacities, strict=True):
        over = 1.0 - (1.0 - opacity) / (1.0 - under)  # what is missing on the one below
        under = opacity
        fill_polygon(pixels, corners + np.array((x, y), np.float64), value, round(256.0 * over),
                     float(clip.left), float(clip.top), float(clip.right), float(clip.bottom))


def _fill_slowly(surface: pygame.Surface, polygons: list[NDArray[np.float64]], colour: Colour, opacities: list[float], scratch: Any,
                 clip: pygame.Rect) -> None:
    """By a picture at half size: nobody sees it at a low opacity."""
    box = pygame.Rect(*polygons[0].min(axis=0), *(np.ptp(polygons[0], axis=0) + 2)).clip(clip)
    if box.w < 2 or box.h < 2:
        return
    small = scratch("small", ((box.w + 1) // 2, (box.h + 1) // 2))
    small.fill((0, 0, 0, 0))
    for corners, opacity in zip(polygons, opacities, strict=True):
        pygame.draw.polygon(small, (*colour, round(255 * opacity)), (0.5 * (corners - box.topleft)).tolist())
    surface.blit(pygame.transform.scale(small, box.size, scratch("whole", box.size)), box)
