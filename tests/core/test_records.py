"""The records that flow through an NPC: forecasts as mixtures, actions as keys, pixels and discrete moves."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from npc_world.core.errors import BadInputError
from npc_world.core.records import Action, Explanation, Forecast


def forecast(weights: tuple[float, ...] = (0.25, 0.75), sd_px: float = 2.0) -> Forecast:
    """Two ways from the origin, to the right and down, over three seconds."""
    times = np.array([1.0, 2.0, 3.0])
    ways = np.array([[10.0, 0.0], [0.0, 20.0]])
    return Forecast(times, times[None, :, None] * ways[:, None, :], np.array(weights),
                    np.tile(np.eye(2) * sd_px**2, (2, 3, 1, 1)), ("right", "down"))


def action(x: float, y: float, carry: Any = None) -> Action:
    return Action(np.array([x, y]), np.zeros(2), _carry=np.zeros(2) if carry is None else carry)


def test_mean_best_and_at() -> None:
    f = forecast()
    assert f.mean().tolist() == [[2.5, 15], [5, 30], [7.5, 45]]
    assert f.best().tolist() == [[0, 20], [0, 40], [0, 60]]
    assert f.at(1.5).tolist() == [[15, 0], [0, 30]]
    assert f.at(0.0).tolist() == f.at(1.0).tolist() == [[10, 0], [0, 20]]
    assert f.at(99.0).tolist() == [[30, 0], [0, 60]]


def test_samples_are_coherent_and_as_the_mixture_says() -> None:
    f = forecast()
    drawn = f.sample(4000, np.random.default_rng(0))
    assert drawn.shape == (4000, 3, 2)
    down = drawn[:, 2, 1] > drawn[:, 2, 0]
    assert down.mean() == pytest.approx(0.75, abs=0.03)
    assert np.array_equal(down, drawn[:, 0, 1] > drawn[:, 0, 0]) or np.mean(down == (drawn[:, 0, 1] > drawn[:, 0, 0])) > 0.99
    error = drawn[down] - f.positions_px[1]
    assert error.std() == pytest.approx(2.0, rel=0.05)
    assert np.allclose(error[:, 0], error[:, 2])  # one deviation along the whole future
    assert np.array_equal(drawn, f.sample(4000, np.random.default_rng(0)))


@pytest.mark.parametrize("probability", [0.5, 0.9])
def test_the_region_of_a_probability_holds_that_share(probability: float) -> None:
    """Points drawn from the forecast itself lie in its region as often as the region says."""
    f = forecast((0.4, 0.6))
    inside = np.array([f.contains(track, probability) for track in f.sample(600, np.random.default_rng(1))])
    assert inside.mean() == pytest.approx(probability, abs=0.06)


def test_the_region_is_not_the_mean_between_two_ways() -> None:
    f = forecast((0.5, 0.5))
    assert not f.contains(f.mean(), 0.95)[1:].any()
    assert f.contains(f.best(), 0.5).all()


@pytest.mark.parametrize(("points", "probability", "named"), [
    (np.zeros((3, 2)), 1.0, "probability=1.0"), (np.zeros((3, 2)), math.nan, "probability=nan"), (np.zeros((2, 2)), 0.5, "points has shape"),
])
def test_regions_that_cannot_be_asked_for(points: Any, probability: float, named: str) -> None:
    with pytest.raises(BadInputError, match=named):
        forecast().contains(points, probability)


def test_records_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        action(1, 2).velocity_px_s = np.zeros(2)  # type: ignore[misc]


@pytest.mark.parametrize("velocity", [(70.0, 0.0), (-70.0, 0.0), (33.3, -47.1), (-0.4, 0.4), (1234.5, 987.6)])
def test_whole_pixels_keep_the_true_speed_in_all_directions(velocity: tuple[float, float]) -> None:
    carry, moved = np.zeros(2), np.zeros(2)
    for _ in range(600):  # a fresh action each frame, as an NPC gives it
        step = action(*velocity, carry).pixels(1 / 60)
        assert all(isinstance(part, int) for part in step)
        moved += step
    assert np.abs(moved - np.multiply(velocity, 10.0)).max() <= 1.0


@pytest.mark.parametrize("dt_s", [-0.1, math.nan, math.inf])
def test_pixels_refuse_a_dt_that_is_none(dt_s: float) -> None:
    with pytest.raises(BadInputError, match="dt_s="):
        action(1, 1).pixels(dt_s)


def test_keys_are_the_eight_sectors() -> None:
    for sector in range(8):
        angle = sector * math.pi / 4
        keys = action(math.cos(angle), math.sin(angle))
        expected = (sector in (3, 4, 5), sector in (7, 0, 1), sector in (5, 6, 7), sector in (1, 2, 3))
        assert (keys.left, keys.right, keys.up, keys.down) == expected
    rest = action(0, 0)
    assert not (rest.left or rest.right or rest.up or rest.down) and rest.direction.tolist() == [0, 0]


def test_choose_takes_the_nearest_move_a_game_can_make() -> None:
    eight = [(100 * math.cos(k * math.pi / 4), 100 * math.sin(k * math.pi / 4)) for k in range(8)]
    assert action(90, 10).choose(eight) == 0
    assert action(60, 70).choose(eight) == 1
    assert action(60, 70).choose([(dx / 100, dy / 100) for dx, dy in eight]) == 1  # steps of one cell
    assert action(6, 7).choose([(5000 * dx, 5000 * dy) for dx, dy in eight]) == 1  # accelerations
    assert action(0, 0).choose([(1, 0), (0, 0), (-1, 0)]) == 1
    assert action(20, 0).choose([(20, 0), (10, 0), (0, 0)]) == 0
    assert action(9, 0).choose([(20, 0), (10, 0), (0, 0)]) == 1
    assert action(5, 5).choose([(0, 0)]) == 0


@pytest.mark.parametrize("options", [[], [1, 2], [(1, 2, 3)], [(math.nan, 1)], [(math.inf, 0)]])
def test_options_that_are_none(options: Any) -> None:
    with pytest.raises(BadInputError, match="options="):
        action(1, 1).choose(options)


def test_an_explanation_reads_as_its_sentence() -> None:
    said = Explanation("Cutting you off.", {"probability": 0.6}, ("40 % you stop",))
    assert isinstance(said, str) and said == said.sentence == "Cutting you off." and type(said.sentence) is str
    assert said.numbers == {"probability": 0.6} and said.alternatives == ("40 % you stop",)
    with pytest.raises((AttributeError, TypeError)):
        said.numbers["probability"] = 0.7  # type: ignore[index]
