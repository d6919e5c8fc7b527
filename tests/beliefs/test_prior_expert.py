"""A motion prior among the experts of a target: heard from the first moments, outvoted where it is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import npc_world as nw
from npc_world.beliefs.motion_prior import PriorConfig
from npc_world.beliefs.target_model import TargetConfig, TargetModel

DT_S = 0.05


def dasher(seed: int, seconds: float = 12.0) -> np.ndarray:
    """It dashes for 0.6 s and rests for 0.6 s, each dash where the last one went."""
    rng = np.random.default_rng(seed)
    phase, heading = rng.uniform(0.0, 1.2), rng.uniform(-3.0, 3.0)
    speed = np.where((np.arange(round(seconds / DT_S)) * DT_S + phase) % 1.2 < 0.6, 120.0, 12.0)
    return np.cumsum(DT_S * speed[:, None] * np.array([np.cos(heading), np.sin(heading)]), axis=0)


@pytest.fixture(scope="module")
def prior() -> nw.MotionPrior:
    quick = PriorConfig(futures=5, members=1, parts=2, hidden=16, situations=2000, epochs=20)
    return nw.MotionPrior.fit([dasher(i) for i in range(20)], DT_S, horizon_s=2.0, any_unit=True, config=quick)


def error_at_one_second(model: TargetModel, track: np.ndarray, first_s: float = 1.5) -> float:
    off = []
    for i, point in enumerate(track[:-20]):
        model.observe(i * DT_S, point)
        if i * DT_S > first_s and i % 5 == 0:
            off.append(float(np.hypot(*(model.forecast(1.0, 0.1).mean()[-1] - track[i + 20]))))
    return float(np.mean(off))


def test_who_knows_such_bodies_foresees_a_stranger_better(prior: nw.MotionPrior) -> None:
    plain = np.mean([error_at_one_second(TargetModel(), dasher(100 + i, 6.0)) for i in range(3)])
    told = np.mean([error_at_one_second(TargetModel(prior=prior), 3.0 * dasher(100 + i, 6.0)) / 3.0 for i in range(3)])
    assert told < 0.8 * plain


def test_a_prior_of_others_costs_next_to_nothing_and_is_named_among_the_weights(prior: nw.MotionPrior) -> None:
    straight = np.outer(np.arange(240.0), [3.0, 1.0])
    model = TargetModel(prior=prior)
    assert error_at_one_second(model, straight, 4.0) < 0.1 * 20 * np.hypot(3.0, 1.0)
    watched = TargetModel(prior=prior)
    for i, point in enumerate(dasher(7, 4.0)):
        watched.observe(i * DT_S, point)
    assert watched.weights["moves as most do"] > 0.05


def test_a_config_names_a_file_and_a_goal_does_not_silence_it(prior: nw.MotionPrior, tmp_path: Path) -> None:
    prior.save(tmp_path / "dashers.npz")
    config = TargetConfig(prior=str(tmp_path / "dashers.npz"))
    named, given = TargetModel(config=config), TargetModel(prior=prior)
    with_goal = TargetModel(goals={"ruby": (500, 500)}, prior=prior)
    for i, point in enumerate(dasher(8, 3.0)):
        for model in (named, given, with_goal):
            model.observe(i * DT_S, point)
    np.testing.assert_allclose(named.forecast(1.0, 0.1).mean(), given.forecast(1.0, 0.1).mean(), atol=0.1)
    assert "moves as most do" in with_goal.weights
    with pytest.raises(nw.SaveFileError, match="none"):
        TargetModel(config=TargetConfig(prior=str(tmp_path / "none.npz")))
    with pytest.raises(nw.BadInputError, match="prior="):
        TargetModel(prior="dashers")  # type: ignore[arg-type]


def test_seen_once_it_has_nothing_to_say(prior: nw.MotionPrior) -> None:
    model = TargetModel(prior=prior)
    model.observe(0.0, (5.0, 5.0))
    assert np.isfinite(model.forecast(1.0, 0.1).positions_px).all() and "moves as most do" not in model.weights
    model.observe(5.0, (900.0, 5.0))
    assert np.isfinite(model.forecast(1.0, 0.1).positions_px).all()
