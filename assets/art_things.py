"""Pictures of things: relics, boat, trees, rocks, reeds, levers, smoke, particles, icons.  Painted at 4 times their size."""

from __future__ import annotations

import math

import numpy as np
from art_tools import noise, rgb, rgba, save
from PIL import Image, ImageDraw, ImageFilter

SUPER = 4
Point = tuple[float, float]


class Sketch:
    """A transparent picture of `width` × `height` px with a pen that takes final px."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGBA", (width * SUPER, height * SUPER))
        self.pen = ImageDraw.Draw(self.image)

    def oval(self, x: float, y: float, rx: float, ry: float, name: str, alpha: float = 1.0) -> None:
        self._over(lambda pen: pen.ellipse([v * SUPER for v in (x - rx, y - ry, x + rx, y + ry)], fill=rgba(name, alpha)), alpha)

    def shape(self, points: list[Point], name: str, alpha: float = 1.0) -> None:
        self._over(lambda pen: pen.polygon([(x * SUPER, y * SUPER) for x, y in points], fill=rgba(name, alpha)), alpha)

    def line(self, points: list[Point], width: float, name: str, alpha: float = 1.0) -> None:
        def draw(pen: ImageDraw.ImageDraw) -> None:
            pen.line([(x * SUPER, y * SUPER) for x, y in points], fill=rgba(name, alpha), width=max(1, round(width * SUPER)), joint="curve")
            for x, y in (points[0], points[-1]):
                pen.ellipse([v * SUPER for v in (x - width / 2, y - width / 2, x + width / 2, y + width / 2)], fill=rgba(name, alpha))
        self._over(draw, alpha)

    def ring(self, x: float, y: float, rx: float, ry: float, width: float, name: str, alpha: float = 1.0) -> None:
        box = [v * SUPER for v in (x - rx, y - ry, x + rx, y + ry)]
        self._over(lambda pen: pen.ellipse(box, outline=rgba(name, alpha), width=round(width * SUPER)), alpha)

    def _over(self, draw: object, alpha: float) -> None:
        if alpha >= 1.0:
            draw(self.pen)  # type: ignore[operator]
            return
        layer = Image.new("RGBA", self.image.size)
        draw(ImageDraw.Draw(layer))  # type: ignore[operator]
        self.image.alpha_composite(layer)

    def done(self, outline: float = 1.0, name: str = "ink") -> Image.Image:
        """At final size; `outline` px of ink round it."""
        image = self.image
        if outline > 0:
            alpha = image.getchannel("A")
            rim = alpha.filter(ImageFilter.MaxFilter(2 * round(outline * SUPER) + 1)).filter(ImageFilter.GaussianBlur(1.5))
            under = Image.merge("RGBA", [*[Image.new("L", image.size, int(v)) for v in rgb(name)], rim])
            under.alpha_composite(image)
            image = under
        return image.resize((image.width // SUPER, image.height // SUPER), Image.Resampling.BOX)


def gem(s: Sketch, cx: float, cy: float, dark: str, middle: str, light: str) -> None:
    top, waist, foot = cy - 9, cy - 3, cy + 12
    s.shape([(cx - 8, top), (cx + 8, top), (cx + 13, waist), (cx, foot), (cx - 13, waist)], middle)
    s.shape([(cx - 8, top), (cx - 4, waist), (cx - 13, waist)], light)
    s.shape([(cx - 8, top), (cx + 8, top), (cx + 4, waist), (cx - 4, waist)], light, 0.75)
    s.shape([(cx + 8, top), (cx + 13, waist), (cx + 4, waist)], dark, 0.6)
    s.shape([(cx + 4, waist), (cx + 13, waist), (cx, foot)], dark, 0.75)
    s.line([(cx - 7, top + 2), (cx - 10, waist - 1)], 1.6, "foam")


def relic(kind: str) -> Image.Image:
    s = Sketch(44, 44)
    c = 22.0
    if kind == "ruby":
        gem(s, c, c, "coral_dark", "#ff4f6d", "#ffa3ad")
    elif kind == "pearl":
        s.shape([(c - 14, c + 2), (c - 9, c + 11), (c + 9, c + 11), (c + 14, c + 2)], "plaster_dark")
        s.oval(c, c + 3, 14, 5, "plaster")
        s.oval(c, c - 2, 9, 9, "#f3e6f2")
        s.oval(c + 2, c + 1, 6, 5, "#d6bfe0", 0.6)
        s.oval(c - 3, c - 5, 2.6, 2.2, "foam")
    elif kind == "crown":
        s.shape([(c - 14, c - 9), (c - 7, c + 1), (c, c - 13), (c + 7, c + 1), (c + 14, c - 9), (c + 11, c + 10), (c - 11, c + 10)], "gold")
        s.shape([(c + 2, c + 4), (c + 7, c + 1), (c + 14, c - 9), (c + 11, c + 10), (c + 2, c + 10)], "gold_dark", 0.6)
        s.line([(c - 11, c + 8), (c + 11, c + 8)], 3, "gold_dark")
        for x, y in ((c - 14, c - 10), (c, c - 14), (c + 14, c - 10)):
            s.oval(x, y, 2.6, 2.6, "coral")
        s.oval(c, c + 3, 2.8, 2.8, "teal")
    elif kind == "chalice":
        s.shape([(c - 11, c - 12), (c + 11, c - 12), (c + 7, c), (c + 2, c + 3), (c + 2, c + 9), (c + 8, c + 13), (c - 8, c + 13), (c - 2, c + 9), (c - 2, c + 3), (c - 7, c)], "gold")
        s.shape([(c + 3, c - 12), (c + 11, c - 12), (c + 7, c), (c + 2, c + 3), (c + 2, c + 9), (c + 8, c + 13), (c + 1, c + 13)], "gold_dark", 0.6)
        s.oval(c, c - 12, 11, 3, "gold_dark")
        s.oval(c, c - 11.6, 8.5, 2, "coral_dark")
        s.oval(c, c - 5, 2.6, 2.6, "#58a6ff")
    elif kind == "idol":
        s.shape([(c - 8, c + 13), (c - 10, c - 2), (c - 6, c - 12), (c + 6, c - 12), (c + 10, c - 2), (c + 8, c + 13)], "#4fb98a")
        s.shape([(c + 2, c - 12), (c + 6, c - 12), (c + 10, c - 2), (c + 8, c + 13), (c + 2, c + 13)], "leaf", 0.5)
        s.line([(c - 6, c - 6), (c + 6, c - 6)], 1.6, "leaf_dark")
        for x in (c - 4, c + 4):
            s.oval(x, c - 2.5, 2.2, 2.2, "ember")
            s.oval(x, c - 2.5, 0.9, 0.9, "ink")
        s.line([(c - 3, c + 4), (c + 3, c + 4)], 1.8, "leaf_dark")
        s.line([(c - 8, c + 9), (c + 8, c + 9)], 2.0, "#8fe0b8")
        s.line([(c - 6, c - 10), (c - 8, c - 1)], 1.4, "#b6f0d0")
    else:  # mask
        s.shape([(c - 12, c - 9), (c - 5, c - 12), (c + 5, c - 12), (c + 12, c - 9), (c + 9, c + 6), (c, c + 13), (c - 9, c + 6)], "ivory")
        s.shape([(c + 1, c - 12), (c + 5, c - 12), (c + 12, c - 9), (c + 9, c + 6), (c + 1, c + 13)], "plaster_dark", 0.55)
        for x in (c - 5.5, c + 5.5):
            s.oval(x, c - 3, 3.2, 2.0, "ink")
        s.line([(c - 3, c + 5), (c, c + 6.4), (c + 3, c + 5)], 1.6, "coral_dark")
        s.line([(c, c - 11), (c, c - 6)], 2.0, "coral")
        for side in (-1, 1):
            s.line([(c + side * 9, c + 0.5), (c + side * 6, c + 3.5)], 1.6, "teal")
    return s.done(1.1)


def boat() -> Image.Image:
    s = Sketch(132, 128)
    hull = [(8, 84), (124, 80), (112, 104), (98, 113), (34, 115), (18, 106)]
    s.shape(hull, "wood_dark")
    s.shape([(8, 84), (124, 80), (119, 90), (13, 94)], "wood_light")
    s.shape([(16, 86), (116, 83), (108, 88), (24, 91)], "wood_dark")
    for k in range(3):
        s.line([(17 + 4 * k, 98 + 5 * k), (115 - 5 * k, 95 + 5 * k)], 1.2, "ink", 0.35)
    s.line([(64, 88), (64, 8)], 3.4, "wood")
    s.line([(62.8, 86), (62.8, 10)], 1.0, "wood_light")
    s.shape([(67, 12), (116, 60), (104, 72), (67, 76)], "ivory")
    s.shape([(67, 76), (104, 72), (116, 60), (96, 64), (67, 68)], "plaster_dark", 0.55)
    s.shape([(67, 28), (84, 29), (102, 47), (67, 45)], "coral")
    s.shape([(61, 18), (61, 74), (26, 72)], "ivory_dim")
    s.shape([(61, 18), (61, 74), (46, 73)], "plaster")
    s.shape([(64, 6), (84, 10), (64, 16)], "coral")
    return s.done(1.2)


def crown_of(s: Sketch, cx: float, cy: float, radius: float, rng: np.random.Generator, tones: tuple[str, ...]) -> None:
    """A round mass of leaves, lit from the upper left."""
    for layer, tone in enumerate(tones):
        inner = 1.0 - layer * 0.16
        for _ in range(46 - 6 * layer):
            angle, reach = rng.uniform(0, 2 * math.pi), radius * inner * math.sqrt(rng.uniform(0, 1)) * 0.86
            x = cx + reach * math.cos(angle) - layer * radius * 0.075
            y = cy + reach * math.sin(angle) * 0.86 - layer * radius * 0.10
            size = radius * rng.uniform(0.13, 0.22) * (1.0 - 0.09 * layer)
            s.oval(x, y, size * 1.2, size, tone)


def tree(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    s = Sketch(92, 104)
    s.shape([(41, 98), (43, 66), (50, 66), (53, 98), (47, 101)], "hair")
    s.line([(44, 96), (45, 70)], 2.0, "wood_dark")
    tones = ("leaf_dark", "leaf", "leaf", "leaf_light", "leaf_glow") if seed % 3 else ("leaf_dark", "leaf", "grass_dark", "grass", "grass_light")
    for x, y, radius in ((32, 54, 23), (60, 54, 23), (46, 38, 28), (46, 52, 25)):
        crown_of(s, x, y, radius, rng, tones[:2])
    for x, y, radius in ((32, 52, 20), (60, 52, 18), (45, 36, 26)):
        crown_of(s, x, y, radius, rng, tones)
    return s.done(1.0, "leaf_dark")


def palm(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    s = Sketch(92, 104)
    bend = rng.uniform(-7, 7)
    trunk = [(46 + bend * (k / 8) ** 2, 99 - 7.6 * k) for k in range(9)]
    for k, (x, y) in enumerate(trunk):
        s.oval(x, y, 4.6 - 0.22 * k, 4.4, "wood_dark" if k % 2 else "wood")
    cx, cy = trunk[-1]
    order = sorted(range(9), key=lambda k: math.sin(k * 2 * math.pi / 9 + 0.3))
    for k in order:
        angle = k * 2 * math.pi / 9 + 0.3 + rng.uniform(-0.15, 0.15)
        rib = [(cx + t * 36 * math.cos(angle), cy + t * 20 * math.sin(angle) - 16 * t * (1 - t) * 1.6 + 10 * t * t) for t in np.linspace(0, 1, 9)]
        name = ("leaf", "leaf_light", "leaf")[k % 3] if math.sin(angle) > -0.4 else "leaf_dark"
        for j, (x, y) in enumerate(rib[1:], 1):
            for side in (-1, 1):
                tip = (x + side * 6 * math.sin(angle) + 3 * math.cos(angle), y + 6 - abs(side * math.sin(angle)) + side * 4.5 * math.cos(angle))
                s.line([(x, y), tip], 2.6 - 0.16 * j, name)
        s.line(rib, 1.5, "leaf_glow")
    for dx in (-3, 3):
        s.oval(cx + dx, cy + 3, 3, 3, "hair")
    return s.done(1.0, "leaf_dark")


def boulder(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    s = Sketch(60, 64)
    angles = np.linspace(0, 2 * math.pi, 11)[:-1] + rng.uniform(-0.18, 0.18, 10)
    rim = [(30 + 25 * math.cos(a) * rng.uniform(0.88, 1.08), 36 + 22 * math.sin(a) * rng.uniform(0.88, 1.08)) for a in angles]
    s.shape(rim, "rock_dark")
    up = [(30 + (x - 30) * 0.9, 31 + (y - 36) * 0.82) for x, y in rim]
    s.shape(up, "rock")
    face = [(28 + (x - 30) * 0.62, 26 + (y - 36) * 0.55) for x, y in rim]
    s.shape(face, "rock_light")
    for k in range(0, 10, 3):
        s.line([face[k], up[k]], 1.0, "rock_dark", 0.6)
    s.line([(20, 44), (25, 38), (24, 33)], 1.1, "ink_soft", 0.5)
    s.oval(40, 47, 6, 3, "leaf_light", 0.7)
    s.oval(36, 50, 4, 2.4, "leaf_glow", 0.7)
    return s.done(1.0, "ink_soft")


def reeds(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    s = Sketch(60, 68)
    for x in sorted(rng.uniform(8, 52, 26), key=lambda v: -abs(v - 30)):
        foot, lean = rng.uniform(46, 64), rng.uniform(-5, 5)
        tall = rng.uniform(26, 42)
        tone = rng.choice(["leaf", "leaf_light", "grass_light", "grass_deep", "leaf_glow"])
        s.line([(x, foot), (x + 0.3 * lean, foot - 0.6 * tall), (x + lean, foot - tall)], rng.uniform(1.6, 2.4), tone)
        if rng.random() < 0.22:
            s.line([(x + lean, foot - tall - 1), (x + lean, foot - tall + 6)], 3.2, "wood_dark")
    return s.done(0.7, "leaf_dark")


def lever(on: bool) -> Image.Image:
    s = Sketch(44, 52)
    s.oval(22, 42, 14, 7, "stone_face_dark")
    s.oval(22, 38, 14, 7, "stone_top")
    s.oval(22, 38, 7, 3, "ink_soft")
    x, y = (34, 18) if on else (10, 18)
    s.line([(22, 38), (x, y)], 4.0, "wood_dark")
    s.line([(21.4, 37), (x - 0.8, y)], 1.4, "wood_light")
    s.oval(x, y, 5, 5, "teal" if on else "coral")
    s.oval(x - 1.5, y - 1.7, 1.6, 1.4, "foam")
    return s.done(1.0)


def puff(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    size = 96
    y, x = np.mgrid[0:size, 0:size].astype(np.float64)
    shape = np.zeros((size, size))
    for _ in range(9):
        angle, reach = rng.uniform(0, 2 * math.pi), rng.uniform(0, 18)
        cx, cy, radius = 48 + reach * math.cos(angle), 48 + reach * math.sin(angle), rng.uniform(17, 25)
        shape = np.maximum(shape, np.clip(1.25 - np.hypot(x - cx, y - cy) / radius, 0, 1))
    grain = noise(size, 14, rng, 2)
    alpha = np.clip(shape * 1.9, 0, 1) ** 1.2 * (0.72 + 0.28 * grain)
    light = np.clip(0.62 + (48 - y) / 120 + (48 - x) / 180 + 0.25 * (grain - 0.5), 0, 1)[..., None]
    colour = rgb("violet_light") * 0.45 * (1 - light) + rgb("ivory_dim") * 0.55 * (1 - light) + rgb("ivory") * light
    return Image.fromarray(np.dstack([colour, 255 * alpha * 0.93]).clip(0, 255).astype(np.uint8), "RGBA")


def glow(size: int, power: float) -> Image.Image:
    y, x = np.mgrid[0:size, 0:size] - (size - 1) / 2
    alpha = np.clip(1 - np.hypot(x, y) / (size / 2), 0, 1) ** power
    return Image.fromarray(np.dstack([np.full((size, size, 3), 255.0), 255 * alpha]).astype(np.uint8), "RGBA")


def shadow() -> Image.Image:
    y, x = np.mgrid[0:28, 0:48]
    d = np.hypot((x - 23.5) / 23.5, (y - 13.5) / 13.5)
    alpha = np.clip(1.25 - 1.25 * d, 0, 1) ** 0.8 * 120
    return Image.fromarray(np.dstack([np.broadcast_to(rgb("shadow"), (28, 48, 3)), alpha]).clip(0, 255).astype(np.uint8), "RGBA")


def icon(kind: str) -> Image.Image:
    s = Sketch(32, 32)
    if kind.startswith("eye"):
        lid = [(16 + 13 * math.cos(a), 16 + 8.5 * math.sin(a) * abs(math.sin(a)) ** 0.2) for a in np.linspace(0, 2 * math.pi, 40)]
        if kind == "eye":
            s.shape(lid, "ivory")
            s.oval(16, 16, 6, 6, "danger")
            s.oval(16, 16, 2.8, 2.8, "ink")
            s.oval(14, 14, 1.6, 1.6, "foam")
        else:
            s.line([(4, 15), (9, 20), (16, 22), (23, 20), (28, 15)], 2.4, "ivory_dim")
            for x, y, dx, dy in ((8, 19.5, -3, 3.5), (16, 22, 0, 4.5), (24, 19.5, 3, 3.5)):
                s.line([(x, y), (x + dx, y + dy)], 2.0, "ivory_dim")
    elif kind == "dash":
        s.shape([(13, 4), (26, 4), (19, 13), (26, 13), (9, 29), (14, 17), (7, 17)], "ember")
        s.shape([(19, 13), (26, 13), (9, 29), (12.5, 20)], "gold_dark", 0.5)
    elif kind == "smoke":
        for x, y, radius in ((11, 19, 7), (21, 19, 7.5), (16, 12, 7.5), (16, 21, 7)):
            s.oval(x, y, radius, radius, "ivory_dim")
        for x, y, radius in ((10, 17, 4.5), (20, 17, 5), (14.5, 10.5, 5)):
            s.oval(x, y, radius, radius, "ivory")
    elif kind == "clock":
        s.oval(16, 16, 12, 12, "ivory")
        s.line([(16, 16), (16, 9)], 2.2, "ink")
        s.line([(16, 16), (21, 18)], 2.2, "coral_dark")
    elif kind == "lock":
        s.ring(16, 12, 6, 7, 2.6, "ivory_dim")
        s.shape([(7, 14), (25, 14), (25, 27), (7, 27)], "ivory_dim")
        s.oval(16, 19, 2.4, 2.4, "ink")
        s.line([(16, 20), (16, 23.5)], 2.0, "ink")
    elif kind == "star":
        s.shape([(16 + (13 if k % 2 == 0 else 5.6) * math.sin(k * math.pi / 5), 17 - (13 if k % 2 == 0 else 5.6) * math.cos(k * math.pi / 5)) for k in range(10)], "gold")
    elif kind == "hood":
        s.shape([(16, 3), (26, 14), (27, 28), (5, 28), (6, 14)], "violet_light")
        s.oval(16, 18, 8, 8.5, "ink")
        for x in (12.5, 19.5):
            s.oval(x, 17.5, 2.2, 2.0, "ember")
    return s.done(1.0)


def particle(kind: str) -> Image.Image:
    s = Sketch(32, 32)
    if kind == "dust":
        s.oval(16, 16, 7, 7, "sand_light", 0.55)
        s.oval(14, 14, 4.5, 4.5, "foam", 0.35)
    elif kind == "ring":
        s.ring(16, 16, 14, 9, 1.6, "foam", 0.85)
    elif kind == "drop":
        s.oval(16, 16, 2.2, 2.6, "foam", 0.95)
    elif kind == "spark":
        s.shape([(16, 4), (18, 14), (28, 16), (18, 18), (16, 28), (14, 18), (4, 16), (14, 14)], "foam")
    elif kind == "mud":
        s.oval(16, 16, 3.4, 3.0, "mud_dark")
        s.oval(15, 15, 1.2, 1.0, "mud_gloss")
    elif kind == "leaf":
        s.shape([(16, 10), (20, 16), (16, 22), (12, 16)], "leaf_glow")
    elif kind == "chip":
        s.shape([(12, 13), (20, 12), (19, 18), (13, 20)], "ice_light")
    elif kind == "plank":
        s.shape([(4, 13), (28, 11), (28, 18), (5, 20)], "wood")
        s.line([(5, 14), (27, 12.4)], 1.2, "wood_light")
    elif kind == "print":
        s.oval(16, 16, 4.2, 2.6, "ink", 0.36)
    elif kind == "flow":
        s.line([(5, 16), (25, 16)], 1.8, "foam", 0.75)
        s.line([(20, 12.6), (25.5, 16), (20, 19.4)], 1.8, "foam", 0.75)
    return s.done(0.0)


def decal(kind: str) -> Image.Image:
    s = Sketch(32, 32)
    if kind == "lily":
        s.oval(16, 18, 10, 6.5, "leaf")
        s.oval(15, 17, 9, 5.5, "leaf_light")
        s.shape([(15, 17), (26, 14), (25, 21)], "shallow")
        for k in range(6):
            s.oval(13 + 3.2 * math.cos(k), 14.5 + 2.4 * math.sin(k), 2.4, 2.0, "coral_light" if k % 2 else "foam")
        s.oval(13, 14, 1.6, 1.4, "gold")
    elif kind == "shell":
        s.shape([(16 + 7 * math.cos(a), 19 - 8 * math.sin(a)) for a in np.linspace(0, math.pi, 16)], "coral_light")
        for a in np.linspace(0.4, 2.7, 5):
            s.line([(16, 19), (16 + 6.4 * math.cos(a), 19 - 7.4 * math.sin(a))], 0.9, "coral", 0.7)
    elif kind == "pebbles":
        for x, y, r in ((12, 18, 4), (19, 20, 3), (17, 14, 2.4)):
            s.oval(x, y, r, r * 0.75, "rock")
            s.oval(x - 0.8, y - 0.8, r * 0.6, r * 0.45, "rock_light")
    elif kind == "star":
        s.shape([(16 + (8 if k % 2 == 0 else 3.4) * math.sin(k * math.pi / 5 + 0.2), 17 - (7 if k % 2 == 0 else 3) * math.cos(k * math.pi / 5 + 0.2)) for k in range(10)], "coral")
        for k in range(5):
            s.oval(16 + 4 * math.sin(k * 1.257 + 0.2), 17 - 3.4 * math.cos(k * 1.257 + 0.2), 0.8, 0.8, "coral_light")
    elif kind == "flowers":
        for x, y, tone in ((10, 18, "coral_light"), (17, 13, "foam"), (22, 20, "ember"), (15, 23, "coral_light")):
            s.line([(x, y), (x, y + 5)], 1.2, "leaf")
            for k in range(5):
                s.oval(x + 2.2 * math.cos(k * 1.257), y + 1.8 * math.sin(k * 1.257), 1.7, 1.5, tone)
            s.oval(x, y, 1.2, 1.1, "gold")
    elif kind == "tuft":
        for k in range(9):
            s.line([(16 + (k - 4) * 1.1, 23), (16 + (k - 4) * 2.5, 12 + abs(k - 4) * 1.3)], 1.6, ("grass_light", "leaf_glow", "leaf_light")[k % 3])
    elif kind == "mushroom":
        s.line([(16, 22), (16, 17)], 3.2, "ivory")
        s.shape([(16 + 7 * math.cos(a), 17 - 6.5 * math.sin(a)) for a in np.linspace(0, math.pi, 16)], "coral_dark")
        for x, y in ((13, 14.5), (17, 12.6), (20, 15)):
            s.oval(x, y, 1.2, 1.0, "foam")
    return s.done(0.6, "ink_soft")


def main() -> None:
    for kind in ("ruby", "idol", "mask", "crown", "chalice", "pearl"):
        save(f"things/relic_{kind}", relic(kind))
    save("things/boat", boat())
    for k in range(3):
        save(f"things/tree_{k}", tree(k + 1))
        save(f"things/rock_{k}", boulder(k + 21))
        save(f"things/puff_{k}", puff(k + 31))
    for k in range(2):
        save(f"things/palm_{k}", palm(k + 11))
        save(f"things/reeds_{k}", reeds(k + 41))
    save("things/lever_0", lever(False))
    save("things/lever_1", lever(True))
    save("things/glow", glow(96, 1.8))
    save("things/shadow", shadow())
    for kind in ("eye", "eye_closed", "dash", "smoke", "clock", "lock", "star", "hood"):
        save(f"icons/{kind}", icon(kind))
    for kind in ("dust", "ring", "drop", "spark", "mud", "leaf", "chip", "plank", "print", "flow"):
        save(f"particles/{kind}", particle(kind))
    for kind in ("lily", "shell", "pebbles", "star", "flowers", "tuft", "mushroom"):
        save(f"decals/{kind}", decal(kind))


if __name__ == "__main__":
    main()
