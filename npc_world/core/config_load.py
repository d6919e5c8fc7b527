"""Read a config: a preset's name, a file or a dict, laid over what it extends, checked against a schema."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from npc_world.core.config_tree import DEEPEST, Mistake, Node, Place, merged, nearest, node_from_mapping, node_from_toml
from npc_world.core.config_types import Builder
from npc_world.core.errors import BadInputError, ConfigError
from npc_world.core.toml_positions import NestedTooDeep, find_positions

__all__ = ["ConfigSource", "load_config", "preset_names", "read_config"]

Schema = TypeVar("Schema")
LARGEST_BYTES = 1 << 20
_LONGEST_CHAIN = 16
_STATEMENT = re.compile(r"[ \t]*[A-Za-z0-9_.\"'-]+[ \t]*=?")
_MAY_SPAN_LINES = re.compile(r"[\[\]{}]|\"\"\"|\'\'\'")
_AT = re.compile(r"(.*) \(at line (\d+), column (\d+)\)$", re.DOTALL)


def load_config(source: str | os.PathLike[str] | Mapping[str, Any], schema: type[Schema], *, presets_folder: Path | None = None) -> Schema:
    """An instance of the dataclass `schema` from `source`: the name of a preset, a path to a TOML file, or a dict.

    A file or dict may say `extends = "hunter"` (a preset, or a file beside it): it then holds only what differs.
    Raises `ConfigError` with all mistakes at once, one per line: `file:line:column: path: what is wrong`.
    """
    found = read_config(source, presets_folder)
    value = None if found.broken else Builder(schema, found.mistakes).component(schema, found.tree, ())
    if found.mistakes or not isinstance(value, schema):
        raise ConfigError("\n".join(_told(found)))
    return value


def _told(found: ConfigSource, most: int = 100) -> list[str]:
    """One line per mistake, those of the file that was asked for first; beyond `most` they are only counted."""
    order = {str(file): index for index, file in enumerate(found.files)}
    ranked = sorted(found.mistakes, key=lambda m: (order.get(m.place.document, -1), m.place.line, m.place.column))
    lines = [str(mistake) for mistake in dict.fromkeys(ranked)]
    return lines[:most] + ([f"… and {len(lines) - most} more"] if len(lines) > most else [])


@dataclass(slots=True)
class ConfigSource:
    """What was read: one tree with everything it extends underneath, the files it came from, what is wrong so far."""

    tree: Node = field(default_factory=lambda: Node({}, Place("<empty>"), Place("<empty>")))
    files: list[Path] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    broken: bool = False
    """Whether so much is missing that checking what is left would only mislead."""


def read_config(source: str | os.PathLike[str] | Mapping[str, Any], presets_folder: Path | None = None) -> ConfigSource:
    """Read `source` and all that it extends, without a schema; what is wrong is noted, nothing is raised."""
    if not isinstance(source, (str, os.PathLike, Mapping)):
        raise BadInputError(f"source={source!r}: expected the name of a preset, a path to a TOML file, or a dict")
    found = ConfigSource()
    if isinstance(source, Mapping):
        tree = node_from_mapping(source, "<dict>", found.mistakes)
    else:
        path = _locate(source, None, presets_folder, found, Place(str(source)), "")
        tree = _read_file(path, Place(str(path)), "", found) if path else found.tree
    layers = [tree]
    while not found.broken and isinstance(layers[-1].value, dict) and "extends" in layers[-1].value:
        below = _extended(layers[-1], presets_folder, found)
        if below is None:
            break
        if len(layers) == _LONGEST_CHAIN:
            place = layers[-1].value["extends"].value_at
            found.mistakes.append(Mistake(place, "extends", f"more than {_LONGEST_CHAIN} files extend one another"))
            break
        layers.append(below)
    tree = layers.pop()
    while layers:
        tree = merged(tree, layers.pop())
    found.tree = Node({key: node for key, node in tree.value.items() if key != "extends"}, tree.key_at, tree.value_at)
    return found


def preset_names(folder: Path | None) -> list[str]:
    """Names of the presets in a folder, sorted."""
    return sorted(path.stem for path in folder.glob("*.toml")) if folder is not None and folder.is_dir() else []


def _extended(above: Node, presets_folder: Path | None, found: ConfigSource) -> Node | None:
    """The tree that `above` extends, or None when that is wrong."""
    name = above.value["extends"]
    if not isinstance(name.value, str) or not name.value:
        found.mistakes.append(Mistake(name.value_at, "extends", "expected the name of a preset, in quotes"))
        return None
    beside = Path(above.value_at.document) if above.value_at.line else None
    path = _locate(name.value, beside, presets_folder, found, name.value_at, "extends")
    if path is None:
        return None
    if path.resolve() in [file.resolve() for file in found.files]:
        found.mistakes.append(Mistake(name.value_at, "extends", f"{name.value!r} extends this file itself, so neither can be read"))
        return None
    return _read_file(path, name.value_at, "extends", found)


def _locate(source: str | os.PathLike[str], beside: Path | None, presets_folder: Path | None, found: ConfigSource,
            place: Place, at: str) -> Path | None:
    """The file that a name or path means: a preset first, else beside the file that names it."""
    if not isinstance(source, str) or source.endswith(".toml") or "/" in source or "\\" in source:
        return beside.parent / source if beside is not None else Path(source)
    names = preset_names(presets_folder)
    if presets_folder is not None and source in names:
        return presets_folder / f"{source}.toml"
    if beside is not None and (beside.parent / f"{source}.toml").is_file():
        return beside.parent / f"{source}.toml"
    guess = nearest(source, names)
    known = f"there are {', '.join(names)}" if names else "there are none"
    hint = f" (did you mean '{guess}'?)" if guess else ""
    found.mistakes.append(Mistake(place, at, f"no preset of this name: {known}{hint}" if not at else f"no preset {source!r}: {known}{hint}"))
    found.broken = not at  # what the file itself says can be checked without what it extends
    return None


def _read_file(path: Path, place: Place, at: str, found: ConfigSource) -> Node:
    """The tree of one file; `place` and `at` say who wanted it, for when it cannot be read."""
    found.files.append(path)
    try:
        if not path.is_file():
            raise FileNotFoundError(2, "is a folder" if path.is_dir() else "no such file")
        with path.open("rb") as file:
            raw = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        near = nearest(path.stem, _toml_files(path.parent) - {file.stem for file in found.files})
        what = f"{path}: {reason}" if at else str(reason)
        found.mistakes.append(Mistake(place, at, what + (f" (did you mean '{near}.toml'?)" if near else "")))
        found.broken = not at
        return found.tree
    return _parsed(raw, str(path), found)


def _parsed(raw: bytes, document: str, found: ConfigSource) -> Node:
    def give_up(what: str, line: int = 0, column: int = 0) -> Node:
        found.mistakes.append(Mistake(Place(document, line, column), "", what))
        found.broken = True
        return found.tree

    if len(raw) > LARGEST_BYTES:
        return give_up(f"larger than {LARGEST_BYTES // 1024} KiB: this is no config file")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_start = raw.rfind(b"\n", 0, error.start) + 1
        column = len(raw[line_start : error.start].decode("utf-8", "replace")) + 1
        return give_up("not UTF-8 text: save the file as UTF-8", raw.count(b"\n", 0, error.start) + 1, column)
    try:
        return _without_broken_lines(text, document, found)
    except NestedTooDeep as error:
        return give_up(f"lies more than {DEEPEST} tables or lists deep", error.line, error.column)
    except RecursionError:
        return give_up(f"lies more than {DEEPEST} tables or lists deep")


def _without_broken_lines(text: str, document: str, found: ConfigSource) -> Node:
    """The tree of a text.  A line `key = …` that is not TOML is noted and left out, so that the other lines are
    checked too; after any other error what follows cannot be trusted, and `found` is broken.
    """
    while True:
        positions = find_positions(text, DEEPEST)
        try:
            return node_from_toml(tomllib.loads(text), document, positions)
        except tomllib.TOMLDecodeError as error:
            match = _AT.match(str(error))
            lines = text.split("\n")
            last = text.rstrip().count("\n") + 1
            line, column = (int(match[2]), int(match[3])) if match else (last, len(lines[last - 1].rstrip()) + 1)
            content = lines[line - 1]
            what = match[1] if match else str(error).removesuffix(" (at end of document)")
            what = "this key is set already" if what == "Cannot overwrite a value" else what
            found.mistakes.append(Mistake(Place(document, line, column), "", f"not TOML: {what}{_hint(content, column)}"))
            if match is None or not _STATEMENT.match(content) or _MAY_SPAN_LINES.search(content) or len(found.mistakes) > 20:
                found.broken = True
                return found.tree
            lines[line - 1] = ""
            text = "\n".join(lines)
        except ValueError:  # Python reads no number of more than a few thousand digits
            found.mistakes.append(Mistake(Place(document), "", "a number has too many digits"))
            found.broken = True
            return found.tree


def _hint(content: str, column: int) -> str:
    """What a bare word in the place of a value was probably meant to be."""
    match = re.match(r"[A-Za-z_][\w-]*", content[column - 1 :])
    if not match or "=" not in content[: column - 1]:
        return ""
    word = match[0]
    return f" (did you mean {word.lower()}?)" if word.lower() in ("true", "false") else f' (did you mean "{word}", in quotes?)'


def _toml_files(folder: Path) -> set[str]:
    try:
        return {path.stem for path in folder.glob("*.toml")}
    except (OSError, ValueError):
        return set()
