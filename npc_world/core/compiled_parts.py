"""Kernels that call kernels, compiled in less time: only what Python calls becomes machine code of its own.

numba gives every compiled function wrappers for Python, optimised machine code and a cache file, and then optimises and
translates the code of each function it calls once more inside it.  Of our kernels five in six are called by kernels alone.
So each `Kernel` has a twin, its part: that is what other kernels see, typed and lowered once and left unoptimised until a
kernel that Python calls takes it in.  Measured: 12 to 18 % less CPU time for all kernels.  Rests on numba's dispatcher and
code library classes; where a version of numba has them otherwise, `core.compiled` compiles in numba's own way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.registry import CPUDispatcher

__all__ = ["Kernel"]

_OPTIONS = {"nopython": True, "nogil": True}


class _PartLibrary(JITCodeLibrary):  # type: ignore[misc]
    """Code that waits to be linked into a caller."""

    def finalize(self) -> None:
        """Link the parts this one calls; neither optimise nor translate anything."""
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            reload = getattr(library, "_reload_init", None)
            if reload:
                self._reload_init.update(reload)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalize_dynamic_globals()
        self._finalized = True


class _PartCompiler(Compiler):  # type: ignore[misc]
    """numba's compiler up to the point where machine code would be made."""

    def __init__(self, typing_context: Any, target_context: Any, library: Any, args: Any, return_type: Any, flags: Any, local_types: Any) -> None:
        own = flags.copy()
        own.no_compile = own.no_cpython_wrapper = own.no_cfunc_wrapper = True
        super().__init__(typing_context, target_context, library, args, return_type, own, local_types)

    def _compile_bytecode(self) -> Any:
        self.state.library = _PartLibrary(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return super()._compile_bytecode()


class _Part(CPUDispatcher):  # type: ignore[misc]
    """What kernels see of a kernel."""

    def add_overload(self, result: Any) -> None:
        """Make a compiled signature known to callers; there is no address, so any unique object names it."""
        named = result._replace(entry_point=object())
        self.targetctx.insert_user_function(named.entry_point, named.fndesc, [named.library])
        self.overloads[tuple(named.signature.args)] = named


class Kernel(CPUDispatcher):  # type: ignore[misc]
    """What Python sees of a kernel: compiled for the types of its first call, cached on disk.

    Raises `RuntimeError` where numba finds no folder to cache in.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function, targetoptions=dict(_OPTIONS))
        self._part = _Part(function, targetoptions=dict(_OPTIONS), pipeline_class=_PartCompiler)
        self.enable_caching()

    @property
    def _numba_type_(self) -> Any:
        return types.Dispatcher(self._part)
