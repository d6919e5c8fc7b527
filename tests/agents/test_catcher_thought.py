"""Thinking is shared out over frames by the work that its pieces announce."""

from __future__ import annotations

from npc_world.agents.catcher_thought import SpreadJob
from npc_world.core.pieces import Pieces


def job(works: list[int], done: list[int]) -> Pieces[str]:
    for work in works:
        yield work
        done.append(work)
    return "found"


def test_a_frame_does_what_it_has_work_for_and_no_more() -> None:
    done: list[int] = []
    spread = SpreadJob(job([4, 4, 4, 4], done))
    spread.go_on(10.0)
    assert done == [4, 4] and not spread.done()
    spread.go_on(10.0)
    assert spread.done() and spread.result() == "found"


def test_a_piece_larger_than_a_frame_waits_until_several_have_paid_for_it() -> None:
    done: list[int] = []
    spread = SpreadJob(job([25, 1], done))
    counts = []
    while not spread.done():
        spread.go_on(10.0)
        counts.append(len(done))
    assert counts == [0, 0, 1, 2]


def test_what_idle_frames_leave_is_not_saved_up() -> None:
    done: list[int] = []
    spread = SpreadJob(job([1] * 100, done))
    for _ in range(5):
        spread.go_on(0.5)
    spread.go_on(10.0)
    assert 10 <= len(done) <= 13


def test_the_rest_of_a_job_can_be_part_of_another() -> None:
    done: list[int] = []
    spread = SpreadJob(job([3, 5], done))
    spread.go_on(0.0)
    assert list(spread.rest()) == [3, 5] and spread.result() == "found"
