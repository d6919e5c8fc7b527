"""A progress bar on stderr; where that is no terminal, a line at every quarter."""

from __future__ import annotations

import sys
import time
from typing import TextIO

__all__ = ["Progress"]

_WIDTH = 30


class Progress:
    """Counts to `total`.  Call `advance` as work is done and `close` at the end."""

    def __init__(self, total: int, label: str, stream: TextIO | None = None) -> None:
        self.total, self.label = max(1, total), label
        self._stream = sys.stderr if stream is None else stream
        self._tty = self._stream.isatty()
        self._done, self._quarter, self._began_s = 0, 0, time.monotonic()

    def advance(self, count: int = 1) -> None:
        """So much more is done."""
        self._done += count
        passed_s = time.monotonic() - self._began_s
        left_s = passed_s * (self.total - self._done) / max(1, self._done)
        if self._tty:
            full = _WIDTH * self._done // self.total
            self._write(f"\r{self.label} [{'█' * full}{'·' * (_WIDTH - full)}] {self._done}/{self.total}, {left_s:.0f} s left \x1b[K")
        elif 4 * self._done // self.total > self._quarter:
            self._quarter = 4 * self._done // self.total
            self._write(f"{self.label}: {self._done}/{self.total} after {passed_s:.0f} s\n")

    def close(self) -> None:
        """Clear the bar."""
        if self._tty:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
