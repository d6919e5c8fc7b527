"""Strokes cover what they should, once, and the compiled kernel equals its source."""

from __future__ import annotations

from itertools import pairwise

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

    def test_compiled_equals_source_in_every_layout(self) -> None:
        rng = np.random.default_rng(3)
        segments = np.column_stack([rng.uniform(-10, 60, (12, 4)), rng.uniform(0, 4, (12, 2)), rng.uniform(0, 1, (12, 2))])
        before = rng.integers(0, 256, (40, 50, 4)).astype(np.uint8)
        colours = np.array([250.0, 120, 30, 5, 6, 7], np.float32)
        results = []
        for cover, blend in ((strokes.cover_capsules, strokes.blend_covered), (strokes.cover_capsules.py_func, strokes.blend_covered.py_func),
                             (strokes.cover_capsules, strokes.blend_covered_channels), (strokes.cover_capsules, strokes.blend_covered_channels.py_func)):
            pixels, covered, extents = before.copy(), np.zeros((2, 40, 50), np.float32), np.array([[50, 0]] * 40)
            cover(covered[0], covered[1], extents, segments, 1.5, 0.5, 0.0, 0.0, 50.0, 40.0)
            target = pixels.view(np.uint32)[..., 0] if "channels" not in blend.__name__ else pixels[..., :3].swapaxes(0, 1)
            blend(target, covered[0], covered[1], extents, colours)
            assert not covered.any() and (extents == (50, 0)).all()
            results.append(pixels.astype(int))
        assert all(np.abs(results[0] - other).max() <= 1 for other in results)  # float32 products round differently in numpy and machine code
        assert np.any(results[0] != before) and (results[0][..., 3] == before[..., 3]).all()

    def test_several_shapes_at_once_are_as_one_after_the_other(self) -> None:
        shapes = [(strokes.polyline([(5, 5), (50, 30)], 3.0, 0.8), (250, 40, 10)), (strokes.polyline([(5, 30), (50, 5)], 4.0, 0.5), (10, 40, 250))]
        together, apart = pygame.Surface((60, 40), 0, 32), pygame.Surface((60, 40), 0, 32)
        strokes.Brush().draw_all(together, shapes, (9, 9, 9), 1.5, 0.5)
        for segments, colour in shapes:
            strokes.Brush().draw(apart, segments, colour, (9, 9, 9), 1.5, 0.5)
        assert (pygame.surfarray.array3d(together) == pygame.surfarray.array3d(apart)).all() and pygame.surfarray.array3d(together).any()

    @pytest.mark.parametrize("masks", [(0xFF, 0xFF00, 0xFF0000, 0), (0xFF0000, 0xFF00, 0xFF, 0), (0xFF000000, 0xFF0000, 0xFF00, 0)])
    def test_surfaces_of_every_order_of_bytes_and_parts_of_surfaces_look_the_same(self, masks: tuple[int, ...]) -> None:
        line = strokes.polyline([(5, 5), (30, 20)], 3.0, 0.7)
        plain, whole = pygame.Surface((40, 30), 0, 32), pygame.Surface((60, 50), 0, 32, masks)
        part = whole.subsurface((12, 14, 40, 30))
        for surface in (plain, part):
            strokes.Brush().draw(surface, line, (250, 120, 30), (5, 60, 7), 1.5, 0.5)
        assert (pygame.surfarray.array3d(plain) == pygame.surfarray.array3d(part)).all() and pygame.surfarray.array3d(plain).any()


@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_a_line_through_its_bends_passes_by_all_points(count: int) -> None:
    rng = np.random.default_rng(count)
    points = np.cumsum(rng.normal(0.0, 4.0, (count, 2)), axis=0)
    kept = strokes.bends(points, 0.5)
    assert kept.tolist() == sorted(set(kept.tolist())) and kept.tolist()[:1] == [0][:count] and kept.tolist()[-1:] == [count - 1][:count]
    for a, b in pairwise(kept.tolist()):
        chord = points[b] - points[a]
        along = np.clip((points[a:b] - points[a]) @ chord / max(chord @ chord, 1e-12), 0, 1)
        assert np.hypot(*(points[a:b] - points[a] - along[:, None] * chord).T).max() <= 1.0


def test_straight_lines_and_wide_curves_need_few_points() -> None:
    assert strokes.bends(np.column_stack([np.arange(50.0), 2 * np.arange(50.0)]), 0.5).tolist() == [0, 49]
    angles = np.linspace(0, np.pi, 200)
    assert len(strokes.bends(200 * np.column_stack([np.cos(angles), np.sin(angles)]), 0.5)) < 30
    assert strokes.bends(np.array([[0.0, 0], [10, 0], [20, 0], [3, 0.1]]), 0.5).tolist() == [0, 2, 3]


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
