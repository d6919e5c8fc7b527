"""The real hunters on a real island: eyes, memory, and the same chase for the same seed."""

from __future__ import annotations

import math

import numpy as np
import pytest

import npc_world as nw
from demos.hunt.difficulty import DIFFICULTIES
from demos.hunt.headless import run_headless
from demos.hunt.level import ground_of
from demos.hunt.levels import make_level
from demos.hunt.minds import tuned
from demos.hunt.world import HuntWorld
from tests.demos.hunt_world_kit import STILL, field, run


def test_hunters_are_npcs_with_the_bodies_and_eyes_of_the_difficulty() -> None:
    world = HuntWorld(make_level("harbour"), difficulty="fierce", seed=1)
    assert len(world.hunters) == 3
    for hunter in world.hunters:
        assert isinstance(hunter.npc, nw.Npc)
        assert hunter.npc.config.body.max_speed_px_s == pytest.approx(0.95 * 170.0)
        assert hunter.npc.vision.range_px == DIFFICULTIES["fierce"].vision_tiles * 32.0 and hunter.npc.vision.occlusion


def test_own_eyes_in_a_file_are_kept_and_the_body_is_the_games() -> None:
    ground = ground_of(make_level("harbour"))
    config = tuned({"vision": {"range_px": 77.0}, "body": {"max_speed_px_s": 9000.0}, "planning": {"reaction_s": 0.7}}, ground,
                   DIFFICULTIES["normal"])
    assert config.vision.range_px == 77.0 and config.planning.reaction_s == 0.7
    assert config.body.max_speed_px_s == pytest.approx(153.0)
    assert tuned("hunter", ground, DIFFICULTIES["calm"]).planning.foresight < config.planning.foresight == 1.0


def test_streams_are_expected_to_push_the_way_they_flow() -> None:
    level = make_level("marsh")
    ground = ground_of(level)
    surfaces = tuned("hunter", ground, DIFFICULTIES["normal"]).surfaces
    streams = [name for name in ground.surfaces if name.startswith("water_")]
    assert streams and all(math.hypot(surfaces[name].push_x, surfaces[name].push_y) > 0.1 for name in streams)
    assert surfaces["water_s"].push_y > 0.1 if "water_s" in streams else surfaces["water_sw"].push_x < 0.0


def test_a_broken_file_is_told_and_the_hunters_stay() -> None:
    world = HuntWorld(make_level("harbour"), seed=1)
    before = world.hunters[0].npc
    with pytest.raises(nw.ConfigError):
        world.retune({"planing": {"replan_hz": 3.0}})
    assert world.hunters[0].npc is before
    world.retune({"planning": {"replan_hz": 3.0}})
    assert world.hunters[0].npc.config.planning.replan_hz == 3.0  # type: ignore[attr-defined]


def test_a_hunter_that_sees_the_player_comes_for_it() -> None:
    world = HuntWorld(field("grass", hunter=(14, 6)), seed=0, npc={"vision": {"range_px": 500.0, "cone_rad": 6.28}})
    away = math.dist(world.player.position, world.hunters[0].position)
    kinds = run(world, STILL, world.difficulty.grace_s + 6.0)
    assert "seen" in kinds and world.state == "caught" and away > 200.0
    assert world.why_caught is not None and len(world.why_caught.sentence) > 10


def test_same_seed_same_chase_and_another_seed_another() -> None:
    def track(seed: int) -> list[float]:
        points: list[float] = []

        def note(world: HuntWorld) -> None:
            points.extend(float(v) for hunter in world.hunters for v in hunter.position)

        run_headless("castle", seed, "normal", 6.0, note)
        return points

    assert track(3) == track(3)
    assert track(3) != track(4)


def test_what_was_learned_goes_on_to_the_next_round() -> None:
    first = run_headless("lake", 2, "fierce", 12.0)
    assert len(first.memory) == 3 and all(len(file) > 100 for file in first.memory)
    world = HuntWorld(make_level("lake"), difficulty="fierce", seed=3, memory=first.memory)
    taught = [hunter.npc.surfaces for hunter in world.hunters]  # type: ignore[attr-defined]
    fresh = HuntWorld(make_level("lake"), difficulty="fierce", seed=3).hunters[0].npc.surfaces  # type: ignore[attr-defined]
    assert any(known[name].speed_factor_sd < fresh[name].speed_factor_sd for known in taught for name in known)
    assert all(hunter.npc.belief is None for hunter in world.hunters), "but not where the player was"  # type: ignore[attr-defined]
    run(world, STILL, 4.0)
    assert np.isfinite([hunter.position for hunter in world.hunters]).all()


def test_more_hunters_than_memories_is_fine() -> None:
    first = run_headless("harbour", 0, "calm", 6.0)
    world = HuntWorld(make_level("archipelago"), difficulty="fierce", seed=3, memory=first.memory)
    assert len(world.hunters) == 4
    run(world, STILL, 3.0)
