"""The light of the hour: what pygame's fill does, quicker."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import numpy as np
import pygame
import pytest

from demos.light import multiply

TINT = (255, 206, 0)


def noise(surface: pygame.Surface) -> pygame.Surface:
    pixels = np.random.default_rng(2).integers(0, 256, (*surface.get_size(), 3)).astype(np.uint8)
    surface.blit(pygame.surfarray.make_surface(pixels), (0, 0))
    return surface


@pytest.mark.parametrize("masks", [(0xFF0000, 0xFF00, 0xFF, 0), (0xFF, 0xFF00, 0xFF0000, 0)])
def test_it_is_what_pygame_does(masks: tuple[int, ...]):
    quick, slow = (noise(pygame.Surface((50, 40), 0, 32, masks)) for _ in range(2))
    multiply(quick, TINT)
    slow.fill(TINT, special_flags=pygame.BLEND_RGB_MULT)
    assert (pygame.surfarray.array3d(quick) == pygame.surfarray.array3d(slow)).all() and pygame.surfarray.array3d(quick)[..., 2].max() <= 1


def test_parts_of_surfaces_and_those_with_alpha_are_lit_too():
    whole = noise(pygame.Surface((50, 40), 0, 32))
    before = pygame.surfarray.array3d(whole)
    multiply(whole.subsurface((10, 10, 20, 20)), TINT)
    after = pygame.surfarray.array3d(whole)
    assert after[10:30, 10:30, 2].max() <= 1 and (after[:10] == before[:10]).all() and (after[30:] == before[30:]).all()
    clear = noise(pygame.Surface((50, 40), pygame.SRCALPHA, 32))
    multiply(clear, TINT)
    assert pygame.surfarray.array3d(clear)[..., 2].max() <= 1
