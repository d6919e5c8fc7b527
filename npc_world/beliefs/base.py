"""The seam of experts: anything that can say where a body may be next, and is then judged by what happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from npc_world.core.records import Belief

__all__ = ["Hypotheses", "Hypothesizer"]


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """What one expert says: k futures over H steps."""

    positions_px: NDArray[np.float64]
    """(k, H, 2); NaN rows mean "no opinion now"."""
    labels: tuple[str, ...]
    """(k,) in words, third person: "dives for cover"."""


class Hypothesizer(Protocol):
    """An expert of a game's own, given to `TargetModel(experts=[...])`.

    It must always return the same number of futures, at most `rows`, in the same order: each is weighed by its own record.
    """

    rows: int

    def hypotheses(self, belief: Belief, times_s: NDArray[np.float64]) -> Hypotheses:
        """Futures at `times_s` (H,) seconds from now, increasing."""
        ...
