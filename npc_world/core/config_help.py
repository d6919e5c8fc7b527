"""The table of everything a schema lets a designer set, and a TOML file to start from."""

from __future__ import annotations

import json
import textwrap
from dataclasses import MISSING, dataclass, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from npc_world.core.config_tree import dotted
from npc_world.core.config_types import default_of, in_words, range_in_words, settable
from npc_world.core.errors import BadInputError
from npc_world.core.tunable import Tunable, tunable_of

__all__ = ["Setting", "describe", "explained", "template", "write_template"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that a file may set."""

    table: tuple[str, ...]
    name: str
    takes: str
    """What kind of value, in words."""
    default: Any
    """None when the setting is left out by default, `dataclasses.MISSING` when it must be given."""
    range: str
    help: str

    @property
    def path(self) -> str:
        return dotted((*self.table, self.name))


def describe(schema: type) -> list[Setting]:
    """Every tunable of a schema, tables in the order of the fields, the settings of a table before the tables in it.

    A `dict[str, Component]` is listed once per entry of its default, or as `<name>` when that is empty.
    """
    return _described(schema, MISSING, ())


def explained(schema: type, width: int = 100, containing: str = "") -> str:
    """`describe` as text: path, default, range, help; only the settings with `containing` in their path."""
    lines = []
    for setting in describe(schema):
        if containing not in setting.path:
            continue
        default = "must be given" if setting.default is MISSING else "not set" if setting.default is None else _toml(setting.default)
        notes = ", ".join(note for note in (setting.takes, setting.range) if note)
        lines.append(f"{setting.path} = {default}   ({notes})")
        lines += textwrap.wrap(setting.help, width, initial_indent="    ", subsequent_indent="    ")
    return "".join(f"{line}\n" for line in lines)


def template(schema: type, extends: str | None = None, title: str = "Everything that can be set, with its default.") -> str:
    """A TOML file with every setting as a comment: take off the `#` of a line to change it."""
    lines = [f"# {title}", "# Take off the # of a line to change it; what is left out keeps its default.", ""]
    lines += [f"extends = {json.dumps(extends)}", ""] if extends else []
    table: tuple[str, ...] = ()
    for setting in describe(schema):
        if setting.table != table:
            table = setting.table
            lines += ["", f"[{dotted(table)}]" if "<name>" not in table else f"# [{dotted(table)}]"]
        default = setting.default
        value = "" if default is None or default is MISSING else _toml(default)
        notes = "; ".join(note for note in (setting.help, setting.range) if note)
        lines.append(f"#{setting.name} = {value}".rstrip() + (f"  # {notes}" if notes else ""))
    return "\n".join(lines) + "\n"


def write_template(schema: type, path: Path, extends: str | None = None) -> None:
    """Write `template` to a new file; an existing one is not overwritten: `BadInputError`."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template(schema, extends))
    except FileExistsError:
        raise BadInputError(f"path={str(path)!r}: the file exists already") from None


def _described(schema: type, base: Any, table: tuple[str, ...]) -> list[Setting]:
    here: list[Setting] = []
    below: list[Setting] = []
    for name, (item, kind) in settable(schema).items():
        default = default_of(item) if base is MISSING else getattr(base, name)
        limits = tunable_of(item) or Tunable("")
        component = _component_in(kind)
        if component is None:
            here.append(Setting(table, name, in_words(kind, limits), default, range_in_words(limits), limits.help))
        elif _is_dict(kind):
            entries = default if isinstance(default, dict) and default else {"<name>": MISSING}
            for key, entry in entries.items():
                below += _described(component, entry, (*table, name, key))
        else:
            below += _described(component, default if isinstance(default, component) else MISSING, (*table, name))
    return here + below


def _component_in(kind: Any) -> type | None:
    """The dataclass that a field holds: itself, optional, or as the entries of a dict."""
    if is_dataclass(kind) and isinstance(kind, type):
        return kind
    if get_origin(kind) in (tuple, list):
        return None
    return next((found for found in map(_component_in, get_args(kind)) if found is not None), None)


def _is_dict(kind: Any) -> bool:
    return get_origin(kind) is dict or any(_is_dict(inner) for inner in get_args(kind))


def _toml(value: Any) -> str:
    """A default written as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if is_dataclass(value) and not isinstance(value, type):
        value = {name: getattr(value, name) for name in settable(type(value)) if getattr(value, name) is not None}
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dotted((key,))} = {_toml(inner)}" for key, inner in value.items()) + "}"
    return repr(value)
