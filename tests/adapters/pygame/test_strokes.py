"""Strokes cover what they should, once, and the compiled kernel equals its source."""

from __future__ import annotations

import numpy as np
import pygame
import pytest

from npc_world.adapters.pygame import strokes
from npc_world.core.compiled import COMPILED

WHITE = (255, 255, 255)


def picture(segments: np.ndarray, **edge: object) -> np.ndarray:
    surface = pygame.Surface((60, 40), 0, 32)
    strokes.Brush().draw(surface, segments, WHITE, **edge)
    return pygame.surfarray.array3d(surface)


@pytest.mark.skipif(not COMPILED, reason="uncompiled, plain lines are drawn")
class TestCompiled:
    def test_a_line_has_its_width_and_opacity(self) -> None:
        drawn = picture(strokes.polyline([(10, 20), (50, 20)], 3.0, 0.5))[:, :, 0]
        assert drawn[30].tolist()[15:25] == [0, 0, 128, 128, 128, 128, 128, 128, 0, 0]

    def test_overlapping_capsules_count_once(self) -> None:
        bent = strokes.polyline([(10, 20), (30, 20), (30, 20), (12, 22)], 3.0, 0.5)
        assert picture(bent).max() == 128

    def test_opacity_and_width_fall_along_it(self) -> None:
        drawn = picture(strokes.polyline([(5, 20), (55, 20)], [6.0, 1.0], [1.0, 0.2]))[:, :, 0]
        assert drawn[8, 20] > drawn[30, 20] > drawn[50, 20] > 0
        assert np.count_nonzero(drawn[10]) > np.count_nonzero(drawn[50])

    def test_the_edge_lies_around_it(self) -> None:
        surface = pygame.Surface((60, 40), 0, 32)
        surface.fill((90, 90, 90))
        strokes.Brush().draw(surface, strokes.polyline([(10, 20), (50, 20)], 3.0, 1.0), WHITE, (0, 0, 0), edge=2.0, edge_opacity=1.0)
        assert pygame.surfarray.array3d(surface)[30, 14:27, 0].tolist() == [90, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 90, 90]

    def test_the_clip_holds_and_the_memory_is_clean_afterwards(self) -> None:
        surface, brush = pygame.Surface((60, 40), 0, 32), strokes.Brush()
        surface.set_clip((20, 0, 10, 40))
        line = strokes.polyline([(-1e6, 20), (1e6, 20)], 3.0, 1.0)
        brush.draw(surface, line, WHITE)
        assert set(np.flatnonzero(pygame.surfarray.array3d(surface)[:, 20, 0]).tolist()) == set(range(20, 30))
        assert not brush._cover.any()

    def test_compiled_equals_source(self) -> None:
        rng = np.random.default_rng(3)
        segments = np.column_stack([rng.uniform(-10, 60, (12, 4)), rng.uniform(0, 4, (12, 2)), rng.uniform(0, 1, (12, 2))])
        before = rng.integers(0, 256, (50, 40, 3)).astype(np.uint8)
        results = []
        for function in (strokes.blend_capsules, strokes.blend_capsules.py_func):
            pixels, cover = before.copy(), np.zeros((40, 50, 2), np.float32)
            function(pixels, cover, segments, 1.5, 0.5, np.array([250.0, 120, 30, 5, 6, 7]), 0.0, 0.0, 50.0, 40.0)
            assert not cover.any()
            results.append(pixels.astype(int))
        assert np.abs(results[0] - results[1]).max() <= 1  # float32 products round differently in numpy and machine code
        assert np.any(results[0] != before)


def test_what_is_not_finite_is_left_out() -> None:
    assert not picture(strokes.polyline([(10, 20), (np.nan, 20)], 3.0, 1.0)).any()


def test_without_a_compiler_plain_lines_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strokes, "COMPILED", False)
    drawn = picture(strokes.polyline([(10, 20), (50, 20)], 2.0, 1.0))
    assert drawn[30, 20].tolist() == [255, 255, 255] and drawn[30, 30].tolist() == [0, 0, 0]


def test_an_eight_bit_surface_takes_plain_lines() -> None:
    surface = pygame.Surface((60, 40), 0, 8)
    surface.set_palette([(i, i, i) for i in range(256)])
    strokes.Brush().draw(surface, strokes.polyline([(10, 20), (50, 20)], 2.0, 1.0), WHITE)
    assert surface.get_at((30, 20))[:3] == WHITE


def test_dots_are_evenly_spaced_and_end_on_the_last_point() -> None:
    marks = strokes.dots([(0, 0), (30, 0), (30, 40)], 10.0, 2.0, 1.0)
    assert marks[0, :2].tolist() == [30, 40]
    assert len(marks) == 8
    assert marks[-1, :2].tolist() == [0, 0]
    assert len(strokes.dots([(0, 0), (1e9, 0)], 1.0, 2.0, 1.0, most=50)) == 51
    assert len(strokes.dots([(np.nan, 0)], 1.0, 2.0, 1.0)) == 0
    assert len(strokes.dots([(5, 5)], 1.0, 2.0, 1.0)) == 1
