"""The ground of an island as pixels: every tile's surface, blended along organic edges, painted once per level.

Tiles are turned into soft fields (how much "grass" is here), the fields are bent by noise, and at each pixel the strongest
field wins: so neighbours meet in curves, with a rim of their own, without a picture for every pair of neighbours.
Screen px throughout: 48 per tile.  Shapes (h, w) or (h, w, 3), float32.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pygame
from numpy.typing import NDArray

from ..assets import assets_path, colour
from .level import KINDS, Level

__all__ = ["ART_PX", "Fields", "Texture", "ground_pixels", "noise", "texture"]

ART_PX = 48
"""Screen px per tile at zoom 1."""

LAND = ("sand", "grass", "road", "mud", "ice")
_STANDS_ON = {"reeds": "grass", "bridge": "deep"}
_PER_TILE = 4
_PAD = 8
_NOISE_SIZE = 384

Pixels = NDArray[np.float32]
_WOBBLE = {"sand": 0.16, "grass": 0.20, "road": 0.07, "mud": 0.24, "ice": 0.16}
_RIM = {"grass": ("grass_deep", 0.75), "road": ("grout", 0.8), "mud": ("mud_dark", 0.85), "ice": ("ice_light", 0.95), "sand": ("sand_dark", 0.4)}


@lru_cache(maxsize=32)
def texture(name: str) -> Pixels:
    """(h, w, 3) of a ground texture."""
    surface = pygame.image.load(str(assets_path(f"ground/{name}.png")))
    raw = np.frombuffer(pygame.image.tobytes(surface, "RGB"), np.uint8)
    width, height = surface.get_size()
    return raw.reshape(height, width, 3).astype(np.float32)


class Texture:
    """A seamless texture, read at any window of the map up to 576 px wide: laid out repeatedly, so that a window is a slice."""

    def __init__(self, name: str) -> None:
        self._size, self._laid = _laid_out(name)

    def window(self, x: int, y: int, width: int, height: int) -> Pixels:
        left, top = x % self._size, y % self._size
        return self._laid[top : top + height, left : left + width].astype(np.float32)


@lru_cache(maxsize=32)
def _laid_out(name: str) -> tuple[int, NDArray[np.uint8]]:
    pixels = texture(name).astype(np.uint8)
    return pixels.shape[0], np.tile(pixels, (4, 4, 1))


@lru_cache(maxsize=8)
def noise(scale_px: float, seed: int) -> Pixels:
    """(1152, 1152) seamless noise of period 384, mean 0, about −1 to 1, with features of `scale_px`."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(_NOISE_SIZE), np.fft.fftfreq(_NOISE_SIZE)))
    spectrum = np.fft.fft2(rng.standard_normal((_NOISE_SIZE, _NOISE_SIZE))) * np.exp(-0.5 * (frequency * scale_px / 0.35) ** 2)
    layer = np.real(np.fft.ifft2(spectrum))
    return np.tile(np.clip(layer / layer.std() / 2.2, -1, 1).astype(np.float32), (3, 3))


def noise_window(scale_px: float, seed: int, x: int, y: int, width: int, height: int) -> Pixels:
    """A window of `noise`, up to 768 px wide, in place on the map."""
    left, top = x % _NOISE_SIZE, y % _NOISE_SIZE
    return noise(scale_px, seed)[top : top + height, left : left + width]


class Fields:
    """Soft fields of an island's kinds at four samples per tile, read at any window in screen px."""

    def __init__(self, level: Level) -> None:
        self.kinds = np.array(KINDS)[level.tiles]
        self.under = _filled(self.kinds)
        """(rows, cols) names: what lies below walls, trees and bridges."""
        self.rows, self.cols = self.kinds.shape
        self._soft = {name: self._blurred(self.under == name) for name in (*LAND, "water", "deep")}
        self._soft["land"] = np.sum([self._soft[name] for name in LAND], axis=0, dtype=np.float32)
        self._soft["hedge"] = self._blurred(self.kinds == "hedge")
        self._soft["reeds"] = self._blurred(self.kinds == "reeds")
        self.wall = self.kinds == "wall"

    def _blurred(self, mask: NDArray[np.bool_]) -> Pixels:
        tiles = np.pad(mask.astype(np.float32), _PAD // _PER_TILE, mode="edge")
        field = np.repeat(np.repeat(tiles, _PER_TILE, 0), _PER_TILE, 1)
        for axis in (0, 1):
            for _ in range(2):
                field = sum(w * np.roll(field, k, axis) for k, w in ((-2, 1), (-1, 2), (0, 3), (1, 2), (2, 1))) / 9.0
        return np.asarray(field, dtype=np.float32)

    def present(self, name: str, x: int, y: int, width: int, height: int) -> bool:
        """Whether the field is above zero anywhere in a window."""
        cell = ART_PX // _PER_TILE
        rows = slice(max(0, y // cell + _PAD - 1), max(0, (y + height) // cell + _PAD + 2))
        return bool((self._soft[name][rows, max(0, x // cell + _PAD - 1) : max(0, (x + width) // cell + _PAD + 2)] > 1e-3).any())

    def soft(self, name: str, x: int, y: int, width: int, height: int) -> Pixels:
        """The field at every pixel of a window, bilinear; beyond the map the edge goes on."""
        field = self._soft[name]
        cell = ART_PX / _PER_TILE
        u = np.clip((np.arange(width) + x + 0.5) / cell - 0.5 + _PAD, 0, field.shape[1] - 1.001)
        v = np.clip((np.arange(height) + y + 0.5) / cell - 0.5 + _PAD, 0, field.shape[0] - 1.001)
        iu, iv = u.astype(int), v.astype(int)
        fu, fv = (u - iu).astype(np.float32), (v - iv).astype(np.float32)
        first, last = iu[0], iu[-1] + 2
        band = field[iv, first:last] * (1 - fv)[:, None] + field[iv + 1, first:last] * fv[:, None]
        return np.asarray(band[:, iu - first] * (1 - fu) + band[:, iu - first + 1] * fu)

    def wall_mask(self, x: int, y: int, width: int, height: int) -> NDArray[np.bool_]:
        """(h, w) where walls stand, their edges hewn a little unevenly."""
        wobble = np.round(1.3 * noise_window(9.0, 5, x, y, width, height)).astype(int)
        col = (np.arange(width)[None, :] + x + wobble) // ART_PX
        row = (np.arange(height)[:, None] + y + wobble) // ART_PX
        inside = (col >= 0) & (col < self.cols) & (row >= 0) & (row < self.rows)
        return np.asarray(self.wall[np.clip(row, 0, self.rows - 1), np.clip(col, 0, self.cols - 1)] & inside)


def ground_pixels(fields: Fields, x: int, y: int, width: int, height: int) -> tuple[Pixels, Pixels]:
    """Colours (h, w, 3) and how much of it is land (h, w) in 0..1: where it is not, the water shows."""
    box = (x, y, width, height)
    broad, fine = noise_window(21.0, 1, *box), noise_window(5.0, 2, *box)
    lands = [name for name in LAND if fields.present(name, *box)]
    if not lands:
        return np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.float32)
    wobble = {name: _WOBBLE[name] * (0.5 * broad * (1 if LAND.index(name) % 2 else -1) + 0.28 * fine) for name in lands}
    strength = {name: fields.soft(name, *box) + wobble[name] for name in lands}
    best = np.maximum.reduce([*strength.values()])
    second = np.full_like(best, -1.0)
    for name in lands:
        second = np.maximum(second, np.where(strength[name] < best, strength[name], -1.0))
    picture = np.zeros((height, width, 3), np.float32)
    total = np.zeros((height, width), np.float32)
    for name in lands:
        lead = strength[name] - np.where(strength[name] >= best, second, best)
        share = np.clip(0.5 + 9.0 * lead, 0, 1)
        look = Texture(name).window(*box)
        rim, depth = _RIM[name]
        near = np.clip(1.0 - lead / 0.13, 0, 1) * depth * (best + second > 0.75)
        if name == "grass" and fields.present("reeds", *box):
            look = _blend(look, colour("grass_deep"), np.clip(fields.soft("reeds", *box) * 1.4 - 0.2 + 0.2 * fine, 0, 1) * 0.45)
        picture += (_blend(look, colour(rim), near * 0.8) if near.any() else look) * share[..., None]
        total += share
    picture /= np.maximum(total, 1e-3)[..., None]
    shore = fields.soft("land", *box) + 0.15 * broad + 0.05 * fine
    picture = _blend(picture, colour("sand_wet"), np.clip((0.80 - shore) / 0.26, 0, 1) * 0.62)
    picture *= (1.0 + 0.045 * noise_window(70.0, 3, *box))[..., None]
    return picture, np.clip(0.5 + 13.0 * (shore - 0.5), 0, 1)


def _blend(picture: Pixels, tint: tuple[int, int, int], share: Pixels) -> Pixels:
    return picture + (np.array(tint, np.float32) - picture) * share[..., None]


def _filled(kinds: NDArray[np.str_]) -> NDArray[np.str_]:
    """The kinds with solid things replaced by the ground round them."""
    under = kinds.copy()
    for name, ground in _STANDS_ON.items():
        under[under == name] = ground
    ground_names = (*LAND, "water", "deep")
    open_tiles = np.isin(under, ground_names)
    while not open_tiles.all():
        votes = np.zeros((len(ground_names), *under.shape), np.int32)
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                shifted = _shifted(under, dx, dy)
                for k, name in enumerate(ground_names):
                    votes[k] += (shifted == name) * (1 if name in ("deep", "water") else 3)
        ready = ~open_tiles & (votes.sum(axis=0) > 0)
        if not ready.any():
            under[~open_tiles] = "grass"
            break
        under[ready] = np.array(ground_names)[votes.argmax(axis=0)][ready]
        open_tiles |= ready
    return under


def _shifted(grid: NDArray[np.str_], dx: int, dy: int) -> NDArray[np.str_]:
    padded = np.pad(grid, 1, mode="edge")
    rows, cols = grid.shape
    return padded[1 + dy : 1 + dy + rows, 1 + dx : 1 + dx + cols]
