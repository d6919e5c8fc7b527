"""Who plans in which frame: all NPCs of one ground share out the time there is for planning.

A plan on a map of walls costs some ms, hundreds of times what the rest of a step costs.  However many NPCs want a new one in
the same frame, after a door moved, at the start, or by chance, a frame grants no more of them than its share of
`PLANS_PER_S`; the others keep to their plans and are served in the frames that follow, first come first served.
"""

from __future__ import annotations

from collections import deque
from typing import Any
from weakref import WeakKeyDictionary

from npc_world.core.terrain import Terrain

__all__ = ["PLANS_PER_S", "Turns"]

PLANS_PER_S = 60.0
"""Costly plans per second of play, for all NPCs of one ground together: one a frame at 60 Hz."""
_SPARE_EVERY, _SPARE_EVERY_QUEUED = 3, 4
"""Work that can wait is done in every third frame, or in every fourth while NPCs wait for their turns."""


class Turns:
    """One for each ground, found by `Turns.of`.  A frame is one `begin` by each NPC: the first to begin again opens the next frame."""

    def __init__(self) -> None:
        self._joined = 0
        self._together = 0
        self._stepped: set[int] = set()
        self._thinkers = 0
        self._left = 1.0
        self._waiting: deque[int] = deque()
        self._granted: set[int] = set()
        self._spare, self._asked, self._frames = True, False, 0
        self.together_on: list[Any] = []
        """What the NPCs of this ground work out together."""

    @classmethod
    def of(cls, ground: Terrain) -> Turns:
        """Those of a ground; they live as long as it."""
        found = _TURNS.get(ground)
        if found is None:
            found = _TURNS[ground] = cls()
        return found

    def join(self) -> int:
        """The number of a new NPC.  With it everything begins anew: what went before on this ground, in another round, has no say."""
        self._joined += 1
        self._together += 1
        self._thinkers, self._left = 0, 1.0
        self._stepped.clear()
        self._waiting.clear()
        self._granted.clear()
        self._spare, self._asked, self._frames = True, False, 0
        self.together_on.clear()
        return self._joined - 1

    @property
    def together(self) -> int:
        """How many NPCs have joined since the last frame: they begin to watch together, and would do the same work in the same frames."""
        return self._together

    @property
    def thinkers(self) -> int:
        """How many NPCs are at it: those of the last frame, or of this one so far when they are more."""
        return max(self._thinkers, len(self._stepped))

    def begin(self, number: int, dt_s: float) -> None:
        """An NPC begins its frame of dt_s seconds."""
        self._together = 0
        if number in self._stepped:
            self._thinkers = len(self._stepped)
            self._stepped.clear()
            share = PLANS_PER_S * dt_s
            self._left = min(self._left + share, share)
            self._granted.clear()  # who did not use its turn has gone, or thought better of it
            self._frames += 1
            for_spare = self._asked and len(self._waiting) > 0 and self._frames % _SPARE_EVERY_QUEUED == 0
            self._spare, self._asked = for_spare or (not self._waiting and self._frames % _SPARE_EVERY == 0), False
            while self._waiting and self._left > 0.0 and not for_spare:
                self._granted.add(self._waiting.popleft())
                self._left -= 1.0
        self._stepped.add(number)

    def take(self, number: int) -> bool:
        """Whether an NPC may plan now; if not it waits, and its turn comes."""
        if number in self._granted:
            self._granted.remove(number)
            return True
        if not self._waiting and self._left > 0.0:
            self._left -= 1.0
            return True
        if number not in self._waiting:
            self._waiting.append(number)
        return False

    def take_spare(self) -> bool:
        """Whether the asker may do a millisecond's work that can wait: one in every third frame may, the first that has any.

        While NPCs wait for their turns to plan that is so in every fourth frame, in which then nobody plans.
        """
        self._asked = True
        spare, self._spare = self._spare, False
        return spare


_TURNS: WeakKeyDictionary[Terrain, Turns] = WeakKeyDictionary()
