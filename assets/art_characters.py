"""Sprite sheets of the player and of the hunters: 8 directions (rows, E SE S SW W NW N NE) by 10 frames.

Frames: 0 stand, 1 blink, 2-7 walk, 8 dash, 9 slide.  A figure is a stack of ellipses seen from above and in front: a point
(x, y on the ground, z up) stands at (x, 0.72 y − z) on the picture.  Hunters come as a base and a mask that the game tints.
"""

from __future__ import annotations

import math

import numpy as np
from art_tools import rgb, save
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 64, 76
FOOT = (32.0, 58.0)
DIRECTIONS, FRAMES = 8, 10
SUPER = 4
DEPTH = 0.72

Colour = tuple[int, int, int]


class Figure:
    """Paints one frame: where things are in the body's own axes, what is nearer is painted later."""

    def __init__(self, facing_rad: float, lean: float, bob: float) -> None:
        self.image = Image.new("RGBA", (WIDTH * SUPER, HEIGHT * SUPER))
        self.draw = ImageDraw.Draw(self.image)
        self.cos, self.sin = math.cos(facing_rad), math.sin(facing_rad)
        self.facing, self.lean, self.bob = facing_rad, lean, bob

    def place(self, forward: float, side: float, z: float) -> tuple[float, float]:
        """Picture px of a point: `forward` along the view, `side` to the right hand, `z` up."""
        forward += self.lean * z
        x = forward * self.cos - side * self.sin
        y = forward * self.sin + side * self.cos
        return (FOOT[0] + x) * SUPER, (FOOT[1] + DEPTH * y - z - (self.bob if z > 4 else 0)) * SUPER

    def blob(self, forward: float, side: float, z: float, rx: float, ry: float, colour: Colour) -> None:
        x, y = self.place(forward, side, z)
        self.draw.ellipse((x - rx * SUPER, y - ry * SUPER, x + rx * SUPER, y + ry * SUPER), fill=(*colour, 255))

    def cone(self, z0: float, z1: float, r0: float, r1: float, dark: Colour, light: Colour, swell: float = 0.0) -> None:
        """A shaded bell: slices from below to above, the lit side to the upper left."""
        steps = 26
        for k in range(steps + 1):
            u = k / steps
            z, radius = z0 + (z1 - z0) * u, r0 + (r1 - r0) * u + swell * math.sin(math.pi * u)
            x, y = self.place(0, 0, z)
            for inset, share in ((0.0, 0.0), (0.16, 0.35), (0.34, 0.7), (0.55, 1.0)):
                tone = mixed(dark, light, share * (0.55 + 0.45 * u))
                rx, ry, dx = radius * (1 - inset) * SUPER, radius * DEPTH * (1 - inset) * SUPER, -radius * inset * 0.55 * SUPER
                self.draw.ellipse((x + dx - rx, y - ry, x + dx + rx, y + ry), fill=(*tone, 255))

    def toward(self, offset_rad: float = 0.0) -> float:
        """How much a side of the body at that angle faces us: 1 full, −1 away."""
        return math.sin(self.facing + offset_rad)


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def colour(name: str) -> Colour:
    return tuple(int(v) for v in rgb(name))  # type: ignore[return-value]


def pose(frame: int) -> dict[str, float]:
    """What a frame looks like: stride −1..1, lift, lean, spread arms, blink."""
    walk = {"stride": 0.0, "bob": 0.0, "lean": 0.0, "arms": 0.0, "blink": 0.0, "wave": 0.0}
    if frame == 1:
        walk["blink"] = 1.0
    if 2 <= frame <= 7:
        phase = (frame - 2) / 6 * 2 * math.pi
        walk |= {"stride": math.sin(phase), "bob": 1.6 * abs(math.cos(phase)), "lean": 0.10, "wave": math.sin(phase + 0.8)}
    if frame == 8:
        walk |= {"stride": 1.2, "bob": 1.0, "lean": 0.34, "wave": 0.4, "arms": -0.6}
    if frame == 9:
        walk |= {"stride": 0.5, "lean": -0.08, "arms": 1.0, "wave": -0.3}
    return walk


def feet(figure: Figure, p: dict[str, float], boot: Colour) -> None:
    for side, swing in ((-4.6, p["stride"]), (4.6, -p["stride"])):
        figure.blob(7.0 * swing, side, 1.0 + 2.0 * max(0.0, swing), 4.4, 3.6, boot)


def hands(figure: Figure, p: dict[str, float], sleeve: Colour, skin: Colour, front: bool) -> None:
    for side, swing in ((-1, -p["stride"]), (1, p["stride"])):
        near = side * figure.cos  # the hand on our side of the body
        if (near > -0.2) != front:
            continue
        reach = 10.0 + 4.5 * max(p["arms"], 0.0)
        forward = 5.5 * swing - 5.0 * max(-p["arms"], 0.0)
        z = 15.0 + 4.0 * abs(p["arms"])
        figure.blob(forward * 0.6, side * (reach - 2.0), z + 2.5, 4.1, 4.1, sleeve)
        figure.blob(forward, side * reach, z, 3.0, 2.8, skin)


def scarf_tail(figure: Figure, p: dict[str, float], dark: Colour, light: Colour) -> None:
    length = 5 if p["lean"] < 0.2 else 8
    for k in range(length, -1, -1):
        figure.blob(-7.0 - 2.4 * k, (1.6 + 0.5 * k) * p["wave"] + 1.5, 24.0 - 0.75 * k - 1.2 * abs(p["wave"]), 4.3 - 0.3 * k, 3.1 - 0.2 * k, mixed(light, dark, k / 9))


def player(facing: float, frame: int) -> Image.Image:
    p = pose(frame)
    f = Figure(facing, p["lean"], p["bob"])
    coral, dark, light = colour("coral"), colour("coral_dark"), colour("coral_light")
    away = f.toward() < -0.25
    feet(f, p, colour("hair"))
    hands(f, p, dark, colour("skin"), front=False)
    if not away:
        scarf_tail(f, p, colour("ivory_dim"), colour("ivory"))
    f.cone(7, 24, 11.8, 7.6, mixed(dark, coral, 0.45), mixed(coral, light, 0.5), swell=1.0)
    if f.toward() > -0.1:  # tunic between the cloak's edges
        for k in range(7):
            f.blob(10.4 - 0.55 * k, 0, 5.0 + 2.3 * k, 3.2 - 0.22 * k, 2.6, mixed(colour("plaster"), colour("ivory"), k / 6))
        f.blob(9.2, 0, 11.5, 3.3, 1.4, colour("gold"))
    hands(f, p, coral, colour("skin"), front=True)
    f.cone(22, 26, 8.6, 7.4, colour("ivory_dim"), colour("ivory"))
    if away:
        scarf_tail(f, p, colour("ivory_dim"), colour("ivory"))
    head(f, p)
    return outlined(f.image)


def head(f: Figure, p: dict[str, float]) -> None:
    hair, skin, z = colour("hair"), colour("skin"), 33.0
    f.blob(0, 0, z, 10.2, 9.8, hair)
    f.blob(-1.5, -2.2, z + 3, 6.5, 5.0, mixed(hair, colour("coral_dark"), 0.25))
    if f.toward() > -0.65:
        f.blob(3.4, 0, z - 1.6, 8.0 * max(0.55, 1 - 0.25 * abs(f.cos)), 7.2, skin)
        for side in (-1, 1):
            f.blob(2.6, side * 6.0, z - 2.6, 1.8, 1.5, mixed(skin, colour("coral"), 0.4)) if f.toward(side * 0.8) > 0.1 else None
    for side in (-1, 1):
        if f.toward(side * 0.45) > -0.22:
            eye = (8.4, side * 3.5, z - 1.0)
            if p["blink"]:
                f.blob(*eye, 1.8, 0.6, hair)
            else:
                f.blob(*eye, 1.6, 2.3, colour("ink"))
                x, y = f.place(*eye)
                f.draw.ellipse((x - 1.2 * SUPER, y - 1.8 * SUPER, x, y - 0.6 * SUPER), fill=(255, 255, 255, 255))
    for forward, side, size in ((3.5, -4.0, 4.6), (4.4, 0.5, 4.4), (3.0, 4.6, 4.2), (-2.0, 0.0, 5.0)):  # fringe
        f.blob(forward, side, z + 6.6 - 0.25 * abs(side), size, 2.9, hair)
    f.blob(-1.0, -3.5, z + 8.0, 3.2, 1.5, mixed(hair, colour("coral_light"), 0.35))


def hunter(facing: float, frame: int, trim: Colour) -> Image.Image:
    p = pose(frame)
    f = Figure(facing, p["lean"] * 1.2, p["bob"])
    dark, mid, light = colour("violet_dark"), colour("violet"), colour("violet_light")
    feet(f, p, colour("violet_light"))
    hands(f, p, dark, colour("ink_soft"), front=False)
    f.cone(6, 9, 12.8, 12.2, mixed(trim, (0, 0, 0), 0.25), trim)
    f.cone(8, 26, 12.2, 7.0, dark, mixed(mid, light, 0.3), swell=0.8)
    hands(f, p, mid, colour("ink_soft"), front=True)
    f.cone(23, 27, 9.0, 8.2, mixed(trim, (0, 0, 0), 0.3), trim)
    z = 33.0
    for k in range(9, -1, -1) if f.toward() > 0 else range(10):  # the hood runs out into a point behind
        f.blob(-3.0 - 1.35 * k, 0, z + 2.5 + 0.55 * k - 0.10 * k * k, 9.6 - 0.92 * k, 9.2 - 0.9 * k, mixed(mid, dark, k / 9))
    f.blob(0, 0, z, 10.6, 10.4, mid)
    f.blob(-1.2, -2.6, z + 3.4, 6.6, 5.2, mixed(mid, light, 0.45))
    if f.toward() > -0.55:
        squeeze = max(0.6, 1 - 0.3 * abs(f.cos))
        f.blob(3.9, 0, z - 1.0, 8.2 * squeeze, 8.2, mixed(trim, dark, 0.35))
        f.blob(4.6, 0, z - 1.4, 7.0 * squeeze, 7.0, colour("ink"))
    for side in (-1, 1):
        if f.toward(side * 0.5) > -0.2:
            if p["blink"]:
                f.blob(8.2, side * 3.4, z - 1.0, 2.0, 0.6, colour("gold_dark"))
            else:
                f.blob(8.2, side * 3.4, z - 1.0, 2.3, 1.9, colour("gold_dark"))
                f.blob(8.2, side * 3.4, z - 0.9, 1.7, 1.4, colour("ember"))
    return outlined(f.image)


def outlined(image: Image.Image) -> Image.Image:
    """The figure with a thin ink line round it, at its final size."""
    alpha = image.getchannel("A")
    rim = alpha.filter(ImageFilter.MaxFilter(2 * (SUPER + 1) + 1)).filter(ImageFilter.GaussianBlur(1.2))
    ink = Image.merge("RGBA", [*[Image.new("L", image.size, value) for value in colour("ink")], rim])
    ink.alpha_composite(image)
    return ink.resize((WIDTH, HEIGHT), Image.Resampling.BOX)


def sheet(paint: object) -> Image.Image:
    picture = Image.new("RGBA", (WIDTH * FRAMES, HEIGHT * DIRECTIONS))
    for row in range(DIRECTIONS):
        for column in range(FRAMES):
            picture.paste(paint(row * math.pi / 4, column), (column * WIDTH, row * HEIGHT))  # type: ignore[operator]
    return picture


def main() -> None:
    save("actors/player", sheet(player))
    base = sheet(lambda facing, frame: hunter(facing, frame, (0, 0, 0)))
    lit = sheet(lambda facing, frame: hunter(facing, frame, (255, 255, 255)))
    share = np.asarray(lit, dtype=np.int16)[..., :3].mean(axis=2) - np.asarray(base, dtype=np.int16)[..., :3].mean(axis=2)
    save("actors/hunter", base)
    save("actors/hunter_trim", Image.fromarray(np.clip(share, 0, 255).astype(np.uint8)))


if __name__ == "__main__":
    main()
