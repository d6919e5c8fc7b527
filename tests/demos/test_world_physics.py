"""What the ground does to whoever runs on it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from demos.hunt.canvas import Canvas
from demos.hunt.physics import FOOTINGS, PLAYER_SPEED_PX_S
from demos.hunt.world import Controls
from tests.demos.hunt_world_kit import EAST, STILL, WEST, chasers, field, run, world_of


def stop_distance(floor: str) -> float:
    world = world_of(field(floor, cols=60))
    run(world, EAST, 3.0)
    x = world.player.position[0]
    run(world, STILL, 4.0)
    assert math.hypot(*world.player.velocity) < 1.0
    return float(world.player.position[0] - x)


def test_ice_carries_on_where_grass_stops() -> None:
    assert stop_distance("ice") > 6.0 * stop_distance("grass")
    assert 3.0 < stop_distance("grass") < 25.0


@pytest.mark.parametrize("floor", ["road", "grass", "sand", "mud", "water"])
def test_top_speed_is_what_the_footing_says(floor: str) -> None:
    world = world_of(field(floor))
    run(world, EAST, 2.0)
    assert world.player.velocity[0] == pytest.approx(FOOTINGS[floor].speed_factor * PLAYER_SPEED_PX_S, rel=0.02)


def test_mud_is_slower_than_grass() -> None:
    paces = []
    for floor in ("grass", "mud"):
        world = world_of(field(floor))
        start = world.player.position[0]
        run(world, EAST, 2.0)
        paces.append(world.player.position[0] - start)
    assert paces[1] < 0.65 * paces[0]


def test_a_stream_carries_who_stands_in_it() -> None:
    def stream(canvas: Canvas) -> None:
        canvas.river([(0, 6), (40, 6)], 12, 0.3)
        canvas.paint(canvas.box(39, 0, 1, 12), "deep")

    world = world_of(field(paint=stream))
    start = world.player.position.copy()
    run(world, STILL, 2.0)
    drift = world.player.position - start
    assert drift[0] == pytest.approx(0.3 * PLAYER_SPEED_PX_S * 2.0, rel=0.15)
    assert abs(drift[1]) < 1.0


def test_swimming_against_the_stream_takes_longer() -> None:
    def stream(canvas: Canvas) -> None:
        canvas.river([(0, 6), (40, 6)], 12, 0.3)

    with_it, against = world_of(field(paint=stream)), world_of(field(paint=stream))
    run(with_it, EAST, 2.0)
    run(against, EAST, 3.0)
    turned = against.player.position[0]
    run(with_it, EAST, 1.0)
    x = with_it.player.position[0]
    run(with_it, EAST, 1.0)
    run(against, WEST, 1.0)
    run(against, WEST, 1.0)
    assert with_it.player.position[0] - x > 2.0 * (turned - against.player.position[0]) / 2.0


def test_deep_water_is_the_end_of_the_island() -> None:
    world = world_of(field("grass"))
    run(world, WEST, 4.0)
    assert world.player.position[0] > 32.0
    assert world.level.kind_at(world.player.position) == "grass"
    run(world, Controls(move=(-0.7, -0.7)), 4.0)
    assert world.player.position[1] > 32.0


def test_no_one_walks_through_a_wall() -> None:
    def wall(canvas: Canvas) -> None:
        canvas.paint(canvas.box(10, 1, 1, 10), "wall")

    world = world_of(field(paint=wall))
    run(world, EAST, 4.0)
    run(world, Controls(move=(1.0, 0.0), dash=True), 1.0)
    assert world.player.position[0] <= 10 * 32 - world.player.radius + 1.0


def test_a_hunter_cannot_pass_walls_either() -> None:
    def fence(canvas: Canvas) -> None:
        canvas.paint(canvas.box(10, 1, 1, 10), "rock")

    world = world_of(field(paint=fence), chasers)
    hunter = world.hunters[0]
    hunter.npc.sight_px, hunter.npc.ground = 1e9, world_of(field()).ground  # type: ignore[attr-defined]  # it sees through, and pushes
    run(world, STILL, 20.0)
    assert hunter.position[0] >= 11 * 32 + hunter.radius - 1.0
    assert world.state == "playing"


def test_a_lane_of_one_tile_lets_bodies_through() -> None:
    def lane(canvas: Canvas) -> None:
        canvas.paint(canvas.box(10, 1, 8, 10), "house")
        canvas.paint(canvas.box(10, 6, 8, 1), "road")

    world = world_of(field(paint=lane))
    run(world, EAST, 5.0)
    assert world.player.position[0] > 18 * 32


def test_a_dash_is_a_short_burst_and_then_cools_down() -> None:
    world = world_of(field(cols=80))
    run(world, EAST, 1.0)
    kinds = run(world, Controls(move=(1.0, 0.0), dash=True), 0.2)
    assert kinds.count("dash") == 1 and world.player.dashing
    assert world.player.velocity[0] > 1.6 * PLAYER_SPEED_PX_S
    assert world.player.dash_ready < 0.2
    run(world, EAST, 0.6)
    assert not world.player.dashing and world.player.velocity[0] == pytest.approx(PLAYER_SPEED_PX_S, rel=0.05)
    assert "dash" not in run(world, Controls(move=(1.0, 0.0), dash=True), 0.5), "still cooling"
    run(world, EAST, world.difficulty.dash_cooldown_s)
    assert world.player.dash_ready == 1.0
    assert "dash" in run(world, Controls(move=(1.0, 0.0), dash=True), 0.1)


def test_bad_controls_do_not_poison_the_world() -> None:
    world = world_of(field())
    run(world, Controls(move=(math.nan, math.inf)), 0.5)
    run(world, Controls(move=(1e9, 0.0)), 1.0)
    assert np.isfinite(world.player.position).all()
    assert math.hypot(*world.player.velocity) <= 1.01 * PLAYER_SPEED_PX_S
