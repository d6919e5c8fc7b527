"""Read positions and sizes from whatever a game uses: sprites, rects, bodies, vectors, pairs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError

__all__ = ["BOXES", "Disc", "position_of", "rect_of", "size_of"]

BOXES = ("hitbox", "hitbox_rect", "hit_rect", "rect")
"""What games call the box that collides, in the order in which they are believed; `rect` is often the picture's."""
_FLOAT64 = np.dtype(np.float64)
_POINTS = ("position", "pos", "center")


class Disc(tuple[float, float]):
    """The size of a round body: its width and height in px, as of a box, where walls are to be grown by a disc.

    Wherever a size is asked for, `nw.Disc(radius_px)` says that the body is round: it passes corners nearer than a box as wide, and
    fits between two of them where the box does not.  Raises `BadInputError`.

    >>> Disc(8)
    Disc(8.0)
    >>> max(Disc(8)), Disc(8) == (16.0, 16.0)
    (16.0, False)
    """

    __slots__ = ()

    def __new__(cls, radius_px: float) -> Disc:
        if isinstance(radius_px, bool) or not (isinstance(radius_px, (int, float, np.number)) and math.isfinite(radius_px) and radius_px >= 0.0):
            raise BadInputError(f"radius_px={radius_px!r}: expected a length in px, zero or more")
        return super().__new__(cls, (2.0 * float(radius_px), 2.0 * float(radius_px)))

    def __eq__(self, other: object) -> bool:
        return type(other) is Disc and tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return tuple.__hash__(self) ^ 1

    def __repr__(self) -> str:
        return f"Disc({0.5 * self[0]!r})"

    def __reduce__(self) -> tuple[type[Disc], tuple[float]]:
        return Disc, (0.5 * self[0],)


def position_of(thing: Any, name: str = "position") -> NDArray[np.float64]:
    """The centre of `thing` in px, (2,): from its `hitbox`, `hitbox_rect`, `hit_rect`, `rect`, `position`, `pos` or `center`, or a pair.

    Things with numbers `left`, `top`, `width` and `height` are rects (actors of Pygame Zero, whose `x` and `y` are their middle).  Where
    there is none of these, `x`, `y`, `width` and `height` are taken for a rect, `x` and `y` alone for the centre.
    Rect centres are computed from x, y, w, h because `Rect.center` drops half pixels.
    Raises `BadInputError` naming `name` when there is none or it is not finite.
    """
    if type(thing) is np.ndarray and thing.shape == (2,) and thing.dtype is _FLOAT64:  # the dearest case by number: each of many reads all others
        x, y = thing.tolist()
        if math.isfinite(x) and math.isfinite(y):
            return thing.copy()
    box = _box_of(thing)
    if box is not None:
        x, y, w, h = box
        point = (x + 0.5 * w, y + 0.5 * h)
    else:
        point = _pair(_point_of(thing), thing, name)
    if not (math.isfinite(point[0]) and math.isfinite(point[1])):
        raise BadInputError(f"{name}={thing!r}: position {point} is not finite")
    return np.array(point, dtype=np.float64)


def size_of(thing: Any) -> tuple[float, float] | None:
    """Width and height in px when `thing` has a box; a `Disc` where it has none but a `radius`; None when it is only a point."""
    if type(thing) is np.ndarray or type(thing) is tuple:
        return None
    box = _box_of(thing)
    if box is not None:
        return (abs(box[2]), abs(box[3])) if math.isfinite(box[2]) and math.isfinite(box[3]) else None
    radius = getattr(thing, "radius", None)
    if isinstance(radius, (int, float, np.number)) and math.isfinite(radius) and radius > 0:
        return Disc(float(radius))
    return None


def rect_of(thing: Any, name: str = "rect") -> tuple[float, float, float, float]:
    """(x, y, w, h) of anything rect-like, with w, h ≥ 0: a 4-sequence, ((x, y), (w, h)), a Rect, a sprite."""
    box = _box_of(thing)
    if box is None:
        try:
            flat = thing if type(thing) is tuple and len(thing) == 4 else np.asarray(thing, dtype=np.float64).ravel()
            values = [float(v) for v in flat]
        except (TypeError, ValueError):
            values = []
        if len(values) != 4:
            raise BadInputError(f"{name}={thing!r}: expected a rect: (x, y, w, h) or anything with .rect")
        box = (values[0], values[1], values[2], values[3])
    x, y, w, h = box
    if not all(math.isfinite(v) for v in box):
        raise BadInputError(f"{name}={thing!r}: {box} is not finite")
    return min(x, x + w), min(y, y + h), abs(w), abs(h)


def _box_of(thing: Any) -> tuple[float, float, float, float] | None:
    if isinstance(thing, (tuple, list, np.ndarray)):
        return None
    for attribute in BOXES:
        inner = getattr(thing, attribute, None)
        if inner is not None and hasattr(inner, "w") and hasattr(inner, "x"):
            thing = inner
            break
    if not (hasattr(thing, "x") and hasattr(thing, "y")):
        return None
    x, y, width, height = thing.x, thing.y, getattr(thing, "w", None), getattr(thing, "h", None)
    if width is None:
        if hasattr(thing, "left") and hasattr(thing, "top"):
            x, y, width, height = thing.left, thing.top, getattr(thing, "width", None), getattr(thing, "height", None)
        elif not any(hasattr(thing, attribute) for attribute in _POINTS):  # paddles and the like, drawn as rects
            width, height = getattr(thing, "width", None), getattr(thing, "height", None)
    try:
        return float(x), float(y), float(width), float(height)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _point_of(thing: Any) -> Any:
    if isinstance(thing, (tuple, list, np.ndarray, str)):
        return thing
    for attribute in _POINTS:
        value = getattr(thing, attribute, None)
        if value is not None:
            return value() if callable(value) else value
    if hasattr(thing, "x") and hasattr(thing, "y"):
        return (thing.x, thing.y)
    return thing


def _pair(value: Any, thing: Any, name: str) -> tuple[float, float]:
    try:
        x, y = value
        return float(x), float(y)
    except (TypeError, ValueError):
        raise BadInputError(
            f"{name}={thing!r}: expected a pair (x, y), or something with hitbox, hitbox_rect, hit_rect, rect, position, pos or center"
        ) from None
