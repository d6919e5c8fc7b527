"""What every generator of art shares: the palette, seamless noise, painting with wrap-around, writing PNG files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FOLDER = Path(__file__).parent
PALETTE = json.loads((FOLDER / "palette.json").read_text(encoding="utf-8"))
TILE = 48
"""Screen px per tile of 32 world px."""

Field = NDArray[np.float64]


def rgb(name: str) -> Field:
    """(3,) float colour of a palette name, or of "#rrggbb"."""
    text = name if name.startswith("#") else PALETTE[name]
    return np.array([int(text[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)


def rgba(name: str, alpha: float = 1.0) -> tuple[int, int, int, int]:
    """Palette colour for Pillow."""
    red, green, blue = (int(v) for v in rgb(name))
    return red, green, blue, round(255 * alpha)


def mix(a: Field, b: Field, share: Field | float) -> Field:
    """a where share is 0, b where it is 1; `share` (rows, cols) or a number."""
    u = np.asarray(share, dtype=np.float64)[..., None]
    return a * (1.0 - u) + b * u


def noise(size: int, scale_px: float, rng: np.random.Generator, octaves: int = 1) -> Field:
    """(size, size) seamless noise in 0..1 with features of about `scale_px`: white noise, low-passed by FFT."""
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size)))
    total = np.zeros((size, size))
    for octave in range(octaves):
        sigma = 0.35 * 2**octave / scale_px
        spectrum = np.fft.fft2(rng.standard_normal((size, size))) * np.exp(-0.5 * (frequency / sigma) ** 2)
        layer = np.real(np.fft.ifft2(spectrum))
        total += layer / layer.std() / 1.8**octave
    ranks = total.ravel().argsort().argsort().reshape(size, size) / (size * size - 1)
    return np.asarray(0.35 * ranks + 0.65 * np.clip(0.5 + 0.2 * total / total.std(), 0, 1))


def cells(size: int, points: Field) -> tuple[Field, Field, NDArray[np.int64]]:
    """Seamless Voronoi of points (n, 2): distance to the nearest, to the second nearest, and which is nearest."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float64)
    first, second = np.full((size, size), 1e9), np.full((size, size), 1e9)
    which = np.zeros((size, size), dtype=np.int64)
    for index, (px, py) in enumerate(points):
        dx, dy = np.abs(x - px), np.abs(y - py)
        d = np.hypot(np.minimum(dx, size - dx), np.minimum(dy, size - dy))
        nearer = d < first
        second = np.where(nearer, first, np.minimum(second, d))
        which[nearer] = index
        first = np.where(nearer, d, first)
    return first, second, which


def scattered(size: int, count: int, rng: np.random.Generator, tries: int = 12) -> Field:
    """(count, 2) points spread evenly on the torus: of several candidates, the one farthest from the others."""
    points = [rng.uniform(0, size, 2)]
    while len(points) < count:
        candidates = rng.uniform(0, size, (tries, 2))
        delta = np.abs(candidates[:, None] - np.array(points)[None])
        gap = np.hypot(*np.moveaxis(np.minimum(delta, size - delta), -1, 0)).min(axis=1)
        points.append(candidates[int(gap.argmax())])
    return np.array(points)


def wrapped(size: int, paint: object, margin: int = 24) -> list[tuple[int, int]]:
    """Offsets at which something near the edge must be painted so that the tile repeats without a seam."""
    return [(dx, dy) for dx in (-size, 0, size) for dy in (-size, 0, size)]


def save(name: str, picture: Field | Image.Image, colours: int = 0) -> None:
    """Write assets/<name>.png; `colours` > 0 stores an opaque picture with a palette of that size, which is smaller."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(np.clip(np.round(picture), 0, 255).astype(np.uint8))
    if colours:
        image = image.convert("RGB").quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG)
    path = FOLDER / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, optimize=True)
