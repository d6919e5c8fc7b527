"""Learn what the ground does to oneself, from what was commanded against what was achieved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.tunable import check_tunables, tunable
from npc_world.learning.surface_doubt import GroundDoubt, GroundFit, Velocity
from npc_world.learning.surface_estimate import SurfaceEstimate, SurfaceSurprise, another_ground, differs, surprise_of
from npc_world.learning.surface_fit import fit_surface, told_apart
from npc_world.learning.surface_obedience import Obedience
from npc_world.models.surfaces import DEFAULT_SURFACES, UNKNOWN, Surface, clipped_surface

__all__ = ["SurfaceLearner", "SurfaceLearning"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceLearning:
    """How fast own experience of the ground replaces prior beliefs."""

    window_s: float = tunable(0.25, "length of one measurement; up to four times that while speed is still being gathered, s", low=0.03, high=5.0)
    noise: float = tunable(0.02, "how far a body's steps differ from its model in one measurement, share of top speed", low=0.001, high=1.0)
    drift_per_s: float = tunable(0.02, "how fast a surface may change its nature, share per square root of a second", low=0.0, high=1.0)
    surprise_sd: float = tunable(3.0, "a measurement this many deviations off makes it ask whether the ground has changed", low=1.0, high=100.0)
    forget_s: float = tunable(600.0, "what was learned of a surface fades into its prior in this time when it is not trodden, s", low=1.0, high=1e9)
    watching_noise: float = tunable(0.25, "deviation of one measurement taken from another body, share of top speed; 0 watches nobody", low=0.0, high=10.0)

    def __post_init__(self) -> None:
        check_tunables(self)


class SurfaceLearner:
    """Per surface a Gaussian belief of (factor, ln grip, push), updated by what each short stretch of own motion says.

    A stretch is spent on one surface with nothing in the way; `fit_window` weighs it against the belief.  When a stretch is
    surprising, rivals that know nothing are asked too; one replaces the belief once some stretches speak clearly for it
    (their evidence ratio, Kass & Raftery 1995): so one knock is forgiven, and ice that has become mud is learned anew.
    How badly the body obeys its model on the whole (a game that moves in eight directions, or a frame late) is measured,
    and counts as noise.  Of a body that is to obey at once and obeys no law at all (`Obedience`) only the speed is learned at which it comes
    along on the whole, and nothing is said.  Assumes of others that the game moves them as advised, apart from the ground; a drift that holds
    one in place exactly is taken for an obstacle.  Beliefs are kept by name, not by place: of two patches of one name that differ, the
    one trodden last is believed of both, and each crossing is a change to be learned; give such patches names of their own.
    """

    def __init__(self, config: SurfaceLearning, beliefs: dict[str, Surface]) -> None:
        self.config = config
        self.beliefs: dict[str, Surface] = dict(beliefs)
        self.surprise: SurfaceSurprise | None = None
        """The last time the ground turned out to be other than believed."""
        self._priors = dict(beliefs)
        self._estimates: dict[str, SurfaceEstimate] = {}
        self._doubts: dict[str, GroundDoubt] = {}
        self._told: dict[str, Surface] = {}
        self._other: dict[str, int] = {}
        """Stretches in a row after which a surface was believed to be other than told."""
        self._misfit = 1.0
        self.obedience = Obedience()
        """Of a body without an acceleration limit: whether it has the velocity it asks for."""
        self.speed_guessed = False
        """Nobody told its top speed: how it first finds a ground is then no surprise."""
        self._trusted = False
        """Whether it is known well enough how it obeys for a word on the ground."""
        self._unexplained: float | None = None
        self._rows: list[tuple[float, ...]] = []
        self._patience_s = 0.0
        self._wish_before = (0.0, 0.0)
        self._late_lead, self._top = 0.0, 0.0
        self._began_s, self._last_s, self._surface = 0.0, 0.0, ""
        self._crossing = 0
        """Frames for which the ground left behind still counts."""
        self._entered: Velocity = None
        self._heard_until_s: float | None = None
        """Where the last stretch that a doubt has heard ended, while the next one goes on there."""
        self._faded_s = 0.0

    def stagger(self, phase: float) -> None:
        """Look at the first stretch later by `phase` in [0, 1) of its usual length: of many learners that begin together not all measure, nor fade, in the same frame."""
        self._patience_s = phase * self.config.window_s
        self._fade_phase = phase

    _fade_phase = 0.0

    def belief(self, name: str) -> Surface:
        """What is believed of a surface, from experience or from its name."""
        return self.beliefs.get(name, DEFAULT_SURFACES.get(name, UNKNOWN))

    def learn(self, time_s: float, position: Sequence[float] | Floats, surface: str, commanded: Sequence[float] | Floats, max_speed: float, max_acceleration: float) -> bool:
        """One frame: where it is, on what, and what velocity it had asked for.  True when a belief changed."""
        if self._rows and (time_s <= self._last_s or surface != self._surface):
            changed = self.interrupt(max_speed, max_acceleration)
        else:
            changed = False
        wish = float(commanded[0]), float(commanded[1])
        if self._surface not in ("", surface):
            self._crossing = _CROSSING
        self._surface = surface
        if self._crossing > 0:
            self._crossing, self._wish_before = self._crossing - 1, wish
            return changed
        if not self._rows:
            self._began_s, self._last_s = time_s, time_s
        self._rows.append((time_s - self._last_s, float(position[0]), float(position[1]), *wish, *self._wish_before))
        self._last_s, self._wish_before = time_s, wish
        if time_s - self._faded_s > 1.0:
            self._fade(time_s)
        if len(self._rows) < 4 or time_s - self._began_s < self._enough_s(max_speed, max_acceleration) + self._patience_s - 1e-9:
            return changed
        self._patience_s = 0.0
        changed = self._measure(max_speed, max_acceleration) or changed
        last = self._rows[-1]
        self._rows = [(0.0, *last[1:])]
        self._began_s = time_s
        return changed

    def interrupt(self, max_speed: float, max_acceleration: float) -> bool:
        """Something else than the ground has a say from here on: what was seen until now is used when it is long enough."""
        enough = len(self._rows) >= 5 and self._last_s - self._began_s > 0.6 * self._enough_s(max_speed, max_acceleration)
        changed = self._measure(max_speed, max_acceleration) if enough else False
        self.forget_motion()
        return changed

    def forget_motion(self) -> None:
        """The body was moved by other means (respawn, knock-back): the running stretch says nothing."""
        self._rows.clear()
        self._entered = self._heard_until_s = None

    def watched(self, surface: str, factor: float, time_s: float) -> bool:
        """Another body was seen to reach this share of its own top speed here: weak evidence, and only of the speed."""
        estimate = self._estimate(surface, time_s).watched(factor, self.config.watching_noise)
        if estimate is None:
            return False
        self._estimates[surface], self.beliefs[surface] = estimate, estimate.record
        return True

    def retune(self, config: SurfaceLearning, priors: dict[str, Surface]) -> None:
        """Other settings, and other priors for some surfaces, from now on."""
        self.config = config
        self._priors.update(priors)
        self.beliefs.update(priors)

    # ---- one stretch ---------------------------------------------------------------------------------------------

    def _enough_s(self, max_speed: float, max_acceleration: float) -> float:
        """A body that is slow to obey must be watched for longer: until it may have reached what it asked for."""
        shortest = self.config.window_s
        if max_acceleration <= 0.0 or self._surface in self._doubts:  # a second opinion is wanted soon
            return shortest
        return min(3.0 * shortest, max(shortest, max_speed / (max_acceleration * self.belief(self._surface).grip)))

    def _measure(self, max_speed: float, max_acceleration: float) -> bool:
        self._top = max_speed
        track, length_s = self._track(self._rows), self._last_s - self._began_s
        if not told_apart(track, length_s, max_speed):
            self._entered = None
            return False
        name, config = self._surface, self.config
        if max_acceleration <= 0.0 and not self._obeys(name, length_s, max_speed):
            return self._roughly(name)
        self._trusted = max_acceleration > 0.0 or self.obedience.trusted(name)
        floor = _SHARPEST * max_speed * length_s / (len(track) - 1)
        seen = self._unexplained if self._unexplained is not None else (0.05 * max_speed * config.window_s) ** 2
        body = _Body(float(max_speed), float(max_acceleration), math.sqrt(max(seen, floor * floor)))
        old = self._estimate(name, self._last_s)
        fit = self._fit(old, track, self._entered, body)
        if fit is None:
            return False
        if any(row[3:] != (*self._rows[1][3:5], *self._rows[1][3:5]) for row in self._rows[1:]):
            fit = self._punctual(old, fit, body)
        off = 2.0 * fit.cost - fit.unexplained * max(1, 2 * len(track) - 8) / body.sigma_px**2  # what lies between belief and stretch, in deviations
        self._misfit *= 1.0 + 0.1 * (min(6.0, off / _EXPECTED_OFF) - 1.0)
        self._misfit = min(100.0, max(_BEST_MISFIT, self._misfit))
        if self._unexplained is None:
            self._unexplained = fit.unexplained
        self._unexplained += 0.2 * (min(fit.unexplained, 10.0 * self._unexplained + floor * floor) - self._unexplained)
        new = self._judged(name, old, fit, body)
        self._entered = new.velocity if new is not None else None
        if new is None:
            return False
        self._estimates[name] = new.estimate
        self.beliefs[name] = new.estimate.record
        self._tell(name, new.estimate.record)
        return True

    def _obeys(self, name: str, length_s: float, max_speed: float) -> bool:
        """Whether a body that is to obey at once may do so, this stretch heard."""
        table, scale = np.array(self._rows), 1.0 / (length_s * max_speed)
        moved_x, moved_y = ((table[-1, 1:3] - table[0, 1:3]) * scale).tolist()
        noise = math.sqrt(2.0 * self._unexplained) * scale if self._unexplained is not None else 0.0
        was_full, was_rough = self.obedience.full_speed, self.obedience.rough
        self.obedience.hear(name, table[1:, 0], table[1:, 3:7] / max_speed, (moved_x, moved_y), noise)
        if self.obedience.full_speed != was_full:
            self._doubts.clear()
        if self.obedience.rough and not was_rough:
            for other in [other for other in self._estimates if other != name]:  # what was found of those was the body's doing
                self._roughly(other)
        return not self.obedience.rough

    def _roughly(self, name: str) -> bool:
        """Of a body that obeys no law: how fast it comes along on the whole, and nothing else.  True when that has changed."""
        self._doubts.clear()
        self._entered = self._heard_until_s = None
        self._other.clear()
        factor, prior, old = self.obedience.factor(name), self._prior(name), self.belief(name)
        if factor is None:
            return False
        deviation = max(_ROUGHLY_SD, self.obedience.misfit)
        new = clipped_surface(max(_SLOWEST, factor), prior.grip, prior.push_x, prior.push_y, deviation, prior.grip_sd, prior.push_sd)
        if abs(new.speed_factor - old.speed_factor) < _HARDLY and (new.push_x, new.push_y, new.grip) == (old.push_x, old.push_y, old.grip):
            return False
        self._told[name] = self.beliefs[name] = new
        return True

    def _tell(self, name: str, now: Surface) -> None:
        """Say that the ground is other than was told, once that has lasted: what is believed at once may still wander back."""
        if self.speed_guessed and name not in self._told:
            if self._trusted and now.speed_factor_sd < _SURE:
                self._told[name] = now
            return
        told = self._told.setdefault(name, self._prior(name))
        self._other[name] = self._other.get(name, 0) + 1 if differs(told, now) else 0
        if self._other[name] >= _LASTING and self._trusted:
            self._told[name], self._other[name] = now, 0
            self.surprise = surprise_of(name, told, now, self._last_s)

    def _track(self, rows: list[tuple[float, ...]], late: bool | None = None) -> Floats:
        """(n, 5) for `fit_surface`; late: whether the game moves a frame after the wish, as believed when None."""
        table = np.array(rows)
        if self.obedience.full_speed:
            for wish in (table[:, 3:5], table[:, 5:7]):
                speeds = np.hypot(wish[:, 0], wish[:, 1])
                wish *= np.divide(self._top, speeds, out=np.zeros(len(rows)), where=speeds > 0.0)[:, None]
        return np.ascontiguousarray(table[:, [0, 1, 2, 5, 6]] if (self._late_lead > 0.0 if late is None else late) else table[:, :5])

    def _punctual(self, old: SurfaceEstimate, fit: GroundFit, body: _Body) -> GroundFit:
        """Ask whether the game does as advised at once or a frame late, where wishes change; what has explained more so far is used."""
        late = self._late_lead > 0.0
        other = self._fit(old, self._track(self._rows, not late), self._entered, body)
        if other is None:
            return fit
        gain = (fit.evidence - other.evidence) if late else (other.evidence - fit.evidence)
        self._late_lead = min(20.0, max(-20.0, self._late_lead + min(_MOST_OF_ONE, max(-_MOST_OF_ONE, gain))))
        return fit if late == (self._late_lead > 0.0) else other

    def _judged(self, name: str, old: SurfaceEstimate, fit: GroundFit, body: _Body) -> GroundFit | None:
        """What to believe now: the old belief brought up to date, a rival that did better, or (None) the old one while that is open."""
        noise = 2 * len(self._rows) * self._unexplained / body.sigma_px**2 if self._unexplained is not None else 0.0
        if name not in self._doubts and 2.0 * fit.cost - noise <= self.config.surprise_sd**2:
            return fit
        doubt = self._doubts.setdefault(name, GroundDoubt())
        doubt.hear(lambda prior, rows, entered: self._fit(prior, self._track(rows), entered, body), old, self._rows, self._entered, self._last_s,
                   self._heard_until_s == self._began_s)
        self._heard_until_s = self._last_s
        known = doubt.decided
        found = doubt.winner()
        if doubt.idle:
            del self._doubts[name]
        if found is not None and not known and not another_ground(old.record, found.estimate.record):  # an outlier, told apart from a change
            self._doubts.pop(name, None)
            return fit
        if found is not None and self._trusted:
            first = self.speed_guessed and name not in self._told
            told, self._told[name], self._other[name] = self._told.get(name, self._prior(name)), found.estimate.record, 0
            if not known and differs(told, found.estimate.record) and not first:
                self.surprise = surprise_of(name, told, found.estimate.record, self._last_s)
        if found is not None:
            return found
        if name not in self._doubts:  # a stretch that nothing explains, the belief least of all, says nothing
            return fit if 2.0 * fit.cost < _HOPELESS * self.config.surprise_sd**2 + noise else None
        return None if doubt.open else fit

    def _fit(self, prior: SurfaceEstimate, track: Floats, entered: Velocity, body: _Body) -> GroundFit | None:
        blur = self._misfit * self.config.noise**2 * _MISFIT_SCALES  # each stretch has a ground of its own, near the surface's
        velocity = (*entered, 2.0 * self.config.noise * body.speed_px_s) if entered is not None else (0.0, 0.0, 2.0 * body.speed_px_s)
        found, covariance = np.empty(6), np.empty((4, 4))
        cost, evidence, unexplained = fit_surface(track, prior.mean, prior.covariance, blur, body.speed_px_s, body.acceleration_px_s2, body.sigma_px,
                                                  *velocity, found, covariance)
        if not math.isfinite(cost):
            return None
        left = (float(found[4]), float(found[5])) if body.acceleration_px_s2 > 0.0 else None
        return GroundFit(prior.updated(found[:4], covariance), cost, evidence, unexplained, left)

    # ---- keeping -------------------------------------------------------------------------------------------------

    def _estimate(self, name: str, time_s: float) -> SurfaceEstimate:
        """The belief as an estimate, as unsure as the time since it was last measured makes it."""
        believed, kept = self.belief(name), self._estimates.get(name)
        if kept is None or kept.record is not believed:  # first trodden, or given from outside
            kept = SurfaceEstimate.of(believed, time_s)
        kept = kept.later(time_s, self.config.drift_per_s, self._prior(name))
        self._estimates[name], self.beliefs[name] = kept, kept.record
        return kept

    def _prior(self, name: str) -> Surface:
        return self._priors.get(name, DEFAULT_SURFACES.get(name, UNKNOWN))

    def _fade(self, time_s: float) -> None:
        """Surfaces not trodden for long become again what their names promise."""
        if self._faded_s == 0.0:
            self._faded_s = time_s - self._fade_phase
            return
        share = 1.0 - math.exp(-(time_s - self._faded_s) / self.config.forget_s)
        if time_s > self._faded_s:
            for name in [name for name in self._estimates if name != self._surface]:
                faded = self._estimate(name, time_s).towards(self._prior(name), share)
                self._estimates[name], self.beliefs[name] = faded, faded.record
        self._faded_s = time_s


_SHARPEST = 1e-2
"""However exactly a body was seen to obey, its places are weighed as if off by this share of a frame's way: sharper, the valley between
factor and push is so narrow that a fit comes to rest part of the way along it."""
_CROSSING = 2
"""A step obeys the ground on which it was decided, that of up to two frames ago: where the game pushes first and moves in its next frame."""
_HOPELESS = 4.0
"""So many times as much as makes it ask, and a stretch that no rival explains either is left out."""
_MISFIT_SCALES = np.array([1.0, 4.0, 1.0, 1.0])
_EXPECTED_OFF = 2.0
_BEST_MISFIT = 0.05
"""However well a body obeyed so far, a twentieth of the variance that `noise` stands for is kept."""
_MOST_OF_ONE = 8.0
"""No single stretch says more than this, as a log evidence ratio, of whether the game does as advised a frame late."""
_LASTING = 6
"""Stretches in a row that must speak for other ground before a word is said of it; the belief itself follows at once."""


_SURE = 0.06
"""A speed factor known this well is what to measure changes from, where nobody told the body's speed."""
_ROUGHLY_SD, _SLOWEST, _HARDLY = 0.1, 0.1, 0.03
"""How well the speed is known at best of a body that obeys no law, what is believed of it at least, and what is no change of it."""


@dataclass(frozen=True, slots=True)
class _Body:
    speed_px_s: float
    acceleration_px_s2: float
    sigma_px: float
    """Deviation of one seen position."""
