"""No window and no sound; an NPC made of hand-written records, so that drawing and moving are tested without thinking."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from npc_world.core.records import Action, Belief, Explanation, Forecast, Plan
from npc_world.core.terrain import Terrain
from npc_world.models.surfaces import Surface


class StraightNpc:
    """Always advises the same velocity, with one carry as the real one has; notes what it was shown."""

    def __init__(self, velocity: tuple[float, float]) -> None:
        self.velocity = np.array(velocity, dtype=np.float64)
        self.carry = np.zeros(2)
        self.shown: list[tuple[Any, ...]] = []

    def step(self, me: Any, target: Any, dt_s: float, others: Any = (), **options: Any) -> Action:
        self.shown.append((tuple(me.rect), target, dt_s, [(*(o.position_px - 0.5 * np.array(o.size_px)), *o.size_px) for o in others]))
        return Action(velocity_px_s=self.velocity, acceleration_px_s2=np.zeros(2), _carry=self.carry)


@dataclass
class Eyes:
    range_px: float | None = 150.0
    cone_rad: float = 1.5
    occlusion: bool = True


@dataclass
class Model:
    occupancy: Any = None


def two_futures() -> Forecast:
    """20 steps to 2 s from (200, 200): right to (400, 200) with 0.7, down to (200, 300) with 0.3."""
    share = np.linspace(0.05, 1.0, 20)[:, None]
    positions = np.stack([np.array([200.0, 200.0]) + share * (200.0, 0.0), np.array([200.0, 200.0]) + share * (0.0, 100.0)])
    spread = (4.0 + 10.0 * share[:, 0]) ** 2
    covariances = np.broadcast_to(spread[None, :, None, None] * np.eye(2), (2, 20, 2, 2)).copy()
    return Forecast(np.linspace(0.1, 2.0, 20), positions, np.array([0.7, 0.3]), covariances, ("goes for the ruby", "turns back"))


@dataclass
class ThinkingNpc:
    """Everything the mind view reads, and nothing else."""

    name: str = "Bram"
    ground: Terrain = field(default_factory=lambda: Terrain.from_rects([(120, 40, 20, 120)], (480, 360), 20))
    forecast: Forecast | None = field(default_factory=two_futures)
    plan: Plan | None = field(default_factory=lambda: Plan(np.array([[60.0, 300.0], [300.0, 240.0]]), 1.5, "intercept",
                                                           meeting_px=np.array([300.0, 240.0]), meeting_time_s=1.25, hypothesis=0))
    belief: Belief | None = field(default_factory=lambda: Belief(3.0, np.array([200.0, 200.0]), np.array([100.0, 0.0]), np.eye(4), 0.0, True, 3.0))
    target_model: Model | None = field(default_factory=Model)
    weights: dict[str, float] = field(default_factory=lambda: {"goes for the ruby": 0.7, "turns back": 0.3})
    vision: Eyes = field(default_factory=Eyes)
    heading_rad: float = -0.6
    surprise: float = 1.2
    surfaces: dict[str, Surface] = field(default_factory=lambda: {"road": Surface(), "ice": Surface(grip=0.1)})

    def explain(self) -> Explanation:
        return Explanation("Cutting you off at the ruby: 70 % you go for the ruby; I arrive 0.4 s before you.")


@pytest.fixture
def thinking() -> ThinkingNpc:
    return ThinkingNpc()


@pytest.fixture
def straight() -> type[StraightNpc]:
    return StraightNpc
