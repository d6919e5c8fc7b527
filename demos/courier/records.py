"""What moves, what bars the way, and what happens in the town."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

__all__ = ["Barrier", "Car", "Happening"]


@dataclass(slots=True, eq=False)
class Car:
    """One vehicle: on a road, so far along it."""

    who: str
    edge: int
    look: int = 0
    """Which picture it has."""
    along_px: float = 0.0
    crossing_s: float = 1.0
    """What this crossing takes at the traffic of now, before jams, queues and lights."""
    entered_s: float = 0.0
    speed_px_s: float = 0.0
    pace: float = 1.0
    whole: bool = False
    """It has driven this road from its beginning."""
    done: int = 0
    """Stops behind it."""
    done_s: tuple[float, ...] = ()
    """When it was at each."""
    busy_until_s: float = -1.0
    finished_s: float = math.inf
    place: int = 0
    """1 the first to finish; 0 not yet."""
    trail: list[tuple[int, int]] = field(default_factory=list)
    """(stops behind it, road) for every road it turned into."""


@dataclass(frozen=True, slots=True)
class Barrier:
    """Across a road; `along_px` in the direction of the road it is stored under."""

    until_s: float
    along_px: float


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened in the last step: "take", "give", "finish", "barrier", "jam", "refused", "whistle", "reroute", "turn", "go"."""

    kind: str
    at: tuple[float, float]
    who: str = ""
    words: str = ""
