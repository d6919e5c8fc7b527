"""Rows shared out over the cores."""

from __future__ import annotations

import multiprocessing
import os
import threading

import numpy as np
import pytest

from npc_world.beliefs.target_models import TargetModels
from npc_world.core import threads
from npc_world.core.threads import share_out


@pytest.fixture
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    helpers = threads._Helpers()
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(4)), raising=False)
    monkeypatch.setattr(threads, "COMPILED", True)
    monkeypatch.setattr(threads, "_HELPERS", helpers)


@pytest.mark.parametrize("rows", [0, 1, 255, 256, 1000, 1003])
def test_every_row_is_worked_on_once(four_cores: None, rows: int) -> None:
    times, lock = np.zeros(rows, np.int64), threading.Lock()

    def work(part: slice) -> None:
        with lock:
            times[part] += 1

    share_out(rows, work)
    assert (times == 1).all()


def test_many_rows_are_worked_on_by_several_threads_and_few_by_one(four_cores: None) -> None:
    together = threading.Barrier(4, timeout=20.0)
    share_out(1000, lambda part: part.stop > 0 and together.wait())  # comes to an end only where four are at it at once
    who = set()
    share_out(100, lambda part: who.add(threading.get_ident()))
    assert who == {threading.get_ident()}


@pytest.mark.parametrize("bad", [0, 999])
def test_what_goes_wrong_in_a_part_is_raised_when_all_have_ended(four_cores: None, bad: int) -> None:
    done = []

    def work(part: slice) -> None:
        if part.start <= bad < part.stop:
            raise ValueError("no")
        done.append(part)

    with pytest.raises(ValueError, match="no"):
        share_out(1000, work)
    assert len([part for part in done if part.stop > 0]) == 3


def forecast(count: int) -> np.ndarray:
    models = TargetModels(count)
    rng = np.random.default_rng(1)
    at, velocity = rng.uniform(0.0, 500.0, (count, 2)), rng.normal(0.0, 90.0, (count, 2))
    for k in range(60):
        models.observe(k / 60, at + velocity * k / 60)
    said = models.forecast(1.0, 0.1)
    return np.concatenate([said.positions_px[..., 0, :], said.weights[..., None]], axis=-1)


def test_forecasts_are_the_same_on_any_number_of_cores(four_cores: None, monkeypatch: pytest.MonkeyPatch) -> None:
    many = forecast(600)
    alone = threads._Helpers()
    alone.count = 1
    monkeypatch.setattr(threads, "_HELPERS", alone)
    one = forecast(600)
    weighty = one[..., 2] > 0.0
    np.testing.assert_array_equal(many[..., 2], one[..., 2])
    np.testing.assert_array_equal(many[weighty], one[weighty])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_does_not_wait_for_the_threads_of_its_parent(four_cores: None) -> None:
    os.register_at_fork(after_in_child=threads._HELPERS.forget)
    share_out(1000, lambda part: None)
    child = multiprocessing.get_context("fork").Process(target=share_out, args=(1000, lambda part: None))
    child.start()
    child.join(30.0)
    assert child.exitcode == 0
