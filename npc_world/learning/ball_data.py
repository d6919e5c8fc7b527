"""Watched throws: checked, put on the engine's clock, with a guess of how exactly they were seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.errors import BadInputError
from npc_world.models.ball_world import BallWorld

__all__ = ["Throw", "check_outside", "check_within", "frame_of", "noise_of", "read_throw", "read_throws"]

Floats = NDArray[np.float64]
_SNAP = 0.02
"""A sighting this close to an engine step, in steps, counts as on it."""
_LONGEST_FRAMES = 100_000
"""A throw that lasts longer than so many of its shortest frames is none: the ball rests, or nobody said where the next throw begins."""
_FARTHEST = 1e6
"""Farther than so many radii is no place in a game, and no number to reckon with."""


@dataclass(frozen=True, slots=True)
class Throw:
    """One ball in flight, seen L times."""

    times_s: Floats
    """(L,) increasing."""
    seen_px: Floats
    """(L, 2)."""

    def steps(self, step_s: float) -> Floats:
        """(L,) engine steps since the first sighting; whole where the clock agrees."""
        at = (self.times_s - self.times_s[0]) / step_s
        near = np.round(at)
        return np.asarray(np.where(np.abs(at - near) < _SNAP, near, at), np.float64)

    def part(self, start: int, stop: int) -> Throw:
        return Throw(self.times_s[start:stop], self.seen_px[start:stop])


def read_throw(trajectory: Any, world: BallWorld, name: str = "trajectory", step_s: float | None = None) -> Throw:
    """A `Throw` from (times (L,), positions (L, 2)) or rows (L, 3) of time, x, y.

    Raises `BadInputError` for other shapes, NaN, times that do not increase, a single point, and a ball that starts inside a
    wall (more than half a radius deep: less is how engines and rounded positions look).
    """
    try:
        if isinstance(trajectory, (tuple, list)) and len(trajectory) == 2 and np.ndim(trajectory[0]) == 1 and np.ndim(trajectory[1]) == 2:
            times, seen = np.asarray(trajectory[0], np.float64), np.asarray(trajectory[1], np.float64)
        else:
            rows = np.asarray(trajectory, np.float64)
            if rows.ndim != 2 or rows.shape[1] != 3:
                raise BadInputError(f"{name} has shape {rows.shape}: expected (times (L,), positions (L, 2)) or (L, 3)")
            times, seen = rows[:, 0], rows[:, 1:3]
    except (TypeError, ValueError) as error:
        raise error if isinstance(error, BadInputError) else BadInputError(f"{name}={type(trajectory).__name__}: {error}") from None
    if seen.shape != (len(times), 2):
        raise BadInputError(f"{name}: {len(times)} times with positions of shape {seen.shape}")
    if len(times) < 2:
        raise BadInputError(f"{name} has {len(times)} point(s): a throw needs at least 2")
    bad = ~(np.isfinite(times) & np.isfinite(seen).all(axis=1))
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        raise BadInputError(f"{name}: row {at} is not finite: {times[at]}, {seen[at]}")
    if (np.diff(times) <= 0.0).any():
        at = int(np.flatnonzero(np.diff(times) <= 0.0)[0])
        raise BadInputError(f"{name}: time does not increase at row {at + 1}: {times[at]} s, then {times[at + 1]} s")
    check_within(float(times[-1] - times[0]), min(float(np.diff(times).min()), step_s or np.inf), float(np.abs(seen).max()), world, name)
    check_outside(seen[0], world, name)
    return Throw(times.copy(), seen.copy())


def check_within(lasts_s: float, frame_s: float, far_px: float, world: BallWorld, name: str) -> None:
    """Raise `BadInputError` for a throw that lasts too many frames of `frame_s` or a coordinate of `far_px` that is out of every game."""
    if lasts_s > _LONGEST_FRAMES * frame_s:
        raise BadInputError(f"{name} lasts {lasts_s:g} s in frames of {frame_s:g} s: expected at most {_LONGEST_FRAMES} frames, or a new throw after a pause")
    if far_px > _FARTHEST * world.radius_px:
        raise BadInputError(f"{name}: {far_px:g} px is more than {_FARTHEST:g} times the ball's radius away")


def check_outside(point: ArrayLike, world: BallWorld, name: str) -> None:
    """Raise `BadInputError` when a ball at `point` (2,) would begin inside a wall."""
    gap = float(world.clearances_px(point)[0])
    if gap < -0.5 * world.radius_px:
        x, y = (float(v) for v in np.asarray(point, np.float64))
        raise BadInputError(f"{name}: the ball starts inside a wall at ({x:g}, {y:g}): {-gap:.3g} px deep, radius {world.radius_px:g}")


def read_throws(trajectories: Iterable[Any], world: BallWorld, step_s: float | None = None) -> list[Throw]:
    """All of them, or `BadInputError` naming the first bad one.  step_s: the engine's, when it is known."""
    if isinstance(trajectories, np.ndarray) and trajectories.ndim == 2:
        trajectories = [trajectories]
    if not isinstance(trajectories, Iterable):
        raise BadInputError(f"trajectories={trajectories!r}: expected throws, each (times (L,), positions (L, 2)) or (L, 3)")
    return [read_throw(item, world, f"trajectories[{n}]", step_s) for n, item in enumerate(trajectories)]


def frame_of(throws: list[Throw]) -> float:
    """Seconds between two frames: the commonest gap of the clock, refined over the whole throws."""
    gaps = np.concatenate([np.diff(t.times_s) for t in throws])
    short = float(np.median(gaps[gaps < 1.5 * gaps.min()]))
    spans = np.array([t.times_s[-1] - t.times_s[0] for t in throws])
    counts = np.maximum(1.0, np.round(spans / short))
    return float(spans.sum() / counts.sum())


def noise_of(throws: list[Throw]) -> tuple[float, float]:
    """(standard deviation px, rounding step px) of the sightings.

    Whole numbers throughout mean rounding to pixels.  Otherwise third differences, free of smooth motion; too large for nearly
    exact sightings, where the fit's own residuals take over.
    """
    seen = np.concatenate([t.seen_px for t in throws])
    if len(seen) >= 4 and (seen == np.round(seen)).all():
        return 1.0 / np.sqrt(12.0), 1.0
    thirds = [np.diff(t.seen_px, n=3, axis=0).ravel() for t in throws if len(t.times_s) >= 8]
    if not thirds:
        return 0.0, 0.0
    return float(np.median(np.abs(np.concatenate(thirds))) / (0.6745 * np.sqrt(20.0))), 0.0
