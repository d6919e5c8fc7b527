"""What has been learned of a ball: its laws with their uncertainty, the engine's scheme and step, how exactly it is seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.pieces import Pieces
from npc_world.learning.ball_data import Throw, frame_of, noise_of
from npc_world.learning.ball_identify import Identified, identify
from npc_world.learning.ball_laws import BallLaws
from npc_world.learning.ball_start import gravity_scale_of
from npc_world.learning.ball_watch import LawBelief
from npc_world.models.ball_world import SCHEMES, BallWorld

__all__ = ["GOOD", "BallKnowledge", "explicable", "learn", "nothing_known"]

Floats = NDArray[np.float64]
GOOD = 1.3
"""A scheme whose error is at most this many times the noise seen in free flight is taken without trying others."""
_SUBSTEPS = (1, 2, 4, 3, 5, 8, 10)
"""Engine steps per frame that are tried, in this order, the continuous laws after the third."""
_NARROW = 1.2
"""Deviations of noisy fits are so much too small, as measured over tuning worlds: a Gaussian about one solution does not see the
other contact frames that noise leaves possible.  Rounded sightings leave fewer."""
_ROUNDED = 0.85
"""And of fits to whole pixels: that the ball was within half a pixel, no more and no less, tells more than the Gaussian of the fit."""
_FADING = 1.06
"""Deviations are widened by this with each throw that is added to what is known: else they would shrink for ever, while the
small errors of single fits, of contacts in the wrong order, do not."""
_TASTE = 121
"""Sightings of a throw by which schemes are compared."""


@dataclass(frozen=True, slots=True)
class BallKnowledge:
    """Frozen; each learning step gives a new one."""

    laws: BallLaws
    belief: LawBelief
    learned: bool
    scheme: str | None
    step_s: float | None
    """Of the engine."""
    noise_px: float | None
    rounding_px: float
    spin_sd_rad_s: float | None
    speed_px_s: float
    """Typical high speed of the throws seen, 0 before any."""
    misfit: float
    """Error over noise of the last fit; 1 as expected."""
    unexplained: int
    """Throws of the last fit that could not be explained to their end."""
    fixed_scheme: bool
    fixed_step: bool
    fixed_noise: bool
    rough: bool = False
    """Whether no scheme is exact here: then `noise_px` is how far off the best of them is, and is kept."""

    def doubted(self) -> BallKnowledge:
        """The same ball in a world that may have changed: laws back to where nothing is known, the engine and the eyes kept."""
        mean, deviation = self.laws.prior()
        return replace(self, belief=_gaussian(mean, np.diag(deviation**2)), learned=False)

    @property
    def keeps_noise(self) -> bool:
        """Whether `noise_px` stays what it is, whatever the throws say."""
        return self.noise_px is not None and (self.fixed_noise or self.rough)

    @property
    def explains(self) -> bool:
        """Whether the last fit explained its throws."""
        return self.unexplained == 0 and self.misfit < GOOD

    def unsettled(self) -> BallKnowledge:
        """The same with wider belief, up to what was believed before anything was seen: after a throw that no laws explain."""
        _mean, deviation = self.laws.prior()
        wider = self.belief.widened(2.0, 0.05 * deviation)
        excess = np.minimum(1.0, deviation / np.maximum(np.sqrt(np.diag(wider.covariance)), 1e-300))
        return replace(self, belief=replace(wider, covariance=wider.covariance * np.outer(excess, excess)))

    def scaled_to(self, throws: list[Throw], world: BallWorld) -> BallKnowledge:
        """With a gravity unit, an engine step and a scheme to start from, guessed from throws while nothing was learned."""
        if self.learned:
            return self
        long = [t for t in throws if len(t.times_s) >= 2]
        scale = gravity_scale_of(long, world) if long else 20.0 * world.radius_px
        fixed = self.laws.fixed.copy()
        fixed[:2] *= self.laws.gravity_scale / scale
        laws = replace(self.laws, fixed=fixed, gravity_scale=scale)
        mean, deviation = laws.prior()
        step = self.step_s if self.step_s is not None else (frame_of(long) if long else 1.0 / 60.0)
        return replace(self, laws=laws, belief=_gaussian(mean, np.diag(deviation**2)), step_s=step, scheme=self.scheme or "chipmunk",
                       speed_px_s=max(self.speed_px_s, scale))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Plain arrays, no objects."""
        numbers = [float(self.learned), self.step_s or 0.0, self.noise_px or 0.0, self.rounding_px, self.spin_sd_rad_s or 0.0,
                   self.speed_px_s, self.misfit, self.laws.gravity_scale]
        return {"z": self.belief.z, "covariance": self.belief.covariance, "low": self.belief.low, "high": self.belief.high,
                "fixed": self.laws.fixed, "free": self.laws.free, "numbers": np.array(numbers), "scheme": np.array(self.scheme or ""),
                "rough": np.array(self.rough)}

    def from_arrays(self, arrays: Mapping[str, NDArray[Any]]) -> BallKnowledge:
        """The inverse of `arrays`, for a model of the same world."""
        try:
            free, numbers = np.asarray(arrays["free"], bool), [float(v) for v in arrays["numbers"]]
            belief = LawBelief(*(np.asarray(arrays[k], np.float64) for k in ("z", "covariance", "low", "high")))
            fixed, scheme = np.asarray(arrays["fixed"], np.float64), str(arrays["scheme"])
            rough = bool(arrays.get("rough", False))  # files of before there was such a thing lack it
        except (KeyError, TypeError, ValueError) as error:
            raise BadInputError(f"arrays: not what state() gives: {error}") from None
        count = int(free.sum())
        if free.shape != self.laws.free.shape or (free != self.laws.free).any() or len(numbers) != 8 or belief.z.shape != (count,):
            raise BadInputError("arrays: of a ball with other materials, or with other constants known")
        if belief.covariance.shape != (count, count) or not np.isfinite(belief.covariance).all() or not np.isfinite(belief.z).all():
            raise BadInputError("arrays: the covariance is damaged")
        if scheme not in ("", *SCHEMES):
            raise BadInputError(f"arrays: scheme {scheme!r} is unknown")
        learned, step, noise, rounding, spin, speed, misfit, scale = numbers
        return replace(self, laws=replace(self.laws, fixed=fixed, gravity_scale=scale), belief=belief, learned=bool(learned),
                       scheme=scheme or None, step_s=step or None, noise_px=noise or None, rounding_px=rounding,
                       spin_sd_rad_s=spin or None, speed_px_s=speed, misfit=misfit, rough=rough)


def nothing_known(laws: BallLaws, scheme: str | None, step_s: float | None, noise_px: float | None) -> BallKnowledge:
    mean, deviation = laws.prior()
    return BallKnowledge(laws, _gaussian(mean, np.diag(deviation**2)), False, scheme, step_s, noise_px, 0.0, None, 0.0, 1.0, 0,
                         scheme is not None, step_s is not None, noise_px is not None)


def explicable(world: BallWorld, known: BallKnowledge, throws: list[Throw], rng: np.random.Generator,
               but: Collection[tuple[str, float]] = ()) -> Pieces[BallKnowledge | None]:
    """The knowledge to begin anew from with these throws, if the engine might step in a way that explains their beginnings.

    but: schemes and steps that do not explain the rest.
    """
    fresh = replace(known, learned=False).scaled_to(throws, world)
    noise, rounding = noise_of(throws)
    if known.keeps_noise and known.noise_px is not None:
        noise, rounding = known.noise_px, known.rounding_px
    (scheme, step_s), explains = yield from _chosen_scheme(world, fresh, throws, noise, rounding, rng, but)
    return replace(fresh, scheme=scheme, step_s=step_s) if explains else None


def learn(world: BallWorld, known: BallKnowledge, throws: list[Throw], together: bool, rng: np.random.Generator) -> Pieces[BallKnowledge]:
    """Knowledge after these throws: fitted from nothing when `together`, else added to what is known.

    The scheme is chosen once: the engine's own with one step per frame, and when that does not explain the throws, the best of
    several steps per frame, of the continuous laws, and of games that put balls back out of walls.
    """
    fresh = replace(known, learned=False).scaled_to(throws, world) if together else known
    noise, rounding = noise_of(throws)
    if known.keeps_noise and known.noise_px is not None:
        noise = known.noise_px
    prior = None if together else (known.belief.z, known.belief.precision())
    bounds = None if together else (known.belief.low, known.belief.high)
    found = yield from _best_scheme(world, fresh, throws, noise, rounding, prior, rng, bounds)
    belief = LawBelief(found.z, found.z_covariance, found.z_low, found.z_high)
    narrow = _NARROW if not rounding else (_ROUNDED if together else _FADING)
    doubt = max(1.0, found.misfit) * narrow  # what is not explained is not known either
    belief = replace(belief, covariance=belief.covariance * doubt**2)
    if not (np.isfinite(belief.z).all() and np.isfinite(belief.covariance).all()):
        return replace(known, misfit=max(GOOD, known.misfit), unexplained=len(throws))  # a fit that came to no end teaches nothing
    seen_px = known.noise_px if known.keeps_noise else found.setting.noise_px
    return replace(fresh, belief=belief, learned=True, scheme=found.setting.scheme, step_s=found.setting.step_s, noise_px=seen_px,
                   rounding_px=rounding, spin_sd_rad_s=found.spin_sd_rad_s, misfit=found.misfit,
                   unexplained=found.cuts)


def _best_scheme(world: BallWorld, known: BallKnowledge, throws: list[Throw], noise: float, rounding: float,
                 prior: tuple[Floats, Floats] | None, rng: np.random.Generator, bounds: tuple[Floats, Floats] | None) -> Pieces[Identified]:
    if prior is not None:
        first = (known.scheme or "chipmunk", known.step_s if known.step_s is not None else frame_of(throws))
        return (yield from identify(world, known.laws, throws, *first, noise, rounding, prior, None, rng, attempts=2, bounds=bounds))
    chosen, good = yield from _chosen_scheme(world, known, throws, noise, rounding, rng)
    found = yield from identify(world, known.laws, throws, *chosen, noise, rounding, None, None, rng)
    if good or (found.cuts == 0 and found.misfit < GOOD):
        return found
    usual = known.scheme or "chipmunk", known.step_s if known.step_s is not None else frame_of(throws)
    again = yield from identify(world, known.laws, throws, *usual, noise, rounding, None, None, rng)  # two throws may have been hard by bad luck
    return min(found, again, key=_badness)


def _chosen_scheme(world: BallWorld, known: BallKnowledge, throws: list[Throw], noise: float, rounding: float,
                   rng: np.random.Generator, but: Collection[tuple[str, float]] = ()) -> Pieces[tuple[tuple[str, float], bool]]:
    """(scheme and step that explain the beginnings of two throws best, whether they explain them); `but` are left out."""
    frame = frame_of(throws)
    first = (known.scheme or "chipmunk", known.step_s if known.step_s is not None else frame)
    enough = GOOD * max(noise, 1e-6 * world.radius_px)
    steps = [known.step_s] if known.fixed_step and known.step_s is not None else [frame / n for n in _SUBSTEPS]
    others = [("chipmunk", step) for step in steps]
    others[3:3] = [(name, steps[0]) for name in SCHEMES if name != "chipmunk"]
    if known.fixed_scheme:
        others = [other for other in others if other[0] == known.scheme]
    short = [t.part(0, min(len(t.times_s), _TASTE)) for t in throws[:2]]
    chosen, best = first, (len(throws) + 1, 0.0)
    for other in (other for other in dict.fromkeys([first, *others]) if other not in but):
        tried = yield from identify(world, known.laws, short, *other, noise, rounding, None, None, rng, attempts=2 if other == first else 1)
        taste = (tried.cuts, max(_badness(tried)[1], enough))
        if taste < best:
            chosen, best = other, taste
        if best == (0, enough):
            break
    return chosen, best == (0, enough)


def _badness(found: Identified) -> tuple[int, float]:
    """What chooses between schemes: throws given up, then error in pixels, so that a scheme is not favoured for blaming the eyes."""
    return found.cuts, found.misfit * found.setting.noise_px


def _gaussian(mean: Floats, covariance: Floats) -> LawBelief:
    return LawBelief(mean.copy(), covariance, np.full(len(mean), -np.inf), np.full(len(mean), np.inf))
