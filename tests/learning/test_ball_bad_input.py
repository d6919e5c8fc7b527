"""What cannot be is refused by name, and nothing changes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import npc_world as nw

FLOOR = [(0.0, 100.0, 200.0, 100.0)]


@pytest.mark.parametrize(("argument", "value"), [
    ("radius_px", "a"), ("radius_px", None), ("radius_px", math.inf), ("thickness_px", math.nan), ("thickness_px", -3.0), ("thickness_px", "thick"),
    ("circles", [(0.0, 0.0, -5.0)]), ("inertia", math.inf), ("seed", -1), ("seed", 0.5),
])
def test_a_ball_or_a_wall_that_cannot_be(argument: str, value: Any) -> None:
    with pytest.raises(nw.BadInputError, match=argument):
        nw.BallModel(**{"segments": FLOOR, "radius_px": 5.0, argument: value})


def test_no_throws_and_more_steps_than_memory_holds() -> None:
    ball = nw.BallModel(FLOOR, 5.0)
    before = ball.physics
    with pytest.raises(nw.BadInputError, match="trajectories"):
        ball.fit(None)  # type: ignore[arg-type]
    ball.observe(0.0, (50.0, 20.0))
    with pytest.raises(nw.BadInputError, match="steps"):
        ball.forecast(1e9, 1e-3)
    assert ball.physics == before


def test_a_catcher_that_waits_nowhere() -> None:
    with pytest.raises(nw.BadInputError, match="home_px"):
        nw.Catcher(nw.BallModel(FLOOR, 5.0), nw.CatchReach(sideways_px=5.0, up_px=5.0), 100.0, home_px=math.nan)


def test_a_throw_without_an_end_is_named_and_nothing_changes() -> None:
    times = np.arange(60) / 60.0
    seen = np.stack([100.0 + 3.0 * np.arange(60), np.minimum(590.0, 100.0 + 450.0 * times**2)], axis=1)
    model = nw.BallModel([(0, 600, 1000, 600)], 10.0, seed=1)
    model.fit([(times, seen)])
    before = model.physics
    for wrong in ((times * 1e6, seen), (np.where(times < 0.5, times, times + 20_000.0), seen), (times, seen * 1e300)):
        with pytest.raises(nw.BadInputError, match=r"trajectories\[0\]"):
            model.fit([wrong])
    for time_s, place in zip(times[:30], seen[:30], strict=True):
        model.observe(float(time_s), place)
    for time_s, place in ((20_000.0, (190.0, 220.0)), (0.6, (1e300, 220.0))):
        with pytest.raises(nw.BadInputError, match="the throw up to"):
            model.observe(time_s, place)
    assert model.physics == before
    model.observe(0.6, (190.0, 262.0))
    assert np.isfinite(model.forecast(1.0, 0.1).positions_px).all()
