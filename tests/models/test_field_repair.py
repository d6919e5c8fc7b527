"""A field kept up to date over a changing map is the field of that map."""

from __future__ import annotations

import math

import numpy as np
import pytest

import npc_world as nw
from npc_world.models.nav_grid import NavGrid
from npc_world.models.surfaces import surface_table
from npc_world.models.travel_time import travel_time


def fresh_copy(ground: nw.Terrain) -> nw.Terrain:
    """The same level, built anew: nothing kept, nothing repaired."""
    return nw.Terrain(ground.size, ground.cell_px, ground.surface.copy(), ground.surfaces, ground.rects.copy(), ground.solid == 1)


def edit(ground: nw.Terrain, rng: np.random.Generator) -> None:
    """A door, a bridge, a wall or a patch of ground somewhere."""
    rows, cols = ground.shape
    row, col = rng.integers(rows), rng.integers(cols)
    height, width = ((1, 1), (1, 3), (3, 1), (2, 2), (1, 8))[rng.integers(5)]
    rect = (col * 8, row * 8, min(width, cols - col) * 8, min(height, rows - row) * 8)
    if rng.random() < 0.25:
        ground.set_surface(rect, str(rng.choice(["mud", "road"])))
    else:
        ground.set_solid(rect, bool(rng.random() < 0.5))


def play(edits: int, seed: int) -> tuple[int, int]:
    """So many edits on several maps: (fields repaired, paths compared)."""
    rng, done, repaired, paths = np.random.default_rng(seed), 0, 0, 0
    while done < edits:
        shape = tuple(rng.integers(12, 40, 2).tolist())
        ground = nw.Terrain.from_grid((rng.random(shape) < rng.choice([0.05, 0.2, 0.35])).astype(int), 8, {0: "road", 1: "wall"})
        ground.surfaces += ["mud"] if "mud" not in ground.surfaces else []
        goal, most = rng.uniform((0, 0), ground.size), float(rng.choice([math.inf, 1.0]))
        weighted = bool(rng.random() < 0.5)
        table = surface_table(ground.surfaces, {}) if weighted else None
        field = travel_time(ground, goal, 90.0, surfaces=table, max_time_s=most)
        for _ in range(40):
            for _ in range(rng.integers(1, 4)):
                edit(ground, rng)
                done += 1
            repaired += field._repaired(NavGrid.of(ground)) is not None
            field = field.renewed(ground)
            new = fresh_copy(ground)
            expected = travel_time(new, goal, 90.0, surfaces=surface_table(new.surfaces, {}) if weighted else None, max_time_s=most)
            if most < math.inf:  # at the very limit rounding may decide
                inner = expected.times_s < most * (1 - 1e-9)
                np.testing.assert_allclose(field.times_s[inner], expected.times_s[inner], rtol=1e-8)
                assert not (np.isfinite(field.times_s) & ~(expected.times_s <= most * (1 + 1e-9))).any()
            else:
                np.testing.assert_allclose(field.times_s, expected.times_s, rtol=1e-8)
            start = rng.uniform((0, 0), ground.size)
            kept = nw.find_path(ground, start, goal, any_angle=False, surfaces=table)
            anew = nw.find_path(new, start, goal, any_angle=False, surfaces=surface_table(new.surfaces, {}) if weighted else None)
            assert (kept is None) == (anew is None)
            if kept is not None:
                np.testing.assert_array_equal(kept, anew)
                paths += 1
    return repaired, paths


def test_after_every_edit_fields_and_paths_are_those_of_a_new_map() -> None:
    repaired, paths = play(500, seed=5)
    assert repaired > 50 and paths > 50, "nothing was put to the test"


@pytest.mark.slow
def test_after_ten_thousand_edits_not_one_was_wrong() -> None:
    repaired, paths = play(10_000, seed=78)
    assert repaired > 2000 and paths > 2000


def test_a_way_round_to_a_cell_beside_the_goal_is_not_taken_for_the_straight_one() -> None:
    """A wall stands between the goal and the cell two above it, whose way leads far round through a gap that closes."""
    ground = nw.Terrain.from_rects([(0, 76, 300, 8)], size=(400, 160), cell_px=8)
    field = nw.travel_time(ground, (20, 92), 50.0)
    assert field.at((20, 68)) > 5.0
    ground.set_solid((376, 76, 24, 8))
    ground.set_solid((300, 76, 70, 8))
    np.testing.assert_allclose(field.renewed(ground).times_s, nw.travel_time(ground, (20, 92), 50.0).times_s, rtol=1e-9)


def test_a_field_is_the_same_object_while_nothing_changes_and_new_when_the_goal_is_built_over() -> None:
    ground = nw.Terrain.open_field((320, 240), cell_px=8)
    field = nw.travel_time(ground, (100, 100), 50.0)
    assert field.renewed(ground) is field
    ground.set_solid((96, 96, 8, 8))
    after = field.renewed(ground)
    assert after is not field
    np.testing.assert_array_equal(after.times_s, nw.travel_time(ground, (100, 100), 50.0).times_s)


def test_walls_between_cells_several_goals_and_links_are_computed_anew() -> None:
    odd = nw.Terrain.from_rects([(33, 0, 10, 120)], size=(200, 160), cell_px=10)
    for ground, goal, size in ((odd, (190, 20), (14, 14)), (nw.Terrain.open_field((200, 160), 10), [(5, 5), (195, 155)], None),
                               (nw.Terrain.open_field((200, 160), 10).with_links(nw.Link(start=(5, 5), end=(195, 5), time_s=0.1)), (190, 20), None)):
        field = nw.travel_time(ground, goal, 50.0, size=size)
        ground.set_solid((80, 40, 20, 70))
        np.testing.assert_array_equal(field.renewed(ground).times_s, nw.travel_time(ground, goal, 50.0, size=size).times_s)


def test_a_surface_that_the_field_has_no_speed_for_is_named() -> None:
    ground = nw.Terrain.from_grid(np.array([[0, 0, 1, 0, 0, 0]] * 6), 8, {0: "road", 1: "mud"})
    field = nw.travel_time(ground, (4, 4), 50.0, surfaces=surface_table(ground.surfaces, {}))
    ground.set_surface((16, 16, 8, 8), "ice")
    with pytest.raises(nw.BadInputError, match="surfaces"):
        field.renewed(ground)
    assert NavGrid.of(ground).free.all()
