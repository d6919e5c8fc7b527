"""What others do on a surface says something of it, less than own steps."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.learning.surface_learning import SurfaceLearner, SurfaceLearning
from npc_world.learning.surface_watching import SurfaceWatcher
from npc_world.models.surfaces import Surface

DT = 1 / 60


def watch(watcher: SurfaceWatcher, learner: SurfaceLearner, surface: str, speed: float, seconds: float, start_s: float) -> float:
    """Another body runs straight east; returns the time at the end."""
    for frame in range(1, int(seconds / DT) + 1):
        at = np.array([speed * frame * DT, 50.0])
        watcher.watch("player", start_s + frame * DT, at, surface, learner)
    return start_s + seconds


def knowing_roads(**others: Surface) -> SurfaceLearner:
    return SurfaceLearner(SurfaceLearning(), {"road": Surface(speed_factor=1.0, speed_factor_sd=0.02), **others})


def test_mud_is_believed_slower_after_the_player_wallowed_in_it() -> None:
    learner, watcher = knowing_roads(bog=Surface(speed_factor=1.0, speed_factor_sd=0.4)), SurfaceWatcher()
    end = watch(watcher, learner, "road", 200.0, 2.5, 0.0)
    watch(watcher, learner, "bog", 80.0, 6.0, end)
    learned = learner.belief("bog")
    assert learned.speed_factor == pytest.approx(0.4, abs=0.15)
    assert learned.speed_factor_sd >= 0.09  # it has not been there itself


def test_own_steps_outweigh_what_others_do() -> None:
    learner, watcher = knowing_roads(bog=Surface(speed_factor=0.9, speed_factor_sd=0.05)), SurfaceWatcher()
    end = watch(watcher, learner, "road", 200.0, 2.5, 0.0)
    watch(watcher, learner, "bog", 80.0, 10.0, end)
    assert learner.belief("bog").speed_factor == pytest.approx(0.9, abs=0.03)


def test_without_ground_it_knows_there_is_nothing_to_compare_with() -> None:
    learner = SurfaceLearner(SurfaceLearning(), {"bog": Surface(speed_factor=1.0, speed_factor_sd=0.4)})
    watch(SurfaceWatcher(), learner, "bog", 80.0, 6.0, 0.0)
    assert learner.belief("bog").speed_factor == 1.0
