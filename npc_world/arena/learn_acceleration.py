"""How fast a recorded body may change its velocity, when nobody has said: told by what it did against what it was asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.learn_surfaces import SurfaceFound, learn_surfaces, stretches_of
from npc_world.learning.recording import Recording
from npc_world.models.surfaces import DEFAULT_SURFACES, UNKNOWN

__all__ = ["found_acceleration"]

Floats = NDArray[np.float64]
_FRAMES = 20_000
"""So much of the recordings decides."""
_SPAN_S = 0.08
"""Velocities are read over so long: whole pixels allow no less."""
_WANTED = 0.3
"""Share of top speed by which a wish must differ from the velocity: then the body does what it can."""
_SELDOM = 0.9
_ROUNDS, _SETTLED = 4, 0.03
_CLEARLY = 0.9
"""So much less must be missed with a limit than without before there is one."""


def found_acceleration(recordings: Sequence[Recording], body: str, top_speed_px_s: float, seed: int = 0) -> float:
    """px/s², or 0 when the body is foreseen as well as one that obeys at once.

    Grip is a share of this limit, so the two are told apart only by names: the limit is what makes the grips found agree with those the
    names of the firmest surfaces promise (1 where they promise nothing).  Wrong by a factor where these are other than their names say.
    """
    without = learn_surfaces(recordings, body, top_speed_px_s, 0.0, seed, _FRAMES)
    limit = _reached(recordings, body, top_speed_px_s)
    if not without or limit <= 0.0:
        return 0.0
    within = learn_surfaces(recordings, body, top_speed_px_s, limit, seed, _FRAMES)
    for _ in range(_ROUNDS):
        share = _share(within)
        if abs(math.log(share)) < _SETTLED:
            break
        limit *= share
        within = learn_surfaces(recordings, body, top_speed_px_s, limit, seed, _FRAMES)
    return limit if _missed(within) < _CLEARLY * _missed(without) else 0.0


def _reached(recordings: Sequence[Recording], body: str, top_speed: float) -> float:
    """An acceleration, px/s², that is seldom surpassed while the body wants another velocity; 0 when it never does for long enough."""
    seen: list[float] = []
    frames = 0
    for recording in recordings:
        for stretch in stretches_of(recording, body):
            frames += len(stretch.times_s)
            t, at, wish = stretch.times_s, stretch.positions_px, stretch.commanded_px_s
            step = max(1, round(_SPAN_S / float(np.median(np.diff(t))))) if len(t) > 1 else len(t)
            if len(t) > 2 * step:
                velocity = (at[step:] - at[:-step]) / (t[step:] - t[:-step])[:, None]
                change = np.linalg.norm(velocity[step:] - velocity[:-step], axis=1) / (t[step:-step] - t[: -2 * step])
                off = np.linalg.norm(wish[step:-step] - velocity[step:], axis=1)
                seen += change[off > _WANTED * top_speed].tolist()
            if frames > _FRAMES:
                break
    return float(np.quantile(seen, _SELDOM)) if len(seen) > 20 else 0.0


def _share(found: dict[str, SurfaceFound]) -> float:
    """Grip found over grip promised, of the surfaces whose grip was felt and that promise most: the median by time."""
    promised = {name: DEFAULT_SURFACES.get(name, UNKNOWN).grip for name in found}
    felt = [(math.log(one.surface.grip / promised[name]), one.seconds, promised[name]) for name, one in found.items()
            if one.surface.grip_sd < 0.3 * one.surface.grip]
    firm = max((grip for _, _, grip in felt), default=0.0)  # how slippery ice is, its name does not say well
    felt = [one for one in felt if one[2] == firm]
    if not felt:
        return 1.0
    felt.sort()
    total = np.cumsum([seconds for _, seconds, _ in felt])
    return math.exp(felt[int(np.searchsorted(total, 0.5 * total[-1]))][0])


def _missed(found: dict[str, SurfaceFound]) -> float:
    """Error of what was held out, over all surfaces; inf where nothing was."""
    weights = [one.held_out for one in found.values()]
    return float(np.average([one.error if one.held_out else 0.0 for one in found.values()], weights=weights)) if sum(weights) else math.inf
