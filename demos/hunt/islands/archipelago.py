"""Archipelago: islets joined by bridges that fall behind you, and by fords where the current has a say."""

from __future__ import annotations

import numpy as np

from ..canvas import Canvas
from ..level import Level

_START = (8, 45)
_BOAT = (13, 51)
_HUNTERS = [(66, 10), (40, 7), (74, 40), (60, 17), (66, 50)]
_RELICS = [("ruby", (12, 9)), ("idol", (38, 26)), ("mask", (45, 54)), ("crown", (68, 18)), ("chalice", (75, 43)), ("pearl", (35, 8))]
_ISLETS = [(14, 14, 10, 8), (14, 44, 10, 9), (38, 30, 10, 9), (40, 9, 9, 6), (41, 52, 10, 6), (66, 15, 11, 9), (68, 44, 12, 10)]


def build() -> Level:
    island = Canvas(86, 62, seed=53)
    for islet in _ISLETS:
        island.land(island.blob(*islet, 0.12), beach=1.3)
    fords = [([(14, 20), (14, 38)], 3.4), ([(40, 14), (39, 23)], 3.2), ([(39, 37), (40, 48)], 3.2), ([(67, 22), (68, 36)], 3.4)]
    for points, width in fords:
        island.river(points, width, 0.0, on=("deep", "water"))
    island.flow(island.box(9, 20, 10, 20), 1.0, 0.0, 0.25)
    island.flow(island.box(34, 14, 10, 10), 1.0, 0.0, 0.25)
    island.flow(island.box(34, 37, 10, 12), -1.0, 0.0, 0.25)
    island.flow(island.box(62, 22, 12, 15), -1.0, 0.0, 0.25)
    for bridge in [(27, 13), (27, 37), (52, 10), (50, 22), (54, 37), (54, 50), (27, 50)]:
        _span(island, *bridge)
    for grove in [(10, 11, 2, 1.5), (18, 46, 2, 1.5), (70, 12, 2, 1.6), (64, 47, 2, 1.6), (38, 28, 1.6, 1.2)]:
        island.paint(island.blob(*grove, 0.2), "tree", on=("grass",))
    for ice in [(66, 18, 6, 4)]:
        island.paint(island.blob(*ice, 0.2), "ice", on=("grass",))
    island.paint(island.blob(70, 42, 5, 4, 0.2), "mud", on=("grass",))
    for house in [(12, 17, 2, 2), (42, 32, 3, 2), (34, 33, 2, 2), (73, 47, 3, 2), (42, 53, 2, 2), (12, 41, 2, 2)]:
        island.house(*house)
    island.keep(_START, _BOAT, *_HUNTERS, *(at for _, at in _RELICS))
    island.groves("tree", 10, 1.2)
    island.scatter("tree", 0.12, on=("grass",), clear=1.0)
    island.scatter("rock", 0.06, on=("sand",), clear=1.0)
    return island.finish(
        "archipelago", "Archipelago", "The bridges fall behind you. Count on it.",
        player=_START, hunters=3, hunter_starts=_HUNTERS,
        relics=_RELICS,
        boat=_BOAT, berth=(13, 55),
    )


def _span(island: Canvas, x: int, y: int) -> None:
    """Planks over two rows of water, from shore to shore through column x."""
    water = np.asarray(island.kind("deep", "water")[y:y + 2].any(axis=0))
    first = last = x
    while water[first - 1]:
        first -= 1
    while water[last + 1]:
        last += 1
    island.bridge(first, y, last - first + 1, 2)
