"""The last seconds of play as a GIF, recorded beside the game and encoded in a thread so that no frame stalls."""

from __future__ import annotations

import math
import os
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pygame

from npc_world.core.errors import BadInputError, MissingExtraError

__all__ = ["GifRecorder"]

_PALETTE_FRAMES = 8


class GifRecorder:
    """A ring of the last `seconds` of frames, `fps` a second, scaled by `scale`; needs Pillow to save.

        recorder = GifRecorder(seconds=8, fps=15, scale=0.5)
        recorder.add(screen, time_s)                 # every frame; most are skipped in a microsecond
        recorder.save_async("clip.gif")              # on a key; later recorder.poll() gives the path

    Memory: seconds · fps · width · height · 3 bytes after scaling, 57 MB for 8 s of 480 × 330 px at 15 a second.
    """

    def __init__(self, seconds: float = 8.0, fps: float = 15.0, scale: float = 0.5, colours: int = 96) -> None:
        for name, value, high in (("seconds", seconds, 600.0), ("fps", fps, 50.0), ("scale", scale, 4.0)):
            if not math.isfinite(value) or not 0.0 < value <= high:
                raise BadInputError(f"{name}={value!r}: expected a number above 0, at most {high:g}")
        if not 2 <= colours <= 255:
            raise BadInputError(f"colours={colours!r}: expected 2 to 255")
        self.fps, self.scale, self.colours = fps, scale, colours
        self._frames: deque[tuple[float, tuple[int, int], bytes]] = deque(maxlen=max(1, round(seconds * fps)))
        self._due_s = -math.inf
        self._worker: _Worker | None = None

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def busy(self) -> bool:
        """Whether a file is being written, or waits to be collected by `poll`."""
        return self._worker is not None

    def add(self, surface: pygame.Surface, time_s: float) -> bool:
        """Keep this frame if one is due by the game's own clock; True when it was kept.  A clock that went back starts anew."""
        if time_s < self._due_s:
            if time_s > self._due_s - 2.0 / self.fps:
                return False
            self._frames.clear()
            self._due_s = -math.inf
        step = 1.0 / self.fps
        self._due_s = time_s + step if time_s > self._due_s + step else self._due_s + step
        width = max(1, round(surface.get_width() * self.scale))
        height = max(1, round(surface.get_height() * self.scale))
        if surface.get_bytesize() < 3:
            surface = surface.convert(24)
        small = pygame.transform.smoothscale(surface, (width, height)) if self.scale != 1.0 else surface
        if self._frames and self._frames[-1][1] != (width, height):
            self._frames.clear()  # the window changed size: a GIF has one
        self._frames.append((time_s, (width, height), pygame.image.tobytes(small, "RGB")))
        return True

    def clear(self) -> None:
        """Forget the frames."""
        self._frames.clear()
        self._due_s = -math.inf

    def save(self, path: str | Path) -> Path:
        """Write the frames now and return the path.  Raises `BadInputError` without frames, `MissingExtraError` without Pillow."""
        return _encode(self._checked(), Path(path), self.colours)

    def save_async(self, path: str | Path) -> None:
        """Start writing the frames of this moment; recording goes on.  `BadInputError` while another file is being written."""
        if self._worker is not None:
            raise BadInputError(f"path={str(path)!r}: {self._worker.path} is still being written; poll() until it is done")
        self._worker = _Worker(self._checked(), Path(path), self.colours)
        self._worker.start()

    def poll(self) -> Path | None:
        """The path, once, when `save_async` has finished; None before and after.  Raises what went wrong in the writing."""
        worker = self._worker
        if worker is None or worker.is_alive():
            return None
        self._worker = None
        if worker.error is not None:
            raise worker.error
        return worker.path

    def _checked(self) -> list[tuple[float, tuple[int, int], bytes]]:
        _pillow()
        if not self._frames:
            raise BadInputError("no frames recorded yet: call add(surface, time_s) every frame")
        return list(self._frames)


class _Worker(threading.Thread):
    def __init__(self, frames: list[tuple[float, tuple[int, int], bytes]], path: Path, colours: int) -> None:
        super().__init__(name="gif-encoder", daemon=True)
        self.path = path
        self._frames, self._colours = frames, colours
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            _encode(self._frames, self.path, self._colours)
        except Exception as error:  # handed to the thread that polls
            self.error = error


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtraError('GIFs need Pillow: pip install "npc-world[demos]"') from error
    return Image


def _encode(frames: Sequence[tuple[float, tuple[int, int], bytes]], path: Path, colours: int) -> Path:
    """Write a looping GIF: one palette for all, unchanged pixels left out, moved in place only when complete."""
    image = _pillow()
    size = frames[0][1]
    palette, nearest = _common_palette(image, frames, colours)
    pictures = []
    for _, _, data in frames:
        rgb = np.frombuffer(data, np.uint8).reshape(-1, 3)
        picture = image.frombytes("P", size, nearest[_bins(rgb)].tobytes())
        picture.putpalette(palette)
        pictures.append(picture)
    times = np.array([time_s for time_s, _, _ in frames])
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.1
    ends = np.round(100.0 * (np.append(times, times[-1] + step) - times[0])).astype(int)  # GIF counts in 1/100 s
    durations = (10 * np.clip(np.diff(ends), 2, 1000)).tolist()
    part = path.with_name(path.name + ".part")
    try:
        pictures[0].save(part, format="GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0, disposal=1,
                         optimize=False)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _bins(rgb: Any) -> Any:
    """(n,) 15-bit bin of RGB values (n, 3)."""
    wide = rgb.astype(np.uint16)
    return ((wide[:, 0] >> 3) << 10) | ((wide[:, 1] >> 3) << 5) | (wide[:, 2] >> 3)


def _common_palette(image: Any, frames: Sequence[tuple[float, tuple[int, int], bytes]], colours: int) -> tuple[list[int], Any]:
    """An adaptive palette over frames spread through the clip, and the table (32768,) from colour bin to palette entry."""
    size = frames[0][1]
    chosen = sorted({round(i) for i in np.linspace(0, len(frames) - 1, _PALETTE_FRAMES)})
    sheet = image.frombytes("RGB", (size[0], size[1] * len(chosen)), b"".join(frames[i][2] for i in chosen))
    sheet.thumbnail((480, 8 * 270))
    entries = np.array(sheet.quantize(colours).getpalette()[:3 * colours], dtype=np.float32).reshape(-1, 3)
    grid = np.stack(np.meshgrid(*[np.arange(4, 256, 8, dtype=np.float32)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    weights = np.array([0.55, 0.77, 0.33], dtype=np.float32)  # the eye sees green best
    nearest = np.empty(len(grid), dtype=np.uint8)
    for start in range(0, len(grid), 2048):
        distance = ((grid[start:start + 2048, None] - entries[None]) * weights) ** 2
        nearest[start:start + 2048] = np.argmin(distance.sum(axis=2), axis=1)
    return entries.astype(int).ravel().tolist(), nearest
