"""Avoidance for a crowd in one native call: neighbours by cells, the traffic around each body, half-planes, best velocities."""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.planners.avoidance_walls import wall_planes
from npc_world.planners.velocity_program import nearest_velocity

__all__ = ["avoid_bodies", "pair_plane"]

_MOST_WALLS = 24
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


@kernel
def pair_plane(px, py, vx, vy, ox, oy, ux, uy, radius, horizon, dt_s, share, out):  # type: ignore[no-untyped-def]
    """Fill out (nx, ny, c): velocities of a body at p with velocity v that avoid one at o with velocity u, `share` of the change its own."""
    rx, ry, wx, wy = ox - px, oy - py, vx - ux, vy - uy
    far2 = rx * rx + ry * ry
    touching = far2 <= radius * radius
    time = dt_s if touching else horizon
    cx, cy = wx - rx / time, wy - ry / time
    size2 = cx * cx + cy * cy
    toward = cx * rx + cy * ry
    if touching or (toward < 0.0 and toward * toward > radius * radius * size2):
        size = math.sqrt(size2)
        if size > 0.0:
            nx, ny = cx / size, cy / size
        else:
            nx, ny = (1.0, 0.0)
        change = radius / time - size
        dx, dy = change * nx, change * ny
    else:
        leg = math.sqrt(max(0.0, far2 - radius * radius))
        if rx * cy - ry * cx > 0.0:
            tx, ty = (rx * leg - ry * radius) / far2, (rx * radius + ry * leg) / far2
        else:
            tx, ty = -(rx * leg + ry * radius) / far2, -(ry * leg - rx * radius) / far2
        along = wx * tx + wy * ty
        dx, dy = along * tx - wx, along * ty - wy
        nx, ny = -ty, tx
    out[0], out[1] = nx, ny
    out[2] = nx * (vx + share * dx) + ny * (vy + share * dy)


@kernel
def _cells_of_bodies(positions, reach):  # type: ignore[no-untyped-def]
    """(first, items, left, top, side, rows, cols): bodies sorted into square cells as wide as the reach, or wider where they are few."""
    n = positions.shape[0]
    left, top, right, bottom = positions[0, 0], positions[0, 1], positions[0, 0], positions[0, 1]
    for i in range(n):
        left, right = min(left, positions[i, 0]), max(right, positions[i, 0])
        top, bottom = min(top, positions[i, 1]), max(bottom, positions[i, 1])
    wide, high = right - left, bottom - top
    reach = max(reach, math.sqrt(wide * high / (4.0 * n + 4.0)), max(wide, high) / 2048.0)
    if reach <= 0.0:
        reach = 1.0
    cols, rows = int(wide / reach) + 1, int(high / reach) + 1
    first = np.zeros(rows * cols + 1, np.int64)
    items = np.empty(n, np.int64)
    for i in range(n):
        first[int((positions[i, 1] - top) / reach) * cols + int((positions[i, 0] - left) / reach) + 1] += 1
    for k in range(rows * cols):
        first[k + 1] += first[k]
    fill = first.copy()
    for i in range(n):
        k = int((positions[i, 1] - top) / reach) * cols + int((positions[i, 0] - left) / reach)
        items[fill[k]] = i
        fill[k] += 1
    return first, items, left, top, reach, rows, cols


@kernel
def traffic_around(positions, wanted, range_px, first, items, left, top, side, rows, cols, oncoming, lane):  # type: ignore[no-untyped-def]
    """Fill (N,) oncoming, how many bodies ahead want the opposite way, and lane in [-1, 1]: 1 when all bodies are to one's left."""
    spread = int(range_px / side) + 1
    heading = np.zeros(wanted.shape)  # unit vectors, once for all pairs
    for i in range(positions.shape[0]):
        want = math.sqrt(wanted[i, 0] * wanted[i, 0] + wanted[i, 1] * wanted[i, 1])
        if want > 0.0:
            heading[i, 0], heading[i, 1] = wanted[i, 0] / want, wanted[i, 1] / want
    for i in range(positions.shape[0]):
        x, y = positions[i, 0], positions[i, 1]
        oncoming[i] = lane[i] = 0.0
        ux, uy = heading[i, 0], heading[i, 1]
        if ux == 0.0 and uy == 0.0:
            continue
        row, col = int((y - top) / side), int((x - left) / side)
        aside, weight, facing = 0.0, 1e-12, 0.0
        for r in range(max(0, row - spread), min(rows, row + spread + 1)):
            off = max(0, abs(r - row) - 1) * side
            chord = int(math.sqrt(max(0.0, range_px * range_px - off * off)) / side) + 1
            left_col, right_col = max(0, col - chord), min(cols - 1, col + chord)
            for k in range(first[r * cols + left_col], first[r * cols + right_col + 1]):  # cells of a row lie side by side
                j = items[k]
                dx, dy = positions[j, 0] - x, positions[j, 1] - y
                far2 = dx * dx + dy * dy
                if j == i or far2 > range_px * range_px or far2 <= 0.0:
                    continue
                per_far = 1.0 / math.sqrt(far2)
                aside += (ux * dy - uy * dx) * per_far
                weight += 1.0
                ahead = ux * dx + uy * dy
                against = -(heading[j, 0] * ux + heading[j, 1] * uy)
                if ahead > 0.0 and against > 0.0:
                    facing += against * ahead * per_far
        oncoming[i] = facing
        lane[i] = -aside / weight


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
    first, items, left, top, side, rows, cols = _cells_of_bodies(positions, 4.0 * widest)
    spread = min(int(reach / side) + 1, max(rows, cols))
    oncoming, lane = np.empty(n), np.empty(n)
    traffic_around(positions, wanted, min(reach, options[5] * widest), first, items, left, top, side, rows, cols, oncoming, lane)
    planes, spare = np.empty((_MOST_WALLS + 33, 3)), np.empty((_MOST_WALLS + 33, 3))
    near, near_far = np.empty(33, np.int64), np.empty(33)
    for i in range(result.shape[0]):
        x, y = positions[i, 0], positions[i, 1]
        hard = wall_planes(walls, x, y, radii[i], top_speeds[i], wall_horizon, dt_s, planes, _MOST_WALLS)
        row, col = int((y - top) / side), int((x - left) / side)
        found = 0
        for ring in range(spread + 1):  # outwards, until what lies farther out cannot be among the nearest
            if found == most and near_far[most - 1] <= (ring - 1) * side - widest:
                break
            for r in range(max(0, row - ring), min(rows, row + ring + 1)):
                step = 1 if ring == 0 or abs(r - row) == ring else 2 * ring
                for c in range(col - ring, col + ring + 1, step):
                    if c < 0 or c >= cols:
                        continue
                    for k in range(first[r * cols + c], first[r * cols + c + 1]):
                        j = items[k]
                        if j == i:
                            continue
                        dx, dy = positions[j, 0] - x, positions[j, 1] - y
                        far = math.sqrt(dx * dx + dy * dy) - radii[j]
                        if far > radii[i] + (top_speeds[i] + top_speeds[j]) * horizon or (found == most and far >= near_far[most - 1]):
                            continue
                        k2 = found if found < most else most - 1
                        while k2 > 0 and near_far[k2 - 1] > far:
                            near[k2], near_far[k2] = near[k2 - 1], near_far[k2 - 1]
                            k2 -= 1
                        near[k2], near_far[k2] = j, far
                        found = min(most, found + 1)
        wx, wy = wanted[i, 0], wanted[i, 1]
        want = math.hypot(wx, wy)
        count = hard
        for k in range(found):
            j = near[k]
            share = 1.0
            if moving[j]:
                opposed = wx * wanted[j, 0] + wy * wanted[j, 1] < 0.0
                claim = 2.0 * (lane[i] - lane[j]) if opposed else 0.0
                busy = min(want / max(top_speeds[i], 1e-12), math.hypot(wanted[j, 0], wanted[j, 1]) / max(top_speeds[j], 1e-12)) > _BUSY
                if busy and ranks[i] != ranks[j]:
                    higher = 1.0 if ranks[i] > ranks[j] else -1.0
                    if not opposed:
                        claim = _BESIDE * higher
                    elif oncoming[i] + oncoming[j] < _FEW or abs(claim) < _TIE:
                        claim = higher
                if near_far[k] < 0.75 * radii[i]:  # they overlap: both make room
                    claim = 0.0
                share = 0.5 - precedence * min(1.0, max(-1.0, claim))
            pair_plane(x, y, velocities[i, 0], velocities[i, 1], positions[j, 0], positions[j, 1], velocities[j, 0], velocities[j, 1],
                       radii[i] + radii[j], horizon, dt_s, share, planes[count])
            count += 1
        if oncoming[i] > 0.0:
            angle = keep_right * oncoming[i] / (oncoming[i] + _CROWD) * min(1.0, max(0.0, 0.5 - lane[i]))
            wx, wy = wx * math.cos(angle) - wy * math.sin(angle), wx * math.sin(angle) + wy * math.cos(angle)
        result[i, 0], result[i, 1] = nearest_velocity(planes, hard, count, top_speeds[i], wx, wy, spare)
