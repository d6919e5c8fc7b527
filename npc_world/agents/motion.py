"""An NPC's own motion, from where it finds itself frame by frame."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.records import Observation

__all__ = ["OwnMotion"]

Floats = NDArray[np.float64]
_MEMORY_S = 0.05


class OwnMotion:
    """Velocity smoothed over about three frames, so that whole-pixel moves do not read as jerks; jumps are noticed."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget where it was."""
        self.velocity: tuple[float, float] = (0.0, 0.0)
        """px/s"""
        self.moved: tuple[float, float] = (0.0, 0.0)
        """px since the last frame"""
        self.jumped = False
        self.position_px: Floats | None = None
        self._at = 0.0, 0.0
        self._fastest = 0.0
        self._share_of = 0.0, 0.0
        """A frame's length, and what the newest velocity then counts."""

    @property
    def velocity_px_s(self) -> Floats:
        """(2,)"""
        return np.array(self.velocity)

    def observe(self, now: Observation) -> None:
        """One frame.  A jump of more than a body length, ten times as far as it ever moved in that time, is a teleport."""
        last, self.position_px, self.jumped = self.position_px, now.position_px, False
        (last_x, last_y), (x, y) = self._at, now.position_px.tolist()
        self._at = x, y
        dt_s = now.dt_s
        if last is None or dt_s <= 0.0:
            self.moved = 0.0, 0.0
            return
        across, down = x - last_x, y - last_y
        distance = math.hypot(across, down)
        if distance > self._fastest * dt_s:  # else it cannot have jumped
            longest, speed = max(now.size_px), distance / dt_s
            if distance > 2.0 * longest and speed > 10.0 * max(self._fastest, longest):
                self.velocity = self.moved = 0.0, 0.0
                self.jumped = True
                return
            self._fastest = max(speed, self._fastest)
        self.moved = across, down
        if dt_s != self._share_of[0]:
            self._share_of = dt_s, 1.0 - math.exp(-dt_s / _MEMORY_S)
        share = self._share_of[1]
        vx, vy = self.velocity
        self.velocity = vx + share * (across / dt_s - vx), vy + share * (down / dt_s - vy)
