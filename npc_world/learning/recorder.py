"""Write down where bodies were, frame by frame, while a game runs: to learn from later, offline.

    with nw.Recorder("log.npz") as recorder:
        recorder.world("ball", segments, radius_px=12)           # what the ball may touch, when that is known
        while playing:
            recorder.frame(time_s, {"ball": ball, "player": player})
        recorder.begin("ball")                                   # before each new throw

The file is a zip archive of numpy arrays ("npz"), `numpy.load(path, allow_pickle=False)` opens it.  In order:

- `about.npy`: JSON text: format "npc_world recording", version 1, and what the game said of itself;
- `frames-000000.npy`, …: one record each of n frames, its fields `time_s` (n,) float64 and per body a field of the body's name
  with `x` (n,), `y` (n,) float64 (NaN where it was not seen) and `run` (n,) uint32, which counts how often it began anew; for a
  body that moves as it is told also `wish_x`, `wish_y` (n,) float64, the velocity asked for (NaN where none was), and `ground`
  (n,) text, the surface it was on;
- `world-000000.npy`, …: JSON text, the arguments of `world`: it holds for that body's frames from there on.

While the game runs the file is `log.npz.part`: a crash loses at most the chunk not yet written, `Recording` reads such a file too.
"""

from __future__ import annotations

import io
import json
import math
import os
import weakref
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.errors import BadInputError, SaveFileError
from npc_world.core.reading import position_of
from npc_world.models.ball_world import BallWorld

__all__ = ["FORMAT", "VERSION", "Recorder", "part_of"]

FORMAT, VERSION = "npc_world recording", 1
_CLOCK = "time_s"
_MOST_BODIES = 1000
_LONGEST_SURFACE = 40
_Wish = tuple[float, float, str]


def part_of(path: Path) -> Path:
    """Where a recording lies while it is being written."""
    return path.with_name(path.name + ".part")


class Recorder:
    """Streams positions to a file in chunks; memory holds one chunk, and some 100 bytes for each that was written.

    path: where the file appears, in one go, when the recorder is closed.  chunk_frames: frames per chunk, which is what a crash may
    lose.  about: anything JSON can hold, said of the game.  A left-over `.part` of an earlier crash is kept under another name.
    Raises `SaveFileError` when the file cannot be opened, `BadInputError` for wrong arguments.  A disk that fills up while playing
    never raises in `frame`: recording stops, `problem` says why, `close` raises.
    """

    def __init__(self, path: str | os.PathLike[str], *, chunk_frames: int = 1024, about: Mapping[str, Any] | None = None) -> None:
        if not (isinstance(chunk_frames, int) and 1 <= chunk_frames <= 1_000_000):
            raise BadInputError(f"chunk_frames={chunk_frames!r}: expected 1 to 1000000")
        self.path = Path(path)
        self.frames = 0
        """Frames recorded so far."""
        self._chunk_frames = chunk_frames
        self._times: list[float] = []
        self._rows: list[dict[str, tuple[float, float, int]]] = []
        self._wishes: list[dict[str, _Wish]] = []
        self._runs: dict[str, int] = {}
        self._last_s = -math.inf
        try:
            told = json.dumps({"format": FORMAT, "version": VERSION, **dict(about or {})}, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise BadInputError(f"about={about!r}: {error}") from None
        self._archive = _Archive(self.path)
        self._archive.add("about", np.array(told))
        if self._archive.problem is not None:
            raise SaveFileError(f"{self.path}: {self._archive.problem}")
        self._finalizer = weakref.finalize(self, _finish, self._archive, self._times, self._rows, self._wishes)

    @property
    def problem(self) -> str | None:
        """Why recording stopped; None while all is well."""
        return self._archive.problem

    def frame(self, time_s: float, bodies: Mapping[str, Any], commanded: Mapping[str, tuple[Any, str]] | None = None) -> None:
        """Where each body is now: name → a pair, a sprite, a rect or a body; None, or left out, while it is not seen.

        commanded: for bodies that move as they are told, name → (velocity px/s (2,) asked for on the way here, name of the surface
        it is on): from this `npc-world learn` finds out what surfaces do.
        Raises `BadInputError` for a time that does not increase, a position or velocity that is not finite and a name that cannot
        be one; nothing is recorded then.
        """
        if not (isinstance(time_s, (int, float, np.floating)) and math.isfinite(time_s)):
            raise BadInputError(f"time_s={time_s!r}: expected seconds")
        if time_s <= self._last_s:
            raise BadInputError(f"time_s={time_s!r}: not after the last frame at {self._last_s!r} s")
        row = {}
        for name, thing in bodies.items():
            self._check_name(name)
            if thing is not None:
                x, y = position_of(thing, f"bodies[{name!r}]")
                row[name] = (float(x), float(y), self._runs.get(name, 0))
        wishes = {name: _wish_of(name, told) for name, told in (commanded or {}).items() if name in row}
        if self._archive.closed:
            raise BadInputError(f"time_s={time_s!r}: the recording {self.path} is closed")
        for name in row:
            self._runs.setdefault(name, 0)
        self._times.append(float(time_s))
        self._rows.append(row)
        self._wishes.append(wishes)
        self._last_s, self.frames = float(time_s), self.frames + 1
        if len(self._times) >= self._chunk_frames:
            self.flush()

    def begin(self, name: str) -> None:
        """The body begins anew (a new throw, a respawn): what follows does not go on from where it was."""
        self._check_name(name)
        self._runs[name] = self._runs.get(name, -1) + 1

    def world(self, name: str, segments: ArrayLike, radius_px: float, **geometry: Any) -> None:
        """What the body of that name, a ball, may touch from now on: arguments as `nw.BallModel` takes them (`thickness_px`,
        `material`, `polygons`, `polygon_material`, `circles`, `circle_material`, `neighbours`).  Raises `BadInputError`."""
        self._check_name(name)
        plain = {"segments": _plain(segments), "radius_px": float(radius_px), **{key: _plain(value) for key, value in geometry.items()}}
        try:
            BallWorld.build(**plain)
        except TypeError as error:
            raise BadInputError(f"geometry={sorted(geometry)!r}: {error}") from None
        self.flush()
        self._archive.add("world", np.array(json.dumps({"body": name, **plain})))

    def flush(self) -> None:
        """Write the frames at hand as a chunk of their own."""
        _write_chunk(self._archive, self._times, self._rows, self._wishes)

    def close(self) -> Path:
        """Write what is left and put the file in its place; returns its path.  Raises `SaveFileError` when anything went wrong."""
        self._finalizer.detach()
        _finish(self._archive, self._times, self._rows, self._wishes)
        if self._archive.problem is not None:
            raise SaveFileError(f"{self.path}: {self._archive.problem}; what was written is in {self._archive.part}")
        return self.path

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_name(self, name: Any) -> None:
        if not (isinstance(name, str) and 0 < len(name) <= 100 and name != _CLOCK and name.isprintable()):
            raise BadInputError(f"name={name!r}: expected a text of 1 to 100 printable characters, other than {_CLOCK!r}")
        if name not in self._runs and len(self._runs) >= _MOST_BODIES:
            raise BadInputError(f"name={name!r}: {_MOST_BODIES} bodies are recorded already")


class _Archive:
    """The zip file in the making.  The first failure to write ends it, and is kept."""

    def __init__(self, path: Path) -> None:
        self.path, self.part = path, part_of(path)
        self.problem: str | None = None
        self.closed = False
        self._count: dict[str, int] = {}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if self.part.exists():
                free = next(n for n in range(1, 1_000_000) if not path.with_name(f"{path.name}.crashed-{n}.part").exists())
                os.replace(self.part, path.with_name(f"{path.name}.crashed-{free}.part"))
            self._stream: BinaryIO = open(self.part, "wb")  # noqa: SIM115  closed by `finish`
        except OSError as error:
            raise SaveFileError(f"{path}: {error}") from None
        self._zip = zipfile.ZipFile(self._stream, "w")

    def add(self, kind: str, array: NDArray[Any]) -> None:
        """One more member; once a write has failed, nothing."""
        if self.problem is not None or self.closed:
            return
        number = self._count.get(kind, 0)
        self._count[kind] = number + 1
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, array, version=(3, 0), allow_pickle=False)  # names in any script
        name = f"{kind}.npy" if kind == "about" else f"{kind}-{number:06d}.npy"
        item = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        item.compress_type = zipfile.ZIP_DEFLATED
        try:
            self._zip.writestr(item, buffer.getvalue(), compresslevel=2)
            self._stream.flush()
        except OSError as error:
            self.problem = str(error)

    def finish(self) -> None:
        """Close the file and give it its name; a file that could not be written whole stays a part."""
        if self.closed:
            return
        self.closed = True
        try:
            self._zip.close()
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except (OSError, ValueError) as error:
            self.problem = self.problem or str(error)
        try:
            self._stream.close()
            if self.problem is None:
                os.replace(self.part, self.path)
        except OSError as error:
            self.problem = self.problem or str(error)


def _wish_of(name: str, told: Any) -> _Wish:
    try:
        velocity, surface = told
        x, y = (float(v) for v in velocity)
    except (TypeError, ValueError):
        raise BadInputError(f"commanded[{name!r}]={told!r}: expected (velocity (2,), name of a surface)") from None
    if not (math.isfinite(x) and math.isfinite(y) and isinstance(surface, str) and 0 < len(surface) <= _LONGEST_SURFACE):
        raise BadInputError(f"commanded[{name!r}]={told!r}: expected finite px/s, and a name of 1 to {_LONGEST_SURFACE} characters")
    return x, y, surface


def _write_chunk(archive: _Archive, times: list[float], rows: list[dict[str, tuple[float, float, int]]], wishes: list[dict[str, _Wish]]) -> None:
    if not times:
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    count = len(times)
    place = [("x", "<f8", (count,)), ("y", "<f8", (count,)), ("run", "<u4", (count,))]
    wish = [("wish_x", "<f8", (count,)), ("wish_y", "<f8", (count,)), ("ground", f"<U{_LONGEST_SURFACE}", (count,))]
    moved = {name for row in wishes for name in row}
    chunk = np.zeros((), np.dtype([(_CLOCK, "<f8", (count,)), *((name, np.dtype(place + wish if name in moved else place)) for name in names)]))
    chunk[_CLOCK] = times
    for name in names:
        seen = np.array([row.get(name, (math.nan, math.nan, -1)) for row in rows])
        run = seen[:, 2]
        known = np.flatnonzero(run >= 0.0)
        run = run[known[np.clip(np.searchsorted(known, np.arange(count), side="right") - 1, 0, None)]]  # while unseen, as before
        chunk[name]["x"], chunk[name]["y"], chunk[name]["run"] = seen[:, 0], seen[:, 1], run
        if name in moved:
            asked = [row.get(name, (math.nan, math.nan, "")) for row in wishes]
            chunk[name]["wish_x"], chunk[name]["wish_y"], chunk[name]["ground"] = ([a[n] for a in asked] for n in range(3))
    archive.add("frames", chunk)
    times.clear()
    rows.clear()
    wishes.clear()


def _finish(archive: _Archive, times: list[float], rows: list[dict[str, tuple[float, float, int]]], wishes: list[dict[str, _Wish]]) -> None:
    """Also runs when the recorder is forgotten, or the interpreter ends."""
    _write_chunk(archive, times, rows, wishes)
    archive.finish()


def _plain(value: Any) -> Any:
    """Numbers and lists of them, for JSON."""
    if value is None or isinstance(value, (int, float)):
        return value
    try:
        if isinstance(value, (list, tuple)) and any(np.ndim(v) == 2 for v in value):
            return [np.asarray(v, np.float64).tolist() for v in value]
        array = np.asarray(value)
        if array.dtype.kind not in "fiu":
            array = np.asarray(value, np.float64)
        return array.tolist()
    except (TypeError, ValueError):
        raise BadInputError(f"geometry {value!r}: expected numbers") from None
