"""A second interpreter that compiles its share of the kernels into the cache they have in common.

Compiling keeps one core busy; games have at least two.  Only where nothing is compiled yet, where the program that runs is Python
itself (a frozen game is not), and where there is a second core; everywhere else the caller does all of it.  What the second one
does not finish, for whatever reason, the first compiles.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from npc_world.core.compiled import COMPILED, cached_kernels

__all__ = ["Beside"]

_PROGRAM = "import gc, os; gc.disable(); from {module} import {function}; {function}(); os._exit(0)"
"""It ends soon: what it leaves behind need not be collected, nor taken down piece by piece."""
_FEW_CACHED = 16
"""With more kernels than this in the cache there is little left to share: of those of balls and roads, which take a tenth of the time, there are ten."""
_MOST_S = 300.0


class Beside:
    """Started when made, if that is worth it.  share: what it runs, as "module:function"."""

    def __init__(self, share: str = "npc_world.agents.warmup:warm_beside") -> None:
        self._process: subprocess.Popen[bytes] | None = None
        interpreter = Path(sys.executable or "").name.lower().startswith("python") and not getattr(sys, "frozen", False)
        if not (COMPILED and interpreter and (os.cpu_count() or 1) > 1 and cached_kernels() <= _FEW_CACHED):
            return
        module, _, function = share.partition(":")
        home = str(Path(__file__).resolve().parents[2])
        paths = [home, *(path for path in (os.environ.get("PYTHONPATH") or "").split(os.pathsep) if path)]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM.format(module=module, function=function)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)}, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0))
        except OSError:
            self._process = None

    @property
    def started(self) -> bool:
        """Whether there is a second one."""
        return self._process is not None

    def finished(self, within_s: float) -> bool:
        """Wait for up to so long; whether there is nothing to wait for any more."""
        if self._process is None:
            return True
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """End it, if it is still at it."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
