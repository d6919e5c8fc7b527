"""Who wins: scripted players of three kinds against the rivals, by day of the week.

    python -m demos.courier.balance --towns 6 --difficulties normal
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from .headless import CourierResult, run_week
from .rules import RULES
from .scripted import PLAYERS
from .town import DAYS, Town

__all__ = ["main", "row"]


def row(results: Sequence[CourierResult]) -> str:
    """Share of days won with its 95 % interval (Wilson 1927), mean times, and how often the arrival fell into the promised interval.

    >>> row([])
    'no days'
    """
    n = len(results)
    if n == 0:
        return "no days"
    share = sum(result.places["you"] == 1 for result in results) / n
    middle, width = (share + 1.92 / n) / (1 + 3.84 / n), 1.96 * math.sqrt(share * (1 - share) / n + 0.96 / n**2) / (1 + 3.84 / n)
    trips = [promise for result in results for promise in result.promises]
    kept = sum(low <= actual <= high for _, low, high, actual in trips) / max(1, len(trips))
    means = "   ".join(f"{who} {sum(r.seconds[who] for r in results) / n:5.1f} s" for who in results[0].places)
    ahead = sum(result.places["Atlas"] < result.places["Quill"] for result in results) / n
    return (f"{100 * share:4.0f} % [{100 * (middle - width):3.0f}, {100 * (middle + width):3.0f}]   {means}   "
            f"Atlas before Quill {100 * ahead:3.0f} %   promises kept {100 * kept:3.0f} %")


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m demos.courier.balance", description="how often scripted couriers win")
    parser.add_argument("--towns", type=int, default=4, help="weeks, each in a town of its own")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--players", nargs="*", default=list(PLAYERS), choices=list(PLAYERS))
    parser.add_argument("--difficulties", nargs="*", default=["normal"], choices=list(RULES))
    parser.add_argument("--by-day", action="store_true", help="a line for each day of the week")
    parser.add_argument("--json", type=Path, help="write every day there")
    chosen = parser.parse_args(argv)
    kept: list[CourierResult] = []
    print(f"{'player':10} {'difficulty':10} won [95 %]          mean over {chosen.towns} weeks of {DAYS} days", flush=True)
    for difficulty in chosen.difficulties:
        for player in chosen.players:
            results: list[CourierResult] = []
            for seed in range(chosen.first_seed, chosen.first_seed + chosen.towns):
                results += run_week(Town(seed), player, difficulty)
                if sys.stderr.isatty():
                    print(f"\r{seed - chosen.first_seed + 1} of {chosen.towns} towns", end="\r", file=sys.stderr, flush=True)
            print(f"{player:10} {difficulty:10} {row(results)}", flush=True)
            for day in range(1, DAYS + 1) if chosen.by_day else ():
                print(f"  day {day}              {row([r for r in results if r.day == day])}")
            kept += results
    if chosen.json is not None:
        chosen.json.write_text(json.dumps([{"player": r.player, "seed": r.seed, "day": r.day, "places": r.places, "seconds": r.seconds, "done": r.done}
                                           for r in kept], indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
