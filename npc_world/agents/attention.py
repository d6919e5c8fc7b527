"""When an NPC of a crowd takes in what passes: in every frame, or, among many, some times a second, in turn with the others.

Where it goes it minds in every frame.  What it sees of others and feels of the ground may wait a few frames where many share a ground:
what they see and how they steer is shared out over `LOOKS_PER_S`, and each looks at least every `_LONGEST_S`.  Wrong by as much as that
where something appears, or gives way, just after it looked.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from npc_world.core.records import Observation

__all__ = ["LOOKS_PER_S", "Attention"]

Floats = NDArray[np.float64]
Pair = tuple[float, float]
LOOKS_PER_S = 1800.0
"""What all of them together may do in a second, in looks: at 60 Hz 25 NPCs look in every frame."""
_STEERING = 0.2
"""What steering through a frame costs, in looks."""
_LONGEST_S = 0.17
_APART = 0.41421356
"""Not the golden ratio, by which what they write down is set apart: else the two would fall together."""


class Attention:
    """What one NPC has gone through since it last looked.  number: of those on its ground; neighbours look in different frames."""

    def __init__(self, number: int) -> None:
        self._phase = (_APART * number) % 1.0
        self._thinkers, self._dt_s, self._period_s = 0, 0.0, 0.0
        self.reset()

    def reset(self) -> None:
        """A new round."""
        self._slot = -1
        self._passed: list[tuple[float, Pair, Floats]] = []

    def due(self, now: Observation, thinkers: int) -> bool:
        """Whether to look in this frame, where so many NPCs share the ground."""
        if thinkers != self._thinkers or now.dt_s != self._dt_s:
            self._thinkers, self._dt_s, self._period_s = thinkers, now.dt_s, _period_s(thinkers, now.dt_s)
        if self._period_s == 0.0:
            return True
        slot, self._slot = self._slot, int(now.time_s / self._period_s + self._phase)
        return slot != self._slot

    def pass_over(self, now: Observation, moved_px: Pair, commanded_px_s: Floats) -> None:
        """A frame in which it does not look: how far it moved, and the velocity it had asked for."""
        self._passed.append((now.dt_s, moved_px, commanded_px_s))

    def taken_in(self, now: Observation, moved_px: Pair, commanded_px_s: Floats) -> tuple[Observation, Pair, Floats]:
        """This frame with those passed over as one long one: what it sees, how far it moved, and the mean velocity it had asked for."""
        if not self._passed:
            return now, moved_px, commanded_px_s
        span_s = 0.0
        (x, y), asked_x, asked_y = (0.0, 0.0), 0.0, 0.0
        for dt_s, moved, asked in (*self._passed, (now.dt_s, moved_px, commanded_px_s)):
            (across, down), (wish_x, wish_y) = moved, asked.tolist()
            span_s, x, y = span_s + dt_s, x + across, y + down
            asked_x, asked_y = asked_x + wish_x * dt_s, asked_y + wish_y * dt_s
        self._passed.clear()
        whole = Observation(now.time_s, span_s, now.position_px, now.size_px, now.targets, now.others)
        return whole, (x, y), np.array((asked_x / span_s, asked_y / span_s))


def _period_s(thinkers: int, dt_s: float) -> float:
    """How often each of so many looks, s; 0 for in every frame."""
    left = LOOKS_PER_S * dt_s - _STEERING * thinkers
    if left >= thinkers:
        return 0.0
    return _LONGEST_S if left * _LONGEST_S <= thinkers * dt_s else thinkers * dt_s / left
