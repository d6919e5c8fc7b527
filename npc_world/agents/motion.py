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
        self.velocity_px_s: Floats = np.zeros(2)
        self.moved_px: Floats = np.zeros(2)
        self.jumped = False
        self.position_px: Floats | None = None
        self._fastest = 0.0

    def observe(self, now: Observation) -> None:
        """One frame.  A jump of more than a body length, ten times as far as it ever moved in that time, is a teleport."""
        last, self.position_px = self.position_px, now.position_px
        self.jumped, self.moved_px = False, np.zeros(2)
        if last is None or now.dt_s <= 0.0:
            return
        moved = now.position_px - last
        distance = math.hypot(*moved.tolist())
        speed = distance / now.dt_s
        if distance > 2.0 * max(now.size_px) and speed > 10.0 * max(self._fastest, max(now.size_px)):
            self.velocity_px_s = np.zeros(2)
            self.jumped = True
            return
        self.moved_px = moved
        self._fastest = max(self._fastest, speed)
        share = 1.0 - math.exp(-now.dt_s / _MEMORY_S)
        self.velocity_px_s = self.velocity_px_s + share * (moved / now.dt_s - self.velocity_px_s)
