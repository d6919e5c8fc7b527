"""The seam of behaviours: what an NPC is for, as a function from a situation to a plan."""

from __future__ import annotations

from typing import Protocol

from npc_world.agents.situation import Situation
from npc_world.core.pieces import Pieces
from npc_world.core.records import Plan

__all__ = ["Behaviour"]


class Behaviour(Protocol):
    """Plans for one NPC.  A behaviour may keep what it is in the middle of, such as the next place of its rounds."""

    def plan(self, now: Situation) -> Pieces[Plan]:
        """The plan, worked out in pieces: with many NPCs a dear one is spread over some frames."""
        ...
