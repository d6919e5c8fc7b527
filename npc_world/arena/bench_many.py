"""`npc-world bench --many`: what a frame costs with many NPCs, in frames of a chase on a map of walls and surfaces.

A hundred hunters, each with its own belief of the player (strangers) or with one they share (a team), and a thousand bodies that
make for one goal by a shared field and avoid each other.
"""

from __future__ import annotations

import gc
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

import npc_world as nw
from npc_world.arena.bench import BenchRow, Play
from npc_world.arena.progress import Progress
from npc_world.arena.pursuers import Given, Hunter

__all__ = ["measure_many"]

Floats = NDArray[np.float64]
HUNTERS, BODIES = 100, 1000


def measure_many(frames: int, npc: str = "hunter", hunters: int = HUNTERS, bodies: int = BODIES) -> list[BenchRow]:
    """Rows: hunters as strangers, as a team, and a crowd with one goal."""
    bar = Progress(3, "many")
    nw.warmup(lambda share, what: None)
    play = Play(frames, hunters)
    rows = [_row(f"{hunters} hunters, strangers, one frame", play.steps_ms(lambda given: Hunter(given, npc), hunters), 8.0)]
    bar.advance()
    team: dict[int, nw.Team] = {}

    def teammate(given: Given) -> Any:
        shared = team.setdefault(id(given.ground), nw.Team(given.ground, seed=1))
        return Hunter(Given(given.ground, given.position_px, given.speed_px_s, given.radius_px, given.goals_px, given.seed, shared), npc)

    rows.append(_row(f"{hunters} hunters, one team, one frame", play.steps_ms(teammate, hunters), 8.0))
    bar.advance()
    rows.append(_row(f"{bodies} bodies, one goal, one frame", crowd_ms(play, bodies), 4.0))
    bar.advance()
    bar.close()
    return rows


def crowd_ms(play: Play, bodies: int) -> Floats:
    """(frames,) ms per step of a crowd that makes for the player of a `Play`, field and avoidance together."""
    truth = play.truth()
    rng = np.random.default_rng(3)
    radius = 0.5 * play.radius_px
    places: list[Floats] = []
    while len(places) < bodies:
        point = rng.uniform((0.0, 0.0), truth.ground.size)
        if truth.fits(point[0], point[1]):
            places.append(point)
    where = np.array(places)
    crowd = nw.Crowd(truth.ground, radius_px=radius, speed_px_s=play.speed_px_s)
    taken = np.empty(len(play.track))
    gc.collect()
    for k, player in enumerate(play.track):
        began = time.perf_counter()
        velocities = crowd.step(where, player, 1 / 60)
        taken[k] = time.perf_counter() - began
        where = where + velocities / 60
    return 1000.0 * taken[10:]


def _row(what: str, times_ms: Floats, bar_p99: float) -> BenchRow:
    return BenchRow(what, float(np.median(times_ms)), float(np.quantile(times_ms, 0.99)), "ms", None, bar_p99)
