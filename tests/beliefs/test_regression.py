"""The law that is learned while watching: gravity and the middle of the field are found, not told."""

from __future__ import annotations

import numpy as np

from npc_world.beliefs.kinematic import go_on
from npc_world.beliefs.layout import BIN_S, EXPERTS, GO, WAYS
from npc_world.beliefs.regression import follow_ways
from npc_world.beliefs.target_model import TargetModel

DT_S = 1 / 30


def errors_after(track: np.ndarray, learn_s: float, ahead_s: float) -> tuple[float, float]:
    """Mean errors of the law and of constant velocity, after learn_s."""
    model, found, steps = TargetModel(), [], round(ahead_s / DT_S)
    tracks = np.zeros((EXPERTS, 1, 2))
    for i in range(len(track) - steps):
        model.observe(i * DT_S, track[i])
        if i * DT_S > learn_s and i % 7 == 0:
            follow_ways(model._memory, np.array([ahead_s]), tracks)
            go_on(model._memory, np.array([ahead_s]), np.ones(EXPERTS, bool), tracks)
            found.append([np.hypot(*(tracks[e, 0] - track[i + steps])) for e in (WAYS, GO)])
    ways, plain = np.mean(found, axis=0)
    return float(ways), float(plain)


def test_hops_of_every_height_fall_as_they_have_fallen() -> None:
    rng = np.random.default_rng(8)
    parts, x = [], 0.0
    for _ in range(60):
        rise, run = rng.uniform(500.0, 900.0), rng.uniform(-150.0, 150.0)
        t = np.arange(0.0, 2.0 * rise / 900.0, DT_S)
        parts.append(np.stack([x + run * t, 400.0 - rise * t + 450.0 * t * t], axis=1))
        x = float(parts[-1][-1, 0])
    ways, plain = errors_after(np.vstack(parts), 40.0, float(BIN_S[1]))
    assert ways < 0.75 * plain


def test_a_body_drawn_to_the_middle_of_its_field_is_expected_back_there() -> None:
    rng = np.random.default_rng(9)
    place, speed, track = np.array([300.0, 200.0]), np.zeros(2), []
    for _ in range(round(90.0 / DT_S)):
        speed += DT_S * (-0.8 * (place - (300.0, 200.0)) - 0.8 * speed) + rng.normal(0.0, 25.0, 2)
        place = place + DT_S * speed
        track.append(place)
    ways, plain = errors_after(np.array(track), 45.0, float(BIN_S[2]))
    assert ways < 0.8 * plain


def test_who_once_dashed_and_then_dawdles_is_known_by_how_he_dawdles() -> None:
    """A law is learned in shares of top speed: what is learned at a tenth of it must not drown in the law it started from."""
    rng = np.random.default_rng(12)
    place, speed, track = np.zeros(2), np.array([400.0, 0.0]), []
    for _ in range(round(60.0 / DT_S)):
        speed += DT_S * np.array([30.0, 0.0]) - DT_S * np.array([1.2, 3.0]) * speed + rng.normal(0.0, 7.0, 2)
        place = place + DT_S * speed
        track.append(place)
    ways, plain = errors_after(np.array(track), 30.0, float(BIN_S[2]))
    assert ways < 0.79 * plain
