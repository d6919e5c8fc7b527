"""The measure of learned ground measures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from npc_world.adapters.pymunk.surface_truth import walk_in_space
from npc_world.arena.bench import main
from npc_world.arena.bench_surfaces import measured, own_body


@pytest.mark.parametrize(("engine", "momentum", "seen"), [(own_body, False, "whole pixels"), (walk_in_space, True, "1 px noise")])
def test_ground_is_learned_and_learned_again(engine, momentum: bool, seen: str) -> None:  # type: ignore[no-untyped-def]
    row = measured("", engine, momentum, seen, range(12), calm_s=20.0)
    assert row.speed_error < 0.06
    assert row.speed_within >= 0.7
    assert row.change_within >= 0.6
    assert row.change_s < 3.0
    assert row.false_alarms == 0.0


def test_the_engines_agree_on_what_a_law_does() -> None:
    wishes = np.tile((160.0, 0.0), (180, 1))
    laws = np.tile((0.5, 0.3, 0.0, 0.2), (180, 1))
    own, engine = own_body(laws, wishes, 1 / 60, 160.0, 900.0), walk_in_space(laws, wishes, 1 / 60, 160.0, 900.0)
    assert (engine[-1] - engine[-2]) * 60 == pytest.approx((80.0, 32.0), rel=0.01)
    assert np.abs(own[:-1] - engine[1:]).max() < 4.0


def test_the_command_writes_its_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("npc_world.arena.bench_surfaces.CALM_S", 5.0)
    file = tmp_path / "rows.json"
    assert main(["--surfaces", "1", "--json", str(file)]) == 0
    rows = json.loads(file.read_text())["rows"]
    assert len(rows) == 4 and all(0.0 <= row["speed_within"] <= 1.0 for row in rows)
    assert "after 3 s" in capsys.readouterr().out
    assert main(["--surfaces", "0"]) == 2
