"""Blended straight into the pixels, clouds and polygons look as pygame's own ways make them, on any surface."""

from __future__ import annotations

from typing import Any

import numpy as np
import pygame
import pytest

from npc_world.adapters.pygame import blending
from npc_world.adapters.pygame.clouds import Grid
from npc_world.adapters.pygame.kept_cloud import KeptCloud
from npc_world.core.compiled import COMPILED

MASKS = [(0xFF0000, 0xFF00, 0xFF, 0), (0xFF, 0xFF00, 0xFF0000, 0)]
FAN = np.array([[30.0, 20], [90, 5], [70, 30], [95, 60], [40, 58]])


def surface(masks: tuple[int, ...] = MASKS[0]) -> pygame.Surface:
    made = pygame.Surface((100, 70), 0, 32, masks)
    for x in range(100):
        made.fill((2 * x, 200 - x, 90), (x, 0, 1, 70))
    return made


def scratch(_: str, size: tuple[int, int]) -> pygame.Surface:
    return pygame.Surface(size, pygame.SRCALPHA, 32)


def colours(of: pygame.Surface) -> np.ndarray:
    return pygame.surfarray.array3d(of).astype(int)


def a_grid() -> Grid:
    rows, cols = np.mgrid[0:5, 0:7]
    values = np.stack([30 * cols, 200 - 40 * rows, 20 * cols + 20 * rows, 20 * np.maximum(0, cols - 1) + 10 * rows], axis=2).astype(np.uint8)
    values[:, :2, 3] = 0
    return Grid(values, (12.0, 9.0), 11.0)


def drawn_cloud(on: pygame.Surface, grid: Grid | None) -> np.ndarray:
    KeptCloud().draw(on, "a forecast", np.zeros(2), 1.0, lambda _: grid)
    return colours(on)


@pytest.mark.skipif(not COMPILED, reason="uncompiled, pygame does it")
class TestCompiled:
    @pytest.mark.parametrize("masks", MASKS)
    def test_a_cloud_is_the_picture_of_its_grid(self, masks: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
        quick = drawn_cloud(surface(masks), a_grid())
        monkeypatch.setattr(blending, "COMPILED", False)
        slow = drawn_cloud(surface(masks), a_grid())
        away = np.abs(quick - slow)
        assert away.max() <= 3
        assert not away[:20].any() and np.abs(quick - colours(surface())).max() > 50

    def test_what_is_opaque_shows_its_very_colour_and_what_is_clear_nothing(self) -> None:
        values = np.full((3, 3, 4), 255, np.uint8)
        values[..., :3] = (200, 255, 7)
        assert (drawn_cloud(surface(), Grid(values, (10.0, 10.0), 9.0))[11:27, 11:27] == (200, 255, 7)).all()
        values[..., 3] = 0
        assert (drawn_cloud(surface(), Grid(values, (10.0, 10.0), 9.0)) == colours(surface())).all()

    @pytest.mark.parametrize("masks", MASKS)
    def test_polygons_have_their_opacities_and_their_places(self, masks: tuple[int, ...]) -> None:
        on, before = surface(masks), colours(surface())
        inner = FAN[0] + 0.5 * (FAN - FAN[0])
        blending.fill_polygons(on, [FAN, inner], (250, 240, 10), [0.25, 0.5], scratch)
        after = colours(on)
        for point, opacity in (((75, 20), 0.25), ((45, 18), 0.5), ((80, 31), 0.0), ((20, 20), 0.0)):
            wanted = before[point] + opacity * (np.array((250, 240, 10)) - before[point])
            assert np.abs(after[point] - wanted).max() <= 2, point

    def test_the_clip_holds_and_a_part_of_a_surface_is_drawn_on_in_its_place(self) -> None:
        whole = surface()
        part = whole.subsurface((20, 10, 70, 50))
        part.set_clip((5, 5, 30, 30))
        blending.fill_polygons(part, [FAN - (20, 10)], (250, 240, 10), [0.5], scratch)
        drawn_cloud(part, a_grid())
        changed = np.abs(colours(whole) - colours(surface())).sum(axis=2) > 0
        assert changed[25:55, 15:45].any()
        changed[25:55, 15:45] = False
        assert not changed.any()

    def test_compiled_equals_source(self) -> None:
        rng = np.random.default_rng(5)
        before = rng.integers(0, 2**32, (30, 40), dtype=np.uint32)
        corners, values = rng.uniform(-5, 45, (9, 2)), rng.uniform(0, 60, (4, 5, 4)).astype(np.float32)
        values[..., 3] = 0.7
        extents = np.array([[0, 30], [3, 36], [0, 36], [1, 20]])
        results: list[Any] = []
        for compiled in (True, False):
            fill, widen, lay = (f if compiled else f.py_func for f in (blending.fill_polygon, blending.widen, blending.blend_planes))
            pixels = before.copy()
            fill(pixels, corners, np.uint32(0x804020), 77, 2.0, 1.0, 38.0, 29.0)
            planes = np.empty((4, 4, 36), np.float32)
            widen(values, 9.0, planes)
            lay(pixels, planes, extents, 9.0, 2, -3, 0, 0, 40, 30)
            results.append(pixels.view(np.uint8).astype(int))
        assert np.abs(results[0] - results[1]).max() <= 1
        assert (results[0] != before.view(np.uint8)).mean() > 0.3


def test_with_alpha_or_few_bits_pygame_blends(monkeypatch: pytest.MonkeyPatch) -> None:
    for on in (pygame.Surface((100, 70), pygame.SRCALPHA, 32), pygame.Surface((100, 70), 0, 24), pygame.Surface((100, 70), 0, 16)):
        assert blending.pixels_of(on) is None
        on.fill((90, 90, 90))
        blending.fill_polygons(on, [FAN], (250, 240, 10), [0.5], scratch)
        drawn_cloud(on, a_grid())
        assert on.get_at((75, 20))[0] > 120 and on.get_at((40, 30)) != on.get_at((2, 2)), on


def test_a_cloud_is_made_anew_when_it_would_look_otherwise() -> None:
    made: list[int] = []

    def make(_: pygame.Rect) -> Grid:
        made.append(1)
        return a_grid()

    cloud, on, source = KeptCloud(), surface(), object()
    for camera, zoom in (((0.0, 0.0), 1.0), ((3.0, 1.0), 1.0), ((3.0, 1.0), 2.0), ((40.0, 1.0), 2.0)):
        cloud.draw(on, source, np.array(camera), zoom, make)
    assert len(made) == 3
    cloud.draw(on, object(), np.array((40.0, 1.0)), 2.0, make)
    cloud.draw(on.subsurface((0, 0, 50, 50)), source, np.array((40.0, 1.0)), 2.0, make)
    assert len(made) == 5
