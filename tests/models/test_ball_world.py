"""The compiled ball against pymunk, step for step, and against what can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pymunk
import pytest

from npc_world.core.errors import BadInputError
from npc_world.models.ball_world import BallWorld

RADIUS, DT = 15.0, 1.0 / 60.0
LAW = np.array([0.0, 900.0, 0.9, 0.5, 0.7, 0.5])
ROOM = [(0, 0, 800, 0), (0, 600, 800, 600), (0, 0, 0, 600), (800, 0, 800, 600)]


def in_pymunk(shapes, start, law=LAW, steps: int = 180, dt_s: float = DT) -> np.ndarray:
    """(steps + 1, 3): x, y, spin.  `shapes` builds pymunk shapes on the static body it is given."""
    space = pymunk.Space()
    space.gravity, space.damping = (law[0], law[1]), law[2]
    for shape in shapes(space.static_body):
        shape.elasticity, shape.friction = law[4], law[5]
        space.add(shape)
    body = pymunk.Body(2.0, 2.0 * law[3] * RADIUS**2)
    disc = pymunk.Circle(body, RADIUS)
    disc.elasticity = disc.friction = 1.0
    body.position, body.velocity, body.angular_velocity = tuple(start[:2]), tuple(start[2:4]), start[4]
    space.add(body, disc)
    rows = [(*body.position, body.angular_velocity)]
    for _ in range(steps):
        space.step(dt_s)
        rows.append((*body.position, body.angular_velocity))
    return np.array(rows)


def segments(rows, thickness: float = 5.0):
    return lambda static: [pymunk.Segment(static, (a, b), (c, d), thickness) for a, b, c, d in rows]


@pytest.mark.parametrize("seed", range(12))
def test_same_path_as_pymunk_in_a_room(seed: int) -> None:
    rng = np.random.default_rng(seed)
    law = np.array([0.0, rng.uniform(500, 1500), rng.uniform(0.6, 1.0), rng.choice([0.5, 1.0]), rng.uniform(0.3, 0.9), rng.uniform(0.1, 0.9)])
    start = np.array([rng.uniform(100, 700), 100.0, rng.uniform(-500, 500), rng.uniform(-300, 100), rng.uniform(-20, 20)])
    world = BallWorld.build(ROOM, RADIUS, thickness_px=5.0)
    rolls = world.roll([start], law, DT, 180)
    truth = in_pymunk(segments(ROOM), start, law)
    assert np.abs(rolls.paths_px[0] - truth[:, :2]).max() < 1e-6
    assert rolls.states[0, 4] == pytest.approx(truth[-1, 2], abs=1e-6)


@pytest.mark.parametrize("dt_s", [1 / 60, 1 / 120, 0.01])
def test_same_path_down_a_slope_and_off_its_end(dt_s: float) -> None:
    rows = [(0, 300, 300, 400), (0, 600, 800, 600)]
    world = BallWorld.build(rows, RADIUS, thickness_px=2.0)
    start = np.array([60.0, 250.0, 0.0, 0.0, 0.0])
    truth = in_pymunk(segments(rows, 2.0), start, steps=240, dt_s=dt_s)
    assert np.abs(world.roll([start], LAW, dt_s, 240).paths_px[0] - truth[:, :2]).max() < 1e-6


@pytest.mark.parametrize("x", [200.0, 262.0, 300.0, 331.0])
def test_same_path_on_a_polygon_and_a_circle(x: float) -> None:
    corners = [(250, 400), (350, 380), (360, 450), (255, 470)]
    world = BallWorld.build([(0, 600, 800, 600)], RADIUS, polygons=[corners], circles=[(230, 330, 30)])

    def shapes(static):
        return [pymunk.Segment(static, (0, 600), (800, 600), 0), pymunk.Poly(static, corners), pymunk.Circle(static, 30, (230, 330))]

    start = np.array([x, 200.0, 0.0, 0.0, 0.0])
    truth = in_pymunk(shapes, start)
    assert np.abs(world.roll([start], LAW, DT, 180).paths_px[0] - truth[:, :2]).max() < 1e-6


def test_neighbours_are_honoured_as_the_engine_does() -> None:
    rows = [(0, 400, 200, 400), (200, 400, 400, 400)]
    beside = [(math.nan, math.nan, 400, 400), (0, 400, math.nan, math.nan)]
    world = BallWorld.build(rows, RADIUS, neighbours=beside)

    def shapes(static):
        left, right = segments(rows, 0.0)(static)
        left.set_neighbors((0, 400), (400, 400))
        right.set_neighbors((0, 400), (400, 400))
        return [left, right]

    start = np.array([100.0, 380.0, 200.0, 0.0, 0.0])
    truth = in_pymunk(shapes, start, steps=60)
    assert np.abs(world.roll([start], LAW, DT, 60).paths_px[0] - truth[:, :2]).max() < 1e-6


def test_materials_belong_to_their_segments() -> None:
    world = BallWorld.build([(0, 400, 300, 400), (300, 400, 600, 400)], RADIUS, material=[0, 1])
    law = np.array([0.0, 900.0, 1.0, 0.5, 0.9, 0.1, 0.0, 0.0])  # bouncy on the left, dead on the right
    starts = np.array([[100.0, 200.0, 0, 0, 0], [500.0, 200.0, 0, 0, 0]])
    paths = world.roll(starts, law, DT, 90).paths_px
    assert paths[0, 60:, 1].min() < 280.0
    assert paths[1, 60:, 1].min() > 370.0


def test_contacts_tell_when_and_what() -> None:
    world = BallWorld.build(ROOM, RADIUS)
    rolls = world.roll([(400.0, 300.0, 300.0, 0.0, 0.0)], LAW, DT, 120)
    first = rolls.contacts[0, 0]
    assert first[3] == 1.0
    assert rolls.paths_px[0, int(round(first[0] / DT))] == pytest.approx(first[1:3])
    assert first[2] > 600.0 - RADIUS


def test_a_batch_is_the_balls_one_by_one() -> None:
    world = BallWorld.build(ROOM, RADIUS)
    rng = np.random.default_rng(3)
    starts = np.column_stack([rng.uniform(100, 700, 20), rng.uniform(50, 500, 20), rng.normal(0, 300, (20, 2)), rng.normal(0, 5, 20)])
    laws = np.tile(LAW, (20, 1)) * rng.uniform(0.9, 1.0, (20, 6))
    together = world.roll(starts, laws, DT, 150).paths_px
    alone = np.concatenate([world.roll(starts[n : n + 1], laws[n], DT, 150).paths_px for n in range(20)])
    assert (together == alone).all()


def test_continuous_free_flight_is_the_parabola() -> None:
    world = BallWorld.build([], RADIUS)
    law = np.array([0.0, 900.0, 1.0, 0.5, 0.7, 0.5])
    end = world.roll([(0.0, 0.0, 100.0, -300.0, 0.0)], law, DT, 60, scheme="continuous").paths_px[0, -1]
    assert end == pytest.approx((100.0, -300.0 + 450.0))


def test_continuous_bounce_returns_to_the_height_of_restitution_squared() -> None:
    world = BallWorld.build([(0, 500, 400, 500)], RADIUS)
    law = np.array([0.0, 900.0, 1.0, 0.5, 0.8, 0.0])
    path = world.roll([(200.0, 500.0 - RADIUS - 200.0, 0.0, 0.0, 0.0)], law, 1 / 240, 400, scheme="continuous").paths_px[0, :, 1]
    bounced = int(np.argmax(path))
    assert 500.0 - RADIUS - path[bounced:].min() == pytest.approx(0.64 * 200.0, rel=0.002)


def test_continuous_ball_comes_to_rest_and_rolls_like_a_disc() -> None:
    world = BallWorld.build([(-4000, 500, 4000, 500)], RADIUS)
    law = np.array([0.0, 900.0, 1.0, 0.5, 0.3, 0.8])
    rolls = world.roll([(0.0, 480.0, 300.0, 0.0, 0.0)], law, DT, 240, scheme="continuous")
    assert rolls.paths_px[0, -60:, 1] == pytest.approx(np.full(60, 485.0), abs=0.1)
    assert rolls.states[0, 2] == pytest.approx(200.0, rel=0.02)  # sliding turns a third of the speed into spin
    assert rolls.states[0, 4] * RADIUS == pytest.approx(rolls.states[0, 2], rel=0.02)


def test_clamped_is_step_for_step_what_a_game_without_an_engine_does() -> None:
    """Semi-implicit Euler in a box: put back, turned round, slowed along the wall."""
    x, y, vx, vy, bounce, drag, expected = 120.0, 80.0, 410.0, -90.0, 0.8, 0.97, []
    for _ in range(400):
        vx, vy = vx * drag, vy * drag + 900.0 * DT
        x, y = x + vx * DT, y + vy * DT
        if y > 500.0 - RADIUS:
            y, vy, vx = 500.0 - RADIUS, -bounce * vy, 0.95 * vx
        if x > 800.0 - RADIUS:
            x, vx, vy = 800.0 - RADIUS, -bounce * vx, 0.95 * vy
        expected.append((x, y))
    world = BallWorld.build([(0, 500, 800, 500), (800, 0, 800, 500)], RADIUS)
    law = np.array([0.0, 900.0, drag ** 60, 0.5, bounce, 0.05])
    rolls = world.roll([(120.0, 80.0, 410.0 * drag, -90.0 * drag + 900.0 * DT, 0.0)], law, DT, 400, scheme="clamped")
    assert rolls.paths_px[0, 1:] == pytest.approx(np.array(expected), abs=1e-6)
    assert rolls.contacts[0, 0, 3] == 0.0 and rolls.contacts[0, 0, 2] == pytest.approx(485.0)


def test_scale_free() -> None:
    """Eight units wide instead of 800: the continuous laws know no pixel."""
    big = BallWorld.build(ROOM, RADIUS).roll([(300.0, 100.0, 200.0, 0.0, 0.0)], LAW, DT, 100, scheme="continuous").paths_px
    law = LAW.copy()
    law[:2] /= 100.0
    small = BallWorld.build(np.array(ROOM) / 100.0, RADIUS / 100.0).roll([(3.0, 1.0, 2.0, 0.0, 0.0)], law, DT, 100, scheme="continuous").paths_px
    assert small * 100.0 == pytest.approx(big, abs=1e-3)


def test_clearance() -> None:
    world = BallWorld.build([(0, 100, 100, 100)], 10.0, polygons=[[(200, 0), (300, 0), (300, 100), (200, 100)]])
    assert world.clearances_px([(50, 50), (250, 50), (250, -30)]) == pytest.approx([40.0, -60.0, 20.0])


@pytest.mark.parametrize(("arguments", "match"), [
    ({"segments": [(0, 0, 1)]}, "segments has shape"), ({"segments": [(0, 0, 1, math.nan)]}, "row 0 is not finite"),
    ({"segments": [], "radius_px": -1.0}, "radius_px"), ({"segments": [], "polygons": [[(0, 0), (1, 1)]]}, "3 or more"),
    ({"segments": [(0, 0, 1, 1)], "material": [0.5]}, "material")])
def test_bad_geometry_is_named(arguments: dict, match: str) -> None:
    with pytest.raises(BadInputError, match=match):
        BallWorld.build(**{"radius_px": 5.0, **arguments})
