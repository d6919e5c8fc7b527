"""How near is near enough: learned where the game goes on although the bodies should have touched."""

from __future__ import annotations

import math

from npc_world.core.records import Observation, Sighting

__all__ = ["Reach", "touching_px"]

_FIRST_SHARE = 0.7
"""Bodies are taken to touch at this share of the sum of their half widths: to aim closer than needed costs little, to fall short much."""
_TOUCH_S = 0.05
_LEAST_SHARE = 0.05


class Reach:
    """The share of `touching_px` at which one NPC believes it has caught a target.  Never grows again: a game does not change its boxes."""

    def __init__(self) -> None:
        self.share = _FIRST_SHARE
        self.reset()

    def reset(self) -> None:
        """A new round; what was learned stays."""
        self._touching_s = 0.0

    def learn(self, now: Observation, sighting: Sighting | None) -> None:
        """Near enough to have caught the target, and the game goes on: then it takes more than that."""
        if sighting is None:
            return
        touching = touching_px(now.size_px, sighting.size_px or now.size_px)
        (x, y), (to_x, to_y) = now.position_px.tolist(), sighting.position_px.tolist()
        away = math.hypot(to_x - x, to_y - y)
        self._touching_s = self._touching_s + now.dt_s if away < self.share * touching else 0.0
        if self._touching_s > _TOUCH_S:
            self.share, self._touching_s = max(_LEAST_SHARE, min(self.share, 0.9 * away / touching)), 0.0


def touching_px(size: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance of the centres, px, at which two bodies touch, averaged over directions along the axes."""
    return 0.25 * (size[0] + size[1] + other[0] + other[1])
