"""Where one of several pursuers should go first, so that all of them together catch a body that flees soonest.

A rollout search (Bertsekas 1997): each candidate is imagined to the end with everybody else doing what they said and the fleeing body
reacting to all (`evasion`); the others do the same in turn, which is coordinate descent over the team.  What it finds is as good as the
imagined evader is like the real one: ask for it only of bodies that have been seen to flee so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.core.pieces import Pieces
from npc_world.planners.evasion import RUN_AFTER, Scene, hunted

__all__ = ["Flank", "flanking"]

_LOOKS_S = np.array([0.8, 1.6])
"""How far ahead the imagined evaders look."""
_STEP_S, _STEPS = 0.2, 60
"""Twelve seconds."""
_CANDIDATES = 32
_WORK = 350
"""What imagining one candidate costs for each pursuer, in cells looked at."""
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Flank:
    """A place to go to first."""

    place: int
    """Its row, or `RUN_AFTER`."""
    caught_s: float
    """When the team catches the fleeing body then, on average over the imagined evaders."""
    straight_s: float
    """When it does if this pursuer runs after it at once."""


def flanking(scene: Scene, others: NDArray[np.int64], me: int, speed_px_s: float, own_speed_px_s: float, reach_px: float, *, kept: int = RUN_AFTER,
             turn: int = 0) -> Pieces[Flank]:
    """The best place for pursuer `me` when the others go first to others (P,), of which its own entry is not read; worked out in pieces.

    kept: the place it was about to go to.  turn: each asks for another share of the places, all of them in turn.
    """
    there_s = scene.dist[scene.dist.shape[1] + 1 + me] / own_speed_px_s
    worth = np.flatnonzero((there_s > _STEP_S) & (there_s < _STEP_S * _STEPS))
    every = max(1, -(-len(worth) // _CANDIDATES))
    candidates = np.concatenate([[RUN_AFTER, kept], worth[turn % every::every]])
    firsts = np.repeat(others[None], len(candidates), axis=0)
    firsts[:, me] = candidates
    caught_s = np.empty(len(candidates))
    for first in range(0, len(candidates), _AT_ONCE):
        rows = slice(first, first + _AT_ONCE)
        yield _WORK * firsts[rows].size
        hunted(scene.dist, scene.hops, scene.points_px, firsts[rows], speed_px_s, own_speed_px_s, reach_px, _LOOKS_S, _STEP_S, _STEPS, caught_s[rows])
    best = int(np.argmin(caught_s))
    if caught_s[1] <= caught_s[best] + max(_LOYALTY_S, _LOYALTY * caught_s[best]):
        best = 1
    return Flank(int(candidates[best]), float(caught_s[best]), float(caught_s[0]))


_LOYALTY, _LOYALTY_S = 0.15, 0.4
"""Who is on the way to a place does not change it for less, as a share of the time to the catch and at least."""
