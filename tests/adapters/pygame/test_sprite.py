"""Sprites of an NPCGroup go where their NPCs say, at the speed they say, and stop at walls."""

from __future__ import annotations

import math
from typing import Any

import pygame
import pytest

from npc_world.adapters.pygame.sprite import NPCGroup
from npc_world.core.errors import BadInputError
from npc_world.core.terrain import Terrain


class Body(pygame.sprite.Sprite):
    def __init__(self, *groups: Any, rect: tuple[int, int, int, int] = (100, 100, 20, 20)) -> None:
        super().__init__(*groups)
        self.rect = pygame.Rect(rect)


@pytest.fixture
def ground() -> Terrain:
    return Terrain.from_rects([(200, 0, 10, 400)], (4000, 4000), 20)


@pytest.mark.parametrize("fps", [60, 144])
def test_true_speed_in_every_direction(ground: Terrain, straight: Any, fps: int) -> None:
    group = NPCGroup(ground, walls=())
    bodies = []
    for degrees in range(0, 360, 10):
        body = Body(rect=(2000, 2000, 20, 20))
        group.add(body, npc=straight((77.7 * math.cos(math.radians(degrees)), 77.7 * math.sin(math.radians(degrees)))))
        bodies.append(body)
    for _ in range(2 * fps):
        group.update(None, 1.0 / fps)
    for degrees, body in zip(range(0, 360, 10), bodies, strict=True):
        wanted = (2000 + 155.4 * math.cos(math.radians(degrees)), 2000 + 155.4 * math.sin(math.radians(degrees)))
        assert abs(body.rect.x - wanted[0]) <= 0.5 + 1e-6 and abs(body.rect.y - wanted[1]) <= 0.5 + 1e-6, degrees


def test_a_wall_stops_it_flush_and_it_slides_along(ground: Terrain, straight: Any) -> None:
    group, body = NPCGroup(ground), Body()
    group.add(body, npc=straight((120.0, 60.0)))
    for _ in range(60):
        group.update(None, 1 / 60)
    assert body.rect.right == 200
    assert body.rect.y == 160


def test_no_speed_carries_it_through_a_thin_wall(ground: Terrain, straight: Any) -> None:
    group, body = NPCGroup(ground), Body()
    group.add(body, npc=straight((30000.0, 0.0)))
    group.update(None, 1 / 60)
    assert body.rect.right == 200


def test_a_sprite_that_stands_in_a_wall_can_leave_it(ground: Terrain, straight: Any) -> None:
    group, body = NPCGroup(ground), Body(rect=(195, 100, 20, 20))
    group.add(body, npc=straight((-60.0, 0.0)))
    for _ in range(60):
        group.update(None, 1 / 60)
    assert body.rect.x == 135


def test_walls_that_move_are_noticed(ground: Terrain, straight: Any) -> None:
    doors = [pygame.Rect(140, 0, 10, 400)]
    group, body = NPCGroup(ground, walls=doors), Body()
    group.add(body, npc=straight((60.0, 0.0)))
    for _ in range(60):
        group.update(None, 1 / 60)
    assert body.rect.right == 140
    doors[0].y = 1000
    for _ in range(60):
        group.update(None, 1 / 60)
    assert body.rect.right == 200


def test_a_hitbox_collides_and_the_rect_goes_along(ground: Terrain, straight: Any) -> None:
    group, body = NPCGroup(ground), Body(rect=(90, 90, 40, 40))
    body.hitbox = pygame.Rect(105, 110, 10, 20)
    group.add(body, npc=straight((6000.0, 0.0)))
    group.update(None, 1 / 60)
    assert body.hitbox.right == 200
    assert body.rect.x == 90 + (200 - 115)


def test_everyone_sees_the_others_where_the_frame_found_them(ground: Terrain, straight: Any) -> None:
    group = NPCGroup(ground, walls=())
    first, second = Body(rect=(0, 0, 10, 10)), Body(rect=(50, 0, 10, 10))
    npcs = [straight((600.0, 0.0)), straight((600.0, 0.0))]
    group.add(first, npc=npcs[0])
    group.add(second, npc=npcs[1])
    group.update((300, 300), 0.1, others=[pygame.Rect(7, 8, 9, 10)])
    assert [npc.shown[0][3] for npc in npcs] == [[(50, 0, 10, 10), (7, 8, 9, 10)], [(0, 0, 10, 10), (7, 8, 9, 10)]]
    assert npcs[0].shown[0][1] == (300, 300)


def test_milliseconds_from_the_clock(ground: Terrain, straight: Any) -> None:
    group, body = NPCGroup(ground, time="milliseconds", walls=()), Body(rect=(0, 0, 10, 10))
    npc = straight((100.0, 0.0))
    group.add(body, npc=npc)
    for _ in range(100):
        group.update(None, 16)
    assert npc.shown[0][2] == pytest.approx(0.016)
    assert body.rect.x == 160


def test_a_killed_sprite_takes_its_npc_with_it(ground: Terrain, straight: Any) -> None:
    group, body = NPCGroup(ground), Body()
    group.add(body, npc=straight((1.0, 0.0)))
    group.update(None, 0.1)
    assert group.action(body) is not None
    body.kill()
    group.update(None, 0.1)
    assert group.action(body) is None
    with pytest.raises(KeyError):
        group.npc(body)


def test_wrong_use_is_named(ground: Terrain, straight: Any) -> None:
    with pytest.raises(BadInputError, match="time='ms'"):
        NPCGroup(ground, time="ms")
    for sprites in (Body(), [Body()], pygame.sprite.Group(Body())):  # as other groups are made: it would be left empty
        with pytest.raises(BadInputError, match="sprites come after it"):
            NPCGroup(ground, sprites)  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match="expected a Terrain"):
        NPCGroup([Body()], "hunter")  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match="exactly one sprite"):
        NPCGroup(ground).add(Body(), Body(), npc=straight((0, 0)))
    group = NPCGroup(ground)
    shapeless = pygame.sprite.Sprite(group)
    with pytest.raises(BadInputError, match="it has no rect"):
        group.update(None, 0.1)
    assert group.has(shapeless)
