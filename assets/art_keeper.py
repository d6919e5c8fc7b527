"""Pictures of Safe Hands: the keeper and the thrower from the side at twice the size, the ball, icons, clouds and stars.

Figures are those of `art_characters`, with arms that reach.  Keeper: rows W and E; frames 0 stand, 1 blink, 2-7 run, 8 reach, 9 leap,
10 caught, 11 beaten.  Thrower: frames 0 stand, 1 blink, 2 arm back, 3 arm forward, 4 kick, 5 cheer, 6 sorry.
"""

from __future__ import annotations

import math

import numpy as np
from art_characters import SUPER, Colour, Figure, colour, feet, head, mixed, pose, scarf_tail
from art_things import Sketch, glow
from art_tools import noise, rgb, save
from PIL import Image, ImageFilter

CELL = (128, 152)
"""Twice the cell of `art_characters`; the foot stands at (64, 116)."""
TRIM = "teal"

Hand = tuple[float, float, float]
"""forward, side, up in the body's own axes."""


def arm(f: Figure, shoulder: Hand, hand: Hand, sleeve: Colour, skin: Colour, glove: float = 3.6) -> None:
    """A sleeve from shoulder to wrist, and a hand."""
    for k in range(7):
        u = k / 7
        at = tuple(a + (b - a) * u for a, b in zip(shoulder, hand, strict=True))
        f.blob(*at, 4.4 - 1.0 * u, 4.2 - 0.9 * u, sleeve)
    f.blob(*hand, glove, glove * 0.94, skin)
    f.blob(hand[0] + 0.5, hand[1] - 0.9, hand[2] + 0.9, glove * 0.42, glove * 0.36, mixed(skin, (255, 255, 255), 0.45))


def keeper(facing: float, frame: int) -> Image.Image:
    p = pose(frame if frame <= 7 else 0)
    if frame == 9:
        p |= {"stride": 0.7, "bob": 3.0}
    if frame == 11:
        p |= {"lean": 0.16, "blink": 1.0}
    f = Figure(facing, p["lean"] * 1.2, p["bob"])
    dark, mid, light, trim, glove = colour("violet_dark"), colour("violet"), colour("violet_light"), colour(TRIM), colour("ember")
    hands: dict[int, tuple[Hand, Hand]] = {8: ((11, -7, 44), (-1, 8, 46)), 9: ((9, -6, 47), (-2, 7, 48)), 10: ((4, -15, 44), (4, 15, 44)),
                                           11: ((6, -10, 8), (6, 10, 8))}
    swing = p["stride"]
    left, right = hands.get(frame, ((6.5 - 5 * swing, -12.5, 18), (6.5 + 5 * swing, 12.5, 18)))
    feet(f, p, mixed(light, mid, 0.3))
    near_first = f.cos >= 0  # the hand on the far side of the body is painted first
    far, near = (left, right) if near_first else (right, left)
    arm(f, (0, 8 * math.copysign(1, far[1]), 23), far, dark, mixed(glove, dark, 0.25))
    if frame == 10:
        arm(f, (0, 9 * math.copysign(1, near[1]), 23), near, dark, glove)
    f.cone(6, 9, 12.8, 12.2, mixed(trim, (0, 0, 0), 0.25), trim)
    f.cone(8, 26, 12.2, 7.0, dark, mixed(mid, light, 0.3), swell=0.8)
    f.cone(23, 27, 9.0, 8.2, mixed(trim, (0, 0, 0), 0.3), trim)
    if frame not in (8, 9, 10):
        arm(f, (1, 7 * math.copysign(1, near[1]), 22), near, mid, glove)
    z = 33.0 - (2.0 if frame == 11 else 0.0)
    for k in range(9, -1, -1) if f.toward() > 0 else range(10):
        f.blob(-3.0 - 1.35 * k, 0, z + 2.5 + 0.55 * k - 0.10 * k * k, 9.6 - 0.92 * k, 9.2 - 0.9 * k, mixed(mid, dark, k / 9))
    f.blob(0, 0, z, 10.6, 10.4, mid)
    f.blob(-1.2, -2.6, z + 3.4, 6.6, 5.2, mixed(mid, light, 0.45))
    squeeze = max(0.6, 1 - 0.3 * abs(f.cos))
    f.blob(3.9, 0, z - 1.0, 8.2 * squeeze, 8.2, mixed(trim, dark, 0.35))
    f.blob(4.6, 0, z - 1.4, 7.0 * squeeze, 7.0, colour("ink"))
    for side in (-1, 1):
        if f.toward(side * 0.5) > -0.2:
            up = 2.2 if frame in (8, 9) else 0.0
            if p["blink"]:
                f.blob(8.2, side * 3.4, z - 1.0, 2.0, 0.6, colour("gold_dark"))
            else:
                f.blob(8.2, side * 3.4, z - 1.0 + up, 2.3, 1.9, colour("gold_dark"))
                f.blob(8.2, side * 3.4, z - 0.9 + up, 1.7, 1.4, colour("ember"))
    if frame in (8, 9):
        arm(f, (1, 7 * math.copysign(1, near[1]), 22), near, mid, glove)
    return outlined(f.image)


def thrower(facing: float, frame: int) -> Image.Image:
    p = pose(frame if frame <= 1 else 0)
    more = {2: {"lean": -0.16}, 3: {"lean": 0.18, "stride": 0.5}, 4: {"lean": -0.10, "stride": 0.0}, 5: {"bob": 3.0}, 6: {"lean": 0.12, "blink": 1.0}}
    p |= more.get(frame, {})
    f = Figure(facing, p["lean"], p["bob"])
    coral, dark, light, skin = colour("coral"), colour("coral_dark"), colour("coral_light"), colour("skin")
    hands: dict[int, tuple[Hand, Hand]] = {2: ((12, -8, 27), (-14, 6, 35)), 3: ((-4, -10, 16), (19, 5, 31)), 4: ((-8, -11, 25), (8, 11, 25)),
                                           5: ((3, -15, 44), (3, 15, 44)), 6: ((5, -9, 9), (5, 9, 9))}
    left, right = hands.get(frame, ((2.0, -12.0, 14), (2.0, 12.0, 14)))
    if frame == 4:
        f.blob(-2, -4.6, 1.0, 4.4, 3.6, colour("hair"))
        for k in range(6):
            f.blob(3 + 2.6 * k, 4.6, 8 + 0.6 * k, 3.4, 3.2, mixed(colour("plaster"), colour("hair"), min(1.0, k / 4)))
        f.blob(19, 4.6, 12.0, 4.8, 3.8, colour("hair"))
    else:
        feet(f, p, colour("hair"))
    arm(f, (0, -7, 22), left, dark, mixed(skin, dark, 0.15), 3.0)
    scarf_tail(f, p, colour("ivory_dim"), colour("ivory"))
    f.cone(7, 24, 11.8, 7.6, mixed(dark, coral, 0.45), mixed(coral, light, 0.5), swell=1.0)
    for k in range(7):
        f.blob(10.4 - 0.55 * k, 0, 5.0 + 2.3 * k, 3.2 - 0.22 * k, 2.6, mixed(colour("plaster"), colour("ivory"), k / 6))
    f.blob(9.2, 0, 11.5, 3.3, 1.4, colour("gold"))
    arm(f, (1, 7, 22) if frame != 5 else (0, 9, 22), right, coral, skin, 3.1)
    f.cone(22, 26, 8.6, 7.4, colour("ivory_dim"), colour("ivory"))
    head(f, p)
    return outlined(f.image)


def outlined(image: Image.Image) -> Image.Image:
    """The figure with an ink line round it, at its final size."""
    alpha = image.getchannel("A")
    rim = alpha.filter(ImageFilter.MaxFilter(2 * SUPER + 1)).filter(ImageFilter.GaussianBlur(1.2))
    ink = Image.merge("RGBA", [*[Image.new("L", image.size, value) for value in colour("ink")], rim])
    ink.alpha_composite(image)
    return ink.resize(CELL, Image.Resampling.LANCZOS)


def sheet(rows: list[list[Image.Image]]) -> Image.Image:
    picture = Image.new("RGBA", (CELL[0] * len(rows[0]), CELL[1] * len(rows)))
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            picture.paste(cell, (c * CELL[0], r * CELL[1]))
    return picture


def ball() -> Image.Image:
    """A leather ball of 56 px with two seams, so that its spin shows."""
    s = Sketch(60, 60)
    s.oval(30, 30, 27, 27, "coral_dark")
    s.oval(29, 29, 25.5, 25.5, "coral")
    s.oval(24, 22, 16, 14, "coral_light", 0.55)
    for bend in (-1, 1):
        s.line([(30 + bend * (7 + 15 * math.cos(a)), 30 + 25.5 * math.sin(a)) for a in np.linspace(-1.25, 1.25, 15)], 2.6, "ivory")
        s.line([(30 + bend * (7 + 15 * math.cos(a)) + 1.2, 30 + 25.5 * math.sin(a)) for a in np.linspace(-1.2, 1.2, 15)], 0.9, "coral_dark", 0.7)
    s.oval(20, 17, 5, 3.6, "foam", 0.85)
    return s.done(1.3)


def icon(kind: str) -> Image.Image:
    s = Sketch(32, 32)
    if kind == "keeper":
        s.oval(16, 13, 11, 11, "violet")
        s.shape([(6, 12), (2, 22), (9, 20)], "violet")
        s.oval(17, 15, 8.2, 8, "teal")
        s.oval(17, 15, 7, 7, "ink")
        for x in (14, 20):
            s.oval(x, 15, 1.9, 1.6, "ember")
        for x in (6, 26):
            s.oval(x, 26, 4.6, 4.2, "ember")
            s.oval(x - 1, 25, 1.7, 1.4, "foam")
    elif kind == "throw":
        s.line([(5, 27), (13, 20), (20, 18)], 6, "coral")
        s.oval(20.5, 17.5, 4, 3.6, "skin")
        s.oval(25, 8, 5, 5, "coral_light")
        s.line([(14, 9), (18, 8)], 1.5, "ivory")
        s.line([(12, 13), (17, 12.4)], 1.5, "ivory")
    elif kind == "kick":
        s.line([(7, 4), (11, 16)], 6.5, "plaster")
        s.shape([(7, 16), (14, 14), (23, 20), (23, 25), (8, 25)], "hair")
        s.oval(27, 13, 4.2, 4.2, "coral_light")
    else:
        s.line([(3, 26), (29, 26)], 3.2, "wood")
        s.oval(18, 17, 7.2, 7.2, "coral")
        s.oval(16, 14.6, 3.2, 2.6, "coral_light")
        s.line([(3, 14), (8, 14)], 1.6, "ivory")
        s.line([(5, 19), (9, 19)], 1.6, "ivory")
    return s.done(1.2)


def cloud(seed: int) -> Image.Image:
    """A flat-bottomed cloud in two tones, 260 × 96 px."""
    rng = np.random.default_rng(seed)
    s = Sketch(260, 96)
    lumps = [(x, 70 - 34 * math.sin(math.pi * (x - 20) / 220) ** 1.4 + rng.uniform(-6, 6), rng.uniform(18, 30)) for x in np.linspace(42, 218, 10)]
    s.oval(130, 64, 104, 24, "ivory_dim")
    for x, y, r in lumps:
        s.oval(x, y, r * 1.25, r, "ivory_dim")
    for x, y, r in lumps:
        s.oval(x - 3, y - 6, r * 1.1, r * 0.8, "ivory")
    s.oval(130, 58, 84, 18, "ivory")
    s.oval(130, 76, 112, 13, "ivory_dim")
    return s.done(0.0)


def hill(seed: int, size: tuple[int, int]) -> Image.Image:
    """A range of hills, lit from the left, opaque below its crest; grey, for the game to tint."""
    width, height = size
    crest = 0.55 * noise(width, 0.35 * width, np.random.default_rng(seed), 3)[0] + 0.16 * noise(width, 0.06 * width, np.random.default_rng(seed + 1), 2)[0]
    top = height * (1.0 - 0.25 - crest)
    slope = np.gradient(top)
    y = np.arange(height)[:, None]
    light = np.clip(0.55 + 0.45 * slope[None, :] - 0.004 * (y - top[None, :]), 0, 1)[..., None]
    colours = (rgb("ivory_dim") * 0.85) * (1 - light) + rgb("foam") * light
    alpha = np.clip(y - top[None, :] + 0.5, 0, 1) * 255
    return Image.fromarray(np.dstack([colours, alpha]).clip(0, 255).astype(np.uint8), "RGBA")


def main() -> None:
    west, east, south = math.pi * 0.93, math.pi * 0.07, math.pi / 2
    def facing(side: float, frame: int) -> float:
        return south if frame in (10, 11) else side
    save("actors/keeper", sheet([[keeper(facing(side, frame), frame) for frame in range(12)] for side in (west, east)]))
    save("actors/thrower", sheet([[thrower(south if frame == 5 else east, frame) for frame in range(7)]]))
    save("things/ball", ball())
    for kind in ("keeper", "throw", "kick", "roll"):
        save(f"icons/{kind}", icon(kind))
    for k in range(3):
        save(f"things/cloud_{k}", cloud(40 + k))
    for k, size in enumerate(((1400, 240), (1400, 150))):
        save(f"things/hills_{k}", hill(60 + 7 * k, size))
    save("things/sun", glow(320, 0.9))


if __name__ == "__main__":
    main()
