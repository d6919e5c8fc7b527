"""How soon a pursuer catches each of several known futures: the kernel under interception.

A pursuer at p of speed v catches the future x(t) at the first t with travel time(p → x(t)) ≤ t (Isaacs' simple
pursuit against a committed target).  Past the last step the future goes on as it did in its last step.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from npc_world.core.compiled import kernel

__all__ = ["HOPELESS_CLOSING", "arrivals_along", "catch_late", "catch_open", "field_at", "meet_straight", "with_present"]

Floats = NDArray[np.float64]
HOPELESS_CLOSING = 0.35
"""Least share of the own speed at which a gap closes past the last step: a future that runs away bends someday."""


@kernel
def _closing(times_s, track, speed):  # type: ignore[no-untyped-def]
    """px/s at which a gap is taken to close past the last step."""
    last = times_s.shape[0] - 1
    moved = math.hypot(track[last, 0] - track[last - 1, 0], track[last, 1] - track[last - 1, 1])
    return max(HOPELESS_CLOSING * speed, speed - moved / (times_s[last] - times_s[last - 1]))


@kernel
def catch_open(times_s, track, x, y, start_s, speed, reach, change_hz, steady, change_cost):  # type: ignore[no-untyped-def]
    """Time to catch track (H, 2) in the open, leaving (x, y) at start_s: (time, meeting x, meeting y, expected time).

    The expected time supposes that the target keeps to this for ever with probability steady, and else stops doing it at any moment,
    at rate change_hz; what is then left of the gap takes change_cost times as long as to walk it.
    """
    steps = times_s.shape[0]
    last_gap = math.hypot(track[0, 0] - x, track[0, 1] - y) - reach - speed * max(0.0, times_s[0] - start_s)
    if last_gap <= 0.0 and start_s <= times_s[0]:
        return times_s[0], track[0, 0], track[0, 1], times_s[0]
    expected, sure = 0.0, 1.0
    for h in range(1, steps):
        gap = math.hypot(track[h, 0] - x, track[h, 1] - y) - reach - speed * max(0.0, times_s[h] - start_s)
        if times_s[h] >= start_s and gap <= 0.0:
            u = last_gap / (last_gap - gap) if last_gap > 0.0 else 0.0
            t = max(start_s, times_s[h - 1] + u * (times_s[h] - times_s[h - 1]))
            meeting_x = track[h - 1, 0] + u * (track[h, 0] - track[h - 1, 0])
            meeting_y = track[h - 1, 1] + u * (track[h, 1] - track[h - 1, 1])
            return t, meeting_x, meeting_y, expected + sure * t
        still = steady + (1.0 - steady) * math.exp(-change_hz * times_s[h])
        expected += (sure - still) * (times_s[h] + change_cost * max(0.0, gap) / speed)
        sure = still
        last_gap = gap
    end_x, end_y, end_s = track[steps - 1, 0], track[steps - 1, 1], times_s[steps - 1]
    vx = (end_x - track[steps - 2, 0]) / (end_s - times_s[steps - 2])
    vy = (end_y - track[steps - 2, 1]) / (end_s - times_s[steps - 2])
    hopeless = max(0.0, last_gap) / _closing(times_s, track, speed)
    t = meet_straight(end_x - x, end_y - y, vx, vy, speed, reach + speed * max(0.0, end_s - start_s))
    if t < 0.0 or t > hopeless:
        return end_s + hopeless, end_x, end_y, expected + sure * (end_s + hopeless)
    return end_s + t, end_x + vx * t, end_y + vy * t, expected + sure * (end_s + t)


@kernel
def meet_straight(dx, dy, vx, vy, speed, head):  # type: ignore[no-untyped-def]
    """Least t ≥ 0 with |(dx, dy) + (vx, vy) t| = head + speed t, or -1: the usual quadratic."""
    a = vx * vx + vy * vy - speed * speed
    b = 2.0 * (dx * vx + dy * vy - head * speed)
    c = dx * dx + dy * dy - head * head
    if abs(a) < 1e-9 * speed * speed:
        return -c / b if b < 0.0 else -1.0
    root = b * b - 4.0 * a * c
    if root < 0.0:
        return -1.0
    root = math.sqrt(root)
    low, high = (-b - root) / (2.0 * a), (-b + root) / (2.0 * a)
    if low > high:
        low, high = high, low
    return low if low >= 0.0 else high if high >= 0.0 else -1.0


@kernel
def field_at(field, cell_px, x, y):  # type: ignore[no-untyped-def]
    """Travel time (s) at a point: bilinear over the four nearest cell centres that are reached; inf when none is."""
    rows, cols = field.shape
    gx, gy = x / cell_px - 0.5, y / cell_px - 0.5
    column, row = int(math.floor(gx)), int(math.floor(gy))
    u, v = gx - column, gy - row
    total, weight = 0.0, 0.0
    for i in range(2):
        for j in range(2):
            r, c = min(rows - 1, max(0, row + i)), min(cols - 1, max(0, column + j))
            w = (v if i == 1 else 1.0 - v) * (u if j == 1 else 1.0 - u) + 1e-9
            value = field[r, c]
            if value < math.inf:
                total += w * value
                weight += w
    return total / weight if weight > 1e-6 or (weight > 0.0 and total < math.inf) else math.inf


@kernel
def arrivals_along(tracks, field, cell_px, out):  # type: ignore[no-untyped-def]
    """out (K, H): travel time (s) to each point of tracks (K, H, 2) by a field (rows, cols); inf where no way leads."""
    for k in range(tracks.shape[0]):
        for h in range(tracks.shape[1]):
            out[k, h] = field_at(field, cell_px, tracks[k, h, 0], tracks[k, h, 1])


@kernel
def catch_late(times_s, tracks, arrivals_s, late_s, speed, reach_s, unreached_s, change_hz, steady, change_cost, ends_s, after_s, out, expected, meeting):  # type: ignore[no-untyped-def]
    """Time to catch each track when every arrival (K, H) is late_s (C, K) later, as `catch_open`: out (C, K) the time,
    expected (C, K) the expected time, meeting (C, K, 2) where.

    Points that no way leads to, in a wall or beyond the computed field, are passed over; a track without any other counts as
    `unreached_s` away.  reach_s is the reach over the own speed.  ends_s (K,): when a track is over, inf for one that goes on;
    not caught by then it takes after_s (C, K), and no meeting is filled in.
    """
    steps = times_s.shape[0]
    for c in range(late_s.shape[0]):
        for k in range(tracks.shape[0]):
            gap, last_gap, last = unreached_s + late_s[c, k], -1.0, 0
            mean, sure = 0.0, 1.0
            for h in range(steps):
                if times_s[h] > ends_s[k]:
                    break
                away = arrivals_s[k, h]
                if away < math.inf:
                    gap = late_s[c, k] + max(0.0, away - reach_s) - times_s[h]
                    if gap <= 0.0:
                        u = last_gap / (last_gap - gap) if last_gap > 0.0 else 1.0
                        out[c, k] = times_s[last] + u * (times_s[h] - times_s[last])
                        expected[c, k] = mean + sure * out[c, k]
                        meeting[c, k, 0] = tracks[k, last, 0] + u * (tracks[k, h, 0] - tracks[k, last, 0])
                        meeting[c, k, 1] = tracks[k, last, 1] + u * (tracks[k, h, 1] - tracks[k, last, 1])
                        break
                    last_gap, last = gap, h
                still = steady + (1.0 - steady) * math.exp(-change_hz * times_s[h])
                mean += (sure - still) * (times_s[h] + change_cost * gap)
                sure = still
            if gap > 0.0 and ends_s[k] < math.inf:
                out[c, k] = after_s[c, k]
                expected[c, k] = mean + sure * out[c, k]
            elif gap > 0.0:
                out[c, k] = times_s[steps - 1] + gap * speed / _closing(times_s, tracks[k], speed)
                expected[c, k] = mean + sure * out[c, k]
                meeting[c, k] = tracks[k, last if last_gap >= 0.0 else steps - 1]


def with_present(times_s: Floats, tracks: Floats, now_px: Floats | None) -> tuple[Floats, Floats]:
    """(H + 1,) times and (K, H + 1, 2) tracks that begin at time 0: where the target is, or extrapolated back one step."""
    if times_s[0] <= 1e-9:
        return np.ascontiguousarray(times_s), np.ascontiguousarray(tracks)
    if now_px is None:
        if len(times_s) > 1:
            share = times_s[0] / (times_s[1] - times_s[0])
            first = tracks[:, 0] - share * (tracks[:, 1] - tracks[:, 0])
        else:
            first = tracks[:, 0]
    else:
        first = np.broadcast_to(now_px, tracks[:, 0].shape)
    return np.concatenate([[0.0], times_s]), np.ascontiguousarray(np.concatenate([first[:, None], tracks], axis=1))
