"""The region a body keeps to, told from where it turned.

Animals and people stay about where they live (home range: Burt 1943), and who goes from place to place turns round before the edge of
a region that nobody told us.  Each place where a straight way ended is a sample of the region; the box around the samples and how
many they are is all that planners need to draw the rest (`planners.roaming`).
Nothing is said before the first turn, since who has not turned yet may never do so, and nothing of bodies on bends: who steers goes on
where it steers.  Wrong for one who travels on through a wide world; then only the last places count, and the region moves along.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from npc_world.core.home import Home

__all__ = ["HomeRange"]

_PLACES = 12
"""The last so many places count."""


class HomeRange:
    """The places of one body.  A leg is (time s, x, y) of where the present straight way began, nan while it is unknown."""

    def __init__(self) -> None:
        self._places: deque[tuple[float, float]] = deque(maxlen=_PLACES)
        self.reset()

    def reset(self) -> None:
        """Its present way is unknown; the places are kept."""
        self._leg = (math.nan, math.nan, math.nan)
        self._at = (math.nan, math.nan)

    def observe(self, x: float, y: float, leg: tuple[float, float, float]) -> None:
        """It is at (x, y) px on this leg; where a new leg begins it has turned."""
        self._at = (x, y)
        if leg[0] != self._leg[0]:
            self._leg = leg
            if not math.isnan(leg[0]):
                self._places.append((leg[1], leg[2]))

    def steers(self) -> None:
        """It is on a bend: where it turned before says nothing of where it will."""
        self._places.clear()

    def home(self, by_the_clock: float) -> Home | None:
        """What is known of its region; None before a turn was seen.  by_the_clock: probability that its next turn is a matter of time."""
        if len(self._places) < 2 or math.isnan(self._leg[0]):
            return None
        seen = np.array([*self._places, self._at])
        return Home(np.array(self._leg[1:]), seen.min(axis=0), seen.max(axis=0), len(seen), 1.0 - by_the_clock)
