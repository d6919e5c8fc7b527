"""Bodies to avoid, one by one or read once for many NPCs."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw
from npc_world.agents.perception import bodies_of

DT_S = 1.0 / 60.0


class Sprite:
    def __init__(self, x: float, y: float, w: float = 20.0, h: float = 20.0) -> None:
        self.x, self.y, self.w, self.h = x, y, w, h


def test_things_of_all_kinds_are_read_and_iterate_as_sightings():
    me = (0.0, 0.0)
    bodies = bodies_of([me, Sprite(10, 20, 4, 6), (7.0, 8.0)], me)
    assert len(bodies) == 2
    box, point = bodies
    assert box.position_px.tolist() == [12.0, 23.0] and box.size_px == (4.0, 6.0)
    assert point.position_px.tolist() == [7.0, 8.0] and point.size_px is None
    with pytest.raises(nw.BadInputError, match=r"others\[1\]"):
        bodies_of([(0.0, 0.0), (float("nan"), 1.0)])


def test_the_own_row_is_left_out():
    bodies = nw.Bodies(np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]), without=1)
    assert len(bodies) == 2
    assert [body.position_px[0] for body in bodies] == [1.0, 3.0]


def test_read_once_or_one_by_one_makes_no_difference():
    """Six hunters that run through each other, once with lists of sprites and once with one table of bodies."""
    def run(shared: bool) -> np.ndarray:
        ground = nw.Terrain.open_field((800, 600))
        at = np.array([(100.0 + 30.0 * (i % 3), 100.0 + 30.0 * (i // 3)) for i in range(6)])
        npcs = [nw.load_npc("hunter", ground, position=tuple(here), seed=i, size=(20, 20)) for i, here in enumerate(at)]
        track = []
        for k in range(120):
            sizes = np.full((6, 2), 20.0)
            moves = []
            for i, npc in enumerate(npcs):
                others = nw.Bodies(at.copy(), sizes, i) if shared else [Sprite(*(here - 10.0)) for j, here in enumerate(at) if j != i]
                moves.append(npc.step(Sprite(*(at[i] - 10.0)), (400.0 + k, 300.0), DT_S, others=others).velocity_px_s)
            at = at + np.array(moves) * DT_S
            track.append(at)
        return np.array(track)

    apart = run(shared=True)
    np.testing.assert_allclose(apart, run(shared=False), atol=1e-9)
    gaps = np.hypot(*np.moveaxis(apart[-1][:, None] - apart[-1][None], 2, 0))
    assert gaps[~np.eye(6, dtype=bool)].min() > 10.0


@pytest.mark.parametrize("bodies", [
    nw.Bodies(np.array([[0.0, float("nan")]])), nw.Bodies(np.zeros((2, 3))), nw.Bodies(np.zeros((2, 2)), np.zeros((3, 2))),
    nw.Bodies(np.zeros((2, 2)), without=2), nw.Bodies([(1.0, 2.0)]),  # type: ignore[arg-type]
])
def test_a_bad_table_is_named(bodies: nw.Bodies):
    npc = nw.load_npc("hunter", nw.Terrain.open_field((800, 600)), position=(50, 50), seed=1)
    with pytest.raises(nw.BadInputError, match="others"):
        npc.step((50, 50), (300, 300), DT_S, others=bodies)
