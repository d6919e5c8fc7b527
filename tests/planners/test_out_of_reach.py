"""Where to wait for a target that no way leads to."""

from __future__ import annotations

import math

import numpy as np

import npc_world as nw
from npc_world.core.records import Forecast
from npc_world.models.travel_time import travel_time
from npc_world.planners.out_of_reach import nearest_place

TIMES = np.array([0.0, 1.0, 2.0, 4.0])


def test_the_nearest_cell_to_where_the_target_will_be_by_then() -> None:
    field, nodes = np.full((5, 5), math.inf), np.stack(np.meshgrid(np.arange(5) * 10.0 + 5, np.arange(5) * 10.0 + 5), axis=2)
    field[:, :2] = np.hypot(nodes[:, :2, 0] - 5, nodes[:, :2, 1] - 5) / 10.0  # the pursuer is in the corner and makes 10 px/s
    stays = np.broadcast_to((45.0, 25.0), (1, 4, 2))
    assert nearest_place(field, nodes, 10.0, TIMES, stays, np.ones(1)) == (2, 1)
    leaves = np.stack([np.full(4, 45.0), 25.0 + 5.0 * TIMES], axis=1)[None]
    assert nearest_place(field, nodes, 10.0, TIMES, leaves, np.ones(1))[0] > 2


def test_interception_says_that_there_is_no_way() -> None:
    ground = nw.Terrain.from_rects([(150, 0, 20, 320)], size=(320, 320), cell_px=16)
    tracks = np.broadcast_to((250.0, 200.0), (1, 4, 2)).copy()
    forecast = Forecast(TIMES + 0.1, tracks, np.ones(1), np.zeros((1, 4, 2, 2)), ("stays",))
    meeting = nw.intercept(ground, (20, 20), 80.0, forecast)
    assert not meeting.reachable and meeting.probability == 0.0 and meeting.time_s == math.inf
    assert math.dist(meeting.point, (142, 200)) < 16.0
    reached = travel_time(ground, (20, 20), 80.0)
    assert math.isfinite(reached.at(meeting.point))
    ground.set_solid((150, 100, 20, 40), solid=False)
    again = nw.intercept(ground, (20, 20), 80.0, forecast)
    assert again.reachable and again.time_s < 8.0
