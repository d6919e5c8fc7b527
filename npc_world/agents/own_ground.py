"""What an NPC believes of the ground it runs on, from its own steps and from how others run."""

from __future__ import annotations

import math
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
Step = tuple[float, float]
_PIXEL = 1.0
"""Places told in whole numbers are off by as much."""
_STILL, _STILL_S = 4, 0.2
"""Frames and time without any motion in which a body that wants to move is taken to be stuck, at a corner that it seems to be clear of, say, where
places are whole numbers: on very slow ground it goes less than a pixel a frame.  Where places are exact, one frame tells."""
_FIELDS = ("speed_factor", "grip", "push_x", "push_y", "speed_factor_sd", "grip_sd", "push_sd")


class OwnGround:
    """One NPC's `SurfaceLearner` and `SurfaceWatcher`, fed frame by frame, and what they know as a table for kernels.

    apart: in [0, 1), how far this one's measurements are set off from those of others that begin in the same frame.
    """

    def __init__(self, ground: Terrain, config: NpcConfig, apart: float) -> None:
        self.ground = ground
        self.learner = SurfaceLearner(config.learning, config.surfaces)
        self.learner.stagger(apart)
        self.learner.speed_guessed = config.body.max_speed_px_s is None
        self._watcher = SurfaceWatcher()
        self._touched = False
        self._went_px: Step | None = None
        """How far it moved in the frame before."""
        self._asked: Step = (0.0, 0.0)
        self._blur_px = _PIXEL
        """How far off its places may be, by its last move."""
        self._still = [(0, 0.0), (0, 0.0)]
        """Per axis for how many frames it has not moved, and how far it should have."""
        self._tabled: tuple[object, ...] = ()
        self._table = np.empty((0, 4))

    def reset(self) -> None:
        """A new round: what was learned stays."""
        self.learner.forget_motion()
        self._watcher.forget_motion()
        self._touched, self._went_px = False, None
        self._still = [(0, 0.0), (0, 0.0)]

    def learn(self, now: Observation, moved_px: Step, commanded: Floats, speed: float, acceleration: float, elsewhere: bool) -> bool:
        """One frame: how far it moved (2,), what it had asked for, at most at `speed`, and what came of it.  True when a belief changed, where there
        is more than one ground to have beliefs of.

        elsewhere: it was not on the ground at all (it jumped, it is on a ladder, the game set it down elsewhere).
        """
        if elsewhere:
            self.learner.forget_motion()
            self._went_px = None
            return False
        learner, ground, here = self.learner, self.ground, now.position_px.tolist()
        (moved_x, moved_y), asked = moved_px, commanded.tolist()
        touched, self._touched = self._touched, touches_a_body(now)
        before = here[0] - moved_x, here[1] - moved_y
        surface = ground.surface_at(here)
        ask = asked[0] * now.dt_s, asked[1] * now.dt_s
        if moved_x != 0.0 or moved_y != 0.0:
            self._blur_px = _PIXEL if moved_x % 1.0 == 0.0 and moved_y % 1.0 == 0.0 else 0.0
        stuck = self._stuck(ask, (moved_x, moved_y), learner.belief(surface), now.dt_s, acceleration, self._blur_px)
        if touched or self._touched or self._held(before, ask, (moved_x, moved_y), acceleration > 0.0, now.size_px, self._blur_px):
            changed = learner.interrupt(speed, acceleration)
        elif stuck:
            changed = False
            learner.forget_motion()
        else:
            changed = learner.learn(now.time_s, here, surface, asked, speed, acceleration)
        if len(ground.surfaces) < 2:
            return False
        for name, sighting in now.targets.items():
            there = sighting.position_px.tolist()
            changed |= self._watcher.watch(name, now.time_s, there, ground.surface_at(there), learner)
        return changed

    def _held(self, before: Step, asked: Step, moved: Step, momentum: bool, size_px: Step, blur_px: float) -> bool:
        """Whether something may have been in its way: that which it asked for, or that on which momentum carried it."""
        carried, self._went_px = self._went_px, moved
        return (hindered(self.ground, before, asked, size_px, blur_px)
                or (momentum and carried is not None and hindered(self.ground, before, carried, size_px, 2.0 * blur_px)))

    def _stuck(self, asked: Step, moved: Step, believed: Surface, dt_s: float, acceleration: float, blur_px: float) -> bool:
        """Whether it has stood exactly still along an axis for longer than eyes that see to `blur_px` let a body on this ground seem to."""
        longest, before = 0, self._asked
        self._asked = asked
        for axis in range(2):
            if moved[axis] != 0.0 or asked[axis] * before[axis] <= 0.0:  # a game may do as it is asked a frame late
                self._still[axis] = 0, 0.0
            else:
                frames, way = self._still[axis]
                frames, way = frames + 1, way + believed.speed_factor * abs(asked[axis])
                self._still[axis] = frames, way
                if way > 2.0 * blur_px:
                    longest = max(longest, frames)
        turning_s = 2.0 * math.sqrt(2.0 * blur_px / (acceleration * believed.grip)) if acceleration > 0.0 else 0.0
        return longest > 0 if blur_px == 0.0 else longest >= _STILL and longest * dt_s > max(_STILL_S, turning_s)

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
        self.learner.speed_guessed = new.body.max_speed_px_s is None

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
