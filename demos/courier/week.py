"""A week's race: which day it is, who has how many points, and the minds that remember."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .drivers import wake_drivers
from .town import DAYS, Town
from .world import CourierWorld

__all__ = ["POINTS", "Week"]

POINTS = {1: 3, 2: 1, 3: 0}


@dataclass(slots=True)
class Week:
    """Five days in one town against the same two rivals."""

    town: Town
    day: int = 1
    points: dict[str, int] = field(default_factory=lambda: {"you": 0, "Atlas": 0, "Quill": 0})
    results: list[dict[str, int]] = field(default_factory=list)
    """Place by courier, for each day that is over."""
    drivers: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.drivers:
            self.drivers = wake_drivers(self.town)

    def world(self, difficulty: str) -> CourierWorld:
        """The town this morning."""
        return CourierWorld(self.town, self.day, self.drivers, difficulty, self.town.seed)

    def note(self, world: CourierWorld) -> None:
        """A day is over: points, and the next day."""
        places = {car.who: car.place for car in world.couriers}
        self.results.append(places)
        for who, place in places.items():
            self.points[who] += POINTS[place]
        self.day += 1

    @property
    def over(self) -> bool:
        return self.day > DAYS

    def order(self) -> list[str]:
        """Names by points, best first; equal points by days won, then you first."""
        return sorted(self.points, key=lambda who: (-self.points[who], -sum(day[who] == 1 for day in self.results)))
