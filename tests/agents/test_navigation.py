"""Stories of an NPC that finds its way: what it learns of the ground changes where it walks, and it takes jumps, ladders and doors."""

from __future__ import annotations

import math

import numpy as np
import pytest

import npc_world as nw

DT = 1 / 30
BODY = nw.TopDownBody(max_speed_px_s=180.0)


def test_ground_that_turns_out_to_be_slow_is_walked_around_the_next_time() -> None:
    """Two ways of about the same length; the shorter leads over moss, of which the NPC knows nothing but that it is slow in truth."""
    kinds = np.zeros((15, 40), int)
    kinds[4:8, 8:32] = 1
    ground = nw.Terrain.from_grid(kinds, 16, {0: "path", 1: "moss"})
    npc = nw.load_npc("hunter", ground, position=(40, 100), body=BODY, seed=2)
    start, thief = np.array([40.0, 100.0]), (600.0, 90.0)

    def walk() -> list[str]:
        me, under = start.copy(), []
        for _ in range(600):
            action = npc.step(me, thief, DT)
            under.append(ground.surface_at(me))
            me = me + action.velocity_px_s * (0.3 if under[-1] == "moss" else 1.0) * DT
            if np.hypot(*(me - thief)) < 16.0:
                return under
        raise AssertionError("it never arrived")

    assert "moss" in walk(), "the straight way first: it has no reason not to"
    assert npc.surfaces["moss"].speed_factor < 0.4
    npc.reset()
    assert "moss" not in walk(), "it has learned better"


def rooms() -> nw.Terrain:
    """Two rooms with a wall between them from edge to edge."""
    return nw.Terrain.from_rects([(300, 0, 40, 400)], size=(640, 400), cell_px=20)


def play(npc: nw.Npc, me: tuple[float, float], target: tuple[float, float], seconds: float, teleporters: tuple[nw.Link, ...] = ()):  # type: ignore[no-untyped-def]
    """A game whose walls stop nobody who jumps or uses something: (positions, jump or use of each frame, by name)."""
    at, track, pressed = np.array(me), [], []
    for _ in range(int(seconds / DT)):
        action = npc.step(at, target, DT, others=[(20, 380)])
        pressed.append("jump" if action.jump else "use" if action.use else "")
        pad = next((link for link in teleporters if action.use and math.dist(at, link.start) < 2.0), None)
        at = np.array(pad.end) if pad else at + action.velocity_px_s * DT
        track.append(at)
        if math.dist(at, target) < 16.0:
            break
    return np.array(track), pressed


@pytest.mark.parametrize("body", [BODY, nw.TopDownBody(max_speed_px_s=180.0, max_acceleration_px_s2=400.0)])
def test_it_jumps_the_gap_from_its_edge_to_the_other(body: nw.TopDownBody) -> None:
    ground = rooms().with_links(nw.Link(start=(290, 200), end=(350, 200), time_s=0.5))
    npc = nw.load_npc("hunter", ground, position=(60, 60), body=body, seed=3, size=(16, 16))
    track, pressed = play(npc, (60, 60), (580, 330), 12.0)
    assert math.dist(track[-1], (580, 330)) < 16.0
    jumping = np.flatnonzero([key == "jump" for key in pressed])
    assert np.all(np.diff(jumping) == 1), "one jump"
    assert len(jumping) * DT == pytest.approx(0.5, abs=0.15)
    assert np.all(np.abs(track[jumping][:, 1] - 200) < 14)
    inside = (track[:, 0] > 302) & (track[:, 0] < 338)
    assert set(np.flatnonzero(inside).tolist()) <= set(jumping.tolist()), "inside the wall only in mid-air"


def test_what_lies_behind_the_door_is_reached_with_the_key() -> None:
    ground = rooms().with_links(nw.Link(start=(290, 110), end=(350, 110), time_s=0.8, kind="door", needs="brass key", both_ways=True))
    npc = nw.load_npc("hunter", ground, position=(60, 60), body=BODY, seed=3, size=(16, 16))
    track, pressed = play(npc, (60, 60), (580, 330), 3.0)
    assert track[:, 0].max() < 300 and "use" not in pressed
    npc.set_holding(["brass key"])
    track, pressed = play(npc, tuple(track[-1]), (580, 330), 10.0)
    assert math.dist(track[-1], (580, 330)) < 16.0 and "use" in pressed and "jump" not in pressed
    with pytest.raises(nw.BadInputError, match="holding"):
        npc.set_holding("brass key")


def test_a_teleporter_is_stood_on_until_the_game_moves_it() -> None:
    pad = nw.Link(start=(110, 350), end=(590, 50), time_s=0.2, kind="teleporter")
    npc = nw.load_npc("hunter", rooms().with_links(pad), position=(60, 60), body=BODY, seed=3, size=(16, 16))
    track, pressed = play(npc, (60, 60), (580, 330), 12.0, (pad,))
    assert math.dist(track[-1], (580, 330)) < 16.0
    assert pressed.count("use") == 1


def test_one_that_falls_off_the_ladder_thinks_again() -> None:
    ground = rooms().with_links(nw.Link(start=(290, 200), end=(350, 200), time_s=1.0, kind="ladder"))
    npc = nw.load_npc("hunter", ground, position=(200, 200), body=BODY, seed=3, size=(16, 16))
    me, using = np.array([200.0, 200.0]), []
    for _ in range(300):  # a game whose ladder is broken: it stays where it is
        action = npc.step(me, (580, 200), DT)
        using.append(action.use)
        if not action.use:
            me = me + action.velocity_px_s * DT
    assert using[-150:].count(True) > 50, "it tries again"
    assert False in using[using.index(True):], "but not for ever without a new plan"
