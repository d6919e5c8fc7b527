"""What an NPC notices of a frame: what its own eyes see, as late as it reacts, and which ground it has looked over."""

from __future__ import annotations

from collections import deque
from collections.abc import Container
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.config import NpcConfig
from npc_world.core.records import Observation
from npc_world.core.terrain import Terrain

__all__ = ["Noticing"]

_LOOK_EVERY_S = 0.1
"""Looking for who is out of sight a few times a second is enough."""


class Noticing:
    """The eyes of one NPC, and what it has seen and not yet taken in.

    phase: in [0, 1), where between two looks it begins, so that many NPCs do not all look in the same frame.
    """

    def __init__(self, ground: Terrain) -> None:
        self._ground = ground
        self.phase = 0.0
        self.reset()

    def reset(self) -> None:
        """A new round."""
        self._delayed: deque[Observation] = deque()
        self._last_look_slot = -1

    def noticed(self, now: Observation, config: NpcConfig, heading_rad: float) -> Observation:
        """The observation the NPC reacts to: its own eyes where they decide, `reaction_s` late."""
        vision, delay_s = config.vision, config.planning.reaction_s
        if not vision.told and now.targets:
            kept = {name: sighting for name, sighting in now.targets.items()
                    if vision.sees(self._ground, now.position_px, heading_rad, sighting.position_px)}
            now = replace(now, targets=kept)
        if delay_s <= 0.0:
            return now
        self._delayed.append(now)
        while len(self._delayed) > 1 and self._delayed[1].time_s <= now.time_s - delay_s:
            self._delayed.popleft()
        noticed = self._delayed[0].targets if self._delayed[0].time_s <= now.time_s - delay_s else {}
        return Observation(now.time_s, now.dt_s, now.position_px, now.size_px, noticed, now.others)

    def looked_over(self, now: Observation, known: Container[str], count: int, config: NpcConfig, heading_rad: float) -> NDArray[np.bool_] | None:
        """(rows, cols) the cells it looks at, wanted only while one of the `count` known targets is out of sight; None when it does not look."""
        if len(now.targets) >= count and sum(name in known for name in now.targets) == count:
            return None
        slot = int((now.time_s + self.phase * _LOOK_EVERY_S) / _LOOK_EVERY_S)
        if slot == self._last_look_slot:
            return None
        self._last_look_slot = slot
        return config.vision.seen_cells(self._ground, now.position_px, heading_rad)
