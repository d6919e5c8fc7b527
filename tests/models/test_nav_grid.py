"""Where bodies fit: corridors of their own width, repair equal to rebuilding, moves that never enter a wall."""

from __future__ import annotations

import gc
import itertools
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from npc_world.core.errors import BadInputError
from npc_world.core.reading import Disc
from npc_world.core.terrain import Terrain
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_lines import first_block
from npc_world.models.nav_raster_lines import beside_line
from npc_world.planners.paths import find_path


def random_ground(rng: np.random.Generator, walls: int, aligned: bool) -> Terrain:
    size, cell = (200.0, 160.0), 10.0
    scale = cell if aligned else 1.0
    rects = [(rng.integers(0, 19) * 10 / 10 * scale if aligned else rng.uniform(0, 190), rng.integers(0, 15) * scale if aligned else rng.uniform(0, 150),
              rng.integers(1, 6) * scale if aligned else rng.uniform(1, 60), rng.integers(1, 4) * scale if aligned else rng.uniform(1, 40))
             for _ in range(walls)]
    return Terrain.from_rects(rects, size=size, cell_px=cell)


def enters(ground: Terrain, size: tuple[float, float], a: np.ndarray, b: np.ndarray) -> bool:
    """Brute force: sample the segment and compare with each grown rect and the border."""
    points = a + np.linspace(0.0, 1.0, 201)[:, None] * (b - a)
    x, y = points[:, 0], points[:, 1]
    if isinstance(size, Disc):
        radius, slack = size[0] / 2, 1e-6
        beyond = np.minimum(points, ground.size - points).min() < radius - slack
        nearest = np.clip(points[:, None], ground.rects[:, :2], ground.rects[:, 2:])
        return bool(beyond or (np.hypot(*(points[:, None] - nearest).transpose(2, 0, 1)) < radius - slack).any())
    hw, hh, slack = size[0] / 2, size[1] / 2, 1e-6
    if (x < hw - slack).any() or (x > ground.size[0] - hw + slack).any() or (y < hh - slack).any() or (y > ground.size[1] - hh + slack).any():
        return True
    r = ground.rects
    return bool(((r[:, 0] - hw + slack < x[:, None]) & (x[:, None] < r[:, 2] + hw - slack)
                 & (r[:, 1] - hh + slack < y[:, None]) & (y[:, None] < r[:, 3] + hh - slack)).any())


@pytest.mark.parametrize("left", [64.0, 70.0, 72.0, 75.3])
@pytest.mark.parametrize("width", [16.0, 32.0, 33.0, 21.7])
def test_a_body_as_wide_as_the_corridor_walks_its_centre_line(left: float, width: float) -> None:
    ground = Terrain.from_rects([(0, 100, left, 100), (left + width, 100, 400, 100)], size=(320, 320), cell_px=16)
    grid = NavGrid.of(ground, (width, width))
    rows = [row for row in range(grid.free.shape[0]) if 100 + 16 <= row * 16 < 200 - 32]
    for row in rows:
        standing = grid.nodes_px[row][grid.free[row]]
        assert len(standing) in (1, 2)
        assert standing[:, 0] == pytest.approx(left + width / 2, abs=1e-9)
    above, below = grid.nearest_free((left + width / 2, 60)), grid.nearest_free((left + width / 2, 260))
    assert above is not None and below is not None
    assert below in reachable(grid, above)


def reachable(grid: NavGrid, start: tuple[int, int]) -> set[tuple[int, int]]:
    seen, stack = {start}, [start]
    while stack:
        row, col = stack.pop()
        for d in range(8):
            if grid.moves[row, col] >> d & 1:
                to = (int(row + MOVE_ROWS[d]), int(col + MOVE_COLS[d]))
                if to not in seen:
                    seen.add(to)
                    stack.append(to)
    return seen


@pytest.mark.parametrize("offset", [0.0, 3.0, 8.0])
def test_corridors_of_the_body_s_width_that_cross_are_joined(offset: float) -> None:
    at, width = 64.0 + offset, 32.0
    walls = [(0, 0, at, at), (at + width, 0, 300, at), (0, at + width, at, 300), (at + width, at + width, 300, 300)]
    grid = NavGrid.of(Terrain.from_rects(walls, size=(256, 256), cell_px=16), (width, width))
    middle = at + width / 2
    ends = [grid.nearest_free(p) for p in ((middle, 16), (middle, 240), (16, middle), (240, middle))]
    assert all(end in reachable(grid, ends[0]) for end in ends)


@pytest.mark.parametrize(("size", "turned"), [((32.0, 16.0), False), ((16.0, 32.0), True), ((32.0, 32.0), False)])
def test_walls_that_overlap_leave_a_gap_as_wide_as_the_body(size: tuple[float, float], turned: bool) -> None:
    """One wall ends where the next begins, two cells further on: the body passes on the line between two columns only."""
    kinds = np.zeros((8, 14), int)
    kinds[3, :6], kinds[4, 8:] = 1, 1
    grid = NavGrid.of(Terrain.from_grid(kinds.T if turned else kinds, cell_px=16), size)
    far, near = grid.nearest_free((32, 112)), grid.nearest_free((208, 16))
    if turned:
        far, near = grid.nearest_free((112, 32)), grid.nearest_free((16, 208))
    assert near in reachable(grid, far)


def test_a_body_too_wide_does_not_pass() -> None:
    ground = Terrain.from_rects([(0, 100, 64, 100), (96, 100, 400, 100)], size=(320, 320), cell_px=16)
    grid = NavGrid.of(ground, (32.001, 32.0))
    assert (18, 5) not in reachable(grid, grid.nearest_free((80, 60)))


@pytest.mark.parametrize("radius", [14.0, 13.0])
def test_a_disc_passes_between_two_corners_where_a_box_does_not(radius: float) -> None:
    """28.3 px from corner to corner, 20 px across and down."""
    ground = Terrain.from_rects([(0, 100, 100, 100), (120, 0, 200, 80)], size=(240, 200), cell_px=4)
    start, goal = (60.0, 60.0), (180.0, 140.0)
    assert find_path(ground, start, goal, size=(2 * radius, 2 * radius)) is None
    path = find_path(ground, start, goal, size=Disc(radius))
    assert path is not None and not any(enters(ground, Disc(radius), a, b) for a, b in itertools.pairwise(path))
    assert find_path(ground, start, goal, size=Disc(14.2)) is None


def test_a_disc_goes_nearer_round_a_corner() -> None:
    ground = Terrain.from_rects([(0, 100, 100, 100)], size=(200, 200), cell_px=5)
    ways = [find_path(ground, (60, 85), (115, 150), size=size) for size in ((30.0, 30.0), Disc(15.0))]
    boxed, round_ = (float(np.hypot(*np.diff(way, axis=0).T).sum()) for way in ways)
    assert round_ < boxed - 3.0
    assert not any(enters(ground, Disc(15.0), a, b) for a, b in itertools.pairwise(ways[1]))


@pytest.mark.parametrize("cell_px", [16.0, 20.0])
def test_a_disc_as_wide_as_the_corridor_passes(cell_px: float) -> None:
    ground = Terrain.from_rects([(0, 100, 64, 100), (96, 100, 400, 100)], size=(320, 320), cell_px=cell_px)
    path = find_path(ground, (80, 60), (80, 260), size=Disc(16.0))
    assert path is not None and path[len(path) // 2, 0] == pytest.approx(80.0)
    assert find_path(ground, (80, 60), (80, 260), size=Disc(16.001)) is None


def test_a_disc_is_another_body_than_the_box_round_it() -> None:
    ground = Terrain.open_field((100, 100))
    assert NavGrid.of(ground, Disc(2)) is NavGrid.of(ground, Disc(2.0))
    assert NavGrid.of(ground, Disc(2)) is not NavGrid.of(ground, (4.0, 4.0))
    thing = SimpleNamespace(x=1.0, y=2.0, radius=2.0)
    assert NavGrid.of(ground, thing) is NavGrid.of(ground, Disc(2))


@pytest.mark.parametrize("seed", range(15))
def test_moves_never_enter_a_wall(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ground = random_ground(rng, 9, aligned=seed % 2 == 0)
    size = [(0.0, 0.0), (10.0, 10.0), (20.0, 20.0), (7.5, 23.0), Disc(9.0)][seed % 5]
    grid = NavGrid.of(ground, size)
    count = 0
    for row, col in np.argwhere(grid.moves):
        a = grid.nodes_px[row, col]
        assert grid.fits(a)
        for d in range(8):
            if grid.moves[row, col] >> d & 1:
                r, c = row + MOVE_ROWS[d], col + MOVE_COLS[d]
                assert grid.moves[r, c] >> (d + 4) % 8 & 1, "moves go both ways"
                assert not enters(ground, size, a, grid.nodes_px[r, c])
                count += 1
    assert count > 50


@pytest.mark.parametrize("seed", range(10))
def test_clear_line_agrees_with_brute_force(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ground = random_ground(rng, 6, aligned=seed % 2 == 0)
    size = [(0.0, 0.0), (8.0, 6.0), (24.0, 30.0), Disc(4.0), Disc(13.0)][seed % 5]
    grid = NavGrid.of(ground, size)
    both = [0, 0]
    for _ in range(400):
        a, b = rng.uniform(0, 1, (2, 2)) * ground.size
        free = not enters(ground, size, a, b)
        if free != grid.clear_line(a, b):
            assert free, "a clear line enters a wall"
            assert enters(ground, Disc(0.5 * size[0] + 0.5) if isinstance(size, Disc) else (size[0] + 1.0, size[1] + 1.0), a, b), "sampling may miss a corner, but only by a little"
        both[free] += 1
    assert min(both) > 10


@pytest.mark.parametrize("seed", range(8))
def test_repair_equals_rebuilding(seed: int) -> None:
    rng = np.random.default_rng(seed)
    aligned = seed % 2 == 0
    ground = random_ground(rng, 8, aligned)
    sizes = [None, (10.0, 10.0), (20.0, 20.0), (13.0, 27.5), Disc(5.0), Disc(11.0)]
    for size in sizes:
        assert NavGrid.of(ground, size).moves.any()
    for _ in range(30):
        scale = 10.0 if aligned else 1.0
        rect = (rng.integers(0, 200 / scale) * scale, rng.integers(0, 160 / scale) * scale,
                rng.integers(1, 40 / scale) * scale, rng.integers(1, 40 / scale) * scale)
        kind = rng.integers(4)
        if kind == 0:
            ground.set_hazard(rect, bool(rng.integers(2)))
        else:
            ground.set_solid(rect, bool(rng.integers(2)))
        if rng.random() < 0.3:
            continue
        for size in sizes:
            repaired, fresh = NavGrid.of(ground, size), NavGrid(ground, NavGrid.of(ground, size).size)
            assert repaired.exact == fresh.exact or repaired.exact
            np.testing.assert_array_equal(repaired.free, fresh.free)
            np.testing.assert_array_equal(repaired.moves, fresh.moves)
            np.testing.assert_allclose(repaired.nodes_px[fresh.free], fresh.nodes_px[fresh.free], atol=1e-9)


def test_raster_and_fitted_points_agree_where_both_are_exact() -> None:
    rng = np.random.default_rng(3)
    kinds = (rng.random((20, 25)) < 0.3).astype(int)
    kinds[0, 0] = 0
    plain = Terrain.from_grid(kinds, cell_px=8)
    odd = Terrain.from_grid(kinds, cell_px=8)
    odd.set_solid((0, 0, 1, 1))
    for size in ((0.0, 0.0), (5.0, 8.0), (8.0, 8.0)):
        raster, fitted = NavGrid.of(plain, size), NavGrid.of(odd, size)
        assert not raster.exact and fitted.exact
        np.testing.assert_array_equal(raster.free[2:, 2:], fitted.free[2:, 2:])
        np.testing.assert_array_equal(raster.moves[2:, 2:], fitted.moves[2:, 2:])


def test_a_point_does_not_slip_between_walls_that_touch() -> None:
    ground = Terrain.from_rects([(0, 40, 33, 20), (33, 40, 67, 20)], size=(100, 100), cell_px=10)
    grid = NavGrid.of(ground)
    assert not grid.clear_line((33, 10), (33, 90))
    assert grid.clear_line((0, 40), (100, 40))
    corner = NavGrid.of(Terrain.from_grid([[0, 1], [1, 0]], cell_px=10))
    assert not corner.clear_line((5, 5), (15, 15))


def test_nearest_free_from_inside_a_wall_and_outside_the_map() -> None:
    ground = Terrain.from_rects([(40, 0, 60, 100)], size=(100, 100), cell_px=10)
    grid = NavGrid.of(ground)
    assert grid.nearest_free((52, 55)) == (5, 3)
    assert grid.nearest_free((-500, 1000)) == (9, 0)
    assert NavGrid.of(Terrain.from_rects([(0, 0, 50, 50)], size=(50, 50))).nearest_free((5, 5)) is None


def test_hazards_are_not_free_nor_crossed() -> None:
    ground = Terrain.open_field((100, 100), cell_px=10)
    ground.set_hazard((40, 0, 20, 100))
    grid = NavGrid.of(ground, (10, 10))
    assert not grid.free[:, 4:6].any()
    assert not grid.clear_line((20, 50), (80, 50))


def test_one_grid_per_size_kept_no_longer_than_the_ground() -> None:
    ground = Terrain.open_field((100, 100))
    assert NavGrid.of(ground, (4, 4)) is NavGrid.of(ground, (4.0, 4.0))
    assert NavGrid.of(ground, (4, 4)) is not NavGrid.of(ground, (4, 5))
    gone = weakref.ref(ground)
    del ground
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("size", [(1, float("nan")), (-1, 2), "big", 7])
def test_a_bad_size_is_named(size: object) -> None:
    with pytest.raises(BadInputError, match="size="):
        NavGrid.of(Terrain.open_field((10, 10)), size)


@pytest.mark.parametrize("wall", [[(300, 0, 16, 480)], [(300, 0, 16, 200), (300, 200, 16, 280)], [(0, 203, 640, 10)]])
def test_a_wall_from_edge_to_edge_leaves_no_way_along_the_edge_for_a_point(wall: list[tuple[int, int, int, int]]) -> None:
    ground = Terrain.from_rects(wall, size=(640, 480), cell_px=16)
    assert find_path(ground, (20, 20), (600, 470)) is None


def test_a_wall_short_of_the_edge_leaves_a_way_for_a_point() -> None:
    ground = Terrain.from_rects([(300, 0, 16, 479.5)], size=(640, 480), cell_px=16)
    assert find_path(ground, (20, 20), (600, 20)) is not None


@pytest.mark.parametrize("size", [None, (10.0, 10.0), (4.0, 7.0), Disc(4.5)])
def test_lines_on_a_raster_are_clear_where_nothing_is_met_on_the_way(size: tuple[float, float] | None) -> None:
    """The short way for rasters, against what all grids are asked by: how far the body gets."""
    rng = np.random.default_rng(8)
    ground = Terrain.from_grid((rng.random((12, 14)) < 0.3).astype(int), cell_px=10)
    for _ in range(4):
        ground.set_hazard((*rng.integers(0, 110, 2), 15, 15))
    grid = NavGrid.of(ground, size)
    assert not grid.exact
    counted = {True: 0, False: 0}
    for k in range(4000):
        a, b = rng.integers(0, 15, (2, 2)) * (10.0, 10.0) if k % 2 else rng.uniform(-5, 145, (2, 2))  # corners are where lines touch
        b = a + (b - a) * rng.choice([0.2, 0.5, 1.0])
        expected = bool(first_block(grid.walls, *a, *b) > 1.0)
        if expected and size is None and (a != b).any():
            expected = any(first_block(grid.walls, *beside_line(grid.walls[7], side, *a, *b)) > 1.0 for side in (1.0, -1.0))
        assert grid.clear_line(a, b) == expected
        counted[expected] += 1
    assert min(counted.values()) > 100
