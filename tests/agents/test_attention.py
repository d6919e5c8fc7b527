"""Who looks when: alone in every frame, in a crowd in turn."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw
from npc_world.agents.attention import Attention
from npc_world.core.records import Observation

DT_S = 1.0 / 60.0


def seen_at(time_s: float) -> Observation:
    return Observation(time_s, DT_S, np.array([10.0 + time_s, 20.0]), (8.0, 8.0), {})


def looks(count: int, frames: int = 120) -> np.ndarray:
    """(count, frames) bool."""
    minds = [Attention(number) for number in range(count)]
    return np.array([[mind.due(seen_at(k * DT_S), count) for k in range(frames)] for mind in minds])


@pytest.mark.parametrize("count", [1, 20, 25])
def test_up_to_some_dozens_look_in_every_frame(count: int) -> None:
    assert looks(count).all()


def test_of_a_hundred_about_as_many_look_in_each_frame_and_each_every_tenth() -> None:
    seen = looks(100)
    per_frame = seen.sum(axis=0)[1:]
    assert per_frame.min() >= 8 and per_frame.max() <= 12
    waits = [np.diff(np.flatnonzero(row)).max() for row in seen]
    assert max(waits) <= 11  # frames do not quite begin where times are cut


def test_frames_passed_over_are_taken_in_as_one_long_one() -> None:
    mind = Attention(3)
    for k, asked in enumerate(((60.0, 0.0), (0.0, 30.0))):
        mind.pass_over(seen_at(k * DT_S), (1.0, 2.0), np.array(asked))
    now, moved, asked_px_s = mind.taken_in(seen_at(2 * DT_S), (1.0, -1.0), np.array([0.0, 0.0]))
    assert now.dt_s == pytest.approx(3 * DT_S)
    assert moved == (3.0, 3.0)
    assert asked_px_s.tolist() == pytest.approx([20.0, 10.0])
    again, moved, _ = mind.taken_in(last := seen_at(3 * DT_S), (5.0, 6.0), np.array([0.0, 0.0]))
    assert again is last
    assert moved == (5.0, 6.0)


@pytest.mark.parametrize("together", [False, True])
def test_everyone_of_a_big_crowd_knows_where_the_player_was_a_moment_ago(together: bool) -> None:
    level = nw.Terrain.from_rects([(200, 100, 20, 300), (420, 200, 20, 300)], size=(640, 640), cell_px=16)
    team = nw.Team(level, seed=1) if together else None
    at = [np.array([20.0 + 6.0 * (i % 10), 20.0 + 6.0 * (i // 10)]) for i in range(70)]
    npcs = [nw.load_npc("hunter", level, position=here, seed=i, team=team) for i, here in enumerate(at)]
    for k in range(40):
        player = np.array([500.0, 300.0 + 2.0 * k])
        for npc, here in zip(npcs, at, strict=True):
            here += npc.step(here, player, DT_S).velocity_px_s * DT_S
    for npc in npcs:
        assert npc.belief is not None and npc.belief.visible
        assert npc.belief.position_px == pytest.approx(player, abs=12.0)  # five frames at 120 px/s
        assert npc.belief.velocity_px_s == pytest.approx([0.0, 120.0], abs=12.0)


def test_a_plan_is_gone_on_with_in_every_frame_also_in_a_big_crowd() -> None:
    level = nw.Terrain.from_rects([(200, 100, 20, 300)], size=(640, 640), cell_px=16)
    npcs = [nw.load_npc("hunter", level, position=(30.0 + 5.0 * (i % 10), 30.0 + 5.0 * (i // 10)), seed=i) for i in range(60)]
    at = [np.array([30.0 + 5.0 * (i % 10), 30.0 + 5.0 * (i // 10)]) for i in range(60)]
    for _ in range(120):
        for npc, here in zip(npcs, at, strict=True):
            step = npc.step(here, (600.0, 600.0), DT_S).velocity_px_s
            assert np.hypot(*step) > 0.0
            here += step * DT_S
    assert {npc.plan.behaviour for npc in npcs} == {"intercept"}
