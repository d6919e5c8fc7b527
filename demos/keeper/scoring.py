"""What a match tells afterwards: rounds in figures, and in the keeper's words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .stages import STAGES
from .world import KeeperWorld

__all__ = ["RoundTale", "tale_of"]


@dataclass(frozen=True, slots=True)
class RoundTale:
    """One round of a match."""

    title: str
    saved: int
    goals: int
    short: int
    points: int
    first_error_px: float | None
    """Of the round's first ball that was judged."""
    last_error_px: float | None
    """Median of the round's later balls."""

    @property
    def words(self) -> str:
        if self.first_error_px is None or self.last_error_px is None:
            return f"saved {self.saved} of {self.saved + self.goals}"
        return f"saved {self.saved} of {self.saved + self.goals}; first off by {self.first_error_px:,.0f} px, later by {self.last_error_px:,.0f}"


def tale_of(world: KeeperWorld, number: int) -> RoundTale:
    """Round `number`, counted from 0, as far as it was played."""
    results = world.results[number]
    errors = [result.error_px for result in results if result.error_px is not None]
    return RoundTale(STAGES[world.stages[number]].title, sum(r.outcome == "saved" for r in results), sum(r.outcome == "goal" for r in results),
                     sum(r.outcome == "short" for r in results), sum(r.points for r in results), errors[0] if errors else None,
                     float(np.median(errors[1:])) if len(errors) > 1 else None)
