"""From imagined balls to hypotheses: the most probable one stands for the middle of a heap, and two heaps stay two."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.learning.ball_forecast import forecast_of

TIMES, NOTHING = np.arange(1, 13) / 6, np.full((256, 4, 4), np.inf)


def fan(sideways: np.ndarray) -> np.ndarray:
    """(n, 12, 2) straight paths that part sideways."""
    return np.stack([np.broadcast_to(100.0 * TIMES, (len(sideways), 12)), sideways[:, None] * TIMES], axis=2)


@pytest.mark.parametrize("hypotheses", [1, 2, 3, 6])
def test_the_best_of_one_wide_heap_is_its_middle(hypotheses: int) -> None:
    spread = np.random.default_rng(0).normal(0.0, 40.0, 256)
    found = forecast_of(TIMES, fan(spread), NOTHING, 0.0, hypotheses, 4.0)
    assert len(found.weights) <= hypotheses
    assert abs(found.best()[-1, 1]) < 0.25 * 40.0 * TIMES[-1]
    assert found.weights.sum() == pytest.approx(1.0)


def test_two_heaps_stay_two() -> None:
    rng = np.random.default_rng(1)
    spread = np.concatenate([rng.normal(-100.0, 4.0, 156), rng.normal(100.0, 4.0, 100)])
    found = forecast_of(TIMES, fan(spread), NOTHING, 0.0, 2, 4.0)
    assert sorted(np.round(found.weights * 256).astype(int).tolist()) == [100, 156]
    assert found.best()[-1, 1] == pytest.approx(-100.0 * TIMES[-1], abs=4.0)
