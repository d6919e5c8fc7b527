"""A ball that is watched: what laws it obeys, where it will be, and how sure that is.

    ball = nw.BallModel(segments, radius_px=12)
    ball.fit(throws)                      # or observe them one by one, with reset() between
    ball.observe(time_s, position)        # every frame of the throw in the air
    forecast = ball.forecast(horizon_s=2.0, step_s=1 / 30)
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.arguments import is_positive
from npc_world.core.errors import BadInputError
from npc_world.core.pieces import Pieces, finished
from npc_world.core.reading import position_of
from npc_world.core.records import Explanation, Forecast
from npc_world.learning.ball_change import Change
from npc_world.learning.ball_config import BallConfig
from npc_world.learning.ball_data import Throw, check_outside, check_within, read_throws
from npc_world.learning.ball_forecast import forecast_of
from npc_world.learning.ball_knowledge import BallKnowledge, nothing_known
from npc_world.learning.ball_laws import BallLaws
from npc_world.learning.ball_learner import BallLearner
from npc_world.learning.ball_tracking import Tracking
from npc_world.learning.ball_words import explain_ball
from npc_world.learning.physics_file import physics_of, read_physics, with_physics, write_physics
from npc_world.models.ball_field import ForceField
from npc_world.models.ball_world import SCHEMES, BallWorld

__all__ = ["BallConfig", "BallModel", "Imagined"]

Floats = NDArray[np.float64]
_MOST_LESSONS = 30
"""So many may wait for each other."""


_MOST_STEPS = 100_000
"""Of a forecast."""


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
        """`scheme` "chipmunk", "continuous", or "clamped", "clamped_late", "reflected" or "reflected_late" (games that put the ball back out
        of walls, see `models.ball_clamped`) and the engine's `step_s` are found from the sightings when None.

        materials: how many there are, when more than these walls show; material_names: for `explain`.  physics: a file of `npc-world learn` or `save_physics`:
        what it says is believed of everything that is None.
        """
        self.config = config or BallConfig()
        self.world = BallWorld.build(segments, radius_px, thickness_px=thickness_px, material=material, polygons=polygons,
                                     polygon_material=polygon_material, circles=circles, circle_material=circle_material,
                                     neighbours=neighbours, materials=materials)
        if scheme is not None and scheme not in SCHEMES:
            raise BadInputError(f"scheme={scheme!r}: expected None or one of {', '.join(map(repr, SCHEMES))}")
        for name, value in (("step_s", step_s), ("noise_px", noise_px)):
            if value is not None and not is_positive(value):
                raise BadInputError(f"{name}={value!r}: expected a number above zero, or None")
        if not (isinstance(seed, (int, np.integer)) and seed >= 0):
            raise BadInputError(f"seed={seed!r}: expected a whole number, zero or more")
        laws = BallLaws.build(self.world.materials, 1.0, gravity_px_s2=gravity_px_s2, damping=damping, inertia=inertia,
                              restitution=restitution, friction=friction)
        known = nothing_known(laws, scheme, step_s, noise_px)
        if physics is not None:
            known = with_physics(known, read_physics(physics))
        self._learner = BallLearner(self.world, known, self.config, seed)
        self._names = tuple(material_names)
        self._lesson: Pieces[None] | None = None
        """Not yet at its end; those begun before it are part of it."""
        self._lessons = 0
        """How many these are."""
        self._times: list[float] = []
        self._frame_s = math.inf
        """The shortest gap between two of these, or the engine's step where that is known and shorter."""
        self._seen: list[Floats] = []
        self._tracking: Tracking | None = None

    def observe(self, time_s: float, position: Any) -> None:
        """See the ball: position a pair, a rect, a sprite or a body; None while unseen, which is allowed at any time.

        Raises `BadInputError` for NaN, a time that does not increase, a throw that starts inside a wall or goes on after a pause of 100,000
        frames, and places beyond a million radii; nothing changes then.
        """
        if not (isinstance(time_s, (int, float, np.floating)) and math.isfinite(time_s)):
            raise BadInputError(f"time_s={time_s!r}: expected seconds")
        if self._times and time_s <= self._times[-1]:
            raise BadInputError(f"time_s={time_s!r}: not after the last sighting at {self._times[-1]!r} s; reset() starts a new throw")
        if position is None:
            return
        at = position_of(position)
        if self._times:
            frame_s = min(time_s - self._times[-1], self._frame_s)
            lasts_s = time_s - self._times[0]
        else:
            frame_s, lasts_s = self.knowledge.step_s or math.inf, 0.0
        check_within(lasts_s, frame_s, float(np.abs(at).max()), self.world, f"the throw up to time_s={time_s!r}, position={position!r}")
        if not self._times:
            check_outside(at, self.world, "position")
        self._frame_s = frame_s
        self._times.append(float(time_s))
        self._seen.append(at)

    def reset(self) -> None:
        """A new throw: learn from the one just seen, then forget where the ball was.

        A lesson takes a tenth of a second, or a whole one when the throw was hard to explain: a game that cannot wait takes `lesson`.
        """
        finished(self.lesson())

    def lesson(self) -> Pieces[None]:
        """`reset` in pieces of a millisecond or two: the new throw begins now, what the old one taught is known after the last piece.

            pieces = ball.lesson()
            next(pieces, None)               # every frame

        A lesson that is not yet at its end when another begins comes first in that; when very many wait, they are finished at once.
        """
        if self._lessons >= _MOST_LESSONS:
            self._finish()
        before, throw, tracking = self._lesson, self._throw(), self._tracking
        self._times, self._seen, self._tracking = [], [], None
        self._lessons += 1
        self._lesson = self._taught(before, throw, tracking if before is None else None)
        return self._lesson

    def _taught(self, before: Pieces[None] | None, throw: Throw, tracking: Tracking | None) -> Pieces[None]:
        if before is not None:
            yield from before
        if len(throw.times_s) >= self.config.shortest_throw:
            yield from self._learner.lesson(throw, tracking)
            self._tracking = None  # what the new throw was taken for rests on what was known before
        self._lessons -= 1
        if self._lessons == 0:
            self._lesson = None

    def _finish(self) -> None:
        if self._lesson is not None:
            finished(self._lesson)
            self._lesson, self._lessons = None, 0

    def fit(self, trajectories: Iterable[Any]) -> dict[str, tuple[float, float]]:
        """Learn from whole throws, each (times (L,), positions (L, 2)) or (L, 3) rows of time, x, y; returns `physics`.

        Raises `BadInputError` naming the first bad one; the model is unchanged then.
        """
        throws = read_throws(trajectories, self.world, self.knowledge.step_s)
        if not throws:
            raise BadInputError("trajectories is empty: expected one throw or more")
        self._finish()
        finished(self._learner.fit(throws))
        self._tracking = None
        return self.physics

    @property
    def physics(self) -> dict[str, tuple[float, float]]:
        """What is believed: name → (value, standard deviation); gravity_x_px_s2, gravity_y_px_s2, damping, inertia,
        restitution_m and friction_m per material m.

        Under the schemes of games that put the ball back out of walls friction is the share of the speed along a wall that is lost in each step that touches it.
        """
        belief = self.knowledge.belief
        return self.knowledge.laws.describe(belief.z, belief.covariance)

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
        return self._learner.known

    @property
    def scheme(self) -> str | None:
        """One of those named at `BallModel`, None before anything was learned."""
        return self.knowledge.scheme

    @property
    def row(self) -> Floats:
        """(4 + 2 · materials,) the laws at their most probable, as `nw.shots` and `nw.throw_to` take them: gravity x, y px/s², damping, inertia,
        then per material a restitution, then per material a friction."""
        known = self.knowledge
        return np.asarray(known.laws.rows(known.belief.z[None])[0])

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
        return self._learner.residual.field

    @property
    def change(self) -> Change | None:
        """What the last surprising throw was taken for: the constants that changed, or that nothing explains it."""
        return self._learner.change

    def explain(self) -> Explanation:
        """In words, with the numbers: whether it knows this ball, what it is not sure of, what has changed, that it is at a loss."""
        learner = self._learner
        return explain_ball(learner.known, self.surprise, self.config.doubt, learner.change, learner.since_change, learner.learned_throws, self._names,
                            learner.residual.field)

    def forecast(self, horizon_s: float, step_s: float) -> Forecast:
        """Where the ball will be at step_s, 2 · step_s … horizon_s after the last sighting.

        The spread comes from the sightings' noise and from what is not known of the laws, grown through the bounces.
        Raises `BadInputError` before the first sighting.
        """
        imagined = self.imagine(horizon_s, step_s)
        stated = forecast_of(imagined.times_s, imagined.paths_px, imagined.contacts, 0.0, self.config.hypotheses,
                             self.config.tolerance_radii * self.world.radius_px)
        cuts = self._learner.regions
        return stated if cuts is None else replace(stated, regions=np.tile(cuts, (len(stated.times_s), 1)))

    def imagine(self, horizon_s: float, step_s: float, contacts: int = 16) -> Imagined:
        """The futures behind a forecast, and what each of them touches."""
        return finished(self.imagining(horizon_s, step_s, contacts))

    def imagining(self, horizon_s: float, step_s: float, contacts: int = 16) -> Pieces[Imagined]:
        """`imagine` in pieces of a millisecond or two, of what was seen when it begins; no sighting may come in between."""
        for name, value in (("horizon_s", horizon_s), ("step_s", step_s)):
            if not (math.isfinite(value) and value > 0.0):
                raise BadInputError(f"{name}={value!r}: expected seconds above zero")
        if not self._times:
            raise BadInputError("no sighting yet: observe the ball before asking where it will be")
        if horizon_s > _MOST_STEPS * step_s:
            raise BadInputError(f"horizon_s={horizon_s!r} in steps of step_s={step_s!r}: more than {_MOST_STEPS} steps")
        count = max(1, int(round(horizon_s / step_s)))
        times = np.arange(1, count + 1, dtype=np.float64) * step_s
        tracking = yield from self._following()
        return Imagined(times, *(yield from tracking.imagining(times, contacts, *self._learner.ahead(tracking))))

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
        self.world = world
        self._learner.move_to(world)

    def save_physics(self, path: str | os.PathLike[str], remarks: Sequence[str] = ()) -> None:
        """Write what was learned as a TOML file, for `BallModel(physics=path)`."""
        write_physics(path, physics_of(self.knowledge), remarks)

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything learned, as plain arrays for an npz file; the throw in the air is not part of it."""
        return self._learner.arrays()

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take over what `state` gave.  Raises `BadInputError` when it is of another world; the model is unchanged then."""
        self._finish()
        self._learner.restore(arrays)
        self._tracking = None

    def _throw(self) -> Throw:
        return Throw(np.array(self._times), np.array(self._seen).reshape(-1, 2))

    def _following(self) -> Pieces[Tracking]:
        if self._tracking is None or self._tracking.sightings != len(self._times):
            self._tracking = yield from self._learner.following(self._throw(), self._tracking)
        return self._tracking

    def _follow(self) -> Tracking:
        return finished(self._following())
