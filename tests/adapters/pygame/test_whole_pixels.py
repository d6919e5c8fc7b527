"""`action.pixels` keeps the true speed on every kind of Rect: this one, one that rounds, one that truncates."""

from __future__ import annotations

import math

import numpy as np
import pygame
import pytest

from npc_world.core.records import Action


class RoundingRect:
    """Assigns as pygame 2.6 does."""

    def __init__(self) -> None:
        self._x = self._y = 0

    def move_ip(self, dx: float, dy: float) -> None:
        self._x, self._y = math.floor(self._x + dx + 0.5), math.floor(self._y + dy + 0.5)

    topleft = property(lambda self: (self._x, self._y))


class TruncatingRect(RoundingRect):
    """Assigns as pygame-ce 2.5 does."""

    def move_ip(self, dx: float, dy: float) -> None:
        self._x, self._y = int(self._x + dx), int(self._y + dy)


@pytest.mark.parametrize(("speed_px_s", "headings"), [(90.7, 360), (23.0, 24), (411.3, 24)])
def test_ten_seconds_in_all_directions(speed_px_s: float, headings: int) -> None:
    for heading in np.arange(headings) * 2.0 * math.pi / headings:
        velocity = speed_px_s * np.array([math.cos(heading), math.sin(heading)])
        action = Action(velocity_px_s=velocity, acceleration_px_s2=np.zeros(2))
        kinds = [RoundingRect(), TruncatingRect(), pygame.Rect(0, 0, 8, 8)]
        for _ in range(600):
            step = action.pixels(1 / 60)
            for rect in kinds:
                rect.move_ip(*step)
        for rect in kinds:
            assert abs(math.hypot(*rect.topleft) - 10.0 * speed_px_s) <= 1.0, heading
            assert np.abs(np.array(rect.topleft) - 10.0 * velocity).max() <= 0.5 + 1e-6, heading
