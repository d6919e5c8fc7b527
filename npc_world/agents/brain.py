"""One NPC's thinking, one frame at a time: observe, believe, learn, imagine, plan, act."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.acting import Acting
from npc_world.agents.attention import Attention
from npc_world.agents.behaviours.base import Behaviour
from npc_world.agents.behaviours.guard import Guard, Sentry
from npc_world.agents.behaviours.hunt import Hunt
from npc_world.agents.behaviours.moves import from_here, head_for
from npc_world.agents.behaviours.patrol import Patrol
from npc_world.agents.config import NpcConfig
from npc_world.agents.freedom import Freedom
from npc_world.agents.hemming import Hemming, Hunter
from npc_world.agents.motion import OwnMotion
from npc_world.agents.noticing import Noticing
from npc_world.agents.own_ground import OwnGround
from npc_world.agents.pacing import Pacing
from npc_world.agents.perception import perceive
from npc_world.agents.planning import Planning
from npc_world.agents.reach import Reach, touching_px
from npc_world.agents.situation import Situation
from npc_world.agents.team import Team
from npc_world.agents.turns import Turns
from npc_world.beliefs.target_model import TargetModel
from npc_world.core.records import Action, Belief, Forecast, Observation, Plan, Sighting
from npc_world.core.terrain import Terrain
from npc_world.learning.surface_learning import SurfaceLearner
from npc_world.planners.waiting import Afterwards

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
        self._own_ground = OwnGround(ground, config, apart)
        if member == 0:
            team.stagger(apart)
        self._noticing, self._pacing, self._reach, self._attention = Noticing(ground), Pacing(), Reach(), Attention(self._number)
        self.acting = Acting(ground, config, self.rng, self._number)
        self.steerer = self.acting.steerer
        self.behaviour: Behaviour = _BEHAVIOURS[config.behaviour]()
        self.holding: frozenset[str] = frozenset()
        """What it holds: keys, abilities."""
        self.reset()

    def reset(self) -> None:
        """A new round: forget the moment, keep what was learned."""
        self.forecast: Forecast | None = None
        self.plan: Plan | None = None
        self._planning: Planning | None = None
        self._turns.let_go(self._number)
        self.action: Action | None = None
        self.target_name: str | None = None
        self.motion.reset()
        self.acting.reset()
        self._own_ground.reset()
        self._noticing.reset()
        self._pacing.reset(self.ground.version)
        self._reach.reset()
        self._attention.reset()
        own = _GOLDEN * self._seed + 0.37 * float(np.sum(self.post)) / self.ground.cell_px  # strangers: by chance; a team: evenly
        self._pacing.phase = self._noticing.phase = (_GOLDEN * self.member if self.member > 0 or self.team.size > 1 else own) % 1.0

    def perceive(self, time_s: float, dt_s: float, me: Any, target: Any, others: Any, size_px: tuple[float, float]) -> Observation:
        """What it is shown in the frame that begins, see `perception.perceive`."""
        return perceive(time_s, dt_s, me, target, others, size_px, self._turns.others_seen, self._turns.frame_of(self._number))

    def step(self, now: Observation, moves: Floats | None = None) -> Action:
        """The whole of it.  moves (n, 2): what the game can realise, None for anything."""
        self._turns.begin(self._number, now.dt_s)
        self.motion.observe(now)
        if self._looks(now):
            self._look(now, moves)
        else:
            self._attention.pass_over(now, self.motion.moved, self.acting.commanded_px_s)
        return self._act(now)

    def _looks(self, now: Observation) -> bool:
        """Whether to take in this frame, or only to go on: where many share a ground they look in turn."""
        return (self._attention.due(now, self._turns.thinkers) or self.plan is None or self.motion.jumped or self.steerer.link is not None
                or self._turns.called(self._number) or not self.team.looks_after(self.member, now))

    def _look(self, frame: Observation, moves: Floats | None) -> None:
        """Observe, believe, learn, imagine, plan."""
        now, moved, commanded = self._attention.taken_in(frame, self.motion.moved, self.acting.commanded_px_s)
        self._learn(now, moved, commanded, moves)
        seen = self._noticing.noticed(now, self.config, self.heading_rad)
        models = self.team.models
        self.team.observe(self.member, seen, self._noticing.looked_over(seen, models, len(models), self.config, self.heading_rad))
        self.target_name = self._choose_target(now)
        sighting = now.targets.get(self.target_name or "")
        self._reach.learn(now, sighting)
        if self._due(now, sighting):
            if not self._costly or self._turns.take(self._number):
                self._think(now, sighting)
            if self.plan is None:
                self.plan = self._stopgap(now)
        else:
            self.team.look_beyond(self.target_name, self._turns)

    # ---- observe and learn ---------------------------------------------------------------------------------------

    def _learn(self, now: Observation, moved: tuple[float, float], commanded: Floats, moves: Floats | None) -> None:
        """What became of what it asked for: which way it can go, and what the ground does."""
        motion, airborne = self.motion, self.steerer.link is not None
        self.freedom.tell(moves)
        if motion.jumped:
            self.plan = None
            self.steerer.forget()
        elif not airborne:
            self.freedom.learn(commanded, moved, now.dt_s, now.size_px)
        changed = self._own_ground.learn(now, moved, commanded, self.speed(now.size_px), self.config.body.max_acceleration_px_s2 or 0.0,
                                         motion.jumped or airborne or self.steerer.aligning)
        self.steerer.one_speed = self.surfaces.obedience.full_speed
        if changed:
            self.team.tell_ground(self.member, self.surfaces.beliefs)

    @property
    def surfaces(self) -> SurfaceLearner:
        """What it has learned of surfaces by name."""
        return self._own_ground.learner

    def _choose_target(self, now: Observation) -> str | None:
        """The nearest believed target, changed only for one that is clearly nearer; one that is not seen counts as so far off as this NPC could
        have come since: it may be anywhere by now, or no more.
        """
        if len(self.team.models) == 1:
            (name, model), = self.team.models.items()
            return name if model.known else None
        speed = self.speed(now.size_px)
        distances = {name: math.dist(belief.position_px, now.position_px) + (0.0 if belief.visible else speed * (now.time_s - belief.last_seen_s))
                     for name, model in self.team.models.items() if (belief := model.belief) is not None}
        if not distances:
            return None
        nearest = min(distances, key=lambda name: distances[name])
        kept = self.target_name
        return kept if kept in distances and distances[kept] < 1.3 * distances[nearest] else nearest

    # ---- imagine and plan ----------------------------------------------------------------------------------------

    def _due(self, now: Observation, sighting: Sighting | None) -> bool:
        """Whether to plan in this frame; in mid-air there is nothing to decide."""
        under_way = self._planning
        if under_way is not None and (self.plan is None or self.steerer.link is not None or under_way.ground_version != self.ground.version):
            self._drop_planning()  # all is different now
        if self.plan is not None and self.steerer.link is not None:
            return False
        if self._planning is not None:
            return True
        costly, thinkers = self._costly, self._thinkers
        patient = costly and self.team.acquainted(self.target_name)
        often = 0.0 if costly or sighting is None else self.config.planning.open_plans / max(1, self._turns.thinkers, self.team.size)
        if often > 1.0 and not self.team.exact(self.target_name):  # asked last: it is worked out for each sighting
            often = 0.0
        return self._pacing.due(now, self.plan, self.forecast, sighting, self.speed(now.size_px), self.config, thinkers, often, self.ground.version,
                                patient) or self.steerer.lost

    @property
    def _thinkers(self) -> int:
        """How many NPCs share out the plans there are per second."""
        return max(self.team.size, self._turns.thinkers) if self._costly else self.team.size

    def _think(self, now: Observation, sighting: Sighting | None) -> None:
        """Go on with the plan under way, or begin one; it is taken up when it is done."""
        if self._planning is None:
            situation = self._situation(now, sighting)
            self._planning = Planning(situation, self.behaviour.plan(situation), self.ground.version)
        under_way, among_many = self._planning, self._costly and self._thinkers > self.config.teamwork.full_rate_members
        plan = under_way.work(self._number, self._turns, now.dt_s, among_many)
        if plan is None:
            return
        self._planning = None
        begun_s = under_way.situation.time_s
        self._pacing.planned(begun_s, under_way.ground_version)
        self.forecast = under_way.situation.forecast
        self.plan = plan if begun_s == now.time_s else from_here(now.position_px, plan, self.ground, now.size_px, self.table(),
                                                                 self.speed(now.size_px), self.holding)
        self._tell_team(now)

    def _drop_planning(self) -> None:
        self._planning = None
        self._turns.let_go(self._number)

    def _stopgap(self, now: Observation) -> Plan:
        """What to do until it is this NPC's turn to plan: a hunter runs at what it hunts, the others wait."""
        belief = self.belief if self.config.behaviour == "hunt" else None
        return head_for(self.ground, now.position_px, None if belief is None else belief.position_px, now.size_px,
                        self.speed(now.size_px), self.table(), self.holding)

    @property
    def _costly(self) -> bool:
        """Whether planning needs fields: in the open it costs next to nothing, and plans are always renewed."""
        ground, kept = self.ground, self._kept_costly
        if kept[0] != ground.version:
            kept = self._kept_costly = ground.version, len(ground.rects) > 0 or len(ground.surfaces) > 1
        return kept[1]

    _kept_costly = (-1, False)
    """The ground's version, and whether planning was costly then: asked several times a frame."""

    def _situation(self, now: Observation, sighting: Sighting | None) -> Situation:
        settings = self.config.planning
        model = self._target
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
        other_size = sighting.size_px if sighting is not None and sighting.size_px is not None else now.size_px
        return Situation(
            time_s=now.time_s, position_px=now.position_px, velocity_px_s=self.motion.velocity_px_s, size_px=now.size_px, speed_px_s=speed,
            reach_px=self._reach.share * touching_px(now.size_px, other_size), along=self.freedom.line, heading_rad=self.heading_rad, post_px=self.post, ground=self.ground,
            surfaces=self.table(), config=self.config, target=model, belief=belief, forecast=forecast,
            change_hz=self.team.change_hz(self.target_name, slower), steady=self.team.steady(self.target_name), home=self.team.home(self.target_name),
            change_cost=settings.change_cost * (1.0 + slower), covered_s=self.team.covered(self.member, now.time_s), searched_px=self.team.searched(self.member, now.time_s), rng=self.rng,
            afterwards=self._afterwards(now, forecast), target_size_px=sighting.size_px if sighting is not None else None, holding=self.holding,
            hemming=self._hemming(now, forecast, belief), member=self.member,
            meetings=settings.meetings if self._thinkers <= self.config.teamwork.full_rate_members else max(1, settings.meetings // 2))

    def _afterwards(self, now: Observation, forecast: Forecast | None) -> Afterwards | None:
        """On maps: what comes after the goals of the forecast, as far as it is worked out."""
        name = self.target_name
        if not self._costly or self.config.behaviour != "hunt" or name is None or forecast is None:
            return None
        model, lookout = self.team.models[name], self.team.lookout(name)
        lookout.ask(model, self.speed(now.size_px), self._reach.share * touching_px(now.size_px, now.size_px), now.size_px, self.table())
        return lookout.afterwards(model, forecast)

    def _hemming(self, now: Observation, forecast: Forecast | None, belief: Belief | None) -> Hemming | None:
        """On maps, for hunters of a team that see their target: how to hem it in, told where this one is and how the target did."""
        name = self.target_name
        if self.team.size < 2 or not self._costly or self.config.behaviour != "hunt" or name is None or forecast is None \
                or belief is None or not belief.visible or self.config.teamwork.flank >= 1.0 or self.freedom.line is not None:
            return None
        found = self.team.hemming(name)
        found.tell(self.member, now.time_s, Hunter(now.position_px, self.speed(now.size_px), self._reach.share * touching_px(now.size_px, now.size_px),
                                                   now.size_px, self.table()))
        found.judge(now.time_s, belief.position_px, self.team.models[name].max_speed_px_s, forecast)
        return found

    def _tell_team(self, now: Observation) -> None:
        assert self.plan is not None
        searching = self.plan.waypoints_px[-1] if self.plan.behaviour == "search" else None
        self.team.tell(self.member, now.time_s, getattr(self.behaviour, "catch_times", {}), searching)

    def table(self) -> Floats:
        """(S, 4) what it believes of the terrain's surfaces, for kernels; to be read only."""
        return self._own_ground.table()

    def speed(self, size_px: tuple[float, float]) -> float:
        """Its top speed on good ground: told, or six body lengths per second."""
        told = self.config.body.max_speed_px_s
        return float(told) if told is not None else 6.0 * max(size_px)  # a whole number is to the compiler another type: all would be compiled twice

    # ---- act -------------------------------------------------------------------------------------------------------

    def _act(self, now: Observation) -> Action:
        assert self.plan is not None
        self.action = self.acting.act(now, self.motion, self.plan, self.forecast, self._target, self.speed(now.size_px), self.table(), self.config)
        return self.action

    @property
    def heading_rad(self) -> float:
        """Where it faces, radians from +x towards +y (down)."""
        return self.acting.heading_rad

    @property
    def _target(self) -> TargetModel | None:
        """The model of its present target."""
        return self.team.models.get(self.target_name) if self.target_name is not None else None

    @property
    def belief(self) -> Belief | None:
        """What it thinks of its present target."""
        model = self._target
        return model.belief if model is not None else None

    def realised(self, velocity_px_s: Floats) -> None:
        """The game can only do this instead of what was advised: that is what the ground answers to."""
        self.acting.commanded_px_s = velocity_px_s

    def retune(self, config: NpcConfig) -> None:
        """Another config from now on."""
        if config.behaviour != self.config.behaviour:
            self.behaviour = _BEHAVIOURS[config.behaviour]()
        self._own_ground.retune(config, self.config)
        self.acting.keep_clear.config = config.avoidance
        # another motion prior is heard from the next load on: reading its file would hold up a frame
        target = replace(config.target, prior=self.config.target.prior)
        self.config = replace(config, target=target)
        self.team.configure(target, config.persistence, None)
        self.plan = None

    def state(self) -> dict[str, Any]:
        """What it has learned of the ground, as arrays."""
        return self._own_ground.state()


def slowness(speed: float, target_speed: float) -> float:
    """From 0 for one who is a tenth faster than its target to 1 for one who is a tenth slower.

    Against a faster target a lost lead is hardly made good, so a stranger is taken to be fickle; a slower one can be led in good faith.
    """
    return 1.0 / (1.0 + math.exp(min(50.0, (speed / target_speed - 1.0) / 0.08))) if target_speed > 0.0 else 0.5


def shortsighted(forecast: Forecast, belief: Belief, foresight: float) -> Forecast:
    """The forecast drawn back towards where the target is now: what an NPC with less foresight imagines."""
    here = belief.position_px
    return replace(forecast, positions_px=here + foresight * (forecast.positions_px - here))
