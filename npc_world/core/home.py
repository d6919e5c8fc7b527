"""Where a body that goes from place to place has been, and the way it is on: what beliefs tell planners of its home range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["NO_HOME", "Home"]

Floats = NDArray[np.float64]
NO_HOME: Floats = np.zeros(0)
"""The row of a body of which no home is known."""


@dataclass(frozen=True, slots=True)
class Home:
    """What is known of a home range, a box whose sides are parallel to the axes."""

    leg_px: Floats
    """(2,) where its present way began."""
    low_px: Floats
    """(2,) least x and y where it was seen."""
    high_px: Floats
    """(2,) greatest x and y where it was seen."""
    places: int
    """So many places that is: where it set out, where it turned, and where it is."""
    probability: float
    """That its present way ends at a place of its choice, and not when the clock says."""

    def row(self) -> Floats:
        """(8,) the same for kernels: leg x and y, low x and y, high x and y, places, probability."""
        return np.array([*self.leg_px, *self.low_px, *self.high_px, self.places, self.probability])
