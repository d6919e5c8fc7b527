"""What really happens in the arena: bodies that move at once, slowed by surfaces, sliding along walls."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.terrain import Terrain

__all__ = ["Truth", "move_body"]

Floats = NDArray[np.float64]


@kernel
def _entry(x, y, vx, vy, left, top, right, bottom, slack_s):  # type: ignore[no-untyped-def]
    """(time, axis) at which a point moving at (vx, vy) enters the open rect, or (inf, -1); a point already inside is let out."""
    near_x, far_x, near_y, far_y = -math.inf, math.inf, -math.inf, math.inf
    if vx == 0.0:
        if x <= left or x >= right:
            return math.inf, -1
    else:
        a, b = (left - x) / vx, (right - x) / vx
        near_x, far_x = min(a, b), max(a, b)
    if vy == 0.0:
        if y <= top or y >= bottom:
            return math.inf, -1
    else:
        a, b = (top - y) / vy, (bottom - y) / vy
        near_y, far_y = min(a, b), max(a, b)
    near, far = max(near_x, near_y), min(far_x, far_y)
    if near < -slack_s or far - near <= slack_s:
        return math.inf, -1
    return max(near, 0.0), (0 if near_x >= near_y else 1)


@kernel
def move_body(x, y, ux, uy, dt_s, factor, cell_px, grown, left, top, right, bottom):  # type: ignore[no-untyped-def]
    """(x, y) after dt_s of wanting velocity (ux, uy) px/s: exact through cells and along walls, without time steps of its own.

    factor (rows, cols) share of the wanted velocity that each cell grants; grown (M, 4) walls grown by half the body:
    left, top, right, bottom, px; the last four are the limits of the body's centre.
    """
    rows, cols = factor.shape
    slack = 1e-9 * dt_s
    for _ in range(64):
        if dt_s <= slack:
            break
        if (ux > 0.0 and x >= right) or (ux < 0.0 and x <= left):
            ux = 0.0
        if (uy > 0.0 and y >= bottom) or (uy < 0.0 and y <= top):
            uy = 0.0
        if ux == 0.0 and uy == 0.0:
            break
        col, row = int(math.floor(x / cell_px)), int(math.floor(y / cell_px))
        if ux < 0.0 and x <= col * cell_px:
            col -= 1
        elif ux > 0.0 and x >= (col + 1) * cell_px:  # on the line, where the division above rounded down
            col += 1
        if uy < 0.0 and y <= row * cell_px:
            row -= 1
        elif uy > 0.0 and y >= (row + 1) * cell_px:
            row += 1
        share = factor[min(rows - 1, max(0, row)), min(cols - 1, max(0, col))]
        vx, vy = share * ux, share * uy
        to_x = min((col + 1) * cell_px, right) if vx > 0.0 else max(col * cell_px, left)
        to_y = min((row + 1) * cell_px, bottom) if vy > 0.0 else max(row * cell_px, top)
        leave_x = math.inf if vx == 0.0 else (to_x - x) / vx
        leave_y = math.inf if vy == 0.0 else (to_y - y) / vy
        time, hit, axis = min(dt_s, leave_x, leave_y), -1, -1
        for m in range(grown.shape[0]):
            at, side = _entry(x, y, vx, vy, grown[m, 0], grown[m, 1], grown[m, 2], grown[m, 3], slack)
            if at < time or (at == time and at < dt_s):
                time, hit, axis = at, m, side
        x = to_x if leave_x <= time else x + vx * time
        y = to_y if leave_y <= time else y + vy * time
        if axis == 0:
            x = grown[hit, 0] if ux > 0.0 else grown[hit, 2]
            ux = 0.0
        elif axis == 1:
            y = grown[hit, 1] if uy > 0.0 else grown[hit, 3]
            uy = 0.0
        dt_s -= time
    return x, y


class Truth:
    """The physics of one episode: bodies are axis-aligned squares of half width `radius_px` for walls, discs for the catch.

    Velocities follow at once.  What each surface does is `factors` by name, known to the arena and to nobody else.
    A body over which a door closes may walk out of it.
    """

    def __init__(self, ground: Terrain, radius_px: float, factors: Mapping[str, float]) -> None:
        self.ground, self.radius_px, self.factors = ground, radius_px, dict(factors)
        self._version = -1
        self._refresh()

    def _refresh(self) -> None:
        ground, grow = self.ground, self.radius_px
        by_index = np.array([self.factors.get(name, 1.0) for name in ground.surfaces])
        self.factor: Floats = np.ascontiguousarray(by_index[ground.surface])
        self.grown: Floats = np.ascontiguousarray(ground.rects + np.array([-grow, -grow, grow, grow]))
        self.limits = (grow, grow, ground.size[0] - grow, ground.size[1] - grow)
        self._version = ground.version

    def move(self, x: float, y: float, ux: float, uy: float, max_speed_px_s: float, dt_s: float) -> tuple[float, float]:
        """Where a body at (x, y) that wants velocity (ux, uy) is `dt_s` later; wishes above its top speed are cut."""
        if self._version != self.ground.version:
            self._refresh()
        speed = math.hypot(ux, uy)
        if speed > max_speed_px_s:
            ux, uy = ux * max_speed_px_s / speed, uy * max_speed_px_s / speed
        at = move_body(x, y, ux, uy, dt_s, self.factor, self.ground.cell_px, self.grown, *self.limits)
        return float(at[0]), float(at[1])

    def factor_at(self, x: float, y: float) -> float:
        """Share of a wanted velocity that the ground grants there."""
        rows, cols = self.factor.shape
        cell = self.ground.cell_px
        return float(self.factor[min(rows - 1, max(0, int(y / cell))), min(cols - 1, max(0, int(x / cell)))])

    def fits(self, x: float, y: float) -> bool:
        """Whether a body can stand there."""
        if self._version != self.ground.version:
            self._refresh()
        left, top, right, bottom = self.limits
        g = self.grown
        inside = (g[:, 0] < x) & (x < g[:, 2]) & (g[:, 1] < y) & (y < g[:, 3])
        return bool(left <= x <= right and top <= y <= bottom and not inside.any())
