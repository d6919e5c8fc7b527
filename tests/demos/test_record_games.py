"""Every game that `npc-world record` offers writes a recording, from its own command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import npc_world as nw
from demos import record
from demos.games import GAMES
from demos.keeper.film import play_headless
from demos.keeper.log import KeeperLog
from demos.keeper.stages import STAGES
from demos.keeper.world import KeeperWorld


@pytest.mark.parametrize("word", [game.word for game in GAMES])
def test_every_game_of_the_family_can_be_recorded(word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert record.main([word, "--out", "log.npz", "--headless", "--seed", "4", "--frames", "260"]) == 0
    recording = nw.Recording(tmp_path / "log.npz")
    assert f"log.npz: {sum(len(chunk.times_s) for chunk in recording.chunks())} frames" in capsys.readouterr().out
    longest = max(len(run.times_s) for name in recording.bodies() for run in recording.runs(name))
    assert 60 <= longest <= 261


def test_the_balls_of_two_places_are_two_bodies_each_with_its_world(tmp_path: Path) -> None:
    log = KeeperLog(tmp_path / "keeper.npz")
    world = KeeperWorld(seed=4, rounds=(0, 1), balls=2)
    play_headless(world, 4, on_step=log.step)
    assert world.state == "done"
    log.close()
    recording = nw.Recording(tmp_path / "keeper.npz")
    assert set(recording.bodies()) == {"keeper", "ball/quay", "ball/moon"}
    for number, name in enumerate(("ball/quay", "ball/moon")):
        runs = list(recording.runs(name))
        assert len(runs) == 2
        for run in runs:
            assert run.world is not None and len(run.world["segments"]) == len(STAGES[number].pieces)
            assert (run.positions_px == np.round(run.positions_px)).all()
            assert float(np.hypot(*np.diff(run.positions_px, axis=0).T).max()) < 30.0
