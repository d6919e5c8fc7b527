"""A ball as games move it that have no physics engine: step, and whatever has sunk into a wall is put back and turned round.

    velocity += gravity; position += velocity; if it overlaps a wall: out of it, velocity into the wall *= -restitution

Four such games are known: the velocity is turned round with this step's gravity in it or without (`late`, where the position moves first and
gravity is added before the walls are looked at), and the ball is put back to the wall or as far beyond it as it had sunk in (`reflected`).
Once per step, without impact times, spin or Coulomb friction: here the friction of a surface is the share of the speed along it
that is lost in each step that touches (`velocity.x *= 0.98`).  A state holds the velocity of the step to come, as `ball_chipmunk` has it.
Wrong for games that do something in between, by up to the depth of one step per bounce.
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.ball_chipmunk import MOST
from npc_world.models.ball_field import field_at
from npc_world.models.ball_flow import deepest, note_touches

__all__ = ["roll_clamped"]

_ROUNDS = 3
"""Walls that a step is put out of, one after another."""


@kernel
def _put_back(body, law, edges, obstacles, lattice, starts, items, radius, out, touched):  # type: ignore[no-untyped-def]
    """Out of the walls that a body (5,) overlaps, the deepest first, by `out` of the depth; fills `touched` (MOST,), returns how many."""
    materials = (law.shape[0] - 4) // 2
    count = 0
    for _ in range(_ROUNDS):
        o, nx, ny, gap = deepest(body[0], body[1], edges, obstacles, lattice, starts, items, radius)
        if o < 0:
            break
        body[0] += nx * gap * out
        body[1] += ny * gap * out
        if count < MOST:
            touched[count] = o
            count += 1
        into, along = body[2] * nx + body[3] * ny, body[3] * nx - body[2] * ny
        kept = along * (1.0 - min(1.0, law[4 + materials + obstacles[o, 2]]))
        away = -law[4 + obstacles[o, 2]] * into if into > 0.0 else into
        body[2], body[3] = nx * away - ny * kept, ny * away + nx * kept
    return count


@kernel
def roll_clamped(states, physics, edges, obstacles, lattice, starts, items, engine, dt_s, paths, events, nodes, swirl, frame):  # type: ignore[no-untyped-def]
    """Roll each ball of `states` (B, 5) in place under its row of `physics` (B, P); fill paths (B, S + 1, 2) and events (B, C, 4).

    Arguments as `roll_chipmunk`; of `engine` the radius, whether late, and whether reflected are used; spin stays what it was.
    """
    radius, late, out = engine[0], engine[4] > 0.0, 1.0 + engine[5]
    last_touch = np.empty(obstacles.shape[0])
    touched = np.empty(MOST, np.int64)
    body = np.zeros(5)
    for b in range(states.shape[0]):
        law = physics[b]
        body[:] = states[b]
        last_touch[:] = -math.inf
        keep, gx, gy, landed = law[2] ** dt_s, law[0] * dt_s, law[1] * dt_s, 0
        paths[b, 0, 0], paths[b, 0, 1] = body[0], body[1]
        for step in range(1, paths.shape[1]):
            if nodes.shape[0] > 0:  # what acts on the ball from here, as gravity does
                ax, ay = field_at(body[0], body[1], body[2], body[3], b % nodes.shape[0], nodes, swirl, frame)
                gx, gy = law[0] * dt_s + ax * dt_s, law[1] * dt_s + ay * dt_s
            body[0] += body[2] * dt_s
            body[1] += body[3] * dt_s
            if late:
                body[2], body[3] = body[2] * keep + gx, body[3] * keep + gy
            count = _put_back(body, law, edges, obstacles, lattice, starts, items, radius, out, touched)
            if count > 0:
                landed = note_touches(events[b], landed, step, dt_s, body, touched, count, last_touch)
            if not late:
                body[2], body[3] = body[2] * keep + gx, body[3] * keep + gy
            paths[b, step, 0], paths[b, step, 1] = body[0], body[1]
        states[b] = body
