"""A plan under way: with many NPCs, or on a large map, it is worked out over some frames."""

from __future__ import annotations

from npc_world.agents.situation import Situation
from npc_world.agents.turns import PLANS_PER_S, Turns
from npc_world.core.pieces import Pieces
from npc_world.core.records import Plan

__all__ = ["Planning"]

_ALONE = 15000
"""Work per frame of 1/60 s of one who has the ground for itself, about two milliseconds: on maps of 128 cells a side most plans are
done in the frame in which they are begun, the others in the next."""
_BEGINNING = 3000
"""What the situation and its forecast take, in the same measure."""


class Planning:
    """One plan from the situation in which it was begun.  Assumes that this still holds some frames later; who is told otherwise drops it."""

    def __init__(self, situation: Situation, pieces: Pieces[Plan], ground_version: int) -> None:
        self.situation = situation
        self.ground_version = ground_version
        self._pieces = pieces
        self._begun = False
        self._ahead = 0
        """Work said to come next, and not done yet."""

    def work(self, number: int, turns: Turns, dt_s: float, among_many: bool) -> Plan | None:
        """As much work as the frame of an NPC has for it; the plan when it is done."""
        if not among_many:
            return self._alone(number, turns, _ALONE * PLANS_PER_S * dt_s)
        allowance, done, plan = turns.allowance(number), self._beginning(), None
        try:
            while done + self._ahead < allowance or (done == 0 and turns.room_for(number, self._ahead)):
                done += self._ahead
                work = next(self._pieces)
                done, self._ahead = done + max(0, work), max(0, -work)
        except StopIteration as end:
            plan = end.value
        turns.worked(number, done, plan is not None, self._ahead)
        return plan

    def _alone(self, number: int, turns: Turns, allowance: float) -> Plan | None:
        """What is said to come next is counted in the frame that has no room for it: the next one has the more."""
        done, plan = self._beginning(), None
        try:
            while done < allowance:
                done += abs(next(self._pieces))
        except StopIteration as end:
            plan = end.value
        turns.worked(number, 0.0, plan is not None)
        return plan

    def _beginning(self) -> int:
        """The work that has been done before the first piece, in the frame of that."""
        done, self._begun = 0 if self._begun else _BEGINNING, True
        return done
