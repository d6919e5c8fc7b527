"""What lies over every screen: short messages, the error of a broken file, frame times."""

from __future__ import annotations

from collections import deque
from statistics import median

import pygame

from .assets import colour
from .screens.panels import plate, ui_scale
from .screens.text import typeface, wrapped

__all__ = ["Overlay"]

_MOST_ERROR_LINES = 6
_FRAMES = 320
"""Frames whose times are shown, one px each: as wide as what is written over them."""


class Overlay:
    """Messages come and go by the app's clock."""

    def __init__(self) -> None:
        self.error = ""
        """Shown in a banner for as long as it is not empty."""
        self.frame_ms: deque[float] = deque(maxlen=_FRAMES)
        self.show_times = False
        self._messages: list[tuple[str, float, float | None]] = []

    def say(self, text: str, seconds: float) -> None:
        self._messages = [*[message for message in self._messages if message[0] != text][-2:], (text, seconds, None)]

    @property
    def messages(self) -> list[str]:
        return [message[0] for message in self._messages]

    def toggle_times(self) -> None:
        self.show_times = not self.show_times

    def draw(self, surface: pygame.Surface, time_s: float) -> None:
        s = ui_scale(surface.get_height())
        self._messages = [(text, seconds, time_s + seconds if until is None else until) for text, seconds, until in self._messages]
        self._messages = [message for message in self._messages if message[2] is not None and message[2] > time_s]
        width, height = surface.get_size()
        font = typeface(round(20 * s), True)
        y = height - 104 * s
        for text, _, _ in reversed(self._messages):
            lines = wrapped(font, text, width - 80 * s)
            for line in reversed(lines):
                back = plate(min(width, font.size(line)[0] + round(36 * s)), round(36 * s), 235)
                surface.blit(back, (round((width - back.get_width()) / 2), round(y)))
                font.write(surface, line, (width / 2, y + 8 * s), colour("ivory"), align=0.5)
                y -= 40 * s
        if self.error:
            self._banner(surface, s)
        if self.show_times and self.frame_ms:
            self._times(surface, s)

    def _banner(self, surface: pygame.Surface, s: float) -> None:
        font = typeface(round(18 * s))
        width = surface.get_width() - round(80 * s)
        lines = [line for part in self.error.splitlines() for line in wrapped(font, part, width - 40 * s)]
        if len(lines) > _MOST_ERROR_LINES:
            lines = [*lines[: _MOST_ERROR_LINES - 1], f"… and {len(lines) - _MOST_ERROR_LINES + 1} more lines"]
        box = plate(width, round((len(lines) + 1) * 24 * s + 20 * s), 240, 12, "panel", "danger")
        x, y = round(40 * s), round(118 * s)
        surface.blit(box, (x, y))
        typeface(round(19 * s), True).write(surface, "The hunters' file is broken; they go on with the last good one", (x + 18 * s, y + 9 * s), colour("danger"))
        for k, line in enumerate(lines):
            font.write(surface, line, (x + 18 * s, y + (34 + 24 * k) * s), colour("ivory"))

    def _times(self, surface: pygame.Surface, s: float) -> None:
        """Bars of the last frames against 16.7 ms."""
        ordered = sorted(self.frame_ms)
        worst = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
        font, words = typeface(18, True), f"{median(ordered):.1f} ms, p99 {worst:.1f} ms of work a frame"
        box = pygame.Rect(round(16 * s), surface.get_height() - round(118 * s) - 92, _FRAMES + 24, 92)
        surface.blit(plate(box.width, box.height, 225), box)
        for k, ms in enumerate(self.frame_ms):
            high = min(46, round(ms * 1.8))
            tint = colour("good" if ms < 10 else "ember" if ms < 16.7 else "danger")
            pygame.draw.line(surface, tint, (box.x + 12 + k, box.bottom - 8), (box.x + 12 + k, box.bottom - 8 - high))
        pygame.draw.line(surface, colour("ivory"), (box.x + 12, box.bottom - 8 - 30), (box.right - 12, box.bottom - 8 - 30))
        font.write(surface, words, (box.x + 12, box.y + 8), colour("ivory"))
