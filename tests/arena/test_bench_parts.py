"""The benchmark's parts that are run alone measure what they say, in small."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from npc_world.arena.bench import Play, main
from npc_world.arena.bench_avoidance import Scene, _overlaps, circle_swap, corridor, our_step, peer_step, play
from npc_world.arena.bench_growth import body_table, map_table
from npc_world.arena.bench_many import crowd_ms


def test_scenes_are_symmetric_and_nobody_overlaps_at_the_start() -> None:
    for scene in (circle_swap(40), corridor(60, width=20.0)):
        assert len(scene.starts) >= 40 and scene.starts.shape == scene.goals.shape
        apart = np.hypot(*(scene.starts[:, None] - scene.starts[None]).transpose(2, 0, 1)) + 10.0 * np.eye(len(scene.starts))
        assert apart.min() > 2.0
        np.testing.assert_allclose(np.sort(scene.starts, axis=0), np.sort(scene.goals, axis=0), atol=1e-6)


def test_overlaps_are_those_of_all_pairs() -> None:
    where = np.random.default_rng(2).uniform(0, 20, (60, 2))
    depth = 2.0 - np.hypot(*(where[:, None] - where[None]).transpose(2, 0, 1))[np.triu_indices(60, 1)]
    np.testing.assert_allclose(np.sort(_overlaps(where)), np.sort(depth[depth > 0]))
    assert len(_overlaps(np.array([(0.0, 0.0), (5.0, 0.0)]))) == 0


def test_few_on_a_circle_swap_places_without_touching() -> None:
    scene = circle_swap(16)
    row = play(scene, {"npc_world": our_step(scene)})[0]
    assert row.arrived == 1.0 and row.deepest < 0.2 and row.ms > 0.0


@pytest.mark.skipif(importlib.util.find_spec("pyrvo") is None, reason="the peer is an extra")
def test_the_peer_plays_the_same_scene() -> None:
    ends = np.array([(6.0, 20.0), (44.0, 20.3)])
    walls = np.array([(0.0, 0.0, 50.0, 10.0), (0.0, 30.0, 50.0, 40.0)])
    scene = Scene("two meet", ends, ends[::-1].copy(), walls, (50.0, 40.0), 25.0)
    for row in play(scene, {"RVO2": peer_step(scene), "npc_world": our_step(scene)}):
        assert row.arrived == 1.0 and row.deepest < 0.1 and row.ms > 0.0


def test_tables_have_a_figure_in_every_place() -> None:
    assert all(value > 0.0 for value in map_table(64, np.random.default_rng(1), problems=3).values())
    assert all(value > 0.0 for value in body_table(5, np.random.default_rng(1), frames=8).values())


def test_a_crowd_makes_for_the_player() -> None:
    assert crowd_ms(Play(60, 1), 20).shape == (51,)


def test_parts_that_make_no_sense_are_refused_and_figures_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--avoidance", "1"]) == 2 and main(["--growth", "3"]) == 2
    assert "--avoidance" in capsys.readouterr().err
    assert main(["--avoidance", "8", "--json", str(tmp_path / "a.json")]) == 0
    assert json.loads((tmp_path / "a.json").read_text())["avoidance"][0]["who"] == "npc_world"
