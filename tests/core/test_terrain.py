"""Terrain: built from what games have, edited while they run, and clear about what it cannot use."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from npc_world.core.errors import BadInputError
from npc_world.core.geometry import EMPTY, FULL, PARTIAL
from npc_world.core.terrain import Terrain


class Box:
    def __init__(self, x: float, y: float, w: float, h: float) -> None:
        self.x, self.y, self.w, self.h = x, y, w, h


class Wall:
    def __init__(self, *box: float) -> None:
        self.rect = Box(*box)


def test_rects_of_any_kind_become_walls() -> None:
    ground = Terrain.from_rects([(16, 0, 16, 16), ((0, 16), (16, 16)), Box(48, 0, -16, 16), Wall(16, 16, 8, 16), [0, 0, 0, 5]], size=(64, 32))
    assert ground.solid.tolist() == [[EMPTY, FULL, FULL, EMPTY], [FULL, PARTIAL, EMPTY, EMPTY]]
    assert len(ground.rects) == 4
    assert ground.is_solid((20, 20)) and not ground.is_solid((24, 20)) and not ground.is_solid((28, 20))


def test_a_map_that_is_no_whole_number_of_cells() -> None:
    ground = Terrain.from_rects([(96, 0, 4, 100)], size=(100, 90), cell_px=16)
    assert ground.shape == (6, 7)
    assert ground.solid[0].tolist() == [EMPTY] * 6 + [PARTIAL]
    assert ground.contains((100, 90)) and not ground.contains((100.1, 90)) and not ground.contains((-1, 0))


def test_walls_outside_the_map_are_kept_out_of_the_raster() -> None:
    ground = Terrain.from_rects([(-50, -50, 60, 60), (1e6, 0, 5, 5), (-1e9, 40, 2e9, 10)], size=(64, 64), cell_px=16)
    assert (ground.solid[0, 0], ground.solid[1, 1]) == (PARTIAL, EMPTY)
    assert ground.solid[2].tolist() == [PARTIAL] * 4


def test_a_grid_with_a_legend() -> None:
    ground = Terrain.from_grid([[0, 7, 7], [3, 3, 0]], cell_px=10, legend={0: "grass", 7: "wall", 3: "ice"})
    assert ground.size == (30.0, 20.0)
    assert ground.solid.tolist() == [[EMPTY, FULL, FULL], [EMPTY, EMPTY, EMPTY]]
    assert ground.rects.tolist() == [[10, 0, 30, 10]]
    assert [ground.surface_at(point) for point in ((5, 5), (15, 15), (29, 19), (-9, 99))] == ["grass", "ice", "grass", "ice"]


def test_a_map_of_text() -> None:
    legend = {"#": "wall", ".": "ground", "~": "water"}
    ground = Terrain.from_grid(["###", "#.~"], cell_px=10, legend=legend)
    assert ground.size == (30, 20)
    assert [ground.surface_at((x, 15)) for x in (15, 25)] == ["ground", "water"]
    assert np.array_equal(ground.solid, Terrain.from_grid([list("###"), list("#.~")], cell_px=10, legend=legend).solid)
    assert ground.is_solid((5, 15)) and not ground.is_solid((15, 15))


def test_a_grid_without_a_legend_and_one_of_booleans() -> None:
    for kinds in ([[0, 1]], np.array([[False, True]]), np.array([[0, 1]], dtype=np.uint8)):
        assert Terrain.from_grid(kinds).solid.tolist() == [[EMPTY, FULL]]
    assert Terrain.from_grid([[0, 1]], legend={0: "road", 1: "rock"}, solid="rock").solid.tolist() == [[EMPTY, FULL]]


def test_the_rects_of_a_grid_cover_its_walls_exactly() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        kinds = (rng.random((7, 9)) < 0.5).astype(int)
        covered = np.zeros(kinds.shape, int)
        for left, top, right, bottom in Terrain.from_grid(kinds, cell_px=1).rects.astype(int):
            covered[top:bottom, left:right] += 1
        assert covered.tolist() == kinds.tolist()


def test_an_open_field_scales() -> None:
    for side in (8, 4000):
        ground = Terrain.open_field((side, side / 2))
        assert ground.shape == (32, 64) and not ground.solid.any()


# ---- edits ----------------------------------------------------------------------------------------------------


def test_a_door_opens_and_closes() -> None:
    ground = Terrain.from_grid([[0, 1, 0], [0, 1, 0], [0, 1, 0]], cell_px=10)
    door = (10, 10, 10, 10)
    for _ in range(50):
        ground.set_solid(door, False)
        assert ground.solid[:, 1].tolist() == [FULL, EMPTY, FULL]
        assert ground.line_of_sight((5, 15), (25, 15)) and not ground.line_of_sight((5, 5), (25, 5))
        ground.set_solid(door, True)
        assert ground.solid[:, 1].tolist() == [FULL, FULL, FULL]
        assert not ground.line_of_sight((5, 15), (25, 15))
    assert len(ground.rects) == 3  # and not fifty


def test_random_edits_agree_with_a_fine_raster() -> None:
    rng = np.random.default_rng(2)
    ground = Terrain.from_rects([], size=(40, 30), cell_px=4)
    truth = np.zeros((30, 40), bool)
    for _ in range(120):
        x, y = (int(v) for v in rng.integers(0, (40, 30)))
        w, h = (int(v) for v in rng.integers(1, 16, 2))
        solid = bool(rng.random() < 0.6)
        ground.set_solid((x, y, w, h), solid)
        truth[y : y + h, x : x + w] = solid
        cells = truth[:28].reshape(7, 4, 10, 4)
        assert np.array_equal(ground.solid[:7] != EMPTY, cells.any(axis=(1, 3)))
        assert not np.any((ground.solid[:7] == FULL) & ~cells.all(axis=(1, 3)))
        px, py = int(rng.integers(40)), int(rng.integers(30))
        assert ground.is_solid((px + 0.5, py + 0.5)) == truth[py, px]


def test_surfaces_hazards_and_smoke_go_by_cell_centres() -> None:
    ground = Terrain.open_field((40, 40), cell_px=10)
    ground.set_surface((4, 4, 12, 12), "mud")
    ground.set_hazard((5.0, 5.0, 10.0, 10.0), True)
    assert ground.surface.tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0] * 4, [0] * 4]
    assert ground.surface_at((15, 15)) == "mud" and ground.surface_at((25, 15)) == "ground"
    assert ground.hazard.sum() == 1
    assert ground.line_of_sight((5, 35), (35, 35))
    before = ground.version
    ground.set_opaque((10, 30, 10, 10), True)
    assert not ground.line_of_sight((5, 35), (35, 35)) and not ground.is_solid((15, 35))
    assert ground.version == before  # bodies walk through smoke: plans stay
    ground.set_opaque((10, 30, 10, 10), False)
    assert ground.line_of_sight((5, 35), (35, 35))


def test_changes_since_a_version() -> None:
    ground = Terrain.open_field((100, 100), cell_px=10)
    start = ground.version
    assert ground.changes_since(start) == []
    ground.set_solid((10, 20, 10, 30), True)
    ground.set_surface((0, 0, 20, 10), "ice")
    assert ground.changes_since(start) == [(2, 1, 5, 2), (0, 0, 1, 2)]
    assert ground.changes_since(start + 1) == [(0, 0, 1, 2)]
    for _ in range(300):
        ground.set_hazard((0, 0, 10, 10), True)
    assert ground.changes_since(start) is None
    assert ground.changes_since(ground.version + 1) is None


def test_edits_that_touch_nothing() -> None:
    ground = Terrain.open_field((100, 100), cell_px=10)
    ground.set_solid((10, 10, 0, 5), True)
    ground.set_surface((500, 500, 20, 10), "ground")
    assert ground.version == 0
    ground.set_solid((500, 0, 20, 10), True)
    assert not ground.solid.any()


# ---- bad input ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "named"), [
    ({"walls": [], "size": (0, 5)}, "size="), ({"walls": [], "size": (math.nan, 5)}, "size="), ({"walls": [], "size": 5}, "size="),
    ({"walls": [], "size": ("a", "b")}, "size="), ({"walls": [], "size": (5, 5), "cell_px": 0}, "cell_px=0"),
    ({"walls": [], "size": (5, 5), "cell_px": "x"}, "cell_px='x'"), ({"walls": [], "size": (5, 5), "cell_px": math.inf}, "cell_px=inf"),
    ({"walls": [], "size": (1e9, 1e9), "cell_px": 1}, "larger cells"), ({"walls": [(1, 2, 3)], "size": (5, 5)}, r"walls\[0\]="),
    ({"walls": [(0, 0, 1, 1), (1, 2, math.nan, 4)], "size": (5, 5)}, r"walls\[1\]="), ({"walls": [None], "size": (5, 5)}, r"walls\[0\]=None"),
])
def test_rects_that_cannot_be_used(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(BadInputError, match=named):
        Terrain.from_rects(**arguments)


@pytest.mark.parametrize(("arguments", "named"), [
    ({"kinds": []}, "kinds has shape"), ({"kinds": [1, 2]}, "kinds has shape"), ({"kinds": [[0.5]]}, "kinds has dtype"),
    ({"kinds": [[0, 5]]}, r"\[5\] without an entry"), ({"kinds": [[0], [0, 1]]}, "different lengths"),
    ({"kinds": [["a"]]}, "kinds has text"), ({"kinds": ["#.", "#P"], "legend": {"#": "wall", ".": "ground"}}, r"kinds has \['P'\] without"),
    ({"kinds": [[0]], "cell_px": None}, "cell_px=None"), ({"kinds": [[0]], "cell_px": -1}, "cell_px=-1"),
])
def test_grids_that_cannot_be_used(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(BadInputError, match=named):
        Terrain.from_grid(**arguments)


def test_points_that_are_no_points() -> None:
    ground = Terrain.open_field((100, 100))
    for bad in (math.nan, math.inf, -math.inf, np.inf):
        with pytest.raises(BadInputError, match="point="):
            ground.surface_at((bad, 5))
    assert ground.cell_of((1e300, -1e300)) == (0, ground.shape[1] - 1)
    with pytest.raises(BadInputError, match="rect="):
        ground.set_solid((math.nan, 0, 1, 1))


def test_walls_are_the_same_whether_looked_at_after_every_edit_or_once() -> None:
    rng = np.random.default_rng(5)
    often, once = (Terrain.from_rects([(10, 10, 80, 8), (20, 0, 4, 60)], size=(100, 80), cell_px=8) for _ in range(2))
    for _ in range(150):  # more than may wait
        x, y, w, h = rng.integers(0, (96, 76, 30, 30)).tolist() if rng.random() < 0.5 else (8 * rng.integers(0, (12, 9, 4, 4))).tolist()
        solid = bool(rng.random() < 0.6)
        often.set_solid((x, y, w, h), solid)
        once.set_solid((x, y, w, h), solid)
        assert often.rects.shape[1] == 4
        assert (often.solid == once.solid).all()
    assert often.rects.tolist() == once.rects.tolist()


@pytest.mark.parametrize(("solid", "what"), [({"wal"}, "did you mean 'wall'"), ({1}, "solid has 1")])
def test_a_misspelt_wall_is_no_level_without_walls(solid: Any, what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        Terrain.from_grid([[0, 1]], legend={0: "grass", 1: "wall"}, solid=solid)
    assert len(Terrain.from_grid([[0]], legend={0: "grass"}, solid={"wall", "water"}).rects) == 0  # one set for all levels


def test_walls_and_legends_of_another_kind_are_named() -> None:
    with pytest.raises(BadInputError, match="walls=None"):
        Terrain.from_rects(None, size=(100, 100))  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match="legend="):
        Terrain.from_grid([[0, 1]], legend=["grass", "wall"])  # type: ignore[arg-type]
