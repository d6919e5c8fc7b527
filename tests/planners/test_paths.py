"""Paths: optimal over cells, legal for the body, never slower when pulled straight, and honest about what cannot be reached."""

from __future__ import annotations

import math
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

from npc_world.core.errors import BadInputError
from npc_world.core.terrain import Terrain
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_lines import line_time
from npc_world.models.surfaces import Surface, surface_table
from npc_world.planners.paths import PathSearch, find_path

NO_TABLE = np.empty((0, 4))


def ground_speed(row: np.ndarray, u: np.ndarray) -> float:
    """|factor · aim + push| along u, when the aim cancels the push across u."""
    across = row[2] * u[1] - row[3] * u[0]
    return max(0.02, float(row[2:] @ u) + math.sqrt(max(0.0, row[0] ** 2 - across ** 2)))


def length_of(path: np.ndarray) -> float:
    return float(np.hypot(*np.diff(path, axis=0).T).sum())


def half_on_each(a: np.ndarray, b: np.ndarray, u: np.ndarray) -> float:
    return 2.0 / (1.0 / ground_speed(a, u) + 1.0 / ground_speed(b, u))


def cell_path_time(grid: NavGrid, path: np.ndarray, table: np.ndarray | None) -> float:
    """Time at 1 px/s of a path over nodes, by the definition of edge times; every step must be a legal move."""
    total = 0.0
    cells = {tuple(grid.nodes_px[r, c]): (r, c) for r, c in np.argwhere(grid.free).tolist()}
    for a, b in pairwise(path):
        (ra, ca), (rb, cb) = cells[tuple(a)], cells[tuple(b)]
        step = b - a
        length = float(np.hypot(*step))
        factor = 1.0
        if table is not None:
            factor = half_on_each(table[grid.surface[ra, ca]], table[grid.surface[rb, cb]], step / length)
        assert any(grid.moves[ra, ca] >> d & 1 and (ra + MOVE_ROWS[d], ca + MOVE_COLS[d]) == (rb, cb) for d in range(8))
        total += length / factor
    return total


def shortest_time(grid: NavGrid, table: np.ndarray | None, start: tuple[int, int], goal: tuple[int, int]) -> float:
    graph = nx.DiGraph()
    for row, col in np.argwhere(grid.moves).tolist():
        for d in range(8):
            if grid.moves[row, col] >> d & 1:
                to = (int(row + MOVE_ROWS[d]), int(col + MOVE_COLS[d]))
                step = grid.nodes_px[to] - grid.nodes_px[row, col]
                length, factor = float(np.hypot(*step)), 1.0
                if table is not None and length > 0.0:
                    factor = half_on_each(table[grid.surface[row, col]], table[grid.surface[to]], step / length)
                graph.add_edge((row, col), to, weight=length / factor)
    try:
        return float(nx.dijkstra_path_length(graph, start, goal))
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return math.inf


def ground_of(rng: np.random.Generator, kind: str) -> Terrain:
    if kind == "noise":
        kinds = (rng.random((30, 41)) < 0.35).astype(int)
    elif kind == "rooms":
        kinds = np.zeros((33, 41), int)
        kinds[::8], kinds[:, ::8] = 1, 1
        for _ in range(140):
            kinds[rng.integers(33), rng.integers(41)] = 0
    else:
        kinds = np.zeros((30, 41), int)
        for _ in range(14):
            r, c = rng.integers(30), rng.integers(41)
            kinds[r:r + rng.integers(1, 8), c:c + rng.integers(1, 8)] = 1
    return Terrain.from_grid(kinds, cell_px=8, legend={0: "road", 1: "wall"})


@pytest.mark.parametrize("kind", ["noise", "rooms", "boxes"])
@pytest.mark.parametrize("seed", range(4))
def test_paths_over_cells_are_optimal_and_legal(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ground = ground_of(rng, kind)
    grid = NavGrid.of(ground)
    cells = np.argwhere(grid.free)
    reached = 0
    for _ in range(12):
        start, goal = (tuple(cells[i].tolist()) for i in rng.integers(len(cells), size=2))
        path = find_path(ground, grid.nodes_px[start], grid.nodes_px[goal], any_angle=False)
        best = shortest_time(grid, None, start, goal) if start != goal else 0.0
        if path is None:
            assert best == math.inf
            continue
        assert cell_path_time(grid, path, None) == pytest.approx(best, abs=1e-6)
        pulled = find_path(ground, grid.nodes_px[start], grid.nodes_px[goal])
        assert length_of(pulled) <= best + 1e-6
        reached += start != goal
    assert reached > 2


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [None, (12.0, 15.0)])
def test_paths_over_surfaces_are_fastest_and_pulling_never_slows_them(seed: int, size: tuple[float, float] | None) -> None:
    rng = np.random.default_rng(seed)
    ground = ground_of(rng, "boxes")
    for name in ("mud", "water", "ice", "grass"):
        for _ in range(4):
            ground.set_surface((rng.uniform(0, 300), rng.uniform(0, 220), rng.uniform(20, 90), rng.uniform(20, 90)), name)
    if size is not None:
        ground.set_solid((101.5, 77.7, 22.2, 33.3))
    table = surface_table(ground.surfaces, {"water": Surface(speed_factor=0.6, push_x=0.5 * (seed % 2), push_y=-0.2)})
    grid = NavGrid.of(ground, size)
    cells = np.argwhere(grid.free)
    reached = 0
    for _ in range(8):
        start, goal = (tuple(cells[i].tolist()) for i in rng.integers(len(cells), size=2))
        path = find_path(ground, grid.nodes_px[start], grid.nodes_px[goal], any_angle=False, size=size, surfaces=table)
        if path is None:
            assert shortest_time(grid, table, start, goal) == math.inf
            continue
        time = cell_path_time(grid, path, table)
        if size is None:
            assert time == pytest.approx(shortest_time(grid, table, start, goal) if start != goal else 0.0, rel=1e-9)
        pulled = find_path(ground, grid.nodes_px[start], grid.nodes_px[goal], size=size, surfaces=table)

        def along(points: np.ndarray) -> float:
            return sum(line_time(grid.surface, table, grid.cell_px, *a, *b) for a, b in pairwise(points))

        assert along(pulled) <= along(path) * (1 + 1e-6) + 1e-9
        assert all(grid.clear_line(a, b) for a, b in pairwise(pulled))
        reached += 1
    assert reached > 2


def test_mud_is_walked_around_when_that_is_faster() -> None:
    ground = Terrain.open_field((300, 200), cell_px=10, surface="road")
    ground.set_surface((100, 0, 100, 100), "mud")
    table = surface_table(ground.surfaces, {})
    around = find_path(ground, (45, 55), (255, 55), surfaces=table)
    assert around[:, 1].max() > 100
    assert len(find_path(ground, (45, 55), (255, 55))) == 2


def test_a_current_over_all_the_ground_counts_by_direction() -> None:
    ground = Terrain.open_field((300, 300), cell_px=10, surface="river")
    table = np.array([(0.8, 1.0, 0.5, 0.3)])
    grid = NavGrid.of(ground)
    for start, goal in (((3, 4), (20, 25)), ((25, 20), (4, 3)), ((5, 25), (25, 2)), ((7, 3), (7, 28)), ((7, 28), (7, 3))):
        path = find_path(ground, grid.nodes_px[start], grid.nodes_px[goal], any_angle=False, surfaces=table)
        assert cell_path_time(grid, path, table) == pytest.approx(shortest_time(grid, table, start, goal), rel=1e-9)


@pytest.mark.parametrize("width", [16.0, 20.0, 27.3])
def test_a_corridor_exactly_as_wide_as_the_body_is_walked_through(width: float) -> None:
    left = 70.7
    ground = Terrain.from_rects([(0, 100, left, 50), (left + width, 100, 400, 50)], size=(320, 240), cell_px=16)
    path = find_path(ground, (250, 30), (40, 210), size=(width, width))
    assert path is not None
    inside = path[(path[:, 1] > 100) & (path[:, 1] < 150)]
    np.testing.assert_allclose(inside[:, 0], left + width / 2, atol=1e-6)
    assert find_path(ground, (250, 30), (40, 210), size=(width * 1.001, width)) is None


def test_ends_are_the_positions_themselves() -> None:
    ground = Terrain.from_rects([(40, 0, 20, 80)], size=(100, 100), cell_px=10)
    path = find_path(ground, (3.3, 4.4), (96.5, 7.25))
    assert path[0].tolist() == [3.3, 4.4]
    assert path[-1].tolist() == [96.5, 7.25]
    here = find_path(ground, (3, 4), (3, 4))
    assert here[0].tolist() == here[-1].tolist() == [3.0, 4.0]
    assert find_path(ground, (3, 4), (6, 8)).tolist() == [[3.0, 4.0], [6.0, 8.0]]


def test_a_goal_inside_a_wall_is_approached_and_a_start_inside_one_left() -> None:
    ground = Terrain.from_rects([(40, 0, 20, 80)], size=(100, 100), cell_px=10)
    grid = NavGrid.of(ground, (8, 8))
    path = find_path(ground, (5, 5), (45, 35), size=(8, 8))
    np.testing.assert_allclose(path[-1], (36, 35), atol=1e-5)
    assert grid.fits(path[-1])
    out = find_path(ground, (55, 35), (90, 35), size=(8, 8))
    assert out[0].tolist() == [55.0, 35.0]
    assert out[-1].tolist() == [90.0, 35.0]
    off = find_path(ground, (-50, 500), (90, 95), size=(8, 8))
    assert off[0].tolist() == [-50.0, 500.0]


def test_what_cannot_be_reached_is_none_until_a_door_opens() -> None:
    ground = Terrain.from_rects([(40, 0, 20, 100)], size=(100, 100), cell_px=10)
    assert find_path(ground, (5, 5), (95, 95)) is None
    ground.set_solid((40, 40, 20, 20), False)
    assert find_path(ground, (5, 5), (95, 95)) is not None
    ground.set_solid((45, 40, 5, 20), True)
    assert find_path(ground, (5, 5), (95, 95)) is None
    assert find_path(Terrain.from_rects([(0, 0, 50, 50)], size=(50, 50)), (5, 5), (45, 45)) is None


@pytest.mark.parametrize("weighted", [False, True])
def test_a_search_stops_when_its_time_is_up_and_goes_on_later_to_the_same_path(weighted: bool) -> None:
    rng = np.random.default_rng(3)
    kinds = (rng.random((150, 150)) < 0.3).astype(int)
    kinds[:2], kinds[-2:], kinds[:, :2], kinds[:, -2:] = 0, 0, 0, 0
    ground = Terrain.from_grid(kinds, cell_px=8, legend={0: "road", 1: "wall"})
    if weighted:
        ground.set_surface((0, 500, 1200, 300), "mud")
    table = surface_table(ground.surfaces, {}) if weighted else None
    start, goal = (4.0, 4.0), (1196.0, 1196.0)
    search = PathSearch(ground, start, goal, surfaces=table)
    away, calls = [math.dist(start, goal)], 0
    while not search.run(seconds=0.0):
        so_far = search.path()
        assert so_far[0].tolist() == list(start)
        away.append(math.dist(so_far[-1], goal))
        calls += 1
    assert calls >= 2, "it did not stop in between"
    assert all(later <= sooner for sooner, later in pairwise(away)), "it never goes back on what it had"
    assert search.found
    np.testing.assert_array_equal(search.path(), find_path(ground, start, goal, surfaces=table))


def test_a_search_without_cells_or_with_a_closed_goal_says_so() -> None:
    ground = Terrain.from_rects([(40, 0, 20, 100)], size=(100, 100), cell_px=10)
    search = PathSearch(ground, (5, 5), (95, 95))
    assert not search.run(0)
    assert search.run(seconds=60.0)
    assert not search.found
    assert search.path() is None
    assert not search.outdated
    ground.set_solid((40, 40, 20, 20), False)
    assert search.outdated
    for budget in ({"most_cells": -1}, {"most_cells": 0.5}, {"seconds": math.nan}, {"seconds": -1.0}, {"seconds": "soon"}):
        with pytest.raises(BadInputError, match=next(iter(budget))):
            search.run(**budget)


@pytest.mark.parametrize("start, goal, name", [((math.nan, 0), (5, 5), "start"), ((5, 5), (math.inf, 0), "goal"), ((5, 5), "there", "goal")])
def test_bad_input_is_named(start: object, goal: object, name: str) -> None:
    with pytest.raises(BadInputError, match=name):
        find_path(Terrain.open_field((50, 50)), start, goal)
