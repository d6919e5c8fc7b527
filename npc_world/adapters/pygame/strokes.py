"""Smooth strokes with an opacity and a width that change along them, which `pygame.draw` has not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pygame
from numpy.typing import ArrayLike, NDArray

from npc_world.adapters.pygame.palette import Colour
from npc_world.core.compiled import COMPILED, kernel

__all__ = ["Brush", "circle", "dots", "polyline"]

Floats = NDArray[np.float64]
_CIRCLE_STEPS = 40


@kernel
def blend_capsules(pixels, cover, segments, edge, edge_opacity, colours, left, top, right, bottom):  # type: ignore[no-untyped-def]
    """Blend anti-aliased capsules and a dark edge of `edge` px round them into pixels (w, h, 3) within the clip.

    segments (N, 8): x0, y0, x1, y1, half width at both ends, opacity at both ends; colours (6,): RGB of the stroke and of
    its edge.  Capsules are one shape: where they overlap the strongest counts, once.  Pixel (i, j) has its centre at
    (i + ½, j + ½); coverage falls off linearly over one pixel.  cover (rows, cols, 2) float32 reaches at least to the
    clip's far corner; it is zero before and after.
    """
    x_low, y_low, x_high, y_high = right, bottom, left, top
    for n in range(segments.shape[0]):
        reach = max(segments[n, 4], segments[n, 5]) + edge + 1.0
        x_low = min(x_low, min(segments[n, 0], segments[n, 2]) - reach)
        y_low = min(y_low, min(segments[n, 1], segments[n, 3]) - reach)
        x_high = max(x_high, max(segments[n, 0], segments[n, 2]) + reach)
        y_high = max(y_high, max(segments[n, 1], segments[n, 3]) + reach)
    col0, row0 = int(math.floor(max(left, x_low))), int(math.floor(max(top, y_low)))
    col1, row1 = int(math.ceil(min(right, x_high))), int(math.ceil(min(bottom, y_high)))
    if col0 >= col1 or row0 >= row1:
        return
    first = np.full(row1 - row0, col1)
    last = np.full(row1 - row0, col0)
    for n in range(segments.shape[0]):
        x0, y0, x1, y1 = segments[n, 0], segments[n, 1], segments[n, 2], segments[n, 3]
        half0, half1, opacity0, opacity1 = segments[n, 4], segments[n, 5], segments[n, 6], segments[n, 7]
        reach = max(half0, half1) + edge + 1.0
        dx, dy = x1 - x0, y1 - y0
        square = dx * dx + dy * dy
        from_col = max(col0, int(math.floor(min(x0, x1) - reach)))
        to_col = min(col1, int(math.ceil(max(x0, x1) + reach)))
        for row in range(max(row0, int(math.floor(min(y0, y1) - reach))), min(row1, int(math.ceil(max(y0, y1) + reach)))):
            low, high = from_col, to_col
            if dy * dy > 0.04 * square and square > 1.0:  # a slanted line crosses a row only within its reach
                crossing = x0 + (row + 0.5 - y0) / dy * dx
                away = reach * math.sqrt(square) / abs(dy)
                low, high = max(low, int(crossing - away)), min(high, int(crossing + away) + 1)
            for col in range(low, high):
                px, py = col + 0.5 - x0, row + 0.5 - y0
                along = 0.0
                if square > 0.0:
                    along = min(1.0, max(0.0, (px * dx + py * dy) / square))
                ex, ey = px - along * dx, py - along * dy
                apart = ex * ex + ey * ey
                if apart >= reach * reach:
                    continue
                depth = half0 + along * (half1 - half0) + 0.5 - math.sqrt(apart)
                if depth + edge <= 0.0:
                    continue
                strength = opacity0 + along * (opacity1 - opacity0)
                cover[row, col, 0] = max(cover[row, col, 0], min(1.0, depth + edge) * strength * edge_opacity)
                if depth > 0.0:
                    cover[row, col, 1] = max(cover[row, col, 1], min(1.0, depth) * strength)
                first[row - row0] = min(first[row - row0], col)
                last[row - row0] = max(last[row - row0], col + 1)
    for row in range(row0, row1):
        for col in range(first[row - row0], last[row - row0]):
            under, over = cover[row, col, 0], cover[row, col, 1]
            cover[row, col, 0] = 0.0
            cover[row, col, 1] = 0.0
            if under > 0.002 or over > 0.002:
                for channel in range(3):
                    value = pixels[col, row, channel] * (1.0 - under) + under * colours[3 + channel]
                    pixels[col, row, channel] = int(value * (1.0 - over) + over * colours[channel] + 0.5)


class Brush:
    """Draws strokes on surfaces; keeps its working memory, 8 bytes a pixel of the largest surface, between them."""

    def __init__(self) -> None:
        self._cover = np.zeros((1, 1, 2), np.float32)

    def draw(self, surface: pygame.Surface, segments: Floats, colour: Colour, edge_colour: Colour = (0, 0, 0), edge: float = 0.0,
             edge_opacity: float = 0.0) -> None:
        """Draw capsules (N, 8) in screen px, as `blend_capsules` takes them, within the surface's clip.

        Uncompiled, or on surfaces of fewer than 24 bits, plain opaque lines are drawn instead: coarser, and quick.
        """
        inside = segments[np.isfinite(segments).all(axis=1)]
        if len(inside) == 0:
            return
        if not COMPILED or surface.get_bytesize() < 3:
            for x0, y0, x1, y1, half0, half1, opacity0, opacity1 in np.clip(inside, -32000.0, 32000.0).tolist():
                if 0.5 * (opacity0 + opacity1) > 0.25:
                    pygame.draw.line(surface, colour, (x0, y0), (x1, y1), max(1, round(half0 + half1)))
            return
        width, height = surface.get_size()
        if self._cover.shape[0] < height or self._cover.shape[1] < width:
            self._cover = np.zeros((max(height, self._cover.shape[0]), max(width, self._cover.shape[1]), 2), np.float32)
        clip = surface.get_clip()
        blend_capsules(pygame.surfarray.pixels3d(surface), self._cover, np.ascontiguousarray(inside), float(edge), float(edge_opacity),
                       np.array((*colour, *edge_colour), np.float64),
                       float(clip.left), float(clip.top), float(clip.right), float(clip.bottom))


def polyline(points: ArrayLike, half_width: Any, opacity: Any) -> Floats:
    """(n - 1, 8) capsules along points (n, 2); half width px and opacity are numbers or (n,) along the points."""
    at = np.asarray(points, dtype=np.float64)
    half = np.broadcast_to(np.asarray(half_width, dtype=np.float64), (len(at),))
    strength = np.broadcast_to(np.asarray(opacity, dtype=np.float64), (len(at),))
    return np.column_stack([at[:-1], at[1:], half[:-1], half[1:], strength[:-1], strength[1:]])


def dots(points: ArrayLike, spacing: float, radius: float, opacity: float, most: int = 400) -> Floats:
    """(m, 8) round dots every `spacing` px along points (n, 2), further apart where there would be more than `most`.

    The last lies on the last point.  Points that are not finite are left out.
    """
    at = np.asarray(points, dtype=np.float64)
    at = np.clip(at[np.isfinite(at).all(axis=1)], -1e6, 1e6)
    if len(at) == 0:
        return np.zeros((0, 8))
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(at, axis=0).T))]) if len(at) > 1 else np.zeros(1)
    spacing = max(spacing, lengths[-1] / most)
    count = int(lengths[-1] / spacing + 1e-9) + 1
    marks = lengths[-1] - np.arange(count) * spacing
    centres = np.column_stack([np.interp(marks, lengths, at[:, 0]), np.interp(marks, lengths, at[:, 1])])
    return np.column_stack([centres, centres, np.full((count, 2), radius), np.full((count, 2), opacity)])


def circle(centre: ArrayLike, radius: float, half_width: float, opacity: float) -> Floats:
    """(40, 8) capsules round a circle."""
    angles = np.linspace(0.0, 2.0 * np.pi, _CIRCLE_STEPS + 1)
    return polyline(np.asarray(centre) + radius * np.column_stack([np.cos(angles), np.sin(angles)]), half_width, opacity)
