"""The seam of all forward models: what happens next."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = ["ForwardModel"]


@runtime_checkable
class ForwardModel(Protocol):
    """Any object with `predict`: pure, batched, deterministic."""

    def predict(self, states: NDArray[np.float64], controls: NDArray[np.float64], dt_s: float) -> NDArray[Any]:
        """States (..., S) after `dt_s` under controls (..., C); neither argument is written to."""
        ...
