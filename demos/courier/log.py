"""A day written down: where every car was."""

from __future__ import annotations

from ..logs import RoundLog
from .world import CourierWorld

__all__ = ["CourierLog"]


class CourierLog(RoundLog):
    """Couriers and cars by name."""

    game = "courier"

    def write(self, world: CourierWorld, time_s: float, fresh: bool) -> None:
        bodies = {car.who: world.position(car) for car in (*world.couriers, *world.others)}
        if fresh:
            for name in bodies:
                self.recorder.begin(name)
        self.recorder.frame(time_s, bodies)
