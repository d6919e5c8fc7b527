"""Soft clouds of probability: computed on a coarse grid, scaled up smoothly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pygame
from numpy.typing import NDArray

from npc_world.adapters.pygame.palette import Colour

__all__ = ["Cloud", "Grid", "density_cloud", "density_grid", "heat_cloud", "heat_grid"]

Floats = NDArray[np.float64]
Cloud = tuple[pygame.Surface, tuple[float, float]]
"""A translucent picture and the screen point of its top left corner."""
_MOST_CELLS = 44
_REACH_SD = 2.3
_PACKING = np.array((1.0, 256.0, 65536.0))
"""Makes one number of a colour."""
_UNSEEN = 3
"""An opacity, of 255, that is not seen at the rim of a cloud."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A cloud before it is scaled up: values (rows, cols, 4) RGBA, `cell` px apart on the screen, the first at `first` (2,)."""

    values: NDArray[np.uint8]
    first: tuple[float, float]
    cell: float

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of its picture, px."""
        rows, cols = self.values.shape[:2]
        return max(1, round((cols - 1) * self.cell)), max(1, round((rows - 1) * self.cell))

    def small(self) -> pygame.Surface:
        """The values as a surface, one px each, in SDL's quick order of bytes: RGBA blits at a tenth."""
        rows, cols = self.values.shape[:2]
        return pygame.image.frombuffer(self.values[..., [2, 1, 0, 3]].tobytes(), (cols, rows), "BGRA")

    def picture(self) -> Cloud:
        """Scaled up smoothly, all at once."""
        return pygame.transform.smoothscale(self.small(), self.size), self.first


def density_cloud(means: Floats, covariances: Floats, strengths: Floats, colours: list[Colour], within: pygame.Rect,
                  strongest: float = 0.5) -> Cloud | None:
    """`density_grid`, scaled up."""
    grid = density_grid(means, covariances, strengths, colours, within, strongest)
    return None if grid is None else grid.picture()


def density_grid(means: Floats, covariances: Floats, strengths: Floats, colours: list[Colour], within: pygame.Rect,
                 strongest: float = 0.5) -> Grid | None:
    """Gaussians as one cloud.  means (N, 2), covariances (N, 2, 2) in screen px; strengths (N,) in [0, 1]; a colour each.

    Each Gaussian shows by its strength at its centre, not by its mass, so that wide ones are seen; the cloud's
    opacity saturates at `strongest`.  Only the part inside `within` is made; None when nothing of it is there.
    """
    spread = np.sqrt(np.maximum(np.stack([covariances[:, 0, 0], covariances[:, 1, 1]], axis=1), 1.0))
    usable = np.isfinite(means).all(axis=1) & np.isfinite(covariances).all(axis=(1, 2)) & (strengths > 0.006)
    if not usable.any():
        return None
    low = np.maximum((means - _REACH_SD * spread)[usable].min(axis=0), within.topleft)
    high = np.minimum((means + _REACH_SD * spread)[usable].max(axis=0), within.bottomright)
    if (high - low < 2.0).any():
        return None
    cell = max(5.0, float((high - low).max()) / _MOST_CELLS)
    cols, rows = (np.ceil((high - low) / cell).astype(int) + 1).tolist()
    values = _cloud(low, cell, cols, rows, means[usable], covariances[usable], strengths[usable],
                    np.array(colours, dtype=np.float32)[usable], strongest)
    return _trimmed(values, (float(low[0]), float(low[1])), cell)


def _trimmed(values: NDArray[np.uint8], first: tuple[float, float], cell: float) -> Grid | None:
    """Without the rows and columns at its rim that show nothing, but for one: each takes its time in every frame."""
    seen = values[..., 3] > _UNSEEN
    rows, cols = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if len(rows) == 0:
        return None
    top, left = max(0, int(rows[0]) - 1), max(0, int(cols[0]) - 1)
    return Grid(values[top:int(rows[-1]) + 2, left:int(cols[-1]) + 2], (first[0] + left * cell, first[1] + top * cell), cell)


def _cloud(low: Floats, cell: float, cols: int, rows: int, means: Floats, covariances: Floats, strengths: Floats,
           colours: NDArray[np.float32], strongest: float) -> NDArray[np.uint8]:
    """(rows, cols, 4) RGBA.

    Without matrix products: the libraries behind them share even small ones out to threads, and on a busy machine wait for those.
    """
    x = np.arange(cols, dtype=np.float32)[None, None, :] - ((means[:, 0] - low[0]) / cell).astype(np.float32)[:, None, None]
    y = np.arange(rows, dtype=np.float32)[None, :, None] - ((means[:, 1] - low[1]) / cell).astype(np.float32)[:, None, None]
    xx, yy = covariances[:, 0, 0] / cell**2 + 0.5, covariances[:, 1, 1] / cell**2 + 0.5  # no narrower than the grid can show: else it flickers
    xy = covariances[:, 0, 1] / cell**2
    determinant = np.maximum(xx * yy - xy * xy, 1e-9)
    a, b, c = ((term / determinant).astype(np.float32)[:, None, None] for term in (-0.5 * yy, xy, -0.5 * xx))
    level = (b * x) * y
    level += a * x * x
    level += c * y * y
    np.clip(level, -60.0, 0.0, out=level)
    np.exp(level, out=level)
    level *= strengths.astype(np.float32)[:, None, None]
    total = level.sum(axis=0)
    values = np.zeros((rows, cols, 4), dtype=np.float32)
    packed = colours @ _PACKING
    for one in dict.fromkeys(packed.tolist()):
        same = np.flatnonzero(packed == one)
        values[..., :3] += level[same].sum(axis=0)[..., None] * colours[same[0]]
    values[..., :3] /= np.maximum(total, 1e-30)[..., None]
    values[..., 3] = 255.0 * strongest * (1.0 - np.exp(-1.6 * total))
    return values.astype(np.uint8)


def heat_cloud(occupancy: Floats, cell_px: float, camera: tuple[float, float], zoom: float, low: Colour, high: Colour,
               clip: pygame.Rect, strongest: float = 0.62) -> Cloud | None:
    """`heat_grid`, scaled up."""
    grid = heat_grid(occupancy, cell_px, camera, zoom, low, high, clip, strongest)
    return None if grid is None else grid.picture()


def heat_grid(occupancy: Floats, cell_px: float, camera: tuple[float, float], zoom: float, low: Colour, high: Colour,
              clip: pygame.Rect, strongest: float = 0.62) -> Grid | None:
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
    return Grid(picture, ((col0 - 0.5) * cell - camera[0] * zoom, (row0 - 0.5) * cell - camera[1] * zoom), cell)
