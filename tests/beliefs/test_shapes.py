"""Shapes that are clear at a glance come before a forecast."""

from __future__ import annotations

import math

import numpy as np

import npc_world as nw
from npc_world.beliefs.shapes import Shapes
from tests.beliefs.test_arcs import turning
from tests.beliefs.test_legs import walk, zigzag

DT_S = 1 / 60
AHEAD_S = np.linspace(0.1, 2.0, 20)
PLAIN = nw.Forecast(AHEAD_S, np.zeros((1, 20, 2)), np.ones(1), np.tile(np.eye(2), (1, 20, 1, 1)), ("keeps going",))


OPEN = nw.Terrain.open_field((900, 600))


def seen(track: np.ndarray, ground: nw.Terrain = OPEN) -> Shapes:
    shapes = Shapes(ground)
    for i, point in enumerate(track):
        shapes.observe(i * DT_S, point)
    return shapes


def test_a_zigzag_comes_first_unless_a_wall_is_in_the_way() -> None:
    track = walk(zigzag(12))
    shapes = seen(track[:120])
    joined = shapes.before(PLAIN)
    assert joined.labels == ("turns as before", "holds its course", "keeps going")
    np.testing.assert_allclose([joined.weights[0], joined.weights.sum()], [shapes.by_the_clock, 1.0])
    assert np.linalg.eigvalsh(joined.covariances_px2[0]).min() > 0.0
    beyond, across = (nw.Terrain.from_rects([(x, 0, 20, 600)], size=(900, 600)) for x in (870, 740))
    assert seen(track[:120], beyond).by_the_clock < 0.3 < shapes.by_the_clock  # walls are reasons to turn: it takes turns foretold
    assert seen(track[:280], beyond).by_the_clock > 0.8
    assert seen(track[:280], beyond).before(PLAIN).labels[0] == "turns as before"
    assert seen(track[:280], across).before(PLAIN) is PLAIN


def test_a_bend_comes_first_and_a_straight_line_is_held_where_nothing_is_in_the_way() -> None:
    walled = nw.Terrain.from_rects([(0, 580, 20, 20)], size=(900, 600))
    assert seen(turning([(1.0, 0.0)]), walled).before(PLAIN) is PLAIN
    assert seen(turning([(1.0, 0.0)])).before(PLAIN).labels == ("holds its course", "keeps going")
    bend = seen(turning([(1.0, 0.0), (0.6, 1.5)])).before(PLAIN)
    assert bend.labels == ("keeps turning right", "keeps going")
    assert math.isclose(bend.weights.sum(), 1.0)


def test_a_hunter_of_a_zigzagger_reckons_with_its_turns() -> None:
    track = walk(zigzag(12))
    npc = nw.load_npc("hunter", nw.Terrain.open_field((1500, 900)), position=(300, 700), size=(20, 20), body=nw.TopDownBody(max_speed_px_s=90))
    me = np.array([300.0, 700.0])
    for point in track[:200]:
        me = me + npc.step(me, point, DT_S).velocity_px_s * DT_S
    assert npc.forecast is not None and npc.forecast.labels[0] == "turns as before"
    expected = track[200 - 1 + round(npc.forecast.times_s[10] / DT_S)]
    assert math.dist(npc.forecast.positions_px[0, 10], expected) < 12.0
    npc.explain()
