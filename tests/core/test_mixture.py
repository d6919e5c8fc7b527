"""Mixtures over futures: densities and regions against closed forms and counting."""

from __future__ import annotations

import math

import numpy as np
import pytest

from npc_world.core import mixture
from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast


def forecast(means: list[tuple[float, float]], weights: list[float], sd: float = 2.0, steps: int = 1) -> Forecast:
    k = len(means)
    return Forecast(np.arange(1.0, steps + 1), np.repeat(np.array(means)[:, None], steps, axis=1), np.array(weights),
                    np.tile(np.eye(2) * sd * sd, (k, steps, 1, 1)), tuple("abc"[:k]))


def test_the_density_of_one_gaussian_is_the_formula() -> None:
    covariance = np.array([[[[4.0, 1.0], [1.0, 2.0]]]])
    off = np.array([1.0, -2.0])
    expected = math.exp(-0.5 * off @ np.linalg.inv(covariance[0, 0]) @ off) / (2 * math.pi * math.sqrt(7.0))
    value = mixture.density(np.zeros((1, 1, 2)), covariance, np.ones(1), off[None])
    np.testing.assert_allclose(value, [expected])


def test_densities_keep_leading_shapes_and_integrate_to_one() -> None:
    f = forecast([(-3.0, 0.0), (4.0, 1.0)], [0.3, 0.7])
    axis = np.linspace(-20.0, 20.0, 161)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1)[:, :, None, :]
    values = mixture.density(f.positions_px, f.covariances_px2, f.weights, grid)
    assert values.shape == (161, 161, 1)
    assert values.sum() * 0.25 ** 2 == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9, 0.99])
def test_the_region_of_one_gaussian_is_a_disc_of_known_radius(probability: float) -> None:
    radius = 2.0 * math.sqrt(-2.0 * math.log1p(-probability))
    f = forecast([(5.0, 5.0)], [1.0])
    assert f.contains([[5.0 + 0.96 * radius, 5.0]], probability).tolist() == [True]
    assert f.contains([[5.0, 5.0 - 1.04 * radius]], probability).tolist() == [False]


def test_the_region_of_two_far_modes_leaves_out_the_middle() -> None:
    f = forecast([(0.0, 0.0), (100.0, 0.0)], [0.5, 0.5])
    assert f.contains([[0.0, 0.0]], 0.5).tolist() == [True]
    assert f.contains([[100.0, 1.0]], 0.5).tolist() == [True]
    assert f.contains([[50.0, 0.0]], 0.99).tolist() == [False]


def test_regions_hold_for_samples_of_the_mixture_itself() -> None:
    rng = np.random.default_rng(3)
    f = forecast([(0.0, 0.0), (6.0, 0.0), (0.0, 9.0)], [0.5, 0.3, 0.2], steps=2)
    drawn = f.sample(1000, rng)
    inside = np.array([f.contains(points, 0.5)[1] for points in drawn])
    assert abs(inside.mean() - 0.5) < 0.05


def test_samples_are_coherent_and_have_the_stated_moments() -> None:
    f = forecast([(0.0, 0.0), (10.0, 0.0)], [0.25, 0.75], steps=3)
    drawn = f.sample(4000, np.random.default_rng(0))
    assert drawn.shape == (4000, 3, 2)
    np.testing.assert_allclose(drawn.mean(axis=0), f.mean(), atol=0.3)
    np.testing.assert_allclose(drawn[:, 0], drawn[:, 2])


def test_degenerate_covariances_give_no_nan() -> None:
    f = forecast([(0.0, 0.0)], [1.0], sd=0.0)
    assert f.contains([[0.0, 0.0]], 0.9).tolist() == [True]
    assert f.contains([[1.0, 0.0]], 0.9).tolist() == [False]


def test_few_samples_leave_out_no_hypothesis_that_counts() -> None:
    f = forecast([(0.0, 0.0), (100.0, 0.0), (0.0, 100.0)], [0.6, 0.3, 0.1], sd=0.5)
    for seed in range(20):
        drawn = f.sample(10, np.random.default_rng(seed))[:, 0]
        near = [int((np.hypot(*(drawn - place).T) < 10.0).sum()) for place in f.positions_px[:, 0]]
        assert near == [6, 3, 1]
    assert f.sample(0, np.random.default_rng(0)).shape == (0, 1, 2)


def test_representatives_lie_nearer_to_what_comes_than_as_many_draws_or_the_likeliest_futures() -> None:
    f = forecast([(0.0, 0.0), (10.0, 0.0), (0.0, 30.0)], [0.5, 0.3, 0.2], sd=3.0, steps=4)
    rng = np.random.default_rng(5)
    came, drawn = f.sample(400, rng), f.sample(8, rng)
    few = f.representatives(8)

    def gap(futures: np.ndarray) -> float:
        return float(np.hypot(*(came[:, None] - futures[None]).transpose(3, 0, 1, 2)).mean(axis=2).min(axis=1).mean())

    assert few.shape == (8, 4, 2) and gap(few) < 0.95 * gap(drawn) and gap(few) < 0.8 * gap(f.positions_px)
    assert (few == f.representatives(8)).all()
    assert np.hypot(*f.representatives(1)[0, -1]) < 6.0
    with pytest.raises(BadInputError, match="count"):
        f.representatives(0)


def test_representatives_of_certain_futures_are_those_futures() -> None:
    f = forecast([(0.0, 0.0), (10.0, 0.0)], [0.4, 0.6], sd=0.0)
    np.testing.assert_allclose(f.representatives(2)[:, 0], [(10.0, 0.0), (0.0, 0.0)], atol=1e-9)


def test_any_stretch_of_the_bank_lies_evenly_round_the_middle() -> None:
    bank = mixture.normal_bank(512)
    np.testing.assert_allclose(bank.mean(axis=0), 0.0, atol=0.02)
    np.testing.assert_allclose(bank.T @ bank / 512, np.eye(2), atol=0.04)
    for first in range(0, 480, 32):
        assert np.hypot(*bank[first:first + 32].mean(axis=0)) < 0.35
