"""Acting alone: a plan, this frame's observation, and the advice that comes of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import npc_world as nw
from npc_world.agents.acting import Acting
from npc_world.agents.config import NpcConfig
from npc_world.agents.motion import OwnMotion
from npc_world.core.records import Observation, Plan
from npc_world.models.surfaces import surface_table


def advice(acting: Acting, plan: Plan, config: NpcConfig, at: tuple[float, float] = (100.0, 100.0)) -> nw.Action:
    now = Observation(1.0, 0.1, np.array(at), (20.0, 20.0), {})
    motion = OwnMotion()
    motion.observe(now)
    return acting.act(now, motion, plan, None, None, 200.0, surface_table(acting.ground.surfaces, {}), config)


@pytest.fixture
def acting() -> Acting:
    return Acting(nw.Terrain.open_field(size=(800, 600)), NpcConfig(), np.random.default_rng(1003))


def test_it_goes_along_the_plan_and_turns_there_no_faster_than_a_body_turns(acting: Acting) -> None:
    said = advice(acting, Plan(waypoints_px=np.array([(100.0, 100.0), (100.0, 500.0)]), eta_s=2.0, behaviour="chase"), NpcConfig())
    assert said.velocity_px_s == pytest.approx((0.0, 200.0)) and said.why == "chase"
    assert acting.heading_rad == pytest.approx(0.8)
    assert acting.commanded_px_s is said.velocity_px_s


def test_a_patrol_walks_slower(acting: Acting) -> None:
    config = NpcConfig()
    said = advice(acting, Plan(waypoints_px=np.array([(100.0, 100.0), (500.0, 100.0)]), eta_s=2.0, behaviour="patrol"), config)
    assert math.hypot(*said.velocity_px_s) == pytest.approx(200.0 * config.patrolling.speed_factor)


def test_one_who_stands_watch_looks_around(acting: Acting) -> None:
    config = NpcConfig()
    said = advice(acting, Plan(waypoints_px=np.array([(100.0, 100.0)]), eta_s=0.0, behaviour="watch"), config)
    assert not said.velocity_px_s.any() and acting.heading_rad == pytest.approx(0.1 * config.guarding.scan_rad_s)


def test_the_acceleration_keeps_to_what_the_body_can(acting: Acting) -> None:
    config = NpcConfig()
    config = replace(config, body=replace(config.body, max_acceleration_px_s2=900.0))
    said = advice(acting, Plan(waypoints_px=np.array([(100.0, 100.0), (500.0, 100.0)]), eta_s=2.0, behaviour="chase"), config)
    assert said.acceleration_px_s2 == pytest.approx((900.0, 0.0))


def test_after_a_reset_nothing_was_asked_for(acting: Acting) -> None:
    advice(acting, Plan(waypoints_px=np.array([(100.0, 100.0), (500.0, 100.0)]), eta_s=2.0, behaviour="chase"), NpcConfig())
    acting.reset()
    assert not acting.commanded_px_s.any()
