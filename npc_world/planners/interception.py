"""Where to go so as to catch the target soonest on average over all its possible futures.

For each candidate first move: make it for `commit_s`, then suppose that each hypothesis in turn becomes known, and
catch it optimally; the candidate with the least expected catch time wins.  This is hindsight optimisation (Chong,
Givan and Chang 2000; QMDP, Littman 1995): it hedges between routes while they have much in common and commits when
one outweighs the others.  Wrong where paying for information is worth it: it never moves only to see more.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.home import NO_HOME, Home
from npc_world.core.pieces import Pieces, at_once
from npc_world.core.reading import position_of
from npc_world.core.records import Forecast
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid
from npc_world.planners.catch_time import catch_open, with_present
from npc_world.planners.chase import Chase, Meeting
from npc_world.planners.interception_map import intercept_through_the_map
from npc_world.planners.interception_open import intercept_in_the_open
from npc_world.planners.waiting import Afterwards

__all__ = ["Meeting", "intercept", "intercept_in_pieces"]

Floats = NDArray[np.float64]
_NEGLIGIBLE = 0.02
"""A future of less weight does not decide how the problem is solved."""


def intercept_in_pieces(ground: Terrain | None, position: Any, speed_px_s: float, forecast: Forecast, *, size: tuple[float, float] | None = None,
                        reach_px: float = 0.0, surfaces: Floats | None = None, now_px: Floats | None = None, commit_s: float | None = None,
                        covered_s: Floats | None = None, cover_weight: float = 0.0, change_hz: float = 0.0, change_cost: float = 1.5,
                        steady: float = 0.0, home: Home | None = None, holding: frozenset[str] = frozenset(), afterwards: Afterwards | None = None,
                        most_meetings: int = 6) -> Pieces[Meeting]:
    """The move that minimises the expected time to catch the forecast body, with its meeting point.

    reach_px: centre distance that counts as caught.  surfaces: (S, 4) believed speeds per surface (see `surface_table`).
    now_px: where the target is now, when known.  covered_s: (K,) catch times of the teammates: a hypothesis that another
    catches sooner counts for little (`cover_weight` in [0, 1] sets how little).  change_hz: how often the target stops doing what
    was forecast.  In the open futures are then drawn that leave it (`renewal`); on maps a far meeting counts for less than being near
    (`change_cost` times the walk over what is left).
    steady: probability in [0, 1] that it never does.  home: where it goes from place to place, in the open.  holding: what the pursuer holds, for the ground's links.
    afterwards: what comes after the futures that end at a goal, for maps; without it a target stays there.
    most_meetings: round walls so many of the likeliest futures decide, each at the cost of a travel-time field.  Raises `BadInputError` for a bad speed.
    """
    start = position_of(position, "position")
    if not (math.isfinite(speed_px_s) and speed_px_s > 0.0):
        raise BadInputError(f"speed_px_s={speed_px_s!r}: expected a positive number")
    if not isinstance(forecast, Forecast):
        raise BadInputError(f"forecast={forecast!r}: expected a Forecast; there is none while nothing was seen")
    times_s, tracks = with_present(forecast.times_s, forecast.positions_px, now_px)
    commit = float(commit_s) if commit_s is not None else _commitment(times_s, tracks, start, speed_px_s)
    chase = Chase(start, speed_px_s, times_s, tracks, forecast.weights, reach_px, commit, covered_s, cover_weight,
                  change_hz, steady, change_cost, NO_HOME if home is None else home.row(), afterwards, most_meetings)
    by_link = ground is not None and bool(ground.links) and _links_are_shorter(ground, chase, holding)
    is_open = ground is None or (not by_link and afterwards is None and _is_open(ground, start, tracks, surfaces))
    if ground is None or is_open or (not by_link and _is_straight(ground, chase, size, surfaces)):
        factor = 1.0 if ground is None or surfaces is None else float(surfaces[ground.surface[ground.cell_of(start)], 0])
        meeting = intercept_in_the_open(replace(chase, speed=speed_px_s * factor))
        return meeting if is_open else replace(meeting, kept=None)
    return (yield from intercept_through_the_map(chase, ground, size, surfaces, holding))


intercept = at_once(intercept_in_pieces, "intercept")


def _commitment(times_s: Floats, tracks: Floats, start: Floats, speed: float) -> float:
    """How long a first move is kept before the future is supposed known: a share of the way, within the forecast."""
    gap = float(np.hypot(*(tracks[:, 0] - start).T).mean())
    return float(np.clip(0.25 * gap / speed, times_s[1] * 0.5, 0.5 * times_s[-1]))


def _links_are_shorter(ground: Terrain, chase: Chase, holding: frozenset[str]) -> bool:
    """Whether a link that may be taken brings the pursuer nearer in time to anywhere the target may be than the straight line does."""
    places = chase.tracks[chase.weights >= _NEGLIGIBLE].reshape(-1, 2)
    straight = np.hypot(*(places - chase.start).T)
    for link in ground.links:
        if link.needs is None or link.needs in holding:
            for way in (link, link.backwards()) if link.both_ways else (link,):
                around = math.dist(chase.start, way.start) + chase.speed * way.time_s + np.hypot(*(places - way.end).T)
                if (around < straight).any():
                    return True
    return False


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


def _is_straight(ground: Terrain, chase: Chase, size: tuple[float, float] | None, surfaces: Floats | None) -> bool:
    """Whether every future of weight can be met before it ends along a clear straight line over ground of one speed: then walls do not matter."""
    nav = NavGrid.of(ground, size)
    speeds = None if surfaces is None else surfaces[:, 0] + 10.0 * np.abs(surfaces[:, 2:]).sum(axis=1)
    here = None if speeds is None else speeds[ground.surface[ground.cell_of(chase.start)]]
    ends_s = np.full(len(chase.weights), math.inf) if chase.afterwards is None else chase.afterwards.ends_s
    for track, weight, end_s in zip(chase.tracks, chase.weights, ends_s.tolist(), strict=True):
        if weight < _NEGLIGIBLE:
            continue
        factor = 1.0 if here is None or surfaces is None else float(surfaces[ground.surface[ground.cell_of(chase.start)], 0])
        time_s, x, y, _ = catch_open(chase.times_s, track, chase.start[0], chase.start[1], 0.0, chase.speed * factor, chase.reach,
                                     chase.change_hz, chase.steady, chase.change_cost)
        if time_s > min(end_s, chase.times_s[-1]) or not nav.clear_line(chase.start, (x, y)):
            return False
        if speeds is not None:
            count = 2 + int(math.dist(chase.start, (x, y)) / ground.cell_px)
            along = chase.start + (np.array([x, y]) - chase.start) * np.linspace(0.0, 1.0, count)[:, None]
            if any(speeds[ground.surface[ground.cell_of(point)]] != here for point in along):
                return False
    return True
