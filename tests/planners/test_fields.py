"""Fields and paths while the map changes: always equal to those of a map built anew; searches that stop and go on."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.core.terrain import Terrain
from npc_world.models.surfaces import Surface, surface_table
from npc_world.planners.fields import travel_time
from npc_world.planners.paths import PathSearch, find_path


def rebuilt(ground: Terrain) -> Terrain:
    """The same map, made from nothing."""
    kinds = np.where(ground.solid == 1, len(ground.surfaces), ground.surface)
    legend = {**dict(enumerate(ground.surfaces)), len(ground.surfaces): "solid rock"}
    fresh = Terrain.from_grid(kinds, cell_px=ground.cell_px, legend=legend, solid={"solid rock"})
    for row, col in np.argwhere(ground.hazard):
        fresh.set_hazard((col * ground.cell_px, row * ground.cell_px, ground.cell_px, ground.cell_px))
    return fresh


def length_of(path: np.ndarray | None) -> float:
    return np.inf if path is None else float(np.hypot(*np.diff(path, axis=0).T).sum())


@pytest.mark.parametrize("seed", range(3))
def test_after_edits_paths_and_fields_equal_those_of_a_fresh_map(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ground = Terrain.from_grid((rng.random((22, 26)) < 0.2).astype(int), cell_px=8, legend={0: "road", 1: "wall"})
    beliefs = {"water": Surface(speed_factor=0.5, push_x=0.2), "mud": Surface(speed_factor=0.4)}
    goals = rng.uniform(10, 160, (4, 2))
    for step in range(60):
        rect = (rng.integers(26) * 8, rng.integers(22) * 8, rng.integers(1, 5) * 8, rng.integers(1, 5) * 8)
        kind = rng.integers(4)
        if kind == 0:
            ground.set_surface(rect, ["road", "mud", "water"][rng.integers(3)])
        elif kind == 1:
            ground.set_hazard(rect, bool(rng.integers(2)))
        else:
            ground.set_solid(rect, bool(rng.integers(2)))
        if step % 3:
            continue
        fresh = rebuilt(ground)
        table, fresh_table = surface_table(ground.surfaces, beliefs), surface_table(fresh.surfaces, beliefs)
        a, b = tuple(goals[rng.integers(4)].tolist()), tuple(goals[rng.integers(4)].tolist())
        np.testing.assert_allclose(travel_time(ground, a, 20.0).times_s, travel_time(fresh, a, 20.0).times_s, rtol=1e-9)
        np.testing.assert_allclose(travel_time(ground, a, 20.0, surfaces=table).times_s,
                                   travel_time(fresh, a, 20.0, surfaces=fresh_table).times_s, rtol=1e-9)
        assert length_of(find_path(ground, a, b, any_angle=False)) == pytest.approx(length_of(find_path(fresh, a, b, any_angle=False)))
        slow, same = (find_path(g, a, b, any_angle=False, surfaces=t) for g, t in ((ground, table), (fresh, fresh_table)))
        assert (slow is None) == (same is None)


@pytest.mark.parametrize("size, surfaces", [(None, False), (None, True), ((11.0, 9.0), False)])
def test_a_search_in_portions_ends_where_one_at_once_does(size: tuple[float, float] | None, surfaces: bool) -> None:
    rng = np.random.default_rng(2)
    ground = Terrain.from_grid((rng.random((40, 40)) < 0.3).astype(int), cell_px=8, legend={0: "road", 1: "wall"})
    if size is not None:
        ground = Terrain.from_rects([(rng.uniform(0, 300), rng.uniform(0, 300), 25, 25) for _ in range(30)], size=(320, 320), cell_px=8)
    ground.set_surface((100, 60, 150, 80), "mud")
    table = surface_table(ground.surfaces, {}) if surfaces else None
    start, goal = (12.0, 12.0), (300.0, 308.0)
    whole = find_path(ground, start, goal, size=size, surfaces=table)
    search = PathSearch(ground, start, goal, size=size, surfaces=table)
    portions, nearest = 0, []
    while not search.run(7):
        portions += 1
        partial = search.path()
        assert partial[0].tolist() == list(start)
        nearest.append(np.hypot(*(partial[-1] - goal)))
    assert portions > 3 and nearest[-1] < nearest[0]
    np.testing.assert_allclose(search.path(), whole)
    search.close()
    np.testing.assert_allclose(find_path(ground, start, goal, size=size, surfaces=table), whole)


def test_a_search_given_up_does_not_disturb_the_next() -> None:
    ground = Terrain.from_grid((np.random.default_rng(5).random((40, 40)) < 0.3).astype(int), cell_px=8)
    whole = find_path(ground, (12.0, 12.0), (300.0, 308.0), any_angle=False)
    search = PathSearch(ground, (300.0, 308.0), (12.0, 12.0))
    search.run(5)
    search.close()
    np.testing.assert_array_equal(find_path(ground, (12.0, 12.0), (300.0, 308.0), any_angle=False), whole)
