"""Compile every kernel once, before play, so that no frame ever waits for the compiler."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Collection

import numpy as np

from npc_world.agents.catcher import Catcher
from npc_world.agents.navigator import Navigator
from npc_world.agents.warming_beside import Beside
from npc_world.agents.warming_npcs import NPCS_BESIDE, Steps, npc_steps, npc_steps_beside, run_shared, run_steps
from npc_world.core.errors import BadInputError
from npc_world.learning.ball_model import BallConfig, BallModel
from npc_world.learning.symmetric import solve_symmetric
from npc_world.planners.catching import CatchReach
from npc_world.planners.roads import RoadMap

__all__ = ["PARTS", "warm_beside", "warmup"]


PARTS = ("npcs", "roads", "balls")
"""What `warmup` can make ready: bodies that chase and walk, `Navigator` and its roads, `BallModel` and `Catcher`."""


def warmup(progress: Callable[[float, str], None] | None = None, processes: int = 2, parts: Collection[str] = PARTS) -> None:
    """Run a tiny world through the kernels.  `progress(share, what)` is called as it goes; the default prints a
    line to stderr when it takes longer than a moment.  Seconds the first time on a machine, well under one afterwards.

    parts: of "npcs", "roads" and "balls", what the game uses; NPCs take most of the time, balls some seconds, roads hardly one.
    The first time a second Python process compiles its share beside this one, where there are two cores; processes=1: never.
    Last it freezes what it has made (`gc.freeze`): the collector would walk all that the compiler keeps again and again in
    play, some 50 ms each time.  `load_npc` does as much as an NPC needs by itself; balls and roads are readied here only.
    Raises `BadInputError` for parts there are not.
    """
    wanted = {parts} if isinstance(parts, str) else set(parts)
    if not wanted <= set(PARTS):
        raise BadInputError(f"parts={parts!r}: expected some of {', '.join(map(repr, PARTS))}")
    report = progress if progress is not None else _line
    others = [step for part in PARTS if part in wanted for step in _OTHERS.get(part, [])]
    if "npcs" in wanted:
        everything = wanted == set(PARTS)
        beside = (Beside() if everything else Beside(NPCS_BESIDE)) if processes > 1 else None
        run_shared(npc_steps(), npc_steps_beside() + others, beside, report)
    else:
        run_steps(others, report, 0.0, 1.0)
    gc.collect(1)  # a whole collection would take as long as those it spares
    gc.freeze()
    report(1.0, "ready")


def warm_beside() -> None:
    """What the second process does; it ends by itself."""
    for _, run in [*npc_steps_beside(), *_OTHERS["roads"], *_OTHERS["balls"]]:
        run()


def _line(share: float, what: str) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(f"\rpreparing: {what:<24} {round(100 * share):3d} %" + ("\n" if share >= 1.0 else ""))
        sys.stderr.flush()


def _catches() -> None:
    """A ball that is watched, learned and caught, under each scheme."""
    for scheme in ("chipmunk", "continuous", "clamped"):
        ball = BallModel([(0, 200, 400, 200), (180, 120, 220, 130)], 10.0, scheme=scheme, config=BallConfig(balls=32))
        catcher = Catcher(ball, CatchReach(sideways_px=20.0, up_px=60.0, jump_px=20.0, rise_s=0.2), 100.0, limits_px=(200.0, 400.0), floor=(0,))
        for frame in range(14):
            t = frame / 60.0
            catcher.step((300.0, 200.0), (round(100.0 + 300.0 * t), round(60.0 + 450.0 * t * t)), 1 / 60)
        catcher.reset()
        catcher.settle()


def _roads() -> None:
    import networkx as nx

    town = nx.Graph()
    town.add_node("a", pos=(0, 0))
    town.add_node("b", pos=(100, 0))
    town.add_edge("a", "b")
    Navigator(RoadMap(town), day_s=60.0).depart(0.0, "a", "b", trips_left=1)


def _balls() -> None:
    """A drop onto the floor, under each scheme."""
    ball = BallModel([(0, 200, 400, 200)], 10.0, 900.0, 1.0, 0.6, 0.5, inertia=0.5, scheme="chipmunk", step_s=1 / 60, noise_px=1.0,
                     thickness_px=3.0, config=BallConfig(balls=32))
    start, law = [(50.0, 100.0, 90.0, 0.0, 0.0)], [0.0, 900.0, 1.0, 0.5, 0.6, 0.5]
    for scheme in ("clamped", "continuous", "chipmunk"):
        path = ball.world.roll(start, law, 1 / 60, 40, scheme=scheme).paths_px[0]
    for k, place in enumerate(path):
        ball.observe(k / 60, place)
    ball.forecast(0.2, 0.1).contains(path[:2], 0.5)
    ball.reset()
    solve_symmetric(np.eye(3), np.ones((3, 2)))


_OTHERS: dict[str, Steps] = {"roads": [("roads", _roads)], "balls": [("balls", _balls), ("catching", _catches)]}
