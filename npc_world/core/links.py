"""Ways from one place to another that are not walked: jumps, ladders, teleporters, ledges one can only drop from, doors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from npc_world.core.errors import BadInputError
from npc_world.core.reading import position_of

__all__ = ["Link"]

KINDS = ("jump", "ladder", "teleporter", "door", "one-way")
_USED = ("ladder", "teleporter", "door")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An extra way over a terrain: from `start` to `end` (x, y) px in `time_s`, whatever lies between.

        ground.set_links([
            nw.Link(start=(100, 40), end=(180, 40), time_s=0.6),                                   # a jump over a gap
            nw.Link(start=(40, 300), end=(40, 90), time_s=2.0, kind="ladder", both_ways=True),
            nw.Link(start=(10, 10), end=(900, 600), time_s=0.2, kind="teleporter"),
            nw.Link(start=(310, 80), end=(350, 80), time_s=0.5, kind="door", needs="red key", both_ways=True),
        ])

    `start` and `end` are where a body stands before and after; both must be on the map.  `needs` names what a body must hold
    to take it (a key, an ability); None: anybody may.  `kind` is what a body does on it: for a jump `action.jump` is set, for a
    ladder, a teleporter or a door `action.use`; a one-way is just walked.
    Raises `BadInputError` for what is not finite, a negative time, or an unknown kind.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    time_s: float
    kind: str = "jump"
    needs: str | None = None
    both_ways: bool = False

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            x, y = position_of(getattr(self, name), name).tolist()
            object.__setattr__(self, name, (x, y))
        time_s: Any = self.time_s
        if isinstance(time_s, bool) or not isinstance(time_s, (int, float, np.number)) or not 0.0 <= time_s < math.inf:
            raise BadInputError(f"time_s={time_s!r}: expected a finite number of seconds, at least 0")
        object.__setattr__(self, "time_s", float(time_s))
        if self.kind not in KINDS:
            raise BadInputError(f"kind={self.kind!r}: expected one of {', '.join(KINDS)}")
        if self.needs is not None and not (isinstance(self.needs, str) and self.needs):
            raise BadInputError(f"needs={self.needs!r}: expected the name of what a body must hold, or None")
        if self.start == self.end:
            raise BadInputError(f"end={self.end!r}: expected another place than start")

    @property
    def jump(self) -> bool:
        """Whether a body jumps to take it."""
        return self.kind == "jump"

    @property
    def use(self) -> bool:
        """Whether a body must use something to take it."""
        return self.kind in _USED

    @property
    def length_px(self) -> float:
        """How far apart its ends are."""
        return math.dist(self.start, self.end)

    def backwards(self) -> Link:
        """The same way, the other way round."""
        return Link(start=self.end, end=self.start, time_s=self.time_s, kind=self.kind, needs=self.needs, both_ways=self.both_ways)
