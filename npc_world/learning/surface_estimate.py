"""A Gaussian belief of what one surface does: factor, ln grip and the two components of its push, with their covariance."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from npc_world.models.surfaces import Surface, clipped_surface

__all__ = ["SurfaceEstimate", "SurfaceSurprise", "another_ground", "blank_estimates", "differs", "surprise_of"]

Floats = NDArray[np.float64]
_WATCHED_AT_BEST = 0.1
"""Watching others never makes one surer of a factor than this."""


@dataclass(frozen=True, slots=True)
class SurfaceSurprise:
    """The ground turned out to be other than believed."""

    surface: str
    quality: str
    """"speed", "grip" or "push": what differs most."""
    believed: float
    found: float
    time_s: float

    def __str__(self) -> str:
        thing = self.surface.replace("_", " ")
        if self.quality == "push":
            return f"the {thing} carries me along at {100 * self.found:.0f} % of my speed, I had thought {100 * self.believed:.0f} %"
        if self.quality == "grip":
            return f"the {thing} grips {100 * self.found:.0f} %, I had thought {100 * self.believed:.0f} %"
        return f"the {thing} lets me go at {100 * self.found:.0f} % of my speed, I had thought {100 * self.believed:.0f} %"


@dataclass(frozen=True, slots=True)
class SurfaceEstimate:
    """mean (4,) of (factor, ln grip, push x, push y), covariance (4, 4), and the same as a `Surface`.

    Grip is held as its logarithm because it spans orders of magnitude and is never negative.
    """

    mean: Floats
    covariance: Floats
    record: Surface
    time_s: float

    @classmethod
    def of(cls, surface: Surface, time_s: float) -> SurfaceEstimate:
        """From a `Surface` whose deviations are taken as independent."""
        return cls(_mean(surface), np.diag(_variances(surface)), surface, time_s)

    def updated(self, mean: Floats, covariance: Floats, time_s: float | None = None) -> SurfaceEstimate:
        """With another mean and covariance, and if given of another time."""
        factor, ln_grip, push_x, push_y = mean.tolist()
        of_factor, of_grip, of_x, of_y = (max(variance, 1e-12) for variance in covariance.diagonal().tolist())
        grip = math.exp(min(1.38, max(-5.2, ln_grip)))
        record = clipped_surface(factor, grip, push_x, push_y, math.sqrt(of_factor), grip * math.sqrt(of_grip), math.sqrt(0.5 * (of_x + of_y)))
        return SurfaceEstimate(mean, covariance, record, self.time_s if time_s is None else time_s)

    def later(self, time_s: float, drift_per_s: float, prior: Surface) -> SurfaceEstimate:
        """As unsure as a random walk since the last time makes it, but not less sure than the prior."""
        elapsed = time_s - self.time_s
        if elapsed <= 0.0:
            return self
        covariance = self.covariance.copy()
        for i, (now, scale, most) in enumerate(zip(covariance.diagonal().tolist(), _DRIFT_SCALES, _variances(prior), strict=True)):
            covariance[i, i] = min(now + scale * drift_per_s**2 * elapsed, max(now, most))
        return self.updated(self.mean, covariance, time_s)

    def towards(self, prior: Surface, share: float) -> SurfaceEstimate:
        """The mean drawn a little towards the prior's."""
        return self.updated(self.mean + share * (_mean(prior) - self.mean), self.covariance)

    def watched(self, factor: float, noise: float) -> SurfaceEstimate | None:
        """After another body was seen to go at this factor; None when that adds nothing to what is known."""
        variance = float(self.covariance[0, 0])
        if noise <= 0.0 or variance <= _WATCHED_AT_BEST**2:
            return None
        gain = self.covariance[:, 0] / (variance + noise**2)
        covariance = self.covariance - np.outer(gain, self.covariance[0])
        return self.updated(self.mean + gain * (factor - self.mean[0]), covariance)


_DRIFT_SCALES = (1.0, 4.0, 1.0, 1.0)


def _mean(surface: Surface) -> Floats:
    return np.array((surface.speed_factor, math.log(surface.grip), surface.push_x, surface.push_y))


def _variances(surface: Surface) -> tuple[float, float, float, float]:
    ln_grip, push = min(1.5, max(0.02, surface.grip_sd / surface.grip)), max(0.005, surface.push_sd) ** 2
    return max(0.005, surface.speed_factor_sd) ** 2, ln_grip**2, push, push


def blank_estimates(time_s: float) -> tuple[SurfaceEstimate, ...]:
    """The beliefs of one who knows nothing of a surface: as most are, without a push of its own, or with one.

    Two, because along a straight way a slow ground and a current against one look the same; then the simpler is believed.
    """
    still = Surface(speed_factor=0.8, speed_factor_sd=0.5, grip=0.5, grip_sd=0.6, push_sd=0.02)
    return SurfaceEstimate.of(still, time_s), SurfaceEstimate.of(replace(still, push_sd=0.4), time_s)


def differs(told: Surface, now: Surface) -> bool:
    """Whether what is known now is worth a word to one who had believed `told`: far outside of that, by an amount that matters, and sure."""
    speed = now.speed_factor_sd < 0.06 and abs(now.speed_factor - told.speed_factor) > max(0.15, _FAR_SD * told.speed_factor_sd)
    grip = now.grip_sd < 0.25 * now.grip and abs(math.log(now.grip / told.grip)) > max(0.5, _FAR_SD * told.grip_sd / told.grip)
    push = now.push_sd < 0.06 and math.hypot(now.push_x - told.push_x, now.push_y - told.push_y) > max(0.12, _FAR_SD * told.push_sd)
    return speed or grip or push


_FAR_SD = 2.5


def another_ground(old: Surface, new: Surface) -> bool:
    """Whether some quality of a ground believed anew is surely other than it was: a belief that merely became as sure as before is no change."""
    return max(_changes(old, new).values()) > _ANOTHER


_ANOTHER = 0.5
_SCALES = {"speed": 0.1, "grip": 0.4, "push": 0.1}
"""Changes of about the same weight: of the factor, of ln grip, of the push."""


def _changes(old: Surface, new: Surface) -> dict[str, float]:
    """Quality → how much it has changed on its own scale; 0 where the new value is as unsure as the change is large."""
    push = math.hypot(new.push_x - old.push_x, new.push_y - old.push_y)
    amounts = {"speed": (abs(new.speed_factor - old.speed_factor), new.speed_factor_sd),
               "grip": (abs(math.log(new.grip / old.grip)), new.grip_sd / new.grip), "push": (push, new.push_sd)}
    return {quality: amount / _SCALES[quality] if amount > deviation else 0.0 for quality, (amount, deviation) in amounts.items()}


def surprise_of(name: str, old: Surface, new: Surface, time_s: float) -> SurfaceSurprise:
    """What differs most between two beliefs, each quality on its own scale."""
    changes = _changes(old, new)
    quality = max(changes, key=lambda q: changes[q])
    if quality == "speed":
        return SurfaceSurprise(name, quality, old.speed_factor, new.speed_factor, time_s)
    if quality == "grip":
        return SurfaceSurprise(name, quality, old.grip, new.grip, time_s)
    return SurfaceSurprise(name, quality, math.hypot(old.push_x, old.push_y), math.hypot(new.push_x, new.push_y), time_s)
