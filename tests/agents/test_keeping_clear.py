"""Keeping clear of others: however a game keeps its places, the same."""

from __future__ import annotations

import numpy as np

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
