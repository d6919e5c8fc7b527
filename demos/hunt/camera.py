"""A camera that follows smoothly, looks ahead where the player runs, stays on the island, and shakes when it must."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["ART_ZOOM", "Camera"]

ART_ZOOM = 1.5
"""Screen px per world px: art is drawn at 48 px per tile of 32."""

_FOLLOW_S = 0.16
_LOOK_AHEAD_S = 0.42
_LOOK_AHEAD_LAG_S = 0.55
_SHAKE_FADE_S = 0.22
_SHAKE_PX = 9.0
_MARGIN_TILES = 3.0


class Camera:
    """Where the screen's middle is, in world px; `view_px` is the screen's (width, height)."""

    def __init__(self, map_px: tuple[float, float], view_px: tuple[int, int], position: NDArray[np.float64] | tuple[float, float]) -> None:
        self.map_px, self.view_px = map_px, view_px
        self._target = np.array(position, dtype=np.float64)
        self._ahead = np.zeros(2)
        self._middle = self._target.copy()
        self._shake = 0.0
        self._clock_s = 0.0

    def resize(self, view_px: tuple[int, int]) -> None:
        self.view_px = view_px

    def follow(self, position: NDArray[np.float64], velocity_px_s: NDArray[np.float64], dt_s: float) -> None:
        """Move towards the player; exponential, so that it does not depend on the frame rate."""
        self._clock_s += dt_s
        wanted = np.asarray(velocity_px_s, dtype=np.float64) * _LOOK_AHEAD_S
        self._ahead += (wanted - self._ahead) * (1.0 - math.exp(-dt_s / _LOOK_AHEAD_LAG_S))
        self._target += (position - self._target) * (1.0 - math.exp(-dt_s / _FOLLOW_S))
        self._middle = self._held(self._target + self._ahead)
        self._shake *= math.exp(-dt_s / _SHAKE_FADE_S)

    def shake(self, strength: float = 1.0) -> None:
        """1 a catch, 0.3 something that fell."""
        self._shake = max(self._shake, strength)

    def _held(self, point: NDArray[np.float64]) -> NDArray[np.float64]:
        """Not far beyond the edge of the map; a map smaller than the screen stands in its middle."""
        held = point.copy()
        for axis in (0, 1):
            half = 0.5 * self.view_px[axis] / ART_ZOOM
            low, high = half - _MARGIN_TILES * 32.0, self.map_px[axis] - half + _MARGIN_TILES * 32.0
            held[axis] = min(max(point[axis], low), high) if low < high else 0.5 * self.map_px[axis]
        return held

    @property
    def corner(self) -> tuple[int, int]:
        """Screen px at zoom 1 of the view's top left corner: whole, so that the picture stays crisp."""
        wobble = (_SHAKE_PX * self._shake * math.sin(61.0 * self._clock_s), _SHAKE_PX * self._shake * math.sin(47.0 * self._clock_s + 1.0))
        return (round(self._middle[0] * ART_ZOOM - 0.5 * self.view_px[0] + wobble[0]), round(self._middle[1] * ART_ZOOM - 0.5 * self.view_px[1] + wobble[1]))

    @property
    def offset_px(self) -> tuple[float, float]:
        """World px at the view's top left corner: what the mind view asks for."""
        left, top = self.corner
        return left / ART_ZOOM, top / ART_ZOOM

    def to_screen(self, point: NDArray[np.float64] | tuple[float, float]) -> tuple[float, float]:
        """Screen px of a world point."""
        left, top = self.corner
        return float(point[0]) * ART_ZOOM - left, float(point[1]) * ART_ZOOM - top

    def to_world(self, point: tuple[float, float]) -> NDArray[np.float64]:
        """World point under a screen px."""
        left, top = self.corner
        return np.array(((point[0] + left) / ART_ZOOM, (point[1] + top) / ART_ZOOM))
