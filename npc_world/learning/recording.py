"""Read what a `Recorder` wrote, chunk by chunk: millions of frames pass through the memory of one chunk and one run."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError, SaveFileError
from npc_world.learning.recorder import FORMAT, VERSION, part_of

__all__ = ["Chunk", "Recording", "Run"]

Floats = NDArray[np.float64]
_LARGEST_BYTES = 256 << 20
"""Of one member, unpacked."""
_HEADER = struct.Struct("<4s5H3L2H")


@dataclass(frozen=True, slots=True)
class Chunk:
    """n consecutive frames."""

    times_s: Floats
    """(n,) increasing."""
    positions_px: dict[str, Floats]
    """(n, 2) per body; NaN where it was not seen."""
    runs: dict[str, NDArray[np.int64]]
    """(n,) per body: which run, counted from 0, the frame belongs to."""
    worlds: dict[str, dict[str, Any]]
    """Per body that has one: arguments for `BallWorld.build`."""
    commanded_px_s: dict[str, Floats] = field(default_factory=dict)
    """(n, 2) per body that was told how to move: the velocity asked for; NaN where none was."""
    surfaces: dict[str, NDArray[np.str_]] = field(default_factory=dict)
    """(n,) for the same bodies: the surface each was on."""


@dataclass(frozen=True, slots=True)
class Run:
    """A body from one beginning to the next."""

    times_s: Floats
    """(L,)."""
    positions_px: Floats
    """(L, 2), all finite: frames in which it was not seen are left out."""
    world: dict[str, Any] | None
    """Arguments for `BallWorld.build`, None where none was recorded."""


class Recording:
    """A recording, also one that a crash left unfinished (`log.npz.part`): given by its own name or that of the finished file.

    Raises `SaveFileError` when there is none, or it is something else.  What is damaged ends a recording that was not finished,
    and raises in one that was.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        asked = Path(path)
        self.path = asked if asked.exists() or not part_of(asked).exists() else part_of(asked)
        self.finished = zipfile.is_zipfile(self.path) if self.path.is_file() else False
        """False for what a crash left: its last chunk is missing."""
        name, array = next(self._members(), ("", None))
        try:
            self.about: dict[str, Any] = json.loads(str(array)) if name == "about" else {}
        except ValueError:
            self.about = {}
        if not isinstance(self.about, dict) or self.about.get("format") != FORMAT:
            raise SaveFileError(f"{self.path}: not a recording of npc_world")
        if self.about.get("version") != VERSION:
            raise SaveFileError(f"{self.path}: version {self.about.get('version')!r}; this npc_world reads version {VERSION}")

    def chunks(self) -> Iterator[Chunk]:
        """All frames in order."""
        worlds: dict[str, dict[str, Any]] = {}
        for name, array in self._members():
            if name == "world":
                try:
                    told = json.loads(str(array))
                    worlds = {**worlds, told.pop("body"): told}
                except (ValueError, KeyError, AttributeError, TypeError):
                    raise SaveFileError(f"{self.path}: a world in it cannot be read") from None
            elif name == "frames":
                yield self._chunk(array, worlds)

    def runs(self, body: str, *, gap_s: float = 0.5, longest: int = 100_000, chunks: Iterable[Chunk] | None = None) -> Iterator[Run]:
        """The runs of one body: a new one where `Recorder.begin` said so, its world changed, or it was unseen for over `gap_s`.

        A run of more than `longest` frames comes in pieces.  chunks: those to go through, when not all.
        """
        if longest < 2 or not gap_s > 0.0:
            raise BadInputError(f"longest={longest!r}, gap_s={gap_s!r}: expected at least 2 frames, and seconds above zero")
        times, places = np.zeros(0), np.zeros((0, 2))
        number, world = -1, None
        for chunk in self.chunks() if chunks is None else chunks:
            if body not in chunk.positions_px:
                continue
            if chunk.worlds.get(body) is not world and len(times):
                yield Run(times, places, world)
                times, places = np.zeros(0), np.zeros((0, 2))
            world = chunk.worlds.get(body)
            seen = np.isfinite(chunk.positions_px[body]).all(axis=1)
            when, where, which = chunk.times_s[seen], chunk.positions_px[body][seen], chunk.runs[body][seen]
            if not len(when):
                continue
            late = np.diff(when, prepend=times[-1] if len(times) else when[0]) > gap_s
            fresh = late | (np.diff(which, prepend=number if len(times) else which[0]) != 0)
            edges = [0, *np.flatnonzero(fresh).tolist(), len(when)]
            for start, stop in pairwise(edges):
                if start > 0 or fresh[0]:
                    if len(times):
                        yield Run(times, places, world)
                    times, places = np.zeros(0), np.zeros((0, 2))
                times, places = np.concatenate([times, when[start:stop]]), np.concatenate([places, where[start:stop]])
                while len(times) > longest:
                    yield Run(times[:longest], places[:longest], world)
                    times, places = times[longest:], places[longest:]
            number = int(which[-1])
        if len(times):
            yield Run(times, places, world)

    def bodies(self) -> dict[str, int]:
        """Name → frames in which it was seen; reads the whole file."""
        counts: dict[str, int] = {}
        for chunk in self.chunks():
            for name, places in chunk.positions_px.items():
                counts[name] = counts.get(name, 0) + int(np.isfinite(places[:, 0]).sum())
        return counts

    def _chunk(self, array: NDArray[Any], worlds: dict[str, dict[str, Any]]) -> Chunk:
        try:
            names = [name for name in array.dtype.names or () if name != "time_s"]
            times = np.asarray(array["time_s"], np.float64)
            places = {n: np.stack([np.asarray(array[n]["x"], np.float64), np.asarray(array[n]["y"], np.float64)], axis=-1) for n in names}
            runs = {n: np.asarray(array[n]["run"], np.int64) for n in names}
            moved = [n for n in names if "wish_x" in (array.dtype[n].names or ())]
            wishes = {n: np.stack([np.asarray(array[n]["wish_x"], np.float64), np.asarray(array[n]["wish_y"], np.float64)], axis=-1) for n in moved}
            grounds = {n: np.asarray(array[n]["ground"], np.str_) for n in moved}
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise SaveFileError(f"{self.path}: a chunk in it cannot be read ({error})") from None
        whole = times.ndim == 1 and all(p.shape == (len(times), 2) for p in (*places.values(), *wishes.values())) and all(
            each.shape == (len(times),) for each in (*runs.values(), *grounds.values()))
        if not whole or not np.isfinite(times).all() or (np.diff(times) <= 0).any():
            raise SaveFileError(f"{self.path}: a chunk in it is damaged")
        return Chunk(times, places, runs, worlds, wishes, grounds)

    def _members(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """(kind, array) in order."""
        try:
            for name, raw in _whole(self.path) if self.finished else _walked(self.path):
                try:
                    array = np.lib.format.read_array(io.BytesIO(raw), allow_pickle=False)
                except ValueError as error:
                    raise SaveFileError(f"{self.path}: {name} cannot be read ({error})") from None
                yield name.removesuffix(".npy").partition("-")[0], array
        except FileNotFoundError:
            raise SaveFileError(f"{self.path}: no such file") from None
        except (OSError, EOFError, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            raise SaveFileError(f"{self.path}: damaged ({error})") from None


def _whole(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for item in archive.infolist():
            if item.file_size > _LARGEST_BYTES:
                raise zipfile.BadZipFile(f"{item.filename} unpacks to more than {_LARGEST_BYTES >> 20} MiB")
            yield item.filename, archive.read(item)


def _walked(path: Path) -> Iterator[tuple[str, bytes]]:
    """The members of an archive that has no directory yet, up to the first that is not whole."""
    with open(path, "rb") as stream:
        while True:
            header = stream.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return
            signature, _version, flags, method, _time, _date, crc, packed, size, name_length, extra_length = _HEADER.unpack(header)
            if signature != b"PK\x03\x04" or flags & 0x9 or method != zipfile.ZIP_DEFLATED or size > _LARGEST_BYTES:
                return
            name = stream.read(name_length).decode("utf-8", "replace")
            stream.seek(extra_length, os.SEEK_CUR)
            raw = stream.read(packed)
            try:
                plain = zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw, size + 1)
            except zlib.error:
                return
            if len(raw) < packed or len(plain) != size or zlib.crc32(plain) != crc:
                return
            yield name, plain
