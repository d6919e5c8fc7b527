"""The recorder keeps the last seconds, writes a small GIF of the right length, and does not stall the game."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pygame
import pytest
from PIL import Image

from npc_world.adapters.pygame.gif import GifRecorder
from npc_world.core.errors import BadInputError


def island(size: tuple[int, int]) -> pygame.Surface:
    """A textured ground, as a game has: noise, patches, soft shades."""
    rng = np.random.default_rng(5)
    coarse = rng.integers(60, 200, (size[0] // 40 + 1, size[1] // 40 + 1, 3)).astype(np.uint8)
    ground = pygame.transform.smoothscale(pygame.surfarray.make_surface(coarse), size)
    pixels = pygame.surfarray.pixels3d(ground)
    grain = rng.integers(-6, 7, (size[0], size[1], 1))
    pixels[:] = np.clip(pixels.astype(int) + grain, 0, 255)
    return ground


def play(recorder: GifRecorder, seconds: float, size: tuple[int, int] = (960, 540), camera_px_s: float = 0.0) -> None:
    ground, screen = island((size[0] + round(camera_px_s * seconds), size[1])), pygame.Surface(size)
    for frame in range(round(seconds * 60)):
        screen.blit(ground, (-camera_px_s * frame / 60, 0))
        for body in range(8):
            at = (int(size[0] / 2 + 300 * np.cos(frame / 60 + body)), int(size[1] / 2 + 200 * np.sin(frame / 45 + body)))
            pygame.draw.circle(screen, (30 * body, 255 - 30 * body, 120), at, 16)
        recorder.add(screen, frame / 60)


def test_the_last_seconds_at_the_rate_asked_for(tmp_path: Path) -> None:
    recorder = GifRecorder(seconds=2, fps=15, scale=0.25)
    play(recorder, 5)
    assert len(recorder) == 30
    with Image.open(recorder.save(tmp_path / "clip.gif")) as clip:
        assert clip.size == (240, 135) and clip.n_frames == 30
        total = 0
        for index in range(clip.n_frames):
            clip.seek(index)
            total += clip.info["duration"]
        assert total == 2000
        assert clip.info["loop"] == 0


@pytest.mark.parametrize("camera_px_s", [0.0, 120.0], ids=["standing camera", "travelling camera"])
def test_eight_seconds_stay_below_three_megabytes(tmp_path: Path, camera_px_s: float) -> None:
    recorder = GifRecorder()
    play(recorder, 8.5, camera_px_s=camera_px_s)
    assert len(recorder) == 120
    assert recorder.save(tmp_path / "clip.gif").stat().st_size <= 3_000_000
    with Image.open(tmp_path / "clip.gif") as clip:
        assert clip.n_frames >= 40
        if not camera_px_s:
            assert clip.n_frames == 120 and clip.size == (480, 270)


def test_colours_are_those_of_the_game(tmp_path: Path) -> None:
    recorder, screen = GifRecorder(scale=1.0), pygame.Surface((60, 40))
    screen.fill((200, 30, 30))
    pygame.draw.rect(screen, (30, 40, 200), (0, 0, 30, 40))
    recorder.add(screen, 0.0)
    with Image.open(recorder.save(tmp_path / "clip.gif")) as clip:
        still = np.asarray(clip.convert("RGB")).astype(int)
    assert np.abs(still[20, 45] - (200, 30, 30)).max() <= 8 and np.abs(still[20, 15] - (30, 40, 200)).max() <= 8


def test_writing_in_the_background_is_polled(tmp_path: Path) -> None:
    recorder = GifRecorder(seconds=2, fps=10, scale=0.5)
    play(recorder, 2, (320, 240))
    assert recorder.poll() is None and not recorder.busy
    recorder.save_async(tmp_path / "clip.gif")
    with pytest.raises(BadInputError, match="still being written"):
        recorder.save_async(tmp_path / "other.gif")
    recorder.add(island((320, 240)), 9.0)  # recording goes on
    written = None
    for _ in range(2000):
        written = recorder.poll()
        if written is not None:
            break
        time.sleep(0.005)
    assert written == tmp_path / "clip.gif" and written.stat().st_size > 1000
    assert recorder.poll() is None and not recorder.busy
    assert [path.name for path in tmp_path.iterdir()] == ["clip.gif"]


def test_what_goes_wrong_in_the_background_is_raised_by_poll(tmp_path: Path) -> None:
    recorder = GifRecorder(scale=1.0)
    recorder.add(pygame.Surface((20, 20)), 0.0)
    recorder.save_async(tmp_path / "no such folder" / "clip.gif")
    with pytest.raises(OSError, match="no such folder"):
        for _ in range(2000):
            recorder.poll()
            time.sleep(0.005)
    assert not recorder.busy


def test_a_resized_window_and_a_clock_that_went_back_start_anew() -> None:
    recorder = GifRecorder(fps=10, scale=1.0)
    for frame in range(5):
        recorder.add(pygame.Surface((20, 20)), frame * 0.1)
    assert len(recorder) == 5
    recorder.add(pygame.Surface((30, 20)), 0.5)
    assert len(recorder) == 1
    recorder.add(pygame.Surface((30, 20)), 0.6)
    assert recorder.add(pygame.Surface((30, 20)), 0.0) and len(recorder) == 1


def test_wrong_use_is_named(tmp_path: Path) -> None:
    for name, value in (("seconds", 0.0), ("fps", float("nan")), ("scale", -1.0), ("colours", 1)):
        with pytest.raises(BadInputError, match=f"{name}="):
            GifRecorder(**{name: value})
    with pytest.raises(BadInputError, match="no frames"):
        GifRecorder().save(tmp_path / "clip.gif")
