"""What goes into a step of the game and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KINDS", "BallResult", "Controls", "Event"]

KINDS = ("throw", "kick", "roll")


@dataclass(frozen=True, slots=True)
class Controls:
    """What the player's hands say this step."""

    turn: float = 0.0
    """−1 aims higher … 1 lower, by keys or stick."""
    point: tuple[float, float] | None = None
    """Where the mouse points, world px, when it is what aims."""
    hold: bool = False
    """Power builds up while held; letting go throws."""
    kind: str | None = None
    """Choose how the next ball goes: "throw", "kick" or "roll"."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the last step, for sounds and particles.

    Kinds: "throw", "kick", "roll", "bounce:<material>" (strength px/s), "touch" (the keeper's ground), "jump", "saved", "goal", "short",
    "step", "pick" (another kind of throw), "new_ball", "surprised", "round_over".
    """

    kind: str
    position: tuple[float, float]
    strength: float = 0.0


@dataclass(frozen=True, slots=True)
class BallResult:
    """How one ball ended."""

    outcome: str
    """"saved", "goal" or "short" (it never came to the court)."""
    kind: str
    points: int
    why: str
    """Such as "off the ramp, and it was sure"."""
    error_px: float | None
    """How far off the keeper's first settled forecast was, one second ahead."""
