"""How good the keeper's body is.  Its mind is the same at every difficulty."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DIFFICULTIES", "Difficulty"]


@dataclass(frozen=True, slots=True)
class Difficulty:
    speed_px_s: float
    reaction_s: float
    jump_px: float
    words: str


DIFFICULTIES = {
    "calm": Difficulty(190.0, 0.16, 40.0, "it walks to the ball"),
    "normal": Difficulty(255.0, 0.11, 55.0, "it runs, and jumps"),
    "fierce": Difficulty(330.0, 0.08, 70.0, "it is quick, and jumps high"),
}
