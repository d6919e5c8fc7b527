"""Frames to a GIF with Pillow: one adaptive palette, unchanged pixels left out, within a size limit.

Run as `python -m npc_world.adapters.gif_encoder` it encodes what it reads from standard input, so that a game can have it
done by another process: in a thread of its own, Python's lock would hold the game up for tens of milliseconds at a time.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from npc_world.core.errors import MissingExtraError

__all__ = ["Frame", "encode", "main", "message", "pillow"]

Frame = tuple[float, tuple[int, int], bytes]
"""Time in s, (width, height), RGB bytes; all frames of a clip have one size."""
_PALETTE_FRAMES = 8
_SAVINGS = ((1.0, 1.0, 1), (0.5, 1.0, 1), (0.5, 0.75, 1), (0.5, 0.75, 2), (0.25, 0.5, 2), (0.25, 0.35, 3))
"""Share of the colours, share of the size, every how manieth frame: tried in turn until the file is small enough."""



def pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtraError('GIFs need Pillow: pip install "npc-world[demos]"') from error
    return Image


def encode(frames: Sequence[Frame], path: Path, colours: int, most_bytes: int | None) -> Path:
    """Write a looping GIF within `most_bytes` if it can be; the file is put in place only when complete."""
    part = path.with_name(path.name + ".part")
    try:
        for share, scale, every in _SAVINGS:
            _write(frames[::every], part, max(2, round(share * colours)), scale)
            if most_bytes is None or part.stat().st_size <= most_bytes:
                break
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _write(frames: Sequence[Frame], path: Path, colours: int, scale: float) -> None:
    """One palette for all frames; pixels that did not change are left out."""
    image = pillow()
    if scale != 1.0:
        size = (max(1, round(frames[0][1][0] * scale)), max(1, round(frames[0][1][1] * scale)))
        frames = [(time_s, size, image.frombytes("RGB", full, data).resize(size).tobytes()) for time_s, full, data in frames]
    size = frames[0][1]
    palette, nearest = _common_palette(image, frames, colours)
    pictures = []
    for _, _, data in frames:
        picture = image.frombytes("P", size, nearest[_bins(np.frombuffer(data, np.uint8).reshape(-1, 3))].tobytes())
        picture.putpalette(palette)
        pictures.append(picture)
    times = np.array([time_s for time_s, _, _ in frames])
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.1
    ends = np.round(100.0 * (np.append(times, times[-1] + step) - times[0])).astype(int)  # GIF counts in 1/100 s
    durations = (10 * np.clip(np.diff(ends), 2, 1000)).tolist()
    pictures[0].save(path, format="GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0, disposal=1,
                     optimize=True)


def _bins(rgb: Any) -> Any:
    """(n,) 15-bit bin of RGB values (n, 3)."""
    wide = rgb.astype(np.uint16)
    return ((wide[:, 0] >> 3) << 10) | ((wide[:, 1] >> 3) << 5) | (wide[:, 2] >> 3)


def _common_palette(image: Any, frames: Sequence[Frame], colours: int) -> tuple[list[int], Any]:
    """An adaptive palette over frames spread through the clip, and the table (32768,) from colour bin to palette entry."""
    size = frames[0][1]
    chosen = sorted({round(i) for i in np.linspace(0, len(frames) - 1, _PALETTE_FRAMES)})
    sheet = image.frombytes("RGB", (size[0], size[1] * len(chosen)), b"".join(frames[i][2] for i in chosen))
    sheet.thumbnail((480, 8 * 270))
    sheet = _levelled(image, np.asarray(sheet))
    entries = np.array(sheet.quantize(colours).getpalette()[:3 * colours], dtype=np.float32).reshape(-1, 3)
    grid = np.stack(np.meshgrid(*[np.arange(4, 256, 8, dtype=np.float32)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    weights = np.array([0.55, 0.77, 0.33], dtype=np.float32)  # the eye sees green best
    nearest = np.empty(len(grid), dtype=np.uint8)
    for start in range(0, len(grid), 2048):
        distance = ((grid[start:start + 2048, None] - entries[None]) * weights) ** 2
        nearest[start:start + 2048] = np.argmin(distance.sum(axis=2), axis=1)
    return entries.astype(int).ravel().tolist(), nearest


def _levelled(image: Any, rgb: Any) -> Any:
    """A picture with the same colours, in which a colour counts by the root of its share, and more when it is vivid.

    The quantizer spends its entries where the pixels are; the few px of a bright figure on wide ground would get none.
    """
    bins, counts = np.unique(_bins(rgb.reshape(-1, 3)), return_counts=True)
    parts = np.stack([bins >> 10, (bins >> 5) & 31, bins & 31], axis=1).astype(np.uint8) * 8 + 4
    vivid = 1.0 + np.ptp(parts.astype(np.float32), axis=1) / 64.0
    repeats = np.ceil(np.sqrt(counts) * vivid).astype(int)
    flat = np.repeat(parts, repeats, axis=0)
    return image.frombytes("RGB", (len(flat), 1), flat.tobytes())


def message(frames: Sequence[Frame], path: Path, colours: int, most_bytes: int | None) -> Iterator[bytes]:
    """What `main` reads, piece by piece: the length of a JSON header, the header, the frames' RGB bytes."""
    header = json.dumps({"path": str(path.absolute()), "colours": colours, "most_bytes": most_bytes, "size": frames[0][1],
                         "times_s": [time_s for time_s, _, _ in frames]}).encode()
    yield struct.pack("<I", len(header)) + header
    for _, _, data in frames:
        yield data


def main(source: BinaryIO) -> None:
    """Encode one message from `source`, at low priority."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(10)
    header = json.loads(source.read(*struct.unpack("<I", source.read(4))))
    width, height = header["size"]
    frames = [(time_s, (width, height), source.read(3 * width * height)) for time_s in header["times_s"]]
    encode(frames, Path(header["path"]), header["colours"], header["most_bytes"])


if __name__ == "__main__":
    try:
        main(sys.stdin.buffer)
    except Exception as error:  # one line to the game that waits, not a trace
        sys.exit(f"{type(error).__name__}: {error}")
