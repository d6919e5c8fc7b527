"""Bodies are driven at what the action says, and spaces read into terrains whose walls cover the shapes."""

from __future__ import annotations

import math

import numpy as np
import pymunk
import pytest

from npc_world.adapters.pymunk.bodies import drive, size_of_body, terrain_from_space
from npc_world.core.errors import BadInputError
from npc_world.core.reading import Disc, position_of
from npc_world.core.records import Action


def act(x: float, y: float) -> Action:
    return Action(velocity_px_s=np.array([x, y]), acceleration_px_s2=np.zeros(2))


def ball(space: pymunk.Space, at: tuple[float, float] = (50, 60), radius: float = 10) -> pymunk.Body:
    body = pymunk.Body(2.0, 100.0)
    body.position = at
    space.add(body, pymunk.Circle(body, radius))
    return body


def test_a_body_is_read_by_its_position_and_measured_by_its_shapes() -> None:
    space = pymunk.Space()
    body = ball(space)
    assert position_of(body).tolist() == [50, 60]
    assert size_of_body(body) == Disc(10)
    space.add(pymunk.Circle(body, 4, offset=(9, 0)))
    assert size_of_body(body) == pytest.approx((23, 20)), "more than one circle: the box round them"
    with pytest.raises(BadInputError, match="no shapes"):
        size_of_body(pymunk.Body(1, 1))


def test_without_a_limit_the_velocity_is_reached_in_one_step() -> None:
    space = pymunk.Space()
    body = ball(space)
    drive(body, act(120, -50), 1 / 60)
    space.step(1 / 60)
    assert tuple(body.velocity) == pytest.approx((120, -50))
    assert body.angular_velocity == 0


def test_a_limit_bounds_the_acceleration_and_gravity_can_be_held() -> None:
    space = pymunk.Space()
    space.gravity = (0, 900)
    body = ball(space)
    force = drive(body, act(1000, 0), 0.1, max_force=4000.0, gravity=space.gravity)
    assert math.hypot(*force) == pytest.approx(4000)
    body.force = (0, 0)
    drive(body, act(0, 0), 0.1, max_force=4000.0, gravity=space.gravity)
    space.step(0.1)
    assert tuple(body.velocity) == pytest.approx((0, 0))


def test_it_is_pushed_at_its_centre_of_gravity() -> None:
    space = pymunk.Space()
    body = ball(space)
    body.center_of_gravity, body.angle = (4, 2), 1.0
    drive(body, act(300, 0), 1 / 60)
    space.step(1 / 60)
    assert body.angular_velocity == pytest.approx(0, abs=1e-9)


def test_wrong_use_is_named() -> None:
    space = pymunk.Space()
    body = ball(space)
    with pytest.raises(BadInputError, match="dt_s=nan"):
        drive(body, act(1, 0), float("nan"))
    with pytest.raises(BadInputError, match="max_force=-1"):
        drive(body, act(1, 0), 0.1, max_force=-1)
    with pytest.raises(BadInputError, match="only dynamic"):
        drive(pymunk.Body(body_type=pymunk.Body.STATIC), act(1, 0), 0.1)
    assert drive(body, act(1, 0), 0.0) == (0.0, 0.0)


def test_boxes_and_upright_segments_keep_their_exact_edges() -> None:
    space = pymunk.Space()
    space.add(pymunk.Segment(space.static_body, (0, 100), (200, 100), 5), pymunk.Poly(space.static_body, [(50, 10), (90, 10), (90, 37), (50, 37)]))
    ground = terrain_from_space(space, (200, 200), cell_px=20)
    assert sorted(ground.rects.tolist()) == [[0, 95, 200, 105], [50, 10, 90, 37]]


@pytest.mark.parametrize("shape", ["circle", "slanted segment", "triangle", "turned box", "hairline"])
def test_other_shapes_are_covered_and_little_more(shape: str) -> None:
    space = pymunk.Space()
    static = pymunk.Body(body_type=pymunk.Body.STATIC)
    static.position, static.angle = (100, 100), 0.3
    made = {"circle": lambda: pymunk.Circle(static, 33, (5, 8)), "slanted segment": lambda: pymunk.Segment(static, (-60, -20), (50, 40), 4),
            "triangle": lambda: pymunk.Poly(static, [(-40, -30), (50, -10), (0, 55)], radius=2),
            "turned box": lambda: pymunk.Poly.create_box(static, (70, 40)),
            "hairline": lambda: pymunk.Segment(static, (-60, -20), (50, 40), 0)}[shape]()
    space.add(static, made)
    ground = terrain_from_space(space, (200, 200), cell_px=16)
    points = np.random.default_rng(1).uniform(0, 200, (4000, 2))
    distances = np.array([made.point_query(tuple(point)).distance for point in points])
    solid = np.array([ground.is_solid(point) for point in points])
    assert solid[distances < -1e-6].all()
    assert not solid[distances > 2 * 4 * math.sqrt(0.5) + 1e-6].any()
    if shape == "hairline":
        a, b = static.local_to_world((0, -40)), static.local_to_world((0, 60))
        assert not ground.line_of_sight(a, b)


def test_bodies_that_move_and_sensors_are_no_walls_and_regions_may_be_surfaces() -> None:
    space = pymunk.Space()
    ball(space)
    ice = pymunk.Poly(space.static_body, [(0, 0), (64, 0), (64, 64), (0, 64)])
    ice.sensor, ice.collision_type = True, 7
    space.add(ice)
    assert len(terrain_from_space(space, (128, 128)).rects) == 0
    ground = terrain_from_space(space, (128, 128), surface_of=lambda shape: "ice" if shape.collision_type == 7 else None)
    assert ground.surface_at((30, 30)) == "ice" and ground.surface_at((100, 30)) == "ground" and len(ground.rects) == 0


def test_what_lies_off_the_map_is_cut_off() -> None:
    space = pymunk.Space()
    space.add(pymunk.Segment(space.static_body, (-500, 50), (700, 50), 5), pymunk.Circle(space.static_body, 20, (-300, 0)),
              pymunk.Circle(space.static_body, 20, (0, 0)))
    ground = terrain_from_space(space, (100, 100))
    assert ground.is_solid((50, 50)) and ground.is_solid((5, 5)) and not ground.is_solid((90, 90))
    assert ground.rects[:, 0].min() >= 0 and ground.rects[:, 2].max() <= 100
