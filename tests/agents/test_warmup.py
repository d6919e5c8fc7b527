"""Compiling before play: shared by two processes where that is worth it, and complete either way."""

from __future__ import annotations

import subprocess
import sys

import pytest

import npc_world as nw
from npc_world.agents import warming_beside, warming_npcs
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


@pytest.mark.parametrize("parts", [("balls",), ("roads",), "balls", ("balls", "roads"), ()])
def test_a_game_without_npcs_waits_for_what_it_uses_alone(parts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npc_world.agents.warmup.run_shared", lambda *_: pytest.fail("this takes ten times as long"))
    said: list[tuple[float, str]] = []
    nw.warmup(lambda share, what: said.append((share, what)), parts=parts)
    assert said[-1] == (1.0, "ready") and {what for _, what in said} <= {"balls", "catching", "roads", "ready"}
    assert any(what == "roads" for _, what in said) == ("roads" in parts)
    assert any(what == "balls" for _, what in said) == ("balls" in parts)


def test_parts_there_are_not_are_named() -> None:
    with pytest.raises(nw.BadInputError, match=r"parts=\('ghosts',\): expected some of 'npcs', 'roads', 'balls'"):
        nw.warmup(parts=("ghosts",))


@pytest.fixture
def first_npc(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """As in a process that has loaded none yet; the steps taken are written down instead."""
    taken: list[str] = []
    monkeypatch.setattr(warming_npcs, "_DONE", [False])
    monkeypatch.setattr(warming_npcs, "COMPILED", True)
    monkeypatch.setattr(warming_npcs, "npc_steps", lambda: [("own", lambda: taken.append("own"))])
    monkeypatch.setattr(warming_npcs, "npc_steps_beside", lambda: [("shared", lambda: taken.append("shared"))])
    monkeypatch.setattr(warming_npcs.gc, "freeze", lambda: None)
    return taken


def load() -> None:
    nw.load_npc("hunter", nw.Terrain.open_field((300, 200)), position=(40, 40))


def test_the_first_npc_of_a_process_readies_the_kernels_and_says_nothing_where_they_are_cached(
        first_npc: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming_beside, "cached_kernels", lambda: 50)
    load()
    assert first_npc == ["shared", "own"]
    load()
    assert first_npc == ["shared", "own"], "once is enough"
    assert capsys.readouterr().err == ""


def test_where_they_must_be_compiled_it_is_said(
        nothing_compiled: None, first_npc: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming_beside, "_PROGRAM", "pass")
    load()
    said = capsys.readouterr().err
    assert first_npc == ["own", "shared"]
    assert "npc_world: compiling" in said and said.rstrip().endswith("s") and "ready after" in said


def test_after_a_warm_up_or_without_a_compiler_the_first_npc_is_loaded_at_once(first_npc: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warming_npcs, "COMPILED", False)
    load()
    monkeypatch.setattr(warming_npcs, "COMPILED", True)
    warming_npcs.run_shared([], [], None, lambda share, what: None)
    load()
    assert first_npc == []


def test_what_an_npc_does_in_play_was_ready_when_it_was_loaded() -> None:
    """In a process of its own: no kernel gets machine code for other types after the load."""
    program = """
import numpy as np, npc_world as nw
ground = nw.Terrain.from_rects([(200, 100, 20, 200), (120, 60, 20, 20)], (400, 320), surface="grass")
ground.set_surface((40, 200, 80, 60), "mud")
npc = nw.load_npc("hunter", ground, (60, 60), goals={"boat": (350, 280)})
from npc_world.core import compiled
count = lambda: {f"{k.__module__}.{k.__name__}": len(k.overloads) for k in compiled._KERNELS if hasattr(k, "overloads")}
before, me = count(), np.array([60.0, 60.0])
for k in range(240):
    target = (300 + 60 * np.cos(k / 20), 160 + 60 * np.sin(k / 15)) if k < 120 or k > 170 else None
    me = me + npc.step(me, target, 1 / 30, others=[(100, 100)] if k % 2 else ()).velocity_px_s / 30
    if k == 60:
        ground.set_solid((300, 20, 20, 40), True)
after = count()
print(sorted(name for name in after if after[name] != before.get(name, 0)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_a_speed_told_as_a_whole_number_calls_for_no_kernels_of_its_own() -> None:
    """Kernels compiled for a float serve it; the warm-up tells whole numbers, games tell both."""
    for told in (80, 80.0):
        npc = nw.load_npc("hunter", nw.Terrain.open_field((300, 200)), position=(40, 40), body=nw.TopDownBody(max_speed_px_s=told))
        assert type(npc._brain.speed((16.0, 16.0))) is float
