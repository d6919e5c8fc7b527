"""The castle: two rings of wall, and gates that swing on levers, one opening as the other shuts."""

from __future__ import annotations

from ..canvas import Canvas
from ..level import Level

_START = (39, 50)
_BOAT = (39, 53)
_HUNTERS = [(39, 9), (22, 16), (57, 16), (9, 27), (68, 26)]
_RELICS = [("crown", (39, 26)), ("ruby", (20, 23)), ("idol", (57, 23)), ("mask", (12, 29)), ("chalice", (65, 44)), ("pearl", (48, 11))]


def build() -> Level:
    island = Canvas(78, 58, seed=41)
    island.land(island.blob(39, 29, 35, 25.5, 0.1), beach=1.6)
    island.walls(17, 13, 44, 32, floor="grass")
    island.walls(30, 22, 18, 14, floor="road")
    for x, y in [(16, 12), (59, 12), (16, 43), (59, 43)]:  # towers
        island.house(x, y, 3, 3, "wall")
    for road in [[(39, 29), (39, 51)], [(39, 29), (39, 7)], [(10, 29), (68, 29)], [(22, 18), (56, 18), (56, 40), (22, 40), (22, 18)]]:
        island.paint(island.stroke(road, 2.0), "road", on=("grass", "sand"))
    # gates that never shut: south, and the corners' posterns
    for gap in [(38, 44, 3, 1), (17, 36, 1, 2), (60, 20, 1, 2), (30, 33, 1, 2), (47, 24, 1, 2)]:
        island.gap(*gap)
    north = island.lever(36, 15)
    island.door(38, 13, 3, 1, north, open=False)
    island.door(17, 20, 1, 2, north, open=True)
    keep = island.lever(45, 32)
    island.door(38, 22, 3, 1, keep, open=True)
    island.door(38, 35, 3, 1, keep, open=False)
    east = island.lever(57, 33)
    island.door(60, 34, 1, 3, east, open=False)
    island.door(24, 44, 2, 1, east, open=True)
    # what stands inside
    for house in [(25, 22, 3, 4), (25, 31, 3, 4), (50, 21, 3, 3), (50, 32, 4, 3), (33, 16, 2, 2), (44, 16, 3, 2), (30, 40, 3, 2), (46, 40, 4, 2)]:
        island.house(*house)
    for pillar in [(34, 25), (34, 31), (43, 25), (43, 31)]:
        island.house(*pillar, 1, 1, "wall")
    island.paint(island.box(37, 27, 4, 4), "grass")
    island.paint(island.box(38, 28, 2, 2), "hedge")
    for hedge in [(19, 26, 4, 1), (19, 33, 4, 1), (54, 26, 5, 1), (26, 15, 4, 1), (50, 15, 4, 1), (52, 43, 4, 1)]:
        island.paint(island.box(*hedge), "hedge", on=("grass",))
    island.paint(island.blob(67, 40, 4, 5, 0.2), "mud", on=("grass",))
    island.paint(island.blob(12, 16, 4, 3, 0.2), "mud", on=("grass",))
    island.keep(_START, _BOAT, *_HUNTERS, *(at for _, at in _RELICS))
    island.groves("tree", 9, 1.5)
    island.scatter("tree", 0.14, on=("grass",), clear=1.2)
    return island.finish(
        "castle", "The castle", "Gates on levers: what opens for you shuts for them.",
        player=_START, hunters=3, hunter_starts=_HUNTERS,
        relics=_RELICS,
        boat=_BOAT, berth=(39, 56),
    )
