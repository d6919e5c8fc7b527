"""Recorded tracks out of npz files, in either of two forms.

Either a row per track (K tracks): xyz (N, 2 or 3), start (K + 1,) row offsets, dt (K,) s per row, and optionally
player (K,), session (K,) and split (K,); or a row per position: positions (N, 2 or 3), times (N,) s, player (N,), and optionally
session (N,) and split (N,), cut into tracks where one of these changes or time leaps.  Rows of NaN, where a player was not seen, end a track.  split: "train" or "test".
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError

__all__ = ["Recorded", "Steps", "by_name", "read_recorded", "split_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One track: points (L, 2) every dt_s."""

    points: Floats
    dt_s: float
    player: str = ""
    session: str = ""
    split: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """Where a forecast and a track with a row every so often can be compared: at times that both have."""

    rows: NDArray[np.int64]
    """(H,) rows ahead, those nearest to the horizons asked for."""
    times_s: Floats
    """(H,) when that is."""
    step_s: float
    """Step of the forecast."""
    steps: NDArray[np.int64]
    """(H,) its steps then."""

    @classmethod
    def at(cls, horizons_s: Floats, dt_s: float, step_s: float) -> Steps:
        """A forecast in steps of step_s, or of the track's own dt_s where those do not fall on its rows."""
        rows = np.maximum(1, np.round(horizons_s / dt_s).astype(np.int64))
        times_s = rows * dt_s
        if (np.abs(times_s / step_s - np.round(times_s / step_s)) > _OFF_STEP).any():
            step_s = dt_s
        return cls(rows, times_s, step_s, np.round(times_s / step_s).astype(np.int64) - 1)


_OFF_STEP = 0.02
"""A time that is off a step by no more of it is on it."""


def by_name(paths: Iterable[Path]) -> dict[str, Path]:
    """Files by their names without the ending, or by their whole paths where several are called the same: none replaces another."""
    given = list(dict.fromkeys(paths))
    stems = [path.stem for path in given]
    return {stem if stems.count(stem) == 1 else str(path): path for path, stem in zip(given, stems, strict=True)}


def read_recorded(path: str | Path) -> list[Recorded]:
    """All tracks of a file.  Raises `BadInputError` naming the file and what it lacks."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: np.asarray(stored[name]) for name in stored.files}
        return _by_row(arrays) if "positions" in arrays else _by_track(arrays)
    except KeyError as error:
        raise BadInputError(f"{path}: not an npz of tracks: {error.args[0]} is missing (xyz, start, dt; or positions, times, player)") from None
    except (OSError, ValueError, TypeError, IndexError, zipfile.BadZipFile) as error:
        raise BadInputError(f"{path}: not an npz of tracks ({error})") from None


def _by_track(arrays: dict[str, NDArray[np.generic]]) -> list[Recorded]:
    xyz, start = _rows_of(arrays["xyz"], "xyz"), np.asarray(arrays["start"])
    offsets = start.astype(np.int64)
    if start.ndim != 1 or len(start) < 1 or not np.array_equal(offsets, start) or (np.diff(offsets) < 0).any() or offsets[0] < 0 or offsets[-1] > len(xyz):
        raise ValueError(f"start={start}: expected row offsets that do not fall, from 0 to {len(xyz)}, one more than there are tracks")
    count = len(offsets) - 1
    dt = np.broadcast_to(np.asarray(arrays["dt"], np.float64), count)
    if not (np.isfinite(dt) & (dt > 0.0)).all():
        raise ValueError(f"dt={dt}: expected seconds per row, above zero")
    names = {name: np.broadcast_to(arrays.get(name, np.array("")), count).astype(str) for name in ("player", "session", "split")}
    return [Recorded(piece, float(dt[k]), names["player"][k], names["session"][k], names["split"][k])
            for k in range(count) for piece in _seen_pieces(xyz[offsets[k]:offsets[k + 1]])]


def _by_row(arrays: dict[str, NDArray[np.generic]]) -> list[Recorded]:
    points, times = _rows_of(arrays["positions"], "positions"), np.asarray(arrays["times"], np.float64)
    if times.shape != (len(points),) or not np.isfinite(times).all():
        raise ValueError(f"times of shape {times.shape}: expected {len(points)} finite seconds, one a position")
    player, session, split = (np.broadcast_to(given, len(times)).astype(str) for given in
                              (arrays["player"], *(arrays.get(name, np.array("")) for name in ("session", "split"))))
    order = np.lexsort((times, player, session))
    points, times, player, session, split = points[order], times[order], player[order], session[order], split[order]
    seen = np.isfinite(points).all(axis=1)
    points, times, player, session, split = points[seen], times[seen], player[seen], session[seen], split[seen]
    steps = np.diff(times)
    same = (player[1:] == player[:-1]) & (session[1:] == session[:-1]) & (split[1:] == split[:-1]) & (steps > 0.0)
    if not same.any():
        return []
    out = []
    for rows in np.split(np.arange(len(times)), np.flatnonzero(~same) + 1):
        if len(rows) < 2:
            continue
        step_s = float(np.median(steps[rows[:-1]]))  # of this stretch: files of several games have several steps
        for piece in np.split(rows, np.flatnonzero(steps[rows[:-1]] >= 1.5 * step_s) + 1):
            k = int(piece[0])
            out.append(Recorded(np.ascontiguousarray(points[piece]), step_s, str(player[k]), str(session[k]), str(split[k])))
    return out


def _rows_of(given: NDArray[np.generic], name: str) -> Floats:
    """(N, 2) of positions (N, 2 or 3)."""
    points = np.asarray(given, np.float64)
    if points.ndim != 2 or points.shape[1] not in (2, 3):
        raise ValueError(f"{name} has shape {points.shape}: expected (N, 2) or (N, 3)")
    return points[:, :2]


def _seen_pieces(points: Floats) -> list[Floats]:
    """A track without its rows that are not finite: who was not seen for a while begins a new one."""
    seen = np.asarray(np.isfinite(points).all(axis=1))
    if seen.all():
        return [np.ascontiguousarray(points)]
    return [np.ascontiguousarray(points[rows]) for rows in np.split(np.arange(len(points)), np.flatnonzero(np.diff(seen)) + 1) if seen[rows[0]]]


def split_of(tracks: Sequence[Recorded]) -> tuple[list[Recorded], list[Recorded]]:
    """(fitted on, tested on): as the file says; else every third session is tested on, or every third player or track."""
    if any(track.split for track in tracks):
        return [t for t in tracks if t.split == "train"], [t for t in tracks if t.split == "test"]
    for key in ("session", "player"):
        names = sorted({getattr(track, key) for track in tracks})
        if len(names) >= 3:
            tested = set(names[2::3])
            return [t for t in tracks if getattr(t, key) not in tested], [t for t in tracks if getattr(t, key) in tested]
    return [t for i, t in enumerate(tracks) if i % 3 != 2], list(tracks[2::3])
