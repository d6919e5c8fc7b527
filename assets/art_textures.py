"""Seamless ground textures, 192 px square (four tiles), and the frames of moving water."""

from __future__ import annotations

import numpy as np
from art_tools import Field, cells, mix, noise, rgb, rgba, save, scattered, wrapped
from PIL import Image, ImageDraw

SIZE = 192
FRAMES = 8


def layered(names: tuple[str, str, str], rng: np.random.Generator, scale_px: float) -> Field:
    """Three palette colours, dark to light, blended by soft noise."""
    dark, middle, light = (rgb(name) for name in names)
    u = noise(SIZE, scale_px, rng, octaves=2)
    picture = mix(dark, middle, np.clip(u * 2.0, 0, 1))
    return mix(picture, light, np.clip(u * 2.0 - 1.0, 0, 1) * 0.7)


def painted(picture: Field, scale: int = 3) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A larger image to paint on with anti-aliasing; `flattened` brings it back."""
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).resize((SIZE * scale, SIZE * scale), Image.Resampling.BICUBIC)
    return image, ImageDraw.Draw(image, "RGBA")


def flattened(image: Image.Image) -> Field:
    return np.asarray(image.resize((SIZE, SIZE), Image.Resampling.BOX), dtype=np.float64)


def grass(rng: np.random.Generator) -> Field:
    image, draw = painted(layered(("grass_dark", "grass", "grass"), rng, 40))
    for x, y in rng.uniform(0, SIZE, (420, 2)):
        shade = rng.choice(["grass_dark", "grass_light", "grass_deep", "grass_light"])
        height, lean = rng.uniform(3, 6.5), rng.uniform(-2, 2)
        for dx, dy in wrapped(SIZE, None):
            a, b = (x + dx) * 3, (y + dy) * 3
            for blade in (-1.4, 0.0, 1.4):
                tip = (a + (blade * 1.7 + lean) * 3, b - height * 3 * (1.0 if blade == 0 else 0.75))
                draw.line([(a + blade * 1.5, b), tip], fill=rgba(shade, 0.5), width=4)
    for x, y in rng.uniform(0, SIZE, (16, 2)):
        petal = rng.choice(["foam", "coral_light", "ember", "ice_light"])
        for dx, dy in wrapped(SIZE, None):
            a, b = (x + dx) * 3, (y + dy) * 3
            for k in range(5):
                angle = k * 2 * np.pi / 5
                draw.ellipse(box(a + 5 * np.cos(angle), b + 5 * np.sin(angle), 3.2), fill=rgba(petal, 0.9))
            draw.ellipse(box(a, b, 2.5), fill=rgba("gold", 1))
    return flattened(image)


def box(x: float, y: float, radius: float, ry: float | None = None) -> tuple[float, float, float, float]:
    return x - radius, y - (ry or radius), x + radius, y + (ry or radius)


def sand(rng: np.random.Generator) -> Field:
    picture = layered(("sand", "sand", "sand_light"), rng, 34)
    warp = noise(SIZE, 30, rng)
    y = np.mgrid[0:SIZE, 0:SIZE][0]
    ripple = np.sin((y / SIZE * 14 + warp * 3.2) * 2 * np.pi)
    picture = mix(picture, rgb("sand_dark"), np.clip(ripple - 0.55, 0, 1) * 0.30)
    picture = mix(picture, rgb("sand_light"), np.clip(-ripple - 0.55, 0, 1) * 0.35)
    image, draw = painted(picture)
    for x, y0 in rng.uniform(0, SIZE, (160, 2)):
        tone = rng.choice(["sand_dark", "sand_wet", "foam"])
        for dx, dy in wrapped(SIZE, None):
            draw.ellipse(box((x + dx) * 3, (y0 + dy) * 3, rng.uniform(1.2, 2.6)), fill=rgba(tone, 0.6))
    return flattened(image)


def road(rng: np.random.Generator) -> Field:
    rows, columns = 12, 10
    points = []
    for r in range(rows):
        for c in range(columns):
            points.append([(c + 0.5 * (r % 2) + rng.uniform(-0.16, 0.16)) * SIZE / columns, (r + 0.5 + rng.uniform(-0.14, 0.14)) * SIZE / rows])
    first, second, which = cells(SIZE, np.array(points) % SIZE)
    gap = second - first
    tone = rng.uniform(0, 1, len(points))[which]
    picture = mix(mix(rgb("road_dark"), rgb("road"), np.clip(tone * 2, 0, 1)), rgb("road_light"), np.clip(tone * 2 - 1, 0, 1))
    height = np.clip(gap / 5.0, 0, 1)
    light = np.roll(height, (1, 1), (0, 1)) - np.roll(height, (-1, -1), (0, 1))
    picture = picture + 34 * light[..., None] * -1.0 + 10 * (noise(SIZE, 4, rng)[..., None] - 0.5)
    return mix(picture, rgb("grout"), np.clip(1.25 - gap / 2.1, 0, 1) * 0.85)


def mud(rng: np.random.Generator) -> Field:
    """Wet lumps with a shine, and puddles that mirror the evening sky."""
    picture = layered(("mud_dark", "mud", "mud_light"), rng, 26)
    bumps = noise(SIZE, 12, rng, octaves=2)
    slope = np.roll(bumps, 2, 0) - np.roll(bumps, -2, 0) + np.roll(bumps, 2, 1) - np.roll(bumps, -2, 1)
    picture = mix(picture, rgb("mud_dark"), np.clip(slope * 1.5, 0, 0.6))
    picture = mix(picture, rgb("mud_light"), np.clip(-slope * 1.3, 0, 0.7))
    depth = noise(SIZE, 30, rng)
    puddle = np.clip((0.28 - depth) * 7, 0, 1)
    picture = mix(picture, mix(rgb("mud_dark"), rgb("sea"), 0.25), puddle * 0.7)
    bank = np.clip(1 - np.abs(depth - 0.29) / 0.022, 0, 1)
    picture = mix(picture, rgb("mud_light"), bank * 0.5)
    sky = np.clip((np.roll(depth, (-4, -3), (0, 1)) - 0.2) * 9, 0, 1) * puddle
    picture = mix(picture, rgb("violet_light") * 0.5 + rgb("mud_gloss") * 0.5, sky * 0.55)
    image, draw = painted(picture)
    for px, py in rng.uniform(0, SIZE, (70, 2)):
        size = rng.uniform(0.8, 1.9)
        for dx, dy in wrapped(SIZE, None):
            a, b = (px + dx) * 3, (py + dy) * 3
            draw.ellipse(box(a, b, size * 4.2, size * 2.2), fill=rgba("mud_gloss", 0.35))
            draw.ellipse(box(a - 2, b - 1, size * 1.8, size * 1.0), fill=rgba("foam", 0.5))
    return flattened(image)


def ice(rng: np.random.Generator) -> Field:
    picture = mix(layered(("ice_dark", "ice", "ice_light"), rng, 60), rgb("ice"), 0.35)
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    sheen = np.sin(((x + y) / SIZE * 3 + 0.5 * noise(SIZE, 60, rng)) * 2 * np.pi)
    picture = mix(picture, rgb("ice_light"), np.clip(sheen - 0.55, 0, 1) * 1.6 * np.clip((noise(SIZE, 34, rng) - 0.5) * 5, 0, 0.9))
    first, second, _ = cells(SIZE, scattered(SIZE, 15, rng))
    jitter = noise(SIZE, 10, rng) * 5
    broken = np.clip((noise(SIZE, 42, rng) - 0.22) * 6, 0, 1)
    crack = np.clip(1.0 - np.abs(second - first + jitter - 2.4) / 1.3, 0, 1) * broken
    picture = mix(picture, rgb("ice_light"), np.roll(crack, (1, 1), (0, 1)) * 0.8)
    picture = mix(picture, rgb("ice_crack"), crack * 0.85)
    first, second, _ = cells(SIZE, scattered(SIZE, 70, rng))
    fine = np.clip(1.0 - (second - first) / 1.2, 0, 1) * np.clip((noise(SIZE, 30, rng) - 0.5) * 7, 0, 1)
    return mix(picture, rgb("ice_crack"), fine * 0.5)


def planks(rng: np.random.Generator) -> Field:
    """Boards that run along x, one per 16 px of y."""
    y, _ = np.mgrid[0:SIZE, 0:SIZE]
    board = y // 16
    tone = rng.uniform(0, 1, 12)[board]
    grain = noise(SIZE, 3, rng)
    grain = np.mean([np.roll(grain, k, 1) for k in range(-14, 15, 2)], axis=0)
    picture = mix(mix(rgb("wood_dark"), rgb("wood"), 0.4 + 0.6 * tone), rgb("wood_light"), np.clip((grain - 0.5) * 3, 0, 0.8))
    edge = np.minimum(y % 16, 15 - y % 16)
    return mix(picture, rgb("ink"), np.clip(1 - edge / 1.6, 0, 1) * 0.55)


def stone_top(rng: np.random.Generator) -> Field:
    """Worn ivory slabs, a few with moss."""
    points = [[(c + 0.5 * (r % 2) + rng.uniform(-0.1, 0.1)) * 48, (r + 0.5) * 32] for r in range(6) for c in range(4)]
    first, second, which = cells(SIZE, np.array(points) % SIZE)
    tone = rng.uniform(0, 1, len(points))[which]
    picture = mix(rgb("stone_top_dark"), rgb("stone_top"), 0.35 + 0.65 * tone)
    picture = picture + 14 * (noise(SIZE, 6, rng, 2)[..., None] - 0.5)
    picture = mix(picture, rgb("stone_line"), np.clip(1 - (second - first) / 2.4, 0, 1) * 0.5)
    moss = np.clip((noise(SIZE, 12, rng, 2) - 0.74) * 5, 0, 0.42)
    return mix(picture, rgb("leaf_glow"), moss)


def stone_face(rng: np.random.Generator) -> Field:
    """Courses of blocks, 12 px high, for the front of a wall."""
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    course = y // 12
    shift = rng.integers(0, 32, 16)[course]
    column = ((x + shift) % SIZE) // 32
    tone = rng.uniform(0, 1, (16, 6))[course, column]
    picture = mix(rgb("stone_face_dark"), rgb("stone_face"), 0.45 + 0.55 * tone) + 12 * (noise(SIZE, 5, rng)[..., None] - 0.5)
    edge = np.minimum(np.minimum(y % 12, 11 - y % 12), np.minimum((x + shift) % 32, 31 - (x + shift) % 32))
    return mix(picture, rgb("ink_soft"), np.clip(1 - edge / 1.5, 0, 1) * 0.45)


def leaves(rng: np.random.Generator) -> Field:
    """Dense foliage: many overlapping leaves, light ones last."""
    image, draw = painted(np.broadcast_to(rgb("leaf_dark"), (SIZE, SIZE, 3)).copy())
    for layer, name in enumerate(("leaf_dark", "leaf", "leaf", "leaf_light", "leaf_glow")):
        for x, y in rng.uniform(0, SIZE, (520 if layer < 3 else 230 if layer == 3 else 70, 2)):
            radius = rng.uniform(2.2, 4.6) * (1.0 - 0.12 * layer)
            for dx, dy in wrapped(SIZE, None):
                draw.ellipse(box((x + dx) * 3, (y + dy) * 3 - layer * 3, radius * 3, radius * 2.4), fill=rgba(name, 0.75))
    return flattened(image)


def rock(rng: np.random.Generator) -> Field:
    first, second, which = cells(SIZE, scattered(SIZE, 34, rng))
    tone = rng.uniform(0, 1, 34)[which]
    picture = mix(mix(rgb("rock_dark"), rgb("rock"), 0.3 + 0.7 * tone), rgb("rock_light"), np.clip(tone - 0.6, 0, 1) * 1.6)
    picture = picture + 22 * (noise(SIZE, 5, rng, 2)[..., None] - 0.5)
    return mix(picture, rgb("ink_soft"), np.clip(1 - (second - first) / 2.6, 0, 1) * 0.4)


def roof(rng: np.random.Generator) -> Field:
    """Rows of rounded shingles, 12 px high."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float64)
    row = (y // 12).astype(int)
    across = (x + 8 * (row % 2)) % 16
    column = (((x + 8 * (row % 2)) % SIZE) // 16).astype(int)
    tone = rng.uniform(0, 1, (16, 12))[row, column]
    down = y % 12
    lip = down - (8.5 + 3.0 * np.sqrt(np.clip(1 - ((across - 8) / 8) ** 2, 0, 1)))
    picture = mix(mix(rgb("roof_dark"), rgb("roof"), 0.35 + 0.65 * tone), rgb("roof_light"), np.clip(1 - down / 9, 0, 1) * 0.35)
    picture = mix(picture, rgb("roof_dark"), np.clip(1.0 - np.abs(lip) / 1.6, 0, 1) * 0.9)
    return mix(picture, rgb("ink_soft"), np.clip(1 - np.minimum(across, 16 - across) / 1.3, 0, 1) * 0.3)


def water(names: tuple[str, str, str], count: int, line_px: float, strength: float, rng: np.random.Generator) -> list[Field]:
    """FRAMES pictures of one loop: light meets in a net whose knots wander on circles."""
    home, phase = scattered(SIZE, count, rng), rng.uniform(0, 2 * np.pi, count)
    reach = 0.22 * SIZE / np.sqrt(count)
    base = layered((names[0], names[1], names[1]), rng, 52)
    patches = 0.12 + 0.88 * np.clip((noise(SIZE, 46, rng, 2) - 0.38) * 3.2, 0, 1)
    frames = []
    for k in range(FRAMES):
        angle = 2 * np.pi * k / FRAMES + phase
        first, second, _ = cells(SIZE, (home + reach * np.stack([np.cos(angle), np.sin(angle)], 1)) % SIZE)
        net = np.clip(1.0 - (second - first) / line_px, 0, 1) ** 1.6
        ripple = np.clip(1.0 - np.abs(second - first - 2.2 * line_px) / (0.8 * line_px), 0, 1) ** 2
        frames.append(mix(base, rgb(names[2]), (net + 0.18 * ripple) * strength * patches))
    return frames


def strip(frames: list[Field]) -> Field:
    return np.concatenate(frames, axis=1)


def main() -> None:
    rng = np.random.default_rng(20)
    for make in (grass, sand, road, mud, ice, planks, stone_top, stone_face, leaves, rock, roof):
        save(f"ground/{make.__name__}", make(rng), colours=96)
    save("ground/sea", strip(water(("sea_deep", "sea", "sea_light"), 34, 9.0, 0.6, rng)), colours=48)
    save("ground/shallow", strip(water(("shallow", "shallow", "shallow_light"), 60, 6.0, 0.7, rng)), colours=48)


if __name__ == "__main__":
    main()
