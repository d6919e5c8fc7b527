"""How often a body stops doing what it was expected to do: the rate at which its best forecast breaks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.records import Forecast
from npc_world.core.tunable import check_tunables, tunable

__all__ = ["Persistence", "PersistenceConfig"]

_CHANGED = -2.5
"""Log odds of a change of mind that is seen, for its being one who never does: it may have been misjudged once."""
_MOST_SAID = 4.0
"""Log odds beyond which changes are not counted: it may settle down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistenceConfig:
    """How change of mind is counted."""

    look_ahead_s: float = tunable(0.8, "a forecast is held against what happened so much later, s", low=0.05, high=10.0)
    break_share: float = tunable(0.45, "an error beyond this share of the way it could have gone is a change of mind", low=0.01, high=2.0)
    prior_hz: float = tunable(0.5, "changes per second expected of a stranger", low=0.0, high=20.0)
    prior_s: float = tunable(2.0, "seconds of watching the prior is worth", low=0.1, high=1000.0)
    steady_share: float = tunable(0.25, "probability that a stranger never changes its mind", low=0.0, high=0.99)
    memory_s: float = tunable(30.0, "how long changes count, s", low=1.0, high=1e5)

    def __post_init__(self) -> None:
        check_tunables(self)


class Persistence:
    """Counts changes of mind, one look at a time: a gamma prior on the rate of a Poisson process, with forgetting.

    Assumes that changes come at any moment alike; wrong for one who turns at corners only, where it is right on average.
    """

    def __init__(self, config: PersistenceConfig | None = None) -> None:
        self.config = config if config is not None else PersistenceConfig()
        self._changes, self._watched_s, self._for_steady = 0.0, 0.0, 0.0
        self._due: tuple[float, NDArray[np.float64], float] | None = None

    def change_hz(self, wariness: float = 1.0) -> float:
        """Changes of mind per second, as expected now; `wariness` in [0, 1] is how much of the prior on strangers is believed."""
        prior = self.config
        return (wariness * prior.prior_hz * prior.prior_s + self._changes) / (prior.prior_s + self._watched_s)

    @property
    def steady(self) -> float:
        """Probability that it never changes its mind: the prior on strangers, until it is seen to change.

        Looks without a change do not raise it: who runs straight for ever from a slower pursuer is caught at once or never,
        so the longer a chase lasts the less there is to be gained by believing in it.
        """
        share = self.config.steady_share
        odds = share / (1.0 - share) * math.exp(self._for_steady)
        return odds / (1.0 + odds)

    def expect(self, time_s: float, forecast: Forecast, max_speed_px_s: float) -> None:
        """Remember where the best hypothesis sees the body `look_ahead_s` from now, unless a look is still under way."""
        look_s = self.config.look_ahead_s
        if self._due is None and forecast.times_s[-1] >= look_s:
            k = int(np.argmax(forecast.weights))
            self._due = (time_s + look_s, forecast.at(look_s)[k], self.config.break_share * max_speed_px_s * look_s)

    def compare(self, time_s: float, position_px: NDArray[np.float64]) -> None:
        """The body was seen: when the look is due, was it where it was expected?"""
        if self._due is None or time_s < self._due[0]:
            return
        due_s, expected, tolerance = self._due
        self._due = None
        if time_s - due_s > 0.5 * self.config.look_ahead_s:
            return  # it was out of sight at the time: that says nothing
        look_s = self.config.look_ahead_s
        keep = math.exp(-look_s / self.config.memory_s)
        changed = math.dist(position_px, expected) > tolerance
        self._changes = keep * self._changes + float(changed)
        self._watched_s = keep * self._watched_s + look_s
        said = _CHANGED if changed else 0.0
        self._for_steady = max(-_MOST_SAID, keep * self._for_steady + said)

    def reset(self) -> None:
        """A new round: the look under way is void, the count stays."""
        self._due = None

    def state(self) -> NDArray[np.float64]:
        """(3,) what it counted."""
        return np.array([self._changes, self._watched_s, self._for_steady])

    def restore(self, counts: NDArray[np.float64]) -> None:
        """Take up what `state` gave; ValueError when that is no count."""
        if counts.shape not in ((2,), (3,)) or not np.all(np.isfinite(counts)) or (counts[:2] < 0.0).any():
            raise ValueError(f"persistence={counts!r}: expected two numbers, zero or more, and log odds")
        self._changes, self._watched_s = float(counts[0]), float(counts[1])
        self._for_steady = float(np.clip(counts[2], -_MOST_SAID, 0.0)) if len(counts) == 3 else 0.0  # older saves had no odds
