"""When an NPC plans anew: at its own rate, oftener in the open and near the target, less often while all goes as foreseen."""

from __future__ import annotations

import math

from npc_world.agents.config import NpcConfig
from npc_world.core.records import Forecast, Observation, Plan, Sighting

__all__ = ["Pacing"]


class Pacing:
    """Counts the slots of one NPC.  phase: in [0, 1), where its slots begin: many NPCs do not all plan in the same frame."""

    def __init__(self) -> None:
        self.phase = 0.0
        self.reset(-1)

    def reset(self, ground_version: int) -> None:
        """A new round, on the ground as it is now."""
        self.planned_s = 0.0
        self._slot = self._last_slot = -1
        self._ground_version = ground_version

    def planned(self, time_s: float, ground_version: int) -> None:
        """It has a new plan."""
        self._last_slot, self._ground_version, self.planned_s = self._slot, ground_version, time_s

    def due(self, now: Observation, plan: Plan | None, forecast: Forecast | None, sighting: Sighting | None, speed: float, config: NpcConfig,
            thinkers: int, often: float, ground_version: int, patient: bool) -> bool:
        """Whether to plan in this frame.

        thinkers: how many NPCs share out the plans there are per second.  often: at least so many times `replan_hz`.  patient: whether a plan
        may be kept beyond its slot while the meeting is far off and the target does as foreseen.  At once when there is no plan, when the
        ground has changed, and when so little of the way to the target is left that the last plan is old by now.
        """
        settings = config.planning
        share = min(1.0, config.teamwork.full_rate_members / max(1, thinkers))
        self._slot = int(now.time_s * settings.replan_hz * max(share, often) + self.phase)
        if plan is None or ground_version != self._ground_version:
            return True
        since_s = now.time_s - self.planned_s
        if sighting is not None:
            (x, y), (to_x, to_y) = now.position_px.tolist(), sighting.position_px.tolist()
            if since_s * settings.closing_plans * share * speed >= math.hypot(to_x - x, to_y - y):
                return True
        if self._slot == self._last_slot:
            return False
        keep_s = settings.renewal_share * (plan.expected_catch_s or 0.0) if patient else 0.0
        return since_s >= keep_s or not _as_foreseen(now, since_s, plan, forecast, sighting, speed)


def _as_foreseen(now: Observation, since_s: float, plan: Plan, forecast: Forecast | None, sighting: Sighting | None, speed: float) -> bool:
    """Whether the target is where the hypothesis that the plan acts on has it."""
    if sighting is None or forecast is None or plan.hypothesis is None:
        return False
    x, y = forecast.at(since_s)[plan.hypothesis].tolist()
    at_x, at_y = sighting.position_px.tolist()
    return math.hypot(x - at_x, y - at_y) < 0.5 * max(now.size_px) + 0.15 * speed * since_s
