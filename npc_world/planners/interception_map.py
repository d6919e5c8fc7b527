"""Interception round walls and over surfaces: candidate first moves, compared by true travel times.

One field from the pursuer gives when it can be at each point of each future.  A field from each likely meeting point gives
how much later a first move makes it for that meeting; from there the future is followed until the latecomer catches it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces
from npc_world.core.terrain import Terrain
from npc_world.models.nav_eikonal import GrowingField, times_to_cells_pieces
from npc_world.models.nav_grid import NavGrid
from npc_world.planners.catch_time import arrivals_along, catch_late, field_at
from npc_world.planners.chase import Chase, Meeting
from npc_world.planners.out_of_reach import nearest_place

__all__ = ["intercept_through_the_map"]

Floats = NDArray[np.float64]
_FIELD_ERROR = 0.02
"""Travel-time fields are that exact; a difference below it is no reason for a detour."""
_CHOOSING = 2500
"""Work, in cells looked at, that it takes to compare the first moves."""
_DECISIVE = 0.97
"""The likeliest futures decide on the first move: as many as hold that share of the weight, or `Chase.most_meetings`."""


def intercept_through_the_map(chase: Chase, ground: Terrain, size: Any, surfaces: Floats | None,
                              holding: frozenset[str] = frozenset()) -> Pieces[Meeting]:
    """The first move, a cell about `commit_s` away or standing still, with the least expected catch time; worked out in pieces."""
    reach_s = chase.reach / chase.speed
    field, arrivals = yield from _arrivals(chase, ground, size, surfaces, reach_s, holding)
    if not np.isfinite(arrivals).any():
        return _unreachable(chase, field, NavGrid.of(ground, size).nodes_px)
    unreached_s = 1.5 * float(np.max(field, where=np.isfinite(field), initial=chase.times_s[-1]))
    waits = _Waits.of(chase, field)
    alone, expected_alone, points = _caught(chase, arrivals, np.zeros((1, len(chase.tracks))), reach_s, unreached_s, waits)
    likely = _likely(chase.weights, chase.most_meetings)
    commit = min(chase.commit_s, max(1e-3, float(alone[0].min())))
    cells = _ring(field, commit)
    if len(cells) == 0:
        k = int(likely[0])
        return waits.told(chase.meeting(points[0, k], expected_alone[0], k, points[0, k], float(alone[0, k])))
    late = np.full((len(cells) + 1, len(chase.tracks)), commit)
    onwards = yield from _onwards(chase, ground, size, surfaces, points[0, likely], field, cells, commit, holding)
    through = field[cells[:, 0], cells[:, 1]][:, None] + onwards.T  # (cells, likely): to the meeting by way of the cell
    least = through.min(axis=0)
    late[1:, likely] = np.where(np.isfinite(least), through - np.where(np.isfinite(least), least, 0.0), 0.0)
    late = np.where(np.isfinite(late), late, unreached_s)
    yield _CHOOSING
    catch_times, expected, meetings = _caught(chase, arrivals, late, reach_s, unreached_s, waits)
    chosen = int(np.argmin(chase.score(expected, likely)))
    k = chase.served(expected[chosen], expected_alone[0])
    move_to = chase.start if chosen == 0 else NavGrid.of(ground, size).nodes_px[cells[chosen - 1, 0], cells[chosen - 1, 1]]
    if chosen > 0 and late[chosen, k] <= 0.1 * commit + _FIELD_ERROR * alone[0, k]:
        move_to = meetings[chosen, k]  # no hedge: straight there, not by way of a cell's centre
    return waits.told(chase.meeting(move_to, expected[chosen], k, meetings[chosen, k], float(catch_times[chosen, k])))


def _unreachable(chase: Chase, field: Floats, nodes_px: Floats) -> Meeting:
    """No point of any future can be reached: the place to wait at, and catch times (s) that say no more than that they are long."""
    cell = nearest_place(field, nodes_px, chase.speed, chase.times_s, chase.tracks, chase.weights)
    hopeless = np.full(len(chase.tracks), 1.5 * max(float(chase.times_s[-1]), float(np.max(field, where=np.isfinite(field), initial=0.0))))
    place = chase.start if cell is None else np.array(nodes_px[cell])
    return replace(chase.meeting(place, hopeless, int(np.argmax(chase.weights)), place, math.inf), probability=0.0, reachable=False)


def _likely(weights: Floats, most: int) -> NDArray[np.int64]:
    """Rows of the futures that decide, the likeliest first."""
    order = np.argsort(-weights, kind="stable")[:max(1, most)]
    held = np.cumsum(weights[order])
    return order[:1 + int(np.searchsorted(held, _DECISIVE * float(weights.sum())))]


def _onwards(chase: Chase, ground: Terrain, size: Any, surfaces: Floats | None, meetings: Floats, field: Floats, cells: NDArray[np.int64],
             commit: float, holding: frozenset[str]) -> Pieces[Floats]:
    """(n, m) seconds from first moves `cells` (m, 2) to meetings (n, 2); meetings that share a square of one and a half cells are one.

    First moves that delay a meeting by more than twice the commitment are not worth knowing exactly.
    """
    squares = [tuple(square) for square in (meetings / (1.5 * ground.cell_px)).astype(np.int64).tolist()]
    found = {square: i for i, square in enumerate(dict.fromkeys(squares))}
    of = np.array([found[square] for square in squares])
    first = np.array([squares.index(square) for square in found])
    there = np.array([field_at(field, ground.cell_px, x, y) for x, y in meetings[first].tolist()])
    within_s = 1.05 * there + 2.2 * commit + 2.0 * ground.cell_px / chase.speed  # there, back to where the move began, and what fields err
    times = yield from times_to_cells_pieces(ground, meetings[first], cells, chase.speed, around=chase.start, around_s=field, within_s=within_s,
                                             size=size, surfaces=surfaces, holding=holding)
    return np.asarray(times[of])


def _arrivals(chase: Chase, ground: Terrain, size: Any, surfaces: Floats | None, reach_s: float,
              holding: frozenset[str]) -> Pieces[tuple[Floats, Floats]]:
    """The field from the pursuer (rows, cols) and its times (K, H) along the futures, as far out as is needed."""
    arrivals = np.empty(chase.tracks.shape[:2])
    direct_s = float(np.hypot(*(chase.tracks[:, 0] - chase.start).T).max()) / chase.speed
    horizon_s = float(chase.times_s[-1]) + reach_s
    fastest = chase.speed * (max(1.0, float(surfaces[:, 0].max())) if surfaces is not None else 1.0)
    least_s = np.hypot(*np.moveaxis(chase.tracks - chase.start, 2, 0)) / fastest  # (K, H) as the crow flies
    all_near = bool((least_s - reach_s <= chase.times_s).any(axis=1).all())
    limits = (min(horizon_s, 1.5 * direct_s + float(chase.times_s[1])), 1.25 * horizon_s, 5.0 * horizon_s, math.inf)
    growing = GrowingField(ground, chase.start, chase.speed, size=size, surfaces=surfaces, holding=holding)
    for limit_s in limits:  # the way round may be far longer than the forecast
        if limit_s < math.inf and (float(least_s.min(axis=1).max()) > limit_s or (limit_s <= horizon_s and not all_near)):
            continue  # that cannot be enough
        field = yield from growing.until(limit_s)
        arrivals_along(chase.tracks, field, ground.cell_px, arrivals)
        caught = (arrivals - reach_s <= chase.times_s).any(axis=1)
        seen = np.isfinite(arrivals).any(axis=1)
        if caught.all() or (limit_s > horizon_s and seen.all()):
            break
    return field, arrivals


@dataclass(frozen=True, slots=True)
class _Waits:
    """Where to be when each future is over, for the futures whose end is known."""

    ends_s: Floats
    """(K,) inf for the others."""
    points: Floats
    """(K, 2)"""
    there_s: Floats
    """(K,) seconds to that place."""
    places: NDArray[np.int64]

    @classmethod
    def of(cls, chase: Chase, field: Floats) -> _Waits:
        count, after = len(chase.tracks), chase.afterwards
        if after is None:
            return cls(np.full(count, math.inf), np.zeros((count, 2)), np.zeros(count), np.full(count, -1))
        places = after.best_places(field)
        cells = after.places.cells[places]
        return cls(np.where(places >= 0, after.ends_s, math.inf), after.places.points_px[places], field[cells[:, 0], cells[:, 1]], places)

    def after_s(self, chase: Chase, late: Floats) -> Floats:
        """(C, K) time to the catch of each future that is not caught before it ends, when everything is late (C, K) later."""
        out = np.zeros(late.shape)
        if chase.afterwards is not None:
            for k in np.flatnonzero(self.places >= 0).tolist():
                out[:, k] = chase.afterwards.after_s(k, self.places[k], self.there_s[k] + late[:, k])
        return out

    def told(self, meeting: Meeting) -> Meeting:
        """The same, marked when it comes after the end of the future acted on: its point is the place to wait at."""
        return replace(meeting, waiting=bool(meeting.time_s > self.ends_s[meeting.hypothesis]))


def _caught(chase: Chase, arrivals: Floats, late: Floats, reach_s: float, unreached_s: float, waits: _Waits) -> tuple[Floats, Floats, Floats]:
    """Catch times (C, K), expected catch times (C, K) and meeting points (C, K, 2)."""
    times, expected = np.empty(late.shape), np.empty(late.shape)
    meetings = np.broadcast_to(waits.points, (*late.shape, 2)).copy()
    catch_late(chase.times_s, chase.tracks, arrivals, late, float(chase.speed), reach_s, unreached_s, chase.change_hz, chase.steady, chase.change_cost,
               waits.ends_s, waits.after_s(chase, late), times, expected, meetings)
    return times, expected, meetings


def _ring(field: Floats, commit_s: float) -> NDArray[np.int64]:
    """(m, 2) (row, col) of the cells about `commit_s` away, or of the nearest ones when that is less than a cell."""
    source = np.unravel_index(int(np.argmin(field)), field.shape)
    row0, col0 = max(0, source[0] - 1), max(0, source[1] - 1)
    near = field[row0:source[0] + 2, col0:source[1] + 2]
    nearest_s, step_s = float(field[source]), float(np.max(near, where=np.isfinite(near), initial=0.0)) - float(field[source])
    far = max(commit_s, step_s)
    # one slanted move thick, or the ring would have gaps
    at = np.flatnonzero((field > max(nearest_s, far - 1.05 * step_s)) & (field <= 1.05 * far))
    return np.stack(np.divmod(at, field.shape[1]), axis=1)
