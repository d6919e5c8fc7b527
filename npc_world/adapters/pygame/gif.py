"""The last seconds of play as a GIF, recorded beside the game and encoded by another process so that no frame stalls."""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

import pygame

from npc_world.adapters.gif_encoder import Frame, encode, message, pillow
from npc_world.core.errors import BadInputError

__all__ = ["GifRecorder"]


class GifRecorder:
    """A ring of the last `seconds` of frames, `fps` a second, scaled by `scale`; needs Pillow to save.

    Where a file would exceed `most_bytes` (a camera that travels over grainy ground), it is written with fewer colours,
    then smaller, then with every second frame, until it fits or that is all that can be done; None sets no limit.

        recorder = GifRecorder(seconds=8, fps=15, scale=0.5)
        recorder.add(screen, time_s)                 # every frame; most are skipped in a microsecond
        recorder.save_async("clip.gif")              # on a key; later recorder.poll() gives the path

    Memory: seconds · fps · width · height · 3 bytes after scaling, 57 MB for 8 s of 480 × 330 px at 15 a second.
    """

    def __init__(self, seconds: float = 8.0, fps: float = 15.0, scale: float = 0.5, colours: int = 96,
                 most_bytes: int | None = 3_000_000) -> None:
        for name, value, high in (("seconds", seconds, 600.0), ("fps", fps, 50.0), ("scale", scale, 4.0)):
            if not math.isfinite(value) or not 0.0 < value <= high:
                raise BadInputError(f"{name}={value!r}: expected a number above 0, at most {high:g}")
        if not 2 <= colours <= 255:
            raise BadInputError(f"colours={colours!r}: expected 2 to 255")
        self.fps, self.scale, self.colours, self.most_bytes = fps, scale, colours, most_bytes
        self._frames: deque[Frame] = deque(maxlen=max(1, round(seconds * fps)))
        self._due_s = -math.inf
        self._worker: _Worker | None = None

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def busy(self) -> bool:
        """Whether a file is being written, or waits to be collected by `poll`."""
        return self._worker is not None

    def add(self, surface: pygame.Surface, time_s: float) -> bool:
        """Keep this frame if one is due by the game's own clock; True when it was kept.  A clock that went back starts anew."""
        if time_s < self._due_s:
            if time_s > self._due_s - 2.0 / self.fps:
                return False
            self._frames.clear()
            self._due_s = -math.inf
        step = 1.0 / self.fps
        self._due_s = time_s + step if time_s > self._due_s + step else self._due_s + step
        width = max(1, round(surface.get_width() * self.scale))
        height = max(1, round(surface.get_height() * self.scale))
        if surface.get_bytesize() < 3:
            surface = surface.convert(24)
        small = pygame.transform.smoothscale(surface, (width, height)) if self.scale != 1.0 else surface
        if self._frames and self._frames[-1][1] != (width, height):
            self._frames.clear()  # the window changed size: a GIF has one
        self._frames.append((time_s, (width, height), pygame.image.tobytes(small, "RGB")))
        return True

    def clear(self) -> None:
        """Forget the frames."""
        self._frames.clear()
        self._due_s = -math.inf

    def save(self, path: str | Path) -> Path:
        """Write the frames now and return the path.  Raises `BadInputError` without frames, `MissingExtraError` without Pillow."""
        return encode(self._checked(), Path(path), self.colours, self.most_bytes)

    def save_async(self, path: str | Path) -> None:
        """Start writing the frames of this moment; recording goes on.  `BadInputError` while another file is being written."""
        if self._worker is not None:
            raise BadInputError(f"path={str(path)!r}: {self._worker.path} is still being written; poll() until it is done")
        self._worker = _Worker(self._checked(), Path(path), self.colours, self.most_bytes)
        self._worker.start()

    def poll(self) -> Path | None:
        """The path, once, when `save_async` has finished; None before and after.  Raises what went wrong in the writing."""
        worker = self._worker
        if worker is None or worker.is_alive():
            return None
        self._worker = None
        if worker.error is not None:
            raise worker.error
        return worker.path

    def _checked(self) -> list[Frame]:
        pillow()
        if not self._frames:
            raise BadInputError("no frames recorded yet: call add(surface, time_s) every frame")
        return list(self._frames)


class _Worker(threading.Thread):
    """Feeds the frames to a process that encodes them; where none can be started, encodes them itself."""

    def __init__(self, frames: list[Frame], path: Path, colours: int, most_bytes: int | None) -> None:
        super().__init__(name="gif-encoder", daemon=True)
        self.path = path
        self._what = (frames, path, colours, most_bytes)
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            if not self._encoded_elsewhere():
                encode(*self._what)
        except Exception as error:  # handed to the thread that polls
            self.error = error

    def _encoded_elsewhere(self) -> bool:
        if getattr(sys, "frozen", False) or not sys.executable:
            return False
        root = str(Path(__file__).resolve().parents[3])  # importable there as it is here, however the game found it
        paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        try:
            process = subprocess.Popen([sys.executable, "-m", "npc_world.adapters.gif_encoder"], stdin=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths},
                                       creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0))
        except OSError:
            return False
        assert process.stdin is not None and process.stderr is not None
        with contextlib.suppress(BrokenPipeError):  # what the encoder says of it is more
            for piece in message(*self._what):
                process.stdin.write(piece)
            process.stdin.close()
        said = process.stderr.read().decode(errors="replace").strip()
        process.stderr.close()
        if process.wait() != 0:
            raise OSError(f"{self.path}: the GIF could not be written: {said or 'the encoder ended early'}")
        return True
