"""Harbour village: lanes between houses, corners to lose a hunter round.  The first island."""

from __future__ import annotations

from ..canvas import Canvas
from ..level import Level

_START = (31, 28)
_BOAT = (31, 33)
_HUNTERS = [(35, 6), (8, 18), (52, 18), (40, 6), (20, 6)]
_RELICS = [("ruby", (13, 26)), ("idol", (31, 8)), ("mask", (49, 27)), ("crown", (31, 18)), ("pearl", (46, 9))]


def build() -> Level:
    island = Canvas(62, 44, seed=11)
    island.land(island.blob(30, 21, 26, 17.5, 0.16), beach=2.0)
    island.paint(island.blob(31, 43, 9, 9), "deep")  # the bay
    island.land(island.box(21, 30, 20, 4), beach=1.0)
    island.paint(island.box(22, 30, 18, 4), "road")  # the quay
    lanes = [
        [(9, 21), (20, 14), (31, 13), (42, 14), (51, 21)],
        [(9, 21), (19, 26), (31, 27), (43, 26), (51, 21)],
        [(20, 14), (19, 26)], [(31, 13), (31, 31)], [(42, 14), (43, 26)], [(31, 13), (30, 6)], [(13, 19), (31, 20), (49, 19)],
    ]
    for lane in lanes:
        island.paint(island.stroke(lane, 2.2), "road", on=("grass", "sand"))
    houses = [(23, 16, 3, 2), (27, 16, 3, 3), (23, 22, 4, 3), (28, 22, 2, 3), (33, 16, 4, 2), (38, 16, 3, 3), (33, 22, 3, 3), (37, 22, 4, 2),
              (14, 21, 3, 3), (15, 15, 3, 2), (45, 21, 3, 3), (45, 16, 2, 2), (24, 9, 4, 2), (34, 8, 4, 3), (39, 9, 2, 2), (24, 31, 3, 2), (36, 31, 2, 2)]
    for house in houses:
        island.house(*house)
    for hedge in [(11, 25, 1, 4), (11, 29, 4, 1), (48, 25, 1, 4), (46, 29, 3, 1), (20, 8, 1, 4), (42, 7, 1, 4), (12, 13, 4, 1), (46, 12, 4, 1)]:
        island.paint(island.box(*hedge), "hedge", on=("grass", "sand"))
    island.keep(_START, _BOAT, *_HUNTERS, *(at for _, at in _RELICS))
    island.groves("tree", 8, 1.6)
    island.scatter("tree", 0.1, on=("grass",), clear=1.0)
    return island.finish(
        "harbour", "Harbour village", "Lanes, houses, corners. Learn how they think.",
        player=_START, hunters=2, hunter_starts=_HUNTERS,
        relics=_RELICS,
        boat=_BOAT, berth=(31, 35),
    )
