"""The town on the screen: the picture, traffic, lights, barriers, the hour's light, what the rivals say.  It reads the world, never writes it.

    view = View(world, surface.get_size(), picture)
    view.advance(world, dt_s)                       # after every step of the world
    view.draw(surface, world, frame_s)              # every frame
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pygame

from ..assets import colour, picture
from ..hunt.camera import ART_ZOOM, Camera
from ..light import multiply
from ..screens.panels import plate, ui_scale
from ..screens.text import typeface, wrapped
from .hud import Hud
from .paint import HALF_PX, TownPicture
from .records import Car
from .sprites import TINTS, bearing, icon, turned, vehicle
from .town import DAY_S
from .world import CourierWorld

__all__ = ["View", "daylight"]

_GLIDE_S = 0.07
_BUBBLE_S = 4.5
_HOURS = ((0.0, (96, 100, 168)), (0.22, (112, 112, 172)), (0.29, (255, 214, 190)), (0.36, (255, 250, 240)), (0.62, (255, 252, 244)),
          (0.74, (255, 206, 160)), (0.82, (206, 140, 150)), (0.90, (112, 104, 168)), (1.0, (96, 100, 168)))


def daylight(hour: float) -> tuple[tuple[int, int, int], float]:
    """What the picture is multiplied with at a share of the day, and how far lamps are on, 0 to 1.

    >>> daylight(0.5)[1], daylight(0.95)[1]
    (0.0, 1.0)
    """
    hour %= 1.0
    tint = tuple(round(float(np.interp(hour, [h for h, _ in _HOURS], [rgb[k] for _, rgb in _HOURS]))) for k in range(3))
    return (tint[0], tint[1], tint[2]), float(np.clip((236 - tint[1]) / 90.0, 0.0, 1.0))


class _TownCamera(Camera):
    """Stays within the town's picture."""

    def _held(self, point: np.ndarray) -> np.ndarray:
        held = point.copy()
        for axis in (0, 1):
            half = 0.5 * self.view_px[axis] / ART_ZOOM
            low, high = half, self.map_px[axis] - half
            held[axis] = min(max(point[axis], low), high) if low < high else 0.5 * self.map_px[axis]
        return held


class View:
    """One day seen through one camera."""

    def __init__(self, world: CourierWorld, size_px: tuple[int, int], town: TownPicture) -> None:
        self.town = town
        self.camera = _TownCamera(world.town.size_px, size_px, np.array(world.position(world.player)))
        self.hud = Hud(town)
        self.time_s = 0.0
        self._glide: dict[int, tuple[float, float, float]] = {}
        """Where each car is drawn and how it is turned: lanes do not jump at junctions."""
        self._bubbles: dict[str, tuple[str, float]] = {}
        self._sparks: list[list[float]] = []
        self._tints: list[Any] = []
        self._rng = np.random.default_rng(world.seed + 5)
        self.flash = ""
        """A sentence for the player, such as why a barrier was refused."""
        self.flash_until_s = 0.0

    # ---- time -----------------------------------------------------------------------------------------------------

    def advance(self, world: CourierWorld, dt_s: float) -> None:
        """Take in one step of the world."""
        follow = 1.0 - math.exp(-dt_s / _GLIDE_S)
        for car in [*world.others, *world.couriers]:
            x, y = world.position(car)
            heading = world.town.heading_rad[car.edge]
            old = self._glide.get(id(car))
            if old is None or math.dist(old[:2], (x, y)) > 90.0:
                self._glide[id(car)] = (x, y, heading)
                continue
            gx, gy = old[0] + (x - old[0]) * follow, old[1] + (y - old[1]) * follow
            turn = math.remainder(heading - old[2], 2 * math.pi)
            self._glide[id(car)] = (gx, gy, old[2] + turn * (1.0 - math.exp(-dt_s / 0.09)))
        for event in world.events:
            if event.kind == "reroute":
                self._bubbles[event.who] = (event.words, self.time_s + _BUBBLE_S)
            elif event.kind in ("refused", "whistle"):
                self.flash, self.flash_until_s = event.words, self.time_s + 3.0
            if event.kind in ("take", "give", "barrier", "jam", "finish"):
                tint = colour(TINTS.get(event.who, "ivory"))
                for _ in range(26 if event.kind in ("give", "finish") else 12):
                    angle, speed = self._rng.uniform(0, 2 * math.pi), self._rng.uniform(20, 90)
                    self._sparks.append([*event.at, speed * math.cos(angle), speed * math.sin(angle), 0.7, *tint])
            if event.kind == "barrier":
                self.camera.shake(0.25)
            elif event.kind == "turn" and event.who == "you":
                self.camera.shake(0.4)
        car = world.player
        if car.speed_px_s > 1.3 * world._speed(car) and world.boost > 0.0:  # boosting: a trail
            x, y, heading = self._glide[id(car)]
            self._sparks.append([x - 12 * math.cos(heading), y - 12 * math.sin(heading), *self._rng.uniform(-14, 14, 2), 0.45, *colour("ember")])
        for spark in self._sparks:
            spark[0] += spark[2] * dt_s
            spark[1] += spark[3] * dt_s
            spark[4] -= dt_s
        self._sparks = [spark for spark in self._sparks if spark[4] > 0.0]

    # ---- drawing --------------------------------------------------------------------------------------------------

    def place(self, world: CourierWorld, car: Car) -> tuple[float, float]:
        """World px at which a car is drawn."""
        return self._glide.get(id(car), (*world.position(car), 0.0))[:2]

    def draw(self, surface: pygame.Surface, world: CourierWorld, frame_s: float, *, hud: Any = None,
             mind: Callable[[pygame.Surface, Camera], None] | None = None) -> None:
        """One frame.  mind: draws over the town and below the HUD; hud: what the HUD needs to know, None leaves it out."""
        self.time_s += frame_s
        if self.camera.view_px != surface.get_size():
            self.camera.resize(surface.get_size())
        ux, uy = world.town.along[world.player.edge]
        speed = world.player.speed_px_s
        self.camera.follow(np.array(self.place(world, world.player)), np.array((ux * speed, uy * speed)), frame_s)
        left, top = self.camera.corner
        self.town.draw(surface, left, top)
        self._glints(surface, left, top)
        self._stop(surface, world, left, top)
        for edge in world.barriers:
            self._barrier(surface, world, edge, left, top)
        self._jams(surface, world, left, top)
        self._cars(surface, world, left, top)
        self._light(surface, world, left, top)
        self._signals(surface, world, left, top)
        for x, y, _, _, left_s, *tint in self._sparks:
            pygame.draw.circle(surface, tint, self.camera.to_screen((x, y)), 1.0 + 4.0 * left_s)
        if mind is not None:
            mind(surface, self.camera)
        self._names(surface, world)
        if hud is not None:
            self.hud.draw(surface, world, self, hud, minimap=mind is None)

    def _glints(self, surface: pygame.Surface, left: int, top: int) -> None:
        """Light that wanders on the river."""
        width, height = surface.get_size()
        for k, (x, y) in enumerate(self.town.river):
            sx, sy = x * ART_ZOOM - left + 28 * math.sin(0.7 * self.time_s + 1.7 * k), y * ART_ZOOM - top + 6 * math.sin(1.1 * self.time_s + k)
            bright = math.sin(1.9 * self.time_s + 2.1 * k)
            if -20 < sx < width + 20 and -20 < sy < height + 20 and bright > 0.35:
                pygame.draw.line(surface, colour("shallow_light"), (sx - 7 * bright, sy), (sx + 7 * bright, sy), 2)

    def _stop(self, surface: pygame.Surface, world: CourierWorld, left: int, top: int) -> None:
        """Where you have to go: rings on the ground and a parcel or a door sign above."""
        if world.player.place:
            return
        stop = world.stops[min(world.player.done, len(world.stops) - 1)]
        x, y = world.roads.positions_px[stop.node] * ART_ZOOM - (left, top)
        tint = colour("gold" if stop.take else "teal")
        for k in range(3):
            u = (0.6 * self.time_s + k / 3) % 1.0
            pygame.draw.ellipse(surface, tint, (x - 20 - 34 * u, y - 14 - 24 * u, 40 + 68 * u, 28 + 48 * u), width=max(1, round(4 * (1 - u))))
        bob = 5 * math.sin(3.4 * self.time_s)
        points = [(x, y - 6 + bob), (x - 15, y - 34 + bob), (x + 15, y - 34 + bob)]
        pygame.draw.polygon(surface, colour("ink"), [(x, y + bob), (x - 20, y - 36 + bob), (x + 20, y - 36 + bob)])
        pygame.draw.circle(surface, colour("ink"), (x, y - 48 + bob), 27)
        pygame.draw.polygon(surface, tint, points)
        pygame.draw.circle(surface, tint, (x, y - 48 + bob), 24)
        pygame.draw.circle(surface, colour("panel"), (x, y - 48 + bob), 20)
        sign = icon("courier/parcel" if stop.take else "courier/house_0", 28)
        surface.blit(sign, sign.get_rect(center=(round(x), round(y - 48 + bob))))

    def _barrier(self, surface: pygame.Surface, world: CourierWorld, edge: int, left: int, top: int) -> None:
        x, y = world.barrier_at(edge)
        half = HALF_PX[world.town.kind(edge)]
        step = bearing(world.town.heading_rad[edge] + math.pi / 2)
        if int(world.roads.back[edge]) >= 0 and edge > int(world.roads.back[edge]):
            return
        for side in (-0.5, 0.5):
            px, py = world.town.point(edge, world.barriers[edge].along_px, side * half)
            sprite = turned("courier/barrier", step, 0.29)
            surface.blit(sprite, sprite.get_rect(center=(round(px * ART_ZOOM - left), round(py * ART_ZOOM - top))))
        if (self.time_s * 2.5) % 1.0 < 0.5:
            sx, sy = x * ART_ZOOM - left, y * ART_ZOOM - top
            glow = icon("things/glow", 54)
            glow.set_alpha(120)
            surface.blit(glow, glow.get_rect(center=(round(sx), round(sy))))

    def _jams(self, surface: pygame.Surface, world: CourierWorld, left: int, top: int) -> None:
        """A lorry that unloads, and cones about it."""
        for edge in world.jams:
            back = int(world.roads.back[edge])
            if 0 <= back < edge and back in world.jams:
                continue
            middle = 0.5 * world.town.length_px[edge]
            side = HALF_PX[world.town.kind(edge)] - 5.0
            for along in (-46.0, -34.0, 38.0, 50.0):
                x, y = world.town.point(edge, middle + along, side - 5.0)
                sprite = turned("courier/cone", 0, 0.5)
                surface.blit(sprite, sprite.get_rect(center=(round(x * ART_ZOOM - left), round(y * ART_ZOOM - top))))
            x, y = world.town.point(edge, middle, side)
            sprite = turned("courier/lorry", bearing(world.town.heading_rad[edge]), 0.52)
            surface.blit(sprite, sprite.get_rect(center=(round(x * ART_ZOOM - left), round(y * ART_ZOOM - top))))
            for along, off in ((-14.0, 12.0), (-20.0, 15.0)):
                x, y = world.town.point(edge, middle + along, side + off)
                box = icon("courier/parcel", 20)
                surface.blit(box, box.get_rect(center=(round(x * ART_ZOOM - left), round(y * ART_ZOOM - top))))

    def _cars(self, surface: pygame.Surface, world: CourierWorld, left: int, top: int) -> None:
        seen = surface.get_rect().inflate(120, 120)
        for car in [*world.others, *reversed(world.couriers)]:
            x, y, heading = self._glide.get(id(car), (*world.position(car), world.town.heading_rad[car.edge]))
            at = (round(x * ART_ZOOM - left), round(y * ART_ZOOM - top))
            if not seen.collidepoint(at):
                continue
            sprite = turned(vehicle(car.who, car.look), bearing(heading), 0.8 if car.who == "you" else 0.58 if car in world.rivals else 0.5)
            surface.blit(sprite, sprite.get_rect(center=at))

    def _light(self, surface: pygame.Surface, world: CourierWorld, left: int, top: int) -> None:
        """The tint of the hour; at dusk lamps, windows and headlights shine through it."""
        tint, lamps = daylight(world.time_s / DAY_S)
        if tint != (255, 255, 255):
            multiply(surface, tint)
        if lamps < 0.1:
            return
        view = pygame.Rect(left, top, *surface.get_size()).inflate(160, 160)
        for light, x, y in self.town.windows:
            if view.collidepoint(x, y):
                light.set_alpha(round(255 * lamps))
                surface.blit(light, (x - left, y - top))
        pool = _dimmed_glow(110, (round(120 * lamps), round(92 * lamps), round(48 * lamps)))
        for x, y in self.town.lamps:
            if view.collidepoint(x, y):
                surface.blit(pool, pool.get_rect(center=(round(x - left), round(y - top))), special_flags=pygame.BLEND_RGB_ADD)
        beam = _dimmed_glow(76, (round(96 * lamps), round(90 * lamps), round(60 * lamps)))
        for car in [*world.others, *world.couriers]:
            x, y, heading = self._glide.get(id(car), (*world.position(car), 0.0))
            at = ((x + 26 * math.cos(heading)) * ART_ZOOM, (y + 26 * math.sin(heading)) * ART_ZOOM)
            if view.collidepoint(at) and not car.place:
                surface.blit(beam, beam.get_rect(center=(round(at[0] - left), round(at[1] - top))), special_flags=pygame.BLEND_RGB_ADD)

    def _signals(self, surface: pygame.Surface, world: CourierWorld, left: int, top: int) -> None:
        """Red and green at the line to stop at."""
        seen = surface.get_rect().inflate(60, 60)
        for node in world.town.lights:
            for e in world.exits(node):
                inward = int(world.roads.back[e])
                if inward < 0:
                    continue
                length = world.town.length_px[inward]
                x, y = world.town.point(inward, length - 30.0, HALF_PX[world.town.kind(inward)] + 4.0)
                at = (round(x * ART_ZOOM - left), round(y * ART_ZOOM - top))
                if not seen.collidepoint(at):
                    continue
                green = world.green(inward)
                pygame.draw.rect(surface, colour("ink"), (at[0] - 7, at[1] - 12, 14, 24), border_radius=6)
                pygame.draw.circle(surface, colour("ink_soft") if green else colour("danger"), (at[0], at[1] - 5), 4.5)
                pygame.draw.circle(surface, colour("good") if green else colour("ink_soft"), (at[0], at[1] + 5), 4.5)
                glow = _dimmed_glow(40, (30, 80, 30) if green else (120, 26, 26))
                surface.blit(glow, glow.get_rect(center=(at[0], at[1] + (5 if green else -5))), special_flags=pygame.BLEND_RGB_ADD)

    def _names(self, surface: pygame.Surface, world: CourierWorld) -> None:
        """Who drives the vans, what they carry, and what they say."""
        s = ui_scale(surface.get_height())
        bold = typeface(round(17 * s), True)
        for car in world.couriers:
            x, y = self.camera.to_screen(self.place(world, car))
            if not surface.get_rect().inflate(40, 40).collidepoint(x, y):
                continue
            if car is not world.player:
                bold.write(surface, car.who, (x, y - 38 * s), colour(TINTS[car.who]), align=0.5, shadow=colour("ink"))
            if car.done % 2 == 1:
                box = icon("courier/parcel", 18)
                surface.blit(box, box.get_rect(center=(round(x) + 20, round(y) - 18)))
            words, until = self._bubbles.get(car.who, ("", 0.0))
            if words and until > self.time_s:
                self._bubble(surface, words, (x, y - 46 * s), TINTS[car.who], s)

    def _bubble(self, surface: pygame.Surface, words: str, foot: tuple[float, float], tint: str, s: float) -> None:
        font = typeface(round(17 * s))
        lines = wrapped(font, words, 230 * s)[:3]
        width = max(font.size(line)[0] for line in lines) + round(24 * s)
        height = round((21 * len(lines) + 14) * s)
        x = min(max(foot[0] - width / 2, 8), surface.get_width() - width - 8)
        y = max(foot[1] - height - 12 * s, 96 * s)
        surface.blit(plate(width, height, 238, 10, "ivory", tint), (round(x), round(y)))
        pygame.draw.polygon(surface, colour("ivory"), [(foot[0] - 7, y + height - 2), (foot[0] + 7, y + height - 2), (foot[0], y + height + 9)])
        for k, line in enumerate(lines):
            font.write(surface, line, (x + 12 * s, y + (6 + 21 * k) * s), colour("ink"))


@lru_cache(maxsize=160)
def _glow(size: int, tint: tuple[int, int, int]) -> pygame.Surface:
    """A round light to be added: bright in the middle, black at its rim."""
    glow = pygame.Surface((size, size))
    glow.fill((0, 0, 0))
    glow.blit(pygame.transform.smoothscale(picture("things/glow"), (size, size)), (0, 0))
    glow.fill(tint, special_flags=pygame.BLEND_RGB_MULT)
    return glow.convert()


def _dimmed_glow(size: int, tint: tuple[int, int, int]) -> pygame.Surface:
    """`_glow` in steps of brightness, so that dusk needs few of them."""
    red, green, blue = (8 * (v // 8) for v in tint)
    return _glow(size, (red, green, blue))
