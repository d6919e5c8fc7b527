"""`npc-world play [GAME] …`: the word chooses the game, which reads the rest; without one it is the hunt.

A game that was chosen in another's menu goes on when that one has closed.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from .games import GAMES, game_of

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Play; returns the exit code, 2 when there is no such game."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    word = arguments.pop(0) if arguments and not arguments[0].startswith("-") else GAMES[0].word
    outcome: int | str = word
    while isinstance(outcome, str):
        game = game_of(outcome)
        if game is None:
            print(f"npc-world play: no game {outcome!r}; there is {', '.join(game.word for game in GAMES)}", file=sys.stderr)
            return 2
        outcome = importlib.import_module(game.module, __package__).main(arguments) or 0
        arguments = []
    return outcome


if __name__ == "__main__":
    sys.exit(main())
