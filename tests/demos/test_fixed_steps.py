"""Steps of one length out of frames of any."""

from __future__ import annotations

import pytest

from demos.fixed_steps import FixedSteps


def test_steps_come_due_as_time_passes_and_the_rest_is_the_share_of_the_next() -> None:
    steps = FixedSteps(0.1, most=5)
    assert list(steps.due(0.25)) == [0, 1]
    assert steps.share == pytest.approx(0.5)
    assert list(steps.due(0.04)) == []
    assert list(steps.due(0.02)) == [0]


def test_after_a_long_pause_only_so_many_are_taken_and_the_rest_is_let_go() -> None:
    steps = FixedSteps(0.1, most=3)
    assert list(steps.due(5.0)) == [0, 1, 2]
    assert steps.share == 1.0
    assert list(steps.due(0.0)) == [0]
    assert list(steps.due(0.0)) == []
