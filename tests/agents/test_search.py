"""Searching for who is out of sight."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import cast

import numpy as np

import npc_world as nw
from npc_world.agents.behaviours.search import search
from npc_world.agents.config import NpcConfig
from npc_world.agents.situation import Situation
from npc_world.models.surfaces import surface_table


def test_what_is_left_round_a_corner_is_gone_to_not_waited_for() -> None:
    """All that is left lies close by behind a wall, as many cells to one side as to the other of where it stands: it does not freeze there."""
    ground = nw.Terrain.from_rects([(200, 0, 20, 300)], size=(400, 400), cell_px=20)
    occupancy = np.zeros(ground.shape)
    occupancy[4, 11], occupancy[8, 11] = 0.5, 0.5
    position = ground.centre_of(6, 9)
    for _ in range(200):
        now = SimpleNamespace(target=SimpleNamespace(occupancy=occupancy), ground=ground, config=NpcConfig(), searched_px=(), position_px=position,
                              speed_px_s=100.0, size_px=(10.0, 10.0), surfaces=surface_table(ground.surfaces, {}), holding=frozenset())
        plan = search(cast(Situation, now))
        assert plan.eta_s > 0.0 and len(plan.waypoints_px) > 1
        towards = plan.waypoints_px[1] - position
        position = position + towards * min(1.0, 10.0 / math.hypot(*towards))
        if position[0] > 220.0:
            return
    raise AssertionError(f"still at {position}")
