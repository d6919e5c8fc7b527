"""Kernels borrow the arrays they are given: whoever calls holds them until the call is over.

numba counts one more reference to each array when a function begins and one less when it ends, and so for every view of it, with an
atomic operation each: a kernel of small calls spends a third of its time on counting.  Here a function that can leave no array behind
sees its arguments as memory that nobody counts, as numba itself sees constants.  Views of them inherit that.

What is left alone: functions that return arrays, generators, and those that are given anything else that could keep an array, such as lists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core import types
from numba.core.lowering import BaseLower
from numba.core.types.abstract import Callable as AnyFunction
from numba.core.types.containers import BaseTuple
from numba.core.types.misc import NoneType, Omitted, SliceType

__all__ = ["borrowing_changes"]

_HARMLESS = (types.Number, types.Boolean, types.Dispatcher, AnyFunction, NoneType, Omitted, SliceType)


def borrowing_changes() -> list[tuple[Any, str, Any]]:
    """(owner, name, what it is to be while kernels are compiled)."""
    return [(BaseLower, "extract_function_arguments", _borrowing(BaseLower.extract_function_arguments))]


def _borrowing(extract: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def extract_function_arguments(self: Any) -> Any:
        values = extract(self)
        if self.generator_info is None and not _counted(self, self.fndesc.restype) and all(_may_lend(each) for each in self.fndesc.argtypes):
            values = self.fnargs = [_uncounted(self, kind, value) for kind, value in zip(self.fndesc.argtypes, values, strict=True)]
        return values

    return extract_function_arguments


def _counted(lower: Any, kind: Any) -> bool:
    """Whether values of a type hold memory that counts who refers to it."""
    return bool(lower.context.data_model_manager[kind].contains_nrt_meminfo())


def _may_lend(kind: Any) -> bool:
    """Whether a function that is given such a value has no place in it to keep an array."""
    if isinstance(kind, BaseTuple):
        return all(_may_lend(each) for each in kind)
    return type(kind) is types.Array or isinstance(kind, _HARMLESS)


def _uncounted(lower: Any, kind: Any, value: Any) -> Any:
    """The value, with nothing in its arrays that counts."""
    builder = lower.builder
    if isinstance(kind, BaseTuple):
        for i, each in enumerate(kind):
            if _counted(lower, each):
                value = builder.insert_value(value, _uncounted(lower, each, builder.extract_value(value, i)), i)
    elif type(kind) is types.Array:
        at = lower.context.data_model_manager[kind].get_field_position("meminfo")
        value = builder.insert_value(value, value.type.elements[at](None), at)
    return value
