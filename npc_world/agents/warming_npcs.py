"""Kernels that NPCs use, made ready when the first of a process is loaded: no frame of play waits for the compiler.

They come from the cache in about a second.  The first time on a machine they are compiled, and it is said so.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable

import numpy as np

from npc_world.agents.load import load_npc
from npc_world.agents.warming_beside import Beside
from npc_world.beliefs.vision import Vision
from npc_world.core.compiled import COMPILED
from npc_world.core.links import Link
from npc_world.core.pieces import finished
from npc_world.core.records import Forecast
from npc_world.core.terrain import Terrain
from npc_world.learning.surface_learning import SurfaceLearner, SurfaceLearning
from npc_world.models.surfaces import surface_table
from npc_world.models.top_down import TopDownBody
from npc_world.models.travel_time import travel_time
from npc_world.planners.avoidance import Avoidance, Avoider, avoid_all
from npc_world.planners.crowd import Crowd
from npc_world.planners.evasion import RUN_AFTER, Roadmap, flight
from npc_world.planners.flanking import flanking
from npc_world.planners.interception import intercept
from npc_world.planners.paths import find_path
from npc_world.planners.places import places_of

__all__ = ["NPCS_BESIDE", "Steps", "npc_steps", "npc_steps_beside", "run_shared", "run_steps", "warm_npcs", "warm_npcs_beside"]

Steps = list[tuple[str, Callable[[], None]]]
_DONE = [False]
_SILENT_S = 1.5
"""What takes no longer needs no words."""
NPCS_BESIDE = "npc_world.agents.warming_npcs:warm_npcs_beside"


def warm_npcs() -> None:
    """What `load_npc` does first, once in a process; nothing after `warmup`."""
    if _DONE[0] or not COMPILED:
        return
    notice = _Notice()
    beside = Beside(NPCS_BESIDE)
    notice(0.0, "starting", at_once=beside.started)
    run_shared(npc_steps(), npc_steps_beside(), beside, notice)
    if notice.spoken:
        gc.collect(1)
        gc.freeze()  # the collector would walk all that the compiler keeps again and again in play
        notice.end()


def warm_npcs_beside() -> None:
    """What the second process does."""
    for _, run in npc_steps_beside():
        run()


def run_shared(own: Steps, shared: Steps, beside: Beside | None, report: Callable[[float, str], None]) -> None:
    """Run both lists; a second process that has been started is at the shared ones already."""
    _DONE[0] = True
    try:
        if beside is not None and beside.started:
            run_steps(own, report, 0.0, 0.8)
            while not beside.finished(0.1):  # a loading screen goes on being drawn
                report(0.8, "the last ones")
            run_steps(shared, report, 0.9, 1.0)
        else:
            run_steps(shared + own, report, 0.0, 1.0)
    finally:
        if beside is not None:
            beside.stop()


def npc_steps() -> Steps:
    """NPCs in small worlds."""
    return [("forecasts in the open", _open_chase), ("forecasts on a map", _map_chase), ("searching", _search), ("momentum", _momentum)]


def npc_steps_beside() -> Steps:
    """Kernels that can be compiled without an NPC: about half of all the work."""
    return [("paths", _paths), ("interception", _interceptions), ("hemming in", _flanks), ("keeping clear", _crowds), ("the ground", _grounds), ("sight", _sight)]


def run_steps(steps: Steps, report: Callable[[float, str], None], begin: float, end: float) -> None:
    """One after the other, from one share of the whole to another."""
    for i, (what, run) in enumerate(steps):
        report(begin + (end - begin) * i / len(steps), what)
        run()


class _Notice:
    """Says on stderr that this takes a while, and on a terminal how far it has come."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self.spoken = False

    def __call__(self, share: float, what: str, at_once: bool = False) -> None:
        if sys.stderr is None or not (at_once or self.spoken or time.monotonic() - self._began_s > _SILENT_S):
            return
        if not self.spoken:
            self.spoken = True
            sys.stderr.write("npc_world: compiling, once on this machine; about half a minute\n")
        if sys.stderr.isatty():
            sys.stderr.write(f"\rnpc_world: {what:<24} {round(100 * share):3d} %")
        sys.stderr.flush()

    def end(self) -> None:
        """It is done."""
        sys.stderr.write(f"{chr(13) if sys.stderr.isatty() else ''}npc_world: ready after {time.monotonic() - self._began_s:.0f} s{'':<20}\n")
        sys.stderr.flush()


def _map() -> Terrain:
    kinds = np.zeros((12, 16), dtype=int)
    kinds[:, 8] = 1
    kinds[5, 8] = 0
    kinds[8:, :4] = 2
    return Terrain.from_grid(kinds, 32, {0: "grass", 1: "wall", 2: "mud"})


def _paths() -> None:
    ground = _map()
    for surfaces in (None, np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.5, 1.0, 0.0, 0.0]])):
        for size in (None, (20.0, 20.0)):
            find_path(ground, (40, 40), (480, 340), size=size, surfaces=surfaces)
            find_path(ground, (40, 40), (480, 340), any_angle=False, size=size, surfaces=surfaces)
    ground.set_links([Link(start=(200, 40), end=(320, 40), time_s=0.5)])
    find_path(ground, (40, 40), (480, 340))
    ground.line_of_sight((40, 40), (480, 340))
    field = travel_time(ground := _map(), (40, 40), 100.0)
    ground.set_solid((400, 300, 32, 32))
    field.renewed(ground)


def _interceptions() -> None:
    """Meeting a body that goes one of two ways, in the open and round walls."""
    times = np.linspace(0.2, 4.0, 20)
    tracks = np.stack([np.column_stack([420.0 + 10.0 * times, np.full(20, 100.0)]), np.column_stack([np.full(20, 420.0), 100.0 + 30.0 * times])])
    forecast = Forecast(times, tracks, np.array([0.6, 0.4]), np.zeros((2, 20, 2, 2)), ("east", "south"))
    ground = _map()
    for on, surfaces in ((None, None), (ground, None), (ground, surface_table(ground.surfaces, {}))):
        intercept(on, (40.0, 40.0), 80.0, forecast, size=(20.0, 20.0), reach_px=10.0, surfaces=surfaces, change_hz=0.2)
    forecast.representatives(2)
    forecast.contains(tracks[0], 0.5)


def _flanks() -> None:
    """Two hunters and one who flees from them."""
    ground = _map()
    *_, places = places_of(ground, 40, size=(20.0, 20.0))
    assert places is not None
    cells = np.array([row * ground.shape[1] + col for row, col in ((3, 3), (5, 5), (8, 12))])
    scene = Roadmap(places).scene(cells, np.array([(112.0, 112.0), (176.0, 176.0), (400.0, 272.0)]))
    firsts = np.array([RUN_AFTER, RUN_AFTER])
    flight(scene.dist, scene.hops, scene.points_px, firsts, 100.0, 90.0, 20.0, 1.0, 0.2, np.empty((5, 2)))
    finished(flanking(scene, firsts, 1, 100.0, 90.0, 20.0))


def _crowds() -> None:
    where = np.array([(40.0, 40.0), (70.0, 40.0), (60.0, 70.0)])
    Crowd(_map(), radius_px=8.0, speed_px_s=80.0).step(where, (480.0, 340.0), 0.05)
    avoid_all(where, np.zeros((3, 2)), np.ones((3, 2)), 8.0, 0.05)
    Avoider(Avoidance()).velocity(np.array([40.0, 40.0, 0.0, 0.0, 80.0, 0.0]), 8.0, where, where, None, -1, 256.0, 0.05, _map(), 80.0)


def _sight() -> None:
    """What is in view."""
    Vision(range_px=300.0).seen_cells(_map(), (40.0, 40.0), 0.0)


def _grounds() -> None:
    """A body that goes at half the speed it asks for, with and without momentum."""
    for acceleration in (0.0, 100.0):
        learner = SurfaceLearner(SurfaceLearning(), {})
        for frame in range(60):
            learner.learn(frame / 20, np.array([40.0 + 2.0 * frame, 40.0]), "mud", np.array([80.0, 10.0 * (frame % 3)]), 80.0, acceleration)


def _chase(ground: Terrain, goals: object, body: TopDownBody, unseen_after: int, frames: int = 40, crowded: bool = False) -> None:
    npc = load_npc("hunter", ground, position=(40, 40), seed=1, goals=goals, body=body)
    me, you = np.array([40.0, 40.0]), np.array([420.0, 100.0])
    for frame in range(frames):
        you += (0.5, 1.5)
        action = npc.step(me, you if frame < unseen_after else None, 1 / 20, others=[me + 30.0] if crowded else ())
        me = me + action.velocity_px_s / 20
        npc.explain()


def _open_chase() -> None:
    _chase(Terrain.open_field((600, 400)), None, TopDownBody(max_speed_px_s=80), 40)


def _map_chase() -> None:
    _chase(_map(), {"ruby": (480, 340), "boat": (60, 340)}, TopDownBody(max_speed_px_s=80), 40)


def _search() -> None:
    _chase(_map(), {"ruby": (480, 340)}, TopDownBody(max_speed_px_s=80), 6, frames=60, crowded=True)


def _momentum() -> None:
    _chase(_map(), None, TopDownBody(max_speed_px_s=80, max_acceleration_px_s2=100), 40, frames=5)
