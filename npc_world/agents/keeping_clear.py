"""Keep clear of other bodies: from where they are seen frame by frame to a velocity that does not run into them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npc_world.core.records import Observation
from npc_world.core.terrain import Terrain
from npc_world.planners.avoidance import Avoidance, avoid

__all__ = ["KeepClear"]

Floats = NDArray[np.float64]
_NEAR_S = 3.0


class KeepClear:
    """Remembers where the others were a frame ago, for their velocities."""

    def __init__(self, config: Avoidance) -> None:
        self.config = config
        self._last: Floats = np.empty((0, 2))

    def velocity(self, now: Observation, own: Floats, wanted: Floats, speed: float, ground: Terrain) -> Floats:
        """(2,) the wanted velocity changed as little as keeps clear of `now.others` and of walls.

        Others are told apart by their order in the list; one that jumped is taken to stand still.
        """
        others = now.others
        if not others:
            self._last = np.empty((0, 2))
            return wanted
        places = np.array([other.position_px for other in others])
        moved = (places - self._last) / now.dt_s if len(self._last) == len(places) else np.zeros_like(places)
        self._last = places
        moved[np.hypot(moved[:, 0], moved[:, 1]) > 4.0 * speed] = 0.0
        size = 0.5 * max(now.size_px)
        near = np.hypot(*(places - now.position_px).T) < _NEAR_S * speed + 2.0 * size
        if not near.any() or not wanted.any():
            return wanted
        radii = np.array([0.5 * max(other.size_px) if other.size_px is not None else size for other in others])
        return avoid(now.position_px, own, wanted, size, places[near], moved[near], radii[near], now.dt_s, ground=ground, top_speed_px_s=speed,
                     reciprocal=True, config=self.config)
