"""One pursuit: everybody decides on what stands now, everybody moves, then it is looked who is in reach."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import npc_world as nw
from npc_world.arena.maps import DoorKeeper
from npc_world.arena.pursuers import Given, Pursuer, make_pursuer
from npc_world.arena.reactive import make_reactive
from npc_world.arena.scenarios import Scenario

__all__ = ["Outcome", "run_episode"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a pursuit ended."""

    policy: str
    index: int
    caught: bool
    time_s: float
    """Time of the catch, or the limit when there was none: what is not caught counts as caught at the limit."""
    bound_s: float | None

    @property
    def ratio(self) -> float | None:
        """Time over the clairvoyant bound."""
        return None if self.bound_s is None else self.time_s / self.bound_s


def run_episode(scenario: Scenario, policy: str, preset: str | Path = "hunter", pursuers: int = 1, team: bool = False,
                first: int = 0) -> Outcome:
    """Play `scenario` with one to three pursuers of a policy, from the starts `first` onwards; with `team` they are members of one `nw.Team`."""
    truth = scenario.truth()
    shared = nw.Team(truth.ground, scenario.seed) if team else None
    speed, dt_s, reach = scenario.speed_px_s, scenario.dt_s, scenario.reach_px
    bodies = scenario.starts_px[first:first + pursuers].copy()
    minds: list[Pursuer] = [
        make_pursuer(policy, Given(truth.ground, bodies[i].copy(), speed, scenario.radius_px, scenario.goals_px, scenario.seed + i, shared), preset)
        for i in range(pursuers)]
    player, doors = scenario.player_px.copy(), DoorKeeper(scenario.level)
    rng = np.random.default_rng([scenario.seed, 1])
    track = np.empty((0, 2)) if scenario.track_px is None else scenario.track_px
    reacting = make_reactive(scenario.klass.player, truth, scenario.player_speed_px_s, speed, rng) if scenario.track_px is None else None
    hides = scenario.klass.player == "hider"
    for k in range(round(scenario.limit_s / dt_s)):
        doors.update(k * dt_s, truth.ground)
        moved = bodies.copy()
        for i, mind in enumerate(minds):
            seen = player.copy() if not hides or truth.ground.line_of_sight(bodies[i], player) else None
            wish = mind.step(bodies[i].copy(), seen, dt_s)
            moved[i] = truth.move(bodies[i, 0], bodies[i, 1], float(wish[0]), float(wish[1]), speed, dt_s)
        player = track[k + 1] if reacting is None else reacting.step(player, bodies, dt_s)
        bodies = moved
        if min(math.hypot(player[0] - x, player[1] - y) for x, y in bodies.tolist()) <= reach * (1.0 + 1e-9):
            return Outcome(policy, scenario.index, True, (k + 1) * dt_s, scenario.bound_s)
    return Outcome(policy, scenario.index, False, scenario.limit_s, scenario.bound_s)

