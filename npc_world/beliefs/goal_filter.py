"""Which goal a body goes for: a hidden Markov model over the goals, filtered as it walks.

Every second of detour, spent without coming a second nearer to a goal, speaks against that goal (inverse planning with a Boltzmann-rational
walker: Baker, Saxe & Tenenbaum 2009), and now and then the body changes its mind (the forward algorithm: Rabiner 1989), so that no goal is
ever out of the question and a change is noticed at once.  How much a detour says is learned of this body: detours of the goal it goes for
are taken to be exponentially distributed, with a gamma prior on their rate (DeGroot 1970).  Who goes straight for what it wants betrays
itself by a step aside; who strolls does not.
Wrong for a body that bluffs, and for one that wants none of the goals: then the records of the experts decide.
"""

from __future__ import annotations

import math

from npc_world.core.compiled import kernel

__all__ = ["enter_goals", "filter_goals", "goal_prior", "learn_directness", "rationality"]

_CHANGE_HZ = 0.1
"""So often a body changes its mind on the way."""
_APART_S = 0.25
"""Seconds of walking whose detours are one draw: those of neighbouring frames are alike."""
_BEFORE_S = 0.5
"""Seconds of detour that what is believed of a stranger counts for."""
_LEARNED_S = 10.0
"""How directly it walks is remembered for so many seconds of walking."""
_SHARPEST_HZ = 200.0
"""Travel times are no more exact."""
_NEARNESS = 1.0
"""Goals near by are likelier: log prior per share of the mean travel time."""
_SATED = 5.0
"""How much less likely a goal is that was just reached, in log odds; fades as `arrived` does."""
_LEAST = 1e-9


@kernel
def goal_prior(remaining, arrived, out):  # type: ignore[no-untyped-def]
    """Fill out (G,) with the log probability that a body goes for each goal next; -inf for one that cannot be reached.

    remaining (G,): travel time, in any unit, inf for one that cannot be reached.  arrived (G,): 1 when it was just there, fading to 0.
    """
    out[:] = -math.inf
    mean, count = 0.0, 0
    for g in range(remaining.shape[0]):
        if remaining[g] < math.inf:
            mean += remaining[g]
            count += 1
    if count == 0:
        return
    mean = max(mean / count, 1e-9)
    for g in range(remaining.shape[0]):
        if remaining[g] < math.inf:
            out[g] = -_NEARNESS * remaining[g] / mean - _SATED * arrived[g]
    _normalise(out, remaining.shape[0])


@kernel
def rationality(directness, stranger_hz):  # type: ignore[no-untyped-def]
    """Log odds per second of detour: mean of the gamma posterior.  directness (2,): see `learn_directness`.  0 for a stranger stays 0."""
    if stranger_hz <= 0.0:
        return 0.0
    return min(_SHARPEST_HZ, (_BEFORE_S * stranger_hz + directness[0] / _APART_S) / (_BEFORE_S + directness[1]))


@kernel
def filter_goals(evidence, detours_s, prior, step_s, rate_hz):  # type: ignore[no-untyped-def]
    """One step of step_s: evidence (G,), log probabilities, after detours (G,) in s; prior (G,) of where it goes when it changes its mind."""
    change = 1.0 - math.exp(-_CHANGE_HZ * step_s)
    for g in range(evidence.shape[0]):
        share = (1.0 - change) * math.exp(evidence[g]) + change * math.exp(prior[g])
        evidence[g] = math.log(max(_LEAST, share)) - rate_hz * detours_s[g]
    _normalise(evidence, evidence.shape[0])


@kernel
def learn_directness(directness, evidence, detours_s, walked_s):  # type: ignore[no-untyped-def]
    """Add to directness (2,), seconds walked and seconds of them wasted, fading: detours count by how likely that goal is."""
    if walked_s <= 0.0:
        return
    wasted = 0.0
    for g in range(evidence.shape[0]):
        wasted += math.exp(evidence[g]) * detours_s[g]
    keep = math.exp(-walked_s / _LEARNED_S)
    directness[0] = keep * directness[0] + walked_s
    directness[1] = keep * directness[1] + wasted


@kernel
def enter_goals(evidence, prior):  # type: ignore[no-untyped-def]
    """Goals that are new, NaN in evidence (G,), come in at what they count beforehand."""
    fresh = False
    for g in range(evidence.shape[0]):
        if evidence[g] != evidence[g]:
            evidence[g] = math.log(max(_LEAST, math.exp(prior[g])))
            fresh = True
    if fresh:
        _normalise(evidence, evidence.shape[0])


@kernel
def _normalise(logs, count):  # type: ignore[no-untyped-def]
    """Bring log weights (≥ count,) to probabilities that sum to 1; -inf stays."""
    top, total = -math.inf, 0.0
    for g in range(count):
        top = max(top, logs[g])
    if top == -math.inf:
        return
    for g in range(count):
        total += math.exp(logs[g] - top)
    total = top + math.log(total)
    for g in range(count):
        logs[g] -= total
