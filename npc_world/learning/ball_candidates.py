"""How well many candidate balls explain a piece, in pieces: so many draws are rolled at once that none takes more than a millisecond or so.

What comes out is what one roll of all of them gives.  Assumes that all feel the same forces, as while a throw is being explained.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces
from npc_world.learning.ball_shooting import Piece, Setting, costs_of, errors_of, losses_of

__all__ = ["capped_in_pieces", "costs_in_pieces", "losses_in_pieces", "parts_of"]

Floats = NDArray[np.float64]
_AT_ONCE = 8000
"""Ball steps in one piece, each about a tenth of a microsecond."""
_BESIDE = 2000
"""What a piece costs beside its rolling, in the same measure."""


def parts_of(count: int, steps: float, multiple: int = 1) -> Iterator[tuple[slice, int]]:
    """Slices of `count` balls to be rolled for so many steps, and the work of each; all but the last hold a multiple of `multiple` balls."""
    some = max(1, math.ceil(_AT_ONCE / max(1.0, steps) / multiple)) * multiple
    parts = math.ceil(count / some)
    some = math.ceil(count / max(1, parts) / multiple) * multiple  # as equal as may be
    for first in range(0, count, some):
        last = min(count, first + some)
        yield slice(first, last), _BESIDE + round((last - first) * steps)


def losses_in_pieces(setting: Setting, piece: Piece, used: int, states: Floats, z: Floats, half_px: float = np.inf,
                     edge_px: float = 1.0) -> Pieces[tuple[Floats, Floats]]:
    """`ball_shooting.losses_of`."""
    smooth, boxed = np.empty(len(states)), np.empty(len(states))
    for part, work in parts_of(len(states), float(piece.steps[used - 1])):
        yield work
        smooth[part], boxed[part] = losses_of(setting, piece, used, states[part], z[part], half_px, edge_px)
    return smooth, boxed


def capped_in_pieces(setting: Setting, piece: Piece, used: int, states: Floats, z: Floats, cap: float) -> Pieces[Floats]:
    """(B,) sums of the squared errors over noise of B candidates, each at most `cap`."""
    capped = np.empty(len(states))
    for part, work in parts_of(len(states), float(piece.steps[used - 1])):
        yield work
        capped[part] = np.minimum(errors_of(setting, piece, used, states[part], z[part]) ** 2, cap).sum(axis=(1, 2))
    return capped


def costs_in_pieces(setting: Setting, pieces: list[Piece], used: list[int], states: Floats, z: Floats, z_mean: Floats, z_precision: Floats) -> Pieces[Floats]:
    """`ball_shooting.costs_of`."""
    costs = np.empty(len(z))
    for part, work in parts_of(len(z), sum(float(piece.steps[n - 1]) for piece, n in zip(pieces, used, strict=True))):
        yield work
        costs[part] = costs_of(setting, pieces, used, states[part], z[part], z_mean, z_precision)
    return costs
