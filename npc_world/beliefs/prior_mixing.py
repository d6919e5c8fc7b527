"""A motion prior beside the experts: how far its word counts for this very body, at each horizon.

The prior and the experts' mixture foretell the same moments.  When one has come, the log densities that each gave it move the
odds between them (a Bayesian choice between two models with forgetting: Raftery, Kárný and Ettler 2010).  A stranger is taken for one of the
kind the prior was fitted on; the better the experts come to know it, the more they say.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.motion_prior import MotionPrior, ways
from npc_world.core import mixture
from npc_world.core.records import Forecast

__all__ = ["PriorMix"]

Floats = NDArray[np.float64]
_JUDGED_S = np.array([0.5, 1.0, 2.0, 4.0])
"""Horizons at which they are compared, s; in shares of the prior's own horizon when that is shorter."""
_FIRST_ODDS = 3.0
"""Log odds of the prior for a stranger, forgotten as evidence comes."""
_DEPTH = 6.0
"""Log odds go no farther than so much: who is behind recovers."""
_MOST_PER_MOMENT = 2.0
_MEMORY_MOMENTS = 25.0
_MOST_SIGHTINGS = 400
_LEAST_WEIGHT = 0.5
"""Moments that overlap tell the same twice: each counts so much."""


@dataclass(slots=True)
class _Told:
    """What both said of one moment."""

    due_s: float
    bin: int
    sides: tuple[tuple[Floats, Floats, Floats], tuple[Floats, Floats, Floats]]
    """Of the prior and of the experts: means (K, 1, 2), covariances (K, 1, 2, 2), weights (K,)."""


class PriorMix:
    """The prior's part in one target's forecasts."""

    def __init__(self, prior: MotionPrior) -> None:
        self.prior = prior
        self.judged_s = _JUDGED_S * min(1.0, float(prior.grid.ahead_s[-1]) / _JUDGED_S[-1])
        self.history_s = float(prior.grid.lags_s[-1])
        self.odds: Floats = np.full(len(_JUDGED_S), _FIRST_ODDS)
        self.reset()

    def reset(self) -> None:
        """A new round, or a jump: the track begins anew, what was found of the body is kept."""
        self._times: deque[float] = deque(maxlen=_MOST_SIGHTINGS)
        self._places: deque[tuple[float, float]] = deque(maxlen=_MOST_SIGHTINGS)
        self._told: deque[_Told] = deque()
        self._next_s = -math.inf

    def forget(self) -> None:
        """The body is a stranger again."""
        self.odds[:] = _FIRST_ODDS
        self.reset()

    def restore(self, odds: Floats | None) -> None:
        """Take up what was found of a body; None when nothing was.  ValueError when it does not fit."""
        values = np.full(len(self.judged_s), _FIRST_ODDS) if odds is None else np.array(odds, dtype=np.float64)
        if values.shape != self.odds.shape or not np.isfinite(values).all():
            raise ValueError(f"prior_odds={odds!r}")
        self.odds = values
        self.reset()

    def observe(self, time_s: float, x: float, y: float, experts: Callable[[Floats], Forecast]) -> None:
        """One sighting.  experts: the forecast without the prior at times (T,) s ahead, asked for now and then."""
        if self._times and time_s <= self._times[-1]:
            return
        self._times.append(time_s)
        self._places.append((x, y))
        while len(self._times) > 3 and self._times[1] < time_s - self.history_s:
            self._times.popleft()
            self._places.popleft()
        self._judge(time_s)
        if time_s >= self._next_s and len(self._times) >= 3:
            self._next_s = time_s + 0.5 * float(self.judged_s[0])
            others = experts(self.judged_s)
            both = self.said(self.judged_s), (others.positions_px, others.covariances_px2, others.weights)
            for b, ahead_s in enumerate(self.judged_s.tolist()):
                ours, theirs = ((means[:, b:b + 1], covariances[:, b:b + 1], weights) for means, covariances, weights in both)
                self._told.append(_Told(time_s + ahead_s, b, (ours, theirs)))

    @property
    def ready(self) -> bool:
        """Whether it has seen enough to say something."""
        return len(self._times) >= 2

    def said(self, ahead: Floats) -> tuple[Floats, Floats, Floats]:
        """The prior's own mixture at ahead (T,) s: (K, T, 2), (K, T, 2, 2), (K,)."""
        times, places = np.array(self._times), np.array(self._places)
        return self.prior.mixture(places, times, ahead, self.prior.typical_of(places, times))

    def share(self, horizon_s: float) -> float:
        """Probability that what comes is as the prior says, for futures of horizon_s."""
        return 1.0 / (1.0 + math.exp(-float(np.interp(horizon_s, self.judged_s, self.odds))))

    def mixed(self, experts: Forecast, most: int, touch: Callable[[Floats], None]) -> Forecast:
        """Both together, at most `most` futures: the weightiest, each standing also for those like it that are left out.

        touch: makes a track (T, 2) slide along walls, in place.
        """
        means, spreads, shares = self.said(experts.times_s)
        q = self.share(float(experts.times_s[-1]))
        for track in means:
            touch(track)
        positions = np.concatenate([means, experts.positions_px])
        covariances = np.concatenate([spreads, experts.covariances_px2])
        weights = np.concatenate([q * shares, (1.0 - q) * experts.weights])
        labels = (*ways(means, np.array(self._places), np.array(self._times)), *experts.labels)
        order = np.argsort(-weights, kind="stable")
        kept, rest = order[:most], order[most:]
        for row in rest[weights[rest] > 0.0].tolist():
            off = np.hypot(*np.moveaxis(positions[kept, -1] - positions[row, -1], 1, 0))
            weights[kept[int(np.argmin(off))]] += weights[row]
        return Forecast(experts.times_s, positions[kept], weights[kept] / weights[kept].sum(), covariances[kept], tuple([labels[k] for k in kept]),
                        experts.regions if q < 0.5 else None)

    def _judge(self, time_s: float) -> None:
        """Compare what was said of moments that have come.  Moments between sightings are taken to lie on a straight line."""
        waiting: deque[_Told] = deque()
        for told in self._told:
            if told.due_s > time_s:
                waiting.append(told)
                continue
            t0, t1 = self._times[-2], self._times[-1]
            if told.due_s < t0 - 1e-9:
                continue
            u = (told.due_s - t0) / (t1 - t0)
            a, b = np.array(self._places[-2]), np.array(self._places[-1])
            point = ((1.0 - u) * a + u * b)[None, :]
            logs = [math.log(float(mixture.density(means, covariances, weights, point)[0]) + 1e-300) for means, covariances, weights in told.sides]
            step = _LEAST_WEIGHT * max(-_MOST_PER_MOMENT, min(_MOST_PER_MOMENT, logs[0] - logs[1]))
            odds = (1.0 - 1.0 / _MEMORY_MOMENTS) * self.odds[told.bin] + step
            self.odds[told.bin] = max(-_DEPTH, min(_DEPTH, odds))
        self._told = waiting
