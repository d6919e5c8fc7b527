"""Marsh: streams push, mud holds, reeds hide you."""

from __future__ import annotations

from ..canvas import Canvas
from ..level import Level

_START = (8, 24)
_BOAT = (37, 47)
_HUNTERS = [(60, 14), (60, 38), (40, 44), (44, 10), (64, 26)]
_RELICS = [("ruby", (21, 13)), ("idol", (44, 12)), ("mask", (29, 38)), ("chalice", (58, 34)), ("pearl", (40, 27))]


def build() -> Level:
    island = Canvas(74, 52, seed=37)
    island.land(island.blob(37, 26, 33, 22.5, 0.12), beach=1.5)
    for bog in [(20, 16, 6, 4), (28, 36, 7, 4), (50, 14, 7, 4.5), (56, 34, 6, 5), (40, 27, 5, 3.5), (14, 30, 4, 4)]:
        island.paint(island.blob(*bog, 0.25), "mud", on=("grass",))
    island.river([(34, 1), (33, 12), (27, 20), (25, 30), (20, 40), (18, 51)], 4.2, 0.3, on=("grass", "mud", "sand", "deep", "water"))
    island.river([(73, 22), (58, 24), (46, 21), (36, 26), (26, 25)], 3.6, 0.3, on=("grass", "mud", "sand", "deep", "water"))
    island.river([(47, 22), (46, 34), (50, 44), (52, 51)], 3.2, 0.3, on=("grass", "mud", "sand", "deep"))
    for x, y in [(1, 1), (34, 0), (18, 51), (73, 22), (52, 51)]:
        island.paint(island.blob(x, y, 4, 3), "deep", on=("water",))
    for reeds in [(21, 23, 3, 2), (31, 17, 2.5, 2), (38, 32, 4, 2), (52, 28, 3, 2), (43, 16, 3, 1.6), (54, 42, 2.5, 1.5), (15, 37, 2.5, 2), (61, 20, 2, 2)]:
        island.paint(island.blob(*reeds, 0.25), "reeds", on=("grass", "mud", "sand"))
    for road in [[(9, 22), (17, 21), (24, 26)], [(28, 25), (36, 21), (44, 18), (52, 20), (62, 17)], [(36, 21), (37, 12), (44, 8)],
                 [(28, 26), (32, 32), (40, 36), (44, 33)], [(48, 33), (57, 28), (64, 28)], [(40, 36), (38, 44)]]:
        island.paint(island.stroke(road, 1.6), "road", on=("grass", "mud", "sand", "reeds", "water"))
    for house in [(10, 18, 2, 2), (43, 5, 3, 2), (62, 30, 2, 2), (34, 44, 2, 2)]:
        island.house(*house)
    island.keep(_START, _BOAT, *_HUNTERS, *(at for _, at in _RELICS))
    island.groves("tree", 9, 1.5)
    island.scatter("tree", 0.12, on=("grass",), clear=1.0)
    island.scatter("rock", 0.04, on=("sand",), clear=1.0)
    return island.finish(
        "marsh", "The marsh", "Streams push, mud holds, reeds hide.",
        player=_START, hunters=3, hunter_starts=_HUNTERS,
        relics=_RELICS,
        boat=_BOAT, berth=(37, 49),
    )
