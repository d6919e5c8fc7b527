"""Who pursues: three honest baselines and the hunter, behind one protocol, all with the same information.

Each sees where it is and where the player is (None while out of sight), frame by frame, and knows the ground as NPCs
know it: walls, doors as they stand now, and the names of surfaces with what is commonly believed of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import npc_world as nw
from npc_world.models.surfaces import surface_table
from npc_world.planners.paths import find_path

__all__ = ["BASELINES", "Given", "Pursuer", "make_pursuer"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Given:
    """What a pursuer is told before the episode."""

    ground: nw.Terrain
    position_px: Floats
    speed_px_s: float
    radius_px: float
    goals_px: Floats
    seed: int
    team: nw.Team | None = None

    @property
    def reach_px(self) -> float:
        """Distance of centres at which it has caught."""
        return 2.0 * self.radius_px


class Pursuer(Protocol):
    """One method: the velocity to want now, (vx, vy) px/s."""

    def step(self, me: Floats, target: Floats | None, dt_s: float) -> Any: ...


class Chase:
    """The fastest way to where the player is.  Out of sight: to where it was last seen, then to random places."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self._open = len(given.ground.rects) == 0 and len(given.ground.surfaces) == 1
        self._table = surface_table(given.ground.surfaces, {})
        self._rng = np.random.default_rng(given.seed)
        self._last: Floats | None = None
        self._velocity = np.zeros(2)
        self._aim: Floats | None = None
        self._path: Floats = np.zeros((0, 2))
        self._path_to: Floats | None = None
        self._version = -1

    def step(self, me: Floats, target: Floats | None, dt_s: float) -> Floats:
        """(2,) velocity to want."""
        if target is not None:
            if self._last is not None:
                self._velocity = (target - self._last) / dt_s
            self._last = target
            self._aim = self.aim(me, target, self._velocity)
        else:
            self._last = None
            if self._aim is None or math.dist(me, self._aim) < self.given.reach_px or (len(self._path) == 0 and not self._open):
                self._aim = self._rng.uniform((0.0, 0.0), self.given.ground.size)
        return self._towards(me, self._aim, dt_s)

    def aim(self, me: Floats, target: Floats, velocity: Floats) -> Floats:
        """(2,) the point to make for."""
        return target

    def _towards(self, me: Floats, point: Floats, dt_s: float) -> Floats:
        if self._open:
            return _velocity_to(me, point, self.given.speed_px_s, dt_s)
        ground, size = self.given.ground, 2.0 * self.given.radius_px
        moved = self._path_to is None or math.dist(self._path_to, point) > 0.1 * ground.cell_px
        if moved or self._version != ground.version:
            found = find_path(ground, me, point, size=(size, size), surfaces=self._table)
            self._path = np.zeros((0, 2)) if found is None else found[1:]
            self._path_to, self._version = point, ground.version
        near = 0.6 * self.given.speed_px_s * float(self._table[ground.surface[ground.cell_of(me)], 0]) * dt_s
        while len(self._path) > 1 and math.dist(me, self._path[0]) <= near:
            self._path = self._path[1:]
        if len(self._path) == 0:
            return np.zeros(2)
        return _velocity_to(me, self._path[0], self.given.speed_px_s, dt_s)


class Lead(Chase):
    """Towards the point where a player that keeps its velocity is met: the least t with |p + v t - me| = speed · t + reach.

    Chases when there is no such t.  On maps the fastest way to that point is taken, brought back onto the map.
    """

    def aim(self, me: Floats, target: Floats, velocity: Floats) -> Floats:
        """(2,) the meeting point."""
        time_s = meeting_time(target - me, velocity, self.given.speed_px_s, self.given.reach_px)
        return target if time_s is None else _on_map(target + velocity * time_s, self.given.ground)


class Pursue(Chase):
    """Towards where a player that keeps its velocity is after distance / (own speed + its speed): the usual steering behaviour."""

    def aim(self, me: Floats, target: Floats, velocity: Floats) -> Floats:
        """(2,) the point ahead."""
        closing = self.given.speed_px_s + math.hypot(velocity[0], velocity[1])
        return _on_map(target + velocity * (math.dist(me, target) / closing), self.given.ground)


class Hunter:
    """An NPC of this library, through the public API: one preset for everything."""

    def __init__(self, given: Given, preset: str | Path) -> None:
        side = 2.0 * given.radius_px
        goals = [tuple(goal) for goal in given.goals_px.tolist()]
        self.npc = nw.load_npc(preset, given.ground, given.position_px, seed=given.seed, goals=goals or None, size=(side, side),
                               body=nw.TopDownBody(max_speed_px_s=given.speed_px_s), team=given.team)

    def step(self, me: Floats, target: Floats | None, dt_s: float) -> Any:
        """(2,) velocity to want."""
        return self.npc.step(me, target, dt_s).velocity_px_s


def meeting_time(offset: Floats, velocity: Floats, speed: float, reach: float) -> float | None:
    """Least t ≥ 0 with |offset + velocity t| = speed t + reach, or None.

    >>> meeting_time(np.array([30.0, 0.0]), np.array([-1.0, 0.0]), 1.0, 2.0)
    14.0
    """
    a = float(velocity @ velocity) - speed * speed
    b = float(offset @ velocity) - speed * reach
    c = float(offset @ offset) - reach * reach
    if c <= 0.0:
        return 0.0
    if abs(a) < 1e-12 * speed * speed:
        return -0.5 * c / b if b < 0.0 else None
    root = b * b - a * c
    if root < 0.0:
        return None
    times = sorted(((-b - math.sqrt(root)) / a, (-b + math.sqrt(root)) / a))
    return next((t for t in times if t >= 0.0), None)


def _velocity_to(me: Floats, point: Floats, speed: float, dt_s: float) -> Floats:
    dx, dy = float(point[0] - me[0]), float(point[1] - me[1])
    far = math.hypot(dx, dy)
    if far == 0.0:
        return np.zeros(2)
    return np.array([dx, dy]) * (speed / far)


def _on_map(point: Floats, ground: nw.Terrain) -> Floats:
    return np.clip(point, (0.0, 0.0), ground.size)


BASELINES: dict[str, Callable[[Given], Pursuer]] = {"chase": Chase, "lead": Lead, "pursue": Pursue}


def make_pursuer(policy: str, given: Given, preset: str | Path) -> Pursuer:
    """A pursuer by name: "chase", "lead", "pursue", or "hunter" for the preset."""
    return Hunter(given, preset) if policy == "hunter" else BASELINES[policy](given)
