"""Many bodies that make for one goal: one travel-time field for all of them, and one native call in which they avoid each other.

What it costs per body is a look at the field and at its neighbours; no body plans for itself.  Wrong where bodies differ in
size so much that a way is too narrow for some: give such their own crowd.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.arguments import frame_seconds, positive
from npc_world.core.errors import BadInputError
from npc_world.core.reading import Disc, position_of
from npc_world.core.terrain import Terrain
from npc_world.models.travel_time import TravelTime, travel_time
from npc_world.planners.avoidance import Avoidance, avoid_all

__all__ = ["Crowd"]

Floats = NDArray[np.float64]
_LOOK_S = 0.1
"""How often each body looks at the field; in between it keeps its heading.  They take turns, so that frames cost alike."""
_NEAR_CELLS = 0.5
"""A goal that has moved less than this is still the field's."""


class Crowd:
    """Velocities for N bodies that all want to reach one goal, which may move; the ground may change.

        crowd = nw.Crowd(ground, radius_px=10, speed_px_s=90)
        velocities = crowd.step(positions, player, dt_s)             # every frame: (N, 2) px in, (N, 2) px/s out

    radius_px of every body; surfaces, holding: see `travel_time`; stop_px: how near is there, by default two radii.
    Their number may change from frame to frame: rows that keep their place keep their velocity.
    """

    def __init__(self, ground: Terrain, *, radius_px: float, speed_px_s: float, surfaces: ArrayLike | None = None,
                 holding: Iterable[str] = (), stop_px: float | None = None, avoidance: Avoidance | None = None) -> None:
        for name, value in (("radius_px", radius_px), ("speed_px_s", speed_px_s)):
            if not (isinstance(value, (int, float, np.number)) and 0.0 < value < math.inf):
                raise BadInputError(f"{name}={value!r}: expected a positive, finite number")
        self.ground, self.radius_px, self.speed_px_s = ground, float(radius_px), float(speed_px_s)
        self.surfaces, self.holding = surfaces, frozenset(holding)
        self.stop_px = 2.0 * self.radius_px if stop_px is None else positive(stop_px, "stop_px")
        self.avoidance = avoidance
        self.field: TravelTime | None = None
        """The field of the last step."""
        self._last: Floats = np.empty((0, 2))
        self._headings: Floats = np.empty((0, 2))
        self._frame = 0

    def step(self, positions: ArrayLike, goal: Any, dt_s: float) -> Floats:
        """(N, 2) px/s for bodies at positions (N, 2) px; those within `stop_px` of the goal want to stand.

        A body that nobody leads to the goal (walled in) wants to stand as well.  Raises `BadInputError` naming what cannot be read.
        """
        where = np.ascontiguousarray(positions, dtype=np.float64).reshape(-1, 2)
        dt_s = frame_seconds(dt_s)
        to = position_of(goal, "goal")
        if len(where) == 0:
            return np.empty((0, 2))
        self._renew(to)
        assert self.field is not None
        self._look(where, dt_s)
        wanted = self._headings * self.speed_px_s
        wanted[np.hypot(*(where - to).T) < self.stop_px] = 0.0
        velocities = np.zeros_like(where)
        kept = min(len(where), len(self._last))
        velocities[:kept] = (where[:kept] - self._last[:kept]) / dt_s
        velocities[np.hypot(velocities[:, 0], velocities[:, 1]) > 3.0 * self.speed_px_s] = 0.0  # moved by the game: respawned, thrown
        self._last = where.copy()
        return avoid_all(where, velocities, wanted, self.radius_px, dt_s, ground=self.ground, top_speeds=self.speed_px_s, config=self.avoidance)

    def _look(self, where: Floats, dt_s: float) -> None:
        """New headings for those whose turn it is, and for those who were moved or are new."""
        assert self.field is not None
        kept = min(len(where), len(self._headings))
        headings = np.zeros_like(where)
        headings[:kept] = self._headings[:kept]
        turns = max(1, math.ceil(_LOOK_S / dt_s - 1e-9))
        look = np.arange(len(where)) % turns == self._frame % turns
        look[kept:] = True
        look[:kept] |= np.hypot(*(where[:kept] - self._last[:kept]).T) > 3.0 * self.speed_px_s * dt_s
        headings[look] = self.field.direction(where[look])
        self._headings, self._frame = headings, self._frame + 1

    def _renew(self, goal: Floats) -> None:
        if self.field is not None and math.dist(self.field.goal[0], goal) < _NEAR_CELLS * self.ground.cell_px:
            self.field = self.field.renewed(self.ground)
            return
        self.field = travel_time(self.ground, goal, self.speed_px_s, size=Disc(self.radius_px), surfaces=self.surfaces, holding=self.holding)
