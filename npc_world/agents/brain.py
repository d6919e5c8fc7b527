"""One NPC's thinking, one frame at a time: observe, believe, learn, imagine, plan, act."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.behaviours.base import Behaviour
from npc_world.agents.behaviours.guard import Guard, Sentry
from npc_world.agents.behaviours.hunt import Hunt
from npc_world.agents.behaviours.moves import head_for
from npc_world.agents.behaviours.patrol import Patrol
from npc_world.agents.config import NpcConfig
from npc_world.agents.freedom import Freedom
from npc_world.agents.hindrance import hindered, touches_a_body
from npc_world.agents.keeping_clear import KeepClear
from npc_world.agents.motion import OwnMotion
from npc_world.agents.perception import facing
from npc_world.agents.situation import Situation
from npc_world.agents.steering import Steerer
from npc_world.agents.team import Team
from npc_world.agents.turns import Turns
from npc_world.core.records import Action, Belief, Forecast, Observation, Plan
from npc_world.core.terrain import Terrain
from npc_world.learning.surface_learning import SurfaceLearner
from npc_world.learning.surface_watching import SurfaceWatcher
from npc_world.models.surfaces import Surface, surface_table

__all__ = ["Brain"]

Floats = NDArray[np.float64]
_BEHAVIOURS: dict[str, Callable[[], Behaviour]] = {"hunt": Hunt, "guard": Guard, "sentry": Sentry, "patrol": Patrol}
_GOLDEN = 0.6180339887


class Brain:
    """What changes while an NPC lives.  Everything it hands out is frozen."""

    def __init__(self, ground: Terrain, config: NpcConfig, team: Team, member: int, post: Floats, seed: int) -> None:
        self.ground, self.config, self.team, self.member, self.post = ground, config, team, member, post
        self._seed = seed
        self._turns = Turns.of(ground)
        self._number = self._turns.join()
        apart = (_GOLDEN * (self._turns.together - 1)) % 1.0  # a lone one is not shifted
        self.rng = np.random.default_rng(seed)
        self.motion = OwnMotion()
        self.freedom = Freedom()
        self.surfaces = SurfaceLearner(config.learning, config.surfaces)
        self.surfaces.stagger(apart)
        if member == 0:
            team.stagger(apart)
        self.watcher = SurfaceWatcher()
        self.steerer = Steerer(ground, self.rng)
        self.keep_clear = KeepClear(config.avoidance)
        self.behaviour: Behaviour = _BEHAVIOURS[config.behaviour]()
        self.heading_rad = 0.0
        self.carry = np.zeros(2)
        self.reach_share = _FIRST_REACH_SHARE
        self.holding: frozenset[str] = frozenset()
        """What it holds: keys, abilities."""
        self.reset()

    def reset(self) -> None:
        """A new round: forget the moment, keep what was learned."""
        self.forecast: Forecast | None = None
        self.plan: Plan | None = None
        self.action: Action | None = None
        self.target_name: str | None = None
        self.motion.reset()
        self.steerer.forget()
        self.surfaces.forget_motion()
        self.watcher.forget_motion()
        self._commanded = np.zeros(2)
        self._delayed: deque[Observation] = deque()
        own = _GOLDEN * self._seed + 0.37 * float(np.sum(self.post)) / self.ground.cell_px  # strangers: by chance; a team: evenly
        self._phase = (_GOLDEN * self.member if self.member > 0 or self.team.size > 1 else own) % 1.0
        self._plan_slot = self._last_plan_slot = -1
        self._planned_s = 0.0
        self._touching_s = 0.0
        self._touched = False
        self._ground_version = self.ground.version

    def step(self, now: Observation, moves: Floats | None = None) -> Action:
        """The whole of it.  moves (n, 2): what the game can realise, None for anything."""
        self._turns.begin(self._number, now.dt_s)
        self.motion.observe(now)
        self._learn_freedom(now, moves)
        self._learn_ground(now)
        seen = self._as_noticed(now)
        self.team.observe(self.member, seen, self._seen_cells(now))
        self.target_name = self._choose_target(now)
        self._learn_reach(now)
        if self._due(now):
            if not self._costly or self._turns.take(self._number):
                self._renew_plan(now)
            elif self.plan is None:
                self.plan = self._stopgap(now)
        return self._act(now)

    # ---- observe and learn ---------------------------------------------------------------------------------------

    def _learn_freedom(self, now: Observation, moves: Floats | None) -> None:
        self.freedom.tell(moves)
        if not self.motion.jumped and self.steerer.link is None:
            self.freedom.learn(self._commanded, self.motion.moved_px, now.dt_s, now.size_px)

    def _learn_ground(self, now: Observation) -> None:
        if self.motion.jumped:
            self.plan = None
            self.steerer.forget()
        if self.motion.jumped or self.steerer.link is not None:  # in the air or on a ladder it learns nothing of the ground
            self.surfaces.forget_motion()
            return
        speed, acceleration = self.speed(now.size_px), self.config.body.max_acceleration_px_s2 or 0.0
        touched, self._touched = self._touched, touches_a_body(now)
        if touched or self._touched or hindered(self.ground, now.position_px - self.motion.moved_px, self._commanded * now.dt_s, now.size_px):
            changed = self.surfaces.interrupt(speed, acceleration)
        else:
            changed = self.surfaces.learn(now.time_s, now.position_px, self.ground.surface_at(now.position_px), self._commanded, speed, acceleration)
        if len(self.ground.surfaces) > 1:
            for name, sighting in now.targets.items():
                changed |= self.watcher.watch(name, now.time_s, sighting.position_px, self.ground.surface_at(sighting.position_px), self.surfaces)
            if changed:
                self.team.tell_ground(self.member, self.surfaces.beliefs)

    def _learn_reach(self, now: Observation) -> None:
        """Near enough to have caught the target, and the game goes on: then it takes more than that."""
        sighting = now.targets.get(self.target_name or "")
        if sighting is None:
            return
        touching = touching_px(now.size_px, sighting.size_px or now.size_px)
        away = math.dist(sighting.position_px, now.position_px)
        self._touching_s = self._touching_s + now.dt_s if away < self.reach_share * touching else 0.0
        if self._touching_s > _TOUCH_S:
            self.reach_share, self._touching_s = max(0.05, min(self.reach_share, 0.9 * away / touching)), 0.0

    def _as_noticed(self, now: Observation) -> Observation:
        """The observation the NPC reacts to: its own eyes where they decide, `reaction_s` late."""
        vision = self.config.vision
        if not vision.told and now.targets:
            kept = {name: sighting for name, sighting in now.targets.items()
                    if vision.sees(self.ground, now.position_px, self.heading_rad, sighting.position_px)}
            now = replace(now, targets=kept)
        delay = self.config.planning.reaction_s
        if delay <= 0.0:
            return now
        self._delayed.append(now)
        while len(self._delayed) > 1 and self._delayed[1].time_s <= now.time_s - delay:
            self._delayed.popleft()
        noticed = self._delayed[0].targets if self._delayed[0].time_s <= now.time_s - delay else {}
        return Observation(now.time_s, now.dt_s, now.position_px, now.size_px, noticed, now.others)

    def _seen_cells(self, now: Observation) -> NDArray[np.bool_] | None:
        """What it looks at, wanted only while some target is out of sight; a few times a second is enough."""
        hidden = any(name not in now.targets for name in self.team.models)
        slot = int((now.time_s + self._phase * _LOOK_EVERY_S) / _LOOK_EVERY_S)
        if not hidden or slot == self._last_look_slot:
            return None
        self._last_look_slot = slot
        return self.config.vision.seen_cells(self.ground, now.position_px, self.heading_rad)

    _last_look_slot = -1

    def _choose_target(self, now: Observation) -> str | None:
        """The nearest believed target, changed only for one that is clearly nearer."""
        if len(self.team.models) == 1:
            (name, model), = self.team.models.items()
            return name if model.known else None
        distances = {name: math.dist(model.belief.position_px, now.position_px)
                     for name, model in self.team.models.items() if model.belief is not None}
        if not distances:
            return None
        nearest = min(distances, key=lambda name: distances[name])
        kept = self.target_name
        return kept if kept in distances and distances[kept] < 1.3 * distances[nearest] else nearest

    # ---- imagine and plan ----------------------------------------------------------------------------------------

    def _due(self, now: Observation) -> bool:
        """Whether to plan in this frame: at `replan_hz`, each NPC in its own slot; less often while the meeting is far off and the target
        does as foreseen; at once when the ground has changed."""
        settings, team = self.config.planning, self.config.teamwork
        rate_hz = settings.replan_hz * min(1.0, team.full_rate_members / max(1, self.team.size, self._turns.thinkers if self._costly else 1))
        self._plan_slot = int(now.time_s * rate_hz + self._phase)
        if self.plan is not None and self.steerer.link is not None:  # in mid-air there is nothing to decide
            return False
        if self.plan is None or self.ground.version != self._ground_version or self.steerer.lost:
            return True
        if self._close(now, rate_hz / settings.replan_hz):
            return True
        if self._plan_slot == self._last_plan_slot:
            return False
        keep_s = settings.renewal_share * (self.plan.expected_catch_s or 0.0) if self._costly and self.team.acquainted(self.target_name) else 0.0
        return now.time_s - self._planned_s >= keep_s or not self._as_foreseen(now)

    def _close(self, now: Observation, share: float) -> bool:
        """Whether so little of the way to the target is left that the last plan is old by now."""
        sighting = now.targets.get(self.target_name or "")
        if sighting is None:
            return False
        away_s = math.dist(sighting.position_px, now.position_px) / self.speed(now.size_px)
        return (now.time_s - self._planned_s) * self.config.planning.closing_plans * share >= away_s

    def _renew_plan(self, now: Observation) -> None:
        self._last_plan_slot, self._ground_version, self._planned_s = self._plan_slot, self.ground.version, now.time_s
        situation = self._situation(now)
        self.forecast = situation.forecast
        self.plan = self.behaviour.plan(situation)
        self._tell_team(now)

    def _stopgap(self, now: Observation) -> Plan:
        """What to do until it is this NPC's turn to plan: a hunter runs at what it hunts, the others wait."""
        belief = self.belief if self.config.behaviour == "hunt" else None
        return head_for(self.ground, now.position_px, None if belief is None else belief.position_px, now.size_px,
                        self.speed(now.size_px), self.table(), self.holding)

    @property
    def _costly(self) -> bool:
        """Whether planning needs fields: in the open it costs next to nothing, and plans are always renewed."""
        return len(self.ground.rects) > 0 or len(self.ground.surfaces) > 1

    def _as_foreseen(self, now: Observation) -> bool:
        """Whether the target is where the hypothesis that the plan acts on has it."""
        sighting = now.targets.get(self.target_name or "")
        if sighting is None or self.plan is None or self.forecast is None or self.plan.hypothesis is None:
            return False
        elapsed_s = now.time_s - self._planned_s
        expected = self.forecast.at(elapsed_s)[self.plan.hypothesis]
        return math.dist(expected, sighting.position_px) < 0.5 * max(now.size_px) + 0.15 * self.speed(now.size_px) * elapsed_s

    def _situation(self, now: Observation) -> Situation:
        settings = self.config.planning
        model = self.team.models.get(self.target_name) if self.target_name is not None else None
        belief = model.belief if model is not None else None
        speed = self.speed(now.size_px)
        forecast = None
        if belief is not None and self.target_name is not None:
            away_s = math.dist(belief.position_px, now.position_px) / speed
            if self.plan is not None and self.plan.expected_catch_s is not None:
                away_s = max(away_s, 0.6 * self.plan.expected_catch_s)
            horizon_s = min(settings.max_horizon_s, max(settings.min_horizon_s, settings.horizon_factor * away_s))
            forecast = self.team.forecast(self.target_name, now.time_s, horizon_s, settings.steps, settings.hypotheses)
            if forecast is not None and settings.foresight < 1.0:
                forecast = shortsighted(forecast, belief, settings.foresight)
        slower = slowness(speed, model.max_speed_px_s if model is not None else 0.0)
        sighting = now.targets.get(self.target_name or "")
        other_size = sighting.size_px if sighting is not None and sighting.size_px is not None else now.size_px
        return Situation(
            time_s=now.time_s, position_px=now.position_px, velocity_px_s=self.motion.velocity_px_s, size_px=now.size_px, speed_px_s=speed,
            reach_px=self.reach_share * touching_px(now.size_px, other_size), along=self.freedom.line, heading_rad=self.heading_rad, post_px=self.post, ground=self.ground,
            surfaces=self.table(), config=self.config, target=model, belief=belief, forecast=forecast,
            change_hz=self.team.change_hz(self.target_name, slower), steady=self.team.steady(self.target_name),
            change_cost=settings.change_cost * (1.0 + slower), covered_s=self.team.covered(self.member, now.time_s), searched_px=self.team.searched(self.member, now.time_s), rng=self.rng,
            target_size_px=sighting.size_px if sighting is not None else None, holding=self.holding)

    def _tell_team(self, now: Observation) -> None:
        assert self.plan is not None
        searching = self.plan.waypoints_px[-1] if self.plan.behaviour == "search" else None
        self.team.tell(self.member, now.time_s, getattr(self.behaviour, "catch_times", {}), searching)

    def table(self) -> Floats:
        """(S, 4) what it believes of the terrain's surfaces, for kernels; to be read only."""
        believed = (*self.ground.surfaces, *self.surfaces.beliefs.values())
        if believed != self._believed:
            self._believed, self._table = believed, surface_table(self.ground.surfaces, self.surfaces.beliefs)
        return self._table

    _believed: tuple[object, ...] = ()

    def speed(self, size_px: tuple[float, float]) -> float:
        """Its top speed on good ground: told, or six body lengths per second."""
        told = self.config.body.max_speed_px_s
        return told if told is not None else 6.0 * max(size_px)

    # ---- act -------------------------------------------------------------------------------------------------------

    def _act(self, now: Observation) -> Action:
        assert self.plan is not None
        speed = self.speed(now.size_px)
        if self.plan.behaviour == "patrol":
            speed *= self.config.patrolling.speed_factor
        velocity = self.steerer.velocity(self.plan, now.position_px, self.motion.velocity_px_s, now.dt_s, speed, now.size_px, self.table(),
                                         self.config)
        link = self.steerer.link
        if link is None:
            velocity = self.keep_clear.velocity(now, self.motion.velocity_px_s, velocity, speed, self.ground)
        if self.plan.behaviour in ("watch", "guard") and not velocity.any():
            self.heading_rad = self._scan(now)
        else:
            self.heading_rad = facing(self.heading_rad, velocity, now.dt_s)
        self._commanded = velocity
        cell = self.steerer.next_cell(now.position_px, velocity, now.size_px) if link is None else self.ground.cell_of(link.end)[::-1]
        self.action = Action(velocity_px_s=velocity, acceleration_px_s2=self._acceleration(velocity, now.dt_s), why=self.plan.behaviour,
                             jump=link is not None and link.jump, use=link is not None and link.use, cell=cell, aim=self._aim(),
                             confidence=self._confidence(), _carry=self.carry)
        return self.action

    def _acceleration(self, velocity: Floats, dt_s: float) -> Floats:
        change = (velocity - self.motion.velocity_px_s) / dt_s
        limit, size = self.config.body.max_acceleration_px_s2, math.hypot(change[0], change[1])
        return change * (limit / size) if limit is not None and size > limit else change

    def _scan(self, now: Observation) -> float:
        """Look towards a target in sight, else around."""
        belief = self.belief
        if belief is not None and belief.visible:
            return facing(self.heading_rad, belief.position_px - now.position_px, now.dt_s)
        return self.heading_rad + self.config.guarding.scan_rad_s * now.dt_s

    def _aim(self) -> tuple[Floats, float] | None:
        if self.plan is None or self.plan.meeting_px is None or self.plan.meeting_time_s is None:
            return None
        return self.plan.meeting_px, self.plan.meeting_time_s

    def _confidence(self) -> float:
        if self.plan is None or self.forecast is None or self.plan.hypothesis is None:
            return 0.0
        return float(self.forecast.weights[self.plan.hypothesis])

    @property
    def belief(self) -> Belief | None:
        """What it thinks of its present target."""
        model = self.team.models.get(self.target_name) if self.target_name is not None else None
        return model.belief if model is not None else None

    def realised(self, velocity_px_s: Floats) -> None:
        """The game can only do this instead of what was advised: that is what the ground answers to."""
        self._commanded = velocity_px_s

    def retune(self, config: NpcConfig) -> None:
        """Another config from now on."""
        if config.behaviour != self.config.behaviour:
            self.behaviour = _BEHAVIOURS[config.behaviour]()
        old = self.config.surfaces
        self.surfaces.retune(config.learning, {name: prior for name, prior in config.surfaces.items() if old.get(name) != prior})
        self.keep_clear.config = config.avoidance
        # another motion prior is heard from the next load on: reading its file would hold up a frame
        target = replace(config.target, prior=self.config.target.prior)
        self.config = replace(config, target=target)
        self.team.configure(target, config.persistence, None)
        self.plan = None

    def surfaces_from(self, arrays: dict[str, Any]) -> dict[str, Surface]:
        """Surface beliefs out of a save file's arrays; ValueError when they are out of range."""
        names, values = arrays["surface_names"], np.asarray(arrays["surface_values"], dtype=np.float64)
        if values.shape != (len(names), len(_SURFACE_FIELDS)):
            raise ValueError(f"surface_values has shape {values.shape}")
        return {str(name): Surface(**dict(zip(_SURFACE_FIELDS, map(float, row), strict=True)))
                for name, row in zip(names, values, strict=True)}

    def state(self) -> dict[str, Any]:
        """What it has learned of the ground, as arrays."""
        names = list(self.surfaces.beliefs)
        values = [[getattr(self.surfaces.beliefs[n], f) for f in _SURFACE_FIELDS] for n in names]
        return {"surface_names": np.array(names, dtype=np.str_), "surface_values": np.array(values, dtype=np.float64).reshape(-1, 7)}


_LOOK_EVERY_S = 0.1
_FIRST_REACH_SHARE = 0.7
"""Bodies are taken to touch at this share of the sum of their half widths: to aim closer than needed costs little, to fall short much."""
_TOUCH_S = 0.05
_SURFACE_FIELDS = ("speed_factor", "grip", "push_x", "push_y", "speed_factor_sd", "grip_sd", "push_sd")


def slowness(speed: float, target_speed: float) -> float:
    """From 0 for one who is a tenth faster than its target to 1 for one who is a tenth slower.

    Against a faster target a lost lead is hardly made good, so a stranger is taken to be fickle; a slower one can be led in good faith.
    """
    return 1.0 / (1.0 + math.exp(min(50.0, (speed / target_speed - 1.0) / 0.08))) if target_speed > 0.0 else 0.5


def touching_px(size: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance of the centres, px, at which two bodies touch, averaged over directions along the axes."""
    return 0.25 * (sum(size) + sum(other))


def shortsighted(forecast: Forecast, belief: Belief, foresight: float) -> Forecast:
    """The forecast drawn back towards where the target is now: what an NPC with less foresight imagines."""
    here = belief.position_px
    return replace(forecast, positions_px=here + foresight * (forecast.positions_px - here))
