"""Keeping clear of others: however a game keeps its places, the same."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw
from npc_world.agents.keeping_clear import KeepClear
from npc_world.core.records import Bodies, Observation
from npc_world.core.terrain import Terrain
from npc_world.planners.avoidance import Avoidance

DT_S = 1.0 / 60.0


def test_a_game_may_move_its_one_array_of_places_on() -> None:
    ground = Terrain.from_rects([], size=(640, 640))
    kept, made_anew = KeepClear(Avoidance()), KeepClear(Avoidance())
    places, own, wanted = np.array([[380.0, 322.0], [320.0, 320.0]]), np.array([100.0, 0.0]), np.array([100.0, 0.0])
    turned = False
    for frame in range(20):
        now = (Observation(frame * DT_S, DT_S, np.array([320.0, 320.0]), (20.0, 20.0), {}, Bodies(array, without=1)) for array in (places, places.copy()))
        one, other = (keep.velocity(seen, own, wanted, 100.0, ground) for keep, seen in zip((kept, made_anew), now, strict=True))
        assert one.tolist() == other.tolist()
        turned |= one.tolist() != wanted.tolist()
        places[0, 0] -= 90.0 * DT_S
    assert turned


@pytest.mark.parametrize("number", [2, 4, 7])
@pytest.mark.parametrize("at_full_speed", [False, True])
def test_hunters_that_a_game_puts_into_the_world_at_one_place_part(number: int, at_full_speed: bool) -> None:
    """All see the same of each other in one frame, and went the same way for ever."""
    ground = nw.Terrain.from_rects([(0, 0, 1200, 64), (0, 200, 1200, 64)], size=(1200, 600))
    places = np.tile([332.0, 127.0], (number, 1))
    npcs = [nw.load_npc("hunter", ground, place, seed=i, size=(32, 32), body=nw.TopDownBody(max_speed_px_s=180.0)) for i, place in enumerate(places)]
    for _ in range(150):
        seen = places.copy()
        for i, npc in enumerate(npcs):
            action = npc.step(seen[i], (900.0, 132.0), 1 / 60, others=nw.Bodies(seen, np.full((number, 2), 32.0), i))
            places[i] += np.round(3.0 * action.direction) if at_full_speed else action.pixels(1 / 60)
    assert places[:, 0].min() > 600.0
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + 1e3 * np.eye(number)
    assert apart.min() > 16.0
