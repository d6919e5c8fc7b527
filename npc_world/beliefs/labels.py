"""Futures in words, third person: what the mind view shows and `explain` says."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from npc_world.beliefs.hidden import Place
from npc_world.beliefs.layout import EXPERTS, GO, GO_LONG, GO_LONGEST, GO_SHORT, GO_WINDOWS_S, STOP, TURN, TURN_SLOW
from npc_world.core.terrain import Terrain

__all__ = ["NGRAM_LABEL", "SOMETHING_ELSE", "expert_labels", "goes_for", "place_label", "with_side"]

NGRAM_LABEL = "moves as it did before"
"""Of the next-move model."""
SOMETHING_ELSE = "does something else"
"""What nobody foresees."""
_PLAIN = ("stops", "keeps going", "keeps going", "keeps drifting", "keeps drifting", "keeps turning", "keeps turning", "keeps to its ways",
          "repeats its pattern", "repeats its pattern", "takes its usual way", "runs from you", "moves as most do", NGRAM_LABEL, "bounces off")


_WINDOWS_S = {STOP: 0.0, GO: 0.0, TURN: 0.0, TURN_SLOW: 0.0, **dict(zip((GO_SHORT, GO_LONG, GO_LONGEST), GO_WINDOWS_S.tolist(), strict=True))}
"""Experts that say where a standing body is: from the moment it stands, or when it has stood for as long as they look back."""


def expert_labels(goals: Sequence[str]) -> list[str]:
    """(EXPERTS + 1,) labels; goals fill the first given places, the last is what nobody foresaw."""
    labels = [*_PLAIN, *(goes_for(goal) for goal in goals)]
    return [*labels, *[""] * (EXPERTS - len(labels)), SOMETHING_ELSE]


def with_side(labels: Sequence[str], rate_rad_s: float, slow_rad_s: float, stood_s: float = 0.0) -> list[str]:
    """The labels with the turns' sides; y points down, so a positive rate turns right.

    stood_s: for how long it has been standing.  To stop, to go on and to turn are then one: it stays; a mean over longer drifts still.
    """
    out = list(labels)
    for e, rate in ((TURN, rate_rad_s), (TURN_SLOW, slow_rad_s)):
        out[e] = f"keeps turning {'right' if rate > 0.0 else 'left'}" if abs(rate) > 0.05 else "keeps going"
    if stood_s > 0.0:
        for e, window_s in _WINDOWS_S.items():
            if stood_s >= window_s:
                out[e] = "stays"
    return out


def goes_for(goal: str, past: bool = False) -> str:
    """"goes for the ruby"."""
    plain = goal if goal.startswith(("the ", "goal ")) else f"the {goal}"
    return f"{'went' if past else 'goes'} for {plain}"


def place_label(place: Place, goals: Sequence[str], points: np.ndarray, ground: Terrain) -> str:
    """"went for the ruby", "hides near the boat", "hides in the north-west"."""
    if place.goal >= 0:
        return goes_for(goals[place.goal], past=True)
    if len(goals):
        distance = np.hypot(*(points - place.point).T)
        nearest = int(np.argmin(distance))
        if distance[nearest] <= max(4.0 * ground.cell_px, 0.08 * math.hypot(*ground.size)):
            return f"hides near {goals[nearest] if goals[nearest].startswith(('the ', 'goal ')) else 'the ' + goals[nearest]}"
    across, down = place.point[0] / ground.size[0], place.point[1] / ground.size[1]
    vertical = "north" if down < 1 / 3 else "south" if down > 2 / 3 else ""
    sideways = "west" if across < 1 / 3 else "east" if across > 2 / 3 else ""
    return f"hides in the {'-'.join(part for part in (vertical, sideways) if part) or 'middle'}"

