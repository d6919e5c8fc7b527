"""Terrains from groups, lists of Rects and surface tiles."""

from __future__ import annotations

import pygame
import pytest

from npc_world.adapters.pygame.ground import terrain_from_group, walls_of
from npc_world.core.errors import BadInputError
from npc_world.core.terrain import Terrain


def tile(x: int, y: int, side: int = 32) -> pygame.sprite.Sprite:
    sprite = pygame.sprite.Sprite()
    sprite.rect = pygame.Rect(x, y, side, side)
    return sprite


def test_from_rects_takes_pygame_rects_as_they_are() -> None:
    ground = Terrain.from_rects([pygame.Rect(64, 0, 32, 96), pygame.Rect(0, 90, 10, 5)], (320, 240), 32)
    assert ground.rects.tolist() == [[64, 0, 96, 96], [0, 90, 10, 95]]
    assert ground.is_solid((70, 50)) and not ground.is_solid((50, 50))


def test_walls_of_groups_lists_and_tuples() -> None:
    group = pygame.sprite.Group(tile(0, 0))
    assert walls_of(group, [pygame.Rect(5, 6, 7, 8)], [(1, 2, 3, 4)]) == [(0, 0, 32, 32), (5, 6, 7, 8), (1, 2, 3, 4)]


def test_a_level_of_groups() -> None:
    walls = pygame.sprite.Group(tile(x, 0) for x in range(0, 320, 32))
    mud, lava = pygame.sprite.Group(tile(64, 64)), pygame.sprite.Group(tile(128, 64))
    ground = terrain_from_group(walls, surfaces={"mud": mud}, hazards=lava, surface="grass")
    assert ground.size == (320, 96)
    assert ground.cell_px == 32
    assert ground.surface_at((80, 80)) == "mud" and ground.surface_at((10, 80)) == "grass"
    assert ground.hazard[2, 4] and ground.hazard.sum() == 1
    assert ground.solid[0].all() and not ground.solid[1:].any()


def test_cells_follow_the_smallest_tile_but_stay_bounded() -> None:
    assert terrain_from_group([pygame.Rect(0, 0, 5000, 1)], (5000, 5000)).cell_px == pytest.approx(5000 / 256)
    assert terrain_from_group([], (8.0, 6.0)).cell_px == pytest.approx(8 / 64)


def test_nothing_to_measure_by_is_an_error() -> None:
    with pytest.raises(BadInputError, match="pass size"):
        terrain_from_group(pygame.sprite.Group())


def test_a_sprite_without_a_rect_is_named() -> None:
    with pytest.raises(BadInputError, match=r"walls\[1\]"):
        terrain_from_group([tile(0, 0), pygame.sprite.Sprite()])
