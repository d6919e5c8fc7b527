"""Boosted trees: they learn where the answer leaps, believe the many rather than the wild, and say the same alone as in a batch."""

from __future__ import annotations

import numpy as np

from npc_world.beliefs.boosted_trees import Trees, fit_trees


def leaping(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two displacements that depend on the signs of two of five numbers; a tenth of the answers is wild."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 5))
    way = np.stack([np.sign(x[:, 1]), np.where(x[:, 3] > 0.5, 2.0, 0.0)], axis=1)
    truth = way[:, None] * np.array([1.0, 3.0])[:, None] + 0.05 * rng.normal(size=(count, 2, 2))
    truth[rng.random(count) < 0.1] += (30.0, 0.0)
    return x, truth


def test_they_learn_leaps_and_wild_answers_do_not_move_them() -> None:
    x, truth = leaping(3000, 1)
    trees = fit_trees(x, truth, 80, 3, np.random.default_rng(0))
    fresh = np.random.default_rng(2).normal(size=(300, 5))
    way = np.stack([np.sign(fresh[:, 1]), np.where(fresh[:, 3] > 0.5, 2.0, 0.0)], axis=1)
    said = trees.say(fresh).reshape(-1, 2, 2)
    assert np.median(np.hypot(*(said[:, 0] - way).T)) < 0.1
    assert np.median(np.hypot(*(said[:, 1] - 3.0 * way).T)) < 0.3


def test_a_row_alone_and_in_a_batch_are_told_the_same_and_the_seed_decides() -> None:
    x, truth = leaping(700, 3)
    trees, again = (fit_trees(x, truth, 10, 4, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(trees.value, again.value)
    np.testing.assert_allclose(np.concatenate([trees.say(row[None]) for row in x]), trees.say(x), atol=1e-12)


def test_unknown_answers_and_numbers_that_never_change_are_no_hindrance() -> None:
    x, truth = leaping(1000, 4)
    x[:, 0] = 7.0
    truth[::2, 1] = np.nan
    trees = fit_trees(x, truth, 20, 3, np.random.default_rng(0))
    assert np.isfinite(trees.say(x)).all() and not (trees.feature == 0).any()
    none = fit_trees(np.ones((50, 2)), truth[:50], 3, 2, np.random.default_rng(0))
    assert not none.say(np.ones((1, 2))).any()
    assert Trees(np.zeros((0, 2), np.int64), np.zeros((0, 2)), np.zeros((0, 4, 4))).say(x).shape == (1000, 4)
