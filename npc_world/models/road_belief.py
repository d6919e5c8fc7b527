"""What is believed of travel times: for every road and time of day a log-normal, with what roads share kept apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Eta", "RoadBelief"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RoadBelief:
    """log(travel time) of road e in time bin b is Normal(log_s[e, b], ...); bins lie evenly round the day, their centres at (b + ½)/B.

    Variance of one crossing, in four parts, because only what is shared by the roads of a route adds up along it:
    own_var (E, B) not knowing this road; class_var (E, B) not knowing its class (shared by the roads of one kind);
    traffic_var how heavy today's traffic is (shared by all); noise_var (E,) the luck of one crossing.
    """

    log_s: Floats
    own_var: Floats
    class_var: Floats
    traffic_var: float
    noise_var: Floats
    day_s: float

    @property
    def expected_s(self) -> Floats:
        """(E, B) mean travel time."""
        return np.exp(self.log_s + 0.5 * (self.own_var + self.class_var + self.traffic_var + self.noise_var[:, None]))

    def optimistic_s(self, deviations: float) -> Floats:
        """(E, B) travel time if each road turns out so many standard deviations (of what is not known of it) better."""
        return self.expected_s * np.exp(-deviations * np.sqrt(self.own_var + self.class_var))


@dataclass(frozen=True, slots=True)
class Eta:
    """How long a way takes, as a log-normal: positive, with the longer tail on the late side."""

    mean_s: float
    log_sd: float
    """Standard deviation of the logarithm of the time."""

    def quantile(self, probability: float) -> float:
        """The time within which it arrives with that probability, s; probability in (0, 1)."""
        from statistics import NormalDist
        if not math.isfinite(self.mean_s):
            return math.inf
        return self.mean_s * math.exp(-0.5 * self.log_sd**2 + self.log_sd * NormalDist().inv_cdf(probability))

    @property
    def low_s(self) -> float:
        """One time in ten it is quicker."""
        return self.quantile(0.1)

    @property
    def high_s(self) -> float:
        """One time in ten it takes longer."""
        return self.quantile(0.9)
