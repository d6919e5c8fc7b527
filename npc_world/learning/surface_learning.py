"""Learn what the ground does to oneself, from what was commanded against what was achieved."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.tunable import check_tunables, tunable
from npc_world.models.surfaces import DEFAULT_SURFACES, UNKNOWN, Surface, with_values

__all__ = ["SurfaceLearner", "SurfaceLearning"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceLearning:
    """How fast own experience of the ground replaces prior beliefs."""

    window_s: float = tunable(0.25, "length of one measurement: long enough that whole-pixel moves average out, s", low=0.03, high=5.0)
    noise: float = tunable(0.08, "standard deviation of one measurement of speed, share of top speed", low=0.001, high=1.0)
    drift_per_s: float = tunable(0.02, "how fast a surface may change its nature, share per square root of a second", low=0.0, high=1.0)
    surprise_sd: float = tunable(4.0, "a measurement this many deviations off makes it unsure again", low=1.0, high=100.0)

    def __post_init__(self) -> None:
        check_tunables(self)


class SurfaceLearner:
    """A Kalman filter per surface on top-speed factor, and on grip where the body has momentum.

    Measures over windows spent on one surface under one steady command, so it says nothing of surfaces never trodden and
    learns little from a body that dithers.  Assumes that the game moves the body as advised, apart from the ground.
    """

    def __init__(self, config: SurfaceLearning, beliefs: dict[str, Surface]) -> None:
        self.config = config
        self.beliefs: dict[str, Surface] = dict(beliefs)
        self._window: list[tuple[float, Floats, Floats]] = []
        self._surface = ""
        self._last_s: dict[str, float] = {}

    def belief(self, name: str) -> Surface:
        """What is believed of a surface, from experience or from its name."""
        return self.beliefs.get(name, DEFAULT_SURFACES.get(name, UNKNOWN))

    def learn(self, time_s: float, position: Floats, surface: str, commanded: Floats, max_speed: float, max_acceleration: float) -> bool:
        """One frame: where it is, on what, and what velocity it had asked for.  True when a belief changed."""
        window = self._window
        steady = not window or float(np.hypot(*(commanded - window[-1][2]))) < 0.15 * max_speed
        if surface != self._surface or not steady or (window and time_s <= window[-1][0]):
            window.clear()
            self._surface = surface
        window.append((time_s, position.copy(), commanded.copy()))
        if time_s - window[0][0] < self.config.window_s:
            return False
        changed = self._measure(window, surface, max_speed, max_acceleration)
        del window[:-1]
        return changed

    def forget_motion(self) -> None:
        """The body was moved by other means (respawn, knock-back): the running window says nothing."""
        self._window.clear()

    def _measure(self, window: list[tuple[float, Floats, Floats]], surface: str, max_speed: float, max_acceleration: float) -> bool:
        (t0, p0, _), (tm, pm, _), (t1, p1, _) = window[0], window[len(window) // 2], window[-1]
        commanded = np.mean([u for _, _, u in window[1:]], axis=0)
        asked = float(np.hypot(*commanded))
        if asked < 0.3 * max_speed or tm in (t0, t1):
            return False
        first, second = (pm - p0) / (tm - t0), (p1 - pm) / (t1 - tm)
        old = self.belief(surface)
        forward = commanded / asked
        if max_acceleration > 0.0:
            gained = float((second - first) @ forward) / (0.5 * (t1 - t0))
            missing = old.speed_factor * asked - float(second @ forward)
            if missing > 0.3 * max_speed and gained > 0.0:  # still accelerating as hard as the ground allows
                self._update(surface, "grip", gained / max_acceleration, 0.15 + 0.2 * old.grip, t1)
                return True
            if abs(gained) * (t1 - t0) > 0.15 * max_speed:
                return False
        achieved = float(((p1 - p0) / (t1 - t0)) @ forward) / asked
        sideways = math.sqrt(max(0.0, float(np.sum(((p1 - p0) / (t1 - t0)) ** 2)) - (achieved * asked) ** 2)) / asked
        if achieved < 0.02 or sideways > 0.6:  # stuck against something: that says nothing of the ground
            return False
        self._update(surface, "speed_factor", achieved, self.config.noise, t1)
        return True

    def _update(self, surface: str, name: str, measured: float, noise: float, time_s: float) -> None:
        old = self.belief(surface)
        value, deviation = getattr(old, name), getattr(old, f"{name}_sd")
        elapsed = time_s - self._last_s.get(surface, time_s)
        variance = deviation ** 2 + self.config.drift_per_s ** 2 * max(0.0, elapsed)
        error = measured - value
        if error ** 2 > self.config.surprise_sd ** 2 * (variance + noise ** 2):
            variance = max(variance, error ** 2)
        gain = variance / (variance + noise ** 2)
        self.beliefs[surface] = with_values(old, **{name: value + gain * error, f"{name}_sd": math.sqrt((1.0 - gain) * variance)})
        self._last_s[surface] = time_s
