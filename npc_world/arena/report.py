"""From outcomes to figures: means with confidence intervals, the table, and the verdicts against what the hunter has to reach."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from npc_world.arena.scenarios import Class
from npc_world.arena.tournament import Outcomes

__all__ = ["Row", "Verdict", "interval", "rows_of", "table", "verdict_table", "verdicts"]

Floats = NDArray[np.float64]
_RESAMPLES = 2000
BASELINE_NAMES = ("chase", "lead", "pursue")
WORSE_BY = 1.03


@dataclass(frozen=True, slots=True)
class Row:
    """One policy in one class."""

    klass: Class
    policy: str
    episodes: int
    measure: str
    """"ratio": time to catch over the clairvoyant bound; "seconds" for players that react, for whom there is none."""
    mean: float
    low: float
    high: float
    """95 % bootstrap interval of the mean."""
    mean_time_s: float
    mean_bound_s: float | None
    caught: float
    """Share of the (catchable) episodes."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One bar: what was asked, what was measured."""

    name: str
    figure: float
    bar: float
    passed: bool
    note: str = ""


def rows_of(outcomes: Outcomes) -> list[Row]:
    """One row per class and policy, in the order played."""
    rows = []
    for klass, policies in outcomes.items():
        for policy, ends in policies.items():
            times = np.array([end.time_s for end in ends])
            bounds = [end.bound_s for end in ends if end.bound_s is not None]
            values = measures(outcomes, klass, policy)
            low, high = interval(values, klass.name)
            rows.append(Row(klass, policy, len(ends), "ratio" if bounds else "seconds", float(values.mean()), low, high, float(times.mean()),
                            float(np.mean(bounds)) if bounds else None, float(np.mean([end.caught for end in ends]))))
    return rows


def measures(outcomes: Outcomes, klass: Class, policy: str) -> Floats:
    """(n,) time over bound of each episode, or seconds where there is no bound."""
    return np.array([end.time_s if end.ratio is None else end.ratio for end in outcomes[klass][policy]])


def interval(values: Floats, name: str, over: Floats | None = None) -> tuple[float, float]:
    """95 % bootstrap interval of mean(values), or of mean(values) / mean(over) with the same episodes drawn for both.

    Resampling is seeded by `name`: the same values give the same interval.
    """
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    drawn = rng.integers(0, len(values), (_RESAMPLES, len(values)))
    means = values[drawn].mean(axis=1)
    if over is not None:
        means = means / over[drawn].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def verdicts(outcomes: Outcomes) -> list[Verdict]:
    """The bars that the classes played can decide."""
    found = []
    for klass, policies in outcomes.items():
        if "hunter" not in policies:
            continue
        bar = ratio_bar(klass)
        values = measures(outcomes, klass, "hunter")
        if bar is not None:
            low, high = interval(values, klass.name)
            found.append(Verdict(f"{klass.name}: time over bound", float(values.mean()), bar, bool(values.mean() <= bar), f"{low:.2f} to {high:.2f}"))
        if klass.map == "open" and klass.ratio == 0.9:
            share = float(np.mean([end.caught for end in policies["hunter"]]))
            found.append(Verdict(f"{klass.name}: share caught", share, 0.95, share >= 0.95))
        rivals = {name: measures(outcomes, klass, name) for name in BASELINE_NAMES if name in policies}
        if rivals:
            best = min(rivals, key=lambda name: float(rivals[name].mean()))
            figure = float(values.mean() / rivals[best].mean())
            low, high = interval(values, klass.name, rivals[best])
            found.append(Verdict(f"{klass.name}: over the best baseline", figure, WORSE_BY, figure <= WORSE_BY, f"{best}; {low:.2f} to {high:.2f}"))
    return found


def ratio_bar(klass: Class) -> float | None:
    """What the hunter's mean time over the bound may be at most, where something is asked."""
    if klass.map == "open" and klass.ratio == 1.1:
        return 1.10 if klass.player == "straight" else 1.20
    if klass.map == "open" and klass.ratio == 0.9:
        return 1.45 if klass.player in ("circle", "turner") else 1.25
    if klass.player == "goals" and klass.ratio == 0.8:
        return 1.35
    return None


def table(rows: list[Row]) -> str:
    """The table: a line per class, mean [95 % interval] and share caught per policy."""
    policies = list(dict.fromkeys(row.policy for row in rows))
    lines = [f"{'player/map/ratio':<22}{'n':>5}{'bound s':>9}" + "".join(f"{policy:>27}" for policy in policies)]
    for klass in dict.fromkeys(row.klass for row in rows):
        of_class = {row.policy: row for row in rows if row.klass == klass}
        first = next(iter(of_class.values()))
        bound = "-" if first.mean_bound_s is None else f"{first.mean_bound_s:.2f}"
        lines.append(f"{klass.name:<22}{first.episodes:>5}{bound:>9}" + "".join(_entry(of_class[policy]) for policy in policies))
    lines.append("mean time to catch over the clairvoyant bound (s: seconds, where the player reacts), 95 % bootstrap interval, share caught;")
    lines.append("what is not caught counts as caught at the limit: 3 times the bound or 10 s after it, the later; 60 s where the player reacts")
    return "\n".join(lines)


def _entry(row: Row) -> str:
    unit, digits = ("s", 1) if row.measure == "seconds" else ("", 2)
    return f"{row.mean:.{digits}f}{unit} [{row.low:.{digits}f}, {row.high:.{digits}f}] {100 * row.caught:.0f} %".rjust(27)


def verdict_table(found: list[Verdict]) -> str:
    """A line per bar."""
    lines = [f"{'pass' if v.passed else 'FAIL'}  {v.name:<48} {v.figure:6.3f}  bar {v.bar:.2f}  {v.note}".rstrip() for v in found]
    return "\n".join([*lines, f"{sum(v.passed for v in found)} of {len(found)} bars reached"])
