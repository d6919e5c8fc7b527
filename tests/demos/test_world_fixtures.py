"""Bridges, doors and smoke: what happens, and what the hunters' ground is told of it."""

from __future__ import annotations

import math

import numpy as np

from demos.hunt.canvas import Canvas
from demos.hunt.fixtures import FALLEN_S, SMOKE_S
from demos.hunt.world import Controls, HuntWorld
from tests.demos.hunt_world_kit import EAST, STILL, WEST, chasers, field, run, world_of

PULL = Controls(interact=True)


def channel(canvas: Canvas) -> None:
    canvas.paint(canvas.box(10, 0, 6, 12), "deep")
    canvas.bridge(10, 5, 6, 2)


def on_bridge(world: HuntWorld) -> bool:
    return world.level.kind_at(world.player.position) == "bridge"


def test_a_bridge_shakes_falls_and_is_rebuilt_and_the_ground_is_told() -> None:
    world = world_of(field(paint=channel))
    bridge, middle = world.bridges[0], world.ground.cell_of((13 * 32, 6 * 32 + 1))
    while not on_bridge(world):
        world.step(EAST)
    assert bridge.state == "shaking" and not world.ground.hazard[middle]
    kinds = run(world, EAST, bridge.shake_s + 0.1)
    assert "bridge_fall" in kinds and bridge.state == "fallen" and world.ground.hazard[middle]
    assert world.player.position[0] > 16 * 32, "who does not dawdle gets across"
    version = world.ground.version
    assert "bridge_rise" in run(world, STILL, FALLEN_S + 0.1)
    assert bridge.state == "standing" and not world.ground.hazard[middle] and world.ground.version > version


def test_a_fallen_bridge_cannot_be_entered_but_seen_across() -> None:
    world = world_of(field(paint=channel))
    while world.bridges[0].state != "fallen":
        world.step(EAST if world.player.position[0] < 10.4 * 32 else WEST)
    run(world, WEST, 2.0)
    run(world, EAST, 4.0)
    assert world.player.position[0] < 10 * 32 + 16
    assert world.ground.line_of_sight((5 * 32, 6 * 32), (20 * 32, 6 * 32))


def test_who_is_on_a_falling_bridge_swims_out() -> None:
    world = world_of(field(paint=channel))
    while world.player.position[0] < 13 * 32:
        world.step(EAST)
    kinds = []
    while world.bridges[0].state != "fallen":
        kinds += run(world, STILL, 1 / 60)
    assert "splash" in kinds and world.player.surface in ("bridge", "deep")
    run(world, EAST, 0.5)
    assert world.player.swimming and math.hypot(*world.player.velocity) < 80.0
    run(world, EAST, 4.0)
    assert not world.player.swimming and world.player.position[0] > 16 * 32
    run(world, WEST, 1.5)
    assert world.player.position[0] > 15 * 32, "out is out"


def gates(canvas: Canvas) -> None:
    canvas.paint(canvas.box(10, 1, 1, 10), "wall")
    lever = canvas.lever(4, 7)
    canvas.door(10, 3, 1, 2, lever, open=False)
    canvas.door(10, 8, 1, 2, lever, open=True)


def test_a_lever_moves_all_its_doors() -> None:
    world = world_of(field(paint=gates))
    shut, wide = world.doors
    assert world.lever_in_reach() == 0
    assert world.ground.is_solid((10.5 * 32, 4 * 32)) and not world.ground.is_solid((10.5 * 32, 9 * 32))
    kinds = run(world, PULL, 0.5)
    assert kinds.count("lever") == 1, "one pull, however long the button is held"
    assert shut.open and not wide.open and shut.lever_on
    assert not world.ground.is_solid((10.5 * 32, 4 * 32)) and world.ground.is_solid((10.5 * 32, 9 * 32))
    assert not world.ground.line_of_sight((9 * 32, 9 * 32), (12 * 32, 9 * 32))


def test_a_shut_door_stops_the_player_and_an_open_one_does_not() -> None:
    for pulls in (0, 1):
        world = world_of(field(paint=gates))
        if pulls:
            run(world, PULL, 0.1)
        run(world, Controls(move=(0.0, -1.0)), 0.46)
        run(world, EAST, 4.0)
        assert (world.player.position[0] > 11 * 32) == bool(pulls)


def test_a_door_waits_for_who_stands_in_it() -> None:
    world = world_of(field(hunter=(10, 9), paint=gates))
    run(world, PULL, 0.2)
    assert not world.doors[0].open or world.doors[0].lever_on
    assert world.doors[1].open, "the hunter stands in the doorway"
    world.hunters[0].walker.body.position = (20 * 32, 6 * 32)
    assert "door_close" in run(world, STILL, 0.1) and not world.doors[1].open


def test_a_lever_out_of_reach_does_nothing() -> None:
    world = world_of(field(paint=gates))
    run(world, EAST, 1.0)
    assert world.lever_in_reach() is None
    assert "lever" not in run(world, PULL, 0.2)


def test_smoke_breaks_sight_and_clears() -> None:
    world = world_of(field(), chasers)
    run(world, STILL, world.difficulty.grace_s + 0.5)
    assert world.hunters[0].sees_player
    kinds = run(world, Controls(smoke=True), 0.1)
    assert kinds.count("smoke") == 1 and len(world.clouds) == 1 and world.player.smokes == world.difficulty.smokes - 1
    assert not world.ground.line_of_sight(world.hunters[0].position, world.player.position)
    kinds = run(world, STILL, 0.7)
    assert "lost" in kinds and not world.hunters[0].sees_player
    assert "smoke_gone" in run(world, STILL, SMOKE_S)
    assert world.ground.line_of_sight(world.hunters[0].position, world.player.position) and not world.clouds


def test_smoke_leaves_reeds_as_they_were() -> None:
    def reeds(canvas: Canvas) -> None:
        canvas.paint(canvas.box(4, 4, 3, 5), "reeds")

    world = world_of(field(paint=reeds))
    before = world.ground.opaque.copy()
    assert before.any()
    run(world, Controls(smoke=True), 0.1)
    assert world.ground.opaque.sum() > before.sum()
    run(world, STILL, SMOKE_S + 0.1)
    assert np.array_equal(world.ground.opaque, before)


def test_overlapping_clouds_clear_one_after_the_other() -> None:
    world = world_of(field())
    run(world, Controls(smoke=True), 0.1)
    run(world, STILL, 2.0)
    run(world, Controls(smoke=True), 0.1)
    run(world, STILL, SMOKE_S - 2.0)
    assert len(world.clouds) == 1
    assert world.ground.opaque[world.ground.cell_of(world.player.position)]
    run(world, STILL, 2.2)
    assert not world.ground.opaque.any()
