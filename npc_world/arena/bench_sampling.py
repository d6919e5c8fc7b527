"""`npc-world bench --sampling`: what sampling planners cost, against their peers, and what they achieve on the same problems.

One body with momentum on a map of walls and surfaces, its goal a point.  Peers: pytorch_mppi (the same dynamics and cost in torch, one
thread, the best of several temperatures), and the rollouts alone in C compiled by gcc -O2.  Each is left out where it is missing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import npc_world as nw
from npc_world.arena.progress import Progress
from npc_world.models.on_ground import unroll_on_ground
from npc_world.planners.sampling import SamplingPlanner

__all__ = ["SamplingRow", "problem_ground", "run_sampling"]

Floats = NDArray[np.float64]
CELLS, CELL_PX, STEP_S, SPEED_PX_S, ACCELERATION_PX_S2 = 64, 16.0, 0.05, 160.0, 600.0
SIZES = ((256, 30), (64, 15))
LEGEND = {0: "road", 1: "grass", 2: "mud", 3: "ice", 4: "wall"}
WORTH = {"near": 1.0, "end": 1.0, "wall": 4.0, "length_px": 32.0}
BARS = {(256, 30): (35.0, 100), (64, 15): (90.0, 600)}
"""(times faster than the peer, bodies in 4 ms a frame)."""


@dataclass(frozen=True, slots=True)
class SamplingRow:
    """One measured thing; passed is None where there is no bar or no peer."""

    what: str
    value: float
    unit: str
    bar: str = ""
    passed: bool | None = None

    def __str__(self) -> str:
        verdict = {None: "", True: "pass", False: "FAIL"}[self.passed]
        return f"{self.what:<66}{self.value:>10.3f} {self.unit:<6} {self.bar:<14}{verdict}".rstrip()


def run_sampling(problems: int = 24, report: Callable[[str], None] = print) -> list[dict[str, Any]]:
    """All rows; `report` gets a line for each as it is done."""
    rows: list[SamplingRow] = []

    def add(row: SamplingRow) -> None:
        rows.append(row)
        report(str(row))

    _alone(add)
    _crowds(add)
    _against_c(add)
    _against_torch(add, problems)
    return [asdict(row) for row in rows]


# ---- the problem --------------------------------------------------------------------------------------------------


def problem_ground(rng: np.random.Generator) -> nw.Terrain:
    """Surfaces in blobs, walls in rects, none of which closes anything off."""
    kinds = np.repeat(np.repeat(rng.integers(0, 4, (CELLS // 8, CELLS // 8)), 8, axis=0), 8, axis=1)
    for row in range(4, CELLS - 8, 10):
        for col in range(4, CELLS - 8, 10):
            height, width = rng.integers(1, 7, 2)
            kinds[row:row + height, col:col + width] = 4
    return nw.Terrain.from_grid(kinds, CELL_PX, LEGEND)


def body_on(ground: nw.Terrain) -> nw.OnGround:
    """The body of all problems."""
    return nw.OnGround(nw.TopDownBody(max_speed_px_s=SPEED_PX_S, max_acceleration_px_s2=ACCELERATION_PX_S2), ground)


def cost_towards(goal: Floats | None) -> nw.PursuitCost:
    """The cost of all problems."""
    return nw.PursuitCost(goal=goal, near=WORTH["near"], end=WORTH["end"], wall=WORTH["wall"], length_px=WORTH["length_px"])


def problem(seed: int) -> tuple[nw.OnGround, Floats, Floats]:
    """(model, start (4,), goal (2,)) with start and goal on free ground, 100 to 400 px apart."""
    rng = np.random.default_rng(seed)
    ground = problem_ground(rng)
    while True:
        start, goal = rng.uniform(40, CELLS * CELL_PX - 40, (2, 2))
        if ground.solid[ground.cell_of(start)] == 0 and ground.solid[ground.cell_of(goal)] == 0 and 100 < np.hypot(*(goal - start)) < 400:
            return body_on(ground), np.array([*start, 0.0, 0.0]), goal


def played(model: nw.OnGround, start: Floats, goal: Floats, choose: Callable[[Floats], Floats], steps: int = 60) -> float:
    """Closed loop: mean cost of a step over 3 s, of being away from the goal and of hitting walls."""
    state, cost = start[None].copy(), 0.0
    for _ in range(steps):
        out, hits = np.empty((1, 1, 4)), np.zeros(1)
        unroll_on_ground(*model.arrays, state, np.ascontiguousarray(choose(state[0]).reshape(1, 1, 2)), STEP_S, out, hits)
        state = out[:, 0]
        cost += float(np.sum((state[0, :2] - goal) ** 2)) / WORTH["length_px"] ** 2 + WORTH["wall"] * float(hits[0])
    return cost / steps


def our_choice(model: nw.OnGround, goal: Floats, samples: int, steps: int, seed: int) -> Callable[[Floats], Floats]:
    """Plays with `nw.Mppi`."""
    mind, rng = nw.Mppi(model, cost_towards(goal), samples, steps * STEP_S, step_s=STEP_S), np.random.default_rng(seed)
    last: list[nw.Plan] = []

    def choose(state: Floats) -> Floats:
        plan = mind.plan(state, None, last[-1] if last else None, rng=rng)
        last[:] = [plan]
        assert plan.controls is not None
        first: Floats = plan.controls[0]
        return first

    return choose


# ---- the rows -------------------------------------------------------------------------------------------------------

_Add = Callable[[SamplingRow], None]


def median_ms(run: Callable[[], Any], repeats: int) -> float:
    """Median CPU time of a call (all of it is serial); the first, in which things are made, is left out."""
    run()
    taken = np.empty(repeats)
    for k in range(repeats):
        began = time.thread_time()
        run()
        taken[k] = time.thread_time() - began
    return 1000.0 * float(np.median(taken))


def _alone(add: _Add) -> None:
    """One plan of each kind."""
    model, start, goal = problem(1)
    for samples, steps in SIZES:
        for planner in (nw.Mppi, nw.Cem, nw.ICem):
            mind: SamplingPlanner = planner(model, cost_towards(goal), samples, steps * STEP_S, step_s=STEP_S)
            rng = np.random.default_rng(0)
            once = partial(mind.plan, start, None, mind.plan(start, rng=rng), rng=rng)
            add(SamplingRow(f"{planner.__name__} {samples}×{steps}, one plan", median_ms(once, 200), "ms"))


def _crowds(add: _Add) -> None:
    """As many bodies as the bar asks for, planning at 10 Hz at 60 frames per second."""
    for samples, steps in SIZES:
        count = BARS[samples, steps][1]
        rng = np.random.default_rng(2)
        model = body_on(problem_ground(rng))
        crowd = nw.MppiCrowd(model, cost_towards(None), count, samples, steps * STEP_S, step_s=STEP_S, replan_hz=10.0)
        states = np.zeros((count, 4))
        states[:, :2] = rng.uniform(40, CELLS * CELL_PX - 40, (count, 2))
        targets = rng.uniform(40, CELLS * CELL_PX - 40, (count, 2))
        taken = []
        for frame in range(240):
            began = time.thread_time()
            controls = crowd.step(frame / 60, states, targets)
            taken.append(1000.0 * (time.thread_time() - began))
            states = model.predict(states, controls, 1 / 60)
        frame_ms = float(np.median(taken[30:]))
        add(SamplingRow(f"{count} bodies at {samples}×{steps}, 10 Hz each, one frame", frame_ms, "ms", "≤ 4", frame_ms <= 4.0))
        add(SamplingRow(f"bodies at {samples}×{steps} in 4 ms a frame", count * 4.0 / frame_ms, "", f"≥ {count}", count * 4.0 / frame_ms >= count))


def _against_c(add: _Add) -> None:
    """Rollouts alone, the same in C."""
    from npc_world.arena.bench_sampling_c import compiled_in_c
    model, start, _ = problem(1)
    in_c = compiled_in_c()
    controls = np.random.default_rng(0).normal(0.0, 100.0, (256, 30, 2))
    out, hits = np.empty((256, 30, 4)), np.zeros(256)
    roll = partial(unroll_on_ground, *model.arrays, start[None], controls, STEP_S, out, hits)
    ours = median_ms(roll, 300)
    add(SamplingRow("rollouts 256×30 on terrain", ours, "ms"))
    if in_c is None:
        add(SamplingRow("rollouts over gcc -O2: no gcc here", float("nan"), "times", "≤ 1.1"))
        return
    other = np.empty_like(out)
    ratios = []
    for _ in range(9):
        ratios.append(median_ms(roll, 60) / median_ms(partial(in_c, model, start, controls, STEP_S, other), 60))
    same = bool(np.allclose(out, other, rtol=1e-9, atol=1e-6))
    ratio = float(np.median(ratios))
    add(SamplingRow(f"rollouts over gcc -O2 ({'same states' if same else 'STATES DIFFER'})", ratio, "times", "≤ 1.1", ratio <= 1.1 and same))


def _against_torch(add: _Add, problems: int) -> None:
    """Time of a plan, and closed-loop cost on the same problems."""
    from npc_world.arena.bench_sampling_torch import torch_choices
    for samples, steps in SIZES:
        peers = torch_choices(samples, steps)
        least, _ = BARS[samples, steps]
        if peers is None:
            add(SamplingRow(f"pytorch_mppi {samples}×{steps} over Mppi: not installed (pip install pytorch_mppi)", float("nan"), "times", f"≥ {least:g}"))
            continue
        model, start, goal = problem(1)
        mine, theirs = partial(our_choice(model, goal, samples, steps, 0), start), partial(peers[1.0](model, goal), start)
        ratios = [median_ms(theirs, 20) / median_ms(mine, 100) for _ in range(3)]
        ratio = float(np.median(ratios))
        add(SamplingRow(f"pytorch_mppi {samples}×{steps} over Mppi, one plan", ratio, "times", f"≥ {least:g}", ratio >= least))
        bar = Progress(problems, f"closed loop {samples}×{steps}")
        ours: list[float] = []
        costs: dict[float, list[float]] = {name: [] for name in peers}
        for seed in range(100, 100 + problems):
            model, start, goal = problem(seed)
            ours.append(played(model, start, goal, our_choice(model, goal, samples, steps, seed)))
            for name, make in peers.items():
                costs[name].append(played(model, start, goal, make(model, goal)))
            bar.advance()
        bar.close()
        best = min(costs, key=lambda name: float(np.mean(costs[name])))
        over = float(np.mean(ours) / np.mean(costs[best]))
        wins = float(np.mean(np.array(ours) <= np.array(costs[best]) * 1.001))
        add(SamplingRow(f"closed-loop cost {samples}×{steps} over pytorch_mppi's best (λ {best:g})", over, "times", "≤ 1", over <= 1.0))
        add(SamplingRow(f"problems on which Mppi is no worse, of {problems}", wins, "share"))
