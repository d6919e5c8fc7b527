"""How numba reads arrays, with fewer instructions: most of what the machine code of a kernel is made from is indices of arrays.

For each `a[i, j]` numba copies the whole array record (data, shape, strides, owner ...) to the stack, reads every field back, twice,
and leaves it to LLVM to find that two numbers were needed.  Here the fields that count are taken out of the record where it is.
What is computed stays the same, negative indices and all.  Rests on how numba lays out arrays: anything but a plain read of a
whole record, or a single element of a plain array, is left to numba.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from numba.core import cgutils, types
from numba.np import arrayobj

__all__ = ["array_changes"]

_FIELDS = frozenset({"meminfo", "parent", "nitems", "itemsize", "data", "shape", "strides"})


def array_changes() -> list[tuple[Any, str, Any]]:
    """(owner, name, what it is to be while kernels are compiled)."""
    return [(arrayobj, "make_array", _in_place(arrayobj.make_array)), (arrayobj, "basic_indexing", _one_element(arrayobj.basic_indexing))]


class _Record:
    """An array's record as a value: fields are taken out of it; whatever else is asked of it, numba's own proxy of it does."""

    def __init__(self, context: Any, builder: Any, kind: Any, value: Any, proxy: Callable[..., Any]) -> None:
        mine = self.__dict__
        mine["_builder"], mine["_value"], mine["_model"] = builder, value, context.data_model_manager[kind]
        mine["_make"], mine["_proxy"] = lambda: proxy(context, builder, value), None

    def __getattr__(self, name: str) -> Any:
        mine = self.__dict__
        if mine["_proxy"] is None and name in _FIELDS:
            return mine["_model"].get(mine["_builder"], mine["_value"], name)
        if mine["_proxy"] is None:
            mine["_proxy"] = mine["_make"]()
        return getattr(mine["_proxy"], name)

    def number(self, name: str, axis: int) -> Any:
        """One of the shape or the strides."""
        mine = self.__dict__
        if mine["_proxy"] is not None:
            return mine["_builder"].extract_value(getattr(self, name), axis)
        return mine["_builder"].extract_value(mine["_value"], [mine["_model"].get_field_position(name), axis])

    def __setattr__(self, name: str, value: Any) -> None:
        mine = self.__dict__
        if mine["_proxy"] is None:
            mine["_proxy"] = mine["_make"]()
        setattr(mine["_proxy"], name, value)


def _in_place(make_array: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def make(kind: Any) -> Any:
        if type(kind) is not types.Array:
            return make_array(kind)

        def proxy(context: Any, builder: Any, value: Any = None, ref: Any = None) -> Any:
            if value is None or ref is not None:
                return make_array(kind)(context, builder, value, ref)
            return _Record(context, builder, kind, value, make_array(kind))

        return proxy

    return make


def _one_element(basic_indexing: Callable[..., Any]) -> Callable[..., Any]:
    def index(context: Any, builder: Any, kind: Any, array: Any, index_types: Any, indices: Any, boundscheck: Any = None) -> Any:
        whole = len(indices) == kind.ndim > 0 and all(isinstance(each, types.Integer) for each in index_types)
        if boundscheck or not whole or not isinstance(array, _Record) or kind.layout not in "ACF":
            return basic_indexing(context, builder, kind, array, index_types, indices, boundscheck=boundscheck)
        at = [arrayobj.fix_integer_index(context, builder, each, given, array.number("shape", axis) if each.signed else None)
              for axis, (each, given) in enumerate(zip(index_types, indices, strict=True))]
        if kind.layout == "A":
            steps = [builder.mul(array.number("strides", axis), each) for axis, each in enumerate(at)]
            return cgutils.pointer_add(builder, array.data, reduce(builder.add, steps)), [], []
        outer_first = range(kind.ndim) if kind.layout == "C" else range(kind.ndim)[::-1]
        offset = at[outer_first[0]]
        for axis in outer_first[1:]:
            offset = builder.add(builder.mul(offset, array.number("shape", axis)), at[axis])
        return builder.gep(array.data, [offset]), [], []

    return index
