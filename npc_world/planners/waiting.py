"""Where to wait for a target that cannot be met before it is where it goes: what it is worth to stand somewhere when it gets there.

A target that has one thing goes for the next.  With the target at a goal and the pursuer at a place, the least expected time to the
catch is, over the goals it may go for then, the time at which the leg there is cut off from that place; or, when it is not, the time
of the leg and the least such value, at the leg's end, of the places the pursuer can be at by then.  That is a small Markov decision
problem over (goal, place), solved by a few sweeps of value iteration (Bellman 1957).

Assumes that a leg's goal is known once it has begun, and that the target takes the fastest way there at its present pace; wrong for
one that dawdles or that turns back half way, for whom `change_cost` of the interception stands.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.planners.paths import find_path
from npc_world.planners.places import CELLS_AT_ONCE, cells_of_a_field, fields_of_places, spread_places

__all__ = ["Afterwards", "WaitingPlaces", "waiting_places"]

Floats = NDArray[np.float64]
_MOST_PLACES, _LEAST_PLACES, _CELLS_IN_ALL = 300, 120, 8_000_000
"""Places, and how many are worth it on a large map: a field from each takes time that the chase does not wait for."""
_PAIRS_PER_CELL = 20
"""What a pair of places costs, in such cells; a leg's path and who cuts it off cost a field."""
_SWEEPS = 3
_LATE = 2.0
"""Seconds that a second of coming too late to a waiting place costs: who follows does not catch up."""
_EARLY = 0.05
"""Seconds that a second of way to a waiting place costs though there is time for it: it may come to nothing."""
_PAUSE_S = 0.2
"""So long a target stays at a goal, about."""
_NEARNESS = 1.0
"""Goals near by are likelier next: log prior per share of the mean travel time."""


@dataclass(frozen=True, slots=True)
class WaitingPlaces:
    """The solved problem."""

    points_px: Floats
    """(N, 2) places, spread over the ground."""
    cells: NDArray[np.int64]
    """(N, 2) (row, col) of each."""
    values_s: Floats
    """(G, N) expected seconds to the catch from when the target has come to a goal and the pursuer stands at a place."""


@dataclass(frozen=True, slots=True)
class Afterwards:
    """What becomes of the futures of a forecast when they are over: which goal each ends at, and when."""

    places: WaitingPlaces
    goals: NDArray[np.int64]
    """(K,) row of `WaitingPlaces.values_s`; -1 where a future has no end that is known."""
    arrivals_s: Floats
    """(K,) seconds until it gets there; inf for the others."""

    @property
    def ends_s(self) -> Floats:
        """(K,) when it leaves for the next goal."""
        return self.arrivals_s + _PAUSE_S

    def best_places(self, field: Floats) -> NDArray[np.int64]:
        """(K,) place to be at when each future ends, for a pursuer with this field (rows, cols) of travel times; -1 where none is known."""
        there_s = field[self.places.cells[:, 0], self.places.cells[:, 1]]
        best = np.full(len(self.goals), -1)
        for k, goal in enumerate(self.goals.tolist()):
            if goal >= 0:
                values = self.after_s(k, np.arange(len(there_s)), there_s)
                n = int(np.argmin(values))
                best[k] = n if values[n] < math.inf else -1
        return best

    def after_s(self, future: int, place: Any, there_s: Any) -> Any:
        """Expected time to the catch, from now, for who is at a place there_s from now and waits there for what comes after a future."""
        end_s = self.arrivals_s[future] + _PAUSE_S
        return end_s + self.places.values_s[self.goals[future], place] + _LATE * np.maximum(0.0, there_s - end_s) + _EARLY * there_s


def waiting_places(ground: Terrain, goals: Floats, target_speed_px_s: float, speed_px_s: float, *, reach_px: float = 0.0, size: Any = None,
                   surfaces: Floats | None = None) -> Iterator[WaitingPlaces | None]:
    """Solve for goals (G, 2) px, bit by bit: yields None after each millisecond or so of work, and the solution last.

    A ground that changes meanwhile makes the solution old, not wrong in form.
    """
    grid = NavGrid.of(ground, size)
    field_cells = cells_of_a_field(ground, grid, surfaces)
    cells, points = spread_places(ground, min(_MOST_PLACES, max(_LEAST_PLACES, _CELLS_IN_ALL // field_cells)), size)
    yield None
    legs: list[_Leg] = []
    unpaid = 0
    for a in range(len(goals)):
        begun = len(legs)
        for b in range(len(goals)):
            path = find_path(ground, goals[a], goals[b], size=size, surfaces=surfaces) if a != b else None
            if path is not None and len(path) > 1:
                legs.append(_Leg(a, b, *_timed_cells(path, ground, target_speed_px_s, surfaces), np.empty(len(cells))))
            unpaid += field_cells
            if unpaid >= CELLS_AT_ONCE:
                unpaid = 0
                yield None
        mean_s = max(1e-9, float(np.mean([leg.lasts_s for leg in legs[begun:]] or [0.0])))
        for leg in legs[begun:]:
            leg.chance = math.exp(-_NEARNESS * leg.lasts_s / mean_s)
    cols = ground.shape[1]
    homes = [row * cols + col for row, col in (grid.nearest_free(goal) or grid.cell_of(goal) for goal in goals)]
    between_s, values = np.empty((len(cells), len(cells))), np.empty((len(goals), len(cells)))
    for rows, fields in fields_of_places(ground, points, size, surfaces):  # none of them is kept: together they are large
        between_s[rows] = fields[:, cells[:, 0] * cols + cells[:, 1]].astype(np.float64) / speed_px_s
        values[:, rows] = _FOLLOWING * fields[:, homes].T.astype(np.float64) / speed_px_s
        for leg in legs:
            cut_off_leg(fields, leg.cells, leg.times_s, speed_px_s, reach_px, leg.cut_off_s[rows])
        yield None
    for _ in range(_SWEEPS):
        swept = np.zeros_like(values)
        chances = np.zeros(len(goals))
        for leg in legs:
            add_leg(leg.cut_off_s, leg.lasts_s, leg.chance, between_s, values[leg.to], _LATE, swept[leg.start])
            chances[leg.start] += leg.chance
            unpaid += len(cells) ** 2 // _PAIRS_PER_CELL
            if unpaid >= CELLS_AT_ONCE:
                unpaid = 0
                yield None
        known = chances > 0.0
        values[known] = swept[known] / chances[known, None]
    yield WaitingPlaces(points, cells, values)


_FOLLOWING = 1.5
"""First guess, before any sweep: seconds to the catch per second that a goal is away."""


@dataclass(slots=True)
class _Leg:
    """From one goal to another."""

    start: int
    to: int
    cells: NDArray[np.int64]
    """(J,) flat cells along it …"""
    times_s: Floats
    """… and when the target passes them."""
    cut_off_s: Floats
    """(N,) when one who waits at each place cuts it off; inf where it gets by."""
    chance: float = 0.0
    """That it is the next one, over that of others from the same goal."""

    @property
    def lasts_s(self) -> float:
        """Until it leaves the leg's end."""
        return float(self.times_s[-1]) + _PAUSE_S


def _timed_cells(path: Floats, ground: Terrain, speed_px_s: float, surfaces: Floats | None) -> tuple[NDArray[np.int64], Floats]:
    """Flat cells (J,) along a path about a cell apart, and when a body of that speed passes them."""
    steps = np.diff(path, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    counts = np.maximum(1, np.ceil(lengths / ground.cell_px).astype(np.int64))
    leg = np.repeat(np.arange(len(steps)), counts)
    share = (np.arange(len(leg)) - np.repeat(np.cumsum(counts) - counts, counts) + 1.0) / counts[leg]
    points = np.concatenate([path[:1], path[leg] + steps[leg] * share[:, None]])
    at = (points / ground.cell_px).astype(np.int64)
    rows, cols = ground.shape
    flat = np.clip(at[:, 1], 0, rows - 1) * cols + np.clip(at[:, 0], 0, cols - 1)
    factors = 1.0 if surfaces is None else np.maximum(surfaces[ground.surface.reshape(-1)[flat[1:]], 0], 1e-3)
    times_s = np.concatenate([[0.0], np.cumsum((lengths / counts)[leg] / factors / speed_px_s)])
    return flat, times_s


@kernel
def cut_off_leg(away, cells, times_s, speed, reach, out):  # type: ignore[no-untyped-def]
    """Fill out (N,), away (N, cells) px at unit speed: the first of times_s (J,) at which one who starts at each place with the leg is at its `cells` (J,); inf when never."""
    for n in range(away.shape[0]):
        out[n] = math.inf
        last_gap = 0.0
        for j in range(cells.shape[0]):
            gap = (away[n, cells[j]] - reach) / speed - times_s[j]
            if gap <= 0.0:
                u = last_gap / (last_gap - gap) if j > 0 and last_gap < math.inf else 1.0
                out[n] = times_s[j] if j == 0 else times_s[j - 1] + u * (times_s[j] - times_s[j - 1])
                break
            last_gap = gap


@kernel
def add_leg(cut_off_s, lasts_s, chance, between_s, values_s, late, out):  # type: ignore[no-untyped-def]
    """Add to out (N,) the chance times the value of each place for one leg: cut off, or on to the best place for what comes after."""
    count = cut_off_s.shape[0]
    for n in range(count):
        value = cut_off_s[n]
        if value == math.inf:
            best = math.inf
            for m in range(count):
                best = min(best, values_s[m] + late * max(0.0, between_s[m, n] - lasts_s))
            value = lasts_s + best
        out[n] += chance * value
