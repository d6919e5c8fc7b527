"""Recorded tracks out of npz files, for the protocols in which something is fitted first.

Either a row per track (K tracks): xyz (N, 2 or 3), start (K + 1,) row offsets, dt (K,) s per row, and optionally
player (K,), session (K,) and split (K,); or a row per position: positions (N, 2 or 3), times (N,) s, player (N,), and optionally
session (N,) and split (N,), cut into tracks where one of these changes or time leaps.  split: "train" or "test".
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError

__all__ = ["Recorded", "read_recorded", "split_of"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One track: points (L, 2) every dt_s."""

    points: Floats
    dt_s: float
    player: str = ""
    session: str = ""
    split: str = ""


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
    xyz, start, dt = np.asarray(arrays["xyz"], np.float64), np.asarray(arrays["start"], np.int64), np.asarray(arrays["dt"], np.float64)
    count = len(start) - 1
    names = {name: np.broadcast_to(arrays.get(name, np.array("")), count).astype(str) for name in ("player", "session", "split")}
    return [Recorded(np.ascontiguousarray(xyz[start[k]:start[k + 1], :2]), float(dt[k]), names["player"][k], names["session"][k], names["split"][k])
            for k in range(count)]


def _by_row(arrays: dict[str, NDArray[np.generic]]) -> list[Recorded]:
    points, times = np.asarray(arrays["positions"], np.float64), np.asarray(arrays["times"], np.float64)
    player = arrays["player"].astype(str)
    session, split = (np.broadcast_to(arrays.get(name, np.array("")), len(times)).astype(str) for name in ("session", "split"))
    order = np.lexsort((times, player, session))
    points, times, player, session, split = points[order], times[order], player[order], session[order], split[order]
    steps = np.diff(times)
    same = (player[1:] == player[:-1]) & (session[1:] == session[:-1]) & (split[1:] == split[:-1]) & (steps > 0.0)
    if not same.any():
        return []
    step_s = float(np.median(steps[same]))
    cuts = np.flatnonzero(~(same & (steps < 1.5 * step_s))) + 1
    out = []
    for rows in np.split(np.arange(len(times)), cuts):
        k = int(rows[0])
        out.append(Recorded(np.ascontiguousarray(points[rows, :2]), step_s, player[k], session[k], split[k]))
    return out


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
