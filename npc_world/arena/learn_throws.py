"""Throws drawn from recordings of any length: those that a ball's physics can be learned from, and why the others cannot."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from npc_world.arena.progress import Progress
from npc_world.core.errors import BadInputError
from npc_world.learning.ball_data import check_outside
from npc_world.learning.recording import Recording, Run
from npc_world.models.ball_world import BallWorld

__all__ = ["SHORTEST", "Sample", "geometry_of", "sample_throws"]

_LONGEST, SHORTEST = 240, 30
"""Sightings of a throw that are used; a longer run is several throws."""


@dataclass(slots=True)
class Sample:
    """Throws drawn evenly from all of a recording, in their order."""

    throws: list[Run] = field(default_factory=list)
    frames: int = 0
    """In which the body was seen."""
    found: int = 0
    """Throws in the recording."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Why, and how many."""


def sample_throws(recordings: list[Recording], body: str, most: int, seed: int, radius_px: float | None = None) -> Sample:
    """At most `most` throws of a body, each as likely to be among them (Vitter's algorithm R, 1985): memory holds no more than these."""
    rng = np.random.default_rng(seed)
    sample = Sample()
    kept: list[tuple[int, Run]] = []
    worlds: dict[int, BallWorld] = {}
    bar = Progress(sum(_chunk_count(r) for r in recordings), "reading")
    for recording in recordings:
        for run in _watched(recording, body, bar):
            sample.frames += len(run.times_s)
            reason = _unfit(run, worlds, radius_px)
            if reason is not None:
                sample.left_out[reason] = sample.left_out.get(reason, 0) + 1
                continue
            if len(kept) < most:
                kept.append((sample.found, run))
            else:
                place = int(rng.integers(sample.found + 1))
                if place < most:
                    kept[place] = (sample.found, run)
            sample.found += 1
    bar.close()
    sample.throws = [run for _, run in sorted(kept, key=lambda item: item[0])]
    return sample


def geometry_of(run: Run, radius_px: float | None) -> dict[str, Any]:
    """Arguments for `BallWorld.build`: as recorded, else an empty world for a ball of `radius_px`."""
    if run.world is not None:
        return run.world
    if radius_px is None:
        raise BadInputError("the recording does not say what the ball may touch (Recorder.world): give at least its --radius")
    return {"segments": [], "radius_px": radius_px}


def _watched(recording: Recording, body: str, bar: Progress) -> Iterator[Run]:
    """The body's runs, the long ones in pieces, while the bar goes on with the chunks."""
    chunks = recording.chunks

    def counted() -> Iterator[Any]:
        for chunk in chunks():
            bar.advance()
            yield chunk

    yield from recording.runs(body, longest=_LONGEST, chunks=counted())


def _unfit(run: Run, worlds: dict[int, BallWorld], radius_px: float | None) -> str | None:
    if len(run.times_s) < SHORTEST:
        return f"shorter than {SHORTEST} sightings"
    key = id(run.world)
    if key not in worlds:
        worlds.clear()  # one at a time: memory stays flat however often it changes
        worlds[key] = BallWorld.build(**geometry_of(run, radius_px))
    try:
        check_outside(run.positions_px[0], worlds[key], "run")
    except BadInputError:
        return "begins inside a wall"
    if float(np.ptp(run.positions_px, axis=0).max()) < worlds[key].radius_px:
        return "hardly moves"
    return None


def _chunk_count(recording: Recording) -> int:
    if not recording.finished:
        return 1
    with zipfile.ZipFile(recording.path) as archive:
        return sum(name.startswith("frames") for name in archive.namelist())
