"""Where to go so as to catch the target soonest on average over all its possible futures.

For each candidate first move: make it for `commit_s`, then suppose that each hypothesis in turn becomes known, and
catch it optimally; the candidate with the least expected catch time wins.  This is hindsight optimisation (Chong,
Givan and Chang 2000; QMDP, Littman 1995): it hedges between routes while they have much in common and commits when
one outweighs the others.  Wrong where paying for information is worth it: it never moves only to see more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.reading import position_of
from npc_world.core.records import Forecast
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_eikonal import straight_time_fields
from npc_world.planners.catch_time import catch_open, catch_times_fields, catch_times_open, with_present

__all__ = ["Meeting", "intercept"]

Floats = NDArray[np.float64]
_HEADINGS = 32
_NEGLIGIBLE = 0.02
"""A future of less weight does not decide how the problem is solved."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where and when the pursuer expects to meet the target, and the move that leads there."""

    point: Floats
    """(2,) meeting point on the hypothesis acted on."""
    time_s: float
    """Seconds until that meeting."""
    probability: float
    """Weight of the hypotheses that this move catches no later than the planner's horizon."""
    move_to_px: Floats
    """(2,) where to go first."""
    expected_catch_s: float
    """Mean catch time over the hypotheses: what was minimised."""
    hypothesis: int
    """Row of the forecast acted on: the likeliest of those served best."""
    catch_times_s: Floats
    """(K,) time to catch each hypothesis after the first move."""


def intercept(ground: Terrain | None, position: Any, speed_px_s: float, forecast: Forecast, *, size: tuple[float, float] | None = None,
              reach_px: float = 0.0, surfaces: Floats | None = None, now_px: Floats | None = None, commit_s: float | None = None,
              covered_s: Floats | None = None, cover_weight: float = 0.0) -> Meeting:
    """The move that minimises the expected time to catch the forecast body, with its meeting point.

    reach_px: centre distance that counts as caught.  surfaces: (S, 4) believed speeds per surface (see `surface_table`).
    now_px: where the target is now, when known.  covered_s: (K,) catch times of the teammates: a hypothesis that another
    catches sooner counts for little (`cover_weight` in [0, 1] sets how little).  Raises `BadInputError` for a bad speed.
    """
    start = position_of(position, "position")
    if not (math.isfinite(speed_px_s) and speed_px_s > 0.0):
        raise BadInputError(f"speed_px_s={speed_px_s!r}: expected a positive number")
    times_s, tracks = with_present(forecast.times_s, forecast.positions_px, now_px)
    commit = float(commit_s) if commit_s is not None else _commitment(times_s, tracks, start, speed_px_s)
    chase = _Chase(start, speed_px_s, times_s, tracks, forecast.weights, reach_px, commit, covered_s, cover_weight)
    if ground is None or _is_open(ground, start, tracks, surfaces) or _is_straight(ground, chase, size, surfaces):
        factor = 1.0 if ground is None or surfaces is None else float(surfaces[ground.surface[ground.cell_of(start)], 0])
        return _in_the_open(replace(chase, speed=speed_px_s * factor))
    return _through_the_map(chase, ground, size, surfaces)


@dataclass(frozen=True, slots=True)
class _Chase:
    """One interception problem: a pursuer, and K futures that begin now."""

    start: Floats
    speed: float
    times_s: Floats
    tracks: Floats
    """(K, H, 2)"""
    weights: Floats
    reach: float
    commit_s: float
    covered_s: Floats | None
    cover_weight: float

    def score(self, catch_times: Floats) -> Floats:
        """(C,) expected catch time per candidate (C, K): the own, or shared with what teammates cover."""
        own = catch_times @ self.weights
        if self.covered_s is None or self.cover_weight <= 0.0:
            return np.asarray(own)
        shared = np.minimum(catch_times, self.covered_s[None, :]) @ self.weights
        return np.asarray((1.0 - self.cover_weight) * own + self.cover_weight * shared)

    def served(self, catch_times: Floats, alone: Floats) -> int:
        """The likeliest hypothesis among those that a move delays least: times (K,) after the move, and going straight for each."""
        regret = np.maximum(0.0, catch_times - alone) / np.maximum(alone, 1e-3)
        return int(np.argmax(self.weights / (1.0 + regret)))

    def meeting(self, move_to: Floats, catch_times: Floats, hypothesis: int, point: Floats, time_s: float) -> Meeting:
        """The answer in public terms."""
        within = float(min(1.0, self.weights[catch_times <= self.times_s[-1] + 1e-9].sum()))
        return Meeting(point, time_s, within, move_to, float(catch_times @ self.weights), hypothesis, catch_times)


def _commitment(times_s: Floats, tracks: Floats, start: Floats, speed: float) -> float:
    """How long a first move is kept before the future is supposed known: a share of the way, within the forecast."""
    gap = float(np.hypot(*(tracks[:, 0] - start).T).mean())
    return float(np.clip(0.25 * gap / speed, times_s[1] * 0.5, 0.5 * times_s[-1]))


def _is_open(ground: Terrain, start: Floats, tracks: Floats, surfaces: Floats | None) -> bool:
    """Whether the box around pursuer and futures holds no wall, no hazard and one believed speed without drift."""
    low = np.minimum(tracks.min(axis=(0, 1)), start)
    high = np.maximum(tracks.max(axis=(0, 1)), start)
    row0, col0 = ground.cell_of(low - ground.cell_px)
    row1, col1 = ground.cell_of(high + ground.cell_px)
    window = (slice(row0, row1 + 1), slice(col0, col1 + 1))
    if ground.solid[window].any() or ground.hazard[window].any():
        return False
    if surfaces is None or len(surfaces) == 1:
        return True
    table = surfaces[np.unique(ground.surface[window])]
    return bool(np.all(table[:, 2:] == 0.0) and np.all(table[:, 0] == table[0, 0]))


def _is_straight(ground: Terrain, chase: _Chase, size: tuple[float, float] | None, surfaces: Floats | None) -> bool:
    """Whether every future of weight can be met along a clear straight line over ground of one speed: then walls do not matter."""
    nav = NavGrid.of(ground, size)
    speeds = None if surfaces is None else surfaces[:, 0] + 10.0 * np.abs(surfaces[:, 2:]).sum(axis=1)
    here = None if speeds is None else speeds[ground.surface[ground.cell_of(chase.start)]]
    for track, weight in zip(chase.tracks, chase.weights, strict=True):
        if weight < _NEGLIGIBLE:
            continue
        factor = 1.0 if here is None or surfaces is None else float(surfaces[ground.surface[ground.cell_of(chase.start)], 0])
        time_s, x, y = catch_open(chase.times_s, track, chase.start[0], chase.start[1], 0.0, chase.speed * factor, chase.reach)
        if time_s > chase.times_s[-1] or not nav.clear_line(chase.start, (x, y)):
            return False
        if speeds is not None:
            count = 2 + int(math.dist(chase.start, (x, y)) / ground.cell_px)
            along = chase.start + (np.array([x, y]) - chase.start) * np.linspace(0.0, 1.0, count)[:, None]
            if any(speeds[ground.surface[ground.cell_of(point)]] != here for point in along):
                return False
    return True


def _in_the_open(chase: _Chase) -> Meeting:
    start, speed = chase.start, chase.speed
    alone = np.array([catch_open(chase.times_s, track, start[0], start[1], 0.0, speed, chase.reach) for track in chase.tracks])
    commit = min(chase.commit_s, max(1e-3, float(alone[:, 0].min())))
    towards = alone[:, 1:] - start
    best = _best_heading(chase, commit, np.concatenate([np.arctan2(towards[:, 1], towards[:, 0]),
                                                        np.arange(_HEADINGS) * (2.0 * math.pi / _HEADINGS)]))
    width = 2.0 * math.pi / _HEADINGS
    for _ in range(2):
        width /= 5.0
        best = _best_heading(chase, commit, best + width * np.arange(-4, 5))
    moves = np.stack([start, start + speed * commit * np.array([math.cos(best), math.sin(best)])])
    catch_times = np.empty((2, len(chase.tracks)))
    catch_times_open(chase.times_s, chase.tracks, moves, np.array([commit, commit]), speed, chase.reach, catch_times)
    values = chase.score(catch_times)
    chosen = 0 if values[0] < values[1] - 1e-9 else 1  # standing still, only when that is better
    k = chase.served(catch_times[chosen], alone[:, 0])
    return chase.meeting(moves[chosen], catch_times[chosen], k, alone[k, 1:], float(alone[k, 0]))


def _best_heading(chase: _Chase, commit: float, angles: Floats) -> float:
    points = chase.start + chase.speed * commit * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    catch_times = np.empty((len(angles), len(chase.tracks)))
    catch_times_open(chase.times_s, chase.tracks, points, np.full(len(angles), commit), chase.speed, chase.reach, catch_times)
    return float(angles[int(np.argmin(chase.score(catch_times)))])


def _through_the_map(chase: _Chase, ground: Terrain, size: tuple[float, float] | None, surfaces: Floats | None) -> Meeting:
    reach_s = chase.reach / chase.speed
    limit_s = float(1.25 * chase.times_s[-1] + reach_s)
    rows, cols = ground.shape
    cells = (chase.tracks / ground.cell_px).astype(np.int64)
    on_the_way = np.clip(cells[..., 1], 0, rows - 1), np.clip(cells[..., 0], 0, cols - 1)
    for limit_s in (limit_s, 4.0 * limit_s, math.inf):  # the way round may be far longer than the forecast
        here = straight_time_fields(ground, chase.start[None, :], chase.speed, size=size, surfaces=surfaces, max_time_s=limit_s)
        reached = np.isfinite(here[0][on_the_way]).any(axis=1)
        if reached.all():
            break
    alone, points = _catch(chase, here, ground.cell_px, np.zeros(1), reach_s, _unreached(here))
    commit = min(chase.commit_s, max(1e-3, float(alone[0].min())))
    moves, delays = _first_moves(ground, NavGrid.of(ground, size), here[0], chase, commit, points[0])
    needed_s = min(limit_s, (float(alone[0][reached].max()) if reached.any() else 0.0) + 2.0 * commit + reach_s)  # no first move puts a meeting off by more than its way back
    fields = straight_time_fields(ground, moves, chase.speed, size=size, surfaces=surfaces, max_time_s=needed_s)
    catch_times, meetings = _catch(chase, fields, ground.cell_px, delays, reach_s, 1.5 * needed_s)
    chosen = int(np.argmin(chase.score(catch_times)))
    k = chase.served(catch_times[chosen], alone[0])
    return chase.meeting(moves[chosen], catch_times[chosen], k, meetings[chosen, k], float(catch_times[chosen, k]))


def _unreached(field: Floats) -> float:
    """What a cell that no way leads to counts as: half as far again as the farthest that is reached."""
    reached = field[np.isfinite(field)]
    return 1.5 * float(reached.max()) if len(reached) else 1e6


def _catch(chase: _Chase, fields: Floats, cell_px: float, delays: Floats, reach_s: float, unreached_s: float) -> tuple[Floats, Floats]:
    """Catch times (C, K) and meeting points (C, K, 2) from travel-time fields (C, rows, cols) around the candidates."""
    out = np.empty((len(fields), len(chase.tracks)))
    meetings = np.empty((len(fields), len(chase.tracks), 2))
    catch_times_fields(chase.times_s, chase.tracks, fields, cell_px, delays, chase.speed, reach_s, unreached_s, out, meetings)
    return out, meetings


def _first_moves(ground: Terrain, nav: NavGrid, field: Floats, chase: _Chase, commit_s: float, meetings: Floats) -> tuple[Floats, Floats]:
    """Candidates (C, 2) reached after about commit_s, and their exact delays (C,): towards the likeliest meetings, and around."""
    cells: list[tuple[int, int]] = []
    for k in np.argsort(-chase.weights)[:4]:
        cell = _walk_back(field, ground.cell_of(meetings[k]), commit_s)
        if cell is not None:
            cells.append(cell)
    ring = np.argwhere((field > 0.6 * commit_s) & (field <= 1.1 * commit_s))
    if len(ring):
        offset = nav.nodes_px[ring[:, 0], ring[:, 1]] - chase.start
        angle = np.arctan2(offset[:, 1], offset[:, 0])
        for wanted in np.arange(8) * (math.pi / 4.0):
            off = np.abs(np.angle(np.exp(1j * (angle - wanted))))
            i = int(np.argmin(off))
            if off[i] < math.pi / 8.0:
                cells.append((int(ring[i, 0]), int(ring[i, 1])))
    cells = list(dict.fromkeys(cells))
    points = [chase.start, *(nav.nodes_px[cell] for cell in cells)]
    return np.ascontiguousarray(points), np.array([commit_s, *(float(field[cell]) for cell in cells)])


def _walk_back(field: Floats, cell: tuple[int, int], until_s: float) -> tuple[int, int] | None:
    """From a cell downhill to the first cell no further than `until_s` from the field's source, but short of the source's own
    cell, which is no move; None when unreached."""
    row, col = cell
    source_s = float(field.min())
    if not math.isfinite(field[row, col]):
        return None
    while field[row, col] > until_s:
        top, left = max(0, row - 1), max(0, col - 1)
        window = field[top:row + 2, left:col + 2]
        i = int(np.argmin(window))
        below = (top + i // window.shape[1], left + i % window.shape[1])
        if below == (row, col):
            return None
        if field[below] <= source_s:
            break
        row, col = below
    return row, col
