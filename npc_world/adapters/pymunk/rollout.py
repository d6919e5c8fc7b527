"""One imagined course of events in a shadow space, in slices, until something happens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pymunk
from numpy.typing import NDArray

from npc_world.adapters.pymunk.states import read_contacts
from npc_world.core.errors import BadInputError
from npc_world.core.reading import rect_of

if TYPE_CHECKING:
    from npc_world.adapters.pymunk.shadow import BelievedPhysics, ShadowSpace

__all__ = ["Contact", "Event", "Region", "Rest", "Rollout", "Trajectories"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contact:
    """A followed body touches `other`: a body of the true space (its `static_body` for walls), or anything when None."""

    other: pymunk.Body | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """The centre of a followed body is inside `rect`, (x, y, w, h) or anything rect-like; with leaving=True, outside."""

    rect: object
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """Every followed body has been slower than `speed_px_s` for `for_s`; left out, 4 % of its own size per second."""

    speed_px_s: float | None = None
    for_s: float = 0.25


Event = Contact | Region | Rest


@dataclass(frozen=True, slots=True)
class Trajectories:
    """Where N followed bodies went."""

    times_s: Floats
    """(H,) from the sync on, the first above zero."""
    positions_px: Floats
    """(N, H, 2)."""
    velocities_px_s: Floats
    """(N, H, 2)."""
    event: Event | None
    """What ended it; None when that was the horizon."""
    body: pymunk.Body | None
    """The followed body to which it happened."""
    time_s: float
    """When it ended."""


class Rollout:
    """Made by `ShadowSpace.roll`; `advance(most_steps)` until it is True, or `trajectories()` to do all at once.

    Slices of several rollouts may alternate: each goes on from where it was, though its contacts begin anew then.
    """

    def __init__(self, shadow: ShadowSpace, bodies: Sequence[pymunk.Body], horizon_s: float, until: Sequence[Event] = (),
                 step_s: float | None = None, physics: tuple[BelievedPhysics, float, float] | None = None, state: Floats | None = None) -> None:
        if not (math.isfinite(horizon_s) and horizon_s > 0.0):
            raise BadInputError(f"horizon_s={horizon_s!r}: expected seconds, above 0")
        if step_s is not None and not step_s > 0.0:
            raise BadInputError(f"step_s={step_s!r}: expected seconds, above 0")
        if not bodies:
            raise BadInputError("bodies=[]: expected at least one body to follow")
        self._shadow, self._bodies = shadow, list(bodies)
        self._rows = np.array([shadow.row_of(body) for body in bodies])
        self._steps = max(1, round(horizon_s / shadow.dt_s))
        self._every = 1 if step_s is None else max(1, round(step_s / shadow.dt_s))
        self._done_steps, self._slow_steps = 0, 0
        self._physics = physics if physics is not None else (shadow.believed, 0.0, 0.0)
        self._state = shadow.state if state is None else state
        self._kept: list[Floats] = []
        self._event: Event | None = None
        self._body: pymunk.Body | None = None
        self._watch = [self._watcher(event) for event in until]

    @property
    def done(self) -> bool:
        """Whether an event or the horizon was reached."""
        return self._event is not None or self._done_steps >= self._steps

    @property
    def steps_done(self) -> int:
        """Steps of the space rolled so far."""
        return self._done_steps

    def advance(self, most_steps: int | None = None) -> bool:
        """Roll on by at most `most_steps` steps (all that are left when None); True when done."""
        shadow = self._shadow
        if not self.done and shadow.owner is not self:
            shadow.apply(*self._physics)
            shadow.load(self._state)
            shadow.owner = self
        left = self._steps if most_steps is None else most_steps
        while left > 0 and not self.done:
            shadow.step()
            self._done_steps += 1
            left -= 1
            due = self._done_steps % self._every == 0 or self._done_steps == self._steps
            if due or self._watch or left == 0:
                self._state = shadow.read()
                self._notice()
            if due or self._event is not None:
                self._kept.append(self._state[self._rows])
        return self.done

    def trajectories(self) -> Trajectories:
        """The whole course; what is not yet rolled is rolled now."""
        self.advance()
        course = np.stack(self._kept, axis=1)
        dt = self._shadow.dt_s
        times = np.minimum(dt * self._every * np.arange(1, course.shape[1] + 1), dt * self._done_steps)
        return Trajectories(times, course[:, :, 0:2], course[:, :, 3:5], self._event, self._body, dt * self._done_steps)

    # ---- events --------------------------------------------------------------------------------------------------

    def _watcher(self, event: Event) -> tuple[Event, tuple[float, ...]]:
        """The event with the numbers it is checked by."""
        if isinstance(event, Contact):
            return event, () if event.other is None else (self._shadow.twin_of(event.other).id,)
        if isinstance(event, Region):
            x, y, w, h = rect_of(event.rect, "Region.rect")
            return event, (x, y, x + w, y + h)
        if isinstance(event, Rest):
            if event.speed_px_s is not None:
                return event, (event.speed_px_s,)
            sizes = [max(bb.right - bb.left, bb.top - bb.bottom) for body in self._bodies for bb in (s.cache_bb() for s in body.shapes)]
            return event, (0.04 * min(sizes, default=1.0),)
        raise BadInputError(f"until has {event!r}: expected Contact, Region or Rest")

    def _notice(self) -> None:
        for event, numbers in self._watch:
            if isinstance(event, Contact):
                which = self._touching(numbers)
            elif isinstance(event, Region):
                at = self._state[self._rows, 0:2]
                left, top, right, bottom = numbers
                inside = (at[:, 0] > left) & (at[:, 0] < right) & (at[:, 1] > top) & (at[:, 1] < bottom)
                found = np.flatnonzero(inside != event.leaving)
                which = int(found[0]) if len(found) else None
            else:
                speeds = np.hypot(*self._state[self._rows, 3:5].T)
                self._slow_steps = self._slow_steps + 1 if float(speeds.max()) < numbers[0] else 0
                which = 0 if self._slow_steps * self._shadow.dt_s >= event.for_s else None
            if which is not None:
                self._event, self._body = event, self._bodies[which]
                return

    def _touching(self, numbers: tuple[float, ...]) -> int | None:
        followed = {self._shadow.twin_of(body).id: index for index, body in enumerate(self._bodies)}
        for a, b in read_contacts(self._shadow.shadow):
            for mine, other in ((a, b), (b, a)):
                if mine in followed and (not numbers or other == numbers[0]):
                    return followed[mine]
        return None
