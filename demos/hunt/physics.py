"""The truth under everyone's feet: circles pushed by limited force over surfaces, among walls.  pymunk moves them.

A walker that wants velocity u gets the force that brings its velocity to  factor · u + current  at a rate of at most
grip × its own force limit.  Ice has little grip, so speed stays; mud halves the top speed; streams carry along.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pymunk
from numpy.typing import NDArray

import npc_world as nw

from .level import SOLID, TILE_PX, Level, Rect

__all__ = ["FOOTINGS", "PLAYER_ACCELERATION_PX_S2", "PLAYER_SPEED_PX_S", "RADIUS_PX", "Footing", "Physics", "Walker", "Walks"]

PLAYER_SPEED_PX_S = 170.0
"""The player's top speed on a road; currents are shares of it."""
PLAYER_ACCELERATION_PX_S2 = 1100.0
RADIUS_PX = 11.0
"""Everyone's size: a body with room to spare in a lane of one tile."""

_WALKER, _WALL, _FALLEN = 1, 2, 4
_SHORE_CELLS = 4
_SHORE_PX = TILE_PX / _SHORE_CELLS


@dataclass(frozen=True, slots=True)
class Footing:
    """What a surface does to whoever stands on it."""

    speed_factor: float
    """Top speed here over top speed on a road."""
    grip: float
    """Share of the force limit that the ground transmits."""


FOOTINGS: dict[str, Footing] = {
    "road": Footing(1.0, 1.0), "bridge": Footing(1.0, 1.0), "grass": Footing(0.92, 1.0), "sand": Footing(0.8, 0.8),
    "reeds": Footing(0.75, 0.9), "mud": Footing(0.5, 0.7), "ice": Footing(1.05, 0.12), "water": Footing(0.58, 0.6), "deep": Footing(0.4, 0.5),
}


class Walks:
    """Whoever has a walker, seen from outside."""

    walker: Walker

    @property
    def position(self) -> NDArray[np.float64]:
        return self.walker.position

    @property
    def previous(self) -> NDArray[np.float64]:
        """(2,) position one step ago, for drawing between steps."""
        return self.walker.previous

    @property
    def velocity(self) -> NDArray[np.float64]:
        return self.walker.velocity

    @property
    def radius(self) -> float:
        return self.walker.radius

    @property
    def surface(self) -> str:
        """Kind of tile underfoot."""
        return self.walker.surface

    @property
    def swimming(self) -> bool:
        """A bridge fell under it."""
        return self.walker.swimming


class Walker:
    """A circle that walks: the player or a hunter.  Positions (2,) px, velocities (2,) px/s."""

    def __init__(self, body: pymunk.Body, shape: pymunk.Circle, max_speed_px_s: float, max_acceleration_px_s2: float) -> None:
        self.body, self.shape = body, shape
        self.max_speed_px_s, self.max_acceleration_px_s2 = max_speed_px_s, max_acceleration_px_s2
        self.position: NDArray[np.float64] = np.array(tuple(body.position))
        self.previous: NDArray[np.float64] = self.position
        self.velocity: NDArray[np.float64] = np.zeros(2)
        self.radius: float = float(shape.radius)
        self.surface: str = "grass"
        """Kind of tile underfoot."""
        self.swimming: bool = False
        """In deep water, because a bridge fell: slow, until it climbs out."""
        self.wanted_px_s: tuple[float, float] = (0.0, 0.0)
        """The velocity it asked for last."""

    @property
    def collides(self) -> bool:
        """Whether anything but the ground has a say in where it goes: a wall, a door, another walker."""
        touched: list[pymunk.Arbiter] = []
        self.body.each_arbiter(touched.append)
        return bool(touched)

    def steer(self, wanted_px_s: NDArray[np.float64] | tuple[float, float], footing: Footing, push_px_s: tuple[float, float], dt_s: float,
              boost: float = 1.0, force: float = 1.0) -> None:
        """Push off the ground for one step towards a wanted velocity; `boost` × top speed and `force` × force limit while dashing."""
        self.wanted_px_s = wanted_x, wanted_y = float(wanted_px_s[0]), float(wanted_px_s[1])
        speed, limit = math.hypot(wanted_x, wanted_y), self.max_speed_px_s * boost
        factor = footing.speed_factor * (1.0 if speed <= limit else limit / speed)
        velocity = self.body.velocity
        change_x, change_y = factor * wanted_x + push_px_s[0] - velocity.x, factor * wanted_y + push_px_s[1] - velocity.y
        change, most = math.hypot(change_x, change_y), footing.grip * force * self.max_acceleration_px_s2 * dt_s
        share = self.body.mass / dt_s * (1.0 if change <= most else most / change)
        self.body.force = (change_x * share, change_y * share)

    def read(self) -> None:
        """Take over where the body is now."""
        self.previous = self.position
        x, y = self.body.position
        self.position = np.array((x, y))
        vx, vy = self.body.velocity
        self.velocity = np.array((vx, vy))


class Physics:
    """The pymunk space of a level: coasts and walls as static boxes, doors and fallen bridges as boxes that come and go."""

    def __init__(self, level: Level) -> None:
        self.level = level
        self.space = pymunk.Space()
        self.space.iterations = 8
        self.walkers: list[Walker] = []
        self._deep: dict[Rect, pymunk.Poly] = {}
        self._doors: dict[Rect, pymunk.Poly] = {}
        rows, cols = level.tiles.shape
        walls = nw.Terrain.from_grid(level.mask(*SOLID), cell_px=TILE_PX).rects
        shore = nw.Terrain.from_grid(_eroded(np.kron(level.mask("deep"), np.ones((_SHORE_CELLS, _SHORE_CELLS), np.bool_))), cell_px=_SHORE_PX).rects
        width, height = cols * TILE_PX, rows * TILE_PX
        frame = [(-TILE_PX, -TILE_PX, 0, height + TILE_PX), (width, -TILE_PX, width + TILE_PX, height + TILE_PX),
                 (0, -TILE_PX, width, 0), (0, height, width, height + TILE_PX)]
        for left, top, right, bottom in [*walls, *shore, *frame]:
            self._box((left, top, right - left, bottom - top), _WALL)

    def add(self, position: tuple[float, float], max_speed_px_s: float, *, mass: float = 1.0) -> Walker:
        """A new circle on its feet; its force limit is its mass × the common acceleration limit."""
        body = pymunk.Body(mass, math.inf)
        body.position = position
        shape = pymunk.Circle(body, RADIUS_PX)
        shape.friction, shape.elasticity = 0.1, 0.0
        shape.filter = pymunk.ShapeFilter(categories=_WALKER)
        self.space.add(body, shape)
        walker = Walker(body, shape, max_speed_px_s, PLAYER_ACCELERATION_PX_S2)
        walker.surface = self.kind_at(walker.position)
        self.walkers.append(walker)
        return walker

    def kind_at(self, point: NDArray[np.float64]) -> str:
        """Kind of the tile under a point as things are now: where a bridge has fallen it is deep."""
        kind = self.level.kind_at(point)
        if kind == "bridge" and any(_covers(rect, point) for rect in self._deep):
            return "deep"
        return kind

    def push_at(self, point: NDArray[np.float64]) -> tuple[float, float]:
        """Current in px/s under a point."""
        rows, cols = self.level.tiles.shape
        row = min(rows - 1, max(0, int(point[1] // TILE_PX)))
        col = min(cols - 1, max(0, int(point[0] // TILE_PX)))
        drift = self.level.currents[row, col]
        return float(drift[0]) * PLAYER_SPEED_PX_S, float(drift[1]) * PLAYER_SPEED_PX_S

    def steer(self, walker: Walker, wanted_px_s: NDArray[np.float64] | tuple[float, float], dt_s: float, boost: float = 1.0,
              force: float = 1.0) -> None:
        """Let a walker push off whatever it stands on."""
        walker.surface = self.kind_at(walker.position)
        push = self.push_at(walker.position) if walker.surface == "water" else (0.0, 0.0)
        walker.steer(wanted_px_s, FOOTINGS.get(walker.surface, FOOTINGS["grass"]), push, dt_s, boost, force)
        swims = walker.surface == "deep"
        if swims != walker.swimming:
            walker.swimming = swims
            walker.shape.filter = pymunk.ShapeFilter(categories=_WALKER, mask=pymunk.ShapeFilter.ALL_MASKS() ^ (_FALLEN if swims else 0))

    def step(self, dt_s: float) -> None:
        """Move everyone."""
        self.space.step(dt_s)
        for walker in self.walkers:
            walker.read()

    def occupied(self, rect: Rect) -> bool:
        """Whether a walker touches the rect."""
        x, y, w, h = rect
        for walker in self.walkers:
            px, py = walker.position
            if math.hypot(px - min(x + w, max(x, px)), py - min(y + h, max(y, py))) < walker.radius:
                return True
        return False

    def set_door(self, rect: Rect, closed: bool) -> None:
        """Shut or clear a doorway."""
        if closed and rect not in self._doors:
            self._doors[rect] = self._box(rect, _WALL)
        elif not closed and rect in self._doors:
            self.space.remove(self._doors.pop(rect))

    def set_fallen(self, rect: Rect, fallen: bool) -> None:
        """Drop or rebuild a bridge.  Whoever is on it when it falls swims out; nobody gets on."""
        x, y, w, h = rect
        if fallen and rect not in self._deep:
            self._deep[rect] = self._box((x + _SHORE_PX, y + _SHORE_PX, w - 2 * _SHORE_PX, h - 2 * _SHORE_PX), _FALLEN)
            for walker in self.walkers:
                if _covers(rect, walker.position):
                    walker.swimming = True
                    walker.shape.filter = pymunk.ShapeFilter(categories=_WALKER, mask=pymunk.ShapeFilter.ALL_MASKS() ^ _FALLEN)
        elif not fallen and rect in self._deep:
            self.space.remove(self._deep.pop(rect))

    def _box(self, rect: Rect, category: int) -> pymunk.Poly:
        x, y, w, h = (float(v) for v in rect)
        box = pymunk.Poly(self.space.static_body, [(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
        box.friction, box.elasticity = 0.1, 0.0
        box.filter = pymunk.ShapeFilter(categories=category)
        self.space.add(box)
        return box


def _covers(rect: Rect, point: NDArray[np.float64]) -> bool:
    x, y, w, h = rect
    return bool(x <= point[0] <= x + w and y <= point[1] <= y + h)


def _eroded(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask less its rim of one cell: so a body's centre may come to the very edge of deep water, feet wet."""
    padded = np.pad(mask, 1, constant_values=True)
    rows, cols = mask.shape
    return np.asarray(np.all([padded[dy:dy + rows, dx:dx + cols] for dy in range(3) for dx in range(3)], axis=0))
