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

    def work(self, number: int, turns: Turns, dt_s: float, among_many: bool) -> Plan | None:
        """As much work as the frame of an NPC has for it; the plan when it is done."""
        allowance = turns.allowance(number) if among_many else _ALONE * PLANS_PER_S * dt_s
        done, plan = 0 if self._begun else _BEGINNING, None
        self._begun = True
        try:
            while done < allowance:
                done += next(self._pieces)
        except StopIteration as end:
            plan = end.value
        turns.worked(number, done if among_many else 0.0, plan is not None)
        return plan
