"""Positions, sizes and rects are read from whatever a game uses."""

from __future__ import annotations

import copy
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from npc_world.core.errors import BadInputError
from npc_world.core.reading import Disc, position_of, rect_of, size_of

pygame = pytest.importorskip("pygame")
pymunk = pytest.importorskip("pymunk")


def sprite(**attributes: Any) -> Any:
    made = pygame.sprite.Sprite()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


RECT = pygame.Rect(10, 20, 5, 7)


@pytest.mark.parametrize(("thing", "expected"), [
    ((1, 2), (1, 2)), ([1.5, 2], (1.5, 2)), (np.array([3.0, 4.0]), (3, 4)), (pygame.Vector2(5, 6), (5, 6)), (pymunk.Vec2d(7, 8), (7, 8)),
    (RECT, (12.5, 23.5)),  # Rect.center would say (12, 23)
    (sprite(rect=RECT), (12.5, 23.5)), (sprite(rect=RECT, hit_rect=pygame.Rect(0, 0, 2, 2)), (1, 1)),
    (sprite(rect=RECT, hit_rect=RECT, hitbox=pygame.Rect(4, 4, 2, 2)), (5, 5)), (sprite(rect=RECT, pos=(1, 1)), (12.5, 23.5)),
    (SimpleNamespace(position=(1, 2)), (1, 2)), (SimpleNamespace(pos=pygame.Vector2(3, 4)), (3, 4)), (SimpleNamespace(center=(5, 6)), (5, 6)),
    (SimpleNamespace(position=lambda: (8, 9)), (8, 9)), (SimpleNamespace(x=1, y=2), (1, 2)), (SimpleNamespace(rect=None, pos=(1, 2)), (1, 2)),
    (sprite(rect=RECT, hitbox_rect=pygame.Rect(4, 4, 2, 2)), (5, 5)), (SimpleNamespace(x=10, y=20, width=4, height=6), (12, 23)),
    (SimpleNamespace(x=10, y=20, width=4, height=6, pos=(1, 2)), (1, 2)), (SimpleNamespace(x=10, y=20, width="wide", height=6), (10, 20)),
])
def test_a_position(thing: Any, expected: tuple[float, float]) -> None:
    found = position_of(thing)
    assert found.tolist() == list(expected) and found.dtype == np.float64


def test_an_actor_of_pygame_zero_is_the_rect_around_its_middle() -> None:
    actor = SimpleNamespace(x=50.0, y=50.0, pos=(50.0, 50.0), left=40.0, top=35.0, width=20, height=30)
    assert position_of(actor).tolist() == [50, 50] and size_of(actor) == (20, 30) and rect_of(actor) == (40, 35, 20, 30)


def test_a_position_of_a_body_of_pymunk() -> None:
    body = pymunk.Body(1, 1)
    body.position = 3, 4
    assert position_of(body).tolist() == [3, 4]


@pytest.mark.parametrize("thing", [None, 5, "ab", (1,), (1, 2, 3), ("a", "b"), (math.nan, 0), (0, math.inf), object(), {"x": 1, "y": 2},
                                   SimpleNamespace(rect="x"), SimpleNamespace(pos=None)])
def test_no_position_names_the_argument(thing: Any) -> None:
    with pytest.raises(BadInputError, match=r"^enemy="):
        position_of(thing, "enemy")


def test_a_disc_is_a_pair_like_that_of_a_box_and_another_body() -> None:
    assert tuple(Disc(3)) == (6.0, 6.0) and max(Disc(3)) == 6.0
    assert Disc(3) == Disc(3.0)
    assert Disc(3) != (6.0, 6.0)
    assert len({Disc(3), Disc(3.0), (6.0, 6.0)}) == 2
    assert copy.deepcopy(Disc(3)) == Disc(3) and repr(Disc(3)) == "Disc(3.0)"
    for radius in (-1.0, math.nan, math.inf, "3", True, None):
        with pytest.raises(BadInputError, match="radius_px="):
            Disc(radius)


def test_the_answer_is_a_copy() -> None:
    own = np.array([1.0, 2.0])
    position_of(own)[0] = 9
    assert own[0] == 1.0


@pytest.mark.parametrize(("thing", "expected"), [
    (RECT, (5, 7)), (sprite(rect=RECT), (5, 7)), (SimpleNamespace(radius=3), Disc(3)), ((1, 2), None), (SimpleNamespace(radius=-1), None),
    (SimpleNamespace(radius=math.nan), None), (SimpleNamespace(x=0, y=0, w=-4, h=math.inf), None), (SimpleNamespace(x=0, y=0, w=-4, h=2), (4, 2)),
    (SimpleNamespace(radius=lambda: 3), None),
])
def test_a_size(thing: Any, expected: Any) -> None:
    assert size_of(thing) == expected


@pytest.mark.parametrize(("thing", "expected"), [
    ((1, 2, 3, 4), (1, 2, 3, 4)), (((1, 2), (3, 4)), (1, 2, 3, 4)), (np.array([1, 2, -3, -4]), (-2, -2, 3, 4)), (RECT, (10, 20, 5, 7)), (sprite(rect=RECT), (10, 20, 5, 7)),
])
def test_a_rect(thing: Any, expected: tuple[float, ...]) -> None:
    assert rect_of(thing) == expected


@pytest.mark.parametrize("thing", [None, (1, 2), "abcd", (1, 2, 3, math.inf), {}, object(), ((1, 2, 3), (4,))])
def test_no_rect_names_the_argument(thing: Any) -> None:
    with pytest.raises(BadInputError, match=r"^wall="):
        rect_of(thing, "wall")
