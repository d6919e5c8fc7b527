"""The mind of a rival beside the truth: what Atlas believes of every road and why it goes where it goes; what Quill would write next."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pygame
from numpy.typing import NDArray

from ..assets import Colour, colour
from ..hunt.camera import ART_ZOOM, Camera
from ..screens.panels import plate, ui_scale
from ..screens.text import typeface, wrapped
from .maps import TownMap, road_tint
from .sprites import TINTS
from .town import DAY_S, clock
from .world import CourierWorld

__all__ = ["MindView"]

_REFRESH_S = 0.4


class MindView:
    """Draws over the town and a panel at the right.  Truth is drawn for the one who looks on; no mind is told of it."""

    def __init__(self, town_map: TownMap) -> None:
        self.map = town_map
        self._ratios: tuple[float, NDArray[np.float64], NDArray[np.float64]] | None = None
        self._tints: tuple[list[Colour], list[Colour]] = ([], [])
        self._roads_px: NDArray[np.float64] | None = None
        self._drawn: tuple[object, tuple[int, int], pygame.Surface] | None = None

    def draw(self, surface: pygame.Surface, camera: Camera, world: CourierWorld, number: int, at: tuple[float, float], time_s: float) -> None:
        """The mind of world.rivals[number]; at: where its van is drawn, world px."""
        s = ui_scale(surface.get_height())
        room = pygame.Rect(surface.get_width() - round(388 * s), round(14 * s), round(374 * s), surface.get_height() - round(28 * s))
        car = world.rivals[number]
        if car.who == "Atlas":
            self._over_atlas(surface, camera, world)
        else:
            self._over_quill(surface, camera, world)
        self._mark(surface, camera.to_screen(at), colour(TINTS[car.who]), s, time_s)
        surface.blit(plate(room.width, room.height, 232, 14), room)
        x, y = room.x + round(16 * s), room.y + round(10 * s)
        typeface(round(26 * s), True).write(surface, car.who, (x, y), colour(TINTS[car.who]))
        about = "a map, and a model of the traffic" if car.who == "Atlas" else "journeys it read, and no map"
        typeface(round(17 * s)).write(surface, about, (room.right - 16 * s, y + 8 * s), colour("ivory_dim"), align=1.0)
        (self._atlas if car.who == "Atlas" else self._quill)(surface, world, room, y + 36 * s, s, time_s)

    # ---- Atlas ----------------------------------------------------------------------------------------------------

    def ratios(self, world: CourierWorld) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(E,) believed and true crossing times over the posted ones, at this hour; refreshed a few times a second."""
        if self._ratios is None or not 0.0 <= world.time_s - self._ratios[0] < _REFRESH_S:
            hour = world.time_s / DAY_S % 1.0
            believed = world.drivers["Atlas"].nav.believed(world.time_s).expected_s
            believed = believed[:, int(hour * believed.shape[1])] / world.roads.free_s
            true = world.traffic.expected_s(world.time_s)
            true = true[:, int(hour * true.shape[1])] / world.roads.free_s
            for edge, factor in world.today.slow.items():
                true[edge] *= factor
            for edge in world.jams:
                true[edge] /= world.rules.jam_speed
            self._ratios = (world.time_s, believed, true)
            self._tints = ([road_tint(ratio) for ratio in believed.tolist()], [road_tint(ratio) for ratio in true.tolist()])
        return self._ratios[1], self._ratios[2]

    def _over_atlas(self, surface: pygame.Surface, camera: Camera, world: CourierWorld) -> None:
        """On the streets: its belief as a broad line in each lane, the truth as a thin one in it; its way; its second choice."""
        self.ratios(world)
        nav, town = world.drivers["Atlas"].nav, world.town
        seen = surface.get_rect().inflate(400, 400)
        if self._roads_px is None:
            ends = [(town.point(edge, 26.0, 8.0), town.point(edge, town.length_px[edge] - 26.0, 8.0)) for edge in range(len(town.length_px))]
            self._roads_px = np.array(ends) * ART_ZOOM
        on_screen = self._roads_px - camera.corner
        inside = ((on_screen >= seen.topleft) & (on_screen < seen.bottomright)).all(axis=2).any(axis=1)
        for edge in np.flatnonzero(inside).tolist():
            if edge not in world.today.absent:
                a, b = on_screen[edge].tolist()
                pygame.draw.line(surface, self._tints[0][edge], a, b, 9)
                pygame.draw.line(surface, colour("ink"), a, b, 5)
                pygame.draw.line(surface, self._tints[1][edge], a, b, 3)
        _dotted(surface, camera, town, [int(e) for e in nav.alternative], colour("ivory_dim"), 3.0, 15.0)
        _dotted(surface, camera, town, [int(e) for e in nav.route], colour(TINTS["Atlas"]), 6.0, 15.0)
        for edge in nav.closed_s:
            at = camera.to_screen(town.point(edge, 0.5 * town.length_px[edge]))
            if seen.collidepoint(at):
                self.map.cross(surface, at, colour("danger"), 13.0)

    def _atlas(self, surface: pygame.Surface, world: CourierWorld, room: pygame.Rect, y: float, s: float, time_s: float) -> None:
        mind = world.drivers["Atlas"]
        nav = mind.nav
        font, bold = typeface(round(17 * s)), typeface(round(18 * s), True)
        x, wide = room.x + round(16 * s), room.width - round(32 * s)
        if world.rivals[0].place:
            font.write(surface, "It has done its tour.", (x, y), colour("ivory"))
            return
        for line in wrapped(font, mind.reason(world.time_s), wide)[:4]:
            font.write(surface, line, (x, y), colour("ivory"))
            y += 20 * s
        box = pygame.Rect(x, round(y + 6 * s), wide, self.map.height_for(wide))
        surface.blit(self._map_of_roads(world, box.size), box)
        self.map.route(surface, box, nav.alternative, colour("ivory_dim"), 2)
        self.map.route(surface, box, nav.route, colour(TINTS["Atlas"]), 4)
        unknown = 0
        for edge in world.barriers:
            known = edge in nav.closed_s
            unknown += not known and edge < (int(world.roads.back[edge]) if int(world.roads.back[edge]) >= 0 else edge + 1)
            self.map.cross(surface, self.map.spot(box, world.barrier_at(edge)), colour("danger" if known else "rock"), 4.0)
        self.map.pieces(surface, box, _Bare(world), time_s)  # type: ignore[arg-type]
        y = box.bottom + 5 * s
        font.write(surface, "broad: its belief, thin: the truth", (x, y), colour("ivory_dim"))
        for k, ratio in enumerate((1.0, 1.4, 1.8, 2.2, 2.6)):
            pygame.draw.rect(surface, road_tint(ratio), (room.right - (96 - 16 * k) * s, y + 5 * s, 16 * s, 9 * s))
        y += 22 * s
        closed = f"closed roads: it knows {len({min(world.town.both_ways(e)) for e in nav.closed_s})}" + (f", not yet of {unknown}" if unknown else "")
        font.write(surface, closed, (x, y), colour("ivory"))
        y += 26 * s
        y = self._ways(surface, world, x, y, wide, s)
        bold.write(surface, "when it will be there", (x, y), colour("ivory_dim"))
        self._distribution(surface, world, pygame.Rect(x, round(y + 24 * s), wide, max(24, round(room.bottom - y - 74 * s))), s)
        kept = [low <= actual <= high for _, low, high, actual in mind.promises]
        words = f"promises (8 in 10) kept today: {sum(kept)} of {len(kept)}" if kept else "no promise is due yet today"
        font.write(surface, words, (x, room.bottom - 28 * s), colour("ivory_dim"))

    def _map_of_roads(self, world: CourierWorld, size: tuple[int, int]) -> pygame.Surface:
        """The town with its roads, belief and truth: drawn anew when these are."""
        self.ratios(world)
        if self._drawn is None or self._drawn[0] is not self._ratios or self._drawn[1] != size:
            picture = self._drawn[2] if self._drawn is not None and self._drawn[1] == size else pygame.Surface(size).convert()
            box, there = picture.get_rect(), [edge for edge in range(len(world.town.length_px)) if edge not in world.today.absent]
            self.map.ground(picture, box, 0.72)
            for edge in there:
                self.map.road(picture, box, edge, self._tints[0][edge], 4, 13.0)
            for edge in there:
                self.map.road(picture, box, edge, colour("ink"), 2, 13.0)
                self.map.road(picture, box, edge, self._tints[1][edge], 1, 13.0)
            self._drawn = (self._ratios, size, picture)
        return self._drawn[2]

    def _ways(self, surface: pygame.Surface, world: CourierWorld, x: float, y: float, wide: float, s: float) -> float:
        """The way it goes and the one it thought of, as bars of their times."""
        nav = world.drivers["Atlas"].nav
        font, bold = typeface(round(17 * s)), typeface(round(18 * s), True)
        bold.write(surface, "ways it considered", (x, y), colour("ivory_dim"))
        y += 23 * s
        if nav.eta is None or not math.isfinite(nav.eta.mean_s):
            font.write(surface, "none is open", (x, y), colour("ivory"))
            return y + 28 * s
        gain = nav.explain(world.time_s).numbers.get("gain_s", 0.0)
        rows = [(nav.roads.via(nav.route, nav.alternative), nav.eta.mean_s, TINTS["Atlas"])]
        if gain > 0.0:
            rows.append((nav.roads.via(nav.alternative, nav.route), nav.eta.mean_s + gain, "violet_light"))
        longest = max(seconds for _, seconds, _ in rows)
        for name, seconds, tint in rows:
            bar = pygame.Rect(round(x), round(y), round(wide * seconds / longest), round(22 * s))
            pygame.draw.rect(surface, colour(tint), bar, border_radius=6)
            font.write(surface, f"via {name}", (x + 8 * s, y + 2 * s), colour("ink" if tint != "violet_light" else "ivory"))
            font.write(surface, f"{seconds / DAY_S * 1440:.0f} min", (x + wide - 8 * s, y + 2 * s), colour("ink" if tint != "violet_light" else "ivory"), align=1.0)
            y += 26 * s
        return y + 4 * s

    def _distribution(self, surface: pygame.Surface, world: CourierWorld, box: pygame.Rect, s: float) -> None:
        """The belief about its arrival: a log-normal, with the eight cases in ten filled."""
        mind = world.drivers["Atlas"]
        eta, arrival = mind.nav.eta, mind.arrival_s()
        if eta is None or arrival is None or eta.log_sd <= 0.0:
            return
        first, last = eta.quantile(0.002), eta.quantile(0.998)
        seconds = np.linspace(first, last, 70)
        centre = math.log(eta.mean_s) - 0.5 * eta.log_sd**2
        density = np.exp(-0.5 * ((np.log(seconds) - centre) / eta.log_sd) ** 2) / seconds
        xs = box.x + (seconds - first) / (last - first) * box.width
        ys = box.bottom - density / density.max() * box.height
        inside = (seconds >= eta.low_s) & (seconds <= eta.high_s)
        points = [(float(px), float(py)) for px, py in zip(xs[inside], ys[inside], strict=True)]
        if len(points) > 2:
            pygame.draw.polygon(surface, colour(TINTS["Atlas"]), [(points[0][0], box.bottom), *points, (points[-1][0], box.bottom)])
        pygame.draw.lines(surface, colour("ivory"), False, [(float(px), float(py)) for px, py in zip(xs, ys, strict=True)], 2)
        font = typeface(round(15 * s))
        for moment, align in ((arrival[1], 1.0), (arrival[2], 0.0)):
            px = box.x + (moment - mind.eta_from_s - first) / (last - first) * box.width
            font.write(surface, clock(moment), (px + (-6 if align else 6) * s, box.y + 2 * s), colour("ivory"), align=align)

    # ---- Quill ----------------------------------------------------------------------------------------------------

    def _over_quill(self, surface: pygame.Surface, camera: Camera, world: CourierWorld) -> None:
        """On the streets: the roads it has words for, as wide as the next one is likely."""
        mind, car, town = world.drivers["Quill"], world.rivals[1], world.town
        for edge in sorted(mind.read_roads.get(world.goal(car), ())):
            a, b = camera.to_screen(town.point(edge, 26.0, 8.0)), camera.to_screen(town.point(edge, town.length_px[edge] - 26.0, 8.0))
            pygame.draw.line(surface, colour("hunters/1"), a, b, 2)
        for edge, share in mind.next_words(world, car):
            _dotted(surface, camera, town, [edge], colour(TINTS["Quill"]), 3.0 + 6.0 * share, 15.0)

    def _quill(self, surface: pygame.Surface, world: CourierWorld, room: pygame.Rect, y: float, s: float, time_s: float) -> None:
        mind, car, names = world.drivers["Quill"], world.rivals[1], world.roads.names
        font, bold = typeface(round(17 * s)), typeface(round(18 * s), True)
        x, wide = room.x + round(16 * s), room.width - round(32 * s)
        if car.place:
            font.write(surface, "It has done its tour.", (x, y), colour("ivory"))
            return
        for line in wrapped(font, f"{mind.words(world, car)[1]} It read {mind.writer.journeys} journeys; it knows no lengths, no times, nothing that is closed.", wide)[:5]:
            font.write(surface, line, (x, y), colour("ivory"))
            y += 20 * s
        y += 6 * s
        bold.write(surface, "what it has written so far", (x, y), colour("ivory_dim"))
        y += 24 * s
        driven = [names[int(e)] for e in mind.driven[-3:]] or ["(leaving a door)"]
        if mind.driven[-1:] != [car.edge]:
            driven = [*driven[-2:], names[car.edge]]
        for line in wrapped(font, " → ".join([f"to {world.stops[car.done].street}: …", *driven, "?"]), wide)[:4]:
            font.write(surface, line, (x, y), colour("ivory"))
            y += 20 * s
        y += 8 * s
        bold.write(surface, "the next word, by how often it came next", (x, y), colour("ivory_dim"))
        y += 25 * s
        fits = {int(e) for e in world.exits(int(world.roads.head[car.edge]))} - set(world.visible_barriers(car))
        words = mind.next_words(world, car)
        for edge, share in words:
            pygame.draw.rect(surface, colour("ink_soft"), (x, y, wide, 24 * s), border_radius=6)
            pygame.draw.rect(surface, colour(TINTS["Quill"] if edge in fits else "rock"), (x, y, max(6.0, wide * share), 24 * s), border_radius=6)
            font.write(surface, names[edge] + ("" if edge in fits else "  (not here)"), (x + 8 * s, y + 3 * s), colour("ivory"), shadow=colour("ink"))
            font.write(surface, f"{100 * share:.0f} %", (x + wide - 8 * s, y + 3 * s), colour("ivory"), align=1.0, shadow=colour("ink"))
            y += 28 * s
        if not words:
            font.write(surface, "nothing: no journey ever went on from here", (x, y), colour("coral_light"))
            y += 28 * s
        y += 6 * s
        bold.write(surface, "roads it has words for, to this address", (x, y), colour("ivory_dim"))
        high = round(min(self.map.height_for(wide), room.bottom - y - 40 * s))
        box = pygame.Rect(x, round(y + 26 * s), round(high * wide / self.map.height_for(wide)), high)
        self.map.ground(surface, box, 0.72)
        for edge in mind.read_roads.get(world.goal(car), ()):
            self.map.road(surface, box, edge, colour(TINTS["Quill"]), 3, 10.0)
        self.map.pieces(surface, box, _Bare(world), time_s)  # type: ignore[arg-type]

    def _mark(self, surface: pygame.Surface, at: tuple[float, float], tint: tuple[int, int, int], s: float, time_s: float) -> None:
        """A bracket round the van whose mind is open."""
        reach = (32 + 2 * math.sin(6 * time_s)) * s
        for sx in (-1, 1):
            for sy in (-1, 1):
                corner = (at[0] + sx * reach, at[1] + sy * reach)
                points = [(corner[0] - sx * 10, corner[1]), corner, (corner[0], corner[1] - sy * 10)]
                pygame.draw.lines(surface, colour("ink"), False, points, 6)
                pygame.draw.lines(surface, tint, False, points, 3)


class _Bare:
    """The world for a map that draws barriers in its own way."""

    def __init__(self, world: CourierWorld) -> None:
        self._world = world
        self.barriers: dict[int, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


def _dotted(surface: pygame.Surface, camera: Camera, town: Any, edges: list[int], tint: tuple[int, int, int], radius: float, every_px: float) -> None:
    """Dots along roads, in the right-hand lane."""
    (width, height), (left, top) = surface.get_size(), camera.corner
    for edge in edges:
        for along in np.arange(8.0, town.length_px[edge], every_px).tolist():
            x, y = town.point(edge, along, 8.0)
            x, y = x * ART_ZOOM - left, y * ART_ZOOM - top
            if -20 < x < width + 20 and -20 < y < height + 20:
                pygame.draw.circle(surface, colour("ink"), (x, y), radius + 1.5)
                pygame.draw.circle(surface, tint, (x, y), radius)
