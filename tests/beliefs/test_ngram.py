"""Movement as a language, and bodies that rebound."""

from __future__ import annotations

import numpy as np

from npc_world.beliefs.layout import NGRAM_COUNT, SENTENCE, SENTENCE_KEPT, WALLS
from npc_world.beliefs.target_model import TargetModel

DT_S = 1 / 30
AHEAD_S = np.array([0.5, 1.0, 2.0])
STEPS = np.round(AHEAD_S / DT_S).astype(int)
TOKENS, BOUNCE = "moves as it did before", "bounces off"


def staircase(seconds: float) -> np.ndarray:
    """Right, right, down, right, down, down, each 0.6 s, again and again."""
    turns = np.array([0, 0, 1, 0, 1, 1])[(np.arange(round(seconds / DT_S)) * DT_S / 0.6).astype(int) % 6]
    return np.cumsum(90.0 * DT_S * np.stack([turns == 0, turns == 1], axis=1), axis=0)


def ball(seconds: float, velocity: tuple[float, float] = (230.0, 170.0)) -> np.ndarray:
    """Between walls at 10 and 630, 10 and 390."""
    span, low = np.array([620.0, 380.0]), 10.0
    free = np.array([200.0, 90.0]) + np.outer(np.arange(round(seconds / DT_S)) * DT_S, velocity)
    folded = np.mod(free, 2.0 * span)
    return low + np.minimum(folded, 2.0 * span - folded)


def errors(track: np.ndarray, label: str, start_s: float) -> tuple[float, float]:
    """Mean error of an expert and of constant velocity at AHEAD_S."""
    model, found = TargetModel(), []
    for i in range(len(track) - int(STEPS[-1])):
        model.observe(i * DT_S, track[i])
        if i * DT_S >= start_s and i % 5 == 0:
            truth, plain = track[i + STEPS], track[i] + np.outer(AHEAD_S, (track[i] - track[i - 1]) / DT_S)
            found.append([np.hypot(*(said - truth).T).mean() for said in (model.expert_tracks(AHEAD_S)[label], plain)])
    mean = np.mean(found, axis=0)
    return float(mean[0]), float(mean[1])


def test_a_sentence_of_moves_that_was_heard_before_is_finished() -> None:
    own, plain = errors(staircase(40.0), TOKENS, 20.0)
    assert own < 0.35 * plain


def test_what_is_kept_is_bounded_saved_and_forgotten() -> None:
    model = TargetModel()
    for i, point in enumerate(staircase(70.0)):
        model.observe(i * DT_S, point)
    assert model._memory[NGRAM_COUNT] > SENTENCE_KEPT
    other = TargetModel()
    other.restore(model.state())
    np.testing.assert_array_equal(other._memory[SENTENCE:WALLS + 8], model._memory[SENTENCE:WALLS + 8])
    for i, point in enumerate(staircase(2.0)):
        other.observe(i * DT_S, point)
    assert TOKENS in other.expert_tracks(AHEAD_S)
    other.forget()
    for i, point in enumerate(staircase(2.0)):
        other.observe(i * DT_S, point)
    assert TOKENS not in other.expert_tracks(AHEAD_S)


def test_a_ball_rebounds_where_it_did_before() -> None:
    own, plain = errors(ball(30.0), BOUNCE, 15.0)
    assert own < 0.1 * plain
    model = TargetModel()
    for i, point in enumerate(np.round(ball(20.0))):
        model.observe(i * DT_S, point)
    learned = model._memory[WALLS:WALLS + 8].reshape(4, 2)
    np.testing.assert_allclose(learned[:, 0], (10.0, 630.0, 10.0, 390.0), atol=3.0)
    weights = model.weights
    assert max(weights, key=lambda label: weights[label]) in (BOUNCE, "keeps going") and weights[BOUNCE] > 0.2


def test_who_goes_through_a_wall_has_none_there() -> None:
    model = TargetModel()
    track = ball(20.0)
    away = track[-1] + np.outer(np.arange(300) * DT_S, (400.0, 0.0))
    for i, point in enumerate(np.vstack([track, away])):
        model.observe(i * DT_S, point)
    assert model._memory[WALLS + 3] == 0.0
