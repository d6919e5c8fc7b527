"""What a behaviour plans from: everything one NPC believes at one moment, gathered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.config import NpcConfig
from npc_world.agents.hemming import Hemming
from npc_world.beliefs.target_model import TargetModel
from npc_world.core.home import Home
from npc_world.core.records import Belief, Forecast
from npc_world.core.terrain import Terrain
from npc_world.planners.waiting import Afterwards

__all__ = ["Situation"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Situation:
    """One NPC at one moment; all of it is its own belief."""

    time_s: float
    position_px: Floats
    velocity_px_s: Floats
    size_px: tuple[float, float]
    speed_px_s: float
    reach_px: float
    """Centre distance at which it touches the target."""
    along: Floats | None
    """(2,) the line it is bound to, a unit vector; None when it can go anywhere."""
    heading_rad: float
    post_px: Floats
    """(2,) where it was placed: the post of a guard, the start of rounds."""
    ground: Terrain
    surfaces: Floats
    """(S, 4) believed speed factor, grip and pushes, row per terrain surface."""
    config: NpcConfig
    target: TargetModel | None
    belief: Belief | None
    forecast: Forecast | None
    change_hz: float
    """How often the target stops doing what was forecast."""
    steady: float
    """Probability that it never does."""
    change_cost: float
    """How many times as long as walking it the gap takes that is left when it does."""
    covered_s: Mapping[str, float]
    """Catch times of the teammates, by hypothesis label."""
    searched_px: tuple[Floats, ...]
    """Places teammates are on their way to search."""
    rng: np.random.Generator
    home: Home | None = None
    """What is known of the region it keeps to."""
    afterwards: Afterwards | None = None
    """What comes after the goals of the forecast."""
    target_size_px: tuple[float, float] | None = None
    """Width and height of the target, when they can be seen."""
    hemming: Hemming | None = None
    """Who knows how to hem the target in; None for one who hunts alone or needs no help."""
    member: int = 0
    """Its number in the team."""
    meetings: int = 6
    """So many of the likeliest futures may each cost a travel-time field."""
    holding: frozenset[str] = frozenset()
    """What it holds: keys and abilities that links may need."""

    @property
    def blind_s(self) -> float:
        """Seconds since the target was last seen; 0 while it is seen."""
        return 0.0 if self.belief is None or self.belief.visible else self.time_s - self.belief.last_seen_s
