"""The town as a small map: for the corner of the screen, the mind view and the cards between days."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pygame

from ..assets import Colour, colour, mixed
from ..screens.text import Typeface
from .paint import TownPicture
from .sprites import TINTS
from .world import CourierWorld

__all__ = ["TownMap", "road_tint"]

Point = tuple[float, float]


def road_tint(ratio: float) -> Colour:
    """Green where a road is as quick as posted, amber at about half that speed, red below.

    >>> road_tint(1.0) == colour("good"), road_tint(9.0) == colour("danger")
    (True, True)
    """
    u = min(max((ratio - 1.0) / 1.6, 0.0), 1.0)
    return mixed(colour("good"), colour("ember"), 2 * u) if u < 0.5 else mixed(colour("ember"), colour("danger"), 2 * u - 1)


class TownMap:
    """Draws into a rect of any size; keeps the scaled picture of the last one."""

    def __init__(self, town: TownPicture) -> None:
        self.town = town
        self._kept: dict[tuple[int, int], pygame.Surface] = {}

    def height_for(self, width: int) -> int:
        return round(width * self.town.size[1] / self.town.size[0])

    def ground(self, surface: pygame.Surface, box: pygame.Rect, fade: float = 0.35) -> None:
        """The town itself, darkened so that lines stand out."""
        if box.size not in self._kept:
            small = pygame.transform.smoothscale(self.town.small, box.size)
            veil = pygame.Surface(box.size)
            veil.fill(colour("ink"))
            veil.set_alpha(round(255 * fade))
            small.blit(veil, (0, 0))
            if len(self._kept) > 3:
                self._kept.clear()
            self._kept[box.size] = small
        surface.blit(self._kept[box.size], box)

    def spot(self, box: pygame.Rect, point: Sequence[float]) -> Point:
        """Where a world point lies on the map."""
        return box.x + point[0] / self.town.town.size_px[0] * box.width, box.y + point[1] / self.town.town.size_px[1] * box.height

    def road(self, surface: pygame.Surface, box: pygame.Rect, edge: int, tint: Colour, width: int = 2, side_px: float = 0.0) -> None:
        town = self.town.town
        a = self.spot(box, town.point(edge, 0.0, side_px))
        b = self.spot(box, town.point(edge, town.length_px[edge], side_px))
        pygame.draw.line(surface, tint, a, b, width)

    def route(self, surface: pygame.Surface, box: pygame.Rect, edges: Iterable[int], tint: Colour, width: int = 3, side_px: float = 0.0) -> None:
        for edge in edges:
            self.road(surface, box, int(edge), tint, width, side_px)

    def cross(self, surface: pygame.Surface, at: Point, tint: Colour, size: float = 4.0) -> None:
        for sign in (-1, 1):
            pygame.draw.line(surface, colour("ink"), (at[0] - size - 1, at[1] - sign * (size + 1)), (at[0] + size + 1, at[1] + sign * (size + 1)), 5)
        for sign in (-1, 1):
            pygame.draw.line(surface, tint, (at[0] - size, at[1] - sign * size), (at[0] + size, at[1] + sign * size), 3)

    def tour(self, surface: pygame.Surface, box: pygame.Rect, world: CourierWorld, font: Typeface) -> None:
        """All stops of the day, numbered, and what the paper says of it."""
        for edge in world.today.slow:
            self.road(surface, box, edge, colour("ember"), 4)
        if not world.today.absent:
            self.route(surface, box, sorted(world.town.bypass), colour("teal"), 3)
        for edge in world.today.closed:
            self.cross(surface, self.spot(box, world.barrier_at(edge)), colour("danger"), 6.0)
        at = world.roads.positions_px
        points = [self.spot(box, at[world.today.depot]), *(self.spot(box, at[stop.node]) for stop in world.stops)]
        pygame.draw.lines(surface, colour("ivory"), False, points, 2)
        pygame.draw.circle(surface, colour("ink"), points[0], 8)
        pygame.draw.circle(surface, colour(TINTS["you"]), points[0], 6)
        for k, (x, y) in enumerate(points[1:]):
            pygame.draw.circle(surface, colour("ink"), (x, y), 11)
            pygame.draw.circle(surface, colour("gold" if world.stops[k].take else "teal"), (x, y), 9.5)
            font.write(surface, str(k + 1), (x, y - 0.5 * font.height_px), colour("ink"), align=0.5)

    def pieces(self, surface: pygame.Surface, box: pygame.Rect, world: CourierWorld, time_s: float) -> None:
        """Barriers, jams, the next stop, the couriers."""
        for edge in world.jams:
            x, y = self.spot(box, world.town.point(edge, 0.5 * world.town.length_px[edge]))
            pygame.draw.rect(surface, colour("ink"), (x - 5, y - 4, 10, 8))
            pygame.draw.rect(surface, colour("gold"), (x - 4, y - 3, 8, 6))
        for edge in world.barriers:
            self.cross(surface, self.spot(box, world.barrier_at(edge)), colour("danger"), 3.0)
        if not world.player.place:
            stop = world.stops[min(world.player.done, len(world.stops) - 1)]
            x, y = self.spot(box, world.roads.positions_px[stop.node])
            beat = 2 * math.sin(6 * time_s)
            tint = colour("gold" if stop.take else "teal")
            pygame.draw.circle(surface, colour("ink"), (x, y), 7 + beat)
            pygame.draw.circle(surface, tint, (x, y), 5 + beat)
        for car in reversed(world.couriers):
            x, y = self.spot(box, world.position(car))
            pygame.draw.circle(surface, colour("ink"), (x, y), 7)
            pygame.draw.circle(surface, colour(TINTS[car.who]), (x, y), 5.4)
            if car.who == "you":
                pygame.draw.circle(surface, colour("ivory"), (x, y), 2)
