"""A cloud between frames: made anew only when it would look otherwise, in between moved with the camera."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pygame
from numpy.typing import NDArray

from npc_world.adapters.pygame.blending import blend_planes, by_byte, pixels_of, widen
from npc_world.adapters.pygame.clouds import Grid

__all__ = ["KeptCloud"]

Floats = NDArray[np.float64]
_MARGIN = 0.08
"""How far beyond the view clouds are made, in shares of its height: so far the camera may move before it is made anew."""

_UNSEEN = 1.5 / 255.0
"""An opacity that is not seen."""


class KeptCloud:
    """One NPC's cloud."""

    def __init__(self) -> None:
        self._of: object = None
        self._camera = np.zeros(2)
        self._made_for: tuple[float, tuple[int, int], object] = (math.nan, (0, 0), None)
        self._corner = (0.0, 0.0)
        self._laid: _Planes | pygame.Surface | None = None
        self._memory = np.empty(0, np.float32)

    def draw(self, surface: pygame.Surface, source: object, camera: Floats, zoom: float, make: Callable[[pygame.Rect], Grid | None]) -> bool:
        """Draw the cloud of `source` within the surface's clip, where a world point p lies at (p - camera) · zoom.

        make: the cloud's grid for a part of the screen as the camera is now, or None where there is none; asked when `source` is
        another object than before, the view another or the camera has left the margin.  Returns whether it was.
        """
        view, found = surface.get_clip(), pixels_of(surface)
        made_for = (zoom, view.size, None if found is None else tuple(by_byte(surface)))
        anew = self._of is not source or self._made_for != made_for or bool(np.abs(camera - self._camera).max() * zoom > _MARGIN * view.h)
        if anew:
            margin = round(2 * _MARGIN * view.h)
            grid = make(view.inflate(margin, margin))
            self._of, self._camera, self._made_for, self._laid = source, camera, made_for, None
            if grid is not None:
                self._corner = grid.first
                self._laid = grid.picture()[0] if found is None else self._planes(grid, by_byte(surface))
        if self._laid is None:
            return anew
        x, y = np.round(np.array(self._corner) + (self._camera - camera) * zoom).astype(int).tolist()
        if isinstance(self._laid, pygame.Surface):
            surface.blit(self._laid, (x, y))
        elif found is not None:
            pixels, (left, top) = found
            clip = view.move(left, top).clip((0, 0, pixels.shape[1], pixels.shape[0]))
            blend_planes(pixels, self._laid.planes, self._laid.extents, self._laid.cell, x + left, y + top, clip.left, clip.top, clip.right, clip.bottom)
        return anew

    def _planes(self, grid: Grid, bytes_hold: list[int]) -> _Planes:
        """A grid for `blend_planes`, in memory that is used again: fresh memory costs as much as what is written there."""
        rows, cols = max(2, grid.values.shape[0]), max(2, grid.values.shape[1])
        values = np.empty((rows, cols, 4), np.float32)
        seen = np.pad(grid.values, ((0, rows - grid.values.shape[0]), (0, cols - grid.values.shape[1]), (0, 0)), mode="edge")
        opacity = seen[..., 3:].astype(np.float32) / 255.0
        values[..., :3] = seen[..., bytes_hold] * opacity + 0.499 * (opacity > 0.0)  # rounded, and never beyond 255
        values[..., 3:] = 1.0 - opacity
        width = grid.size[0]
        if len(self._memory) < rows * 4 * width:
            self._memory = np.empty(rows * 4 * width, np.float32)
        planes = self._memory[:rows * 4 * width].reshape(rows, 4, width)
        widen(values, float(grid.cell), planes)
        shows = planes[:, 3] < 1.0 - _UNSEEN
        begins, ends = shows.argmax(axis=1), width - shows[:, ::-1].argmax(axis=1)
        begins[~shows.any(axis=1)], ends[~shows.any(axis=1)] = width, 0
        return _Planes(planes, np.stack([begins, ends], axis=1).astype(np.int64), float(grid.cell))


@dataclass(frozen=True, slots=True)
class _Planes:
    """What `blend_planes` takes."""

    planes: NDArray[np.float32]
    extents: NDArray[np.int64]
    cell: float
