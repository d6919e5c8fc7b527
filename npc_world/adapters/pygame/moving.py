"""Whole-pixel moves of a sprite's boxes that stop at walls, the same on Rects that round and Rects that truncate."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.reading import BOXES, rect_of
from npc_world.core.terrain import Terrain

__all__ = ["Walls", "box_of", "move_box"]

Floats = NDArray[np.float64]


class Walls:
    """The rects a sprite stops at: the ground's own, or a list or group that is read anew each frame (doors move)."""

    def __init__(self, ground: Terrain, rects: Iterable[Any] | None = None) -> None:
        if rects is not None and iter(rects) is rects:
            rects = list(rects)  # a generator can be read only once
        self._ground, self._rects = ground, rects

    def edges(self) -> Floats:
        """(M, 4) left, top, right, bottom, px."""
        if self._rects is None:
            return self._ground.rects
        boxes = [rect_of(rect, "walls") for rect in self._rects]
        return np.array([(x, y, x + w, y + h) for x, y, w, h in boxes], dtype=np.float64).reshape(-1, 4)


def box_of(sprite: Any) -> Any:
    """The Rect that collides: `hitbox`, `hitbox_rect`, `hit_rect` or `rect`.  Raises `BadInputError` when the sprite has none yet."""
    for name in BOXES:
        box = getattr(sprite, name, None)
        if box is not None and hasattr(box, "w"):
            return box
    raise BadInputError(f"sprite={sprite!r}: it has no rect; set self.rect before the group is updated")


def move_box(sprite: Any, pixels: tuple[int, int], walls: Floats) -> tuple[int, int]:
    """Move the sprite by whole `pixels`, x first and then y, each until a wall of `walls` (M, 4); returns what it moved.

    Only integers are ever assigned to the Rects.  A sprite that stands in a wall already is not held by that wall, so
    it can leave it.
    """
    box = box_of(sprite)
    left, top, width, height = float(box.x), float(box.y), float(box.w), float(box.h)
    free = walls[~_overlaps(walls, left, top, left + width, top + height)]
    dx = _allowed(pixels[0], left, left + width, free[:, [0, 2]], _beside(free[:, [1, 3]], top, top + height))
    left += dx
    dy = _allowed(pixels[1], top, top + height, free[:, [1, 3]], _beside(free[:, [0, 2]], left, left + width))
    moved = [box]
    rect = getattr(sprite, "rect", None)
    if rect is not None and rect is not box:
        moved.append(rect)
    for each in moved:
        each.x += dx
        each.y += dy
    return dx, dy


def _allowed(step: int, low: float, high: float, spans: Floats, beside: NDArray[np.bool_]) -> int:
    """The part of `step`, whole pixels, that a box from `low` to `high` can go before a span (M, 2) that lies beside it."""
    if step > 0:
        gaps = spans[:, 0][beside & (spans[:, 0] >= high)] - high
        return min(step, math.floor(float(gaps.min()))) if len(gaps) else step
    if step < 0:
        gaps = low - spans[:, 1][beside & (spans[:, 1] <= low)]
        return -min(-step, math.floor(float(gaps.min()))) if len(gaps) else step
    return 0


def _beside(spans: Floats, low: float, high: float) -> NDArray[np.bool_]:
    return np.asarray((spans[:, 0] < high) & (spans[:, 1] > low))


def _overlaps(walls: Floats, left: float, top: float, right: float, bottom: float) -> NDArray[np.bool_]:
    return np.asarray((walls[:, 0] < right) & (walls[:, 2] > left) & (walls[:, 1] < bottom) & (walls[:, 3] > top))
