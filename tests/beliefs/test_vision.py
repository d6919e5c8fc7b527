"""What eyes see: range, cone, walls and smoke."""

from __future__ import annotations

import math

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.vision import Vision


def room() -> nw.Terrain:
    return nw.Terrain.from_rects([(100, 0, 20, 120)], size=(240, 200), cell_px=20)


def test_without_limits_it_sees_everything_it_is_told_of() -> None:
    assert Vision().sees(room(), (20, 20), 0.0, (220, 20))


def test_range_cone_and_walls_each_hide() -> None:
    ground = room()
    assert not Vision(range_px=50.0).sees(ground, (20, 20), 0.0, (80, 20))
    assert Vision(range_px=61.0).sees(ground, (20, 20), 0.0, (80, 20))
    ahead = Vision(cone_rad=math.pi / 2)
    assert ahead.sees(ground, (20, 20), 0.0, (80, 60)) and not ahead.sees(ground, (20, 20), math.pi, (80, 60))
    eyes = Vision(occlusion=True)
    assert not eyes.sees(ground, (20, 20), 0.0, (220, 20)) and eyes.sees(ground, (20, 180), 0.0, (220, 180))
    ground.set_opaque((0, 140, 240, 60))
    assert not eyes.sees(ground, (20, 100), 0.0, (20, 180))


def test_cells_seen_agree_with_points_seen() -> None:
    ground = room()
    eyes = Vision(range_px=150.0, cone_rad=2.0, occlusion=True)
    cells = eyes.seen_cells(ground, (30.0, 110.0), 0.3)
    for row, col in np.ndindex(*ground.shape):
        centre = ground.centre_of(row, col)
        if not ground.is_solid(centre) and math.dist(centre, (30.0, 110.0)) > 20.0:
            assert cells[row, col] == eyes.sees(ground, (30.0, 110.0), 0.3, centre)
    assert cells.any() and not cells.all()


def test_limits_are_checked() -> None:
    with pytest.raises(nw.BadInputError, match="range_px"):
        Vision(range_px=-1.0)
