"""What happened, judged by the forecasts made of it."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.beliefs.calibrating import _add_densities, _level
from npc_world.beliefs.layout import BIN_S, MIXED


@pytest.mark.parametrize("away", [0.0, 1e-6, 1e-3])
def test_the_surprise_of_a_body_pinned_to_a_spot_far_from_the_origin_is_a_number_of_spreads(away: float) -> None:
    """Variances are swallowed by the squares of places where these are taken from the origin."""
    stated = np.zeros(MIXED + 5 * MIXED * len(BIN_S))
    spots = np.array([(1731.7, 1402.3), (1731.7 + 1e-6, 1402.3)])
    for k, (x, y) in enumerate(spots):
        stated[k] = 0.5
        stated[MIXED + 5 * k: MIXED + 5 * (k + 1)] = x, y, 1e-12, 1e-12, 0.0
    _, square = _level(stated, 0, 0, 1731.7 + away, 1402.3)
    spread = 1e-12 + 0.25e-12
    assert square == pytest.approx((away - 0.5e-6) ** 2 / spread, rel=1e-3)


def one_future(x: float, y: float, along: float, aside: float) -> np.ndarray:
    stated = np.zeros(MIXED + 5 * MIXED * len(BIN_S))
    stated[0] = 1.0
    stated[MIXED:MIXED + 5] = x, y, along, aside, 0.0
    return stated


@pytest.mark.parametrize("spreads", [0.0, 0.5, 1.2, 2.0, 3.0, 14.0])
def test_what_is_likelier_than_a_place_within_one_future_is_as_in_the_formula(spreads: float) -> None:
    level, square = _level(one_future(40.0, -7.0, 9.0, 4.0), 0, 0, 40.0 + 3.0 * spreads, -7.0)
    assert level == pytest.approx(1.0 - np.exp(-0.5 * spreads ** 2), abs=0.03)
    assert square == pytest.approx(spreads ** 2)


def test_densities_of_many_places_at_once_are_those_of_normal_distributions() -> None:
    parts = np.array([(0.7, 1.0, 2.0, 0.5, 0.1, 0.3, 0.0, 0.0, 0.0, 2.0), (0.3, -4.0, 0.0, 1.5, -0.2, 0.6, 0.0, 0.0, 0.0, 0.5)])
    xs, ys = np.random.default_rng(3).uniform(-9.0, 9.0, (2, 96))
    found, expected = np.zeros(96), np.zeros(96)
    _add_densities(parts, 2, xs, ys, found)
    for _, px, py, xx, xy, yy, _, _, _, peak in parts:
        expected += peak * np.exp(-0.5 * (xx * (xs - px) ** 2 + 2.0 * xy * (xs - px) * (ys - py) + yy * (ys - py) ** 2))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-20)
    assert found.max() > 1.0
