"""The town and its truth: cars in lanes, lights, parcels, barriers and jams.  The rivals see only what is near them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.towns import Traffic, make_town
from npc_world.planners.roads import RoadMap
from npc_world.planners.roads_search import arrival_times, quickest_route

from ..hunt.records import Controls

__all__ = ["DAY_S", "SIGHT_PX", "STEP_S", "Car", "CourierWorld"]

STEP_S = 1.0 / 60
DAY_S = 240.0
SIGHT_PX = 230.0
LANE_PX = 8.0
_BLOCK_S, _JAM_S, _JAM_SLOW = 30.0, 25.0, 0.25
_LIGHT_S = 7.0
_TO_WIN = 4
_BOOST_S, _RECOVER_S = 1.6, 6.0


@dataclass(slots=True, eq=False)
class Car:
    """One vehicle: on a road, so far along it."""

    who: str
    edge: int
    along_px: float = 0.0
    crossing_s: float = 1.0
    """What this crossing takes at the traffic of now, before jams and lights."""
    entered_s: float = 0.0
    speed_px_s: float = 0.0
    pace: float = 1.0
    parcels: int = 0
    whole: bool = False
    """It has driven this road from its beginning."""
    heading_rad: float = 0.0


class CourierWorld:
    """One day.  `drivers`: the rivals' minds by name; they outlive the day and remember."""

    def __init__(self, seed: int, day: int = 1, drivers: dict[str, Any] | None = None) -> None:
        from .drivers import NavigatorDriver, WriterDriver

        self.seed, self.day = seed, day
        self.graph = make_town(seed, ("river", "highway", "grid")[seed % 3])
        self.roads = RoadMap(self.graph)
        self.traffic = Traffic(self.roads, seed, DAY_S)
        self.rng = np.random.default_rng([seed, day, 81])
        self.time_s = day * DAY_S + 0.15 * DAY_S
        self.began_s = self.time_s
        self.places = np.random.default_rng([seed, 82]).choice(len(self.roads.nodes), 12, replace=False)
        self.blocks: dict[int, float] = {}
        """Until when each road is closed; both ways of a closed road are in it."""
        self.jams: dict[int, float] = {}
        self.blocks_left, self.jams_left, self.boost = 3, 2, 1.0
        self.events: list[tuple[str, NDArray[np.float64]]] = []
        self.state = "playing"
        pace = min(1.05, 0.88 + 0.04 * day)
        start = self.rng.choice(len(self.roads.edges), 3, replace=False)
        self.player = Car("you", int(start[0]), pace=1.0)
        self.rivals = [Car("Atlas", int(start[0]), pace=pace), Car("Quill", int(start[0]), pace=pace)]
        self.traffic_cars = [Car(f"car {k}", int(self.rng.integers(len(self.roads.edges)))) for k in range(34 + 4 * day)]
        for car in [self.player, *self.rivals, *self.traffic_cars]:
            self._enter(car, car.edge)
        for k, car in enumerate(self.traffic_cars):
            car.along_px = float(self.rng.uniform(0, 0.9)) * self.roads.length_px[car.edge] * (1.0 if k else 0.0)
        self.drivers = drivers or {"Atlas": NavigatorDriver(self), "Quill": WriterDriver(self)}
        self._turned_s, self._held = -9.0, (False, False)
        self.goal = -1
        self._new_parcel()

    # ---- reading --------------------------------------------------------------------------------------------------

    def position(self, car: Car, lane_px: float = LANE_PX) -> NDArray[np.float64]:
        """(2,) px: on the right-hand lane."""
        a, b = self.roads.positions_px[self.roads.tail[car.edge]], self.roads.positions_px[self.roads.head[car.edge]]
        along = (b - a) / max(1e-9, float(np.hypot(*(b - a))))
        share = car.along_px / self.roads.length_px[car.edge]
        return np.asarray(a + share * (b - a) + lane_px * np.array([-along[1], along[0]]))

    def middle(self, edge: int) -> NDArray[np.float64]:
        """(2,) px of a road's middle."""
        return np.asarray(0.5 * (self.roads.positions_px[self.roads.tail[edge]] + self.roads.positions_px[self.roads.head[edge]]))

    def has_light(self, node: int) -> bool:
        return int(self.roads.first[node + 1] - self.roads.first[node]) >= 4 and (node * 7 + self.seed) % 3 == 0

    def green(self, edge: int) -> bool:
        """Whether the light at the end of a road, if there is one, lets it go."""
        node = int(self.roads.head[edge])
        if not self.has_light(node):
            return True
        across = abs(math.cos(self.roads.heading_rad(edge))) > 0.707
        return ((self.time_s + 1.7 * node) % _LIGHT_S < 0.5 * _LIGHT_S) == across

    def visible_blocks(self, car: Car) -> list[int]:
        """Closed roads whose barrier is within sight of a car."""
        here = self.position(car)
        return [edge for edge in self.blocks if float(np.hypot(*(self.middle(edge) - here))) < SIGHT_PX]

    # ---- time -----------------------------------------------------------------------------------------------------

    def step(self, controls: Controls, dt_s: float = STEP_S) -> None:
        """1/60 s of the town."""
        self.events = []
        if self.state != "playing":
            return
        self.time_s += dt_s
        for table in (self.blocks, self.jams):
            for edge in [edge for edge, until in table.items() if until < self.time_s]:
                del table[edge]
        self._player(controls, dt_s)
        for car in self.rivals:
            self.drivers[car.who].look(self, car)
            self._drive(car, dt_s)
        for car in self.traffic_cars:
            self._drive(car, dt_s)

    def _player(self, controls: Controls, dt_s: float) -> None:
        car, (x, y) = self.player, controls.move
        self.boost = min(1.0, self.boost + dt_s / _RECOVER_S)
        boosting = controls.dash and self.boost > 0.05
        if boosting:
            self.boost = max(0.0, self.boost - dt_s * (1.0 / _BOOST_S + 1.0 / _RECOVER_S))
        held = (controls.interact, controls.smoke)
        if held[0] and not self._held[0]:
            self.close_road(car.edge)
        if held[1] and not self._held[1]:
            self.jam_road(car.edge)
        self._held = held
        car.speed_px_s = 1.12 * self.roads.length_px[car.edge] / self.roads.free_s[car.edge] * (1.5 if boosting else 1.0)
        if car.edge in self.jams:
            car.speed_px_s *= 0.5
        heading = self.roads.heading_rad(car.edge)
        if x * math.cos(heading) + y * math.sin(heading) < -0.75 and self.time_s - self._turned_s > 0.5 and self.roads.back[car.edge] >= 0:
            self._turned_s = self.time_s
            self._turn_round(car)
        car.along_px += car.speed_px_s * dt_s
        if car.along_px >= self.roads.length_px[car.edge]:
            if self._delivered(car):
                return
            wish = math.atan2(y, x) if (x, y) != (0.0, 0.0) else self.roads.heading_rad(car.edge)
            exits = [int(e) for e in self.roads.leaving(int(self.roads.head[car.edge]))]
            ahead = [e for e in exits if e != self.roads.back[car.edge]] or exits
            self._enter(car, min(ahead, key=lambda e: abs(math.remainder(self.roads.heading_rad(e) - wish, 2 * math.pi))))

    def _drive(self, car: Car, dt_s: float) -> None:
        """A rival or one of the traffic: at the speed of the road today, stopping at red, turning back at barriers."""
        length = float(self.roads.length_px[car.edge])
        speed = length / car.crossing_s * car.pace
        if car.edge in self.jams:
            speed *= _JAM_SLOW
        stop = length
        if not self.green(car.edge):
            stop = length - 20.0
        if car.edge in self.blocks and car.along_px < 0.5 * length:
            stop = min(stop, 0.5 * length - 16.0)
            if car.along_px >= stop - 4.0:
                if self.roads.back[car.edge] >= 0:
                    self._turn_round(car)
                return
        before = car.along_px
        car.along_px = min(max(before, stop), before + speed * dt_s) if before <= stop else before + speed * dt_s
        car.speed_px_s = (car.along_px - before) / dt_s
        if car.along_px < length:
            return
        mind = self.drivers.get(car.who)
        if mind is not None:
            mind.crossed(self, car)
            if self._delivered(car):
                return
        self._enter(car, mind.next_road(self, car) if mind is not None else self._wander(car))

    def _wander(self, car: Car) -> int:
        exits = [int(e) for e in self.roads.leaving(int(self.roads.head[car.edge])) if e != self.roads.back[car.edge] and int(e) not in self.blocks]
        return exits[int(self.rng.integers(len(exits)))] if exits else int(self.roads.back[car.edge])

    def _enter(self, car: Car, edge: int) -> None:
        car.edge, car.along_px, car.entered_s, car.whole = edge, 0.0, self.time_s, True
        car.crossing_s = self.traffic.crossing_s(edge, self.time_s)

    def _turn_round(self, car: Car) -> None:
        along = float(self.roads.length_px[car.edge]) - car.along_px
        self._enter(car, int(self.roads.back[car.edge]))
        car.along_px, car.whole = along, False

    # ---- parcels --------------------------------------------------------------------------------------------------

    def _delivered(self, car: Car) -> bool:
        if int(self.roads.head[car.edge]) != self.goal:
            return False
        car.parcels += 1
        self.events.append(("delivered:" + car.who, self.roads.positions_px[self.goal]))
        for mind in self.drivers.values():
            mind.over(self, car.who)
        if car.parcels >= _TO_WIN:
            self.state = "won" if car is self.player else "lost"
        else:
            self.blocks_left, self.jams_left = min(4, self.blocks_left + 1), min(3, self.jams_left + 1)
            self._new_parcel()
        if car is self.player:
            self._enter(car, self._wander(car))
        else:
            self._enter(car, self.drivers[car.who].next_road(self, car) if self.state == "playing" else self._wander(car))
        return True

    def _new_parcel(self) -> None:
        """An address about as far from everyone."""
        ways = []
        for car in (self.player, *self.rivals):
            arrival, _ = arrival_times(self.roads, self.roads.free_s[:, None], np.ones(len(self.roads.edges), dtype=np.bool_),
                                       int(self.roads.head[car.edge]), 0.0, DAY_S)
            ways.append(arrival[self.places])
        near, unfair = np.min(ways, axis=0), np.ptp(ways, axis=0)
        self.goal = int(self.places[int(np.argmin(unfair + np.where(near < 6.0, 100.0, 0.0) + self.rng.uniform(0, 2.5, len(near))))])
        for car in self.rivals:
            self.drivers[car.who].depart(self, car)

    # ---- the player's tricks --------------------------------------------------------------------------------------

    def close_road(self, edge: int) -> bool:
        """Barriers on a road, both ways, for half a minute; False when none are left or the address would be cut off."""
        pair = [e for e in (edge, int(self.roads.back[edge])) if e >= 0]
        if self.blocks_left <= 0 or any(e in self.blocks for e in pair):
            return False
        is_open = np.ones(len(self.roads.edges), dtype=np.bool_)
        is_open[[*self.blocks, *pair]] = False
        for car in self.rivals:
            start = int(self.roads.head[car.edge])
            if start != self.goal and quickest_route(self.roads, self.roads.free_s[:, None], is_open, start, self.goal, 0.0, DAY_S) is None:
                self.events.append(("refused", self.middle(edge)))
                return False
        self.blocks.update(dict.fromkeys(pair, self.time_s + _BLOCK_S))
        self.blocks_left -= 1
        self.events.append(("closed", self.middle(edge)))
        return True

    def jam_road(self, edge: int) -> bool:
        """Slow a road down to a quarter, both ways, for a while."""
        if self.jams_left <= 0 or edge in self.jams:
            return False
        self.jams.update({e: self.time_s + _JAM_S for e in (edge, int(self.roads.back[edge])) if e >= 0})
        self.jams_left -= 1
        self.events.append(("jammed", self.middle(edge)))
        return True

    def road_at(self, point: Any) -> int | None:
        """The road under a point, or None: within 30 px."""
        at = np.asarray(point, dtype=np.float64)
        a, b = self.roads.positions_px[self.roads.tail], self.roads.positions_px[self.roads.head]
        u = np.clip(((at - a) * (b - a)).sum(axis=1) / np.maximum(((b - a) ** 2).sum(axis=1), 1e-9), 0.0, 1.0)
        away = np.hypot(*(a + u[:, None] * (b - a) - at).T)
        best = int(np.argmin(away))
        return best if away[best] < 30.0 else None
