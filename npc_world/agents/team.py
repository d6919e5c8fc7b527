"""NPCs that share what they see, hold one belief of each target, and share out what the target may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.hemming import Hemming
from npc_world.agents.lookout import Lookout
from npc_world.agents.turns import Turns
from npc_world.beliefs.intent import named_goals
from npc_world.beliefs.motion_prior import MotionPrior
from npc_world.beliefs.persistence import Persistence, PersistenceConfig
from npc_world.beliefs.prior_expert import chosen_prior
from npc_world.beliefs.shapes import Shapes
from npc_world.beliefs.target_model import TargetConfig, TargetModel
from npc_world.core.errors import BadInputError
from npc_world.core.home import Home
from npc_world.core.records import Forecast, Observation
from npc_world.core.terrain import Terrain
from npc_world.models.surfaces import Surface

__all__ = ["Team"]

Floats = NDArray[np.float64]


class Team:
    """Load NPCs with `team=` to make them a team.  One frame of the team is one `step` of each member.

    The first sighting of a frame counts; a target none of them saw is unseen for all.
    """

    def __init__(self, ground: Terrain, seed: int = 0) -> None:
        if not isinstance(ground, Terrain):
            raise BadInputError(f"ground={ground!r}: expected a Terrain")
        self.ground, self.seed = ground, seed
        self.models: dict[str, TargetModel] = {}
        self.goals: Any = ()
        self._config = TargetConfig()
        self._prior: MotionPrior | None = None
        self._persistence_config = PersistenceConfig()
        self._persistence: dict[str, Persistence] = {}
        self._shapes: dict[str, Shapes] = {}
        self._lookouts: dict[str, Lookout] = {}
        self._hemmings: dict[str, Hemming] = {}
        self._members = 0
        self._sighted_s: dict[str, float] = {}
        self._first_seen_s: dict[str, float] = {}
        self._seen_cells: NDArray[np.bool_] | None = None
        self._frame_s = -1.0
        self._threats: dict[int, Floats] = {}
        self._forecasts: dict[str, tuple[float, float, Forecast]] = {}
        self._catch_times: dict[int, tuple[float, Mapping[str, float]]] = {}
        self._searching: dict[int, tuple[float, Floats]] = {}
        self._grounds: dict[int, Mapping[str, Surface]] = {}
        self._best_known: dict[str, Surface] = {}
        self._surest: dict[str, int] = {}
        """Whose word that is."""

    @property
    def time_s(self) -> float:
        """The time of the last frame."""
        return self._frame_s

    @property
    def size(self) -> int:
        """How many NPCs it has."""
        return self._members

    def join(self) -> int:
        """The number of a new member."""
        self._members += 1
        return self._members - 1

    def stagger(self, phase: float) -> None:
        """Of many strangers not all do the same work in the same frame: `phase` in [0, 1) sets this one's models apart; what is known already stays."""
        self._phase = phase

    _phase = 0.0

    # ---- what the members tell --------------------------------------------------------------------------------

    def configure(self, config: TargetConfig, persistence: PersistenceConfig, goals: Any) -> None:
        """How its targets are modelled; the last member to say so decides.  A prior that the config names is read now, not in a frame."""
        self._prior = chosen_prior(None, config.prior)
        self._config, self._persistence_config = config, persistence
        if goals is not None:
            self.set_goals(goals)

    def set_goals(self, goals: Any) -> None:
        """What the targets may want: (x, y) points, or a mapping from name to point."""
        self.goals = goals
        for model in self.models.values():
            model.set_goals(goals)

    def observe(self, member: int, seen: Observation, seen_cells: NDArray[np.bool_] | None) -> None:
        """One member's view of this frame: sightings go in at once; absence is concluded when all have spoken."""
        if seen.time_s > self._frame_s + 1e-9:
            self._conclude()
            self._frame_s = seen.time_s
        self._threats[member] = seen.position_px
        for name, sighting in seen.targets.items():
            model = self._model(name, sighting.size_px)
            if self._sighted_s.get(name, -1.0) < seen.time_s - 1e-9:
                model.observe(seen.time_s, sighting.position_px, threats=np.array(tuple(self._threats.values())))
                self._persistence[name].compare(seen.time_s, sighting.position_px)
                self._shapes[name].observe(seen.time_s, sighting.position_px)
                self._sighted_s[name] = seen.time_s
                self._first_seen_s.setdefault(name, seen.time_s)
        if seen_cells is not None:
            self._seen_cells = seen_cells if self._seen_cells is None else self._seen_cells | seen_cells

    def looks_after(self, member: int, now: Observation) -> bool:
        """Whether others see in this frame all there is to see for a member, which then need not look; one who is alone need not either."""
        if self._members == 1:
            return True
        if self._frame_s < now.time_s - 1e-9:
            return False  # it is the first of its team in this frame
        self._threats[member] = now.position_px
        return len(self.models) == len(now.targets) and all(self._sighted_s.get(name, -1.0) >= now.time_s - 1e-9 for name in now.targets)

    def tell(self, member: int, time_s: float, catch_times: Mapping[str, float], searching: Floats | None) -> None:
        """What a member is about to do, for the others to do something else."""
        self._catch_times[member] = (time_s, catch_times)
        if searching is None:
            self._searching.pop(member, None)
        else:
            self._searching[member] = (time_s, searching)

    def tell_ground(self, member: int, beliefs: Mapping[str, Surface]) -> None:
        """What a member has learned of the ground; of each surface the surest member's word goes into the forecasts."""
        self._grounds[member] = beliefs
        best = self._best_known
        for name, surface in beliefs.items():
            known = best.get(name)
            if known is None or surface.speed_factor_sd < known.speed_factor_sd:
                best[name], self._surest[name] = surface, member
            elif self._surest[name] == member and surface is not known:  # it has become less sure: perhaps now another is the surest
                self._surest[name], best[name] = min(((other, said[name]) for other, said in self._grounds.items() if name in said),
                                                     key=lambda told: told[1].speed_factor_sd)
        for model in self.models.values():
            model.believe_ground(best)

    # ---- what the members ask --------------------------------------------------------------------------------

    def forecast(self, name: str, time_s: float, horizon_s: float, steps: int, hypotheses: int) -> Forecast | None:
        """One forecast for all who ask in the same frame for about the same horizon."""
        model = self.models.get(name)
        if model is None or model.belief is None:
            return None
        kept = self._forecasts.get(name)
        if kept is not None and kept[0] == time_s and 0.8 <= kept[1] / horizon_s <= 1.25:
            return kept[2]
        forecast = model.forecast(horizon_s, horizon_s / steps, hypotheses)
        if model.belief.visible:
            forecast = self._shapes[name].before(forecast)
        self._forecasts[name] = (time_s, horizon_s, forecast)
        if model.belief.visible and self.acquainted(name):
            self._persistence[name].expect(time_s, forecast, model.max_speed_px_s)
        return forecast

    def lookout(self, name: str) -> Lookout:
        """Who works out what comes after a target's goals."""
        if name not in self._lookouts:
            self._lookouts[name] = Lookout(self.ground)
        return self._lookouts[name]

    def hemming(self, name: str) -> Hemming:
        """Who works out how to hem a target in."""
        if name not in self._hemmings:
            self._hemmings[name] = Hemming(self.ground)
        return self._hemmings[name]

    def look_beyond(self, name: str | None, turns: Turns) -> None:
        """Some work on that, where there is any and the frame has time for it."""
        for thinking in (self._lookouts.get(name or ""), self._hemmings.get(name or "")):
            if thinking is not None and thinking.has_work and turns.take_spare():
                for _ in range(turns.spare_pieces):
                    thinking.work()

    def acquainted(self, name: str | None) -> bool:
        """Whether a target has been watched long enough for its forecasts to be held against it."""
        return name is not None and self._frame_s - self._first_seen_s.get(name, self._frame_s) > _ACQUAINTED_S

    def change_hz(self, name: str | None, wariness: float) -> float:
        """How often a target stops doing what was forecast, changes per second; a stranger counts as fickle by `wariness` in [0, 1].

        One who turns by the clock does not change its mind by turning.
        """
        if name is None or name not in self._persistence:
            return self._persistence_config.prior_hz * wariness
        return self._persistence[name].change_hz(wariness) * (1.0 - self._shapes[name].by_the_clock)

    def exact(self, name: str | None) -> bool:
        """Whether a target is seen to move on exact courses, so that a forecast made anew says no other things without a reason."""
        found = self._shapes.get(name) if name is not None else None
        return found is not None and found.exact

    def home(self, name: str | None) -> Home | None:
        """What is known of the region a target keeps to."""
        found = self._shapes.get(name) if name is not None else None
        return found.home if found is not None else None

    def steady(self, name: str | None) -> float:
        """Probability that a target is one that never stops doing what was forecast."""
        found = self._persistence.get(name) if name is not None else None
        return found.steady if found is not None else self._persistence_config.steady_share

    def covered(self, member: int, time_s: float) -> dict[str, float]:
        """Least catch time of the other members by hypothesis label, as they told within the last second."""
        best: dict[str, float] = {}
        for other, (told_s, times) in self._catch_times.items():
            if other != member and time_s - told_s < _NEWS_S:
                for label, catch_s in times.items():
                    best[label] = min(best.get(label, np.inf), catch_s)
        return best

    def searched(self, member: int, time_s: float) -> tuple[Floats, ...]:
        """Where the other members are searching."""
        return tuple(place for other, (told_s, place) in self._searching.items() if other != member and time_s - told_s < _NEWS_S)

    def reset(self) -> None:
        """A new round: forget where the targets are, keep what was learned of them."""
        for model in self.models.values():
            model.reset()
        for persistence in self._persistence.values():
            persistence.reset()
        for shapes in self._shapes.values():
            shapes.reset()
        for hemming in self._hemmings.values():
            hemming.reset()
        for kept in (self._sighted_s, self._first_seen_s, self._threats, self._forecasts, self._catch_times, self._searching):
            kept.clear()
        self._seen_cells, self._frame_s = None, -1.0

    # ---- inside ------------------------------------------------------------------------------------------------

    def states(self) -> dict[str, dict[str, NDArray[Any]]]:
        """What was learned of each target, as arrays."""
        return {name: {**model.state(), "persistence": self._persistence[name].state()} for name, model in self.models.items()}

    def restore(self, states: Mapping[str, Mapping[str, NDArray[Any]]]) -> None:
        """Take up what `states` gave; ValueError, KeyError or TypeError when it does not fit, and then nothing has changed."""
        models: dict[str, TargetModel] = {}
        counted: dict[str, Persistence] = {}
        for name, state in states.items():
            models[name] = TargetModel(self.ground, self.goals, config=self._config, prior=self._prior)
            counted[name] = Persistence(self._persistence_config)
            counted[name].restore(np.asarray(state["persistence"]))
            models[name].restore({key: value for key, value in state.items() if key != "persistence"})
        self.models.update(models)
        self._persistence.update(counted)
        self._shapes.update({name: Shapes(self.ground) for name in models})

    def _model(self, name: str, size: tuple[float, float] | None) -> TargetModel:
        if name not in self.models:
            self.models[name] = TargetModel(self.ground, self.goals, config=self._config, size=size, prior=self._prior)
            self._persistence[name] = Persistence(self._persistence_config)
            if self._grounds:
                self.models[name].believe_ground(self._best_known)
            self._shapes[name] = Shapes(self.ground)
            self.models[name].stagger(self._phase)
            self._shapes[name].stagger(self._phase)
        return self.models[name]

    def _conclude(self) -> None:
        """The last frame is over: targets nobody saw in it are absent from what was looked at."""
        for name, model in self.models.items():
            if self._frame_s >= 0.0 and self._sighted_s.get(name, -1.0) < self._frame_s - 1e-9:
                model.observe_absence(self._frame_s, self._seen_cells)
        self._seen_cells = None


_ACQUAINTED_S = 0.4
"""Forecasts of a body seen for less than this are not yet held against it."""
_NEWS_S = 1.0
"""What a teammate told longer ago is no news."""


def goal_points(goals: Any) -> tuple[Sequence[str], Floats]:
    """Names and (n, 2) points of goals given as points or by name."""
    return named_goals(goals)
