"""What a pair of eyes can see of a terrain: range, cone, walls and smoke."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.geometry import visible_cells
from npc_world.core.reading import position_of
from npc_world.core.terrain import Terrain
from npc_world.core.tunable import check_tunables, tunable

__all__ = ["Vision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vision:
    """Eyes.  With `told`, the game decides what is seen (it passes the target, or None) and this only says what was looked at."""

    range_px: float | None = tunable(None, "how far it sees, px; none: across the whole map", low=0.0)
    cone_rad: float = tunable(2.0 * math.pi, "full angle of its field of view, rad; 6.2832 sees all round", low=0.0, high=2.0 * math.pi)
    occlusion: bool = tunable(False, "whether walls and smoke hide what is behind them")
    told: bool = tunable(True, "whether the game decides what it sees; else its own eyes do, whatever the game passes")

    def __post_init__(self) -> None:
        check_tunables(self)

    def sees(self, ground: Terrain, eye: Any, heading_rad: float, point: Any) -> bool:
        """Whether a point is in view from `eye` (2,) px facing `heading_rad`."""
        at, to = position_of(eye, "eye"), position_of(point, "point")
        dx, dy = float(to[0] - at[0]), float(to[1] - at[1])
        far = math.hypot(dx, dy)
        if self.range_px is not None and far > self.range_px:
            return False
        if self.cone_rad < 2.0 * math.pi and far > 0.0:
            off = math.atan2(dy, dx) - heading_rad
            if abs(math.atan2(math.sin(off), math.cos(off))) > 0.5 * self.cone_rad:
                return False
        return not self.occlusion or ground.line_of_sight(at, to)

    def seen_cells(self, ground: Terrain, eye: Any, heading_rad: float) -> NDArray[np.bool_]:
        """(rows, cols) cells whose centre is in view.

        Eyes that the game speaks for are taken to be blocked by walls all the same: a cell behind one was not searched.
        """
        at = position_of(eye, "eye")
        reach = self.range_px if self.range_px is not None else 2.0 * math.hypot(*ground.size)
        half = 0.5 * self.cone_rad if self.cone_rad < 2.0 * math.pi else 4.0
        walls = ground.ray_walls
        if not (self.occlusion or self.told):
            walls = (np.zeros_like(walls[0]), *walls[1:])
        return np.asarray(visible_cells(walls, float(at[0]), float(at[1]), float(reach), float(heading_rad), float(half)))
