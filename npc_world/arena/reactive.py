"""Players that react to hunters: one breaks the line of sight, one runs.  There is no bound for them, only times and shares."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.players import true_table, walk
from npc_world.arena.truth import Truth
from npc_world.models.travel_time import travel_time_fields
from npc_world.planners.paths import find_path

__all__ = ["Evader", "Hider", "ReactivePlayer", "make_reactive"]

Floats = NDArray[np.float64]


class ReactivePlayer(Protocol):
    """One method: where the player goes this frame, given where the hunters are."""

    def step(self, me: Floats, hunters: Floats, dt_s: float) -> Floats: ...


class Evader:
    """Runs from hunters (n, 2): tries 16 headings, walks each for a while in its head, and keeps the one that ends best.

    Best is farthest from the nearest hunter in travel time, with room to go on.  It decides a few times a second, so it can
    be trapped in dead ends that it did not see in time: a good player, not a perfect one.
    """

    def __init__(self, truth: Truth, speed_px_s: float, hunter_speed_px_s: float, rng: np.random.Generator) -> None:
        self.truth, self.speed_px_s, self.hunter_speed_px_s, self.rng = truth, speed_px_s, hunter_speed_px_s, rng
        self.reaction_s = rng.uniform(0.15, 0.35)
        self.look_s = rng.uniform(0.8, 1.6)
        self._left_s = 0.0
        self._heading = rng.uniform(-math.pi, math.pi)
        self._table = true_table(truth)

    def step(self, me: Floats, hunters: Floats, dt_s: float) -> Floats:
        """(2,) its next position."""
        self._left_s -= dt_s
        if self._left_s <= 0.0:
            self._left_s = self.reaction_s
            self._heading = self._choose(me, hunters)
        x, y = self.truth.move(me[0], me[1], self.speed_px_s * math.cos(self._heading), self.speed_px_s * math.sin(self._heading),
                               self.speed_px_s, dt_s)
        return np.array([x, y])

    def _choose(self, me: Floats, hunters: Floats) -> float:
        size = 2.0 * self.truth.radius_px
        fields = travel_time_fields(self.truth.ground, hunters, self.hunter_speed_px_s, size=(size, size), surfaces=self._table)
        soonest = fields.min(axis=0)
        best, best_score = self._heading, -math.inf
        for heading in self._heading + np.linspace(-math.pi, math.pi, 16, endpoint=False):
            score = self._score(me, float(heading), soonest) + 0.1 * math.cos(heading - self._heading) + 0.05 * self.rng.random()
            if score > best_score:
                best, best_score = float(heading), score
        return best

    def _score(self, me: Floats, heading: float, soonest: Floats) -> float:
        """Seconds of lead along and at the end of a walk with this heading, and how many ways lead on from there."""
        x, y = float(me[0]), float(me[1])
        ux, uy = self.speed_px_s * math.cos(heading), self.speed_px_s * math.sin(heading)
        worst = math.inf
        step_s = self.look_s / 4.0
        for k in range(1, 5):
            x, y = self.truth.move(x, y, ux, uy, self.speed_px_s, step_s)
            lead = float(soonest[self.truth.ground.cell_of((x, y))])
            worst = min(worst, min(lead, 30.0) - k * step_s)
        row, col = self.truth.ground.cell_of((x, y))
        around = soonest[max(0, row - 4):row + 5, max(0, col - 4):col + 5]
        room = float(np.mean(np.isfinite(around) & (around > lead))) if math.isfinite(lead) else 1.0
        return worst + 1.5 * room


class Hider:
    """Looks for a place that no hunter sees, near enough to reach before they do, and stays there until it is seen.

    It knows where the hunters are.
    """

    def __init__(self, truth: Truth, speed_px_s: float, hunter_speed_px_s: float, rng: np.random.Generator) -> None:
        self.truth, self.speed_px_s, self.hunter_speed_px_s, self.rng = truth, speed_px_s, hunter_speed_px_s, rng
        self.patience_s = rng.uniform(0.4, 0.9)
        self._left_s = 0.0
        self._path: Floats = np.zeros((0, 2))
        self._table = true_table(truth)

    def step(self, me: Floats, hunters: Floats, dt_s: float) -> Floats:
        """(2,) its next position."""
        self._left_s -= dt_s
        if self._left_s <= 0.0:
            self._left_s = self.patience_s
            self._decide(me, hunters)
        if len(self._path) == 0:
            return me
        x, y, self._path = walk(self.truth, float(me[0]), float(me[1]), self._path, self.speed_px_s, dt_s)
        return np.array([x, y])

    def _decide(self, me: Floats, hunters: Floats) -> None:
        ground, size = self.truth.ground, 2.0 * self.truth.radius_px
        seen_now = any(ground.line_of_sight(hunter, me) for hunter in hunters)
        if not seen_now and min(math.dist(me, hunter) for hunter in hunters) > 6.0 * ground.cell_px:
            self._path = np.zeros((0, 2))
            return
        starts = np.vstack([me[None], hunters])
        fields = travel_time_fields(ground, starts, self.speed_px_s, size=(size, size), surfaces=self._table)
        mine, theirs = fields[0], fields[1:].min(axis=0) * self.speed_px_s / self.hunter_speed_px_s
        ahead = np.argwhere(np.isfinite(mine) & (mine < theirs - 0.2))
        if len(ahead) == 0:
            return
        best, best_score = None, -math.inf
        for row, col in ahead[self.rng.permutation(len(ahead))[:60]]:
            point = ground.centre_of(int(row), int(col))
            hidden = not any(ground.line_of_sight(hunter, point) for hunter in hunters)
            score = 3.0 * hidden + 0.5 * min(6.0, float(theirs[row, col] - mine[row, col])) - 0.4 * float(mine[row, col])
            if score > best_score:
                best, best_score = point, score
        found = find_path(ground, me, best, size=(size, size), surfaces=self._table)
        self._path = np.zeros((0, 2)) if found is None else found[1:]


def make_reactive(player: str, truth: Truth, speed_px_s: float, hunter_speed_px_s: float, rng: np.random.Generator) -> ReactivePlayer:
    """A player by name: "hider" or "evader"."""
    if player == "hider":
        return Hider(truth, speed_px_s, hunter_speed_px_s, rng)
    return Evader(truth, speed_px_s, hunter_speed_px_s, rng)
