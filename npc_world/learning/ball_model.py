"""A ball that is watched: what laws it obeys, where it will be, and how sure that is.

    ball = nw.BallModel(segments, radius_px=12)
    ball.fit(throws)                      # or observe them one by one, with reset() between
    ball.observe(time_s, position)        # every frame of the throw in the air
    forecast = ball.forecast(horizon_s=2.0, step_s=1 / 30)
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.errors import BadInputError
from npc_world.core.reading import position_of
from npc_world.core.records import Explanation, Forecast
from npc_world.core.tunable import check_tunables, tunable
from npc_world.learning.ball_change import Change, find_change
from npc_world.learning.ball_data import Throw, check_outside, noise_of, read_throws
from npc_world.learning.ball_forecast import forecast_of
from npc_world.learning.ball_knowledge import BallKnowledge, learn, nothing_known
from npc_world.learning.ball_laws import BallLaws
from npc_world.learning.ball_residual import ResidualLearner
from npc_world.learning.ball_tracking import ROUGH, Tracking, track
from npc_world.learning.ball_words import explain_ball
from npc_world.learning.physics_file import physics_of, read_physics, with_physics, write_physics
from npc_world.models.ball_field import ForceField
from npc_world.models.ball_world import BallWorld

__all__ = ["BallConfig", "BallModel", "Imagined"]

Floats = NDArray[np.float64]
_BLUR_RADII = 0.1
"""How exact forces are that were learned from place and velocity: what they leave of a throw, in ball radii."""
_STRAINED, _STRAIN = 3, 1.25
"""So many throws in a row whose error over noise is above this, and the laws are drifting: what is known widens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BallConfig:
    """How a ball is imagined and learned."""

    balls: int = tunable(256, "imagined balls behind a forecast", low=32, high=20000)
    hypotheses: int = tunable(6, "most hypotheses in a forecast", low=1, high=64)
    tolerance_radii: float = tunable(0.25, "hypotheses are split until their deviation is below this, in ball radii", low=0.0)
    doubt: float = tunable(1.8, "error over noise of the newest sightings from which the model is said not to fit", low=1.2)
    throws_kept: int = tunable(5, "throws that are fitted together; older ones live on in the belief only", low=1, high=100)
    sightings_kept: int = tunable(180, "sightings of the throw in the air that are used", low=30)
    shortest_throw: int = tunable(12, "sightings below which a throw teaches nothing", low=6)
    residual: bool = tunable(True, "learn from place and velocity what the laws leave unexplained: wind zones, fans, spin's pull")

    def __post_init__(self) -> None:
        check_tunables(self)


@dataclass(frozen=True, slots=True)
class Imagined:
    """n equally likely futures of the ball in the air."""

    times_s: Floats
    """(H,) from the last sighting."""
    paths_px: Floats
    """(n, H, 2)."""
    contacts: Floats
    """(n, C, 4) new contacts in order: seconds from the last sighting, x, y, obstacle; rows of inf where there are fewer."""


class BallModel:
    """Watches one ball among static segments, convex polygons and circles.

    segments (N, 4) x0, y0, x1, y1 px; radius_px of the ball.  gravity_px_s2 (downwards, or (x, y)), damping (share of speed kept
    per second), restitution and friction (of the pair ball and surface: one number, or one per material) are learned when None.
    inertia = moment / (mass · radius²), 0.5 for a uniform disc, is learned about 0.5 when None.
    Obstacle indices count segments, then polygons, then circles.  Wrong where other things move the ball; `surprise` then says so.
    """

    def __init__(self, segments: ArrayLike, radius_px: float, gravity_px_s2: ArrayLike | None = None, damping: float | None = None,
                 restitution: ArrayLike | None = None, friction: ArrayLike | None = None, *, inertia: float | None = None,
                 material: ArrayLike | None = None, thickness_px: ArrayLike = 0.0, polygons: Sequence[ArrayLike] = (),
                 polygon_material: ArrayLike | None = None, circles: ArrayLike = (), circle_material: ArrayLike | None = None,
                 neighbours: ArrayLike | None = None, materials: int | None = None,
                 material_names: Sequence[str] = (), scheme: str | None = None, step_s: float | None = None,
                 noise_px: float | None = None, seed: int = 0, config: BallConfig | None = None,
                 physics: str | os.PathLike[str] | Mapping[str, Any] | None = None) -> None:
        """`scheme` "chipmunk" or "continuous" and the engine's `step_s` are found from the sightings when None.

        materials: how many there are, when more than these walls show; material_names: for `explain`.  physics: a file of `npc-world learn` or `save_physics`:
        what it says is believed of everything that is None.
        """
        self.config = config or BallConfig()
        self.world = BallWorld.build(segments, radius_px, thickness_px=thickness_px, material=material, polygons=polygons,
                                     polygon_material=polygon_material, circles=circles, circle_material=circle_material,
                                     neighbours=neighbours, materials=materials)
        if scheme not in (None, "chipmunk", "continuous"):
            raise BadInputError(f"scheme={scheme!r}: expected 'chipmunk', 'continuous' or None")
        for name, value in (("step_s", step_s), ("noise_px", noise_px)):
            if value is not None and not (math.isfinite(value) and value > 0.0):
                raise BadInputError(f"{name}={value!r}: expected a number above zero, or None")
        laws = BallLaws.build(self.world.materials, 1.0, gravity_px_s2=gravity_px_s2, damping=damping, inertia=inertia,
                              restitution=restitution, friction=friction)
        self._known: BallKnowledge = nothing_known(laws, scheme, step_s, noise_px)
        if physics is not None:
            self._known = with_physics(self._known, read_physics(physics))
        self._rng = np.random.default_rng(seed)
        self._throws: list[Throw] = []
        self._all_kept = not self._known.learned
        """Whether all that is known came from the throws that are kept, so that they may be fitted again from nothing."""
        self._doubts = 0
        """Throws in a row that could not be explained."""
        self._change: Change | None = None
        self._since_change, self._learned_throws = 0, 0
        self._misfits: deque[float] = deque(maxlen=_STRAINED)
        self._names = tuple(material_names)
        self._settled: BallKnowledge | None = None
        """What was known before throws that nothing explained made unsure of it."""
        self._residual = ResidualLearner(np.random.default_rng((seed, 1)))
        self._felt = self.world
        """The world with what is felt beside the laws, on average over the ensemble."""
        self._times: list[float] = []
        self._seen: list[Floats] = []
        self._tracking: Tracking | None = None

    def observe(self, time_s: float, position: Any) -> None:
        """See the ball: position a pair, a rect, a sprite or a body; None while unseen, which is allowed at any time.

        Raises `BadInputError` for NaN, a time that does not increase, and a throw that starts inside a wall; nothing changes then.
        """
        if not (isinstance(time_s, (int, float, np.floating)) and math.isfinite(time_s)):
            raise BadInputError(f"time_s={time_s!r}: expected seconds")
        if self._times and time_s <= self._times[-1]:
            raise BadInputError(f"time_s={time_s!r}: not after the last sighting at {self._times[-1]!r} s; reset() starts a new throw")
        if position is None:
            return
        at = position_of(position)
        if not self._times:
            check_outside(at, self.world, "position")
        self._times.append(float(time_s))
        self._seen.append(at)

    def reset(self) -> None:
        """A new throw: learn from the one just seen, then forget where the ball was."""
        if len(self._times) >= self.config.shortest_throw:
            throw = self._throw()
            doubtful = self._doubtful()
            if doubtful and self._residual.active and self.surprise < ROUGH * self.config.doubt:
                pass  # the laws hold, what was learned beside them is rough: only that learns from this throw
            elif doubtful:
                self._learn_change(throw)
            else:
                self._learn([throw])
                self._doubts, self._settled = 0, None
                self._test_drift()
            self._learn_residual(throw)
        self._times, self._seen, self._tracking = [], [], None

    def fit(self, trajectories: Iterable[Any]) -> dict[str, tuple[float, float]]:
        """Learn from whole throws, each (times (L,), positions (L, 2)) or (L, 3) rows of time, x, y; returns `physics`.

        Raises `BadInputError` naming the first bad one; the model is unchanged then.
        """
        throws = read_throws(trajectories, self.world)
        if not throws:
            raise BadInputError("trajectories is empty: expected one throw or more")
        self._learn(throws)
        for throw in throws:
            self._learn_residual(throw)
        if self._residual.active and not self._known.explains and self._all_kept:
            self._known = self._with_own_eyes(learn(self._felt, self._eyes(), self._throws, True, self._rng))  # the laws, once what else acts is known
        self._tracking = None
        return self.physics

    @property
    def physics(self) -> dict[str, tuple[float, float]]:
        """What is believed: name → (value, standard deviation); gravity_x_px_s2, gravity_y_px_s2, damping, inertia,
        restitution_m and friction_m per material m."""
        belief = self._known.belief
        return self._known.laws.describe(belief.z, belief.covariance)

    @property
    def physics_in_flight(self) -> dict[str, tuple[float, float]]:
        """`physics` as the throw in the air so far also suggests; the same as `physics` before its second sighting."""
        if len(self._times) < 2:
            return self.physics
        tracking = self._follow()
        z = tracking.cloud.z
        return tracking.setting.laws.describe(z.mean(axis=0), np.atleast_2d(np.cov(z.T)) if z.shape[1] else np.zeros((0, 0)))

    @property
    def knowledge(self) -> BallKnowledge:
        return self._known

    @property
    def scheme(self) -> str | None:
        """"chipmunk" or "continuous", None before anything was learned."""
        return self._known.scheme

    @property
    def surprise(self) -> float:
        """Error over noise of the newest sightings under what was believed before this throw: 1 as expected, above
        `config.doubt` the model does not fit here."""
        tracking = self._follow() if len(self._times) >= 2 else None
        return tracking.surprise if tracking is not None else 1.0

    @property
    def fits(self) -> bool:
        """Whether the throw in the air is as the model expects."""
        return self.surprise <= self.config.doubt

    @property
    def field(self) -> ForceField:
        """What is felt beside the laws, an ensemble; without members until it has proved itself on throws not yet learned from."""
        return self._residual.field

    @property
    def change(self) -> Change | None:
        """What the last surprising throw was taken for: the constants that changed, or that nothing explains it."""
        return self._change

    def explain(self) -> Explanation:
        """In words, with the numbers: whether it knows this ball, what it is not sure of, what has changed, that it is at a loss."""
        return explain_ball(self._known, self.surprise, self.config.doubt, self._change, self._since_change, self._learned_throws, self._names,
                            self._residual.field)

    def forecast(self, horizon_s: float, step_s: float) -> Forecast:
        """Where the ball will be at step_s, 2 · step_s … horizon_s after the last sighting.

        The spread comes from the sightings' noise and from what is not known of the laws, grown through the bounces.
        Raises `BadInputError` before the first sighting.
        """
        imagined = self.imagine(horizon_s, step_s)
        return forecast_of(imagined.times_s, imagined.paths_px, imagined.contacts, 0.0, self.config.hypotheses,
                           self.config.tolerance_radii * self.world.radius_px)

    def imagine(self, horizon_s: float, step_s: float, contacts: int = 16) -> Imagined:
        """The futures behind a forecast, and what each of them touches."""
        for name, value in (("horizon_s", horizon_s), ("step_s", step_s)):
            if not (math.isfinite(value) and value > 0.0):
                raise BadInputError(f"{name}={value!r}: expected seconds above zero")
        if not self._times:
            raise BadInputError("no sighting yet: observe the ball before asking where it will be")
        count = max(1, int(round(horizon_s / step_s)))
        times = np.arange(1, count + 1, dtype=np.float64) * step_s
        ahead = replace(self.world, field=self._residual.field) if self._residual.active else None
        return Imagined(times, *self._follow().imagine(times, contacts, ahead))

    def rebuild(self, segments: ArrayLike, *, radius_px: float | None = None, **geometry: Any) -> None:
        """The same ball among other walls: a table was moved, a door opened.  Keeps what was learned; the throw in the air ends.

        geometry: as when the model was made (`material`, `thickness_px`, `polygons` …).  Raises `BadInputError` for materials it
        knows nothing of, as for everything else that is wrong; nothing changes then.
        """
        radius = self.world.radius_px if radius_px is None else radius_px
        try:
            world = BallWorld.build(segments, radius, **{"materials": self.world.materials, **geometry})
        except TypeError as error:
            raise BadInputError(f"geometry={sorted(geometry)!r}: {error}") from None
        if world.materials != self.world.materials:
            raise BadInputError(f"material: {world.materials} materials where the ball was made for {self.world.materials}; give `materials` then")
        self.reset()
        self.world, self._throws, self._all_kept = world, [], not self._known.learned
        self._felt = replace(world, field=self._residual.field.mean()) if self._residual.active else world

    def save_physics(self, path: str | os.PathLike[str], remarks: Sequence[str] = ()) -> None:
        """Write what was learned as a TOML file, for `BallModel(physics=path)`."""
        write_physics(path, physics_of(self._known), remarks)

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything learned, as plain arrays for an npz file; the throw in the air is not part of it."""
        return {**self._known.arrays(), **self._residual.arrays()}

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `state` gave.  Raises `BadInputError` when it is of another world; the model is unchanged then."""
        known = self._known.from_arrays(arrays)
        self._residual.restore(arrays)
        self._known, self._felt = known, replace(self.world, field=self._residual.field.mean()) if self._residual.active else self.world
        self._throws, self._all_kept, self._tracking = [], not self._known.learned, None

    def _throw(self) -> Throw:
        return Throw(np.array(self._times), np.array(self._seen))

    def _doubtful(self) -> bool:
        return bool(self._known.learned and self._follow().surprise > self.config.doubt)

    def _learn_change(self, throw: Throw) -> None:
        """After a throw that surprised: find what has changed, and keep the rest."""
        before = self._known
        known, change = find_change(self._felt, self._eyes(), throw, self.config.doubt, self.config.sightings_kept, self._doubts, self._rng)
        self._known = self._with_own_eyes(known)
        self._settled = None if change.explained else self._settled or before
        self._doubts = 0 if change.explained else self._doubts + 1
        if change.names or not change.explained:
            self._change, self._since_change = change, 0
        self._learned_throws += int(change.explained)
        self._misfits.clear()
        begun = self._doubts == 1 and not self._residual.active  # what was seen before something new acted says nothing of it
        if begun or {"gravity_x_px_s2", "gravity_y_px_s2", "damping"} & set(change.names):
            self._residual.forget()
            self._felt = self.world
        self._throws, self._all_kept = [throw] if change.explained else [], False

    def _eyes(self) -> BallKnowledge:
        """What is known, with eyes no sharper than the residual is exact, while there is one."""
        if not self._residual.active:
            return self._known
        blurred = max(self._known.noise_px or 0.0, _BLUR_RADII * self.world.radius_px)
        return replace(self._known, noise_px=blurred, rounding_px=0.0, fixed_noise=True)

    def _with_own_eyes(self, known: BallKnowledge) -> BallKnowledge:
        """What was learned through `_eyes`, with the eyes as they are."""
        if not self._residual.active:
            return known
        return replace(known, noise_px=self._known.noise_px, rounding_px=self._known.rounding_px, fixed_noise=self._known.fixed_noise)

    def _learn_residual(self, throw: Throw) -> None:
        """What the laws do not say of this throw's free flight."""
        if not self.config.residual:
            return
        row = self._known.laws.rows(self._known.belief.z[None])[0]
        if self._residual.learn(throw, self.world, row[:2], -math.log(row[2]), self._known.noise_px or 0.0):
            self._felt = replace(self.world, field=self._residual.field.mean()) if self._residual.active else self.world
            if self._residual.active and self._settled is not None:
                self._known, self._settled, self._doubts = self._settled, None, 0  # it was not the laws

    def _test_drift(self) -> None:
        """A mismatch too small to surprise in any one throw shows in several."""
        self._misfits.append(self._known.misfit)
        if len(self._misfits) == _STRAINED and min(self._misfits) > _STRAIN:
            self._known = self._known.unsettled()
            self._throws, self._all_kept = self._throws[-1:], False
            self._misfits.clear()

    def _learn(self, throws: list[Throw]) -> None:
        kept = [*self._throws, *throws]
        useful = [t for t in kept if len(t.times_s) >= self.config.shortest_throw]
        self._since_change += len(throws)
        if not useful:
            raise BadInputError(f"trajectories: no throw has {self.config.shortest_throw} sightings or more")
        fresh = [t for t in throws if len(t.times_s) >= self.config.shortest_throw]
        together = not self._known.learned or (self._all_kept and (len(useful) <= self.config.throws_kept or len(fresh) > 1))
        self._known = self._with_own_eyes(learn(self._felt, self._eyes(), useful if together else fresh, together, self._rng))
        self._throws = useful[-self.config.throws_kept :]
        self._learned_throws += len(fresh)
        self._all_kept = together and len(useful) <= self.config.throws_kept

    def _follow(self) -> Tracking:
        if self._tracking is None or self._tracking.sightings != len(self._times):
            throw = self._throw()
            known = self._eyes().scaled_to([throw, *self._throws], self.world)
            if known.noise_px is None:
                seen, rounding = noise_of([throw])
                known = replace(known, noise_px=max(seen, 1e-3 * self.world.radius_px), rounding_px=rounding)
            self._tracking = track(self._felt, known, throw, self._tracking, self.config.balls, self.config.doubt,
                                   self.config.sightings_kept, self._rng)
        return self._tracking
