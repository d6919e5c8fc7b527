"""One interception problem, and its answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.planners.waiting import Afterwards

__all__ = ["Chase", "Meeting"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where and when the pursuer expects to meet the target, and the move that leads there."""

    point: Floats
    """(2,) meeting point on the hypothesis acted on."""
    time_s: float
    """Seconds until that meeting."""
    probability: float
    """Weight of the hypotheses that this move catches no later than the planner's horizon."""
    move_to_px: Floats
    """(2,) where to go first."""
    expected_catch_s: float
    """Mean catch time over the hypotheses: what was minimised."""
    hypothesis: int
    """Row of the forecast acted on: the likeliest of those served best."""
    catch_times_s: Floats
    """(K,) time to catch each hypothesis after the first move."""
    kept: float | None = None
    """In the open: probability that the target, if it does as the hypothesis acted on says, still does so at the meeting."""
    waiting: bool = False
    """Whether `point` is a place to wait at for what the target does after that hypothesis, and `time_s` when it is caught then."""
    reachable: bool = True
    """Whether any way leads to any place where the target may be; where none does `point` is the nearest place to wait at."""


@dataclass(frozen=True, slots=True)
class Chase:
    """One interception problem: a pursuer, and K futures that begin now."""

    start: Floats
    speed: float
    times_s: Floats
    tracks: Floats
    """(K, H, 2)"""
    weights: Floats
    reach: float
    commit_s: float
    covered_s: Floats | None
    cover_weight: float
    change_hz: float
    """Rate at which the target stops doing what a hypothesis says."""
    steady: float
    """Probability that it never does."""
    change_cost: float
    """How many times as long as walking it the rest of the gap then takes."""
    home: Floats
    """(8,) what is known of the region it keeps to, see `Home.row`; (0,) for nothing."""
    afterwards: Afterwards | None = None
    """What comes after the futures that end at a goal."""
    most_meetings: int = 6
    """So many of the likeliest futures decide on the first move round walls; each costs a field."""

    def score(self, catch_times: Floats, rows: NDArray[np.int64] | None = None) -> Floats:
        """(C,) expected catch time per candidate (C, K), over the given hypotheses: the own, or shared with what teammates cover."""
        weights = self.weights
        if rows is not None:
            weights = np.zeros(len(self.weights))
            weights[rows] = self.weights[rows] / max(1e-12, float(self.weights[rows].sum()))
        own = catch_times @ weights
        if self.covered_s is None or self.cover_weight <= 0.0:
            return np.asarray(own)
        shared = np.minimum(catch_times, self.covered_s[None, :]) @ weights
        return np.asarray((1.0 - self.cover_weight) * own + self.cover_weight * shared)

    def served(self, catch_times: Floats, alone: Floats) -> int:
        """The likeliest hypothesis among those that a move delays least: times (K,) after the move, and going straight for each."""
        regret = np.maximum(0.0, catch_times - alone) / np.maximum(alone, 1e-3)
        return int(np.argmax(self.weights / (1.0 + regret)))

    def meeting(self, move_to: Floats, catch_times: Floats, hypothesis: int, point: Floats, time_s: float) -> Meeting:
        """The answer in public terms."""
        within = float(min(1.0, self.weights[catch_times <= self.times_s[-1] + 1e-9].sum()))
        return Meeting(point, time_s, within, move_to, float(catch_times @ self.weights), hypothesis, catch_times)
