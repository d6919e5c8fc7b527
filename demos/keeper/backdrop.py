"""The stage as a picture, painted once per place and size: sky, hills, sea, ground, cliff, table, steps and ramps."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pygame

from ..assets import colour, mixed
from .frame import Frame, scaled
from .stages import COURT_PX, GROUND_PX, THICKNESS_PX, WALL_PX, Stage

__all__ = ["LOOKS", "Look", "paint_stage"]

_HORIZON_PX = 560.0


@dataclass(frozen=True, slots=True)
class Look:
    """Palette names of a sky and what lies under it."""

    sky: tuple[str, ...]
    """From the top to the horizon."""
    sun: tuple[float, float, float, str]
    """x, y, radius px and colour of sun or moon."""
    hills: tuple[str, str]
    sea: tuple[str, str] | None
    clouds: str
    shade: str
    """What the ground and boards are multiplied with."""
    stars: int = 0


LOOKS = {
    "dusk": Look(("violet_dark", "violet", "coral_dark", "coral_light", "ember"), (930, 470, 74, "ember"), ("#6a5590", "#8a6a9a"), ("sea_deep", "coral_dark"), "#ffc9b4", "#ffe6da", 40),
    "moon": Look(("shadow", "ink", "violet_dark", "violet"), (770, 150, 62, "ivory"), ("#4b4668", "#625c80"), None, "", "#d8d4f0", 150),
    "noon": Look(("sea", "sea_light", "shallow", "shallow_light", "foam"), (560, 120, 52, "foam"), ("#7fb59a", "#93c08a"), ("sea_light", "shallow_light"), "#ffffff", "#ffffff"),
    "frost": Look(("#5b86ac", "ice_dark", "ice", "ice_light"), (620, 130, 46, "ice_light"), ("#a9c9dc", "#c9e2ea"), ("#6f9db8", "ice"), "#ffffff", "#eef6ff"),
    "storm": Look(("shadow", "ink_soft", "#4a4a68", "rock_dark", "#8f8796"), (900, 420, 0, "rock"), ("#3c3a55", "#4a4763"), ("#243a4c", "rock_dark"), "#8d8aa0", "#c9c6d6"),
}


def paint_stage(stage: Stage, frame: Frame) -> pygame.Surface:
    """The whole still picture at the frame's size."""
    look = LOOKS[stage.sky]
    surface = pygame.Surface(frame.size, 0, 32)
    _sky(surface, frame, look)
    _far(surface, frame, look)
    _ground(surface, frame, stage, look)
    _cliff(surface, frame, look)
    for piece in stage.pieces:
        if piece.look in ("step", "ramp", "board"):
            _board(surface, frame, stage, look, piece.line, piece.look)
    left, right, top = stage.table
    _table(surface, frame, stage, look, left, right, top)
    return surface.convert()


def _sky(surface: pygame.Surface, frame: Frame, look: Look) -> None:
    width = frame.size[0]
    horizon = max(2, round(frame.to_screen((0, _HORIZON_PX))[1]))
    stops = np.linspace(0.0, 1.0, len(look.sky))
    tones = np.array([colour(name) for name in look.sky], float)
    u = np.linspace(0.0, 1.0, horizon) ** 1.25
    column = np.stack([np.interp(u, stops, tones[:, c]) for c in range(3)], axis=1)
    rng = np.random.default_rng(5)
    grain = rng.uniform(-1.4, 1.4, (width, horizon, 1))  # dithered, so that films and wide screens show no bands
    pygame.surfarray.blit_array(surface.subsurface((0, 0, width, horizon)), np.clip(column[None] + grain, 0, 255).astype(np.uint8))
    for _ in range(look.stars):
        x, y = rng.uniform(0, width), horizon * rng.uniform(0, 0.8) ** 1.3
        pygame.draw.circle(surface, mixed(colour("violet"), colour("ivory"), rng.uniform(0.35, 1.0)), (x, y), rng.choice((0.8, 1.2, 1.7)) * max(1.0, frame.scale))
    x, y, radius, tint = look.sun
    if radius > 0:
        centre, r = frame.to_screen((x, y)), radius * frame.scale
        glow = scaled("things/sun", 4.4 * r / 320, tint).copy()
        glow.fill((255, 255, 255, 150), special_flags=pygame.BLEND_RGBA_MULT)
        surface.blit(glow, glow.get_rect(center=centre))
        for k, share in enumerate((1.0, 0.86, 0.7)):
            pygame.draw.circle(surface, mixed(colour(tint), colour("ivory"), 0.25 * k), centre, r * share)
        if look.stars > 100:  # the moon has its seas; here it is the earth that hangs in the sky
            for dx, dy, size in ((-0.3, -0.2, 0.34), (0.25, 0.15, 0.28), (-0.1, 0.45, 0.2), (0.4, -0.4, 0.15)):
                pygame.draw.circle(surface, mixed(colour("shallow"), colour("ivory"), 0.45), (centre[0] + dx * r, centre[1] + dy * r), size * r)


def _far(surface: pygame.Surface, frame: Frame, look: Look) -> None:
    """Hills on the horizon, and the sea before them."""
    width = frame.size[0]
    horizon = frame.to_screen((0, _HORIZON_PX))[1]
    ground = frame.to_screen((0, GROUND_PX))[1]
    if look.sea is not None:
        rows = max(1, round(ground - horizon))
        for k in range(rows):
            tint = mixed(colour(look.sea[0]), colour(look.sea[1]), (1.0 - k / rows) ** 2 * 0.8)
            pygame.draw.line(surface, tint, (0, horizon + k), (width, horizon + k))
    else:
        pygame.draw.rect(surface, colour("rock_dark"), (0, horizon, width, ground - horizon + 2))
    for k, tint in enumerate(look.hills):
        hills = scaled(f"things/hills_{k}", max(frame.scale, (width + 130 * frame.scale) / 1400.0), tint)
        left = 0 if k == 0 else (width - hills.get_width()) // 2 - round(60 * frame.scale)
        surface.blit(hills, (min(0, left), round(horizon - hills.get_height() + (4 if k == 0 else 18) * frame.scale)))


def _ground(surface: pygame.Surface, frame: Frame, stage: Stage, look: Look) -> None:
    width, height = frame.size
    s = frame.scale
    top = round(frame.to_screen((0, GROUND_PX - THICKNESS_PX))[1])
    tile = scaled(f"ground/{stage.ground}", 0.72 * s, look.shade)
    for x in range(0, width, tile.get_width()):
        for y in range(top, height, tile.get_height()):
            surface.blit(tile, (x, y))
    shade = pygame.Surface((width, max(1, height - top)), pygame.SRCALPHA)
    for y in range(shade.get_height()):
        pygame.draw.line(shade, (*colour("ink"), round(150 * min(1.0, y / (70 * s)) ** 1.2)), (0, y), (width, y))
    surface.blit(shade, (0, top))
    left, right = (round(frame.to_screen((x, 0))[0]) for x in COURT_PX)
    rubber = stage.touches > 1
    band = round((13 if rubber else 8) * s)
    pygame.draw.rect(surface, colour("ink"), (0, top - max(1, round(s)), width, max(2, round(2 * s))))
    pygame.draw.rect(surface, colour("coral_dark" if rubber else "teal"), (left, top, right - left, band))
    pygame.draw.rect(surface, mixed(colour("coral" if rubber else "teal"), colour("ivory"), 0.45), (left, top, right - left, max(2, round(3 * s))))
    if rubber:
        for k in range(left, right, round(34 * s)):
            pygame.draw.line(surface, colour("coral"), (k, top + band), (k + round(14 * s), top), max(2, round(3 * s)))
    _flag(surface, frame, COURT_PX[0], "teal")


def _flag(surface: pygame.Surface, frame: Frame, x: float, tint: str) -> None:
    s = frame.scale
    foot = frame.to_screen((x, GROUND_PX))
    pygame.draw.line(surface, colour("ink"), foot, (foot[0], foot[1] - 62 * s), max(3, round(6 * s)))
    pygame.draw.line(surface, colour("wood_light"), foot, (foot[0], foot[1] - 61 * s), max(1, round(3 * s)))
    cloth = [(foot[0], foot[1] - 61 * s), (foot[0] + 30 * s, foot[1] - 51 * s), (foot[0], foot[1] - 41 * s)]
    pygame.draw.polygon(surface, colour(tint), cloth)
    pygame.draw.polygon(surface, colour("ink"), cloth, max(1, round(2 * s)))


def _cliff(surface: pygame.Surface, frame: Frame, look: Look) -> None:
    """The wall behind the keeper, and the edge behind the thrower when the view is wider than the world."""
    s = frame.scale
    x = round(frame.to_screen((WALL_PX - THICKNESS_PX, 0))[0])
    foot = round(frame.to_screen((0, GROUND_PX))[1])
    tile = scaled("ground/stone_face", 0.8 * s, look.shade)
    for left in range(x, frame.size[0], tile.get_width()):
        for y in range(foot % tile.get_height() - tile.get_height(), foot, tile.get_height()):
            surface.blit(tile, (left, y), (0, 0, tile.get_width(), min(tile.get_height(), foot - y)))
    lip = pygame.Surface((max(1, round(16 * s)), foot), pygame.SRCALPHA)
    for k in range(lip.get_width()):
        pygame.draw.line(lip, (*colour("shadow"), round(120 * (1 - k / lip.get_width()))), (k, 0), (k, foot))
    surface.blit(lip, (x, 0))
    pygame.draw.line(surface, colour("ink"), (x, 0), (x, foot), max(2, round(3 * s)))
    for k, y in enumerate(range(90, 620, 118)):  # tufts in the cracks
        tuft = scaled("decals/tuft", 0.9 * s, look.shade)
        surface.blit(tuft, frame.to_screen((WALL_PX + 6 + 12 * (k % 2), y)))
    if frame.corner[0] > 1:
        pygame.draw.rect(surface, colour("ink"), (0, 0, round(frame.corner[0]), foot))


def _plank(surface: pygame.Surface, points: list[tuple[float, float]], stage: Stage, look: Look, s: float) -> None:
    """A board of the stage's stuff in the shape of four screen points."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    box = pygame.Rect(math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs) - min(xs)) + 2, math.ceil(max(ys) - min(ys)) + 2)
    skin = pygame.Surface(box.size, pygame.SRCALPHA)
    tile = scaled(f"ground/{stage.board}", 0.55 * s, look.shade)
    for x in range(0, box.width, tile.get_width()):
        for y in range(0, box.height, tile.get_height()):
            skin.blit(tile, (x, y))
    shape = pygame.Surface(box.size, pygame.SRCALPHA)
    inside = [(x - box.x, y - box.y) for x, y in points]
    pygame.draw.polygon(shape, (255, 255, 255, 255), inside)
    skin.blit(shape, (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
    surface.blit(skin, box)
    light = mixed(colour({"planks": "wood_light", "ice": "ice_light"}.get(stage.board, "stone_top")), colour("ivory"), 0.35)
    pygame.draw.line(surface, light, points[0], points[1], max(2, round(2.5 * s)))
    pygame.draw.polygon(surface, colour("ink"), points, max(2, round(2 * s)))


def _post(surface: pygame.Surface, frame: Frame, x: float, top: float, look: Look) -> None:
    s = frame.scale
    a, b = frame.to_screen((x - 7, top)), frame.to_screen((x + 7, GROUND_PX - THICKNESS_PX))
    box = pygame.Rect(round(a[0]), round(a[1]), round(b[0] - a[0]), round(b[1] - a[1]))
    shade = mixed(colour("wood_dark"), colour("ink"), 0.12)
    pygame.draw.rect(surface, shade, box)
    pygame.draw.rect(surface, mixed(shade, colour("wood_light"), 0.5), (box.x + round(2 * s), box.y, max(2, round(4 * s)), box.height))
    pygame.draw.rect(surface, colour("ink"), box, max(2, round(2 * s)))


def _board(surface: pygame.Surface, frame: Frame, stage: Stage, look: Look, line: tuple[float, float, float, float], kind: str) -> None:
    x0, y0, x1, y1 = line
    s = frame.scale
    if kind == "board":
        for x, y in ((x0 + 8, y0), (x1 - 8, y1)):
            a, b = frame.to_screen((x, y)), frame.to_screen((x, 0))
            pygame.draw.line(surface, colour("ink"), a, (b[0], 0), max(3, round(4 * s)))
            pygame.draw.line(surface, colour("sand_dark"), a, (b[0], 0), max(1, round(2 * s)))
    else:
        for share in ((0.12, 0.88) if kind == "step" else (0.9,)):
            _post(surface, frame, x0 + (x1 - x0) * share, y0 + (y1 - y0) * share + 6, look)
    length = math.hypot(x1 - x0, y1 - y0)
    nx, ny = -(y1 - y0) / length, (x1 - x0) / length
    t = THICKNESS_PX
    points = [(x0 - nx * t, y0 - ny * t), (x1 - nx * t, y1 - ny * t), (x1 + nx * 2.2 * t, y1 + ny * 2.2 * t), (x0 + nx * 2.2 * t, y0 + ny * 2.2 * t)]
    _plank(surface, [frame.to_screen(p) for p in points], stage, look, s)


def _table(surface: pygame.Surface, frame: Frame, stage: Stage, look: Look, left: float, right: float, top: float) -> None:
    for x in (left + 18, 0.5 * (left + right), right - 20):
        _post(surface, frame, x, top + 10, look)
    brace = [frame.to_screen(p) for p in ((left + 18, GROUND_PX - 40), (0.5 * (left + right), top + 40), (right - 20, GROUND_PX - 40))]
    pygame.draw.lines(surface, colour("ink"), False, brace, max(4, round(9 * frame.scale)))
    pygame.draw.lines(surface, mixed(colour("wood_dark"), colour("wood"), 0.4), False, brace, max(2, round(5 * frame.scale)))
    t = THICKNESS_PX
    points = [(left - t, top - t), (right + t, top - t), (right + t - 3, top + 4 * t), (left - t, top + 4 * t)]
    _plank(surface, [frame.to_screen(p) for p in points], stage, look, frame.scale)
    if stage.board == "ice":
        for k in range(7):
            x = left + 30 + k * (right - left - 50) / 6.5
            drop = frame.scale * (10 + 9 * ((k * 37) % 5) / 4)
            a = frame.to_screen((x, top + 4 * t))
            pygame.draw.polygon(surface, colour("ice_light"), [(a[0] - 4 * frame.scale, a[1]), (a[0] + 4 * frame.scale, a[1]), (a[0], a[1] + drop)])
