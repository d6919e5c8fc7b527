"""What stands up from the ground: walls and hedges as pixels, houses as sprites, and the shade they throw.

A thing of height H px shows its top moved up by H, and its front on the lower H px of its footprint; light comes from the upper left.
"""

from __future__ import annotations

import numpy as np
import pygame
from numpy.typing import NDArray

from ..assets import colour
from .tiles import ART_PX, Fields, Pixels, Texture, noise_window

__all__ = ["HEDGE_PX", "HOUSE_PX", "WALL_PX", "house_sprite", "paint_standing", "shade", "to_surface"]

WALL_PX, HEDGE_PX, HOUSE_PX = 20, 14, 26
"""How high things look, screen px."""

Mask = NDArray[np.bool_]


def _moved(mask: Mask, dx: int, dy: int) -> Mask:
    """mask[y − dy, x − dx]: the shape moved right and down; what comes in from outside is empty."""
    out = np.zeros_like(mask)
    rows, cols = mask.shape
    out[max(0, dy) : rows + min(0, dy), max(0, dx) : cols + min(0, dx)] = mask[max(0, -dy) : rows - max(0, dy), max(0, -dx) : cols - max(0, dx)]
    return out


def hedge_mask(fields: Fields, x: int, y: int, width: int, height: int) -> Mask:
    soft = fields.soft("hedge", x, y, width, height)
    return np.asarray(soft + 0.09 * noise_window(6.0, 7, x, y, width, height) > 0.40)


def shade(fields: Fields, houses: Mask, x: int, y: int, width: int, height: int) -> Pixels:
    """(h, w) 0..1 of shadow on the ground, thrown to the lower right."""
    tall = fields.wall_mask(x, y, width, height) | houses
    low = hedge_mask(fields, x, y, width, height)
    total = np.zeros((height, width), np.float32)
    for mask, reach in ((tall, 20), (low, 12)):
        thrown = np.zeros_like(mask)
        for step in range(2, reach + 1, 3):
            thrown |= _moved(mask, step, round(step * 0.7))
        total = np.maximum(total, _softened(thrown))
        total = np.maximum(total, 0.55 * _softened(_moved(mask, -3, 1) | _moved(mask, 0, 4)))
    return total


def _softened(mask: Mask) -> Pixels:
    soft = mask.astype(np.float32)
    for axis in (0, 1):
        soft = (np.roll(soft, 2, axis) + np.roll(soft, -2, axis) + 2 * soft + np.roll(soft, 1, axis) + np.roll(soft, -1, axis)) / 6
    return np.asarray(soft)


def paint_standing(picture: Pixels, fields: Fields, x: int, y: int) -> Mask:
    """Paint walls and hedges onto `picture` (h, w, 3) in place; returns where they cover it."""
    height, width = picture.shape[:2]
    box = (x, y, width, height)
    covered = np.zeros((height, width), bool)
    for mask, rise, top_name, face_name, dim in (
        (hedge_mask(fields, *box), HEDGE_PX, "leaves", "leaves", 0.62), (fields.wall_mask(*box), WALL_PX, "stone_top", "stone_face", 1.0)):
        if not mask.any():
            continue
        top = _moved(mask, 0, -rise)
        face = mask & ~top
        down = np.cumsum(face, axis=0) - np.maximum.accumulate(np.where(face, 0, np.cumsum(face, axis=0)), axis=0)
        front = Texture(face_name).window(*box) * dim * (1.06 - 0.022 * down)[..., None]
        roof = Texture(top_name).window(x, y + rise, width, height) * (1.12 if top_name == "leaves" else 1.0)
        light = top & ~(_moved(top, 2, 2))
        dark = top & ~(_moved(top, -2, 0))
        roof = np.where(light[..., None], roof + (255 - roof) * (0.45 if rise == WALL_PX else 0.20), roof)
        roof = np.where(dark[..., None], roof * 0.80, roof)
        picture[face] = front[face]
        picture[top] = roof[top]
        both = top | face
        lip = face & _moved(top, 0, 2)
        picture[lip] *= 0.72
        rim = both & ~(_moved(both, 1, 0) & _moved(both, -1, 0) & _moved(both, 0, 1) & _moved(both, 0, -1))
        picture[rim] = picture[rim] * 0.45 + np.array(colour("ink_soft"), np.float32) * 0.55
        covered |= both
    return covered


def house_sprite(columns: int, rows: int, seed: int) -> pygame.Surface:
    """A house of columns × rows tiles: 4 px of eaves to each side, HOUSE_PX above its footprint."""
    rng = np.random.default_rng(seed)
    eave = 4
    width, depth = columns * ART_PX + 2 * eave, rows * ART_PX + eave
    pixels = np.zeros((depth + HOUSE_PX, width, 4), np.float32)
    _paint_front(pixels, columns, depth, eave, rng)
    y, x = np.mgrid[0:depth, 0:width].astype(np.float32)
    across, along = np.minimum(x, width - 1 - x), np.minimum(y, depth - 1 - y)
    inset = np.minimum(across, along)
    west_east = across < along
    shingles = Texture("roof").window(seed * 40, 0, width, depth)
    turned = np.swapaxes(Texture("roof").window(0, seed * 24, depth, width), 0, 1)
    tint = np.array([(1.0, 1.0, 1.0), (1.16, 0.98, 0.96), (0.93, 1.02, 1.04)][seed % 3], np.float32)
    bright = np.where(west_east, np.where(x < width / 2, 1.10, 0.70), np.where(y < depth / 2, 1.22, 0.90))
    roof = np.where(west_east[..., None], turned, shingles) * bright[..., None] * tint
    ridge = np.abs(across - along) < 1.4
    peak = inset > min(width, depth) / 2 - 2.5
    roof = np.where((ridge | peak)[..., None], roof * 0.5 + np.array(colour("roof_light"), np.float32) * 0.62, roof)
    roof = np.where((inset < 2.0)[..., None], np.array(colour("ink_soft"), np.float32), roof)
    roof = np.where(((inset >= 2.0) & (inset < 3.6) & (y < depth / 2))[..., None], roof * 1.25, roof)
    pixels[:depth, :, :3] = roof
    pixels[:depth, :, 3] = 255
    sprite = to_surface(pixels)
    _chimney(sprite, round(rng.uniform(0.22, 0.38) * width), round(0.2 * depth))
    return sprite


def _paint_front(pixels: Pixels, columns: int, depth: int, eave: int, rng: np.random.Generator) -> None:
    """Plaster between beams, lit windows and a door, on the lowest HOUSE_PX rows."""
    wall = pixels[depth:, eave:-eave]
    height, width = wall.shape[:2]
    wall[..., 3] = 255
    y, x = np.mgrid[0:height, 0:width]
    wall[..., :3] = np.array(colour("plaster"), np.float32) * (0.74 + 0.010 * y)[..., None]
    beam = (x % ART_PX < 3) | (x % ART_PX > ART_PX - 4) | (y > height - 4)
    wall[beam, :3] = colour("wood_dark")
    door = int(rng.integers(0, columns))
    for column in range(columns):
        middle = column * ART_PX + ART_PX // 2
        if column == door:
            wall[4:, middle - 9 : middle + 9, :3] = colour("ink_soft")
            wall[6:, middle - 7 : middle + 7, :3] = colour("wood")
            wall[6:, middle - 1 : middle + 1, :3] = colour("wood_dark")
            wall[15:17, middle + 3 : middle + 5, :3] = colour("gold")
        else:
            wall[6:19, middle - 10 : middle + 10, :3] = colour("ink_soft")
            wall[8:17, middle - 8 : middle + 8, :3] = colour("ember") if rng.random() < 0.65 else colour("violet")
            wall[8:17, middle - 1 : middle + 1, :3] = colour("ink_soft")
    wall[:5, :, :3] *= 0.55


def _chimney(sprite: pygame.Surface, x: int, y: int) -> None:
    pygame.draw.rect(sprite, colour("ink_soft"), (x - 8, y - 9, 16, 19), border_radius=2)
    pygame.draw.rect(sprite, colour("stone_face"), (x - 6, y + 1, 12, 7))
    pygame.draw.rect(sprite, colour("stone_top"), (x - 7, y - 8, 14, 10), border_radius=2)
    pygame.draw.rect(sprite, colour("ink"), (x - 4, y - 6, 8, 5), border_radius=1)


def to_surface(pixels: Pixels) -> pygame.Surface:
    """A surface from (h, w, 4) float pixels; without alpha when all of it is opaque."""
    data = np.clip(pixels, 0, 255).astype(np.uint8)
    surface = pygame.image.frombuffer(data.tobytes(), (data.shape[1], data.shape[0]), "RGBA")
    return surface.convert() if data[..., 3].min() == 255 else surface.convert_alpha()
