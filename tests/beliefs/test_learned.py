"""What was learned, in words, and every number in them counted."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.learned import Habit
from npc_world.beliefs.target_model import TargetConfig, TargetModel

DT_S = 1 / 20


def along(points: list[tuple[float, float]], speed: float = 100.0, rest_s: float = 0.0) -> np.ndarray:
    """A walk from point to point, with a rest at each."""
    parts = []
    for a, b in pairwise(points):
        steps = max(1, round(math.dist(a, b) / (speed * DT_S)))
        parts += [np.linspace(a, b, steps, endpoint=False), np.tile(b, (round(rest_s / DT_S), 1))]
    return np.vstack(parts)


def watched(track: np.ndarray, model: TargetModel | None = None) -> TargetModel:
    model = model if model is not None else TargetModel()
    for i, point in enumerate(track):
        model.observe(i * DT_S, point)
    return model


def habit(model: TargetModel, kind: str) -> Habit | None:
    return next((found for found in model.learned() if found.kind == kind), None)


def square(rounds: int) -> list[tuple[float, float]]:
    return [(0.0, 0.0), *[(100.0, 0.0), (100.0, 100.0), (0.0, 100.0), (0.0, 0.0)] * rounds]


def test_who_walks_a_square_turns_right_every_second() -> None:
    model = watched(along(square(5)))
    turns, side = habit(model, "turns"), habit(model, "side")
    assert turns is not None and turns.value == pytest.approx(1.0, abs=0.05) and turns.sentence == "you turn every 1.0 s, like a clock"
    assert side is not None and side.count == side.of == turns.of + 1 and "you turn right in" in side.sentence


def test_a_zigzag_alternates() -> None:
    points = [(60.0 * k, 80.0 * (k % 2)) for k in range(12)]
    side = habit(watched(along(points)), "side")
    assert side is not None and side.sentence == f"left follows right in {side.count} of {side.of} turns" and side.count == side.of >= 8


def test_junctions_are_turns_with_a_way_to_both_sides() -> None:
    kinds = np.ones((21, 41), dtype=int)
    kinds[9:12, :] = 0
    kinds[:, 17:20] = 0  # one crossing, 3 cells wide
    ground = nw.Terrain.from_grid(kinds, 10, {0: "floor", 1: "wall"})
    left, right, middle, home = (185.0, 15.0), (185.0, 195.0), (185.0, 105.0), (25.0, 105.0)
    model = TargetModel(ground)
    clock_s = 0.0
    for goal in (left, left, right, left, left):  # from home east to the crossing, then up (left) or down
        model.reset()
        for point in along([home, middle, goal]):
            clock_s += DT_S
            model.observe(clock_s, point)
        clock_s += 5.0
    found = habit(model, "junctions")
    assert found is not None and found.sentence == "you turn left at 4 of 5 junctions"


def test_rests_and_the_places_where_it_rests() -> None:
    model = watched(along([(0.0, 0.0), *[(150.0, 0.0), (150.0, 90.0), (0.0, 90.0)] * 4], rest_s=0.8))
    rests = habit(model, "rests")
    assert rests is not None and rests.value == pytest.approx(0.8, abs=0.15)
    places = model.favourite_places()
    assert len(places) == 3 and all(count in (3, 4) for _, count in places)
    assert {(round(x, -1), round(y, -1)) for (x, y), _ in places} == {(150.0, 0.0), (150.0, 90.0), (0.0, 90.0)}


def test_who_dashes_when_seen() -> None:
    model, clock_s = TargetModel(), 0.0
    for _ in range(6):
        model.reset()
        for k in range(40):
            clock_s += DT_S
            model.observe(clock_s, (0.0 if k < 6 else 15.0 * (k - 6), 30.0))
        clock_s += 3.0
    dash = habit(model, "dash")
    assert dash is not None and dash.value == pytest.approx(0.4, abs=0.11) and (dash.count, dash.of) == (6, 6)
    assert dash.sentence.startswith(f"you dash within {dash.value:.1f} s of being seen")


def test_nothing_is_said_of_a_stranger_or_of_one_who_runs_straight() -> None:
    assert TargetModel().learned() == () and TargetModel().favourite_places() == []
    assert {found.kind for found in watched(along([(0.0, 0.0), (900.0, 0.0)])).learned()} <= {"moves"}
    half, most, count = TargetModel().calibration
    assert math.isnan(half) and math.isnan(most) and count == 0


def test_an_npc_tells_the_player_what_it_learned_and_forgets_with_the_model() -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((800, 600)), position=(700, 500), seed=1)
    assert npc.learned() == []
    for point in along(square(6)):
        npc.step((700.0, 500.0), point + 200.0, DT_S)
    told = npc.learned()
    assert any(sentence.startswith("you turn every 1.0 s") for sentence in told)
    half, most, count = npc.calibration
    assert 0.0 <= half <= most <= 1.0 and count > 50
    assert npc.target_model is not None
    npc.target_model.forget()
    assert npc.target_model.learned() == ()


def test_places_where_it_likes_to_stop_become_its_goals_where_the_game_gives_none() -> None:
    walk = along([(0.0, 0.0), *[(150.0, 0.0), (150.0, 90.0), (0.0, 90.0)] * 4], rest_s=0.8)
    model = watched(walk, TargetModel(config=TargetConfig(discover=True)))
    goals = [label for label in model.weights if label.startswith("goes for the place it likes")]
    assert len(goals) == 3
    model.set_goals({"ruby": (400.0, 0.0)})
    watched(walk, model)
    assert "goes for the ruby" in model.weights and not any(label.startswith("goes for the place") for label in model.weights)
    assert not any(label.startswith("goes for the place") for label in watched(walk).weights)
