"""What an NPC believes of the ground it runs on, from its own steps and from how others run."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.config import NpcConfig
from npc_world.agents.hindrance import hindered, touches_a_body
from npc_world.core.records import Observation
from npc_world.core.terrain import Terrain
from npc_world.learning.surface_learning import SurfaceLearner
from npc_world.learning.surface_watching import SurfaceWatcher
from npc_world.models.surfaces import Surface, surface_table

__all__ = ["OwnGround", "surfaces_from"]

Floats = NDArray[np.float64]
_FIELDS = ("speed_factor", "grip", "push_x", "push_y", "speed_factor_sd", "grip_sd", "push_sd")


class OwnGround:
    """One NPC's `SurfaceLearner` and `SurfaceWatcher`, fed frame by frame, and what they know as a table for kernels.

    apart: in [0, 1), how far this one's measurements are set off from those of others that begin in the same frame.
    """

    def __init__(self, ground: Terrain, config: NpcConfig, apart: float) -> None:
        self.ground = ground
        self.learner = SurfaceLearner(config.learning, config.surfaces)
        self.learner.stagger(apart)
        self._watcher = SurfaceWatcher()
        self._touched = False
        self._tabled: tuple[object, ...] = ()
        self._table = np.empty((0, 4))

    def reset(self) -> None:
        """A new round: what was learned stays."""
        self.learner.forget_motion()
        self._watcher.forget_motion()
        self._touched = False

    def learn(self, now: Observation, moved_px: Floats, commanded: Floats, speed: float, acceleration: float, elsewhere: bool) -> bool:
        """One frame: how far it moved (2,), what it had asked for, at most at `speed`, and what came of it.  True when a belief changed, where there
        is more than one ground to have beliefs of.

        elsewhere: it was not on the ground at all (it jumped, it is on a ladder, the game set it down elsewhere).
        """
        if elsewhere:
            self.learner.forget_motion()
            return False
        learner, ground, here = self.learner, self.ground, now.position_px.tolist()
        (moved_x, moved_y), asked = moved_px.tolist(), commanded.tolist()
        touched, self._touched = self._touched, touches_a_body(now)
        before = here[0] - moved_x, here[1] - moved_y
        if touched or self._touched or hindered(ground, before, (asked[0] * now.dt_s, asked[1] * now.dt_s), now.size_px):
            changed = learner.interrupt(speed, acceleration)
        else:
            changed = learner.learn(now.time_s, here, ground.surface_at(here), asked, speed, acceleration)
        if len(ground.surfaces) < 2:
            return False
        for name, sighting in now.targets.items():
            there = sighting.position_px.tolist()
            changed |= self._watcher.watch(name, now.time_s, there, ground.surface_at(there), learner)
        return changed

    def table(self) -> Floats:
        """(S, 4) what it believes of the terrain's surfaces, for kernels; to be read only."""
        believed = (*self.ground.surfaces, *self.learner.beliefs.values())
        if believed != self._tabled:
            self._tabled, self._table = believed, surface_table(self.ground.surfaces, self.learner.beliefs)
        return self._table

    def retune(self, new: NpcConfig, old: NpcConfig) -> None:
        """Other settings, and other priors where these were changed."""
        changed = {name: prior for name, prior in new.surfaces.items() if old.surfaces.get(name) != prior}
        self.learner.retune(new.learning, changed)

    # ---- save and restore ----------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What it has learned, as arrays."""
        beliefs = self.learner.beliefs
        values = [[getattr(surface, field) for field in _FIELDS] for surface in beliefs.values()]
        return {"surface_names": np.array(list(beliefs), dtype=np.str_), "surface_values": np.array(values, dtype=np.float64).reshape(-1, len(_FIELDS))}


def surfaces_from(arrays: dict[str, Any]) -> dict[str, Surface]:
    """Surface beliefs out of a save file's arrays; ValueError when they are out of range."""
    names, values = arrays["surface_names"], np.asarray(arrays["surface_values"], dtype=np.float64)
    if values.shape != (len(names), len(_FIELDS)):
        raise ValueError(f"surface_values has shape {values.shape}")
    return {str(name): Surface(**dict(zip(_FIELDS, map(float, row), strict=True))) for name, row in zip(names, values, strict=True)}
