"""Reload a config when its file is edited, while a game runs."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Generic, TypeVar

from npc_world.core.config_load import LARGEST_BYTES, load_config, read_config
from npc_world.core.errors import ConfigError

__all__ = ["ConfigWatcher"]

Schema = TypeVar("Schema")
_LOOK_EVERY_S = 0.2
_SETTLED_S = 0.15
_KEEP_READING_S = 3.0


class ConfigWatcher(Generic[Schema]):
    """Holds the last good config of a file, and notices edits to it and to all that it extends.

    Call `poll(time_s)` each frame with the game's clock: it looks at the files' time stamps five times a second,
    reads them when those changed, and takes an edit when two looks read the same, so that a half-written file is
    not taken.  An edit is in effect within 0.35 s and a frame.
    """

    def __init__(self, path: str | Path, schema: type[Schema], *, presets_folder: Path | None = None) -> None:
        self._path, self._schema, self._presets_folder = path, schema, presets_folder
        self._files: list[Path] = []
        self._pending: bytes | None = None
        self._looked_s = self._look_again_s = self._read_until_s = float("-inf")
        self.config: Schema | None = None
        """The last good instance; None when there was none yet."""
        self.error: str | None = None
        """What is wrong with the file as it is now, or None."""
        self._content, self._stamp = self._fingerprint(), self._stamps()
        self._load()

    def poll(self, time_s: float) -> Schema | None:
        """The new instance when the files changed and are right, else None; `error` says when they are wrong."""
        if self._looked_s <= time_s < self._look_again_s:
            return None
        if self._looked_s > time_s or self._looked_s == float("-inf"):  # the first look, or a game clock that starts again
            self._read_until_s = time_s + _KEEP_READING_S
        self._looked_s, self._look_again_s = time_s, time_s + _LOOK_EVERY_S
        stamp = self._stamps()
        if stamp == self._stamp and self._pending is None and self.error is None and time_s >= self._read_until_s:
            return None
        content = self._fingerprint()
        self._stamp = stamp if len(stamp) == len(self._files) else []
        if content == self._content:
            self._pending = None
            return None
        self._read_until_s = time_s + _KEEP_READING_S  # stamps may be coarse: a second edit can carry the same one
        if content != self._pending:
            self._pending, self._look_again_s = content, time_s + _SETTLED_S
            return None
        self._pending, self._content = None, content
        return self._load()

    def _load(self) -> Schema | None:
        try:
            fresh = load_config(self._path, self._schema, presets_folder=self._presets_folder)
        except ConfigError as error:
            self.error = str(error)
            return None
        self.config, self.error = fresh, None
        return fresh

    def _stamps(self) -> list[tuple[int, int, int] | None]:
        stamps: list[tuple[int, int, int] | None] = []
        for file in self._files:
            try:
                state = file.stat()
            except OSError:
                stamps.append(None)
            else:
                stamps.append((state.st_mtime_ns, state.st_size, state.st_ino))
        return stamps

    def _fingerprint(self) -> bytes:
        """A hash of all files' content, and of what stands in the way of reading one: a file that was missing may appear."""
        found = read_config(self._path, self._presets_folder)
        self._files = found.files
        digest = hashlib.sha256("\n".join(map(str, found.mistakes)).encode())
        for file in self._files:
            try:
                with file.open("rb") as stream:
                    digest.update(stream.read(LARGEST_BYTES + 1) + b"\0")
            except (OSError, ValueError):
                digest.update(b"\0missing\0")
        return digest.digest()
