"""Games that move whole pixels along `action.direction`, as many do: bodies get past corners that they are a part of a pixel beside."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import npc_world as nw

WALLS = [(0, 100, 64, 88), (128, 92, 64, 88)]
"""Beside a gap of 64 px; one wall ends 8 px above the other."""


def moved(box: list[int], direction: np.ndarray, speed: int, cut: Callable[[float], int]) -> None:
    """A step of a game that keeps whole pixels and puts a body back out of walls, one axis after the other."""
    for axis in range(2):
        box[axis] = cut(box[axis] + direction[axis] * speed)
        for wall in WALLS:
            if all(box[k] < wall[k] + wall[k + 2] and wall[k] < box[k] + box[k + 2] for k in range(2)):
                box[axis] = wall[axis] - box[axis + 2] if direction[axis] > 0 else wall[axis] + wall[axis + 2]


@pytest.mark.parametrize("cut", [math.floor, math.trunc, round])
@pytest.mark.parametrize("speed", [2, 3, 4, 5])
@pytest.mark.parametrize("beside", [-3, -2, -1, 1, 2])
def test_a_body_as_wide_as_the_gap_gets_into_it_from_beside_it(cut: Callable[[float], int], speed: int, beside: int) -> None:
    ground = nw.Terrain.from_rects(WALLS, size=(256, 320), cell_px=32)
    box = [64 + beside, 38, 64, 54]

    class Enemy:
        hitbox = property(lambda self: nw_rect(box))

    enemy = Enemy()
    npc = nw.load_npc("hunter", ground, enemy, seed=1, time="frames", body=nw.TopDownBody(max_speed_px_s=float(speed)))
    for _ in range(300):
        action = npc.step(enemy, (96.0, 290.0), 1)
        moved(box, action.direction, speed, cut)
        if box[1] > 188:
            return
    pytest.fail(f"it stands at {box}")


def nw_rect(box: list[int]) -> object:
    """Anything with x, y, w, h."""
    class Rect:
        x, y, w, h = box

    return Rect
