"""How soon a keeper that knows nothing of a ball catches what can be caught at all: hidden worlds with tables, ramps and steps.

The engine is an argument, as in `bench_balls`.  A ball counts when a body that knew the whole flight beforehand could have caught
it (the clairvoyant bound).  Seeds below `REPORTED_SEEDS` are for tuning, those from there on for reporting.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from npc_world.agents.catcher import Catcher
from npc_world.arena.bench_balls import REPORTED_SEEDS, Engine, HiddenWorld
from npc_world.learning.ball_model import BallModel
from npc_world.models.ball_world import BallWorld
from npc_world.planners.catching import CatchReach, catch_times

__all__ = ["BALLS", "BODY_SPEED_PX_S", "REACH", "KeeperRow", "Outcome", "court", "keep", "keeper_rows", "play_world", "throw"]

Floats = NDArray[np.float64]
FRAME_S = 1.0 / 60.0
COURT_PX = (560.0, 1280.0)
LIMITS_PX = (580.0, 1260.0)
GROUND_PX = 640.0
COURT_FLOOR = 0
"""Its row among the segments."""
TOUCHES = 2
BODY_SPEED_PX_S = 300.0
REACTION_S = 0.1
REACH = CatchReach(sideways_px=26.0, up_px=100.0, jump_px=60.0, rise_s=0.25)
_LONGEST_S = 8.0
_STAGES = ((0, 1), (1, 5), (5, 10), (10, 30), (30, 40), (40, 41), (41, 45), (45, 50))
"""Balls of a world that are counted together."""
_CHANGED = 40
"""From this ball on, gravity, air, bounce and grip are others, untold."""
BALLS = _STAGES[-1][1]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One ball."""

    reachable: bool
    """By the clairvoyant bound without any reaction time."""
    fairly: bool
    """By a clairvoyant body with the keeper's reaction time."""
    saved: bool
    error_px: float
    """Of the first settled forecast; NaN when the ball was over before."""


@dataclass(frozen=True, slots=True)
class KeeperRow:
    """Balls `first` + 1 to `last` of every world."""

    first: int
    last: int
    changed: bool
    """Under laws that changed after ball 40."""
    reachable: int
    saved: int
    fairly: int
    fairly_saved: int
    error_px: float
    """Median prediction error one second ahead."""

    def __str__(self) -> str:
        both = f"{self.saved:4d} of {self.reachable:4d} reachable ({self.saved / max(1, self.reachable):6.1%})"
        fair = f"{self.fairly_saved:4d} of {self.fairly:4d} with the keeper's reaction time ({self.fairly_saved / max(1, self.fairly):6.1%})"
        balls = f"ball {self.last:2d}      " if self.last == self.first + 1 else f"balls {self.first + 1:2d} to {self.last:2d}"
        return f"{balls}{' after a change' if self.changed else ''}: saved {both}; {fair}; forecast off by {self.error_px:.1f} px, 1 s ahead"


def court(rng: np.random.Generator) -> HiddenWorld:
    """A yard with a table and a ramp or steps to the left, the keeper's court to the right; laws as in `bench_balls`.

    Materials: 0 the ground, 1 the walls, 2 the table, 3 the ramp or the steps.
    """
    left, right = COURT_PX
    table = (60.0, rng.uniform(330, 470), rng.uniform(250, 400))
    rows = [((left, GROUND_PX, right, GROUND_PX), 0), ((0.0, GROUND_PX, left, GROUND_PX), 0), ((0.0, GROUND_PX, 0.0, -3000.0), 1),
            ((right, GROUND_PX, right, -3000.0), 1), ((table[0], table[1], table[2], table[1]), 2)]
    foot = (table[2] + rng.uniform(60, 140), table[1] + rng.uniform(40, 110))
    if rng.random() < 0.5:
        rows.append(((table[2], table[1], *foot), 3))
    else:
        rows.append(((table[2] + 10.0, foot[1], foot[0], foot[1]), 3))
    return HiddenWorld(np.array([row for row, _ in rows], np.float64), np.array([kind for _, kind in rows]), 5.0, 14.0, rng.uniform(500, 1500),
                       rng.uniform(0.6, 1.0), rng.uniform(0.3, 0.9, 4), rng.uniform(0.1, 0.9, 4))


def throw(world: HiddenWorld, rng: np.random.Generator) -> Floats:
    """(5,) how a ball sets out: thrown by hand, kicked off the table, or rolled along it."""
    table = world.segments[4]
    kind, scale = int(rng.integers(3)), math.sqrt(world.gravity_px_s2 / 900.0)
    on_table = table[1] - world.radius_px - world.thickness_px
    if kind == 2:
        speed = rng.uniform(180, 460)
        return np.array([table[0] + 60.0, on_table, speed, 0.0, 0.0])
    angle = rng.uniform(-1.2, 0.1) if kind == 0 else rng.uniform(-1.0, -0.1)
    speed = scale * rng.uniform(320, 720)
    height = table[1] - 90.0 if kind == 0 else on_table
    return np.array([table[0] + 60.0, height, speed * math.cos(angle), speed * math.sin(angle), 0.0])


def touches_of(world: HiddenWorld, path: Floats) -> NDArray[np.int64]:
    """(frames,) how often the ball has newly touched the court's floor up to each frame."""
    floor = BallWorld.build(world.segments[COURT_FLOOR : COURT_FLOOR + 1], world.radius_px, thickness_px=world.thickness_px)
    touching = floor.clearances_px(path) < 0.5
    return np.asarray(np.cumsum(touching & ~np.concatenate([[False], touching[:-1]])))


def keep(catcher: Catcher, path: Floats, touches: NDArray[np.int64]) -> bool:
    """Play one ball that flies along `path` (frames, 2) unless it is caught; whether it was."""
    x, leapt_s, now_s, saved = 0.5 * sum(LIMITS_PX), -math.inf, 0.0, False
    for at, touched in zip(path, touches, strict=True):
        if touched >= TOUCHES:
            break
        lift = _lift(now_s - leapt_s)
        over = GROUND_PX - lift - at[1]
        if abs(at[0] - x) <= REACH.sideways_px and -REACH.down_px <= over <= REACH.up_px:
            saved = True
            break
        action = catcher.step((x, GROUND_PX), np.round(at), FRAME_S, touches=int(touched))
        x = float(np.clip(x + action.velocity_px_s[0] * FRAME_S, *LIMITS_PX))
        if action.jump and lift == 0.0:
            leapt_s = now_s
        now_s += FRAME_S
    catcher.reset()
    return saved


def _lift(since_s: float) -> float:
    """Height of a jump's feet so long after leaving the ground."""
    share = since_s / (2.0 * REACH.rise_s)
    return 4.0 * REACH.jump_px * share * (1.0 - share) if 0.0 < share < 1.0 else 0.0


def could_be_caught(path: Floats, touches: NDArray[np.int64], ready_s: float) -> bool:
    """Whether a body that knows the flight can catch this ball."""
    lost = np.flatnonzero(touches >= TOUCHES)
    until = (lost[0] - 0.5) * FRAME_S if len(lost) else math.inf
    times = np.arange(len(path)) * FRAME_S
    x = np.arange(LIMITS_PX[0], LIMITS_PX[1] + 1.0, 4.0)
    places = np.stack([x, np.full(len(x), GROUND_PX)], axis=1)
    home = (0.5 * sum(LIMITS_PX), GROUND_PX)
    caught = catch_times(places, home, BODY_SPEED_PX_S, ready_s, times, path[None], [until], REACH, jumps=True)
    return bool(np.isfinite(caught).any())


def play_world(engine: Engine, seed: int, balls: int = BALLS, on_ball: Callable[[], None] | None = None) -> list[Outcome]:
    """A keeper meets one hidden world and sees `balls` balls there, knowing nothing before the first; laws change after the 40th."""
    rng = np.random.default_rng(seed)
    world = court(rng)
    model = BallModel(world.segments, world.radius_px, material=world.material, thickness_px=world.thickness_px, seed=seed)
    catcher = Catcher(model, REACH, BODY_SPEED_PX_S, limits_px=LIMITS_PX, floor=(COURT_FLOOR,), touches=TOUCHES)
    outcomes = []
    for number in range(balls):
        if number == _CHANGED:
            other = court(np.random.default_rng([seed, 1]))
            world = replace(world, gravity_px_s2=other.gravity_px_s2, damping=other.damping, restitution=other.restitution, friction=other.friction)
        path = engine(world, throw(world, rng), round(_LONGEST_S / FRAME_S), FRAME_S)
        touches = touches_of(world, path)
        reachable, fairly = (could_be_caught(path, touches, ready) for ready in (0.0, REACTION_S))
        before = len(catcher.errors_px)
        saved = keep(catcher, path, touches)
        catcher.settle()  # between two balls there is time
        error = catcher.errors_px[-1] if len(catcher.errors_px) > before else math.nan
        outcomes.append(Outcome(reachable, fairly, saved, error))
        if on_ball is not None:
            on_ball()
    return outcomes


def keeper_rows(engine: Engine, worlds: int = 20, first_seed: int = REPORTED_SEEDS, on_ball: Callable[[], None] | None = None) -> list[KeeperRow]:
    """Saves of the reachable balls by how many balls the keeper had seen, over `worlds` hidden worlds."""
    played = [play_world(engine, first_seed + n, BALLS, on_ball) for n in range(worlds)]
    rows = []
    for first, last in _STAGES:
        some = [outcome for outcomes in played for outcome in outcomes[first:last]]
        errors = [outcome.error_px for outcome in some if math.isfinite(outcome.error_px)]
        rows.append(KeeperRow(first, last, first >= _CHANGED, sum(o.reachable for o in some), sum(o.reachable and o.saved for o in some), sum(o.fairly for o in some),
                              sum(o.fairly and o.saved for o in some), float(np.median(errors)) if errors else math.nan))
    return rows
