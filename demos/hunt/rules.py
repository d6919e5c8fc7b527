"""What counts: touching long enough is a catch, slipping past is a near miss, and what a round is worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .hunters import Hunter
from .records import Event

__all__ = ["CATCH_S", "CONTACT_GAP_PX", "NearMisses", "Tally", "touching"]

CATCH_S = 0.12
"""A catch is contact for longer than this."""
CONTACT_GAP_PX = 3.0
REACH_PX = 40.0
"""How far one reaches for levers."""
PICK_UP_PX = 26.0
BOARD_PX = 34.0

_NEAR_GAP_PX = 16.0
_ESCAPED_GAP_PX = 70.0


def touching(hunter: Hunter, player: NDArray[np.float64], radius_px: float) -> bool:
    """Whether a hunter is in contact with the player."""
    return math.dist(hunter.position, player) <= hunter.radius + radius_px + CONTACT_GAP_PX


class NearMisses:
    """A hunter that came within a hand's breadth of the moving player and was then left behind."""

    def __init__(self) -> None:
        self.count = 0
        self._close: set[str] = set()

    def step(self, hunters: Sequence[Hunter], player: NDArray[np.float64], radius_px: float) -> list[Event]:
        events = []
        for hunter in hunters:
            gap = math.dist(hunter.position, player) - hunter.radius - radius_px
            if gap < _NEAR_GAP_PX:
                self._close.add(hunter.name)
            elif gap > _ESCAPED_GAP_PX and hunter.name in self._close:
                self._close.discard(hunter.name)
                self.count += 1
                events.append(Event("near_miss", player))
        return events


@dataclass(frozen=True, slots=True)
class Tally:
    """What a round was worth."""

    relics: int
    near_misses: int
    time_s: float
    won: bool
    par_s: float
    """Time for which an escape earns no bonus any more."""

    @property
    def points(self) -> int:
        """100 a relic, 25 a near miss, 500 for the escape and 5 for each second under par."""
        escape = 500 + 5 * max(0, round(self.par_s - self.time_s)) if self.won else 0
        return 100 * self.relics + 25 * self.near_misses + escape
