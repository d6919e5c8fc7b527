"""Pictures of the courier's town: asphalt, vehicles from above (twice their size, they are turned), houses, stalls, signs, icons."""

from __future__ import annotations

import numpy as np
from art_things import Sketch, crown_of
from art_tools import mix, noise, rgb, save
from PIL import Image

ROOFS = (("#964a44", "#b9604f", "#d8846a"), ("#434765", "#5d6486", "#8089aa"), ("#7c5038", "#a9744d", "#c99664"), ("#5b3f6e", "#7a5a8c", "#9b7dab"))
PAINTS = ("#7fa9c9", "#e6c068", "#9fbf86", "#d98c77", "#c9c3d3", "#6f7fa6")


def asphalt() -> np.ndarray:
    rng = np.random.default_rng(61)
    size = 192
    ground = mix(rgb("#565670"), rgb("#66657d"), noise(size, 46, rng, 2))
    grain = noise(size, 2.2, rng)
    ground = mix(ground, rgb("#7d7a90"), np.where(grain > 0.86, 0.5, 0.0))
    return mix(ground, rgb("#45445d"), np.where(grain < 0.12, 0.5, 0.0))


def paving() -> np.ndarray:
    rng = np.random.default_rng(62)
    size = 192
    ground = mix(rgb("stone_top_dark"), rgb("stone_top"), noise(size, 30, rng, 2))
    y, x = np.mgrid[0:size, 0:size]
    row = y // 16
    joint = (y % 16 < 1) | ((x + 12 * (row % 2)) % 24 < 1)
    return mix(ground, rgb("stone_line"), np.where(joint, 0.55, 0.0))


def car(paint: str, roof_light: str = "#cfe6ee") -> Image.Image:
    s = Sketch(80, 48)
    for x in (20, 58):
        for y in (8, 40):
            s.line([(x - 6, y), (x + 6, y)], 5, "ink")
    s.line([(18, 24), (62, 24)], 30, paint)
    s.line([(18, 16), (62, 16)], 10, "#ffffff", 0.22)
    s.line([(16, 33), (64, 33)], 9, "ink", 0.18)
    s.shape([(50, 13), (57, 16), (57, 32), (50, 35)], "#39465f")
    s.shape([(24, 14), (18, 17), (18, 31), (24, 34)], "#39465f")
    s.shape([(52, 15), (56, 17), (56, 22), (52, 22)], roof_light, 0.8)
    s.line([(28, 24), (46, 24)], 22, paint)
    s.line([(28, 19), (46, 19)], 8, "#ffffff", 0.18)
    for y in (13, 35):
        s.oval(74, y, 2.4, 3.0, "ember")
        s.oval(5, y, 2.0, 3.0, "danger")
    return s.done(1.6)


def van(paint: str, dark: str, light: str, badge: str) -> Image.Image:
    s = Sketch(96, 54)
    for x in (24, 72):
        for y in (8, 46):
            s.line([(x - 7, y), (x + 7, y)], 5, "ink")
    s.line([(24, 27), (74, 27)], 36, paint)
    s.shape([(8, 10), (60, 10), (60, 44), (8, 44)], paint)
    s.shape([(10, 12), (58, 12), (58, 20), (10, 20)], light, 0.8)
    s.shape([(10, 37), (58, 37), (58, 43), (10, 43)], dark, 0.6)
    s.line([(60, 11), (60, 43)], 1.6, dark)
    s.shape([(66, 14), (76, 17), (76, 37), (66, 40)], "#39465f")
    s.shape([(68, 17), (74, 19), (74, 25), (68, 25)], "#cfe6ee", 0.8)
    if badge == "map":  # a dish that listens, and a compass rose
        s.oval(34, 28, 12, 12, "ivory")
        s.oval(34, 28, 9.4, 9.4, dark)
        s.shape([(34, 19.5), (37, 28), (34, 36.5), (31, 28)], "ivory")
        s.shape([(34, 19.5), (37, 28), (31, 28)], "coral")
    else:  # a quill on a sheet
        s.shape([(20, 17), (48, 17), (48, 39), (20, 39)], "ivory")
        for y in (22, 26.5, 31):
            s.line([(24, y), (38, y)], 1.6, "rock")
        s.line([(30, 36), (44, 20)], 2.0, "ink")
        s.shape([(36, 29), (47, 15), (45, 25), (39, 31)], dark)
    for y in (15, 39):
        s.oval(89, y, 2.6, 3.2, "ember")
        s.oval(6, y, 2.0, 3.2, "danger")
    return s.done(1.6)


def scooter() -> Image.Image:
    s = Sketch(76, 44)
    s.line([(12, 22), (64, 22)], 7, "ink")
    s.line([(18, 22), (54, 22)], 14, "coral_dark")
    s.line([(20, 20), (54, 20)], 9, "coral")
    s.line([(56, 10), (52, 22), (56, 34)], 3.6, "ink_soft")
    for y in (10, 34):
        s.oval(56, y, 3.4, 2.6, "ink")
    s.oval(62, 22, 4.0, 4.4, "ember")
    s.shape([(8, 10), (26, 10), (26, 34), (8, 34)], "wood")
    s.shape([(8, 10), (26, 10), (26, 16), (8, 16)], "wood_light")
    s.line([(17, 10), (17, 34)], 3.0, "ivory")
    for y in (14, 30):
        s.line([(40, y), (53, 12 if y < 22 else 32)], 5.0, "teal")
    s.oval(38, 22, 10, 11.5, "teal")
    s.oval(37, 19, 7, 6, "#8fe9dc", 0.6)
    s.oval(42, 22, 8, 8, "ivory")
    s.shape([(45, 15.5), (50, 19), (50, 25), (45, 28.5)], "ink_soft")
    s.line([(36, 22), (44, 22)], 3.0, "coral")
    return s.done(1.6)


def lorry() -> Image.Image:
    s = Sketch(132, 64)
    for x in (26, 44, 104):
        for y in (8, 56):
            s.line([(x - 7, y), (x + 7, y)], 6, "ink")
    s.shape([(6, 9), (90, 9), (90, 55), (6, 55)], "ivory_dim")
    s.shape([(8, 11), (88, 11), (88, 22), (8, 22)], "ivory")
    for x in (24, 42, 60, 78):
        s.line([(x, 11), (x, 53)], 1.4, "rock")
    s.shape([(94, 12), (118, 12), (124, 18), (124, 46), (118, 52), (94, 52)], "gold")
    s.shape([(96, 14), (117, 14), (120, 20), (96, 22)], "ember")
    s.shape([(108, 17), (117, 20), (117, 44), (108, 47)], "#39465f")
    for x, y in ((10, 13), (10, 51), (120, 16), (120, 48)):
        s.oval(x, y, 3.2, 3.2, "#ff9a3d")
    return s.done(1.8)


def barrier() -> Image.Image:
    s = Sketch(96, 28)
    for x in (14, 82):
        s.line([(x, 5), (x, 23)], 5, "ink_soft")
    s.line([(8, 14), (88, 14)], 13, "ivory")
    for k in range(5):
        x = 12 + 16 * k
        s.shape([(x, 8), (x + 8, 8), (x + 3, 20), (x - 5, 20)], "danger")
    for x in (10, 86):
        s.oval(x, 14, 4.4, 4.4, "#ff9a3d")
        s.oval(x - 1, 12.6, 1.8, 1.8, "foam")
    return s.done(1.4)


def cone() -> Image.Image:
    s = Sketch(28, 28)
    s.oval(14, 15, 9, 8, "#d8622f")
    s.oval(14, 13, 6, 5.4, "ivory")
    s.oval(14, 11.6, 3.6, 3.2, "#ff8a4c")
    return s.done(1.2)


def parcel(size: int = 44) -> Image.Image:
    s = Sketch(size, size)
    c = size / 2
    s.shape([(c - 15, c - 7), (c, c - 14), (c + 15, c - 7), (c, c)], "wood_light")
    s.shape([(c - 15, c - 7), (c, c), (c, c + 16), (c - 15, c + 8)], "wood")
    s.shape([(c + 15, c - 7), (c, c), (c, c + 16), (c + 15, c + 8)], "wood_dark")
    s.shape([(c - 9.5, c - 9.6), (c - 5.5, c - 11.4), (c + 9.5, c - 4.4), (c + 5.5, c - 2.6)], "coral")
    s.shape([(c + 9.5, c - 4.4), (c + 5.5, c - 2.6), (c + 5.5, c + 13), (c + 9.5, c + 11.2)], "coral_dark")
    s.line([(c - 12, c + 4), (c - 7, c + 6.4)], 1.6, "ivory")
    return s.done(1.2)


def house(kind: int, lit: bool) -> Image.Image:
    """Seen from above and in front: a roof, below it the front with windows.  lit: only the light in the windows."""
    rng = np.random.default_rng(70 + kind)
    wide = (92, 76, 108, 84, 100, 72, 88, 116)[kind]
    dark, middle, light = ROOFS[kind % 4]
    s = Sketch(wide + 8, 98)
    left, right, top, eaves, foot = 6.0, wide + 2.0, 8.0, 58.0, 90.0
    wall, shade = (("plaster", "plaster_dark"), ("ivory", "stone_top_dark"), ("#d9a98f", "#b98775"), ("#c9d2c4", "#9fae9f"))[kind // 2]
    windows = [(left + 12 + k * 20.0, 68.0) for k in range(int((right - left - 14) // 20))]
    door = windows.pop(int(rng.integers(len(windows))))
    if not lit:
        s.shape([(left + 3, eaves - 4), (right - 3, eaves - 4), (right - 3, foot), (left + 3, foot)], wall)
        s.shape([(left + 3, eaves - 4), (right - 3, eaves - 4), (right - 3, eaves + 5), (left + 3, eaves + 5)], shade)
        s.line([(left + 4, foot - 1), (right - 4, foot - 1)], 2.4, shade)
        hip = 12.0 if kind % 3 else 0.0
        ridge = top + 16
        s.shape([(left, eaves), (left + hip, ridge), (right - hip, ridge), (right, eaves)], middle)
        s.shape([(left + hip * 0.6, ridge), (left + hip, top + 1), (right - hip, top + 1), (right - hip * 0.6, ridge)], light)
        if hip:
            s.shape([(left, eaves), (left + hip * 0.6, ridge - 1), (left + hip + 3, ridge)], dark, 0.55)
            s.shape([(right, eaves), (right - hip * 0.6, ridge - 1), (right - hip - 3, ridge)], dark, 0.75)
        s.line([(left + hip, ridge), (right - hip, ridge)], 2.2, dark)
        y = ridge + 8
        while y < eaves - 2:
            for x in np.arange(left + 5 + float(rng.uniform(0, 4)), right - 4, 9.0):
                if left + hip * (eaves - y) / (eaves - ridge) + 2 < x < right - hip * (eaves - y) / (eaves - ridge) - 4:
                    s.line([(x, y), (x + 4, y)], 1.5, dark if rng.random() < 0.7 else light, 0.8)
            y += 8
        s.line([(left, eaves), (right, eaves)], 3.0, dark)
        if kind % 2 == 0:
            x = right - 26
            s.shape([(x, top - 4), (x + 11, top - 4), (x + 11, ridge + 6), (x, ridge + 6)], "stone_face_dark")
            s.shape([(x, top - 4), (x + 11, top - 4), (x + 11, top + 1), (x, top + 1)], "ink_soft")
        else:
            x = left + (right - left) * 0.4
            s.shape([(x - 9, eaves - 10), (x, eaves - 24), (x + 9, eaves - 10)], light)
            s.shape([(x - 6, eaves - 10), (x + 6, eaves - 10), (x + 6, eaves - 2), (x - 6, eaves - 2)], wall)
            s.shape([(x - 3, eaves - 10), (x + 3, eaves - 10), (x + 3, eaves - 4), (x - 3, eaves - 4)], "ink_soft")
        s.shape([(door[0] - 6, 68), (door[0] + 6, 68), (door[0] + 6, foot), (door[0] - 6, foot)], "wood_dark")
        s.shape([(door[0] - 4, 70), (door[0] + 4, 70), (door[0] + 4, foot), (door[0] - 4, foot)], ("#7a4a5a", "teal", "wood", "coral_dark")[kind % 4])
        s.oval(door[0] + 2.4, 81, 1.0, 1.0, "gold")
        for x, y in windows:
            s.shape([(x - 7, y - 2), (x + 7, y - 2), (x + 7, y + 13), (x - 7, y + 13)], "ivory" if kind // 2 != 1 else "wood_light")
            s.shape([(x - 5, y), (x + 5, y), (x + 5, y + 11), (x - 5, y + 11)], "#4b5878")
            s.shape([(x - 5, y), (x + 1, y), (x - 5, y + 7)], "#8ea6c4", 0.7)
            s.line([(x - 7, y + 14), (x + 7, y + 14)], 2.4, ("coral_light", "leaf_light", "gold", "#b18cff")[(kind + round(x)) % 4])
        if kind in (2, 7):
            for k in range(int((right - left - 8) // 9)):
                x = left + 4 + 9 * k
                s.shape([(x, eaves + 2), (x + 9, eaves + 2), (x + 9, eaves + 9), (x + 4.5, eaves + 11.5), (x, eaves + 9)], ("coral", "ivory")[k % 2])
        return s.done(1.1)
    for x, y in windows:
        if rng.random() < 0.75:
            s.shape([(x - 5, y), (x + 5, y), (x + 5, y + 11), (x - 5, y + 11)], "#ffca6b")
            s.oval(x, y + 6, 11, 11, "#ff9d3d", 0.16)
    return s.done(0.0)


def stall(kind: int) -> Image.Image:
    s = Sketch(62, 52)
    tone = ("coral", "teal", "gold")[kind]
    s.shape([(8, 34), (54, 34), (52, 46), (10, 46)], "wood_dark")
    s.shape([(8, 30), (54, 30), (54, 36), (8, 36)], "wood")
    rng = np.random.default_rng(90 + kind)
    for _ in range(16):
        s.oval(float(rng.uniform(12, 50)), float(rng.uniform(27, 33)), 2.8, 2.6, ("#ff4f6d", "ember", "leaf_glow", "#ffb347")[int(rng.integers(4))])
    for k in range(6):
        x = 5 + 8.7 * k
        s.shape([(x + 2, 8), (x + 9.5, 8), (x + 8.7, 26), (x + 4.3, 29), (x, 26)], tone if k % 2 == 0 else "ivory")
    s.line([(6, 8), (57, 8)], 2.6, "wood")
    return s.done(1.1)


def tree(kind: int) -> Image.Image:
    """A round street tree, smaller than those of the islands."""
    rng = np.random.default_rng(95 + kind)
    s = Sketch(58, 66)
    s.shape([(26, 62), (27, 42), (32, 42), (33, 62)], "hair")
    tones = (("leaf_dark", "leaf", "leaf", "leaf_light", "leaf_glow"), ("leaf_dark", "grass_dark", "grass", "grass_light", "leaf_glow"),
             ("#7c4a3a", "#a9623f", "#c98545", "#e2a854", "#f1c872"))[kind]
    crown_of(s, 29, 32, 22, rng, tones[:2])
    crown_of(s, 29, 28, 21, rng, tones)
    return s.done(1.0, "leaf_dark" if kind < 2 else "#5a352f")


def fountain() -> Image.Image:
    s = Sketch(84, 76)
    s.oval(42, 46, 36, 25, "stone_face_dark")
    s.oval(42, 42, 36, 25, "stone_top")
    s.oval(42, 42, 30, 20, "shallow")
    s.oval(42, 40, 24, 14, "shallow_light", 0.5)
    s.oval(42, 38, 9, 6.5, "stone_face")
    s.line([(42, 38), (42, 20)], 5, "stone_top")
    for dx in (-9, -4, 4, 9):
        s.line([(42, 18), (42 + dx, 24), (42 + 1.4 * dx, 36)], 1.8, "foam", 0.8)
    s.oval(42, 18, 5, 4, "foam")
    return s.done(1.1)


def icon(kind: str) -> Image.Image:
    if kind == "parcel":
        return parcel(36)
    s = Sketch(32, 32)
    if kind == "barrier":
        s.line([(8, 18), (6, 28)], 2.6, "ivory_dim")
        s.line([(24, 18), (26, 28)], 2.6, "ivory_dim")
        s.line([(4, 13), (28, 13)], 8, "ivory")
        for x in (6, 14, 22):
            s.shape([(x + 1, 9), (x + 5, 9), (x + 2, 17), (x - 2, 17)], "danger")
    elif kind == "lorry":
        s.shape([(3, 8), (19, 8), (19, 22), (3, 22)], "ivory")
        s.shape([(20, 12), (26, 12), (30, 17), (30, 22), (20, 22)], "gold")
        s.shape([(22, 14), (25.5, 14), (27.5, 17), (22, 17)], "#39465f")
        for x in (9, 24):
            s.oval(x, 23, 4, 4, "ink")
            s.oval(x, 23, 1.8, 1.8, "ivory_dim")
    elif kind == "scooter":
        s.line([(7, 23), (14, 23), (20, 16), (24, 8)], 4, "coral")
        s.line([(21, 8), (27, 9)], 2.6, "ivory")
        s.shape([(3, 8), (14, 8), (14, 18), (3, 18)], "wood_light")
        s.line([(8.5, 8), (8.5, 18)], 2.4, "ivory")
        for x in (8, 25):
            s.oval(x, 25, 5, 5, "ink")
            s.oval(x, 25, 2.4, 2.4, "ivory_dim")
        s.line([(24, 9), (25, 24)], 2.6, "ivory_dim")
    return s.done(1.0)


def main() -> None:
    save("ground/asphalt", asphalt(), 16)
    save("ground/paving", paving(), 16)
    for k, paint in enumerate(PAINTS):
        save(f"courier/car_{k}", car(paint))
    save("courier/atlas", van("#8d6fd1", "#4b3683", "#b18cff", "map"))
    save("courier/quill", van("#e0699f", "#8f3565", "#ff9ccd", "sheet"))
    save("courier/scooter", scooter())
    save("courier/lorry", lorry())
    save("courier/barrier", barrier())
    save("courier/cone", cone())
    save("courier/parcel", parcel())
    save("courier/fountain", fountain())
    for k in range(8):
        save(f"courier/house_{k}", house(k, False))
        save(f"courier/house_{k}_lit", house(k, True))
    for k in range(3):
        save(f"courier/stall_{k}", stall(k))
        save(f"courier/tree_{k}", tree(k))
    for kind in ("barrier", "lorry", "parcel", "scooter"):
        save(f"icons/{kind}", icon(kind))


if __name__ == "__main__":
    main()
