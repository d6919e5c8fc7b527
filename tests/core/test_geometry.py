"""Rays over a raster agree with exact geometry, in both directions."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from npc_world.core.geometry import first_hit, segment_hits_rect, visible_cells
from npc_world.core.terrain import Terrain

CELL = 16.0


def grid(*rows: str) -> Terrain:
    return Terrain.from_grid([[int(c == "#") for c in row] for row in rows], cell_px=CELL)


def hit(ground: Terrain, a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(first_hit(ground.ray_walls, *map(float, a), *map(float, b)))


@pytest.mark.parametrize(("segment", "expected"), [
    ((0, 5, 20, 5), 0.5), ((20, 5, 0, 5), 0.0), ((12, 5, 14, 5), 0.0), ((0, 5, 9, 5), 2.0),
    ((0, 0, 20, 0), 2.0),  # along the top edge
    ((10, -5, 10, 20), 2.0),  # along the left edge
    ((0, 10, 10, 20), 2.0), ((5, 5, 15, -5), 2.0),  # past, and through the corner (10, 0) alone
    ((12, 5, 12, 5), 2.0),  # no length
])
def test_segment_against_one_rect(segment: tuple[float, ...], expected: float) -> None:
    assert segment_hits_rect(*map(float, segment), 10.0, 0.0, 20.0, 10.0) == pytest.approx(expected)


def test_a_ray_stops_where_it_enters_a_wall() -> None:
    ground = grid("....", "..#.", "....")
    assert hit(ground, (0, 24), (64, 24)) == pytest.approx(0.5)
    assert hit(ground, (64, 24), (0, 24)) == pytest.approx(0.25)
    assert hit(ground, (0, 8), (64, 8)) == 2.0
    assert hit(ground, (40, 24), (0, 0)) == 0.0  # starts inside
    assert hit(ground, (0, 24), (32, 24)) == 2.0  # ends at the edge


def test_touching_is_no_hit_from_any_side() -> None:
    ground = grid("...", ".#.", "...")
    for line in (16.0, 32.0):
        assert hit(ground, (line, 0), (line, 48)) == 2.0
        assert hit(ground, (0, line), (48, line)) == 2.0
    for a, b in [((8, 24), (24, 8)), ((24, 8), (40, 24)), ((40, 24), (24, 40)), ((24, 40), (8, 24))]:  # centre to centre, past a corner
        assert hit(ground, a, b) == 2.0 == hit(ground, b, a)


def test_the_gap_of_no_width_between_two_walls_is_closed() -> None:
    corners = grid(".#", "#.")
    assert hit(corners, (8, 8), (24, 24)) == pytest.approx(0.5) == hit(corners, (24, 24), (8, 8))
    side_by_side = grid("....", ".##.", "....")
    assert hit(side_by_side, (32, 0), (32, 48)) == pytest.approx(1 / 3)
    assert hit(side_by_side, (32, 48), (32, 0)) == pytest.approx(1 / 3)
    lower_edge = grid("....", ".##.", ".##.", "....")
    assert hit(lower_edge, (0, 32), (64, 32)) == pytest.approx(0.25)


def test_random_rays_agree_with_the_walls_themselves() -> None:
    rng = np.random.default_rng(3)
    aligned = Terrain.from_grid((rng.random((12, 17)) < 0.3).astype(int), cell_px=CELL)
    loose = Terrain.from_rects([(*rng.uniform(-20, 250, 2), *rng.uniform(1, 50, 2)) for _ in range(25)], size=(272, 192), cell_px=CELL)
    for ground in (aligned, loose):
        blocked = 0
        for _ in range(1500):
            x0, y0, x1, y1 = (float(v) for v in rng.uniform(0, 1, 4) * (272, 192, 272, 192))
            expected = min([2.0, *(segment_hits_rect(x0, y0, x1, y1, *rect) for rect in ground.rects.tolist())])
            assert hit(ground, (x0, y0), (x1, y1)) == pytest.approx(expected, abs=1e-6)
            assert (hit(ground, (x1, y1), (x0, y0)) > 1.0) == (expected > 1.0)
            blocked += expected <= 1.0
        assert 200 < blocked < 1400


def test_sight_between_cell_centres_is_the_same_both_ways() -> None:
    rng = np.random.default_rng(4)
    ground = Terrain.from_grid((rng.random((9, 9)) < 0.35).astype(int), cell_px=CELL)
    centres = [(8 + 16 * c, 8 + 16 * r) for r in range(9) for c in range(9) if not ground.solid[r, c]]
    for a in centres:
        for b in centres:
            assert ground.line_of_sight(a, b) == ground.line_of_sight(b, a), (a, b)


def test_outside_the_map_nothing_is_solid_and_far_rays_are_quick() -> None:
    ground = grid("#.", "..")
    begin = time.perf_counter()
    assert hit(ground, (-1e12, 8), (1e12, 8)) == pytest.approx(0.5)
    assert hit(ground, (-1e12, -8), (1e12, -8)) == 2.0
    assert hit(ground, (-50, 8), (-10, 8)) == 2.0
    for bad in (math.nan, math.inf, -math.inf):
        assert hit(ground, (bad, 8), (20, 8)) == 2.0
        assert hit(ground, (20, 8), (20, bad)) == 2.0
    assert time.perf_counter() - begin < 1.0


def test_visible_cells_behind_a_wall_and_out_of_the_cone() -> None:
    ground = grid(".....", "..#..", ".....")

    def seen(range_px: float, heading_rad: float = 0.0, half_cone_rad: float = 4.0, at: tuple[float, float] = (8.0, 24.0)) -> list[str]:
        cells = visible_cells(ground.ray_walls, *at, range_px, heading_rad, half_cone_rad)
        return ["".join(".#"[int(cell)] for cell in row) for row in cells]

    assert seen(math.inf) == ["####.", "##...", "####."]
    assert seen(math.inf) == seen(1e9)
    assert seen(17.0) == ["#....", "##...", "#...."]
    assert seen(math.inf, 0.0, 0.5)[1] == "##..."
    assert seen(math.inf, math.pi, 0.5) == ["#....", "##...", "#...."]  # what it stands beside it notices in any direction
    assert "#" not in "".join(seen(math.nan, at=(math.nan, 1.0)))


def test_partial_cells_are_seen_where_their_centre_is_free() -> None:
    ground = Terrain.from_rects([(34, 0, 4, 32)], size=(80, 32), cell_px=CELL)
    cells = visible_cells(ground.ray_walls, 8.0, 8.0, math.inf, 0.0, 4.0)
    assert cells[0].tolist() == [True, True, False, False, False]


def test_what_eyes_see_is_what_single_rays_say_but_for_slivers() -> None:
    rng = np.random.default_rng(9)
    loose = Terrain.from_rects([(*rng.uniform(-20, 450, 2), *rng.uniform(4, 50, 2)) for _ in range(40)], size=(480, 400), cell_px=CELL)
    cells = Terrain.from_grid((rng.random((30, 26)) < 0.12).astype(int), cell_px=CELL)
    wrong = total = 0
    for ground in (loose, cells):
        for eye in rng.uniform(0, 1, (12, 2)) * ground.size:
            range_px, half_cone = float(rng.choice([150.0, math.inf])), float(rng.choice([0.7, 4.0]))
            seen = visible_cells(ground.ray_walls, float(eye[0]), float(eye[1]), range_px, 0.4, half_cone)
            for row, col in np.argwhere(ground.sight != 1):
                centre = ground.centre_of(row, col)
                off = math.remainder(math.atan2(centre[1] - eye[1], centre[0] - eye[0]) - 0.4, 2 * math.pi)
                away = math.dist(centre, eye)
                in_view = away <= range_px and (half_cone > math.pi or away <= CELL or abs(off) <= half_cone)
                wrong += bool(seen[row, col]) != (in_view and ground.line_of_sight(eye, centre))
                total += 1
    assert total > 10_000
    assert wrong <= 0.002 * total


def test_the_rects_of_a_cell_are_those_that_lie_in_it_or_touch_it() -> None:
    ground = Terrain.from_rects([(4, 4, 20, 4), (32, 0, 16, 16), (-50, 30, 500, 5)], size=(64, 48), cell_px=CELL)
    solid, _, first, items, _ = ground.ray_walls
    listed = {divmod(at, 4): items[first[at]:first[at + 1]].tolist() for at in range(12) if first[at] < first[at + 1]}
    assert listed == {(0, 0): [0], (0, 1): [0], **{(row, col): [1, 2] if (row, col) in ((1, 2), (1, 3)) else [2] for row in (1, 2) for col in range(4)}}
    assert solid[0, 2] == 1
    ground.set_solid((4, 4, 20, 4), False)
    assert ground.line_of_sight((0, 6), (30, 6)), "lists follow an edit"
