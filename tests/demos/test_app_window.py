"""The game as a program: a real window driven by keys, the dummy driver, and no display at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

from demos.assets import colour

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 150.0
"""A first start compiles; a busy machine takes its time."""


def environment(folder: Path, **more: str) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
    return {**env, "SDL_AUDIODRIVER": "dummy", "SECOND_GUESS_CONFIG": str(folder / "config"), "PYTHONPATH": str(ROOT), **more}


def run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "demos.app", *arguments], cwd=folder, env=environment(folder, **env), capture_output=True, text=True,
                          timeout=PATIENCE_S, check=False)


class Desk:
    """A screen without a monitor, one game on it, and fingers."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        read, write = os.pipe()
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x900x24", "-nolisten", "tcp"], pass_fds=[write],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = f":{pipe.readline().strip()}"
        self.env = environment(folder, DISPLAY=self.display)
        self.game = subprocess.Popen([sys.executable, "-m", "demos.app", *arguments], cwd=folder, env=self.env, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT, text=True)
        self.window = ""

    def tool(self, *arguments: str) -> str:
        return subprocess.run(["xdotool", *arguments], env=self.env, capture_output=True, text=True, timeout=20, check=False).stdout.strip()

    def wait_for_window(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and self.game.poll() is None:
            found = self.tool("search", "--pid", str(self.game.pid)).split()
            if found:
                self.window = found[-1]
                self.tool("windowfocus", self.window)
                return
            time.sleep(0.2)
        pytest.fail(f"no window: {self.game.stdout.read() if self.game.poll() is not None and self.game.stdout else 'still starting'}")

    def key(self, *names: str) -> None:
        for name in names:
            self.tool("key", name)
            time.sleep(0.15)

    def picture(self) -> np.ndarray:
        """(h, w, 3) of what the game shows, taken with its own screenshot key."""
        before = set(self.folder.glob("second-guess-*.png"))
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            self.tool("key", "F12")
            for _ in range(20):
                time.sleep(0.1)
                for path in set(self.folder.glob("second-guess-*.png")) - before:
                    return np.array(pygame.surfarray.array3d(pygame.image.load(str(path)))).swapaxes(0, 1).astype(int)
            assert self.game.poll() is None, self.game.stdout.read() if self.game.stdout else ""
        raise AssertionError("no screenshot came")

    def until(self, what: str, looks: object) -> np.ndarray:
        """Take pictures until one looks right."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            picture = self.picture()
            if looks(picture):  # type: ignore[operator]
                return picture
        raise AssertionError(f"never saw {what}")

    def leave(self) -> None:
        for process in (self.game, self.server):
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=20)
        if self.game.stdout is not None:
            self.game.stdout.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[type[Desk]]:
    missing = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"a driven window needs {' and '.join(missing)} (apt install xvfb xdotool); the dummy-driver tests below cover the same screens")
    made: list[Desk] = []

    class Kept(Desk):
        def __init__(self, *arguments: str) -> None:
            super().__init__(tmp_path, *arguments)
            made.append(self)
            self.wait_for_window()

    yield Kept
    for one in made:
        one.leave()


def share_of(picture: np.ndarray, name: str, within: int = 24) -> float:
    return float((np.abs(picture - colour(name)).sum(axis=2) < within).mean())


def in_menu(picture: np.ndarray) -> bool:
    """The marked choice is a coral bar in the middle, at least 30 rows high."""
    width = picture.shape[1]
    middle = picture[:, round(0.38 * width):round(0.62 * width)]
    rows = (np.abs(middle - colour("coral")).sum(axis=2) < 60).mean(axis=1) > 0.55
    return int(rows.sum()) >= 30


def playing(picture: np.ndarray) -> bool:
    """The dash ring stands in its corner."""
    height = picture.shape[0]
    return share_of(picture[height - 110:height - 20, 20:100], "ember", 60) > 0.02


def player_on_map(picture: np.ndarray) -> np.ndarray:
    """(2,) px of the player's dot on the small map."""
    part = picture[:190, -250:]
    rows, cols = np.nonzero(np.abs(part - colour("coral")).sum(axis=2) < 30)
    assert len(rows) > 3, "no dot on the map"
    return np.array((cols.mean(), rows.mean()))


def test_a_window_is_played_with_keys_from_menu_to_quit(desk: type[Desk], tmp_path: Path):
    screen = desk("--mute")  # type: ignore[call-arg]
    menu = screen.until("the menu", in_menu)
    assert menu.shape == (720, 1280, 3)
    screen.key("Return")
    start = screen.until("the hunt", playing)
    at = player_on_map(start)
    screen.tool("keydown", "Up")
    screen.until("the player run north", lambda picture: player_on_map(picture)[1] < at[1] - 4)
    screen.tool("keyup", "Up")
    screen.key("Escape")
    paused = screen.until("the pause", in_menu)
    assert not np.array_equal(paused, start)
    screen.tool("windowsize", screen.window, "900", "600")
    small = screen.until("the smaller window", lambda picture: picture.shape[:2] == (600, 900))
    assert in_menu(small)
    screen.key("F11")
    screen.until("full screen", lambda picture: picture.shape[:2] == (900, 1600))
    screen.key("F11")
    screen.until("the window again", lambda picture: picture.shape[:2] == (600, 900))
    screen.key("Up", "Return")  # up from the first choice is the last: leave to the menu
    screen.until("the menu", in_menu)
    screen.key("Up", "Return")
    assert screen.game.wait(timeout=PATIENCE_S) == 0
    assert json.loads((tmp_path / "config" / "settings.json").read_text(encoding="utf-8"))["version"] == 1


def test_a_level_starts_at_once_and_the_mind_opens(desk: type[Desk]):
    screen = desk("--level", "1", "--mute", "--difficulty", "calm")  # type: ignore[call-arg]
    screen.until("the hunt", playing)
    screen.key("Tab")
    mind = screen.until("the mind's panel instead of the map", lambda picture: share_of(picture[120:400, -340:-40], "sea", 30) < 0.02
                        and float(picture[120:330, -340:-40].mean()) < 90)
    assert mind.shape == (720, 1280, 3)
    screen.key("r")
    screen.until("a new round", playing)
    screen.tool("windowkill", screen.window)  # what a desktop does with a window that is closed for good; `windowclose` is at times not noticed
    assert screen.game.wait(timeout=PATIENCE_S) is not None


def test_frames_are_counted_and_the_last_is_saved(tmp_path: Path):
    done = run(tmp_path, "--level", "harbour", "--frames", "30", "--screenshot", str(tmp_path / "last.png"), "--mute", "--seed", "4", SDL_VIDEODRIVER="dummy")
    assert done.returncode == 0, done.stderr
    picture = np.array(pygame.surfarray.array3d(pygame.image.load(str(tmp_path / "last.png")))).swapaxes(0, 1).astype(int)
    assert picture.shape == (720, 1280, 3) and playing(picture)


def test_without_a_display_it_says_so_plays_and_films(tmp_path: Path):
    done = run(tmp_path, "--level", "harbour", "--seed", "2", "--frames", "240")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.strip().splitlines()
    assert lines[0].startswith("No display") and lines[1].startswith("harbour, normal, seed 2:") and lines[2].startswith("Film: ")
    films = list(tmp_path.glob("*.gif"))
    assert len(films) == 1 and films[0].read_bytes()[:3] == b"GIF" and 20_000 < films[0].stat().st_size < 3_000_000


def test_the_same_seed_films_the_same_round(tmp_path: Path):
    results = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        results.append(run(tmp_path / name, "--headless", "--level", "harbour", "--seed", "5", "--frames", "180").stdout.splitlines()[0])
    assert results[0] == results[1] and "seed 5" in results[0]


def test_wrong_arguments_are_told(tmp_path: Path):
    for arguments, word in ((["--level", "atlantis"], "atlantis"), (["--frames", "0"], "expected 1 or more"), (["--seed", "-1"], "below zero")):
        done = run(tmp_path, *arguments)
        assert done.returncode == 2 and word in done.stderr


def test_the_benchmark_prints_its_table(tmp_path: Path):
    done = run(tmp_path, "--benchmark", "--frames", "20", "--hunters", "4", "--level", "harbour")
    assert done.returncode == 0, done.stderr
    for word in ("4 hunters", "20 frames", "drawing", "thinking and physics", "p99"):
        assert word in done.stdout
