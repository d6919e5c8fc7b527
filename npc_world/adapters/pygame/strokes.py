"""Smooth strokes with an opacity and a width that change along them, which `pygame.draw` has not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pygame
from numpy.typing import ArrayLike, NDArray

from npc_world.adapters.pygame.blending import by_byte, pixels_of
from npc_world.adapters.pygame.palette import Colour
from npc_world.core.compiled import COMPILED, kernel

__all__ = ["Brush", "bends", "circle", "dots", "polyline"]

Floats = NDArray[np.float64]
_CIRCLE_STEPS = 40


@kernel
def cover_capsules(under, over, extents, segments, edge, edge_opacity, left, top, right, bottom):  # type: ignore[no-untyped-def]
    """Raise `over`, and for an edge of `edge` px round it `under`, (rows, cols) float32, to what anti-aliased capsules cover.

    segments (N, 8): x0, y0, x1, y1, half width at both ends, opacity at both ends.  Capsules are one shape: where they overlap the
    strongest counts, once.  Pixel (i, j) has its centre at (i + ½, j + ½); coverage falls off linearly over one pixel.  Within the
    clip only; extents (rows, 2) grow to the columns that each row was touched in.
    """
    for n in range(segments.shape[0]):
        x0, y0, x1, y1 = segments[n, 0], segments[n, 1], segments[n, 2], segments[n, 3]
        half, opacity = segments[n, 4], segments[n, 6]
        widening, strengthening = segments[n, 5] - half, segments[n, 7] - opacity
        reach = max(half, half + widening) + edge + 1.0
        dx, dy = x1 - x0, y1 - y0
        begin, end = _part_within(x0, dx, left - reach, right + reach, 0.0, 1.0)
        begin, end = _part_within(y0, dy, top - reach, bottom + reach, begin, end)
        if end < begin:
            continue
        x1, y1 = x0 + end * dx, y0 + end * dy  # what is far outside is cut off: then single precision is enough
        x0, y0 = x0 + begin * dx, y0 + begin * dy
        half, opacity = half + begin * widening, opacity + begin * strengthening
        widening, strengthening = (end - begin) * widening, (end - begin) * strengthening
        dx, dy = x1 - x0, y1 - y0
        square = dx * dx + dy * dy
        inverse = np.float32(1.0 / square if square > 0.0 else 0.0)
        along_x, along_y, wider, stronger = np.float32(dx), np.float32(dy), np.float32(widening), np.float32(strengthening)
        half_px, opaque, rim, rim_opaque = np.float32(half + 0.5), np.float32(opacity), np.float32(edge), np.float32(edge_opacity)
        none, all_of_it = np.float32(0.0), np.float32(1.0)
        from_col = int(max(left, math.floor(min(x0, x1) - reach)))
        to_col = int(min(right, math.ceil(max(x0, x1) + reach)))
        for row in range(int(max(top, math.floor(min(y0, y1) - reach))), int(min(bottom, math.ceil(max(y0, y1) + reach)))):
            low, high = from_col, to_col
            down = row + 0.5 - y0
            if dy * dy > 0.04 * square and square > 1.0:  # a slanted line crosses a row only within its reach
                crossing = x0 + down / dy * dx
                away = reach * math.sqrt(square) / abs(dy)
                low, high = max(low, int(crossing - away)), min(high, int(crossing + away) + 1)
            if low >= high:
                continue
            extents[row, 0], extents[row, 1] = min(extents[row, 0], low), max(extents[row, 1], high)
            below, above = under[row, low:high], over[row, low:high]
            first, py = np.float32(low + 0.5 - x0), np.float32(down)
            for i in range(below.shape[0]):  # in single precision and without branches: then eight or more px are looked at at once
                px = first + np.float32(np.int32(i))
                along = min(all_of_it, max(none, (px * along_x + py * along_y) * inverse))
                ex, ey = px - along * along_x, py - along * along_y
                depth = half_px + along * wider - np.float32(math.sqrt(ex * ex + ey * ey))
                strength = opaque + along * stronger
                below[i] = max(below[i], min(all_of_it, max(none, depth + rim)) * strength * rim_opaque)
                above[i] = max(above[i], min(all_of_it, max(none, depth)) * strength)


@kernel
def _part_within(start, delta, low, high, begin, end):  # type: ignore[no-untyped-def]
    """The part [begin, end] of a line from `start` on, cut to where it lies between low and high; empty (end < begin) when nowhere."""
    if delta == 0.0:
        return (begin, end) if low <= start <= high else (1.0, 0.0)
    a, b = (low - start) / delta, (high - start) / delta
    return max(begin, min(a, b)), min(end, max(a, b))


@kernel
def blend_covered(pixels, under, over, extents, colours):  # type: ignore[no-untyped-def]
    """Blend an edge and a stroke where `under` and `over` say into pixels (h, w) of 32 bits, and clear what was said.

    colours (6,) float32: the three bytes of the stroke from the lowest on, and those of its edge.
    """
    one, half = np.float32(1.0), np.float32(0.5)
    byte, eight, sixteen, rest = np.uint32(0xFF), np.uint32(8), np.uint32(16), np.uint32(0xFF000000)
    for row in range(extents.shape[0]):
        if extents[row, 1] <= extents[row, 0]:
            continue
        line = pixels[row, extents[row, 0]:extents[row, 1]]
        below, above = under[row, extents[row, 0]:extents[row, 1]], over[row, extents[row, 0]:extents[row, 1]]
        extents[row, 0], extents[row, 1] = under.shape[1], 0
        for i in range(line.shape[0]):  # in 32 bits throughout: then eight or more px are blended at once
            was, stroke = line[i], above[i]
            edge = below[i] * (one - stroke)
            kept = one - edge - stroke
            low = np.float32(np.int32(was & byte)) * kept + edge * colours[3] + stroke * colours[0] + half
            middle = np.float32(np.int32((was >> eight) & byte)) * kept + edge * colours[4] + stroke * colours[1] + half
            high = np.float32(np.int32((was >> sixteen) & byte)) * kept + edge * colours[5] + stroke * colours[2] + half
            line[i] = np.uint32(np.uint32(was & rest) | np.uint32(np.int32(low)) | np.uint32(np.uint32(np.int32(middle)) << eight)
                                | np.uint32(np.uint32(np.int32(high)) << sixteen))
            below[i] = np.float32(0.0)
            above[i] = np.float32(0.0)


@kernel
def blend_covered_channels(pixels, under, over, extents, colours):  # type: ignore[no-untyped-def]
    """The same for pixels (w, h, 3) of any layout; colours (6,): red, green, blue of the stroke and of its edge."""
    for row in range(extents.shape[0]):
        for col in range(extents[row, 0], extents[row, 1]):
            stroke = over[row, col]
            edge = under[row, col] * (np.float32(1.0) - stroke)
            under[row, col], over[row, col] = 0.0, 0.0
            if edge > 0.0 or stroke > 0.0:
                for channel in range(3):
                    kept = np.float32(np.int32(pixels[col, row, channel])) * (np.float32(1.0) - edge - stroke)
                    pixels[col, row, channel] = int(kept + edge * colours[3 + channel] + stroke * colours[channel] + np.float32(0.5))
        extents[row, 0], extents[row, 1] = under.shape[1], 0


@kernel
def blend_shapes(pixels, cover, extents, segments, ends, edge, edge_opacity, colours, left, top, right, bottom):  # type: ignore[no-untyped-def]
    """Shapes, one over the other, into pixels (h, w) of 32 bits.  Shape n has the segments up to ends[n], and the colours (n, 6).

    cover (2, h, w) float32 is zero before and after, extents (h, 2) empty.
    """
    begin = 0
    for n in range(ends.shape[0]):
        cover_capsules(cover[0], cover[1], extents, segments[begin:ends[n]], edge, edge_opacity, left, top, right, bottom)
        blend_covered(pixels, cover[0], cover[1], extents, colours[n])
        begin = ends[n]


@kernel
def blend_shapes_channels(pixels, cover, extents, segments, ends, edge, edge_opacity, colours, left, top, right, bottom):  # type: ignore[no-untyped-def]
    """The same for pixels (w, h, 3) of any layout."""
    begin = 0
    for n in range(ends.shape[0]):
        cover_capsules(cover[0], cover[1], extents, segments[begin:ends[n]], edge, edge_opacity, left, top, right, bottom)
        blend_covered_channels(pixels, cover[0], cover[1], extents, colours[n])
        begin = ends[n]


@kernel
def bends(points, tolerance):  # type: ignore[no-untyped-def]
    """(m,) the indices of those of points (n, 2) that a polyline needs to pass within about `tolerance` px of the others.

    From a point kept, the line goes on as long as one direction leads past all that followed (sector intersection, after Williams
    1978); what doubles back by less than the tolerance is lost.  Fewer and longer strokes cost less: each is looked at with its caps.
    """
    count = points.shape[0]
    kept = np.zeros(count, np.int64)
    found, start, i = 1, 0, 1
    fresh, middle, low, high, farthest = True, 0.0, 0.0, 0.0, 0.0
    while i < count:
        dx, dy = points[i, 0] - points[start, 0], points[i, 1] - points[start, 1]
        away = math.hypot(dx, dy)
        fits = away >= farthest - tolerance
        if away > tolerance:
            towards, half = math.atan2(dy, dx), math.asin(tolerance / away)
            if fresh:
                fresh, middle, low, high = False, towards, -half, half
            else:
                off = (towards - middle + math.pi) % (2.0 * math.pi) - math.pi
                fits = fits and low <= off <= high
                low, high = max(low, off - half), min(high, off + half)
        if fits:
            farthest = max(farthest, away)
            i += 1
        else:  # the point before is where it turns; this one is looked at again from there
            start = i - 1
            kept[found] = start
            found += 1
            fresh, farthest = True, 0.0
    if count > 1:
        kept[found] = count - 1
        found += 1
    return kept[:min(found, count)]


class Brush:
    """Draws strokes on surfaces; keeps its working memory, 8 bytes a pixel of the largest surface, between them."""

    def __init__(self) -> None:
        self._cover = np.zeros((2, 1, 1), np.float32)
        self._extents = _nowhere(1, 1)

    def draw(self, surface: pygame.Surface, segments: Floats, colour: Colour, edge_colour: Colour = (0, 0, 0), edge: float = 0.0,
             edge_opacity: float = 0.0) -> None:
        """Draw capsules (N, 8) in screen px, as `cover_capsules` takes them, within the surface's clip."""
        self.draw_all(surface, [(segments, colour)], edge_colour, edge, edge_opacity)

    def draw_all(self, surface: pygame.Surface, shapes: Sequence[tuple[Floats, Colour]], edge_colour: Colour = (0, 0, 0), edge: float = 0.0,
                 edge_opacity: float = 0.0) -> None:
        """Draw shapes, each capsules (N, 8) and a colour, one over the other: as `draw` for each, at one call's cost.

        Uncompiled, or on surfaces of fewer than 24 bits, plain opaque lines are drawn instead: coarser, and quick.
        """
        usable = [(segments if np.isfinite(segments).all() else segments[np.isfinite(segments).all(axis=1)], colour) for segments, colour in shapes]
        usable = [(segments, colour) for segments, colour in usable if len(segments)]
        if not usable:
            return
        if not COMPILED or surface.get_bytesize() < 3:
            for segments, colour in usable:
                _draw_lines(surface, segments, colour)
            return
        ends = np.cumsum([len(segments) for segments, _ in usable])
        together = np.concatenate([segments for segments, _ in usable])
        clip, found = surface.get_clip(), pixels_of(surface)
        if found is None:
            colours = np.array([(*colour, *edge_colour) for _, colour in usable], np.float32)
            self.make_room(*surface.get_size())
            blend_shapes_channels(pygame.surfarray.pixels3d(surface), self._cover, self._extents, together, ends, float(edge), float(edge_opacity),
                                  colours, float(clip.left), float(clip.top), float(clip.right), float(clip.bottom))
            return
        pixels, (x, y) = found
        height, width = pixels.shape
        clip = clip.move(x, y).clip((0, 0, width, height))
        order = by_byte(surface)
        edge_bytes = [edge_colour[channel] for channel in order]
        colours = np.array([[*(colour[channel] for channel in order), *edge_bytes] for _, colour in usable], np.float32)
        if x or y:
            together[:, :4] += (x, y, x, y)
        self.make_room(width, height)
        blend_shapes(pixels, self._cover, self._extents, together, ends, float(edge), float(edge_opacity), colours,
                     float(clip.left), float(clip.top), float(clip.right), float(clip.bottom))

    def make_room(self, width: int, height: int) -> None:
        """Have working memory for surfaces of that size: at its first use it would hold up a frame by some ms."""
        _, rows, cols = self._cover.shape
        if rows < height or cols < width:
            rows, cols = max(rows, height), max(cols, width)
            self._cover, self._extents = np.empty((2, rows, cols), np.float32), _nowhere(rows, cols)
            self._cover.fill(0.0)  # now: zeros that nobody wrote are fetched one page at a time when they are needed


def _nowhere(rows: int, cols: int) -> NDArray[np.int64]:
    """(rows, 2) columns from which on and up to which each row was touched: none."""
    return np.array([[cols, 0]] * rows, np.int64)


def _draw_lines(surface: pygame.Surface, segments: Floats, colour: Colour) -> None:
    for x0, y0, x1, y1, half0, half1, opacity0, opacity1 in np.clip(segments, -32000.0, 32000.0).tolist():
        if 0.5 * (opacity0 + opacity1) > 0.25:
            pygame.draw.line(surface, colour, (x0, y0), (x1, y1), max(1, round(half0 + half1)))


def polyline(points: ArrayLike, half_width: Any, opacity: Any) -> Floats:
    """(n - 1, 8) capsules along points (n, 2); half width px and opacity are numbers or (n,) along the points."""
    at = np.asarray(points, dtype=np.float64)
    capsules = np.empty((max(0, len(at) - 1), 8))
    capsules[:, 0:2], capsules[:, 2:4] = at[:-1], at[1:]
    for column, values in ((4, half_width), (6, opacity)):
        along = np.asarray(values, dtype=np.float64)
        capsules[:, column], capsules[:, column + 1] = (along[:-1], along[1:]) if along.ndim else (along, along)
    return capsules


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
