"""Kernels that call kernels, compiled in less time: each is typed and lowered once, and only what Python calls becomes machine code.

numba gives every compiled function wrappers for Python, optimised machine code and a cache file, and then optimises and
translates the code of each function it calls once more inside it.  Of our kernels four in five are called by kernels alone.
So each `Kernel` has a twin, its part: typed and lowered, unoptimised.  That is what other kernels see, and what the kernel
itself is made of: a wrapper for Python, its part and the parts it reaches, linked, optimised together and translated.
Rests on numba's dispatcher and code library classes; where a version of numba has them otherwise, `core.compiled` compiles
in numba's own way.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from copy import copy
from inspect import signature
from typing import Any

from llvmlite.binding import parse_assembly  # type: ignore[import-untyped]
from numba.core import types
from numba.core.caching import FunctionCache
from numba.core.codegen import CPUCodegen, JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.dispatcher import _FunctionCompiler  # type: ignore[attr-defined]
from numba.core.environment import Environment
from numba.core.registry import CPUDispatcher
from numba.core.runtime import rtsys
from numba.core.types.misc import unliteral

from npc_world.core.compiled_quicker import quicker

__all__ = ["Kernel"]

_OPTIONS = {"nopython": True, "nogil": True}
_ENVIRONMENT = "_ZN08NumbaEnv"
_NOWHERE: int = ctypes.cast(ctypes.pythonapi.PyErr_NoMemory, ctypes.c_void_p).value or 0
"""What stands for the machine code of a part, which nothing calls: a function of any arguments that raises an error."""


_PASSES_FOR_ANY_FUNCTION = "llvm_module" not in signature(CPUCodegen._function_pass_manager).parameters
"""numba up to 0.61 prepares passes for one module."""


class _Library(JITCodeLibrary):  # type: ignore[misc]
    def _optimize_functions(self, ll_module: Any) -> None:
        """As numba's, which also prepares passes for each of the many functions that are only declared."""
        if not _PASSES_FOR_ANY_FUNCTION:
            super()._optimize_functions(ll_module)
            return
        ll_module.data_layout = self._codegen._data_layout
        for function in ll_module.functions:
            if not function.is_declaration:
                passes, builder = self._codegen._function_pass_manager()
                passes.run(function, builder)


class PartLibrary(_Library):
    """Code that waits to be linked into a kernel: its functions are tidied one by one, not yet optimised, not translated."""

    _whole: Any = None

    def finalize(self) -> None:
        """Nothing is linked yet: a kernel links all it reaches, each once."""
        self._raise_if_finalized()
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage.name == "external":
                function.linkage = "linkonce_odr"
        for variable in self._final_module.global_variables:
            if variable.name.startswith(_ENVIRONMENT):
                variable.linkage = "linkonce_any"  # few need theirs: the others' are dropped, and not looked for when the kernel is loaded
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """There is no machine code."""
        self._ensure_finalized()
        return _NOWHERE

    def reached(self, seen: dict[Any, None]) -> Iterator[Any]:
        """This library and those it needs, each once over all calls with one `seen`."""
        self._ensure_finalized()
        yield self
        for library in self._linking_libraries:
            if library not in seen:
                seen[library] = None
                if isinstance(library, PartLibrary):
                    yield from library.reached(seen)
                else:
                    yield library

    def link_into(self, module: Any) -> None:
        """Add a copy of this code to a module; other functions may be compiled from it as well."""
        module.link_in(self._final_module, preserve=True)

    def _get_module_for_linking(self) -> Any:
        """For callers that are compiled in numba's own way: this and all it needs."""
        self._ensure_finalized()
        if self._whole is None:
            self._whole = self._final_module.clone()
            _link(self._whole, [library for library in self.reached({self: None}) if library is not self])
        return self._whole


def _link(module: Any, libraries: list[Any]) -> None:
    for library in libraries:
        if isinstance(library, PartLibrary):
            library.link_into(module)
        else:
            module.link_in(library._get_module_for_linking(), preserve=True)


class _WholeLibrary(_Library):
    """What Python calls: a wrapper, a part, and all it reaches."""

    def finalize(self) -> None:
        """Link, optimise together, translate."""
        self._raise_if_finalized()
        seen: dict[Any, None] = {}
        libraries = [each for library in self._linking_libraries for each in library.reached(seen)]
        self._reload_init = set().union(*(getattr(library, "_reload_init", ()) for library in libraries))  # numba 0.61 knows none
        _link(self._final_module, libraries)
        self._optimize_final_module()
        self._final_module.verify()
        self._finalize_final_module()

    def serialize_using_object_code(self) -> Any:
        """For the cache: machine code, and of the rest only which functions it defines, since no kernel is linked into another."""
        self._ensure_finalized()
        names = [function.name for function in self._final_module.functions if not function.is_declaration and function.linkage.name == "external"]
        stubs = parse_assembly("\n".join(f'define void @"{name}"() {{ unreachable }}' for name in names))
        return self.name, "object", (self._get_compiled_object(), stubs.as_bitcode())


class _PartCompiler(Compiler):  # type: ignore[misc]
    """numba's compiler up to the point where machine code would be made."""

    def __init__(self, typing_context: Any, target_context: Any, library: Any, args: Any, return_type: Any, flags: Any, local_types: Any) -> None:
        own = flags.copy()
        own.no_compile = own.no_cpython_wrapper = own.no_cfunc_wrapper = True
        super().__init__(typing_context, target_context, library, args, return_type, own, local_types)

    def _compile_bytecode(self) -> Any:
        self.state.library = PartLibrary(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return super()._compile_bytecode()


class _Part(CPUDispatcher):  # type: ignore[misc]
    """What kernels see of a kernel."""

    def compile(self, types_given: Any) -> Any:
        """Once for all integers and all truth values, not again for each that a caller writes out."""
        return super().compile(tuple(unliteral(each) for each in types_given))

    def add_overload(self, result: Any) -> None:
        """Make a compiled signature known to callers; there is no address, so any unique object names it."""
        named = result._replace(entry_point=object())
        self.targetctx.insert_user_function(named.entry_point, named.fndesc, [named.library])
        self.overloads[tuple(named.signature.args)] = named


class _WholeCompiler(_FunctionCompiler):  # type: ignore[misc]
    """Machine code from a part."""

    def __init__(self, part: _Part, function: Callable[..., Any]) -> None:
        super().__init__(function, part.targetdescr, dict(_OPTIONS), {}, Compiler)
        self._part = part

    def _compile_core(self, args: Any, return_type: Any) -> Any:
        context = self.targetdescr.target_context
        context.refresh()
        with quicker(context, PartLibrary):
            self._part.compile(tuple(args))
            part = self._part.overloads[tuple(args)]
            described = self._described(part)
            environment = Environment.from_fndesc(described)
            library = _WholeLibrary(context.codegen(), described.qualname)
            library.enable_object_caching()
            library.add_linking_library(part.library)
            own = context.subtarget(environment=environment, fndesc=described, enable_nrt=True)
            type(own).create_cpython_wrapper(own, library, described, environment, part.call_helper, release_gil=True)
            entry = context.get_executable(library, described, environment)
            whole = part._replace(entry_point=entry, library=library, fndesc=described, environment=environment, metadata={},
                                  reload_init=[*part.reload_init, *library._reload_init])
            whole = whole._replace(referenced_envs=self._known(whole))
        context.insert_user_function(entry, described, [library])
        return whole

    @staticmethod
    def _described(part: Any) -> Any:
        """What the part is, with an environment of its own: the wrapper keeps objects there that the part knows nothing of."""
        described = copy(part.fndesc)
        described.env_name = f"{part.fndesc.env_name}.whole"
        return described

    @staticmethod
    def _known(whole: Any) -> list[Any]:
        """Tell the code where the environments of its parts are, as numba does when it loads code from the cache."""
        environments: list[Any] = whole._find_referenced_environments()
        for environment in environments:
            whole.codegen.set_env(environment.env_name, environment)
        return environments


class _KernelCache(FunctionCache):  # type: ignore[misc]
    """numba's, without importing all of numba's compiler before machine code is loaded that needs none of it: a quarter second."""

    def load_overload(self, types_given: Any, context: Any) -> Any:
        """The kernel compiled for these types, from disk, or None."""
        rtsys.initialize(context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(types_given, context)


class Kernel(CPUDispatcher):  # type: ignore[misc]
    """What Python sees of a kernel: compiled for the types of its first call, cached on disk.

    Raises `RuntimeError` where numba finds no folder to cache in.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function, targetoptions=dict(_OPTIONS))
        self._part = _Part(function, targetoptions=dict(_OPTIONS), pipeline_class=_PartCompiler)
        self._compiler = _WholeCompiler(self._part, function)
        self.enable_caching()

    def enable_caching(self) -> None:
        """Keep what is compiled on disk."""
        self._cache = _KernelCache(self.py_func)

    @property
    def _numba_type_(self) -> Any:
        return types.Dispatcher(self._part)
