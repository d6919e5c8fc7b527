"""`npc-world arena`: play many seeded episodes and print what each policy needs over the clairvoyant bound."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import npc_world as nw
from npc_world.agents.load import read_npc_config
from npc_world.arena.plot import plot_rows, require_matplotlib
from npc_world.arena.progress import Progress
from npc_world.arena.report import Row, Verdict, rows_of, table, verdict_table, verdicts
from npc_world.arena.scenarios import MAPS_OF, RATIOS, Class, all_classes
from npc_world.arena.teams import TeamRow, team_rows, team_table, team_verdicts
from npc_world.arena.tournament import TEAMS, Settings, cores, play, play_teams

__all__ = ["main"]

POLICIES = ("chase", "lead", "pursue", "hunter")
SETS = {"tuning": 1_000_003, "report": 2_000_003}
"""Seeds of the two sets of episodes: presets are tuned on one, figures come from the other."""
QUICK_CLASSES = [("straight", "open", 0.9), ("straight", "open", 1.1), ("zigzag", "open", 0.9), ("zigzag", "open", 1.1), ("circle", "open", 0.9),
                 ("circle", "open", 1.1), ("waypoint", "open", 0.9), ("turner", "open", 0.9), ("goals", "walls", 0.8), ("goals", "surfaces", 0.8),
                 ("goals", "doors", 0.8)]


def main(argv: list[str]) -> int:
    """Run the command; 0 when it ran (whatever the figures), 2 for wrong arguments."""
    try:
        options = _parser().parse_args(argv)
    except SystemExit as exit:  # argparse has said what is wrong
        return int(exit.code or 0)
    try:
        if options.plot is not None:
            require_matplotlib()
        if options.npc != "hunter":
            options.npc = _preset(options.npc)
        report = _teams(options) if options.team else _tournament(options)
    except nw.NpcWorldError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json is not None:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="npc-world arena", description="Headless pursuit, measured against a pursuer that knows the future.")
    parser.add_argument("--players", type=_words(tuple(MAPS_OF)), help=f"comma separated, of {', '.join(MAPS_OF)}")
    parser.add_argument("--maps", type=_words(("open", "walls", "surfaces", "doors")), help="comma separated, of open, walls, surfaces, doors")
    parser.add_argument("--ratios", type=_ratios, help=f"own speed over the player's, comma separated (default {', '.join(map(str, RATIOS))})")
    parser.add_argument("--policies", type=_words(POLICIES), default=list(POLICIES), help=f"comma separated, of {', '.join(POLICIES)}")
    parser.add_argument("--episodes", type=_count, help="per class (default 60; 12 with --quick)")
    parser.add_argument("--seed", type=int, default=0, help="other episodes of the same set (default 0)")
    parser.add_argument("--set", choices=tuple(SETS), default="report", help="tuning or report: two sets of episodes (default report)")
    parser.add_argument("--npc", default="hunter", help="preset or file that plays the hunter (default hunter)")
    parser.add_argument("--team", nargs="?", const=(2,), type=_sizes, metavar="SIZES", help="hunters alone, as strangers and as a team against an evader; 2, 3 or 2,3 of them (default 2)")
    parser.add_argument("--swap", action="store_true", help="surfaces do other than their names promise: road as mud, grass as water")
    parser.add_argument("--quick", action="store_true", help="few episodes, the classes that matter most")
    parser.add_argument("--dt", type=float, default=1 / 60, help="seconds per frame (default 1/60)")
    parser.add_argument("--processes", type=_count, default=cores(), help="processes to use (default all cores)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="draw them (needs matplotlib)")
    return parser


def _words(known: tuple[str, ...]) -> Any:
    def read(text: str) -> list[str]:
        words = [word.strip() for word in text.split(",") if word.strip()]
        unknown = [word for word in words if word not in known]
        if unknown or not words:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown) or 'nothing'}: expected some of {', '.join(known)}")
        return words
    return read


def _ratios(text: str) -> list[float]:
    values = [float(word) for word in text.split(",")]
    if not all(0.05 <= value <= 20.0 for value in values):
        raise argparse.ArgumentTypeError(f"{text}: expected numbers between 0.05 and 20")
    return values


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text}: expected at least 1")
    return value


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(sorted({int(word) for word in text.split(",")}))
    if not all(size in TEAMS for size in sizes):
        raise argparse.ArgumentTypeError(f"{text}: expected some of {', '.join(map(str, TEAMS))}")
    return sizes


def _preset(name: str) -> str | Path:
    """A file when there is one of that name, else a preset."""
    return Path(name) if name.endswith(".toml") or Path(name).is_file() else name


def _settings(options: argparse.Namespace, default: int) -> Settings:
    episodes = options.episodes if options.episodes is not None else (12 if options.quick else default)
    if not 1e-4 <= options.dt <= 0.2:
        raise nw.BadInputError(f"--dt {options.dt}: expected seconds between 0.0001 and 0.2")
    return Settings(tuple(options.policies), episodes, SETS[options.set] + options.seed, options.npc, options.dt, options.swap, options.team or (2,))


def _tournament(options: argparse.Namespace) -> dict[str, Any]:
    settings = _settings(options, 60)
    classes = all_classes(options.players, options.maps, options.ratios)
    if options.quick:
        quick = [Class(*entry) for entry in QUICK_CLASSES]
        chosen = options.players or options.maps or options.ratios
        classes = [klass for klass in quick if klass in classes] if chosen and any(k in classes for k in quick) else (classes if chosen else quick)
    if not classes:
        raise nw.BadInputError("no class of episodes fits these --players and --maps together")
    _prepare(options)
    bar = Progress(len(classes) * settings.episodes, "arena")
    outcomes = play(classes, settings, options.processes, bar.advance)
    bar.close()
    rows, found = rows_of(outcomes), verdicts(outcomes)
    print(table(rows))
    if found:
        print("\n" + verdict_table(found))
    if options.plot is not None:
        plot_rows(rows, options.plot)
    return _report(options, settings, rows, found)


def _teams(options: argparse.Namespace) -> dict[str, Any]:
    settings = _settings(options, 60)
    classes = all_classes(options.players or ["evader"], options.maps, options.ratios or [0.9])
    _prepare(options)
    bar = Progress(len(classes) * settings.episodes, "teams")
    outcomes = play_teams(classes, settings, options.processes, bar.advance)
    bar.close()
    rows, found = team_rows(outcomes), team_verdicts(outcomes)
    print(team_table(rows))
    print("\n" + verdict_table(found))
    return _report(options, settings, rows, found)


def _prepare(options: argparse.Namespace) -> None:
    """Check the preset, and compile before several processes would each do so."""
    if options.team or "hunter" in options.policies:
        read_npc_config(options.npc)
        if options.processes > 1:
            nw.warmup()


def _report(options: argparse.Namespace, settings: Settings, rows: list[Row] | list[TeamRow], found: list[Verdict]) -> dict[str, Any]:
    """What goes into the JSON file."""
    entries = [asdict(row) for row in rows]
    for entry in entries:
        if "klass" in entry:
            entry.update(entry.pop("klass"))
    return {"npc_world": nw.__version__, "set": options.set, "seed": options.seed, "episodes": settings.episodes, "dt_s": settings.dt_s,
            "npc": str(settings.preset), "swap": settings.swap, "rows": entries, "bars": [asdict(verdict) for verdict in found]}
