"""Islands as pictures, painted once and kept: the last few at full size, all of them small."""

from __future__ import annotations

import pygame

from .hunt.hud import map_pixels
from .hunt.levels import RANDOM, make_level
from .hunt.view_map import IslandMap

__all__ = ["Gallery"]

_KEPT = 3
"""At full size, some 50 MB each."""
_SMALL_PX = 4


class Gallery:
    """Asks for islands by name; the seed only counts for the random one."""

    def __init__(self) -> None:
        self._islands: dict[tuple[str, int], IslandMap] = {}
        self._small: dict[tuple[str, int], pygame.Surface] = {}

    def island(self, name: str, seed: int) -> IslandMap:
        """The island at full size, which may still have to be prepared."""
        key = (name, seed if name == RANDOM else 0)
        found = self._islands.pop(key, None)
        self._islands[key] = found if found is not None else IslandMap(make_level(name, seed))
        while len(self._islands) > _KEPT:
            del self._islands[next(iter(self._islands))]
        return self._islands[key]

    def thumbnail(self, name: str, seed: int) -> pygame.Surface:
        """The island's tiles, 4 px each."""
        key = (name, seed if name == RANDOM else 0)
        if key not in self._small:
            level = make_level(name, seed)
            rows, cols = level.tiles.shape
            tiles = pygame.image.frombuffer(map_pixels(level).tobytes(), (cols, rows), "RGB")
            self._small[key] = pygame.transform.smoothscale(tiles.convert(), (_SMALL_PX * cols, _SMALL_PX * rows))
        return self._small[key]
