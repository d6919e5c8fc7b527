"""Whether the ground has changed: the belief against rivals that know nothing of it, each by all that was seen since it began.

Assumes that what is in doubt stays as it is for a second or two.  A knock in the first stretch speaks for any rival that holds it,
so a change is believed only when a rival that began after that stretch says the same.  Source: evidence ratios, Kass & Raftery 1995.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.learning.surface_estimate import SurfaceEstimate, blank_estimates

__all__ = ["GroundDoubt", "GroundFit", "Velocity"]

Floats = NDArray[np.float64]
Velocity = tuple[float, float] | None
CLEAR_LEAD = 8.0
"""Log evidence ratio from which a rival is believed, 3,000 to one: the ground is asked some hundred times in ten minutes, and where
bodies obey their model only roughly stretches in a row err alike, so that 150 to one comes about by chance."""
_CONFIRMED = 3.0
"""And so much for one that did not see the stretch which raised the doubt."""
_MOST_SAID = 20.0
"""No single stretch says more than this."""
_BEGINNINGS = 3
"""Rivals begin at each of the first stretches in doubt: the change may have come in the midst of one."""
_FEWEST = 3
"""So many stretches must have been looked at before a rival is believed: a knock is over by then."""
_PATIENCE = 11
"""When no rival has convinced after so many stretches, they are dropped."""
_LONGEST_ROWS, _LONGEST_DECIDED_ROWS = 80, 160
"""Frames that are fitted as one; what came before acts through the estimate."""
_ENOUGH_ROWS = 64
"""Frames after which it is clear which of the blank beliefs does better."""
_PLAINER = 1.3
"""A rival that leaves so many times as much unexplained as another has seen the ground from before the change."""


@dataclass(frozen=True, slots=True)
class GroundFit:
    """A belief after one stretch."""

    estimate: SurfaceEstimate
    cost: float
    evidence: float
    unexplained: float
    """px² per coordinate."""
    velocity: Velocity
    """At the end; None for a body that obeys at once."""


Fit = Callable[[SurfaceEstimate, list[tuple[float, ...]], Velocity], GroundFit | None]
"""(prior, rows, velocity at the start) → fit."""


class GroundDoubt:
    """Rivals of the belief of one surface, from the first surprising stretch on."""

    def __init__(self) -> None:
        self.stretches = 0
        self.decided = False
        """A rival has taken the belief's place, and is still fitted anew to all that it has seen: steps from a rough estimate would stay rough."""
        self._rivals: list[_Rival] = []

    def hear(self, fit: Fit, old: SurfaceEstimate, rows: list[tuple[float, ...]], entered: Velocity, time_s: float, follows: bool) -> None:
        """One more stretch.  follows: it goes on where the last one heard ended."""
        if self.stretches < _BEGINNINGS and not self.decided:
            self._rivals.append(_Rival(self.stretches, list(blank_estimates(time_s))))
        self.stretches += 1
        if self.decided:
            self._rivals = [rival for rival in self._rivals if rival.lead > _CONFIRMED]
        for rival in self._rivals:
            rival.hear(fit, None if self.decided else old, rows, entered, follows)

    @property
    def lead(self) -> float:
        """Of the best rival over the belief, as a log evidence ratio."""
        return max(rival.lead for rival in self._rivals)

    @property
    def open(self) -> bool:
        """Whether the belief had better wait: a rival leads that has not seen the first stretch, as soon as there is one."""
        return max((rival.lead for rival in self._rivals if rival.began > 0), default=self.lead) > 0.0

    @property
    def idle(self) -> bool:
        """Whether it was nothing, cannot be settled, or is."""
        if self.decided:
            return self.stretches >= _PATIENCE or any(rival.shortened for rival in self._rivals)
        return self.lead < -CLEAR_LEAD or self.stretches >= _PATIENCE or (self.stretches == 1 and self.lead <= 0.0)

    def winner(self) -> GroundFit | None:
        """What to believe instead; None while that is open."""
        later = [rival for rival in self._rivals if rival.began > 0 and rival.found is not None and rival.lead > _CONFIRMED]
        if not self.decided and (self.stretches < _FEWEST or self.lead <= CLEAR_LEAD or not later):
            return None
        self.decided = True
        least = min(rival.found.unexplained for rival in later if rival.found is not None)
        for rival in self._rivals:
            if rival.found is not None and rival.lead > _CONFIRMED and rival.found.unexplained <= _PLAINER * least:
                return rival.found
        return None


class _Rival:
    """One beginning: the blank beliefs of then, and what they have become."""

    def __init__(self, began: int, blanks: list[SurfaceEstimate]) -> None:
        self.began = began
        """How many stretches in doubt came before it."""
        self.lead = 0.0
        self.found: GroundFit | None = None
        """Of the better blank."""
        self.shortened = False
        """What it saw first acts through its estimate only."""
        self._bases = blanks
        self._before = [0.0] * len(blanks)
        """Leads from before the rows."""
        self._rows: list[tuple[float, ...]] = []
        self._entered: Velocity = None
        self._fits: list[GroundFit | None] = [None] * len(blanks)
        self._leads = list(self._before)

    def hear(self, fit: Fit, old: SurfaceEstimate | None, rows: list[tuple[float, ...]], entered: Velocity, follows: bool) -> None:
        """old: what it is measured against; None when its lead is to stay."""
        if self._rows and (not follows or len(self._rows) + len(rows) > (_LONGEST_ROWS if old is not None else _LONGEST_DECIDED_ROWS)):
            self._bases = [base if found is None else found.estimate for base, found in zip(self._bases, self._fits, strict=True)]
            self._before, self._rows, self.shortened = list(self._leads), [], True
        if not self._rows:
            self._rows, self._entered = list(rows), entered
        else:
            self._rows += rows[1:]  # the first is where the last stretch ended
        believed = None if old is None else fit(old, self._rows, self._entered)
        if old is not None and believed is None:
            return
        if old is None or len(self._rows) > _ENOUGH_ROWS:  # the better one alone goes on
            n = int(np.argmax(self._leads))
            self._bases, self._before, self._leads, self._fits = [self._bases[n]], [self._before[n]], [self._leads[n]], [self._fits[n]]
        for n, base in enumerate(self._bases):
            found = fit(base, self._rows, self._entered)
            if found is not None:
                self._fits[n] = found
            if found is not None and believed is not None:
                lead = self._before[n] + found.evidence - believed.evidence
                self._leads[n] = min(self._leads[n] + _MOST_SAID, max(self._leads[n] - _MOST_SAID, lead))
        best = int(np.argmax(self._leads))
        self.lead, self.found = self._leads[best], self._fits[best]
