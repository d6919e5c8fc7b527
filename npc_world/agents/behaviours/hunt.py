"""Catch the target: intercept while its future can be told, search while it is out of sight, else make rounds."""

from __future__ import annotations

import numpy as np

from npc_world.agents.behaviours.moves import flanked, guarded, intercepted
from npc_world.agents.behaviours.patrol import Patrol
from npc_world.agents.behaviours.search import search
from npc_world.agents.situation import Situation
from npc_world.core.pieces import Pieces
from npc_world.core.records import Plan

__all__ = ["Hunt"]


class Hunt:
    """The hunter.  Bound to a line, as a paddle or a goalkeeper on a rail, it is where the target will cross."""

    def __init__(self) -> None:
        self._rounds = Patrol()
        self.catch_times: dict[str, float] = {}

    def plan(self, now: Situation) -> Pieces[Plan]:
        self.catch_times = {}
        if now.belief is None or now.forecast is None or now.blind_s > now.config.searching.give_up_s:
            return (yield from self._rounds.plan(now))
        if now.target is not None and now.target.occupancy is not None and now.blind_s > _FORESEEABLE_S:
            return search(now)
        flank = yield from flanked(now)
        if flank is not None:
            return flank
        plan, meeting = (yield from intercepted(now, now.forecast)) if now.along is None else guarded(now, now.forecast, now.along)
        if now.hemming is not None and meeting.reachable:
            now.hemming.promise(now.time_s, meeting.expected_catch_s)
        self.catch_times = dict(zip(now.forecast.labels, np.asarray(meeting.catch_times_s).tolist(), strict=True))
        return plan


_FORESEEABLE_S = 1.5
"""For so long after losing sight the forecast still says more than the map of where it may be."""
