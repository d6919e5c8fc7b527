"""Whether something other than the ground may have held a body up: then its steps say nothing about the ground."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.core.records import Observation
from npc_world.core.terrain import Terrain
from npc_world.models.nav_grid import NavGrid

__all__ = ["hindered", "touches_a_body"]

Floats = NDArray[np.float64]
_NO_SIZES = np.empty((0, 2))
_SKIN_BODIES = 0.05
"""Closer than this share of its size counts as touching: games leave gaps of a pixel, or of the move they refused."""
_LEANING = 0.02
"""A push along an axis of less than this share of the whole does not lean on what is there."""


def hindered(ground: Terrain, before_px: Sequence[float] | Floats, asked_px: Sequence[float] | Floats, size_px: tuple[float, float],
             blur_px: float = 0.0) -> bool:
    """Whether a body that stood at `before_px` (2,) may have been held up by a wall, a hazard or the map's edge it knows of.

    asked_px (2,): how far it wanted to go in this frame; blur_px: how far off that and its place may be.  It counts as held up when the asked way, made longer by a little,
    is not clear: also before it touches, because a game that refuses a move into a wall leaves a gap of up to that move.
    Walking along a wall is no hindrance as long as it does not lean on it.  Walls that nobody told of cannot be known here.
    """
    across, down = asked_px
    least = _LEANING * max(abs(across), abs(down))
    skin = _SKIN_BODIES * max(size_px) + blur_px
    if abs(across) > least:
        across += math.copysign(skin, across)
    if abs(down) > least:
        down += math.copysign(skin, down)
    if across == 0.0 and down == 0.0:
        return False
    x, y = before_px
    return not NavGrid.of(ground, size_px).clear_line((x, y), (x + across, y + down))


def touches_a_body(now: Observation) -> bool:
    """Whether the box of another body is within a little of one's own: it may push, drag, or stand in the way."""
    width, height = now.size_px
    skin = _SKIN_BODIES * max(width, height)
    x, y = now.position_px.tolist()
    for other in now.targets.values():
        wide, high = other.size_px or now.size_px
        other_x, other_y = other.position_px.tolist()
        if abs(other_x - x) < 0.5 * (width + wide) + skin and abs(other_y - y) < 0.5 * (height + high) + skin:
            return True
    if len(now.others) == 0:
        return False
    places, sizes = now.others.positions_px, now.others.sizes_px
    return bool(touching(np.ascontiguousarray(places, np.float64), _NO_SIZES if sizes is None else np.ascontiguousarray(sizes, np.float64),
                         now.others.without, x, y, float(width), float(height), skin))


@kernel
def touching(places, sizes, without, x, y, width, height, skin):  # type: ignore[no-untyped-def]
    """Whether a body at (x, y) touches one at places (n, 2), but for row `without`; sizes (n, 2), or none: those not known are as its own."""
    for k in range(places.shape[0]):
        wide, high = width, height
        if sizes.shape[0] > 0:
            wide = sizes[k, 0] if math.isfinite(sizes[k, 0]) else width
            high = sizes[k, 1] if math.isfinite(sizes[k, 1]) else height
        if k != without and abs(places[k, 0] - x) < 0.5 * (width + wide) + skin and abs(places[k, 1] - y) < 0.5 * (height + high) + skin:
            return True
    return False
