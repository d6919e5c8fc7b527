"""Every island can be played, whatever the levers and whatever the seed."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from demos.hunt.canvas import Canvas
from demos.hunt.level import KINDS, SOLID, ground_of
from demos.hunt.levels import LEVELS, make_level
from demos.hunt.physics import FOOTINGS, TILE_PX, Physics
from demos.hunt.survey import problems, reachable
from tests.demos.hunt_world_kit import field


@pytest.mark.parametrize("name", LEVELS)
def test_island_has_no_problems(name: str) -> None:
    assert problems(make_level(name)) == []


@pytest.mark.parametrize("decade", range(4))
def test_random_islands_have_no_problems(decade: int) -> None:
    for seed in range(10 * decade, 10 * decade + 10):
        level = make_level("random", seed)
        assert problems(level) == [], seed
        assert len(level.relics) >= 4 and level.seed == seed


@pytest.mark.slow
def test_many_random_islands_have_no_problems() -> None:
    assert [seed for seed in range(40, 1000) if problems(make_level("random", seed))] == []


@pytest.mark.parametrize("name", LEVELS)
def test_islands_are_larger_than_the_window_and_ringed_by_deep_water(name: str) -> None:
    level = make_level(name)
    width, height = level.size_px
    assert width > 1280 and height > 720
    rim = np.ones(level.tiles.shape, np.bool_)
    rim[1:-1, 1:-1] = False
    assert level.mask("deep", "water")[rim].all()


@pytest.mark.parametrize("name", LEVELS)
def test_places_reachable_by_the_body_on_the_ground_the_hunters_know(name: str) -> None:
    """The same question asked of the terrain: every relic has a free tile among those the player reaches, for all levers."""
    level = make_level(name)
    ground = ground_of(level)
    solid = level.mask(*SOLID)
    for levers in product((False, True), repeat=len(level.levers)):
        area = reachable(level, levers)
        assert not (area & solid).any()
        for relic in level.relics:
            assert area[ground.cell_of(relic.position)]
    assert np.array_equal(ground.hazard, level.mask("deep"))
    assert np.array_equal(ground.opaque, level.mask("reeds"))


def test_each_level_has_its_character() -> None:
    def share(name: str, *kinds: str) -> float:
        level = make_level(name)
        return float(level.mask(*kinds).sum() / (~level.mask("deep")).sum())

    assert share("lake", "ice") > 0.2
    assert share("marsh", "mud", "water", "reeds") > 0.25
    assert share("harbour", "road") > 0.15
    assert len(make_level("castle").doors) >= 4 and len({door.lever for door in make_level("castle").doors}) < len(make_level("castle").doors)
    assert len(make_level("archipelago").bridges) >= 5
    assert np.abs(make_level("marsh").currents).sum() > 0
    assert [make_level(name).hunters for name in LEVELS] == sorted(make_level(name).hunters for name in LEVELS)


def test_levels_by_number_and_bad_names() -> None:
    assert make_level(2).name == make_level("2").name == LEVELS[1]
    for bad in ("atlantis", 0, 9):
        with pytest.raises(ValueError, match="level="):
            make_level(bad)


def test_the_same_seed_draws_the_same_island() -> None:
    from demos.hunt.islands import wild

    one, two, other = wild.build(5), wild.build(5), wild.build(6)
    assert np.array_equal(one.tiles, two.tiles) and one.relics == two.relics and one.hunter_starts == two.hunter_starts
    assert one.tiles.shape != other.tiles.shape or not np.array_equal(one.tiles, other.tiles)


def test_the_survey_finds_what_is_wrong() -> None:
    def cut(canvas: Canvas) -> None:
        canvas.paint(canvas.box(15, 0, 3, 12), "deep")

    found = problems(field(hunter=(8, 6), paint=cut))
    assert any("ruby cannot be reached" in text for text in found)
    assert any("boat cannot be reached" in text for text in found)
    assert any("only 4.0 tiles" in text for text in found) and any("in sight" in text for text in found)


def test_a_relic_behind_a_door_that_may_be_shut_is_a_problem() -> None:
    def vault(canvas: Canvas) -> None:
        canvas.walls(18, 8, 5, 4, floor="road")
        lever = canvas.lever(3, 3)
        canvas.door(18, 9, 1, 1, lever, open=True)

    found = problems(field(paint=vault))
    assert any("ruby cannot be reached with levers (True,)" in text for text in found)
    assert not any("ruby cannot be reached with levers (False,)" in text for text in found)


def test_currents_have_names_by_direction() -> None:
    def stream(canvas: Canvas) -> None:
        canvas.river([(10, 6), (20, 6)], 3, 0.3)
        canvas.river([(26, 2), (26, 10)], 3, 0.3)

    ground = ground_of(field(paint=stream))
    assert ground.surface_at((15 * 32, 6 * 32)) == "water_e" and ground.surface_at((26 * 32, 6 * 32)) == "water_s"
    assert set(ground.surfaces) <= {*KINDS, "water_e", "water_s"}


@pytest.mark.parametrize("name", [*LEVELS, "random"])
def test_ground_of_one_name_moves_bodies_one_way(name: str) -> None:
    """Hunters learn by name: two grounds under one would be a change at every crossing."""
    level = make_level(name, 7)
    ground, physics = ground_of(level), Physics(level)
    felt: dict[str, set[tuple[float, ...]]] = {}
    for row, col in np.argwhere(~ground.solid & ~level.mask("deep", *SOLID)):
        at = ((col + 0.5) * TILE_PX, (row + 0.5) * TILE_PX)
        footing = FOOTINGS[physics.kind_at(np.array(at))]
        push = physics.push_at(np.array(at)) if physics.kind_at(np.array(at)) == "water" else (0.0, 0.0)
        felt.setdefault(ground.surface_at(at), set()).add((footing.speed_factor, footing.grip, *np.round(push, 6)))
    assert {name: len(ways) for name, ways in felt.items()} == dict.fromkeys(felt, 1)
