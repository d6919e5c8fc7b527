"""Exact courses are known after five sightings, and forgotten with the first that disagrees."""

from __future__ import annotations

import math

import numpy as np
import pytest

from npc_world.beliefs.glance import Glance
from tests.beliefs.test_arcs import AHEAD_S, DT_S, turning


def seen(track: np.ndarray, glance: Glance | None = None) -> Glance:
    glance = glance if glance is not None else Glance()
    for i, (x, y) in enumerate(track.tolist()):
        glance.observe(i * DT_S, x, y)
    return glance


@pytest.mark.parametrize("rate", [-2.0, 0.0, 0.7])
def test_a_course_is_known_a_tenth_of_a_second_after_it_began(rate: float) -> None:
    track = turning([(1.0, 1.2), (4.0, rate)])
    glance = seen(track[:66])
    ahead = glance.track(AHEAD_S)
    assert ahead is not None and glance.probability > 0.5
    assert glance.label == ("holds its course" if rate == 0.0 else "keeps turning right" if rate > 0.0 else "keeps turning left")
    np.testing.assert_allclose(ahead, track[65 + np.round(AHEAD_S / DT_S).astype(int)], atol=1.0)


def test_corners_and_noise_say_nothing() -> None:
    track = turning([(1.0, 0.0)])
    corner = np.vstack([track, track[-1] + np.outer(np.arange(1, 3) * DT_S, (0.0, 100.0))])
    assert seen(corner).track(AHEAD_S) is None
    rounded = np.round(track @ [[0.8, 0.6], [-0.6, 0.8]])
    assert seen(rounded).probability == 0.0
    noisy = track + np.random.default_rng(1).normal(0.0, 1.0, track.shape)
    assert seen(noisy).probability == 0.0


def test_courses_that_break_lose_credit_and_a_gap_begins_anew() -> None:
    fickle = seen(turning([(0.25, 3.0), (0.25, -3.0)] * 20))
    steady = seen(turning([(8.0, 0.8)]))
    assert fickle.probability < 0.5 < 0.9 < steady.probability
    steady.observe(100.0, 0.0, 0.0)
    assert steady.track(AHEAD_S) is None and math.isfinite(steady.probability)
