"""What another body will do: watch it, ask for a forecast."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.arguments import checked_time, step_times, threat_points
from npc_world.beliefs.base import Hypothesizer
from npc_world.beliefs.contact import slide
from npc_world.beliefs.hidden import Hidden
from npc_world.beliefs.imm import blend
from npc_world.beliefs.intent import Intent
from npc_world.beliefs.layout import (
    COUNT,
    EXPERTS,
    GIVEN,
    GOALS,
    GRID_S,
    HABITS_OFF,
    JUMP_TIME,
    OWN,
    PAST_TIME,
    PEAK_STEPS,
    STEP_S,
    SURPRISE,
    TIME,
    TOP_SPEED,
    TURN_RATE,
    X,
    Y,
    new_memory,
)
from npc_world.beliefs.learned import Habit, calibration, favourite_places, habits
from npc_world.beliefs.memory_file import learned_state, move_records, restore_learned
from npc_world.beliefs.motion_prior import MotionPrior
from npc_world.beliefs.panel import Panel
from npc_world.beliefs.prior_expert import chosen_prior
from npc_world.beliefs.prior_mixing import PriorMix
from npc_world.beliefs.searching import forecast_from_places
from npc_world.beliefs.surroundings import Surroundings
from npc_world.beliefs.target_config import TargetConfig
from npc_world.beliefs.watching import watch
from npc_world.core.errors import BadInputError
from npc_world.core.reading import position_of
from npc_world.core.records import Belief, Forecast
from npc_world.core.terrain import Terrain
from npc_world.models.surfaces import Surface

__all__ = ["TargetConfig", "TargetModel"]

Floats = NDArray[np.float64]
_DISCOVER_S = 3.0
"""Pause between two looks for places it likes."""
_FORESEEABLE_S = 1.5
"""For so long after it was lost, its tracks say more than the map of where it may be."""


class TargetModel:
    """One other body: where it is, how it moves, and what it may do, learned from watching it.

    ground: the map it lives on, None for the open plane.  goals: points it may want, or a mapping from name to point.
    size: its body (w, h) px, a point if not given.  experts: further hypothesisers of the game's own (see `beliefs.base`).
    prior: what bodies of its kind do, instead of the one the config names: it speaks for strangers until this body is known better.
    """

    def __init__(self, ground: Terrain | None = None, goals: Any = (), *, config: TargetConfig | None = None, size: Any = None,
                 experts: Sequence[Hypothesizer] = (), prior: MotionPrior | None = None) -> None:
        if ground is not None and not isinstance(ground, Terrain):
            raise BadInputError(f"ground={ground!r}: expected a Terrain, or None for the open plane")
        self.ground = ground
        self.config = config if config is not None else TargetConfig()
        self._settings = self.config.settings()
        self._around = Surroundings(ground, size)
        self._intent = Intent(self._around, self.config.rationality_hz)
        chosen = chosen_prior(prior, self.config.prior)
        self._panel = Panel(self._around, self._intent, experts, chosen)
        self._mix = None if chosen is None else PriorMix(chosen)
        self._memory = self._blank_memory()
        self._hidden: Hidden | None = None
        self._now_s = 0.0
        self._phase = 0.0
        self._visible = False
        self._goals_given, self._discovered_s = False, -math.inf
        self.set_goals(goals)

    # ---- watching ------------------------------------------------------------------------------------------------

    def observe(self, time_s: float, position: Any, velocity: Any = None, *, threats: Any = ()) -> None:
        """It was seen at `position` px at `time_s`.  threats: positions of pursuers it may flee from.

        `velocity` may be given and is not needed: what is inferred from positions serves as well.  The same time again is
        ignored; an earlier one begins a new round.  Raises `BadInputError` for what is not finite.
        """
        at = position_of(position, "position")
        time = checked_time(time_s)
        near = threat_points(threats)
        m = self._memory
        if time < m[TIME] and m[COUNT] > 0.0:
            self.reset()
        self._now_s, self._kept_belief = time, None
        if self._hidden is not None:
            self._hidden = None
        self._visible = True
        x, y = at.tolist()
        if self.config.discover and not self._goals_given:
            self._discover()
        jumped_s = m[JUMP_TIME]
        _, due = watch(m, time, x, y, near, self._settings)
        if self._phase > 0.0 and m[STEP_S] == 0.0 and m[PAST_TIME] == time:  # a new stretch has begun
            m[PAST_TIME] -= self._phase * GRID_S
        if due:
            self._panel.speak(m, self._shown)
        if self._mix is not None:
            if m[JUMP_TIME] != jumped_s:
                self._mix.reset()
            self._mix.observe(time, x, y, self._experts_forecast)

    def stagger(self, phase: float) -> None:
        """Record and speak `phase` in [0, 1) of a step of the record earlier than others that begin to watch at the same time: not all in one frame."""
        self._phase = phase

    def believe_ground(self, surfaces: Mapping[str, Surface]) -> None:
        """What the watcher has learned of surfaces by name; without it they are what their names promise."""
        self._around.believe(surfaces)

    def observe_absence(self, time_s: float, seen: NDArray[np.bool_] | None = None) -> None:
        """It was not seen at `time_s`.  seen (rows, cols): the cells that were looked at, in which it is not."""
        time = checked_time(time_s)
        m = self._memory
        if m[COUNT] == 0.0:
            return
        self._now_s, self._kept_belief = max(time, m[TIME]), None
        self._visible = False
        if self.ground is None:
            return
        if seen is not None and np.shape(seen) != self.ground.shape:
            raise BadInputError(f"seen has shape {np.shape(seen)}: expected {self.ground.shape}, a value per cell")
        if self._hidden is None:
            goals = self._panel.goal_weights(m, self._shown)
            _, w, _, _, _ = blend(m)
            self._hidden = Hidden(self._around, self._intent, float(m[TIME]), (float(m[X]), float(m[Y])), (w.real, w.imag),
                                  max(float(m[TOP_SPEED]), 1e-3 * self.ground.cell_px), goals)
        self._hidden.update(self._now_s, seen)

    def set_goals(self, goals: Any) -> None:
        """What it may want now: points, or a mapping from name to point.  Goals off the map or in walls move to the nearest free place."""
        self._take_goals(goals)
        self._goals_given = bool(self._intent.labels)

    def _take_goals(self, goals: Any) -> None:
        old = list(range(len(self._intent.labels)))
        kept = self._intent.set_goals(goals)
        if kept != old or len(kept) != len(old):
            move_records(self._memory, kept)
            if self._hidden is not None:
                self._hidden.goals_changed(kept)
        self._memory[GOALS] = len(self._intent.labels)
        if self._memory[COUNT] > 0.0:
            self._intent.update(self._memory)
        self._panel.goals_changed()

    def reset(self) -> None:
        """A new round: forget where it is, keep what was learned of it."""
        m = self._memory
        m[COUNT] = m[PEAK_STEPS] = 0.0
        m[TIME] = 0.0
        self._hidden = self._kept_belief = None
        self._visible = False
        self._intent.forget()
        if self._mix is not None:
            self._mix.reset()

    def forget(self) -> None:
        """Everything that was learned of it is gone, as if another body were met; goals and settings stay.  `reset` keeps what was learned."""
        self._memory[:] = self._blank_memory()
        self._memory[GOALS] = len(self._intent.labels)
        self._intent.directness[:] = 0.0
        self.reset()
        if self._mix is not None:
            self._mix.forget()
        if not self._goals_given:
            self._take_goals(())
        self._panel.goals_weighed()

    # ---- what it thinks ------------------------------------------------------------------------------------------

    @property
    def visible(self) -> bool:
        """Whether it was in sight at the last report."""
        return self._visible

    @property
    def max_speed_px_s(self) -> float:
        """Its top speed as far as it was seen, px/s."""
        return float(self._memory[TOP_SPEED])

    @property
    def surprise(self) -> float:
        """How badly the last forecasts did: about 1 as expected, 3 or more means the model does not fit."""
        return float(self._memory[SURPRISE])

    @property
    def calibration(self) -> tuple[float, float, int]:
        """Share of what happened inside its 50 % and its 90 % regions in the last minute, and how many forecasts that is of."""
        return calibration(self._memory)

    def learned(self) -> tuple[Habit, ...]:
        """What it was seen to do again and again, in words and in numbers counted from the recorded past."""
        return habits(self._memory, self.ground)

    def favourite_places(self) -> list[tuple[tuple[float, float], int]]:
        """Where it stopped at least twice, and how often, the most visited first: what it may want, for `set_goals`, where the game does not say."""
        return favourite_places(self._memory)

    def goals_ahead(self) -> dict[str, tuple[int, float]]:
        """What it may want, by the label that forecasts give it: its row in the goals given, and the seconds until it is there at its present pace."""
        left_s = self._intent.seconds_left(self._memory)
        return {self._panel.labels[OWN + g]: (g, float(left_s[g])) for g in range(len(left_s))}

    @property
    def goal_points_px(self) -> Floats:
        """(G, 2) px of the goals, each where it can be reached."""
        return self._intent.points

    @property
    def occupancy(self) -> Floats | None:
        """(rows, cols) where it may be, sum 1; None while it is seen, and where there is no ground."""
        return self._hidden.occupancy if self._hidden is not None else None

    @property
    def belief(self) -> Belief | None:
        """Where it is thought to be; None before it was ever seen."""
        m = self._memory
        if m[COUNT] == 0.0:
            return None
        if self._kept_belief is not None:
            return self._kept_belief
        z, w, pp, pv, vv = blend(m)
        covariance = np.array([[pp, 0.0, pv.real, pv.imag], [0.0, pp, -pv.imag, pv.real], [pv.real, -pv.imag, vv, 0.0],
                               [pv.imag, pv.real, 0.0, vv]])
        position, velocity = np.array([z.real, z.imag]), np.array([w.real, w.imag])
        if not self._visible:
            position, velocity, covariance = self._unseen_state(position, velocity, covariance)
        self._kept_belief = Belief(time_s=self._now_s, position_px=position, velocity_px_s=velocity, covariance=covariance,
                                   turn_rate_rad_s=float(m[TURN_RATE]), visible=self._visible, last_seen_s=float(m[TIME]), surprise=self.surprise)
        return self._kept_belief

    _kept_belief: Belief | None = None
    """Asked for many times a frame; whatever changes the state drops it."""

    @property
    def known(self) -> bool:
        """Whether it was ever seen since the last reset: whether there is a belief."""
        return bool(self._memory[COUNT] > 0.0)

    @property
    def weights(self) -> dict[str, float]:
        """What each kind of future counts at present, by label, for the next second."""
        if self._memory[COUNT] == 0.0:
            return {}
        out = self._panel.weights(self._memory, self._shown)
        if self._mix is not None and self._mix.ready:
            share = self._mix.share(1.0)
            out = {label: (1.0 - share) * weight for label, weight in out.items()}
            out["moves as most do"] = out.get("moves as most do", 0.0) + share
        return dict(sorted(out.items(), key=lambda item: -item[1]))

    def forecast(self, horizon_s: float, step_s: float, hypotheses: int | None = None) -> Forecast:
        """What it may do in the next `horizon_s`, in steps of `step_s`, as at most `hypotheses` futures (default from the config).

        Raises `BadInputError` before the first sighting, and for horizons that are not positive.
        """
        times = step_times(horizon_s, step_s)
        most = self.config.hypotheses if hypotheses is None else hypotheses
        if not isinstance(most, (int, np.integer)) or most < 1:
            raise BadInputError(f"hypotheses={hypotheses!r}: expected a whole number, 1 or more")
        m = self._memory
        if m[COUNT] == 0.0:
            raise BadInputError("forecast: nothing was observed yet; call observe first")
        unseen_s = 0.0 if self._visible else self._now_s - float(m[TIME])
        if unseen_s > _FORESEEABLE_S and self._hidden is not None:
            return forecast_from_places(self._hidden.places(int(most)), self._intent, self._around, times, max(self.max_speed_px_s, 1e-9))
        if self._mix is not None and self._mix.ready and unseen_s <= 0.0:
            walls, clear = self._around.walls()
            return self._mix.mixed(self._experts_forecast(times), int(most), lambda track: slide(walls, clear, float(m[X]), float(m[Y]), track))
        return self._forecast_tracks(times, unseen_s, min(int(most), EXPERTS))

    def _experts_forecast(self, times: Floats) -> Forecast:
        """Of the experts alone, without the odds of the prior's whole mixture."""
        return self._forecast_tracks(times, 0.0, min(self.config.hypotheses, EXPERTS))

    def expert_tracks(self, times_s: Floats) -> dict[str, Floats]:
        """What each expert by itself says, by its label: (H, 2) at `times_s` (H,) from the last sighting.  Walls are not minded.

        For comparison and for drawing; of several with one label the first is given.  Raises `BadInputError` before the first sighting.
        """
        if self._memory[COUNT] == 0.0:
            raise BadInputError("expert_tracks: nothing was observed yet; call observe first")
        times = np.ascontiguousarray(times_s, dtype=np.float64)
        return self._panel.tracks(self._memory, times, self._shown)

    # ---- save and restore ----------------------------------------------------------------------------------------

    def state(self) -> dict[str, NDArray[Any]]:
        """What was learned, as arrays for a save file."""
        return {**learned_state(self._memory, self._intent.labels), "directness": self._intent.directness.copy(),
                **({} if self._mix is None else {"prior_odds": self._mix.odds.copy()})}

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Take up what `state` gave; ValueError or KeyError when it does not fit, and nothing is changed then."""
        memory = restore_learned(state)
        memory[HABITS_OFF] = 0.0 if self.config.habits else 1.0
        saved = [str(name) for name in state["goals"]]
        directness = np.asarray(state.get("directness", np.zeros(2)), dtype=np.float64)  # files of before there was such a thing lack it
        if directness.shape != (2,) or not (np.isfinite(directness) & (directness >= 0.0)).all():
            raise ValueError(f"directness={directness!r}")
        if self._mix is not None:
            self._mix.restore(state.get("prior_odds"))
        self._memory[:] = memory
        self._memory[GOALS] = len(self._intent.labels)
        move_records(self._memory, [saved.index(label) if label in saved[:GIVEN] else -1 for label in self._intent.labels])
        self._hidden, self._visible, self._kept_belief = None, False, None
        self._intent.directness[:] = directness
        self._intent.forget()

    # ---- inside --------------------------------------------------------------------------------------------------

    @property
    def _shown(self) -> Belief | None:
        """What the game's own experts are shown, where there are any."""
        return self.belief if self._panel.asks_for_belief else None

    def _blank_memory(self) -> Floats:
        """(MEMORY,)"""
        memory: Floats = new_memory()[0]
        memory[HABITS_OFF] = 0.0 if self.config.habits else 1.0
        return memory

    def share(self, memory: Floats, now_s: float) -> None:
        """Learn in a row (MEMORY,) of `TargetModels`, which was last asked at now_s."""
        self._memory = memory
        self._now_s = now_s
        self._visible = bool(memory[COUNT] > 0.0 and memory[TIME] >= now_s)

    def _discover(self) -> None:
        """Now and then: where it likes to stop is where it may go."""
        if 0.0 <= self._now_s - self._discovered_s < _DISCOVER_S:
            return
        self._discovered_s = self._now_s
        near = 0.3 * self.max_speed_px_s
        places = [place for place, _ in favourite_places(self._memory)]
        known = self._intent.points.tolist()
        if any(all(math.dist(place, old) > near for old in known) for place in places):
            kept = {name: tuple(point) for name, point in zip(self._intent.labels, known, strict=True)}
            new = [place for place in places if all(math.dist(place, old) > near for old in known)]
            self._take_goals({**kept, **{f"the place it likes, {len(kept) + i + 1}": place for i, place in enumerate(new)}})

    def _forecast_tracks(self, times: Floats, unseen_s: float, most: int) -> Forecast:
        forecast = self._panel.forecast(self._memory, times, unseen_s, most, self._shown)
        if self._hidden is None or self._hidden.seen is None:
            return forecast
        return replace(forecast, weights=self._unless_seen(forecast.positions_px[:, 0], forecast.weights))

    def _unless_seen(self, now_px: Floats, weights: Floats) -> Floats:
        """Futures that would have been seen by now count little."""
        assert self._hidden is not None and self._hidden.seen is not None and self.ground is not None
        seen = np.array([self._hidden.seen[self.ground.cell_of(point)] for point in now_px])
        left = np.where(seen, 0.05, 1.0) * weights
        return np.asarray(left / left.sum())

    def _unseen_state(self, position: Floats, velocity: Floats, covariance: Floats) -> tuple[Floats, Floats, Floats]:
        """Mean state while out of sight: the likeliest place, spread as wide as the map of where it may be."""
        unseen_s = self._now_s - float(self._memory[TIME])
        wide = covariance.copy()
        if self._hidden is not None and unseen_s > _FORESEEABLE_S:
            best = self._hidden.places(1)[0]
            wide[0, 0], wide[1, 1] = best.variance
            return best.point, np.zeros(2), wide
        best_track = self._forecast_tracks(np.array([max(1e-3, 0.1)]), max(0.0, unseen_s - 0.1), 1)
        wide[:2, :2] = best_track.covariances_px2[0, 0]
        return best_track.positions_px[0, 0], velocity * math.exp(-unseen_s), wide
