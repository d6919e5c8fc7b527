"""Walls as lists of rects, edited while a game runs: cut a rect out of them, and mark the cells they touch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.geometry import EMPTY, FULL, PARTIAL

__all__ = ["WallRects", "mark_cells", "with_rect"]

Floats = NDArray[np.float64]
_MOST_PENDING = 32


@kernel
def with_rect(rects, left, top, right, bottom, solid):  # type: ignore[no-untyped-def]
    """The rects (M, 4) less the given one, those it overlaps cut into up to four pieces; with it at the end when `solid`.

    What is left untouched comes first and keeps its order.
    """
    cut = 0
    for k in range(rects.shape[0]):
        if rects[k, 0] < right and rects[k, 2] > left and rects[k, 1] < bottom and rects[k, 3] > top:
            cut += 1
    out = np.empty((rects.shape[0] + 3 * cut + 1, 4))
    kept, n = 0, rects.shape[0] - cut
    for k in range(rects.shape[0]):
        a, b, c, d = rects[k, 0], rects[k, 1], rects[k, 2], rects[k, 3]
        if not (a < right and c > left and b < bottom and d > top):
            out[kept, 0], out[kept, 1], out[kept, 2], out[kept, 3] = a, b, c, d
            kept += 1
            continue
        middle_top, middle_bottom = max(b, top), min(d, bottom)
        if b < top:
            out[n, 0], out[n, 1], out[n, 2], out[n, 3] = a, b, c, top
            n += 1
        if d > bottom:
            out[n, 0], out[n, 1], out[n, 2], out[n, 3] = a, bottom, c, d
            n += 1
        if a < left:
            out[n, 0], out[n, 1], out[n, 2], out[n, 3] = a, middle_top, left, middle_bottom
            n += 1
        if c > right:
            out[n, 0], out[n, 1], out[n, 2], out[n, 3] = right, middle_top, c, middle_bottom
            n += 1
    if solid:
        out[n, 0], out[n, 1], out[n, 2], out[n, 3] = left, top, right, bottom
        n += 1
    return out[:n]


@kernel
def with_edits(rects, edits):  # type: ignore[no-untyped-def]
    """The rects (M, 4) after edits (n, 5) left, top, right, bottom, 1 for a wall: as `with_rect` one after the other, in one pass."""
    near = np.empty(rects.shape[0], np.bool_)
    count = 0
    for k in range(rects.shape[0]):
        near[k] = False
        for i in range(edits.shape[0]):
            if rects[k, 0] < edits[i, 2] and rects[k, 2] > edits[i, 0] and rects[k, 1] < edits[i, 3] and rects[k, 3] > edits[i, 1]:
                near[k] = True
                count += 1
                break
    cut = np.empty((count, 4))
    at = 0
    for k in range(rects.shape[0]):
        if near[k]:
            for side in range(4):
                cut[at, side] = rects[k, side]
            at += 1
    for i in range(edits.shape[0]):
        cut = with_rect(cut, edits[i, 0], edits[i, 1], edits[i, 2], edits[i, 3], edits[i, 4] > 0.0)
    kept = rects.shape[0] - count
    out = np.empty((kept + cut.shape[0], 4))
    at = 0
    for k in range(rects.shape[0]):
        if not near[k]:
            for side in range(4):
                out[at, side] = rects[k, side]
            at += 1
    for k in range(cut.shape[0]):
        for side in range(4):
            out[kept + k, side] = cut[k, side]
    return out


class WallRects:
    """Walls as rects, and edits not yet worked into them: that takes a pass over all rects, so it waits until somebody looks."""

    def __init__(self, rects: Floats) -> None:
        self._rects = np.ascontiguousarray(rects, dtype=np.float64).reshape(-1, 4)
        self._pending: list[tuple[float, float, float, float, float]] = []

    @property
    def rects(self) -> Floats:
        """(M, 4) left, top, right, bottom px; a new array after every edit."""
        if self._pending:
            self._work_in()
        return self._rects

    def edit(self, left: float, top: float, right: float, bottom: float, solid: bool) -> None:
        """The rect becomes wall or free."""
        self._pending.append((left, top, right, bottom, 1.0 if solid else 0.0))
        if len(self._pending) >= _MOST_PENDING:
            self._work_in()

    def _work_in(self) -> None:
        self._rects = with_edits(self._rects, np.array(self._pending))
        self._pending.clear()


@kernel
def mark_cells(rects, cell, row0, col0, row1, col1, solid):  # type: ignore[no-untyped-def]
    """Set solid (rows, cols) of a window of cells from the rects (M, 4): EMPTY, PARTIAL, or FULL where one rect covers the cell."""
    full = cell * cell * (1.0 - 1e-9)
    covered = np.zeros((row1 - row0, col1 - col0))
    left, top, right, bottom = col0 * cell, row0 * cell, col1 * cell, row1 * cell
    for k in range(rects.shape[0]):
        a, b, c, d = rects[k, 0], rects[k, 1], rects[k, 2], rects[k, 3]
        if not (a < right and c > left and b < bottom and d > top):
            continue
        for row in range(row0, row1):
            height = min(d, (row + 1) * cell) - max(b, row * cell)
            if height <= 0.0:
                continue
            for col in range(col0, col1):
                area = height * max(0.0, min(c, (col + 1) * cell) - max(a, col * cell))
                covered[row - row0, col - col0] += area
                if area >= full:
                    covered[row - row0, col - col0] = np.inf
    for row in range(row0, row1):
        for col in range(col0, col1):
            share = covered[row - row0, col - col0]
            solid[row, col] = FULL if share == np.inf else (PARTIAL if share > 1e-9 * cell * cell else EMPTY)
