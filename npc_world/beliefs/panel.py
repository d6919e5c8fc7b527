"""All who speak about one body: experts that read its memory, its goals, a motion prior, and the game's own; heard together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.base import Hypothesizer
from npc_world.beliefs.calibrating import regions
from npc_world.beliefs.composing import blank_forecasts, compose_all, row_weights
from npc_world.beliefs.intent import Intent
from npc_world.beliefs.labels import expert_labels, with_side
from npc_world.beliefs.layout import BIN_S, BINS, EXPERTS, GIVEN, OWN, TURN_RATE, TURN_RATE_SLOW
from npc_world.beliefs.motion_prior import MotionPrior
from npc_world.beliefs.past import stood_s
from npc_world.beliefs.prior_expert import fill_prior_track
from npc_world.beliefs.recording import record_experts
from npc_world.beliefs.room import blank_room
from npc_world.beliefs.surroundings import Surroundings
from npc_world.beliefs.unrolling import FINE_TIMES_S, unroll_experts, who_speaks
from npc_world.beliefs.weighing import weigh_experts
from npc_world.core.records import Belief, Forecast

__all__ = ["Panel"]

Floats = NDArray[np.float64]


class Panel:
    """Who speaks, in which words, and what goals count beforehand.  What was learned of each lies in the body's memory m (MEMORY,).

    belief: what the game's own experts are shown; not read when there are none (see `asks_for_belief`).
    """

    def __init__(self, around: Surroundings, intent: Intent, experts: Sequence[Hypothesizer], prior: MotionPrior | None) -> None:
        self._around, self._intent, self._experts, self._prior = around, intent, tuple(experts), prior
        self._given = np.full((GIVEN + 1, len(FINE_TIMES_S), 2), math.nan)
        self._log_prior = np.full(GIVEN, -math.inf)
        self._room = blank_room(BINS)
        self.labels: list[str] = []
        """(EXPERTS,) in words, as far as these do not depend on how the body moves."""

    @property
    def asks_for_belief(self) -> bool:
        """Whether there are experts of the game's own."""
        return len(self._experts) > 0

    def goals_changed(self) -> None:
        """The goals are others."""
        self.labels = expert_labels(self._intent.labels)
        self.goals_weighed()

    def goals_weighed(self) -> None:
        """What speaks for each goal has changed."""
        self._intent.log_posterior(self._log_prior)

    def speak(self, m: Floats, belief: Belief | None) -> None:
        """Write down what every expert says, to be judged when the time comes."""
        if self._intent.labels:
            self._intent.update(m)
            self.goals_weighed()
        if self._intent.labels or self._experts or self._prior is not None:
            self._fill(m, FINE_TIMES_S, belief, self._given)
        record_experts(m, FINE_TIMES_S, self._given, self._log_prior, *self._around.walls(), self._room)

    def _fill(self, m: Floats, times: Floats, belief: Belief | None, out: Floats) -> None:
        """Tracks (GIVEN + 1, H, 2) of goals first, then of the game's own experts, last of the prior."""
        self._intent.tracks(m, times, out[:GIVEN])
        if self._prior is not None:
            fill_prior_track(self._prior, m, times, out[GIVEN])
        else:
            out[GIVEN] = math.nan
        row = len(self._intent.labels)
        for expert in self._experts:
            if belief is None or row + expert.rows > GIVEN:
                return
            said = expert.hypotheses(belief, times)
            out[row:row + expert.rows] = said.positions_px
            self._log_prior[row:row + expert.rows] = -math.log(max(1, expert.rows))
            self.labels[OWN + row:OWN + row + expert.rows] = said.labels
            row += expert.rows

    def _given_tracks(self, m: Floats, times: Floats, belief: Belief | None) -> Floats:
        out = np.empty((GIVEN + 1, len(times), 2))
        if self._intent.labels or self._experts:
            self._fill(m, times, belief, out)
        else:
            out.fill(math.nan)
            if self._prior is not None:
                fill_prior_track(self._prior, m, times, out[GIVEN])
        return out

    def tracks(self, m: Floats, times: Floats, belief: Belief | None) -> dict[str, Floats]:
        """What each by itself says, by its label: (H, 2) at `times` (H,) from the last sighting; walls are not minded."""
        given = self._given_tracks(m, times, belief)
        present, tracks = np.empty(EXPERTS, np.bool_), np.empty((EXPERTS, len(times), 2))
        who_speaks(m, given, present)
        unroll_experts(m, times, given, present, tracks)
        labels = self.words(m)
        return {labels[e]: tracks[e] for e in np.flatnonzero(present)[::-1].tolist()}

    def rows(self, m: Floats, horizon_s: float, belief: Belief | None) -> Floats:
        """(EXPERTS,) what each counts as a future of horizon_s."""
        present = np.empty(EXPERTS, np.bool_)
        who_speaks(m, self._given_tracks(m, BIN_S, belief), present)
        by_bin, rows = np.empty((BINS, EXPERTS)), np.empty(EXPERTS)
        weigh_experts(m, present, self._log_prior, by_bin)
        row_weights(by_bin, horizon_s, rows)
        return rows

    def goal_weights(self, m: Floats, belief: Belief | None) -> Floats:
        """(G,) what each goal counts."""
        return self.rows(m, 2.0, belief)[OWN:OWN + len(self._intent.labels)]

    def weights(self, m: Floats, belief: Belief | None) -> dict[str, float]:
        """What each kind of future counts for the next second, by its label."""
        rows, labels = self.rows(m, 1.0, belief), self.words(m)
        out: dict[str, float] = {}
        for e in np.flatnonzero(rows > 0.0):
            out[labels[e]] = out.get(labels[e], 0.0) + float(rows[e])
        return out

    def words(self, m: Floats) -> list[str]:
        """(EXPERTS,) in words, as of now: turns have a side, and who stands stays."""
        return with_side(self.labels, float(m[TURN_RATE]), float(m[TURN_RATE_SLOW]), stood_s(m))

    def forecast(self, m: Floats, times: Floats, unseen_s: float, most: int, belief: Belief | None) -> Forecast:
        """What they say together of `times` (H,) s from now, which is unseen_s after the last sighting, as at most `most` futures."""
        ahead = times + unseen_s if unseen_s > 0.0 else times
        said = blank_forecasts(1, most, len(times))
        walls, clear = self._around.walls()
        given = self._given_tracks(m, ahead, belief)[None]
        compose_all(m[None], times, np.array([unseen_s]), given, self._log_prior, walls, clear, most, *said)
        (positions,), (covariances,), (weights,), (chosen,), (count,) = said
        labels = self.words(m)
        return Forecast(times, positions[:count], weights[:count], covariances[:count], tuple([labels[e] for e in chosen[:count].tolist()]),
                        regions(m, ahead))
