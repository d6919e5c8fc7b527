"""Safe Hands: its options, and whether it runs in a window, filmed without one, or measured.

    npc-world play keeper [--seed 3] [--difficulty calm|normal|fierce] [--mute] [--fullscreen]

Mouse aims, its button held builds up power · arrows and Space do the same · 1 2 3 throw, kick, roll · Tab mind view · Esc pause
R again · H help · M mute · F3 frame times · F9 save a GIF of the last seconds · F11 full screen · F12 screenshot
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ..logs import recorded
from ..settings import Settings, load_settings
from ..starting import has_display, not_negative, play_in_a_window, shared_options
from .app import KeeperApp
from .difficulty import DIFFICULTIES
from .log import KeeperLog

__all__ = ["main"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="npc-world play keeper", description="Safe Hands: throw balls past a keeper that learns how they fly.")
    parser.add_argument("--seed", type=not_negative, default=0, help="dice of the keeper, and of the scripted thrower")
    parser.add_argument("--difficulty", choices=list(DIFFICULTIES), help="default: as last time")
    parser.add_argument("--play", action="store_true", help="start a match at once")
    shared_options(parser)
    return parser


def main(argv: Sequence[str]) -> int | str:
    """Run the game; the exit code, or the word of the game to go on with."""
    options = _parser().parse_args(argv)
    settings = load_settings()
    if options.difficulty is not None:
        settings.difficulty = options.difficulty
    if settings.difficulty not in DIFFICULTIES:
        settings.difficulty = "normal"
    if options.benchmark:
        from .measured import run_benchmark

        return run_benchmark(options, settings.difficulty)
    with recorded(options, KeeperLog):
        return _play(options, settings)


def _play(options: argparse.Namespace, settings: Settings) -> int | str:
    if options.headless or not has_display():
        from .film import play_filmed

        return play_filmed(options, settings.difficulty, asked=options.headless)

    def begin(app: Any) -> None:
        app.begin(straight_to_play=options.play)

    return play_in_a_window(options, settings, KeeperApp, begin, "icons/keeper")
