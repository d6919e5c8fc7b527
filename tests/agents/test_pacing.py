"""How often NPCs plan: in the open, where it costs little, as often as there is time for; round walls at their own rate."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw

DT = 1 / 60
FRAMES = 120


def plans_of(npcs: list[nw.Npc]) -> list[int]:
    """How many plans each makes in two seconds of watching somebody far away."""
    made, last = [0] * len(npcs), [npc.plan for npc in npcs]
    for k in range(FRAMES):
        for i, npc in enumerate(npcs):
            npc.step((100.0 + 60.0 * i, 100.0), (2600.0 - 100.0 * k * DT, 2600.0), DT)
            made[i] += npc.plan is not last[i]
            last[i] = npc.plan
    return made


def hunters(count: int, ground: nw.Terrain, preset: str | dict[str, object] = "hunter") -> list[nw.Npc]:
    return [nw.load_npc(preset, ground, position=(100.0 + 60.0 * i, 100.0), size=(20, 20), seed=i) for i in range(count)]


def walled() -> nw.Terrain:
    kinds = np.zeros((96, 96), dtype=int)
    kinds[40:56, 48] = 1
    return nw.Terrain.from_grid(kinds, 32, {0: "grass", 1: "wall"})


def test_one_alone_in_the_open_plans_in_every_frame() -> None:
    (made,) = plans_of(hunters(1, nw.Terrain.open_field((3000, 3000))))
    assert made >= FRAMES - 5


def test_several_in_the_open_share_that_out() -> None:
    made = plans_of(hunters(3, nw.Terrain.open_field((3000, 3000))))
    assert all(37 <= each <= 44 for each in made), made


@pytest.mark.parametrize(("count", "open_plans"), [(1, 1.0), (8, 5.0)])
def test_many_and_those_who_are_told_so_plan_at_their_own_rate(count: int, open_plans: float) -> None:
    npcs = hunters(count, nw.Terrain.open_field((3000, 3000)), {"extends": "hunter", "planning": {"open_plans": open_plans}})
    assert all(23 <= each <= 26 for each in plans_of(npcs))


def test_round_walls_a_plan_costs_more_and_is_made_at_its_own_rate() -> None:
    (made,) = plans_of(hunters(1, walled()))
    assert 20 <= made <= 26


def test_beginners_plan_seldom_in_the_open_too() -> None:
    (made,) = plans_of(hunters(1, nw.Terrain.open_field((3000, 3000)), "rookie"))
    assert 7 <= made <= 9


def test_a_target_on_no_exact_course_is_not_planned_for_more_often_than_it_can_be_told() -> None:
    (npc,) = hunters(1, nw.Terrain.open_field((3000, 3000)))
    rng, made, last = np.random.default_rng(3), 0, npc.plan
    for k in range(FRAMES):
        npc.step((100.0, 100.0), np.array([2600.0 - 100.0 * k * DT, 2600.0]) + rng.normal(0.0, 1.0, 2), DT)
        made += npc.plan is not last
        last = npc.plan
    assert 23 <= made <= 32


def test_one_that_is_out_of_sight_is_not_thought_about_more_often() -> None:
    (npc,) = hunters(1, nw.Terrain.open_field((3000, 3000)))
    made = 0
    for k in range(2 * FRAMES):
        before = npc.plan
        npc.step((100.0, 100.0), (2600.0 - 100.0 * k * DT, 2600.0) if k < FRAMES else None, DT)
        made += k >= FRAMES and npc.plan is not before
    assert made <= 26
