"""The one place that decides whether kernels are compiled.

numba present: compile, cache beside the source; where that folder cannot be written, cache in a
temporary folder; where even that fails, compile without a cache.  numba absent (a browser) or
`NPC_WORLD_NO_JIT=1`: the same source runs uncompiled, slower and with the same results.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["COMPILED", "kernel"]

Function = TypeVar("Function", bound=Callable[..., Any])


def _numba() -> Any:
    if os.environ.get("NPC_WORLD_NO_JIT", "") not in ("", "0"):
        return None
    if "NUMBA_CACHE_DIR" not in os.environ and not _writable(Path(__file__).parent):
        os.environ["NUMBA_CACHE_DIR"] = str(Path(tempfile.gettempdir()) / f"npc_world-{os.getuid() if hasattr(os, 'getuid') else 0}")
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


_NUMBA = _numba()
COMPILED: bool = _NUMBA is not None
"""True when kernels run as machine code."""


def kernel(function: Function) -> Function:
    """Compile a plain function of scalars and arrays: serial, without the GIL, cached on disk.

    `kernel` takes no options on purpose: two cached wrappers of one function with different options
    would share a cache entry.
    """
    if _NUMBA is None:
        return function
    try:
        return _NUMBA.njit(cache=True, nogil=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # numba: "no locator available": there is no folder that can be written
        return _NUMBA.njit(nogil=True)(function)  # type: ignore[no-any-return]
