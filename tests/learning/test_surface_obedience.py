"""Bodies that do not do as they are asked teach no law of the ground, and nothing false is said of it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from npc_world.learning.surface_learning import SurfaceLearner, SurfaceLearning
from npc_world.models.surfaces import Surface

SPEED, DT = 180.0, 1 / 60
STEP = SPEED * DT
Step = Callable[[np.ndarray], np.ndarray]


def cut(direction: np.ndarray) -> np.ndarray:
    return np.trunc(STEP * direction)


def cut_down(direction: np.ndarray) -> np.ndarray:
    return np.floor(STEP * direction)


def along_one_axis(direction: np.ndarray) -> np.ndarray:
    axis = int(np.argmax(np.abs(direction)))
    return STEP * np.sign(direction[axis]) * np.eye(2)[axis]


def along_eight_ways(direction: np.ndarray) -> np.ndarray:
    return STEP * np.sign(direction) * (np.abs(direction) > math.sin(math.pi / 8))


class Gathering:
    """A game with a friction of its own: speed comes within half a second."""

    def __init__(self) -> None:
        self.velocity = np.zeros(2)

    def __call__(self, direction: np.ndarray) -> np.ndarray:
        self.velocity += (STEP * direction - self.velocity) * DT / 0.5
        return self.velocity.copy()


class Walk:
    """A body that walks about, turning every half second to two seconds, and its learner, who guesses at so many times its speed."""

    def __init__(self, told: float = 1.0) -> None:
        self.told = told
        self.learner = SurfaceLearner(SurfaceLearning(), {})
        self.learner.speed_guessed = told != 1.0
        self.time_s, self.position = 0.0, np.array([500.0, 500.0])

    @property
    def believed(self) -> Surface:
        return self.learner.belief("ground")

    def on(self, step: Step, seconds: float, *, seed: int = 0, slow: float = 0.0, factor: float = 1.0) -> None:
        """A share `slow` of the ways is asked for at a third of the speed; `factor` is the ground's."""
        rng, turns_at, asked = np.random.default_rng(seed), 0, np.zeros(2)
        for frame in range(int(seconds / DT)):
            if frame == turns_at:
                angle, turns_at = rng.uniform(0, 2 * np.pi), frame + int(rng.uniform(30, 120))
                asked = SPEED * np.array([np.cos(angle), np.sin(angle)]) * (1 / 3 if rng.uniform() < slow else 1.0)
            self.time_s += DT
            self.position = self.position + factor * step(asked / np.hypot(*asked))
            self.learner.learn(self.time_s, self.position, "ground", self.told * asked, self.told * SPEED, 0.0)


def exactly(direction: np.ndarray) -> np.ndarray:
    return STEP * direction


@pytest.mark.parametrize("told", [1.0, 2.1])
@pytest.mark.parametrize("step", [cut, cut_down, along_one_axis, along_eight_ways, Gathering()])
def test_no_ground_is_made_up_for_a_body_that_obeys_roughly(step: Step, told: float) -> None:
    walk = Walk(told)
    walk.on(step, 18.0)
    for seed in range(1, 6):
        walk.on(step, 6.0, seed=seed)
        learned = walk.believed
        assert (learned.push_x, learned.push_y, learned.grip) == (0.0, 0.0, Surface().grip)
        assert 0.4 < told * learned.speed_factor < 1.5
        assert learned.speed_factor_sd >= 0.1
    assert walk.learner.obedience.rough
    assert walk.learner.surprise is None


def test_one_that_obeys_is_trusted_also_where_its_ground_changes() -> None:
    walk = Walk()
    for seed, factor in enumerate((1.0, 0.5, 0.8, 0.4)):
        walk.on(exactly, 8.0, seed=seed, factor=factor)
        assert walk.learner.obedience.proven
        assert not walk.learner.obedience.rough
        assert walk.believed.speed_factor == pytest.approx(factor, rel=0.05)


def test_a_body_that_goes_at_one_speed_whatever_is_asked_is_seen_through() -> None:
    walk = Walk()
    walk.on(exactly, 20.0, slow=0.4)
    assert walk.learner.obedience.full_speed
    assert walk.believed.speed_factor == pytest.approx(1.0, abs=0.05)
    assert walk.learner.surprise is None
    walk.on(exactly, 8.0, slow=0.4, factor=0.5, seed=1)
    assert walk.believed.speed_factor == pytest.approx(0.5, abs=0.05)


def test_one_that_begins_to_obey_is_believed_again() -> None:
    walk = Walk()
    walk.on(cut, 12.0)
    assert walk.learner.obedience.rough
    walk.on(exactly, 14.0, factor=0.7, seed=3)
    assert walk.learner.obedience.proven
    assert walk.believed.speed_factor == pytest.approx(0.7, rel=0.03)


def test_a_knock_makes_nobody_disobedient() -> None:
    walk = Walk()
    for seed in range(3):
        walk.on(exactly, 5.0, seed=seed)
        walk.position += (40.0, -60.0)
        walk.on(exactly, 3.0, seed=seed + 10)
        assert walk.learner.obedience.proven


def test_how_fast_a_body_is_whose_speed_nobody_told_is_no_surprise_but_a_change_of_it_is() -> None:
    walk = Walk()
    walk.learner.speed_guessed = True
    walk.on(exactly, 10.0, factor=0.5)
    assert walk.believed.speed_factor == pytest.approx(0.5, rel=0.05)
    assert walk.learner.surprise is None
    walk.on(exactly, 5.0, factor=0.25, seed=1)
    assert walk.learner.surprise is not None
    assert walk.learner.surprise.believed == pytest.approx(0.5, abs=0.05)
