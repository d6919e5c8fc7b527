"""A world that moves in steps of one length, drawn whenever the screen is ready."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["FixedSteps"]


class FixedSteps:
    """Hands out the steps that have come due; what cannot be caught up is let go (Fiedler, "Fix your timestep", 2004)."""

    def __init__(self, step_s: float, most: int) -> None:
        self.step_s, self.most = step_s, most
        self.left_s: float = 0.0

    @property
    def share(self) -> float:
        """How far it is from the last step to the next, 0 to 1: where between the two to draw."""
        return min(1.0, self.left_s / self.step_s)

    def due(self, frame_s: float) -> Iterator[int]:
        """The numbers of the steps to take in a frame that came `frame_s` after the last."""
        self.left_s += frame_s
        taken = 0
        while self.left_s >= self.step_s and taken < self.most:
            self.left_s -= self.step_s
            yield taken
            taken += 1
        self.left_s = min(self.left_s, self.step_s)
