"""A tiny island and a stand-in mind, to test the game's truth without npc_world's thinking."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import npc_world as nw
from demos.hunt.canvas import Canvas
from demos.hunt.level import Level
from demos.hunt.minds import HuntingParty, Mind
from demos.hunt.world import Controls, HuntWorld


class Chaser:
    """Runs straight at the player while it sees it, else stands."""

    def __init__(self, ground: nw.Terrain, start: tuple[float, float], sight_px: float) -> None:
        self.ground, self.at, self.sight_px, self.goals = ground, np.array(start), sight_px, dict[str, Any]()
        self.heading_rad = 0.0
        self.shown: list[bool] = []

    def sees(self, point: Any) -> bool:
        return math.dist(self.at, point) < self.sight_px and self.ground.line_of_sight(self.at, point)

    def step(self, me: Any, target: Any, dt_s: float, others: Any = ()) -> nw.Action:
        self.at = me.position
        self.shown.append(target is not None)
        way = np.zeros(2) if target is None else np.asarray(target) - self.at
        length = math.hypot(*way)
        return nw.Action(velocity_px_s=way / length * 400.0 if length > 0 else way, acceleration_px_s2=np.zeros(2), why="chase")

    def set_goals(self, goals: Any) -> None:
        self.goals = dict(goals)

    def explain(self) -> nw.Explanation:
        return nw.Explanation("Running at you.", {})


def chasers(party: HuntingParty) -> Sequence[Mind]:
    return [Chaser(party.ground, start, 2000.0) for start in party.starts]


def blind(party: HuntingParty) -> Sequence[Mind]:
    return [Chaser(party.ground, start, 0.0) for start in party.starts]


def field(floor: str = "road", *, cols: int = 40, rows: int = 12, hunter: tuple[float, float] = (36.0, 6.0), paint: Any = None) -> Level:
    """A bare strip of one surface with the player at its west end and one hunter; `paint(canvas)` adds to it."""
    canvas = Canvas(cols, rows, seed=0)
    canvas.paint(canvas.box(1, 1, cols - 2, rows - 2), floor)
    if paint is not None:
        paint(canvas)
    return canvas.finish("field", "Field", "", player=(4, 6), hunters=1, hunter_starts=[hunter], relics=[("ruby", (20, 10))],
                         boat=(cols - 3, 2), berth=(cols - 1, 2))


def world_of(level: Level, minds: Any = blind, **more: Any) -> HuntWorld:
    return HuntWorld(level, minds=minds, **more)


def run(world: HuntWorld, controls: Controls, seconds: float) -> list[str]:
    """Hold the controls for a while; the kinds of all events."""
    kinds = []
    for _ in range(round(seconds * 60)):
        world.step(controls)
        kinds += [event.kind for event in world.events]
    return kinds


EAST, WEST, STILL = Controls(move=(1.0, 0.0)), Controls(move=(-1.0, 0.0)), Controls()
