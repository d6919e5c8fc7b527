"""An NPC's own motion, from where it finds itself frame by frame."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.records import Observation

__all__ = ["OwnMotion"]

Floats = NDArray[np.float64]
_MEMORY_S = 0.05
_NOTHING = np.zeros(2)
_NOTHING.flags.writeable = False


class OwnMotion:
    """Velocity smoothed over about three frames, so that whole-pixel moves do not read as jerks; jumps are noticed."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget where it was."""
        self.velocity_px_s: Floats = _NOTHING
        self.moved_px: Floats = _NOTHING
        self.jumped = False
        self.position_px: Floats | None = None
        self._at, self._velocity = (0.0, 0.0), (0.0, 0.0)
        self._fastest = 0.0

    def observe(self, now: Observation) -> None:
        """One frame.  A jump of more than a body length, ten times as far as it ever moved in that time, is a teleport."""
        last, self.position_px, self.jumped = self.position_px, now.position_px, False
        (last_x, last_y), (x, y) = self._at, now.position_px.tolist()
        self._at = x, y
        if last is None or now.dt_s <= 0.0:
            self.moved_px = _NOTHING
            return
        across, down = x - last_x, y - last_y
        distance, longest = math.hypot(across, down), max(now.size_px)
        speed = distance / now.dt_s
        if distance > 2.0 * longest and speed > 10.0 * max(self._fastest, longest):
            self.velocity_px_s = self.moved_px = _NOTHING
            self._velocity = 0.0, 0.0
            self.jumped = True
            return
        self.moved_px = np.array((across, down))
        if speed > self._fastest:
            self._fastest = speed
        share = 1.0 - math.exp(-now.dt_s / _MEMORY_S)
        vx, vy = self._velocity
        self._velocity = vx, vy = vx + share * (across / now.dt_s - vx), vy + share * (down / now.dt_s - vy)
        self.velocity_px_s = np.array((vx, vy))
