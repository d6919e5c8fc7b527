"""A config document as a tree whose every key and value knows where it stands, and the merging of such trees."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from npc_world.core.toml_positions import KeyPath, Positions

__all__ = ["DEEPEST", "Mistake", "Node", "Place", "dotted", "merged", "nearest", "node_from_mapping", "node_from_toml"]

DEEPEST = 32
"""How many tables and arrays may lie inside one another."""


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a document; line 0 where a document has no lines (a dict), column 0 for the whole line."""

    document: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        spot = self.document
        for number in (self.line, self.column):
            if number == 0:
                break
            spot += f":{number}"
        return spot


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: where, at which dotted path (empty for the document as a whole), and what."""

    place: Place
    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.path}: {self.what}" if self.path else f"{self.place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Node:
    """A value: dict of nodes, list of nodes, or whatever else the document holds."""

    value: Any
    key_at: Place
    value_at: Place


def node_from_toml(data: Mapping[str, Any], document: str, positions: Positions) -> Node:
    """The tree of what `tomllib` read, with the positions found in the same text."""

    def build(value: Any, path: KeyPath) -> Node:
        key_at = Place(document, *positions.keys.get(path, (1, 1)))
        value_at = Place(document, *positions.values.get(path, (1, 1)))
        if isinstance(value, dict):
            value = {key: build(inner, (*path, key)) for key, inner in value.items()}
        elif isinstance(value, list):
            value = [build(inner, (*path, index)) for index, inner in enumerate(value)]
        return Node(value, key_at, value_at)

    return build(data, ())


def node_from_mapping(data: Mapping[Any, Any], document: str, mistakes: list[Mistake]) -> Node:
    """The tree of a mapping made in Python: tuples read as lists; keys that are not text, and what lies too deep, are mistakes."""
    place = Place(document)

    def build(value: Any, path: tuple[str, ...]) -> Node:
        if len(path) > DEEPEST:
            mistakes.append(Mistake(place, dotted(path[:3]) + "…", f"lies more than {DEEPEST} tables deep"))
            return Node(None, place, place)
        if isinstance(value, Mapping):
            inner = {}
            for key, item in value.items():
                if isinstance(key, str):
                    inner[key] = build(item, (*path, key))
                else:
                    mistakes.append(Mistake(place, dotted(path), f"the key {key!r} is not text"))
            value = inner
        elif isinstance(value, (list, tuple)):
            value = [build(item, (*path, str(index))) for index, item in enumerate(value)]
        return Node(value, place, place)

    return build(data, ())


def merged(below: Node, above: Node) -> Node:
    """`above` over `below`: tables key by key, anything else replaced."""
    if not (isinstance(below.value, dict) and isinstance(above.value, dict)):
        return above
    table = dict(below.value)
    for key, node in above.value.items():
        table[key] = merged(table[key], node) if key in table else node
    return Node(table, above.key_at, above.value_at)


def dotted(path: Iterable[str | int]) -> str:
    """A path as one would write it in TOML; indexes in brackets."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            written = part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part[:60], ensure_ascii=False)
            text += f".{written}" if text else written
    return text


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` most likely means, or None."""
    if len(word) > 80:  # comparing is slow on long words, and none of ours is long
        return None
    by_lower = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower().replace("-", "_"), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None
