"""Bodies to avoid, one by one or read once for many NPCs."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw
from npc_world.agents.perception import OthersSeen, bodies_of

DT_S = 1.0 / 60.0


class Sprite:
    def __init__(self, x: float, y: float, w: float = 20.0, h: float = 20.0) -> None:
        self.x, self.y, self.w, self.h = x, y, w, h


def test_one_body_in_place_of_a_list_of_them_is_named():
    npc = nw.load_npc("hunter", nw.Terrain.open_field((800, 600)), (50.0, 50.0), seed=1)
    with pytest.raises(nw.BadInputError, match=r"others=.*expected a list or group"):
        npc.step((50.0, 50.0), (400.0, 500.0), DT_S, others=Sprite(10, 20, 4, 6))


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


class Counted(Sprite):
    """Counts how often it is looked at."""

    looks = 0

    @property
    def rect(self) -> Sprite:
        Counted.looks += 1
        return Sprite(self.x, self.y, self.w, self.h)


def test_a_group_handed_to_each_of_its_npcs_is_read_once_a_frame():
    ground = nw.Terrain.open_field((800, 600))
    sprites = [Counted(100.0 + 50.0 * i, 100.0) for i in range(12)]
    npcs = [nw.load_npc("hunter", ground, position=sprite, seed=i) for i, sprite in enumerate(sprites)]

    def frame() -> int:
        Counted.looks = 0
        for npc, sprite in zip(npcs, sprites, strict=True):
            npc.step(sprite, (400.0, 500.0), DT_S, others=sprites)
        return Counted.looks

    frame()
    assert frame() <= 12 * 8, "each reads itself, and one of them reads all"


def test_who_joins_makes_all_look_again():
    """Frames are counted anew then: what was seen in the first frame before is not taken for the first one after."""
    ground = nw.Terrain.open_field((800, 600))
    sprites = [Sprite(100.0 + 50.0 * i, 100.0) for i in range(6)]
    first = nw.load_npc("hunter", ground, position=sprites[0], seed=1)
    turns = first._brain._turns
    first.step(sprites[0], (400.0, 500.0), DT_S, others=sprites)
    sprites[3].x = 700.0
    second = nw.load_npc("hunter", ground, position=(50.0, 50.0), seed=2)
    second.step((50.0, 50.0), (400.0, 500.0), DT_S, others=sprites)
    assert turns.others_seen.read(turns.frame_of(second._brain._number) - 1, sprites, None).positions_px[3, 0] == 710.0


def test_what_npcs_are_shown_is_read_anew_when_it_is_another_frame_or_others():
    seen = OthersSeen()
    group = [Sprite(10.0 * i, 0.0) for i in range(6)]
    first = seen.read(0, group, group[2])
    assert first.without == 2 and len(first) == 5
    group[0].x = 500.0
    assert seen.read(0, group, group[3]).positions_px[0, 0] == 10.0, "within a frame as the first saw it"
    assert seen.read(0, group, group[3]).without == 3
    assert seen.read(1, group, group[3]).positions_px[0, 0] == 510.0
    assert len(seen.read(1, group[:5], group[3])) == 4, "one has gone"
    group[1] = Sprite(70.0, 70.0)
    assert seen.read(1, group, None).positions_px[1].tolist() == [80.0, 80.0], "one is another"
    assert len(seen.read(1, (thing for thing in group), None)) == 6
    group[4].x = float("nan")
    for _ in range(2):
        with pytest.raises(nw.BadInputError, match=r"others\[4\]"):
            seen.read(2, group, None)


@pytest.mark.parametrize("bodies", [
    nw.Bodies(np.array([[0.0, float("nan")]])), nw.Bodies(np.zeros((2, 3))), nw.Bodies(np.zeros((2, 2)), np.zeros((3, 2))),
    nw.Bodies(np.zeros((2, 2)), without=2), nw.Bodies([(1.0, 2.0)]),  # type: ignore[arg-type]
])
def test_a_bad_table_is_named(bodies: nw.Bodies):
    npc = nw.load_npc("hunter", nw.Terrain.open_field((800, 600)), position=(50, 50), seed=1)
    with pytest.raises(nw.BadInputError, match="others"):
        npc.step((50, 50), (300, 300), DT_S, others=bodies)
