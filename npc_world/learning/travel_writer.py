"""Directions without a map: the next turn guessed from what came next in recorded journeys."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence

from npc_world.core.errors import BadInputError

__all__ = ["TravelWriter"]

_MOST_ROADS = 3


class TravelWriter:
    """A next-token model: given where it wants to go and the last roads it drove, which road comes next.

    Counts of the next road after the last n roads, together with the destination; a context that was never seen backs off to a
    shorter one, and at last to one without the destination ("stupid back-off", Brants et al. 2007).  It writes what is
    plausible.  It knows no lengths, no times, nothing of what is closed, and no road that is not in its journeys: that is its
    assumption, that tomorrow's roads are yesterday's.
    """

    def __init__(self, order: int = _MOST_ROADS, discount: float = 0.4) -> None:
        """order: how many of the last roads it looks at; discount: what a shorter context's word is worth."""
        if order < 1 or not 0.0 < discount <= 1.0:
            raise BadInputError(f"order={order!r}, discount={discount!r}: expected at least 1, and a number in (0, 1]")
        self.order, self.discount = order, discount
        self._counts: dict[tuple[Hashable, ...], Counter[Hashable]] = defaultdict(Counter)
        self.journeys = 0

    def learn(self, destination: Hashable, roads: Sequence[Hashable]) -> None:
        """One recorded journey: the roads in the order driven."""
        tokens = ["start", *roads]
        self.journeys += 1
        for i in range(1, len(tokens)):
            for n in range(1, min(self.order, i) + 1):
                context = tuple(tokens[i - n:i])
                self._counts[(destination, *context)][tokens[i]] += 1
                self._counts[("anywhere", *context)][tokens[i]] += 1

    def continuations(self, destination: Hashable, roads: Sequence[Hashable]) -> dict[Hashable, float]:
        """Score of each next road, best first; empty when it has no words for this."""
        tokens = ["start", *roads]
        found: dict[Hashable, float] = {}
        worth = 1.0
        for told in (destination, "anywhere"):
            for n in range(min(self.order, len(tokens)), 0, -1):
                counts = self._counts.get((told, *tokens[-n:]))
                if counts:
                    total = sum(counts.values())
                    for road, count in counts.items():
                        found.setdefault(road, worth * count / total)
                worth *= self.discount
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def next_road(self, destination: Hashable, roads: Sequence[Hashable], exits: Mapping[Hashable, float]) -> Hashable | None:
        """The road to take at a junction with these exits (road: how far it turns off straight on, rad).

        Its likeliest word that is one of the exits.  Where no word fits the road there is no such turn: then it goes on as straight
        as it can, which is what people do whose directions do not fit.  None without exits.
        """
        for road in self.continuations(destination, roads):
            if road in exits:
                return road
        return min(exits, key=lambda road: abs(exits[road])) if exits else None
