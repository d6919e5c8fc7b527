"""What a player takes home: pictures of the game and films of its last seconds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pygame

import npc_world as nw
from npc_world.adapters.pygame.gif import GifRecorder

__all__ = ["Keepsakes"]

_GIF_S, _GIF_FPS, _GIF_WIDTH = 8.0, 12.0, 480

Say = Callable[[str, float], None]
"""Shows a text for so many seconds."""


class Keepsakes:
    """Saves into the current folder, or at home where that cannot be written, and says where."""

    def __init__(self, width: int, say: Say, stem: str = "second-guess") -> None:
        self.recorder = GifRecorder(_GIF_S, _GIF_FPS, min(1.0, _GIF_WIDTH / max(1, width)))
        self._say, self._stem = say, stem
        self._wants_picture = False

    def ask_for_picture(self) -> None:
        """At the end of this frame: the key may come when the window has just changed its size and is still blank."""
        self._wants_picture = True

    def frame(self, canvas: pygame.Surface, time_s: float) -> bool:
        """A frame was drawn; True when a picture of it was saved."""
        self.recorder.add(canvas, time_s)
        wanted, self._wants_picture = self._wants_picture, False
        return wanted and self._save(canvas)

    def _save(self, canvas: pygame.Surface) -> bool:
        path = free_name("png", self._stem)
        part = path.with_name(f".{path.name}")
        try:
            pygame.image.save(canvas, str(part), "png")
            os.replace(part, path)
        except (pygame.error, OSError) as error:
            self._say(f"No picture: {error}", 5.0)
            return False
        self._say(f"Saved {path}", 4.0)
        return True

    def record(self) -> None:
        """Start writing the last seconds as a GIF; `collect` tells when it is there."""
        try:
            self.recorder.save_async(free_name("gif", self._stem))
        except nw.NpcWorldError as error:
            self._say(str(error), 4.0)
        else:
            self._say("Writing the last seconds …", 3.0)

    def collect(self) -> None:
        """Every frame: say so when a GIF is done or failed."""
        try:
            path = self.recorder.poll()
        except (nw.NpcWorldError, OSError) as error:
            self._say(f"No GIF: {error}", 5.0)
        else:
            if path is not None:
                self._say(f"Saved {path}", 4.0)


def free_name(ending: str, stem: str = "second-guess") -> Path:
    """A file name in the current folder, or at home where that cannot be written."""
    folder = Path.cwd() if os.access(Path.cwd(), os.W_OK) else Path.home()
    stem = f"{stem}-{time.strftime('%Y%m%d-%H%M%S')}"
    path, number = folder / f"{stem}.{ending}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.{ending}"
    return path
