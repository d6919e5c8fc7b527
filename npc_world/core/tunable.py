"""A tunable: a dataclass field that a designer may set from a file, with its range and its one line of help."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field, fields
from functools import cache
from typing import Any

from npc_world.core.errors import BadInputError

__all__ = ["Tunable", "check_tunables", "tunable", "tunable_of"]


@dataclass(frozen=True, slots=True)
class Tunable:
    """What is known of a field beside its type: help text, closed range, allowed words."""

    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def tunable(default: Any = MISSING, help: str = "", *, low: float | None = None, high: float | None = None,
            choices: tuple[str, ...] = (), factory: Any = MISSING) -> Any:
    """A dataclass field with `default` (or `factory`), one line of `help` with the unit, and a closed range.

    >>> @dataclass(frozen=True, kw_only=True)
    ... class Ears:
    ...     range_s: float = tunable(2.0, "how far it hears, in seconds of its own travel", low=0)
    >>> Ears(range_s=3.0).range_s
    3.0
    """
    metadata = {"tunable": Tunable(help, low, high, choices)}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata)
    return field(default=default, metadata=metadata) if default is not MISSING else field(metadata=metadata)


def tunable_of(item: Field[Any]) -> Tunable | None:
    """The `Tunable` of a dataclass field, or None for a field that files may not set."""
    found = item.metadata.get("tunable")
    return found if isinstance(found, Tunable) else None


def check_tunables(component: Any) -> None:
    """Raise `BadInputError` for the first field of `component` outside its range; for `__post_init__`."""
    kind: Any = type(component)
    for field_name, limits in _checked(kind):
        value = getattr(component, field_name)
        if value is None:
            continue
        if type(value) is float and not limits.choices and (limits.low is None or limits.low <= value) and (
                limits.high is None or value <= limits.high) and value == value:
            continue  # by far the most frequent case: records of beliefs are made many times a second
        name = f"{type(component).__name__}.{field_name}"
        if limits.choices and value not in limits.choices:
            raise BadInputError(f"{name}={value!r}: expected one of {', '.join(limits.choices)}")
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            continue
        if value != value:
            raise BadInputError(f"{name}={value!r}: expected a number")
        if limits.low is not None and value < limits.low:
            raise BadInputError(f"{name}={value!r}: expected at least {limits.low:g}")
        if limits.high is not None and value > limits.high:
            raise BadInputError(f"{name}={value!r}: expected at most {limits.high:g}")


@cache
def _checked(component: Any) -> tuple[tuple[str, Tunable], ...]:
    """Names and limits of the fields of a class that have limits."""
    return tuple((item.name, limits) for item in fields(component) if (limits := tunable_of(item)) is not None)
