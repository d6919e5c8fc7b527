"""`npc-world record [GAME] --out log.npz`: play a game, by hand or headless, and write down where everything was.

    npc-world record hunt --out log.npz --headless --seed 3        a scripted player, without a window
    npc-world record hunt --out log.npz                            you play
    npc-world record throws --out log.npz --throws 40 --seed 3     a ball thrown about a room with laws of its own, without a window
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .app import main as play
from .games import GAMES
from .starting import at_least_one, not_negative
from .throws import record_throws

__all__ = ["main"]

_OPTION = "--record"
"""Option of every game that can be recorded."""


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code; 2 for wrong arguments."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    words = ["throws", *(game.word for game in GAMES)]
    parser = argparse.ArgumentParser(prog="npc-world record", description="Play a game and write down where everything was, for `npc-world learn`.",
                                     epilog="Other options are those of the game, see npc-world play GAME --help; "
                                            "of throws: --throws N, --seed N, --noise PX, --exact.")
    parser.add_argument("game", nargs="?", choices=words, default=words[0], help="what is played (default throws: a ball in a room, headless)")
    parser.add_argument("--out", type=Path, default=Path("log.npz"), metavar="FILE", help="where the recording goes (default log.npz)")
    try:
        options, rest = parser.parse_known_args(arguments)
        if options.game == "throws":
            more = _throws_parser().parse_args(rest)
            return record_throws(options.out, more.throws, more.seed, more.noise, exact=more.exact)
    except SystemExit as exit:  # argparse has said what is wrong
        return int(exit.code or 0)
    return play([options.game, *rest, _OPTION, str(options.out)])


def _throws_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="npc-world record throws")
    parser.add_argument("--throws", type=at_least_one, default=40, metavar="N", help="throws of three seconds (default 40)")
    parser.add_argument("--seed", type=not_negative, default=0, help="which room, laws and throws (default 0)")
    parser.add_argument("--noise", type=float, default=0.0, metavar="PX", help="standard deviation of each sighting (default 0)")
    parser.add_argument("--exact", action="store_true", help="do not round sightings to whole pixels")
    return parser
