"""How well landings are foreseen by eyes that err by a pixel, beside what any estimator could reach from so few sightings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.bench_balls import (
    FRAME_S,
    BallRow,
    Engine,
    HiddenWorld,
    hidden_world,
    imagined_landings,
    landings,
    model_of,
    random_start,
)
from npc_world.learning.ball_model import BallModel
from npc_world.models.ball_world import BallWorld

__all__ = ["NoisyThrows", "landing_bound_px", "noisy_row", "noisy_throws"]

Floats = NDArray[np.float64]
_NUDGE = 1e-4
_LONGEST_FRAMES = 300


@dataclass(frozen=True, slots=True)
class NoisyThrows:
    """What was foreseen of many throws, against what came."""

    title: str
    misses_px: tuple[list[float], ...]
    """Of each throw's first four landings."""
    held: list[bool]
    """Whether a landing fell inside the 90 % interval."""
    free_px: list[tuple[float, float]]
    """Miss and bound of first landings out of free flight."""

    def row(self) -> BallRow:
        """Medians over all of them."""
        figures = {f"landing {k + 1} median px": float(np.median(m)) for k, m in enumerate(self.misses_px) if m}
        return BallRow(self.title, figures | {
            "landing 1 from free flight median px": float(np.median([miss for miss, _ in self.free_px])) if self.free_px else np.nan,
            "landing 1 from free flight bound px": _median_miss([bound for _, bound in self.free_px]),
            "in the 90% interval": float(np.mean(self.held)) if self.held else np.nan})

    def __add__(self, other: NoisyThrows) -> NoisyThrows:
        """Both together."""
        return NoisyThrows(f"{self.title}; {other.title}", tuple([*a, *b] for a, b in zip(self.misses_px, other.misses_px, strict=True)),
                           [*self.held, *other.held], [*self.free_px, *other.free_px])


def noisy_row(engine: Engine, seeds: range, *, told: bool = False, noise_px: float = 1.0, watched: int = 12, earlier: int = 5, throws: int = 8,
              shelves: int = 0, heights: tuple[float, float] = (50.0, 150.0)) -> BallRow:
    """Median horizontal error of the next four landings, and how often 90 % intervals hold, as `noisy_throws` says."""
    return noisy_throws(engine, seeds, told=told, noise_px=noise_px, watched=watched, earlier=earlier, throws=throws, shelves=shelves, heights=heights).row()


def noisy_throws(engine: Engine, seeds: range, *, told: bool = False, noise_px: float = 1.0, watched: int = 12, earlier: int = 5, throws: int = 8,
                 shelves: int = 0, heights: tuple[float, float] = (50.0, 150.0)) -> NoisyThrows:
    """Horizontal errors of the next four landings, and whether 90 % intervals hold.

    In each world `earlier` throws are watched whole, then `throws` others are foreseen from `watched` frames of each; several, because
    the median over 40 single throws differs by a fifth from seed to seed.  `told` knows the laws: the floor under what learning can
    reach; it rises with the time to the first landing, so with how high (`heights`, y px) the throws begin.  "bound": what the median
    error of the first landing would be for an unbiased estimator at the Cramér-Rao bound, told the laws; of throws that touch nothing
    before, because a bounce is a matter of whole frames, which the bound does not see.
    """
    misses: list[list[float]] = [[], [], [], []]
    held: list[bool] = []
    free: list[tuple[float, float]] = []
    times = np.arange(_LONGEST_FRAMES + 1, dtype=np.float64) * FRAME_S
    for seed in seeds:
        rng = np.random.default_rng(seed)
        world = hidden_world(rng, shelves)
        starts = [random_start(rng, heights) for _ in range(earlier + throws)]
        paths = [engine(world, start, _LONGEST_FRAMES, FRAME_S) for start in starts]
        seen = [p + rng.normal(0.0, noise_px, p.shape) for p in paths]
        model = model_of(world, told)
        model.fit([(times[:181], p[:181]) for p in seen[:earlier]])
        for start, path, sighted in list(zip(starts, paths, seen, strict=True))[earlier:]:
            guesses = _foreseen(world, model, told, times[:watched], np.asarray(sighted[:watched]))
            truth = landings(world, path[watched:], 4)
            if _falls_freely(world, path, watched):
                free.append((abs(float(np.nanmedian(guesses[:, 0])) - truth[0]), landing_bound_px(world, start, watched, noise_px)))
            for k in range(4):
                known = guesses[np.isfinite(guesses[:, k]), k]
                if np.isfinite(truth[k]) and len(known) >= 0.5 * len(guesses):
                    low, middle, high = np.quantile(known, (0.05, 0.5, 0.95))
                    misses[k].append(abs(middle - truth[k]))
                    held.append(bool(low <= truth[k] <= high))
    title = (f"{len(seeds)} worlds of {throws} throws, {noise_px:g} px noise, {watched} frames seen, from y {heights[0]:g} to {heights[1]:g}"
             f"{', laws told' if told else ''}")
    return NoisyThrows(title, tuple(misses), held, free)


def _foreseen(world: HiddenWorld, model: BallModel, told: bool, times: Floats, seen: Floats) -> Floats:
    """(n, 4) landings imagined by one who knows what `model` knows, and has seen this much of a throw."""
    watcher = model_of(world, told)
    watcher.restore(model.state())
    for time_s, place in zip(times, seen, strict=True):
        watcher.observe(float(time_s), place)
    return imagined_landings(watcher, 4.5, 4)


def _falls_freely(world: HiddenWorld, path: Floats, watched: int) -> bool:
    """Whether the first thing that the ball touches is the floor, and that after it was watched."""
    room = BallWorld.build(world.segments, world.radius_px, thickness_px=world.thickness_px)
    touching = np.flatnonzero(room.clearances_px(path) < 0.5)
    first = landings(world, path[watched:], 1)[0]
    return bool(len(touching) and np.isfinite(first) and touching[0] >= watched and path[touching[0], 1] > world.segments[1, 1] - 3.0 * world.radius_px
                and abs(path[touching[0], 0] - first) < world.radius_px)


def landing_bound_px(world: HiddenWorld, start: Floats, watched: int, noise_px: float) -> float:
    """Least standard deviation of an unbiased guess of x at the first landing after `watched` noisy frames, for who knows the laws and
    that the ball does not spin (Cramér 1946, Rao 1945); NaN when it does not land.

    From slopes of the exact integrator: a bounce before the landing happens in one frame or the next, which makes it harder than that.
    """
    room = BallWorld.build(world.segments, world.radius_px, thickness_px=world.thickness_px, material=world.material)
    law = np.concatenate([[0.0, world.gravity_px_s2, world.damping, 0.5], world.restitution, world.friction])
    starts = start + np.vstack([np.zeros(5), _NUDGE * np.eye(5)[:4]])
    paths = room.roll(starts, law, FRAME_S, _LONGEST_FRAMES, scheme="chipmunk").paths_px
    level = world.segments[1, 1] - world.thickness_px - world.radius_px
    crossed = [_crossing(path[watched:], level) for path in paths]
    if not np.isfinite(crossed).all():
        return math.nan
    slopes = (paths[1:, :watched] - paths[:1, :watched]).reshape(4, -1) / _NUDGE
    lever = (np.array(crossed[1:]) - crossed[0]) / _NUDGE
    return float(noise_px * np.sqrt(lever @ np.linalg.pinv(slopes @ slopes.T) @ lever))


def _crossing(path: Floats, level: float) -> float:
    """x where a path of frames first goes below `level`, between the frames."""
    below = np.flatnonzero((path[1:, 1] > level) & (path[:-1, 1] <= level))
    if not len(below):
        return math.nan
    n = int(below[0])
    share = (level - path[n, 1]) / (path[n + 1, 1] - path[n, 1])
    return float(path[n, 0] + share * (path[n + 1, 0] - path[n, 0]))


def _median_miss(deviations: list[float]) -> float:
    """Median size of errors that are normal, each with a deviation of its own: where half of them lie below, found by halving."""
    known = [d for d in deviations if math.isfinite(d)]
    if not known:
        return math.nan
    low, high = 0.0, 2.0 * max(known)
    for _ in range(60):
        middle = 0.5 * (low + high)
        below = sum(math.erf(middle / (max(d, 1e-12) * math.sqrt(2.0))) for d in known) / len(known)
        low, high = (middle, high) if below < 0.5 else (low, middle)
    return middle
