"""Fields to goals: one set for all who believe the same of the ground, another for who believes otherwise."""

from __future__ import annotations

import numpy as np

from npc_world.beliefs.target_model import TargetModel
from npc_world.core.terrain import Terrain
from npc_world.models.surfaces import Surface
from npc_world.models.travel_time import travel_time

GOALS = [(24.0, 24.0), (296.0, 200.0)]


def _muddy() -> Terrain:
    kinds = np.zeros((15, 20), dtype=int)
    kinds[:, 8:11] = 1
    kinds[2:9, 14] = 2
    return Terrain.from_grid(kinds, 16, {0: "grass", 1: "mud", 2: "wall"})


def test_strangers_share_fields_while_they_believe_the_same() -> None:
    ground = _muddy()
    one, other = TargetModel(ground, GOALS), TargetModel(ground, GOALS)
    assert one._intent.fields is other._intent.fields


def test_who_has_learned_otherwise_turns_to_fields_of_its_own() -> None:
    ground = _muddy()
    one, other = TargetModel(ground, GOALS), TargetModel(ground, GOALS)
    other.believe_ground({"mud": Surface(speed_factor=0.2)})
    other._intent.refresh(len(GOALS))
    assert one._intent.fields is not other._intent.fields
    for model in (one, other):
        for goal, field in zip(GOALS, model._intent.fields, strict=True):
            fresh = travel_time(ground, goal, 1.0, surfaces=model._intent.around.table, links=False)
            assert np.array_equal(field, fresh.times_s)


def test_a_door_is_taken_up_one_field_at_a_time_and_by_all() -> None:
    ground = _muddy()
    models = [TargetModel(ground, GOALS) for _ in range(2)]
    ground.set_solid((128, 0, 16, 240))
    for _ in GOALS:
        for model in models:
            model._intent.refresh(1)
    assert models[0]._intent.fields is models[1]._intent.fields
    assert np.isinf(models[0]._intent.fields[0][10, 18])


def test_other_goals_keep_the_fields_of_those_that_stay() -> None:
    ground = _muddy()
    model = TargetModel(ground, GOALS)
    kept = model._intent.fields[1].copy()
    model.set_goals({"goal 2": GOALS[1], "new": (24.0, 200.0)})
    assert np.array_equal(model._intent.fields[0], kept)
