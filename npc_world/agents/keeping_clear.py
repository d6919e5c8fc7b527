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
        places = others.positions_px
        last, self._last = self._last, places
        if len(others) == 0 or not (wanted[0] or wanted[1]):
            return wanted
        size = 0.5 * max(now.size_px)
        offsets = places - now.position_px
        close = np.einsum("nc,nc->n", offsets, offsets) < (_NEAR_S * speed + 2.0 * size) ** 2
        if others.without >= 0:
            close[others.without] = False
        near = np.flatnonzero(close)
        if len(near) == 0:
            return wanted
        moved = (places[near] - last[near]) / now.dt_s if len(last) == len(places) else np.zeros((len(near), 2))
        moved[np.einsum("nc,nc->n", moved, moved) > (4.0 * speed) ** 2] = 0.0
        radii = np.full(len(near), size)
        if others.sizes_px is not None:
            seen = 0.5 * others.sizes_px[near].max(axis=1)
            radii = np.where(np.isfinite(seen), seen, size)
        return avoid(now.position_px, own, wanted, size, places[near], moved, radii, now.dt_s, ground=ground, top_speed_px_s=speed,
                     reciprocal=True, config=self.config)
