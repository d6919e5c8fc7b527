"""Travel times: equal to Dijkstra on the moves, currents and surfaces counted, headings that lead to the goal and into no wall."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest

from npc_world.core.errors import BadInputError
from npc_world.core.terrain import Terrain
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_grid import NavGrid
from npc_world.models.surfaces import Surface, surface_table
from npc_world.models.travel_time import travel_time, travel_time_fields


def ground_speed(row: np.ndarray, u: np.ndarray) -> float:
    """|factor · aim + push| along u, when the aim cancels the push across u."""
    across = row[2] * u[1] - row[3] * u[0]
    return max(0.02, float(row[2:] @ u) + math.sqrt(max(0.0, row[0] ** 2 - across ** 2)))


def half_on_each(a: np.ndarray, b: np.ndarray, u: np.ndarray) -> float:
    """Mean speed of a way half on surface a and half on b."""
    return 2.0 / (1.0 / ground_speed(a, u) + 1.0 / ground_speed(b, u))


def move_graph(grid: NavGrid, table: np.ndarray | None, speed: float) -> nx.DiGraph:
    """The definition of edge times, written out plainly."""
    graph = nx.DiGraph()
    for row, col in np.argwhere(grid.free).tolist():
        graph.add_node((row, col))
        for d in range(8):
            if grid.moves[row, col] >> d & 1:
                to = (int(row + MOVE_ROWS[d]), int(col + MOVE_COLS[d]))
                step = grid.nodes_px[to] - grid.nodes_px[row, col]
                length = float(np.hypot(*step))
                factor = 1.0
                if table is not None and length > 0:
                    factor = half_on_each(table[grid.surface[row, col]], table[grid.surface[to]], step / length)
                graph.add_edge((row, col), to, weight=length / (speed * factor))
    return graph


def patchy_ground(rng: np.random.Generator) -> Terrain:
    ground = Terrain.from_grid((rng.random((24, 30)) < 0.25).astype(int), cell_px=10, legend={0: "road", 1: "wall"})
    for name in ("mud", "water", "ice"):
        for _ in range(4):
            ground.set_surface((rng.uniform(0, 250), rng.uniform(0, 200), rng.uniform(20, 90), rng.uniform(20, 90)), name)
    return ground


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [None, (14.0, 10.0)])
def test_times_are_those_of_dijkstra(seed: int, size: tuple[float, float] | None) -> None:
    rng = np.random.default_rng(seed)
    ground = patchy_ground(rng)
    if size is not None:
        ground.set_solid((33.3, 44.4, 15.0, 70.0))
    table = None
    if seed % 3:
        table = surface_table(ground.surfaces, {"water": Surface(speed_factor=0.6, push_x=0.9, push_y=-0.2)})
    grid = NavGrid.of(ground, size)
    row, col = np.argwhere(grid.free & (grid.moves > 0))[rng.integers(50)].tolist()
    source = grid.nodes_px[row, col]
    graph = move_graph(grid, table, 80.0)
    to = travel_time(ground, source, 80.0, size=size, surfaces=table).times_s
    away = travel_time_fields(ground, [source], 80.0, size=size, surfaces=table)[0]
    for times, truth in ((away, nx.single_source_dijkstra_path_length(graph, (row, col))),
                         (to, nx.single_source_dijkstra_path_length(graph.reverse(), (row, col)))):
        expected = np.full(grid.free.shape, np.inf)
        for cell, time in truth.items():
            expected[cell] = time
        np.testing.assert_allclose(times, expected, rtol=1e-12, atol=1e-12)


def test_a_way_over_two_surfaces_takes_what_its_halves_take() -> None:
    ground = Terrain.from_grid([[0, 0, 2, 0, 0]], cell_px=10, legend={0: "road", 2: "bog"})
    table = surface_table(ground.surfaces, {"bog": Surface(speed_factor=0.25)})
    field = travel_time(ground, (5, 5), 10.0, surfaces=table)
    assert field.times_s.tolist() == [[0.0, 1.0, 1.0 + 0.5 + 2.0, 2.0 * 3.5 - 1.0, 2.0 * 3.5]]
    assert field.at((25, 5)) == pytest.approx(3.5)


def test_several_goals_take_the_nearest() -> None:
    rng = np.random.default_rng(1)
    ground = patchy_ground(rng)
    goals = np.array([(15.0, 15.0), (200.0, 200.0), (150.0, 40.0)])
    together = travel_time(ground, goals, 50.0).times_s
    apart = np.minimum.reduce([travel_time(ground, goal, 50.0).times_s for goal in goals])
    np.testing.assert_allclose(together, apart, rtol=1e-12)


def test_a_bounded_field_is_the_near_part_of_the_whole() -> None:
    rng = np.random.default_rng(2)
    ground = patchy_ground(rng)
    starts = rng.uniform(0, 240, (5, 2))
    whole = travel_time_fields(ground, starts, 40.0)
    near = travel_time_fields(ground, starts, 40.0, max_time_s=2.0)
    np.testing.assert_allclose(near, np.where(whole <= 2.0, whole, np.inf), rtol=1e-12)


def test_following_the_heading_arrives_without_touching_a_wall() -> None:
    rng = np.random.default_rng(5)
    rects = [(rng.uniform(0, 250), rng.uniform(0, 180), rng.uniform(5, 60), rng.uniform(5, 60)) for _ in range(12)]
    ground = Terrain.from_rects(rects, size=(300, 240), cell_px=10)
    size = (11.0, 17.0)
    grid = NavGrid.of(ground, size)
    goal = grid.nodes_px[tuple(np.argwhere(grid.moves)[-5])]
    field = travel_time(ground, goal, 60.0, size=size)
    starts = np.argwhere(np.isfinite(field.times_s))
    assert len(starts) > 100
    for row, col in starts[:: len(starts) // 25]:
        position = grid.nodes_px[row, col].copy()
        expected, dt_s, spent = float(field.times_s[row, col]), 1 / 60, 0.0
        while np.hypot(*(goal - position)) > 1.5:
            step = field.direction(position) * 60.0 * dt_s
            assert np.hypot(*step) == pytest.approx(1.0)
            assert grid.clear_line(position, position + step) or spent + 2 * dt_s > expected
            position += step
            spent += dt_s
            assert spent < expected * 1.02 + 5 * dt_s
    assert field.direction(goal).tolist() == [0.0, 0.0]


def test_times_between_cells_do_not_leak_through_walls() -> None:
    ground = Terrain.from_grid([[0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0]], cell_px=10)
    field = travel_time(ground, (55, 5), 10.0)
    below = field.at([(55, 21), (55, 25), (55, 29)])
    assert (below > 5.0).all()
    np.testing.assert_allclose(below, below[1], atol=0.6)


def test_times_change_smoothly_and_the_goal_is_reached_in_no_time() -> None:
    ground = Terrain.open_field((200, 200), cell_px=10)
    field = travel_time(ground, (102.5, 97.0), 10.0)
    assert field.at((102.5, 97.0)) == pytest.approx(0.0)
    points = np.column_stack([np.linspace(5, 195, 500), np.full(500, 63.0)])
    np.testing.assert_allclose(field.at(points), np.hypot(*(points - (102.5, 97.0)).T) / 10.0, rtol=1e-9)


def test_a_point_inside_a_wall_reads_the_nearest_free_cell() -> None:
    ground = Terrain.from_rects([(40, 0, 40, 100)], size=(200, 100), cell_px=10)
    field = travel_time(ground, (5, 55), 10.0)
    assert field.at((44, 55)) == pytest.approx(float(field.times_s[5, 3]))
    assert field.at((150, 55)) == math.inf
    np.testing.assert_allclose(field.direction((44, 55)), (-1.0, 0.0))
    np.testing.assert_array_equal(field.direction((150, 55)), (0.0, 0.0))


def test_a_current_makes_the_way_back_longer() -> None:
    ground = Terrain.open_field((400, 100), cell_px=10, surface="water")
    table = np.array([(0.6, 1.0, 0.4, 0.0)])
    with_it = travel_time(ground, (395, 45), 10.0, surfaces=table).at((5, 45))
    against = travel_time(ground, (5, 45), 10.0, surfaces=table).at((395, 45))
    assert with_it == pytest.approx(39.0)
    assert against == pytest.approx(195.0)


@pytest.mark.parametrize("arguments, name", [
    (((math.nan, 0.0), 10.0, {}), "goal"), (((0.0, 0.0), -1.0, {}), "speed_px_s"), (((0.0, 0.0), math.inf, {}), "speed_px_s"),
    (((0.0, 0.0), 10.0, {"max_time_s": math.nan}), "max_time_s"), (((0.0, 0.0), 10.0, {"surfaces": [(1.0, 1.0)]}), "surfaces"),
    (((0.0, 0.0), 10.0, {"surfaces": [(0.0, 1.0, 0.0, 0.0)]}), "surfaces"), (([[1.0, 2.0, 3.0]], 10.0, {}), "goal"),
])
def test_bad_input_is_named(arguments: tuple, name: str) -> None:
    goal, speed, rest = arguments
    with pytest.raises(BadInputError, match=name):
        travel_time(Terrain.open_field((100, 100)), goal, speed, **rest)
