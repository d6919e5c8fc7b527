"""Where to be while no way leads to the target: as near to it as the own ground goes.

Whoever stands behind a closed door, across water or inside a wall cannot be caught now, but doors open and it may come out.
The place is the cell, of those that can be reached, that is nearest to where the target is expected to be by the time the
pursuer is there.  Wrong when the way that opens is somewhere else: nothing is known of ways that do not exist yet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["nearest_place"]

Floats = NDArray[np.float64]
_WALK = 0.02
"""Of two places about as near, the one with less of a walk: px that a px of the way counts for."""


def nearest_place(field: Floats, nodes_px: Floats, speed_px_s: float, times_s: Floats, tracks: Floats, weights: Floats) -> tuple[int, int] | None:
    """(row, col) of the cell to wait at; None where there is no room at all.

    field (rows, cols): s from the pursuer to each cell, inf where no way leads; nodes_px (rows, cols, 2): where it stands in
    each.  tracks (K, H, 2) px at times_s (H,) with weights (K,): where the target may go.  Only the time that the walk takes is
    looked ahead, since what a target does behind a wall is not done because of it.
    """
    cells = np.argwhere(np.isfinite(field))
    if len(cells) == 0:
        return None
    there = nodes_px[cells[:, 0], cells[:, 1]]
    arrival_s = field[cells[:, 0], cells[:, 1]]
    mean = np.tensordot(weights / max(1e-12, float(weights.sum())), tracks, axes=1)
    now = mean[0]
    nearest_now = int(np.argmin(np.hypot(*(there - now).T) + _WALK * speed_px_s * arrival_s))
    ahead = mean[min(int(np.searchsorted(times_s, arrival_s[nearest_now])), len(mean) - 1)]
    row, col = cells[int(np.argmin(np.hypot(*(there - ahead).T) + _WALK * speed_px_s * arrival_s))]
    return int(row), int(col)
