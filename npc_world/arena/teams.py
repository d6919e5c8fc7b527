"""Whether two hunters are worth more than twice one: catch rates of one, of two strangers, and of a team."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.report import Verdict
from npc_world.arena.tournament import TEAMS, Outcomes

__all__ = ["TeamRow", "team_rows", "team_table", "team_verdicts"]

Floats = NDArray[np.float64]
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One line-up in one class."""

    name: str
    lineup: str
    """"one", "two" (independent) or "team"."""
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
    """A row per class and line-up."""
    rows = []
    for klass, lineups in outcomes.items():
        for lineup in TEAMS:
            times, caught = _arrays(outcomes, klass, lineup)
            drawn = np.random.default_rng(0).integers(0, len(times), (_RESAMPLES, len(times)))
            low, high = np.quantile(seconds_per_catch(times[drawn], caught[drawn]), [0.025, 0.975])
            rows.append(TeamRow(klass.name, lineup, len(lineups[lineup]), float(caught.mean()), float(seconds_per_catch(times, caught)),
                                float(low), float(high)))
    return rows


def team_verdicts(outcomes: Outcomes) -> list[Verdict]:
    """A team of two has to need less than half the time of one: figure = team's time × 2 / one's time, below 1."""
    found = []
    for klass in outcomes:
        one, team = (_arrays(outcomes, klass, lineup) for lineup in ("one", "team"))
        figure = 2.0 * float(seconds_per_catch(*team) / seconds_per_catch(*one))
        drawn = np.random.default_rng(0).integers(0, len(one[0]), (_RESAMPLES, len(one[0])))
        many = 2.0 * seconds_per_catch(team[0][drawn], team[1][drawn]) / seconds_per_catch(one[0][drawn], one[1][drawn])
        low, high = np.quantile(many, [0.025, 0.975])
        found.append(Verdict(f"{klass.name}: team's time over half of one's", figure, 1.0, figure < 1.0, f"{low:.2f} to {high:.2f}"))
    return found


def team_table(rows: list[TeamRow]) -> str:
    """A line per class and line-up."""
    lines = [f"{'player/map/ratio':<22}{'hunters':>10}{'n':>5}{'s per catch':>13}{'95 %':>16}{'caught':>9}"]
    lines += [f"{r.name:<22}{r.lineup:>10}{r.episodes:>5}{r.seconds_per_catch:>13.1f}{f'[{r.low:.1f}, {r.high:.1f}]':>16}{100 * r.caught:>7.0f} %"
              for r in rows]
    return "\n".join(lines)


def _arrays(outcomes: Outcomes, klass: object, lineup: str) -> tuple[Floats, Floats]:
    ends = outcomes[klass][lineup]  # type: ignore[index]
    return np.array([end.time_s for end in ends]), np.array([float(end.caught) for end in ends])
