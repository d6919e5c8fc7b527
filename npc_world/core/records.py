"""Everything that flows through an NPC, frozen, in the order it flows:

    Observation → Belief → Forecast → Plan → Action     (and Explanation beside them)

Letters: K hypotheses, H future steps, n any count.  Lengths in px, times in s, y points down.
Arrays inside a record are never written to after construction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core import mixture
from npc_world.core.errors import BadInputError
from npc_world.core.representatives import representatives

__all__ = ["Action", "Belief", "Bodies", "Explanation", "Forecast", "Observation", "Plan", "Sighting"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sighting:
    """Another body as it was seen this frame."""

    position_px: Floats
    """(2,) centre."""
    size_px: tuple[float, float] | None = None
    """Width and height, when they can be seen."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """Many bodies as they were seen this frame, in the order the game named them; iterates as `Sighting`s.

    Where many NPCs see each other, each of n would read n sprites; made once a frame, and handed to each with its own row
    left out, they are read once:  `Bodies(positions, sizes, without=row)` as `others`.
    """

    positions_px: Floats
    """(n, 2) centres, finite."""
    sizes_px: Floats | None = None
    """(n, 2) widths and heights, NaN where they cannot be seen; None when none can."""
    without: int = -1
    """The row that is the observer itself; -1 when it is not among them."""

    def __len__(self) -> int:
        return len(self.positions_px) - (self.without >= 0)

    def __iter__(self) -> Iterator[Sighting]:
        for row, position in enumerate(self.positions_px):
            if row != self.without:
                size = None if self.sizes_px is None or not math.isfinite(self.sizes_px[row].sum()) else self.sizes_px[row]
                yield Sighting(position, None if size is None else (float(size[0]), float(size[1])))


_NOBODY = Bodies(np.empty((0, 2)))


@dataclass(frozen=True, slots=True)
class Observation:
    """What one NPC perceives in one frame: itself, and the bodies it sees."""

    time_s: float
    dt_s: float
    position_px: Floats
    """(2,) own centre."""
    size_px: tuple[float, float]
    """Own width and height."""
    targets: Mapping[str, Sighting]
    """The targets in sight, by name; a target that is known but not seen is absent."""
    others: Bodies = _NOBODY
    """Bodies to avoid."""


@dataclass(frozen=True, slots=True)
class Belief:
    """Where another body is thought to be, and how it moves."""

    time_s: float
    position_px: Floats
    """(2,) mean."""
    velocity_px_s: Floats
    """(2,) mean."""
    covariance: Floats
    """(4, 4) of (x, y, vx, vy)."""
    turn_rate_rad_s: float
    visible: bool
    last_seen_s: float
    """Time of the last sighting; equal to `time_s` while visible."""
    surprise: float = 0.0
    """How badly the last forecasts did against what then happened: 1 as expected, 3 or more means the model does not fit."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """K weighted futures of one body over H steps: a Gaussian mixture at each step.

    Hypotheses keep their identity over time: row k is one coherent future.
    """

    times_s: Floats
    """(H,) seconds from now, increasing, the first above zero."""
    positions_px: Floats
    """(K, H, 2) means."""
    weights: Floats
    """(K,) non-negative, sum 1."""
    covariances_px2: Floats
    """(K, H, 2, 2)."""
    labels: tuple[str, ...]
    """(K,) what each hypothesis says, in words: "goes for the ruby", "keeps turning left"."""
    regions: Floats | None = None
    """(H, 2) where the mixture is cut for its 50 % and its 90 % region, learned from how often past ones held; None: at 0.5 and 0.9."""
    cover_px: Floats | None = None
    """(n, H, 2) futures that were taught to cover together what may come, the most probable first; None: they are found when asked for."""

    def mean(self) -> Floats:
        """(H, 2) the mixture's mean.  Between two ways round a wall it lies inside the wall: prefer `best`."""
        return np.asarray(np.tensordot(self.weights, self.positions_px, axes=1))

    def best(self) -> Floats:
        """(H, 2) the most probable hypothesis."""
        return np.asarray(self.positions_px[int(np.argmax(self.weights))])

    def sample(self, n: int, rng: np.random.Generator) -> Floats:
        """(n, H, 2) futures: a hypothesis is drawn once per sample, and one deviation scales along it, so each is coherent."""
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 0:
            raise BadInputError(f"n={n!r}: expected a whole number, zero or more")
        return mixture.sample(self.positions_px, self.covariances_px2, self.weights, n, rng)

    def representatives(self, count: int) -> Floats:
        """(count, H, 2) futures that together cover what may come, the most probable first: as many draws leave larger gaps.

        They minimise how far the nearest of them is expected to be off, under this forecast itself: that of the nearest over all
        steps counts twice, that of the nearest at the last step once.  Deterministic; some milliseconds for twenty.  Where the model was
        taught just so many for that purpose (`cover_px`), it is those: they were held against what came, not against what is believed.
        Raises `BadInputError`.
        """
        if isinstance(count, bool) or not isinstance(count, (int, np.integer)) or count < 1:
            raise BadInputError(f"count={count!r}: expected a whole number, 1 or more")
        if self.cover_px is not None and len(self.cover_px) == count:
            return self.cover_px.copy()
        futures, share = representatives(self.positions_px, self.covariances_px2, self.weights, int(count))
        return futures[np.argsort(-share, kind="stable")]

    def contains(self, points: ArrayLike, probability: float) -> NDArray[np.bool_]:
        """(H,) whether points (H, 2) lie in the mixture's highest-density region of that probability, per step.

        The density threshold is estimated from a fixed quasi-random sample of the mixture, so the answer is deterministic.
        Where regions stated earlier held too much or too little, it is corrected by that (see `regions`).
        """
        if not 0.0 < probability < 1.0:
            raise BadInputError(f"probability={probability!r}: expected a number between 0 and 1")
        at = np.asarray(points, dtype=np.float64)
        if at.shape != self.positions_px.shape[1:]:
            raise BadInputError(f"points has shape {at.shape}: expected {self.positions_px.shape[1:]}, a point per step")
        return np.asarray(self.levels(at) <= probability)

    def levels(self, points: Floats) -> Floats:
        """(H,) probability of what is likelier than points (H, 2): where regions hold, even over [0, 1] for what then happens."""
        return mixture.corrected(mixture.levels(self.positions_px, self.covariances_px2, self.weights, points), self.regions)

    def at(self, time_s: float) -> Floats:
        """(K, 2) where each hypothesis is after `time_s`, linear between steps, held beyond the last."""
        right = int(np.searchsorted(self.times_s, time_s))
        if right >= len(self.times_s):
            return self.positions_px[:, -1]
        if right == 0:
            return self.positions_px[:, 0]
        t0, t1 = self.times_s[right - 1], self.times_s[right]
        u = (time_s - t0) / (t1 - t0)
        return np.asarray((1.0 - u) * self.positions_px[:, right - 1] + u * self.positions_px[:, right])


@dataclass(frozen=True, slots=True)
class Plan:
    """What an NPC is about to do: a path, when it will be there, and why."""

    waypoints_px: Floats
    """(n, 2) from the own position onwards; n ≥ 1."""
    eta_s: float
    """Seconds until the last waypoint, by the believed speeds; inf when there is no way."""
    behaviour: str
    """"intercept", "chase", "search", "flank" (a teammate drives it), "besiege" (no way leads there), "patrol", "guard", "hold" …"""
    meeting_px: Floats | None = None
    """(2,) where it expects to meet the target on the hypothesis it acts on, or to wait for it (see `waiting`)."""
    meeting_time_s: float | None = None
    """Seconds until that meeting."""
    expected_catch_s: float | None = None
    """Mean over the hypotheses of the time to catch, as the planner minimised it."""
    hypothesis: int | None = None
    """Row of the forecast that this plan serves first."""
    straight_s: float | None = None
    """Of a flank: seconds to the catch, as imagined, if it ran straight after the target."""
    kept: float | None = None
    """Probability that a target that does as this hypothesis says has not changed its mind by the meeting; None where that was not asked."""
    waiting: bool = False
    """Whether it goes to lie in wait for what the target does once it has done as this hypothesis says."""
    controls: Floats | None = None
    """(H, C) of a sampling planner, for its warm start."""
    cost: float = 0.0
    """What the planner minimised, in the planner's own unit."""


class Explanation(str):
    """One sentence, and the numbers behind it, which are the ones the planner used.

    It is a `str`: `font.render(npc.explain(), True, "white")` draws it.
    """

    __slots__ = ("_alternatives", "_numbers")
    _alternatives: tuple[str, ...]
    _numbers: Mapping[str, float]

    def __new__(cls, sentence: str, numbers: Mapping[str, float] | None = None, alternatives: tuple[str, ...] = ()) -> Explanation:
        said = super().__new__(cls, sentence)
        said._numbers, said._alternatives = MappingProxyType(dict(numbers or {})), alternatives
        return said

    @property
    def sentence(self) -> str:
        """The text alone."""
        return str.__str__(self)

    @property
    def numbers(self) -> Mapping[str, float]:
        """By name, in the unit the name says."""
        return self._numbers

    @property
    def alternatives(self) -> tuple[str, ...]:
        """What else was reckoned with, in words, the likeliest first."""
        return self._alternatives


@dataclass(frozen=True, slots=True)
class Action:
    """Advice for this frame: the game moves its own sprite."""

    velocity_px_s: Floats
    """(2,) the velocity to move at now."""
    acceleration_px_s2: Floats
    """(2,) the change of velocity that leads there within the body's limits."""
    jump: bool = False
    """Whether it is on a link that is jumped, from its start to its end."""
    use: bool = False
    """Whether it stands before a ladder, a teleporter or a door and means to take it, or is on its way through."""
    cell: tuple[int, int] | None = None
    """Next grid cell (column, row) on the way, for games that move in cells."""
    aim: tuple[Floats, float] | None = None
    """Lead point (2,) and the time until the target is expected there."""
    why: str = ""
    confidence: float = 0.0
    """In [0, 1]: the probability the forecast gives to what this action counts on."""
    _carry: Floats = field(default_factory=lambda: np.zeros(2), repr=False, compare=False)
    """(2,) the part of a pixel not yet moved; shared with the NPC, the one thing written to."""

    @property
    def direction(self) -> Floats:
        """(2,) unit vector of the velocity, or zero; for a vector of pygame's `Vector2(*action.direction)`, which takes no array."""
        speed = math.hypot(self.velocity_px_s[0], self.velocity_px_s[1])
        return self.velocity_px_s / speed if speed > 0.0 else np.zeros(2)

    @property
    def left(self) -> bool:
        return bool(self.direction[0] < -_KEY_THRESHOLD)

    @property
    def right(self) -> bool:
        return bool(self.direction[0] > _KEY_THRESHOLD)

    @property
    def up(self) -> bool:
        return bool(self.direction[1] < -_KEY_THRESHOLD)

    @property
    def down(self) -> bool:
        return bool(self.direction[1] > _KEY_THRESHOLD)

    def pixels(self, dt_s: float) -> tuple[int, int]:
        """Whole pixels to move this frame.  What is cut off is carried to the next frame, so the true speed is kept
        in all directions, whether the game's Rect rounds (pygame) or truncates (pygame-ce).  Call once per frame.
        """
        if not isinstance(dt_s, (int, float, np.number)) or not math.isfinite(dt_s) or dt_s < 0.0:
            raise BadInputError(f"dt_s={dt_s!r}: expected seconds, zero or more")
        carry = self._carry
        carry += self.velocity_px_s * dt_s
        whole_x, whole_y = round(float(carry[0])), round(float(carry[1]))
        carry -= (whole_x, whole_y)
        return whole_x, whole_y

    def choose(self, options: Any) -> int:
        """Index of the row of `options` (n, 2), velocities or accelerations the game can realise, nearest to the intention.

        Rows are compared by direction first and length second, so a slow walker and a fast one pick the same key.
        """
        rows = np.asarray(options, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != 2 or len(rows) == 0 or not np.isfinite(rows).all():
            raise BadInputError(f"options={options!r}: expected rows of finite (x, y), at least one")
        lengths = np.hypot(rows[:, 0], rows[:, 1])
        speed = math.hypot(self.velocity_px_s[0], self.velocity_px_s[1])
        scale = float(lengths.max())
        if scale == 0.0:
            return 0
        wanted = self.direction * min(1.0, speed / scale if speed > 0.0 else 0.0)
        if speed > 0.0 and scale > 3.0 * speed:  # rows are in another unit (steps, keys, accelerations): only direction counts
            wanted = self.direction
        return int(np.argmin(np.hypot(*(rows / scale - wanted).T)))


_KEY_THRESHOLD = math.sin(math.pi / 8)
"""A key is pressed when the direction lies within its three of the eight compass sectors."""
