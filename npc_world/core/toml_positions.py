"""Where each key and value of a TOML text stands: what `tomllib` does not tell, and error messages need.

A scanner of structure only (keys, tables, strings, brackets), not a validator: it stops at the first thing it
does not understand, and `tomllib` says what that was.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field

__all__ = ["KeyPath", "NestedTooDeep", "Positions", "find_positions"]

KeyPath = tuple[str | int, ...]
"""Keys from the document's root; indexes into arrays are ints."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*"{3,5}')
_LONG_LITERAL = re.compile(r"'''(?:[^']|'{1,2}(?!'))*'{3,5}")
_PLAIN = re.compile(r"[^,\]}#\r\n]+")


@dataclass(slots=True)
class Positions:
    """Line and column, both from 1, of keys and of values, by path from the root."""

    keys: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    """The first place that names the key; elements of arrays and tables in arrays are here too."""
    values: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    """The first character of each value; a table's value is where its header or its brace stands."""


class NestedTooDeep(Exception):
    """A key or value lies deeper than allowed."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}")
        self.line, self.column = line, column


def find_positions(text: str, deepest: int = 32) -> Positions:
    """Positions of all keys and values in `text`, up to the first that is not TOML.

    Raises `NestedTooDeep` where a path has more than `deepest` parts, so that what follows may recurse.

    >>> find_positions('speed = 2\\n[vision]\\n  range = [1, 20]').values[("vision", "range", 1)]
    (3, 15)
    """
    scan = _Scan(text, deepest)
    with suppress(_Lost):
        scan.document()
    return scan.found


class _Lost(Exception):
    """The text is not TOML from here on."""


class _Scan:
    """One pass over a text: `at` is the offset of the next character to read."""

    def __init__(self, text: str, deepest: int) -> None:
        self.text, self.deepest, self.at = text, deepest, 0
        self.found = Positions()
        self._tables_in: dict[KeyPath, int] = {}  # how many tables an array of tables has so far
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def document(self) -> None:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self._next("["):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_SPACE)
            if self.at < len(self.text) and self.text[self.at] not in "#\r\n":
                raise _Lost
            self._skip(_BLANK)

    def _header(self) -> KeyPath:
        """`[a.b]` or `[[a.b]]` after its first bracket: the path of the table it opens."""
        start = self.at - 1
        several = self._next("[")
        parts = self._key()
        if not self._next("]") or (several and not self._next("]")):
            raise _Lost
        path: KeyPath = ()
        for depth, (part, offset) in enumerate(parts, start=1):
            path = self._mark((*path, part), offset, start)
            if several and depth == len(parts):
                self._tables_in[path] = self._tables_in.get(path, 0) + 1
            if path in self._tables_in:
                path = self._mark((*path, self._tables_in[path] - 1), offset, start)
        return path

    def _pair(self, table: KeyPath) -> None:
        """`key.key = value` inside `table`."""
        parts = self._key()
        if not self._next("="):
            raise _Lost
        self._skip(_SPACE)
        path = table
        for part, offset in parts[:-1]:
            path = self._mark((*path, part), offset, offset)
        self._value((*path, parts[-1][0]), parts[-1][1])

    def _key(self) -> list[tuple[str, int]]:
        """The parts of a dotted key with their offsets; the spaces around it are passed over."""
        parts: list[tuple[str, int]] = []
        while True:
            self._skip(_SPACE)
            offset = self.at
            raw = self._take(_BARE_KEY, _BASIC, _LITERAL)
            parts.append((_unquoted(raw), offset))
            if len(parts) > self.deepest:
                raise NestedTooDeep(*self._line_column(offset))
            self._skip(_SPACE)
            if not self._next("."):
                return parts

    def _value(self, path: KeyPath, key_offset: int) -> None:
        self._mark(path, key_offset, self.at)
        if self._next("["):
            self._array(path)
        elif self._next("{"):
            self._inline_table(path)
        else:
            self._take(_LONG_BASIC, _LONG_LITERAL, _BASIC, _LITERAL, _PLAIN)

    def _array(self, path: KeyPath) -> None:
        index = 0
        self._skip(_BLANK)
        while not self._next("]"):
            self._value((*path, index), self.at)
            index += 1
            self._skip(_BLANK)
            if self._next(","):
                self._skip(_BLANK)
            elif not self.text.startswith("]", self.at):
                raise _Lost

    def _inline_table(self, path: KeyPath) -> None:
        self._skip(_BLANK)
        while not self._next("}"):
            self._pair(path)
            self._skip(_BLANK)
            if self._next(","):
                self._skip(_BLANK)
            elif not self.text.startswith("}", self.at):
                raise _Lost

    def _mark(self, path: KeyPath, key_offset: int, value_offset: int) -> KeyPath:
        if len(path) > self.deepest:
            raise NestedTooDeep(*self._line_column(key_offset))
        if path not in self.found.keys:
            self.found.keys[path] = self._line_column(key_offset)
            self.found.values[path] = self._line_column(value_offset)
        return path

    def _next(self, character: str) -> bool:
        """Pass over `character` if it stands here."""
        here = self.text.startswith(character, self.at)
        self.at += here
        return here

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _take(self, *patterns: re.Pattern[str]) -> str:
        for pattern in patterns:
            match = pattern.match(self.text, self.at)
            if match:
                self.at = match.end()
                return match.group()
        raise _Lost

    def _line_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1


def _unquoted(key: str) -> str:
    if key[0] == "'" or (key[0] == '"' and "\\" not in key):
        return key[1:-1]
    if key[0] != '"':
        return key
    try:
        return str(tomllib.loads(f"key = {key}")["key"])
    except tomllib.TOMLDecodeError:
        raise _Lost from None
