"""The roads benchmark plays what it says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from npc_world.arena.bench import main
from npc_world.arena.bench_roads import AFTER, MEASURED, RoadsReport, play_town
from npc_world.arena.towns import Traffic, make_town
from npc_world.planners.roads import RoadMap


def test_every_driver_makes_the_same_deliveries() -> None:
    report = RoadsReport()
    play_town(7, report)
    assert [len(report.familiar[who]) for who in ("informed", "navigator", "writer")] == [MEASURED] * 3
    assert [len(report.closed[who]) for who in ("informed", "navigator", "writer")] == [AFTER] * 3
    again = RoadsReport()
    play_town(7, again)
    assert again == report


def test_the_informed_planner_is_told_the_mean_of_what_comes() -> None:
    roads = RoadMap(make_town(3))
    traffic = Traffic(roads, 3, 240.0)
    table = traffic.expected_s(100.0)
    drawn = np.mean([traffic.crossing_s(e, 240.0 * (12.5 / 24)) for e in range(len(roads.edges))])
    assert drawn == pytest.approx(table[:, 12].mean(), rel=0.05)


def test_the_command_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--roads", "2", "--json", str(tmp_path / "r.json")]) == 0
    rows = json.loads((tmp_path / "r.json").read_text())["rows"]
    assert rows[0]["what"].startswith("navigator over informed") and np.isfinite(rows[0]["value"])
    assert "travel writer" in capsys.readouterr().out
    assert main(["--roads", "0"]) == 2
