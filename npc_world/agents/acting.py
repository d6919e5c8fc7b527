"""From a plan to the advice for this frame: where to go, where to look, and what to say of it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.config import NpcConfig
from npc_world.agents.hindrance import touches_a_body
from npc_world.agents.keeping_clear import KeepClear
from npc_world.agents.motion import OwnMotion
from npc_world.agents.perception import facing
from npc_world.agents.steering import Steerer
from npc_world.beliefs.target_model import TargetModel
from npc_world.core.records import Action, Forecast, Observation, Plan
from npc_world.core.terrain import Terrain

__all__ = ["Acting"]

Floats = NDArray[np.float64]


class Acting:
    """Follows a plan frame by frame, keeps clear of others, and remembers where it faces and what it asked for."""

    def __init__(self, ground: Terrain, config: NpcConfig, rng: np.random.Generator, number: int = 0) -> None:
        self.ground = ground
        self.steerer = Steerer(ground, rng)
        self.keep_clear = KeepClear(config.avoidance, number)
        self.heading_rad = 0.0
        self.carry = np.zeros(2)
        self._said_of: Plan | None = None
        self._aim: tuple[Floats, float] | None = None
        self._confidence = 0.0
        self.reset()

    def reset(self) -> None:
        """A new round."""
        self.steerer.forget()
        self.commanded_px_s = np.zeros(2)
        """(2,) the velocity asked for last: what the ground answers to."""

    def act(self, now: Observation, motion: OwnMotion, plan: Plan, forecast: Forecast | None, target: TargetModel | None, speed: float, table: Floats,
            config: NpcConfig) -> Action:
        """This frame's advice.  speed: its top speed, px/s; table (S, 4): what is believed of the surfaces."""
        if plan.behaviour == "patrol":
            speed *= config.patrolling.speed_factor
        velocity = self.steerer.velocity(plan, now.position_px, motion.velocity, now.dt_s, speed, now.size_px, table, config)
        link = self.steerer.link
        if link is None and not self.steerer.aligning:
            velocity = self.keep_clear.velocity(now, motion.velocity, velocity, speed, self.ground)
        velocity = self.steerer.insisted(velocity, speed, now.size_px, now.dt_s, lambda: touches_a_body(now))
        wish_x, wish_y = velocity.tolist()
        if plan.behaviour in ("watch", "guard") and wish_x == 0.0 and wish_y == 0.0:
            self.heading_rad = _scan(self.heading_rad, now, target, config.guarding.scan_rad_s)
        else:
            self.heading_rad = facing(self.heading_rad, (wish_x, wish_y), now.dt_s)
        self.commanded_px_s = velocity
        cell = self.steerer.next_cell(wish_x, wish_y, now.size_px) if link is None else self.ground.cell_of(link.end)[::-1]
        if self._said_of is not plan:  # they stay while the plan does
            self._said_of = plan
            self._aim, self._confidence = _aim(plan), _confidence(plan, forecast)
        return Action(velocity_px_s=velocity, acceleration_px_s2=_acceleration(wish_x, wish_y, motion, now.dt_s, config.body.max_acceleration_px_s2),
                      why=plan.behaviour, jump=link is not None and link.jump, use=link is not None and link.use, cell=cell, aim=self._aim,
                      confidence=self._confidence, _carry=self.carry)


def _acceleration(wish_x: float, wish_y: float, motion: OwnMotion, dt_s: float, limit: float | None) -> Floats:
    """(2,) px/s² that lead to the wished velocity in this frame, as far as the body's limit lets them."""
    vx, vy = motion.velocity
    across, down = (wish_x - vx) / dt_s, (wish_y - vy) / dt_s
    size = math.hypot(across, down)
    scale = limit / size if limit is not None and size > limit else 1.0
    return np.array((across * scale, down * scale))


def _scan(heading_rad: float, now: Observation, target: TargetModel | None, scan_rad_s: float) -> float:
    """Where to look standing: towards a target in sight, else around."""
    belief = target.belief if target is not None else None
    if belief is not None and belief.visible:
        return facing(heading_rad, (belief.position_px - now.position_px).tolist(), now.dt_s)
    return heading_rad + scan_rad_s * now.dt_s


def _aim(plan: Plan) -> tuple[Floats, float] | None:
    """Where and when the plan expects to meet the target."""
    return None if plan.meeting_px is None or plan.meeting_time_s is None else (plan.meeting_px, plan.meeting_time_s)


def _confidence(plan: Plan, forecast: Forecast | None) -> float:
    """The probability of the hypothesis that the plan acts on."""
    return 0.0 if forecast is None or plan.hypothesis is None else float(forecast.weights[plan.hypothesis])
