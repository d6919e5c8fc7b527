"""Learning how long roads take: per road and time of day, with what its class and today's traffic teach about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.tunable import check_tunables, tunable
from npc_world.models.road_belief import RoadBelief

__all__ = ["RoadTimes", "RoadTimesConfig"]

Floats = NDArray[np.float64]
_MOST_ODDS = 12.0
"""Squared standardised surprise above which a crossing is held for something that happened today."""


@dataclass(frozen=True, kw_only=True)
class RoadTimesConfig:
    """How travel times differ, before any was seen.  All deviations are of logarithms: 0.2 is about 20 %."""

    bins: int = tunable(8, "times of day that are told apart", low=1, high=96)
    road_sd: float = tunable(0.28, "how much a road differs from others of its class, all day", low=0.01, high=2)
    road_hours_sd: float = tunable(0.12, "how much its daily pattern differs from that of its class", low=0.01, high=2)
    class_sd: float = tunable(0.25, "how far posted speeds are from what a class of roads allows", low=0.01, high=2)
    class_hours_sd: float = tunable(0.35, "how strong the daily pattern of a class is", low=0.01, high=2)
    traffic_sd: float = tunable(0.15, "how much the whole traffic differs from day to day", low=0.0, high=2)
    noise_sd: float = tunable(0.15, "luck of one crossing of a road, at first; then learned", low=0.01, high=2)
    forget_days: float = tunable(30.0, "days after which what was seen counts for a third", low=0.1)
    incident_share: float = tunable(0.35, "part of a day after which a jam seen today is a third as bad", low=0.01, high=5)

    def __post_init__(self) -> None:
        check_tunables(self)


class RoadTimes:
    """Two levels: log time of road e by time of day = log posted + class pattern + the road's own pattern (Normal, smooth round the day).

    What was seen of a road is kept as information (precision and its weighted sum), so forgetting is a factor and the
    posterior of road and class is exact (the normal hierarchical model, Gelman et al., *Bayesian Data Analysis*, ch. 5).
    On top of it a deviation of all traffic today, and of single roads today: a crossing that neither explains is held for an
    incident, which fades, and does not spoil what was learned.  Wrong where a road's time swings within a time bin.
    """

    def __init__(self, free_s: Floats, kind: NDArray[np.int64], day_s: float, config: RoadTimesConfig | None = None) -> None:
        if not (isinstance(day_s, (int, float, np.number)) and math.isfinite(day_s) and day_s > 0.0):
            raise BadInputError(f"day_s={day_s!r}: expected a positive number of seconds")
        self.config = config or RoadTimesConfig()
        c = self.config
        self.day_s = float(day_s)
        self._log_free = np.log(np.asarray(free_s, dtype=np.float64))
        self._kind = np.asarray(kind, dtype=np.int64)
        self._kinds = int(self._kind.max()) + 1
        edges, bins = len(self._log_free), c.bins
        apart = np.abs(np.subtract.outer(np.arange(bins), np.arange(bins)))
        smooth = np.exp(-np.minimum(apart, bins - apart) * 8.0 / bins / 1.5)
        self._road_prior = np.linalg.inv(c.road_sd**2 + c.road_hours_sd**2 * smooth + 1e-6 * np.eye(bins))
        self._class_prior = np.linalg.inv(c.class_sd**2 + c.class_hours_sd**2 * smooth + 1e-6 * np.eye(bins))
        self._precision = np.zeros((edges, bins, bins))
        self._weighted = np.zeros((edges, bins))
        self._informed_s = np.zeros(edges)
        self._cover = np.tile(np.linalg.inv(self._road_prior), (edges, 1, 1))
        self._dirty = np.zeros(edges, dtype=np.bool_)
        self.seen = np.zeros(edges)
        """(E,) how often each road was crossed or watched, in whole crossings."""
        self._traffic, self._traffic_var = 0.0, c.traffic_sd**2
        self._incident, self._incident_s = np.zeros(edges), np.full(edges, -math.inf)
        self._noise_sum = np.full(self._kinds, 12.0 * c.noise_sd**2)
        self._noise_count = np.full(self._kinds, 12.0)
        self._day: int | None = None
        self._log = np.zeros((edges, bins))
        self._own, self._common = np.zeros((edges, bins)), np.zeros((edges, bins))
        self._refresh()

    def observe(self, edge: int, time_s: float, seconds: float, share: float = 1.0) -> None:
        """Someone took `seconds` for `share` in (0, 1] of a road, entering it at `time_s`.  What is not finite or not positive is ignored."""
        if not (math.isfinite(time_s) and math.isfinite(seconds) and seconds > 0.0 and share > 0.02):
            return
        self._advance(time_s)
        share = min(share, 1.0)
        kind = int(self._kind[edge])
        low, high, part = self._bins_at(time_s)
        z = math.log(seconds / share) - float(self._log_free[edge])
        noise = float(self._noise_sum[kind] / self._noise_count[kind]) / share
        expected = (1.0 - part) * self._log[edge, low] + part * self._log[edge, high] - self._log_free[edge]
        unsure = (1.0 - part) * (self._own[edge, low] + self._common[edge, low]) + part * (self._own[edge, high] + self._common[edge, high])
        surprise = z - float(expected) - self._traffic
        scale = float(unsure) + noise + self._traffic_var
        if surprise**2 > _MOST_ODDS * scale or (self._now_incident(edge, time_s) > 0.3 and surprise**2 > 4.0 * scale):
            self._incident[edge], self._incident_s[edge] = surprise, time_s
            weight = 0.1  # it may be the road after all: told often enough, it will be believed
        else:
            if self._now_incident(edge, time_s) != 0.0:
                self._incident[edge] = 0.0  # it flows again
            gain = self._traffic_var / scale
            self._traffic += gain * surprise
            self._traffic_var *= 1.0 - gain
            count = min(share, 1.0)
            self._noise_sum[kind] += count * (surprise**2 - float(unsure) - self._traffic_var) * share
            self._noise_count[kind] += count
            floor, top = 0.1 * self.config.noise_sd**2, 10.0 * self.config.noise_sd**2
            self._noise_sum[kind] = min(max(self._noise_sum[kind], floor * self._noise_count[kind]), top * self._noise_count[kind])
            weight = 1.0
        look = np.zeros(self.config.bins)
        look[low] += 1.0 - part
        look[high] += part
        keep = math.exp(-max(0.0, time_s - self._informed_s[edge]) / (self.day_s * self.config.forget_days))
        information = weight / (noise + self._traffic_var)
        self._precision[edge] = keep * self._precision[edge] + information * np.outer(look, look)
        self._weighted[edge] = keep * self._weighted[edge] + information * (z - self._traffic) * look
        self._informed_s[edge] = time_s
        self._dirty[edge] = True
        self.seen[edge] += share

    def belief(self, time_s: float) -> RoadBelief:
        """What is believed now.  Roads never seen are as their class, with the class's spread."""
        self._advance(time_s)
        if self._dirty.any():
            self._refresh()
        fading = np.exp(-np.maximum(0.0, time_s - self._incident_s) / (self.config.incident_share * self.day_s))
        log_s = self._log + self._traffic + (self._incident * fading)[:, None]
        noise = (self._noise_sum / self._noise_count)[self._kind]
        return RoadBelief(log_s, self._own, self._common, self._traffic_var, noise, self.day_s)

    def state(self) -> dict[str, NDArray[Any]]:
        """What was learned, as arrays for a save file."""
        return {"precision": self._precision.copy(), "weighted": self._weighted.copy(), "informed_s": self._informed_s.copy(), "seen": self.seen.copy(),
                "noise": np.stack([self._noise_sum, self._noise_count])}

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take up what `state` gave; today's traffic is unknown.  Raises KeyError or ValueError when it does not fit, and changes nothing then."""
        now = self.state()
        found = {name: np.array(state[name], dtype=np.float64) for name in now}
        for name, values in found.items():
            if values.shape != now[name].shape or not np.isfinite(values).all():
                raise ValueError(f"{name} has shape {values.shape}: expected {now[name].shape}, finite")
        self._precision, self._weighted, self._informed_s, self.seen = (found[name] for name in ("precision", "weighted", "informed_s", "seen"))
        self._noise_sum, self._noise_count = found["noise"]
        self._day = None
        self._dirty[:] = True
        self._refresh()

    def _now_incident(self, edge: int, time_s: float) -> float:
        if self._incident[edge] == 0.0:
            return 0.0
        fading = math.exp(-max(0.0, time_s - float(self._incident_s[edge])) / (self.config.incident_share * self.day_s))
        return float(self._incident[edge]) * fading

    def _bins_at(self, time_s: float) -> tuple[int, int, float]:
        x = time_s / self.day_s * self.config.bins - 0.5
        low = math.floor(x)
        return low % self.config.bins, (low + 1) % self.config.bins, x - low

    def _advance(self, time_s: float) -> None:
        """A new day: its traffic is unknown again."""
        day = math.floor(time_s / self.day_s)
        if day != self._day:
            self._day = day
            self._traffic, self._traffic_var = 0.0, self.config.traffic_sd**2
            self._incident[:] = 0.0

    def _refresh(self) -> None:
        """Posterior of classes, then of roads given them; only roads seen since the last time need a matrix turned over."""
        if self._dirty.any():
            self._cover[self._dirty] = np.linalg.inv(self._road_prior + self._precision[self._dirty])
            self._dirty[:] = False
        told = self._weighted.any(axis=1)
        pull = self._cover @ self._road_prior  # (E, B, B): how much a road follows its class
        alone = np.einsum("eij,ej->ei", self._cover, self._weighted)
        for kind in range(self._kinds):
            mine = self._kind == kind
            known = mine & told
            turned = np.swapaxes(pull[known], 1, 2)
            precision = self._class_prior + (turned @ self._precision[known]).sum(axis=0)
            cover = np.linalg.inv(precision)
            mean = cover @ np.einsum("eij,ej->i", turned, self._weighted[known])
            self._log[mine] = self._log_free[mine, None] + pull[mine] @ mean + alone[mine]
            follows = np.clip(pull[mine].sum(axis=2), 0.0, 1.0)
            self._common[mine] = follows**2 * np.diag(cover)
        self._own = np.diagonal(self._cover, axis1=1, axis2=2).copy()
