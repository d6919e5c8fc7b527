"""Build frozen dataclasses from a config tree, by the types and ranges their fields declare; collect what is wrong.

Understood: float, int, bool, str, `Literal`, `X | None` and other unions (the first that fits), tuples, lists,
`dict[str, X]`, and dataclasses in any of these.  Only fields made by `tunable(...)`, and fields that hold
dataclasses, can be set.  A field's default instance is what a file's table changes: `[vision] range_s = 3` keeps
the other values of that default, not those of its class.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from functools import lru_cache
from numbers import Integral, Real
from reprlib import Repr
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from npc_world.core.config_tree import Mistake, Node, Place, dotted, nearest
from npc_world.core.tunable import Tunable, tunable_of

__all__ = ["Builder", "default_of", "in_words", "range_in_words", "settable"]

Path = tuple[str | int, ...]
_ANY = Tunable("")


class _Bad:
    """Stands for a value that could not be built; the reason is in the list of mistakes."""


BAD = _Bad()


@lru_cache(maxsize=256)
def settable(schema: type) -> dict[str, tuple[Field[Any], Any]]:
    """The fields of a dataclass that a file may set, with their types resolved."""
    hints = get_type_hints(schema)
    return {item.name: (item, hints[item.name]) for item in fields(schema)
            if item.init and (tunable_of(item) is not None or _holds_component(hints[item.name]))}


def default_of(item: Field[Any]) -> Any:
    """The default of a dataclass field, or `dataclasses.MISSING`."""
    return item.default_factory() if item.default_factory is not MISSING else item.default


class Builder:
    """One build: `mistakes` grows while it goes on, so that all are told at once."""

    def __init__(self, schema: type, mistakes: list[Mistake]) -> None:
        self.schema, self.mistakes = schema, mistakes
        self._homes: dict[str, str] | None = None

    def component(self, schema: type, node: Node, path: Path, base: Any = None) -> Any:
        """An instance of the dataclass `schema`: `base` (or the defaults) with what the table `node` sets."""
        if isinstance(node.value, schema):
            return node.value
        if not isinstance(node.value, dict):
            return self._wrong(node, path, "a table")
        known = settable(schema)
        for key, child in node.value.items():
            if key not in known:
                self._unknown(key, child.key_at, path, schema)
        values, whole = {}, True
        for item in fields(schema):
            if not item.init:
                continue
            default = default_of(item) if base is None else getattr(base, item.name)
            if item.name in known and item.name in node.value:
                value = self._value(known[item.name][1], node.value[item.name], (*path, item.name), tunable_of(item) or _ANY, default)
                whole = whole and value is not BAD
                values[item.name] = value
            elif default is not MISSING:
                values[item.name] = default
            else:
                whole = False
                self._note(node.key_at, (*path, item.name), "must be given, it has no default")
        if not whole:
            return BAD
        try:
            return schema(**values)
        except (ValueError, TypeError) as error:
            return self._note(node.key_at, path, str(error))

    def _value(self, kind: Any, node: Node, path: Path, limits: Tunable, base: Any = MISSING) -> Any:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (Union, types.UnionType):
            return self._first_that_fits(kind, arguments, node, path, limits, base)
        if is_dataclass(kind):
            assert isinstance(kind, type)
            return self.component(kind, node, path, base if isinstance(base, kind) else None)
        if origin is dict:
            return self._dict(arguments[1], node, path, limits, base)
        if origin in (tuple, list):
            return self._sequence(origin, arguments, node, path, limits)
        if origin is Literal or limits.choices:
            return self._choice(limits.choices or arguments, node, path)
        if kind in _SCALARS:
            return self._scalar(kind, node, path, limits)
        raise TypeError(f"{dotted(path)}: a config cannot hold fields of type {kind!r}")

    def _first_that_fits(self, kind: Any, options: tuple[Any, ...], node: Node, path: Path, limits: Tunable, base: Any) -> Any:
        if node.value is None and type(None) in options:
            return None
        options = tuple(option for option in options if option is not type(None))
        before = len(self.mistakes)
        tried = []
        for option in options:
            value = self._value(option, node, path, limits, base)
            if value is not BAD:
                del self.mistakes[before:]
                return value
            tried.append(self.mistakes[before:])
            del self.mistakes[before:]
        fitting = [found for option, found in zip(options, tried, strict=True) if _same_sort(option, node)]
        if len(options) == 1 or len(fitting) == 1:
            self.mistakes += fitting[0] if len(fitting) == 1 else tried[0]
            return BAD
        return self._wrong(node, path, in_words(kind, limits))

    def _dict(self, kind: Any, node: Node, path: Path, limits: Tunable, base: Any) -> Any:
        if not isinstance(node.value, dict):
            return self._wrong(node, path, in_words(dict[str, kind], limits))
        result = dict(base) if isinstance(base, dict) else {}
        whole = True
        for key, child in node.value.items():
            value = self._value(kind, child, (*path, key), limits, result.get(key, MISSING))
            whole = whole and value is not BAD
            result[key] = value
        return result if whole else BAD

    def _sequence(self, origin: type, arguments: tuple[Any, ...], node: Node, path: Path, limits: Tunable) -> Any:
        if not isinstance(node.value, list):
            return self._wrong(node, path, in_words(origin[arguments], limits))  # type: ignore[index]
        any_length = origin is list or (len(arguments) == 2 and arguments[1] is Ellipsis)
        kinds = (arguments[0],) * len(node.value) if any_length else arguments
        if len(kinds) != len(node.value):
            return self._note(node.value_at, path, f"expected {len(kinds)} values, got {len(node.value)}")
        values = [self._value(kind, child, (*path, index), limits) for index, (kind, child) in enumerate(zip(kinds, node.value, strict=True))]
        return BAD if BAD in values else origin(values)

    def _choice(self, choices: tuple[Any, ...], node: Node, path: Path) -> Any:
        for choice in choices:
            if node.value == choice and isinstance(node.value, type(choice)):
                return choice
        guess = nearest(node.value, [c for c in choices if isinstance(c, str)]) if isinstance(node.value, str) else None
        return self._wrong(node, path, "one of " + ", ".join(map(_written, choices)), _written(guess) if guess else "")

    def _scalar(self, kind: Any, node: Node, path: Path, limits: Tunable) -> Any:
        fits, words = _SCALARS[kind]
        if not fits(node.value):
            return self._wrong(node, path, words, _meant(kind, node.value))
        try:
            value = kind(node.value)
        except OverflowError:
            return self._wrong(node, path, "a number that fits in 64 bits")
        if kind not in (int, float):
            return value
        if math.isnan(value):
            return self._wrong(node, path, words)
        if (limits.low is not None and value < limits.low) or (limits.high is not None and value > limits.high):
            return self._wrong(node, path, range_in_words(limits))
        return value

    def _unknown(self, key: str, place: Place, path: Path, schema: type) -> None:
        name = (*path, key)
        if key in {item.name for item in fields(schema)}:
            self._note(place, name, "cannot be set from a file")
            return
        guess = nearest(key, settable(schema))
        if guess is None:  # it may be the name of something that lives in another table
            if self._homes is None:
                self._homes = _homes_of(self.schema)
            guess = self._homes.get(nearest(key, self._homes) or "")
        self._note(place, name, "unknown key" + (f" (did you mean '{guess}'?)" if guess else ""))

    def _wrong(self, node: Node, path: Path, expected: str, meant: str = "") -> Any:
        hint = f" (did you mean {meant}?)" if meant else ""
        return self._note(node.value_at, path, f"expected {expected}, got {_shown(node.value)}{hint}")

    def _note(self, place: Place, path: Path, what: str) -> Any:
        self.mistakes.append(Mistake(place, dotted(path), " ".join(what.split())))
        return BAD


def in_words(kind: Any, limits: Tunable = _ANY) -> str:
    """What a field of this type takes, in a designer's words.

    >>> in_words(tuple[float, float]), in_words(float | None)
    ('a list of 2: a number, a number', 'a number')
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(in_words(option, limits) for option in arguments if option is not type(None)))
    if origin is dict:
        return f"a table of names, each {in_words(arguments[1], limits)}"
    if origin is list or (origin is tuple and arguments[1:] == (Ellipsis,)):
        return f"a list, each {in_words(arguments[0], limits)}"
    if origin is tuple:
        return f"a list of {len(arguments)}: " + ", ".join(in_words(option, limits) for option in arguments)
    if origin is Literal or limits.choices:
        return "one of " + ", ".join(map(_written, limits.choices or arguments))
    return _SCALARS[kind][1] if kind in _SCALARS else "a table"


def range_in_words(limits: Tunable) -> str:
    """The closed range of a tunable: "0 to 4", "at least 0", "at most 1", or nothing."""
    if limits.low is not None and limits.high is not None:
        return f"{limits.low:g} to {limits.high:g}"
    if limits.low is not None:
        return f"at least {limits.low:g}"
    return f"at most {limits.high:g}" if limits.high is not None else ""


_SCALARS: dict[Any, tuple[Callable[[Any], bool], str]] = {
    float: (lambda value: isinstance(value, Real) and not isinstance(value, bool), "a number"),
    int: (lambda value: isinstance(value, Integral) and not isinstance(value, bool), "a whole number"),
    bool: (lambda value: isinstance(value, bool), "true or false"),
    str: (lambda value: isinstance(value, str), "text in quotes"),
}


def _meant(kind: Any, value: Any) -> str:
    """The value someone may have meant who wrote this one in the wrong type."""
    if kind in (int, float) and isinstance(value, str):
        try:
            return f"{kind(value):g}"
        except (ValueError, OverflowError):
            return ""
    if kind is int and isinstance(value, float) and value == math.floor(value) and math.isfinite(value):
        return f"{value:.0f}"
    if kind is bool and isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower()
    return ""


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, (date, datetime, time)):
        return f"the date {value}"
    return f"the text {_written(value)}" if isinstance(value, str) else _written(value)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    short = Repr()
    short.maxstring = short.maxother = short.maxlong = 60
    return short.repr(value)


def _same_sort(kind: Any, node: Node) -> bool:
    """Whether a type and a value are of one sort, so that this type's complaint is the one worth telling."""
    if is_dataclass(kind) or get_origin(kind) is dict:
        return isinstance(node.value, dict)
    if get_origin(kind) in (tuple, list):
        return isinstance(node.value, list)
    return kind in _SCALARS and _SCALARS[kind][0](node.value)


def _holds_component(kind: Any) -> bool:
    return is_dataclass(kind) or any(_holds_component(inner) for inner in get_args(kind))


def _homes_of(schema: type) -> dict[str, str]:
    """Where each tunable of the whole schema lives, by its last name."""
    homes: dict[str, str] = {}

    def walk(kind: Any, path: Path) -> None:
        if is_dataclass(kind):
            assert isinstance(kind, type)
            for name, (_, inner) in settable(kind).items():
                homes.setdefault(name, dotted((*path, name)))
                walk(inner, (*path, name))
        for inner in get_args(kind):
            walk(inner, path)

    walk(schema, ())
    return homes


