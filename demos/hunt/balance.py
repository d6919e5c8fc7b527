"""How often the scripted player gets away: a table of levels and difficulties.

    python -m demos.hunt.balance --seeds 10 --levels harbour lake --difficulties normal
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence

from .difficulty import DIFFICULTIES
from .headless import HuntResult, run_headless
from .levels import LEVELS, RANDOM

__all__ = ["main", "row"]


def row(results: Sequence[HuntResult]) -> str:
    """Share escaped with its 95 % interval (Wilson 1927), and means over rounds: time, relics, near misses.

    >>> row([])
    'no rounds'
    """
    n = len(results)
    if n == 0:
        return "no rounds"
    share = sum(result.state == "won" for result in results) / n
    middle, width = (share + 1.92 / n) / (1 + 3.84 / n), 1.96 * math.sqrt(share * (1 - share) / n + 0.96 / n**2) / (1 + 3.84 / n)
    open_ended = sum(result.state == "playing" for result in results)
    mean = [sum(values) / n for values in zip(*((r.time_s, r.relics / r.relics_total, r.near_misses) for r in results), strict=True)]
    return (f"{100 * share:4.0f} % [{max(0.0, 100 * (middle - width)):3.0f}, {100 * (middle + width):3.0f}]   {mean[0]:5.1f} s   "
            f"{100 * mean[1]:3.0f} % relics   {mean[2]:.1f} near misses" + (f"   {open_ended} undecided" if open_ended else ""))


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m demos.hunt.balance", description="win rates of the scripted player")
    parser.add_argument("--seeds", type=int, default=10, help="rounds per level and difficulty")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--levels", nargs="*", default=[*LEVELS, RANDOM])
    parser.add_argument("--difficulties", nargs="*", default=list(DIFFICULTIES), choices=list(DIFFICULTIES))
    parser.add_argument("--seconds", type=float, default=180.0, help="longest round")
    parser.add_argument("--npc", default=None, help="preset or TOML file of the hunters")
    parser.add_argument("--rounds", action="store_true", help="print every round")
    chosen = parser.parse_args(argv)
    print(f"{'level':12} {'difficulty':10} escaped [95 %]      mean over {chosen.seeds} rounds")
    for level in chosen.levels:
        for difficulty in chosen.difficulties:
            results = []
            for seed in range(chosen.first_seed, chosen.first_seed + chosen.seeds):
                results.append(run_headless(level, seed, difficulty, chosen.seconds, npc=chosen.npc))
                if chosen.rounds:
                    print(f"  {results[-1]}", flush=True)
            print(f"{level:12} {difficulty:10} {row(results)}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
