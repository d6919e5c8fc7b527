"""What goes into a step of the game and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Controls", "Event"]


@dataclass(frozen=True, slots=True)
class Controls:
    """What the player's hands say this step."""

    move: tuple[float, float] = (0.0, 0.0)
    """Wanted direction, length 0 to 1 (longer is cut), y down."""
    dash: bool = False
    smoke: bool = False
    interact: bool = False
    """Pull the lever within reach."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the last step, for sounds and particles.

    Kinds: "relic", "dash", "smoke", "smoke_gone", "lever", "door_open", "door_close", "bridge_shake", "bridge_fall", "bridge_rise",
    "seen", "heard", "lost", "near_miss", "boat_ready", "caught", "won", "splash", "slide", "bump", "step:<kind of tile>", "go" (the grace is over).
    """

    kind: str
    position: NDArray[np.float64]
    """(2,) px."""
