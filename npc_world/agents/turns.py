"""Who plans in which frame: all NPCs of one ground share out the time there is for planning.

A plan on a map of walls costs some ms, hundreds of times what the rest of a step costs.  However many NPCs want a new one in
the same frame, after a door moved, at the start, or by chance, a frame grants no more of them than its share of
`PLANS_PER_S`; the others keep to their plans and are served in the frames that follow, first come first served.
Where many share a ground a frame also grants no more work than its share of `WORK_PER_S`: a plan that is not done by then is gone
on with in the next frames, and what one leaves of its frame goes to another, or to the next frame.
"""

from __future__ import annotations

from collections import deque
from typing import Any
from weakref import WeakKeyDictionary

from npc_world.agents.perception import OthersSeen
from npc_world.core.terrain import Terrain

__all__ = ["PLANS_PER_S", "WORK_PER_S", "Turns"]

PLANS_PER_S = 60.0
"""Costly plans per second of play, for all NPCs of one ground together: one a frame at 60 Hz."""
WORK_PER_S = 60.0 * 14000.0
"""Work on plans per second of play, in cells of the map that are looked at, each about a tenth of a microsecond: a millisecond and a half a frame."""
_SAVED = 1.1
"""A frame has at most so many times its share, when the last one left some."""
_OVER = 0.1
"""A piece that needs more than its frame has left is done there all the same when that is not more than so much of a frame's share."""
_UNDER_WAY = 2
"""So many plans may be under way at once."""
_SPARE_EVERY, _SPARE_EVERY_QUEUED = 3, 4
"""Work that can wait is done in every third frame, or in every fourth while NPCs wait for their turns …"""
_FEW, _PIECES_OF_FEW = 2, 2
"""… and in every frame, so many pieces of it, where no more than so many think: they have time."""


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
        self._under_way: list[int] = []
        self._worked: set[int] = set()
        self._work_left = self._work_share = WORK_PER_S / 60.0
        self._spare, self._asked, self._frames = True, False, 0
        self._ahead: dict[int, float] = {}
        """What plans under way do next in one piece."""
        self.others_seen = OthersSeen()
        """What they see of each other."""
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
        self._under_way.clear()
        self._ahead.clear()
        self.others_seen = OthersSeen()  # frames are counted anew
        self._worked.clear()
        self._work_left = self._work_share = WORK_PER_S / 60.0
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
        stepped = len(self._stepped)
        return stepped if stepped > self._thinkers else self._thinkers

    def frame_of(self, number: int) -> int:
        """Number of the frame that an NPC is about to begin."""
        return self._frames + (number in self._stepped)

    def begin(self, number: int, dt_s: float) -> None:
        """An NPC begins its frame of dt_s seconds."""
        self._together = 0
        if number in self._stepped:
            self._next_frame(dt_s)
        self._stepped.add(number)

    def _next_frame(self, dt_s: float) -> None:
        self._thinkers = len(self._stepped)
        self._under_way = [number for number in self._under_way if number in self._stepped]  # the others have gone
        self._ahead = {number: self._ahead.get(number, 0.0) for number in self._under_way}
        self._stepped.clear()
        self._worked.clear()
        share = PLANS_PER_S * dt_s
        self._left = min(self._left + share, share)
        self._work_share = WORK_PER_S * dt_s
        self._work_left = min(self._work_left + self._work_share, _SAVED * self._work_share)
        self._granted.clear()  # who did not use its turn has gone, or thought better of it
        self._frames += 1
        busy = len(self._waiting) + len(self._under_way) > 0
        self._for_spare = self._asked and busy and self._frames % _SPARE_EVERY_QUEUED == 0
        every = 1 if self._thinkers <= _FEW else _SPARE_EVERY
        self._spare, self._asked = self._for_spare or (not busy and self._frames % every == 0), False
        most = max(1.0, share) * _UNDER_WAY
        while self._waiting and self._left > 0.0 and not self._for_spare and len(self._under_way) + len(self._granted) < most:
            self._granted.add(self._waiting.popleft())
            self._left -= 1.0

    _for_spare = False
    """Whether this frame is kept for work that can wait."""

    def take(self, number: int) -> bool:
        """Whether an NPC may plan now, or go on with its plan; if not it waits, and its turn comes."""
        if number in self._under_way:
            return not self._for_spare and self.allowance(number) > 0.0
        if number in self._granted:
            self._granted.remove(number)
            if self.allowance(number) > 0.0:
                return True
            self._waiting.appendleft(number)
            return False
        if not self._waiting and self._left > 0.0 and len(self._under_way) < _UNDER_WAY and self.allowance(number) > 0.0:
            self._left -= 1.0
            return True
        if number not in self._waiting:
            self._waiting.append(number)
        return False

    def called(self, number: int) -> bool:
        """Whether an NPC is to plan in this frame, because its turn has come or its plan is under way."""
        return number in self._granted or number in self._under_way

    def allowance(self, number: int) -> float:
        """How much work the frame has left for an NPC's plan: half of it is kept for the one begun first, or what that does next in one
        piece, until it has had its part."""
        first = self._under_way[0] if self._under_way else number
        if first == number or first in self._worked:
            return self._work_left
        return self._work_left - max(0.5 * self._work_share, min(self._work_share, self._ahead.get(first, 0.0)))

    def room_for(self, number: int, work: float) -> bool:
        """Whether the frame has about enough left for a piece of an NPC's plan, or as much as any frame has: such a piece is not put off for ever."""
        return min(work, self._work_share) <= self.allowance(number) + _OVER * self._work_share

    def worked(self, number: int, work: float, done: bool, ahead: float = 0.0) -> None:
        """An NPC has done so much work on its plan, which is now done, or goes on in the next frame, with a piece of so much."""
        self._work_left -= work
        self._worked.add(number)
        self._ahead[number] = ahead
        if done:
            self.let_go(number)
        elif number not in self._under_way:
            self._under_way.append(number)

    def let_go(self, number: int) -> None:
        """Its plan is done, or dropped."""
        self._ahead.pop(number, None)
        if number in self._under_way:
            self._under_way.remove(number)

    @property
    def spare_pieces(self) -> int:
        """How many milliseconds of work that can wait a frame has room for, when it has any."""
        return _PIECES_OF_FEW if self._thinkers <= _FEW else 1

    def take_spare(self) -> bool:
        """Whether the asker may do some work that can wait (`spare_pieces`): one in every third frame may, or in every frame where few
        think, the first that has any.

        While NPCs wait for their turns to plan that is so in every fourth frame, in which then nobody plans.
        """
        self._asked = True
        spare, self._spare = self._spare, False
        return spare


_TURNS: WeakKeyDictionary[Terrain, Turns] = WeakKeyDictionary()
