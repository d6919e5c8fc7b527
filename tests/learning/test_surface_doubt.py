"""Changed ground is told from a knock by rivals that did not feel it, and learned from all that was seen since."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.learning.surface_estimate import another_ground, surprise_of
from npc_world.learning.surface_learning import SurfaceLearner, SurfaceLearning
from npc_world.models.surfaces import Surface
from npc_world.models.top_down import step_top_down

SPEED, ACCELERATION, DT = 160.0, 900.0, 1 / 60
State = tuple[float, float, float, float]


def slide(learner: SurfaceLearner, rng: np.random.Generator, factor: float, grip: float, seconds: float, start_s: float, state: State = (0.0, 0.0, 0.0, 0.0),
          knock_px_s: float = 0.0) -> tuple[float, State]:
    """A body with momentum, seen a pixel off, that turns every 0.7 s; knocked aside half-way."""
    frames, wish = round(seconds / DT), np.zeros(2)
    for k in range(frames):
        if k % 42 == 0:
            angle = rng.uniform(0, 2 * np.pi)
            wish = SPEED * np.array([np.cos(angle), np.sin(angle)])
        if k == frames // 2:
            state = (state[0], state[1], state[2] + knock_px_s, state[3])
        state = step_top_down(*state, *wish, DT, ACCELERATION, factor, grip, 0.0, 0.0)
        learner.learn(start_s + (k + 1) * DT, np.array(state[:2]) + rng.normal(0.0, 1.0, 2), "ground", wish, SPEED, ACCELERATION)
    return start_s + seconds, state


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_a_sliding_body_with_blurred_eyes_learns_a_change_within_three_seconds(seed: int) -> None:
    rng, learner = np.random.default_rng(seed), SurfaceLearner(SurfaceLearning(), {"ground": Surface()})
    end, state = slide(learner, rng, 0.9, 0.6, 10.0, 0.0)
    assert learner.belief("ground").grip == pytest.approx(0.6, rel=0.15)
    slide(learner, rng, 0.9, 0.1, 3.0, end, state)
    assert learner.belief("ground").grip == pytest.approx(0.1, rel=0.15)
    assert learner.surprise is not None and learner.surprise.quality == "grip"


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_body_that_is_knocked_does_not_blame_the_ground(seed: int) -> None:
    rng, learner = np.random.default_rng(seed), SurfaceLearner(SurfaceLearning(), {"ground": Surface(grip=0.3)})
    end, state = slide(learner, rng, 0.9, 0.3, 10.0, 0.0)
    before = learner.surprise
    slide(learner, rng, 0.9, 0.3, 4.0, end, state, knock_px_s=120.0)
    assert learner.surprise is before
    assert learner.belief("ground").grip == pytest.approx(0.3, rel=0.2)


def test_ground_that_stays_as_it_is_gives_rise_to_no_word_of_a_change() -> None:
    """Exact sight of a body whose wish is never still: stretches that a fit misses, and rivals that then find what was believed already."""
    rng, learner = np.random.default_rng(2), SurfaceLearner(SurfaceLearning(), {})
    factor, grip = rng.uniform(0.4, 1.1), rng.uniform(0.2, 0.9)
    state, wish, heading, words = (0.0, 0.0, 0.0, 0.0), np.array([150.0, 0.0]), 0.0, []
    for k in range(round(60.0 / DT)):
        heading += rng.normal(0.0, 0.05)
        if rng.uniform() < 0.3:
            angle = heading + rng.normal(0.0, 0.6)
            wish = 150.0 * np.array([np.cos(angle), np.sin(angle)])
        if rng.uniform() < 0.005:
            heading += rng.uniform(-3.0, 3.0)
        state = step_top_down(*state, *wish, DT, ACCELERATION, factor, grip, 0.0, 0.0)
        learner.learn((k + 1) * DT, np.array(state[:2]), "mud", wish, 150.0, ACCELERATION)
        if learner.surprise is not None and learner.surprise not in words:
            words.append(learner.surprise)
    assert [word.time_s for word in words if word.time_s > 10.0] == []
    assert learner.belief("mud").speed_factor == pytest.approx(factor, rel=0.02)


def test_what_is_unsure_is_no_other_ground() -> None:
    believed = Surface(speed_factor=0.62, grip=0.4, speed_factor_sd=0.01, grip_sd=0.01, push_sd=0.01)
    assert not another_ground(believed, Surface(speed_factor=0.622, grip=0.41, speed_factor_sd=0.005, grip_sd=0.004, push_sd=0.005))
    assert not another_ground(believed, Surface(speed_factor=0.62, grip=0.5, speed_factor_sd=0.005, grip_sd=0.6, push_sd=0.005))
    changed = Surface(speed_factor=0.3, grip=0.9, speed_factor_sd=0.01, grip_sd=1.0, push_sd=0.01)
    assert another_ground(believed, changed)
    assert surprise_of("mud", believed, changed, 1.0).quality == "speed"
