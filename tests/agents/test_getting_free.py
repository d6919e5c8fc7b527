"""Games that move bodies otherwise than advised, or refuse moves: these do not stand still for it."""

from __future__ import annotations

import math

import numpy as np
import pytest

import npc_world as nw
from npc_world.agents.getting_free import GettingFree

WALLS = [(0, 120, 140, 40), (180, 120, 220, 40), (300, 160, 40, 100)]
DT = 0.1


def moved(at: tuple[float, float], way: tuple[float, float]) -> tuple[float, float]:
    """A step of 15 px of a body of 32 px, refused whole where it ends in a wall or off the map."""
    x, y = at[0] + way[0], at[1] + way[1]
    inside = 16 <= x <= 384 and 16 <= y <= 384
    return (x, y) if inside and all(abs(x - wx - w / 2) >= 16 + w / 2 or abs(y - wy - h / 2) >= 16 + h / 2 for wx, wy, w, h in WALLS) else at


@pytest.mark.parametrize("start", [(38.0, 38.0), (353.0, 60.0), (233.0, 68.0), (160.0, 83.0)])
@pytest.mark.parametrize("says_so", [False, True])
def test_a_body_that_moves_by_steps_along_one_axis_gets_through_a_gap(start: tuple[float, float], says_so: bool) -> None:
    ground = nw.Terrain.from_rects(WALLS, size=(400, 400), cell_px=20)
    npc = nw.load_npc("hunter", ground, start, seed=1, size=(32, 32), body=nw.TopDownBody(max_speed_px_s=150.0))
    at, ways = start, np.array([(15.0, 0.0), (-15.0, 0.0), (0.0, 15.0), (0.0, -15.0)])
    for _ in range(200):
        action = npc.step(at, (370.0, 230.0), DT, options=ways / DT if says_so else None)
        x, y = action.direction.tolist()
        at = moved(at, (math.copysign(15.0, x), 0.0) if abs(x) >= abs(y) else (0.0, math.copysign(15.0, y)))
        if math.dist(at, (370.0, 230.0)) < 32:
            return
    pytest.fail(f"it is at {at}")


def test_slow_moves_that_are_cut_to_nothing_are_asked_for_at_full_speed() -> None:
    """A game that cuts velocities to whole pixels, and a crowd in which one is to go slowly."""
    ground = nw.Terrain.from_rects([], size=(800, 400))
    npc = nw.load_npc("hunter", ground, (100, 200), seed=1, size=(30, 30), body=nw.TopDownBody(max_speed_px_s=180.0))
    at, ahead, stood, longest = np.array([100.0, 200.0]), np.array([145.0, 200.0]), 0, 0
    for _ in range(300):
        action = npc.step(tuple(at), (700.0, 200.0), 1 / 60, others=[tuple(ahead)])
        step = np.trunc(action.velocity_px_s / 60)
        ahead += (0.9, 0.0)  # slower than a pixel a frame
        stood = 0 if step.any() else stood + 1
        longest = max(longest, stood)
        at = at + step
    assert longest < 20


def test_one_that_the_game_holds_in_the_open_waits() -> None:
    ground = nw.Terrain.from_rects([], size=(800, 400))
    npc = nw.load_npc("hunter", ground, (100, 200), seed=1, size=(30, 30), body=nw.TopDownBody(max_speed_px_s=180.0))
    at = 100.0
    for frame in range(120):
        action = npc.step((at, 200.0), (700.0, 200.0), 1 / 60)
        assert action.direction[0] > 0.99
        at += 3.0 if not 40 <= frame < 80 else 0.0  # stunned


def test_ways_are_tried_nearest_first_and_longer_each_round() -> None:
    free, asked = GettingFree(), np.array([3.0, -1.0])
    tried = [tuple(free.velocity(asked, (0.0, 0.0), True, 10.0, (20, 20), DT).tolist()) for _ in range(16)]
    assert tried[:8:2] == tried[1:8:2] == [(10.0, 0.0), (0.0, -10.0), (0.0, 10.0), (-10.0, 0.0)]
    assert tried[8:12] == [(10.0, 0.0)] * 4
    assert free.velocity(asked, (0.0, -1.0), False, 10.0, (20, 20), DT) is asked  # it has moved
    for kept in (1, 2, 4):  # and is held up again
        way = free.velocity(asked, (0.0, -1.0), True, 10.0, (20, 20), DT).tolist()
        assert [free.velocity(asked, (0.0, -2.0), False, 10.0, (20, 20), DT).tolist() for _ in range(kept)] == [way] * kept
        assert free.velocity(asked, (0.0, -2.0), False, 10.0, (20, 20), DT) is asked
