"""What the body may want: goals, weighed by how much of a detour its way so far would be, and the ways to them.

Travel-time fields tell the detour; what it says of each goal, and what is learned of how directly this body walks, is `goal_filter`'s.
Wrong for a body that bluffs: then the experts' own records take over; goals share one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.goal_fields import NEVER, GoalFields, fields_for
from npc_world.beliefs.goal_filter import enter_goals, filter_goals, goal_prior, learn_directness, rationality
from npc_world.beliefs.imm import blend
from npc_world.beliefs.layout import GIVEN, SPEED, TOP_SPEED
from npc_world.beliefs.routes import ROUTE_POINTS, trace, walk
from npc_world.beliefs.surroundings import Surroundings
from npc_world.core.compiled import kernel
from npc_world.core.errors import BadInputError
from npc_world.core.reading import position_of
from npc_world.models.nav_sample import sample_times

__all__ = ["Intent", "named_goals"]

Floats = NDArray[np.float64]
_FADE_S = 4.0
"""So long it is remembered that a goal was reached."""
_CELLS_AT_ONCE = 8000
"""Cells of travel-time fields that are brought up to date between two looks at the body."""
_ARRIVED_S = 0.12
_ARRIVED_CELLS = 0.75
_LEAST_LOG = -12.0
"""No goal that can be reached counts for less, in log probability."""


class Intent:
    """The goals of one target: fields of travel time, routes from where it is, and the posterior."""

    def __init__(self, around: Surroundings, rationality_hz: float) -> None:
        self.around = around
        self.rationality_hz = rationality_hz
        self.labels: list[str] = []
        self.points = np.empty((0, 2))
        self.directness = np.zeros(2)
        """Seconds walked and seconds of them wasted, as `goal_filter.learn_directness` counts them: learned of this body."""
        self._clear(0)

    def _clear(self, count: int) -> None:
        self._known = GoalFields((NEVER,) * count, self.around.shape)
        self._versions = [-1] * count
        self._routes = np.zeros((count, ROUTE_POINTS, 2))
        self._counts = np.zeros(count, np.int64)
        self._remaining = np.full(count, math.inf)
        self._evidence = np.full(count, math.nan)
        self._arrived = np.zeros(count)
        self._last = np.full(3, math.nan)

    def set_goals(self, goals: Any) -> list[int]:
        """Replace the goals; what is known of those that stay is kept.  Returns, per new goal, its old row or -1."""
        labels, points = named_goals(goals)
        points = self.around.snapped(points)
        labels, points = labels[:GIVEN], points[:GIVEN]
        old = {(label, *point): i for i, (label, point) in enumerate(zip(self.labels, self.points.tolist(), strict=True))}
        kept = [old.get((label, *point), -1) for label, point in zip(labels, points.tolist(), strict=True)]
        known, versions, evidence, last = self._known, self._versions, self._evidence, self._last
        remaining = self._remaining
        self.labels, self.points = labels, np.ascontiguousarray(points)
        self._clear(len(labels))
        self._last = last
        for i, j in enumerate(kept):
            if j >= 0:
                self._versions[i], self._remaining[i], self._evidence[i] = versions[j], remaining[j], evidence[j]
        stale = self._stale()
        self._known = fields_for(self.around, self.points, known, kept, stale)
        self._refreshed(stale)
        return kept

    @property
    def fields(self) -> Floats:
        """(G, rows, cols) s at 1 px/s to each goal; to be read only."""
        return self._known.fields

    def forget(self) -> None:
        """A new round: the way so far says nothing any more, but how directly this body walks stays known."""
        self._evidence[:] = math.nan
        self._arrived[:] = 0.0
        self._remaining[:] = math.inf
        self._last[:] = math.nan

    def refresh(self, most: int | None = None) -> None:
        """Bring at most so many travel-time fields up to date with the ground, by default as many as take about a millisecond.

        What was left to a goal by another field is forgotten: a door that shuts is no detour of the body's.
        """
        stale = self._stale()
        rows, cols = self.around.shape
        now = stale[:max(1, _CELLS_AT_ONCE // max(1, rows * cols)) if most is None else most]
        if now:
            self._known = fields_for(self.around, self.points, self._known, list(range(len(self.labels))), now)
            self._refreshed(now)
        self._remaining[stale] = math.inf

    def _stale(self) -> list[int]:
        stamp = self.around.stamp
        return [i for i, version in enumerate(self._versions) if version != stamp] if self.around.has_ground else []

    def _refreshed(self, rows: list[int]) -> None:
        for i in rows:
            self._versions[i] = self.around.stamp

    def update(self, m: Floats) -> None:
        """The body has moved: add the evidence of that, and lay the routes anew from where it is.  To be called a few times a second."""
        if len(self.labels) == 0:
            return
        self.refresh()
        around = self.around
        walls, free, moves, surface, table, cell_px = around.grid_arrays()
        _update(m, around.has_ground, walls, free, moves, surface, table, cell_px, self._known.fields, self._known.corners, self.points, self._routes, self._counts,
                self._remaining, self._evidence, self._arrived, self._last, self.directness, self.rationality_hz)

    def log_posterior(self, out: Floats) -> None:
        """Fill out (GIVEN,) with the log posterior of each goal; -inf for one that cannot be reached and beyond the last."""
        _log_posterior(self._remaining, self._evidence, self._arrived, out)

    def tracks(self, m: Floats, times: Floats, out: Floats) -> None:
        """Fill out (GIVEN, H, 2) with the ways to the goals at `times` (H,); NaN where there is none."""
        around = self.around
        _walk_all(m, self._routes, self._counts, around.surface, around.table_rows, around.cell_px, times, out)

    def seconds_left(self, m: Floats) -> Floats:
        """(G,) until the body is at each goal at its present pace; inf for one that cannot be reached."""
        if len(self.labels) == 0:
            return np.empty(0)
        pace, _ = _pace(m, self.around.surface, self.around.table_rows, self.around.cell_px)
        return np.asarray(self._remaining / max(pace, 1e-9))

    def track_from(self, goal: int, x: float, y: float, pace: float, times: Floats) -> Floats:
        """(H, 2) the way to a goal from anywhere; stays where there is none."""
        route, track = np.zeros((ROUTE_POINTS, 2)), np.empty((len(times), 2))
        walls, free, moves, surface, table, cell_px = self.around.grid_arrays()
        count = 1
        route[0] = self.points[goal]
        if self.around.ground is not None:
            count = trace(walls, free, moves, surface, table, self.fields[goal], self.points[goal, 0], self.points[goal, 1],
                          self._known.corners[goal], x, y, route)
        walk(x, y, pace, route, count, surface, table, cell_px, times, track)
        return track


def named_goals(goals: Any) -> tuple[list[str], Floats]:
    """Labels and (n, 2) points of goals given as points or as a mapping from name to point.  Raises `BadInputError`."""
    if goals is None:
        return [], np.empty((0, 2))
    if isinstance(goals, Mapping):
        items = [(str(name), position_of(point, f"goals[{name!r}]")) for name, point in goals.items()]
    else:
        try:
            rows = list(goals)
        except TypeError:
            raise BadInputError(f"goals={goals!r}: expected points (x, y), or a mapping from name to point") from None
        items = [(f"goal {i + 1}", position_of(point, f"goals[{i}]")) for i, point in enumerate(rows)]
    return [label for label, _ in items], np.array([point for _, point in items], dtype=np.float64).reshape(-1, 2)


@kernel
def _pace(m, surface, table, cell_px):  # type: ignore[no-untyped-def]
    """px/s the body would go on good ground: as it goes now, or most of its top speed when it dawdles."""
    z, _, _, _, _ = blend(m)
    factor = 1.0
    if table.shape[0] > 0:
        rows, cols = surface.shape
        row, col = min(rows - 1, max(0, int(z.imag / cell_px))), min(cols - 1, max(0, int(z.real / cell_px)))
        factor = max(0.05, table[surface[row, col], 0])
    return max(m[SPEED] / factor, 0.6 * m[TOP_SPEED]), factor


@kernel
def _update(m, has_ground, walls, free, moves, surface, table, cell_px, fields, corners, points, routes, counts, remaining,  # type: ignore[no-untyped-def]
            evidence, arrived, last, directness, stranger_hz):
    z, _, _, _, _ = blend(m)
    pace, factor = _pace(m, surface, table, cell_px)
    at = np.empty((1, 2))
    at[0, 0], at[0, 1] = z.real, z.imag
    step_s = m[1] - last[2]
    moved = math.hypot(z.real - last[0], z.imag - last[1]) / factor
    known = step_s == step_s and 0.0 < step_s < 1.0 and moved < 3.0 * max(m[TOP_SPEED], 1e-9) * step_s / factor
    keep = math.exp(-step_s / _FADE_S) if known else 1.0
    count = points.shape[0]
    detours, prior = np.zeros(count), np.empty(count)
    for g in range(count):
        if has_ground:
            time = sample_times(walls, free, moves, fields[g], surface, table, points[g:g + 1], 1.0, at)[0]
            counts[g] = trace(walls, free, moves, surface, table, fields[g], points[g, 0], points[g, 1], corners[g], z.real, z.imag, routes[g])
        else:
            time = math.hypot(points[g, 0] - z.real, points[g, 1] - z.imag)
            routes[g, 0, 0], routes[g, 0, 1] = points[g, 0], points[g, 1]
            counts[g] = 1
        if known and time < math.inf and remaining[g] < math.inf and pace > 0.0:
            detours[g] = min(max(moved - (remaining[g] - time), 0.0), 2.0 * moved) / pace
        remaining[g] = time
        arrived[g] *= keep
    goal_prior(remaining, arrived, prior)
    enter_goals(evidence, prior)
    if known and pace > 0.0:
        filter_goals(evidence, detours, prior, step_s, rationality(directness, stranger_hz))
        learn_directness(directness, evidence, detours, moved / pace)
    for g in range(count):
        if remaining[g] < max(_ARRIVED_S * pace, _ARRIVED_CELLS * cell_px * has_ground) and arrived[g] < 0.5:
            arrived[g] = 1.0
            evidence[:] = math.nan  # it has what it came for: what it did so far says nothing of what it wants next
    last[0], last[1], last[2] = z.real, z.imag, m[1]


@kernel
def _walk_all(m, routes, counts, surface, table, cell_px, times, out):  # type: ignore[no-untyped-def]
    z, _, _, _, _ = blend(m)
    pace, _ = _pace(m, surface, table, cell_px)
    for g in range(out.shape[0]):
        if g < counts.shape[0] and counts[g] > 0:
            walk(z.real, z.imag, pace, routes[g], counts[g], surface, table, cell_px, times, out[g])
        else:
            for h in range(out.shape[1]):
                out[g, h, 0] = out[g, h, 1] = math.nan


@kernel
def _log_posterior(remaining, evidence, arrived, out):  # type: ignore[no-untyped-def]
    count = remaining.shape[0]
    out[:] = -math.inf
    if count == 0:
        return
    shares = np.empty(count)
    goal_prior(remaining, arrived, shares)
    now = evidence.copy()
    enter_goals(now, shares)
    for g in range(count):
        if remaining[g] < math.inf:
            out[g] = max(_LEAST_LOG, now[g])
