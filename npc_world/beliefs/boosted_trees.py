"""Boosted trees that say several displacements at once, each tree mending what those before it left.

Every tree asks the same question of all its branches on a level (oblivious trees, Kohavi and Langley 1995; Prokhorenkova et al.
2018), so that a row's leaf is a few comparisons and all trees are looked up together.  The loss is the mean distance, not its
square: a leaf's value is a step of Weiszfeld's towards the geometric median of what is left there.  Questions are chosen by
random projections of the gradient of all outputs (Iosipoi and Vakhrushev 2022).  Wrong where the truth lies outside what leaves
can add up to: trees do not extrapolate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel

__all__ = ["Trees", "fit_trees"]

Floats = NDArray[np.float64]
_BINS = 32
_SKETCH = 4
_ROWS, _FEATURES = 0.6, 0.5
"""Shares of the rows and of the features that a tree is grown on."""
_RATE = 0.1
_CALM = 5.0
"""Rows that say "no change" in every leaf."""
_NEAR = 0.05
"""Distances below such a share of their mean are not told apart: Weiszfeld's weights stay finite."""


@dataclass(frozen=True, slots=True)
class Trees:
    """T trees of D levels: feature (T, D), above (T, D) thresholds, value (T, 2 ** D, O) displacements."""

    feature: NDArray[np.int64]
    above: Floats
    value: Floats

    def say(self, x: Floats) -> Floats:
        """(N, O) for rows x (N, F)."""
        count, depth = self.feature.shape
        out = np.zeros((len(x), self.value.shape[2]))
        if count == 0:
            return out
        bits, every = 1 << np.arange(depth), np.arange(count)
        for begin in range(0, len(x), 256):  # in blocks that stay in the cache
            part = x[begin:begin + 256]
            leaf = (part[:, self.feature] > self.above) @ bits
            if len(part) == 1:
                out[begin] = self.value[every, leaf[0]].sum(axis=0)
            else:
                for t in range(count):
                    out[begin:begin + 256] += self.value[t, leaf[:, t]]
        return out


@kernel
def _histograms(binned, branch, weight, gradient, out):  # type: ignore[no-untyped-def]
    """Add gradient (N, S) and weight (N,) to out (F, branches, bins, S + 1) by branch (N,) and the bins (F, N) of each feature."""
    size = gradient.shape[1]
    for f in range(binned.shape[0]):
        for n in range(binned.shape[1]):
            b, leaf = binned[f, n], branch[n]
            for s in range(size):
                out[f, leaf, b, s] += gradient[n, s]
            out[f, leaf, b, size] += weight[n]


def fit_trees(x: Floats, truth: Floats, count: int, depth: int, rng: np.random.Generator, advance: Callable[[], None] = lambda: None) -> Trees:
    """`count` trees of `depth` levels for rows x (N, F) and truth (N, H, 2), NaN where it is unknown; H displacements each of its own worth."""
    edges = [np.unique(np.quantile(column, np.arange(1, _BINS) / _BINS)) for column in x.T]
    edges = [edge[edge < column.max()] for edge, column in zip(edges, x.T, strict=True)]
    binned = np.array([np.searchsorted(edge, column, side="left") for edge, column in zip(edges, x.T, strict=True)], dtype=np.uint8)
    rows, horizons = len(x), truth.shape[1]
    known = ~np.isnan(truth[:, :, 0])
    left = np.where(known[:, :, None], truth, 0.0)
    near = _NEAR * np.maximum(np.hypot(left[..., 0], left[..., 1]).mean(axis=0), 1e-12)
    out = Trees(np.zeros((count, depth), np.int64), np.zeros((count, depth)), np.zeros((count, 1 << depth, 2 * horizons)))
    usable = np.flatnonzero([len(edge) > 0 for edge in edges])
    for t in range(count if len(usable) else 0):
        some = rng.permutation(rows)[:max(1, round(_ROWS * rows))]
        asked = np.sort(rng.permutation(usable)[:max(1, round(_FEATURES * len(usable)))])
        far = np.hypot(left[some, :, 0], left[some, :, 1]) + near
        unit = left[some] / far[:, :, None]
        sketch = unit.reshape(len(some), -1) @ (rng.normal(size=(2 * horizons, _SKETCH)) / np.sqrt(2.0 * horizons))
        _grow(out, t, binned[np.ix_(asked, some)], asked, edges, sketch)
        leaf = np.zeros(rows, np.int64)
        for level in range(depth):
            leaf |= (x[:, out.feature[t, level]] > out.above[t, level]).astype(np.int64) << level
        out.value[t] = _RATE * _medians(leaf[some], unit, np.where(known[some], 1.0 / far, 0.0), 1 << depth)
        left -= np.where(known[:, :, None], out.value[t][leaf].reshape(rows, horizons, 2), 0.0)
        advance()
    return out


def _grow(trees: Trees, t: int, binned: NDArray[np.uint8], asked: NDArray[np.int64], edges: list[Floats], sketch: Floats) -> None:
    """Choose the questions of tree t: the best feature and threshold for all branches of a level together."""
    weight, branch = np.ones(len(sketch)), np.zeros(len(sketch), np.int64)
    for level in range(trees.feature.shape[1]):
        table = np.zeros((len(asked), 1 << level, _BINS, _SKETCH + 1))
        _histograms(binned, branch, weight, sketch, table)
        low = table.cumsum(axis=2)
        high = low[:, :, -1:] - low
        gain = np.zeros((len(asked), _BINS))
        for side in (low, high):
            gain += ((side[..., :-1] ** 2).sum(axis=-1) / (side[..., -1] + _CALM)).sum(axis=1)
        for i, f in enumerate(asked):
            gain[i, len(edges[f]):] = -1.0
        i, b = divmod(int(np.argmax(gain)), _BINS)
        trees.feature[t, level], trees.above[t, level] = asked[i], edges[asked[i]][b]
        branch |= (binned[i] > b).astype(np.int64) << level


def _medians(leaf: NDArray[np.int64], unit: Floats, closeness: Floats, leaves: int) -> Floats:
    """(leaves, 2 H) a step from nought towards the geometric median of each leaf; unit (N, H, 2), closeness (N, H) = 1 / distance."""
    rows, horizons = closeness.shape
    table = np.zeros((1, 1, leaves, 3 * horizons + 1))
    _histograms(leaf[None].astype(np.uint8), np.zeros(rows, np.int64), np.ones(rows), np.concatenate([unit.reshape(rows, -1), closeness], axis=1), table)
    pull, trust = table[0, 0, :, :2 * horizons].reshape(leaves, horizons, 2), table[0, 0, :, 2 * horizons:-1]
    calm = _CALM * closeness.mean(axis=0)
    return np.asarray((pull / (trust + calm + 1e-300)[:, :, None]).reshape(leaves, 2 * horizons))
