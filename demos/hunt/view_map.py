"""The island as surfaces: chunks of painted land over frames of moving water, and what may stand in front of an actor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pygame
from numpy.typing import NDArray

from ..assets import colour, picture
from .level import Level
from .patches import CHUNK_PX, CHUNK_TILES, Blit, Patch, open_sea, patch_of, regions
from .tiles import ART_PX, Fields, ground_pixels, noise_window, texture
from .view_walls import HEDGE_PX, HOUSE_PX, WALL_PX, house_sprite, paint_standing, shade, to_surface

__all__ = ["IslandMap", "Standing"]

_CHUNK = CHUNK_PX
_MARGIN = 28
"""What the painting of a chunk must know of its surroundings: the reach of shadows."""
_FRAMES = 8
_WATER_HZ = 5.0
_SEA_REPEAT = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """A sprite that stands on the map: top left corner, and the line its feet are on, screen px at zoom 1."""

    sprite: pygame.Surface
    x: int
    y: int
    base: int


class IslandMap:
    """Everything of a level that does not change.  Build it, then `prepare` all chunks before play starts."""

    def __init__(self, level: Level) -> None:
        self.level = level
        self.fields = Fields(level)
        self.size = (self.fields.cols * ART_PX, self.fields.rows * ART_PX)
        self._rng = np.random.default_rng(level.seed + 7)
        self._houses = regions(self.fields.kinds == "house")
        self.standing = sorted(self._stand(), key=lambda thing: thing.base)
        self._by_tile: dict[tuple[int, int], list[Standing]] = {}
        for thing in self.standing:
            box = thing.sprite.get_rect(topleft=(thing.x, thing.y))
            for row in range(box.top // ART_PX, (box.bottom - 1) // ART_PX + 1):
                for col in range(box.left // ART_PX, (box.right - 1) // ART_PX + 1):
                    self._by_tile.setdefault((row, col), []).append(thing)
        self._tops: dict[tuple[int, int], Standing] = {}
        """By tile: the strip of a wall or hedge that rises above its footprint, cut from the painted chunk."""
        self._decals = self._scatter()
        self.chunks: dict[tuple[int, int], pygame.Surface | None] = {}
        self._patches: dict[tuple[int, int], Patch] = {}
        self._sea = _frames("sea", _SEA_REPEAT)
        self._shallow = _frames("shallow", 1)
        self._coast: dict[tuple[int, int], pygame.Surface] = {}
        self._pool: NDArray[np.bool_] = np.zeros((self.fields.rows, self.fields.cols), bool)

    def prepare(self, progress: Callable[[float], None] | None = None) -> None:
        """Paint every chunk; `progress` is called with 0..1."""
        across, down = -(-self.fields.cols // CHUNK_TILES), -(-self.fields.rows // CHUNK_TILES)
        for k, (row, col) in enumerate((r, c) for r in range(down) for c in range(across)):
            if (row, col) not in self.chunks:
                chunk = self.chunks[row, col] = self._painted(row, col)
                self._patches[row, col] = patch_of(row, col, chunk, self._coast, self._pool)
                if chunk is not None:
                    self._cut_tops(row, col, chunk)
            if progress is not None:
                progress((k + 1) / (across * down))

    # ---- drawing --------------------------------------------------------------------------------------------

    def draw(self, surface: pygame.Surface, left: int, top: int, time_s: float) -> None:
        """Water and land of the window whose top left is (left, top), filling `surface`."""
        view = pygame.Rect((left, top), surface.get_size())
        frame = int(time_s * _WATER_HZ) % _FRAMES
        blits: list[Blit] = []
        for row in range(view.top // _CHUNK, (view.bottom - 1) // _CHUNK + 1):
            for col in range(view.left // _CHUNK, (view.right - 1) // _CHUNK + 1):
                patch = self._patches.get((row, col)) or open_sea(row, col)
                blits += patch.blits(view, self._sea[frame], self._shallow[frame], frame)
        surface.blits(blits, False)

    def in_front(self, box: pygame.Rect, feet: float) -> list[Standing]:
        """What covers an actor whose picture fills `box` and whose feet are at height `feet`: trees, reeds, houses, tops of walls."""
        found: dict[tuple[int, int], Standing] = {}
        for row in range(box.top // ART_PX, box.bottom // ART_PX + 2):
            for col in range(box.left // ART_PX, box.right // ART_PX + 1):
                for thing in self._by_tile.get((row, col), ()):
                    if thing.base > feet and box.colliderect(thing.sprite.get_rect(topleft=(thing.x, thing.y))):
                        found[thing.x, thing.y] = thing
                top = self._tops.get((row, col))
                if top is not None and top.base > feet and box.colliderect(pygame.Rect(top.x, top.y, ART_PX, top.sprite.get_height())):
                    found[top.x, top.y] = top
        return list(found.values())

    def _cut_tops(self, row: int, col: int, chunk: pygame.Surface) -> None:
        """Keep the strips of walls and hedges that rise above their footprints, as far as they lie in this chunk."""
        rows, cols = self.fields.kinds.shape
        for r in range(row * CHUNK_TILES, min(rows, (row + 1) * CHUNK_TILES + 1)):
            for c in range(col * CHUNK_TILES, min(cols, (col + 1) * CHUNK_TILES)):
                rise = {"wall": WALL_PX, "hedge": HEDGE_PX}.get(str(self.fields.kinds[r, c]))
                if rise is not None and (r * ART_PX - rise) // _CHUNK == row and r * ART_PX >= rise:
                    y = r * ART_PX - rise
                    strip = pygame.Rect(c * ART_PX % _CHUNK, y % _CHUNK, ART_PX, rise)
                    self._tops[r, c] = Standing(chunk.subsurface(strip.clip(chunk.get_rect())).copy(), c * ART_PX, y, r * ART_PX + ART_PX // 2)

    # ---- painting -------------------------------------------------------------------------------------------

    def _painted(self, row: int, col: int) -> pygame.Surface | None:
        x, y, size = col * _CHUNK - _MARGIN, row * _CHUNK - _MARGIN, _CHUNK + 2 * _MARGIN
        if not any(self.fields.present(name, x, y, size, size) for name in ("land", "water")):
            return None
        pixels, land = ground_pixels(self.fields, x, y, size, size)
        self._find_coast(row, col, x, y, land)
        dark = shade(self.fields, self._house_mask(x, y, size), x, y, size, size)[..., None] * 0.46
        pixels = pixels * (1 - dark) + pixels * np.array(colour("violet"), np.float32) / 190.0 * dark
        covered = paint_standing(pixels, self.fields, x, y)
        alpha = np.where(covered, 1.0, land)
        inner = slice(_MARGIN, -_MARGIN)
        area = pygame.Rect(col * _CHUNK, row * _CHUNK, _CHUNK, _CHUNK)
        things = [thing for thing in self.standing if area.colliderect(thing.sprite.get_rect(topleft=(thing.x, thing.y)))]
        decals = [thing for thing in self._decals if area.colliderect(thing.sprite.get_rect(topleft=(thing.x, thing.y)))]
        if not alpha[inner, inner].any() and not things and not decals:
            return None
        chunk = to_surface(np.dstack([pixels, 255 * alpha])[inner, inner])
        shadow = picture("things/shadow")
        for thing in decals:
            chunk.blit(thing.sprite, (thing.x - area.x, thing.y - area.y))
        for thing in things:
            if thing.sprite.get_width() in (92, 60):  # trees, rocks and reeds throw a round shadow; houses have theirs already
                chunk.blit(shadow, (thing.x + thing.sprite.get_width() // 2 - 18 - area.x, thing.base - 20 - area.y))
        for thing in things:
            chunk.blit(thing.sprite, (thing.x - area.x, thing.y - area.y))
        return chunk

    def _find_coast(self, row: int, col: int, x: int, y: int, land: NDArray[np.float32]) -> None:
        """Frames for each tile of this chunk in which sea, shallows and land meet: shallows fade into the deep, foam laps the shore."""
        size = land.shape[0]
        shore = self.fields.soft("land", x, y, size, size) + 0.15 * noise_window(21.0, 1, x, y, size, size) + 0.05 * noise_window(5.0, 2, x, y, size, size)
        deep = self.fields.soft("deep", x, y, size, size) + 0.10 * noise_window(21.0, 9, x, y, size, size)
        near = np.clip((0.80 - deep) / 0.55, 0, 1)
        for r in range(CHUNK_TILES):
            for c in range(CHUNK_TILES):
                tile = (row * CHUNK_TILES + r, col * CHUNK_TILES + c)
                if tile[0] >= self.fields.rows or tile[1] >= self.fields.cols:
                    continue
                part = (slice(_MARGIN + r * ART_PX, _MARGIN + (r + 1) * ART_PX), slice(_MARGIN + c * ART_PX, _MARGIN + (c + 1) * ART_PX))
                if land[part].min() >= 1.0 or near[part].max() <= 0.0:
                    continue
                if near[part].min() >= 1.0 and shore[part].max() < 0.22:
                    self._pool[tile] = True
                else:
                    self._coast[tile] = self._coast_tile(tile, near[part], shore[part])

    def _coast_tile(self, tile: tuple[int, int], near: NDArray[np.float32], shore: NDArray[np.float32]) -> pygame.Surface:
        """All frames of one tile, one below the other."""
        y, x = (tile[0] * ART_PX) % 192, (tile[1] * ART_PX) % 192
        sea, shallow = (texture(name).reshape(192, _FRAMES, 192, 3)[y : y + ART_PX, :, x : x + ART_PX].swapaxes(0, 1) for name in ("sea", "shallow"))
        pixels = sea + (shallow - sea) * near[None, ..., None]
        if shore.max() > 0.2:
            sway = np.sin(2 * np.pi * np.arange(_FRAMES, dtype=np.float32) / _FRAMES)[:, None, None]
            foam = np.clip((shore - 0.425 - 0.028 * sway) * 16, 0, 1) * 0.85
            line = np.clip(1.0 - np.abs(shore - 0.30 - 0.05 * sway) / 0.022, 0, 1) * 0.42
            pixels += (np.array(colour("foam"), np.float32) - pixels) * np.maximum(foam, line)[..., None]
        data = np.full((_FRAMES * ART_PX, ART_PX, 4), 255, np.uint8)
        data[..., :3] = pixels.reshape(_FRAMES * ART_PX, ART_PX, 3)
        return pygame.image.frombuffer(data.tobytes(), (ART_PX, _FRAMES * ART_PX), "RGBA").convert()

    def _house_mask(self, x: int, y: int, size: int) -> NDArray[np.bool_]:
        mask = np.zeros((size, size), bool)
        for row, col, rows, cols in self._houses:
            top, left = row * ART_PX - y, col * ART_PX - x
            mask[max(0, top) : max(0, top + rows * ART_PX), max(0, left) : max(0, left + cols * ART_PX)] = True
        return mask

    # ---- things ---------------------------------------------------------------------------------------------

    def _stand(self) -> list[Standing]:
        things = []
        for k, (row, col, rows, cols) in enumerate(self._houses):
            sprite = house_sprite(cols, rows, k + self.level.seed)
            things.append(Standing(sprite, col * ART_PX - 4, row * ART_PX - HOUSE_PX - 4, (row + rows) * ART_PX - HOUSE_PX))
        for row, col in np.argwhere(np.isin(self.fields.kinds, ("tree", "rock", "reeds"))):
            kind, pick = self.fields.kinds[row, col], int(self._rng.integers(0, 6))
            x, y = int(col) * ART_PX, int(row) * ART_PX
            if kind == "tree":
                sprite = picture(f"things/palm_{pick % 2}" if self.fields.under[row, col] == "sand" else f"things/tree_{pick % 3}")
                things.append(Standing(_flipped(sprite, pick), x - 22, y - 60, y + ART_PX - 8))
            elif kind == "rock":
                things.append(Standing(_flipped(picture(f"things/rock_{pick % 3}"), pick), x - 6, y - 13, y + ART_PX - 6))
            else:
                for half in (0, 1):
                    jitter = int(self._rng.integers(-7, 8))
                    sprite = _flipped(picture(f"things/reeds_{(pick + half) % 2}"), pick + half)
                    things.append(Standing(sprite, x - 6 + jitter, y - 38 + 22 * half, y + 28 + 22 * half))
        return things

    def _scatter(self) -> list[Standing]:
        """Small things that lie about: shells on sand, flowers in grass, lilies on still water."""
        wanted = {"sand": (("shell", "pebbles", "star", "pebbles"), 0.06), "grass": (("flowers", "tuft", "tuft", "mushroom", "pebbles"), 0.10),
                  "water": (("lily",), 0.10), "mud": (("pebbles", "tuft"), 0.07)}
        found = []
        for row, col in np.argwhere(np.isin(self.fields.kinds, tuple(wanted))):
            kind = str(self.fields.kinds[row, col])
            names, share = wanted[kind]
            around = self.fields.under[max(0, row - 1) : row + 2, max(0, col - 1) : col + 2]
            if self._rng.random() > share or (kind == "water" and (np.abs(self.level.currents[row, col]).max() > 1e-3 or "deep" in around)):
                continue
            sprite = picture(f"decals/{names[int(self._rng.integers(len(names)))]}")
            x, y = int(col) * ART_PX + int(self._rng.integers(2, 14)), int(row) * ART_PX + int(self._rng.integers(2, 14))
            found.append(Standing(sprite, x, y, y + 24))
        return found


def _flipped(sprite: pygame.Surface, pick: int) -> pygame.Surface:
    return pygame.transform.flip(sprite, True, False) if pick % 2 else sprite


def _frames(name: str, repeat: int) -> list[pygame.Surface]:
    """Frames of a water texture, each laid `repeat` times side by side both ways, so that fewer blits cover the screen."""
    pixels = texture(name)
    size = pixels.shape[0]
    out = []
    for k in range(_FRAMES):
        tile = np.tile(pixels[:, k * size : (k + 1) * size], (repeat, repeat, 1))
        out.append(to_surface(np.dstack([tile, np.full(tile.shape[:2], 255.0)])))
    return out
