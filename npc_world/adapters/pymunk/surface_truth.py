"""Pymunk as the truth that learned surfaces are measured against."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymunk
from numpy.typing import NDArray

__all__ = ["walk_in_space"]

Floats = NDArray[np.float64]


def walk_in_space(laws: Any, wishes_px_s: Floats, step_s: float, speed_px_s: float, acceleration_px_s2: float) -> Floats:
    """(T + 1, 2) px where a body came that had wished for velocities (T, 2), over ground with a law (factor, grip, push x, push y) per frame.

    The usual way to let a body walk on a floor seen from above: a pivot joint ties it to a kinematic body that moves as
    wished, without correcting its place, and with no more force than the floor's friction gives.
    """
    space = pymunk.Space()
    body, feet = pymunk.Body(2.0, 5.0), pymunk.Body(body_type=pymunk.Body.KINEMATIC)
    disc = pymunk.Circle(body, 10.0)
    tie = pymunk.PivotJoint(feet, body, (0.0, 0.0), (0.0, 0.0))
    tie.max_bias = 0.0
    space.add(body, disc, feet, tie)
    path = [(0.0, 0.0)]
    for (factor, grip, push_x, push_y), (wish_x, wish_y) in zip(laws, wishes_px_s, strict=True):
        tie.max_force = float(grip * acceleration_px_s2 * body.mass) if acceleration_px_s2 > 0.0 else float("inf")
        feet.velocity = (float(factor * wish_x + push_x * speed_px_s), float(factor * wish_y + push_y * speed_px_s))
        feet.position = body.position
        space.step(step_s)
        path.append(tuple(body.position))
    return np.array(path)
