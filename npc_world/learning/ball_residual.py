"""What the laws leave unexplained in free flight, learned from place and velocity: wind zones, fans, the pull on a spinning ball.

An ensemble of ridge regressions on the accelerations seen, over tent functions on a lattice and the velocity, each member on its
own bootstrap of the sightings; where few were seen the members differ.  Pulled towards the laws: no sighting, no residual.
Used at a node only where it has lowered the error on throws it had not yet learned from (prequential, Dawid 1984).
Assumes that what acts does so for long: a gust is noise to it.  A zone's edge is blurred by the lattice's spacing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.pieces import Pieces, finished
from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_leftover import SCALES, Leftover
from npc_world.learning.ball_windows import STRIDE, WINDOW, Windows, beyond_eyes, smoothed, windows_of
from npc_world.learning.symmetric import solve_symmetric, solving_work
from npc_world.models.ball_field import NO_FIELD, ForceField
from npc_world.models.ball_world import BallWorld

__all__ = ["ResidualLearner"]

Floats = NDArray[np.float64]
_MEMBERS = 8
_NODES = 120
"""Of the lattice, about."""
_REACH = 1.5
"""How far what is felt at one node tells of others, in spacings: deviation of a Gaussian correlation."""
_BLOCK = 6
"""Neighbouring windows that a bootstrap takes or leaves together."""
_KEPT = 0.9
"""Share of the evidence for and against that is kept from throw to throw."""
_ASKED = 0.8
"""How far evidence for its use reaches, likewise."""
_LASTING = 0.98
"""Share of what was seen that is kept from throw to throw."""
_ENOUGH = 3.0
"""Windows about a node before it is judged."""
_BETTER = 0.7
"""Held-out squared error with the residual over that without, below which it is used."""
_WORTH = 1.5
"""Squared error that the laws leave over that made by eyes and short arcs, from which a residual is looked for."""
_EVEN = 0.2
"""Flights that each scale of what is left over counts for before any was seen."""
_LONE = 0.03
"""Weight of a window without a wider arc where it is said how far off a node is."""
_MATTERS = 0.03
"""Pushes below this share of gravity are left alone."""
_STATED = np.array([0.5, 0.9])
_BEGUN = np.array([0.35, 0.9])
"""Where regions are cut before any was judged: most pushes are smaller than their deviation, a few far larger, as measured over tuning worlds."""
_CUTS = np.array([[0.1, 0.6], [0.8, 0.99]])
"""Least and largest level at which a region is cut."""
_CUTTING = np.array([0.15, 0.05])
"""How far one forecast moves these."""
_SWIRL_SD = 0.7
"""Prior deviation of acceleration per velocity, 1/s."""


class ResidualLearner:
    """Learns throw by throw in memory that stays the same; `field` is what to add to the laws, empty until it has proved itself."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self.field = NO_FIELD
        self._left: Leftover | None = None
        self._scales: Floats = np.full((2, len(SCALES)), _EVEN)
        self._frame: Floats | None = None
        self._residual: Floats = np.zeros((0, 0, 2))
        self.cuts = _BEGUN.copy()
        """(2,) levels of past forecasts that held 50 % and 90 % of what then came."""

    @property
    def active(self) -> bool:
        """Whether anything is added to the laws."""
        return len(self.field.nodes) > 0

    def forget(self) -> None:
        """The world changed: nothing learned here holds."""
        self.field, self._frame, self._left, self.cuts = NO_FIELD, None, None, _BEGUN.copy()

    def learning(self, throw: Throw, world: BallWorld, gravity_px_s2: Floats, drag_per_s: float, noise_px: float) -> Pieces[bool]:
        """Judge by a new throw what was learned before, then learn from it, in pieces that announce their work.  True when `field` has changed."""
        found = windows_of(throw, world, noise_px)
        if len(found.at_px) < 3:
            return False
        if self._frame is None:
            yield solving_work(3 * _NODES // 2, 3 * _NODES // 2)  # with the lattice's rim
            self._lay_out(world, throw)
        design = self._design(found)
        inside = design[:, :-2].sum(axis=1) > 0.99
        if not inside.any():
            return False
        laws = gravity_px_s2 - drag_per_s * found.velocity_px_s
        wide = found.wide_px_s2 - gravity_px_s2 + drag_per_s * found.wide_velocity_px_s, found.wide_variance
        strength = float(np.hypot(*gravity_px_s2)) + 1e-6
        self._strength[:] = strength
        matters = 2.0 * found.variance + (_MATTERS * strength) ** 2
        self._judge(design, inside, found.acceleration_px_s2 - laws, matters, found.variance, wide)
        design, seen = design[inside], found.acceleration_px_s2[inside]
        own = (0.05 * strength) ** 2  # a lattice cannot follow an edge
        weight = (STRIDE / WINDOW) / (found.variance[inside] + own)
        blocks = self._rng.poisson(1.0, (_MEMBERS, -(-len(design) // _BLOCK)))
        self._square *= _LASTING
        self._pull *= _LASTING
        met = np.flatnonzero(design.any(axis=0))  # few of the nodes: the sums stay small
        narrow = design[:, met]
        for m in range(_MEMBERS):
            share = (weight * np.repeat(blocks[m], _BLOCK)[: len(design)])[:, None] * narrow
            self._square[m][np.ix_(met, met)] += share.T @ narrow
            self._pull[m][met] += share.T @ seen
        if self._wanted:
            self._residual = yield from self._refit(gravity_px_s2, drag_per_s)
        else:
            self._residual = np.zeros(self._residual.shape)
        return self._open()

    def learn(self, throw: Throw, world: BallWorld, gravity_px_s2: Floats, drag_per_s: float, noise_px: float) -> bool:
        """`learning`, all of it at once."""
        return finished(self.learning(throw, world, gravity_px_s2, drag_per_s, noise_px))

    def note_scales(self, shown: Floats) -> None:
        """Over how many flights of a new throw what is left over was so much less or more than usual, see `Leftover`."""
        self._scales = _KEPT * self._scales + shown

    def note_levels(self, levels: Floats) -> None:
        """How likely places (n,) were called at which the ball then was: moves the cuts towards where half and nine tenths are inside
        (adaptive conformal inference, Gibbs & Candès 2021)."""
        held = (levels[:, None] <= self.cuts).mean(axis=0)
        self.cuts = np.clip(self.cuts + _CUTTING * (_STATED - held), *_CUTS)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything learned, as plain arrays; none before anything was."""
        if self._frame is None:
            return {}
        named = {"frame": self._frame, "shape": np.array(self._shape), "square": self._square, "pull": self._pull, "residual": self._residual,
                 "without": self._without, "with": self._with, "count": self._count, "anyway": self._anyway, "excess": self._excess, "strength": self._strength, "scales": self._scales, "swirl_errors": self._swirl_errors, "cuts": self.cuts}
        return {f"residual/{name}": value for name, value in named.items()}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `arrays` gave.  Raises `BadInputError` when it is damaged; nothing is changed then."""
        if "residual/frame" not in arrays:
            self.forget()
            return
        try:
            frame, shape = np.asarray(arrays["residual/frame"], np.float64), np.asarray(arrays["residual/shape"], np.int64)
            rows, columns = (int(v) for v in shape)
            size = rows * columns + 2
            wanted = {"square": (_MEMBERS, size, size), "pull": (_MEMBERS, size, 2), "residual": (_MEMBERS, size, 2), "without": (size - 2,),
                      "with": (size - 2,), "count": (size - 2,), "anyway": (size - 2,), "excess": (3, size - 2), "strength": (1,), "scales": (2, len(SCALES)), "swirl_errors": (3,)}
            found = {name: np.array(arrays[f"residual/{name}"], np.float64).reshape(expected) for name, expected in wanted.items()}
            cuts = np.array(arrays.get("residual/cuts", _BEGUN), np.float64).reshape(2)  # older files lack them
            sound = frame.shape == (3,) and rows > 1 and columns > 1 and all(np.isfinite(v).all() for v in (frame, cuts, *found.values()))
        except (KeyError, TypeError, ValueError) as error:
            raise BadInputError(f"arrays: the residual is damaged: {error}") from None
        if not sound:
            raise BadInputError("arrays: the residual is damaged")
        self._frame = frame
        self._allot(rows, columns)
        self._square, self._pull, self._residual = found["square"], found["pull"], found["residual"]
        self._without, self._with, self._count = found["without"], found["with"], found["count"]
        self._anyway, self._excess, self._swirl_errors = found["anyway"], found["excess"], found["swirl_errors"]
        self._strength, self._scales = found["strength"], found["scales"]
        self.cuts = np.clip(cuts, *_CUTS)
        self._open()

    def _lay_out(self, world: BallWorld, throw: Throw) -> None:
        if len(world.edges):
            ends = np.vstack([world.edges[:, :2], world.edges[:, :2] + world.edges[:, 2:4]])
            low, high = ends.min(axis=0), ends.max(axis=0)
        else:
            low, high = throw.seen_px.min(axis=0), throw.seen_px.max(axis=0)
            low, high = low - 0.5 * (high - low), high + 0.5 * (high - low)
        span = np.maximum(high - low, 4.0 * world.radius_px)
        spacing = max(3.0 * world.radius_px, float(np.sqrt(span[0] * span[1] / _NODES)), float(span.max()) / 60.0)
        columns, rows = (int(np.ceil(s / spacing)) + 2 for s in span)
        self._frame = np.array([low[0] - 0.5 * spacing, low[1] - 0.5 * spacing, 1.0 / spacing])
        self._allot(rows, columns)

    def _allot(self, rows: int, columns: int) -> None:
        """Room for so many nodes, with nothing learned."""
        self._shape = (rows, columns)
        size = rows * columns + 2
        self._square, self._pull = np.zeros((_MEMBERS, size, size)), np.zeros((_MEMBERS, size, 2))
        self._residual = np.zeros((_MEMBERS, size, 2))
        self._near, self._smooth = _ties(rows, columns)
        self._without, self._with, self._count = np.zeros(size - 2), np.zeros(size - 2), np.zeros(size - 2)
        self._anyway, self._excess = np.zeros(size - 2), np.zeros((3, size - 2))
        self._swirl_errors, self._strength = np.zeros(3), np.zeros(1)
        self._scales = np.full((2, len(SCALES)), _EVEN)

    def _design(self, found: Windows) -> Floats:
        """(n, F) tent functions at the nodes, then the velocity; rows of zeros outside."""
        assert self._frame is not None
        rows, columns = self._shape
        at = (found.at_px - self._frame[:2]) * self._frame[2]
        low = np.floor(at).astype(int)
        ok = (low >= 0).all(axis=1) & (low[:, 0] < columns - 1) & (low[:, 1] < rows - 1)
        u, v = (at - low).T
        design = np.zeros((len(at), rows * columns + 2))
        for dc, dr, share in ((0, 0, (1 - u) * (1 - v)), (1, 0, u * (1 - v)), (0, 1, (1 - u) * v), (1, 1, u * v)):
            which = np.flatnonzero(ok)
            design[which, (low[which, 1] + dr) * columns + low[which, 0] + dc] = share[which]
        design[:, -2:] = np.where(ok[:, None], found.velocity_px_s, 0.0)
        return design

    def _judge(self, design: Floats, inside: NDArray[np.bool_], unexplained: Floats, matters: Floats, variance: Floats, wide: tuple[Floats, Floats]) -> None:
        """Errors on a throw not yet learned from: without and with what depends on velocity, then per node without and with it,
        beside the squared errors (n,) that eyes and short arcs make anyway."""
        mean = self._residual.mean(axis=0)
        local, swirl = design[:, :-2] @ mean[:-2], design[:, -2:] @ mean[-2:]
        helped = self._swirl_helps
        errors = np.array([(unexplained[inside] ** 2).sum(), ((unexplained - swirl)[inside] ** 2).sum(), matters[inside].sum()])
        self._swirl_errors = _KEPT * self._swirl_errors + errors
        if helped != self._swirl_helps:  # what was left over before says nothing of what is left now
            for evidence in (self._without, self._with, self._count, self._anyway, *self._excess):
                evidence[:] = 0.0
        taken = swirl if self._swirl_helps else np.zeros(swirl.shape)
        left, left_wide = unexplained - taken, wide[0] - taken
        tents = design[inside, :-2]
        kept = 1.0 - (1.0 - _KEPT) * np.minimum(1.0, tents.sum(axis=0))  # evidence fades where there is new
        self._without = kept * self._without + tents.T @ (left[inside] ** 2).sum(axis=1)
        self._with = kept * self._with + tents.T @ ((left - local)[inside] ** 2).sum(axis=1)
        self._count = kept * self._count + tents.sum(axis=0)
        self._anyway = kept * self._anyway + tents.T @ matters[inside]
        told = np.where(np.isnan(wide[1]), _LONE, 1.0)
        for n, felt in enumerate((np.zeros(local.shape), local)):
            beyond = beyond_eyes(left - felt, variance, left_wide - smoothed(felt), wide[1])
            self._excess[n] = kept * self._excess[n] + tents.T @ (told * beyond)[inside]
        self._excess[2] = kept * self._excess[2] + tents.T @ told[inside]

    @property
    def _swirl_helps(self) -> bool:
        without, used, anyway = self._swirl_errors
        return bool(used < _BETTER * without and without > _WORTH * anyway)

    @property
    def _wanted(self) -> bool:
        """Whether the laws leave more unexplained anywhere than eyes and short arcs do: where not, nothing beside them can prove itself."""
        without, _used, anyway = self._swirl_errors
        return bool(without > _WORTH * anyway or (self._near @ self._without > _WORTH * (self._near @ self._anyway)).any())

    def _refit(self, gravity: Floats, drag: float) -> Pieces[Floats]:
        """What depends on velocity first, alone, since it holds everywhere; the nodes learn what it leaves, when it is used.  A piece per member."""
        size = self._square.shape[1]
        laws = np.zeros((size, 2))
        laws[:-2], laws[-2:] = gravity, -drag * np.eye(2)
        left = self._pull - self._square @ laws
        swirl = np.linalg.solve(self._square[:, -2:, -2:] + _SWIRL_SD**-2.0 * np.eye(2), left[:, -2:])
        if self._swirl_helps:
            left = left - self._square[:, :, -2:] @ swirl
        smooth = self._smooth * (0.5 * float(np.hypot(*gravity)) + 1e-3) ** -2.0
        found = np.empty(left.shape)
        found[:, -2:] = swirl
        for member in range(_MEMBERS):
            yield solving_work(size)
            found[member, :-2] = solve_symmetric(self._square[member, :-2, :-2] + smooth, np.ascontiguousarray(left[member, :-2]))
        return found

    def _open(self) -> bool:
        """Use what has proved itself."""
        before = self.field
        assert self._frame is not None
        count, helped, missed, anyway = (self._near @ v for v in (self._count, self._with, self._without, self._anyway))  # neighbours too
        open_nodes = (count > _ENOUGH) & (helped < _BETTER * missed) & (missed > _WORTH * anyway)
        changed = len(before.nodes) > 0
        self.field = NO_FIELD
        nodes = np.where(open_nodes[:, None], self._residual[:, :-2], 0.0).reshape(_MEMBERS, *self._shape, 2)
        swirl = np.swapaxes(self._residual[:, -2:], 1, 2) if self._swirl_helps else np.zeros((_MEMBERS, 2, 2))
        felt = ForceField(np.ascontiguousarray(nodes), np.ascontiguousarray(swirl), self._frame)
        if open_nodes.any() or self._swirl_helps:
            self.field, changed = felt, True
        self._left = self._left_over(felt, open_nodes) if self.active or self._wanted else None
        return changed

    def _left_over(self, felt: ForceField, open_nodes: NDArray[np.bool_]) -> Leftover:
        """How far off `felt` is, by the errors on throws not yet learned from."""
        without, used, told = (self._near @ e for e in self._excess)
        strangers = max(0.0, float(self._excess[0].sum())) / max(1.0, float(self._excess[2].sum()))
        own = np.maximum(0.0, np.where(open_nodes, used, without)) / np.maximum(told, 1e-9)
        strange = np.exp(-told / _ENOUGH)
        square = 0.5 * (strange * strangers + (1.0 - strange) * own) + (0.5 * _MATTERS * self._strength[0]) ** 2
        return Leftover(felt, np.sqrt(square).reshape(self._shape), self._scales / self._scales.sum())

    def left(self) -> Leftover | None:
        """What is felt, perhaps nothing yet, and how far off that is; None while the laws leave no more unexplained than eyes do.

        Where nothing was seen, as far as the laws alone are on average where something was.
        """
        return self._left


@lru_cache(maxsize=4)
def _ties(rows: int, columns: int) -> tuple[Floats, Floats]:
    """(N, N) how far evidence at one node counts at another, and the precision of what is felt at the nodes, in units of its own."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    apart = (row[:, None] - row) ** 2 + (column[:, None] - column) ** 2
    near, smooth = np.exp(-0.5 * apart / _ASKED**2), solve_symmetric(np.exp(-0.5 * apart / _REACH**2) + 0.02 * np.eye(rows * columns), np.eye(rows * columns))
    near.flags.writeable = smooth.flags.writeable = False
    return near, smooth
