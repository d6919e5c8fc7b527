"""What cannot be is refused by name, and nothing changes."""

from __future__ import annotations

import math
from typing import Any

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
