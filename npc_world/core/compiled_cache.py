"""Throw away a kernel's cached machine code when something in another file that it is compiled from has changed.

numba looks at the file of the function alone: after an update of the project a caller would go on running
the old code of the kernels it calls, and old constants.  So beside the cache lies a stamp of what the function
reaches.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["forget_if_stale", "has_cache", "reach_of"]


def forget_if_stale(compiled: Any, function: Callable[..., Any]) -> None:
    """Delete the cache of a numba dispatcher when its stamp is not that of `function` now.  Never raises."""
    compiled.npc_world_reach = stamp = reach_of(function)
    try:
        folder, name = Path(compiled.stats.cache_path), _name(function)
        file = folder / f"{name}.reach"
        if file.is_file() and file.read_text(encoding="ascii") == stamp:
            return
        for stale in folder.glob(f"{name}-*.nbi"):
            stale.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{name}.reach-{os.getpid()}"
        part.write_text(stamp, encoding="ascii")
        part.replace(file)
    except (AttributeError, TypeError, ValueError, OSError):
        return  # no cache, or no way to write beside it: numba's own rules hold


def has_cache(compiled: Any) -> bool:
    """Whether there is machine code of a numba dispatcher on disk."""
    try:
        return any(Path(compiled.stats.cache_path).glob(f"{_name(compiled.py_func)}-*.nbi"))
    except (AttributeError, TypeError, ValueError, OSError):
        return False


def _name(function: Callable[..., Any]) -> str:
    """What numba's cache files of a function begin with."""
    return f"{Path(function.__code__.co_filename).stem}.{function.__qualname__}"


def reach_of(function: Callable[..., Any]) -> str:
    """A hash of the function's module name and file, and of the kernels and constants its module has by now.

    The module's name: the cached code imports it, and one file may go by two names.  Not only what the function itself names:
    it may call a kernel that stands further down in its file and reaches others, all of which were imported before.
    """
    digest = hashlib.sha256(_content(function.__code__.co_filename) + function.__module__.encode())
    seen, running = _SEEN.setdefault(function.__module__, (set(), hashlib.sha256()))
    for name, value in function.__globals__.items():
        if name in seen or name.startswith("__"):
            continue
        seen.add(name)
        reach = getattr(value, "npc_world_reach", None)
        if isinstance(reach, str):
            running.update(f"{name} {reach}".encode())
        elif isinstance(value, np.ndarray):
            running.update(f"{name} {value.dtype} {value.shape}".encode() + value.tobytes())
        elif isinstance(value, (bool, int, float, str, tuple)):
            running.update(f"{name} {value!r}".encode())
    digest.update(running.digest())
    return digest.hexdigest()


_SEEN: dict[str, tuple[set[str], Any]] = {}
"""Per module: the names hashed so far, and their hash; modules only gain names while they are imported."""


@lru_cache(maxsize=256)
def _content(filename: str) -> bytes:
    try:
        return Path(filename).read_bytes()
    except OSError:
        return filename.encode()
