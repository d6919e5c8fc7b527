"""A ball under continuous laws: exact arcs, impacts at their own instant, then rolling or sliding.

For engines whose scheme is unknown.  Assumes rigid impacts (restitution, Coulomb friction with spin) and drag proportional to
speed; wrong for engines that let the ball sink in before it bounces, by up to a frame of travel per bounce.
"""

from __future__ import annotations

import math

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.ball_chipmunk import MOST, REMEMBERED_STEPS
from npc_world.models.ball_contact import cell_at, contact_of, edge_overlap
from npc_world.models.ball_field import field_at

__all__ = ["roll_flow"]

_IMPACTS = 6
"""Impacts resolved within one step; further ones wait for the next step."""


@kernel
def drift(body, law, h):  # type: ignore[no-untyped-def]
    """(x, y, vx, vy) of body after h seconds of free flight: gravity law[0:2] and drag -ln(law[2]) per second, in closed form."""
    drag = -math.log(law[2])
    if drag * h < 1e-9:
        reached, fallen, kept = h, 0.5 * h * h, 1.0
    else:
        kept = math.exp(-drag * h)
        reached = (1.0 - kept) / drag
        fallen = (h - reached) / drag
    return (body[0] + body[2] * reached + law[0] * fallen, body[1] + body[3] * reached + law[1] * fallen,
            body[2] * kept + law[0] * reached, body[3] * kept + law[1] * reached)


@kernel
def deepest(x, y, edges, obstacles, lattice, starts, items, radius):  # type: ignore[no-untyped-def]
    """(obstacle or -1, nx, ny, gap) of the deepest overlap at (x, y)."""
    found, best, best_x, best_y = -1, 0.0, 1.0, 0.0
    cell = cell_at(x, y, lattice)
    if cell >= 0:
        for i in range(starts[cell], starts[cell + 1]):
            o = items[i]
            e = obstacles[o, 0]
            if obstacles[o, 3] == 0:
                nx, ny, gap = edge_overlap(x - edges[e, 0], y - edges[e, 1], edges[e, 2], edges[e, 3], edges[e, 4], radius + edges[e, 5])
            else:
                nx, ny, gap = contact_of(x, y, e, obstacles[o, 1], obstacles[o, 3], edges, radius)
            if gap < best:
                found, best, best_x, best_y = o, gap, nx, ny
    return found, best_x, best_y, best


@kernel
def impact_time(body, law, o, edges, obstacles, radius, h):  # type: ignore[no-untyped-def]
    """Seconds in [0, h] until the ball first touches obstacle o, given that it overlaps it after h; by bisection."""
    low, high = 0.0, h
    for _ in range(40):
        middle = 0.5 * (low + high)
        x, y, _vx, _vy = drift(body, law, middle)
        _nx, _ny, gap = contact_of(x, y, obstacles[o, 0], obstacles[o, 1], obstacles[o, 3], edges, radius)
        if gap < 0.0:
            high = middle
        else:
            low = middle
    return low


@kernel
def strike(body, law, nx, ny, restitution, friction, pressed, radius):  # type: ignore[no-untyped-def]
    """Impulse of a wall with normal (nx, ny) pointing into it; `pressed` px/s is added to what friction may use."""
    approach = body[2] * nx + body[3] * ny
    if approach <= 0.0:
        return
    jn = (1.0 + restitution) * approach
    sliding = body[3] * nx - body[2] * ny + radius * body[4]
    most = friction * max(jn, pressed)
    jt = min(most, max(-most, sliding / (1.0 + 1.0 / law[3])))
    body[2] -= nx * jn - ny * jt
    body[3] -= ny * jn + nx * jt
    body[4] -= jt / (law[3] * radius)


@kernel
def settle(body, law, h, edges, obstacles, lattice, starts, items, radius):  # type: ignore[no-untyped-def]
    """Advance a ball that lies on something by h seconds: gravity, support and friction at velocity level, overlap pushed out."""
    materials = (law.shape[0] - 4) // 2
    _x, _y, body[2], body[3] = drift(body, law, h)
    weight = math.hypot(law[0], law[1]) * h
    cell = cell_at(body[0], body[1], lattice)
    if cell >= 0:
        for _ in range(4):
            for i in range(starts[cell], starts[cell + 1]):
                o = items[i]
                nx, ny, gap = contact_of(body[0], body[1], obstacles[o, 0], obstacles[o, 1], obstacles[o, 3], edges, radius)
                if gap < 1e-3 * radius and body[2] * nx + body[3] * ny > 0.0:
                    strike(body, law, nx, ny, 0.0, law[4 + materials + obstacles[o, 2]], min(weight, body[2] * nx + body[3] * ny), radius)
    body[0] += body[2] * h
    body[1] += body[3] * h
    for _ in range(3):
        o, nx, ny, gap = deepest(body[0], body[1], edges, obstacles, lattice, starts, items, radius)
        if o < 0:
            break
        body[0] += nx * gap
        body[1] += ny * gap


@kernel
def advance(body, law, dt_s, edges, obstacles, lattice, starts, items, radius, touched):  # type: ignore[no-untyped-def]
    """Move one ball by dt_s; fills `touched` (MOST,) with the obstacles struck and returns how many."""
    materials = (law.shape[0] - 4) // 2
    left, count = dt_s, 0
    weight = math.hypot(law[0], law[1]) * dt_s
    for _ in range(_IMPACTS * 4):
        if left <= 0.0:
            break
        speed = math.hypot(body[2], body[3])
        h = min(left, 0.5 * radius / speed) if speed > 0.0 else left
        h = left if left < 1.001 * h else h
        x, y, vx, vy = drift(body, law, h)
        o, _nx, _ny, _gap = deepest(x, y, edges, obstacles, lattice, starts, items, radius)
        if o < 0:
            body[0], body[1], body[2], body[3] = x, y, vx, vy
            left -= h
            continue
        s = impact_time(body, law, o, edges, obstacles, radius, h)
        body[0], body[1], body[2], body[3] = drift(body, law, s)
        left -= s
        nx, ny, _gap = contact_of(body[0], body[1], obstacles[o, 0], obstacles[o, 1], obstacles[o, 3], edges, radius)
        if count < MOST:
            touched[count] = o
            count += 1
        restitution = law[4 + obstacles[o, 2]]
        approach = body[2] * nx + body[3] * ny
        if restitution * approach <= weight or approach <= 0.0:
            settle(body, law, left, edges, obstacles, lattice, starts, items, radius)
            break
        strike(body, law, nx, ny, restitution, law[4 + materials + obstacles[o, 2]], 0.0, radius)
    return count


@kernel
def note_touches(events, landed, step, dt_s, body, touched, count, last_touch):  # type: ignore[no-untyped-def]
    """Note the contacts that begin in this step in `events` (C, 4), of which `landed` are filled; returns how many are then."""
    for c in range(count):
        if landed < events.shape[0] and step - last_touch[touched[c]] > REMEMBERED_STEPS:
            events[landed, 0], events[landed, 1], events[landed, 2], events[landed, 3] = step * dt_s, body[0], body[1], touched[c]
            landed += 1
        last_touch[touched[c]] = step
    return landed


@kernel
def roll_flow(states, physics, edges, obstacles, lattice, starts, items, engine, dt_s, paths, events, nodes, swirl, frame):  # type: ignore[no-untyped-def]
    """Roll each ball of `states` (B, 5) in place under its row of `physics` (B, P); fill paths (B, S + 1, 2) and events (B, C, 4).

    Arguments as `roll_chipmunk`; of `engine` only the radius is used.
    """
    radius = engine[0]
    last_touch = np.empty(obstacles.shape[0])
    touched = np.empty(MOST, np.int64)
    body, law = np.zeros(5), np.zeros(physics.shape[1])
    for b in range(states.shape[0]):
        law[:] = physics[b]
        body[:] = states[b]
        last_touch[:] = -math.inf
        landed = 0
        paths[b, 0, 0], paths[b, 0, 1] = body[0], body[1]
        keep = law[2] ** dt_s
        for step in range(1, paths.shape[1]):
            if nodes.shape[0] > 0:  # constant within a step
                ax, ay = field_at(body[0], body[1], body[2], body[3], b % nodes.shape[0], nodes, swirl, frame)
                law[0], law[1] = physics[b, 0] + ax, physics[b, 1] + ay
            count = advance(body, law, dt_s, edges, obstacles, lattice, starts, items, radius, touched)
            body[4] *= keep
            if count > 0:
                landed = note_touches(events[b], landed, step, dt_s, body, touched, count, last_touch)
            paths[b, step, 0], paths[b, step, 1] = body[0], body[1]
        states[b] = body
