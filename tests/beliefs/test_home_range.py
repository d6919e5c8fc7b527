"""The region a body keeps to is told from where it turned."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

import npc_world as nw
from tests.beliefs.test_arcs import turning
from tests.beliefs.test_shapes import DT_S, PLAIN, seen

CORNERS = np.array([(100.0, 100.0), (500.0, 200.0), (300.0, 450.0), (320.0, 150.0)])


def way(*corners: np.ndarray, speed: float = 120.0) -> np.ndarray:
    """(n, 2) straight from place to place."""
    pieces = [a + np.outer(np.arange(0.0, np.hypot(*(b - a)), speed * DT_S), (b - a) / np.hypot(*(b - a))) for a, b in pairwise(corners)]
    return np.concatenate(pieces)


def test_nothing_is_said_before_the_first_turn() -> None:
    assert seen(way(*CORNERS[:2])).home is None
    assert seen(turning([(8.0, 0.0)])).home is None


def test_the_box_holds_the_places_and_grows_with_the_present_way() -> None:
    track = way(*CORNERS)
    home = seen(track[:-60]).home
    assert home is not None and home.places == 4 and home.probability == 1.0
    np.testing.assert_allclose(home.leg_px, CORNERS[2], atol=3.0)
    np.testing.assert_allclose(home.low_px, [100.0, 100.0], atol=3.0)
    np.testing.assert_allclose(home.high_px, [500.0, 450.0], atol=3.0)
    later = seen(np.concatenate([track, track[-1] + np.outer(np.arange(1, 60), track[-1] - track[-2])])).home
    assert later is not None and later.low_px[1] < 60.0


def test_bends_and_walls_say_nothing_of_a_region() -> None:
    shapes = seen(way(*CORNERS)[:-60])
    assert shapes.home is not None
    bend = turning([(1.5, 1.2)]) + way(*CORNERS)[-60]
    for i, point in enumerate(bend):
        shapes.observe((1000 + i) * DT_S, point)
    shapes.before(PLAIN)
    assert shapes.home is None
    assert seen(way(*CORNERS)[:-60], nw.Terrain.from_rects([(800, 0, 20, 20)], size=(900, 600))).home is None


def test_a_new_round_keeps_the_places_and_forgets_the_way() -> None:
    shapes = seen(way(*CORNERS)[:-60])
    shapes.reset()
    assert shapes.home is None
    for i in range(60):
        shapes.observe(2000.0 + i * DT_S, np.array([200.0 + i, 300.0]))
    home = shapes.home
    assert home is not None and home.places == 5
    np.testing.assert_allclose(home.leg_px, [200.0, 300.0], atol=1e-6)
