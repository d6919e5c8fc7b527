"""Compiling before play: shared by two processes where that is worth it, and complete either way."""

from __future__ import annotations

import sys

import pytest

import npc_world as nw
from npc_world.agents import warming_beside
from npc_world.agents.warming_beside import Beside


@pytest.fixture
def nothing_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming_beside, "cached_kernels", lambda: 0)
    monkeypatch.setattr(warming_beside, "COMPILED", True)
    monkeypatch.setattr(warming_beside.os, "cpu_count", lambda: 2)


def test_a_second_process_is_started_and_can_be_stopped(nothing_compiled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming_beside, "_PROGRAM", "import time; time.sleep(60)")
    beside = Beside()
    assert beside.started and not beside.finished(0.01)
    beside.stop()
    assert beside.finished(0.0)


def test_it_finds_the_library_that_started_it(nothing_compiled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming_beside, "_PROGRAM", f"import npc_world, sys; sys.exit(npc_world.__file__ != {nw.__file__!r})")
    beside = Beside()
    assert beside.finished(60.0)
    assert beside._process is not None and beside._process.returncode == 0


@pytest.mark.parametrize("name, value", [("cached_kernels", lambda: 50), ("COMPILED", False)])
def test_where_there_is_nothing_to_share_none_is_started(nothing_compiled: None, monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    monkeypatch.setattr(warming_beside, name, value)
    assert not Beside().started
    assert Beside().finished(0.0)


def test_a_frozen_game_or_another_program_starts_none(nothing_compiled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/games/my_game")
    assert not Beside().started
    monkeypatch.setattr(sys, "executable", "/nowhere/python3")
    assert not Beside().started, "it cannot be started, and that is survived"


@pytest.mark.parametrize("second", [False, True])
def test_progress_goes_up_to_the_end_whoever_compiles(nothing_compiled: None, monkeypatch: pytest.MonkeyPatch, second: bool) -> None:
    monkeypatch.setattr(warming_beside, "_PROGRAM", "pass")  # one that does nothing: all is left to the first
    shares: list[float] = []
    nw.warmup(lambda share, what: shares.append(share), processes=2 if second else 1)
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0


def test_a_speed_told_as_a_whole_number_calls_for_no_kernels_of_its_own() -> None:
    """Kernels compiled for a float serve it; the warm-up tells whole numbers, games tell both."""
    for told in (80, 80.0):
        npc = nw.load_npc("hunter", nw.Terrain.open_field((300, 200)), position=(40, 40), body=nw.TopDownBody(max_speed_px_s=told))
        assert type(npc._brain.speed((16.0, 16.0))) is float
