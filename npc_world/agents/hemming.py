"""How a team hems in a target that flees: who is nearest drives it, the others are told where to head it off.

The chase is imagined on a roadmap of the ground, worked out beside the chase a little in every frame.  Whether the target flees as
imagined is held against it: where it is three seconds later, over where the forecast had it.  As long as the imagined flight is not about
as right as the forecast, everybody hunts as if alone.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces
from npc_world.core.records import Forecast
from npc_world.core.terrain import Terrain
from npc_world.planners.evasion import RUN_AFTER, Roadmap, flight
from npc_world.planners.flanking import Flank, flanking
from npc_world.planners.places import Places, places_of

__all__ = ["Hemming", "Hunter"]

Floats = NDArray[np.float64]
_MOST_PLACES, _LEAST_PLACES, _CELLS_IN_ALL = 256, 80, 6_000_000
"""Places, and how many cells all their fields may have; where that leaves fewer than the least nobody flanks."""
_SURFACES_ALIKE = 0.08
"""Surfaces that are believed to differ by less than this share of a top speed call for no new roadmap."""
_NEWS_S = 1.0
"""Who was last heard of longer ago takes no part."""
_AHEAD_S, _EVERY_S, _LATE_S = 3.0, 0.25, 0.3
"""The imagined flight is judged so far ahead, so often; a moment that was missed by more is passed over."""
_LOOK_S, _STEP_S = 1.2, 0.2
_MEMORY_S = 8.0
_LEAST_JUDGED = 4.0
_AS_RIGHT = 3.0
"""The flight's mean squared error over the forecast's, up to which it is believed."""
_EXACT = 0.25
"""An error below that share of the way it can run in the meantime is right enough."""
_ROUGH = 0.8
"""It does not flee if the imagined flight errs by more than that share of that way."""
_RUNNING = 0.3
"""It flees only if it goes at least that share of that way."""
_PATIENCE, _PATIENCE_S = 1.2, 0.5
"""A catch is overdue when it has not come in so many times the time in which it was expected, and a little …"""
_RESENTFUL_S = 4.0
"""… and for so long that is held against what was done: running after the target, or heading it off."""
_CATCH_CELLS = 0.5
"""What imagined bodies, which go from place to place, are off by."""
_PACK = 4
"""So many hunters, the nearest ones, hem a target in; what others do then hardly matters."""
_SETTLED = 1.5
"""Who is on its way to head the target off goes on with that unless it is nearer by that factor."""
_THINKING_S = 0.3
"""Pause between two searches of one hunter."""


@dataclass(frozen=True, slots=True)
class Hunter:
    """What a hunter tells of itself."""

    position_px: Floats
    speed_px_s: float
    reach_px: float
    size_px: tuple[float, float]
    surfaces: Floats


@dataclass(slots=True)
class _Told:
    hunter: Hunter
    time_s: float
    thought_s: float = -math.inf
    flank: Flank | None = None
    turn: int = 0
    until_s: float = -math.inf
    """Then the catch is overdue that its flank promised …"""
    rests_until_s: float = -math.inf
    """… and until then it runs after the target."""


class Hemming:
    """Of one team and one target."""

    def __init__(self, ground: Terrain) -> None:
        self._ground = ground
        self._roadmap: Roadmap | None = None
        self._work: Iterator[Places | None] | None = None
        self._made_for: tuple[int, tuple[float, float], Floats] | None = None
        self.reset()

    def reset(self) -> None:
        """A new round."""
        self._hunters: dict[int, _Told] = {}
        self._said: list[tuple[float, Floats, Floats, Floats]] = []
        self._said_s = self._judged_s = -math.inf
        self._errors = np.zeros(4)
        self._promised_s: list[float] = []
        self._broken_s = -math.inf

    # ---- the roadmap ---------------------------------------------------------------------------------------------

    @property
    def has_work(self) -> bool:
        """Whether the roadmap is wanted and not there yet."""
        return self._work is not None

    def work(self) -> None:
        """About a millisecond of it."""
        if self._work is not None:
            places = next(self._work)
            if places is not None:
                self._roadmap, self._work = Roadmap(places), None

    def _ask(self, hunter: Hunter) -> None:
        made, version = self._made_for, self._ground.version
        if made is not None and made[:2] == (version, hunter.size_px) and made[2].shape == hunter.surfaces.shape \
                and bool((np.abs(made[2] - hunter.surfaces)[:, [0, 2, 3]] <= _SURFACES_ALIKE).all()):
            return
        for told in self._hunters.values():
            told.flank = None
        self._said.clear()
        most = min(_MOST_PLACES, _CELLS_IN_ALL // max(1, self._ground.shape[0] * self._ground.shape[1]))
        self._made_for, self._roadmap = (version, hunter.size_px, hunter.surfaces.copy()), None
        self._work = places_of(self._ground, most, size=hunter.size_px, surfaces=self._made_for[2]) if most >= _LEAST_PLACES else None

    # ---- who hunts -----------------------------------------------------------------------------------------------

    def tell(self, member: int, time_s: float, hunter: Hunter) -> None:
        """A hunter is at it."""
        known = self._hunters.get(member)
        if known is None:
            self._hunters[member] = _Told(hunter, time_s)
        else:
            known.hunter, known.time_s = hunter, time_s
        others = [m for m, told in self._hunters.items() if time_s - told.time_s < _NEWS_S]
        if len(others) > 1 and member == min(others):
            self._ask(hunter)

    def _together(self, time_s: float) -> list[int]:
        return sorted(m for m, told in self._hunters.items() if time_s - told.time_s < _NEWS_S)

    # ---- whether it flees ----------------------------------------------------------------------------------------

    def judge(self, time_s: float, position: Floats, speed_px_s: float, forecast: Forecast) -> None:
        """The target is seen at `position` px, its top speed so far is speed_px_s: hold it against what was imagined, and imagine again."""
        reach_px = _AHEAD_S * speed_px_s
        while self._said and self._said[0][0] + _AHEAD_S <= time_s:
            said_s, fled, mean, start = self._said.pop(0)
            if time_s - said_s - _AHEAD_S <= _LATE_S and reach_px > 0.0:
                self._errors *= math.exp(-min(_MEMORY_S, time_s - self._judged_s) / _MEMORY_S)
                self._errors += (1.0, *(float(((position - point) ** 2).sum()) / reach_px ** 2 for point in (fled, mean, start)))
                self._judged_s = time_s
        if self._roadmap is None or time_s - self._said_s < _EVERY_S or speed_px_s <= 0.0:
            return
        hunters, cells, bodies, _ = self._pack(self._roadmap.places, time_s, position)
        if len(hunters) < 2:
            return
        self._said_s = time_s
        scene = self._roadmap.scene(cells, bodies)
        track = np.empty((round(_AHEAD_S / _STEP_S), 2))
        firsts = np.array([self._first(m) for m in hunters])
        flight(scene.dist, scene.hops, scene.points_px, firsts, speed_px_s, self._hunters[hunters[0]].hunter.speed_px_s, 0.0, _LOOK_S, _STEP_S, track)
        self._said.append((time_s, track[-1].copy(), forecast.weights @ forecast.at(min(_AHEAD_S, float(forecast.times_s[-1]))), position.copy()))

    @property
    def flees(self) -> bool:
        """Whether the target has been seen to flee as imagined."""
        judged, fled, mean, moved = self._errors.tolist()
        return judged >= _LEAST_JUDGED and fled <= _ROUGH ** 2 * judged and fled <= _AS_RIGHT * mean + _EXACT ** 2 * judged and moved >= _RUNNING ** 2 * judged

    def promise(self, time_s: float, expected_catch_s: float) -> None:
        """A hunter that runs after the target expects to catch it in so many seconds."""
        if not math.isfinite(expected_catch_s):
            return
        if self._roadmap is None:  # nobody asks whether it did: what is due is done with
            self._outrun(time_s)
        heapq.heappush(self._promised_s, time_s + _PATIENCE * expected_catch_s + _PATIENCE_S)

    def _outrun(self, time_s: float) -> bool:
        """Whether running after the target has lately not come to what was promised."""
        while self._promised_s and self._promised_s[0] <= time_s:
            heapq.heappop(self._promised_s)
            self._broken_s = time_s
        return time_s - self._broken_s <= _RESENTFUL_S

    # ---- where to go ---------------------------------------------------------------------------------------------

    def flank(self, member: int, time_s: float, position: Floats, speed_px_s: float, worth: float) -> Pieces[tuple[Flank, Floats] | None]:
        """Where a hunter heads the target off, and that place px; None to go after it: it is the nearest, or that is about as good.

        worth: share of the time to the catch that it must save.
        """
        told = self._hunters.get(member)
        if told is None:
            return None
        found = yield from self._flank(told, member, time_s, position, speed_px_s, worth)
        if found is not None and told.flank is None:
            told.until_s = time_s + _PATIENCE * found.caught_s + _PATIENCE_S
        told.flank = found
        return None if found is None or self._roadmap is None else (found, self._roadmap.places.points_px[found.place])

    def _flank(self, told: _Told, member: int, time_s: float, position: Floats, speed_px_s: float, worth: float) -> Pieces[Flank | None]:
        roadmap = self._roadmap
        if roadmap is None or not self._outrun(time_s) or not self.flees:
            return None
        hunters, cells, bodies, away = self._pack(roadmap.places, time_s, position)
        at_it = np.array([_SETTLED if self._first(m) != RUN_AFTER else 1.0 for m in hunters])
        nearest = int(np.argmin(away * at_it))
        if member not in hunters or hunters[nearest] == member:
            return None
        kept, me = self._first(member), hunters.index(member)
        if kept != RUN_AFTER and time_s > told.until_s:
            told.rests_until_s, told.flank, kept = time_s + _RESENTFUL_S, None, RUN_AFTER
        if time_s < told.rests_until_s:
            return None
        if kept != RUN_AFTER and roadmap.places.away[kept, cells[1 + me]] <= roadmap.spacing:
            told.flank, kept = None, RUN_AFTER  # it is there
        elif time_s - told.thought_s < _THINKING_S:
            return told.flank
        told.thought_s, told.turn = time_s, told.turn + 1
        scene = roadmap.scene(cells, bodies)
        firsts = np.array([RUN_AFTER if i == nearest else self._first(m) for i, m in enumerate(hunters)])
        found = yield from flanking(scene, firsts, me, speed_px_s, told.hunter.speed_px_s, told.hunter.reach_px + _CATCH_CELLS * self._ground.cell_px,
                                    kept=kept, turn=told.turn)
        most_s = found.straight_s * (1.0 - worth if kept == RUN_AFTER else 1.0)
        return None if found.place == RUN_AFTER or found.caught_s > most_s or roadmap is not self._roadmap else found

    def _first(self, member: int) -> int:
        flank = self._hunters[member].flank
        return RUN_AFTER if flank is None or self._roadmap is None or flank.place >= len(self._roadmap.places.points_px) else flank.place

    def _pack(self, places: Places, time_s: float, position: Floats) -> tuple[list[int], NDArray[np.int64], Floats, Floats]:
        """The hunters that are nearest to the target: their numbers; cells (1 + P,) and bodies (1 + P, 2) px, the target's first; px to go (P,).

        By way of the place that is nearest to the target.
        """
        members = self._together(time_s)
        bodies = np.stack([position, *(self._hunters[m].hunter.position_px for m in members)])
        cols = self._ground.shape[1]
        cells = np.array([row * cols + col for row, col in map(self._ground.cell_of, bodies)])
        away = places.away[int(np.argmin(places.away[:, cells[0]])), cells[1:]].astype(np.float64)
        near = np.sort(np.argsort(away, kind="stable")[:_PACK])
        rows = np.concatenate([[0], 1 + near])
        return [members[i] for i in near], cells[rows], bodies[rows], away[near]
