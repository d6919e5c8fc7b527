"""Avoidance for a crowd in one native call: neighbours by cells, the traffic around each body, half-planes, best velocities."""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.planners.avoidance_traffic import cells_of_bodies, traffic_around
from npc_world.planners.avoidance_walls import mark_beside_walls, wall_planes
from npc_world.planners.velocity_program import nearest_velocity

__all__ = ["avoid_bodies", "avoid_seen", "pair_plane"]

_MOST_WALLS = 24
_CELL_RADII = 2.5
"""Width of the cells that bodies are sorted into."""
_BESIDE = 0.1
"""Share of its precedence that a body of higher rank has over one that goes its way: or a ring of bodies locks up."""

_BUSY = 0.3
"""Bodies that want less than this share of their top speed have arrived: nobody has precedence over them."""

_TIE = 0.05
"""Where two bodies are as much on their right side as each other, to within this, rank decides too."""
_CROWD = 15.0
"""So many oncoming bodies make a body turn half as far to the right as it will at most."""
_FEW = 2.5
"""Up to so many oncoming bodies between two, rank decides who goes first; in a crowd the side they are on does."""

_ONE_PLACE, _LEAVES = 0.25, 0.5
"""Bodies nearer than this share of a radius have one place; from there each is taken to be off by so much of its radius, its own way."""


@kernel
def pair_plane(px, py, vx, vy, ox, oy, ux, uy, radius, horizon, dt_s, share):  # type: ignore[no-untyped-def]
    """(nx, ny, c): velocities of a body at p with velocity v that avoid one at o with velocity u, `share` of the change its own."""
    rx, ry, wx, wy = ox - px, oy - py, vx - ux, vy - uy
    far2 = rx * rx + ry * ry
    touching = far2 <= radius * radius
    per_time = 1.0 / (dt_s if touching else horizon)
    cx, cy = wx - rx * per_time, wy - ry * per_time
    size2 = cx * cx + cy * cy
    toward = cx * rx + cy * ry
    if touching or (toward < 0.0 and toward * toward > radius * radius * size2):
        size = math.sqrt(size2)
        if size > 0.0:
            nx, ny = cx / size, cy / size
        else:
            nx, ny = (1.0, 0.0)
        change = radius * per_time - size
        dx, dy = change * nx, change * ny
    else:
        leg, per_far2 = math.sqrt(max(0.0, far2 - radius * radius)), 1.0 / far2
        if rx * cy - ry * cx > 0.0:
            tx, ty = (rx * leg - ry * radius) * per_far2, (rx * radius + ry * leg) * per_far2
        else:
            tx, ty = -(rx * leg + ry * radius) * per_far2, -(ry * leg - rx * radius) * per_far2
        along = wx * tx + wy * ty
        dx, dy = along * tx - wx, along * ty - wy
        nx, ny = -ty, tx
    return nx, ny, nx * (vx + share * dx) + ny * (vy + share * dy)


@kernel
def _look(begin, end, m, bodies, most, count, near, gaps):  # type: ignore[no-untyped-def]
    """Enter bodies begin … end - 1, in the order of cells, among the `count` nearest to body m; returns how many there are now."""
    x, y, own = bodies[m, 0], bodies[m, 1], bodies[m, 2] + bodies[m, 3]
    for k in range(begin, end):
        dx, dy = bodies[k, 0] - x, bodies[k, 1] - y
        limit = own + bodies[k, 3]
        if count == most:
            limit = min(limit, gaps[m, most - 1])
        limit += bodies[k, 2]
        if limit <= 0.0 or dx * dx + dy * dy >= limit * limit or k == m:
            continue
        gap = math.sqrt(dx * dx + dy * dy) - bodies[k, 2]
        at = count if count < most else most - 1
        while at > 0 and gaps[m, at - 1] > gap:
            near[m, at], gaps[m, at] = near[m, at - 1], gaps[m, at - 1]
            at -= 1
        near[m, at], gaps[m, at] = k, gap
        count = min(most, count + 1)
    return count


@kernel
def nearest_bodies(bodies, first, left, top, side, rows, cols, spread, widest, near, gaps, found):  # type: ignore[no-untyped-def]
    """Fill near (N, most) and gaps with the nearest of the bodies (N, 4) that each can meet, and found (N,) with how many these are.

    bodies: x, y, radius, way within the horizon, in the order of cells.  Cells are looked at in rings outwards, until what lies
    farther out cannot be among the nearest.
    """
    most = near.shape[1]
    for m in range(bodies.shape[0]):
        row, col = int((bodies[m, 1] - top) / side), int((bodies[m, 0] - left) / side)
        in_x, in_y = bodies[m, 0] - left - col * side, bodies[m, 1] - top - row * side
        margin = min(min(in_x, side - in_x), min(in_y, side - in_y)) - widest
        count = 0
        for ring in range(spread + 1):
            if count == most and gaps[m, most - 1] <= (ring - 1) * side + margin:
                break
            low, high = max(0, col - ring), min(cols - 1, col + ring)
            for r in range(max(0, row - ring), min(rows, row + ring + 1)):
                at = r * cols
                if r == row - ring or r == row + ring:  # cells of a row lie side by side
                    count = _look(first[at + low], first[at + high + 1], m, bodies, most, count, near, gaps)
                    continue
                if col - ring >= 0:
                    count = _look(first[at + low], first[at + low + 1], m, bodies, most, count, near, gaps)
                if col + ring < cols:
                    count = _look(first[at + high], first[at + high + 1], m, bodies, most, count, near, gaps)
        found[m] = count


@kernel
def share_of(opposed, right, busy, rank, facing, precedence):  # type: ignore[no-untyped-def]
    """The share of the avoiding that falls to a body when it meets another one that avoids it too.

    opposed: they want opposite ways; right: by how much more it is on the crowd's right-hand side than the other; busy: both want to get
    on; rank: its own less the other's; facing: oncoming bodies around the two.
    """
    claim = 2.0 * right if opposed else 0.0
    if busy and rank != 0.0:
        higher = 1.0 if rank > 0.0 else -1.0
        if not opposed:
            claim = _BESIDE * higher
        elif facing < _FEW or abs(claim) < _TIE:
            claim = higher
    return 0.5 - precedence * min(1.0, max(-1.0, claim))


@kernel
def avoid_bodies(walls, positions, velocities, wanted, radii, top_speeds, ranks, moving, dt_s, options, result):  # type: ignore[no-untyped-def]
    """Fill result (n, 2) for the first bodies of N; bodies are (N, 2) and (N,), moving (N,) says who avoids in return.

    options: horizon, wall horizon, most neighbours, keep right, precedence, crowd radii.  ranks (N,): greater has precedence.
    """
    horizon, wall_horizon, most, keep_right, precedence = options[0], options[1], int(options[2]), options[3], options[4]
    n = positions.shape[0]
    widest, fastest = 0.0, 0.0
    for i in range(n):
        widest, fastest = max(widest, radii[i]), max(fastest, top_speeds[i])
    reach = 2.0 * widest + 2.0 * fastest * horizon
    first, items, left, top, side, rows, cols = cells_of_bodies(positions, _CELL_RADII * widest)
    spread = min(int(reach / side) + 1, max(rows, cols))
    oncoming, lane, eager, bodies = np.empty(n), np.empty(n), np.empty(n), np.empty((n, 4))
    traffic_around(positions, wanted, min(reach, options[5] * widest), first, items, left, top, side, rows, cols, oncoming, lane)
    for m in range(n):
        i = items[m]
        eager[i] = math.sqrt(wanted[i, 0] * wanted[i, 0] + wanted[i, 1] * wanted[i, 1]) / max(top_speeds[i], 1e-12)
        bodies[m, 0], bodies[m, 1], bodies[m, 2], bodies[m, 3] = positions[i, 0], positions[i, 1], radii[i], top_speeds[i] * horizon
    beside = np.empty(n, np.bool_)
    mark_beside_walls(walls[0], walls[7], positions, radii, top_speeds, wall_horizon, dt_s, beside)
    planes, spare = np.empty((_MOST_WALLS + 33, 3)), np.empty((_MOST_WALLS + 33, 3))
    near, gaps, found = np.empty((n, most), np.int64), np.empty((n, most)), np.empty(n, np.int64)
    nearest_bodies(bodies, first, left, top, side, rows, cols, spread, widest, near, gaps, found)
    for m in range(n):
        i = items[m]
        if i >= result.shape[0]:
            continue
        x, y = positions[i, 0], positions[i, 1]
        hard = wall_planes(walls, x, y, radii[i], top_speeds[i], wall_horizon, dt_s, planes, _MOST_WALLS) if beside[i] else 0
        count = hard
        for k in range(found[m]):
            j = items[near[m, k]]
            share = 0.5 if moving[j] else 1.0
            if moving[j] and gaps[m, k] >= 0.75 * radii[i]:  # where they overlap, both make room
                share = share_of(wanted[i, 0] * wanted[j, 0] + wanted[i, 1] * wanted[j, 1] < 0.0, lane[i] - lane[j], min(eager[i], eager[j]) > _BUSY,
                                 ranks[i] - ranks[j], oncoming[i] + oncoming[j], precedence)
            planes[count, 0], planes[count, 1], planes[count, 2] = pair_plane(
                x, y, velocities[i, 0], velocities[i, 1], positions[j, 0], positions[j, 1], velocities[j, 0], velocities[j, 1],
                radii[i] + radii[j], horizon, dt_s, share)
            count += 1
        wx, wy = wanted[i, 0], wanted[i, 1]
        if oncoming[i] > 0.0:
            angle = keep_right * oncoming[i] / (oncoming[i] + _CROWD) * min(1.0, max(0.0, 0.5 - lane[i]))
            cos, sin = math.cos(angle), math.sin(angle)
            wx, wy = wx * cos - wy * sin, wx * sin + wy * cos
        result[i, 0], result[i, 1] = nearest_velocity(planes, hard, count, top_speeds[i], wx, wy, spare)


@kernel
def avoid_seen(walls, places, before, sizes, without, own, size, speed, reach_px, dt_s, options, result):  # type: ignore[no-untyped-def]
    """Fill result (1, 2) for one body among others seen at places (n, 2), a frame ago at before (n, 2): as `avoid_bodies`, that is all.

    own (8,): where it is, its velocity, the wanted one, and the way (a unit vector, unlike those of the others) by which it leaves a place
    that another has as well: seen alike, both would go the same way for ever.  Of own (6,) no such way is known.  size: its radius, also of those whose sizes (n, 2), or none, are not known.
    Those farther off than reach_px are left out, and row `without`, which is its own.  One that went faster than four times `speed` has
    jumped, and where `before` has other rows nobody is known to move.  False when nobody is near: then result is as it was.
    """
    count, one_place = 1, False
    near = np.empty(places.shape[0], np.int64)
    for k in range(places.shape[0]):
        dx, dy = places[k, 0] - own[0], places[k, 1] - own[1]
        if k != without and dx * dx + dy * dy < reach_px * reach_px:
            near[count - 1] = k
            count += 1
            one_place = one_place or dx * dx + dy * dy < (_ONE_PLACE * size) ** 2
    if count == 1:
        return False
    where, now, wanted, radii, top_speeds = np.empty((count, 2)), np.zeros((count, 2)), np.empty((count, 2)), np.full(count, size), np.empty(count)
    where[0, 0], where[0, 1], now[0, 0], now[0, 1], wanted[0, 0], wanted[0, 1] = own[0], own[1], own[2], own[3], own[4], own[5]
    if one_place and own.shape[0] > 6:
        where[0, 0], where[0, 1] = own[0] + _LEAVES * size * own[6], own[1] + _LEAVES * size * own[7]
    top_speeds[0] = speed
    known = before.shape[0] == places.shape[0]
    for i in range(1, count):
        k = near[i - 1]
        where[i, 0], where[i, 1] = places[k, 0], places[k, 1]
        if known:
            vx, vy = (places[k, 0] - before[k, 0]) / dt_s, (places[k, 1] - before[k, 1]) / dt_s
            if vx * vx + vy * vy <= (4.0 * speed) ** 2:
                now[i, 0], now[i, 1] = vx, vy
        wanted[i, 0], wanted[i, 1] = now[i, 0], now[i, 1]
        top_speeds[i] = math.hypot(now[i, 0], now[i, 1])
        if sizes.shape[0] > 0:
            wide = max(sizes[k, 0], sizes[k, 1])
            if math.isfinite(sizes[k, 0]) and math.isfinite(sizes[k, 1]):
                radii[i] = 0.5 * wide
    avoid_bodies(walls, where, now, wanted, radii, top_speeds, np.zeros(count), np.ones(count, np.bool_), dt_s, options, result)
    return True
