"""A day, or a week, without a window: a scripted player against the two rivals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .scripted import ScriptedCourier
from .town import DAYS, Town
from .world import STEP_S, CourierWorld

__all__ = ["CourierResult", "run_day", "run_week"]


@dataclass(frozen=True, slots=True)
class CourierResult:
    """How a day ended."""

    town: str
    seed: int
    day: int
    player: str
    state: str
    places: dict[str, int]
    seconds: dict[str, float]
    """Seconds of play each courier needed; those who did not finish, until the day ended."""
    done: dict[str, int]
    stops: int
    promises: tuple[tuple[float, float, float, float], ...] = field(default=(), repr=False)
    """Atlas: (promised, earliest, latest, actual) arrival of every trip."""

    def __str__(self) -> str:
        order = sorted(self.places, key=lambda who: self.places[who])
        told = ", ".join(f"{self.places[who]}. {who} {self.done[who]}/{self.stops} in {self.seconds[who]:.1f} s" for who in order)
        return f"courier: {self.town} (seed {self.seed}), day {self.day}, {self.player}: {self.state}; {told}"


def run_day(town: Town, day: int, player: str = "trickster", difficulty: str = "normal", drivers: dict[str, Any] | None = None,
            seconds: float = 1e9, watch: Callable[[CourierWorld], None] | None = None, seed: int | None = None) -> CourierResult:
    """Play one day as fast as it goes.  drivers: the rivals' minds, which remember; watch: called after each step."""
    world = CourierWorld(town, day, drivers, difficulty, seed)
    hands = ScriptedCourier(world, player)
    steps = 0
    while world.state == "playing" and steps * STEP_S < seconds:
        world.step(hands.controls())
        steps += 1
        if watch is not None:
            watch(world)
    return result_of(world, player)


def result_of(world: CourierWorld, player: str) -> CourierResult:
    order = world.standing()
    return CourierResult(world.town.name, world.town.seed, world.today.number, player, world.state, {car.who: order.index(car) + 1 for car in world.couriers},
                         {car.who: min(car.finished_s, world.time_s) - world.began_s for car in world.couriers}, {car.who: car.done for car in world.couriers},
                         len(world.stops), tuple(world.drivers["Atlas"].promises))


def run_week(town: Town, player: str, difficulty: str = "normal", days: int = DAYS) -> list[CourierResult]:
    """All days in a row against rivals that remember."""
    from .drivers import wake_drivers

    drivers = wake_drivers(town)
    return [run_day(town, day, player, difficulty, drivers) for day in range(1, days + 1)]
