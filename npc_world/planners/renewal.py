"""Futures in which the target changes its mind: what a hypothesis says until some moment, and from then on other ways.

A hypothesis says what a body does while it keeps to it.  Bodies stop keeping to anything sooner or later, at a rate (a renewal
process: Cox 1962).  A planner that has to meet the body must reckon with where it goes then: of each hypothesis some futures are
drawn that leave it at moments spread over the horizon, go on straight at the same pace another way, and change again at the same
rate.  Who was on a bend steers, and changes by steering: it mostly goes on forwards.  Who was on a straight line was going
somewhere; bodies stay about where they live, so that from there they more often turn back than go on.  Where one that has been
seen to turn keeps to a region, see `roaming`.
The draws are a low-discrepancy sequence and always the same: plans do not flicker.  Wrong beside walls, for which there are other planners.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel
from npc_world.planners.catch_time import meet_straight
from npc_world.planners.roaming import goes_straight, roam

__all__ = ["FUTURES", "catch_renewed", "count_futures", "favour_soon", "renew"]

Floats = NDArray[np.float64]
FUTURES = 40
"""Changed futures of all hypotheses together, about."""
_CHANGES = 3
"""So often a future changes at most."""
_BENT_RAD_S = 0.2
"""Slower turns are straight lines."""
_STEERED_RAD, _AIMED_RAD = 0.55, 0.66
"""Scales of logistic distributions: of the turns of who steers, about straight on, and of who has arrived, about straight back."""
_EVEN, _EVEN_BAND = 1.0, 0.1
"""Own speed over the target's at which the two are as fast as each other, and how gradually that is so."""
_HOPELESS = 0.05
"""Share of the own speed at which the gap to a faster target that keeps running away closes: hardly ever."""
_SOONEST = 0.02
"""No catch is nearer than this share of the horizon."""
_STEPS = np.array([0.8191725134, 0.6710436067, 0.5497004779, 0.4503017768, 0.3688769])
"""Of an additive recurrence in five dimensions with little discrepancy (powers of one over the root of x⁶ = x + 1: Roberts 2018)."""


@kernel
def count_futures(weights, owners):  # type: ignore[no-untyped-def]
    """Fill owners with the row of each future, those of a row beside each other: first the row itself; returns how many there are."""
    count = 0
    for k in range(weights.shape[0]):
        for _ in range(2 + int(FUTURES * weights[k])):
            owners[count] = k
            count += 1
    return count


@kernel
def renew(times_s, tracks, owners, change_hz, steady, home, futures, shares):  # type: ignore[no-untyped-def]
    """Fill futures (S, H, 2) and shares (S,), the probability of each given its row: tracks (K, H, 2) and what may become of them.

    times_s (H,) begins at 0.  owners (S,): see `count_futures`.  steady: probability that a body never changes.
    home: of a body that keeps to a region (8,), see `Home.row`, else (0,): its straight ways end at places there.
    """
    steps, count = times_s.shape[0], owners.shape[0]
    end_s = times_s[steps - 1]
    first, leaves, roams = 0, 0.0, False
    for s in range(count):
        k = owners[s]
        if s == 0 or owners[s - 1] != k:
            first, roams = s, home.shape[0] > 0 and goes_straight(tracks[k])
            leaves = (1.0 - steady) * (home[7] if roams else 1.0 - math.exp(-change_hz * end_s))
            futures[s], shares[s] = tracks[k], 1.0 - leaves
            continue
        of = 1
        while first + of < count and owners[first + of] == k:
            of += 1
        shares[s] = leaves / (of - 1)
        u = (s - first - 0.5) / (of - 1)
        if roams:
            roam(times_s, tracks[k], home, u, s - first, futures[s])
            continue
        _leave(times_s, tracks[k], -math.log(1.0 - u * (1.0 - math.exp(-change_hz * end_s))) / max(change_hz, 1e-12), change_hz, s, futures[s])


@kernel
def _leave(times_s, track, leave_s, change_hz, number, out):  # type: ignore[no-untyped-def]
    """Fill out (H, 2): the track until leave_s, then straight ways whose turns and times are draw `number`."""
    steps = times_s.shape[0]
    h = 1
    while h < steps - 1 and times_s[h] < leave_s:
        h += 1
    step_s = times_s[h] - times_s[h - 1]
    u = min(1.0, max(0.0, (leave_s - times_s[h - 1]) / step_s))
    vx, vy = (track[h, 0] - track[h - 1, 0]) / step_s, (track[h, 1] - track[h - 1, 1]) / step_s
    x, y, now_s = track[h - 1, 0] + u * step_s * vx, track[h - 1, 1] + u * step_s * vy, leave_s
    out[:h] = track[:h]
    bends = abs(_bend(track, h)) > _BENT_RAD_S * step_s
    change = 0
    next_s = leave_s
    while h < steps:
        if change < _CHANGES and next_s <= times_s[h]:
            x, y, now_s = x + vx * (next_s - now_s), y + vy * (next_s - now_s), next_s
            turn = _turn((0.5 + number * _STEPS[change]) % 1.0, bends)
            cos, sin = math.cos(turn), math.sin(turn)
            vx, vy = cos * vx - sin * vy, sin * vx + cos * vy
            wait = (0.5 + number * _STEPS[3 + change]) % 1.0 if change < 2 else 1.0
            next_s += -math.log(1.0 - 0.999 * wait) / max(change_hz, 1e-12)
            change += 1
            continue
        out[h, 0], out[h, 1] = x + vx * (times_s[h] - now_s), y + vy * (times_s[h] - now_s)
        h += 1


@kernel
def _bend(track, h):  # type: ignore[no-untyped-def]
    """Angle in rad between step h of a track (H, 2) and the one before, or after when it is the first."""
    g = h - 1 if h > 1 else min(h + 1, track.shape[0] - 1)
    ax, ay = track[h, 0] - track[h - 1, 0], track[h, 1] - track[h - 1, 1]
    bx, by = track[g, 0] - track[g - 1, 0], track[g, 1] - track[g - 1, 1]
    return math.atan2(ax * by - ay * bx, ax * bx + ay * by)


@kernel
def _turn(u, bends):  # type: ignore[no-untyped-def]
    """Quantile u in (0, 1) of the turn at a change, rad."""
    spread = math.log((1e-3 + u) / (1.0 + 1e-3 - u))
    return _STEERED_RAD * spread if bends else math.pi + _AIMED_RAD * spread


@kernel
def favour_soon(times_s, futures, x, y, speed, reach, shares):  # type: ignore[no-untyped-def]
    """Divide shares (S,) of futures (S, H, 2) in which the target is faster by the time it takes to catch them from (x, y).

    A second counts for less in a long chase than in a short one, and for nothing where the target gets away whatever is done: what
    counts is time over the least possible.  Where the pursuer is faster nothing is hopeless, and seconds count alike.
    """
    last = times_s.shape[0] - 1
    end_s, step_s = times_s[last], times_s[last] - times_s[last - 1]
    for s in range(futures.shape[0]):
        ex, ey = futures[s, last, 0], futures[s, last, 1]
        vx, vy = (ex - futures[s, last - 1, 0]) / step_s, (ey - futures[s, last - 1, 1]) / step_s
        pace = math.hypot(vx, vy)
        faster = min(1.0, max(0.0, (_EVEN + 0.5 * _EVEN_BAND - speed / max(1e-9 * speed, pace)) / _EVEN_BAND))
        if faster == 0.0:
            continue
        caught = -1.0
        for h in range(last + 1):
            dx, dy = futures[s, h, 0] - x, futures[s, h, 1] - y
            far = reach + speed * times_s[h]
            if dx * dx + dy * dy <= far * far:
                caught = times_s[h]
                break
        if caught < 0.0:
            head = reach + speed * end_s
            gap = math.hypot(ex - x, ey - y) - head
            hopeless = max(0.0, gap) / max(_HOPELESS * speed, speed - pace)
            more = meet_straight(ex - x, ey - y, vx, vy, speed, head)
            caught = end_s + (hopeless if more < 0.0 else min(more, hopeless))
        shares[s] *= max(caught, _SOONEST * end_s) ** -faster


@kernel
def catch_renewed(times_s, futures, owners, shares, starts, delay_s, speed, reach, least_closing, out):  # type: ignore[no-untyped-def]
    """out (C, K): mean time to catch what may become of each track when the pursuer stands at starts (C, 2) after delay_s seconds.

    least_closing: px/s at which a gap closes at least past the last step.
    """
    steps = times_s.shape[0]
    out[:] = 0.0
    for c in range(starts.shape[0]):
        x, y, late = starts[c, 0], starts[c, 1], delay_s[c]
        for s in range(futures.shape[0]):
            caught = -1.0
            for h in range(steps):
                free_s = times_s[h] - late
                dx, dy = futures[s, h, 0] - x, futures[s, h, 1] - y
                far = reach + speed * max(0.0, free_s)
                if free_s >= 0.0 and dx * dx + dy * dy <= far * far:
                    caught = times_s[h]
                    if h > 0:
                        gap = math.sqrt(dx * dx + dy * dy) - far
                        bx, by = futures[s, h - 1, 0] - x, futures[s, h - 1, 1] - y
                        before = math.sqrt(bx * bx + by * by) - reach - speed * max(0.0, times_s[h - 1] - late)
                        u = before / (before - gap) if before > 0.0 else 0.0
                        caught = max(late, times_s[h - 1] + u * (times_s[h] - times_s[h - 1]))
                    break
            if caught < 0.0:
                last = steps - 1
                dx, dy = futures[s, last, 0] - x, futures[s, last, 1] - y
                gap = math.sqrt(dx * dx + dy * dy) - reach - speed * max(0.0, times_s[last] - late)
                step_s = times_s[last] - times_s[last - 1]
                pace = math.hypot(futures[s, last, 0] - futures[s, last - 1, 0], futures[s, last, 1] - futures[s, last - 1, 1]) / step_s
                caught = times_s[last] + max(0.0, gap) / max(least_closing, speed - pace)
            out[c, owners[s]] += shares[s] * caught
