"""Keep clear of other bodies: from where they are seen frame by frame to a velocity that does not run into them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.records import Observation
from npc_world.core.terrain import Terrain
from npc_world.planners.avoidance import Avoidance, Avoider

__all__ = ["KeepClear"]

Floats = NDArray[np.float64]
_NEAR_S = 3.0
_GOLDEN_RAD = 2.39996323
"""So far apart that no two of many point the same way."""
_NOWHERE = np.empty((0, 2))


class KeepClear:
    """Remembers where the others were a frame ago, for their velocities.  number: of those on its ground, for where two have one place."""

    def __init__(self, config: Avoidance, number: int = 0) -> None:
        self.config = config
        self._avoider = (config, Avoider(config))
        self._last: Floats = _NOWHERE
        self._own = np.empty(8)
        self._own[6:] = math.cos(_GOLDEN_RAD * number), math.sin(_GOLDEN_RAD * number)

    def velocity(self, now: Observation, own: tuple[float, float], wanted: Floats, speed: float, ground: Terrain) -> Floats:
        """(2,) the wanted velocity changed as little as keeps clear of `now.others` and of walls.

        Others are told apart by their order in the list; one that jumped is taken to stand still.
        """
        others = now.others
        if len(others) == 0:
            self._last = _NOWHERE
            return wanted
        places = np.ascontiguousarray(others.positions_px, np.float64)
        last, self._last = self._last, places.copy()  # a game may move its own array on
        if not (wanted[0] or wanted[1]):
            return wanted
        if self._avoider[0] is not self.config:
            self._avoider = (self.config, Avoider(self.config))
        self._own[:2], self._own[2:4], self._own[4:6] = now.position_px, own, wanted
        size = 0.5 * max(now.size_px)
        sizes = None if others.sizes_px is None else np.ascontiguousarray(others.sizes_px, np.float64)
        found = self._avoider[1].velocity(self._own, size, places, last, sizes, others.without, _NEAR_S * speed + 2.0 * size, now.dt_s, ground, speed)
        return wanted if found is None else found
