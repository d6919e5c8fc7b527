"""What a ball model has learned, and how each throw adds to it.

Every long step is a generator (`core.pieces`): run whole, or a piece a frame.  Nothing is changed before a step's last piece, so what is
believed meanwhile is what was believed before.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.pieces import Pieces
from npc_world.learning.ball_change import Change, find_change
from npc_world.learning.ball_config import BallConfig
from npc_world.learning.ball_data import Throw, noise_of
from npc_world.learning.ball_forecast import forecast_in_pieces
from npc_world.learning.ball_knowledge import GOOD, BallKnowledge, explicable, learn
from npc_world.learning.ball_leftover import Leftover
from npc_world.learning.ball_local import imagined_ahead, scales_shown, track_locally
from npc_world.learning.ball_residual import ResidualLearner
from npc_world.learning.ball_tracking import ROUGH, Tracking, track
from npc_world.models.ball_world import BallWorld

__all__ = ["BallLearner"]

Floats = NDArray[np.float64]
_BLUR_RADII, _MOST_BLUR_RADII = 0.1, 2.0
"""How exact forces are, in ball radii, that were learned from place and velocity: at first, and at worst."""
_BLUR_LEARNED = 0.3
"""Share by which one throw changes what is believed of that."""
_STRAINED, _STRAIN = 3, 1.25
"""So many throws in a row whose error over noise is above this, and the laws are drifting: what is known widens."""

_COARSE_RADII = (0.03, 0.3)
"""How exactly a ball need be foretold, in its radii, where no scheme is exact: better roughly right than at a loss."""
_PUZZLES = 3
"""Throws of a new beginning."""
_TRIED = 3
"""Schemes that are tried on them whole, when they explain the beginnings of two."""
_KEPT_WARY, _CALM = 0.9, 0.2
"""Share of wariness that is kept with each throw that is explained, and what is left when it ends: fifteen throws later."""
_FORESEEN, _THEN = (0.1, 0.3), (0.05, 0.12, 0.25, 0.5, 1.0)
"""After which shares of a throw it is foreseen to judge regions, and at which shares of its rest."""


class BallLearner:
    """The laws as they are known, what is felt beside them, and the throws they rest on."""

    def __init__(self, world: BallWorld, known: BallKnowledge, config: BallConfig, seed: int) -> None:
        self.world, self.known, self.config = world, known, config
        self.felt = world
        """The world with what is felt beside the laws, on average over the ensemble."""
        self.residual = ResidualLearner(np.random.default_rng((seed, 1)))
        self.change: Change | None = None
        """What the last surprising throw was taken for."""
        self.since_change = self.learned_throws = 0
        self._rng = np.random.default_rng(seed)
        self._throws: list[Throw] = []
        self._all_kept = not known.learned
        """Whether all that is known came from the throws that are kept, so that they may be fitted again from nothing."""
        self._doubts = 0
        """Throws in a row that could not be explained."""
        self._startled = 0.0
        """1 after a throw that could not be explained, less with each that was since."""
        self._settled: BallKnowledge | None = None
        """What was known before throws that nothing explained made unsure of it."""
        self._puzzles: list[Throw] = []
        """The newest throws that are not explained, for a new beginning."""
        self._puzzled = 0
        """How many there were in a row."""
        self._misfits: deque[float] = deque(maxlen=_STRAINED)
        self._blur_px = _BLUR_RADII * world.radius_px
        """What is felt beside the laws leaves of a throw not yet learned from."""

    def following(self, throw: Throw, before: Tracking | None) -> Pieces[Tracking]:
        """The throw in the air as it is understood, from how it was `before`."""
        left = self._left_over()
        if left is not None:
            return (yield from track_locally(self.felt, self.known, throw, left, self.config.balls, self._rng))
        return (yield from self._following_whole(throw, before))

    def ahead(self, tracking: Tracking) -> tuple[BallWorld | None, Floats | None]:
        """What the balls of `tracking` will feel from now on, when that is not as it was, and by what laws.

        Where throws have shown a push, another may meet it again, even though the laws explain it so far.
        """
        left = self._left_ahead()
        return (None, None) if left is None else imagined_ahead(tracking, self.known, left)

    @property
    def regions(self) -> Floats | None:
        """(2,) where forecasts are to be cut for their 50 % and 90 % regions; None: where they say."""
        return None if self._left_ahead() is None else self.residual.cuts.copy()

    def _following_whole(self, throw: Throw, before: Tracking | None) -> Pieces[Tracking]:
        known = self._eyes().scaled_to([throw, *self._throws], self.world)
        if known.noise_px is None:
            seen, rounding = noise_of([throw])
            known = replace(known, noise_px=max(seen, 1e-3 * self.world.radius_px), rounding_px=rounding)
        return (yield from track(self.felt, known, throw, before, self.config.balls, self.config.doubt, self.config.sightings_kept, self._rng))

    def lesson(self, throw: Throw, before: Tracking | None) -> Pieces[None]:
        """Learn from a throw that is over; before: as it was followed, perhaps not to its end."""
        surprise = 1.0
        if self.known.learned and self._left_ahead() is not None:
            yield from self._judge_regions(throw)
        if self.known.learned or self.residual.active:
            before = None if self._left_over() is not None else before  # then it was followed by its newest sightings alone
            whole = before is not None and before.sightings == len(throw.times_s)
            surprise = before.surprise if before is not None and whole else (yield from self._following_whole(throw, before)).surprise
        doubtful = self.known.learned and surprise > self.config.doubt
        rough = self.residual.active and surprise < ROUGH * self.config.doubt
        if rough:
            left = surprise * max(self._blur_px, self.known.noise_px or 0.0)
            self._blur_px += _BLUR_LEARNED * (min(_MOST_BLUR_RADII * self.world.radius_px, max(_BLUR_RADII * self.world.radius_px, left)) - self._blur_px)
        if doubtful and rough:
            pass  # the laws hold, what was learned beside them is rough: only that learns from this throw
        elif doubtful:
            yield from self._learn_change(throw)
            if self._doubts:
                yield from self._begin_anew(throw)
        else:
            yield from self._learn([throw])
            self._doubts, self._settled, self._startled = 0, None, self._startled * _KEPT_WARY
            self._test_drift()
        yield from self._learn_residual(throw)

    def fit(self, throws: list[Throw]) -> Pieces[None]:
        """Learn from whole throws together."""
        yield from self._learn(throws)
        mostly = self.known.unexplained > 1 and 2 * self.known.unexplained > len(self._throws)
        if mostly and self._all_kept and not self.known.keeps_noise and not self.residual.active:
            self._puzzles = self._throws[-_PUZZLES:]
            found = yield from self._roughly()
            if found is not None:
                self._settle_on(found, 0)  # which are counted already
        for throw in throws:
            yield from self._learn_residual(throw)
        if self.residual.active and not self.known.explains and self._all_kept:  # the laws, once what else acts is known
            self.known = self._with_own_eyes((yield from learn(self.felt, self._eyes(), self._throws, True, self._rng)))

    def move_to(self, world: BallWorld) -> None:
        """The same ball among other walls."""
        self.world, self._throws, self._all_kept = world, [], not self.known.learned
        self._puzzles, self._puzzled = [], 0  # they are of the old walls
        self.felt = self._feel()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything learned, as plain arrays."""
        return {**self.known.arrays(), **self.residual.arrays()}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `arrays` gave, or raise `BadInputError` and stay as it was."""
        known = self.known.from_arrays(arrays)
        self.residual.restore(arrays)
        self.known, self.felt = known, self._feel()
        self._throws, self._all_kept = [], not known.learned
        self._puzzles, self._puzzled, self._doubts, self._settled, self._startled = [], 0, 0, None, 0.0
        self._misfits.clear()

    # ---- one throw ----------------------------------------------------------------------------------------------

    def _learn(self, throws: list[Throw]) -> Pieces[None]:
        kept = [*self._throws, *throws]
        useful = [t for t in kept if len(t.times_s) >= self.config.shortest_throw]
        if not useful:
            raise BadInputError(f"trajectories: no throw has {self.config.shortest_throw} sightings or more")
        self.since_change += len(throws)
        fresh = [t for t in throws if len(t.times_s) >= self.config.shortest_throw]
        together = not self.known.learned or (self._all_kept and (len(useful) <= self.config.throws_kept or len(fresh) > 1))
        self.known = self._with_own_eyes((yield from learn(self.felt, self._eyes(), useful if together else fresh, together, self._rng)))
        self._throws = useful[-self.config.throws_kept :]
        self.learned_throws += len(fresh)
        self._all_kept = together and len(useful) <= self.config.throws_kept
        self._puzzles, self._puzzled = ([], 0) if self.known.explains else (self._throws[-1:], 1)

    def _learn_change(self, throw: Throw) -> Pieces[None]:
        """After a throw that surprised: find what has changed, and keep the rest."""
        before = self.known
        known, change = yield from find_change(self.felt, self._eyes(), throw, self.config.doubt, self.config.sightings_kept, self._doubts, self._rng)
        self.known = self._with_own_eyes(known)
        self._settled = None if change.explained else self._settled or before
        self._doubts = 0 if change.explained else self._doubts + 1
        self._startled = self._startled * _KEPT_WARY if change.explained else 1.0
        if change.names or not change.explained:
            self.change, self.since_change = change, 0
        self.learned_throws += int(change.explained)
        self._misfits.clear()
        begun = self._doubts == 1 and not self.residual.active  # what was seen before something new acted says nothing of it
        if begun or {"gravity_x_px_s2", "gravity_y_px_s2", "damping"} & set(change.names):
            self.residual.forget()
            self.felt = self.world
        self._throws, self._all_kept = [throw] if change.explained else [], False

    def _begin_anew(self, throw: Throw) -> Pieces[None]:
        """Forget all, and ask again how the engine steps: when neither the laws nor a change of them explains, perhaps they never did.

        Done at the second such throw in a row, the fourth, the eighth ...: where nothing explains them it is a long search in vain.
        """
        if len(throw.times_s) < self.config.shortest_throw:
            return
        self._puzzles, self._puzzled = [*self._puzzles, throw][-_PUZZLES:], self._puzzled + 1
        if self.residual.active or self._puzzled < 2 or self._puzzled & (self._puzzled - 1):
            return
        never_held = not self.known.explains and not self.known.keeps_noise  # laws that once held are not given up for rough ones
        found = yield from self._anew(self.known, _TRIED)
        if found is None and never_held:
            found = yield from self._roughly()
        if found is not None:
            self._settle_on(found, len(self._puzzles))

    def _roughly(self) -> Pieces[BallKnowledge | None]:
        """What explains the puzzles when they are seen as little blurred as that takes: no scheme is exact for this engine."""
        for radii in _COARSE_RADII:
            found = yield from self._anew(replace(self.known, noise_px=radii * self.world.radius_px, rounding_px=0.0, rough=True), 1)
            if found is not None:
                return found
        return None

    def _anew(self, eyes: BallKnowledge, tries: int) -> Pieces[BallKnowledge | None]:
        """What explains the puzzles, seen by such eyes, if so many schemes that explain their beginnings hold one that does."""
        in_vain: list[tuple[str, float]] = []
        for _ in range(tries):
            begun = yield from explicable(self.world, eyes, self._puzzles[-2:], self._rng, in_vain)
            if begun is None or begun.scheme is None or begun.step_s is None:
                return None
            found = yield from learn(self.world, begun, self._puzzles, True, self._rng)
            if found.explains or (found.rough and found.misfit < GOOD):  # a rough end is better than none
                return found
            in_vain.append((begun.scheme, begun.step_s))
        return None

    def _settle_on(self, found: BallKnowledge, throws: int) -> None:
        """Laws, scheme and eyes of a new beginning by so many throws; what was felt beside others is forgotten."""
        self.residual.forget()
        self.felt = self.world
        self.known, self._settled, self._doubts, self._startled = found, None, 0, 0.0
        self._throws, self._all_kept, self._puzzles, self._puzzled = self._puzzles, True, [], 0
        self.change, self.since_change = None, 0
        self.learned_throws += throws

    def _test_drift(self) -> None:
        """A mismatch too small to surprise in any one throw shows in several."""
        self._misfits.append(self.known.misfit)
        if len(self._misfits) == _STRAINED and min(self._misfits) > _STRAIN:
            self.known = self.known.unsettled()
            self._throws, self._all_kept = self._throws[-1:], False
            self._misfits.clear()

    # ---- beside the laws ----------------------------------------------------------------------------------------

    def _learn_residual(self, throw: Throw) -> Pieces[None]:
        """What the laws do not say of this throw's free flight."""
        if not self.config.residual:
            return
        left = self._left_over()
        if left is not None:
            self.residual.note_scales((yield from scales_shown(self.felt, self.known, throw, left)))
        row = self.known.laws.rows(self.known.belief.z[None])[0]
        if (yield from self.residual.learning(throw, self.world, row[:2], -math.log(row[2]), self.known.noise_px or 0.0)):
            self.felt = self._feel()
            if self.residual.active and self._settled is not None:
                self.known, self._settled, self._doubts = self._settled, None, 0  # it was not the laws

    def _left_ahead(self) -> Leftover | None:
        """The same for what the ball may still meet, while throws that nothing explained are not long past."""
        wary = self.residual.active or self._startled > _CALM
        return self.residual.left() if self.known.noise_px is not None and wary else self._left_over()

    def _judge_regions(self, throw: Throw) -> Pieces[None]:
        """Foresee a throw not yet learned from as it would have been, and correct where regions are cut by what then came."""
        length = len(throw.times_s)
        for seen in (int(length * share) for share in _FORESEEN):
            at = seen - 1 + np.unique(np.ceil((length - seen) * np.array(_THEN)).astype(int))
            if seen < self.config.shortest_throw or len(at) < len(_THEN):
                continue
            times_s = throw.times_s[at] - throw.times_s[seen - 1]
            tracking = yield from self.following(throw.part(0, seen), None)
            paths, contacts = yield from tracking.imagining(times_s, 4, *self.ahead(tracking))
            stated = yield from forecast_in_pieces(times_s, paths, contacts, 0.0, self.config.hypotheses, self.config.tolerance_radii * self.world.radius_px)
            blurred = replace(stated, covariances_px2=stated.covariances_px2 + (self.known.noise_px or 0.0) ** 2 * np.eye(2))  # eyes see it so
            self.residual.note_levels(blurred.levels(throw.seen_px[at]))

    def _left_over(self) -> Leftover | None:
        """What throws have shown beside the laws, while something is felt there or nothing explains the newest ones."""
        return self.residual.left() if self.known.noise_px is not None and (self.residual.active or self._doubts > 0) else None

    def _feel(self) -> BallWorld:
        return replace(self.world, field=self.residual.field.mean()) if self.residual.active else self.world

    def _eyes(self) -> BallKnowledge:
        """What is known, with eyes no sharper than the residual is exact, while there is one."""
        if not self.residual.active:
            return self.known
        blurred = max(self.known.noise_px or 0.0, self._blur_px)
        return replace(self.known, noise_px=blurred, rounding_px=0.0, fixed_noise=True)

    def _with_own_eyes(self, known: BallKnowledge) -> BallKnowledge:
        """What was learned through `_eyes`, with the eyes as they are."""
        if not self.residual.active:
            return known
        return replace(known, noise_px=self.known.noise_px, rounding_px=self.known.rounding_px, fixed_noise=self.known.fixed_noise)
