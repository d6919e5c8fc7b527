"""The town in motion and its truth: cars in lanes, lights, parcels, barriers and jams.  The rivals see only what is near them."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np

from npc_world.planners.roads_search import arrival_times

from ..hunt.records import Controls
from .records import Barrier, Car, Happening
from .rules import RULES, Rules
from .town import DAY_S, LIGHT_S, Day, Stop, Town

__all__ = ["SIGHT_PX", "STEP_S", "CourierWorld"]

STEP_S = 1.0 / 60
SIGHT_PX = 230.0
_LANE_PX = {"street": 8.0, "avenue": 10.0, "bridge": 9.0, "highway": 11.0}
_GAP_PX, _LINE_PX = 25.0, 24.0
_HANDLING_S = 0.9
_TURN_S = 0.5
_LONGEST_TRAIL = 400


class CourierWorld:
    """One day.  `drivers`: the rivals' minds by name; they outlive the day and remember."""

    def __init__(self, town: Town, day: int = 1, drivers: dict[str, Any] | None = None, difficulty: str = "normal", seed: int | None = None) -> None:
        from .drivers import wake_drivers

        self.town, self.roads, self.traffic = town, town.roads, town.traffic
        self.seed, self.rules = town.seed if seed is None else seed, RULES.get(difficulty, RULES["normal"])
        self.today: Day = town.day(day)
        self.rng = np.random.default_rng([self.seed, day, 81])
        self.began_s = self.time_s = (day + self.rules.begins) * DAY_S
        self.ends_s = (day + self.rules.ends) * DAY_S
        self.barriers: dict[int, Barrier] = {}
        for edge in self.today.closed:
            self.barriers[edge] = Barrier(math.inf, 0.5 * town.length_px[edge])
        self.jams: dict[int, float] = {}
        """Until when each road is jammed."""
        rules: Rules = self.rules
        self.barriers_left, self.jams_left, self.boost = rules.barriers, rules.jams, 1.0
        self.events: list[Happening] = []
        self._tricks: list[Happening] = []
        """What the player did since the last step: told with the next."""
        self.state = "playing"
        self.grace_s = 2.0
        """Engines are warming up."""
        self.heard: list[tuple[float, str, str]] = []
        """(time, who, what) the rivals have said so far."""
        self._held, self._turned_s = (False, False), -9.0
        self._exits = [[int(e) for e in self.roads.leaving(n) if int(e) not in self.today.absent] for n in range(len(self.roads.nodes))]
        start = self._exits[self.today.depot][0]
        self.player = Car("you", start)
        self.rivals = [Car("Atlas", start, 1, pace=rules.pace), Car("Quill", start, 2, pace=rules.pace)]
        self.couriers = [self.player, *self.rivals]
        free = [e for e in range(len(self.roads.edges)) if e not in self.today.absent and e not in self.today.closed and e != start]
        self.others = [Car(f"car {k}", int(free[self.rng.integers(len(free))]), int(self.rng.integers(6))) for k in range(self.today.cars)]
        for car in [*self.couriers, *self.others]:
            self._enter(car, car.edge)
        for car in self.others:
            car.along_px = float(self.rng.uniform(0.05, 0.9)) * town.length_px[car.edge]
        for car, along in zip(self.couriers, (70.0, 44.0, 18.0), strict=True):
            car.along_px, car.whole = along, False
        self.drivers: dict[str, Any] = wake_drivers(town) if drivers is None else drivers
        for mind in self.drivers.values():
            mind.morning(self)
        for car in self.rivals:
            self.drivers[car.who].depart(self, car)

    # ---- reading --------------------------------------------------------------------------------------------------

    @property
    def stops(self) -> tuple[Stop, ...]:
        return self.today.stops

    def goal(self, car: Car) -> int:
        """The junction a courier has to reach next; its last one when it is done."""
        return self.stops[min(car.done, len(self.stops) - 1)].node

    def position(self, car: Car) -> tuple[float, float]:
        """World px, in the right-hand lane."""
        return self.town.point(car.edge, car.along_px, _LANE_PX[self.town.kind(car.edge)])

    def green(self, edge: int) -> bool:
        """Whether the light at the end of a road, if there is one, lets it go."""
        node = int(self.roads.head[edge])
        if node not in self.town.lights:
            return True
        across = abs(self.town.along[edge][0]) > 0.707
        return ((self.time_s + 1.7 * node) % LIGHT_S < 0.5 * LIGHT_S) == across

    def barrier_at(self, edge: int) -> tuple[float, float]:
        return self.town.point(edge, self.barriers[edge].along_px)

    def visible_barriers(self, car: Car) -> list[int]:
        """Roads whose barrier is within sight of a car."""
        here = self.position(car)
        return [edge for edge in self.barriers if math.dist(self.barrier_at(edge), here) < SIGHT_PX]

    def exits(self, node: int) -> list[int]:
        """Roads that leave a junction and exist."""
        return self._exits[node]

    def standing(self) -> list[Car]:
        """Couriers, the leader first: those who are done by when, the others by stops and by how far the next one is."""
        def left(car: Car) -> float:
            arrival, _ = arrival_times(self.roads, self.roads.free_s[:, None], self._is_open(), int(self.roads.head[car.edge]), 0.0, DAY_S)
            return float(arrival[self.goal(car)]) if math.isfinite(arrival[self.goal(car)]) else 1e6
        return sorted(self.couriers, key=lambda car: (car.place or 9, -car.done, left(car)))

    # ---- time -----------------------------------------------------------------------------------------------------

    def step(self, controls: Controls, dt_s: float = STEP_S) -> None:
        """1/60 s of the town."""
        self.events = []
        if self.state != "playing":
            return
        if self.grace_s > 0.0:
            self.grace_s -= dt_s
            if self.grace_s <= 0.0:
                self.events.append(Happening("go", self.position(self.player)))
            return
        self.time_s += dt_s
        self.barriers = {edge: barrier for edge, barrier in self.barriers.items() if barrier.until_s > self.time_s}
        self.jams = {edge: until for edge, until in self.jams.items() if until > self.time_s}
        ahead = self._queues()
        self._player(controls, dt_s, ahead)
        for car in self.rivals:
            if not car.place:
                self._tell(car, self.drivers[car.who].look(self, car))
                self._drive(car, dt_s, ahead)
        for car in self.others:
            self._drive(car, dt_s, ahead)
        self.events, self._tricks = [*self.events, *self._tricks], []
        self._end()

    def _queues(self) -> dict[Car, float]:
        """How far along its road each car may be because of the one before it."""
        rows: dict[int, list[Car]] = defaultdict(list)
        for car in [*self.others, *self.couriers]:
            if not car.place and car.busy_until_s < self.time_s:
                rows[car.edge].append(car)
        limit: dict[Car, float] = {}
        for row in rows.values():
            row.sort(key=lambda car: -car.along_px)
            for first, second in pairwise(row):
                limit[second] = first.along_px - _GAP_PX
        return limit

    def _speed(self, car: Car) -> float:
        """World px/s that the road allows now."""
        speed = self.town.length_px[car.edge] / (car.crossing_s * self.today.slow.get(car.edge, 1.0)) * car.pace
        return speed * (self.rules.jam_speed if car.edge in self.jams else 1.0)

    def _player(self, controls: Controls, dt_s: float, ahead: dict[Car, float]) -> None:
        car, (x, y) = self.player, controls.move
        self.boost = min(1.0, self.boost + dt_s / self.rules.boost_recovers_s)
        boosting = controls.dash and self.boost > 0.04 and not car.place
        if boosting:
            self.boost = max(0.0, self.boost - dt_s * (1.0 / self.rules.boost_s + 1.0 / self.rules.boost_recovers_s))
        held = (controls.interact, controls.smoke)
        if held[0] and not self._held[0]:
            self.close_road(car.edge, max(6.0, car.along_px - 26.0))
        if held[1] and not self._held[1]:
            self.jam_road(car.edge)
        self._held = held
        if car.place or car.busy_until_s > self.time_s:
            car.speed_px_s = 0.0
            return
        ux, uy = self.town.along[car.edge]
        if x * ux + y * uy < -0.75 and self.time_s - self._turned_s > _TURN_S and self.roads.back[car.edge] >= 0:
            self._turned_s = self.time_s
            self._turn_round(car)
        length, before = self.town.length_px[car.edge], car.along_px
        speed = self._speed(car) * (self.rules.boost_speed if boosting else 1.0)
        red = not self.green(car.edge)
        limit = ahead.get(car, math.inf)
        if red and not boosting:
            limit = min(limit, length - _LINE_PX)
        barrier = self.barriers.get(car.edge)
        if barrier is not None and before < barrier.along_px:
            if before > barrier.along_px - 22.0:
                self._turn_round(car)
                self._turned_s = self.time_s
                self.events.append(Happening("turn", self.position(car), "you"))
                return
        elif boosting:
            limit = math.inf if not red else limit
        car.along_px = before + max(0.0, min(speed * dt_s, limit - before))
        car.speed_px_s = (car.along_px - before) / dt_s
        if before <= length - _LINE_PX < car.along_px and red:
            self.boost = 0.0
            self.events.append(Happening("whistle", self.position(car), "you", "Red light! Your boost is gone."))
        if car.along_px >= length and not self._stopped(car):
            here = self.exits(int(self.roads.head[car.edge]))
            wish = math.atan2(y, x) if (x, y) != (0.0, 0.0) else self.town.heading_rad[car.edge]
            onward = [e for e in here if e != self.roads.back[car.edge]] or here
            self._enter(car, min(onward, key=lambda e: abs(math.remainder(self.town.heading_rad[e] - wish, 2 * math.pi))))

    def _drive(self, car: Car, dt_s: float, ahead: dict[Car, float]) -> None:
        """A rival or one of the others: at the speed of the road today, behind the car before it, stopping at red, turning at barriers."""
        if car.busy_until_s > self.time_s:
            car.speed_px_s = 0.0
            return
        length, before = self.town.length_px[car.edge], car.along_px
        limit = ahead.get(car, math.inf)
        if before <= length - _LINE_PX and not self.green(car.edge):
            limit = min(limit, length - _LINE_PX)
        barrier = self.barriers.get(car.edge)
        if barrier is not None and before < barrier.along_px:
            if before > barrier.along_px - 60.0 or car in self.rivals:
                if self.roads.back[car.edge] >= 0:
                    self._turn_round(car)
                    self.events.append(Happening("turn", self.position(car), car.who))
                return
            limit = min(limit, barrier.along_px - 20.0)
        car.along_px = before + max(0.0, min(self._speed(car) * dt_s, limit - before))
        car.speed_px_s = (car.along_px - before) / dt_s
        if car.along_px < length:
            return
        mind = self.drivers.get(car.who)
        if mind is not None:
            mind.crossed(self, car)
            if self._stopped(car):
                return
        self._enter(car, self._onward(car))

    def _onward(self, car: Car) -> int:
        mind = self.drivers.get(car.who)
        if mind is None:
            return self._wander(car)
        edge = int(mind.next_road(self, car))
        self._tell(car, mind.said(self))
        return edge

    def _tell(self, car: Car, words: str | None) -> None:
        if words:
            self.heard.append((self.time_s, car.who, words))
            self.events.append(Happening("reroute", self.position(car), car.who, words))

    def _wander(self, car: Car) -> int:
        back = int(self.roads.back[car.edge])
        exits = [e for e in self.exits(int(self.roads.head[car.edge])) if e != back and e not in self.barriers]
        return exits[int(self.rng.integers(len(exits)))] if exits else back

    def _enter(self, car: Car, edge: int) -> None:
        car.edge, car.along_px, car.entered_s, car.whole = edge, 0.0, self.time_s, True
        car.crossing_s = self.traffic.crossing_s(edge, self.time_s)
        car.trail.append((car.done, edge))
        del car.trail[:-_LONGEST_TRAIL]

    def _turn_round(self, car: Car) -> None:
        along = self.town.length_px[car.edge] - car.along_px
        self._enter(car, int(self.roads.back[car.edge]))
        car.along_px, car.whole = along, False

    # ---- parcels --------------------------------------------------------------------------------------------------

    def _stopped(self, car: Car) -> bool:
        """A courier at the end of a road: whether this is its next stop, and what happens there."""
        if car.done >= len(self.stops) or int(self.roads.head[car.edge]) != self.goal(car):
            return False
        stop = self.stops[car.done]
        car.done += 1
        car.done_s = (*car.done_s, self.time_s)
        car.busy_until_s = self.time_s + _HANDLING_S
        self.events.append(Happening("take" if stop.take else "give", self.position(car), car.who))
        mind = self.drivers.get(car.who)
        if mind is not None:
            mind.arrived(self, car)
        if car is self.player and not stop.take:
            self.barriers_left = min(self.rules.barriers + 1, self.barriers_left + 1)
            self.jams_left = min(self.rules.jams + 1, self.jams_left + 1)
        if car.done == len(self.stops):
            car.finished_s, car.place, car.speed_px_s = self.time_s, 1 + sum(other.place > 0 for other in self.couriers), 0.0
            self.events.append(Happening("finish", self.position(car), car.who))
            return True
        if mind is not None:
            mind.depart(self, car)
            self._enter(car, self._onward(car))
        else:  # stays at the corner until the parcel is handled, then goes where it is steered
            car.along_px = self.town.length_px[car.edge]
        car.entered_s = car.busy_until_s
        return True

    def _end(self) -> None:
        """The day is over when you are done, when both rivals are, or late in the evening."""
        if not (self.player.place or all(car.place for car in self.rivals) or self.time_s >= self.ends_s):
            return
        for place, car in enumerate(self.standing(), 1):
            car.place = car.place or place
        self.state = "won" if self.player.place == 1 else "lost"

    # ---- the player's tricks --------------------------------------------------------------------------------------

    def close_road(self, edge: int, along_px: float) -> bool:
        """A barrier on a road, both ways, for a while; False when none is left or someone would be cut off from where it has to go."""
        pair = self.town.both_ways(edge)
        if self.barriers_left <= 0 or self.state != "playing" or self.grace_s > 0.0 or any(e in self.barriers for e in pair):
            return False
        is_open = self._is_open()
        is_open[pair] = False
        for car in self.couriers:
            arrival, _ = arrival_times(self.roads, self.roads.free_s[:, None], is_open, int(self.roads.head[car.edge]), 0.0, DAY_S)
            if not math.isfinite(arrival[self.goal(car)]):
                self._tricks.append(Happening("refused", self.town.point(edge, along_px), "you", "The council refuses: that would cut someone off."))
                return False
        length = self.town.length_px[edge]
        for e, along in zip(pair, (along_px, length - along_px), strict=False):
            self.barriers[e] = Barrier(self.time_s + self.rules.barrier_s, min(max(along, 6.0), length - 6.0))
        self.barriers_left -= 1
        self._tricks.append(Happening("barrier", self.town.point(edge, along_px), "you"))
        return True

    def _is_open(self) -> Any:
        is_open = np.ones(len(self.roads.edges), dtype=np.bool_)
        is_open[[*self.barriers, *self.today.absent]] = False
        return is_open

    def jam_road(self, edge: int) -> bool:
        """A lorry unloads: the road is slow, both ways, for a while."""
        if self.jams_left <= 0 or edge in self.jams or self.state != "playing" or self.grace_s > 0.0:
            return False
        self.jams.update(dict.fromkeys(self.town.both_ways(edge), self.time_s + self.rules.jam_s))
        self.jams_left -= 1
        self._tricks.append(Happening("jam", self.town.point(edge, 0.5 * self.town.length_px[edge]), "you"))
        return True

    def road_at(self, point: Any) -> tuple[int, float] | None:
        """The road under a world point and how far along it, or None: within 26 px."""
        best: tuple[float, int, float] | None = None
        for edge, ((x, y), (ux, uy)) in enumerate(zip(self.town.start_px, self.town.along, strict=True)):
            if edge in self.today.absent:
                continue
            dx, dy = float(point[0]) - x, float(point[1]) - y
            along = min(max(dx * ux + dy * uy, 0.0), self.town.length_px[edge])
            away = math.hypot(dx - along * ux, dy - along * uy)
            if away < 26.0 and (best is None or away < best[0]):
                best = (away, edge, along)
        return None if best is None else best[1:]
