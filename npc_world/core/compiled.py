"""The one place that decides whether kernels are compiled.

numba present: compile, cache beside the source; where that folder cannot be written, cache in the user's own
cache folder, else in a private temporary one; where even that fails, compile without a cache.  numba absent
(a browser) or `NPC_WORLD_NO_JIT=1`: the same source runs uncompiled, slower and with the same results.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from npc_world.core.compiled_cache import forget_if_stale, has_cache

__all__ = ["COMPILED", "cached_kernels", "kernel"]

Function = TypeVar("Function", bound=Callable[..., Any])


def _numba() -> Any:
    if os.environ.get("NPC_WORLD_NO_JIT", "") not in ("", "0"):
        return None
    if "NUMBA_CACHE_DIR" not in os.environ and not _writable(Path(__file__).parent) and not _writable(Path(os.path.expanduser("~"))):
        private = _private_folder(Path(tempfile.gettempdir()))
        if private is not None:
            os.environ["NUMBA_CACHE_DIR"] = str(private)
    try:
        import numba
    except ImportError:
        return None
    return None if numba.config.DISABLE_JIT else numba


def _writable(folder: Path) -> bool:
    try:
        cache = folder / "__pycache__"
        return os.access(cache if cache.exists() else folder, os.W_OK)
    except OSError:
        return False


def _private_folder(parent: Path) -> Path | None:
    """A folder in `parent` that only this user can write to, or None.  What is cached is run: nobody else may put things there."""
    folder = parent / f"npc_world-{os.getuid() if hasattr(os, 'getuid') else 0}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
    except OSError:
        return None
    own = not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not stat.S_IMODE(state.st_mode) & 0o022)
    return folder if own and stat.S_ISDIR(state.st_mode) else None


_NUMBA = _numba()
COMPILED: bool = _NUMBA is not None
"""True when kernels run as machine code."""


_INSIDES_KNOWN = ((0, 60), (0, 68))
"""First and last version of numba whose insides `compiled_parts` was tried with; with others kernels are compiled in numba's own way."""


def _kernel_class() -> Any:
    try:
        first, last = _INSIDES_KNOWN
        if not first <= tuple(int(part) for part in _NUMBA.__version__.split(".")[:2]) <= last:
            raise ImportError(_NUMBA.__version__)
        from npc_world.core.compiled_parts import Kernel
    except (ImportError, AttributeError, ValueError):  # a numba whose insides are not as ours expect
        return _NUMBA.njit(cache=True, nogil=True)
    return Kernel


_COMPILE = _kernel_class() if COMPILED else None
_KERNELS: list[Any] = []


def kernel(function: Function) -> Function:
    """Compile a plain function of scalars and arrays: serial, without the GIL, cached on disk.

    `kernel` takes no options on purpose: two cached wrappers of one function with different options
    would share a cache entry.
    """
    if _NUMBA is None or _COMPILE is None:
        return function
    try:
        compiled = _COMPILE(function)
    except RuntimeError:  # numba: "no locator available": there is no folder that can be written
        return _NUMBA.njit(nogil=True)(function)  # type: ignore[no-any-return]
    forget_if_stale(compiled, function)
    _KERNELS.append(compiled)
    return compiled  # type: ignore[no-any-return]


def cached_kernels() -> int:
    """How many of the kernels imported so far have machine code on disk."""
    return sum(has_cache(compiled) for compiled in _KERNELS)
