"""Take in one position: notice jumps and gaps, learn noise, top speed and turn, keep the past and the filter."""

from __future__ import annotations

import cmath
import math

from npc_world.beliefs.imm import blend, filter_step, start_filter
from npc_world.beliefs.layout import (
    COUNT,
    HEADING,
    JUMP_TIME,
    JUMP_X,
    JUMP_Y,
    LAST_SEEN,
    MOVE_X,
    MOVE_Y,
    MOVED_PX,
    NOISE,
    NOISE_COUNT,
    NOISE_PREV_X,
    NOISE_PREV_Y,
    NOISE_SCALE,
    PEAK_STEPS,
    SEGMENT,
    SPEED,
    STEP_MEAN_S,
    STEP_S,
    TIME,
    TOP_SPEED,
    TURN_RATE,
    TURN_RATE_SLOW,
    X,
    Y,
)
from npc_world.beliefs.past import begin_segment, past_at, record_past
from npc_world.core.compiled import kernel

__all__ = ["FIRST", "GAP", "IGNORED", "JUMPED", "MOVED", "sight"]

IGNORED, MOVED, FIRST, JUMPED, GAP = range(5)
"""What a sighting was: the same moment again, motion, the first, a teleport, the first after a while."""

_JUMP_SPEEDS = 4.0
"""A step so many times faster than the top speed seen is a jump, not a run …"""
_JUMP_STEPS = 6
"""… once so many steps have been seen."""
_GAP_STEPS = 6.0
_GAP_S = 0.6
"""A pause longer than both so many usual steps and so long breaks the track."""
_NOISE_MEMORY = 80.0
"""Steps over which the measurement noise is averaged."""


@kernel
def sight(m, time_s, x, y):  # type: ignore[no-untyped-def]
    """Take in the position (x, y) at time_s, later than the last.  Returns what kind of sighting it was."""
    if m[COUNT] == 0.0:
        _appear(m, time_s, x, y, 0.0, 0.0)
        return FIRST
    dt_s = time_s - m[TIME]
    if dt_s <= 1e-9:
        return IGNORED
    move_x, move_y = x - m[X], y - m[Y]
    distance = math.hypot(move_x, move_y)
    if m[PEAK_STEPS] > 1.0 and dt_s > _GAP_S and dt_s > _GAP_STEPS * m[STEP_MEAN_S]:
        keep = math.exp(-dt_s) if distance <= 1.5 * m[TOP_SPEED] * dt_s + 6.0 * math.sqrt(m[NOISE]) else 0.0
        _, w, _, _, _ = blend(m)
        _appear(m, time_s, x, y, keep * w.real, keep * w.imag)
        return GAP
    far = distance > _JUMP_SPEEDS * m[TOP_SPEED] * dt_s + 6.0 * math.sqrt(m[NOISE])
    if far and m[PEAK_STEPS] >= _JUMP_STEPS and m[TOP_SPEED] > 0.0:
        again = m[JUMP_TIME] == m[TIME] and _alike(move_x, move_y, m[JUMP_X], m[JUMP_Y])
        m[JUMP_TIME], m[JUMP_X], m[JUMP_Y] = time_s, move_x, move_y
        if not again:
            _appear(m, time_s, x, y, 0.0, 0.0)
            return JUMPED
        start_filter(m, x, y, move_x / dt_s, move_y / dt_s, 0.5 * distance / dt_s)
    _learn_noise(m, dt_s, move_x, move_y)
    record_past(m, time_s, x, y)
    if m[PEAK_STEPS] == 0.0:
        start_filter(m, x, y, move_x / dt_s, move_y / dt_s, 0.3 * distance / dt_s)
    else:
        filter_step(m, dt_s, x, y)
    m[TIME], m[X], m[Y], m[LAST_SEEN] = time_s, x, y, time_s
    m[STEP_S], m[MOVE_X], m[MOVE_Y] = dt_s, move_x, move_y
    m[MOVED_PX] += distance
    m[STEP_MEAN_S] += (dt_s - m[STEP_MEAN_S]) * (1.0 if m[PEAK_STEPS] == 0.0 else 0.1)
    m[COUNT] += 1.0
    m[PEAK_STEPS] += 1.0
    _learn_speed_and_turn(m, dt_s)
    return MOVED


@kernel
def _appear(m, time_s, x, y, vx, vy):  # type: ignore[no-untyped-def]
    """Begin a new stretch of track here; what was learned of speed and noise stays."""
    begin_segment(m, time_s, x, y)
    start_filter(m, x, y, vx, vy, max(m[TOP_SPEED], 1e-9))
    m[TIME], m[X], m[Y], m[LAST_SEEN] = time_s, x, y, time_s
    m[STEP_S] = 0.0
    m[TURN_RATE], m[TURN_RATE_SLOW] = 0.0, 0.0
    m[SPEED] = math.hypot(vx, vy)
    m[COUNT] += 1.0


@kernel
def _alike(ax, ay, bx, by):  # type: ignore[no-untyped-def]
    """Whether two steps are about the same, as in a dash and not as in a jump there and back."""
    a, b = math.hypot(ax, ay), math.hypot(bx, by)
    return ax * bx + ay * by > 0.8 * a * b and 0.3 * b < a < 3.0 * b


@kernel
def _learn_noise(m, dt_s, move_x, move_y):  # type: ignore[no-untyped-def]
    """Measurement variance per axis from steps alone: white noise makes neighbouring second differences e anti-correlated,
    ⟨e e'⟩ = -4 σ², while real accelerations do not.  Rounding to whole pixels shows as 1/12 px².
    """
    if m[STEP_S] <= 0.0 or not 0.5 < dt_s / m[STEP_S] < 2.0:
        m[NOISE_PREV_X], m[NOISE_PREV_Y] = 0.0, 0.0
        return
    ratio = dt_s / m[STEP_S]
    ex, ey = move_x - ratio * m[MOVE_X], move_y - ratio * m[MOVE_Y]
    product = -0.125 * (ex * m[NOISE_PREV_X] + ey * m[NOISE_PREV_Y])
    m[NOISE_PREV_X], m[NOISE_PREV_Y] = ex, ey
    m[NOISE_COUNT] = min(m[NOISE_COUNT] + 1.0, _NOISE_MEMORY)
    m[NOISE_SCALE] += (ex * ex + ey * ey - m[NOISE_SCALE]) / (m[NOISE_COUNT] + 1.0)
    limit = 0.5 * m[NOISE_SCALE]  # white noise makes the scale 12 σ²; single leaps count little
    product = min(max(product, -limit), limit)
    m[NOISE] = max(0.0, m[NOISE] + (product - m[NOISE]) / (m[NOISE_COUNT] + 4.0))


@kernel
def _learn_speed_and_turn(m, dt_s):  # type: ignore[no-untyped-def]
    _, w, _, _, _ = blend(m)
    before, age = past_at(m, 0.25)
    held = abs(complex(m[X], m[Y]) - before) / age if age > 1e-9 else 0.0
    m[SPEED] = held
    if age < 0.2 and m[SEGMENT] == 1.0:
        m[TOP_SPEED] = held
    elif age >= 0.2:
        if held > m[TOP_SPEED]:
            m[TOP_SPEED] += (held - m[TOP_SPEED]) * (1.0 - math.exp(-dt_s / 0.15))
        elif held > 0.5 * m[TOP_SPEED]:
            m[TOP_SPEED] += (held - m[TOP_SPEED]) * (1.0 - math.exp(-dt_s / 60.0))
    if abs(w) > 0.05 * m[TOP_SPEED] and abs(w) > 0.0:
        m[HEADING] = cmath.phase(w)
    m[TURN_RATE] = _turn_over(m, 0.2)
    m[TURN_RATE_SLOW] = _turn_over(m, 0.6)


@kernel
def _turn_over(m, window_s):  # type: ignore[no-untyped-def]
    """Turn rate in rad/s from two chords of window_s, drawn towards zero as noise makes it unsure."""
    window_s = max(window_s, 1.01 * m[STEP_MEAN_S])
    now = complex(m[X], m[Y])
    middle, _ = past_at(m, window_s)
    first, age = past_at(m, 2.0 * window_s)
    if age < 1.9 * window_s:
        return 0.0
    new, old = now - middle, middle - first
    least = min(abs(new), abs(old))
    if least <= 1e-12 or least < 0.15 * m[TOP_SPEED] * window_s:
        return 0.0
    angle = cmath.phase(new * old.conjugate())
    unsure = 6.0 * m[NOISE] / (least * least) + 1e-4
    return angle / window_s * angle * angle / (angle * angle + unsure)
