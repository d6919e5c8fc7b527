"""Not bumping into each other: velocities for many bodies at once that keep clear of bodies and walls for a while.

Optimal reciprocal collision avoidance (van den Berg, Guy, Lin & Manocha 2011): each pair shares the change of velocity that
avoids a collision within the horizon.  Two habits are added against jams: a body that meets oncoming ones turns to the right,
the more the less it is on the right-hand side of the crowd already, and of two opposed bodies the one that is, or where
there is no crowd the one of higher rank, has precedence: it leaves most of the change to the other.  Bodies are circles; wrong for bodies that cannot
move sideways at once, and blind to what happens beyond the horizon: give it a wanted velocity along a path.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.arguments import frame_seconds
from npc_world.core.errors import BadInputError
from npc_world.core.terrain import Terrain
from npc_world.core.tunable import check_tunables, tunable
from npc_world.models.nav_grid import NavGrid
from npc_world.planners.avoidance_crowd import avoid_bodies, avoid_seen

__all__ = ["Avoidance", "Avoider", "avoid", "avoid_all"]

Floats = NDArray[np.float64]
_NO_CELLS = np.empty(0, np.int64)
_NO_SIZES = np.empty((0, 2))
_NO_WALLS = (np.empty((0, 0), np.uint8), np.empty((0, 0), np.bool_), _NO_CELLS.reshape(0, 0), _NO_CELLS, _NO_CELLS, np.empty((0, 4)),
             np.empty((0, 0, 2)), np.ones(10), np.empty((0, 0), np.bool_))


@dataclass(frozen=True, slots=True, kw_only=True)
class Avoidance:
    """How far ahead and how politely a body avoids others."""

    horizon_s: float = tunable(2.5, "how far ahead it avoids other bodies, s", low=0.05, high=10.0)
    wall_horizon_s: float = tunable(0.25, "how far ahead it slows down for walls, s", low=0.0, high=5.0)
    most_neighbours: int = tunable(10, "how many of the nearest bodies it minds", low=1, high=32)
    keep_right: float = tunable(1.3, "how far it turns to the right of oncoming bodies, rad at most; 0 never", low=0.0, high=1.5)
    crowd_radii: float = tunable(22.0, "how far it looks at the traffic around, in body radii", low=0.0, high=200.0)
    precedence: float = tunable(0.35, "how much less than half of the avoiding falls to the body with precedence", low=0.0, high=0.5)

    def __post_init__(self) -> None:
        check_tunables(self)


def avoid_all(positions: ArrayLike, velocities: ArrayLike, wanted: ArrayLike, radii: ArrayLike, dt_s: float, *, ground: Terrain | None = None,
              top_speeds: ArrayLike | None = None, ranks: ArrayLike | None = None, config: Avoidance | None = None) -> Floats:
    """Velocities (N, 2) px/s for N bodies that all avoid each other, and walls; one native call.

    positions, velocities, wanted (N, 2) px and px/s; radii (N,) or one, px; top_speeds px/s, by default 1.2 × the wanted speed.
    ranks (N,): of two bodies the one with the greater rank has precedence; by default the earlier in the list.
    """
    where = _rows(positions, "positions", 2)
    count = len(where)
    if count == 0:
        return np.empty((0, 2))
    now, want = _rows(velocities, "velocities", 2, count), _rows(wanted, "wanted", 2, count)
    size = _column(radii, "radii", count)
    top = 1.2 * np.hypot(want[:, 0], want[:, 1]) if top_speeds is None else _column(top_speeds, "top_speeds", count)
    order = np.arange(count, 0.0, -1.0) if ranks is None else _column(ranks, "ranks", count)
    result = np.empty((count, 2))
    _run(ground, where, now, want, size, top, order, np.ones(count, np.bool_), dt_s, config, result)
    return result


def avoid(position: ArrayLike, velocity: ArrayLike, wanted: ArrayLike, radius: float, neighbour_positions: ArrayLike,
          neighbour_velocities: ArrayLike, neighbour_radii: ArrayLike, dt_s: float, *, ground: Terrain | None = None,
          top_speed_px_s: float | None = None, reciprocal: bool = False, config: Avoidance | None = None) -> Floats:
    """The velocity (2,) px/s nearest to the wanted one with which a body keeps clear of n others for a while.

    neighbour_positions and neighbour_velocities (n, 2), neighbour_radii (n,) or one.  reciprocal: the others avoid it too,
    by this same rule, and do half of the work; else, as with a player, this body does all of it.

    >>> v = avoid((0, 0), (10, 0), (10, 0), 1.0, [(40, 0)], [(0, 0)], 1.0, 0.1)
    >>> v.tolist()
    [10.0, 0.0]
    """
    others = _rows(neighbour_positions, "neighbour_positions", 2)
    count = len(others) + 1
    moves = _rows(neighbour_velocities, "neighbour_velocities", 2, len(others))
    where, now, want, size = np.empty((count, 2)), np.empty((count, 2)), np.empty((count, 2)), np.empty(count)
    where[0], now[0], want[0] = _rows(position, "position", 2, 1)[0], _rows(velocity, "velocity", 2, 1)[0], _rows(wanted, "wanted", 2, 1)[0]
    where[1:], now[1:], want[1:] = others, moves, moves
    size[0], size[1:] = _column(radius, "radius", 1)[0], _column(neighbour_radii, "neighbour_radii", len(others))
    speeds = np.hypot(now[:, 0], now[:, 1])
    speeds[0] = top_speed_px_s if top_speed_px_s is not None else 1.2 * math.hypot(want[0, 0], want[0, 1])
    result = np.empty((1, 2))
    _run(ground, where, now, want, size, speeds, np.zeros(count), np.full(count, reciprocal), dt_s, config, result)
    return result.reshape(2)


class Avoider:
    """`avoid` for one body that is asked in every frame, by what is checked already: at an eighth of the cost."""

    def __init__(self, config: Avoidance) -> None:
        self._options = _options(config)
        self._result = np.empty((1, 2))

    def velocity(self, own: Floats, radius: float, places: Floats, before: Floats, sizes: Floats | None, without: int, reach_px: float, dt_s: float,
                 ground: Terrain, top_speed_px_s: float) -> Floats | None:
        """(2,) px/s, or None when none of the others is within `reach_px`.

        own (6,): position, velocity, wanted velocity, or (8,), see `avoid_seen`; places and before (n, 2): where the others are and were a frame ago, nothing known of
        that when before has other rows; sizes (n, 2), NaN or None where not known, when they count as large as itself; without: the row
        that is itself, or -1.  They avoid it too.
        """
        found = avoid_seen(NavGrid.of(ground).walls, places, before, _NO_SIZES if sizes is None else sizes, without, own, radius, top_speed_px_s,
                           reach_px, dt_s, self._options, self._result)
        return self._result[0].copy() if found else None


def _options(config: Avoidance) -> Floats:
    return np.array([config.horizon_s, config.wall_horizon_s, config.most_neighbours, config.keep_right, config.precedence, config.crowd_radii])


def _run(ground: Terrain | None, where: Floats, now: Floats, want: Floats, size: Floats, top: Floats, ranks: Floats,
         moving: NDArray[np.bool_], dt_s: float, config: Avoidance | None, result: Floats) -> None:
    step_s = frame_seconds(dt_s)
    options = _options(config if config is not None else Avoidance())
    walls: Any = NavGrid.of(ground).walls if ground is not None else _NO_WALLS
    avoid_bodies(walls, where, now, want, size, top, ranks, moving, step_s, options, result)


def _rows(values: ArrayLike, name: str, width: int, count: int | None = None) -> Floats:
    try:
        if isinstance(values, list) and values and set(map(len, values)) == {width}:
            rows = np.fromiter(chain.from_iterable(values), np.float64, width * len(values)).reshape(-1, width)  # twice as fast
        else:
            rows = np.ascontiguousarray(values, dtype=np.float64).reshape(-1, width)
    except (TypeError, ValueError):
        raise BadInputError(f"{name}={values!r}: expected (n, {width}) numbers") from None
    if count is not None and len(rows) != count:
        raise BadInputError(f"{name} has {len(rows)} rows: expected {count}")
    if not np.isfinite(rows).all():
        raise BadInputError(f"{name}={values!r}: not finite")
    return rows


def _column(values: ArrayLike, name: str, count: int) -> Floats:
    column = np.asarray(values, dtype=np.float64)
    if column.ndim > 1 or (column.ndim == 1 and len(column) != count) or not np.isfinite(column).all() or (column < 0.0).any():
        raise BadInputError(f"{name}={values!r}: expected {count} finite, non-negative numbers, or one")
    return np.full(count, float(column)) if column.ndim == 0 else np.ascontiguousarray(column)
