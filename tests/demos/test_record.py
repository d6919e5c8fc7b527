"""`npc-world record`: rounds of a game end up in a recording."""

from __future__ import annotations

from pathlib import Path

import pytest

import npc_world as nw
from demos import record
from demos.hunt.headless import run_headless
from demos.hunt.log import HuntLog


def test_two_rounds_of_the_hunt_in_one_recording(tmp_path: Path) -> None:
    log = HuntLog(tmp_path / "hunt.npz")
    counts = []
    for seed in (3, 4):
        frames: list[float] = []
        run_headless("lake", seed, seconds=0.4, on_frame=lambda world, frames=frames: (log.step(world), frames.append(world.time_s)))
        counts.append(len(frames))
    assert f"{sum(counts)} frames" in log.close()
    recording = nw.Recording(tmp_path / "hunt.npz")
    assert [len(run.times_s) for run in recording.runs("player")] == counts
    hunters = set(recording.bodies()) - {"player"}
    assert len(hunters) >= 2


def test_the_game_is_told_where_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    monkeypatch.setattr(record, "play", lambda argv: told.append(argv) or 0)
    assert record.main(["hunt", "--out", "x.npz", "--headless", "--seed", "3"]) == 0
    assert told == [["hunt", "--headless", "--seed", "3", "--record", "x.npz"]]


@pytest.mark.parametrize("arguments", [["chess"], ["throws", "--throws", "0"], ["throws", "--noise", "-1"], ["throws", "--colour"]])
def test_wrong_arguments_end_with_two(arguments: list[str], tmp_path: Path) -> None:
    assert record.main([*arguments, "--out", str(tmp_path / "log.npz")]) == 2
    assert not list(tmp_path.iterdir())
