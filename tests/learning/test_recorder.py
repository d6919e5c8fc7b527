"""A recording holds what was seen, whatever happens to the game that wrote it."""

from __future__ import annotations

import gc
import json
import math
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import npc_world as nw
from npc_world.core.errors import BadInputError, SaveFileError

ROOT = Path(__file__).resolve().parents[2]
WALLS = [(0.0, 600.0, 1000.0, 600.0), (0.0, 0.0, 0.0, 600.0)]


def fly(recorder: nw.Recorder, frames: int, start: int = 0) -> None:
    for k in range(start, start + frames):
        recorder.frame(k / 60, {"ball": (100.0 + k, 50.0 + 0.25 * k), "player": (5.0, 5.0) if k % 3 else None})


def test_what_was_recorded_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.npz"
    with nw.Recorder(path, chunk_frames=50, about={"game": "juggling"}) as recorder:
        recorder.world("ball", WALLS, 12.0, material=[0, 1])
        fly(recorder, 120)
        recorder.begin("ball")
        fly(recorder, 70, 120)
        assert not path.exists()
    recording = nw.Recording(path)
    assert recording.finished
    assert recording.about["game"] == "juggling"
    assert recording.bodies() == {"ball": 190, "player": sum(k % 3 > 0 for k in range(190))}
    first, second = recording.runs("ball")
    assert len(first.times_s) == 120
    assert len(second.times_s) == 70
    assert second.times_s[0] == 2.0
    np.testing.assert_array_equal(second.positions_px[:, 0], 220.0 + np.arange(70))
    assert first.world == {"segments": [list(w) for w in WALLS], "radius_px": 12.0, "material": [0, 1]}
    assert not list(tmp_path.glob("*.part"))


def test_a_run_ends_where_it_begins_anew_is_long_unseen_or_its_walls_move(tmp_path: Path) -> None:
    with nw.Recorder(tmp_path / "log.npz", chunk_frames=7) as recorder:
        recorder.world("ball", WALLS, 12.0)
        clock = iter(np.arange(1, 1000) / 60)
        for run, (frames, unseen) in enumerate(((20, 0), (10, 5), (10, 40), (15, 0))):
            if run == 1:
                recorder.begin("ball")
            for _ in range(frames):
                recorder.frame(next(clock), {"ball": (run, 0)})
            for _ in range(unseen):
                recorder.frame(next(clock), {})
        recorder.world("ball", WALLS[:1], 12.0)
        recorder.frame(next(clock), {"ball": (9, 0)})
        recorder.frame(next(clock), {"ball": (9, 0)})
    runs = list(nw.Recording(tmp_path / "log.npz").runs("ball"))
    assert [len(run.times_s) for run in runs] == [20, 20, 15, 2]
    assert [len(run.world["segments"]) for run in runs if run.world] == [2, 2, 2, 1]
    pieces = list(nw.Recording(tmp_path / "log.npz").runs("ball", longest=8))
    assert max(len(run.times_s) for run in pieces) == 8
    assert sum(len(run.times_s) for run in pieces) == 57


def test_any_numpy_opens_it_without_pickle(tmp_path: Path) -> None:
    with nw.Recorder(tmp_path / "log.npz") as recorder:
        fly(recorder, 10)
    with np.load(tmp_path / "log.npz", allow_pickle=False) as arrays:
        assert json.loads(str(arrays["about"]))["format"] == "npc_world recording"
        np.testing.assert_array_equal(arrays["frames-000000"]["ball"]["x"], 100.0 + np.arange(10))


def test_sprites_rects_and_names_of_any_script(tmp_path: Path) -> None:
    class Rect:
        x, y, w, h = 10, 20, 4, 6

    class Sprite:
        rect = Rect()

    with nw.Recorder(tmp_path / "log.npz") as recorder:
        recorder.frame(0.0, {"Bällchen": Sprite(), "球": np.array([1.0, 2.0])})
    chunk = next(nw.Recording(tmp_path / "log.npz").chunks())
    assert chunk.positions_px["Bällchen"].tolist() == [[12.0, 23.0]]
    assert chunk.positions_px["球"].tolist() == [[1.0, 2.0]]


def test_a_crash_loses_at_most_the_last_chunk(tmp_path: Path) -> None:
    code = f"""
import os, npc_world as nw
recorder = nw.Recorder({str(tmp_path / "log.npz")!r}, chunk_frames=100)
for k in range(1057):
    recorder.frame(k / 60, {{"ball": (k, 1.5)}})
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 9
    recording = nw.Recording(tmp_path / "log.npz")
    assert not recording.finished
    assert recording.bodies() == {"ball": 1000}
    part = tmp_path / "log.npz.part"
    part.write_bytes(part.read_bytes()[:-11])  # and the disk lost the end of what was written
    assert nw.Recording(part).bodies() == {"ball": 900}
    nw.Recorder(tmp_path / "log.npz").close()  # the next start of the game does not write over it
    assert nw.Recording(tmp_path / "log.npz.crashed-1.part").bodies() == {"ball": 900}


def test_a_recorder_that_is_forgotten_still_finishes(tmp_path: Path) -> None:
    recorder = nw.Recorder(tmp_path / "log.npz")
    fly(recorder, 30)
    del recorder
    gc.collect()
    assert nw.Recording(tmp_path / "log.npz").bodies()["ball"] == 30


def test_memory_stays_that_of_one_chunk(tmp_path: Path) -> None:
    with nw.Recorder(tmp_path / "log.npz", chunk_frames=256) as recorder:
        fly(recorder, 1024)
        tracemalloc.start()
        fly(recorder, 8192, 1024)
        grown = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    assert grown < 60_000  # 32 chunks of 10 kB went through
    assert (tmp_path / "log.npz").stat().st_size < 9216 * 30


@pytest.mark.parametrize(("call", "says"), [
    (lambda r: r.frame(math.nan, {}), "time_s=nan"),
    (lambda r: r.frame(0.5, {}), "not after the last frame"),
    (lambda r: r.frame(2.0, {"ball": (math.inf, 0.0)}), r"bodies\['ball'\]"),
    (lambda r: r.frame(2.0, {"ball": (1.0, 2.0), "": (1.0, 2.0)}), "name=''"),
    (lambda r: r.frame(2.0, {"time_s": (1.0, 2.0)}), "name='time_s'"),
    (lambda r: r.begin(3), "name=3"),
    (lambda r: r.world("ball", [(1, 2, 3)], 12.0), "segments has shape"),
    (lambda r: r.world("ball", WALLS, -1.0), "radius_px=-1.0"),
    (lambda r: r.world("ball", WALLS, 12.0, colour=3), "colour"),
])
def test_bad_input_is_named_and_nothing_is_recorded(tmp_path: Path, call: Any, says: str) -> None:
    with nw.Recorder(tmp_path / "log.npz") as recorder:
        recorder.frame(1.0, {"ball": (1.0, 1.0)})
        with pytest.raises(BadInputError, match=says):
            call(recorder)
    assert nw.Recording(tmp_path / "log.npz").bodies() == {"ball": 1}


def test_a_full_disk_ends_the_recording_not_the_game(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = nw.Recorder(tmp_path / "log.npz", chunk_frames=10)
    fly(recorder, 10)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zipfile.ZipFile.writestr", full)
    fly(recorder, 30, 10)
    assert "No space left" in str(recorder.problem)
    with pytest.raises(SaveFileError, match="No space left"):
        recorder.close()
    assert nw.Recording(tmp_path / "log.npz").bodies()["ball"] == 10


def test_other_files_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SaveFileError, match="no such file"):
        nw.Recording(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(SaveFileError, match="not a recording"):
        nw.Recording(tmp_path / "other.npz")
    (tmp_path / "noise.npz").write_bytes(b"PK\x03\x04" + bytes(range(200)))
    with pytest.raises(SaveFileError, match="not a recording"):
        nw.Recording(tmp_path / "noise.npz")
    with pytest.raises(SaveFileError, match=r"log\.npz"):
        nw.Recorder(tmp_path / "noise.npz" / "log.npz")


def test_a_damaged_finished_recording_says_so(tmp_path: Path) -> None:
    path = tmp_path / "log.npz"
    with nw.Recorder(path, chunk_frames=100) as recorder:
        fly(recorder, 300)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises(SaveFileError, match=r"log\.npz"):
        list(nw.Recording(path).chunks())


@pytest.mark.parametrize("field", ["x", "run", "wish_x", "ground"])
def test_a_chunk_whose_parts_do_not_match_is_refused(tmp_path: Path, field: str) -> None:
    path = tmp_path / "log.npz"
    with nw.Recorder(path) as recorder:
        for k in range(8):
            recorder.frame(k / 60, {"walker": (100.0 + k, 50.0)}, {"walker": ((60.0, 0.0), "grass")})
    assert len(next(iter(nw.Recording(path).chunks())).commanded_px_s["walker"]) == 8
    members = dict(np.load(path))
    name, = (key for key in members if key.startswith("frames"))
    whole = members[name]
    body = whole.dtype["walker"]
    parts = [(n, body[n].base, (3,) if n == field else (8,)) for n in body.names]
    members[name] = np.zeros((), np.dtype([("time_s", "<f8", (8,)), ("walker", np.dtype(parts))]))
    members[name]["time_s"] = whole["time_s"]
    np.savez(path, **members)
    with pytest.raises(SaveFileError, match="chunk in it"):
        list(nw.Recording(path).chunks())
