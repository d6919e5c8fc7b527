"""Where to go so as to catch the target soonest on average over all its possible futures.

For each candidate first move: make it for `commit_s`, then suppose that each hypothesis in turn becomes known, and
catch it optimally; the candidate with the least expected catch time wins.  This is hindsight optimisation (Chong,
Givan and Chang 2000; QMDP, Littman 1995): it hedges between routes while they have much in common and commits when
one outweighs the others.  Wrong where paying for information is worth it: it never moves only to see more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.reading import position_of
from npc_world.core.records import Forecast
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.models.travel_time import travel_time_fields
from npc_world.planners.catch_time import catch_open, catch_times_fields, catch_times_open, with_present

__all__ = ["Meeting", "intercept"]

Floats = NDArray[np.float64]
_HEADINGS = 32


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
    if ground is None or _is_open(ground, start, tracks, surfaces):
        factor = 1.0 if ground is None or surfaces is None else float(surfaces[ground.surface[ground.cell_of(start)], 0])
        return _in_the_open(start, speed_px_s * factor, forecast, times_s, tracks, reach_px, commit, covered_s, cover_weight)
    return _through_the_map(ground, start, speed_px_s, forecast, times_s, tracks, reach_px, commit, covered_s, cover_weight, size, surfaces)


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
    kinds = np.unique(ground.surface[window])
    table = surfaces[kinds]
    return bool(np.all(table[:, 2:] == 0.0) and np.all(table[:, 0] == table[0, 0]))


def _score(out: Floats, weights: Floats, covered_s: Floats | None, cover_weight: float) -> Floats:
    """(C,) expected catch time per candidate: own, or shared with what teammates cover."""
    own = out @ weights
    if covered_s is None or cover_weight <= 0.0:
        return np.asarray(own)
    shared = np.minimum(out, covered_s[None, :]) @ weights
    return np.asarray((1.0 - cover_weight) * own + cover_weight * shared)


def _in_the_open(start: Floats, speed: float, forecast: Forecast, times_s: Floats, tracks: Floats, reach: float, commit: float,
                 covered_s: Floats | None, cover_weight: float) -> Meeting:
    meetings = np.array([catch_open(times_s, track, start[0], start[1], 0.0, speed, reach) for track in tracks])
    commit = min(commit, max(1e-3, float(meetings[:, 0].min())))
    towards = meetings[:, 1:] - start
    angles = np.concatenate([np.arctan2(towards[:, 1], towards[:, 0]), np.arange(_HEADINGS) * (2.0 * math.pi / _HEADINGS)])
    best, value = _best_heading(start, speed, commit, angles, times_s, tracks, forecast.weights, reach, covered_s, cover_weight)
    width = 2.0 * math.pi / _HEADINGS
    for _ in range(2):
        width /= 5.0
        near = best + width * np.arange(-4, 5)
        best, value = _best_heading(start, speed, commit, near, times_s, tracks, forecast.weights, reach, covered_s, cover_weight)
    step = speed * commit * np.array([math.cos(best), math.sin(best)])
    moves = np.stack([start, start + step])
    out = np.empty((2, len(tracks)))
    catch_times_open(times_s, tracks, moves, np.array([commit, commit]), speed, reach, out)
    values = _score(out, forecast.weights, covered_s, cover_weight)
    chosen = 0 if values[0] < values[1] - 1e-9 else 1
    k = _served(out[chosen], forecast.weights, meetings[:, 0])
    point = meetings[k, 1:]
    return Meeting(point, float(meetings[k, 0]), _probability(out[chosen], forecast.weights, times_s), moves[chosen],
                   float(out[chosen] @ forecast.weights), k, out[chosen])


def _best_heading(start: Floats, speed: float, commit: float, angles: Floats, times_s: Floats, tracks: Floats, weights: Floats,
                  reach: float, covered_s: Floats | None, cover_weight: float) -> tuple[float, float]:
    points = start + speed * commit * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    out = np.empty((len(angles), len(tracks)))
    catch_times_open(times_s, tracks, points, np.full(len(angles), commit), speed, reach, out)
    values = _score(out, weights, covered_s, cover_weight)
    i = int(np.argmin(values))
    return float(angles[i]), float(values[i])


def _served(catch_times: Floats, weights: Floats, alone: Floats) -> int:
    """The likeliest hypothesis among those this move delays least."""
    regret = catch_times - alone
    return int(np.argmax(weights / (1.0 + np.maximum(0.0, regret) / np.maximum(alone, 1e-3))))


def _probability(catch_times: Floats, weights: Floats, times_s: Floats) -> float:
    return float(min(1.0, weights[catch_times <= times_s[-1] + 1e-9].sum()))


def _through_the_map(ground: Terrain, start: Floats, speed: float, forecast: Forecast, times_s: Floats, tracks: Floats, reach: float,
                     commit: float, covered_s: Floats | None, cover_weight: float, size: tuple[float, float] | None,
                     surfaces: Floats | None) -> Meeting:
    nav = NavGrid.of(ground, size)
    limit_s = float(times_s[-1] + reach / speed)
    reach_s = reach / speed
    unreached_s = 1.5 * limit_s
    from_here = travel_time_fields(ground, start[None, :], speed, size=size, surfaces=surfaces, max_time_s=limit_s)
    alone, points = _catch(times_s, tracks, from_here, ground.cell_px, np.zeros(1), reach_s, unreached_s)
    commit = min(commit, max(1e-3, float(alone[0].min())))
    moves, delays = _first_moves(ground, nav, from_here[0], start, commit, points[0], forecast.weights)
    fields = travel_time_fields(ground, moves, speed, size=size, surfaces=surfaces, max_time_s=limit_s)
    out, meetings = _catch(times_s, tracks, fields, ground.cell_px, delays, reach_s, unreached_s)
    values = _score(out, forecast.weights, covered_s, cover_weight)
    chosen = int(np.argmin(values))
    k = _served(out[chosen], forecast.weights, alone[0])
    return Meeting(meetings[chosen, k], float(out[chosen, k]), _probability(out[chosen], forecast.weights, times_s), moves[chosen],
                   float(out[chosen] @ forecast.weights), k, out[chosen])


def _catch(times_s: Floats, tracks: Floats, fields: Floats, cell_px: float, delays: Floats, reach_s: float,
           unreached_s: float) -> tuple[Floats, Floats]:
    out = np.empty((len(fields), len(tracks)))
    meetings = np.empty((len(fields), len(tracks), 2))
    catch_times_fields(times_s, tracks, fields, cell_px, delays, reach_s, unreached_s, out, meetings)
    return out, meetings


def _first_moves(ground: Terrain, nav: NavGrid, field: Floats, start: Floats, commit_s: float, meetings: Floats,
                 weights: Floats) -> tuple[Floats, Floats]:
    """Candidates (C, 2) reached after about commit_s, and their exact delays (C,): towards the likeliest meetings, and around."""
    rows, cols = field.shape
    nodes = nav.nodes_px
    candidates: list[Floats] = [start]
    delays: list[float] = [commit_s]
    seen: set[tuple[int, int]] = set()
    ring = np.argwhere((field > 0.6 * commit_s) & (field <= 1.1 * commit_s))
    for k in np.argsort(-weights)[:4]:
        cell = _walk_back(field, ground.cell_of(meetings[k]), commit_s)
        if cell is not None and cell not in seen:
            seen.add(cell)
            candidates.append(nodes[cell])
            delays.append(float(field[cell]))
    if len(ring):
        angle = np.arctan2(nodes[ring[:, 0], ring[:, 1], 1] - start[1], nodes[ring[:, 0], ring[:, 1], 0] - start[0])
        for wanted in np.arange(8) * (math.pi / 4.0):
            off = np.abs(np.angle(np.exp(1j * (angle - wanted))))
            i = int(np.argmin(off))
            cell = (int(ring[i, 0]), int(ring[i, 1]))
            if off[i] < math.pi / 8.0 and cell not in seen:
                seen.add(cell)
                candidates.append(nodes[cell])
                delays.append(float(field[cell]))
    return np.ascontiguousarray(candidates), np.array(delays)


def _walk_back(field: Floats, cell: tuple[int, int], until_s: float) -> tuple[int, int] | None:
    """From a cell downhill to the first cell no further than `until_s` from the field's source; None when unreached."""
    rows, cols = field.shape
    row, col = cell
    if not math.isfinite(field[row, col]):
        return None
    for _ in range(rows * cols):
        if field[row, col] <= until_s:
            return row, col
        r0, c0 = max(0, row - 1), max(0, col - 1)
        window = field[r0:row + 2, c0:col + 2]
        i = int(np.argmin(window))
        best = (r0 + i // window.shape[1], c0 + i % window.shape[1])
        if best == (row, col):
            return None
        row, col = best
    return None
