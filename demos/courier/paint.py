"""The town as one large picture, painted once a day at loading: lawns, water, pavements, asphalt, markings, houses, trees.

Everything that does not move is on it, so a frame of play begins with a single blit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pygame

from ..assets import colour, mixed, need_display, picture
from ..hunt.camera import ART_ZOOM
from .town import COLS, ROWS, Day, Town

__all__ = ["HALF_PX", "TownPicture"]

HALF_PX = {"street": 17.0, "avenue": 20.5, "bridge": 18.5, "highway": 23.0}
"""Half the width of the asphalt, world px."""
_PAVEMENT_PX = 6.5
_RIVER_PX = 66.0
_TILE_PX = 192
Point = tuple[float, float]


class TownPicture:
    """The picture, where lamps stand and which houses have light in their windows; all in px of the picture (world px · ART_ZOOM)."""

    def __init__(self, town: Town, day: Day) -> None:
        need_display()
        self.town, self.day = town, day
        self.size = (round(town.size_px[0] * ART_ZOOM), round(town.size_px[1] * ART_ZOOM))
        self.surface = pygame.Surface((64, 64))
        self.windows: list[tuple[pygame.Surface, int, int]] = []
        """(light, x, y) of every house."""
        self.lamps: list[Point] = []
        self.small = pygame.Surface((64, 64))
        """The whole town, a tenth as large, for maps."""
        self.river: list[Point] = []
        self._rng = np.random.default_rng([town.seed, 87])
        self._done = False

    def prepare(self, progress: Callable[[float], None] | None = None) -> None:
        """Paint; about a second.  Does nothing the second time."""
        if self._done:
            return
        self.surface = pygame.Surface(self.size).convert()
        steps = (self._lawn, self._water, self._roads, self._blocks, self._extras)
        for k, step in enumerate(steps):
            step()
            if progress is not None:
                progress((k + 1) / len(steps))
        self.small = pygame.transform.smoothscale(self.surface, (self.size[0] // 6, self.size[1] // 6))
        self._done = True

    def draw(self, surface: pygame.Surface, left: int, top: int) -> None:
        """The part that begins at (left, top); grass beyond the rim."""
        width, height = surface.get_size()
        if left < 0 or top < 0 or left + width > self.size[0] or top + height > self.size[1]:
            surface.fill(mixed(colour("grass"), colour("grass_dark"), 0.6))
        surface.blit(self.surface, (0, 0), (left, top, width, height)) if left >= 0 and top >= 0 else surface.blit(self.surface, (-left, -top))

    # ---- brushes --------------------------------------------------------------------------------------------------

    def _tiled(self, name: str, size: tuple[int, int], start: tuple[int, int] = (0, 0)) -> pygame.Surface:
        tile = picture(f"ground/{name}").subsurface((0, 0, _TILE_PX, _TILE_PX))  # moving water: its first picture
        out = pygame.Surface(size, pygame.SRCALPHA)
        for x in range(-(start[0] % tile.get_width()), size[0], tile.get_width()):
            for y in range(-(start[1] % tile.get_height()), size[1], tile.get_height()):
                out.blit(tile, (x, y))
        return out

    def _polygon(self, points: Sequence[Point], texture: str, alpha: int = 255) -> None:
        """A polygon filled with a texture; points in picture px."""
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        box = pygame.Rect(math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs) - min(xs)) + 1, math.ceil(max(ys) - min(ys)) + 1).clip((0, 0, *self.size))
        if box.width < 1 or box.height < 1:
            return
        mask = pygame.Surface(box.size, pygame.SRCALPHA)
        pygame.draw.polygon(mask, (255, 255, 255, alpha), [(x - box.x, y - box.y) for x, y in points])
        mask.blit(self._tiled(texture, box.size, box.topleft), (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
        self.surface.blit(mask, box)

    def _lines(self, target: pygame.Surface, half: Callable[[str], float], tint: object, skip: Callable[[int], bool] = lambda edge: False) -> None:
        """Every road once, with round ends."""
        for edge in self._roads_once():
            if skip(edge):
                continue
            radius = half(self.town.kind(edge)) * ART_ZOOM
            a, b = (self._at(self.town.start_px[edge]), self._at(self.town.point(edge, self.town.length_px[edge])))
            _band(target, a, b, radius, tint)
            for end in (a, b):
                pygame.draw.circle(target, tint, end, radius)  # type: ignore[arg-type]

    def _at(self, point: Point) -> Point:
        return point[0] * ART_ZOOM, point[1] * ART_ZOOM

    def _roads_once(self) -> list[int]:
        back = self.town.roads.back
        return [e for e in range(len(self.town.roads.edges)) if e not in self.day.absent and (int(back[e]) < 0 or e < int(back[e]))]

    # ---- layers ---------------------------------------------------------------------------------------------------

    def _lawn(self) -> None:
        self.surface.blit(self._tiled("grass", self.size), (0, 0))
        for name, count in (("tuft", 420), ("flowers", 200), ("pebbles", 60), ("mushroom", 20)):
            sprite = picture(f"decals/{name}")
            for x, y in self._rng.uniform((0, 0), self.size, (count, 2)):
                self.surface.blit(sprite, (round(x) - 16, round(y) - 16))

    def _water(self) -> None:
        """The river from edge to edge, or a lake in one block."""
        if self.town.style == "river":
            west = COLS // 2 - 1
            at = dict(self.town.graph.nodes(data="pos"))
            middle = [((at[(west, r)][0] + at[(west + 1, r)][0]) / 2, (at[(west, r)][1] + at[(west + 1, r)][1]) / 2) for r in range(ROWS)]
            ys = np.linspace(-60, self.town.size_px[1] + 60, 120)
            xs = np.interp(ys, [p[1] for p in middle], [p[0] for p in middle]) + 7.0 * np.sin(ys / 46.0)
            self.river = [(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
            for half, texture in ((_RIVER_PX / 2 + 13, "sand"), (_RIVER_PX / 2 + 6, "shallow"), (_RIVER_PX / 2, "sea")):
                wobble = [half + 3.0 * math.sin(y / 19.0 + half) for _, y in self.river]
                left = [self._at((x - w, y)) for (x, y), w in zip(self.river, wobble, strict=True)]
                right = [self._at((x + w, y)) for (x, y), w in zip(self.river, wobble, strict=True)]
                self._polygon([*left, *reversed(right)], texture)

    def _roads(self) -> None:
        shade = pygame.Surface(self.size, pygame.SRCALPHA)
        self._lines(shade, lambda kind: HALF_PX[kind] + _PAVEMENT_PX + 2.5, (*colour("shadow"), 70))
        self.surface.blit(shade, (2, 4))
        walk = pygame.Surface(self.size, pygame.SRCALPHA)
        self._lines(walk, lambda kind: HALF_PX[kind] + _PAVEMENT_PX, (255, 255, 255, 255), lambda edge: self.town.kind(edge) == "highway")
        walk.blit(self._tiled("paving", self.size), (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
        self.surface.blit(walk, (0, 0))
        self._lines(self.surface, lambda kind: HALF_PX[kind] + 1.6, mixed(colour("ink_soft"), colour("stone_face_dark"), 0.45))
        black = pygame.Surface(self.size, pygame.SRCALPHA)
        self._lines(black, lambda kind: HALF_PX[kind], (255, 255, 255, 255))
        black.blit(self._tiled("asphalt", self.size), (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
        self.surface.blit(black, (0, 0))
        for edge in self._roads_once():
            self._markings(edge)
            if self.town.kind(edge) == "bridge" or (self.town.kind(edge) == "highway" and self.river):
                self._railings(edge)
        for node in self.town.lights:
            self._zebras(node)

    def _markings(self, edge: int) -> None:
        """A dashed middle; a solid double line on avenues; warm lines on the highway."""
        length, kind = self.town.length_px[edge], self.town.kind(edge)
        white = mixed(colour("ivory"), (96, 95, 118), 0.25)
        if kind in ("avenue", "highway"):
            tint = colour("gold") if kind == "highway" else white
            for side in (-1.6, 1.6):
                pygame.draw.line(self.surface, tint, self._at(self.town.point(edge, 26, side)), self._at(self.town.point(edge, length - 26, side)), 2)
        else:
            along = 30.0
            while along < length - 34:
                pygame.draw.line(self.surface, white, self._at(self.town.point(edge, along)), self._at(self.town.point(edge, along + 8)), 2)
                along += 17
        if kind == "highway":
            for side in (-20.0, 20.0):
                pygame.draw.line(self.surface, white, self._at(self.town.point(edge, 18, side)), self._at(self.town.point(edge, length - 18, side)), 2)

    def _zebras(self, node: int) -> None:
        """Crossings at every arm of a junction with lights, and the line to stop at."""
        for e in self.town.roads.leaving(node):
            edge = int(e)
            if edge in self.day.absent:
                continue
            half = HALF_PX[self.town.kind(edge)]
            side = -half + 4.0
            while side < half - 2.0:
                _band(self.surface, self._at(self.town.point(edge, 24.0, side)), self._at(self.town.point(edge, 32.0, side)), 2.4, colour("ivory"))
                side += 7.0
            _band(self.surface, self._at(self.town.point(edge, 36.0, -half + 2)), self._at(self.town.point(edge, 36.0, -1.0)), 1.6, colour("ivory"))

    def _railings(self, edge: int) -> None:
        """Parapets where a road crosses the river."""
        length = self.town.length_px[edge]
        wet = [s for s in np.arange(0.0, length, 4.0) if self._over_water(self.town.point(edge, float(s)))]
        if not wet:
            return
        a, b = float(wet[0]) - 16.0, float(wet[-1]) + 16.0
        half = HALF_PX[self.town.kind(edge)]
        for side in (-half - 5.5, half + 5.5):
            p, q = self._at(self.town.point(edge, a, side)), self._at(self.town.point(edge, b, side))
            _band(self.surface, (p[0] + 2, p[1] + 5), (q[0] + 2, q[1] + 5), 5.0, mixed(colour("shadow"), colour("sea"), 0.5))
            _band(self.surface, p, q, 5.0, colour("stone_face_dark"))
            _band(self.surface, (p[0], p[1] - 2), (q[0], q[1] - 2), 4.0, colour("stone_top"))
            for s in np.linspace(a, b, 5):
                x, y = self._at(self.town.point(edge, float(s), side))
                pygame.draw.circle(self.surface, colour("stone_face_dark"), (x, y), 7)
                pygame.draw.circle(self.surface, colour("stone_top"), (x, y - 2), 6)

    def _over_water(self, point: Point, margin: float = 0.0) -> bool:
        if not self.river:
            return False
        ys = [p[1] for p in self.river]
        x = float(np.interp(point[1], ys, [p[0] for p in self.river]))
        return abs(point[0] - x) < _RIVER_PX / 2 + margin

    def _blocks(self) -> None:
        """What stands between the streets."""
        at = dict(self.town.graph.nodes(data="pos"))
        lake_at = (2, 2) if self.town.style != "river" else None
        for row in range(-1, ROWS):
            for col in range(-1, COLS):
                corners = [at.get((c, r)) for c, r in ((col, row), (col + 1, row), (col, row + 1), (col + 1, row + 1))]
                width, height = self.town.size_px
                x0 = max([p[0] for p in (corners[0], corners[2]) if p] or [-40.0]) + 31
                x1 = min([p[0] for p in (corners[1], corners[3]) if p] or [width + 40.0]) - 31
                y0 = max([p[1] for p in (corners[0], corners[1]) if p] or [-60.0]) + 31
                y1 = min([p[1] for p in (corners[2], corners[3]) if p] or [height + 30.0]) - 29
                box = pygame.Rect(round(x0 * ART_ZOOM), round(y0 * ART_ZOOM), round((x1 - x0) * ART_ZOOM), round((y1 - y0) * ART_ZOOM))
                if box.width < 60 or box.height < 50:
                    continue
                rng = np.random.default_rng([self.town.seed, 88, row + 1, col + 1])
                outside = not all(corners)
                if (col, row) == lake_at:
                    self._lake(box)
                elif outside or rng.random() < 0.16:
                    self._grove(box, rng, not outside)
                elif rng.random() < 0.1 and box.width > 150 and box.height > 140 and self._free(box):
                    self._square(box, rng)
                else:
                    self._houses(box, rng)

    def _free(self, box: pygame.Rect) -> bool:
        """Neither water nor the bypass is there."""
        if self.river and any(self._over_water((x / ART_ZOOM, y / ART_ZOOM), 24.0) for x in (box.left, box.centerx, box.right) for y in (box.top, box.centery, box.bottom)):
            return False
        for edge in self.town.bypass:
            for s in np.arange(0.0, self.town.length_px[edge] + 1, 20.0):
                if box.inflate(90, 90).collidepoint(self._at(self.town.point(edge, float(s)))):
                    return False
        return True

    def _houses(self, box: pygame.Rect, rng: np.random.Generator) -> None:
        """One or two rows, gardens and hedges between them."""
        if self._free(box):
            lawn = pygame.Surface(box.size, pygame.SRCALPHA)
            pygame.draw.rect(lawn, (*colour("grass_light"), 46), lawn.get_rect(), border_radius=14)
            self.surface.blit(lawn, box)
        rows = [box.top + 92] if box.height < 172 else [box.top + 88, box.bottom]
        if len(rows) == 2 and box.height > 196:
            middle = (box.top + 94 + box.bottom - 92) // 2
            for x in range(box.left + 16, box.right - 16, 26):
                if rng.random() < 0.55 and self._free(pygame.Rect(x - 10, middle - 14, 20, 24)):
                    self._plant(x + int(rng.integers(-6, 7)), middle + int(rng.integers(2, 22)), rng, 0.7)
        for foot in rows:
            x = box.left
            while True:
                kind = int(rng.integers(8))
                sprite = picture(f"courier/house_{kind}")
                if x + sprite.get_width() > box.right:
                    if box.right - x > 40 and self._free(pygame.Rect(x, foot - 60, 40, 60)):
                        self._plant(x + 24, foot - 6, rng, 1.0)
                    break
                spot = pygame.Rect(x, foot - sprite.get_height(), *sprite.get_size())
                if self._free(spot):
                    ground = picture("things/shadow")
                    self.surface.blit(pygame.transform.smoothscale(ground, (spot.width + 14, 30)), (spot.x - 2, spot.bottom - 22))
                    self.surface.blit(sprite, spot)
                    self.windows.append((picture(f"courier/house_{kind}_lit"), spot.x, spot.y))
                x = spot.right + int(rng.integers(4, 18))

    def _plant(self, x: int, foot: int, rng: np.random.Generator, scale: float) -> None:
        sprite = picture(f"courier/tree_{(0, 0, 1, 1, 1, 2)[int(rng.integers(6))]}")
        if scale != 1.0:
            sprite = pygame.transform.smoothscale(sprite, (round(sprite.get_width() * scale), round(sprite.get_height() * scale)))
        self.surface.blit(picture("things/shadow"), (x - 24, foot - 16))
        self.surface.blit(sprite, (x - sprite.get_width() // 2, foot - sprite.get_height()))

    def _grove(self, box: pygame.Rect, rng: np.random.Generator, inner: bool) -> None:
        """A park: paths, trees, now and then a fountain."""
        inside = box.clip((0, 0, *self.size))
        fountain = inner and inside.width > 200 and inside.height > 150 and rng.random() < 0.6 and self._free(inside)
        if fountain:
            for a, b in ((inside.midleft, inside.midright), (inside.midtop, inside.midbottom)):
                _band(self.surface, a, b, 11, colour("sand_dark"))
                _band(self.surface, a, b, 9, colour("sand"))
            pygame.draw.circle(self.surface, colour("sand_dark"), inside.center, 52)
            pygame.draw.circle(self.surface, colour("sand"), inside.center, 50)
            sprite = picture("courier/fountain")
            self.surface.blit(sprite, sprite.get_rect(center=(inside.centerx, inside.centery - 4)))
        spots = sorted(((int(rng.integers(box.left + 20, max(box.left + 21, box.right - 20))), int(rng.integers(box.top + 30, max(box.top + 31, box.bottom))))
                        for _ in range(box.width * box.height // 5200)), key=lambda p: p[1])
        for x, y in spots:
            near_middle = fountain and (abs(x - inside.centerx) < 40 or abs(y - 20 - inside.centery) < 40)
            if not near_middle and self._free(pygame.Rect(x - 20, y - 30, 40, 30)):
                self._plant(x, y, rng, 0.8 + 0.4 * float(rng.random()))

    def _square(self, box: pygame.Rect, rng: np.random.Generator) -> None:
        """A paved square with a fountain between trees."""
        self._polygon([box.topleft, box.topright, box.bottomright, box.bottomleft], "paving")
        pygame.draw.rect(self.surface, colour("stone_face_dark"), box, width=3, border_radius=4)
        sprite = picture("courier/fountain")
        self.surface.blit(sprite, sprite.get_rect(center=box.center))
        for x in (box.left + 34, box.right - 34):
            for y in (box.top + 60, box.bottom - 10):
                self._plant(x, y, rng, 0.9)

    def _lake(self, box: pygame.Rect) -> None:
        turns = np.linspace(0, 2 * math.pi, 60, endpoint=False)
        for grow, texture in ((14, "sand"), (5, "shallow"), (-4, "sea")):
            points = [(box.centerx + (box.width / 2 + grow) * math.cos(a) * (1 + 0.05 * math.sin(3 * a)), box.centery + (box.height / 2 + grow) * math.sin(a) * (1 + 0.06 * math.sin(2 * a + 1)))
                      for a in turns]
            self._polygon(points, texture)
        for k in range(3):
            self.surface.blit(picture("decals/lily"), (box.centerx - 60 + 40 * k, box.centery - 20 + 15 * (k % 2)))

    def _extras(self) -> None:
        """Lamps along the avenues, and the stalls of a market day."""
        for edge in self._roads_once():
            kind = self.town.kind(edge)
            along = 46.0
            while along < self.town.length_px[edge] - 40:
                for side in (-1, 1) if kind in ("avenue", "bridge") else (1,):
                    x, y = self._at(self.town.point(edge, along, side * (HALF_PX[kind] + 4.5)))
                    pygame.draw.circle(self.surface, colour("ink"), (x, y), 4)
                    pygame.draw.circle(self.surface, colour("ivory_dim"), (x - 0.5, y - 1), 2.4)
                    self.lamps.append((x, y))
                along += 82.0
        if self.day.market >= 0:
            rng = np.random.default_rng([self.town.seed, 89])
            for e in self.town.roads.leaving(self.day.market):
                edge = int(e)
                for along in np.arange(44.0, min(self.town.length_px[edge] - 40.0, 130.0), 40.0):
                    for side in (-1, 1):
                        x, y = self._at(self.town.point(edge, float(along), side * (HALF_PX[self.town.kind(edge)] + 9.0)))
                        sprite = picture(f"courier/stall_{int(rng.integers(3))}")
                        self.surface.blit(sprite, sprite.get_rect(midbottom=(round(x), round(y) + 22)))


def _band(target: pygame.Surface, a: Point, b: Point, half: float, tint: object) -> None:
    """A thick line with straight ends: pygame's own is not of even width when it slants."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = max(math.hypot(dx, dy), 1e-9)
    nx, ny = -dy / length * half, dx / length * half
    pygame.draw.polygon(target, tint, [(a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny), (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny)])  # type: ignore[arg-type]
