"""What happened, judged by the forecasts made of it."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.beliefs.calibrating import _level
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
