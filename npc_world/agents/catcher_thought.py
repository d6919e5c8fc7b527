"""What a catcher thinks, and where the thinking is done: beside the game, or a few pieces a frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces, finished
from npc_world.core.records import Forecast
from npc_world.core.tunable import check_tunables, tunable
from npc_world.planners.catching import Catch

__all__ = ["CatcherConfig", "SpreadJob", "Thought", "Worker", "lost_at", "started"]

Floats = NDArray[np.float64]


class Worker(Protocol):
    """Such as `concurrent.futures.ThreadPoolExecutor(1)`."""

    def submit(self, job: Any, /) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CatcherConfig:
    """How a catcher thinks."""

    reaction_s: float = tunable(0.1, "from a sighting to acting on it, s", low=0.0, high=2.0)
    replan_s: float = tunable(0.1, "between two thoughts, s", low=0.01, high=2.0)
    horizon_s: float = tunable(3.0, "how far it imagines, s", low=0.3, high=20.0)
    work_per_s: float = tunable(2.4e6, "thinking a second, in ball steps each a tenth of a microsecond, where no worker thinks beside the game", low=1e3)
    fewest: int = tunable(3, "sightings before it imagines anything", low=2, high=60)

    def __post_init__(self) -> None:
        check_tunables(self)


@dataclass(frozen=True, slots=True)
class Thought:
    """What was imagined from the sightings up to `time_s`."""

    time_s: float
    """Of the newest sighting, since the ball was first seen."""
    times_s: Floats
    """(H,) from then."""
    paths_px: Floats
    """(n, H, 2) equally likely futures."""
    until_s: Floats
    """(n,) when each of them is lost; inf when not within the horizon."""
    forecast: Forecast
    """The same in a few hypotheses."""
    catch: Catch | None
    """None when no future can be caught."""
    surprise: float
    """Error over noise of the newest sightings: 1 as expected."""
    sightings: int
    laws: dict[str, tuple[float, float]]
    """What the ball so far says of its laws, as `BallModel.physics_in_flight`."""
    words: str
    """What it would say of the ball, as `BallModel.explain`."""


class SpreadJob:
    """A job that is done a few pieces a frame, in the calling thread: the same on every machine, and no frame waits for its end."""

    def __init__(self, pieces: Pieces[Any]) -> None:
        self._pieces = pieces
        self._value: Any = None
        self._done = False
        self._next = 0
        """Work of the next piece, as its pieces announce it."""
        self._left = 0.0

    def go_on(self, work: float) -> None:
        """The pieces for which a frame's share of work, and what the last frames left of theirs, suffices; raises what goes wrong in them."""
        self._left = min(self._left + work, max(work, float(self._next)))
        while not self._done and self._next <= self._left:
            self._left -= self._next
            self._piece()

    def rest(self) -> Pieces[None]:
        """What is left of it, as pieces of another job."""
        while not self._done:
            yield self._next
            self._piece()

    def _piece(self) -> None:
        try:
            self._next = next(self._pieces)
        except StopIteration as end:
            self._value, self._done, self._next = end.value, True, 0

    def done(self) -> bool:
        return self._done

    def result(self) -> Any:
        """What it found; does the rest now."""
        if not self._done:
            self._value, self._done = finished(self._pieces), True
        return self._value


def started(pieces: Pieces[Any], worker: Worker | None) -> Any:
    """The job, beside the game or spread over its frames; has `done` and `result`."""
    return SpreadJob(pieces) if worker is None else worker.submit(lambda: finished(pieces))


def lost_at(contacts: Floats, floor: Floats, touches_left: int) -> Floats:
    """(n,) when each imagined ball touches the floor for the `touches_left`-th time from now; inf where it does not."""
    if touches_left < 1:
        return np.zeros(len(contacts))
    on = np.isin(contacts[:, :, 3], floor) & np.isfinite(contacts[:, :, 0])
    times = np.sort(np.where(on, contacts[:, :, 0], math.inf), axis=1)
    return np.ascontiguousarray(times[:, touches_left - 1]) if touches_left <= times.shape[1] else np.full(len(contacts), math.inf)
