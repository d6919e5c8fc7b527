"""Solve a symmetric positive definite system in one compiled call in one thread: a library's own threads wait for cores that a game keeps busy."""

from __future__ import annotations

import math

from npc_world.core.compiled import kernel

__all__ = ["solve_symmetric", "solving_work"]


def solving_work(size: int, columns: int = 2) -> int:
    """How long that takes, in tenths of a microsecond about."""
    return int(size * size * (0.0008 * size + 0.0012 * columns)) + 20


@kernel
def solve_symmetric(a, b):  # type: ignore[no-untyped-def]
    """(n, c) x with a · x = b for a (n, n), of which the upper half is read, and b (n, c); NaN throughout where a is not positive definite.

    By Cholesky's factor, row by row so that inner loops run along memory.
    """
    n, columns = a.shape[0], b.shape[1]
    upper, x = a.copy(), b.copy()
    for k in range(n):
        if not 0.0 < upper[k, k] < math.inf:
            x[:, :] = math.nan
            return x
        scale = 1.0 / math.sqrt(upper[k, k])
        for j in range(k, n):
            upper[k, j] *= scale
        for i in range(k + 1, n):
            share = upper[k, i]
            if share != 0.0:
                for j in range(i, n):
                    upper[i, j] -= share * upper[k, j]
        for c in range(columns):  # forward: the transposed factor's rows are this one's columns
            x[k, c] *= scale
        for i in range(k + 1, n):
            for c in range(columns):
                x[i, c] -= upper[k, i] * x[k, c]
    for r in range(n):
        k = n - 1 - r
        for j in range(k + 1, n):
            for c in range(columns):
                x[k, c] -= upper[k, j] * x[j, c]
        for c in range(columns):
            x[k, c] /= upper[k, k]
    return x
