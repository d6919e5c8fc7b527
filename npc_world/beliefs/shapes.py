"""Shapes of motion that are clear at a glance, put before a forecast: an exact course, an arc, and legs of a zig-zag or of a round.

The experts of a `TargetModel` have to earn their weight with each body anew, over some seconds.  A slower pursuer has no such time: a
steady bend is believed at once, and a pattern of turns from the second turn on.  Each shape keeps its own odds.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.arcs import Arcs
from npc_world.beliefs.glance import Glance
from npc_world.beliefs.home_range import HomeRange
from npc_world.beliefs.legs import Legs
from npc_world.core.home import Home
from npc_world.core.records import Forecast
from npc_world.core.terrain import Terrain

__all__ = ["Shapes"]

Floats = NDArray[np.float64]
_WORTH_IT = 0.05
_DOUBT = 3.0
"""Log odds against turning by the clock where walls and surfaces give reasons to turn."""
_ARC_SHARE = 0.9
"""An arc that has always come true leaves so much to be said by the experts."""


class Shapes:
    """What the shape of one body's track on a ground says."""

    def __init__(self, ground: Terrain) -> None:
        self._ground = ground
        self._open = len(ground.rects) == 0 and len(ground.surfaces) == 1
        self._arcs, self._legs, self._glance = Arcs(), Legs(0.0 if self._open else _DOUBT), Glance()
        self._range = HomeRange()

    def observe(self, time_s: float, position_px: Floats) -> None:
        """It is at (2,) px at `time_s`."""
        x, y = float(position_px[0]), float(position_px[1])
        self._arcs.observe(time_s, x, y)
        self._legs.observe(time_s, x, y)
        if self._open:
            self._glance.observe(time_s, x, y)
            self._range.observe(x, y, self._legs.leg)

    def stagger(self, phase: float) -> None:
        """Of many watchers not all look for arcs in the same frame: `phase` in [0, 1) sets this one apart."""
        self._arcs.stagger(phase)

    def reset(self) -> None:
        """A new round."""
        self._arcs.reset()
        self._legs.reset()
        self._range.reset()
        self._glance.reset()

    @property
    def exact(self) -> bool:
        """Whether it is seen to move on exact courses: see `Glance`."""
        return self._open and self._glance.exact

    @property
    def by_the_clock(self) -> float:
        """Probability that its next turn is foretold: then turning is no change of mind."""
        return self._legs.probability

    @property
    def home(self) -> Home | None:
        """What is known of the region it keeps to; None where walls and surfaces give other reasons to turn."""
        return self._range.home(self.by_the_clock)

    def before(self, forecast: Forecast) -> Forecast:
        """The forecast, and before all else the shapes by their probabilities; those that lead through walls are left out.

        Exact courses have a say where neither walls nor surfaces give reasons to leave them.
        """
        course = self._glance.track(forecast.times_s)
        arc = self._arcs.track(forecast.times_s) if course is None else None
        forecast = _put(forecast, course, self._glance.probability, None, self._glance.label, self._ground)
        forecast = _put(forecast, arc, _ARC_SHARE * self._arcs.probability, None, f"keeps turning {self._arcs.side}", self._ground)
        bends = arc is not None or (self._glance.course is not None and self._glance.course[4] != 0.0)
        if bends:
            self._range.steers()
        hunch = self._legs.probability < 0.5  # the beginning of an arc may look like a turn
        legs = None if bends and hunch else self._legs.track(forecast.times_s)
        spread = self._legs.spread_px() ** 2 * np.eye(2) if legs is not None else None
        return _put(forecast, legs, self._legs.probability, spread, "turns as before", self._ground)


def _put(forecast: Forecast, track: Floats | None, probability: float, covariance: Floats | None, label: str, ground: Terrain) -> Forecast:
    """A row before the others; covariance (2, 2) px² at all times, None as wide as the likeliest row so far."""
    if track is None or probability < _WORTH_IT or not _clear(track, ground):
        return forecast
    first = forecast.covariances_px2[:1] if covariance is None else np.tile(covariance, (1, len(track), 1, 1))
    return Forecast(forecast.times_s, np.concatenate([track[None], forecast.positions_px]),
                    np.concatenate([[probability], (1.0 - probability) * forecast.weights]),
                    np.concatenate([first, forecast.covariances_px2]), (label, *forecast.labels))


def _clear(track: Floats, ground: Terrain) -> bool:
    return len(ground.rects) == 0 or all(ground.line_of_sight(a, b) for a, b in pairwise(track))
