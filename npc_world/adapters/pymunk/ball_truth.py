"""Pymunk as the truth that a ball model is measured against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymunk
from numpy.typing import NDArray

__all__ = ["throw_ball"]


def throw_ball(world: Any, start: NDArray[np.float64], steps: int, step_s: float,
               push: Callable[[float, float, float, float], tuple[float, float]] | None = None) -> NDArray[np.float64]:
    """(steps + 1, 2) centres of a ball thrown from `start` (x, y, vx, vy, spin) in a world as `npc_world.arena.bench_balls` makes.

    The ball's own elasticity and friction are 1, so that the products are those of the walls.  push: what acts beside gravity, from x, y,
    vx, vy to an acceleration px/s², held for a step.
    """
    space = pymunk.Space()
    space.gravity = (0.0, world.gravity_px_s2)
    space.damping = world.damping
    for (x0, y0, x1, y1), kind in zip(world.segments, world.material, strict=True):
        wall = pymunk.Segment(space.static_body, (x0, y0), (x1, y1), world.thickness_px)
        wall.elasticity, wall.friction = float(world.restitution[kind]), float(world.friction[kind])
        space.add(wall)
    body = pymunk.Body(1.0, pymunk.moment_for_circle(1.0, 0.0, world.radius_px))
    disc = pymunk.Circle(body, world.radius_px)
    disc.elasticity = disc.friction = 1.0
    body.position, body.velocity, body.angular_velocity = (start[0], start[1]), (start[2], start[3]), float(start[4])
    space.add(body, disc)
    path = [body.position]
    for _ in range(steps):
        if push is not None:
            body.force = push(*body.position, *body.velocity)  # of mass 1
        space.step(step_s)
        path.append(body.position)
    return np.array(path)
