"""A ball under Chipmunk's scheme: one free circle among static shapes, step for step as the engine moves it.

Assumes unit-independent defaults, one dynamic circle, and that nothing else moves.  Where several shapes are touched in the
same step the engine's order depends on its search tree; here it is the order of the obstacles, which differs after such a
step in some worlds.  Source: sequential impulses (Catto 2006), the engine's documentation, and experiments with pymunk 7.3.
"""

from __future__ import annotations

from math import inf

import numpy as np

from npc_world.core.compiled import kernel
from npc_world.models.ball_contact import cell_at, contact_of, edge_overlap
from npc_world.models.ball_field import field_at

__all__ = ["roll_chipmunk"]

MOST = 8
"""Contacts at once."""
REMEMBERED_STEPS = 3
"""Impulses of a contact that was lost are kept for so many steps."""
_STILL = 1e-12
"""Passes end early when no impulse changes by more than this share of the largest speed at hand."""


@kernel
def solve_one(vx, vy, spin, nx, ny, bounce, friction, push, rub, first, radius, inertia):  # type: ignore[no-untyped-def]
    """One contact of a circle of unit mass, solved exactly by a single pass: (vx, vy, spin, push, rub) after it.

    (nx, ny) points into the obstacle; bounce px/s is the wanted speed away from it; push and rub are the impulses of the
    last step, applied first unless the contact is new.
    """
    if not first:
        vx -= nx * push - ny * rub
        vy -= ny * push + nx * rub
        spin -= rub / (inertia * radius)
    new_push = max(push - (bounce - (vx * nx + vy * ny)), 0.0)
    most = friction * new_push
    sliding = vy * nx - vx * ny + radius * spin
    new_rub = min(most, max(-most, rub + sliding / (1.0 + 1.0 / inertia)))
    jn, jt = new_push - push, new_rub - rub
    return vx - (nx * jn - ny * jt), vy - (ny * jn + nx * jt), spin - jt / (inertia * radius), new_push, new_rub


@kernel
def solve_many(body, active, count, radius, inertia, iterations):  # type: ignore[no-untyped-def]
    """Sequential impulses of several contacts on a body (5,): vx, vy, spin, and the correcting velocity that only undoes overlap.

    active (MOST, 9): nx, ny, wanted correcting speed, wanted bounce speed, friction, normal impulse, friction impulse,
    correcting impulse, 1 when its impulses of the last step are applied first.
    """
    for c in range(count):
        if active[c, 8] == 1.0:
            nx, ny, jn, jt = active[c, 0], active[c, 1], active[c, 5], active[c, 6]
            body[0] -= nx * jn - ny * jt
            body[1] -= ny * jn + nx * jt
            body[2] -= jt / (inertia * radius)
    grip = 1.0 / (1.0 + 1.0 / inertia)
    for _ in range(iterations):
        largest, scale = 0.0, abs(body[0]) + abs(body[1]) + abs(body[3]) + abs(body[4])
        for c in range(count):
            nx, ny = active[c, 0], active[c, 1]
            correcting = max(active[c, 7] + active[c, 2] + body[3] * nx + body[4] * ny, 0.0)
            jb = correcting - active[c, 7]
            sliding = body[1] * nx - body[0] * ny + radius * body[2]
            push = max(active[c, 5] - (active[c, 3] - (body[0] * nx + body[1] * ny)), 0.0)
            most = active[c, 4] * push
            rub = min(most, max(-most, active[c, 6] + sliding * grip))
            jn, jt = push - active[c, 5], rub - active[c, 6]
            active[c, 5], active[c, 6], active[c, 7] = push, rub, correcting
            body[0] -= nx * jn - ny * jt
            body[1] -= ny * jn + nx * jt
            body[2] -= jt / (inertia * radius)
            body[3] -= nx * jb
            body[4] -= ny * jb
            largest = max(largest, abs(jb), abs(jn) + abs(jt))
        if largest <= _STILL * scale:
            break


@kernel
def collide(body, vx, vy, law, obstacles, engine, recover, memory, stamp, count, active, which):  # type: ignore[no-untyped-def]
    """Solve several contacts on a body (5,) as in `solve_many` whose gravity has acted already; (vx, vy) is from before it.

    active[:, 0:3] holds nx, ny, gap; memory (O, 3): last stamp, normal impulse, friction impulse of each obstacle.
    """
    materials = (law.shape[0] - 4) // 2
    for c in range(count):
        o = which[c]
        material = obstacles[o, 2]
        age = stamp - memory[o, 0]
        active[c, 2] = -recover * min(0.0, active[c, 2] + engine[1])
        active[c, 3] = -law[4 + material] * (vx * active[c, 0] + vy * active[c, 1])
        active[c, 4] = law[4 + materials + material]
        active[c, 5] = memory[o, 1] if age <= REMEMBERED_STEPS else 0.0
        active[c, 6] = memory[o, 2] if age <= REMEMBERED_STEPS else 0.0
        active[c, 7] = 0.0
        active[c, 8] = 1.0 if age == 1.0 else 0.0
    solve_many(body, active, count, engine[0], law[3], int(engine[3]))
    for c in range(count):
        o = which[c]
        memory[o, 0], memory[o, 1], memory[o, 2] = stamp, active[c, 5], active[c, 6]


@kernel
def roll_chipmunk(states, physics, edges, obstacles, lattice, starts, items, engine, dt_s, paths, events, nodes, swirl, frame):  # type: ignore[no-untyped-def]
    """Roll each ball of `states` (B, 5) in place under its row of `physics` (B, P); fill paths (B, S + 1, 2) and events (B, C, 4).

    engine (6,): radius px, slop px, overlap left after one second, iterations, and two that only `roll_clamped` asks for.  nodes, swirl, frame: of a `ForceField`, its members
    taken in turn; no members, no field.
    """
    radius, slop, recover = engine[0], engine[1], (1.0 - engine[2] ** dt_s) / dt_s
    frictions = 4 + (physics.shape[1] - 4) // 2
    memory = np.full((obstacles.shape[0], 3), -inf)
    active, which, body = np.empty((MOST, 9)), np.empty(MOST, np.int64), np.zeros(5)
    for b in range(states.shape[0]):
        law = physics[b]
        keep, gx, gy, inertia = law[2] ** dt_s, law[0] * dt_s, law[1] * dt_s, law[3]
        x, y, vx, vy, spin = states[b, 0], states[b, 1], states[b, 2], states[b, 3], states[b, 4]
        correct_x, correct_y, landed = 0.0, 0.0, 0
        epoch = float(b) * (paths.shape[1] + REMEMBERED_STEPS + 1)
        paths[b, 0, 0], paths[b, 0, 1] = x, y
        for step in range(1, paths.shape[1]):
            if nodes.shape[0] > 0:  # what acts on the ball from here, as gravity does
                ax, ay = field_at(x, y, vx, vy, b % nodes.shape[0], nodes, swirl, frame)
                gx, gy = law[0] * dt_s + ax * dt_s, law[1] * dt_s + ay * dt_s
            x += (vx + correct_x) * dt_s
            y += (vy + correct_y) * dt_s
            correct_x = correct_y = 0.0
            count, cell, stamp = 0, cell_at(x, y, lattice), epoch + step
            for i in range(starts[cell], starts[cell + 1]) if cell >= 0 else range(0):
                o = items[i]
                e = obstacles[o, 0]
                if obstacles[o, 3] == 0:
                    nx, ny, gap = edge_overlap(x - edges[e, 0], y - edges[e, 1], edges[e, 2], edges[e, 3], edges[e, 4], radius + edges[e, 5])
                else:
                    nx, ny, gap = contact_of(x, y, e, obstacles[o, 1], obstacles[o, 3], edges, radius)
                if gap < 0.0 and count < MOST:
                    active[count, 0], active[count, 1], active[count, 2], which[count] = nx, ny, gap, o
                    count += 1
                    if landed < events.shape[1] and stamp - memory[o, 0] > REMEMBERED_STEPS:
                        events[b, landed, 0], events[b, landed, 1], events[b, landed, 2], events[b, landed, 3] = step * dt_s, x, y, o
                        landed += 1
            if count == 0:
                vx, vy, spin = vx * keep + gx, vy * keep + gy, spin * keep
            elif count == 1:
                o, nx, ny = which[0], active[0, 0], active[0, 1]
                age = stamp - memory[o, 0]
                push, rub = (memory[o, 1], memory[o, 2]) if age <= REMEMBERED_STEPS else (0.0, 0.0)
                bounce = -law[4 + obstacles[o, 2]] * (vx * nx + vy * ny)
                vx, vy, spin, push, rub = solve_one(vx * keep + gx, vy * keep + gy, spin * keep, nx, ny, bounce,
                                                    law[frictions + obstacles[o, 2]], push, rub, age > 1.0, radius, inertia)
                lift = recover * min(0.0, active[0, 2] + slop)
                correct_x, correct_y = nx * lift, ny * lift
                memory[o, 0], memory[o, 1], memory[o, 2] = stamp, push, rub
            else:
                body[0], body[1], body[2], body[3], body[4] = vx * keep + gx, vy * keep + gy, spin * keep, 0.0, 0.0
                collide(body, vx, vy, law, obstacles, engine, recover, memory, stamp, count, active, which)
                vx, vy, spin, correct_x, correct_y = body[0], body[1], body[2], body[3], body[4]
            paths[b, step, 0], paths[b, step, 1] = x, y
        states[b, 0], states[b, 1], states[b, 2], states[b, 3], states[b, 4] = x, y, vx, vy, spin
