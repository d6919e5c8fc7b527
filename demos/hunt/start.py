"""Second Guess: its options, and whether it runs in a window, filmed without one, or measured.

    npc-world play [hunt] [--level lake] [--seed 3] [--difficulty calm|normal|fierce] [--npc my.toml] [--mute] [--fullscreen]

WASD or arrows run · Space dash · Q smoke · E lever · Tab mind view · Esc pause · R again · H help · M mute
F3 frame times · F9 save a GIF of the last seconds · F11 full screen · F12 screenshot
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..game import App
from ..games import GAMES
from ..logs import recorded
from ..settings import Settings, load_settings
from ..starting import at_least_one, has_display, not_negative, play_in_a_window, shared_options
from .difficulty import DIFFICULTIES
from .levels import LEVELS, RANDOM, make_level
from .log import HuntLog

__all__ = ["main"]


def _parser() -> argparse.ArgumentParser:
    others = [game.word for game in GAMES[1:]]
    more = f"  Other games: npc-world play {' or '.join(others)}, each with options of its own." if others else ""
    parser = argparse.ArgumentParser(prog="npc-world play",
                                     description=f"Second Guess: take the relics, reach the boat, be where they do not expect you.{more}")
    parser.add_argument("--level", choices=[*LEVELS, RANDOM, *map(str, range(1, len(LEVELS) + 1))], help="start on this island at once")
    parser.add_argument("--seed", type=not_negative, default=0, help="dice of the hunters, and which random island")
    parser.add_argument("--difficulty", choices=list(DIFFICULTIES), help="default: as last time")
    parser.add_argument("--npc", metavar="FILE", help="hunters from your own TOML file, or a preset; edits count while you play")
    shared_options(parser)
    parser.add_argument("--hunters", type=at_least_one, metavar="N", default=20, help="how many hunt in the benchmark (default 20)")
    return parser


def main(argv: Sequence[str]) -> int | str:
    """Run the game; the exit code, or the word of the game to go on with.

    Raises `nw.ConfigError` when the --npc file is wrong at the start.
    """
    options = _parser().parse_args(argv)
    if options.npc is not None:
        from npc_world.agents.load import read_npc_config

        options.npc = Path(options.npc) if Path(options.npc).is_file() else options.npc
        read_npc_config(options.npc)
    settings = load_settings()
    if options.difficulty is not None:
        settings.difficulty = options.difficulty
    if settings.difficulty not in DIFFICULTIES:
        settings.difficulty = "normal"
    if options.level is not None:
        settings.level = make_level(options.level, options.seed).name if options.level != RANDOM else RANDOM
    if settings.level not in (*LEVELS, RANDOM):
        settings.level = LEVELS[0]
    if options.benchmark:
        from ..benchmark import run_benchmark

        return run_benchmark(settings.level, options)
    with recorded(options, HuntLog):
        return _play(options, settings)


def _play(options: argparse.Namespace, settings: Settings) -> int | str:
    if options.headless or not has_display():
        from ..film import play_filmed

        return play_filmed(settings.level, options, settings.difficulty, asked=options.headless)

    def begin(app: Any) -> None:
        app.begin(straight_to_play=options.level is not None)

    return play_in_a_window(options, settings, App, begin)
