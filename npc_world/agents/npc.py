"""An NPC as a game holds it: show it each frame, get advice, ask what it thinks."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.brain import Brain
from npc_world.agents.config import NpcConfig
from npc_world.agents.explanation import explain, with_ground
from npc_world.agents.own_ground import surfaces_from
from npc_world.agents.perception import Clock
from npc_world.agents.team import Team, goal_points
from npc_world.beliefs.target_model import TargetModel
from npc_world.beliefs.vision import Vision
from npc_world.core.errors import BadInputError, SaveFileError
from npc_world.core.reading import position_of
from npc_world.core.records import Action, Belief, Explanation, Forecast, Plan
from npc_world.core.save_file import read_snapshot, write_snapshot
from npc_world.core.terrain import Terrain
from npc_world.learning.surface_estimate import SurfaceSurprise
from npc_world.models.nav_links import checked_holding
from npc_world.models.surfaces import Surface

__all__ = ["Npc"]

_FRAMES_PER_S = 60.0
"""A game that counts frames is thought of at this rate; it sees only px per frame."""
_WONDERS_S = 6.0
"""So long it speaks of a ground that was not as believed."""


class Npc:
    """Made by `load_npc`.  `step` never moves anything: the game does, by the action's advice."""

    def __init__(self, ground: Terrain, config: NpcConfig, position: Any, seed: int, team: Team, size: tuple[float, float],
                 name: str, frames: bool) -> None:
        self.name = name
        self.ground, self.team = ground, team
        self.physics = config.physics or None
        """Path of what it believes of balls, for `nw.BallModel(physics=…)`; None when its file names none."""
        self.places: dict[str, tuple[float, float]] = {}
        self._size = size
        self._frames = frames
        self._clock = Clock()
        self._told: tuple[float, TargetModel | None, list[str]] = (-math.inf, None, [])
        self._clock.time_s = max(0.0, team.time_s)
        self._brain = Brain(ground, config, team, team.join(), position_of(position, "position"), seed)

    # ---- every frame ---------------------------------------------------------------------------------------------

    def step(self, me: Any, target: Any, dt_s: float, others: Iterable[Any] = (), options: Any = None) -> Action:
        """What to do now.  me: the game's own sprite, body or position of this NPC; target: what it hunts, None while unseen, or
        a dict of several; dt_s: seconds since the last frame (frames, when loaded with time="frames"); others: bodies to avoid, this NPC's
        own among them or not (one group handed to many NPCs is read once a frame), or `nw.Bodies`;
        options: (n, 2) the velocities the game can realise, one of which is then advised.

        Raises `BadInputError` naming the argument for positions that cannot be read or are not finite and for a dt in another unit.
        A dt of zero (paused) repeats the last advice.  Positions off the map or inside walls are read as the nearest free place.
        """
        step_s = self._clock.advance(dt_s / _FRAMES_PER_S if self._frames and isinstance(dt_s, (int, float, np.number)) else dt_s)
        self._clock.time_s = max(self._clock.time_s, self.team.time_s)
        seen = self._brain.perceive(self._clock.time_s, step_s, me, target, others, self._size)
        if step_s <= 0.0:
            return self._standing() if self._brain.action is None else self._in_game_units(self._brain.action)
        self._size = seen.size_px
        moves = None if options is None else self._moves(options)
        action = self._brain.step(seen, moves)
        if moves is not None:
            action = replace(action, velocity_px_s=moves[action.choose(moves)])
            self._brain.realised(action.velocity_px_s)
        return self._in_game_units(action)

    def reset(self) -> None:
        """A new round begins: where everybody is and what they were about is forgotten, what was learned is kept."""
        self._brain.reset()
        self.team.reset()

    # ---- what it thinks ----------------------------------------------------------------------------------------

    @property
    def forecast(self) -> Forecast | None:
        """What it thinks the target will do; None before it knows of one."""
        return self._brain.forecast

    @property
    def plan(self) -> Plan | None:
        """What it is about to do."""
        return self._brain.plan

    @property
    def belief(self) -> Belief | None:
        """Where it thinks the target is, and how it moves."""
        return self._brain.belief

    @property
    def target_model(self) -> TargetModel | None:
        """Its model of the present target, shared with its team."""
        return self.team.models.get(self._brain.target_name) if self._brain.target_name is not None else None

    @property
    def weights(self) -> Mapping[str, float]:
        """What each expert's word counts at present."""
        model = self.target_model
        return {} if model is None else dict(model.weights)

    def learned(self) -> list[str]:
        """What it has learned of its present target, in sentences that speak to the player: "you turn left at 7 of 9 junctions".

        Each number is counted from the target's recorded past (`target_model.learned()` has them as numbers); empty before
        anything was seen often enough.  Counted anew once a second of the game's time.
        """
        model = self.target_model
        if model is None:
            return []
        time_s = self._clock.time_s
        if not self._told[0] <= time_s < self._told[0] + 1.0 or self._told[1] is not model:
            self._told = (time_s, model, [habit.sentence for habit in model.learned()])
        return list(self._told[2])

    @property
    def calibration(self) -> tuple[float, float, int]:
        """Of the last minute: share of what the target did inside the stated 50 % and 90 % regions, and how many forecasts were judged."""
        model = self.target_model
        return (math.nan, math.nan, 0) if model is None else model.calibration

    @property
    def surprise(self) -> float:
        """How badly its last forecasts did: 1 as expected, above 3 its model does not fit."""
        belief = self.belief
        return 1.0 if belief is None else belief.surprise

    @property
    def surfaces(self) -> dict[str, Surface]:
        """What it believes of each surface of the terrain, with standard deviations."""
        return {name: self._brain.surfaces.belief(name) for name in self.ground.surfaces}

    @property
    def ground_surprise(self) -> SurfaceSurprise | None:
        """What it has just found of the ground that is not as it had believed; None when that is some seconds ago."""
        found = self._brain.surfaces.surprise
        return found if found is not None and 0.0 <= self._clock.time_s - found.time_s <= _WONDERS_S else None

    @property
    def config(self) -> NpcConfig:
        """As tuned now."""
        return self._brain.config

    @property
    def vision(self) -> Vision:
        """Its eyes."""
        return self._brain.config.vision

    @property
    def heading_rad(self) -> float:
        """Where it faces, radians from +x towards +y (down)."""
        return self._brain.heading_rad

    @property
    def position_px(self) -> NDArray[np.float64] | None:
        """(2,) where it found itself in the last frame; None before the first."""
        return self._brain.motion.position_px

    @property
    def size_px(self) -> tuple[float, float]:
        """Its body's width and height, as read from the game."""
        return self._size

    def sees(self, point: Any) -> bool:
        """Whether its own eyes see a point now: range, cone, walls and smoke.  For games that ask before they tell."""
        at = self._brain.motion.position_px
        return at is not None and self.vision.sees(self.ground, at, self.heading_rad, position_of(point, "point"))

    def explain(self) -> Explanation:
        """One sentence on what it is doing and why, with the numbers its planner used."""
        brain, model = self._brain, self.target_model
        names, points = goal_points(self.team.goals)
        places = {**dict(zip(names, map(tuple, points.tolist()), strict=True)), **self.places}
        belief = self.belief
        blind = 0.0 if belief is None or belief.visible else self._clock.time_s - belief.last_seen_s
        at = brain.motion.position_px
        said = explain(brain.plan, brain.forecast, places, self.ground, at if at is not None else brain.post, blind, self.surprise,
                       model.occupancy if model is not None else None)
        return said if self.ground_surprise is None else with_ground(said, self.ground_surprise)

    # ---- change and keep -----------------------------------------------------------------------------------------

    def apply(self, config: NpcConfig) -> None:
        """Retune it while it lives; what it has learned stays.  Another motion prior counts from the next load on."""
        self._brain.retune(config)

    def set_goals(self, goals: Any) -> None:
        """What the targets may want now: (x, y) points, or a mapping from name to point.  Shared with the team."""
        self.team.set_goals(goals)

    @property
    def holding(self) -> frozenset[str]:
        """What it holds: keys and abilities that links of the ground may need."""
        return self._brain.holding

    def set_holding(self, names: Iterable[str]) -> None:
        """What it holds from now on; its plan is renewed when that is something else than before."""
        holding = checked_holding(names)
        if holding != self._brain.holding:
            self._brain.holding = holding
            self._brain.plan = None

    def set_places(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Names for places, used by `explain`: {"north bridge": (x, y)}."""
        self.places = {str(name): (float(x), float(y)) for name, (x, y) in places.items()}

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all it has learned and believes to a file, atomically."""
        arrays = dict(self._brain.state())
        for i, (name, state) in enumerate(self.team.states().items()):
            arrays[f"target{i}/name"] = np.array(name)
            arrays.update({f"target{i}/{key}": value for key, value in state.items()})
        write_snapshot(path, arrays)

    def restore(self, path: str | os.PathLike[str]) -> None:
        """Take up what `save` wrote.  Raises `SaveFileError`; the NPC is then unchanged."""
        arrays = read_snapshot(path)
        try:
            surfaces = surfaces_from(arrays)
            states: dict[str, dict[str, NDArray[Any]]] = {}
            for key, value in arrays.items():
                group, _, field = key.partition("/")
                if group.startswith("target"):
                    states.setdefault(group, {})[field] = value
            self.team.restore({str(state.pop("name")): state for state in states.values()})
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise SaveFileError(f"{path}: does not hold what an NPC saves ({error})") from None
        self._brain.surfaces.beliefs = surfaces

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _in_game_units(self, action: Action) -> Action:
        if not self._frames:
            return action
        aim = None if action.aim is None else (action.aim[0], action.aim[1] * _FRAMES_PER_S)
        return replace(action, velocity_px_s=action.velocity_px_s / _FRAMES_PER_S,
                       acceleration_px_s2=action.acceleration_px_s2 / _FRAMES_PER_S ** 2, aim=aim)

    def _moves(self, options: Any) -> NDArray[np.float64]:
        try:
            rows = np.asarray(options, dtype=np.float64) * (_FRAMES_PER_S if self._frames else 1.0)
        except (TypeError, ValueError):
            rows = np.empty(0)
        if rows.ndim != 2 or rows.shape[1:] != (2,) or len(rows) == 0 or not np.isfinite(rows).all():
            raise BadInputError(f"options={options!r}: expected rows of finite (x, y), at least one")
        return rows

    def _standing(self) -> Action:
        return Action(velocity_px_s=np.zeros(2), acceleration_px_s2=np.zeros(2), why="hold", _carry=self._brain.acting.carry)

    def __repr__(self) -> str:
        at = self._brain.motion.position_px
        where = "not placed yet" if at is None or not math.isfinite(at[0]) else f"at ({at[0]:.0f}, {at[1]:.0f})"
        return f"<Npc {self.name!r} {self.config.behaviour}, {where}>"
