"""What comes after the goals of a target: worked out beside the chase, a little in every frame, and again when goals or ground change.

A solution depends on the ground, on goals, and on what is believed of speeds: whoever asks the same on one ground, a hundred strangers
after one player, gets the one that is there or under way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.turns import Turns
from npc_world.beliefs.target_model import TargetModel
from npc_world.core.records import Forecast
from npc_world.core.terrain import Terrain
from npc_world.planners.waiting import Afterwards, WaitingPlaces, waiting_places

__all__ = ["Lookout"]

Floats = NDArray[np.float64]
_ALIKE = 1.15
"""Speeds that differ by less than this factor call for no new solution …"""
_SURFACES_ALIKE = 0.08
"""… nor surfaces that are believed to differ by less than this share of a top speed."""
_KEPT = 16
"""Solutions kept on one ground."""


@dataclass(frozen=True, slots=True)
class _Question:
    """On what a solution depends."""

    goals: Floats
    lengths: tuple[float, float, float]
    """The target's speed, the own speed, the reach."""
    size_px: tuple[float, float]
    ground_version: int
    surfaces: Floats

    def like(self, other: _Question | None) -> bool:
        """Whether the answer to one serves for the other."""
        if other is None or (self.size_px, self.ground_version) != (other.size_px, other.ground_version) or self.surfaces.shape != other.surfaces.shape \
                or not np.array_equal(self.goals, other.goals):
            return False
        alike = all(1.0 / _ALIKE < a / b < _ALIKE for a, b in zip(self.lengths, other.lengths, strict=True) if b > 0.0)
        return alike and bool((np.abs(self.surfaces - other.surfaces)[:, [0, 2, 3]] <= _SURFACES_ALIKE).all())


@dataclass(slots=True)
class _Solution:
    """A solution, or as much of one as there is."""

    question: _Question
    work: Iterator[WaitingPlaces | None]
    places: WaitingPlaces | None = None


class Lookout:
    """The waiting places of one team for one target; the last solution serves until the next is there."""

    def __init__(self, ground: Terrain) -> None:
        self._ground = ground
        self._places: WaitingPlaces | None = None
        self._solution: _Solution | None = None

    def ask(self, model: TargetModel, speed_px_s: float, reach_px: float, size_px: tuple[float, float], surfaces: Floats) -> None:
        """What is wanted now: where that has changed, work begins anew."""
        goals = model.goal_points_px
        if len(goals) < 2 or model.max_speed_px_s <= 0.0:
            self._places = self._solution = None
            return
        question = _Question(goals, (model.max_speed_px_s, speed_px_s, reach_px), size_px, self._ground.version, surfaces)
        last = None if self._solution is None else self._solution.question
        if question.like(last):
            self._take()
            return
        if last is None or not np.array_equal(goals, last.goals):
            self._places = None
        kept: list[_Solution] = Turns.of(self._ground).together_on
        self._solution = next((known for known in kept if question.like(known.question)), None)
        if self._solution is None:
            question = replace(question, goals=goals.copy(), surfaces=surfaces.copy())
            self._solution = _Solution(question, waiting_places(self._ground, question.goals, model.max_speed_px_s, speed_px_s, reach_px=reach_px,
                                                                size=size_px, surfaces=question.surfaces))
            kept.append(self._solution)
            del kept[:-_KEPT]
        self._take()

    @property
    def has_work(self) -> bool:
        """Whether a solution is wanted and not there yet."""
        return self._solution is not None and self._solution.places is None

    def work(self) -> None:
        """About a millisecond of it."""
        if self._solution is not None and self._solution.places is None:
            self._solution.places = next(self._solution.work)
            self._take()

    def _take(self) -> None:
        if self._solution is not None and self._solution.places is not None:
            self._places = self._solution.places

    def afterwards(self, model: TargetModel, forecast: Forecast) -> Afterwards | None:
        """What comes after each future of a forecast; None where nothing is known of that."""
        if self._places is None:
            return None
        ahead = model.goals_ahead()
        known = [ahead.get(label, (-1, math.inf)) for label in forecast.labels]
        goals = np.array([goal if left_s < math.inf else -1 for goal, left_s in known])
        return Afterwards(self._places, goals, np.array([left_s for _, left_s in known])) if (goals >= 0).any() else None
