"""What a moving body pays for: being away from its target (in each of its futures), walls, jerks, and the way still to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast
from npc_world.core.tunable import check_tunables, tunable
from npc_world.models.on_ground import HIT, A, B, X, Y, advance
from npc_world.models.travel_time import TravelTime
from npc_world.planners.risk import Risk, collapsed, risk_of

__all__ = ["PursuitCost", "sample_costs"]

Floats = NDArray[np.float64]
_NO_FIELD = np.empty((0, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class PursuitCost:
    """A `Cost` of named terms, in squares of `length_px`; compiled with an `OnGround` model, in numpy with any other.

    The target is the forecast's K hypotheses, each at its own time, or `goal` (x, y) when there is no forecast.
    """

    near: float = tunable(1.0, "weight of the mean squared distance to the target on the way", low=0.0, high=1e6)
    end: float = tunable(1.0, "weight of the squared distance to the target at the end", low=0.0, high=1e6)
    wall: float = tunable(4.0, "cost of a step against a wall (with OnGround models)", low=0.0, high=1e6)
    smooth: float = tunable(0.0, "weight of the mean squared change of control, in shares of top speed (with OnGround models)", low=0.0, high=1e6)
    stop: float = tunable(0.0, "weight of the squared speed at the end, in shares of top speed (with OnGround models)", low=0.0, high=1e6)
    way: float = tunable(0.0, "cost of a second of the way still to go at the end, by the field given", low=0.0, high=1e6)
    reach_px: float = tunable(0.0, "this near the target is caught: from then on it costs nothing more; 0 never", low=0.0)
    length_px: float = tunable(32.0, "a distance that costs 1: about a body's width", low=1e-9)
    risk: Risk = tunable(factory=Risk, help="how several futures of the target count")
    goal: Any = None
    """(x, y) px, used without a forecast."""
    field: TravelTime | None = None
    """Travel time to where it is going, for `way`."""

    def __post_init__(self) -> None:
        check_tunables(self)
        if self.goal is not None and (np.shape(self.goal) != (2,) or not np.isfinite(np.asarray(self.goal, dtype=np.float64)).all()):
            raise BadInputError(f"goal={self.goal!r}: expected a finite (x, y)")

    def __call__(self, rollouts: Floats, forecast: Forecast | None) -> Floats:
        """(B,) costs of rollouts (B, H, S), taken to be equally spaced over the forecast's horizon; walls and controls are not seen here."""
        steps = rollouts.shape[1]
        if forecast is None:
            targets, weights = self.targets(None, steps, 1.0)
        else:
            step_s = float(forecast.times_s[-1]) / steps
            targets, weights = self.targets(forecast, steps, step_s)
        offsets = rollouts[:, None, :, :2] - targets[None]
        squares = np.einsum("bkhc,bkhc->bkh", offsets, offsets)
        if self.reach_px > 0.0:
            squares = np.where(np.logical_or.accumulate(squares <= self.reach_px**2, axis=2), 0.0, squares)
        costs = (self.near * squares.mean(axis=2) + self.end * squares[:, :, -1]) / self.length_px**2
        if self.field is not None and self.way > 0.0:
            costs = costs + self.way * self.field.at(rollouts[:, -1, :2])[:, None]
        return collapsed(costs, weights, self.risk)

    def targets(self, forecast: Forecast | None, steps: int, step_s: float) -> tuple[Floats, Floats]:
        """(K, H, 2) where the target is at each step, and the hypotheses' weights (K,)."""
        if forecast is None:
            if self.goal is None:
                raise BadInputError("forecast=None: expected a forecast, or a cost with a goal")
            return np.broadcast_to(np.asarray(self.goal, dtype=np.float64), (1, steps, 2)).copy(), np.ones(1)
        times = forecast.times_s
        if len(times) == steps and abs(times[0] - step_s) < 1e-9 and abs(times[-1] - steps * step_s) < 1e-9:
            return np.ascontiguousarray(forecast.positions_px, dtype=np.float64), np.ascontiguousarray(forecast.weights, dtype=np.float64)
        grid = step_s * np.arange(1, steps + 1)
        right = np.clip(np.searchsorted(times, grid), 1, len(times) - 1) if len(times) > 1 else np.zeros(steps, np.int64)
        left = np.maximum(right - 1, 0)
        span = np.maximum(times[right] - times[left], 1e-12)
        share = np.clip((grid - times[left]) / span, 0.0, 1.0)[None, :, None]
        places = forecast.positions_px
        return np.ascontiguousarray((1.0 - share) * places[:, left] + share * places[:, right]), np.ascontiguousarray(forecast.weights, dtype=np.float64)

    @property
    def packed(self) -> tuple[Floats, Floats]:
        """(10,) terms and the field's seconds (rows, cols), empty without one, for `sample_costs`."""
        kind, number = self.risk.packed
        terms = np.array([self.near, self.end, self.wall, self.smooth, self.stop, self.way, self.reach_px, self.length_px, kind, number])
        return terms, _NO_FIELD if self.field is None or self.way == 0.0 else np.ascontiguousarray(self.field.times_s, dtype=np.float64)


@kernel
def sample_costs(params, surface, table, solid, cell_px, state, controls, dt_s, targets, weights, terms, field, bodies, cases, out, trace):  # type: ignore[no-untyped-def]
    """Fill out (B,) with the costs of control sequences (H, 2, B) from `state` (4,): rollouts and terms in one go.

    targets (K, H, 2), weights (K,); bodies (BODY_ROWS, B) and cases (K, B) are overwritten.  trace (H, 2) is filled with where the first
    body goes, unless it has no rows.
    """
    steps, samples, count = controls.shape[0], controls.shape[2], targets.shape[0]
    near, end, wall, smooth, stop = terms[0], terms[1], terms[2], terms[3], terms[4]
    way, reach, length, risk, number = terms[5], terms[6] * terms[6], terms[7], terms[8], terms[9]
    top, wheel = params[1], params[1] if params[0] == 0.0 else 1.0
    for s in range(samples):
        out[s] = 0.0
        for i in range(4):
            bodies[i, s] = state[i]
        for k in range(count):
            cases[k, s] = 0.0
    for h in range(steps):
        advance(params, surface, table, solid, cell_px, bodies, controls[h], dt_s)
        if trace.shape[0] > 0:
            trace[h, 0], trace[h, 1] = bodies[X, 0], bodies[Y, 0]
        weight = near / steps + (end if h == steps - 1 else 0.0)
        for s in range(samples):
            out[s] += wall * bodies[HIT, s]
        if smooth > 0.0 and h > 0:
            for s in range(samples):
                du, dw = (controls[h, 0, s] - controls[h - 1, 0, s]) / top, (controls[h, 1, s] - controls[h - 1, 1, s]) / wheel
                out[s] += smooth * (du * du + dw * dw) / steps
        for k in range(count):
            to_x, to_y = targets[k, h, 0], targets[k, h, 1]
            if reach == 0.0:
                for s in range(samples):
                    dx, dy = bodies[X, s] - to_x, bodies[Y, s] - to_y
                    cases[k, s] += weight * (dx * dx + dy * dy)
            else:
                for s in range(samples):
                    if cases[k, s] >= 0.0:
                        dx, dy = bodies[X, s] - to_x, bodies[Y, s] - to_y
                        square = dx * dx + dy * dy
                        cases[k, s] = -1.0 - cases[k, s] if square <= reach else cases[k, s] + weight * square  # caught: what it had cost is kept below zero
    by_case, scratch = np.empty(count), np.empty(count)
    for s in range(samples):
        own = out[s]
        if stop > 0.0:
            own += stop * ((bodies[A, s] * bodies[A, s] + bodies[B, s] * bodies[B, s]) if params[0] == 0.0 else bodies[B, s] * bodies[B, s]) / (top * top)
        if field.shape[0] > 0:
            row = min(field.shape[0] - 1, max(0, int(bodies[Y, s] / cell_px)))
            col = min(field.shape[1] - 1, max(0, int(bodies[X, s] / cell_px)))
            own += way * min(1e6, field[row, col])
        for k in range(count):
            by_case[k] = (cases[k, s] if cases[k, s] >= 0.0 else -1.0 - cases[k, s]) / (length * length)
        out[s] = own + (by_case[0] if count == 1 else risk_of(by_case, weights, scratch, risk, number))
