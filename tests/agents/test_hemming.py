"""Hunters of a team that do not queue behind one who flees faster than they run."""

from __future__ import annotations

import math

import numpy as np

import npc_world as nw
from npc_world.agents.hemming import Hemming, Hunter
from npc_world.core.pieces import finished
from npc_world.models.surfaces import surface_table

RING = nw.Terrain.from_rects([(120, 120, 720, 400)], size=(960, 640), cell_px=20)
"""A way round a block: who is a bit faster is never caught from behind."""
SPEED, PLAYER, DT = 150.0, 165.0, 1 / 30
CORNERS = np.array([(60.0, 60.0), (900.0, 60.0), (900.0, 580.0), (60.0, 580.0)])


def along(s: float) -> np.ndarray:
    """(2,) the point `s` px round the block, clockwise from the north-west."""
    sides = np.array([840.0, 520.0, 840.0, 520.0])
    s %= float(sides.sum())
    k = int(np.searchsorted(np.cumsum(sides), s, side="right"))
    u = (s - float(sides[:k].sum())) / sides[k]
    return np.asarray(CORNERS[k] + u * (CORNERS[(k + 1) % 4] - CORNERS[k]))


def chase(flank: float, seconds: float = 40.0) -> tuple[float, list[str]]:
    """Two hunters behind one who runs round the block, away from whoever is nearer: time of the catch, and what the hunters said."""
    ground = nw.Terrain.from_rects([(120, 120, 720, 400)], size=(960, 640), cell_px=20)
    team = nw.Team(ground)
    config = {"extends": "hunter", "teamwork": {"flank": flank}}
    at, me, way = [along(60.0), along(20.0)], 300.0, 1.0
    hunters = [nw.load_npc(config, ground, position=p, team=team, body=nw.TopDownBody(max_speed_px_s=SPEED), size=(20, 20), seed=i) for i, p in enumerate(at)]
    said = []
    for frame in range(round(seconds / DT)):
        player = along(me)
        for i, hunter in enumerate(hunters):
            at[i] = at[i] + hunter.step(at[i], player, DT).velocity_px_s * DT
            said.append(str(hunter.explain()))
        ahead, behind = along(me + 150.0), along(me - 150.0)
        room = [min(math.dist(place, p) for p in at) for place in (ahead, behind)]
        way = 1.0 if room[0] > room[1] + 20.0 else -1.0 if room[1] > room[0] + 20.0 else way
        me += way * PLAYER * DT
        if min(math.dist(along(me), p) for p in at) < 20.0:
            return (frame + 1) * DT, said
    return seconds, said


def test_one_drives_and_the_other_heads_it_off() -> None:
    queued_s, silent = chase(1.0)
    hemmed_s, said = chase(0.15)
    assert hemmed_s < 30.0 and hemmed_s < 0.75 * queued_s
    assert any(sentence.startswith("Heading you off") for sentence in said)
    assert not any(sentence.startswith("Heading you off") for sentence in silent)


def hunter(at: tuple[float, float]) -> Hunter:
    return Hunter(np.array(at), SPEED, 20.0, (20.0, 20.0), surface_table(RING.surfaces, {}))


def watched(track: np.ndarray, followers: tuple[float, float]) -> Hemming:
    """Two hunters so far behind, as arc lengths, a target whose track (n,) are arc lengths at 10 Hz; forecast to stand still."""
    hemming = Hemming(RING)
    for k, s in enumerate(track):
        here = along(float(s))
        for member, behind in enumerate(followers):
            hemming.tell(member, k / 10, hunter(tuple(along(float(s) - behind).tolist())))
        while hemming.has_work:
            hemming.work()
        still = nw.Forecast(np.array([1.5, 3.0]), np.repeat(here[None, None], 2, axis=1), np.ones(1), np.zeros((1, 2, 2, 2)), ("stays",))
        hemming.judge(k / 10, here, PLAYER, still)
    return hemming


def asked(hemming: Hemming, time_s: float, at: np.ndarray) -> object:
    return finished(hemming.flank(1, time_s, at, PLAYER, 0.15))


def test_only_who_has_been_seen_to_flee_and_outruns_them_is_headed_off() -> None:
    track = 300.0 + PLAYER * np.arange(100) / 10
    fleeing = watched(track, (100.0, 130.0))
    assert fleeing.flees
    assert asked(fleeing, 9.9, along(float(track[-1]))) is None  # nothing was promised
    fleeing.promise(1.0, 4.0)
    assert asked(fleeing, 9.9, along(float(track[-1]))) is not None
    assert finished(fleeing.flank(0, 9.9, along(float(track[-1])), PLAYER, 0.15)) is None  # the nearer one drives it
    standing = watched(np.full(100, 300.0), (100.0, 130.0))
    standing.promise(1.0, 4.0)
    assert not standing.flees and asked(standing, 9.9, along(300.0)) is None


def test_who_does_not_catch_it_by_heading_it_off_runs_after_it_for_a_while() -> None:
    track = 300.0 + PLAYER * np.arange(100) / 10
    fleeing, here = watched(track, (100.0, 130.0)), along(float(track[-1]))

    def told(time_s: float, behind: tuple[float, float]) -> object:
        for member, far in enumerate(behind):
            fleeing.tell(member, time_s, hunter(tuple(along(float(track[-1]) - far).tolist())))
        fleeing.promise(time_s - 9.0, 4.0)  # it is overdue all the time
        return asked(fleeing, time_s, here)

    first = told(9.9, (100.0, 130.0))
    assert isinstance(first, tuple)
    assert told(10.0, (140.0, 130.0)) is not None  # a little nearer now, and still on its way
    late_s = 9.9 + 1.2 * first[0].caught_s + 1.0
    assert told(late_s, (100.0, 130.0)) is None
    assert told(late_s + 2.0, (100.0, 130.0)) is None
    assert told(late_s + 4.5, (100.0, 130.0)) is not None


def test_one_who_comes_towards_its_hunters_does_not_flee() -> None:
    assert not watched(300.0 + PLAYER * np.arange(100) / 10, (-100.0, -130.0)).flees


def test_a_new_round_begins_with_no_grudge() -> None:
    hemming = watched(300.0 + PLAYER * np.arange(100) / 10, (100.0, 130.0))
    hemming.promise(1.0, 4.0)
    hemming.reset()
    assert not hemming.flees and asked(hemming, 0.0, along(300.0)) is None


def test_when_the_ground_changes_the_roadmap_is_made_anew() -> None:
    ground = nw.Terrain.from_rects([(120, 120, 720, 400)], size=(960, 640), cell_px=20)
    hemming = Hemming(ground)
    for _ in range(2):
        for member, at in enumerate(((60.0, 60.0), (60.0, 100.0))):
            hemming.tell(member, 0.0, hunter(at))
    assert hemming.has_work
    while hemming.has_work:
        hemming.work()
    hemming.tell(0, 0.1, hunter((60.0, 60.0)))
    assert not hemming.has_work
    ground.set_solid((400, 0, 40, 120), True)
    hemming.tell(0, 0.2, hunter((60.0, 60.0)))
    assert hemming.has_work


def test_promises_that_nobody_asks_for_are_not_kept() -> None:
    """In the open there is no roadmap: a chase of an hour leaves no hour of promises."""
    hemming = Hemming(nw.Terrain.open_field(size=(800, 600)))
    for frame in range(7200):
        hemming.promise(0.5 * frame, 3.0 if frame % 2 else float("inf"))
    assert len(hemming._promised_s) < 20
