"""Half-planes of velocities that keep a circle out of the walls around it."""

from __future__ import annotations

import math

from npc_world.core.compiled import kernel

__all__ = ["mark_beside_walls", "wall_planes"]


@kernel
def _solid_at(walls, row, col):  # type: ignore[no-untyped-def]
    rows, cols = walls[0].shape
    return 0 <= row < rows and 0 <= col < cols and walls[0][row, col] != 0


@kernel
def _inside_other(walls, at, skip, x, y):  # type: ignore[no-untyped-def]
    first, items, grown = walls[3], walls[4], walls[5]
    for j in range(first[at], first[at + 1]):
        k = items[j]
        if k != skip and grown[k, 0] <= x <= grown[k, 2] and grown[k, 1] <= y <= grown[k, 3]:
            return True
    return False


@kernel
def add_plane(planes, count, most, x, y, wall_x, wall_y, inward_x, inward_y, radius, horizon, dt_s):  # type: ignore[no-untyped-def]
    """Append the plane of a wall whose nearest point is (wall_x, wall_y); (inward) is used when the centre lies on the wall."""
    dx, dy = x - wall_x, y - wall_y
    far = math.sqrt(dx * dx + dy * dy)
    if far > 0.0:
        nx, ny = dx / far, dy / far
    else:
        nx, ny = inward_x, inward_y
    for i in range(count):
        if planes[i, 0] * nx + planes[i, 1] * ny > 1.0 - 1e-9 and planes[i, 2] >= (radius - far) / max(horizon, dt_s):
            return count
    if count == most:
        return count
    gap = far - radius
    planes[count, 0], planes[count, 1] = nx, ny
    planes[count, 2] = -gap / max(horizon, dt_s) if gap > 0.0 else min(-gap / dt_s, 0.5 * radius / dt_s)
    return count + 1


@kernel
def mark_beside_walls(solid, params, positions, radii, top_speeds, horizon, dt_s, beside):  # type: ignore[no-untyped-def]
    """Set beside (N,): whether a wall or the map's border may be within reach, and `wall_planes` worth asking."""
    rows, cols = solid.shape
    for i in range(positions.shape[0]):
        beside[i] = False
        if rows == 0:
            continue
        x, y, cell = positions[i, 0], positions[i, 1], params[0]
        reach = radii[i] + top_speeds[i] * max(horizon, dt_s)
        beside[i] = x < reach or y < reach or params[6] + params[1] - x < reach or params[7] + params[2] - y < reach
        for row in range(max(0, int((y - reach) / cell)), min(rows - 1, int((y + reach) / cell)) + 1):
            for col in range(max(0, int((x - reach) / cell)), min(cols - 1, int((x + reach) / cell)) + 1):
                beside[i] = beside[i] or solid[row, col] != 0


@kernel
def wall_planes(walls, x, y, radius, top_speed, horizon, dt_s, planes, most):  # type: ignore[no-untyped-def]
    """Fill planes (≥ most, 3) of n · v ≥ c for walls near a circle at (x, y) and for the map's border; returns how many.

    A wall at distance d allows an approach of (d - radius) / horizon: so the circle slows down before it and slides along it.
    Corners and edges that lie against another wall are left out, or bodies would stumble over the seams of a flat wall.
    """
    solid, params = walls[0], walls[7]
    rows, cols = solid.shape
    if rows == 0:
        return 0
    cell, skin = params[0], params[3]
    reach = radius + top_speed * max(horizon, dt_s)
    count = 0
    width, height = params[6] + params[1], params[7] + params[2]
    if x < reach:
        count = add_plane(planes, count, most, x, y, 0.0, y, 1.0, 0.0, radius, horizon, dt_s)
    if width - x < reach:
        count = add_plane(planes, count, most, x, y, width, y, -1.0, 0.0, radius, horizon, dt_s)
    if y < reach:
        count = add_plane(planes, count, most, x, y, x, 0.0, 0.0, 1.0, radius, horizon, dt_s)
    if height - y < reach:
        count = add_plane(planes, count, most, x, y, x, height, 0.0, -1.0, radius, horizon, dt_s)
    row0, row1 = max(0, int((y - reach) / cell)), min(rows - 1, int((y + reach) / cell))
    col0, col1 = max(0, int((x - reach) / cell)), min(cols - 1, int((x + reach) / cell))
    for row in range(row0, row1 + 1):
        for col in range(col0, col1 + 1):
            if solid[row, col] == 0:
                continue
            if params[8] == 0.0:
                wall_x = min((col + 1) * cell, max(col * cell, x))
                wall_y = min((row + 1) * cell, max(row * cell, y))
                side_x = (1 if x > wall_x else (-1 if x < wall_x else 0))
                side_y = (1 if y > wall_y else (-1 if y < wall_y else 0))
                if side_x == 0 and side_y == 0:
                    continue
                if (side_x != 0 and _solid_at(walls, row, col + side_x)) or (side_y != 0 and _solid_at(walls, row + side_y, col)):
                    continue
                if (x - wall_x) ** 2 + (y - wall_y) ** 2 < reach * reach:
                    count = add_plane(planes, count, most, x, y, wall_x, wall_y, 0.0, 0.0, radius, horizon, dt_s)
                continue
            first, items, grown = walls[3], walls[4], walls[5]
            at = row * cols + col
            for j in range(first[at], first[at + 1]):
                k = items[j]
                if k >= grown.shape[0] - 4:
                    continue  # the map's border, done above
                wall_x = min(grown[k, 2] + skin, max(grown[k, 0] - skin, x))
                wall_y = min(grown[k, 3] + skin, max(grown[k, 1] - skin, y))
                side_x = (1 if x > wall_x else (-1 if x < wall_x else 0))
                side_y = (1 if y > wall_y else (-1 if y < wall_y else 0))
                in_cell = int(wall_x / cell) == col and int(wall_y / cell) == row
                edge = abs(wall_x / cell - round(wall_x / cell)) < 1e-6 or abs(wall_y / cell - round(wall_y / cell)) < 1e-6
                if (side_x == 0 and side_y == 0) or not (in_cell or edge):
                    continue
                eps = 8.0 * skin
                if (side_x != 0 and _inside_other(walls, at, k, wall_x + side_x * eps, wall_y - side_y * eps)) or \
                        (side_y != 0 and _inside_other(walls, at, k, wall_x - side_x * eps, wall_y + side_y * eps)):
                    continue
                if (x - wall_x) ** 2 + (y - wall_y) ** 2 < reach * reach:
                    count = add_plane(planes, count, most, x, y, wall_x, wall_y, 0.0, 0.0, radius, horizon, dt_s)
    return count
