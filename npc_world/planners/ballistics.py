"""Throwing: lead a moving target, land on a spot, play off a wall.

Closed forms under gravity and drag give the first guess; `shots` plays candidates through a ball model, so walls count.
For a `BallModel` the world is `ball.world`, the physics `ball.row` and the scheme `ball.scheme`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.arguments import pair_of, positive
from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast
from npc_world.models.ball_world import BallWorld, rolled_law

__all__ = ["Shot", "aim", "launch_to_land", "shots"]

Floats = NDArray[np.float64]
_FAN = 240
"""Launch directions that are tried first."""
_NARROWED = 17
"""Directions in each narrower fan."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A throw and where it meets its target."""

    velocity_px_s: Floats
    """(2,) at the start."""
    point_px: Floats
    """(2,) of the ball when it is nearest to the target."""
    time_s: float
    miss_px: float
    """Distance between the centres then."""
    walls: tuple[int, ...] = ()
    """Obstacles it bounces off on the way, in order."""


def aim(origin: ArrayLike, speed_px_s: float, target: Forecast | ArrayLike, *, gravity_px_s2: ArrayLike = 0.0, damping: float = 1.0,
        horizon_s: float = 4.0, high: bool = False) -> Shot | None:
    """The throw of a given speed that meets the target in free flight soonest (or, with `high`, latest); None when out of range.

    target: a point, or a `Forecast`, of which the most probable hypothesis is led.  For each time of flight one launch velocity
    reaches the target; the times at which it has the right length are the solutions.  Walls are not looked at: see `shots`.
    """
    start, gravity = pair_of(origin, "origin"), _gravity(gravity_px_s2)
    positive(speed_px_s, "speed_px_s")
    times = np.linspace(0.0, positive(horizon_s, "horizon_s"), 481)[1:]
    goal = _track(target, times)
    reached, fallen = _flight(times, damping)
    needed = (goal - start - fallen[:, None] * gravity) / reached[:, None]
    excess = np.hypot(needed[:, 0], needed[:, 1]) - speed_px_s
    crossings = np.flatnonzero((excess[:-1] > 0.0) != (excess[1:] > 0.0))
    if len(crossings) == 0:
        return None
    n = int(crossings[-1] if high else crossings[0])
    low, upper = float(times[n]), float(times[n + 1])
    rising = bool(excess[n + 1] > 0.0)
    for _ in range(40):
        middle = 0.5 * (low + upper)
        velocity, point = _needed(start, gravity, target, middle, damping)
        if (math.hypot(*velocity) > speed_px_s) == rising:
            upper = middle
        else:
            low = middle
    velocity, point = _needed(start, gravity, target, 0.5 * (low + upper), damping)
    velocity = velocity * (speed_px_s / max(math.hypot(*velocity), 1e-300))
    return Shot(velocity, point, 0.5 * (low + upper), 0.0)


def launch_to_land(origin: ArrayLike, landing: ArrayLike, *, gravity_px_s2: ArrayLike, damping: float = 1.0, time_s: float | None = None) -> Shot:
    """The throw that comes down on `landing` after `time_s`, or, when None, the one of least speed.

    Without gravity the least speed would be none at all: a time must then be given.
    """
    start, goal, gravity = pair_of(origin, "origin"), pair_of(landing, "landing"), _gravity(gravity_px_s2)
    if time_s is None:
        pull, distance = math.hypot(*gravity), math.hypot(*(goal - start))
        if pull == 0.0:
            raise BadInputError(f"gravity_px_s2={gravity_px_s2!r}: zero, so time_s must be given")
        best = max(math.sqrt(2.0 * distance / pull), 1e-6)  # exact without drag: |d| = g t² / 2
        for width in (0.6, 0.1, 0.02, 0.004):
            tries = best * np.linspace(1.0 - width, 1.0 + width, 41)
            best = float(tries[int(np.argmin([math.hypot(*_needed(start, gravity, goal, float(t), damping)[0]) for t in tries]))])
        time_s = best
    positive(time_s, "time_s")
    velocity, point = _needed(start, gravity, goal, time_s, damping)
    return Shot(velocity, point, time_s, 0.0)


def shots(world: BallWorld, physics: ArrayLike, origin: ArrayLike, speed_px_s: float, target: Forecast | ArrayLike, *, horizon_s: float = 2.0,
          step_s: float = 1.0 / 60.0, bounces: int = 1, tolerance_px: float | None = None, scheme: str | None = None) -> list[Shot]:
    """Throws of one speed that hit the target, straight or after at most `bounces` walls, best first, played through the model.

    world, physics, scheme: of a `BallModel` its `world`, `row` and `scheme` (Chipmunk's way when None).
    A fan of directions is rolled, each local minimum of the miss is narrowed.  A throw counts when the ball comes within
    `tolerance_px` of the target (its own radius when None).  Contacts with the target itself are not modelled.
    """
    way = scheme or "chipmunk"
    start, law = pair_of(origin, "origin"), rolled_law(world, physics, way)
    positive(speed_px_s, "speed_px_s")
    if not (isinstance(bounces, (int, np.integer)) and bounces >= 0):
        raise BadInputError(f"bounces={bounces!r}: expected zero or more")
    near = world.radius_px if tolerance_px is None else positive(tolerance_px, "tolerance_px")
    steps = max(1, round(positive(horizon_s, "horizon_s") / positive(step_s, "step_s")))
    goal = _track(target, np.arange(1, steps + 1, dtype=np.float64) * step_s)
    angles = np.linspace(-math.pi, math.pi, _FAN, endpoint=False)
    miss = _play(world, law, start, speed_px_s, angles, goal, step_s, bounces, way)[0]
    minima = np.flatnonzero((miss <= np.roll(miss, 1)) & (miss <= np.roll(miss, -1)))
    found: list[Shot] = []
    for n in minima[np.argsort(miss[minima])][:12]:
        centre, width = float(angles[n]), 2.0 * math.pi / _FAN
        for _ in range(6):
            fan = centre + width * np.linspace(-1.0, 1.0, _NARROWED)
            centre = float(fan[int(np.argmin(_play(world, law, start, speed_px_s, fan, goal, step_s, bounces, way)[0]))])
            width *= 0.25
        missed, when, where, walls = _play(world, law, start, speed_px_s, np.array([centre]), goal, step_s, bounces, way)
        if missed[0] <= near:
            velocity = speed_px_s * np.array([math.cos(centre), math.sin(centre)])
            found.append(Shot(velocity, where[0], float(when[0]), float(missed[0]), walls[0]))
    return sorted(found, key=lambda s: (len(s.walls), s.time_s))


def _play(world: BallWorld, law: Floats, start: Floats, speed: float, angles: Floats, goal: Floats, step_s: float, bounces: int,
          scheme: str) -> tuple[Floats, Floats, Floats, list[tuple[int, ...]]]:
    """Per direction: least distance to the goal before the bounce after the last permitted one, its time, place, and the walls."""
    states = np.zeros((len(angles), 5))
    states[:, 0:2], states[:, 2], states[:, 3] = start, speed * np.cos(angles), speed * np.sin(angles)
    rolls = world.roll(states, law, step_s, len(goal), scheme=scheme, contacts=bounces + 1)
    paths = rolls.paths_px
    before, move = paths[:, :-1], np.diff(paths, axis=1)
    lead = np.diff(np.vstack([goal[:1], goal]), axis=0)  # the goal moves within the step too
    gap, drift = goal - lead - before, move - lead
    share = np.clip((gap * drift).sum(axis=2) / np.maximum((drift * drift).sum(axis=2), 1e-300), 0.0, 1.0)
    away = np.linalg.norm(gap - share[:, :, None] * drift, axis=2)
    over = step_s * np.arange(1, len(goal) + 1) > rolls.contacts[:, -1, 0, None] + 1e-9
    away[over] = np.inf
    nearest = np.argmin(away, axis=1)
    rows = np.arange(len(angles))
    when = (nearest + share[rows, nearest]) * step_s
    where = before[rows, nearest] + share[rows, nearest, None] * move[rows, nearest]
    walls = [tuple(int(o) for t, _x, _y, o in c if t < w) for c, w in zip(rolls.contacts, when, strict=True)]
    return away[rows, nearest], when, where, walls


def _flight(times: Floats, damping: float) -> tuple[Floats, Floats]:
    """What one px/s of launch speed, and one px/s² of gravity, have moved the ball after each time."""
    if not 0.0 < damping <= 1.0:
        raise BadInputError(f"damping={damping!r}: expected the share of speed kept after one second, in (0, 1]")
    drag = -math.log(damping)
    if drag < 1e-9:
        return times, 0.5 * times * times
    reached = -np.expm1(-drag * times) / drag
    return reached, (times - reached) / drag


def _needed(start: Floats, gravity: Floats, target: Forecast | ArrayLike, time_s: float, damping: float) -> tuple[Floats, Floats]:
    """(velocity (2,), point (2,)): the launch that meets the target after time_s."""
    times = np.array([time_s])
    point = _track(target, times)[0]
    reached, fallen = _flight(times, damping)
    return (point - start - fallen[0] * gravity) / reached[0], point


def _track(target: Forecast | ArrayLike, times: Floats) -> Floats:
    """(n, 2) where the target is at each time: of a forecast its most probable hypothesis, before its first step held there."""
    if isinstance(target, Forecast):
        path = target.best()
        early = path[0] - (path[1] - path[0]) * target.times_s[0] / (target.times_s[1] - target.times_s[0]) if len(path) > 1 else path[0]
        knots, places = np.concatenate([[0.0], target.times_s]), np.vstack([early, path])
        return np.stack([np.interp(times, knots, places[:, axis]) for axis in range(2)], axis=1)
    return np.tile(pair_of(target, "target"), (len(times), 1))


def _gravity(value: ArrayLike) -> Floats:
    try:
        pull = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        pull = np.empty(0)
    if pull.shape not in ((), (2,)) or not np.isfinite(pull).all():
        raise BadInputError(f"gravity_px_s2={value!r}: expected px/s² downwards, or (x, y)")
    return np.array([0.0, float(pull)]) if pull.shape == () else pull
