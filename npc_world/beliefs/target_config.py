"""What a designer may tune of how a body is forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.tunable import check_tunables, tunable

__all__ = ["TargetConfig"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetConfig:
    """How a body is forecast."""

    hypotheses: int = tunable(12, "futures kept in a forecast when the caller does not say", low=1, high=29)
    memory_s: float = tunable(2.5, "how long an expert's record counts, s; short follows changes of style sooner", low=0.1, high=60.0)
    memory_per_s: float = tunable(2.0, "more of it per second of horizon", low=0.0, high=20.0)
    boldness: float = tunable(1.0, "how fast the better expert wins; 1 is one judgement per horizon counted once", low=0.05, high=10.0)
    depth: float = tunable(6.0, "how far behind an expert can fall: it recovers from there when it is right again", low=0.5, high=50.0)
    long_memory_s: float = tunable(100.0, "how long an expert's whole record counts beside its recent one, s", low=0.1, high=600.0)
    long_depth: float = tunable(4.0, "how far behind its whole record can put an expert", low=0.0, high=50.0)
    stacking: float = tunable(0.8, "how fast experts are weighed so that their mean errs least", low=0.0, high=50.0)
    trusting: float = tunable(2.0, "how fast it returns to constant velocity where anything else has not paid", low=0.0, high=50.0)
    error_memory_s: float = tunable(6.0, "how long errors count for the stated spread, s", low=0.5, high=120.0)
    calibration: float = tunable(0.1, "how fast stated regions are corrected when they do not hold; 0 never", low=0.0, high=1.0)
    habits: bool = tunable(True, "whether experts that learn this very body's habits have a say; without them it is taken for a stranger")
    discover: bool = tunable(False, "whether places where it stopped again and again are taken for goals while the game gives none")
    prior: str = tunable("", "a motion prior to hear as well: a file, or shipped for the package's own; empty for none")
    rationality_hz: float = tunable(8.0, "how strongly a second of detour speaks against a goal, while it is not known how directly this body walks", low=0.0, high=60.0)

    def __post_init__(self) -> None:
        check_tunables(self)

    def settings(self) -> NDArray[np.float64]:
        """As kernels read it."""
        return np.array([self.memory_s, self.memory_per_s, self.boldness, self.depth, self.error_memory_s, self.calibration,
                         self.long_memory_s, self.long_depth, self.stacking, self.trusting])
