"""What comes after the goals of a target: worked out beside the chase, a little in every frame, and again when goals or ground change."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.target_model import TargetModel
from npc_world.core.records import Forecast
from npc_world.core.terrain import Terrain
from npc_world.planners.waiting import Afterwards, WaitingPlaces, waiting_places

__all__ = ["Lookout"]

Floats = NDArray[np.float64]
_ALIKE = 1.15
"""Speeds that differ by less than this factor call for no new solution."""


class Lookout:
    """The waiting places of one team for one target; the last solution serves until the next is there."""

    def __init__(self, ground: Terrain) -> None:
        self._ground = ground
        self._work: Iterator[WaitingPlaces | None] | None = None
        self._places: WaitingPlaces | None = None
        self._goals = np.empty((0, 2))
        self._asked: tuple[float, float, float, int, bytes] | None = None

    def ask(self, model: TargetModel, speed_px_s: float, reach_px: float, size_px: tuple[float, float], surfaces: Floats) -> None:
        """What is wanted now: where that has changed, work begins anew."""
        goals = model.goal_points_px
        if len(goals) < 2 or model.max_speed_px_s <= 0.0:
            self._places = self._work = self._asked = None
            return
        asked = (model.max_speed_px_s, speed_px_s, reach_px, self._ground.version, surfaces.tobytes())
        other = not np.array_equal(goals, self._goals)
        if other:
            self._places = None
        if other or self._asked is None or _differ(asked, self._asked):
            self._goals, self._asked = goals.copy(), asked
            self._work = waiting_places(self._ground, self._goals, asked[0], speed_px_s, reach_px=reach_px, size=size_px, surfaces=surfaces.copy())

    @property
    def has_work(self) -> bool:
        """Whether a solution is wanted and not there yet."""
        return self._work is not None

    def work(self) -> None:
        """About a millisecond of it."""
        found = None if self._work is None else next(self._work)
        if found is not None:
            self._places, self._work = found, None

    def afterwards(self, model: TargetModel, forecast: Forecast) -> Afterwards | None:
        """What comes after each future of a forecast; None where nothing is known of that."""
        if self._places is None:
            return None
        ahead = model.goals_ahead()
        known = [ahead.get(label, (-1, math.inf)) for label in forecast.labels]
        goals = np.array([goal if left_s < math.inf else -1 for goal, left_s in known])
        return Afterwards(self._places, goals, np.array([left_s for _, left_s in known])) if (goals >= 0).any() else None


def _differ(new: tuple[float, float, float, int, bytes], old: tuple[float, float, float, int, bytes]) -> bool:
    if new[3:] != old[3:]:
        return True
    return any(not 1.0 / _ALIKE < a / b < _ALIKE for a, b in zip(new[:3], old[:3], strict=True) if b > 0.0)
