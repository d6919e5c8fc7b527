"""Clouds stand where the probability is, and are as opaque as it says."""

from __future__ import annotations

import numpy as np
import pygame
import pytest

from npc_world.adapters.pygame.clouds import density_cloud, heat_cloud

VIEW = pygame.Rect(0, 0, 400, 300)
RED, BLUE = (255, 0, 0), (0, 0, 255)


def opacity(cloud: tuple[pygame.Surface, tuple[float, float]], at: tuple[float, float]) -> int:
    picture, corner = cloud
    x, y = round(at[0] - corner[0]), round(at[1] - corner[1])
    inside = 0 <= x < picture.get_width() and 0 <= y < picture.get_height()
    return picture.get_at((x, y)).a if inside else 0


@pytest.mark.parametrize("covariance", [[[900, 0], [0, 900]], [[1600, 0], [0, 225]], [[900, 700], [700, 900]]])
def test_a_gaussian_fades_as_its_density_does(covariance: list[list[float]]) -> None:
    mean, matrix = np.array([200.0, 150.0]), np.array(covariance, dtype=np.float64)
    cloud = density_cloud(mean[None], matrix[None], np.array([1.0]), [RED], VIEW, strongest=0.5)
    assert cloud is not None
    inverse = np.linalg.inv(matrix)
    for dx, dy in ((0, 0), (25, 0), (0, 12), (20, 20), (20, -20), (-30, 5)):
        off = np.array([dx, dy], dtype=np.float64)
        wanted = 255 * 0.5 * (1 - np.exp(-1.6 * np.exp(-0.5 * off @ inverse @ off)))
        assert opacity(cloud, (200 + dx, 150 + dy)) == pytest.approx(wanted, abs=14), (dx, dy)


def test_colours_mix_by_who_is_likelier_there() -> None:
    means = np.array([[100.0, 150.0], [300.0, 150.0]])
    cloud = density_cloud(means, np.stack([900 * np.eye(2)] * 2), np.array([1.0, 1.0]), [RED, BLUE], VIEW)
    assert cloud is not None
    picture, corner = cloud
    left, right = picture.get_at((round(100 - corner[0]), 60)), picture.get_at((round(300 - corner[0]), 60))
    assert left.r > 240 and left.b < 15 and right.b > 240 and right.r < 15


def test_only_what_is_in_view_is_made() -> None:
    far = density_cloud(np.array([[5000.0, 150.0]]), 100 * np.eye(2)[None], np.array([1.0]), [RED], VIEW)
    assert far is None
    wide = density_cloud(np.array([[200.0, 150.0]]), 1e8 * np.eye(2)[None], np.array([1.0]), [RED], VIEW)
    assert wide is not None and wide[0].get_width() <= VIEW.w + 20
    assert density_cloud(np.array([[np.nan, 1.0]]), np.eye(2)[None], np.array([1.0]), [RED], VIEW) is None


def test_heat_stands_on_its_cells_at_any_camera_and_zoom() -> None:
    occupancy = np.zeros((30, 40))
    occupancy[12, 20], occupancy[5, 5] = 0.7, 0.3
    for camera, zoom in (((0.0, 0.0), 1.0), ((73.0, 41.0), 1.0), ((100.0, 60.0), 2.0)):
        cloud = heat_cloud(occupancy, 10.0, camera, zoom, BLUE, RED, VIEW, strongest=0.6)
        assert cloud is not None
        likely = ((205 - camera[0]) * zoom, (125 - camera[1]) * zoom)
        assert opacity(cloud, likely) == pytest.approx(0.6 * 255, abs=15)
        assert opacity(cloud, (likely[0] + 25 * zoom, likely[1])) <= 3
        if zoom == 1.0 and camera == (0.0, 0.0):
            assert opacity(cloud, (55, 55)) == pytest.approx(0.6 * 255 * (3 / 7) ** 0.6, abs=15)


def test_no_heat_is_no_cloud() -> None:
    assert heat_cloud(np.zeros((4, 4)), 10.0, (0.0, 0.0), 1.0, BLUE, RED, VIEW) is None
    assert heat_cloud(np.full((4, 4), np.nan), 10.0, (0.0, 0.0), 1.0, BLUE, RED, VIEW) is None
    corner = np.zeros((100, 100))
    corner[99, 99] = 1.0
    assert heat_cloud(corner, 10.0, (0.0, 0.0), 1.0, BLUE, RED, VIEW) is None
