"""After a throw that nobody expected: which of the laws has changed?

The fewest constants whose change explains the throw are taken (Occam): gravity or wind, a material's bounce, its friction, and
so on up to all of them.  What did not change stays known.  Where nothing explains the throw it was no law that changed, but the
walls, or something else moves the ball; then what was known is believed less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces
from npc_world.learning.ball_data import Throw
from npc_world.learning.ball_knowledge import BallKnowledge, learn
from npc_world.learning.ball_shooting import Setting
from npc_world.learning.ball_tracking import piece_of
from npc_world.learning.ball_watch import Explained, LawBelief, explain
from npc_world.models.ball_contact import clearances_of
from npc_world.models.ball_world import BallWorld

__all__ = ["Change", "find_change"]

Floats = NDArray[np.float64]
_GRAVE = 4.0
"""Error over noise from which even a first throw that nothing explains makes unsure."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one surprising throw was taken for."""

    names: tuple[str, ...]
    """The constants that changed; none when the old laws explain the throw after all, or nothing does."""
    explained: bool
    before: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """(value, deviation) of those, as they were believed."""
    after: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    place_px: tuple[float, float] | None = None
    """Where the ball first did something unexpected, when it is not explained."""


def find_change(world: BallWorld, known: BallKnowledge, throw: Throw, doubt: float, kept: int, doubts: int,
                rng: np.random.Generator) -> Pieces[tuple[BallKnowledge, Change]]:
    """Knowledge after a throw that the laws as known do not explain, and what it was taken for.

    doubts: how many throws just before this one could not be explained.
    """
    assert known.step_s is not None and known.noise_px is not None and known.scheme is not None
    short = throw.part(0, min(len(throw.times_s), kept))
    setting = Setting(world, known.laws, known.scheme, known.step_s, known.noise_px)
    piece, start = piece_of(setting, known, short)
    old = yield from explain(setting, piece, start, known.belief.z, known.belief, doubt, rng)
    if _whole(old, short, doubt):
        return (yield from learn(world, known, [throw], False, rng)), Change((), True)
    described = known.laws.describe(known.belief.z, known.belief.covariance)
    candidates = list(_candidates(known, world, short.seen_px[: old.used + 12]))
    for names in candidates if doubts == 0 else candidates[-1:]:  # at a loss for long it does not ponder each time
        opened = replace(known, belief=_opened(known, names))
        found = yield from explain(setting, piece, start, known.belief.z, opened.belief, doubt, rng, patient=len(names) > 2)
        if not _whole(found, short, doubt):
            continue
        learned = yield from learn(world, opened, [throw], False, rng)
        if learned.explains:
            after = learned.laws.describe(learned.belief.z, learned.belief.covariance)
            told = [name for name in described if name.removesuffix("_px_s2") in names or (name == "damping" and "drag" in names)]
            return learned, Change(tuple(told), True, {n: described[n] for n in told}, {n: after[n] for n in told})
    x, y = short.seen_px[min(old.used, len(short.seen_px) - 1)].tolist()
    unsure = known.unsettled() if doubts > 0 or old.error > _GRAVE else known
    return unsure, Change((), False, place_px=(x, y))


def _whole(found: Explained, throw: Throw, doubt: float) -> bool:
    return found.used == len(throw.times_s) and found.error <= doubt


def _candidates(known: BallKnowledge, world: BallWorld, seen: Floats) -> Iterator[tuple[str, ...]]:
    """Sets of constants that may have changed, the likeliest first: those of the air, and of what the ball had touched."""
    free = [name for name, free in zip(known.laws.names, known.laws.free, strict=True) if free]
    air = tuple(n for n in ("gravity_x", "gravity_y") if n in free)
    drag = tuple(n for n in ("drag",) if n in free)
    touched = _touched(world, seen)
    alone = [tuple(n for n in (f"{kind}_{m}",) if n in free) for kind in ("restitution", "friction") for m in touched]
    both = [tuple(n for n in (f"restitution_{m}", f"friction_{m}") if n in free) for m in touched]
    order = [air, air + drag, drag, *alone, *both] if not touched else [*alone, air, *both, drag, air + drag]
    everything = tuple(free)
    yield from dict.fromkeys(names for names in [*order, everything] if names)


def _touched(world: BallWorld, seen: Floats) -> list[int]:
    """Materials that the ball came as near to as it moves in a frame, the last one first."""
    if len(seen) < 2:
        return []
    travel = float(np.median(np.linalg.norm(np.diff(seen, axis=0), axis=1)))
    last: dict[int, int] = {}
    for o, material in enumerate(world.obstacles[:, 2].tolist()):
        gaps = clearances_of(np.ascontiguousarray(seen), world.obstacles[o : o + 1], world.edges, world.radius_px)
        near = np.flatnonzero(gaps < 0.7 * travel)
        if len(near):
            last[material] = max(int(near[-1]), last.get(material, -1))
    return sorted(last, key=lambda m: -last[m])


def _opened(known: BallKnowledge, names: tuple[str, ...]) -> LawBelief:
    """The belief with those constants unknown again, and unrelated to the others."""
    free = [name for name, free in zip(known.laws.names, known.laws.free, strict=True) if free]
    which = np.array([name in names for name in free])
    _mean, deviation = known.laws.prior()
    covariance = known.belief.covariance.copy()
    covariance[which] = covariance[:, which] = 0.0
    covariance[which, which] = deviation[which] ** 2
    low, high = np.where(which, -np.inf, known.belief.low), np.where(which, np.inf, known.belief.high)
    return LawBelief(known.belief.z, covariance, low, high)
