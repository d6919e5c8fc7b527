"""What comes after a target's goals is worked out once for all who ask the same."""

from __future__ import annotations

import numpy as np

from npc_world.agents.lookout import Lookout
from npc_world.agents.turns import Turns
from npc_world.beliefs.target_model import TargetModel
from npc_world.core.terrain import Terrain
from npc_world.models.surfaces import surface_table

GOALS = [(40.0, 40.0), (280.0, 40.0), (280.0, 200.0)]


def _walled() -> Terrain:
    return Terrain.from_rects([(150, 60, 20, 120)], size=(320, 240), cell_px=16)


def _watched(ground: Terrain) -> TargetModel:
    model = TargetModel(ground, GOALS, size=(12.0, 12.0))
    for i in range(40):
        model.observe(i / 30.0, (40.0 + 3.0 * i, 40.0))
    return model


def _ask(lookout: Lookout, model: TargetModel, speed_px_s: float = 80.0) -> None:
    ground = model.ground
    assert ground is not None
    lookout.ask(model, speed_px_s, 8.0, (12.0, 12.0), surface_table(ground.surfaces, {}))


def test_who_asks_the_same_gets_the_solution_that_is_there() -> None:
    ground = _walled()
    model, first, second = _watched(ground), Lookout(ground), Lookout(ground)
    _ask(first, model)
    while first.has_work:
        first.work()
    _ask(second, model)
    assert not second.has_work
    forecast = model.forecast(3.0, 0.25)
    a, b = first.afterwards(model, forecast), second.afterwards(model, forecast)
    assert a is not None and b is not None and np.array_equal(a.places.points_px, b.places.points_px)


def test_another_speed_is_another_question() -> None:
    ground = _walled()
    model, first, second = _watched(ground), Lookout(ground), Lookout(ground)
    _ask(first, model)
    while first.has_work:
        first.work()
    _ask(second, model, speed_px_s=160.0)
    assert second.has_work


def test_a_newcomer_begins_anew_so_that_every_round_goes_alike() -> None:
    ground = _walled()
    model, first, second = _watched(ground), Lookout(ground), Lookout(ground)
    _ask(first, model)
    while first.has_work:
        first.work()
    Turns.of(ground).join()
    _ask(second, model)
    assert second.has_work
