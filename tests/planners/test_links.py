"""Ways that are not walked: taken when that is fastest, never when they may not be, and equal to a plain search over a graph."""

from __future__ import annotations

import math
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

import npc_world as nw
from npc_world.models.nav_cells import MOVE_COLS, MOVE_ROWS
from npc_world.models.nav_eikonal import straight_time_fields
from npc_world.models.nav_grid import NavGrid
from npc_world.models.nav_lines import line_time
from npc_world.models.surfaces import surface_table
from npc_world.models.travel_time import travel_time_fields

SPEED = 50.0


def random_ground(rng: np.random.Generator, links: int, weighted: bool) -> nw.Terrain:
    kinds = np.zeros((20, 26), int)
    for _ in range(9):
        r, c = rng.integers(20), rng.integers(26)
        kinds[r:r + rng.integers(1, 12), c:c + rng.integers(1, 5)] = 1
    if weighted:
        kinds[(rng.random(kinds.shape) < 0.4) & (kinds == 0)] = 2
    ground = nw.Terrain.from_grid(kinds, 8, {0: "road", 1: "wall", 2: "mud"})
    free = np.argwhere(NavGrid.of(ground).free)
    ways = []
    for _ in range(links):
        a, b = free[rng.choice(len(free), 2, replace=False)]
        ways.append(nw.Link(start=ground.centre_of(*a), end=ground.centre_of(*b), time_s=float(rng.choice([0.0, 0.1, 1.0, 4.0])),
                            kind=str(rng.choice(["jump", "ladder", "teleporter", "door", "one-way"])),
                            needs=[None, None, "key"][rng.integers(3)], both_ways=bool(rng.random() < 0.3)))
    return ground.with_links(*ways)


def oracle(ground: nw.Terrain, table: np.ndarray | None, holding: tuple[str, ...]) -> nx.DiGraph:
    """Cells with the moves and the links that may be taken, in seconds."""
    grid, graph = NavGrid.of(ground), nx.DiGraph()
    graph.add_nodes_from(map(tuple, np.argwhere(grid.free).tolist()))
    for row, col in np.argwhere(grid.free).tolist():
        for d in range(8):
            if grid.moves[row, col] >> d & 1:
                to = (int(row + MOVE_ROWS[d]), int(col + MOVE_COLS[d]))
                factor = 1.0 if table is None else 2.0 / (1.0 / table[grid.surface[row, col], 0] + 1.0 / table[grid.surface[to], 0])
                graph.add_edge((row, col), to, weight=8.0 * (1.0 if d % 2 == 0 else math.sqrt(2.0)) / factor / SPEED)
    for link in ground.links:
        if link.needs is None or link.needs in holding:
            for way in (link, link.backwards()) if link.both_ways else (link,):
                a, b = ground.cell_of(way.start), ground.cell_of(way.end)
                known = graph.get_edge_data(a, b, {"weight": math.inf})["weight"]
                graph.add_edge(a, b, weight=min(known, way.time_s))
    return graph


def seconds_of(ground: nw.Terrain, path: np.ndarray, table: np.ndarray | None) -> float:
    """Time along waypoints; every leg must be a link or a straight line that is clear."""
    grid, legs, total = NavGrid.of(ground), nw.links_along(ground, path), 0.0
    for i, (a, b) in enumerate(pairwise(path)):
        clear = grid.clear_line(a, b)
        walk = line_time(grid.surface, np.empty((0, 4)) if table is None else table, 8.0, *a, *b) / SPEED if clear else math.inf
        assert clear or i in legs
        total += min(walk, legs[i].time_s if i in legs else math.inf)
    return total


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("weighted", [False, True])
def test_paths_and_fields_with_links_are_those_of_a_search_over_the_graph(seed: int, weighted: bool) -> None:
    rng = np.random.default_rng(100 + seed)
    ground = random_ground(rng, 6, weighted)
    table = surface_table(ground.surfaces, {}) if weighted else None
    free = np.argwhere(NavGrid.of(ground).free)
    for holding in ((), ("key", "torch")):
        graph = oracle(ground, table, holding)
        start, goal = (tuple(free[i].tolist()) for i in rng.choice(len(free), 2, replace=False))
        a, b = ground.centre_of(*start), ground.centre_of(*goal)
        best = nx.single_source_dijkstra_path_length(graph, start)
        cells = nw.find_path(ground, a, b, any_angle=False, surfaces=table, speed_px_s=SPEED, holding=holding)
        pulled = nw.find_path(ground, a, b, surfaces=table, speed_px_s=SPEED, holding=holding)
        if goal not in best:
            assert cells is None and pulled is None
        else:
            walked = [ground.cell_of(point) for point in cells]
            assert walked[0] == start and walked[-1] == goal
            assert sum(graph.edges[step]["weight"] for step in pairwise(walked)) == pytest.approx(best[goal], abs=1e-9)
            assert seconds_of(ground, pulled, table) <= seconds_of(ground, cells, table) * (1 + 1e-6) + 1e-9
        away = travel_time_fields(ground, [a], SPEED, surfaces=table, holding=holding)[0]
        towards = nw.travel_time(ground, b, SPEED, surfaces=table, holding=holding).times_s
        back = nx.single_source_dijkstra_path_length(graph.reverse(), goal)
        for row, col in free.tolist():
            assert away[row, col] == pytest.approx(best.get((row, col), math.inf), abs=1e-9)
            assert towards[row, col] == pytest.approx(back.get((row, col), math.inf), abs=1e-9)


def test_portions_do_not_change_the_way_and_lead_through_links_on_the_way() -> None:
    rng = np.random.default_rng(8)
    ground = random_ground(rng, 8, True)
    free = np.argwhere(NavGrid.of(ground).free)
    for _ in range(10):
        a, b = (ground.centre_of(*free[i]) for i in rng.integers(len(free), size=2))
        search = nw.PathSearch(ground, a, b, speed_px_s=SPEED)
        while not search.run(7):
            assert search.path()[0].tolist() == a.tolist()
        whole = nw.find_path(ground, a, b, speed_px_s=SPEED)
        assert (search.path() is None) == (whole is None)
        if whole is not None:
            np.testing.assert_array_equal(search.path(), whole)


def gap() -> nw.Terrain:
    """Two rooms, with a wall between them from edge to edge."""
    return nw.Terrain.from_rects([(140, 0, 40, 200)], size=(320, 200), cell_px=10)


def test_a_gap_is_jumped_and_not_jumped_back() -> None:
    ground = gap()
    assert nw.find_path(ground, (20, 100), (300, 100)) is None
    ground.set_links([nw.Link(start=(133.0, 52.0), end=(187.0, 52.0), time_s=0.6)])
    path = nw.find_path(ground, (20, 100), (300, 100), size=(12, 12))
    assert [133.0, 52.0] in path.tolist() and [187.0, 52.0] in path.tolist()
    legs = nw.links_along(ground, path)
    assert [link.kind for link in legs.values()] == ["jump"]
    assert nw.find_path(ground, (300, 100), (20, 100), size=(12, 12)) is None
    ground.set_links([])
    assert nw.find_path(ground, (20, 100), (300, 100)) is None


def test_a_locked_door_is_a_way_for_those_with_the_key() -> None:
    ground = gap().with_links(nw.Link(start=(125, 105), end=(195, 105), time_s=1.0, kind="door", needs="red key", both_ways=True))
    assert nw.find_path(ground, (20, 100), (300, 100), holding=("blue key",)) is None
    assert nw.find_path(ground, (300, 100), (20, 100), holding=("red key",)) is not None
    assert nw.travel_time(ground, (300, 100), 100.0).at((20, 100)) == math.inf
    assert nw.travel_time(ground, (305, 105), 100.0, holding={"red key"}).at((25, 105)) == pytest.approx(1.0 + 1.0 + 1.1)


def test_a_slow_ladder_is_left_by_those_who_walk_fast() -> None:
    ground = nw.Terrain.from_rects([(140, 0, 40, 150)], size=(320, 200), cell_px=10)
    ground.set_links([nw.Link(start=(135, 15), end=(185, 15), time_s=2.0, kind="ladder")])
    slow = nw.find_path(ground, (105, 15), (215, 15), speed_px_s=40.0)
    fast = nw.find_path(ground, (105, 15), (215, 15), speed_px_s=400.0)
    assert nw.links_along(ground, slow) and not nw.links_along(ground, fast)


def test_following_a_field_leads_to_the_link_and_over_it() -> None:
    ground = gap().with_links(nw.Link(start=(132, 37), end=(188, 37), time_s=0.5))
    field, me = nw.travel_time(ground, (300, 180), 100.0), np.array([20.0, 180.0])
    for _ in range(1000):
        link = field.link(me)
        if link is not None and math.dist(me, link.start) < 0.5:
            np.testing.assert_allclose(field.direction(me), (1.0, 0.0), atol=0.05)
            me = np.array(link.end)
            break
        me = me + field.direction(me) * 0.5
    assert me.tolist() == [188.0, 37.0]
    for _ in range(600):
        me = me + field.direction(me) * 0.5
    np.testing.assert_allclose(me, (300, 180), atol=1.0)


def test_straight_times_and_interception_know_links() -> None:
    ground = gap().with_links(nw.Link(start=(125, 105), end=(195, 105), time_s=0.5, kind="teleporter"))
    times = straight_time_fields(ground, np.array([[25.0, 105.0]]), 100.0)[0]
    assert times[ground.cell_of((295, 105))] == pytest.approx(1.0 + 0.5 + 1.0, rel=0.02)
    standing = nw.Forecast(np.linspace(0.2, 4.0, 20), np.full((1, 20, 2), (295.0, 105.0)), np.ones(1), np.zeros((1, 20, 2, 2)), ("stays",))
    meeting = nw.intercept(ground, (25, 105), 100.0, standing, size=(10, 10))
    assert meeting.time_s == pytest.approx(2.5, rel=0.05)


@pytest.mark.parametrize("wrong, named", [
    ({"start": (math.nan, 0)}, "start"), ({"end": "there"}, "end"), ({"end": (1.0, 2.0)}, "end"), ({"time_s": -1.0}, "time_s"),
    ({"time_s": math.inf}, "time_s"), ({"kind": "fly"}, "kind"), ({"needs": ""}, "needs")])
def test_wrong_links_are_named(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(nw.BadInputError, match=named):
        nw.Link(**{"start": (1.0, 2.0), "end": (5.0, 2.0), "time_s": 0.5, **wrong})


def test_links_off_the_map_and_odd_arguments_are_named() -> None:
    ground = nw.Terrain.open_field((100, 100))
    with pytest.raises(nw.BadInputError, match=r"links has end=\(500"):
        ground.set_links([nw.Link(start=(1, 1), end=(500, 1), time_s=1.0)])
    with pytest.raises(nw.BadInputError, match="links has"):
        ground.set_links([(1, 2)])
    assert ground.links == ()
    ground.set_links([nw.Link(start=(1, 1), end=(50, 1), time_s=1.0)])
    with pytest.raises(nw.BadInputError, match="speed_px_s"):
        nw.find_path(ground, (1, 1), (50, 1), speed_px_s=0.0)
    with pytest.raises(nw.BadInputError, match="holding"):
        nw.find_path(ground, (1, 1), (50, 1), holding="key")


def test_a_link_that_begins_where_the_body_does_not_fit_is_no_way() -> None:
    ground = nw.Terrain.from_rects([(140, 0, 40, 200), (100, 40, 40, 50), (100, 110, 40, 50)], size=(320, 200), cell_px=10)
    ground.set_links([nw.Link(start=(130, 100), end=(190, 100), time_s=0.5)])
    assert nw.find_path(ground, (20, 100), (300, 100), size=(16, 16)) is not None
    assert nw.find_path(ground, (20, 100), (300, 100), size=(30, 30)) is None
