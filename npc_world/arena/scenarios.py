"""What is played: a class of episodes (player, map, speed ratio), and the seeded episodes in it."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.clairvoyant import arrival_times, earliest_catch_open, earliest_catch_s
from npc_world.arena.maps import BODY_PER_CELL, Level, make_level, open_level
from npc_world.arena.players import OPEN_TRACKS, REGION, goal_track
from npc_world.arena.truth import Truth
from npc_world.models.surfaces import DEFAULT_SURFACES

__all__ = ["MAPS_OF", "RATIOS", "REACTIVE", "Class", "Scenario", "all_classes", "make_scenario"]

Floats = NDArray[np.float64]

REACTIVE = ("hider", "evader")
MAPS_OF: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(OPEN_TRACKS, ("open",)), "goals": ("walls", "surfaces", "doors"), "hider": ("walls",), "evader": ("walls", "surfaces"),
}
RATIOS = (0.8, 0.9, 1.1)

REACTION_S = 0.25
"""An episode counts as catchable when even a pursuer that starts so much late could catch: nobody knows a velocity at first sight."""
LEAST_BOUND_S, MOST_BOUND_S = 1.0, 20.0
MOST_S = 60.0
"""Longest an episode may last."""
REACTIVE_LIMIT_S = 60.0
_TRIES = 400


@dataclass(frozen=True, slots=True)
class Class:
    """A class of episodes."""

    player: str
    map: str
    ratio: float
    """Top speed of the pursuer over that of the player."""

    @property
    def name(self) -> str:
        return f"{self.player}/{self.map}/{self.ratio:g}"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One episode before anybody pursues: the same for every policy."""

    klass: Class
    index: int
    seed: int
    """For whatever is random in the pursuer."""
    dt_s: float
    level: Level
    radius_px: float
    player_speed_px_s: float
    starts_px: Floats
    """(3, 2) where pursuers start; a single one takes the first."""
    player_px: Floats
    """(2,) where the player starts."""
    track_px: Floats | None
    """(n, 2) the player at every frame; None when it reacts."""
    goals_px: Floats
    """(G, 2) places the player may want, told to pursuers that care; (0, 2) in the open and for players that only react."""
    bound_s: float | None
    """Clairvoyant lower bound; None when the player reacts."""
    limit_s: float
    factors: dict[str, float]
    """What the surfaces really do."""

    @property
    def speed_px_s(self) -> float:
        """The pursuer's top speed."""
        return self.klass.ratio * self.player_speed_px_s

    @property
    def reach_px(self) -> float:
        """Caught within this distance of the centres: the sum of the radii."""
        return 2.0 * self.radius_px

    def truth(self) -> Truth:
        """A fresh world to play it in."""
        return Truth(self.level.build(), self.radius_px, self.factors)


def all_classes(players: list[str] | None = None, maps: list[str] | None = None, ratios: list[float] | None = None) -> list[Class]:
    """Every class of the given players, maps and ratios, in the order of the tables."""
    return [Class(player, where, ratio) for player, places in MAPS_OF.items() if players is None or player in players
            for where in places if maps is None or where in maps for ratio in (RATIOS if ratios is None else ratios)]


def true_factors(swap: bool = False) -> dict[str, float]:
    """Surface name → share of top speed: what NPCs believe before they have felt it, or with `swap` the other way round."""
    factors = {name: surface.speed_factor for name, surface in DEFAULT_SURFACES.items()}
    if swap:
        pairs = {"road": "mud", "mud": "road", "grass": "water", "water": "grass"}
        return {name: factors[pairs.get(name, name)] for name in factors}
    return factors


def make_scenario(klass: Class, index: int, seed: int, dt_s: float = 1 / 60, swap: bool = False) -> Scenario:
    """Episode `index` of a class.  The same arguments give the same episode.

    Positions are drawn again until the clairvoyant bound lies between 1 and 20 s and would exist for a pursuer that
    starts a quarter of a second late.  Sizes differ by a factor of 200 between episodes: nothing may depend on pixels.
    """
    entropy = [seed, zlib.crc32(f"{klass.player}/{klass.map}".encode()), round(1000 * klass.ratio), index]
    rng = np.random.default_rng(entropy)
    radius = 12.0 * float(np.exp(rng.uniform(math.log(0.02), math.log(4.0))))
    speed = radius * float(rng.uniform(9.0, 18.0))
    for _ in range(_TRIES):
        if klass.map == "open":
            found = _in_the_open(klass, index, rng, radius, speed, dt_s)
        else:
            found = _on_a_map(klass, index, rng, radius, speed, dt_s, true_factors(swap))
        if found is not None:
            return found
    raise RuntimeError(f"{klass.name}: no catchable episode in {_TRIES} tries")


def _in_the_open(klass: Class, index: int, rng: np.random.Generator, radius: float, speed: float, dt_s: float) -> Scenario | None:
    track = OPEN_TRACKS[klass.player](rng, round(MOST_S / dt_s), dt_s)
    away, angle = rng.uniform(2.0, 5.0), rng.uniform(-math.pi, math.pi)
    apart = math.pi * rng.uniform(0.5, 1.5)
    third = 0.5 * apart if apart > math.pi else math.pi + 0.5 * apart  # in the middle of the wider gap
    starts = np.array([track[0] + away * np.array([math.cos(a), math.sin(a)]) for a in (angle, angle + apart, angle + third)])
    bound, late = (earliest_catch_open(track, starts[0], klass.ratio, 2 * radius / speed, dt_s, delay) for delay in (0.0, REACTION_S))
    if not LEAST_BOUND_S < bound <= MOST_BOUND_S or late > MOST_BOUND_S + 1.0:
        return None
    low = np.minimum(track.min(axis=0), starts[:2].min(axis=0)) - REGION[0]
    high = np.maximum(track.max(axis=0), starts[:2].max(axis=0)) + REGION[0]
    level = open_level((float(high[0] - low[0]) * speed, float(high[1] - low[1]) * speed))
    return Scenario(klass, index, int(rng.integers(1 << 31)), dt_s, level, radius, speed, (starts - low) * speed, (track[0] - low) * speed,
                    (track - low) * speed, np.zeros((0, 2)), bound, _limit(bound), true_factors())


def _on_a_map(klass: Class, index: int, rng: np.random.Generator, radius: float, speed: float, dt_s: float,
              factors: dict[str, float]) -> Scenario | None:
    level = make_level(klass.map, 2.0 * radius / BODY_PER_CELL, rng, MOST_S)
    truth = Truth(level.build(), radius, factors)
    player, *starts = _free_points(truth, rng, 3, 0.0)
    pursuer_speed = klass.ratio * speed
    times = arrival_times(level, truth, starts[0], pursuer_speed, MOST_BOUND_S)
    away_s = earliest_catch_s(times, level, truth, np.repeat(player[None], 2, axis=0), pursuer_speed, 2 * radius, 100.0)
    if not math.isfinite(away_s) or min(math.dist(player, start) for start in starts) < 3.0 * speed:
        return None
    starts.append(_far_from(truth, rng.spawn(1)[0], player, 3.0 * speed))  # a stream of its own: the others stay as they are
    if klass.player in REACTIVE:
        return Scenario(klass, index, int(rng.integers(1 << 31)), dt_s, level, radius, speed, np.array(starts), player, None, np.zeros((0, 2)), None,
                        REACTIVE_LIMIT_S, factors)
    goals = np.array(_free_points(truth, rng, 6, 8.0 * level.cell_px))
    track = goal_track(level, truth, goals, player, speed, rng, round(MOST_S / dt_s), dt_s)
    bound, late = (earliest_catch_s(times, level, truth, track, pursuer_speed, 2 * radius, dt_s, delay) for delay in (0.0, REACTION_S))
    if not LEAST_BOUND_S < bound <= MOST_BOUND_S or late > MOST_BOUND_S + 1.0:
        return None
    return Scenario(klass, index, int(rng.integers(1 << 31)), dt_s, level, radius, speed, np.array(starts), player, track, goals, bound,
                    _limit(bound), factors)


def _limit(bound_s: float) -> float:
    """When the pursuit is given up: three times the bound, at least ten seconds after it."""
    return min(MOST_S, max(3.0 * bound_s, bound_s + 10.0))


def _far_from(truth: Truth, rng: np.random.Generator, point: Floats, least_px: float) -> Floats:
    """A random place at least so far from a point, or the farthest of many."""
    places = _free_points(truth, rng, 30, 0.0)
    far = [place for place in places if math.dist(place, point) >= least_px]
    return far[0] if far else max(places, key=lambda place: math.dist(place, point))


def _free_points(truth: Truth, rng: np.random.Generator, n: int, apart_px: float) -> list[Floats]:
    """n random places where a body can stand, apart from each other where the map allows it."""
    points: list[Floats] = []
    for tries in range(10000):
        point = rng.uniform((0.0, 0.0), truth.ground.size)
        least = apart_px * 0.99 ** max(0, tries - 100)
        if truth.fits(point[0], point[1]) and all(math.dist(point, other) >= least for other in points):
            points.append(point)
            if len(points) == n:
                return points
    raise RuntimeError("no room on the map")
