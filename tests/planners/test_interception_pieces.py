"""A meeting worked out over some frames."""

from __future__ import annotations

import numpy as np

import npc_world as nw
from npc_world.core.pieces import finished
from npc_world.models.nav_eikonal import GrowingField, straight_time_fields
from npc_world.planners.interception import intercept, intercept_in_pieces


def test_a_meeting_found_in_pieces_is_the_one_found_at_once():
    rng = np.random.default_rng(2)
    walls = [(*rng.uniform(0.0, 1500.0, 2), *rng.uniform(20.0, 120.0, 2)) for _ in range(80)]
    ground = nw.Terrain.from_rects(walls, size=(1600, 1600), cell_px=16)
    target = nw.TargetModel(ground)
    for k in range(30):
        target.observe(k / 30, (200.0 + 4.0 * k, 300.0 + 2.0 * k))
    forecast = target.forecast(3.0, 0.1)
    pieces = intercept_in_pieces(ground, (1500.0, 1500.0), 150.0, forecast, size=(16, 16))
    work = []
    while True:
        try:
            work.append(next(pieces))
        except StopIteration as end:
            found = end.value
            break
    once = intercept(ground, (1500.0, 1500.0), 150.0, forecast, size=(16, 16))
    assert len(work) > 4 and sum(work) > 4000
    np.testing.assert_array_equal(found.point, once.point)
    np.testing.assert_array_equal(found.catch_times_s, once.catch_times_s)


def test_a_field_that_grows_is_at_each_limit_as_one_worked_out_to_it():
    rng = np.random.default_rng(3)
    walls = [(*rng.uniform(0.0, 700.0, 2), *rng.uniform(20.0, 120.0, 2)) for _ in range(20)]
    ground = nw.Terrain.from_rects(walls, size=(800, 800), cell_px=10)
    start = np.array([5.0, 5.0])
    growing = GrowingField(ground, start, 100.0, size=(8, 8))
    for limit_s in (0.5, 2.0, 2.0, 6.0, np.inf):
        np.testing.assert_array_equal(finished(growing.until(limit_s)),
                                      straight_time_fields(ground, start[None], 100.0, size=(8, 8), max_time_s=limit_s)[0])
