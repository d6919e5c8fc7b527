"""Editing a config while a game runs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from npc_world.core.config import ConfigWatcher
from npc_world.core.tunable import tunable


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    speed: float = tunable(1.0, "px/s", low=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text("speed = 2")
    return file


class Game:
    """Frames of 1/60 s; `run` polls for a while and returns what came, with the time it took."""

    def __init__(self, watcher: ConfigWatcher[Speed]) -> None:
        self.watcher, self.frames = watcher, 0

    def polls(self, seconds: float) -> Iterator[tuple[float, Speed]]:
        for frame in range(round(seconds * 60)):
            self.frames += 1
            fresh = self.watcher.poll(self.frames / 60)
            if fresh is not None:
                yield (frame + 1) / 60, fresh

    def run(self, seconds: float) -> list[tuple[float, Speed]]:
        return list(self.polls(seconds))


def test_an_edit_is_in_effect_within_half_a_second(path: Path) -> None:
    game = Game(ConfigWatcher(path, Speed))
    assert game.watcher.config == Speed(speed=2.0)
    assert game.run(5) == []
    for value in (3.0, 4.0, 5.5):
        path.write_text(f"speed = {value}")
        [(after_s, fresh)] = game.run(0.5)
        assert fresh == game.watcher.config == Speed(speed=value)
        assert after_s < 0.5
        assert game.run(1 + value) == []


def test_an_edit_with_the_same_time_stamp_and_size_is_seen(path: Path) -> None:
    game = Game(ConfigWatcher(path, Speed))
    state = path.stat()
    game.run(1)
    path.write_text("speed = 7")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert [fresh.speed for _, fresh in game.run(0.5)] == [7.0]


def test_a_broken_edit_keeps_the_last_good_one_and_says_what_is_wrong(path: Path) -> None:
    game = Game(ConfigWatcher(path, Speed))
    path.write_text("sped = 3")
    assert game.run(0.5) == []
    assert game.watcher.config == Speed(speed=2.0)
    assert game.watcher.error == f"{path}:1:1: sped: unknown key (did you mean 'speed'?)"
    path.write_text("speed = 3")
    assert [fresh.speed for _, fresh in game.run(0.5)] == [3.0]
    assert game.watcher.error is None


def test_a_file_that_goes_and_comes_back(path: Path) -> None:
    game = Game(ConfigWatcher(path, Speed))
    path.unlink()
    assert game.run(0.5) == []
    assert game.watcher.error is not None and "no such file" in game.watcher.error
    path.write_text("speed = 9")
    assert [fresh.speed for _, fresh in game.run(0.5)] == [9.0]


def test_broken_from_the_start(path: Path) -> None:
    path.write_text("speed = -1")
    game = Game(ConfigWatcher(path, Speed))
    assert game.watcher.config is None and game.watcher.error is not None
    path.write_text("speed = 1")
    assert [fresh.speed for _, fresh in game.run(0.5)] == [1.0]


def test_an_edit_of_what_it_extends_counts(path: Path, tmp_path: Path) -> None:
    path.write_text("extends = 'base'")
    base = tmp_path / "base.toml"
    game = Game(ConfigWatcher(path, Speed, presets_folder=tmp_path))
    assert game.watcher.error is not None
    base.write_text("speed = 4")
    assert [fresh.speed for _, fresh in game.run(0.5)] == [4.0]
    game.run(5)
    base.write_text("speed = 5")
    assert [fresh.speed for _, fresh in game.run(0.5)] == [5.0]


def test_a_half_written_file_is_not_taken(path: Path) -> None:
    """An editor that empties the file, and writes it a tenth of a second later."""
    game = Game(ConfigWatcher(path, Speed))
    game.run(5)
    path.write_text("")
    seen = game.run(0.1)
    path.write_text("speed = 6")
    seen += game.run(0.5)
    assert [fresh.speed for _, fresh in seen] == [6.0]


def test_a_clock_that_starts_again(path: Path) -> None:
    watcher = ConfigWatcher(path, Speed)
    Game(watcher).run(10)
    path.write_text("speed = 8")
    assert [fresh.speed for _, fresh in Game(watcher).run(0.5)] == [8.0]


def test_a_frame_without_an_edit_costs_next_to_nothing(path: Path) -> None:
    game = Game(ConfigWatcher(path, Speed))
    game.run(5)
    begin = time.perf_counter()
    game.run(100)
    assert (time.perf_counter() - begin) / 6000 < 0.0005
