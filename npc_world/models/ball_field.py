"""Forces that no law of the ball holds: wind in one place, a fan, the sideways pull on a spinning ball.

An acceleration that depends on the place, as values at the nodes of a lattice, linear between them and nothing outside, and on
the velocity, as one matrix for everywhere.  Several members differ where it is not well known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel

__all__ = ["NO_FIELD", "ForceField", "field_at"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ForceField:
    """M members of one ensemble."""

    nodes: Floats
    """(M, rows, columns, 2) px/s² at the nodes."""
    swirl: Floats
    """(M, 2, 2) 1/s: acceleration per velocity."""
    frame: Floats
    """(3,): x and y of the first node, and 1 / spacing px."""

    def mean(self) -> ForceField:
        """The same as one member."""
        return ForceField(self.nodes.mean(axis=0, keepdims=True), self.swirl.mean(axis=0, keepdims=True), self.frame)

    def at(self, points: Floats, velocities: Floats) -> Floats:
        """(M, n, 2) accelerations px/s² at points (n, 2) with velocities (n, 2)."""
        out = np.empty((len(self.nodes), len(points), 2))
        for m in range(len(self.nodes)):
            for n in range(len(points)):
                out[m, n] = field_at(points[n, 0], points[n, 1], velocities[n, 0], velocities[n, 1], m, self.nodes, self.swirl, self.frame)
        return out


NO_FIELD = ForceField(np.zeros((0, 1, 1, 2)), np.zeros((0, 2, 2)), np.array([0.0, 0.0, 1.0]))


@kernel
def field_at(x, y, vx, vy, m, nodes, swirl, frame):  # type: ignore[no-untyped-def]
    """(ax, ay) of member m at (x, y) px for a velocity (vx, vy) px/s."""
    ax, ay = swirl[m, 0, 0] * vx + swirl[m, 0, 1] * vy, swirl[m, 1, 0] * vx + swirl[m, 1, 1] * vy
    column, row = (x - frame[0]) * frame[2], (y - frame[1]) * frame[2]
    if column >= 0.0 and row >= 0.0 and column < nodes.shape[2] - 1 and row < nodes.shape[1] - 1:
        c, r = int(column), int(row)
        u, v = column - c, row - r
        a, b, d, e = (1.0 - u) * (1.0 - v), u * (1.0 - v), (1.0 - u) * v, u * v
        ax += a * nodes[m, r, c, 0] + b * nodes[m, r, c + 1, 0] + d * nodes[m, r + 1, c, 0] + e * nodes[m, r + 1, c + 1, 0]
        ay += a * nodes[m, r, c, 1] + b * nodes[m, r, c + 1, 1] + d * nodes[m, r + 1, c, 1] + e * nodes[m, r + 1, c + 1, 1]
    return ax, ay
