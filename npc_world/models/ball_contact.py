"""Where a circle touches static geometry: the nearest point, the contact normal, the gap.

Geometry is packed in arrays, see `npc_world.models.ball_world.BallWorld`.
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel

__all__ = ["cell_at", "clearances_of", "contact_of", "edge_overlap"]


@kernel
def cell_at(x, y, lattice):  # type: ignore[no-untyped-def]
    """Index of the broad-phase cell that holds (x, y) px, or -1 outside; lattice (5,): left, top, 1 / cell px, columns, rows."""
    column = (x - lattice[0]) * lattice[2]
    row = (y - lattice[1]) * lattice[2]
    if column >= 0.0 and row >= 0.0 and column < lattice[3] and row < lattice[4]:
        return int(row) * int(lattice[3]) + int(column)
    return -1


@kernel
def contact_of(x, y, first, count, kind, edges, radius):  # type: ignore[no-untyped-def]
    """(nx, ny, gap): unit normal from the circle's centre into the obstacle and the distance between the surfaces in px.

    edges (E, 10), rows first to first + count - 1: ax, ay, dx, dy, 1 / length² (0 for a point), thickness, and the
    directions in which neighbouring segments go on from each end (zero when there is none).  A negative gap is a touch.
    A contact at an end beyond which a neighbour goes on is dropped when it leans towards that neighbour, gap = inf then.
    kind = 1: a convex outline with outward normals (dy, -dx); a centre inside is pushed out through the nearest edge.
    """
    best, best_x, best_y = math.inf, 1.0, 0.0
    shallow, shallow_x, shallow_y = -math.inf, 1.0, 0.0
    inside = kind == 1
    for e in range(first, first + count):
        rx, ry = x - edges[e, 0], y - edges[e, 1]
        dx, dy = edges[e, 2], edges[e, 3]
        along = min(1.0, max(0.0, (dx * rx + dy * ry) * edges[e, 4]))
        ox, oy = along * dx - rx, along * dy - ry
        reach = radius + edges[e, 5]
        distance = math.sqrt(ox * ox + oy * oy)
        gap = distance - reach
        if inside:
            scale = math.sqrt(edges[e, 4])
            depth = (rx * dy - ry * dx) * scale
            if depth > 0.0:
                inside = False
            elif depth > shallow:
                shallow, shallow_x, shallow_y = depth - reach, -dy * scale, dx * scale
        if gap < best:
            if distance > 0.0:
                nx, ny = ox / distance, oy / distance
            else:
                nx, ny = 1.0, 0.0
            leans = (along == 0.0 and nx * edges[e, 6] + ny * edges[e, 7] < 0.0) or (
                along == 1.0 and nx * edges[e, 8] + ny * edges[e, 9] < 0.0)
            if not leans:
                best, best_x, best_y = gap, nx, ny
    if inside and count > 0:
        return shallow_x, shallow_y, shallow
    return best_x, best_y, best


@kernel
def edge_overlap(rx, ry, dx, dy, inverse, reach):  # type: ignore[no-untyped-def]
    """(nx, ny, gap) of a single edge for a centre at (rx, ry) from its start; zeros when they do not overlap.

    As `contact_of`, in scalars alone: what integrators call for each candidate, since handing arrays on costs more than the sum.
    """
    along = min(1.0, max(0.0, (dx * rx + dy * ry) * inverse))
    ox, oy = along * dx - rx, along * dy - ry
    square = ox * ox + oy * oy
    if square >= reach * reach:
        return 0.0, 0.0, 0.0
    if square == 0.0:
        return 1.0, 0.0, -reach
    distance = math.sqrt(square)
    return ox / distance, oy / distance, distance - reach


@kernel
def clearances_of(points, obstacles, edges, radius):  # type: ignore[no-untyped-def]
    """(n,) smallest gap of each of `points` (n, 2) to any obstacle, px; inf where there is none."""
    gaps = np.full(points.shape[0], math.inf)
    for n in range(points.shape[0]):
        for o in range(obstacles.shape[0]):
            _nx, _ny, gap = contact_of(points[n, 0], points[n, 1], obstacles[o, 0], obstacles[o, 1], obstacles[o, 3], edges, radius)
            gaps[n] = min(gaps[n], gap)
    return gaps
