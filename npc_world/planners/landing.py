"""A throw or kick of limited power that comes down on a wanted spot, over walls and, when asked, off them.

A grid of directions and speeds is played through the ball model, so whatever stands in the way counts; the best are narrowed.
Assumes the laws as given: for a ball that is still being learned, ask with several of its laws and take what lands most often.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.arguments import pair_of, positive
from npc_world.core.errors import BadInputError
from npc_world.models.ball_world import BallWorld, rolled_law
from npc_world.planners.ballistics import Shot

__all__ = ["throw_to"]

Floats = NDArray[np.float64]
_DIRECTIONS, _SPEEDS = 180, 14
_NARROWED = 5
"""The best throws of the grid that are narrowed."""


def throw_to(world: BallWorld, physics: ArrayLike, origin: ArrayLike, landing: ArrayLike, speed_px_s: tuple[float, float], *, bounces: int = 0,
             angles_rad: tuple[float, float] = (-math.pi, math.pi), tolerance_px: float | None = None, horizon_s: float = 4.0,
             step_s: float = 1.0 / 60.0, scheme: str | None = None) -> Shot | None:
    """The slowest throw whose touch number `bounces` + 1 is on `landing`; None when no permitted throw comes down there.

    world, physics, scheme: of a `BallModel` its `world`, `row` and `scheme` (Chipmunk's way when None).  landing: where the ball touches (a point on a surface).  speed_px_s: least and most.
    angles_rad: permitted directions, y down, such as (-1.2, 0) for throws up to the right.  tolerance_px: the ball's radius when None.
    """
    start, goal = pair_of(origin, "origin"), pair_of(landing, "landing")
    low, high = (float(v) for v in speed_px_s)
    if not (math.isfinite(high) and 0.0 < low <= high):
        raise BadInputError(f"speed_px_s={speed_px_s!r}: expected (least, most), above zero")
    if not angles_rad[0] < angles_rad[1]:
        raise BadInputError(f"angles_rad={angles_rad!r}: expected (from, to)")
    if bounces < 0:
        raise BadInputError(f"bounces={bounces!r}: expected zero or more")
    near = world.radius_px if tolerance_px is None else positive(tolerance_px, "tolerance_px")
    way = scheme or "chipmunk"
    law, steps = rolled_law(world, physics, way), max(1, round(positive(horizon_s, "horizon_s") / positive(step_s, "step_s")))
    first = world.edges[world.obstacles[:, 0]]
    thick = np.append(np.where(first[:, 2:4].any(axis=1), first[:, 5], 0.0), 0.0)  # a landing may be told on the line of a thick segment; a disc's is its radius

    def play(angles: Floats, speeds: Floats) -> tuple[Floats, Floats, list[tuple[int, ...]]]:
        states = np.zeros((len(angles), 5))
        states[:, :2], states[:, 2], states[:, 3] = start, speeds * np.cos(angles), speeds * np.sin(angles)
        contacts = world.roll(states, law, step_s, steps, scheme=way, contacts=bounces + 1).contacts
        touch = contacts[:, bounces]
        reach = world.radius_px + thick[np.where(np.isfinite(touch[:, 3]), touch[:, 3], -1).astype(int)]
        with np.errstate(invalid="ignore"):
            miss = np.maximum(0.0, np.hypot(touch[:, 1] - goal[0], touch[:, 2] - goal[1]) - reach)
            side = np.abs(touch[:, 1] - goal[0])
        return np.where(np.isfinite(touch[:, 0]), np.maximum(miss, side), np.inf), touch[:, 0], [tuple(int(o) for o in c[:bounces, 3] if math.isfinite(o)) for c in contacts]

    angles, speeds = (grid.ravel() for grid in np.meshgrid(np.linspace(*angles_rad, _DIRECTIONS), np.linspace(low, high, _SPEEDS)))
    miss = play(angles, speeds)[0]
    best: Shot | None = None
    for n in np.lexsort((speeds, np.round(miss / (2.0 * near))))[:_NARROWED]:
        if not math.isfinite(miss[n]):
            continue
        angle, speed = float(angles[n]), float(speeds[n])
        wide = np.array([(angles_rad[1] - angles_rad[0]) / _DIRECTIONS, (high - low) / _SPEEDS])
        for _ in range(7):
            fan = np.array([(angle + a * wide[0], speed + v * wide[1]) for a in np.linspace(-1, 1, 7) for v in np.linspace(-1, 1, 5)])
            fan = np.clip(fan, (angles_rad[0], low), (angles_rad[1], high))
            angle, speed = (float(v) for v in fan[int(np.argmin(play(fan[:, 0], fan[:, 1])[0]))])
            wide *= 0.4
        missed, when, walls = play(np.array([angle]), np.array([speed]))
        if missed[0] <= near and (best is None or speed < math.hypot(*best.velocity_px_s)):
            best = Shot(speed * np.array([math.cos(angle), math.sin(angle)]), goal.copy(), float(when[0]), float(missed[0]), walls[0])
    return best
