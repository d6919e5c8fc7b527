"""What is felt beside the laws, and how far off that is from place to place: pushes that are unknown, but hold over about a lattice spacing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from npc_world.models.ball_field import ForceField

__all__ = ["SCALES", "Leftover"]

Floats = NDArray[np.float64]
SCALES = (0.02, 0.1, 0.3, 1.0, 2.5)
"""How much less or more may push a ball over a whole flight than is usual at the places it comes by."""
_ALIKE = 1.5
"""How far a push that is left over holds, in spacings.  Its correlation falls off exponentially: edges are hard, and that explains flights into
and out of winds better than a smooth one."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """What is felt beside the laws, and how far off that is."""

    field: ForceField
    deviation_px_s2: Floats
    """(rows, columns) of each component at the nodes."""
    scale_share: Floats
    """(2, len(SCALES)) how often pushes were so much less or more than that over whole flights, and beside the laws alone, as if nothing were felt."""

    def at(self, place: Floats) -> float:
        """Deviation px/s² at a place (2,)."""
        share = _shares(place, self.field.frame, self.deviation_px_s2.shape)
        return float(np.sqrt(share @ self.deviation_px_s2.ravel() ** 2)) if share.any() else float(self.deviation_px_s2.max())

    def along(self, places: Floats) -> tuple[Floats, Floats]:
        """(n,) deviation px/s² of one component of the pushes at places (n, 2), and their (n, n) correlation."""
        deviation = np.array([self.at(place) for place in places])
        apart = np.linalg.norm(places[:, None] - places, axis=-1) * self.field.frame[2]
        return deviation, np.exp(-apart / _ALIKE)

    def pushes(self, count: int, place: Floats, known_px_s2: Floats) -> Floats:
        """(count, rows, columns, 2) accelerations px/s² at the nodes that may be left over, each of which is `known_px_s2` (count, 2) at a place (2,).

        A mixture over the scales; the same for every frame but for what is known, which conditions them by Matheron's rule (Journel & Huijbregts 1978).
        """
        rows, columns = self.deviation_px_s2.shape
        drawn, alike = _pushes(rows, columns, count)
        turn = (np.arange(count) * 0.6180339887498949 + 0.5) % 1.0  # even shares in any stretch
        drawn = drawn * np.array(SCALES)[np.searchsorted(np.cumsum(self.scale_share.sum(axis=0)), turn).clip(0, len(SCALES) - 1)][:, None, None]
        share, here = _shares(place, self.field.frame, (rows, columns)), self.at(place)
        if share.any() and here > 0.0:
            towards = alike @ share
            drawn = drawn + (towards / (share @ towards))[:, None] * (known_px_s2 / here - np.einsum("n,bnk->bk", share, drawn))[:, None]
        return np.asarray((self.deviation_px_s2.ravel()[:, None] * drawn).reshape(count, rows, columns, 2))


def _shares(place: Floats, frame: Floats, shape: tuple[int, int]) -> Floats:
    """(rows · columns,) tent functions at a place; zeros outside the lattice."""
    rows, columns = shape
    share = np.zeros((rows, columns))
    at = (place - frame[:2]) * frame[2]
    c, r = (int(v) for v in np.floor(at))
    if 0 <= c < columns - 1 and 0 <= r < rows - 1:
        u, v = at - (c, r)
        share[r : r + 2, c : c + 2] = np.outer((1.0 - v, v), (1.0 - u, u))
    return share.ravel()


@lru_cache(maxsize=4)
def _pushes(rows: int, columns: int, count: int) -> tuple[Floats, Floats]:
    """(count, N, 2) random pushes of deviation 1 that hold from node to node, alike for each frame, and their (N, N) correlation."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    alike = np.exp(-np.hypot(row[:, None] - row, column[:, None] - column) / _ALIKE)
    root = np.linalg.cholesky(alike + 1e-6 * np.eye(len(alike)))
    half = np.random.default_rng(0).standard_normal((-(-count // 2), len(alike), 2))
    drawn = np.einsum("nm,bmk->bnk", root, np.concatenate([half, -half])[:count])  # in pairs: their mean is none
    drawn.flags.writeable = alike.flags.writeable = False
    return drawn, alike
