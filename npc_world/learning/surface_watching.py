"""Learn surfaces from how fast other bodies go over them: weaker than own steps, and available before one has to tread there."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from npc_world.learning.surface_learning import SurfaceLearner

__all__ = ["SurfaceWatcher"]

Floats = NDArray[np.float64]
_STRETCH_S = 0.3
_STRAIGHT = 0.9
"""How straight a stretch must be, distance over way; who turns is not at top speed."""
_SURE = 0.08
"""A surface whose factor is known this well serves as the measure of a body's top speed."""
_REPORT_S = 1.0
_FADES_S = 60.0
"""A body's own top speed is forgotten in about this time: it may have been dashing."""


class SurfaceWatcher:
    """Takes the fastest straight stretch of each second that another body spends on one surface.

    Its top speed is measured where the watcher knows the ground from its own steps; elsewhere the share of that it reaches is
    taken for the surface's factor.  Assumes that it hurries and that the ground treats both alike; a stroller looks like mud,
    which is why this counts for little beside own steps, and for nothing where those have spoken.
    """

    def __init__(self) -> None:
        self._bodies: dict[str, _Track] = {}

    def forget_motion(self) -> None:
        """A new round: where everybody was says nothing."""
        for track in self._bodies.values():
            track.rows.clear()

    def watch(self, name: str, time_s: float, position: Sequence[float] | Floats, surface: str, learner: SurfaceLearner) -> bool:
        """One frame of one body in sight.  True when a belief changed."""
        track = self._bodies.setdefault(name, _Track())
        speed = track.seen(time_s, float(position[0]), float(position[1]), surface)
        if speed is None:
            return False
        believed = learner.belief(surface)
        if believed.speed_factor_sd <= _SURE:
            track.top = max(speed / believed.speed_factor, track.top * math.exp(-(time_s - track.topped_s) / _FADES_S))
            track.topped_s = time_s
            return False
        return track.top > 0.0 and learner.watched(surface, min(2.0, speed / track.top), time_s)


class _Track:
    """The last stretch of one body."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, float, float]] = []
        self.surface = ""
        self.top, self.topped_s = 0.0, 0.0
        self._fastest, self._since_s = 0.0, 0.0

    def seen(self, time_s: float, x: float, y: float, surface: str) -> float | None:
        """Its speed in px/s when a second on one surface is full, of its fastest straight stretch."""
        rows = self.rows
        if surface != self.surface or (rows and not 0.0 < time_s - rows[-1][0] < _STRETCH_S):
            rows.clear()
            self.surface, self._fastest, self._since_s = surface, 0.0, time_s
        rows.append((time_s, x, y))
        length_s = time_s - rows[0][0]
        if length_s >= _STRETCH_S:
            away = math.hypot(x - rows[0][1], y - rows[0][2])
            middle = rows[len(rows) // 2]
            way = math.hypot(middle[1] - rows[0][1], middle[2] - rows[0][2]) + math.hypot(x - middle[1], y - middle[2])
            if away > _STRAIGHT * way:
                self._fastest = max(self._fastest, away / length_s)
            rows[:] = [rows[-1]]
        if time_s - self._since_s < _REPORT_S or self._fastest <= 0.0:
            return None
        fastest, self._fastest, self._since_s = self._fastest, 0.0, time_s
        return fastest

