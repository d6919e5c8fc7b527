"""Rounds: visit given places in turn, or wander between far places of the map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.behaviours.moves import go_to, stay
from npc_world.agents.situation import Situation
from npc_world.core.pieces import Pieces
from npc_world.core.records import Plan
from npc_world.models.nav_grid import NavGrid

__all__ = ["Patrol"]


class Patrol:
    """Walks its rounds and pays no attention to targets."""

    def __init__(self) -> None:
        self._index = 0
        self._goal: NDArray[np.float64] | None = None

    def plan(self, now: Situation) -> Pieces[Plan]:
        yield from ()
        if self._goal is None or self._reached(now, self._goal):
            self._goal = self._next_place(now)
        if self._goal is None:
            return stay(now, "patrol")
        plan = go_to(now, self._goal, "patrol")
        if not np.isfinite(plan.eta_s):
            self._goal = None  # cut off since: another place next time
        return plan

    def _reached(self, now: Situation, goal: NDArray[np.float64]) -> bool:
        near = max(now.ground.cell_px, *now.size_px)
        return bool(np.hypot(*(now.position_px - goal)) <= near)

    def _next_place(self, now: Situation) -> NDArray[np.float64] | None:
        points = now.config.patrolling.points
        if points:
            self._index = (self._index + 1) % len(points) if self._goal is not None else 0
            return np.array(points[self._index], dtype=np.float64)
        free = np.argwhere(NavGrid.of(now.ground, now.size_px).free)
        if len(free) == 0:
            return None
        picked = free[now.rng.integers(len(free), size=8)]
        places = (picked[:, ::-1] + 0.5) * now.ground.cell_px
        return np.asarray(places[int(np.argmax(np.hypot(*(places - now.position_px).T)))])
