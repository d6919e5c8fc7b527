"""The arena's physics, against figures worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from npc_world.arena.truth import Truth
from npc_world.core.terrain import Terrain


def lane(kinds: list[int]) -> Truth:
    """One row of cells 10 px wide, road 0 and mud 1, mud at half speed; a body of no size."""
    return Truth(Terrain.from_grid(np.array([kinds]), 10, {0: "road", 1: "mud"}), 0.0, {"road": 1.0, "mud": 0.5})


def test_a_step_across_two_surfaces_is_exact() -> None:
    # 5 px of road at 10 px/s take 0.5 s; the other 0.5 s in mud are worth 2.5 px
    assert lane([0, 1]).move(5.0, 5.0, 10.0, 0.0, 10.0, 1.0) == pytest.approx((12.5, 5.0))


def test_many_short_steps_come_as_far_as_one_long_one() -> None:
    truth, x = lane([0, 1, 0, 1, 0]), 1.0
    for _ in range(37):
        x, _ = truth.move(x, 5.0, 10.0, 0.0, 10.0, 0.1)
    assert x == pytest.approx(truth.move(1.0, 5.0, 10.0, 0.0, 10.0, 3.7)[0])


def test_wishes_above_the_top_speed_are_cut() -> None:
    assert lane([0, 0]).move(0.0, 5.0, 300.0, 0.0, 4.0, 1.0) == pytest.approx((4.0, 5.0))


def test_a_body_slides_along_a_wall_with_its_edge_on_it() -> None:
    truth = Truth(Terrain.from_rects([(50, 0, 10, 100)], (100, 100), 10), 4.0, {})
    x, y = truth.move(40.0, 20.0, 10.0, 10.0, 20.0, 2.0)
    assert (x, y) == pytest.approx((46.0, 40.0))
    assert truth.move(x, y, 10.0, 10.0, 20.0, 1.0) == pytest.approx((46.0, 50.0))


def test_the_edge_of_the_map_holds_the_body() -> None:
    truth = Truth(Terrain.open_field((100, 100), 10), 4.0, {})
    assert truth.move(90.0, 50.0, 100.0, 30.0, 200.0, 1.0) == pytest.approx((96.0, 80.0))


def test_a_head_on_corner_stops_neither_axis_for_ever() -> None:
    truth = Truth(Terrain.from_rects([(50, 50, 10, 10)], (100, 100), 10), 0.0, {})
    x, y = truth.move(40.0, 40.0, 10.0, 10.0, 20.0, 2.0)
    assert (x == pytest.approx(50.0) and y == pytest.approx(60.0)) or (x == pytest.approx(60.0) and y == pytest.approx(50.0))


def test_a_body_under_a_closing_door_walks_out() -> None:
    ground = Terrain.from_rects([], (100, 100), 10)
    truth = Truth(ground, 4.0, {})
    ground.set_solid((40, 40, 20, 20), True)
    assert not truth.fits(50.0, 50.0)
    assert truth.move(50.0, 50.0, 40.0, 0.0, 40.0, 1.0) == pytest.approx((90.0, 50.0))
    assert truth.move(90.0, 50.0, -40.0, 0.0, 40.0, 1.0) == pytest.approx((64.0, 50.0))


def test_no_walk_enters_a_wall_stands_still_or_goes_too_far() -> None:
    """Cells whose width is no binary fraction, positions on their lines, odd directions: nobody gets stuck on a line."""
    rng = np.random.default_rng(3)
    kinds = (rng.random((20, 20)) < 0.15).astype(int)
    kinds[0, 0] = 0
    truth = Truth(Terrain.from_grid(kinds, 0.3), 0.1, {})
    x, y = 0.15, 0.15
    for _ in range(3000):
        angle = rng.choice([0.0, math.pi / 2, math.pi / 4, rng.uniform(-math.pi, math.pi)]) + math.pi * rng.integers(0, 2)
        before = (x, y)
        x, y = truth.move(x, y, math.cos(angle), math.sin(angle), 1.0, 0.05)
        assert math.dist(before, (x, y)) <= 0.05 * (1 + 1e-9)
        grown = truth.grown
        assert not np.any((grown[:, 0] + 1e-9 < x) & (x < grown[:, 2] - 1e-9) & (grown[:, 1] + 1e-9 < y) & (y < grown[:, 3] - 1e-9))
    open_field = Truth(Terrain.open_field((6.0, 6.0), 0.3), 0.1, {})
    for k in range(1, 19):
        for ux, uy in ((0.6, 0.8), (-0.6, 0.8), (0.6, -0.8), (-0.6, -0.8)):
            at = (k * 0.3, k * 0.3)
            assert math.dist(at, open_field.move(*at, ux, uy, 1.0, 0.05)) == pytest.approx(0.05)
