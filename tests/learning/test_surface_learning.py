"""A body learns its ground from what it asked for against what it got."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.learning.surface_learning import SurfaceLearner, SurfaceLearning
from npc_world.models.surfaces import Surface

SPEED, DT = 180.0, 1 / 60


def walk(learner: SurfaceLearner, surface: str, factor: float, seconds: float, *, start_s: float = 0.0, grip: float | None = None,
         whole_pixels: bool = False) -> float:
    """Walk east over a surface whose truth is `factor` (and `grip`); returns the time at the end."""
    position, velocity, time_s = np.zeros(2), np.zeros(2), start_s
    wanted = np.array([SPEED, 0.0])
    for _ in range(int(seconds / DT)):
        change = factor * wanted - velocity
        if grip is not None:
            change = change * min(1.0, grip * 900.0 * DT / max(1e-9, float(np.hypot(*change))))
        velocity = velocity + change
        position = position + velocity * DT
        time_s += DT
        seen = np.round(position) if whole_pixels else position
        learner.learn(time_s, seen, surface, wanted, SPEED, 900.0 if grip is not None else 0.0)
    return time_s


@pytest.mark.parametrize("factor", [0.3, 0.55, 1.0, 1.4])
@pytest.mark.parametrize("whole_pixels", [False, True])
def test_the_speed_of_a_surface_is_learned_within_seconds(factor: float, whole_pixels: bool) -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    walk(learner, "mud", factor, 3.0, whole_pixels=whole_pixels)
    learned = learner.belief("mud")
    assert learned.speed_factor == pytest.approx(factor, rel=0.1)
    assert learned.speed_factor_sd < Surface().speed_factor_sd


def test_a_surface_that_changes_is_learned_again() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    end = walk(learner, "ice", 1.0, 20.0)
    walk(learner, "ice", 0.4, 3.0, start_s=end)
    assert learner.belief("ice").speed_factor == pytest.approx(0.4, rel=0.1)


def test_grip_is_learned_while_gathering_speed() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {"ice": Surface(grip=0.6)})
    end = 0.0
    for _ in range(4):
        end = walk(learner, "ice", 1.0, 2.5, start_s=end + 1.0, grip=0.1)
        learner.forget_motion()
    assert learner.belief("ice").grip == pytest.approx(0.1, abs=0.05)


def test_standing_against_a_wall_says_nothing() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    before = learner.belief("grass")
    for frame in range(300):
        learner.learn(frame * DT, np.array([100.0, 100.0]), "grass", np.array([SPEED, 0.0]), SPEED, 0.0)
    assert learner.belief("grass") == before


def test_what_was_not_trodden_keeps_its_prior() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {})
    walk(learner, "grass", 0.7, 2.0)
    assert learner.belief("mud") == SurfaceLearner(SurfaceLearning(), {}).belief("mud")
