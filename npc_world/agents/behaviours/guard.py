"""Keep a post: go after what comes near, within a leash, and return."""

from __future__ import annotations

import numpy as np

from npc_world.agents.behaviours.moves import go_to, intercepted, stay
from npc_world.agents.situation import Situation
from npc_world.core.pieces import Pieces
from npc_world.core.records import Plan

__all__ = ["Guard", "Sentry"]


class Guard:
    """Intercepts a target it expects to meet within its leash, and walks back to its post otherwise."""

    def __init__(self) -> None:
        self.catch_times: dict[str, float] = {}

    def plan(self, now: Situation) -> Pieces[Plan]:
        self.catch_times = {}
        if now.belief is not None and now.forecast is not None and now.blind_s <= now.config.guarding.return_s:
            plan, meeting = yield from intercepted(now, now.forecast)
            leash_px = now.config.guarding.leash_s * now.speed_px_s
            if float(np.hypot(*(meeting.point - now.post_px))) <= leash_px:
                self.catch_times = dict(zip(now.forecast.labels, np.asarray(meeting.catch_times_s).tolist(), strict=True))
                return plan
        if float(np.hypot(*(now.position_px - now.post_px))) > max(now.ground.cell_px, *now.size_px) * 0.5:
            return go_to(now, now.post_px, "return")
        return stay(now, "guard")


class Sentry:
    """Stands and watches; what it sees its team knows."""

    def plan(self, now: Situation) -> Pieces[Plan]:
        yield from ()
        return stay(now, "watch")
