"""A shadow of a pymunk space: built once, brought up to date in a few microseconds, rolled forward with believed physics.

        shadow = ShadowSpace(space, BelievedPhysics(gravity_px_s2=(0, 900)))
        shadow.sync()                                                    # each time before imagining
        paths = shadow.roll([ball], horizon_s=2.0, until=[Contact(floor)]).trajectories()
        forecast = ShadowModel(shadow, ball).forecast(horizon_s=2.0, step_s=0.1)

`Space.copy()` takes milliseconds and copies the truth; this takes microseconds and holds what the NPC believes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pymunk
from numpy.typing import NDArray

from npc_world.adapters.pymunk.copies import copy_body, copy_joint, copy_settings, copy_shape
from npc_world.adapters.pymunk.imagination import Imagination
from npc_world.adapters.pymunk.rollout import Event, Rollout
from npc_world.adapters.pymunk.states import StateReader, ids_of, write_states
from npc_world.core.errors import BadInputError
from npc_world.core.records import Forecast

__all__ = ["BelievedPhysics", "ShadowModel", "ShadowSpace"]

Floats = NDArray[np.float64]
_COLD_ITERATIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class BelievedPhysics:
    """What an NPC believes of a space's physics, with standard deviations; what it leaves out is taken from the space.

    friction and elasticity: value by `collision_type` of a shape; key None stands for all others.
    """

    gravity_px_s2: tuple[float, float] | None = None
    damping: float | None = None
    """Share of velocity kept per second."""
    friction: Mapping[int | None, float] = field(default_factory=dict)
    elasticity: Mapping[int | None, float] = field(default_factory=dict)
    gravity_sd_px_s2: float = 0.0
    damping_sd: float = 0.0
    friction_sd: float = 0.0
    elasticity_sd: float = 0.0
    position_sd_px: float = 0.0
    """How exactly it sees the body it forecasts."""
    velocity_sd_px_s: float = 0.0

    def __post_init__(self) -> None:
        for name in ("gravity_sd_px_s2", "damping_sd", "friction_sd", "elasticity_sd", "position_sd_px", "velocity_sd_px_s"):
            value = getattr(self, name)
            if not 0.0 <= value < np.inf:
                raise BadInputError(f"BelievedPhysics.{name}={value!r}: expected a finite number, zero or more")
        if self.damping is not None and not 0.0 <= self.damping <= 1.0:
            raise BadInputError(f"BelievedPhysics.damping={self.damping!r}: expected 0 to 1, the share of velocity kept per second")
        if self.gravity_px_s2 is not None and not np.isfinite(self.gravity_px_s2).all():
            raise BadInputError(f"BelievedPhysics.gravity_px_s2={self.gravity_px_s2!r}: expected two finite numbers")


class ShadowSpace:
    """The copy.  dt_s: the step it is rolled with; the game's own fixed step gives the game's own trajectories.

    It knows bodies, shapes and joints, and where everything is now; not the game's callbacks, nor the forces the game
    will apply, nor contacts' stored impulses: a stack of bodies at rest settles anew, by hundredths of a pixel.
    Bodies, shapes and joints added or removed are noticed at the next `sync`; a shape that is changed in place
    (`unsafe_set_…`, new friction) is not: call `rebuild`.
    """

    def __init__(self, space: pymunk.Space, believed: BelievedPhysics | None = None, dt_s: float = 1.0 / 60.0) -> None:
        if not 0.0 < dt_s < 1.0:
            raise BadInputError(f"dt_s={dt_s!r}: expected the space's step in seconds, above 0 and below 1")
        self.space, self.dt_s = space, dt_s
        self.believed = believed if believed is not None else BelievedPhysics()
        self.owner: Rollout | None = None
        """The rollout whose state the shadow holds at present."""
        self.rebuild()

    # ---- keeping up with the truth -----------------------------------------------------------------------------

    def rebuild(self) -> None:
        """Copy every body, shape and joint anew."""
        space = self.space
        self._shadow = pymunk.Space()
        copy_settings(space, self._shadow)
        self._twins: dict[pymunk.Body, pymunk.Body] = {space.static_body: self._shadow.static_body}
        for body in space.bodies:
            if body is not space.static_body:
                self._twins[body] = copy_body(body)
                self._shadow.add(self._twins[body])
        self._shapes = [(shape, copy_shape(shape, self._twins[shape.body])) for shape in space.shapes if shape.body in self._twins]
        self._shadow.add(*(twin for _, twin in self._shapes))
        self._joints = [(joint, copy_joint(joint, self._twins[joint.a], self._twins[joint.b])) for joint in space.constraints]
        self._shadow.add(*(twin for _, twin in self._joints))
        self._own = {shape: (shape.friction, shape.elasticity) for shape, _ in self._shapes}
        self._census = self._count()
        self._cold = False
        self._seen_ids = b""
        self._truth_reader, self._reader = StateReader(space), StateReader(self._shadow)
        read, states = self._reader.read()
        self._rows = {identity: row for row, identity in enumerate(ids_of(read))}
        by_id = {twin.id: twin for twin in self._twins.values()}
        self._static = np.array([by_id[identity].body_type == pymunk.Body.STATIC for identity in self._rows])
        self._state = states.copy()
        self._far = states.copy()  # where bodies are put, apart from each other, to make contacts forget
        self._far[:, 0:2] = 1e7 + 1e5 * np.arange(len(states))[:, None]
        self._far[:, 3:] = 0.0
        self._far[self._static] = states[self._static]
        self._off_centre = any(tuple(twin.center_of_gravity) != (0.0, 0.0) for twin in self._twins.values())
        self.believe(self.believed)
        self.sync()

    def sync(self) -> None:
        """Take over where everything in the true space is and how it moves."""
        if self._count() != self._census:
            self.rebuild()
            return
        read, states = self._truth_reader.read()
        if read != self._seen_ids:  # pymunk reorders bodies as they are added, removed, and sleep
            ids = ids_of(read)
            known = {body.id: self._rows[twin.id] for body, twin in self._twins.items() if twin.id in self._rows}
            if set(ids) != set(known):
                self.rebuild()
                return
            self._order = np.argsort([known[identity] for identity in ids])
            self._seen_ids = read
        before = self._state
        self._state = states[self._order]
        self.owner = None
        if (self._state[self._static] != before[self._static]).any():
            write_states(self._shadow, self._state, self._off_centre)
            self._shadow.reindex_static()

    def believe(self, believed: BelievedPhysics) -> None:
        """Use other beliefs from the next rollout on."""
        self.believed = believed
        self.apply(believed, 0.0, 0.0)

    # ---- imagining ---------------------------------------------------------------------------------------------

    def roll(self, bodies: Sequence[pymunk.Body], horizon_s: float, *, until: Sequence[Event] = (), step_s: float | None = None) -> Rollout:
        """Roll on from the last `sync` until an event of `until` or `horizon_s`, following `bodies`; see `Rollout`."""
        return Rollout(self, bodies, horizon_s, until, step_s)

    @property
    def state(self) -> Floats:
        """(n, 6) of the last sync: x, y, angle, vx, vy, angular velocity; rows as `row_of` says."""
        return self._state

    def row_of(self, body: pymunk.Body) -> int:
        """The row of a body of the true space.  Raises `BadInputError` when it is not in it."""
        twin = self._twins.get(body)
        if twin is None or twin.id not in self._rows:
            raise BadInputError(f"body={body!r}: not a body of the space that was copied; was sync() called since it was added?")
        return self._rows[twin.id]

    def twin_of(self, body: pymunk.Body) -> pymunk.Body:
        """The shadow's copy of a body, its static body included."""
        if body not in self._twins:
            raise BadInputError(f"body={body!r}: not a body of the space that was copied")
        return self._twins[body]

    def load(self, state: Floats) -> None:
        """Put the shadow into `state` (n, 6), with no memory of contacts and joints: the same state always goes on the same way.

        The solver's stored impulses are dropped by one step in which nothing touches and no joint may pull.
        """
        shadow = self._shadow
        for _, twin in self._joints:
            twin.max_force = 0.0
        write_states(shadow, self._far, False)
        persistence, shadow.collision_persistence = shadow.collision_persistence, 0
        shadow.step(self.dt_s)
        shadow.collision_persistence = persistence
        for joint, twin in self._joints:
            twin.max_force = joint.max_force
            if isinstance(joint, pymunk.RatchetJoint):
                twin.angle = joint.angle
        write_states(shadow, state, self._off_centre)
        self._cold = True

    def step(self) -> None:
        """One step of `dt_s`; the first after `load` with more iterations, as the solver starts from nothing."""
        shadow = self._shadow
        if self._cold:
            shadow.iterations = _COLD_ITERATIONS * self.space.iterations
            shadow.step(self.dt_s)
            shadow.iterations = self.space.iterations
            self._cold = False
        else:
            shadow.step(self.dt_s)

    def read(self) -> Floats:
        """(n, 6) the state the shadow was rolled to."""
        return self._reader.read()[1]

    @property
    def shadow(self) -> pymunk.Space:
        """The copied space, for reading contacts."""
        return self._shadow

    def apply(self, believed: BelievedPhysics, friction_shift: float, elasticity_shift: float) -> None:
        """Set the copy's physics to beliefs, all frictions and elasticities shifted alike."""
        shadow = self._shadow
        shadow.gravity = believed.gravity_px_s2 if believed.gravity_px_s2 is not None else self.space.gravity
        shadow.damping = believed.damping if believed.damping is not None else self.space.damping
        for shape, twin in self._shapes:
            friction, elasticity = self._own[shape]
            kind = shape.collision_type
            friction = believed.friction.get(kind, believed.friction.get(None, friction))
            elasticity = believed.elasticity.get(kind, believed.elasticity.get(None, elasticity))
            twin.friction = max(0.0, friction + friction_shift)
            twin.elasticity = max(0.0, elasticity + elasticity_shift)

    def sampled(self, rng: np.random.Generator) -> tuple[BelievedPhysics, float, float]:
        """One physics drawn from the beliefs: for `apply`."""
        believed = self.believed
        gravity = believed.gravity_px_s2 if believed.gravity_px_s2 is not None else tuple(self.space.gravity)
        damping = believed.damping if believed.damping is not None else self.space.damping
        draw = rng.standard_normal(4)
        length = float(np.hypot(*gravity))
        scale = 1.0 + draw[0] * believed.gravity_sd_px_s2 / length if length > 0.0 else 1.0
        return (replace(believed, gravity_px_s2=(gravity[0] * scale, gravity[1] * scale),
                        damping=float(np.clip(damping + draw[1] * believed.damping_sd, 0.0, 1.0))),
                float(draw[2] * believed.friction_sd), float(draw[3] * believed.elasticity_sd))

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _count(self) -> tuple[int, int, int]:
        return len(self.space.bodies), len(self.space.shapes), len(self.space.constraints)


@dataclass(frozen=True, slots=True)
class ShadowModel:
    """One body of a shadow, forecast as any ball is: `forecast(horizon_s, step_s)`.

    The first of `samples` rollouts uses the beliefs as they are, the others physics and sights drawn from their
    deviations; rollouts that part by more than the body's own size become hypotheses of their own.
    """

    shadow: ShadowSpace
    body: pymunk.Body
    samples: int = 16
    seed: int = 0

    def forecast(self, horizon_s: float, step_s: float) -> Forecast:
        """What the body will do, now and in one go; see `imagine` to spread the work over frames."""
        imagination = self.imagine(horizon_s, step_s)
        imagination.advance()
        return imagination.forecast()

    def imagine(self, horizon_s: float, step_s: float) -> Imagination:
        """Begin a forecast from the last sync: `advance(most_steps)` each frame until it is True, then `forecast()`."""
        rng = np.random.default_rng(self.seed)
        return Imagination(self.shadow, self.body, horizon_s, step_s, self.samples, rng)


