"""Whether hunters together are worth more than as many alone: catch rates of one, of strangers, and of a team."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.report import Verdict
from npc_world.arena.tournament import STANDING, TEAMS, Outcomes

__all__ = ["TeamRow", "team_rows", "team_table", "team_verdicts"]

Floats = NDArray[np.float64]
_RESAMPLES = 2000
_ALONE = ("one", "second", "third")
"""Labels of one hunter alone, by where it starts."""


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One line-up in one class."""

    name: str
    lineup: str
    """"one", "two" and "three" (strangers), "team", "team of 3", "2 apart", "2, it stands" …"""
    episodes: int
    caught: float
    seconds_per_catch: float
    """All time played over all catches: the mean time to catch, fair to episodes cut off at the limit."""
    low: float
    high: float


def seconds_per_catch(times_s: Floats, caught: Floats) -> Floats:
    """Total time over number of catches along the last axis; half a catch is counted where there was none."""
    return np.asarray(times_s.sum(axis=-1) / np.maximum(caught.sum(axis=-1), 0.5))


def team_rows(outcomes: Outcomes) -> list[TeamRow]:
    """A row per class and line-up, and one for hunters that hunt apart, each a player of its own: the first catch counts."""
    rows = []
    for klass, lineups in outcomes.items():
        played = {label: _arrays(outcomes, klass, label) for label in lineups if label == "one" or label not in _ALONE}
        for size, alone in _alone(lineups):
            played[f"{size} apart"] = _soonest([_arrays(outcomes, klass, label) for label in alone])
        for label, (times, caught) in played.items():
            drawn = np.random.default_rng(0).integers(0, len(times), (_RESAMPLES, len(times)))
            low, high = np.quantile(seconds_per_catch(times[drawn], caught[drawn]), [0.025, 0.975])
            rows.append(TeamRow(klass.name, label, len(times), float(caught.mean()), float(seconds_per_catch(times, caught)), float(low), float(high)))
    return rows


def team_verdicts(outcomes: Outcomes) -> list[Verdict]:
    """A team of n has to need less than an nth of the time of one: figure = team's time × n / one's time, below 1.

    Much of that time is the way to where the player starts, and n hunters do not walk it in an nth of the time: the note says what the
    same figure were for a player that stands still.  Beside it the team's time over that of as many who hunt apart, until the first of
    them has caught: what n independent hunters reach.
    """
    found = []
    for klass, lineups in outcomes.items():
        for size, label in ((size, label) for size, lineup in TEAMS.items() for label in lineup if lineup[label].team and label in lineups):
            one, team = (_arrays(outcomes, klass, each) for each in ("one", label))
            share = "half" if size == 2 else "a third"
            over = _verdict(f"{klass.name}: {label}'s time over {share} of one's", team, one, float(size))
            if STANDING[size] in lineups:
                stands = size * float(seconds_per_catch(*_arrays(outcomes, klass, STANDING[size])) / seconds_per_catch(*one))
                over = replace(over, note=f"{over.note}; {stands:.2f} if the player stood still")
            found.append(over)
            found += [_verdict(f"{klass.name}: {label}'s time over that of {size} apart", team, _soonest([_arrays(outcomes, klass, each) for each in alone]), 1.0)
                      for of, alone in _alone(lineups) if of == size]
    return found


def _verdict(name: str, team: tuple[Floats, Floats], other: tuple[Floats, Floats], scale: float) -> Verdict:
    figure = scale * float(seconds_per_catch(*team) / seconds_per_catch(*other))
    drawn = np.random.default_rng(0).integers(0, len(other[0]), (_RESAMPLES, len(other[0])))
    many = scale * seconds_per_catch(team[0][drawn], team[1][drawn]) / seconds_per_catch(other[0][drawn], other[1][drawn])
    low, high = np.quantile(many, [0.025, 0.975])
    return Verdict(name, figure, 1.0, figure < 1.0, f"{low:.2f} to {high:.2f}")


def _alone(lineups: Collection[str]) -> list[tuple[int, tuple[str, ...]]]:
    """Size and labels of the hunters alone, for each size of which all were played."""
    return [(size, labels) for size, labels in ((2, _ALONE[:2]), (3, _ALONE)) if all(label in lineups for label in labels)
            and any(label in lineups for label, lineup in TEAMS[size].items() if lineup.team)]


def _soonest(alone: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """(n,) times and catches when the first catch of those ends the episode."""
    times, caught = (np.array(part) for part in zip(*alone, strict=True))
    return times.min(axis=0), caught.max(axis=0)


def team_table(rows: list[TeamRow]) -> str:
    """A line per class and line-up."""
    lines = [f"{'player/map/ratio':<22}{'hunters':>13}{'n':>5}{'s per catch':>13}{'95 %':>16}{'caught':>9}"]
    lines += [f"{r.name:<22}{r.lineup:>13}{r.episodes:>5}{r.seconds_per_catch:>13.1f}{f'[{r.low:.1f}, {r.high:.1f}]':>16}{100 * r.caught:>7.0f} %"
              for r in rows]
    return "\n".join(lines)


def _arrays(outcomes: Outcomes, klass: object, lineup: str) -> tuple[Floats, Floats]:
    ends = outcomes[klass][lineup]  # type: ignore[index]
    return np.array([end.time_s for end in ends]), np.array([float(end.caught) for end in ends])
