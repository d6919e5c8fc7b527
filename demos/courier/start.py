"""Rush Hour: its options, and whether it runs in a window, filmed without one, or measured.

    npc-world play courier [--seed 3] [--day 2] [--difficulty calm|normal|fierce] [--mute] [--fullscreen]

WASD or arrows steer · Space boost · E barrier · Q lorry · click closes a road · Tab minds · Esc pause · R the day again · H help
M mute · F3 frame times · F9 save a GIF of the last seconds · F11 full screen · F12 screenshot
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ..logs import recorded
from ..settings import Settings, load_settings
from ..starting import at_least_one, has_display, not_negative, play_in_a_window, shared_options
from .log import CourierLog
from .rules import RULES

__all__ = ["main"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="npc-world play courier", description="Rush Hour: three couriers, one tour, and the roads are yours to close.")
    parser.add_argument("--seed", type=not_negative, default=0, help="which town, and its traffic")
    parser.add_argument("--day", type=at_least_one, default=None, help="start this day of the week at once (1 to 5)")
    parser.add_argument("--difficulty", choices=list(RULES), help="default: as last time")
    shared_options(parser)
    return parser


def main(argv: Sequence[str]) -> int | str:
    """Run the game; the exit code, or the word of the game to go on with."""
    options = _parser().parse_args(argv)
    settings = load_settings()
    if options.difficulty is not None:
        settings.difficulty = options.difficulty
    if settings.difficulty not in RULES:
        settings.difficulty = "normal"
    straight, options.day = options.day is not None, options.day or 1
    if options.benchmark:
        from .film import run_benchmark

        return run_benchmark(options)
    with recorded(options, CourierLog):
        return _play(options, settings, straight)


def _play(options: argparse.Namespace, settings: Settings, straight: bool) -> int | str:
    if options.headless or not has_display():
        from .film import play_filmed

        return play_filmed(options, settings.difficulty, asked=options.headless)
    from .app import CourierApp

    def begin(app: Any) -> None:
        app.first_day = options.day
        app.begin(straight_to_play=straight)

    return play_in_a_window(options, settings, CourierApp, begin, "icons/scooter")
