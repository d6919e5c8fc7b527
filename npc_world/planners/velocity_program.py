"""The velocity nearest to the wanted one among those that several half-planes and a top speed allow.

Incremental linear programming in two dimensions (de Berg et al., Computational Geometry, chapter 4), as used for optimal
reciprocal collision avoidance (van den Berg, Guy, Lin & Manocha 2011).  Half-planes are rows (nx, ny, c): n · v ≥ c, |n| = 1.
"""

from __future__ import annotations

import math

from npc_world.core.compiled import kernel

__all__ = ["nearest_velocity"]

_EPS = 1e-9


@kernel
def on_boundary(planes, i, top_speed, wx, wy, farthest):  # type: ignore[no-untyped-def]
    """(possible, x, y): the best velocity on the edge of plane i that satisfies planes before it.

    Best is nearest to (wx, wy), or with `farthest` the farthest along it.
    """
    nx, ny, c = planes[i, 0], planes[i, 1], planes[i, 2]
    inside = top_speed * top_speed - c * c
    if inside < 0.0:
        return False, 0.0, 0.0
    tx, ty = -ny, nx
    high = math.sqrt(inside)
    low = -high
    for j in range(i):
        across = planes[j, 0] * tx + planes[j, 1] * ty
        need = planes[j, 2] - c * (planes[j, 0] * nx + planes[j, 1] * ny)
        if abs(across) <= _EPS:
            if need > _EPS * top_speed:
                return False, 0.0, 0.0
        elif across > 0.0:
            low = max(low, need / across)
        else:
            high = min(high, need / across)
        if low > high:
            return False, 0.0, 0.0
    along = tx * wx + ty * wy
    if farthest:
        s = high if along > 0.0 else low
    else:
        s = min(high, max(low, along))
    return True, c * nx + s * tx, c * ny + s * ty


@kernel
def best_velocity(planes, count, top_speed, wx, wy, farthest):  # type: ignore[no-untyped-def]
    """(failed, x, y): the first of `count` planes that cannot be satisfied, or `count`, and the best velocity up to there."""
    size = math.sqrt(wx * wx + wy * wy)
    x, y = wx, wy
    if farthest or size > top_speed:
        x, y = (wx / size * top_speed, wy / size * top_speed) if size > 0.0 else (0.0, 0.0)
    for i in range(count):
        if planes[i, 0] * x + planes[i, 1] * y < planes[i, 2] - _EPS * top_speed:
            possible, new_x, new_y = on_boundary(planes, i, top_speed, wx, wy, farthest)
            if not possible:
                return i, x, y
            x, y = new_x, new_y
    return count, x, y


@kernel
def nearest_velocity(planes, hard, count, top_speed, wx, wy, spare):  # type: ignore[no-untyped-def]
    """(x, y) nearest to (wx, wy) within `count` planes, the first `hard` of which are walls.

    Where no velocity satisfies all, walls hold and the worst violation of the others is made as small as it can be.
    spare (≥ count, 3): room to work in.
    """
    failed, x, y = best_velocity(planes, count, top_speed, wx, wy, False)
    if failed == count:
        return x, y
    worst = 0.0
    for i in range(max(failed, hard), count):
        if planes[i, 2] - planes[i, 0] * x - planes[i, 1] * y <= worst:
            continue
        for j in range(hard):
            spare[j, 0], spare[j, 1], spare[j, 2] = planes[j, 0], planes[j, 1], planes[j, 2]
        used = hard
        for j in range(hard, i):  # where plane j is violated no more than plane i
            dx, dy = planes[j, 0] - planes[i, 0], planes[j, 1] - planes[i, 1]
            size = math.sqrt(dx * dx + dy * dy)
            if size > 1e-6:
                spare[used, 0], spare[used, 1], spare[used, 2] = dx / size, dy / size, (planes[j, 2] - planes[i, 2]) / size
                used += 1
        done, new_x, new_y = best_velocity(spare, used, top_speed, planes[i, 0], planes[i, 1], True)
        if done == used:
            x, y = new_x, new_y
        worst = planes[i, 2] - planes[i, 0] * x - planes[i, 1] * y
    if failed < hard:  # pressed into a wall from several sides: come out of the worst one
        for i in range(hard):
            if planes[i, 0] * x + planes[i, 1] * y < planes[i, 2]:
                push = min(top_speed, planes[i, 2])
                x, y = planes[i, 0] * push, planes[i, 1] * push
    return x, y
