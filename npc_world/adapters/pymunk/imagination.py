"""Many rollouts of one body under physics drawn from beliefs, made into one forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pymunk
from numpy.typing import NDArray

from npc_world.adapters.pymunk.rollout import Rollout
from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast

if TYPE_CHECKING:
    from npc_world.adapters.pymunk.shadow import ShadowSpace

__all__ = ["Imagination"]

Floats = NDArray[np.float64]
_MOST_HYPOTHESES = 6
_PART_SIZES = 3.0
"""Courses further apart than so many body sizes are different hypotheses."""


class Imagination:
    """A forecast in the making: `advance(most_steps)` each frame until it is True, then `forecast()`."""

    def __init__(self, shadow: ShadowSpace, body: pymunk.Body, horizon_s: float, step_s: float, samples: int,
                 rng: np.random.Generator) -> None:
        if samples < 1:
            raise BadInputError(f"samples={samples!r}: expected at least 1")
        believed, row = shadow.believed, shadow.row_of(body)
        self._rollouts = [Rollout(shadow, [body], horizon_s, (), step_s)]
        for _ in range(samples - 1):
            state = shadow.state.copy()
            state[row, 0:2] += believed.position_sd_px * rng.standard_normal(2)
            state[row, 3:5] += believed.velocity_sd_px_s * rng.standard_normal(2)
            self._rollouts.append(Rollout(shadow, [body], horizon_s, (), step_s, shadow.sampled(rng), state))
        self._next = 0
        boxes = [shape.cache_bb() for shape in body.shapes]
        self._size = max((max(b.right - b.left, b.top - b.bottom) for b in boxes), default=1.0)
        self._floor = believed.position_sd_px ** 2 + (1e-3 * self._size) ** 2
        self._start = shadow.state[row, 0:2].copy()

    @property
    def done(self) -> bool:
        """Whether all rollouts are finished."""
        return self._next >= len(self._rollouts)

    def advance(self, most_steps: int | None = None) -> bool:
        """Spend at most `most_steps` steps of the space; True when done."""
        left = most_steps
        while not self.done and (left is None or left > 0):
            rollout = self._rollouts[self._next]
            before = rollout.steps_done
            if rollout.advance(left):
                self._next += 1
            if left is not None:
                left -= rollout.steps_done - before
        return self.done

    def forecast(self) -> Forecast:
        """The courses in groups: each group's mean, its share of the courses as weight, its spread as covariance."""
        courses = [rollout.trajectories() for rollout in self._rollouts]
        tracks = np.stack([course.positions_px[0] for course in courses])  # (B, H, 2)
        group = self._grouped(tracks)
        means, covariances, weights = [], [], []
        labels: list[str] = []
        for number in range(group.max() + 1):
            members = tracks[group == number]
            # the believed physics' own course stands for its group: the mean of bounces is no bounce
            mean = members[0] if number == 0 else members.mean(axis=0)
            off = members - mean
            means.append(mean)
            covariances.append(np.einsum("bhi,bhj->hij", off, off) / max(1, len(members) - 1) + self._floor * np.eye(2))
            weights.append(len(members) / len(tracks))
            labels.append(self._label(mean, labels))
        return Forecast(courses[0].times_s, np.stack(means), np.array(weights), np.stack(covariances), tuple(labels))

    def _grouped(self, tracks: Floats) -> NDArray[np.intp]:
        """(B,) group of each course: that of the first leader within reach all the way, else the nearest when groups run out."""
        leaders, group = [0], np.zeros(len(tracks), dtype=np.intp)
        for index in range(1, len(tracks)):
            apart = np.linalg.norm(tracks[leaders] - tracks[index], axis=2).max(axis=1)
            nearest = int(np.argmin(apart))
            if apart[nearest] > _PART_SIZES * self._size and len(leaders) < _MOST_HYPOTHESES:
                nearest = len(leaders)
                leaders.append(index)
            group[index] = nearest
        return group

    def _label(self, course: Floats, taken: list[str]) -> str:
        dx, dy = (course[-1] - self._start).tolist()
        if max(abs(dx), abs(dy)) < self._size:
            label = "stays near"
        elif abs(dx) >= abs(dy):
            label = "ends to the right" if dx > 0 else "ends to the left"
        else:
            label = "ends below" if dy > 0 else "ends above"
        return label if label not in taken else f"{label} ({len(taken) + 1})"
