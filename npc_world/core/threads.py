"""Kernels that work on many rows, shared out over the cores: each part in a thread of its own, as kernels do without the GIL."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from npc_world.core.compiled import COMPILED

__all__ = ["share_out"]

_LEAST = 128
"""Fewer rows than that are not worth a thread: to hand over a part takes some ten microseconds."""
_MOST = 8


class _Helpers:
    """The threads beside the caller's own, started when they are first needed, once for a process."""

    def __init__(self) -> None:
        self.pool: ThreadPoolExecutor | None = None
        self.count = 0

    def start(self) -> ThreadPoolExecutor | None:
        if self.pool is None and self.count == 0:
            cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
            self.count = min(cores, _MOST)
            if self.count > 1 and COMPILED:
                self.pool = ThreadPoolExecutor(self.count - 1, thread_name_prefix="npc_world")
        return self.pool

    def forget(self) -> None:
        """In a process that was forked there are no threads but one: those of the parent are not waited for."""
        self.pool, self.count = None, 0


_HELPERS = _Helpers()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_HELPERS.forget)


def share_out(rows: int, work: Callable[[slice], object]) -> None:
    """`work` on all `rows`, in as many slices as there are cores and rows for.  What the slices do must not depend on each other.

    The result is the same however many there are.  It is called with an empty slice first: what must be compiled is so by one thread.
    What `work` raises is raised here, when all have ended.
    """
    pool = _HELPERS.start() if rows >= 2 * _LEAST else None
    if pool is None:
        work(slice(0, rows))
        return
    parts = min(_HELPERS.count, rows // _LEAST)
    edges = [rows * part // parts for part in range(parts + 1)]
    work(slice(0, 0))
    others = [pool.submit(work, slice(first, last)) for first, last in itertools.pairwise(edges[1:])]
    try:
        work(slice(0, edges[1]))
    finally:
        for other in others:
            other.exception()  # ended
    for other in others:
        other.result()
