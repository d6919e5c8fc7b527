"""Symmetric systems are solved as a library does it, and what is no such system is told."""

from __future__ import annotations

import numpy as np
import pytest

from npc_world.learning.symmetric import solve_symmetric, solving_work


@pytest.mark.parametrize(("size", "columns"), [(1, 1), (3, 2), (40, 40), (187, 2)])
def test_as_a_library_solves_it(size: int, columns: int) -> None:
    rng = np.random.default_rng(1003)
    root, right = rng.normal(size=(size, size)), rng.normal(size=(size, columns))
    a = root @ root.T + np.eye(size)
    before = a.copy()
    assert solve_symmetric(a, right) == pytest.approx(np.linalg.solve(a, right), rel=1e-9, abs=1e-12)
    assert (a == before).all()


@pytest.mark.parametrize("a", [[[1.0, 2.0], [2.0, 1.0]], [[0.0, 0.0], [0.0, 1.0]], [[np.nan, 0.0], [0.0, 1.0]]])
def test_what_is_not_positive_definite_has_no_solution(a: list[list[float]]) -> None:
    assert np.isnan(solve_symmetric(np.array(a), np.ones((2, 1)))).all()


def test_more_work_is_announced_for_more() -> None:
    assert solving_work(2) < solving_work(100) < solving_work(200) < solving_work(200, 200)
