"""A body on a terrain as a forward model: slowed, turned and carried by what it believes of the surfaces, stopped by walls."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from npc_world.core.compiled import kernel
from npc_world.core.errors import BadInputError
from npc_world.core.terrain import Terrain
from npc_world.models.surfaces import Surface, surface_table
from npc_world.models.top_down import TopDownBody
from npc_world.models.vehicle import Vehicle, step_vehicle

__all__ = ["BODY_ROWS", "OnGround", "advance", "unroll_on_ground"]

Floats = NDArray[np.float64]


class OnGround:
    """`body` (a `TopDownBody` or a `Vehicle`) on `ground`; a `ForwardModel` whose rollouts are compiled.

    surfaces: beliefs by name, or a table (S, 4) of speed factor, grip, push x, push y; without them what the names promise.
    State (x, y, vx, vy), or (x, y, heading, speed) for a vehicle.  Its centre is stopped by cells that are walls: a walker axis by axis,
    a vehicle altogether.  Wrong by up to half its width beside walls: keep it clear by cost, or give a grown ground.
    """

    def __init__(self, body: TopDownBody | Vehicle, ground: Terrain, surfaces: Mapping[str, Surface] | ArrayLike | None = None) -> None:
        if not isinstance(body, (TopDownBody, Vehicle)):
            raise BadInputError(f"body={body!r}: expected a TopDownBody or a Vehicle")
        if isinstance(body, TopDownBody) and body.max_speed_px_s is None:
            raise BadInputError("body.max_speed_px_s=None: expected a top speed, there is no sprite to read it from")
        self.body, self.ground = body, ground
        self.params = _packed(body)
        self.believe(surfaces)

    def believe(self, surfaces: Mapping[str, Surface] | ArrayLike | None) -> None:
        """Other beliefs of the surfaces from now on."""
        if surfaces is None or isinstance(surfaces, Mapping):
            self.table: Floats = surface_table(self.ground.surfaces, dict(surfaces or {}))
            return
        table = np.ascontiguousarray(surfaces, dtype=np.float64)
        if table.shape != (len(self.ground.surfaces), 4) or not np.isfinite(table).all():
            raise BadInputError(f"surfaces has shape {table.shape}: expected {(len(self.ground.surfaces), 4)}, finite, a row per surface of the ground")
        self.table = table

    @property
    def max_speed_px_s(self) -> float:
        """Top speed on good ground."""
        return float(self.params[1])

    @property
    def control_low(self) -> Floats:
        """(2,) least control."""
        return self.body.control_low if isinstance(self.body, Vehicle) else np.full(2, -self.max_speed_px_s)

    @property
    def control_high(self) -> Floats:
        """(2,) largest control."""
        return self.body.control_high if isinstance(self.body, Vehicle) else np.full(2, self.max_speed_px_s)

    @property
    def arrays(self) -> tuple[Any, Any, Any, Any, float]:
        """(params, surface, table, solid, cell_px) for kernels."""
        return self.params, self.ground.surface, self.table, self.ground.solid, self.ground.cell_px

    def predict(self, states: Floats, controls: Floats, dt_s: float) -> NDArray[Any]:
        """States (..., 4) after `dt_s` under controls (..., 2)."""
        states, controls = np.broadcast_arrays(np.asarray(states, np.float64), np.asarray(controls, np.float64)[..., [0, 1, 0, 1]])
        flat, wished = np.ascontiguousarray(states).reshape(-1, 4), np.ascontiguousarray(controls[..., :2]).reshape(-1, 1, 2)
        out, hits = np.empty((len(flat), 1, 4)), np.zeros(len(flat))
        unroll_on_ground(*self.arrays, flat, wished, float(dt_s), out, hits)
        return out.reshape(states.shape)

    def unroll(self, state: Floats, controls: Floats, dt_s: float) -> Floats:
        """(B, H, 4) states from one state (4,) under controls (B, H, 2), in one compiled call."""
        out, hits = np.empty((*controls.shape[:2], 4)), np.zeros(len(controls))
        unroll_on_ground(*self.arrays, np.ascontiguousarray(state, dtype=np.float64).reshape(1, 4), np.ascontiguousarray(controls, dtype=np.float64),
                         float(dt_s), out, hits)
        return out


def _packed(body: TopDownBody | Vehicle) -> Floats:
    """(8,) kind (0 walker, 1 vehicle), top speed, acceleration, braking, turn radius, sideways grip, least speed wanted, largest."""
    if isinstance(body, Vehicle):
        lateral = body.max_lateral_px_s2 if body.max_lateral_px_s2 is not None else body.max_braking_px_s2
        return np.array([1.0, body.max_speed_px_s, body.max_acceleration_px_s2, body.max_braking_px_s2, body.min_turn_radius_px, lateral,
                         float(body.control_low[0]), body.max_speed_px_s])
    return np.array([0.0, body.max_speed_px_s or 0.0, body.max_acceleration_px_s2 or 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])


BODY_ROWS = 11
X, Y, A, B, FACTOR, GRIP, PUSH_X, PUSH_Y, TO_X, TO_Y, HIT = range(BODY_ROWS)
"""Rows of the bodies that `advance` moves: x, y, a, b, then scratch, and last whether a wall stopped the body in this step."""


@kernel
def advance(params, surface, table, solid, cell_px, bodies, wishes, dt_s):  # type: ignore[no-untyped-def]
    """One step of all B bodies (BODY_ROWS, B) under controls (2, B): as `step_top_down` or `step_vehicle` on the ground they stand on.

    Row by row and in passes, so that the processor works on several bodies at once: looking up the ground, moving, and walls.
    Rows are indexed and not named: a view of each would take as long as moving some bodies.
    """
    kind, top, acceleration, braking = params[0], params[1], params[2], params[3]
    radius, lateral, slowest, fastest, per_px = params[4], params[5], params[6], params[7], 1.0 / cell_px
    rows, cols = surface.shape
    count = bodies.shape[1]
    for s in range(count):
        here = surface[min(rows - 1, max(0, int(bodies[Y, s] * per_px))), min(cols - 1, max(0, int(bodies[X, s] * per_px)))]
        bodies[FACTOR, s], bodies[GRIP, s], bodies[PUSH_X, s], bodies[PUSH_Y, s] = table[here, 0], table[here, 1], table[here, 2] * top, table[here, 3] * top
    if kind == 0.0:
        limit = acceleration * dt_s if acceleration > 0.0 else 1e300
        for s in range(count):  # `np.divide` never raises: with nothing to raise this becomes vector instructions
            share = min(1.0, np.divide(top, math.sqrt(max(1e-300, wishes[0, s] * wishes[0, s] + wishes[1, s] * wishes[1, s]))))
            change_x = bodies[FACTOR, s] * (wishes[0, s] * share) + bodies[PUSH_X, s] - bodies[A, s]
            change_y = bodies[FACTOR, s] * (wishes[1, s] * share) + bodies[PUSH_Y, s] - bodies[B, s]
            held = min(1.0, np.divide(bodies[GRIP, s] * limit, math.sqrt(max(1e-300, change_x * change_x + change_y * change_y))))
            bodies[A, s] += change_x * held
            bodies[B, s] += change_y * held
            bodies[TO_X, s] = bodies[X, s] + bodies[A, s] * dt_s
            bodies[TO_Y, s] = bodies[Y, s] + bodies[B, s] * dt_s
    else:
        for s in range(count):
            bodies[TO_X, s], bodies[TO_Y, s], bodies[A, s], bodies[B, s] = step_vehicle(
                bodies[X, s], bodies[Y, s], bodies[A, s], bodies[B, s], min(fastest, max(slowest, wishes[0, s])), wishes[1, s], dt_s, acceleration, braking,
                radius, lateral, bodies[FACTOR, s], bodies[GRIP, s], bodies[PUSH_X, s], bodies[PUSH_Y, s])
    for s in range(count):
        row, col = min(rows - 1, max(0, int(bodies[Y, s] * per_px))), min(cols - 1, max(0, int(bodies[X, s] * per_px)))
        to_row, to_col = min(rows - 1, max(0, int(bodies[TO_Y, s] * per_px))), min(cols - 1, max(0, int(bodies[TO_X, s] * per_px)))
        bodies[HIT, s] = 0.0
        if to_row != row or to_col != col:
            if kind == 0.0:
                if solid[row, to_col] == 1:
                    bodies[TO_X, s], to_col, bodies[A, s], bodies[HIT, s] = bodies[X, s], col, 0.0, 1.0
                if solid[to_row, to_col] == 1:
                    bodies[TO_Y, s], bodies[B, s], bodies[HIT, s] = bodies[Y, s], 0.0, 1.0
            elif solid[to_row, to_col] == 1:
                bodies[TO_X, s], bodies[TO_Y, s], bodies[B, s], bodies[HIT, s] = bodies[X, s], bodies[Y, s], 0.0, 1.0
    for s in range(count):
        bodies[X, s], bodies[Y, s] = bodies[TO_X, s], bodies[TO_Y, s]


@kernel
def unroll_on_ground(params, surface, table, solid, cell_px, states, controls, dt_s, out, hits):  # type: ignore[no-untyped-def]
    """Fill out (B, H, 4) and hits (B,) from states (B, 4) or one (1, 4) for all, under controls (B, H, 2)."""
    count, steps = controls.shape[0], controls.shape[1]
    bodies, wishes = np.empty((BODY_ROWS, count)), np.empty((2, count))
    for s in range(count):
        at = s if states.shape[0] > 1 else 0
        for i in range(4):
            bodies[i, s] = states[at, i]
    for h in range(steps):
        for s in range(count):
            wishes[0, s], wishes[1, s] = controls[s, h, 0], controls[s, h, 1]
        advance(params, surface, table, solid, cell_px, bodies, wishes, dt_s)
        for s in range(count):
            hits[s] += bodies[10, s]
            for i in range(4):
                out[s, h, i] = bodies[i, s]
