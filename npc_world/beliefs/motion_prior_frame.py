"""From a stretch of past to what a motion prior reads: the body's own frame, and the past in it.

The frame begins where the body is, points where it has lately been heading (or along the world's axes, where gravity
makes down special), and counts lengths in what the body moves per second: the same walk in metres, pixels or tiles, northward or
southward, gives the same numbers.
"""

from __future__ import annotations

import math

from npc_world.core.compiled import kernel

__all__ = ["EXTRAS", "input_size", "read_past", "resample"]

EXTRAS = 9
"""Inputs beside the velocities: speed, logs of how unsteady and how jerky it has been, heading (2), share of the past that is known, bends."""
_HEADING_MEMORY = 2.0
"""The heading is the mean velocity, weighed by exp(-age / so many of the shortest lags) …"""
_HEADING_SHARE = 0.12
"""… plus this share of the longest."""
_FLOOR = 0.25
"""Where units are known, the scale is at least such a share of the typical speed: a body that stands may start."""
_SMOOTH = 0.03
"""Changes of velocity below such a share of the scale are not told apart …"""
_FINE = 0.005
"""… nor changes of those below this one."""


def input_size(lags: int) -> int:
    """Numbers read from a past of so many lags (now not counted): velocities, extras, velocities by jerkiness and by straightness.

    How far the newest velocities are to be trusted depends on how jerky they are, and on how straight the way was: products say so plainly.
    """
    return 6 * lags + EXTRAS


@kernel
def resample(times, points, count, lags, past):  # type: ignore[no-untyped-def]
    """Fill past (J + 1, 2): now, then lags (J,) s before the last of times (count,), points (count, 2), along straight lines.

    Beyond the oldest sighting it is taken to have moved as in what is known.  Returns the seconds that are known.
    """
    now = times[count - 1]
    known_s = now - times[0]
    past[0, 0], past[0, 1] = points[count - 1, 0], points[count - 1, 1]
    i = count - 1
    for j in range(lags.shape[0]):
        t = now - lags[j]
        while i > 0 and times[i - 1] > t + 1e-6 * lags[0]:
            i -= 1
        if i > 0:
            u = (t - times[i - 1]) / (times[i] - times[i - 1])
            for a in range(2):
                past[j + 1, a] = points[i - 1, a] + u * (points[i, a] - points[i - 1, a])
        else:
            back = lags[j] - known_s
            for a in range(2):
                rate = (points[count - 1, a] - points[0, a]) / known_s if known_s > 0.0 else 0.0
                past[j + 1, a] = points[0, a] - back * rate
    return known_s


@kernel
def read_past(past, lags, known_s, typical, turned, inputs, frame):  # type: ignore[no-untyped-def]
    """Fill inputs (D,) and frame (5,) = origin, direction (cos, sin), scale in length per second.

    past (J + 1, 2): now and at lags (J,) s before.  typical: speed of the bodies it was fitted on, 0 where units are unknown.
    turned: whether the frame turns with the heading.
    """
    steps = lags.shape[0]
    memory = _HEADING_MEMORY * lags[0] + _HEADING_SHARE * lags[steps - 1]
    hx, hy, weight, square, span = 0.0, 0.0, 0.0, 0.0, lags[steps - 1]
    before = 0.0
    for j in range(steps):
        took = lags[j] - before
        vx, vy = (past[j, 0] - past[j + 1, 0]) / took, (past[j, 1] - past[j + 1, 1]) / took
        w = took * math.exp(-before / memory)
        hx += w * vx
        hy += w * vy
        weight += w
        square += took / span * (vx * vx + vy * vy)
        before = lags[j]
    hx, hy = hx / weight, hy / weight
    speed = math.hypot(hx, hy)
    scale = math.sqrt(square + (_FLOOR * typical) ** 2)
    if scale < 1e-12:
        scale = 1e-12
    real_cos, real_sin = (hx / speed, hy / speed) if speed > 1e-12 else (1.0, 0.0)
    cos, sin = (real_cos, real_sin) if turned else (1.0, 0.0)
    frame[0], frame[1], frame[2], frame[3], frame[4] = past[0, 0], past[0, 1], cos, sin, scale
    before = 0.0
    for j in range(steps):
        took = lags[j] - before
        vx, vy = (past[j, 0] - past[j + 1, 0]) / took / scale, (past[j, 1] - past[j + 1, 1]) / took / scale
        inputs[2 * j] = cos * vx + sin * vy
        inputs[2 * j + 1] = cos * vy - sin * vx
        before = lags[j]
    at = 2 * steps
    inputs[at] = speed / scale
    rough = 0.0
    for j in range(1, steps):
        rough += (inputs[2 * j] - inputs[2 * j - 2]) ** 2 + (inputs[2 * j + 1] - inputs[2 * j - 1]) ** 2
    inputs[at + 1] = math.log(math.sqrt(rough / max(1, steps - 1)) + _SMOOTH)
    inputs[at + 2], inputs[at + 3] = (0.0, 0.0) if turned else (real_cos, real_sin)
    inputs[at + 4] = min(1.0, known_s / span)
    chord = math.hypot(past[0, 0] - past[steps, 0], past[0, 1] - past[steps, 1]) / span / scale
    inputs[at + 5] = chord
    newest = math.hypot(inputs[0], inputs[1])
    inputs[at + 6] = newest
    inputs[at + 7] = newest - chord
    jerk = 0.0
    for j in range(2, steps):
        for a in range(2):
            jerk += (inputs[2 * j + a] - 2.0 * inputs[2 * j - 2 + a] + inputs[2 * j - 4 + a]) ** 2
    inputs[at + 8] = 1.0 + 0.5 * math.log(math.sqrt(jerk / max(1, steps - 2)) + _FINE)
    after = at + EXTRAS
    for i in range(2 * steps):
        inputs[after + i] = inputs[i] * inputs[at + 8]
        inputs[after + 2 * steps + i] = inputs[i] * chord
