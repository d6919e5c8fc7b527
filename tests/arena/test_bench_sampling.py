"""The measure of sampling planners: its peers do the same thing, and its problems can be solved."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.arena.bench import main
from npc_world.arena.bench_sampling import STEP_S, our_choice, played, problem
from npc_world.arena.bench_sampling_c import compiled_in_c


def test_the_rollout_in_c_is_the_same_rollout() -> None:
    in_c = compiled_in_c()
    if in_c is None:
        pytest.skip("no gcc here")
    model, start, _ = problem(5)
    controls = np.random.default_rng(0).normal(0.0, 120.0, (20, 40, 2))
    out = np.empty((20, 40, 4))
    in_c(model, start, controls, STEP_S, out)
    assert out == pytest.approx(model.unroll(start, controls, STEP_S), rel=1e-9, abs=1e-6)


def test_planning_beats_standing_still_and_running_straight() -> None:
    for seed in (100, 101):
        model, start, goal = problem(seed)
        planned = played(model, start, goal, our_choice(model, goal, 64, 15, seed))
        straight = played(model, start, goal, lambda state, goal=goal: (goal - state[:2]) * 2.0)
        assert planned < played(model, start, goal, lambda _: np.zeros(2))
        assert planned < 1.1 * straight


def test_wrong_numbers_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--sampling", "0"]) == 2
    assert "--sampling" in capsys.readouterr().err
