"""The games of the family.  A new one adds its line here and is found by the command and by the menus."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GAMES", "Game", "game_of"]


@dataclass(frozen=True, slots=True)
class Game:
    """A game, and the module that plays it."""

    word: str
    """What starts it: `npc-world play WORD`."""
    title: str
    about: str
    """One line for the menu."""
    module: str
    """Below this package; its `main(argv)` returns the exit code, or the word of another game that was chosen in its menu."""
    icon: str
    """Picture for the menu, such as "icons/hood"."""


GAMES = (
    Game("hunt", "Second Guess", "Take the relics, reach the boat, be where the hunters do not expect you.", ".hunt.start", "icons/hood"),
    Game("keeper", "Safe Hands", "Throw balls past a keeper that learns how they fly.", ".keeper.start", "icons/keeper"),
    Game("courier", "Rush Hour", "Three couriers, one tour: know the town, close the roads, be there first.", ".courier.start", "icons/scooter"),
)
"""The first is played when no word is given."""


def game_of(word: str) -> Game | None:
    return next((game for game in GAMES if game.word == word), None)
