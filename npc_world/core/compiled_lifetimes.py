"""numba's bookkeeping of which variable lives how long, without the parts that nothing of ours reads.

After each of a dozen passes over a function numba works out anew which variables are alive where each block begins.  That is asked
for by generators and by code that calls back into Python; neither are kernels.  Where variables die is asked for once, near the
end.  Here it is worked out when it is asked for, and what a statement names is found without looking through all that it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core import analysis, ir, postproc, transforms

__all__ = ["lifetime_changes"]

_NO_VARIABLES = (str, int, float, bool, bytes, complex, type(None), ir.Loc, ir.Scope, ir.Const, ir.Global, ir.FreeVar, ir.Arg)
_HOLDS_NONE: set[type] = {*_NO_VARIABLES}


def lifetime_changes() -> list[tuple[Any, str, Any]]:
    """(owner, name, what it is to be while kernels are compiled)."""
    return [(postproc.PostProcessor, "run", _when_asked(postproc.PostProcessor.run)), (ir.Inst, "_rec_list_vars", _list_vars),
            (analysis, "compute_use_defs", _once(analysis.compute_use_defs))]


def _when_asked(run: Callable[..., None]) -> Callable[..., None]:
    def lazily(self: Any, emit_dels: bool = False, extend_lifetimes: bool = False) -> None:
        if self.func_ir.is_generator:
            run(self, emit_dels, extend_lifetimes)
            return
        self.func_ir.blocks = transforms.canonicalize_cfg(self.func_ir.blocks)
        self.func_ir.variable_lifetime = postproc.VariableLifetime(self.func_ir.blocks)
        self.func_ir.generator_info = None
        if emit_dels:
            self._insert_var_dels(extend_lifetimes=extend_lifetimes)

    return lazily


def _list_vars(self: Any, held: Any) -> list[Any]:
    """All variables in what an instruction holds, in order."""
    found: list[Any] = []
    _collect(held, found)
    return found


def _collect(held: Any, found: list[Any]) -> None:
    kind = type(held)
    if kind in _HOLDS_NONE:
        return
    if kind is ir.Var:
        found.append(held)
    elif kind is dict:
        for each in held.values():
            _collect(each, found)
    elif kind is list or kind is tuple:
        for each in held:
            _collect(each, found)
    elif isinstance(held, ir.Var):
        found.append(held)
    elif isinstance(held, ir.Inst):
        found.extend(held.list_vars())
    elif isinstance(held, (list, tuple)):
        for each in held:
            _collect(each, found)
    elif isinstance(held, dict):
        for each in held.values():
            _collect(each, found)


def _once(compute: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """numba's, which lists what an assignment reads twice."""
    def compute_use_defs(blocks: Any) -> Any:
        if analysis.ir_extension_usedefs:
            return compute(blocks)
        used: dict[Any, set[str]] = {}
        defined: dict[Any, set[str]] = {}
        for offset, block in blocks.items():
            uses = used[offset] = set()
            defs = defined[offset] = set()
            for statement in block.body:
                if isinstance(statement, ir.Assign):
                    value, target = statement.value, statement.target.name
                    read = [value.name] if isinstance(value, ir.Var) else [var.name for var in value.list_vars()] if isinstance(value, ir.Inst) else []
                    if target not in read:
                        defs.add(target)
                    elif target not in defs:
                        uses.add(target)
                else:
                    read = [var.name for var in statement.list_vars()]
                for name in read:
                    if name not in defs:
                        uses.add(name)
        return analysis._use_defs_result(usemap=used, defmap=defined)

    return compute_use_defs
