"""From what a game passes each frame to an `Observation`: positions read, time checked, own motion noticed."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from npc_world.core.arguments import LONGEST_FRAME_S
from npc_world.core.errors import BadInputError
from npc_world.core.reading import position_of, size_of
from npc_world.core.records import Bodies, Observation, Sighting

__all__ = ["Clock", "OthersSeen", "bodies_of", "checked_frame", "perceive"]

_LONGEST_UNIT_MISTAKE = 1000.0
"""A frame above `LONGEST_FRAME_S` is a mistaken unit, unless it is longer than any frame in milliseconds, after frames that were in order: the machine slept."""
_NOBODY = Bodies(np.empty((0, 2)))
_WORTH_SHARING = 4
_HITCH_S = 0.25
"""A longer frame was a stall, not play: thought passes at most this much."""


def checked_frame(dt_s: Any, frames: int, hint: str = "") -> float:
    """A frame's dt in s, after so many frames.  Raises `BadInputError` for NaN, negative, or another unit; `hint` ends its advice."""
    if type(dt_s) is not float and (not isinstance(dt_s, (int, float, np.number)) or isinstance(dt_s, bool)):
        raise BadInputError(f"dt_s={dt_s!r}: expected seconds as a number")
    step = float(dt_s)
    if not math.isfinite(step) or step < 0.0:
        raise BadInputError(f"dt_s={dt_s!r}: expected seconds, zero or more")
    if step > LONGEST_FRAME_S and not (step > _LONGEST_UNIT_MISTAKE and frames > 30):
        raise BadInputError(f"dt_s={dt_s!r}: expected seconds; if the game counts milliseconds pass dt / 1000{hint}")
    return step


class Clock:
    """The NPC's own time, advanced by the dt of each frame."""

    def __init__(self) -> None:
        self.time_s = 0.0
        self._frames = 0

    def advance(self, dt_s: Any) -> float:
        """The checked step in s.  Zero is a paused game.  Raises `BadInputError` for NaN, negative, or another unit."""
        step = min(checked_frame(dt_s, self._frames, ", if it counts frames load the NPC with time=\"frames\""), _HITCH_S)
        self.time_s += step
        self._frames += 1
        return step


class OthersSeen:
    """What the NPCs of one ground are shown of each other in one frame, read once.

    A game that hands each of n NPCs one group of them all would else have it read n times.  Assumes that within a frame it does not matter
    who has moved already: where all step and move in turn, each sees the others as they stood when the first of them stepped.
    """

    def __init__(self) -> None:
        self._frame = -1
        self._things: list[Any] = []
        self._rows: dict[int, int] = {}
        self._bodies = _NOBODY

    def read(self, frame: int, things: Iterable[Any], me: Any) -> Bodies:
        """As `bodies_of`, `frame` counts those of the ground."""
        _checked_listed(things, "others")
        listed = list(things)
        if len(listed) < _WORTH_SHARING:
            return bodies_of(listed, me)
        if frame != self._frame or len(listed) != len(self._things) or not all(map(operator.is_, listed, self._things)):
            self._frame = -1  # until all could be read
            self._bodies = bodies_of(listed)
            self._frame, self._things, self._rows = frame, listed, {id(thing): row for row, thing in enumerate(listed)}
        row = self._rows.get(id(me), -1)
        return self._bodies if row < 0 else Bodies(self._bodies.positions_px, self._bodies.sizes_px, row)


def perceive(time_s: float, dt_s: float, me: Any, target: Any, others: Iterable[Any] | Bodies, default_size: tuple[float, float],
             seen: OthersSeen | None = None, frame: int = 0) -> Observation:
    """What one NPC was shown this frame.  `target` is a thing, None while unseen, or a dict of them by name; seen: what others were shown.

    Raises `BadInputError` naming `me`, `target` or `others` when a position cannot be read or is not finite.
    """
    position = position_of(me, "me")
    targets: dict[str, Sighting] = {}
    if type(target) is np.ndarray or not isinstance(target, Mapping):
        if target is not None:
            targets["target"] = Sighting(position_of(target, "target"), size_of(target))
    else:
        for name, thing in target.items():
            if thing is not None:
                label = "target" if name == "target" else f"target[{name!r}]"
                targets[str(name)] = Sighting(position_of(thing, label), size_of(thing))
    return Observation(time_s=time_s, dt_s=dt_s, position_px=position, size_px=size_of(me) or default_size, targets=targets,
                       others=_others(others, me, seen, frame))


def _others(others: Iterable[Any] | Bodies, me: Any, seen: OthersSeen | None, frame: int) -> Bodies:
    if type(others) is Bodies:
        return _checked(others)
    if type(others) is tuple and not others:
        return _NOBODY
    return bodies_of(others, me) if seen is None else seen.read(frame, others, me)


def bodies_of(things: Iterable[Any], me: Any = None, name: str = "others") -> Bodies:
    """Where the things are and how large, without `me`; `BadInputError` naming the one that cannot be read."""
    if type(things) is tuple and not things:
        return _NOBODY
    _checked_listed(things, name)
    positions, sizes = [], []
    for i, thing in enumerate(things):
        if thing is not me:
            positions.append(position_of(thing, f"{name}[{i}]"))
            sizes.append(size_of(thing) or (math.nan, math.nan))
    return Bodies(np.array(positions), np.array(sizes)) if positions else _NOBODY


def _checked_listed(things: Any, name: str) -> None:
    if not isinstance(things, Iterable):
        raise BadInputError(f"{name}={things!r}: expected a list or group of bodies, () for none")


def _checked(bodies: Bodies) -> Bodies:
    for name, values in (("positions_px", bodies.positions_px), ("sizes_px", bodies.sizes_px)):
        if values is not None and (not isinstance(values, np.ndarray) or values.shape != (len(bodies.positions_px), 2)):
            raise BadInputError(f"others.{name}={values!r}: expected an array (n, 2), n alike for positions and sizes")
    if not np.isfinite(bodies.positions_px).all() or not -1 <= bodies.without < len(bodies.positions_px):
        raise BadInputError(f"others={bodies!r}: expected finite positions_px, and `without` one of their rows or -1")
    return bodies


def facing(heading_rad: float, velocity: tuple[float, float], dt_s: float, turn_rad_s: float = 8.0) -> float:
    """The heading turned towards the direction of motion, no faster than a body turns."""
    x, y = velocity
    if x == 0.0 and y == 0.0:
        return heading_rad
    off = math.remainder(math.atan2(y, x) - heading_rad, math.tau)
    most = turn_rad_s * dt_s
    return heading_rad + (off if -most <= off <= most else math.copysign(most, off))
