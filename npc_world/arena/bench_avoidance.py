"""`npc-world bench --avoidance`: crowds that must pass each other, ours beside RVO2, step for step, in the same run.

Each scene is played twice: once with `avoid_all`, once with RVO2's simulator (van den Berg, Guy, Snape, Lin & Manocha, by way of
pyrvo), with the same bodies, speeds, horizons and neighbours and the same rule for the wanted velocity: straight to the goal.
Counted: ms of CPU time per frame with everything in and out as Python objects, how many have arrived when the time is up, and
overlaps.  The two play in turns, frame by frame, so that both see the same machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.progress import Progress
from npc_world.core.terrain import Terrain
from npc_world.planners.avoidance import Avoidance, avoid_all

__all__ = ["CrowdRow", "Scene", "circle_swap", "corridor", "our_step", "peer_step", "play", "run_avoidance"]

Floats = NDArray[np.float64]
SPEED = 4.0
"""Radii a second; the radius is 1."""
DT_S = 0.0625


@dataclass(frozen=True, slots=True)
class Scene:
    """Bodies of radius 1 at `starts` (n, 2), their `goals`, and walls (m, 4) left, top, right, bottom."""

    name: str
    starts: Floats
    goals: Floats
    walls: Floats
    size: tuple[float, float]
    seconds: float


@dataclass(frozen=True, slots=True)
class CrowdRow:
    """What came of a scene: times (CPU; both are serial) are means over its frames; overlaps are of pairs, in shares of a radius."""

    scene: str
    who: str
    ms: float
    arrived: float
    deepest: float
    overlapping: float
    """Mean number of pairs per frame that overlap by more than a twentieth of a radius."""


def circle_swap(bodies: int) -> Scene:
    """On a circle, each to the opposite place; time for two and a half times the way."""
    ring = 3.0 * bodies / (2.0 * np.pi)
    angle = 2.0 * np.pi * np.arange(bodies) / bodies
    offsets = ring * np.column_stack([np.cos(angle), np.sin(angle)])
    middle = ring + 10.0
    return Scene(f"circle swap, {bodies}", middle + offsets, middle - offsets, np.empty((0, 4)), (2 * middle, 2 * middle),
                 2.5 * 2.0 * ring / SPEED)


def corridor(bodies: int, width: float = 40.0, gap: float = 3.0) -> Scene:
    """Two packed blocks in a corridor, each where the other wants to be; time for two and a half times the way."""
    lanes = int((width - 2.0) // gap)
    ranks = -(-bodies // (2 * lanes))
    grid = np.array([(6.0 + gap * i, 4.0 + 1.5 + gap * j) for i in range(ranks) for j in range(lanes)])[:bodies // 2]
    length = 2.0 * (6.0 + gap * ranks) + 60.0
    there = np.column_stack([length - grid[:, 0], grid[:, 1]])
    walls = np.array([(0.0, 0.0, length, 4.0), (0.0, 4.0 + width, length, 8.0 + width)])
    return Scene(f"corridor counter-flow, {2 * len(grid)}", np.vstack([grid, there]), np.vstack([there, grid]), walls, (length, 8.0 + width),
                 2.5 * length / SPEED)


Step = Callable[[list[Any], list[Any]], list[Any]]


def run_avoidance(bodies: int, report: Callable[[str], None] = print) -> list[CrowdRow]:
    """Rows of both scenes, ours and, where pyrvo is installed, RVO2's."""
    scenes = [circle_swap(bodies), corridor(bodies)]
    peer = find_spec("pyrvo") is not None
    bar = Progress(len(scenes), "avoidance")
    rows: list[CrowdRow] = []
    report(f"{'':<28}{'':<12}{'ms a frame':>11}{'ratio':>8}{'arrived':>9}{'deepest overlap':>17}{'pairs overlapping':>19}")
    for scene in scenes:
        both = play(scene, {"npc_world": our_step(scene), **({"RVO2": peer_step(scene)} if peer else {})})
        for row in both:
            report(f"{row.scene:<28}{row.who:<12}{row.ms:>11.2f}{row.ms / both[-1].ms:>8.2f}{100 * row.arrived:>8.0f}%{row.deepest:>17.2f}{row.overlapping:>19.2f}")
        rows += both
        bar.advance()
    bar.close()
    report(f"RVO2 is pyrvo {version('pyrvo')} from PyPI, its compiled wheel" if peer else "RVO2 is not compared with: pip install 'npc-world[bench]'")
    return rows


def our_step(scene: Scene) -> Step:
    """`avoid_all`, with lists in and lists out, as the peer has."""
    ground = Terrain.from_rects([(a, b, c - a, d - b) for a, b, c, d in scene.walls.tolist()], scene.size, cell_px=4.0) if len(scene.walls) else None
    velocities = np.zeros_like(scene.starts)
    config = Avoidance()

    def step(where: list[Any], wanted: list[Any]) -> list[Any]:
        nonlocal velocities
        velocities = avoid_all(where, velocities, wanted, 1.0, DT_S, ground=ground, top_speeds=1.2 * SPEED, config=config)
        moved: list[Any] = (np.asarray(where) + velocities * DT_S).tolist()
        return moved

    step(scene.starts.tolist(), scene.goals.tolist())
    velocities = np.zeros_like(scene.starts)
    return step


def peer_step(scene: Scene) -> Step:
    """RVO2, as its documentation uses it: wanted velocities in, one step, positions out."""
    pyrvo: Any = import_module("pyrvo")
    own = Avoidance()
    sim = pyrvo.RVOSimulator()
    sim.set_time_step(DT_S)
    reach = 2.0 + 2.0 * 1.2 * SPEED * own.horizon_s
    sim.set_agent_defaults(reach, own.most_neighbours, own.horizon_s, own.wall_horizon_s, 1.0, 1.2 * SPEED, (0.0, 0.0))
    for x, y in scene.starts.tolist():
        sim.add_agent((x, y))
    for left, top, right, bottom in scene.walls.tolist():
        sim.add_obstacle([(left, top), (right, top), (right, bottom), (left, bottom)])
    if len(scene.walls):
        sim.process_obstacles()

    def step(where: list[Any], wanted: list[Any]) -> list[Any]:
        for i, (x, y) in enumerate(wanted):
            sim.set_agent_pref_velocity(i, (x, y))
        sim.do_step()
        out = []
        for i in range(len(wanted)):
            at = sim.get_agent_position(i)
            out.append((at.x, at.y))
        return out

    return step


class _Player:
    """One way to avoid, in the course of a scene."""

    def __init__(self, scene: Scene, who: str, step: Step) -> None:
        self.scene, self.who, self.step = scene, who, step
        self.where = scene.starts.copy()
        self.arrived = np.zeros(len(self.where), np.bool_)
        self.took, self.deepest, self.pairs, self.frames, self.looks = 0.0, 0.0, 0, 0, 0
        self.rng = np.random.default_rng(1)

    def frame(self) -> None:
        """Everybody moves on once."""
        gap = self.scene.goals - self.where
        far = np.hypot(gap[:, 0], gap[:, 1])
        self.arrived |= far < 2.0
        wanted = gap / np.maximum(far, 1e-9)[:, None] * np.minimum(SPEED, far / DT_S)[:, None]
        wanted += self.rng.normal(0.0, 1e-3, wanted.shape)  # RVO2's examples break perfect symmetry in this way
        before, after = self.where.tolist(), wanted.tolist()
        began = time.thread_time()
        now = self.step(before, after)
        self.took += time.thread_time() - began
        self.where = np.array(now)
        if self.frames % 8 == 0:
            depth = _overlaps(self.where)
            self.deepest, self.pairs, self.looks = max(self.deepest, float(depth.max(initial=0.0))), self.pairs + int((depth > 0.05).sum()), self.looks + 1
        self.frames += 1

    def row(self) -> CrowdRow:
        """What has come of it."""
        return CrowdRow(self.scene.name, self.who, 1000.0 * self.took / self.frames, float(self.arrived.mean()), self.deepest, self.pairs / self.looks)


def play(scene: Scene, steps: dict[str, Step]) -> list[CrowdRow]:
    """A row for each way to avoid, by name."""
    players = [_Player(scene, who, step) for who, step in steps.items()]
    for _ in range(int(scene.seconds / DT_S)):
        for player in players:
            player.frame()
    return [player.row() for player in players]


def _overlaps(where: Floats) -> Floats:
    """(m,) by how much pairs of bodies of radius 1 overlap."""
    at = where[np.argsort(where[:, 0])]
    after = np.searchsorted(at[:, 0], at[:, 0] + 2.0) - np.arange(len(at)) - 1  # so many to the right of each may touch it
    first = np.repeat(np.arange(len(at)), after)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(after) - after, after)
    depth = 2.0 - np.hypot(*(at[second] - at[first]).T)
    return np.asarray(depth[depth > 0.0])
