"""What was learned of one body, in words: habits counted in its recorded past, each with the numbers it was counted from.

The past is the last 100 s or so at ten places a second (see `beliefs.layout`).  A habit is told when there are enough
cases of it; what is rarer is left unsaid rather than guessed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.beliefs.layout import (
    BINS,
    GRID_S,
    HELD,
    NGRAM_COUNT,
    PAST,
    PAST_COUNT,
    PAST_LENGTH,
    SENTENCE,
    SENTENCE_KEPT,
    TOP_SPEED,
)
from npc_world.core.terrain import Terrain

__all__ = ["Habit", "calibration", "favourite_places", "habits"]

Floats = NDArray[np.float64]
_CHORD = 3
"""Grid steps of the ways before and after a turn."""
_TURN_RAD = math.radians(40.0)
_MOVING, _RESTING, _DASHING = 0.3, 0.08, 0.8
"""Shares of the top speed."""
_FEW = 4
"""So many cases make a habit."""
_REST_S = 0.4
_OPEN_CELLS = 3.0
_FIRST_MOVE, _BEST_CONTEXT = 20, 8


@dataclass(frozen=True, slots=True)
class Habit:
    """One thing it was seen to do: `count` of `of` cases, or a mean `value` in seconds over `of` cases."""

    kind: str
    """"turns", "side", "junctions", "rests", "dash", "moves"."""
    sentence: str
    count: int
    of: int
    value: float


def habits(memory: Floats, ground: Terrain | None = None) -> tuple[Habit, ...]:
    """All that is told of a body with this memory (MEMORY,), the most particular first.  y points down: right is clockwise."""
    top = float(memory[TOP_SPEED])
    tracks = list(_stretches(memory))
    if top <= 0.0 or not tracks:
        return ()
    turns = [(track, *_turns(track, top)) for track in tracks]
    found = [_junctions(turns, ground), _dash(tracks, top), _pace_of_turns(turns), _side(turns), _rests(tracks, top), _foretold(memory)]
    return tuple(habit for habit in found if habit is not None)


def calibration(memory: Floats) -> tuple[float, float, int]:
    """(share inside the 50 % region, share inside the 90 % one, forecasts judged) of the last minute or so, from 0.5 to 2 s ahead."""
    held = memory[HELD:HELD + 3 * BINS].reshape(BINS, 3)[1:4]
    count = held[:, 2].sum()
    if count <= 0.0:
        return math.nan, math.nan, 0
    return float(held[:, 0] @ held[:, 2] / count), float(held[:, 1] @ held[:, 2] / count), round(float(count) / 3)


def favourite_places(memory: Floats, most: int = 6) -> list[tuple[tuple[float, float], int]]:
    """Where this body stopped at least twice, each stop of _REST_S or more: (place px, number of stops), the most visited first."""
    top = float(memory[TOP_SPEED])
    if top <= 0.0:
        return []
    near = 0.4 * top
    places: list[tuple[Floats, int]] = []
    for track in _stretches(memory):
        for a, b in _rest_spans(track, top):
            if b == len(track) - 1:
                continue  # it still stands there
            at = track[a:b + 1].mean(axis=0)
            for i, (place, count) in enumerate(places):
                if math.dist(at, place) <= near:
                    places[i] = (place + (at - place) / (count + 1), count + 1)
                    break
            else:
                places.append((at, 1))
    kept = sorted((place for place in places if place[1] >= 2), key=lambda place: -place[1])[:most]
    return [((float(place[0]), float(place[1])), count) for place, count in kept]


def _stretches(memory: Floats) -> Iterator[Floats]:
    """The recorded past in unbroken stretches (L, 2), oldest first."""
    count = int(memory[PAST_COUNT])
    steps = np.arange(max(0, count - PAST_LENGTH), count)
    past = memory[PAST:PAST + 3 * PAST_LENGTH].reshape(PAST_LENGTH, 3)[steps % PAST_LENGTH]
    for part in np.split(past, np.flatnonzero(np.diff(past[:, 2])) + 1):
        if len(part) > 2 * _CHORD:
            yield part[:, :2]


def _turns(track: Floats, top: float) -> tuple[NDArray[np.int64], Floats]:
    """(steps, angles in rad, right positive) of the sharpest moments of its turns."""
    before, after = track[_CHORD:-_CHORD] - track[:-2 * _CHORD], track[2 * _CHORD:] - track[_CHORD:-_CHORD]
    angle = np.arctan2(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0], (before * after).sum(axis=1))
    moving = np.minimum(np.hypot(*before.T), np.hypot(*after.T)) > _MOVING * top * _CHORD * GRID_S
    sharp = np.where(moving, np.abs(angle), 0.0)
    found: list[int] = []
    for k in np.flatnonzero(sharp > _TURN_RAD).tolist():
        around = sharp[max(0, k - _CHORD):k + _CHORD + 1]
        if sharp[k] >= around.max() and (not found or k - found[-1] > _CHORD):
            found.append(k)
    at = np.array(found, dtype=np.int64)
    return at + _CHORD, angle[at]


def _pace_of_turns(turns: list[tuple[Floats, NDArray[np.int64], Floats]]) -> Habit | None:
    gaps = np.concatenate([np.diff(steps) for _, steps, _ in turns]) * GRID_S
    if len(gaps) < _FEW:
        return None
    mean = float(gaps.mean())
    steady = ", like a clock" if float(gaps.std()) < 0.2 * mean else ""
    return Habit("turns", f"you turn every {mean:.1f} s{steady}", len(gaps), len(gaps), mean)


def _side(turns: list[tuple[Floats, NDArray[np.int64], Floats]]) -> Habit | None:
    angles = np.concatenate([angle for _, _, angle in turns])
    if len(angles) < _FEW:
        return None
    flips = sum(int((angle[1:] * angle[:-1] < 0.0).sum()) for _, _, angle in turns)
    pairs = sum(max(0, len(angle) - 1) for _, _, angle in turns)
    if pairs >= _FEW and flips >= 0.8 * pairs:
        return Habit("side", f"left follows right in {flips} of {pairs} turns", flips, pairs, flips / pairs)
    right = int((angles > 0.0).sum())
    side, count = ("right", right) if 2 * right >= len(angles) else ("left", len(angles) - right)
    return Habit("side", f"you turn {side} in {count} of {len(angles)} turns", count, len(angles), count / len(angles))


def _junctions(turns: list[tuple[Floats, NDArray[np.int64], Floats]], ground: Terrain | None) -> Habit | None:
    """Turns where the way opens to both sides and did not just before."""
    if ground is None or not ground.solid.any():
        return None
    right = of = 0
    for track, steps, angles in turns:
        for k, angle in zip(steps.tolist(), angles.tolist(), strict=True):
            way = track[k] - track[k - _CHORD]
            ahead = way / max(math.hypot(way[0], way[1]), 1e-12) * ground.cell_px
            if _opens(ground, track[k], ahead) and not _opens(ground, track[k] - 2.5 * ahead, ahead):
                of += 1
                right += angle > 0.0
    if of < _FEW:
        return None
    side, count = ("right", right) if 2 * right >= of else ("left", of - right)
    return Habit("junctions", f"you turn {side} at {count} of {of} junctions", count, of, count / of)


def _opens(ground: Terrain, at: Floats, ahead: Floats) -> bool:
    """Whether there is a way to the left and to the right of who faces `ahead` (2,), a cell long."""
    aside = _OPEN_CELLS * np.array([-ahead[1], ahead[0]])
    ends = (at - aside, at + aside)
    return all(ground.contains(end) and ground.line_of_sight(at, end) for end in ends)


def _speeds(track: Floats) -> Floats:
    return np.asarray(np.hypot(*np.diff(track, axis=0).T) / GRID_S)


def _rest_spans(track: Floats, top: float) -> list[tuple[int, int]]:
    """First and last step of each rest of _REST_S or more."""
    still = np.concatenate([[False], _speeds(track) < _RESTING * top, [False]]).astype(int)
    begins, ends = np.flatnonzero(np.diff(still) == 1), np.flatnonzero(np.diff(still) == -1)
    return [(int(a), int(b)) for a, b in zip(begins, ends, strict=True) if (b - a) * GRID_S >= _REST_S - 1e-9]


def _rests(tracks: list[Floats], top: float) -> Habit | None:
    lengths = [(b - a) * GRID_S for track in tracks for a, b in _rest_spans(track, top)]
    if len(lengths) < _FEW:
        return None
    mean = float(np.mean(lengths))
    return Habit("rests", f"you stop for {mean:.1f} s at a time, {len(lengths)} times so far", len(lengths), len(lengths), mean)


def _dash(tracks: list[Floats], top: float) -> Habit | None:
    """How soon it is at full speed after it came into sight; each stretch of the past begins with that."""
    found = []
    for track in tracks:
        fast = np.flatnonzero(_speeds(track)[:10] >= _DASHING * top)
        if len(fast):
            found.append((int(fast[0]) + 1) * GRID_S)
    if len(found) < _FEW or len(found) < 0.6 * len(tracks):
        return None
    within = float(np.quantile(found, 0.75, method="higher"))
    count = int((np.array(found) <= within + 1e-9).sum())
    return Habit("dash", f"you dash within {within:.1f} s of being seen, {count} of {len(tracks)} times", count, len(tracks), within)


def _foretold(memory: Floats) -> Habit | None:
    """How often the longest sequence of earlier moves like the last ones was followed by what then came."""
    count = int(memory[NGRAM_COUNT])
    kept = np.arange(max(0, count - SENTENCE_KEPT), count)
    symbols = memory[SENTENCE:SENTENCE + 3 * SENTENCE_KEPT].reshape(SENTENCE_KEPT, 3)[kept % SENTENCE_KEPT, 0].astype(int)
    if len(symbols) < 2 * _FIRST_MOVE:
        return None
    matched, right, of = np.zeros(len(symbols), int), 0, 0
    for i in range(len(symbols) - 1):  # matched[j]: how many moves up to j are as those up to i
        matched = np.where(symbols == symbols[i], np.concatenate([[0], matched[:-1]]) + 1, 0) if symbols[i] >= 0 else np.zeros(len(symbols), int)
        if i < _FIRST_MOVE or symbols[i + 1] < 0:
            continue
        earlier = np.minimum(matched[:i], _BEST_CONTEXT)
        best = int(np.flatnonzero(earlier == earlier.max())[-1])
        of += 1
        right += int(symbols[best + 1] == symbols[i + 1])
    if of < _FIRST_MOVE or 2 * right < of:
        return None
    return Habit("moves", f"I could tell {right} of your last {of} moves", right, of, right / of)
