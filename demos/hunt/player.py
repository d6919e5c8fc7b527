"""The player's body: walks, dashes, carries smoke."""

from __future__ import annotations

import math

from .difficulty import Difficulty
from .physics import PLAYER_SPEED_PX_S, Physics, Walker, Walks
from .records import Controls, Event

__all__ = ["DASH_BOOST", "DASH_S", "Player"]

DASH_S = 0.25
DASH_BOOST = 1.9
_DASH_FORCE = 3.0
_STRIDE_PX = 34.0
_SLIDE_PX_S = 70.0
_SLIDE_EVERY_S = 0.3
_BUMP_PX_S = 60.0


class Player(Walks):
    """A walker that follows `Controls`.  All that the screen draws of it is here."""

    def __init__(self, physics: Physics, position: tuple[float, float], difficulty: Difficulty) -> None:
        self.walker: Walker = physics.add(position, PLAYER_SPEED_PX_S)
        self.heading_rad: float = 0.0
        self.smokes: int = difficulty.smokes
        self.distance_px: float = 0.0
        self._cooldown_s = difficulty.dash_cooldown_s
        self._cooling_s = 0.0
        self._dash_left_s = 0.0
        self._dash_direction = (1.0, 0.0)
        self._stride_px = 0.0
        self._slid_s = 0.0
        self._was_on = self.walker.surface

    @property
    def dashing(self) -> bool:
        return self._dash_left_s > 0.0

    @property
    def dash_ready(self) -> float:
        """0 just dashed … 1 may dash."""
        return 1.0 - self._cooling_s / self._cooldown_s

    def steer(self, controls: Controls, physics: Physics, dt_s: float) -> list[Event]:
        """Turn controls into force for this step."""
        events: list[Event] = []
        x, y = controls.move
        length = math.hypot(x, y)
        if not math.isfinite(length):
            x, y, length = 0.0, 0.0, 0.0
        if length > 1.0:
            x, y = x / length, y / length
        if length > 0.05:
            self.heading_rad = math.atan2(y, x)
        self._cooling_s = max(0.0, self._cooling_s - dt_s)
        self._dash_left_s = max(0.0, self._dash_left_s - dt_s)
        if controls.dash and self._cooling_s == 0.0 and not self.walker.swimming:
            self._cooling_s, self._dash_left_s = self._cooldown_s, DASH_S
            self._dash_direction = (math.cos(self.heading_rad), math.sin(self.heading_rad))
            events.append(Event("dash", self.position))
        if self._dash_left_s > 0.0:
            if length <= 0.05:
                x, y = self._dash_direction
            speed = PLAYER_SPEED_PX_S * DASH_BOOST
            physics.steer(self.walker, (x * speed, y * speed), dt_s, DASH_BOOST, _DASH_FORCE)
        else:
            physics.steer(self.walker, (x * PLAYER_SPEED_PX_S, y * PLAYER_SPEED_PX_S), dt_s)
        return events

    def after_step(self, controls: Controls, speed_before_px_s: float, dt_s: float) -> list[Event]:
        """Footsteps, splashes, slides and bumps of the step that was just taken."""
        events: list[Event] = []
        moved = math.dist(self.walker.position, self.walker.previous)
        self.distance_px += moved
        self._stride_px += moved
        speed = math.hypot(self.velocity[0], self.velocity[1])
        wet = self.surface in ("water", "deep")
        if wet and self._was_on not in ("water", "deep"):
            events.append(Event("splash", self.position))
        self._was_on = self.surface
        self._slid_s = max(0.0, self._slid_s - dt_s)
        if self.surface == "ice":
            wanted_x, wanted_y = controls.move[0] * PLAYER_SPEED_PX_S, controls.move[1] * PLAYER_SPEED_PX_S
            if self._slid_s == 0.0 and math.hypot(wanted_x - self.velocity[0], wanted_y - self.velocity[1]) > _SLIDE_PX_S:
                self._slid_s = _SLIDE_EVERY_S
                events.append(Event("slide", self.position))
        elif speed_before_px_s - speed > _BUMP_PX_S:
            events.append(Event("bump", self.position))
        if self._stride_px >= _STRIDE_PX:
            self._stride_px = 0.0
            events.append(Event(f"step:{self.surface}", self.position))
        return events
