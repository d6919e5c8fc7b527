"""A square of an island as what is blitted for it: moving water where it shows, land where there is any, each px once where that can be.

Tiles of land without gaps are copied, which is quicker than blending, and hide the water; so do tiles of coast, which are opaque.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pygame
from numpy.typing import NDArray

from .tiles import ART_PX

__all__ = ["CHUNK_PX", "CHUNK_TILES", "Blit", "Patch", "open_sea", "patch_of", "regions"]

CHUNK_TILES = 8
CHUNK_PX = CHUNK_TILES * ART_PX
Blit = tuple[pygame.Surface, tuple[int, int], pygame.Rect]


@dataclass(frozen=True, slots=True)
class Patch:
    """All rects are places on the map, screen px at zoom 1."""

    sea: tuple[pygame.Rect, ...]
    shallow: tuple[pygame.Rect, ...]
    coast: tuple[tuple[pygame.Rect, pygame.Surface], ...]
    """Each with its frames, one below the other."""
    land: tuple[tuple[pygame.Rect, pygame.Surface, pygame.Rect], ...]
    """Each with a picture and the part of it that belongs there."""

    def blits(self, view: pygame.Rect, sea: pygame.Surface, shallow: pygame.Surface, frame: int) -> list[Blit]:
        """What to blit for as much of it as is in view; sea and shallow repeat from the map's corner on."""
        left, top = view.topleft
        found: list[Blit] = []
        for places, water in ((self.sea, sea), (self.shallow, shallow)):
            size = water.get_width()
            for place in places:
                if place.colliderect(view):
                    found.append((water, (place.x - left, place.y - top), pygame.Rect(place.x % size, place.y % size, *place.size)))
        for place, picture in self.coast:
            if place.colliderect(view):
                found.append((picture, (place.x - left, place.y - top), pygame.Rect(0, frame * ART_PX, ART_PX, ART_PX)))
        for place, picture, part in self.land:
            if place.colliderect(view):
                found.append((picture, (place.x - left, place.y - top), part))
        return found


def open_sea(row: int, col: int) -> Patch:
    """Where there is nothing else."""
    return Patch((pygame.Rect(col * CHUNK_PX, row * CHUNK_PX, CHUNK_PX, CHUNK_PX),), (), (), ())


def patch_of(row: int, col: int, chunk: pygame.Surface | None, coast: Mapping[tuple[int, int], pygame.Surface], pool: NDArray[np.bool_]) -> Patch:
    """The patch of a chunk of land, or of none; coast by tile of the map, pool (rows, cols): where still shallow water fills a tile."""
    solid, mixed = _cover(chunk)
    tiles = [(r, c) for r in range(CHUNK_TILES) for c in range(CHUNK_TILES) if not solid[r, c]]
    at = {(r, c): (row * CHUNK_TILES + r, col * CHUNK_TILES + c) for r, c in tiles}
    edge = [tile for tile in tiles if at[tile] in coast]
    still = [tile for tile in tiles if at[tile] not in coast and at[tile][0] < pool.shape[0] and at[tile][1] < pool.shape[1] and pool[at[tile]]]
    shows_sea, shows_pool = ~solid, np.zeros_like(solid)
    for tile in (*edge, *still):
        shows_sea[tile] = False
    for tile in still:
        shows_pool[tile] = True
    x, y = col * CHUNK_PX, row * CHUNK_PX
    land = []
    if chunk is not None:
        for mask, picture in ((solid, chunk.convert()), (mixed, chunk)):
            land += [(part.move(x, y), picture, part) for part in _rects(mask)]
    return Patch(tuple(part.move(x, y) for part in _rects(shows_sea)), tuple(part.move(x, y) for part in _one_by_one(shows_pool)),
                 tuple((pygame.Rect(at[tile][1] * ART_PX, at[tile][0] * ART_PX, ART_PX, ART_PX), coast[at[tile]]) for tile in edge), tuple(land))


def _cover(chunk: pygame.Surface | None) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which tiles of a chunk are opaque all over, and which of the others show anything."""
    shape = (CHUNK_TILES, CHUNK_TILES)
    if chunk is None:
        return np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    if not chunk.get_flags() & pygame.SRCALPHA:
        return np.ones(shape, np.bool_), np.zeros(shape, np.bool_)
    alpha = np.frombuffer(pygame.image.tobytes(chunk, "RGBA"), np.uint8).reshape(CHUNK_PX, CHUNK_PX, 4)[..., 3]
    tiles = alpha.reshape(CHUNK_TILES, ART_PX, CHUNK_TILES, ART_PX)
    solid = np.asarray(tiles.min(axis=(1, 3)) == 255)
    return solid, np.asarray(~solid & (tiles.max(axis=(1, 3)) > 0))


def _rects(mask: NDArray[np.bool_]) -> list[pygame.Rect]:
    return [pygame.Rect(col * ART_PX, row * ART_PX, cols * ART_PX, rows * ART_PX) for row, col, rows, cols in regions(mask)]


def _one_by_one(mask: NDArray[np.bool_]) -> list[pygame.Rect]:
    """The picture of shallow water is not much larger than a tile: rects would run over its edge."""
    return [pygame.Rect(int(col) * ART_PX, int(row) * ART_PX, ART_PX, ART_PX) for row, col in np.argwhere(mask)]


def regions(mask: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """(row, col, rows, cols) of rects that cover the mask, largest first in reading order."""
    left = mask.copy()
    found = []
    for row, col in np.argwhere(mask):
        if not left[row, col]:
            continue
        cols = 1
        while col + cols < left.shape[1] and left[row, col + cols]:
            cols += 1
        rows = 1
        while row + rows < left.shape[0] and left[row + rows, col : col + cols].all():
            rows += 1
        left[row : row + rows, col : col + cols] = False
        found.append((int(row), int(col), rows, cols))
    return found
