"""Frozen lake: ice carries you on whether you like it or not, and carries the hunters too."""

from __future__ import annotations

from ..canvas import Canvas
from ..level import Level

_START = (11, 24)
_BOAT = (6, 25)
_HUNTERS = [(54, 21), (45, 39), (47, 9), (34, 42), (28, 7)]
_RELICS = [("ruby", (16, 11)), ("mask", (33, 21)), ("idol", (42, 28)), ("chalice", (53, 14)), ("crown", (19, 38)), ("pearl", (50, 38))]


def build() -> Level:
    island = Canvas(66, 48, seed=23)
    island.land(island.blob(33, 24, 28.5, 20, 0.14), beach=1.5)
    lake = island.blob(33, 24, 18, 12, 0.2)
    island.paint(lake, "ice")
    for islet in [(33, 24, 4.5, 3.2), (24, 20, 2.2, 2), (42, 28, 2.4, 2)]:
        island.paint(island.blob(*islet, 0.1), "grass")
    island.paint(island.box(32, 23, 3, 2), "rock")
    for rock in [(27, 26, 2, 1), (39, 21, 2, 2), (33, 16, 1, 2), (32, 31, 2, 1), (21, 25, 1, 2), (45, 23, 1, 2), (29, 18, 1, 1), (38, 29, 1, 1)]:
        island.paint(island.box(*rock), "rock")
    island.paint(island.stroke([(12, 24), (17, 12), (33, 8), (49, 12), (54, 24), (49, 36), (33, 40), (17, 36), (12, 24)], 1.8), "road", on=("grass",))
    for house in [(9, 20, 3, 2), (55, 27, 3, 2), (30, 5, 3, 2), (36, 42, 3, 1)]:
        island.house(*house)
    for copse in [(15, 16), (51, 17), (16, 33), (50, 32), (40, 8), (24, 40)]:
        island.paint(island.blob(*copse, 1.6, 1.2, 0.2), "tree", on=("grass",))
    island.keep(_START, _BOAT, *_HUNTERS, *(at for _, at in _RELICS))
    island.groves("tree", 10, 1.2)
    island.scatter("tree", 0.16, on=("grass",), clear=1.0)
    return island.finish(
        "lake", "Frozen lake", "On ice you cannot turn on a coin. Neither can they.",
        player=_START, hunters=2, hunter_starts=_HUNTERS,
        relics=_RELICS,
        boat=_BOAT, berth=(4, 25),
    )
