"""Rounds of a game written down: where everybody was at every step, for `npc-world learn`."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import npc_world as nw

__all__ = ["RoundLog", "recorded", "with_log"]

_PAUSE_S = 1.0


class RoundLog:
    """Records one round after the other into one file; their clocks run on.  A game says in `write` what is where."""

    game = ""
    """Its word."""

    def __init__(self, path: Path) -> None:
        self.recorder = nw.Recorder(path, about={"game": self.game})
        self._world: Any = None
        self._since_s = 0.0
        self._last_s = -_PAUSE_S

    def step(self, world: Any) -> None:
        """After every step of a world."""
        fresh = world is not self._world
        if fresh:
            self._world, self._since_s = world, self._last_s + _PAUSE_S - world.time_s
        now_s = self._since_s + world.time_s
        if not fresh and now_s <= self._last_s:  # its clock stands still
            return
        self._last_s = now_s
        self.write(world, self._last_s, fresh)

    def write(self, world: Any, time_s: float, fresh: bool) -> None:
        """One frame of a world; fresh: the first of a round, so that bodies begin anew."""
        raise NotImplementedError

    def close(self) -> str:
        """Finish the file; says what it holds."""
        return f"{self.recorder.close()}: {self.recorder.frames} frames"


@contextlib.contextmanager
def recorded(options: argparse.Namespace, make: Callable[[Path], RoundLog]) -> Iterator[None]:
    """While a game runs, `options.log` is its log, None unless --record was given; says at the end what was written."""
    options.log = None if options.record is None else make(options.record)
    try:
        yield
    finally:
        if options.log is not None:
            print(options.log.close())


def with_log(options: argparse.Namespace, watch: Callable[[Any], None]) -> Callable[[Any], None]:
    """What is called with the world after every step: `watch`, and the log when there is one."""
    log: RoundLog | None = getattr(options, "log", None)

    def step(world: Any) -> None:
        watch(world)
        if log is not None:
            log.step(world)

    return watch if log is None else step
