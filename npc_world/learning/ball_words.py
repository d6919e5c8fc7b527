"""What a watcher would say of the ball: that it knows it, what it does not know yet, what has changed, that it is at a loss."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from npc_world.core.records import Explanation
from npc_world.learning.ball_change import Change
from npc_world.learning.ball_knowledge import BallKnowledge
from npc_world.models.ball_field import NO_FIELD, ForceField

__all__ = ["explain_ball"]

_FRESH = 3
"""So many throws after a change it is still news."""


def explain_ball(known: BallKnowledge, surprise: float, doubt: float, change: Change | None, since: int, throws: int,
                 names: Sequence[str], field: ForceField = NO_FIELD) -> Explanation:
    """One sentence and its numbers.  since: throws learned after `change`; names: of the materials, in their order; field: what
    was learned beside the laws."""
    described = known.laws.describe(known.belief.z, known.belief.covariance)
    numbers = {"surprise": surprise, "throws": float(throws), "misfit": known.misfit}
    for name, (value, deviation) in described.items():
        numbers[name], numbers[f"{name}_sd"] = value, deviation
    if surprise <= doubt and len(field.nodes):
        place, push, swirl = _strongest(field)
        numbers |= {"push_x_px": place[0], "push_y_px": place[1], "push_px_s2": push, "swirl_per_s": swirl}
        where = f"near ({place[0]:.0f}, {place[1]:.0f}) by {push:.0f} a second squared" if push > 0.0 else "the more the faster it flies"
        return Explanation(f"Something beside the laws that I know pushes this ball {where}: I have learned to reckon with it.", numbers)
    return Explanation(_sentence(known, surprise, doubt, change, since, throws, names), numbers, tuple(_unknown(known, names)))


def _strongest(field: ForceField) -> tuple[tuple[float, float], float, float]:
    """Where the push is largest, how large, px/s², and the largest acceleration per velocity, 1/s."""
    mean = field.mean()
    sizes = np.hypot(mean.nodes[0, :, :, 0], mean.nodes[0, :, :, 1])
    row, column = (int(v) for v in np.unravel_index(int(np.argmax(sizes)), sizes.shape))
    place = (float(field.frame[0] + column / field.frame[2]), float(field.frame[1] + row / field.frame[2]))
    return place, float(sizes[row, column]), float(np.linalg.norm(mean.swirl[0], 2))


def _sentence(known: BallKnowledge, surprise: float, doubt: float, change: Change | None, since: int, throws: int,
              names: Sequence[str]) -> str:
    if not known.learned:
        return "I have not seen this ball fly yet: I expect anything."
    if surprise > doubt:
        return f"This ball does not do what I expect (off by {surprise:.1f} times what I can see): I trust only what it does now."
    if change is not None and since < _FRESH:
        if not change.explained:
            x, y = change.place_px or (0.0, 0.0)
            return f"Something that I do not know moved the ball near ({x:.0f}, {y:.0f}): I am less sure of everything."
        return f"Something has changed: {_changes(change, names)}."
    unknown = _unknown(known, names)
    told = f"I know this ball from {throws} throw{'s' if throws != 1 else ''}" if throws else "I was told how this ball moves"
    return f"{told}; I am not sure of {_listed(unknown[:3])}." if unknown else f"{told}, and it does what I expect."


def _changes(change: Change, names: Sequence[str]) -> str:
    """The changes that are sure, the largest in deviations first; gravity as one thing."""
    told: list[tuple[float, str]] = []
    for name, (after, deviation) in change.after.items():
        before, doubted = change.before[name]
        size = abs(after - before) / max((deviation**2 + doubted**2) ** 0.5, 1e-12)
        if size > 3.0 and not (name.startswith("gravity_x") and abs(after - before) < 1.0):
            told.append((size, f"{_in_words(name, names)} is {_number(after)}, it was {_number(before)}"))
    return _listed([words for _, words in sorted(told, reverse=True)[:3]]) or "nothing that I could name"


def _unknown(known: BallKnowledge, names: Sequence[str]) -> list[str]:
    """The constants of which little more is known than before anything was seen."""
    described = known.laws.describe(known.belief.z, known.belief.covariance)
    _mean, deviation = known.laws.prior()
    prior = iter(deviation.tolist())
    found = []
    for (name, (_value, sd)), free in zip(described.items(), known.laws.free, strict=True):
        width = next(prior) if free else 0.0
        if free and name.startswith(("restitution", "friction")) and sd > 0.4 * width:
            found.append(_in_words(name, names))
    return found


def _in_words(name: str, names: Sequence[str]) -> str:
    kind, _, number = name.partition("_")
    if kind in ("restitution", "friction"):
        m = int(number)
        surface = names[m] if m < len(names) else f"material {m}"
        return f"the bounce off {surface}" if kind == "restitution" else f"the friction of {surface}"
    return {"gravity_y_px_s2": "gravity", "gravity_x_px_s2": "the pull sideways", "damping": "the share of speed it keeps per second",
            "inertia": "how hard it is to spin"}[name]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1] if words else ""


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.2g}"
