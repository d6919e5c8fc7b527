"""Who plans when: many NPCs of one ground share out the frames."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

import npc_world as nw
from npc_world.agents.planning import Planning
from npc_world.agents.turns import WORK_PER_S, Turns
from npc_world.core.pieces import Pieces
from npc_world.core.records import Plan

WALLS = [(200, 100, 20, 300), (420, 200, 20, 300), (100, 500, 300, 20)]
DT_S = 1.0 / 60.0


def ground() -> nw.Terrain:
    return nw.Terrain.from_rects(WALLS, size=(640, 640), cell_px=16)


def plans_per_frame(npcs: list[nw.Npc], frames: int, dt_s: float, at: list[np.ndarray], edit: dict[int, tuple[int, int, int, int]] | None = None) -> list[int]:
    """How many of them took up a plan of worth, one that says when it catches, in each frame; the target walks in a circle."""
    counts = []
    for k in range(frames):
        if edit and k in edit:
            npcs[0].ground.set_solid(edit[k], True)
        target = (320.0 + 60.0 * np.cos(0.02 * k), 320.0 + 60.0 * np.sin(0.02 * k))
        new = 0
        for npc, here in zip(npcs, at, strict=True):
            before = npc.plan
            here += npc.step(here, target, dt_s).velocity_px_s * dt_s
            new += npc.plan is not before and npc.plan.expected_catch_s is not None
        counts.append(new)
    return counts


def crowd(count: int, **how: object) -> tuple[list[nw.Npc], list[np.ndarray]]:
    level = ground()
    rng = np.random.default_rng(0)
    at = [rng.uniform((20.0, 20.0), (90.0, 90.0)) for _ in range(count)]
    return [nw.load_npc("hunter", level, position=tuple(here), seed=i, **how) for i, here in enumerate(at)], at


def test_strangers_on_one_ground_do_not_plan_in_the_same_frame():
    npcs, at = crowd(30)
    counts = plans_per_frame(npcs, 90, DT_S, at)
    assert max(counts) == 1
    assert sum(counts) > 30


def test_every_one_of_a_crowd_gets_its_turn_and_acts_before_it():
    npcs, at = crowd(30)
    started = [here.copy() for here in at]
    plans_per_frame(npcs, 10, DT_S, at)
    assert all(np.hypot(*(here - start)) > 5.0 for here, start in zip(at, started, strict=True))
    assert {npc.plan.behaviour for npc in npcs} == {"chase", "intercept"}
    assert any(str(npc.explain()).startswith("Running at you") for npc in npcs)
    plans_per_frame(npcs, 60, DT_S, at)
    assert {npc.plan.behaviour for npc in npcs} == {"intercept"}


def test_a_wall_that_moves_has_all_plan_anew_one_after_the_other():
    npcs, at = crowd(12)
    plans_per_frame(npcs, 40, DT_S, at)
    before = [npc.plan for npc in npcs]
    counts = plans_per_frame(npcs, 20, DT_S, at, {0: (300, 100, 20, 60)})
    assert max(counts) == 1
    assert all(npc.plan is not plan for npc, plan in zip(npcs, before, strict=True))


def test_slow_frames_grant_more_plans_each():
    npcs, at = crowd(12)
    counts = plans_per_frame(npcs, 12, 4 * DT_S, at)
    assert max(counts) == 4


def test_a_few_on_open_ground_are_not_held_up():
    level = nw.Terrain.open_field((640, 640))
    npcs = [nw.load_npc("hunter", level, position=(50.0 + i, 50.0), seed=i) for i in range(8)]
    for npc in npcs:
        npc.step((50.0, 50.0), (320.0, 320.0), DT_S)
    assert all(npc.plan.behaviour == "intercept" for npc in npcs)


def test_the_dead_leave_their_share_to_the_living():
    turns = Turns()
    numbers = [turns.join() for _ in range(10)]
    for _ in range(2):
        for number in numbers:
            turns.begin(number, DT_S)
    assert turns.thinkers == 10
    for _ in range(3):
        turns.begin(numbers[0], DT_S)
    assert turns.thinkers == 1


def test_who_waits_is_served_in_order_and_those_who_went_away_do_not_block():
    turns = Turns()
    a, b, c = (turns.join() for _ in range(3))

    def frame(*numbers: int) -> list[bool]:
        for number in numbers:
            turns.begin(number, DT_S)
        return [turns.take(number) for number in numbers]

    assert frame(a, b, c) == [True, False, False]
    turns.begin(a, DT_S)
    assert [turns.take(number) for number in (a, b, c)] == [False, True, False]
    turns.begin(a, DT_S)      # c is granted its turn but is gone
    assert not turns.take(a)
    turns.begin(a, DT_S)
    assert turns.take(a)


def test_the_same_crowd_thinks_the_same_again():
    def tracks() -> np.ndarray:
        npcs, at = crowd(10)
        plans_per_frame(npcs, 60, DT_S, at)
        return np.array(at)

    np.testing.assert_array_equal(tracks(), tracks())


def test_a_second_round_on_the_same_ground_begins_as_the_first_did():
    turns = Turns()
    rounds = []
    for _ in range(2):
        numbers, granted = [turns.join() for _ in range(3)], []
        for _ in range(2):
            for number in numbers:
                turns.begin(number, DT_S)
                granted.append(turns.take(number))
        rounds.append(granted)
    assert rounds[0] == rounds[1]
    assert rounds[0][0]


def test_work_that_can_wait_does_not_come_on_top_of_plans_that_are_waited_for():
    turns = Turns()
    numbers = [turns.join() for _ in range(10)]
    frames = []
    for _ in range(40):
        spare, plans = False, 0
        for number in numbers:
            turns.begin(number, DT_S)
            spare |= turns.take_spare()
            plans += turns.take(number)
        frames.append((spare, plans))
    later = frames[2:]  # nobody waits in the first frame
    assert all(plans == (0 if spare else 1) for spare, plans in later)
    assert 8 <= sum(spare for spare, _ in later) <= 12


def test_who_is_alone_has_time_for_both_in_every_frame():
    turns = Turns()
    number = turns.join()
    for _ in range(21):
        turns.begin(number, DT_S)
        assert turns.take_spare() and turns.take(number)


def test_where_some_think_work_that_can_wait_is_done_in_every_third_frame():
    turns = Turns()
    numbers = [turns.join() for _ in range(4)]
    spare = []
    for _ in range(22):
        asked = []
        for number in numbers:
            turns.begin(number, DT_S)
            asked.append(turns.take_spare())
        assert sum(asked) <= 1
        spare.append(any(asked))
    assert sum(spare[1:]) == 7 and not any(a and b for a, b in pairwise(spare[1:]))


def big_crowd(count: int) -> tuple[list[nw.Npc], list[np.ndarray]]:
    rng = np.random.default_rng(5)
    walls = [(*rng.uniform(0.0, 3000.0, 2), *rng.uniform(20.0, 120.0, 2)) for _ in range(300)]
    level = nw.Terrain.from_rects(walls, size=(3200, 3200), cell_px=16)
    at = [np.array((1600.0 + 12.0 * i, 3150.0)) for i in range(count)]
    return [nw.load_npc("hunter", level, position=tuple(here), seed=i, size=(16, 16)) for i, here in enumerate(at)], at


def test_a_dear_plan_of_one_of_many_is_spread_over_frames_and_they_run_meanwhile():
    npcs, at = big_crowd(8)
    began = [here.copy() for here in at]
    took_up = [0] * 8
    for k in range(60):
        for i, npc in enumerate(npcs):
            at[i] += npc.step(at[i], (200.0 + 2.0 * k, 100.0), DT_S).velocity_px_s * DT_S
            took_up[i] = took_up[i] or (k if npc.plan.behaviour == "intercept" else 0)
    assert all(took_up), "each has a plan of worth"
    assert max(np.diff(sorted(took_up))) > 1, "on so large a map one takes longer than a frame"
    assert all(np.hypot(*(here - start)) > 40.0 for here, start in zip(at, began, strict=True))


def test_a_plan_that_was_begun_elsewhere_starts_where_the_body_is_now():
    npcs, at = big_crowd(8)
    for k in range(60):
        for i, npc in enumerate(npcs):
            before, here = npc.plan, at[i].copy()
            at[i] += npc.step(here, (200.0 + 2.0 * k, 100.0), DT_S).velocity_px_s * DT_S
            if npc.plan is not before:
                assert np.hypot(*(npc.plan.waypoints_px[0] - here)) < 1.0


def test_work_beyond_a_frame_is_paid_by_the_next_and_the_first_begun_is_not_starved():
    turns = Turns()
    a, b = turns.join(), turns.join()

    def frame() -> None:
        for number in (a, b):
            turns.begin(number, DT_S)

    frame()
    frame()
    share = WORK_PER_S * DT_S
    assert turns.take(a)
    turns.worked(a, 1.6 * share, done=False)
    left = turns.allowance(a)
    assert left < 0.0
    frame()
    assert np.isclose(turns.allowance(a), left + share)
    assert np.isclose(turns.allowance(b), left + 0.5 * share), "half a frame is kept for the one under way"
    assert turns.take(a)
    turns.worked(a, 0.2 * share, done=True)
    assert np.isclose(turns.allowance(b), left + 0.8 * share)


def test_a_piece_said_before_it_is_done_counts_in_the_frame_in_which_it_is_done():
    turns = Turns()
    a, b = turns.join(), turns.join()
    share = WORK_PER_S * DT_S
    done = []

    def thought() -> Pieces[Plan]:
        yield int(0.6 * share)
        yield -int(0.7 * share)
        done.append("the way")
        return Plan(waypoints_px=np.zeros((1, 2)), eta_s=0.0, behaviour="hold")

    def frame() -> None:
        for number in (a, b):
            turns.begin(number, DT_S)

    frame()
    frame()
    planning = Planning(None, thought(), 0)
    assert turns.take(a) and planning.work(a, turns, DT_S, among_many=True) is None and not done
    frame()
    before = turns.allowance(a)
    assert turns.allowance(b) <= before - 0.7 * share + 1.0, "what the first does next is kept for it"
    assert turns.take(a) and planning.work(a, turns, DT_S, among_many=True) is not None and done
    assert np.isclose(turns.allowance(b), before - int(0.7 * share))


def test_a_piece_larger_than_any_frame_has_its_turn_all_the_same():
    turns = Turns()
    a = turns.join()

    def thought() -> Pieces[Plan]:
        yield -int(5 * WORK_PER_S * DT_S)
        return Plan(waypoints_px=np.zeros((1, 2)), eta_s=0.0, behaviour="hold")

    planning = Planning(None, thought(), 0)
    done = []
    for _ in range(3):
        turns.begin(a, DT_S)
        done.append(turns.take(a) and planning.work(a, turns, DT_S, among_many=True) is not None)
    assert any(done)


def test_who_goes_away_in_the_middle_of_a_plan_leaves_its_place():
    turns = Turns()
    a, b = turns.join(), turns.join()
    for number in (a, b, a, b):
        turns.begin(number, DT_S)
    assert turns.take(a)
    turns.worked(a, 1e9, done=False)
    for _ in range(3):
        turns.begin(b, DT_S)
    assert turns._under_way == []
