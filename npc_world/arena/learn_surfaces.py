"""What recordings of a body that was told how to move say of the surfaces it moved on, for `npc-world learn`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from npc_world.learning.recording import Chunk, Recording
from npc_world.learning.surface_learning import SurfaceLearner, SurfaceLearning
from npc_world.models.surfaces import Surface
from npc_world.models.top_down import step_top_down

__all__ = ["Stretch", "SurfaceFound", "commanded_bodies", "learn_surfaces", "stretches_of", "surface_lines", "unrolled"]

Floats = NDArray[np.float64]
_BLOCK_S, _HELD_OUT = 2.0, 5
"""Every fifth stretch of at most two seconds on a surface is held out, the third first: of five there is one."""
_AHEAD_S, _SHORTEST_S, _SEEN = 1.0, 0.6, 8
"""A held-out stretch is foreseen from its first sightings for one second, or as long as it goes on; shorter ones are not held out."""
_MOST_HELD_OUT = 200
"""Stretches per surface that are kept for that, drawn evenly."""
_GAP_S = 0.25
_SHOWN = 12
_OFFLINE = SurfaceLearning(drift_per_s=0.002, forget_s=1e9)
"""What is not trodden for a while is not forgotten in a recording."""


@dataclass(frozen=True, slots=True)
class SurfaceFound:
    """One surface."""

    surface: Surface
    """Values and deviations as learned."""
    seconds: float
    """Of motion on it that was learned from."""
    held_out: int
    """Stretches on it that were not, and foreseen."""
    error: float
    """Median error of those, up to one second ahead, as a share of the way at top speed; NaN when there were none."""
    error_before: float
    """The same with what its name promises."""
    shown: tuple[Stretch, ...] = ()
    """The held-out stretches, the first few."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Of one body on one surface, without a gap."""

    times_s: Floats
    """(L,)."""
    positions_px: Floats
    commanded_px_s: Floats
    """(L, 2)."""
    surface: str
    goes_on: bool
    """It follows the stretch before it at once, on the same surface."""


def commanded_bodies(recordings: Iterable[Recording]) -> dict[str, tuple[int, float]]:
    """Bodies that were told how to move: name → (frames, highest speed asked for, px/s)."""
    found: dict[str, tuple[int, float]] = {}
    for recording in recordings:
        for chunk in recording.chunks():
            for name, wishes in chunk.commanded_px_s.items():
                asked = wishes[np.isfinite(wishes).all(axis=1)]
                count, top = found.get(name, (0, 0.0))
                found[name] = count + len(asked), max(top, float(np.hypot(*asked.T).max(initial=0.0)))
    return found


def learn_surfaces(recordings: Iterable[Recording], body: str, top_speed_px_s: float, acceleration_px_s2: float = 0.0, seed: int = 0,
                   most_frames: int | None = None) -> dict[str, SurfaceFound]:
    """Name → what was found, in one pass; memory holds a chunk and the held-out stretches.

    acceleration_px_s2: the body's own limit; 0 for one that has the velocity it asks for at once, whose grip then stays unknown.
    Where a surface changed while it was recorded, what held last is learned.  most_frames: read no more.
    """
    rng = np.random.default_rng(seed)
    learner = SurfaceLearner(_OFFLINE, {})
    held: dict[str, list[Stretch]] = {}
    seconds: dict[str, float] = {}
    numbers: dict[str, int] = {}
    frames, shift_s, last_s = 0, 0.0, 0.0
    for recording in recordings:
        shift_s = last_s + 1.0  # one clock for all of them
        for stretch in stretches_of(recording, body):
            name, frames = stretch.surface, frames + len(stretch.times_s)
            if most_frames is not None and frames > most_frames:
                break
            if not stretch.goes_on:
                learner.forget_motion()
            last_s = shift_s + float(stretch.times_s[-1])
            if len(stretch.times_s) > _SEEN + 2 and stretch.times_s[-1] - stretch.times_s[_SEEN] >= _SHORTEST_S:
                numbers[name] = numbers.get(name, 0) + 1
                if numbers[name] % _HELD_OUT == _HELD_OUT // 2 + 1:
                    learner.forget_motion()
                    kept = held.setdefault(name, [])
                    place = len(kept) if len(kept) < _MOST_HELD_OUT else int(rng.integers(numbers[name] // _HELD_OUT + 1))
                    if place < _MOST_HELD_OUT:
                        kept[place : place + 1] = [stretch]
                    continue
            for t, at, wish in zip(stretch.times_s.tolist(), stretch.positions_px, stretch.commanded_px_s, strict=True):
                learner.learn(shift_s + t, at, name, wish, top_speed_px_s, acceleration_px_s2)
            seconds[name] = seconds.get(name, 0.0) + float(stretch.times_s[-1] - stretch.times_s[0])
    found, promised = {}, SurfaceLearner(SurfaceLearning(), {})
    for name, spent in seconds.items():
        both = [[_error(s, who.belief(name), top_speed_px_s, acceleration_px_s2) for s in held.get(name, [])] for who in (learner, promised)]
        after, before = (float(np.median(e)) if e else float("nan") for e in both)
        found[name] = SurfaceFound(learner.belief(name), spent, len(both[0]), after, before, tuple(held.get(name, [])[:_SHOWN]))
    return found


def surface_lines(found: dict[str, SurfaceFound], grip_known: bool) -> list[str]:
    """A line per surface, for people."""
    lines = []
    for name, one in found.items():
        s = one.surface
        grip = f", grip {s.grip:.3g} ± {s.grip_sd:.2g}" if grip_known else ""
        error = (f"held out, {one.held_out} stretch{'es' if one.held_out > 1 else ''}, up to 1 s ahead: off by {one.error:.1%} of the way at top speed, "
                 f"{one.error_before:.1%} by its name"
                 if one.held_out else "nothing was held out")
        lines.append(f"{name}: {one.seconds:.0f} s, speed factor {s.speed_factor:.3f} ± {s.speed_factor_sd:.2g}{grip}, "
                     f"push ({s.push_x:+.3f}, {s.push_y:+.3f}) ± {s.push_sd:.2g}; {error}")
    return lines


def stretches_of(recording: Recording, body: str) -> Iterator[Stretch]:
    """Those of one body in a recording."""
    return _stretches(recording.chunks(), body)


def _stretches(chunks: Iterable[Chunk], body: str) -> Iterator[Stretch]:
    """Frames of one body in which it was seen and told how to move, cut where surface or run change, at gaps and every two seconds."""
    last: tuple[float, int, str] | None = None
    for chunk in chunks:
        if body not in chunk.commanded_px_s:
            continue
        wishes, places = chunk.commanded_px_s[body], chunk.positions_px[body]
        known = np.flatnonzero(np.isfinite(wishes).all(axis=1) & np.isfinite(places).all(axis=1))
        if not len(known):
            continue
        times, runs, names = chunk.times_s[known], chunk.runs[body][known], chunk.surfaces[body][known]
        fresh = (np.diff(times, prepend=times[0]) > _GAP_S) | (np.diff(runs, prepend=runs[0]) != 0)
        fresh[1:] |= names[1:] != names[:-1]
        fresh[0] = last is None or times[0] - last[0] > _GAP_S or (int(runs[0]), str(names[0])) != last[1:]
        starts = fresh | (np.diff(times // _BLOCK_S, prepend=times[0] // _BLOCK_S) != 0.0)
        starts[0] = True
        for start, stop in pairwise([*np.flatnonzero(starts).tolist(), len(times)]):
            rows = known[start:stop]
            yield Stretch(times[start:stop], places[rows], wishes[rows], str(names[start]), not fresh[start])
        last = float(times[-1]), int(runs[-1]), str(names[-1])


def unrolled(stretch: Stretch, surface: Surface, speed: float, acceleration: float) -> tuple[Floats, Floats]:
    """(n, 2) where the body would have been on such a surface after its first sightings, the first where it was, and (n, 2) where it was."""
    t, seen, wish = stretch.times_s, stretch.positions_px, stretch.commanded_px_s
    begin = min(_SEEN, len(t) - 2)
    end = min(len(t) - 1, int(np.searchsorted(t, t[begin] + _AHEAD_S)))
    half = max(1, begin // 2)  # where it obeys at once its velocity does not matter; where not, the newest is nearest
    vx, vy = (seen[begin] - seen[begin - half]) / (t[begin] - t[begin - half])
    x, y = seen[begin]
    path = [(x, y)]
    for k in range(begin + 1, end + 1):
        x, y, vx, vy = step_top_down(x, y, vx, vy, wish[k, 0], wish[k, 1], t[k] - t[k - 1], acceleration, surface.speed_factor, surface.grip,
                                     surface.push_x * speed, surface.push_y * speed)
        path.append((x, y))
    return np.array(path), seen[begin : end + 1]


def _error(stretch: Stretch, surface: Surface, speed: float, acceleration: float) -> float:
    """How far off the body would be at the end of `unrolled`, as a share of the way at top speed."""
    path, seen = unrolled(stretch, surface, speed, acceleration)
    begin = min(_SEEN, len(stretch.times_s) - 2)
    ahead_s = float(stretch.times_s[begin + len(seen) - 1] - stretch.times_s[begin])
    return float(np.hypot(*(path[-1] - seen[-1]))) / (speed * ahead_s)
