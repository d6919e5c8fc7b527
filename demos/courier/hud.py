"""What is written over the town: the tour, the clock, boost, barriers and lorries, the map, and a card for each rival."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pygame

from ..assets import colour
from ..screens.panels import arc_meter, key_cap, plate, ui_scale
from ..screens.text import typeface, wrapped
from .maps import TownMap
from .paint import TownPicture
from .records import Car
from .sprites import TINTS, icon
from .town import clock
from .world import CourierWorld

if TYPE_CHECKING:
    from .view import View

__all__ = ["Hud", "HudInfo", "eta_bar"]

_AXIS_S = 24.0
_NEWS_S = 5.0
"""How long a card shows what its rival has just said."""
_PLACES = ("", "1st", "2nd", "3rd")


@dataclass(frozen=True, slots=True)
class HudInfo:
    """What the world itself does not know."""

    hint: str = ""
    pad: bool = False
    """A gamepad is in use: show its buttons, not keys."""


class Hud:
    """Draws on a view of any size."""

    def __init__(self, town: TownPicture) -> None:
        self.map = TownMap(town)
        self._standing: tuple[float, list[str]] = (-9.0, [])

    def draw(self, surface: pygame.Surface, world: CourierWorld, view: View, info: HudInfo, minimap: bool = True) -> None:
        s = ui_scale(surface.get_height())
        self._tour(surface, world, s, view.time_s)
        self._clock(surface, world, s, view.time_s)
        self._hands(surface, world, info, s)
        self._bottom_line(surface, view, info, s)
        self._arrow(surface, world, view, s)
        if minimap:
            self._map_and_cards(surface, world, view.time_s, s)

    def standing(self, world: CourierWorld, time_s: float) -> list[str]:
        """Names, the leader first; looked up twice a second."""
        if not 0.0 <= time_s - self._standing[0] < 0.5:
            self._standing = (time_s, [car.who for car in world.standing()])
        return self._standing[1]

    def _tour(self, surface: pygame.Surface, world: CourierWorld, s: float, time_s: float) -> None:
        """Stops as a row of signs, and what the next one is."""
        size, pad = round(30 * s), round(10 * s)
        stops, done = world.stops, world.player.done
        back = plate(len(stops) * (size + round(6 * s)) + 2 * pad, size + 2 * pad)
        left, top = round(16 * s), round(14 * s)
        surface.blit(back, (left, top))
        for k, stop in enumerate(stops):
            x = left + pad + k * (size + round(6 * s))
            box = pygame.Rect(x, top + pad, size, size)
            if k == done:
                pulse = round((3 + math.sin(5 * time_s)) * s)
                pygame.draw.rect(surface, colour("gold" if stop.take else "teal"), box.inflate(pulse + 3, pulse + 3), width=2, border_radius=8)
            sign = icon("courier/parcel" if stop.take else "courier/house_0", size - 2, k > done)
            surface.blit(sign, sign.get_rect(center=box.center))
            if k < done:
                points = [(box.x + 0.3 * size, box.y + 0.62 * size), (box.x + 0.5 * size, box.y + 0.85 * size), (box.x + 0.95 * size, box.y + 0.3 * size)]
                pygame.draw.lines(surface, colour("ink"), False, points, 7)
                pygame.draw.lines(surface, colour("good"), False, points, 4)
        finished = math.isfinite(world.player.finished_s)
        words = "Your tour is done" if finished else "The day is over" if world.player.place else str(stops[min(done, len(stops) - 1)])
        words = words[0].upper() + words[1:]
        tint = colour("good" if finished else "ivory" if world.player.place else "gold" if stops[min(done, len(stops) - 1)].take else "teal")
        typeface(round(21 * s), True).write(surface, words, (left + 4 * s, top + back.get_height() + 5 * s), tint, shadow=colour("ink"))

    def _clock(self, surface: pygame.Surface, world: CourierWorld, s: float, time_s: float) -> None:
        middle = surface.get_width() / 2 - 60 * s
        back = plate(round(236 * s), round(46 * s))
        surface.blit(back, (round(middle - back.get_width() / 2), round(14 * s)))
        clock_icon = icon("icons/clock", round(26 * s))
        surface.blit(clock_icon, (round(middle - 106 * s), round(24 * s)))
        typeface(round(32 * s), True).write(surface, clock(world.time_s), (middle - 72 * s, 20 * s), colour("ivory"))
        order = self.standing(world, time_s)
        place = order.index("you") + 1 if order else 1
        tint = ("gold", "ivory", "coral_light")[place - 1]
        typeface(round(30 * s), True).write(surface, _PLACES[place], (middle + 106 * s, 21 * s), colour(tint), align=1.0)
        if world.grace_s > 0.0:
            typeface(round(40 * s), True).write(surface, str(math.ceil(world.grace_s)), (surface.get_width() / 2, 0.33 * surface.get_height()), colour("ember"), align=0.5, shadow=colour("ink"))
        elif world.time_s - world.began_s < 6.0:
            typeface(round(19 * s)).write(surface, f"{world.today.name}: {world.today.headline}", (middle, 64 * s), colour("ivory"), align=0.5, shadow=colour("ink"))

    def _hands(self, surface: pygame.Surface, world: CourierWorld, info: HudInfo, s: float) -> None:
        """Boost, barriers and lorries, lower left."""
        y, radius = surface.get_height() - 58 * s, 30 * s
        ready = world.boost >= 0.95
        for k, (name, count, key, pad) in enumerate((("icons/dash", -1, "Space", "A"), ("icons/barrier", world.barriers_left, "E", "X"), ("icons/lorry", world.jams_left, "Q", "B"))):
            x = (58 + 84 * k) * s
            pygame.draw.circle(surface, colour("panel"), (x, y), radius + 4 * s)
            if k == 0:
                arc_meter(surface, (x, y), radius, world.boost, colour("ember" if ready else "gold_dark"), max(3, round(6 * s)))
            sign = icon(name, round(36 * s), count == 0 or (k == 0 and world.boost < 0.05))
            surface.blit(sign, sign.get_rect(center=(round(x), round(y))))
            for j in range(max(count, 0)):
                angle = -math.pi / 2 + (j - (count - 1) / 2) * 0.42
                pygame.draw.circle(surface, colour("ivory"), (x + radius * math.cos(angle), y + radius * math.sin(angle)), 4.5 * s)
            cap = key_cap(pad if info.pad else key, round(18 * s))
            surface.blit(cap, (round(x - cap.get_width() / 2), round(y + radius - 4 * s)))

    def _bottom_line(self, surface: pygame.Surface, view: View, info: HudInfo, s: float) -> None:
        words = view.flash if view.flash_until_s > view.time_s else info.hint
        if not words:
            return
        middle, y = surface.get_width() / 2, surface.get_height() - 46 * s
        font = typeface(round(19 * s))
        back = plate(font.size(words)[0] + round(36 * s), round(36 * s))
        surface.blit(back, (round(middle - back.get_width() / 2), round(y - 8 * s)))
        font.write(surface, words, (middle, y), colour("ivory"), align=0.5)

    def _arrow(self, surface: pygame.Surface, world: CourierWorld, view: View, s: float) -> None:
        """Round the scooter, towards the next stop while that is off the screen."""
        if world.player.place:
            return
        stop = world.stops[min(world.player.done, len(world.stops) - 1)]
        x, y = view.camera.to_screen(world.roads.positions_px[stop.node])
        cx, cy = view.camera.to_screen(view.place(world, world.player))
        if surface.get_rect().inflate(-80, -80).collidepoint(x, y):
            return
        angle = math.atan2(y - cy, x - cx)
        reach = (64 + 4 * math.sin(5 * view.time_s)) * s
        tip = (cx + reach * math.cos(angle), cy + reach * math.sin(angle))
        size = 15 * s
        points = [(tip[0] + size * math.cos(angle + a), tip[1] + size * math.sin(angle + a)) for a in (0.0, 2.4)]
        points.append((tip[0] - 0.35 * size * math.cos(angle), tip[1] - 0.35 * size * math.sin(angle)))
        points.append((tip[0] + size * math.cos(angle - 2.4), tip[1] + size * math.sin(angle - 2.4)))
        pygame.draw.polygon(surface, colour("gold" if stop.take else "teal"), points)
        pygame.draw.polygon(surface, colour("ink"), points, width=2)

    def _map_and_cards(self, surface: pygame.Surface, world: CourierWorld, time_s: float, s: float) -> None:
        width = round(266 * s)
        box = pygame.Rect(surface.get_width() - width - round(20 * s), round(18 * s), width, self.map.height_for(width))
        surface.blit(plate(box.width + 12, box.height + 12), (box.x - 6, box.y - 6))
        self.map.ground(surface, box, 0.5)
        mind = world.drivers["Atlas"]
        if not world.rivals[0].place:
            self.map.route(surface, box, mind.nav.route, colour("ink"), 7)
            self.map.route(surface, box, mind.nav.route, colour(TINTS["Atlas"]), 4)
        self.map.pieces(surface, box, world, time_s)
        y = box.bottom + round(16 * s)
        for car in world.rivals:
            y = self._card(surface, world, car, pygame.Rect(box.x - 6, y, box.width + 12, round(108 * s)), s) + round(8 * s)

    def _card(self, surface: pygame.Surface, world: CourierWorld, car: Car, box: pygame.Rect, s: float) -> int:
        """Name, progress, promised arrival with its spread, reason."""
        surface.blit(plate(box.width, box.height, 212, 10), box)
        tint, x = colour(TINTS[car.who]), box.x + round(10 * s)
        bold, font = typeface(round(20 * s), True), typeface(round(16 * s))
        bold.write(surface, car.who, (x, box.y + 6 * s), tint)
        for k in range(len(world.stops)):
            at = (box.right - (len(world.stops) - k) * 15 * s, box.y + 17 * s)
            pygame.draw.circle(surface, tint if k < car.done else colour("ink_soft"), at, 5 * s)
            pygame.draw.circle(surface, colour("violet_light"), at, 5 * s, width=1)
        if car.place:
            words = f"finished at {clock(car.finished_s)}" if math.isfinite(car.finished_s) else "still on the road"
            bold.write(surface, words, (x, box.y + 32 * s), colour("ivory"))
            return box.bottom
        head, why = world.drivers[car.who].words(world, car)
        bold.write(surface, head, (x, box.y + 30 * s), colour("ivory"))
        y = box.y + 53 * s
        arrival = getattr(world.drivers[car.who], "arrival_s", lambda: None)()
        if arrival is not None:
            eta_bar(surface, pygame.Rect(x, round(y + 1 * s), box.width - round(20 * s), round(7 * s)), world.time_s, arrival, tint)
            y += 12 * s
        news = next((words for time_s, who, words in reversed(world.heard) if who == car.who and world.time_s - time_s < _NEWS_S), "")
        if news:
            pygame.draw.rect(surface, tint, box, width=3, border_radius=10)
        for line in wrapped(font, news or why, box.width - 20 * s)[: 2 if arrival is not None else 3]:
            font.write(surface, line, (x, y), colour("ember" if news else "ivory_dim"))
            y += 19 * s
        return box.bottom


def eta_bar(surface: pygame.Surface, box: pygame.Rect, now_s: float, arrival: tuple[float, float, float], tint: tuple[int, int, int]) -> None:
    """From now to 2.4 hours later: a band for eight cases in ten, a mark for the mean."""
    def at(time_s: float) -> float:
        return box.x + min(max((time_s - now_s) / _AXIS_S, 0.0), 1.0) * box.width

    pygame.draw.rect(surface, colour("ink_soft"), box, border_radius=4)
    low, high = at(arrival[1]), at(arrival[2])
    pygame.draw.rect(surface, tint, (low, box.y, max(3.0, high - low), box.height), border_radius=4)
    pygame.draw.line(surface, colour("ivory"), (at(arrival[0]), box.y - 2), (at(arrival[0]), box.bottom + 1), 3)
