"""The hunt itself: pymunk moves the bodies, the rules decide, the hunters are shown what their eyes see and no more."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

import npc_world as nw

from .difficulty import DIFFICULTIES, Difficulty
from .fixtures import Boat, Bridge, Cloud, Door, Relic, Smoke
from .hunters import NAMES, Hunter
from .level import TILE_PX, Level, Point, ground_of
from .minds import HuntingParty, Memory, MindFactory, npc_minds, remembered, tuned
from .physics import PLAYER_SPEED_PX_S, Physics
from .player import Player
from .records import Controls, Event
from .rules import BOARD_PX, CATCH_S, PICK_UP_PX, REACH_PX, NearMisses, Tally, touching

__all__ = ["STEP_S", "Controls", "Event", "HuntWorld"]

STEP_S = 1.0 / 60.0
_PAR_S_PER_RELIC = 22.0
_PAR_S = 40.0
_ALARM_S = 0.6
"""How long a relic rings: long enough to tell where the thief is running."""
_RUNNING = 0.35
"""Share of top speed above which feet are heard."""


class HuntWorld:
    """One round on one island.  Call `step` sixty times a second; the same seed and controls give the same chase.

    npc: preset, TOML file or dict of the hunters.  memory: what `memory()` of an earlier round gave.
    minds: who hunts instead of npc_world's NPCs.
    """

    def __init__(self, level: Level, *, difficulty: str | Difficulty = "normal", seed: int = 0, npc: Any = None, memory: Memory | None = None,
                 minds: MindFactory | None = None) -> None:
        self.level = level
        self.difficulty = difficulty if isinstance(difficulty, Difficulty) else _difficulty(difficulty)
        self.seed = seed
        self.ground: nw.Terrain = ground_of(level)
        self.time_s = 0.0
        self.state = "playing"
        self.events: list[Event] = []
        self.why_caught: nw.Explanation | None = None
        self.caught_by: Hunter | None = None
        self.relics = [Relic(place.name, place.kind, np.array(place.position)) for place in level.relics]
        self.boat = Boat(np.array(level.boat), np.array(level.boat_berth))
        self.levers: list[tuple[float, float]] = list(level.levers)
        self.doors = [Door(place.rect, place.open, place.lever, np.array(level.levers[place.lever]), place.open) for place in level.doors]
        self.bridges = [Bridge(rect) for rect in level.bridges]
        self.physics = Physics(level)
        for door in self.doors:
            self.physics.set_door(door.rect, not door.open)
        self.player = Player(self.physics, level.player_start, self.difficulty)
        self._smoke = Smoke(level)
        self._near = NearMisses()
        self._held = Controls()
        self._alarm_until_s = 0.0
        self._npc = npc if npc is not None else "hunter"
        self.hunters = self._hunters(minds if minds is not None else npc_minds(self._npc), memory)

    def _hunters(self, minds: MindFactory, memory: Memory | None) -> list[Hunter]:
        starts = self.level.hunter_starts[:self.difficulty.hunters(self.level.hunters, len(self.level.hunter_starts))]
        names = NAMES[:len(starts)]
        party = HuntingParty(self.ground, starts, names, self.goals, self.places, self.difficulty, self.seed, memory)
        speed = self.difficulty.speed_ratio * PLAYER_SPEED_PX_S
        return [Hunter(self.physics, start, speed, npc, name, number)
                for number, (start, name, npc) in enumerate(zip(starts, names, minds(party), strict=True))]

    # ---- asking -------------------------------------------------------------------------------------------------

    @property
    def clouds(self) -> list[Cloud]:
        """Smoke in the air."""
        return self._smoke.clouds

    @property
    def grace_s(self) -> float:
        """Seconds until the hunters move."""
        return max(0.0, self.difficulty.grace_s - self.time_s)

    @property
    def near_misses(self) -> int:
        return self._near.count

    @property
    def goals(self) -> dict[str, Point]:
        """What the player may want now, by name: relics left, and the boat."""
        wanted = {f"the {relic.name}": (float(relic.position[0]), float(relic.position[1])) for relic in self.relics if not relic.taken}
        return {**wanted, "the boat": (float(self.boat.position[0]), float(self.boat.position[1]))}

    @property
    def places(self) -> dict[str, Point]:
        """Names of places for the hunters' sentences."""
        found: dict[str, Point] = {}
        for what, rects in (("bridge", [bridge.rect for bridge in self.bridges]), ("gate", [door.rect for door in self.doors])):
            for x, y, w, h in rects:
                middle = (x + 0.5 * w, y + 0.5 * h)
                found.setdefault(f"the {_whereabouts(middle, self.level.size_px)}{what}", middle)
        return found

    @property
    def tally(self) -> Tally:
        """What the round is worth so far."""
        return Tally(sum(relic.taken for relic in self.relics), self._near.count, self.time_s, self.state == "won",
                     _PAR_S + _PAR_S_PER_RELIC * len(self.relics))

    @property
    def score(self) -> int:
        return self.tally.points

    def lever_in_reach(self) -> int | None:
        """Number of the lever the player would pull now."""
        near = [(math.dist(at, self.player.position), number) for number, at in enumerate(self.levers)]
        return min(near)[1] if near and min(near)[0] <= REACH_PX else None

    def memory(self) -> Memory:
        """What the hunters have learned of this player and this ground, for the next round's HuntWorld."""
        return remembered([hunter.npc for hunter in self.hunters])

    def retune(self, npc: Any) -> None:
        """Change the hunters while they hunt: preset, file or dict.  Raises `nw.ConfigError` and leaves them as they were."""
        config = tuned(npc, self.ground, self.difficulty)
        self._npc = npc
        for hunter in self.hunters:
            if isinstance(hunter.npc, nw.Npc):
                hunter.npc.apply(config)

    # ---- one step ---------------------------------------------------------------------------------------------

    def step(self, controls: Controls, dt_s: float = STEP_S) -> None:
        """Sixty times a second; a button counts when it goes down.  After the round is over nothing happens."""
        self.events = []
        if self.state != "playing":
            return
        waiting = self.grace_s > 0.0
        self.time_s += dt_s
        if waiting and self.grace_s <= 0.0:
            self.events.append(Event("go", self.player.position))
        pressed = replace(controls, dash=controls.dash and not self._held.dash, smoke=controls.smoke and not self._held.smoke,
                          interact=controls.interact and not self._held.interact)
        self._held = controls
        self._use_hands(pressed)
        speed_before = math.hypot(*self.player.velocity)
        self.events += self.player.steer(pressed, self.physics, dt_s)
        self._hunt(waiting, dt_s)
        self.physics.step(dt_s)
        self.events += self.player.after_step(controls, speed_before, dt_s)
        for door in self.doors:
            self.events += door.step(self.physics, self.ground)
        for bridge in self.bridges:
            self.events += bridge.step(dt_s, self.physics, self.ground)
        self.events += self._smoke.step(dt_s, self.ground)
        self._collect()
        self._judge(dt_s)

    def _use_hands(self, controls: Controls) -> None:
        if controls.smoke and self.player.smokes > 0:
            self.player.smokes -= 1
            self._smoke.throw(self.player.position, self.ground)
            self.events.append(Event("smoke", self.player.position))
        lever = self.lever_in_reach() if controls.interact else None
        if lever is not None:
            for door in self.doors:
                if door.lever == lever:
                    door.pull()
            self.events.append(Event("lever", np.array(self.levers[lever])))

    def _hunt(self, waiting: bool, dt_s: float) -> None:
        positions = np.array([hunter.position for hunter in self.hunters]).reshape(-1, 2)
        for number, hunter in enumerate(self.hunters):
            if waiting:
                hunter.stand(self.physics, dt_s)
            else:
                others = nw.Bodies(positions, without=number)
                self.events += hunter.think(self.player.position, self._hears(hunter), others, self.physics, dt_s)

    def _hears(self, hunter: Hunter) -> bool:
        """A relic just taken rings across the island, and running feet are heard close by."""
        tiles = math.dist(hunter.position, self.player.position) / TILE_PX
        if self.time_s < self._alarm_until_s and tiles <= self.difficulty.alarm_tiles:
            return True
        return tiles <= self.difficulty.footsteps_tiles and math.hypot(*self.player.velocity) > _RUNNING * PLAYER_SPEED_PX_S

    def _collect(self) -> None:
        taken = [relic for relic in self.relics if not relic.taken and math.dist(relic.position, self.player.position) <= PICK_UP_PX]
        for relic in taken:
            relic.taken = True
            self.events.append(Event("relic", relic.position))
        if taken:
            self._alarm_until_s = self.time_s + _ALARM_S
            for hunter in self.hunters:
                hunter.npc.set_goals(self.goals)
        if not self.boat.ready and all(relic.taken for relic in self.relics):
            self.boat.ready = True
            self.events.append(Event("boat_ready", self.boat.position))

    def _judge(self, dt_s: float) -> None:
        """Caught, away, or still playing."""
        self.events += self._near.step(self.hunters, self.player.position, self.player.radius)
        for hunter in self.hunters:
            hunter.contact_s = hunter.contact_s + dt_s if touching(hunter, self.player.position, self.player.radius) else 0.0
            if hunter.contact_s > CATCH_S and self.grace_s <= 0.0:
                self.state, self.caught_by, self.why_caught = "caught", hunter, hunter.reasons()
                self.events.append(Event("caught", self.player.position))
                return
        if self.boat.ready and math.dist(self.boat.position, self.player.position) <= BOARD_PX:
            self.state = "won"
            self.events.append(Event("won", self.player.position))


def _difficulty(name: str) -> Difficulty:
    if name not in DIFFICULTIES:
        raise ValueError(f"difficulty={name!r}: expected one of {', '.join(DIFFICULTIES)}")
    return DIFFICULTIES[name]


def _whereabouts(point: Point, size_px: tuple[float, float]) -> str:
    """"north " … for naming a bridge by where it lies; "" in the middle."""
    across, down = point[0] / size_px[0], point[1] / size_px[1]
    vertical = "north" if down < 0.4 else "south" if down > 0.6 else ""
    sideways = "west" if across < 0.4 else "east" if across > 0.6 else ""
    joined = "-".join(part for part in (vertical, sideways) if part)
    return f"{joined} " if joined else ""
