"""Soft clouds of probability: computed on a coarse grid, scaled up smoothly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray

from npc_world.adapters.pygame.palette import Colour

__all__ = ["Cloud", "density_cloud", "heat_cloud"]

Floats = NDArray[np.float64]
Cloud = tuple[pygame.Surface, tuple[float, float]]
"""A translucent picture and the screen point of its top left corner."""
_MOST_CELLS = 44
_REACH_SD = 2.3


def density_cloud(means: Floats, covariances: Floats, strengths: Floats, colours: list[Colour], within: pygame.Rect,
                  strongest: float = 0.5) -> Cloud | None:
    """Gaussians as one cloud.  means (N, 2), covariances (N, 2, 2) in screen px; strengths (N,) in [0, 1]; a colour each.

    Each Gaussian shows by its strength at its centre, not by its mass, so that wide ones are seen; the cloud's
    opacity saturates at `strongest`.  Only the part inside `within` is made; None when nothing of it is there.
    """
    spread = np.sqrt(np.maximum(np.stack([covariances[:, 0, 0], covariances[:, 1, 1]], axis=1), 1.0))
    usable = np.isfinite(means).all(axis=1) & np.isfinite(covariances).all(axis=(1, 2)) & (strengths > 0.002)
    if not usable.any():
        return None
    low = np.maximum((means - _REACH_SD * spread)[usable].min(axis=0), within.topleft)
    high = np.minimum((means + _REACH_SD * spread)[usable].max(axis=0), within.bottomright)
    if (high - low < 2.0).any():
        return None
    cell = max(5.0, float((high - low).max()) / _MOST_CELLS)
    cols, rows = (np.ceil((high - low) / cell).astype(int) + 1).tolist()
    picture = _cloud(low, cell, cols, rows, means[usable], covariances[usable], strengths[usable],
                     np.array(colours, dtype=np.float32)[usable], strongest)
    return _scaled(picture, low, cell)


def _cloud(low: Floats, cell: float, cols: int, rows: int, means: Floats, covariances: Floats, strengths: Floats,
           colours: NDArray[np.float32], strongest: float) -> NDArray[np.uint8]:
    """(rows, cols, 4) RGBA.  The exponents of all Gaussians at all points are one product of (points, 6) and (6, N)."""
    middle = low + 0.5 * cell * np.array([cols - 1, rows - 1])
    x = (low[0] + cell * np.arange(cols) - middle[0]) / cell
    y = (low[1] + cell * np.arange(rows) - middle[1]) / cell
    grid_x, grid_y = np.meshgrid(x, y)
    gx, gy = grid_x.ravel(), grid_y.ravel()
    features = np.stack([gx * gx, gx * gy, gy * gy, gx, gy, np.ones_like(gx)], axis=1).astype(np.float32)
    mx, my = ((means - middle) / cell).T
    xx, yy = covariances[:, 0, 0] / cell**2 + 0.35, covariances[:, 1, 1] / cell**2 + 0.35  # no narrower than the grid can show
    xy = covariances[:, 0, 1] / cell**2
    determinant = np.maximum(xx * yy - xy * xy, 1e-9)
    a, b, c = -0.5 * yy / determinant, xy / determinant, -0.5 * xx / determinant
    terms = np.stack([a, b, c, -2.0 * a * mx - b * my, -2.0 * c * my - b * mx, a * mx * mx + b * mx * my + c * my * my])
    level = np.exp(np.clip(features @ terms.astype(np.float32), -60.0, 0.0)) * strengths.astype(np.float32)
    total = level.sum(axis=1)
    picture = np.empty((rows * cols, 4), dtype=np.uint8)
    picture[:, :3] = (level @ colours) / np.maximum(total, 1e-30)[:, None]
    picture[:, 3] = 255.0 * strongest * (1.0 - np.exp(-1.6 * total))
    return picture.reshape(rows, cols, 4)


def heat_cloud(occupancy: Floats, cell_px: float, camera: tuple[float, float], zoom: float, low: Colour, high: Colour,
               clip: pygame.Rect, strongest: float = 0.62) -> Cloud | None:
    """Where an unseen body may be: occupancy (rows, cols) of probability, cells of `cell_px` world px, brightest where likeliest.

    None when nothing of it lies in `clip`.
    """
    peak = float(np.max(occupancy, initial=0.0))
    if not np.isfinite(peak) or peak <= 0.0:
        return None
    cell = cell_px * zoom
    rows, cols = occupancy.shape
    col0 = max(0, int((clip.left + camera[0] * zoom) / cell) - 1)
    row0 = max(0, int((clip.top + camera[1] * zoom) / cell) - 1)
    col1 = min(cols, int((clip.right + camera[0] * zoom) / cell) + 2)
    row1 = min(rows, int((clip.bottom + camera[1] * zoom) / cell) + 2)
    seen = occupancy[row0:row1, col0:col1] > 0.01 * peak
    if not seen.any():
        return None
    filled_rows, filled_cols = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    row0, row1 = row0 + int(filled_rows[0]), row0 + int(filled_rows[-1]) + 1
    col0, col1 = col0 + int(filled_cols[0]), col0 + int(filled_cols[-1]) + 1
    share = (np.pad(occupancy[row0:row1, col0:col1], 1) / peak)[..., None] ** 0.6
    picture = np.empty((*share.shape[:2], 4), dtype=np.uint8)
    picture[..., :3] = np.array(low) + share * (np.array(high, dtype=np.float64) - low)
    picture[..., 3] = (255.0 * strongest * share)[..., 0]
    corner = np.array([(col0 - 0.5) * cell - camera[0] * zoom, (row0 - 0.5) * cell - camera[1] * zoom])
    return _scaled(picture, corner, cell)


def _scaled(picture: NDArray[np.uint8], first: Any, cell: float) -> Cloud:
    """An RGBA picture (rows, cols, 4) whose first value belongs at screen point `first`, its values `cell` px apart."""
    rows, cols = picture.shape[:2]
    small = pygame.image.frombuffer(picture[..., [2, 1, 0, 3]].tobytes(), (cols, rows), "BGRA")  # SDL's quick order: RGBA blits at a tenth
    size = (max(1, round((cols - 1) * cell)), max(1, round((rows - 1) * cell)))
    return pygame.transform.smoothscale(small, size), (float(first[0]), float(first[1]))
