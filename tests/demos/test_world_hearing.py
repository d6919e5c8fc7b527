"""Hunters hear what is loud: relics being taken, running feet close by."""

from __future__ import annotations

from demos.hunt.difficulty import Difficulty
from demos.hunt.world import Controls
from tests.demos.hunt_world_kit import EAST, STILL, blind, field, run, world_of

AWAKE = Difficulty(grace_s=0.0, alarm_tiles=30.0, footsteps_tiles=3.0)


def test_a_relic_rings_within_earshot_only() -> None:
    for away, told in ((30, True), (56, False)):
        world = world_of(field(cols=64, hunter=(away, 6)), blind, difficulty=AWAKE)
        run(world, STILL, 0.2)
        world.player.walker.body.position = world.level.relics[0].position
        kinds = run(world, STILL, 0.5)
        assert any(world.hunters[0].npc.shown) == told  # type: ignore[attr-defined]
        assert kinds.count("heard") == int(told) and "seen" not in kinds


def test_the_ringing_ends() -> None:
    world = world_of(field(hunter=(30, 6)), blind, difficulty=AWAKE)
    world.player.walker.body.position = world.level.relics[0].position
    run(world, STILL, 3.0)
    shown = world.hunters[0].npc.shown  # type: ignore[attr-defined]
    assert any(shown) and not any(shown[-60:])


def test_running_feet_are_heard_and_soft_ones_are_not() -> None:
    for push, told in ((1.0, True), (0.2, False)):
        world = world_of(field(hunter=(9, 6)), blind, difficulty=AWAKE)
        run(world, Controls(move=(push, 0.0)), 1.0 if told else 4.0)
        assert any(world.hunters[0].npc.shown) == told  # type: ignore[attr-defined]


def test_feet_far_away_are_not_heard() -> None:
    world = world_of(field(cols=60, hunter=(50, 6)), blind, difficulty=AWAKE)
    run(world, EAST, 2.0)
    assert not any(world.hunters[0].npc.shown)  # type: ignore[attr-defined]
