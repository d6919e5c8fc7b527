"""Players that do not react: their whole track is known before the episode, which is what the clairvoyant bound needs.

Tracks of the open plane are in player-seconds: distance 1 is what the player walks in a second.  Each draws its own
habits (period, angle, radius, …) from the episode's generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.maps import DoorKeeper, Level
from npc_world.arena.truth import Truth
from npc_world.planners.paths import find_path

__all__ = ["OPEN_TRACKS", "REGION", "goal_track", "next_goal", "true_table", "walk"]

Floats = NDArray[np.float64]
REGION = (8.0, 4.5)
"""Region in which zig-zag and waypoint players stay, player-seconds: 1280×720 at 160 px/s."""


def _from_headings(headings: Floats, dt_s: float) -> Floats:
    """(n + 1, 2) from the origin at unit speed."""
    steps = np.column_stack([np.cos(headings), np.sin(headings)]) * dt_s
    return np.vstack([np.zeros((1, 2)), np.cumsum(steps, axis=0)])


def straight(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """One heading for ever."""
    return _from_headings(np.full(n, rng.uniform(-math.pi, math.pi)), dt_s)


def circle(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """Radius 0.6 to 2.5 player-seconds, either way round."""
    rate = rng.choice([-1.0, 1.0]) / rng.uniform(0.6, 2.5)
    return _from_headings(rng.uniform(-math.pi, math.pi) + rate * dt_s * np.arange(n), dt_s)


def zigzag(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """Legs of 0.6 to 2 s at ± 25° to 60° off a course, which turns back towards the middle at the region's edge."""
    leg_s, angle = rng.uniform(0.6, 2.0), math.radians(rng.uniform(25.0, 60.0))
    at = np.array([rng.uniform(0, REGION[0]), rng.uniform(0, REGION[1])])
    track, course, side, left_s = [at.copy()], rng.uniform(-math.pi, math.pi), 1.0, leg_s
    for _ in range(n):
        outward = (at[0] < 0 and math.cos(course) < 0) or (at[0] > REGION[0] and math.cos(course) > 0) \
            or (at[1] < 0 and math.sin(course) < 0) or (at[1] > REGION[1] and math.sin(course) > 0)
        if outward:
            course = math.atan2(REGION[1] / 2 - at[1], REGION[0] / 2 - at[0]) + rng.uniform(-0.8, 0.8)
        left_s -= dt_s
        if left_s <= 0.0:
            side, left_s = -side, left_s + leg_s
        at = at + dt_s * np.array([math.cos(course + side * angle), math.sin(course + side * angle)])
        track.append(at)
    return np.array(track)


def waypoint(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """Straight to one random place in the region after another."""
    at, target, track = rng.uniform((0, 0), REGION), rng.uniform((0, 0), REGION), []
    for _ in range(n + 1):
        track.append(at)
        left = dt_s
        while left > 0.0:
            way = target - at
            far = math.hypot(way[0], way[1])
            if far > left:
                at, left = at + way * (left / far), 0.0
            else:
                at, left, target = target, left - far, rng.uniform((0, 0), REGION)
    return np.array(track)


def turner(rng: np.random.Generator, n: int, dt_s: float) -> Floats:
    """Turns at random: every 0.6 to 2.5 s a new turn rate, often none, at times a sharp turn on the spot."""
    headings, heading, rate, left_s = np.empty(n), rng.uniform(-math.pi, math.pi), 0.0, 0.0
    pace = rng.uniform(0.6, 1.6)
    for k in range(n):
        left_s -= dt_s
        if left_s <= 0.0:
            left_s = pace * rng.uniform(0.6, 1.6)
            kind = rng.random()
            rate = 0.0 if kind < 0.4 else rng.normal(0.0, 1.2)
            if kind > 0.8:
                heading += rng.choice([-1.0, 1.0]) * rng.uniform(0.7, 2.4)
        heading += rate * dt_s
        headings[k] = heading
    return _from_headings(headings, dt_s)


OPEN_TRACKS: dict[str, Callable[[np.random.Generator, int, float], Floats]] = {
    "straight": straight, "zigzag": zigzag, "circle": circle, "waypoint": waypoint, "turner": turner,
}


def goal_track(level: Level, truth: Truth, goals: Floats, start: Floats, speed_px_s: float, rng: np.random.Generator, n: int,
               dt_s: float) -> Floats:
    """(n + 1, 2) px: the fastest way to one goal after another, nearer ones likelier next; at times it changes its mind.

    It knows what the surfaces do, sees doors change at once, and waits where there is no way.
    """
    ground, doors = truth.ground, DoorKeeper(level)
    table = true_table(truth)
    size = (2.0 * truth.radius_px, 2.0 * truth.radius_px)
    switch_hz, pause_s = rng.uniform(0.0, 0.15), rng.uniform(0.0, 0.4)
    x, y = float(start[0]), float(start[1])
    aim, wait_s, version, path = -1, 0.0, -1, np.zeros((0, 2))
    track = np.empty((n + 1, 2))
    for k in range(n + 1):
        track[k] = x, y
        doors.update(k * dt_s, ground)
        wait_s -= dt_s
        if aim < 0 or rng.random() < switch_hz * dt_s:
            aim, version = next_goal(goals, aim, (x, y), rng), -1
        if version != ground.version:
            found = find_path(ground, (x, y), goals[aim], size=size, surfaces=table)
            path, version = (np.zeros((0, 2)) if found is None else found[1:]), ground.version
        if wait_s <= 0.0 and len(path) > 0:
            x, y, path = walk(truth, x, y, path, speed_px_s, dt_s)
            if len(path) == 0:
                aim, version, wait_s = next_goal(goals, aim, (x, y), rng), -1, pause_s
    return track


def true_table(truth: Truth) -> Floats:
    """(S, 4) what the surfaces of a terrain really do, as path finding takes it."""
    return np.array([(truth.factors.get(name, 1.0), 1.0, 0.0, 0.0) for name in truth.ground.surfaces])


def next_goal(goals: Floats, last: int, at: tuple[float, float], rng: np.random.Generator) -> int:
    """Index of another goal than `last`: the chance falls with distance."""
    far = np.hypot(goals[:, 0] - at[0], goals[:, 1] - at[1])
    chance = 1.0 / (far + 0.25 * float(far.max()))
    if last >= 0:
        chance[last] = 0.0
    return int(rng.choice(len(goals), p=chance / chance.sum()))


def walk(truth: Truth, x: float, y: float, path: Floats, speed_px_s: float, dt_s: float) -> tuple[float, float, Floats]:
    """One frame along waypoints (n, 2): the new position and the waypoints still ahead."""
    left_s = dt_s
    while len(path) > 0 and left_s > 1e-9 * dt_s:
        dx, dy = float(path[0, 0]) - x, float(path[0, 1]) - y
        far = math.hypot(dx, dy)
        reach = speed_px_s * truth.factor_at(x, y) * left_s
        if far <= 1e-9 * speed_px_s:
            path = path[1:]
        elif far < reach:
            used_s = left_s * far / reach
            x, y = truth.move(x, y, dx / used_s / truth.factor_at(x, y), dy / used_s / truth.factor_at(x, y), speed_px_s, used_s)
            path, left_s = path[1:], left_s - used_s
        else:
            x, y = truth.move(x, y, dx / far * speed_px_s, dy / far * speed_px_s, speed_px_s, left_s)
            left_s = 0.0
    return x, y, path
